//! One line a finding: `FILE:LINE:COL: error[code]: message`.
//!
//! In: a diagnostic. Out: one line. Holds: it has no line break inside, whatever the texts hold.

use crate::{Diagnostic, Place};

/// The diagnostic as one line, with its line break.
///
/// The place is the first label's; `0:0` where there is no text, and `withe` where there is no file.
/// A path in a binary stands in the message, in parentheses.
pub fn render(diagnostic: &Diagnostic) -> String {
    let place = diagnostic.labels.first().map(|label| &label.place);
    let (file, line, column) = match place {
        Some(Place::Text { source, span }) => {
            let position = source.position(span.start);
            (source.name.as_str(), position.line, position.column)
        }
        Some(place @ (Place::Binary { .. } | Place::File { .. })) => (place.file_name(), 0, 0),
        None => ("withe", 0, 0),
    };
    let inside = match place {
        Some(Place::Binary { path, .. }) if !diagnostic.headline.contains(path.as_str()) => format!(" ({path})"),
        Some(Place::Binary { .. } | Place::Text { .. } | Place::File { .. }) | None => String::new(),
    };
    let (severity, code) = (diagnostic.severity.name(), diagnostic.code);
    let text = format!("{file}:{line}:{column}: {severity}[{code}]: {}{inside}", diagnostic.headline);
    let mut text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.retain(|c| !c.is_control());
    text.push('\n');
    text
}
