//! Runs a program: a component that exports `wasi:cli/run`.
//!
//! In: `Request`. Out: `Finished`, with the guest's status.
//! Holds: a program whose `run` gives `err` ends with 1, one that traps or reaches a limit with 134.

use std::time::Duration;

use diag::{Diagnostic, Diagnostics, Place};
use types::InterfaceName;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, ComponentExportIndex, Val};

use crate::guest::{Guest, Interruption, Left, Request, prepare, watched};
use crate::interrupt::Signal;
use crate::limits::Usage;
use crate::trap::{Stop, TRAPPED, explain, time_limit};

/// How a guest ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The guest's own status, or 134 for a trap or a limit.
    pub status: u8,
    /// Why it ended so, and what it was refused.
    pub diagnostics: Vec<Diagnostic>,
    /// `None` if the guest had to be left behind.
    pub usage: Option<Usage>,
}

/// Runs a program to its end.
///
/// # Errors
/// When the program cannot be started: everything that is wrong with it, before any of its code has run.
pub fn run(request: &Request<'_>) -> Result<Finished, Diagnostics> {
    let guest = prepare(request)?;
    let (name, export) = run_export(&guest.component, request)?;
    let place = Place::binary(request.file, format!("export `{name}`"));
    let (guest, result, time) = match watched(request.limits, move |stop| call_run(guest, export, stop)) {
        Ok(ended) => ended,
        Err(left) => return Ok(left_behind(left, request, place)),
    };
    let usage = guest.usage(time).after(result.as_ref().err());
    let (status, diagnostic) = ended(result, request, place);
    let mut diagnostics = Vec::from_iter(diagnostic);
    diagnostics.extend(refused(&guest, request));
    Ok(Finished { status, diagnostics, usage: Some(usage) })
}

/// The status of a guest that ended, and why it has it, if that is not the guest's own doing.
fn ended(result: wasmtime::Result<bool>, request: &Request<'_>, place: Place) -> (u8, Option<Diagnostic>) {
    let error = match result {
        Ok(ok) => return (u8::from(!ok), None),
        Err(error) => error,
    };
    if let Some(signal) = error.downcast_ref::<Signal>() {
        return (signal.status(), Some(interrupted(*signal)));
    }
    let place = if error.is::<Starting>() { Place::binary(request.file, "instantiation") } else { place };
    match explain(&error, request, place) {
        Stop::Exit(status) => (status, None),
        Stop::Failed(diagnostic) => (TRAPPED, Some(diagnostic)),
    }
}

/// How a guest ended that would not.
fn left_behind(left: Left, request: &Request<'_>, place: Place) -> Finished {
    let (status, diagnostic) = match left {
        Left::TimeLimit => (TRAPPED, time_limit(request, place)),
        Left::Interrupted(signal) => (signal.status(), interrupted(signal)),
    };
    Finished { status, diagnostics: vec![diagnostic], usage: None }
}

pub(crate) fn interrupted(signal: Signal) -> Diagnostic {
    diag::error("run/interrupted", format!("the run was interrupted by {signal}"))
}

/// Notes about what the guest was refused.
pub(crate) fn refused(guest: &Guest, request: &Request<'_>) -> Vec<Diagnostic> {
    let read_only = request.grants.dirs.iter().filter(|dir| !dir.write);
    let dirs: Vec<String> = read_only.map(|dir| dir.shown.clone()).collect();
    guest.store.data().refused.notes(request.file, &dirs)
}

/// What the guest was doing when it failed: it had not been called yet.
#[derive(Debug)]
struct Starting;

impl std::fmt::Display for Starting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the component is instantiated")
    }
}

impl std::error::Error for Starting {}

/// Whether `run` gave `ok`.
async fn call_run(
    mut guest: Guest,
    export: ComponentExportIndex,
    stop: Interruption,
) -> (Guest, wasmtime::Result<bool>, Duration) {
    guest.interruption = Some(stop);
    let mut time = Duration::ZERO;
    let result = guest
        .timed(&mut time, async |store, pre| {
            let instance = pre.instantiate_async(&mut *store).await.map_err(|error| error.context(Starting))?;
            let run = instance.get_func(&mut *store, export).expect("the export was found in the component's type");
            let mut results = [Val::Bool(false)];
            run.call_async(&mut *store, &[], &mut results).await?;
            Ok(matches!(results, [Val::Result(Ok(_))]))
        })
        .await;
    (guest, result, time)
}

/// Finds `run` of `wasi:cli/run`, of the newest version of WASI that is exported.
fn run_export(component: &Component, request: &Request<'_>) -> Result<(String, ComponentExportIndex), Diagnostics> {
    let ty = component.component_type();
    let engine = component.engine();
    let mut found: Option<(InterfaceName, String)> = None;
    for (name, export) in ty.exports(engine) {
        if let ComponentItem::ComponentInstance(_) = export.ty
            && let Some(parsed) = InterfaceName::parse(name)
            && parsed.package.namespace == "wasi"
            && parsed.package.name == "cli"
            && parsed.interface == "run"
            && found.as_ref().is_none_or(|(best, _)| best.package.version < parsed.package.version)
        {
            found = Some((parsed, name.to_owned()));
        }
    }
    let index = found.and_then(|(_, name)| {
        let instance = component.get_export_index(None, &name)?;
        Some((name, component.get_export_index(Some(&instance), "run")?))
    });
    index.ok_or_else(|| no_run(component, request).into())
}

fn no_run(component: &Component, request: &Request<'_>) -> Diagnostic {
    let ty = component.component_type();
    let names: Vec<String> = ty.exports(component.engine()).map(|(name, _)| format!("`{name}`")).collect();
    let exported =
        if names.is_empty() { "it exports nothing".to_owned() } else { format!("it exports {}", names.join(", ")) };
    let found = diag::error("run/no-run-export", "this component is no program: it does not export `wasi:cli/run`")
        .label(Place::file(request.file), exported);
    let answers_http = ty
        .exports(component.engine())
        .any(|(name, _)| name.starts_with("wasi:http/incoming-handler@") || name.starts_with("wasi:http/handler@"));
    if answers_http {
        return found.help(format!("it answers HTTP requests: use `withe serve {}`", request.file));
    }
    match crate::session::example(component) {
        Some(example) => found.help(format!("call what it exports: `withe call {} '{example}'`", request.file)),
        None => found.help("export `wasi:cli/run`, as the world `wasi:cli/command` does"),
    }
}
