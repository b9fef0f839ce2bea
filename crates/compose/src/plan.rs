//! Graph to plan: each node becomes the step that defines it.
//!
//! In: a graph. Out: `component::Plan`.
//! Holds: imports come first, in an order in which each names only earlier ones; a part is embedded once, before its
//! first instance; exported functions are ascribed with the types that the result exports, as the visibility rule wants.
//!
//! Specification: Component Model explainer, "Component Definitions".

use std::collections::HashMap;

use component::Plan;
use component::plan::{ComponentRef, Declared, ItemRef, ROOT, Sort};
use types::{ItemKind, Types, ValType};

use crate::graph::{Graph, Node, NodeId, NodeKind, PartId};
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
    for (id, _) in graph.nodes() {
        planner.node(id)?;
    }
    for (name, node) in graph.exports() {
        planner.export(name, *node)?;
    }
    Ok(planner.plan)
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
    fn node(&mut self, id: NodeId) -> diag::Result<()> {
        if self.items.contains_key(&id) {
            return Ok(());
        }
        let Node { kind, item } = self.graph.node(id);
        let made = match kind {
            NodeKind::Import(name) => self.declared.import(&mut self.plan, ROOT, name, item, &|_, _| true)?,
            NodeKind::Instance { part, args } => {
                let component = self.part(*part);
                let imports = &self.graph.part(*part).ty.imports;
                let name = |name| component::plan::item_name(self.types, name, &imports[name]).text;
                let args = args.iter().map(|(import, node)| (name(import), self.items[node])).collect();
                let instance = self.plan.instantiate(component, args);
                self.plan.debug_name(instance, self.graph.part(*part).stem());
                instance.into()
            }
            NodeKind::Alias { of, name } => {
                let instance = self.items[of].expect_instance();
                let name = component::plan::item_name(self.types, name, item).text;
                self.plan.alias(instance, sort(item.kind), &name)
            }
        };
        self.items.insert(id, made);
        Ok(())
    }

    fn part(&mut self, id: PartId) -> ComponentRef {
        if let Some(&known) = self.parts.get(&id) {
            return known;
        }
        let part = self.graph.part(id);
        let component = self.plan.component(part.bytes);
        // Reports of a trap name the part that it came from.
        self.plan.debug_name(component, part.stem());
        self.parts.insert(id, component);
        component
    }

    fn export(&mut self, name: &types::ExternName, node: NodeId) -> diag::Result<()> {
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
        let exported = self.plan.export(full_name, self.items[&node], ascribed);
        self.declared.provide_item(&self.plan, ROOT, item, exported);
        Ok(())
    }

    /// Whether an exported instance mentions types that only an import of types alone names: one that the instance it
    /// comes from was not given.
    fn borrows_names(&self, node: NodeId) -> bool {
        let Node { kind: NodeKind::Alias { of, .. }, item } = self.graph.node(node) else { return false };
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
