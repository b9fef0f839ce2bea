//! Plug: a component's imports are filled with other components' exports.
//!
//! In: a socket and plugs, in the user's order. Out: a checked graph that exports what the socket exports, and notes
//! that say what was filled, what stays open, and what nearly fitted.
//! Holds: only the socket's own imports are filled; what fits by type wins, then an exact name over another version
//! of its track, then the first plug; an interface and the interfaces whose types it uses come from one plug where that plug has them;
//! open imports of all components become the result's, one for each interface and semver track.

mod choose;
mod notes;

use diag::Diagnostic;
use indexmap::IndexMap;
use types::Types;

use crate::graph::Graph;
use crate::part::Part;
use crate::report;
use crate::wiring::{Arg, Source, Wanted, WantedId, Wiring, all_well};

/// The wired graph, and what is to be told about it.
#[derive(Debug)]
pub struct Plugged<'a> {
    pub graph: Graph<'a>,
    pub notes: Vec<Diagnostic>,
}

/// Wires the plugs' exports into the socket's imports.
///
/// # Errors
/// `compose/wit-package`; `compose/nothing-to-plug` for each plug that fills nothing; `compose/type-mismatch` for each difference of an
/// export that is meant for an import; `compose/import-conflict`; `compose/half-filled-interface`.
pub fn plug<'a>(types: &mut Types, socket: Part<'a>, plugs: Vec<Part<'a>>) -> diag::Result<Plugged<'a>> {
    all_well(std::iter::once(&socket).chain(&plugs).filter_map(report::wit_package).collect())?;
    let (plugs, mut notes) = without_repeats(plugs);
    let choices = choose::choose(types, &socket, &plugs);
    choose::check(types, &socket, &plugs, &choices)?;

    let mut wiring = Wiring::new();
    let alone = |plug: &Part<'a>| Wanted::new(plug.clone(), IndexMap::new());
    let instances: Vec<WantedId> = plugs.iter().map(|plug| wiring.instance(alone(plug))).collect();
    let arg = |choice: &choose::Choice| Arg::from(Source::export(instances[choice.plug], choice.export.clone()));
    let args = choices.filled.iter().map(|(name, choice)| (name.clone(), arg(choice))).collect();
    let instance = wiring.instance(Wanted::new(socket.clone(), args));
    for name in socket.ty.exports.keys() {
        wiring.export(name.clone(), Source::export(instance, name.clone()));
    }
    let wired = wiring.build(types)?;

    let through = wired.through.last().expect("the socket is the last instance");
    notes.extend(notes::notes(&socket, &plugs, &choices, through));
    notes.extend(wired.notes);
    Ok(Plugged { graph: wired.graph, notes })
}

/// The plugs with each content once, and a note for each repetition.
fn without_repeats(plugs: Vec<Part<'_>>) -> (Vec<Part<'_>>, Vec<Diagnostic>) {
    let mut kept: IndexMap<&[u8], Part<'_>> = IndexMap::new();
    let mut notes = Vec::new();
    for plug in plugs {
        match kept.get(plug.bytes) {
            Some(known) => notes.push(report::repeated(known, &plug)),
            None => {
                kept.insert(plug.bytes, plug);
            }
        }
    }
    (kept.into_values().collect(), notes)
}
