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

use std::collections::HashMap;

use component::Plan;
use component::plan::{ComponentRef, Declared, InstanceRef, ItemRef, ROOT, Sort};
use types::{Decl, ExternName, Item, ItemKind, Types, ValType};

use crate::graph::{Definition, Graph, Node, NodeId, NodeKind, PartId};
use crate::naming::unnamed;

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
            ItemKind::Func(_) => Some(self.declared.item_type(&mut self.plan, ROOT, item, &|_, _| true)?),
            ItemKind::Instance(_) if self.borrows_names(node) => {
                Some(self.declared.item_type(&mut self.plan, ROOT, item, &|_, _| true)?)
            }
            ItemKind::Instance(_)
            | ItemKind::Type(_)
            | ItemKind::Resource(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => None,
        };
        let full_name = component::plan::item_name(self.types, name, item);
        let exported = self.plan.export(full_name, of, ascribed);
        self.declared.provide_item(&self.plan, ROOT, item, exported);
        Ok(())
    }

    /// Whether an exported instance mentions types that only an import of types alone names: one that the instance it
    /// comes from was not given.
    fn borrows_names(&self, node: NodeId) -> bool {
        let Node { kind: NodeKind::Alias { of, .. }, item, .. } = self.graph.node(node) else { return false };
        let NodeKind::Instance { args, .. } = &self.graph.node(*of).kind else { return false };
        let given: Vec<NodeId> = args.iter().map(|(_, node)| *node).collect();
        let unnamed = unnamed(self.types, item);
        self.graph.imports().values().filter(|node| !given.contains(node)).any(|node| {
            let interface = self.graph.node(*node).item.kind.instance();
            let exports = interface.into_iter().flat_map(|id| self.types.instance(id).exports.values());
            let mut names = exports.map(|export| export.kind);
            names.any(|kind| matches!(kind, ItemKind::Type(ValType::Def(id)) if unnamed.defs.contains(&id)))
        })
    }
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
