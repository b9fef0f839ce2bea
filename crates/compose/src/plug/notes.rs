//! What users are told of a plugged socket.

use diag::Diagnostic;
use types::ExternName;

use super::choose::Choices;
use crate::part::Part;
use crate::told::{self, Filled};
use crate::wiring::Through;

/// One note for all that was wired, one for each choice that could surprise.
pub(super) fn notes(socket: &Part<'_>, plugs: &[Part<'_>], choices: &Choices, through: &[Through]) -> Vec<Diagnostic> {
    let mut notes = vec![told::summary(socket, &socket.file, imports(plugs, choices, through))];
    for (name, choice) in choices.filled.iter().filter(|(_, choice)| !choice.others.is_empty()) {
        let why = match &choice.with {
            None => "taken: it is named first".to_owned(),
            Some(user) => format!("taken: `{user}` comes from here and uses its types"),
        };
        let others = choice.others.iter().map(|(other, export)| (&plugs[*other], export));
        let note = told::ambiguous(name, (&plugs[choice.plug], &choice.export), why, others);
        let is_first = choice.with.is_none();
        notes.push(if is_first { note.help("name the component that is to win first") } else { note });
    }
    notes.extend(choices.almost.iter().map(|almost| {
        let instead = match choices.filled.get(&almost.import) {
            Some(choice) => format!("filled by `{}`", plugs[choice.plug].file),
            None => "stays open".to_owned(),
        };
        told::almost(socket, &plugs[almost.by], almost, &instead)
    }));
    notes
}

/// What became of each import of the socket: those that are filled, then the others.
fn imports<'n>(
    plugs: &'n [Part<'_>],
    choices: &'n Choices,
    through: &'n [Through],
) -> Vec<(&'n ExternName, Filled<'n>)> {
    let filled = choices.filled.iter().map(|(name, choice)| {
        (name, Filled::By { title: &plugs[choice.plug].file, export: &choice.export, why: None })
    });
    let open = choices.open.iter().map(|name| match through.iter().find(|through| through.import == *name) {
        Some(through) => (name, Filled::With(&through.of)),
        None => (name, Filled::Open),
    });
    filled.chain(open).collect()
}
