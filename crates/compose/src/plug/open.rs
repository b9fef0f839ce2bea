//! Imports that stay open: those of the plugs, and those of the socket that nothing fills.
//!
//! In: the choices. Out: the result's imports as nodes, and for each component which of them it is given.
//! Holds: one import for each name and semver track; an import whose types come from a filled interface is refused
//! if it needs a resource of it, since whoever provides the import could not know that resource.

use std::collections::{HashMap, HashSet};

use diag::{Diagnostic, Diagnostics, Place};
use indexmap::IndexMap;
use types::mismatch::Step;
use types::subtype::interface_of;
use types::union::Union;
use types::uses::uses;
use types::{ExternName, InstanceType, Item, ItemKind, Mismatch, Owner, TypeId, Types, ValType};

use super::choose::Choices;
use crate::graph::{Graph, NodeId};
use crate::part::Part;
use crate::report;

/// What the components are given of the result's imports.
pub(super) struct Open {
    pub socket_args: IndexMap<ExternName, NodeId>,
    /// Types that the socket's world uses of filled interfaces.
    pub through: Vec<Through>,
    /// By plug.
    pub plug_args: Vec<IndexMap<ExternName, NodeId>>,
    pub notes: Vec<Diagnostic>,
}

/// An import that is another name for a type of a filled interface, so what fills the interface gives it.
pub(super) struct Through {
    pub import: ExternName,
    pub of: ExternName,
    /// The type's name in the interface.
    pub name: ExternName,
}

pub(super) fn imports(
    types: &mut Types,
    graph: &mut Graph<'_>,
    socket: &Part<'_>,
    plugs: &[Part<'_>],
    choices: &Choices,
) -> diag::Result<Open> {
    let mut union = Union::new();
    let mut problems = Vec::new();
    let mut plug_slots = Vec::with_capacity(plugs.len());
    let socket_open = socket_imports(types, socket, choices)?;
    let socket_slots = add(types, &mut union, socket, &[], &socket_open.imports, &mut problems);
    for (index, plug) in plugs.iter().enumerate() {
        let earlier: Vec<&Part<'_>> = std::iter::once(socket).chain(&plugs[..index]).collect();
        plug_slots.push(add(types, &mut union, plug, &earlier, &plug.ty.imports, &mut problems));
    }
    super::all_well(problems)?;

    let mut nodes = HashMap::new();
    for slot in union.import_order(types) {
        let (name, item) = union.import(slot);
        nodes.insert(slot, graph.import(name.clone(), item.clone())?);
    }
    let given = |slots: IndexMap<ExternName, usize>| slots.into_iter().map(|(name, slot)| (name, nodes[&slot]));
    let socket_args = given(socket_slots).filter(|(name, _)| !choices.filled.contains_key(name)).collect();
    let plug_args = plug_slots.into_iter().map(|slots| given(slots).collect()).collect();
    let notes = union.apart().iter().map(apart_note).collect();
    Ok(Open { socket_args, through: socket_open.through, plug_args, notes })
}

fn add(
    types: &mut Types,
    union: &mut Union,
    part: &Part<'_>,
    earlier: &[&Part<'_>],
    imports: &IndexMap<ExternName, Item>,
    problems: &mut Vec<Diagnostic>,
) -> IndexMap<ExternName, usize> {
    match union.add_imports(types, imports) {
        Ok(slots) => slots,
        Err(mismatches) => {
            problems.extend(mismatches.iter().map(|mismatch| conflict(part, earlier, mismatch)));
            IndexMap::new()
        }
    }
}

fn conflict(part: &Part<'_>, earlier: &[&Part<'_>], mismatch: &Mismatch) -> Diagnostic {
    let Some(Step::Import(name)) = mismatch.path.0.first() else {
        return report::import_conflict(None, part, mismatch);
    };
    let first = earlier.iter().find(|part| part.ty.imports.contains_key(name));
    report::import_conflict(first.copied(), part, mismatch)
}

fn apart_note(apart: &types::union::Apart) -> Diagnostic {
    let headline = format!("`{}` and `{}` stay two imports, since their types differ", apart.other, apart.name);
    apart.why.iter().fold(diag::note("compose/kept-apart", headline), |note, mismatch| {
        note.label(Place::binary("the result", format!("import `{}` / {}", apart.name, mismatch.path)), mismatch.text())
    })
}

/// What of the socket's imports goes to the result.
struct SocketOpen {
    imports: IndexMap<ExternName, Item>,
    through: Vec<Through>,
}

fn socket_imports(types: &mut Types, socket: &Part<'_>, choices: &Choices) -> diag::Result<SocketOpen> {
    let mut open = SocketOpen { imports: IndexMap::new(), through: Vec::new() };
    for name in &choices.open {
        let item = &socket.ty.imports[name];
        match used_of_filled(types, socket, choices, item) {
            Some((of, there)) => open.through.push(Through { import: name.clone(), of, name: there }),
            None => {
                open.imports.insert(name.clone(), item.clone());
            }
        }
    }
    let needed = types_of_filled(types, socket, choices, &open.imports)?;
    if needed.is_empty() {
        return Ok(open);
    }
    // The result cannot name types of a filled interface without importing it: it imports the types alone.
    let mut imports = IndexMap::new();
    for (name, item) in &socket.ty.imports {
        if let Some(item) = open.imports.get(name) {
            imports.insert(name.clone(), item.clone());
        } else if let Some(defs) = needed.get(name) {
            imports.insert(name.clone(), types_alone(types, item, defs));
        }
    }
    Ok(SocketOpen { imports, ..open })
}

/// A type or resource that the world uses of a filled interface: the interface and the type's name in it.
fn used_of_filled(
    types: &Types,
    socket: &Part<'_>,
    choices: &Choices,
    item: &Item,
) -> Option<(ExternName, ExternName)> {
    let of = interface_of(types, &socket.ty.imports, item)?;
    if !choices.filled.contains_key(&of) {
        return None;
    }
    let ItemKind::Instance(instance) = socket.ty.imports[&of].kind else { return None };
    let name = types.instance(instance).exports.iter().find_map(|(name, export)| {
        let same = match (export.kind, item.kind) {
            (ItemKind::Resource(there), ItemKind::Resource(here)) => there == here,
            (ItemKind::Type(there), ItemKind::Type(here)) => types.aliases(here).any(|ty| ty == there),
            (_, _) => false,
        };
        same.then(|| name.clone())
    })?;
    Some((of, name))
}

/// The filled interfaces whose types open imports mention, with what is mentioned.
///
/// # Errors
/// `compose/half-filled-interface`: an open import mentions a resource of a filled interface.
fn types_of_filled(
    types: &Types,
    socket: &Part<'_>,
    choices: &Choices,
    open: &IndexMap<ExternName, Item>,
) -> diag::Result<HashMap<ExternName, HashSet<TypeId>>> {
    let mut needed: HashMap<ExternName, HashSet<TypeId>> = HashMap::new();
    let mut problems = Vec::new();
    for (name, item) in open {
        let mentioned = uses(types, [item]);
        for filled in choices.filled.keys() {
            let ItemKind::Instance(instance) = socket.ty.imports[filled].kind else { continue };
            let owner = Owner::Instance(instance);
            let resource = mentioned.resources.iter().find(|id| types.resource(**id).owner == owner);
            if let Some(resource) = resource {
                problems.push(half_filled(socket, name, filled, &types.resource(*resource).name));
            } else if mentioned.defs.iter().any(|id| types.def(*id).owner == owner) {
                needed.entry(filled.clone()).or_default().extend(&mentioned.defs);
            }
        }
    }
    if problems.is_empty() { Ok(needed) } else { Err(Diagnostics(problems)) }
}

fn half_filled(socket: &Part<'_>, open: &ExternName, filled: &ExternName, resource: &str) -> Diagnostic {
    let headline = format!("`{open}` stays open, but uses resource `{resource}` of `{filled}`, which is filled");
    diag::error("compose/half-filled-interface", headline)
        .label(socket.import_place(open), "whoever provides this cannot make such handles")
        .label(socket.import_place(filled), "filled by a plug")
        .help(format!("plug a component that exports both `{filled}` and `{open}`"))
}

/// An interface with the named types only.
fn types_alone(types: &mut Types, item: &Item, defs: &HashSet<TypeId>) -> Item {
    let ItemKind::Instance(id) = item.kind else { return item.clone() };
    let InstanceType { id: name, exports, decl } = types.instance(id).clone();
    let exports = exports
        .into_iter()
        .filter(|(_, item)| matches!(item.kind, ItemKind::Type(ValType::Def(id)) if defs.contains(&id)))
        .collect();
    // Types keep their owner, so that the union finds them when it copies what uses them.
    let alone = types.add_instance(InstanceType { id: name, exports, decl });
    Item { kind: ItemKind::Instance(alone), decl: item.decl.clone() }
}
