//! Calls exports with WAVE values.
//!
//! In: `Request`, expressions. Out: each result as one WAVE line, and `Finished`.
//! Holds: all expressions are parsed and typed before the first one runs; all share one instance.

mod exports;
mod parse;
mod resolve;
mod scope;
mod show;
mod value;

use std::sync::Arc;
use std::time::Duration;

use diag::{Diagnostic, Diagnostics, Place, Source};
use wasmtime::component::types::{ComponentFunc, Type};
use wasmtime::component::{Component, ComponentExportIndex, Instance, Val};
use wasmtime::{AsContextMut, Store};

use crate::guest::{Guest, Request, drive, prepare};
use crate::host::Host;
use crate::run::{Finished, refused};
use crate::stdio::Output;
use crate::trap::{Stop, TRAPPED, explain, time_limit};
use exports::Exports;
use parse::Expr;
use scope::{Bound, Scope};
use value::Reader;

/// One expression, typed.
struct Step {
    expr: Expr,
    func: ComponentFunc,
    index: ComponentExportIndex,
    /// The name of the handle that a method is called on.
    receiver: Option<String>,
}

/// How the calls ended.
enum Ended {
    Well,
    /// A `let` was to name a handle, and the call gave none.
    Nothing(Diagnostic),
    Failed(wasmtime::Error, Place),
}

/// Calls exports, one expression after the other, on one instance; results go to `results` as they come.
///
/// # Errors
/// When the component cannot be instantiated or an expression does not fit: every mistake in every expression.
pub fn call(request: &Request<'_>, expressions: &[String], results: &Output) -> Result<Finished, Diagnostics> {
    let guest = prepare(request)?;
    let exports = exports::exports(&guest.component);
    let steps = plan(expressions, &exports)?;
    let doing = Place::file(request.file);
    let running = run_steps(guest, steps, exports, results.clone(), Place::file(request.file));
    let Ok((guest, ended, time)) = drive(request.limits.timeout, running) else {
        return Ok(Finished { status: TRAPPED, diagnostics: vec![time_limit(request, doing)], usage: None });
    };
    let mut diagnostics = Vec::new();
    let status = match ended {
        Ended::Well => 0,
        Ended::Nothing(diagnostic) => {
            diagnostics.push(diagnostic);
            1
        }
        Ended::Failed(error, place) => match explain(&error, request, place) {
            Stop::Exit(status) => status,
            Stop::Failed(diagnostic) => {
                diagnostics.push(diagnostic);
                TRAPPED
            }
        },
    };
    diagnostics.extend(refused(&guest, request));
    Ok(Finished { status, diagnostics, usage: Some(guest.usage(time)) })
}

/// A call that the component's exports allow, to show how one is written.
pub(crate) fn example(component: &Component) -> Option<String> {
    let exports = exports::exports(component);
    let func = exports.funcs.first()?;
    let args: Vec<String> = func.ty.params().map(|(_, ty)| value::sample(&ty)).collect();
    Some(format!("{}({})", func.spelling(), args.join(", ")))
}

/// Parses and types every expression.
fn plan(expressions: &[String], exports: &Exports) -> Result<Vec<Step>, Diagnostics> {
    let mut scope = Scope::default();
    let mut errors = Vec::new();
    let mut steps = Vec::new();
    for (number, text) in expressions.iter().enumerate() {
        let source = Arc::new(Source::new(format!("<expression {}>", number + 1), text));
        match plan_one(&source, number, exports, &mut scope) {
            Ok(step) => steps.push(step),
            Err(mistakes) => errors.extend(mistakes),
        }
    }
    if errors.is_empty() { Ok(steps) } else { Err(Diagnostics(errors)) }
}

fn plan_one(
    source: &Arc<Source>,
    number: usize,
    exports: &Exports,
    scope: &mut Scope,
) -> Result<Step, Vec<Diagnostic>> {
    let expr = parse::parse(source).map_err(|error| vec![error])?;
    let resolved = resolve::resolve(&expr, exports, scope).map_err(|error| vec![error])?;
    let step = Step { func: resolved.func.ty.clone(), index: resolved.func.index, receiver: resolved.receiver, expr };
    let result = arguments(&step, number, exports, scope);
    if let Some(name) = &step.expr.binds {
        let bound = step.func.results().next().map(|ty| Bound::of(&ty));
        match bound {
            Some(bound) => scope.bind(&name.text, bound, None),
            None => {
                let place = Place::text(source, name.span.clone());
                return Err(vec![
                    diag::error("call/no-result", format!("`{}` has no value to name", name.text))
                        .label(place, "this function has no result")
                        .help("leave out `let`"),
                ]);
            }
        }
    }
    result.map(|_| step)
}

/// The arguments' values; before anything has run, those of the right types.
fn arguments(step: &Step, number: usize, exports: &Exports, scope: &mut Scope) -> Result<Vec<Val>, Vec<Diagnostic>> {
    let source = &step.expr.source;
    let mut reader = Reader { source, expression: number, exports, scope, errors: Vec::new() };
    let mut values = Vec::new();
    let mut params: Vec<(&str, Type)> = step.func.params().collect();
    if let Some(receiver) = &step.receiver
        && let Some((_, Type::Borrow(resource) | Type::Own(resource))) = params.first().cloned()
    {
        let span = step.expr.target_span.start..step.expr.target_span.start + receiver.len();
        values.push(reader.handle_named(receiver, span, None, resource, false));
        params.remove(0);
    }
    let nodes: Vec<_> = step.expr.args.iter().flat_map(|tuple| tuple.as_tuple().into_iter().flatten()).collect();
    // WAVE: options at the end may be left out.
    let needed = params.iter().rposition(|(_, ty)| !matches!(ty, Type::Option(_))).map_or(0, |last| last + 1);
    if nodes.len() > params.len() || nodes.len() < needed {
        return Err(vec![wrong_count(
            step,
            &params,
            nodes.len(),
            nodes.get(params.len()).map(|node| node.span()),
            exports,
        )]);
    }
    for (position, (_, ty)) in params.iter().enumerate() {
        values.push(match nodes.get(position) {
            Some(node) => reader.value(node, ty),
            None => Val::Option(None),
        });
    }
    let mut errors = reader.errors;
    if errors.len() >= value::MOST_MISTAKES
        && let Some(last) = errors.last_mut()
    {
        last.help = Some("mend these first: the rest of the expression was not read".to_owned());
    }
    errors.sort_by_key(|error| match error.labels.first().map(|label| &label.place) {
        Some(Place::Text { span, .. }) => span.start,
        Some(Place::Binary { .. } | Place::File { .. }) | None => 0,
    });
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

fn wrong_count(
    step: &Step,
    params: &[(&str, Type)],
    given: usize,
    extra: Option<std::ops::Range<usize>>,
    exports: &Exports,
) -> Diagnostic {
    let source = &step.expr.source;
    let end = source.text.rfind(')').unwrap_or(source.text.len().saturating_sub(1));
    let signature: Vec<String> =
        params.iter().map(|(name, ty)| format!("{name}: {}", show::type_text(ty, exports))).collect();
    let name = &source.text[step.expr.target_span.clone()];
    let is_constructor = matches!(step.expr.target, parse::Target::Constructor { .. });
    let name = if is_constructor { format!("new {name}") } else { name.to_owned() };
    let sample: Vec<String> = params.iter().map(|(_, ty)| value::sample(ty)).collect();
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
        .help(format!("write it like `{name}({})`", sample.join(", ")))
}

/// Instantiates and runs all steps; `start` is the place of what goes wrong before the first.
async fn run_steps(
    mut guest: Guest,
    steps: Vec<Step>,
    exports: Exports,
    out: Output,
    start: Place,
) -> (Guest, Ended, Duration) {
    let mut time = Duration::ZERO;
    let place = std::sync::Mutex::new(start);
    let at = |step: &Step| {
        let span = step.expr.target_span.clone();
        *place.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Place::text(&step.expr.source, span);
    };
    let result = guest
        .timed(&mut time, async |store, pre| {
            let instance = pre.instantiate_async(&mut *store).await?;
            let mut scope = Scope::default();
            for (number, step) in steps.iter().enumerate() {
                at(step);
                if let Some(nothing) = run_step(store, &instance, step, number, &exports, &mut scope, &out).await? {
                    return Ok(Ended::Nothing(nothing));
                }
            }
            for handle in scope.owned_handles() {
                drop_handles(store, handle).await?;
            }
            Ok(Ended::Well)
        })
        .await;
    let ended = result.unwrap_or_else(|error| {
        Ended::Failed(error, place.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone())
    });
    (guest, ended, time)
}

async fn run_step(
    store: &mut Store<Host>,
    instance: &Instance,
    step: &Step,
    number: usize,
    exports: &Exports,
    scope: &mut Scope,
    out: &Output,
) -> wasmtime::Result<Option<Diagnostic>> {
    let args = match arguments(step, number, exports, scope) {
        Ok(args) => args,
        Err(mut mistakes) => return Ok(mistakes.pop()),
    };
    let func = instance.get_func(&mut *store, step.index).expect("the export was found in the component's type");
    let mut results = vec![Val::Bool(false); step.func.results().len()];
    func.call_async(&mut *store, &args, &mut results).await?;
    let (Some(result), Some(ty)) = (results.pop(), step.func.results().next()) else {
        return Ok(None);
    };
    let Some(name) = &step.expr.binds else {
        // `result` without payloads says something; a function without a result says nothing.
        let line = format!("{}\n", show::value(&result, &ty, exports));
        out.write_through(line.as_bytes())?;
        drop_handles(store, result).await?;
        return Ok(None);
    };
    match bound_value(&ty, result) {
        Ok(value) => {
            scope.bind(&name.text, Bound::of(&ty), Some(value));
            Ok(None)
        }
        Err(result) => {
            let shown = show::value(&result, &ty, exports);
            drop_handles(store, result).await?;
            let place = Place::text(&step.expr.source, name.span.clone());
            let error =
                diag::error("call/no-handle", format!("the call gave no handle that `{}` could name", name.text));
            Ok(Some(error.label(place, format!("the result is `{shown}`")).help("call it with other arguments")))
        }
    }
}

/// What `let` names: the handle inside `ok(..)` or `some(..)`, else the result itself.
/// The whole result is given back if there should be a handle inside and is none.
fn bound_value(ty: &Type, result: Val) -> Result<Val, Val> {
    match (Bound::of(ty), ty, result) {
        (Bound::Handle(_), Type::Own(_), handle) => Ok(handle),
        (Bound::Handle(_), _, Val::Option(Some(handle)) | Val::Result(Ok(Some(handle)))) => Ok(*handle),
        (Bound::Handle(_), _, other) => Err(other),
        (Bound::Value(_), _, value) => Ok(value),
    }
}

/// Drops every handle in a value, so that destructors run.
async fn drop_handles(store: &mut Store<Host>, value: Val) -> wasmtime::Result<()> {
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        match value {
            Val::Resource(handle) => handle.resource_drop_async(store.as_context_mut()).await?,
            Val::List(items) | Val::Tuple(items) | Val::FixedLengthList(items) => rest.extend(items),
            Val::Record(fields) => rest.extend(fields.into_iter().map(|(_, value)| value)),
            Val::Map(entries) => rest.extend(entries.into_iter().flat_map(|(key, value)| [key, value])),
            Val::Variant(_, Some(inner))
            | Val::Option(Some(inner))
            | Val::Result(Ok(Some(inner)) | Err(Some(inner))) => rest.push(*inner),
            _ => {}
        }
    }
    Ok(())
}
