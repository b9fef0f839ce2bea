//! Types expressions.
//!
//! In: a parsed expression, the exports, the names in scope. Out: `Typed`, or every mistake in it; its arguments.
//! Holds: typing and running read the arguments by the same walk; only in the second have names a value.

use std::ops::Range;
use std::sync::Arc;

use diag::{Diagnostic, Place, Source};
use wasmtime::component::types::{ComponentFunc, Type};
use wasmtime::component::{Component, ComponentExportIndex};

use super::exports::{self, Exports};
use super::parse::{Arg, Expr, Target};
use super::scope::{Bound, Scope, has_handles};
use super::signature::{self, Shown};
use super::{parse, resolve};
use crate::value::json::{self, At};
use crate::value::read::{MOST_MISTAKES, NOT_YET, Reader};
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
        Place::text(&self.expr.called.source, self.expr.called.target_span.clone())
    }
}

/// Types one expression; what it binds is known in the scope from then on, with its type alone.
pub(crate) fn check(
    expr: &Arc<Expr>,
    exports: &Arc<Exports>,
    scope: &mut Scope,
    session: u64,
) -> Result<Typed, Vec<Diagnostic>> {
    let resolved = resolve::resolve(&expr.called, exports, scope).map_err(|error| vec![error])?;
    let typed = Typed {
        func: resolved.func.ty.clone(),
        index: resolved.func.index,
        receiver: resolved.receiver,
        expr: Arc::clone(expr),
        exports: Arc::clone(exports),
    };
    let result = sendable(&typed).and_then(|()| arguments(&typed, scope, session));
    if let Some(name) = &expr.binds {
        match typed.func.results().next() {
            Some(ty) => scope.bind(&name.text, Bound::of(&ty), None, session),
            None => {
                let place = Place::text(&expr.called.source, name.span.clone());
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

/// Whether this host can make and read all streams and futures of the signature: those of handles it cannot.
fn sendable(typed: &Typed) -> Result<(), Vec<Diagnostic>> {
    let params = typed.func.params().map(|(_, ty)| ty);
    let Some(ty) = params.chain(typed.func.results()).find(sends_handles) else { return Ok(()) };
    let what = type_text(&ty, &typed.exports);
    Err(vec![
        diag::error("unsupported/value", "handles cannot be sent through streams and futures from outside")
            .label(typed.place(), format!("this function has a `{what}`"))
            .help("call it from a component"),
    ])
}

/// Whether a type has streams or futures of handles.
fn sends_handles(ty: &Type) -> bool {
    let optional = |ty: Option<Type>| ty.is_some_and(|ty| sends_handles(&ty));
    match ty {
        Type::Stream(stream) => stream.ty().is_some_and(|ty| has_handles(&ty)),
        Type::Future(future) => future.ty().is_some_and(|ty| has_handles(&ty)),
        Type::List(list) => sends_handles(&list.ty()),
        Type::FixedLengthList(list) => sends_handles(&list.ty()),
        Type::Map(map) => sends_handles(&map.value()),
        Type::Record(record) => record.fields().any(|field| sends_handles(&field.ty)),
        Type::Tuple(tuple) => tuple.types().any(|ty| sends_handles(&ty)),
        Type::Variant(variant) => variant.cases().any(|case| optional(case.ty)),
        Type::Option(option) => sends_handles(&option.ty()),
        Type::Result(result) => optional(result.ok()) || optional(result.err()),
        _ => false,
    }
}

/// The arguments' values; before anything has run, those of the right types.
pub(crate) fn arguments(typed: &Typed, scope: &mut Scope, session: u64) -> Result<Vec<Data>, Vec<Diagnostic>> {
    let expr = &typed.expr;
    let source = &expr.called.source;
    let mut reader =
        Reader { source, written: &expr.written, exports: &typed.exports, scope, session, errors: Vec::new() };
    let mut values = Vec::new();
    let mut params: Vec<(&str, Type)> = typed.func.params().collect();
    if let Some(receiver) = &typed.receiver
        && let Some((_, Type::Borrow(resource) | Type::Own(resource))) = params.first().cloned()
    {
        let span = expr.called.target_span.start..expr.called.target_span.start + receiver.len();
        values.push(reader.handle_named(receiver, span, None, resource, false));
        params.remove(0);
    }
    let nodes = &expr.args;
    // WAVE: options at the end may be left out.
    let needed = params.iter().rposition(|(_, ty)| !matches!(ty, Type::Option(_))).map_or(0, |last| last + 1);
    if nodes.len() > params.len() || nodes.len() < needed {
        let extra = nodes.get(params.len()).map(Arg::span);
        return Err(vec![wrong_count(typed, &params, nodes.len(), extra)]);
    }
    for (position, (_, ty)) in params.iter().enumerate() {
        values.push(match nodes.get(position) {
            Some(Arg::Wave(node)) => reader.value(node, ty),
            Some(Arg::Json { json, span }) => reader.json(json, ty, &At::argument(span)),
            Some(Arg::Name { name, span }) => reader.name(name, span.clone(), ty),
            Some(Arg::File { path, content, span }) => match reader.raw(span.clone(), ty, path, content) {
                Some(data) => data,
                None => json_file(&mut reader, path, content, ty, span),
            },
            None => Data::Option(None),
        });
    }
    told(reader.errors).map(|()| values)
}

/// JSON that stands in a file.
fn json_file(reader: &mut Reader<'_>, path: &str, content: &[u8], ty: &Type, span: &Range<usize>) -> Data {
    match json::parse(&String::from_utf8_lossy(content)) {
        Ok(json) => reader.json(&json, ty, &At::argument(span)),
        Err(error) => {
            reader.errors.push(
                diag::error("call/argument", format!("`{path}` is no JSON"))
                    .label(Place::text(reader.source, span.clone()), error.to_string())
                    .help("write one JSON value into the file"),
            );
            NOT_YET
        }
    }
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

fn wrong_count(typed: &Typed, params: &[(&str, Type)], given: usize, extra: Option<Range<usize>>) -> Diagnostic {
    let expr = &typed.expr;
    let source = &expr.called.source;
    let end = source.text.rfind(')').unwrap_or(source.text.len().saturating_sub(1));
    let signature: Vec<String> =
        params.iter().map(|(name, ty)| format!("{name}: {}", type_text(ty, &typed.exports))).collect();
    let name = &source.text[expr.called.target_span.clone()];
    let is_constructor = matches!(expr.called.target, Target::Constructor { .. });
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
    exports.funcs.iter().map(|func| signature::shown(func, &exports).example).find_map(|lines| match &lines[..] {
        [line] => Some(line.clone()),
        _ => None,
    })
}

/// The function that an expression calls, or that is named as one is, and how it is called.
pub(crate) fn shown(source: &Arc<Source>, exports: &Exports) -> Result<Shown, Diagnostic> {
    let called = match source.text.contains('(') {
        true => Arc::clone(source),
        // The rest of the text is the same, so places in the one are places in the other.
        false => Arc::new(Source::new(source.name.clone(), format!("{}()", source.text))),
    };
    let target = parse::target_of(&called)?;
    let func = resolve::resolve(&target, exports, &Scope::default())?.func;
    Ok(signature::shown(func, exports))
}
