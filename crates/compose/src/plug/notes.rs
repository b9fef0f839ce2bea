//! What users are told of a wiring that works.

use diag::{Diagnostic, Place};
use types::ExternName;

use super::choose::{Almost, Choices};
use crate::part::Part;
use crate::wiring::Through;

/// One note for all that was wired, one for each choice that could surprise.
pub(super) fn notes(socket: &Part<'_>, plugs: &[Part<'_>], choices: &Choices, through: &[Through]) -> Vec<Diagnostic> {
    let mut notes = vec![summary(socket, plugs, choices, through)];
    for (name, choice) in &choices.filled {
        if choice.others.is_empty() {
            continue;
        }
        let chosen = &plugs[choice.plug];
        let mut note = diag::note("compose/ambiguous", format!("several components can fill `{name}`")).label(
            chosen.export_place(&choice.export),
            match &choice.with {
                None => "taken: it is named first".to_owned(),
                Some(user) => format!("taken: `{user}` comes from here and uses its types"),
            },
        );
        for (other, export) in &choice.others {
            note = note.label(plugs[*other].export_place(export), "not taken");
        }
        let is_first = choice.with.is_none();
        notes.push(if is_first { note.help("name the component that is to win first") } else { note });
    }
    notes.extend(choices.almost.iter().map(|almost| almost_note(socket, &plugs[almost.plug], almost)));
    notes
}

/// More open imports than this are told in one label.
const MOST_LABELS: usize = 5;

fn summary(socket: &Part<'_>, plugs: &[Part<'_>], choices: &Choices, through: &[Through]) -> Diagnostic {
    let total = choices.filled.len() + choices.open.len();
    let filled = choices.filled.len() + through.len();
    let headline = format!("{filled} of {total} imports of `{}` are filled", socket.file);
    let mut note = diag::note("compose/plugged", headline);
    for (name, choice) in &choices.filled {
        let plug = &plugs[choice.plug].file;
        let text = if choice.export == *name {
            format!("filled by `{plug}`")
        } else {
            format!("filled by `{}` of `{plug}`", choice.export)
        };
        note = note.label(socket.import_place(name), text);
    }
    let mut left: Vec<&ExternName> = Vec::new();
    for name in &choices.open {
        match through.iter().find(|through| through.import == *name) {
            Some(Through { of, .. }) => note = note.label(socket.import_place(name), format!("comes with `{of}`")),
            None => left.push(name),
        }
    }
    if left.len() > MOST_LABELS {
        let names = left.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        return note.label(Place::file(&socket.file), format!("stay imports of the result: {names}"));
    }
    for name in left {
        note = note.label(socket.import_place(name), "stays an import of the result");
    }
    note
}

fn almost_note(socket: &Part<'_>, plug: &Part<'_>, almost: &Almost) -> Diagnostic {
    let Almost { import, export, why, .. } = almost;
    let mut note = diag::note("compose/almost-fits", format!("`{export}` of `{}` does not fit `{import}`", plug.file));
    for mismatch in why {
        let place = Place::binary(&plug.file, format!("export `{export}` / {}", mismatch.path));
        note = note.label(place, mismatch.text());
    }
    note.label(socket.import_place(import), "stays open").help(format!("rebuild `{}` against `{import}`", plug.file))
}
