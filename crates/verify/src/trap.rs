//! How a guest ended that did not end well.
//!
//! In: the runtime's error. Out: the exit status, or a diagnostic that names the limit or the function that trapped.

use std::fmt::{self, Write as _};

use diag::{Diagnostic, Place};
use wasmtime::{FrameInfo, Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use crate::guest::{Request, RuntimeFailed, TimeLimit};
use crate::limits::MemoryLimit;
use crate::origin::{self, Parts};

/// The status of a guest that trapped or reached a limit.
pub const TRAPPED: u8 = 134;

/// How many callers of the function that trapped are shown.
const CALLERS: usize = 8;

/// Bytes of a function's name that are shown.
const LONGEST_NAME: usize = 300;

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
    if let Some(failed) = error.downcast_ref::<RuntimeFailed>() {
        return Stop::Failed(
            diag::error("run/trap", failed.to_string())
                .label(place, "running here")
                .help("this is a fault of the runtime, which the guest's calls bring about: leave out its last call"),
        );
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => {
            let fuel = request.limits.fuel.unwrap_or(u64::MAX);
            Stop::Failed(
                diag::error("run/fuel-limit", format!("the fuel limit of {fuel} was reached"))
                    .label(place, "still running here")
                    .help(format!("allow more with `--fuel {}`", fuel.max(1).saturating_mul(10))),
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
    let mut shown: Vec<(String, usize)> = Vec::new();
    for frame in frames {
        let Some(at) = frame_place(frame, frames, &parts, request.bytes) else { continue };
        match shown.last_mut() {
            Some((last, times)) if *last == at => *times += 1,
            _ => shown.push((at, 1)),
        }
    }
    let nowhere = shown.is_empty();
    for (depth, (at, times)) in shown.into_iter().take(CALLERS).enumerate() {
        let said = match (depth, times) {
            (0, 1) => "trapped here",
            (0, _) => "trapped here, called by itself",
            (_, 1) => "called from here",
            (_, _) => "called from here, several times",
        };
        found = found.label(Place::binary(request.file, at), said);
    }
    let said = match (&place, nowhere) {
        (_, true) => "trapped here",
        (Place::Text { .. }, false) => "called by this expression",
        (Place::Binary { .. } | Place::File { .. }, false) => "called from outside",
    };
    found.label(place, said)
}

/// Where a frame stands: the components around it, outer before inner, its function and core module. `None` for the
/// code between components, which is the runtime's own and stands nowhere in the binary.
fn frame_place(frame: &FrameInfo, frames: &[FrameInfo], parts: &Parts, bytes: &[u8]) -> Option<String> {
    // Where the stack is used up there is no offset yet, and any other place in the module does.
    let same_module = |other: &&FrameInfo| other.module().image_range() == frame.module().image_range();
    let offset = frame.module_offset().or_else(|| frames.iter().filter(same_module).find_map(FrameInfo::module_offset));
    if let Some(offset) = frame.module_offset()
        && parts.function_at(bytes, offset) != Some(frame.func_index())
    {
        return None;
    }
    let module = match (frame.module().name(), offset) {
        (Some(name), _) => format!("core module `{name}`"),
        (None, Some(offset)) => parts.core_module_at(offset)?,
        (None, None) => return None,
    };
    let function = match frame.func_name() {
        Some(name) => format!("function `{}` of {module}", demangled(name)),
        None => format!("function {} of {module}", frame.func_index()),
    };
    let components = offset.map(|offset| parts.components_at(offset)).filter(|path| !path.is_empty());
    Some(components.map_or_else(|| function.clone(), |path| format!("{path}: {function}")))
}

/// A function's name without a compiler's mangling, of Rust, old and new, and of C++; cut where nobody reads on.
fn demangled(name: &str) -> String {
    let mut shown = Short(String::new());
    // An error means that the name is longer, or is none of C++; then what came so far is not shown.
    let done = match (rustc_demangle::try_demangle(name), cpp_demangle::Symbol::new(name)) {
        (Ok(rust), _) => fmt::write(&mut shown, format_args!("{rust:#}")).is_ok() || shown.is_full(),
        (Err(_), Ok(cpp)) => cpp.structured_demangle(&mut shown, &Default::default()).is_ok() || shown.is_full(),
        (Err(_), Err(_)) => false,
    };
    if !done {
        shown.0.clear();
        // What does not fit is left out.
        let _ = shown.write_str(name);
    }
    let cut = if shown.is_full() { "..." } else { "" };
    shown.0 + cut
}

/// A text of a limited length: a few bytes of a mangled name may stand for gigabytes.
struct Short(String);

impl Short {
    fn is_full(&self) -> bool {
        self.0.len() >= LONGEST_NAME
    }
}

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            if self.is_full() {
                return Err(fmt::Error);
            }
            self.0.push(char);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_compilers_are_read() {
        let cases = [
            ("plain", "plain"),
            ("app::main", "app::main"),
            ("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad"),
            ("_RNvCs1234_7mycrate3foo", "mycrate::foo"),
            ("_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector<int, std::allocator<int> >::push_back(int const&)"),
            ("_Znonsense", "_Znonsense"),
            ("_R", "_R"),
        ];
        for (mangled, shown) in cases {
            assert_eq!(demangled(mangled), shown);
        }
        let long = "n".repeat(100_000);
        assert_eq!(demangled(&long), format!("{}...", &long[..LONGEST_NAME]));
    }

    /// Each level names its argument twice, so that the name stands for 2^60 bytes.
    #[test]
    fn names_that_stand_for_gigabytes_are_cut() {
        let mut name = "_Z1f1pIiiE".to_owned();
        let mut last = "S0_".to_owned();
        for level in 0..60 {
            name += &format!("1pI{last}{last}E");
            last = format!("S{}_", char::from_digit(level % 36, 36).unwrap_or('0').to_ascii_uppercase());
        }
        assert!(demangled(&name).len() <= LONGEST_NAME + 3);
    }
}
