//! Graph to plan: each node becomes the step that defines it.
//!
//! In: a graph. Out: `component::Plan`.
//! Holds: imports come first, in an order in which each names only earlier ones; then the result's own types,
//! instances in their order, each behind its part and arguments, and exports; a part is embedded once, before its
//! first instance; exported functions are ascribed with the types that the result exports, as the visibility rule
//! wants. The plan depends on the order of imports, types, instances, arguments and exports alone, so that a graph
//! that was read back from bytes gives these bytes again.
//!
//! Specification: Component Model explainer, "Component Definitions".

use std::collections::{HashMap, HashSet};

use component::Plan;
use component::plan::{ComponentRef, Declared, InstanceRef, ItemRef, ItemType, ROOT, Sort};
use types::uses::uses;
use types::{Decl, ExternName, InstanceId, Item, ItemKind, Owner, ResourceId, TypeId, TypeKind, Types, ValType};

use crate::graph::{Definition, Graph, Node, NodeId, NodeKind, PartId};
use crate::naming::unnamed;
use crate::part::Part;

/// What the component that a graph describes will contain.
///
/// # Errors
/// `component/unnamed-resource`: an import or exported function mentions a resource that the result neither imports
/// nor exports.
pub fn plan<'a>(types: &Types, graph: &Graph<'a>) -> diag::Result<Plan<'a>> {
    let mut planner = Planner {
        graph,
        types,
        plan: Plan::new(),
        declared: Declared::new(types),
        parts: HashMap::new(),
        items: HashMap::new(),
        namers: namers(types, graph),
        scopes: HashMap::new(),
        single: HashSet::new(),
        whole: HashSet::new(),
    };
    for node in graph.imports().values() {
        planner.node(*node)?;
    }
    for (name, definition) in graph.definitions() {
        planner.definition(name, definition)?;
    }
    for (id, node) in graph.nodes() {
        if matches!(node.kind, NodeKind::Instance { .. }) {
            planner.node(id)?;
        }
    }
    for (name, node) in graph.exports() {
        planner.export(name, *node)?;
    }
    if let Some(name) = &graph.name {
        planner.plan.set_name(name.as_str());
    }
    for (name, data) in &graph.customs {
        planner.plan.custom(name.as_str(), data.clone());
    }
    let mut plan = planner.plan;
    plan.group();
    Ok(plan)
}

struct Planner<'g, 'a> {
    graph: &'g Graph<'a>,
    types: &'g Types,
    plan: Plan<'a>,
    declared: Declared<'g>,
    parts: HashMap<PartId, ComponentRef>,
    items: HashMap<NodeId, ItemRef>,
    /// By type: the imports that name it.
    namers: HashMap<TypeId, Vec<NodeId>>,
    /// By part: the interfaces that it imports and exports.
    scopes: HashMap<PartId, HashMap<InstanceId, Vec<Scope<'g>>>>,
    /// What is exported by itself so far.
    single: HashSet<Single>,
    /// Exports of instances that are exported as they are so far.
    whole: HashSet<(NodeId, &'g ExternName)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Single {
    Type(TypeId),
    Resource(ResourceId),
}

impl Planner<'_, '_> {
    /// The item that a node is; it and what it is made of is defined where it is not yet.
    ///
    /// A node names only earlier ones, and an instance is planned before any node that comes after it, so this goes
    /// no deeper than aliases of aliases and bags of bags.
    fn node(&mut self, id: NodeId) -> diag::Result<ItemRef> {
        if let Some(&made) = self.items.get(&id) {
            return Ok(made);
        }
        let Node { kind, item, name } = self.graph.node(id);
        let made = match kind {
            NodeKind::Import(name) => self.declared.import(&mut self.plan, ROOT, name, item, &|_, _| true)?,
            NodeKind::Instance { part, args } => self.instance(*part, args)?.into(),
            NodeKind::Alias { of, name } => {
                let instance = self.node(*of)?.expect_instance();
                let name = component::plan::item_name(self.types, name, item).text;
                self.plan.alias(instance, sort(item.kind), &name)
            }
            NodeKind::Bag { exports } => self.bag(exports)?.into(),
        };
        let part = match kind {
            NodeKind::Instance { part, .. } => self.graph.part(*part).name.as_ref(),
            NodeKind::Import(_) | NodeKind::Alias { .. } | NodeKind::Bag { .. } => None,
        };
        if let Some(name) = name.as_ref().or(part) {
            self.plan.debug_name(made, name);
        }
        self.items.insert(id, made);
        Ok(made)
    }

    fn instance(&mut self, part: PartId, args: &[(ExternName, NodeId)]) -> diag::Result<InstanceRef> {
        let component = self.part(part);
        let imports = &self.graph.part(part).ty.imports;
        let mut given = Vec::with_capacity(args.len());
        for (import, node) in args {
            given.push((component::plan::item_name(self.types, import, &imports[import]).text, self.node(*node)?));
        }
        Ok(self.plan.instantiate(component, given))
    }

    fn bag(&mut self, exports: &[(ExternName, NodeId)]) -> diag::Result<InstanceRef> {
        let mut items = Vec::with_capacity(exports.len());
        for (name, node) in exports {
            let item = &self.graph.node(*node).item;
            items.push((component::plan::item_name(self.types, name, item), self.node(*node)?));
        }
        Ok(self.plan.bag(items))
    }

    fn part(&mut self, id: PartId) -> ComponentRef {
        if let Some(&known) = self.parts.get(&id) {
            return known;
        }
        let part = self.graph.part(id);
        let component = self.plan.component(part.bytes);
        // Reports of a trap name the part that it came from.
        if let Some(name) = &part.name {
            self.plan.debug_name(component, name);
        }
        self.parts.insert(id, component);
        component
    }

    /// A type that the result exports of its own.
    fn definition(&mut self, name: &ExternName, definition: &Definition) -> diag::Result<()> {
        let text = name.to_string();
        let of = match definition {
            Definition::Value(ty) => {
                let item = Item { kind: ItemKind::Type(*ty), decl: Decl::default() };
                let of = self.declared.type_ref(&mut self.plan, ROOT, *ty)?;
                let exported = self.plan.export(text, of, None);
                self.declared.provide_item(&self.plan, ROOT, &item, exported);
                return Ok(());
            }
            Definition::Func(func) => self.declared.func_type(&mut self.plan, ROOT, *func)?,
            Definition::Interface(component) => {
                component::package::interface_type(self.types, &mut self.plan, component)?
            }
            Definition::World(name, component) => {
                component::package::world_type(self.types, &mut self.plan, name, component)?
            }
        };
        self.plan.export_type(text, of);
        Ok(())
    }

    fn export(&mut self, name: &ExternName, node: NodeId) -> diag::Result<()> {
        let of = self.node(node)?;
        let item = &self.graph.node(node).item;
        let ascribed = match item.kind {
            ItemKind::Func(_) => true,
            ItemKind::Instance(_) => self.borrows_names(node) || self.uses_single_names(item) || self.takes_names(node),
            ItemKind::Type(ValType::Def(id)) => self.needs_names(id, item),
            ItemKind::Type(_) => false,
            ItemKind::Resource(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => false,
        };
        if let (false, NodeKind::Alias { of, name }) = (ascribed, &self.graph.node(node).kind) {
            self.whole.insert((*of, name));
        }
        let ascribed = if ascribed { Some(self.ascription(item, of)?) } else { None };
        let full_name = component::plan::item_name(self.types, name, item);
        let exported = self.plan.export(full_name, of, ascribed);
        self.declared.provide_item(&self.plan, ROOT, item, exported);
        match item.kind {
            ItemKind::Type(ValType::Def(id)) => drop(self.single.insert(Single::Type(id))),
            ItemKind::Resource(id) => drop(self.single.insert(Single::Resource(id))),
            ItemKind::Type(_)
            | ItemKind::Func(_)
            | ItemKind::Instance(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => {}
        }
        Ok(())
    }

    /// The type that an export is given: that of the item, in the names that the result has for what it mentions.
    fn ascription(&mut self, item: &Item, of: ItemRef) -> diag::Result<ItemType> {
        let mut said = Vec::new();
        if let (ItemKind::Instance(id), ItemRef::Instance(instance)) = (item.kind, of) {
            self.say_resources(instance, id, &mut said);
        }
        let ascribed = self.declared.item_type(&mut self.plan, ROOT, item, &|_, _| true);
        for resource in said {
            self.declared.withdraw_resource(ROOT, resource);
        }
        ascribed
    }

    /// Resources of an instance that nothing names yet: the ascribed type says that they are the instance's own, since
    /// new ones would be nobody's.
    fn say_resources(&mut self, of: InstanceRef, id: InstanceId, said: &mut Vec<ResourceId>) {
        let types = self.types;
        for (name, item) in &types.instance(id).exports {
            let text = component::plan::item_name(types, name, item).text;
            match item.kind {
                ItemKind::Resource(resource) => {
                    if self.declared.resource(&mut self.plan, ROOT, resource).is_err() {
                        let alias = self.plan.alias_type(of, &text);
                        self.declared.provide_resource(ROOT, resource, alias);
                        said.push(resource);
                    }
                }
                ItemKind::Instance(inner) => {
                    let of = self.plan.alias_instance(of, &text);
                    self.say_resources(of, inner, said);
                }
                ItemKind::Func(_) | ItemKind::Type(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
            }
        }
    }

    /// Whether an exported type consists of others that need a name.
    fn needs_names(&self, id: TypeId, item: &Item) -> bool {
        let own = |def: &TypeId| self.types.aliases(ValType::Def(id)).any(|one| one == ValType::Def(*def));
        let named = |def: &TypeId| match self.types.def(*def).kind {
            TypeKind::Record(_) | TypeKind::Variant(_) | TypeKind::Flags(_) | TypeKind::Enum(_) => !own(def),
            TypeKind::Alias(_)
            | TypeKind::List(_)
            | TypeKind::FixedList(..)
            | TypeKind::Map(..)
            | TypeKind::Tuple(_)
            | TypeKind::Option(_)
            | TypeKind::Result { .. }
            | TypeKind::Own(_)
            | TypeKind::Borrow(_)
            | TypeKind::Stream(_)
            | TypeKind::Future(_) => false,
        };
        let mentioned = uses(self.types, [item]);
        !mentioned.resources.is_empty() || mentioned.defs.iter().any(named)
    }

    /// Whether an exported interface or whole instance mentions types by names in other interfaces that the result does
    /// not pass on as they are: neither of its imports nor of its exports so far.
    fn takes_names(&mut self, node: NodeId) -> bool {
        let graph = self.graph;
        match &graph.node(node).kind {
            NodeKind::Alias { of, name } => self.export_takes_names(*of, name, false),
            NodeKind::Instance { part, args } => {
                let is_own_name = |(_, given): &(ExternName, NodeId)| {
                    let Node { kind, item, .. } = graph.node(*given);
                    matches!(item.kind, ItemKind::Type(_)) && !matches!(kind, NodeKind::Import(_))
                };
                let mut names = graph.part(*part).ty.exports.keys();
                args.iter().any(is_own_name) || names.any(|name| self.export_takes_names(node, name, true))
            }
            NodeKind::Import(_) | NodeKind::Bag { .. } => false,
        }
    }

    /// As `takes_names`, for one export of a node. `with_all`: its other exports are exported along with it.
    fn export_takes_names(&mut self, of: NodeId, name: &ExternName, with_all: bool) -> bool {
        let graph = self.graph;
        let NodeKind::Instance { part, args } = &graph.node(of).kind else { return false };
        let Some(item) = graph.part(*part).ty.exports.get(name) else { return false };
        let is_import = |node: &NodeId| matches!(graph.node(*node).kind, NodeKind::Import(_));
        let is_whole = |node: &NodeId| match &graph.node(*node).kind {
            NodeKind::Alias { of, name } => self.whole.contains(&(*of, name)),
            NodeKind::Import(_) | NodeKind::Instance { .. } | NodeKind::Bag { .. } => false,
        };
        let is_named = |owner: &Scope<'_>| match owner {
            Scope::Export(other) => with_all || *other == name || self.whole.contains(&(of, other)),
            // Arguments stand in the order of the part's imports.
            Scope::Import(at) => args.get(*at).is_some_and(|(_, node)| is_import(node) || is_whole(node)),
        };
        let owners = self.scopes.entry(*part).or_insert_with(|| scopes_of(graph.part(*part)));
        scopes(self.types, item).any(|scope| !owners.get(&scope).is_some_and(|owners| owners.iter().any(is_named)))
    }

    /// Whether an exported item mentions types that are exported by themselves: such an export is a new name, which the
    /// item does not know.
    fn uses_single_names(&self, item: &Item) -> bool {
        if self.single.is_empty() {
            return false;
        }
        let mentioned = uses(self.types, [item]);
        let mut defs = mentioned.defs.iter().map(|id| Single::Type(*id));
        let mut resources = mentioned.resources.iter().map(|id| Single::Resource(*id));
        defs.any(|one| self.single.contains(&one)) || resources.any(|one| self.single.contains(&one))
    }

    /// Whether an exported instance mentions types that only an import of types alone names: one that the instance it
    /// comes from was not given.
    fn borrows_names(&self, node: NodeId) -> bool {
        let Node { kind: NodeKind::Alias { of, .. }, item, .. } = self.graph.node(node) else { return false };
        let NodeKind::Instance { args, .. } = &self.graph.node(*of).kind else { return false };
        let is_given = |import: &NodeId| args.iter().any(|(_, node)| node == import);
        let mut defs = unnamed(self.types, item).defs.into_iter();
        defs.any(|id| self.namers.get(&id).is_some_and(|imports| imports.iter().any(|import| !is_given(import))))
    }
}

/// Where a part has an interface.
enum Scope<'g> {
    Export(&'g ExternName),
    /// By its place among the imports.
    Import(usize),
}

/// The interfaces that a part imports and exports.
fn scopes_of<'g>(part: &'g Part<'_>) -> HashMap<InstanceId, Vec<Scope<'g>>> {
    let mut scopes: HashMap<InstanceId, Vec<Scope<'g>>> = HashMap::new();
    let exports = part.ty.exports.iter().map(|(name, item)| (Scope::Export(name), item));
    let imports = part.ty.imports.values().enumerate().map(|(at, item)| (Scope::Import(at), item));
    for (scope, item) in exports.chain(imports) {
        if let Some(id) = item.kind.instance() {
            scopes.entry(id).or_default().push(scope);
        }
    }
    scopes
}

/// By type: the imports that name it.
fn namers(types: &Types, graph: &Graph<'_>) -> HashMap<TypeId, Vec<NodeId>> {
    let mut namers: HashMap<TypeId, Vec<NodeId>> = HashMap::new();
    for node in graph.imports().values() {
        let interface = graph.node(*node).item.kind.instance();
        for export in interface.into_iter().flat_map(|id| types.instance(id).exports.values()) {
            if let ItemKind::Type(ValType::Def(id)) = export.kind {
                namers.entry(id).or_default().push(*node);
            }
        }
    }
    namers
}

/// The interfaces in which what an item mentions is named: those that define it, and those by whose names handles say
/// their resources.
fn scopes(types: &Types, item: &Item) -> impl Iterator<Item = InstanceId> {
    let mentioned = uses(types, [item]);
    let defs = mentioned.defs.into_iter().map(|id| types.def(id));
    let of_defs = defs.flat_map(|def| [Some(def.owner), def.decl.alias_of.as_ref().map(|(scope, _)| *scope)]);
    let of_resources = mentioned.resources.into_iter().map(|id| Some(types.resource(id).owner));
    of_defs.chain(of_resources).flatten().filter_map(|owner| match owner {
        Owner::Instance(id) => Some(id),
        Owner::World | Owner::Nothing => None,
    })
}

fn sort(kind: ItemKind) -> Sort {
    match kind {
        ItemKind::Func(_) => Sort::Func,
        ItemKind::Instance(_) => Sort::Instance,
        ItemKind::Type(_) | ItemKind::Resource(_) => Sort::Type,
        ItemKind::Component(_) => Sort::Component,
        ItemKind::CoreModule(_) => Sort::CoreModule,
    }
}
