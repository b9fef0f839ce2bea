//! The way of a resource from its owner to a node.
//!
//! In: a resource and a node whose item mentions it. Out: the owner, and each import and export on the way.
//! Holds: of several ways the one through the first argument is shown; an instance whose arguments do not mention the
//! resource is its owner, since nodes name only earlier ones.

use std::collections::HashMap;

use diag::Place;
use types::uses::uses;
use types::{ExternName, Item, ItemKind, Owner, ResourceId, Types};

use crate::graph::{Graph, NodeId, NodeKind};

/// Who a resource belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    /// Whoever provides this import of the result.
    Import(ExternName),
    /// An instance of a component that defines it.
    Instance(NodeId),
}

/// One station on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hop {
    /// An instance exports it under this name.
    Export { by: NodeId, name: ExternName },
    /// An instance is given it as this import.
    Given { to: NodeId, import: ExternName },
    /// Another import of the result uses it.
    Used(ExternName),
}

#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// What the owner calls the resource.
    pub name: String,
    pub origin: Origin,
    /// From the owner on.
    pub hops: Vec<Hop>,
}

/// Whether an item names or mentions a resource.
pub(crate) fn mentions(types: &Types, item: &Item, resource: ResourceId) -> bool {
    uses(types, [item]).resources.contains(&resource)
}

/// One step back.
enum Back {
    /// The item comes from this node, perhaps by an import or export that is worth telling.
    To(NodeId, Option<Hop>),
    /// The resource begins here.
    Begins(Origin, Option<Hop>),
}

/// How `resource` came to the item at `from`, which mentions it.
pub(crate) fn way(types: &Types, graph: &Graph<'_>, resource: ResourceId, from: NodeId) -> Way {
    let mut hops = Vec::new();
    let mut at = from;
    let origin = loop {
        match back(types, graph, resource, at) {
            Back::To(node, hop) => {
                hops.extend(hop);
                at = node;
            }
            Back::Begins(origin, hop) => {
                hops.extend(hop);
                break origin;
            }
        }
    };
    hops.reverse();
    Way { name: types.resource(resource).name.clone(), origin, hops }
}

/// The origins that were looked for, so that no step is taken twice.
#[derive(Default)]
pub(crate) struct Origins {
    known: HashMap<(ResourceId, NodeId), Origin>,
}

impl Origins {
    /// The owner of `resource`, which the item at `from` mentions.
    pub(crate) fn of(&mut self, types: &Types, graph: &Graph<'_>, resource: ResourceId, from: NodeId) -> Origin {
        let mut passed = Vec::new();
        let mut at = from;
        let origin = loop {
            if let Some(known) = self.known.get(&(resource, at)) {
                break known.clone();
            }
            passed.push(at);
            match back(types, graph, resource, at) {
                Back::To(node, _) => at = node,
                Back::Begins(origin, _) => break origin,
            }
        };
        self.known.extend(passed.into_iter().map(|node| ((resource, node), origin.clone())));
        origin
    }
}

fn back(types: &Types, graph: &Graph<'_>, resource: ResourceId, at: NodeId) -> Back {
    let carries = |node: &NodeId| mentions(types, &graph.node(*node).item, resource);
    match &graph.node(at).kind {
        NodeKind::Import(name) => {
            let home = home(types, graph, resource).unwrap_or(name);
            let used = (home != name).then(|| Hop::Used(name.clone()));
            Back::Begins(Origin::Import(home.clone()), used)
        }
        NodeKind::Alias { of, name } => {
            let hop = match &graph.node(*of).kind {
                NodeKind::Instance { .. } => Some(Hop::Export { by: *of, name: name.clone() }),
                NodeKind::Import(_) | NodeKind::Alias { .. } | NodeKind::Bag { .. } => None,
            };
            Back::To(*of, hop)
        }
        NodeKind::Instance { args, .. } => match args.iter().find(|(_, node)| carries(node)) {
            Some((import, node)) => Back::To(*node, Some(Hop::Given { to: at, import: import.clone() })),
            None => Back::Begins(Origin::Instance(at), None),
        },
        NodeKind::Bag { exports } => match exports.iter().find(|(_, node)| carries(node)) {
            Some((_, node)) => Back::To(*node, None),
            None => Back::Begins(Origin::Instance(at), None),
        },
    }
}

/// The import of the result that the resource belongs to.
fn home<'g>(types: &Types, graph: &'g Graph<'_>, resource: ResourceId) -> Option<&'g ExternName> {
    let owner = types.resource(resource).owner;
    let is_home = |node: &NodeId| match graph.node(*node).item.kind {
        ItemKind::Instance(id) => owner == Owner::Instance(id),
        ItemKind::Resource(id) => id == resource,
        ItemKind::Func(_) | ItemKind::Type(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => false,
    };
    graph.imports().iter().find(|(_, node)| is_home(node)).map(|(name, _)| name)
}

impl Way {
    /// Whose resource it is, in words.
    pub(crate) fn owner(&self, graph: &Graph<'_>) -> String {
        match &self.origin {
            Origin::Import(name) => format!("the result's import `{name}`"),
            Origin::Instance(node) => graph.title(*node),
        }
    }

    /// The import as which an instance got the resource.
    pub(crate) fn given_as(&self, instance: NodeId) -> Option<&ExternName> {
        self.hops.iter().rev().find_map(|hop| match hop {
            Hop::Given { to, import } if *to == instance => Some(import),
            Hop::Given { .. } | Hop::Export { .. } | Hop::Used(_) => None,
        })
    }

    /// The instance that a station gives the resource to, and as which import.
    pub(crate) fn giving(hop: &Hop) -> Option<(NodeId, &ExternName)> {
        match hop {
            Hop::Given { to, import } => Some((*to, import)),
            Hop::Export { .. } | Hop::Used(_) => None,
        }
    }

    /// Where it begins.
    pub(crate) fn place(&self, graph: &Graph<'_>) -> Place {
        match (&self.origin, self.hops.first()) {
            (Origin::Import(name), _) => Place::binary("the result", format!("import `{name}`")),
            (Origin::Instance(node), Some(Hop::Export { by, name })) if by == node => {
                graph.part_of(*node).export_place(name)
            }
            (Origin::Instance(node), _) => Place::file(&graph.part_of(*node).file),
        }
    }

    /// The way as a sentence: ``this `item` begins here, is given to `relay` as `a:b/types`, which exports it as ..``.
    pub(crate) fn text(&self, graph: &Graph<'_>) -> String {
        let mut clauses = Vec::new();
        let mut holder = match self.origin {
            Origin::Import(_) => None,
            Origin::Instance(node) => Some(node),
        };
        for (index, hop) in self.hops.iter().enumerate() {
            match hop {
                // The label's place says it.
                Hop::Export { by, .. } if index == 0 && holder == Some(*by) => {}
                Hop::Export { by, name } if holder == Some(*by) => {
                    clauses.push(format!("which exports it as `{name}`"))
                }
                Hop::Export { by, name } => clauses.push(format!("{} exports it as `{name}`", graph.title(*by))),
                Hop::Given { to, import } => {
                    clauses.push(format!("is given to {} as `{import}`", graph.title(*to)));
                    holder = Some(*to);
                }
                Hop::Used(name) => clauses.push(format!("is used by import `{name}`")),
            }
        }
        format!("this `{}` begins here{}", self.name, shortened(&clauses))
    }
}

/// The clauses, each behind a comma; of a long row the middle is counted.
fn shortened(clauses: &[String]) -> String {
    const ENDS: usize = 4;
    let joined = |clauses: &[String]| clauses.iter().map(|clause| format!(", {clause}")).collect::<String>();
    if clauses.len() <= 2 * ENDS + 1 {
        return joined(clauses);
    }
    let (head, tail) = (&clauses[..ENDS], &clauses[clauses.len() - ENDS..]);
    format!("{}, {} more steps{}", joined(head), clauses.len() - 2 * ENDS, joined(tail))
}
