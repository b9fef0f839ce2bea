//! What users are told of a wiring that works, by plug and by the solver.
//!
//! In: what was chosen. Out: notes.

use diag::{Diagnostic, Place};
use types::ExternName;

use crate::offers::Almost;
use crate::part::Part;

/// More open imports than this are told in one label.
pub(crate) const MOST_LABELS: usize = 5;

/// What became of an import.
pub(crate) enum Filled<'n> {
    /// An export of what is called `title`; `why` if it is not for its name alone.
    By {
        title: &'n str,
        export: &'n ExternName,
        why: Option<&'n str>,
    },
    /// It is a type of this import, and comes with it.
    With(&'n ExternName),
    Open,
}

/// One note for all imports of one component.
pub(crate) fn summary(part: &Part<'_>, title: &str, imports: Vec<(&ExternName, Filled<'_>)>) -> Diagnostic {
    let filled = imports.iter().filter(|(_, filled)| !matches!(filled, Filled::Open)).count();
    let headline = format!("{filled} of {} imports of `{title}` are filled", imports.len());
    let mut note = diag::note("compose/plugged", headline);
    let mut left: Vec<&ExternName> = Vec::new();
    for (name, filled) in imports {
        let text = match filled {
            Filled::By { title, export, why } => {
                let from = if export == name { format!("`{title}`") } else { format!("`{export}` of `{title}`") };
                let why = why.map(|why| format!(", {why}")).unwrap_or_default();
                format!("filled by {from}{why}")
            }
            Filled::With(of) => format!("comes with `{of}`"),
            Filled::Open => {
                left.push(name);
                continue;
            }
        };
        note = note.label(part.import_place(name), text);
    }
    if left.len() > MOST_LABELS {
        let names = left.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        return note.label(Place::file(&part.file), format!("stay imports of the result: {names}"));
    }
    left.into_iter().fold(note, |note, name| note.label(part.import_place(name), "stays an import of the result"))
}

/// Several components could give one import.
pub(crate) fn ambiguous<'p, 'a: 'p>(
    import: &ExternName,
    chosen: (&Part<'_>, &ExternName),
    why: String,
    others: impl IntoIterator<Item = (&'p Part<'a>, &'p ExternName)>,
) -> Diagnostic {
    let note = diag::note("compose/ambiguous", format!("several components can fill `{import}`"))
        .label(chosen.0.export_place(chosen.1), why);
    others.into_iter().fold(note, |note, (other, export)| note.label(other.export_place(export), "not taken"))
}

/// An export nearly fits an import; `instead` is what became of the import.
pub(crate) fn almost(importer: &Part<'_>, exporter: &Part<'_>, almost: &Almost, instead: &str) -> Diagnostic {
    let Almost { import, export, .. } = almost;
    let headline = format!("`{export}` of `{}` does not fit `{import}`", exporter.file);
    almost
        .labels(diag::note("compose/almost-fits", headline), exporter)
        .label(importer.import_place(import), instead)
        .help(almost.help(exporter))
}
