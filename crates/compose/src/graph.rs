//! The graph: which component instances there are, and what each of them is given.
//!
//! In: parts, and calls that each add one node. Out: `Graph`, for `plan`.
//! `plug`, the solver, scripts and the decoder all make this one; `plan` is its only way to bytes.
//! Holds: a node names only earlier nodes, so the graph is acyclic; every argument of an instance is given and of a
//! type that fits; resources are compared by identity, and each instantiation defines resources of its own;
//! parts of equal bytes are one part.
//!
//! Specification: Component Model explainer, "Instance Definitions" and "Type Checking".

use std::borrow::Cow;
use std::collections::HashMap;

use diag::{Diagnostic, Diagnostics, Place};
use indexmap::IndexMap;
use types::equal::Bindings;
use types::ids::Table;
use types::substitute::instantiate_with;
use types::subtype::Options;
use types::{
    ComponentType, Decl, ExternName, FuncId, InstanceType, InterfaceName, Item, ItemKind, Mismatch, Types, ValType,
};

use crate::identity::{self, Foreign, Problem};
use crate::part::Part;
use crate::report;

types::ids! {
    /// A component that is embedded.
    PartId
    /// An item at hand: an import, an instance, or an export of an instance.
    NodeId
}

/// Components and how they are wired.
#[derive(Clone, Debug, Default)]
pub struct Graph<'a> {
    parts: Table<PartId, Part<'a>>,
    by_content: HashMap<&'a [u8], PartId>,
    nodes: Table<NodeId, Node>,
    aliases: HashMap<(NodeId, ExternName), NodeId>,
    imports: IndexMap<ExternName, NodeId>,
    definitions: IndexMap<ExternName, Definition>,
    exports: IndexMap<ExternName, NodeId>,
    /// What the result's name section calls the result itself.
    pub name: Option<String>,
    /// Custom sections of the result by name, its debug names not among them.
    pub customs: Vec<(String, Cow<'a, [u8]>)>,
}

/// An item at hand, and its type with the resources that it has in this graph.
#[derive(Clone, Debug)]
pub struct Node {
    pub kind: NodeKind,
    pub item: Item,
    /// What the result's name section calls it. An instance without one is called after its part.
    pub name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// An import of the result.
    Import(ExternName),
    /// An instance of a part, with an argument for each of its imports, in their order.
    Instance { part: PartId, args: Vec<(ExternName, NodeId)> },
    /// An export of an instance.
    Alias { of: NodeId, name: ExternName },
    /// An instance that is put together from items at hand.
    Bag { exports: Vec<(ExternName, NodeId)> },
}

/// A type that the result defines itself, to export it.
#[derive(Clone, Debug)]
pub enum Definition {
    /// Its definitions' owner is the result.
    Value(ValType),
    Func(FuncId),
    /// What the interface uses as imports, and the interface as the only export.
    Interface(ComponentType),
    World(InterfaceName, ComponentType),
}

impl<'a> Graph<'a> {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn part(&self, id: PartId) -> &Part<'a> {
        self.parts.get(id)
    }

    pub fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id)
    }

    /// All nodes; what a node names comes before it.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter()
    }

    pub fn imports(&self) -> &IndexMap<ExternName, NodeId> {
        &self.imports
    }

    pub fn definitions(&self) -> &IndexMap<ExternName, Definition> {
        &self.definitions
    }

    pub fn exports(&self) -> &IndexMap<ExternName, NodeId> {
        &self.exports
    }

    /// The parts, in the order in which they were added.
    pub fn parts(&self) -> impl Iterator<Item = (PartId, &Part<'a>)> {
        self.parts.iter()
    }

    /// Adds a component; one with the same bytes as an earlier one is that one.
    pub fn add_part(&mut self, part: Part<'a>) -> PartId {
        if let Some(&known) = self.by_content.get(part.bytes) {
            return known;
        }
        let bytes = part.bytes;
        let id = self.parts.push(part);
        self.by_content.insert(bytes, id);
        id
    }

    /// Adds an import of the result. Its type may mention the resources of earlier imports and its own.
    ///
    /// # Errors
    /// `compose/duplicate-import`: the name is taken.
    pub fn import(&mut self, name: ExternName, item: Item) -> diag::Result<NodeId> {
        if self.imports.contains_key(&name) {
            return Err(report::duplicate("compose/duplicate-import", "imports", &name).into());
        }
        let id = self.nodes.push(Node { kind: NodeKind::Import(name.clone()), item, name: None });
        self.imports.insert(name, id);
        Ok(id)
    }

    /// Gives a node the name that the result's name section has for it.
    pub fn set_name(&mut self, node: NodeId, name: Option<String>) {
        self.nodes.get_mut(node).name = name;
    }

    /// Adds an instance that is put together from items at hand.
    pub fn bag(&mut self, types: &mut Types, exports: Vec<(ExternName, NodeId)>) -> NodeId {
        let items = exports.iter().map(|(name, node)| (name.clone(), self.nodes.get(*node).item.clone())).collect();
        let instance = types.add_instance(InstanceType { id: None, exports: items, decl: Decl::default() });
        let item = Item { kind: ItemKind::Instance(instance), decl: Decl::default() };
        self.nodes.push(Node { kind: NodeKind::Bag { exports }, item, name: None })
    }

    /// Exports a type that the result defines itself. Types come before those that mention them.
    ///
    /// # Errors
    /// `compose/duplicate-export`: the name is taken.
    pub fn define(&mut self, name: ExternName, definition: Definition) -> diag::Result<()> {
        if self.definitions.contains_key(&name) || self.exports.contains_key(&name) {
            return Err(report::duplicate("compose/duplicate-export", "exports", &name).into());
        }
        self.definitions.insert(name, definition);
        Ok(())
    }

    /// Adds an instance of a part.
    ///
    /// `args` names imports of the part exactly; what is given may be of another version, if its type fits.
    ///
    /// # Errors
    /// All of: `compose/unknown-argument`, `compose/missing-argument`, `compose/type-mismatch`,
    /// `compose/resource-mismatch`. The graph is then only good for looking at.
    pub fn instantiate(
        &mut self,
        types: &mut Types,
        part: PartId,
        args: &IndexMap<ExternName, NodeId>,
    ) -> diag::Result<NodeId> {
        self.instantiate_with_names(types, part, args, &IndexMap::new())
    }

    /// As `instantiate`; `names` are nodes that name types of arguments.
    pub(crate) fn instantiate_with_names(
        &mut self,
        types: &mut Types,
        part: PartId,
        args: &IndexMap<ExternName, NodeId>,
        names: &IndexMap<ExternName, NodeId>,
    ) -> diag::Result<NodeId> {
        let (node, problems) = self.instantiate_naming(types, part, args, names, &IndexMap::new());
        let told = identity::tell(types, self, problems);
        if told.is_empty() { Ok(node) } else { Err(Diagnostics(told)) }
    }

    /// As `instantiate`; `names` are nodes that name the types of arguments which the result cannot name itself:
    /// an import of the types alone of an interface that an instance provides. `places` says where arguments are
    /// asked for. What does not fit is in the list; the instance is there nevertheless, so that others can be checked.
    pub(crate) fn instantiate_naming(
        &mut self,
        types: &mut Types,
        part: PartId,
        args: &IndexMap<ExternName, NodeId>,
        names: &IndexMap<ExternName, NodeId>,
        places: &IndexMap<ExternName, Place>,
    ) -> (NodeId, Vec<Problem>) {
        let ty = self.parts.get(part).ty.clone();
        let mut problems: Vec<Problem> = Vec::new();
        for name in args.keys().filter(|name| !ty.imports.contains_key(*name)) {
            problems.push(Problem::Told(report::unknown_argument(self.parts.get(part), name)));
        }
        let instance = self.nodes.next_id();
        let mut bindings = Bindings::new();
        let mut given = Vec::with_capacity(ty.imports.len());
        for (name, wanted) in &ty.imports {
            let Some(&node) = args.get(name) else {
                problems.push(Problem::Told(report::missing_argument(self.parts.get(part), name)));
                continue;
            };
            let offered = &self.nodes.get(node).item;
            let found = types::mismatches(types, offered, wanted, &mut bindings, Options::default());
            let told = found.into_iter().map(|mismatch| {
                let to = Argument { part, instance, name, given: node, asked: places.get(name) };
                self.problem(types, &to, mismatch)
            });
            problems.extend(told);
            given.push((name.clone(), node));
        }
        let given_items = given.iter().map(|(name, node)| (name, &self.nodes.get(*node).item));
        let naming_items = names.iter().map(|(name, node)| (name, &self.nodes.get(*node).item));
        let exports = instantiate_with(types, &ty, &bindings, given_items, naming_items);
        let instance = types.add_instance(InstanceType { id: None, exports, decl: Decl::default() });
        let item = Item { kind: ItemKind::Instance(instance), decl: Decl::default() };
        let node = self.nodes.push(Node { kind: NodeKind::Instance { part, args: given }, item, name: None });
        (node, problems)
    }

    /// An export of an instance. `None` if the node is no instance or has no such export.
    pub fn alias(&mut self, types: &Types, of: NodeId, name: &ExternName) -> Option<NodeId> {
        if let Some(&known) = self.aliases.get(&(of, name.clone())) {
            return Some(known);
        }
        let ItemKind::Instance(instance) = self.nodes.get(of).item.kind else { return None };
        let item = types.instance(instance).exports.get(name)?.clone();
        let id = self.nodes.push(Node { kind: NodeKind::Alias { of, name: name.clone() }, item, name: None });
        self.aliases.insert((of, name.clone()), id);
        Some(id)
    }

    /// Exports an item from the result.
    ///
    /// # Errors
    /// `compose/duplicate-export`: the name is taken.
    pub fn export(&mut self, name: ExternName, node: NodeId) -> diag::Result<()> {
        if self.definitions.contains_key(&name) || self.exports.contains_key(&name) {
            return Err(report::duplicate("compose/duplicate-export", "exports", &name).into());
        }
        self.exports.insert(name, node);
        Ok(())
    }

    /// Brings the exports into an order in which each comes behind those that name the resources it mentions.
    pub(crate) fn order_exports(&mut self, types: &Types) {
        let exports = std::mem::take(&mut self.exports);
        self.exports = identity::hidden::in_order(types, self, exports);
    }

    /// The part that an item comes from and the item's name there; `None` for an import or a bag.
    pub fn origin(&self, node: NodeId) -> Option<(PartId, Vec<&ExternName>)> {
        let mut names = Vec::new();
        let mut at = node;
        loop {
            match &self.nodes.get(at).kind {
                NodeKind::Import(_) | NodeKind::Bag { .. } => return None,
                NodeKind::Instance { part, .. } => {
                    names.reverse();
                    return Some((*part, names));
                }
                NodeKind::Alias { of, name } => {
                    names.push(name);
                    at = *of;
                }
            }
        }
    }

    /// The node that an item is taken from: itself, if it is no export of another.
    pub(crate) fn base(&self, node: NodeId) -> NodeId {
        let mut at = node;
        while let NodeKind::Alias { of, .. } = self.nodes.get(at).kind {
            at = of;
        }
        at
    }

    /// The part that a node is an instance of. Only an instance has one.
    pub(crate) fn part_of(&self, node: NodeId) -> &Part<'a> {
        match &self.nodes.get(node).kind {
            NodeKind::Instance { part, .. } => self.parts.get(*part),
            NodeKind::Import(_) | NodeKind::Alias { .. } | NodeKind::Bag { .. } => {
                unreachable!("asked of instances alone")
            }
        }
    }

    /// What a message calls an instance or import: its name or its file, with a number if it has several instances.
    pub(crate) fn title(&self, node: NodeId) -> String {
        match &self.nodes.get(node).kind {
            NodeKind::Import(name) => format!("the result's import `{name}`"),
            NodeKind::Alias { .. } => self.title(self.base(node)),
            NodeKind::Bag { .. } => "a bag".to_owned(),
            NodeKind::Instance { part, .. } => match &self.nodes.get(node).name {
                Some(name) => format!("`{name}`"),
                None => self.numbered(*part, node),
            },
        }
    }

    fn numbered(&self, of: PartId, node: NodeId) -> String {
        let file = &self.parts.get(of).file;
        let same = |node: &Node| matches!(node.kind, NodeKind::Instance { part, .. } if part == of);
        let mut instances = self.nodes().filter(|(_, node)| same(node)).map(|(id, _)| id);
        let number = instances.position(|id| id == node).map_or(1, |index| index + 1);
        let is_only = number == 1 && instances.next().is_none();
        if is_only { format!("`{file}`") } else { format!("instance {number} of `{file}`") }
    }

    fn problem(&self, types: &Types, to: &Argument<'_>, mismatch: Mismatch) -> Problem {
        // A resource that no argument has given yet is missing: that is told where its interface is checked.
        let is_given = |id| !types::substitute::resources_of(types, &self.parts.get(to.part).ty.imports).contains(&id);
        match mismatch.resources {
            Some(resources) if is_given(resources.expected) => {
                let paths = std::iter::once(mismatch.path).chain(mismatch.also).collect();
                let (import, asked) = (to.name.clone(), to.asked.cloned());
                Problem::Foreign(Foreign { instance: to.instance, import, given: to.given, resources, paths, asked })
            }
            Some(_) | None => Problem::Told(self.mismatch(to, &mismatch)),
        }
    }

    fn mismatch(&self, to: &Argument<'_>, mismatch: &Mismatch) -> Diagnostic {
        let offer = self.origin(to.given).map(|(part, names)| (self.parts.get(part), names));
        report::type_mismatch(to.asked, self.parts.get(to.part), to.name, offer, mismatch)
    }

    /// A node in words: `import a:b/c`, `greeter.wasm / a:b/c`.
    pub fn describe(&self, node: NodeId) -> String {
        match &self.nodes.get(node).kind {
            NodeKind::Import(name) => format!("import {name}"),
            NodeKind::Instance { part, .. } => self.parts.get(*part).file.clone(),
            NodeKind::Alias { of, name } => format!("{} / {name}", self.describe(*of)),
            NodeKind::Bag { .. } => "a bag".to_owned(),
        }
    }
}

/// An argument on its way to an instance.
struct Argument<'n> {
    part: PartId,
    instance: NodeId,
    name: &'n ExternName,
    given: NodeId,
    asked: Option<&'n Place>,
}
