//! One level of a scene: a graph's nodes, and an edge for each argument, each item of a bag and each export.
//!
//! In: a graph. Out: `picture::Level`.
//! Holds: nodes and edges come in the graph's order, so the same component gives the same picture; an alias is no node
//! but the name at the edge's beginning.

use std::collections::HashMap;
use std::fmt::Write as _;

use compose::{Definition, Graph, NodeId, NodeKind};
use indexmap::{IndexMap, IndexSet};
use picture::{Edge, Item, Level, Name, Node, Part, PartId, Sort, Texts};
use sha2::Digest as _;
use types::{Decl, ExternName, ItemKind, Types};

use super::scene::Parts;

/// The nodes of a graph and the edges between them. `depth` is how many levels are around it.
pub fn level<'a>(types: &Types, graph: &Graph<'a>, parts: &mut Parts<'a>, depth: usize) -> Level {
    let mut drawn = Drawn { types, graph, parts, level: Level::default(), nodes: HashMap::new(), depth };
    for (name, node) in graph.imports() {
        let item = item(types, name, &graph.node(*node).item, &mut drawn.parts.texts);
        let made = drawn.level.add(Node::Import(item));
        drawn.nodes.insert(*node, made);
    }
    for (name, definition) in graph.definitions() {
        drawn.definition(name, definition);
    }
    for (id, node) in graph.nodes() {
        if let NodeKind::Instance { .. } | NodeKind::Bag { .. } = node.kind {
            drawn.node(id);
        }
    }
    for (name, node) in graph.exports() {
        let item = item(types, name, &graph.node(*node).item, &mut drawn.parts.texts);
        let to = drawn.level.add(Node::Export(item));
        drawn.edge(*node, to, name);
    }
    drawn.level
}

/// The level of a component that is no composition: itself, an edge from each import and one to each export.
pub fn around(part: &Part, id: PartId) -> Level {
    let mut level = Level::default();
    let imports: Vec<_> = part.imports.iter().map(|item| (level.add(Node::Import(item.clone())), item)).collect();
    let itself = level.add(Node::Instance { name: String::new(), part: id });
    for (from, item) in imports {
        level.edges.push(edge(from, itself, item));
    }
    for item in &part.exports {
        let to = level.add(Node::Export(item.clone()));
        level.edges.push(edge(itself, to, item));
    }
    level
}

fn edge(from: picture::NodeId, to: picture::NodeId, item: &Item) -> Edge {
    let Item { name, sort, wit, resources } = item.clone();
    Edge { from, to, provided: name.clone(), wanted: name, sort, wit, resources }
}

struct Drawn<'d, 'a> {
    types: &'d Types,
    graph: &'d Graph<'a>,
    parts: &'d mut Parts<'a>,
    level: Level,
    nodes: HashMap<NodeId, picture::NodeId>,
    depth: usize,
}

impl<'a> Drawn<'_, 'a> {
    /// The node of an import, instance or bag, with the edges that lead to it.
    fn node(&mut self, id: NodeId) -> picture::NodeId {
        if let Some(&made) = self.nodes.get(&id) {
            return made;
        }
        let graph = self.graph;
        let node = graph.node(id);
        let name = node.name.clone().unwrap_or_default();
        let (made, takes) = match &node.kind {
            NodeKind::Instance { part, args } => {
                let part = self.parts.part(self.types, graph.part(*part), self.depth);
                (self.level.add(Node::Instance { name, part }), args)
            }
            NodeKind::Bag { exports } => (self.level.add(Node::Bag { name }), exports),
            NodeKind::Import(_) | NodeKind::Alias { .. } => unreachable!("imports have their nodes, aliases have none"),
        };
        self.nodes.insert(id, made);
        for (wanted, from) in takes {
            self.edge(*from, made, wanted);
        }
        made
    }

    /// The edge of what is given to `to`, which calls it `wanted`.
    fn edge(&mut self, given: NodeId, to: picture::NodeId, wanted: &ExternName) {
        let graph = self.graph;
        let (mut base, mut names) = (given, Vec::new());
        while let NodeKind::Alias { of, name } = &graph.node(base).kind {
            names.push(name.to_string());
            base = *of;
        }
        if let NodeKind::Import(name) = &graph.node(base).kind {
            names.push(name.to_string());
        }
        names.reverse();
        let from = self.node(base);
        let given = &graph.node(given).item;
        let Item { sort, wit, resources, .. } = item(self.types, wanted, given, &mut self.parts.texts);
        let (provided, wanted) = (Name::parse(&names.join("#")), Name::parse(&wanted.to_string()));
        self.level.edges.push(Edge { from, to, provided, wanted, sort, wit, resources });
    }

    fn definition(&mut self, name: &ExternName, definition: &Definition) {
        let texts = &mut self.parts.texts;
        let of = |kind| types::Item { kind, decl: Decl::default() };
        let plain = |sort| Item { name: Name::parse(&name.to_string()), sort, wit: None, resources: Vec::new() };
        let item = match definition {
            Definition::Value(ty) => item(self.types, name, &of(ItemKind::Type(*ty)), texts),
            Definition::Func(func) => {
                Item { sort: Sort::Type, ..item(self.types, name, &of(ItemKind::Func(*func)), texts) }
            }
            Definition::Interface(component) => match component.exports.first() {
                Some((interface, found)) => {
                    let shown = item(self.types, interface, found, texts);
                    Item { name: Name::parse(&name.to_string()), sort: Sort::Type, ..shown }
                }
                None => plain(Sort::Type),
            },
            Definition::World(..) => plain(Sort::Type),
        };
        self.level.add(Node::Definition(item));
    }
}

/// Imports or exports.
pub fn items(types: &Types, all: &IndexMap<ExternName, types::Item>, texts: &mut Texts) -> Vec<Item> {
    all.iter().map(|(name, found)| item(types, name, found, texts)).collect()
}

fn item(types: &Types, name: &ExternName, item: &types::Item, texts: &mut Texts) -> Item {
    let text = name.to_string();
    let (sort, wit) = match item.kind {
        ItemKind::Instance(id) => (Sort::Instance, wit::print::print_interface(types, id, &text)),
        ItemKind::Func(id) => (Sort::Func, format!("{text}: {};", types::wit_func(types, types.func(id)))),
        ItemKind::Type(_) => (Sort::Type, format!("type {text} = {};", types::wit_item(types, item))),
        ItemKind::Resource(_) => (Sort::Type, format!("resource {text};")),
        ItemKind::Component(_) => (Sort::Component, "component".to_owned()),
        ItemKind::CoreModule(_) => (Sort::CoreModule, "core module".to_owned()),
    };
    let mentioned = types::uses::uses(types, [item]).resources;
    let resources: IndexSet<&str> = mentioned.iter().map(|id| types.resource(*id).name.as_str()).collect();
    let resources = resources.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Item { name: Name::parse(&text), sort, wit: Some(texts.add(wit)), resources }
}

/// A text that is the same for the same bytes only: their SHA-256 in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    sha2::Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}
