//! The JSON document: schema `withe.diagnostics/1`, described in `crates/diag/codes/README.md`.
//!
//! Holds: a field once given keeps its meaning within schema 1; fields may be added.

use serde::Serialize;
use serde_json::Value;

use crate::{Diagnostic, Label, Place, Source};

/// The schema's name and version.
pub const SCHEMA: &str = "withe.diagnostics/1";

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    command: &'a str,
    /// The exit status.
    status: i32,
    diagnostics: Vec<Finding<'a>>,
    /// What the command found out; its form depends on the command.
    result: Option<Value>,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: &'static str,
    message: &'a str,
    labels: Vec<Mark<'a>>,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Mark<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Point>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Point>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    text: &'a str,
}

#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
    offset: usize,
}

/// The document of one command.
pub fn document(command: &str, status: i32, diagnostics: &[Diagnostic], result: Option<Value>) -> Value {
    let diagnostics = diagnostics.iter().map(finding).collect();
    serde_json::to_value(Document { schema: SCHEMA, command, status, diagnostics, result })
        .expect("strings, numbers and lists are always JSON")
}

/// One finding, as it stands in a document.
pub fn diagnostic(diagnostic: &Diagnostic) -> Value {
    serde_json::to_value(finding(diagnostic)).expect("strings, numbers and lists are always JSON")
}

fn finding(diagnostic: &Diagnostic) -> Finding<'_> {
    Finding {
        code: diagnostic.code.0,
        severity: diagnostic.severity.name(),
        message: &diagnostic.headline,
        labels: diagnostic.labels.iter().map(mark).collect(),
        help: diagnostic.help.as_deref(),
    }
}

fn mark(label: &Label) -> Mark<'_> {
    let file = label.place.file_name();
    let text = &label.text;
    match &label.place {
        Place::Text { source, span } => {
            let span = source.clamped(span);
            let (start, end) = (point(source, span.start), point(source, span.end));
            Mark { file, start: Some(start), end: Some(end), path: None, text }
        }
        Place::Binary { path, .. } => Mark { file, start: None, end: None, path: Some(path), text },
        Place::File { .. } => Mark { file, start: None, end: None, path: None, text },
    }
}

fn point(source: &Source, offset: usize) -> Point {
    let position = source.position(offset);
    Point { line: position.line, column: position.column, offset }
}
