//! Diagnostics as plain lines, for snapshots.

use std::fmt::Write as _;

use diag::{Diagnostic, Place};

pub fn told(diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for one in diagnostics {
        let severity = match one.severity {
            diag::Severity::Error => "error",
            diag::Severity::Warning => "warning",
            diag::Severity::Note => "note",
        };
        let _ = writeln!(out, "{severity}[{}]: {}", one.code, one.headline);
        for label in &one.labels {
            let place = match &label.place {
                Place::Text { source, span } => format!("{} at {}", source.name, span.start),
                Place::Binary { file, path } => format!("{file}: {path}"),
                Place::File { file } => file.clone(),
            };
            let _ = writeln!(out, "  {place}\n    {}", label.text);
        }
        if let Some(help) = &one.help {
            let _ = writeln!(out, "  help: {help}");
        }
    }
    out
}
