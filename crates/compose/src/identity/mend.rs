//! What would make two resources one: the one action that a diagnostic offers.
//!
//! In: the place at which they meet and both ways. Out: a sentence.
//! Holds: an instance or import is only offered if it has the resource that is asked for.

use types::equal::Bindings;
use types::subtype::{Options, find_item};
use types::{ExternName, ItemKind, Types};

use super::Foreign;
use super::way::{Hop, Origin, Way, mentions};
use crate::graph::{Graph, NodeId, NodeKind};

pub(super) fn help(types: &Types, graph: &Graph<'_>, place: &Foreign, expected: &Way, found: &Way) -> String {
    let asker = graph.title(place.instance);
    let giver = graph.base(place.given);
    let Some(import) = expected.given_as(place.instance) else {
        return format!("give {asker} two arguments of one owner");
    };
    if *import == place.import {
        return format!("give {asker} an instance as `{import}` that has one resource under both names");
    }
    let offers = |node: NodeId| offers(types, graph, node, import, place);
    let title = graph.title(giver);
    if offers(giver).is_some() {
        return format!("take `{import}` from {title} as well, so that both come from one instance");
    }
    let depends = expected.hops.iter().any(|hop| matches!(hop, Hop::Given { to, .. } if *to == giver));
    if let Some(theirs) = found.given_as(giver)
        && !depends
        && could_take(types, graph, giver, theirs, (place.instance, import))
    {
        return format!("give {title} as `{theirs}` what {asker} is given as `{import}`");
    }
    if let Origin::Import(name) = &found.origin {
        return format!("leave `{import}` of {asker} open, so that it is the result's import `{name}` for both");
    }
    if let Some((node, _)) = graph.nodes().find(|(node, _)| offers(*node).is_some()) {
        return format!("take `{import}` of {asker} from {} too", graph.title(node));
    }
    format!("build {title} so that it imports `{import}`, or exports it too, and take both interfaces from it")
}

/// The export of an instance that could be given for `import` and has the resource that was found.
fn offers<'t>(
    types: &'t Types,
    graph: &Graph<'_>,
    node: NodeId,
    import: &ExternName,
    place: &Foreign,
) -> Option<&'t ExternName> {
    let (NodeKind::Instance { .. }, ItemKind::Instance(id)) = (&graph.node(node).kind, graph.node(node).item.kind)
    else {
        return None;
    };
    let (name, item) = find_item(&types.instance(id).exports, import, Options { tracks: true })?;
    (node != place.instance && mentions(types, item, place.resources.found)).then_some(name)
}

/// Whether an instance could be given as `import` what another is given as one of its imports, but for resources.
fn could_take(
    types: &Types,
    graph: &Graph<'_>,
    instance: NodeId,
    import: &ExternName,
    (other, given_as): (NodeId, &ExternName),
) -> bool {
    let NodeKind::Instance { args, .. } = &graph.node(other).kind else { return false };
    let Some((_, given)) = args.iter().find(|(name, _)| name == given_as) else { return false };
    let wanted = &graph.part_of(instance).ty.imports[import];
    let offered = &graph.node(*given).item;
    let found = types::mismatches(types, offered, wanted, &mut Bindings::new(), Options::default());
    found.iter().all(|mismatch| mismatch.resources.is_some())
}
