//! Which asynchronous functions are bound synchronously: `--sync FILTER` and `--async FILTER`.
//!
//! In: filters as users write them. Out: the functions' modes and core forms, or all that is wrong with the filters.
//! Holds: a function that is not asynchronous in WIT is never bound asynchronously, as the Component Model does not
//! allow it; a filter that names nothing is an error.

use abi::{Abi, Mode};
use diag::{Diagnostic, Diagnostics, near_misses};
use types::InterfaceName;

use crate::collect::Form;
use crate::{Bindings, Func, Interface, InterfaceKey, Role};

/// A filter: `all`, `a:b/c#f`, `import:f`, `export:a:b/c#resource.f`.
#[derive(Clone, Copy)]
struct Filter<'f> {
    option: &'static str,
    text: &'f str,
    role: Option<Role>,
    /// `None` stands for all functions.
    name: Option<&'f str>,
    /// What it names is bound asynchronously.
    async_: bool,
}

impl<'f> Filter<'f> {
    fn new(option: &'static str, text: &'f str, async_: bool) -> Self {
        // The generator of older releases took `-name` for the opposite.
        let (rest, async_) = text.strip_prefix('-').map_or((text, async_), |rest| (rest, !async_));
        let (role, rest) = match (rest.strip_prefix("import:"), rest.strip_prefix("export:")) {
            (Some(rest), _) => (Some(Role::Import), rest),
            (None, Some(rest)) => (Some(Role::Export), rest),
            (None, None) => (None, rest),
        };
        Self { option, text, role, name: (rest != "all").then_some(rest), async_ }
    }

    /// Whether the function is named, not only one of all.
    fn names(&self, interface: &Interface<'_>, func: &Func<'_>) -> bool {
        let has_role = self.role.is_none_or(|role| role == interface.role);
        has_role && self.name.is_some_and(|name| spellings(interface, func).iter().any(|spelling| spelling == name))
    }

    fn is_all_of(&self, role: Role) -> bool {
        self.name.is_none() && self.role.is_none_or(|of| of == role)
    }
}

impl Bindings<'_> {
    /// Binds functions synchronously that filters choose. A function's own name counts more than `all`.
    ///
    /// # Errors
    /// `bindgen/unknown-function` for a filter that names no function, `bindgen/not-async` for one that wants what cannot
    /// be: each filter with near misses or the function's place.
    pub fn choose_modes(&mut self, sync: &[String], async_: &[String]) -> diag::Result<()> {
        let sync = sync.iter().map(|text| Filter::new("--sync", text, false));
        let filters: Vec<Filter<'_>> =
            sync.chain(async_.iter().map(|text| Filter::new("--async", text, true))).collect();
        let found: Vec<Diagnostic> = filters.iter().flat_map(|filter| self.faults(filter, &filters)).collect();
        if !found.is_empty() {
            return Err(Diagnostics(found));
        }
        let abi = Abi::wasm32(self.types);
        for interface in self.imports.iter_mut().chain(&mut self.exports) {
            let chosen: Vec<bool> = interface.funcs.iter().map(|func| is_sync(&filters, interface, func)).collect();
            let (role, key) = (interface.role, interface.key);
            for (func, _) in interface.funcs.iter_mut().zip(chosen).filter(|(_, chosen)| *chosen) {
                let form = Form::of(&abi, role, key, func.name, func.ty, Mode::Sync);
                (func.mode, func.call) = (Mode::Sync, form.call);
                (func.core_module, func.core_name) = (form.core_module, form.core_name);
            }
        }
        Ok(())
    }

    fn faults(&self, filter: &Filter<'_>, all: &[Filter<'_>]) -> Vec<Diagnostic> {
        let Some(name) = filter.name else { return Vec::new() };
        let interfaces = || self.imports.iter().chain(&self.exports);
        let funcs = || interfaces().flat_map(|interface| interface.funcs.iter().map(move |func| (interface, func)));
        let named: Vec<_> = funcs().filter(|(interface, func)| filter.names(interface, func)).collect();
        if named.is_empty() {
            let on_side = funcs().filter(|(interface, _)| filter.role.is_none_or(|role| role == interface.role));
            let known: Vec<String> = on_side.flat_map(|(interface, func)| spellings(interface, func)).collect();
            return vec![names_nothing(filter, name, &known)];
        }
        if !filter.async_ {
            return Vec::new();
        }
        let contradicts = |interface: &Interface<'_>, func: &Func<'_>| {
            all.iter().find(|other| !other.async_ && other.names(interface, func)).copied()
        };
        let faults = named.into_iter().filter_map(|(interface, func)| match contradicts(interface, func) {
            _ if !func.ty.async_ => Some(not_async(filter, func)),
            Some(other) => Some(both(filter, &other, func)),
            None => None,
        });
        faults.collect()
    }
}

/// Whether the filters bind an asynchronous function synchronously.
fn is_sync(filters: &[Filter<'_>], interface: &Interface<'_>, func: &Func<'_>) -> bool {
    let named = filters.iter().find(|filter| filter.names(interface, func));
    let all = || filters.iter().find(|filter| !filter.async_ && filter.is_all_of(interface.role));
    func.is_async() && named.or_else(all).is_some_and(|filter| !filter.async_)
}

/// How users may write the name of a function, the usual spelling first.
fn spellings(interface: &Interface<'_>, func: &Func<'_>) -> Vec<String> {
    let full = func.name.to_string();
    let short = full.split_once(']').map(|(_, short)| short.to_owned());
    let scopes = match interface.key {
        InterfaceKey::Root => vec![String::new()],
        InterfaceKey::Label(label) => vec![format!("{label}#")],
        InterfaceKey::Name(name) => vec![format!("{name}#"), format!("{}#", without_version(name))],
    };
    let names: Vec<String> = short.into_iter().chain(std::iter::once(full)).collect();
    scopes.iter().flat_map(|scope| names.iter().map(move |name| format!("{scope}{name}"))).collect()
}

fn without_version(name: &InterfaceName) -> String {
    format!("{}:{}/{}", name.package.namespace, name.package.name, name.interface)
}

fn names_nothing(filter: &Filter<'_>, name: &str, known: &[String]) -> Diagnostic {
    let headline =
        format!("`{}` has `{}`, which names no function of the world", filter.option, filter.text.escape_debug());
    let near = near_misses(name, known.iter().map(String::as_str));
    let help = match near.first() {
        Some(near) => format!("write `{near}`, which it has"),
        None => {
            "write `namespace:package/interface#function`, or the name alone for one of the world itself".to_owned()
        }
    };
    diag::error("bindgen/unknown-function", headline).help(help)
}

fn not_async(filter: &Filter<'_>, func: &Func<'_>) -> Diagnostic {
    let headline = format!("`{}` names `{}`, which is not asynchronous", filter.option, func.name);
    let diagnostic = diag::error("bindgen/not-async", headline);
    at(diagnostic, func, "not an `async func`")
        .help("write `async func` in the WIT, or leave the function out of the option")
}

fn both(filter: &Filter<'_>, other: &Filter<'_>, func: &Func<'_>) -> Diagnostic {
    let (one, two) = (filter.option, other.option);
    let headline = format!("`{one}` and `{two}` both name `{}`", func.name);
    let diagnostic = diag::error("bindgen/not-async", headline);
    at(diagnostic, func, "this function").help(format!("leave it out of `{one}` or of `{two}`"))
}

fn at(diagnostic: Diagnostic, func: &Func<'_>, text: &str) -> Diagnostic {
    match &func.decl.place {
        Some(place) => diagnostic.label(place.clone(), text),
        None => diagnostic,
    }
}
