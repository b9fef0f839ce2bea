//! Why a request failed.
//!
//! In: `Ended`. Out: a diagnostic; what the guest did counts more than what the client saw of it.

use diag::{Diagnostic, Place};
use wasmtime::{Trap, WasmBacktrace};
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode as Code2;
use wasmtime_wasi_http::p3::bindings::http::types::ErrorCode as Code3;

use super::record::Ended;
use crate::guest::Request;
use crate::trap::{self, Stop};

/// Characters of a request's path that are shown.
const MOST_SHOWN: usize = 200;

/// What went wrong, if anything did.
pub(super) fn explain(ended: &Ended, request: &Request<'_>) -> Option<Diagnostic> {
    let path: String = ended.entry.path.chars().take(MOST_SHOWN).collect();
    let place = Place::binary(request.file, format!("request `{} {path}`", ended.entry.method));
    match (&ended.failure, &ended.no_answer, &ended.cut_short) {
        (Some(error), _, _) => Some(failure(error, request, place)),
        (None, Some(error), _) if error.is::<Trap>() || error.is::<WasmBacktrace>() => {
            Some(failure(error, request, place))
        }
        (None, Some(error), _) => Some(no_answer(error, place)),
        (None, None, Some(error)) => Some(
            diag::error("serve/incomplete-body", "the answer's body broke off")
                .label(place, format!("the host says: {error}"))
                .help("give as many bytes as `content-length` says"),
        ),
        (None, None, None) => None,
    }
}

fn failure(error: &wasmtime::Error, request: &Request<'_>, place: Place) -> Diagnostic {
    if error_code(error).is_some() {
        return no_answer(error, place);
    }
    match trap::explain(error, request, place.clone()) {
        Stop::Failed(diagnostic) => diagnostic,
        Stop::Exit(status) => diag::error("serve/exit", format!("the handler ended itself, with the status {status}"))
            .label(place, "it called `exit` here, and there is no answer")
            .help("return from the handler instead of leaving the program"),
    }
}

fn no_answer(error: &wasmtime::Error, place: Place) -> Diagnostic {
    let found = diag::error("serve/no-answer", "the handler gave no answer");
    match error_code(error) {
        Some(code) => found.label(place, format!("it gave the error `{code}`")).help("answer with a status instead"),
        None => found.label(place, none_set(error)).help("set a response before the handler returns"),
    }
}

fn none_set(error: &wasmtime::Error) -> String {
    let reason = error.root_cause().to_string();
    // The runtime's words are about its own interface.
    if reason.contains("response-outparam") { "it returned and had set no response".to_owned() } else { reason }
}

/// The `error-code` that a handler gave instead of a response.
fn error_code(error: &wasmtime::Error) -> Option<String> {
    let code2 = error.downcast_ref::<Code2>().map(|code| format!("{code:?}"));
    let code = code2.or_else(|| error.downcast_ref::<Code3>().map(|code| format!("{code:?}")))?;
    Some(code.trim_start_matches("ErrorCode::").to_owned())
}
