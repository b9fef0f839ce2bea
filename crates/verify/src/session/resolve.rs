//! Which exported function an expression calls.
//!
//! In: a parsed target, the exports, the names in scope. Out: one function, and the handle it is a method of.
//! Holds: a bare name is looked for everywhere; two functions of one name are an error that lists both.

use diag::{Diagnostic, Place};

use super::exports::{Callable, Exports};
use super::parse::{Called, Target};
use super::scope::{Bound, Scope};

/// What an expression calls.
pub(crate) struct Resolved<'a> {
    pub(crate) func: &'a Callable,
    /// The name of the handle that comes first among the arguments.
    pub(crate) receiver: Option<String>,
}

/// Finds the function.
pub(crate) fn resolve<'a>(expr: &Called, exports: &'a Exports, scope: &Scope) -> Result<Resolved<'a>, Diagnostic> {
    let (found, receiver) = candidates(&expr.target, exports, scope);
    match found[..] {
        [func] => Ok(Resolved { func, receiver }),
        [] => Err(unknown(expr, exports, scope)),
        _ => Err(ambiguous(expr, &found)),
    }
}

fn candidates<'a>(target: &Target, exports: &'a Exports, scope: &Scope) -> (Vec<&'a Callable>, Option<String>) {
    match target {
        Target::Constructor { interface, resource } => {
            (exports.named(interface.as_deref(), &format!("[constructor]{resource}")), None)
        }
        Target::Func { interface, name } => (exports.named(interface.as_deref(), name), None),
        Target::Member { interface, of, name } => {
            if interface.is_none()
                && let Some(binding) = scope.get(of)
                && let Bound::Handle(resource) = binding.ty
            {
                let methods = exports.methods(resource, name);
                if !methods.is_empty() {
                    return (methods, Some(of.clone()));
                }
            }
            let statics = exports.named(interface.as_deref(), &format!("[static]{of}.{name}"));
            if !statics.is_empty() {
                return (statics, None);
            }
            // A method called as `counter.inc(c)`: its receiver stands among the arguments.
            (exports.named(interface.as_deref(), &format!("[method]{of}.{name}")), None)
        }
    }
}

/// The target as it was written, without its interface.
fn spelled(target: &Target) -> String {
    match target {
        Target::Constructor { resource, .. } => format!("new {resource}"),
        Target::Func { name, .. } => name.clone(),
        Target::Member { of, name, .. } => format!("{of}.{name}"),
    }
}

fn unknown(expr: &Called, exports: &Exports, scope: &Scope) -> Diagnostic {
    let wanted = spelled(&expr.target);
    let place = Place::text(&expr.source, expr.target_span.clone());
    let (interface, of) = match &expr.target {
        Target::Member { interface, of, .. } => (interface, Some(of)),
        Target::Constructor { interface, .. } | Target::Func { interface, .. } => (interface, None),
    };
    let whole = match interface {
        Some(interface) => format!("{interface}#{}", wanted.trim_start_matches("new ")),
        None => wanted.clone(),
    };
    let found = diag::error("call/unknown-function", format!("the component exports no function `{whole}`"));
    if let Some(binding) = of.and_then(|of| scope.get(of))
        && let Bound::Handle(resource) = binding.ty
    {
        let name = exports.resource_name(resource);
        let prefix = format!("{name}.");
        let methods = exports.funcs.iter().filter(|func| func.name.starts_with("[method]"));
        let methods: Vec<String> = methods
            .filter_map(|func| {
                func.spelling().strip_prefix(&prefix).map(|method| format!("`{}.{method}`", binding.name))
            })
            .collect();
        return found
            .label(place, format!("`{}` is a `{name}`", binding.name))
            .help(format!("its methods are {}", methods.join(", ")));
    }
    if let Target::Member { interface: None, of, name } = &expr.target
        && !exports.resources.iter().any(|resource| resource.name == *of)
    {
        let near =
            diag::near_misses(of, scope.names().chain(exports.resources.iter().map(|known| known.name.as_str())));
        let help = match near.first() {
            Some(near) => format!("did you mean `{near}.{name}`?"),
            None => format!("make it first: `let {of} = ...`"),
        };
        return diag::error("call/unknown-name", format!("no `let` and no exported resource is named `{of}`"))
            .label(place, format!("`{of}` is not known here"))
            .help(help);
    }
    found.label(place, "not found among the exports").help(other_function(&expr.target, interface.is_some(), exports))
}

/// What to call in the place of a function that is not there.
fn other_function(target: &Target, has_interface: bool, exports: &Exports) -> String {
    let wanted = spelled(target);
    let spellings: Vec<String> = exports.funcs.iter().map(Callable::spelling).collect();
    let find = |fits: &dyn Fn(&str) -> bool| {
        exports.funcs.iter().zip(&spellings).find(|(_, spelling)| fits(spelling)).map(|(func, _)| func)
    };
    // The interface may be what is wrong: then the same name elsewhere is the nearest. Then come names as languages
    // spell them, and resources that are called as functions are.
    let near = find(&|spelling| has_interface && spelling == wanted)
        .or_else(|| find(&|spelling| squashed(spelling) == squashed(&wanted)))
        .or_else(|| find(&|spelling| spelling.strip_prefix("new ").is_some_and(|it| squashed(it) == squashed(&wanted))))
        .or_else(|| {
            let near = diag::near_misses(&wanted, spellings.iter().map(String::as_str)).first().copied()?;
            find(&|spelling| spelling == near)
        });
    match near {
        Some(func) if has_interface => format!("did you mean `{}`?", func.full_spelling()),
        Some(func) => format!("did you mean `{}`?", func.spelling()),
        None if spellings.is_empty() => "export a function from the component".to_owned(),
        None => {
            let mut known: Vec<String> = spellings.iter().take(12).map(|name| format!("`{name}`")).collect();
            if spellings.len() > known.len() {
                known.push("...".to_owned());
            }
            format!("call one of {}", known.join(", "))
        }
    }
}

/// A name without what tells kebab-case, snake_case and camelCase apart.
fn squashed(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
}

fn ambiguous(expr: &Called, found: &[&Callable]) -> Diagnostic {
    let names: Vec<String> = found.iter().map(|func| format!("`{}`", func.full_spelling())).collect();
    diag::error("call/ambiguous-function", format!("several exported functions are named `{}`", spelled(&expr.target)))
        .label(Place::text(&expr.source, expr.target_span.clone()), format!("this may be {}", names.join(" or ")))
        .help(format!("say which one: {}", names[0]))
}
