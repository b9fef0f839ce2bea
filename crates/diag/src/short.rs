//! One line a finding: `FILE:LINE:COL: error[code]: message`.
//!
//! In: a diagnostic. Out: one line. Holds: it has no line break inside, whatever the texts hold.

use crate::clean::one_line;
use crate::{Diagnostic, Place};

/// The diagnostic as one line, with its line break.
///
/// The place is the first label's, or that of the first label in a text if there is one: it is what editors can open.
/// `0:0` where there is no text, and `withe` where there is no file.
/// The file and the path in a binary stand in the message, in parentheses, where the line would not name them.
pub fn render(diagnostic: &Diagnostic) -> String {
    let first = diagnostic.labels.first().map(|label| &label.place);
    let shown = diagnostic.place_in_text().or(first);
    let (file, line, column) = match shown {
        Some(Place::Text { source, span }) => {
            let position = source.position(span.start);
            (source.name.as_str(), position.line, position.column)
        }
        Some(place @ (Place::Binary { .. } | Place::File { .. })) => (place.file_name(), 0, 0),
        None => ("withe", 0, 0),
    };
    let unnamed = |path: &str| !path.is_empty() && !diagnostic.headline.contains(path);
    let other_file = first.filter(|first| first.file_name() != file).map_or("", Place::file_name);
    let inside = match first {
        Some(Place::Binary { path, .. }) if unnamed(path) => [other_file, path].join(" "),
        Some(Place::Binary { .. } | Place::Text { .. } | Place::File { .. }) | None => other_file.to_owned(),
    };
    let inside = if inside.is_empty() { inside } else { format!(" ({})", inside.trim()) };
    let (severity, code) = (diagnostic.severity.name(), diagnostic.code);
    let text = format!("{file}:{line}:{column}: {severity}[{code}]: {}{inside}", diagnostic.headline);
    let mut text = one_line(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    text.push('\n');
    text
}
