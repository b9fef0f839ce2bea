//! Bugs in withe: a panic ends in a plain report and status 101.

use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::sync::Mutex;

use crate::{Exit, Io};

/// What the last panic said and where, kept by the hook for the report.
static LAST_PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Makes panics silent until `caught` reports them.
pub fn record_panics() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let at = info.location().map(|at| format!(" ({}:{})", at.file(), at.line())).unwrap_or_default();
        let text = format!("{}{at}", message(info.payload()));
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = Some(text);
        }
    }));
}

fn message(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

/// Runs `body`; a panic in it is reported as a bug.
pub fn caught(io: &mut Io, body: impl FnOnce(&mut Io) -> Exit) -> Exit {
    let payload = match std::panic::catch_unwind(AssertUnwindSafe(|| body(io))) {
        Ok(exit) => return exit,
        Err(payload) => payload,
    };
    let recorded = LAST_PANIC.lock().ok().and_then(|mut last| last.take());
    let what = recorded.unwrap_or_else(|| message(payload.as_ref()));
    io.report(
        diag::error("withe/bug", format!("this is a bug in withe: {what}"))
            .help("please report it, with the command line, the input, and this message"),
    );
    Exit::BUG
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_bug_report() {
        let mut io = Io::captured(".");
        assert_eq!(caught(&mut io, |_| panic!("the plan has no world")), Exit::BUG);
        io.finish(Exit::BUG);
        let said = io.stderr.text();
        assert!(said.contains("withe/bug") && said.contains("this is a bug in withe"), "{said}");
        assert!(said.contains("the plan has no world"), "{said}");
    }
}
