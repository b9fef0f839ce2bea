//! Calls of fixtures, for several tests.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::path::Path;
use std::time::Duration;

use verify::{Grants, Limits, Output, Request, Stdio, Stub, Writing};
use withe_verify as verify;

/// A fixture's binary.
pub fn fixture(name: &str) -> Vec<u8> {
    wat::parse_file(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/run").join(name))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Status, results and diagnostics of calls on one instance; or why nothing ran.
pub type Outcome = Result<(u8, String, Vec<diag::Diagnostic>), Vec<diag::Diagnostic>>;

/// Calls a fixture.
pub fn calls(name: &str, expressions: &[&str]) -> Outcome {
    calls_within(name, expressions, None)
}

/// Calls a fixture under a time limit.
pub fn calls_within(name: &str, expressions: &[&str], timeout: Option<Duration>) -> Outcome {
    let expressions: Vec<String> = expressions.iter().map(|text| (*text).to_owned()).collect();
    let stdio = Stdio { stdin: verify::Input::Closed, stdout: Output::memory(), stderr: Output::memory() };
    let request = Request {
        file: name,
        bytes: &fixture(name),
        grants: &Grants::default(),
        limits: &Limits { timeout, ..Limits::default() },
        stdio: &stdio,
        stub: Stub::Refuse,
    };
    let finished = verify::call(&request, &expressions, &Writing::PLAIN, &stdio.stdout).map_err(|errors| errors.0)?;
    Ok((finished.status, String::from_utf8_lossy(&stdio.stdout.contents()).into_owned(), finished.diagnostics))
}
