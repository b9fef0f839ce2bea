//! Exports that mention resources which nobody outside can name.
//!
//! In: a finished graph. Out: the order in which its exports can be written, and a diagnostic for each that cannot be.
//! Holds: what an exported item mentions is named by an import of the result, by an export before it or by itself.
//!
//! Specification: Component Model explainer, "Import and Export Definitions" (validation: types are named).

use std::collections::{HashMap, HashSet};

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::substitute::resources_of;
use types::uses::uses;
use types::{ExternName, Item, ItemKind, ResourceId, Types};

use super::way::{Hop, Way, way};
use crate::graph::{Graph, NodeId};

type Exports = IndexMap<ExternName, NodeId>;

/// The exports, each behind those that name resources which it mentions; else in the order asked for.
pub(crate) fn in_order(types: &Types, graph: &Graph<'_>, exports: Exports) -> Exports {
    let known = imported(types, graph);
    let mut named: HashMap<ResourceId, usize> = HashMap::new();
    for (index, node) in exports.values().enumerate() {
        for resource in names(types, &graph.node(*node).item) {
            named.entry(resource).or_insert(index);
        }
    }
    let needs = |index: usize| {
        let missing = unnamed(types, &graph.node(exports[index]).item, &known);
        missing.into_iter().filter_map(|resource| named.get(&resource).copied()).collect::<Vec<_>>()
    };
    let mut placed = vec![false; exports.len()];
    let mut ordered = Exports::new();
    for index in 0..exports.len() {
        // One that names a resource mentions at most others that name theirs: two steps deep is rare, a circle ends.
        let mut open = vec![(index, false)];
        while let Some((index, ready)) = open.pop() {
            if ready {
                let (name, node) = exports.get_index(index).expect("an index below their number");
                ordered.insert(name.clone(), *node);
            } else if !std::mem::replace(&mut placed[index], true) {
                open.push((index, true));
                open.extend(needs(index).into_iter().rev().map(|need| (need, false)));
            }
        }
    }
    ordered
}

/// `compose/hidden-resource` for each export that mentions a resource which neither an import nor an export names.
pub(crate) fn hidden(types: &Types, graph: &Graph<'_>) -> Vec<Diagnostic> {
    let mut known = imported(types, graph);
    let mut told = Vec::new();
    for (name, node) in graph.exports() {
        let item = &graph.node(*node).item;
        if let Some(resource) = unnamed(types, item, &known).first() {
            told.push(diagnostic(types, graph, name, *node, *resource));
        }
        known.extend(names(types, item));
    }
    told
}

fn imported(types: &Types, graph: &Graph<'_>) -> HashSet<ResourceId> {
    graph.imports().values().flat_map(|node| names(types, &graph.node(*node).item)).collect()
}

/// The resources that an item names for all who see it.
fn names(types: &Types, item: &Item) -> Vec<ResourceId> {
    match item.kind {
        ItemKind::Resource(id) => vec![id],
        ItemKind::Instance(id) => resources_of(types, &types.instance(id).exports),
        ItemKind::Func(_) | ItemKind::Type(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => Vec::new(),
    }
}

/// The resources that an item mentions and that neither it nor `known` names.
fn unnamed(types: &Types, item: &Item, known: &HashSet<ResourceId>) -> Vec<ResourceId> {
    if matches!(item.kind, ItemKind::Component(_)) {
        // A component type names its own.
        return Vec::new();
    }
    let own: HashSet<ResourceId> = names(types, item).into_iter().collect();
    let mentioned = uses(types, [item]).resources.into_iter();
    mentioned.filter(|resource| !own.contains(resource) && !known.contains(resource)).collect()
}

fn diagnostic(types: &Types, graph: &Graph<'_>, name: &ExternName, node: NodeId, resource: ResourceId) -> Diagnostic {
    let way = way(types, graph, resource, node);
    let (whole, inside) = user(types, graph, node, resource);
    let what = if inside.is_empty() { format!("`{name}`") } else { format!("`{name} / {inside}`") };
    let headline =
        format!("{what} is exported, but uses resource `{}` of {}, which is hidden", way.name, way.owner(graph));
    diag::error("compose/hidden-resource", headline)
        .label(whole, "whoever calls this cannot name the resource")
        .label(way.place(graph), way.text(graph))
        .help(help(graph, &way, name))
}

/// Where the exported item is made, and the function in it that mentions the resource.
fn user(types: &Types, graph: &Graph<'_>, node: NodeId, resource: ResourceId) -> (Place, String) {
    let inside = match graph.node(node).item.kind {
        ItemKind::Instance(id) => {
            let mut items = types.instance(id).exports.iter();
            items.find(|(_, item)| super::way::mentions(types, item, resource)).map(|(name, _)| name.to_string())
        }
        ItemKind::Func(_)
        | ItemKind::Type(_)
        | ItemKind::Resource(_)
        | ItemKind::Component(_)
        | ItemKind::CoreModule(_) => None,
    };
    let inside = inside.unwrap_or_default();
    let place = match graph.origin(node) {
        Some((part, names)) if !names.is_empty() => {
            let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" / ");
            let path = if inside.is_empty() { format!("export {names}") } else { format!("export {names} / {inside}") };
            Place::binary(&graph.part(part).file, path)
        }
        Some((part, _)) => Place::file(&graph.part(part).file),
        None => Place::binary("the result", graph.describe(node)),
    };
    (place, inside)
}

fn help(graph: &Graph<'_>, way: &Way, name: &ExternName) -> String {
    match way.hops.first() {
        Some(Hop::Export { by, name: owner }) if owner != name => {
            format!("export `{owner}` of {} too, or leave it open", graph.title(*by))
        }
        Some(Hop::Export { .. } | Hop::Given { .. } | Hop::Used(_)) | None => {
            format!("export the resource `{}` too, beside `{name}`", way.name)
        }
    }
}
