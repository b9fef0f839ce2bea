//! Types expressions.
//!
//! In: a parsed expression, the exports, the names in scope. Out: `Typed`, or every mistake in it; its arguments.
//! Holds: typing and running read the arguments by the same walk; only in the second have names a value.

use std::sync::Arc;

use diag::{Diagnostic, Place};
use wasmtime::component::types::{ComponentFunc, Type};
use wasmtime::component::{Component, ComponentExportIndex};

use super::exports::{self, Exports};
use super::parse::{Expr, Target};
use super::resolve;
use super::scope::{Bound, Scope};
use crate::value::read::{MOST_MISTAKES, Reader};
use crate::value::types::{sample, type_text};
use crate::value::{Data, ValueType};

/// An expression that fits what the component exports.
pub struct Typed {
    pub(crate) expr: Arc<Expr>,
    pub(crate) func: ComponentFunc,
    pub(crate) index: ComponentExportIndex,
    /// The name of the handle that a method is called on.
    pub(crate) receiver: Option<String>,
    pub(crate) exports: Arc<Exports>,
}

impl Typed {
    /// The type of the call's result.
    pub fn result(&self) -> Option<ValueType> {
        let ty = self.func.results().next()?;
        Some(ValueType { ty, exports: Arc::clone(&self.exports) })
    }

    /// The name that `let` gives to the result.
    pub fn binds(&self) -> Option<&str> {
        self.expr.binds()
    }

    /// What is called, where it is written.
    pub(crate) fn place(&self) -> Place {
        Place::text(&self.expr.source, self.expr.target_span.clone())
    }
}

/// Types one expression; what it binds is known in the scope from then on, with its type alone.
pub(crate) fn check(
    expr: &Arc<Expr>,
    exports: &Arc<Exports>,
    scope: &mut Scope,
    session: u64,
) -> Result<Typed, Vec<Diagnostic>> {
    let resolved = resolve::resolve(expr, exports, scope).map_err(|error| vec![error])?;
    let typed = Typed {
        func: resolved.func.ty.clone(),
        index: resolved.func.index,
        receiver: resolved.receiver,
        expr: Arc::clone(expr),
        exports: Arc::clone(exports),
    };
    let result = arguments(&typed, scope, session);
    if let Some(name) = &expr.binds {
        match typed.func.results().next() {
            Some(ty) => scope.bind(&name.text, Bound::of(&ty), None, session),
            None => {
                let place = Place::text(&expr.source, name.span.clone());
                return Err(vec![
                    diag::error("call/no-result", format!("`{}` has no value to name", name.text))
                        .label(place, "this function has no result")
                        .help("leave out `let`"),
                ]);
            }
        }
    }
    result.map(|_| typed)
}

/// The arguments' values; before anything has run, those of the right types.
pub(crate) fn arguments(typed: &Typed, scope: &mut Scope, session: u64) -> Result<Vec<Data>, Vec<Diagnostic>> {
    let expr = &typed.expr;
    let source = &expr.source;
    let mut reader =
        Reader { source, written: &expr.written, exports: &typed.exports, scope, session, errors: Vec::new() };
    let mut values = Vec::new();
    let mut params: Vec<(&str, Type)> = typed.func.params().collect();
    if let Some(receiver) = &typed.receiver
        && let Some((_, Type::Borrow(resource) | Type::Own(resource))) = params.first().cloned()
    {
        let span = expr.target_span.start..expr.target_span.start + receiver.len();
        values.push(reader.handle_named(receiver, span, None, resource, false));
        params.remove(0);
    }
    let nodes: Vec<_> = expr.args.iter().flat_map(|tuple| tuple.as_tuple().into_iter().flatten()).collect();
    // WAVE: options at the end may be left out.
    let needed = params.iter().rposition(|(_, ty)| !matches!(ty, Type::Option(_))).map_or(0, |last| last + 1);
    if nodes.len() > params.len() || nodes.len() < needed {
        let extra = nodes.get(params.len()).map(|node| node.span());
        return Err(vec![wrong_count(typed, &params, nodes.len(), extra)]);
    }
    for (position, (_, ty)) in params.iter().enumerate() {
        values.push(match nodes.get(position) {
            Some(node) => reader.value(node, ty),
            None => Data::Option(None),
        });
    }
    told(reader.errors).map(|()| values)
}

/// The mistakes in the order of the text.
pub(crate) fn told(mut errors: Vec<Diagnostic>) -> Result<(), Vec<Diagnostic>> {
    if errors.len() >= MOST_MISTAKES
        && let Some(last) = errors.last_mut()
    {
        last.help = Some("mend these first: the rest of the expression was not read".to_owned());
    }
    errors.sort_by_key(|error| match error.labels.first().map(|label| &label.place) {
        Some(Place::Text { span, .. }) => span.start,
        Some(Place::Binary { .. } | Place::File { .. }) | None => 0,
    });
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn wrong_count(
    typed: &Typed,
    params: &[(&str, Type)],
    given: usize,
    extra: Option<std::ops::Range<usize>>,
) -> Diagnostic {
    let expr = &typed.expr;
    let source = &expr.source;
    let end = source.text.rfind(')').unwrap_or(source.text.len().saturating_sub(1));
    let signature: Vec<String> =
        params.iter().map(|(name, ty)| format!("{name}: {}", type_text(ty, &typed.exports))).collect();
    let name = &source.text[expr.target_span.clone()];
    let is_constructor = matches!(expr.target, Target::Constructor { .. });
    let name = if is_constructor { format!("new {name}") } else { name.to_owned() };
    let samples: Vec<String> = params.iter().map(|(_, ty)| sample(ty)).collect();
    let takes = match params.len() {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        several => format!("{several} arguments"),
    };
    diag::error("call/argument-count", format!("`{name}` takes {takes}, found {given}"))
        .label(
            Place::text(source, extra.unwrap_or(end..end + 1)),
            if params.is_empty() {
                "it has no parameters".to_owned()
            } else {
                format!("the parameters are ({})", signature.join(", "))
            },
        )
        .help(format!("write it like `{name}({})`", samples.join(", ")))
}

/// A call that the component's exports allow, to show how one is written.
pub(crate) fn example(component: &Component) -> Option<String> {
    let exports = exports::exports(component);
    let func = exports.funcs.first()?;
    let args: Vec<String> = func.ty.params().map(|(_, ty)| sample(&ty)).collect();
    Some(format!("{}({})", func.spelling(), args.join(", ")))
}
