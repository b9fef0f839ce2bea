//! Imports that stay open: those that a wiring gives nothing for.
//!
//! In: the instances of a wiring. Out: the result's imports as nodes, and for each instance which of them it is given.
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

use super::{Import, Wanted, all_well};
use crate::graph::{Graph, NodeId};
use crate::naming::unnamed;
use crate::part::Part;
use crate::report;

/// The result's imports.
pub(super) struct Open {
    /// Those that the wiring names itself.
    pub named: IndexMap<ExternName, NodeId>,
    pub instances: Vec<OpenInstance>,
    pub notes: Vec<Diagnostic>,
}

/// What one instance is given of the result's imports.
#[derive(Default)]
pub(super) struct OpenInstance {
    pub args: IndexMap<ExternName, NodeId>,
    /// Imports of the types alone of interfaces that are filled.
    pub names: IndexMap<ExternName, NodeId>,
    pub through: Vec<Through>,
}

/// An import that is another name for a type of a filled interface, so what fills the interface gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Through {
    pub import: ExternName,
    pub of: ExternName,
    /// The type's name in the interface.
    pub name: ExternName,
}

pub(super) fn imports(
    types: &mut Types,
    graph: &mut Graph<'_>,
    asked: &IndexMap<ExternName, Import>,
    instances: &[Wanted<'_>],
    exported: &HashSet<(usize, &ExternName)>,
) -> diag::Result<Open> {
    let mut union = Union::new();
    let mut problems = Vec::new();
    let named = add_named(types, &mut union, asked, &mut problems);
    let mut left = Vec::with_capacity(instances.len());
    for (index, instance) in instances.iter().enumerate() {
        let exports = &instance.part.ty.exports;
        let exported = exports.iter().filter(|(name, _)| exported.contains(&(index, *name)));
        let open = left_open(types, instance, exported)?;
        let slots = add(types, &mut union, &instance.part, &instances[..index], &open.imports, &mut problems);
        left.push((slots, open.through));
    }
    all_well(problems)?;

    let mut nodes = HashMap::new();
    for slot in union.import_order(types) {
        let (name, item) = union.import(slot);
        nodes.insert(slot, graph.import(name.clone(), item.clone())?);
    }
    let mut notes: Vec<Diagnostic> = union.apart().iter().map(apart_note).collect();
    for ((slots, _), wanted) in left.iter().zip(instances) {
        let alone = slots.keys().filter(|name| wanted.args.contains_key(*name));
        notes.extend(alone.map(|name| types_alone_note(&wanted.part, name)));
    }
    let given = |slots: IndexMap<ExternName, usize>| slots.into_iter().map(|(name, slot)| (name, nodes[&slot]));
    for (name, slot) in &named {
        graph.set_name(nodes[slot], asked[name].debug_name.clone());
    }
    let named = given(named).collect();
    let instances = left
        .into_iter()
        .zip(instances)
        .map(|((slots, through), wanted)| {
            let (names, args) = given(slots).partition(|(name, _)| wanted.args.contains_key(name));
            OpenInstance { args, names, through }
        })
        .collect();
    Ok(Open { named, instances, notes })
}

/// The slots of the imports that the wiring names itself. Each is a source of its own: what they use comes together
/// by name.
fn add_named(
    types: &mut Types,
    union: &mut Union,
    named: &IndexMap<ExternName, Import>,
    problems: &mut Vec<Diagnostic>,
) -> IndexMap<ExternName, usize> {
    let mut slots = IndexMap::new();
    for (name, import) in named {
        let mut items = import.uses.clone();
        items.insert(name.clone(), import.item.clone());
        match union.add_imports(types, &items) {
            Ok(found) => {
                slots.insert(name.clone(), found[name]);
            }
            Err(found) => problems.extend(report::conflicts_with_named(import.place.as_ref(), &found)),
        }
    }
    slots
}

fn add(
    types: &mut Types,
    union: &mut Union,
    part: &Part<'_>,
    earlier: &[Wanted<'_>],
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

fn conflict(part: &Part<'_>, earlier: &[Wanted<'_>], mismatch: &Mismatch) -> Diagnostic {
    let Some(Step::Import(name)) = mismatch.path.0.first() else {
        return report::import_conflict(None, part, mismatch);
    };
    let first = earlier.iter().map(|instance| &instance.part).find(|part| part.ty.imports.contains_key(name));
    report::import_conflict(first, part, mismatch)
}

fn types_alone_note(part: &Part<'_>, name: &ExternName) -> Diagnostic {
    diag::note("compose/types-alone", format!("the result imports the types of `{name}`, and nothing else of it"))
        .label(part.import_place(name), "filled, but the result must name its types")
}

fn apart_note(apart: &types::union::Apart) -> Diagnostic {
    let headline = format!("`{}` and `{}` stay two imports, since their types differ", apart.other, apart.name);
    apart.why.iter().fold(diag::note("compose/kept-apart", headline), |note, mismatch| {
        note.label(Place::binary("the result", format!("import `{}` / {}", apart.name, mismatch.path)), mismatch.text())
    })
}

/// What of one instance's imports goes to the result.
struct Left {
    /// Types alone of filled interfaces are among them, where open imports name them.
    imports: IndexMap<ExternName, Item>,
    through: Vec<Through>,
}

fn left_open<'i>(
    types: &mut Types,
    instance: &'i Wanted<'_>,
    exported: impl Iterator<Item = (&'i ExternName, &'i Item)>,
) -> diag::Result<Left> {
    let mut open = Left { imports: IndexMap::new(), through: Vec::new() };
    let imports = &instance.part.ty.imports;
    for (name, item) in imports.iter().filter(|(name, _)| !instance.args.contains_key(*name)) {
        match used_of_filled(types, instance, item) {
            Some((of, there)) => open.through.push(Through { import: name.clone(), of, name: there }),
            None => {
                open.imports.insert(name.clone(), item.clone());
            }
        }
    }
    let exported: Vec<_> = exported.collect();
    let needed = types_of_filled(types, instance, &open.imports, &exported)?;
    if needed.is_empty() {
        return Ok(open);
    }
    // The result cannot name types of a filled interface without importing it: it imports the types alone.
    let mut all = IndexMap::new();
    for (name, item) in imports {
        if let Some(item) = open.imports.get(name) {
            all.insert(name.clone(), item.clone());
        } else if let Some(defs) = needed.get(name) {
            all.insert(name.clone(), types_alone(types, item, defs));
        }
    }
    Ok(Left { imports: all, ..open })
}

/// A type or resource that the world uses of a filled interface: the interface and the type's name in it.
fn used_of_filled(types: &Types, instance: &Wanted<'_>, item: &Item) -> Option<(ExternName, ExternName)> {
    let imports = &instance.part.ty.imports;
    let of = interface_of(types, imports, item).filter(|of| instance.args.contains_key(of))?;
    let interface = imports[&of].kind.instance()?;
    let name = types.instance(interface).exports.iter().find_map(|(name, export)| {
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
/// `compose/half-filled-interface`: an open import or an export mentions a resource of a filled interface.
fn types_of_filled(
    types: &Types,
    instance: &Wanted<'_>,
    open: &IndexMap<ExternName, Item>,
    exported: &[(&ExternName, &Item)],
) -> diag::Result<HashMap<ExternName, HashSet<TypeId>>> {
    let mut needed: HashMap<ExternName, HashSet<TypeId>> = HashMap::new();
    let mut problems = Vec::new();
    let imports = open.iter().map(|(name, item)| (Side::Import, name, item));
    let exports = exported.iter().map(|(name, item)| (Side::Export, *name, *item));
    for (side, name, item) in imports.chain(exports) {
        let mentioned = uses(types, [item]);
        let unnamed = match side {
            Side::Import => mentioned.clone(),
            Side::Export => unnamed(types, item),
        };
        for filled in instance.args.keys() {
            let interface = instance.part.ty.imports.get(filled).and_then(|item| item.kind.instance());
            let Some(owner) = interface.map(Owner::Instance) else { continue };
            let resource = unnamed.resources.iter().find(|id| types.resource(**id).owner == owner);
            if let Some(resource) = resource {
                problems.push(half_filled(&instance.part, side, name, filled, &types.resource(*resource).name));
            } else if unnamed.defs.iter().any(|id| types.def(*id).owner == owner) {
                needed.entry(filled.clone()).or_default().extend(&mentioned.defs);
            }
        }
    }
    if problems.is_empty() { Ok(needed) } else { Err(Diagnostics(problems)) }
}

#[derive(Clone, Copy)]
enum Side {
    Import,
    Export,
}

fn half_filled(part: &Part<'_>, side: Side, user: &ExternName, filled: &ExternName, resource: &str) -> Diagnostic {
    let (verb, place, why, help) = match side {
        Side::Import => (
            "stays an import",
            part.import_place(user),
            "whoever provides this cannot make such handles",
            format!("take `{filled}` and `{user}` from one component that exports both"),
        ),
        Side::Export => (
            "is exported",
            part.export_place(user),
            "whoever calls this cannot name the resource",
            format!("leave `{filled}` open, or export `{user}` in an interface"),
        ),
    };
    let headline = format!("`{user}` {verb}, but uses resource `{resource}` of `{filled}`, which is filled");
    diag::error("compose/half-filled-interface", headline)
        .label(place, why)
        .label(part.import_place(filled), "filled")
        .help(help)
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
