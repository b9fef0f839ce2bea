//! Exports that mention resources or types which nobody outside can name.
//!
//! In: a finished graph. Out: the order in which its exports can be written, and a diagnostic for each that cannot be.
//! Holds: what an exported item mentions is named by an import of the result, by an export before it or by itself.
//!
//! Specification: Component Model explainer, "Import and Export Definitions" (validation: types are named).

use std::collections::HashMap;

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::{Decl, ExternName, Item, ItemKind, ResourceId, TypeId, Types};

use super::names::{Nameable, Names, named_by};
use super::way::{Hop, Way, way};
use crate::graph::{Definition, Graph, NodeId, NodeKind};

type Exports = IndexMap<ExternName, NodeId>;

/// The exports, each behind those that name what it mentions; else in the order asked for.
pub(crate) fn in_order(types: &Types, graph: &Graph<'_>, exports: Exports) -> Exports {
    let mut known = imported(types, graph);
    let mut named: HashMap<Nameable, usize> = HashMap::new();
    for (index, node) in exports.values().enumerate() {
        for one in named_by(types, &graph.node(*node).item) {
            named.entry(one).or_insert(index);
        }
    }
    let needs: Vec<Vec<usize>> = exports
        .values()
        .map(|node| {
            let missing = known.missing(types, &graph.node(*node).item);
            missing.into_iter().filter_map(|one| named.get(&one).copied()).collect()
        })
        .collect();
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
                open.extend(needs[index].iter().rev().map(|need| (*need, false)));
            }
        }
    }
    ordered
}

/// `compose/hidden-resource` and `compose/hidden-type`, for each export that mentions something which neither an import
/// nor an export names. `places` says where exports are asked for, in a text.
pub(crate) fn hidden(types: &Types, graph: &Graph<'_>, places: &IndexMap<ExternName, Place>) -> Vec<Diagnostic> {
    let mut known = imported(types, graph);
    let mut told = Vec::new();
    for (name, node) in graph.exports() {
        match known.add(types, &graph.node(*node).item).first() {
            Some(Nameable::Resource(id)) => told.push(diagnostic(types, graph, places, (name, *node), *id)),
            Some(Nameable::Type(id)) => told.push(hidden_type(types, graph, places, (name, *node), *id)),
            None => {}
        }
    }
    told
}

/// What the imports of the result and its own types name.
fn imported(types: &Types, graph: &Graph<'_>) -> Names {
    let mut names = Names::default();
    for node in graph.imports().values() {
        names.add(types, &graph.node(*node).item);
    }
    for definition in graph.definitions().values() {
        match definition {
            Definition::Value(ty) => {
                names.add(types, &Item { kind: ItemKind::Type(*ty), decl: Decl::default() });
            }
            Definition::Func(_) | Definition::Interface(_) | Definition::World(..) => {}
        }
    }
    names
}

fn diagnostic(
    types: &Types,
    graph: &Graph<'_>,
    places: &IndexMap<ExternName, Place>,
    (name, node): (&ExternName, NodeId),
    resource: ResourceId,
) -> Diagnostic {
    let way = way(types, graph, resource, node);
    let (whole, inside) = user(types, graph, node, resource);
    let what = if inside.is_empty() { format!("`{name}`") } else { format!("`{name} / {inside}`") };
    let headline =
        format!("{what} is exported, but uses resource `{}` of {}, which is hidden", way.name, way.owner(graph));
    asked(diag::error("compose/hidden-resource", headline), places, name)
        .label(whole, "whoever calls this cannot name the resource")
        .label(way.place(graph), way.text(graph))
        .help(help(graph, &way, name))
}

/// The export where a text asks for it.
fn asked(error: Diagnostic, places: &IndexMap<ExternName, Place>, name: &ExternName) -> Diagnostic {
    match places.get(name) {
        Some(place) => error.label(place.clone(), "exported here"),
        None => error,
    }
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

/// A type that the export mentions and nothing names.
fn hidden_type(
    types: &Types,
    graph: &Graph<'_>,
    places: &IndexMap<ExternName, Place>,
    (name, node): (&ExternName, NodeId),
    id: TypeId,
) -> Diagnostic {
    let ty = types.def(id).name.as_deref().unwrap_or("a type");
    let place = match graph.origin(node) {
        Some((part, names)) => match names.first() {
            Some(export) => graph.part(part).export_place(export),
            None => Place::file(&graph.part(part).file),
        },
        None => Place::binary("the result", graph.describe(node)),
    };
    let headline = format!("`{name}` is exported, but uses type `{ty}`, which the result does not name");
    let error = asked(diag::error("compose/hidden-type", headline), places, name);
    let error = error.label(place, "whoever sees this cannot name the type");
    match declaring(types, graph, id) {
        Some((instance, export)) => error
            .label(graph.part_of(instance).export_place(export), format!("`{ty}` is declared here"))
            .help(format!("export `{export}` of {} too", graph.title(instance))),
        None => error.help(format!("import or export the interface that declares `{ty}` too")),
    }
}

/// The first instance that names a type, and its export that does.
fn declaring<'g>(types: &Types, graph: &'g Graph<'_>, id: TypeId) -> Option<(NodeId, &'g ExternName)> {
    graph.nodes().find_map(|(node, of)| {
        let NodeKind::Instance { part, .. } = of.kind else { return None };
        let instance = of.item.kind.instance()?;
        let exports = graph.part(part).ty.exports.keys();
        let (name, _) = exports
            .filter_map(|name| Some((name, types.instance(instance).exports.get(name)?)))
            .find(|(_, item)| named_by(types, item).contains(&Nameable::Type(id)))?;
        Some((node, name))
    })
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
