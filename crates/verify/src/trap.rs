//! How a guest ended that did not end well.
//!
//! In: the runtime's error. Out: the exit status, or a diagnostic that names the limit or the function that trapped.

use diag::{Diagnostic, Place};
use wasmtime::{FrameInfo, Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use crate::guest::{Request, TimeLimit};
use crate::limits::MemoryLimit;
use crate::origin;

/// The status of a guest that trapped or reached a limit.
pub const TRAPPED: u8 = 134;

/// How many callers of the function that trapped are shown.
const CALLERS: usize = 8;

/// Why a guest stopped before it returned.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It ended itself, with this status.
    Exit(u8),
    /// It trapped or reached a limit.
    Failed(Diagnostic),
}

/// Explains an error of the runtime. `place` is what was being called.
pub(crate) fn explain(error: &wasmtime::Error, request: &Request<'_>, place: Place) -> Stop {
    if let Some(exit) = error.downcast_ref::<I32Exit>() {
        // The system keeps the low eight bits of a status.
        return Stop::Exit(exit.0.to_le_bytes()[0]);
    }
    if let Some(limit) = error.downcast_ref::<MemoryLimit>() {
        let more = limit.wanted.next_multiple_of(1 << 20) >> 20;
        return Stop::Failed(
            diag::error("run/memory-limit", format!("the memory limit of {} bytes was reached", limit.limit))
                .label(place, format!("{} bytes were asked for here", limit.wanted))
                .help(format!("allow more with `--memory {more}MiB`")),
        );
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => {
            let fuel = request.limits.fuel.unwrap_or(u64::MAX);
            Stop::Failed(
                diag::error("run/fuel-limit", format!("the fuel limit of {fuel} was reached"))
                    .label(place, "still running here")
                    .help(format!("allow more with `--fuel {}`", fuel.saturating_mul(10))),
            )
        }
        Some(Trap::Interrupt) => Stop::Failed(time_limit(request, place)),
        _ if error.is::<TimeLimit>() => Stop::Failed(time_limit(request, place)),
        _ => Stop::Failed(trap(error, request, place)),
    }
}

pub(crate) fn time_limit(request: &Request<'_>, place: Place) -> Diagnostic {
    let timeout = request.limits.timeout.unwrap_or_default();
    diag::error("run/timeout", format!("the timeout of {timeout:?} was reached"))
        .label(place, "still running here")
        .help(format!("allow more with `--timeout {}s`", (timeout.as_secs() + 1).saturating_mul(10)))
}

fn trap(error: &wasmtime::Error, request: &Request<'_>, place: Place) -> Diagnostic {
    let reason = error.root_cause().to_string();
    let reason = reason.strip_prefix("wasm trap: ").unwrap_or(&reason);
    let mut found = diag::error("run/trap", format!("the guest trapped: {reason}"));
    let parts = origin::parts(request.bytes);
    let frames = error.downcast_ref::<WasmBacktrace>().map_or(&[][..], |backtrace| backtrace.frames());
    for (depth, frame) in frames.iter().take(CALLERS).enumerate() {
        let component = frame.module_offset().and_then(|offset| parts.component_at(offset));
        let path = match component {
            Some(component) => format!("{component}: {}", function(frame)),
            None => function(frame),
        };
        let said = if depth == 0 { "trapped here" } else { "called from here" };
        found = found.label(Place::binary(request.file, path), said);
    }
    let said = match (&place, frames.is_empty()) {
        (_, true) => "trapped here",
        (Place::Text { .. }, false) => "called by this expression",
        (Place::Binary { .. } | Place::File { .. }, false) => "called from outside",
    };
    found.label(place, said)
}

/// A core function in words, by its name without a compiler's mangling where there is one.
fn function(frame: &FrameInfo) -> String {
    let module = frame.module().name().map(|name| format!(" of core module `{name}`")).unwrap_or_default();
    match frame.func_name() {
        Some(name) => format!("function `{:#}`{module}", rustc_demangle::demangle(name)),
        None => format!("function {}{module}", frame.func_index()),
    }
}
