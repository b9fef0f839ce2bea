//! Calls exports with WAVE values.
//!
//! In: `Request`, expressions. Out: each result as one line of WAVE or JSON, and `Finished`.
//! Holds: all expressions are parsed and typed before the first one runs; all share one instance.

use std::sync::Arc;

use diag::{Diagnostic, Diagnostics, Source};

use crate::guest::Request;
use crate::run::Finished;
use crate::session::{Called, Expr, Mocks, Notation, Program, Scope, Session, Setup, Typed};
use crate::stdio::Output;
use crate::trap::TRAPPED;
use crate::value::json;

/// How expressions and results are written.
#[derive(Clone, Copy)]
pub struct Writing<'a> {
    pub notation: Notation<'a>,
    /// Arguments and results are JSON rather than WAVE.
    pub json: bool,
}

impl Writing<'_> {
    /// WAVE alone.
    pub const PLAIN: Self = Self { notation: Notation::PLAIN, json: false };
}

/// Calls exports, one expression after the other, on one instance; results go to `results` as they come.
///
/// # Errors
/// When the component cannot be instantiated or an expression does not fit: every mistake in every expression.
pub fn call(
    request: &Request<'_>,
    expressions: &[String],
    writing: &Writing<'_>,
    results: &Output,
) -> Result<Finished, Diagnostics> {
    let program = Program::load(request.file, request.bytes.into(), request.limits)?;
    let setup = Setup {
        grants: request.grants,
        limits: request.limits,
        stdio: request.stdio,
        stub: request.stub,
        mocks: &Mocks::default(),
    };
    let mut session = program.start(&setup)?;
    let typed = plan(expressions, writing, &session)?;
    let (status, mut diagnostics) = run(&mut session, &typed, writing.json, results);
    diagnostics.extend(session.refused());
    let status = session.interrupted().unwrap_or(status);
    Ok(Finished { status, diagnostics, usage: session.usage() })
}

/// Parses and types every expression.
fn plan(expressions: &[String], writing: &Writing<'_>, session: &Session) -> Result<Vec<Typed>, Diagnostics> {
    let mut scope = Scope::default();
    let mut errors = Vec::new();
    let mut steps = Vec::new();
    for (number, text) in expressions.iter().enumerate() {
        let source = Arc::new(Source::new(format!("<expression {}>", number + 1), text));
        let expr = match writing.json {
            true => Expr::parse_json(&source, writing.notation),
            false => Expr::parse(&source, writing.notation),
        };
        let expr = expr.map_err(|error| vec![error]);
        match expr.and_then(|expr| session.check(&Arc::new(expr), &mut scope)) {
            Ok(step) => steps.push(step),
            Err(mistakes) => errors.extend(mistakes),
        }
    }
    if errors.is_empty() { Ok(steps) } else { Err(Diagnostics(errors)) }
}

/// Calls one after the other, to the first that does not end well.
fn run(session: &mut Session, typed: &[Typed], json: bool, results: &Output) -> (u8, Vec<Diagnostic>) {
    let mut scope = Scope::default();
    for step in typed {
        match session.call(step, &mut scope) {
            Called::Value(value) if step.binds().is_none() => {
                let line = if json { format!("{}\n", json::write(&value.data)) } else { format!("{value}\n") };
                // Where nobody reads the results, the guest's work is done all the same.
                drop(results.write_through(line.as_bytes()));
            }
            Called::Value(_) | Called::Nothing => {}
            other => return ended(other),
        }
    }
    ended(session.end(&mut scope))
}

fn ended(called: Called) -> (u8, Vec<Diagnostic>) {
    match called {
        Called::Value(_) | Called::Nothing => (0, Vec::new()),
        Called::Exited(status) => (status, Vec::new()),
        Called::Trapped { diagnostic, .. } => (TRAPPED, vec![diagnostic]),
        Called::Failed(diagnostic) => (1, vec![diagnostic]),
    }
}
