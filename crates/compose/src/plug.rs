//! Plug: a component's imports are filled with other components' exports.
//!
//! In: a socket and plugs, in the user's order. Out: a checked graph that exports what the socket exports, and notes
//! that say what was filled, what stays open, and what nearly fitted.
//! Holds: only the socket's own imports are filled; an exact name wins over another version of its track, then the
//! first plug wins; an interface and the interfaces whose types it uses come from one plug where that plug has them;
//! open imports of all components become the result's, one for each interface and semver track.

mod choose;
mod notes;
mod open;

use diag::{Diagnostic, Diagnostics};
use indexmap::IndexMap;
use types::{ExternName, Types};

use crate::graph::{Graph, NodeId};
use crate::part::Part;
use crate::report;

/// The wired graph, and what is to be told about it.
#[derive(Debug)]
pub struct Plugged<'a> {
    pub graph: Graph<'a>,
    pub notes: Vec<Diagnostic>,
}

/// Wires the plugs' exports into the socket's imports.
///
/// # Errors
/// `compose/nothing-to-plug` for each plug that fills nothing; `compose/type-mismatch` for each difference of an
/// export that is meant for an import; `compose/import-conflict`; `compose/half-filled-interface`.
pub fn plug<'a>(types: &mut Types, socket: Part<'a>, plugs: Vec<Part<'a>>) -> diag::Result<Plugged<'a>> {
    let (plugs, mut notes) = without_repeats(plugs);
    let choices = choose::choose(types, &socket, &plugs);
    choose::check(&socket, &plugs, &choices)?;

    let mut graph = Graph::new();
    let open = open::imports(types, &mut graph, &socket, &plugs, &choices)?;
    notes.extend(notes::notes(&socket, &plugs, &choices, &open.through));
    notes.extend(open.notes);

    let exports: Vec<ExternName> = socket.ty.exports.keys().cloned().collect();
    let socket_id = graph.add_part(socket);
    let mut instances: Vec<NodeId> = Vec::new();
    for (plug, args) in plugs.into_iter().zip(&open.plug_args) {
        let part = graph.add_part(plug);
        instances.push(graph.instantiate(types, part, args)?);
    }
    let args = socket_args(types, &mut graph, &choices, &instances, open.socket_args, &open.through);
    let instance = graph.instantiate(types, socket_id, &args)?;
    for name in exports {
        let node = graph.alias(types, instance, &name).expect("an instance has the exports of its component");
        graph.export(name, node)?;
    }
    Ok(Plugged { graph, notes })
}

/// The plugs with each content once, and a note for each repetition.
fn without_repeats(plugs: Vec<Part<'_>>) -> (Vec<Part<'_>>, Vec<Diagnostic>) {
    let mut kept: Vec<Part<'_>> = Vec::new();
    let mut notes = Vec::new();
    for plug in plugs {
        match kept.iter().find(|known| known.bytes == plug.bytes) {
            Some(known) => notes.push(report::repeated(known, &plug)),
            None => kept.push(plug),
        }
    }
    (kept, notes)
}

/// The socket's arguments: exports of plugs for what is filled, imports of the result for the rest, and for types
/// that the socket uses of a filled interface, that interface's.
fn socket_args(
    types: &Types,
    graph: &mut Graph<'_>,
    choices: &choose::Choices,
    instances: &[NodeId],
    open: IndexMap<ExternName, NodeId>,
    through: &[open::Through],
) -> IndexMap<ExternName, NodeId> {
    let mut args = open;
    for (name, choice) in &choices.filled {
        let node = graph.alias(types, instances[choice.plug], &choice.export);
        args.insert(name.clone(), node.expect("a choice names an export of its plug"));
    }
    for open::Through { import, of, name } in through {
        // A plug without this type is told so when the interface itself is checked.
        if let Some(node) = graph.alias(types, args[of], name) {
            args.insert(import.clone(), node);
        }
    }
    args
}

/// Fails with what was found, if anything was.
fn all_well(problems: Vec<Diagnostic>) -> diag::Result<()> {
    if problems.is_empty() { Ok(()) } else { Err(Diagnostics(problems)) }
}
