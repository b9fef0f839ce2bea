//! Workflow commands of GitHub Actions: each finding becomes an annotation of the line it is about.
//!
//! In: a diagnostic. Out: one line, `::error file=..,line=..,endLine=..,col=..,endColumn=..,title=CODE::MESSAGE`.
//! Holds: whatever the texts hold, the line is one command, and no property ends another.

use crate::clean::harmless;
use crate::{Diagnostic, Place, Severity};

/// The diagnostic as one line, with its line break.
///
/// The place is the first label's, or that of the first label in a text if there is one. What the labels say and
/// the help follow the headline, a line each.
pub fn render(diagnostic: &Diagnostic) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let shown = diagnostic.place_in_text().or(diagnostic.labels.first().map(|label| &label.place));
    let mut properties: Vec<(&str, String)> = shown.map(place).unwrap_or_default();
    properties.push(("title", diagnostic.code.to_string()));
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{command} {}::{}\n", properties.join(","), data(&message(diagnostic, shown)))
}

fn place(place: &Place) -> Vec<(&'static str, String)> {
    let file = place.file_name();
    let mut properties = vec![("file", file.strip_prefix("./").unwrap_or(file).to_owned())];
    if let Place::Text { source, span } = place {
        let span = source.clamped(span);
        let (start, end) = (source.position(span.start), source.position(span.end));
        properties.extend([("line", start.line.to_string()), ("endLine", end.line.to_string())]);
        properties.extend([("col", start.column.to_string()), ("endColumn", end.column.to_string())]);
    }
    properties
}

fn message(diagnostic: &Diagnostic, shown: Option<&Place>) -> String {
    let mut lines = vec![diagnostic.headline.clone()];
    for label in &diagnostic.labels {
        // The annotation stands at one of them.
        let place = if Some(&label.place) == shown { inside(&label.place) } else { spelled_out(&label.place) };
        let said = [place, label.text.clone()];
        lines.push(said.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(": "));
    }
    lines.extend(diagnostic.help.as_ref().map(|help| format!("help: {help}")));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// What of a place the annotation does not show.
fn inside(place: &Place) -> String {
    match place {
        Place::Binary { path, .. } => path.clone(),
        Place::Text { .. } | Place::File { .. } => String::new(),
    }
}

fn spelled_out(place: &Place) -> String {
    let file = place.file_name();
    match place {
        Place::Text { source, span } => {
            let position = source.position(span.start);
            format!("{file}:{}:{}", position.line, position.column)
        }
        Place::Binary { path, .. } => format!("{file} ({path})"),
        Place::File { .. } => file.to_owned(),
    }
}

/// The text after the second `::`.
fn data(text: &str) -> String {
    harmless(&text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"))
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
