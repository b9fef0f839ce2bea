//! Imports that stay open: those that a wiring gives nothing for.
//!
//! In: the instances of a wiring. Out: the result's imports as nodes, and for each instance which of them it is given.
//! Holds: one import for each name and semver track; an import that needs a resource of a filled interface imports
//! that resource too, and fits only if what fills the interface passes on the same resource.

use std::collections::{HashMap, HashSet};

use diag::{Diagnostic, Place};
use indexmap::{IndexMap, IndexSet};
use types::mismatch::Step;
use types::subtype::interface_of;
use types::union::Union;
use types::uses::uses;
use types::{ExternName, InstanceType, Item, ItemKind, Mismatch, Owner, ResourceId, TypeId, Types, ValType};

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
        let open = left_open(types, instance, exported);
        problems.extend(named_too(asked, instance, &open.imports));
        let slots = add(types, &mut union, &instances[..=index], &open.imports, &mut problems);
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
        let is_alone = |slot: usize| only_types(types, union.import(slot).1);
        let alone = slots.iter().filter(|(name, slot)| wanted.args.contains_key(*name) && is_alone(**slot));
        notes.extend(alone.map(|(name, _)| types_alone_note(&wanted.part, name)));
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

/// Imports that the wiring names, that an instance has too, and that it is not given: it cannot be both.
fn named_too<'i>(
    asked: &'i IndexMap<ExternName, Import>,
    instance: &'i Wanted<'_>,
    open: &'i IndexMap<ExternName, Item>,
) -> impl Iterator<Item = Diagnostic> + 'i {
    let names = open.keys().filter(|name| !instance.args.contains_key(*name));
    names.filter_map(|name| Some(report::named_and_open(name, asked.get(name)?.place.as_ref(), instance)))
}

/// Adds open imports of the last of `instances`.
fn add(
    types: &mut Types,
    union: &mut Union,
    instances: &[Wanted<'_>],
    imports: &IndexMap<ExternName, Item>,
    problems: &mut Vec<Diagnostic>,
) -> IndexMap<ExternName, usize> {
    match union.add_imports(types, imports) {
        Ok(slots) => slots,
        Err(mismatches) => {
            problems.extend(mismatches.iter().filter_map(|mismatch| conflict(instances, mismatch)));
            IndexMap::new()
        }
    }
}

fn conflict(instances: &[Wanted<'_>], mismatch: &Mismatch) -> Option<Diagnostic> {
    let (second, earlier) = instances.split_last()?;
    let first = match mismatch.path.0.first() {
        Some(Step::Import(name)) => earlier.iter().find(|instance| instance.part.ty.imports.contains_key(name)),
        Some(_) | None => None,
    };
    Some(report::import_conflict(first, second, mismatch))
}

/// Whether an import is an interface without functions.
fn only_types(types: &Types, item: &Item) -> bool {
    let ItemKind::Instance(id) = item.kind else { return false };
    types.instance(id).exports.values().all(|item| match item.kind {
        ItemKind::Type(_) | ItemKind::Resource(_) => true,
        ItemKind::Func(_) | ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => false,
    })
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
) -> Left {
    let mut open = Left { imports: IndexMap::new(), through: Vec::new() };
    let imports = &instance.part.ty.imports;
    for (name, item) in imports.iter().filter(|(name, _)| !instance.args.contains_key(*name)) {
        match type_of_filled(types, imports, &|of| instance.args.contains_key(of), item) {
            Some((of, there)) => open.through.push(Through { import: name.clone(), of, name: there }),
            None => {
                open.imports.insert(name.clone(), item.clone());
            }
        }
    }
    let exported: Vec<_> = exported.collect();
    let needed = types_of_filled(types, instance, &open.imports, &exported);
    if needed.is_empty() {
        return open;
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
    Left { imports: all, ..open }
}

/// A type or resource that the world uses of a filled interface: the interface and the type's name in it.
pub(crate) fn type_of_filled(
    types: &Types,
    imports: &IndexMap<ExternName, Item>,
    is_filled: &dyn Fn(&ExternName) -> bool,
    item: &Item,
) -> Option<(ExternName, ExternName)> {
    let of = interface_of(types, imports, item).filter(is_filled)?;
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

/// What of a filled interface the result has to import, so that it can name it.
#[derive(Default)]
struct Needed {
    defs: HashSet<TypeId>,
    resources: HashSet<ResourceId>,
}

/// The filled interfaces whose types open imports and exports mention, with what is mentioned.
///
/// A resource that an open import takes of a filled interface is imported as well. It is the one that fills the
/// interface only if that passes on what the result imports; else the check of the instance's arguments tells it.
fn types_of_filled(
    types: &Types,
    instance: &Wanted<'_>,
    open: &IndexMap<ExternName, Item>,
    exported: &[(&ExternName, &Item)],
) -> HashMap<ExternName, Needed> {
    let mut needed: HashMap<ExternName, Needed> = HashMap::new();
    let owners: HashMap<Owner, &ExternName> = instance
        .args
        .keys()
        .filter_map(|name| Some((Owner::Instance(instance.part.ty.imports.get(name)?.kind.instance()?), name)))
        .collect();
    let of_world: HashMap<TypeId, &ExternName> = instance
        .args
        .keys()
        .filter_map(|name| match instance.part.ty.imports.get(name)?.kind {
            ItemKind::Type(ValType::Def(id)) => Some((id, name)),
            ItemKind::Type(_)
            | ItemKind::Func(_)
            | ItemKind::Instance(_)
            | ItemKind::Resource(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => None,
        })
        .collect();
    if owners.is_empty() && of_world.is_empty() {
        return needed;
    }
    let filled = |owner| owners.get(&owner).copied();
    for item in open.values() {
        let mentioned = uses(types, [item]);
        let of_defs = mentioned.defs.iter().map(|id| types.def(*id).owner);
        let of_resources = mentioned.resources.iter().map(|id| types.resource(*id).owner);
        let types_of_world = mentioned.defs.iter().filter_map(|id| of_world.get(id).copied());
        let filled: IndexSet<&ExternName> =
            of_defs.chain(of_resources).filter_map(filled).chain(types_of_world).collect();
        for name in filled {
            let needed = needed.entry(name.clone()).or_default();
            needed.defs.extend(&mentioned.defs);
            needed.resources.extend(&mentioned.resources);
        }
    }
    // What has a handle of a filled interface inside cannot be named by an import: that would be another handle.
    let has_filled_handle = |id: &TypeId| {
        let item = Item { kind: ItemKind::Type(ValType::Def(*id)), decl: types::Decl::default() };
        uses(types, [&item]).resources.iter().any(|id| owners.contains_key(&types.resource(*id).owner))
    };
    for (_, item) in exported {
        let unnamed = unnamed(types, item);
        let of_filled = unnamed.defs.iter().filter_map(|id| Some((id, filled(types.def(*id).owner)?)));
        let filled: IndexSet<&ExternName> =
            of_filled.filter(|(id, _)| !has_filled_handle(id)).map(|(_, name)| name).collect();
        for name in filled {
            let defs = uses(types, [*item]).defs;
            let defs = defs.into_iter().filter(|id| !has_filled_handle(id));
            needed.entry(name.clone()).or_default().defs.extend(defs);
        }
    }
    needed
}

/// An interface with the named types and resources only.
fn types_alone(types: &mut Types, item: &Item, needed: &Needed) -> Item {
    let ItemKind::Instance(id) = item.kind else { return item.clone() };
    let InstanceType { id: name, exports, decl } = types.instance(id).clone();
    let exports = exports
        .into_iter()
        .filter(|(_, item)| match item.kind {
            ItemKind::Type(ValType::Def(id)) => needed.defs.contains(&id),
            ItemKind::Resource(id) => needed.resources.contains(&id),
            ItemKind::Type(_)
            | ItemKind::Func(_)
            | ItemKind::Instance(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => false,
        })
        .collect();
    // Types keep their owner, so that the union finds them when it copies what uses them.
    let alone = types.add_instance(InstanceType { id: name, exports, decl });
    Item { kind: ItemKind::Instance(alone), decl: item.decl.clone() }
}
