//! Replay: the steps of a component, one after the other, as calls that build a graph.
//!
//! In: steps of the root scope. Out: `Graph`.
//! Holds: what a graph cannot say is refused where it is used, since what nothing uses changes nothing.

use std::collections::{HashMap, HashSet};

use component::plan::{ComponentRef, InstanceRef, ItemRef, Name, Step};
use component::read::TypeExport;
use indexmap::{IndexMap, IndexSet};
use types::substitute::resources_of;
use types::uses::uses;
use types::{ComponentType, ExternName, InstanceId, Item, ItemKind, Owner, TypeId, Types, ValType};

use super::names::Names;
use super::refuse;
use crate::graph::{Definition, Graph, NodeId, NodeKind, PartId};
use crate::wiring::type_of_filled;

/// A graph in the making.
pub(super) struct Replay<'r, 'a> {
    file: &'r str,
    ty: &'r ComponentType,
    /// Exported types that are no types of values.
    exported: &'r IndexMap<String, TypeExport>,
    pub(super) names: Names,
    pub(super) graph: Graph<'a>,
    pub(super) components: HashMap<ComponentRef, PartId>,
    items: HashMap<ItemRef, At>,
    /// By instance: imports of the result whose types its exports mention.
    borrowed: HashMap<InstanceRef, IndexSet<ExternName>>,
    /// Exports that stand before one that is a type of the component's own.
    leading: HashSet<ItemRef>,
    /// Exported types that are exports of instances.
    passed_on: HashSet<TypeId>,
}

/// What an item of the component is in the graph.
#[derive(Clone, Copy)]
enum At {
    Node(NodeId),
    /// A type that the component defines itself.
    Type,
    /// What a graph cannot say, in words.
    Unsaid(&'static str),
}

impl<'r, 'a> Replay<'r, 'a> {
    pub(super) fn new(
        file: &'r str,
        ty: &'r ComponentType,
        exported: &'r IndexMap<String, TypeExport>,
        names: Names,
    ) -> Self {
        Self {
            file,
            ty,
            exported,
            names,
            graph: Graph::new(),
            components: HashMap::new(),
            items: HashMap::new(),
            borrowed: HashMap::new(),
            leading: HashSet::new(),
            passed_on: HashSet::new(),
        }
    }

    /// Looks ahead: which instances' exports mention types that only the result's imports name, and which exports
    /// stand before types of the component's own.
    pub(super) fn look_ahead(&mut self, types: &Types, steps: &[Step<'_>]) {
        let mut owners: HashMap<InstanceId, &ExternName> = HashMap::new();
        for (name, item) in &self.ty.imports {
            owners.extend(item.kind.instance().map(|id| (id, name)));
        }
        let mut origins: HashMap<ItemRef, InstanceRef> = HashMap::new();
        let mut own: HashSet<ItemRef> = HashSet::new();
        let mut before = Vec::new();
        for step in steps {
            match step {
                Step::Instantiate { id, .. } => {
                    origins.insert((*id).into(), *id);
                }
                Step::Alias { item, instance, .. } => {
                    let origin = origins.get(&ItemRef::from(*instance)).copied();
                    origins.extend(origin.map(|origin| (*item, origin)));
                }
                Step::Define { id, .. } => {
                    own.insert((*id).into());
                }
                Step::Export { item, name, of, .. } => {
                    let origin = origins.get(of).copied();
                    origins.extend(origin.map(|origin| (*item, origin)));
                    before.push(*item);
                    if own.contains(of) {
                        own.insert(*item);
                        self.leading.extend(before.drain(..));
                    }
                    let mentioned = self.ty.exports.get(&extern_name(name)).map(|item| uses(types, [item]));
                    let (Some(origin), Some(mentioned)) = (origin, mentioned) else { continue };
                    let borrowed = mentioned.defs.iter().filter_map(|id| match types.def(*id).owner {
                        Owner::Instance(owner) => owners.get(&owner).map(|name| (*name).clone()),
                        Owner::World | Owner::Nothing => None,
                    });
                    self.borrowed.entry(origin).or_default().extend(borrowed);
                }
                Step::CoreModule { .. }
                | Step::CoreInstantiate { .. }
                | Step::CoreBag { .. }
                | Step::CoreAlias { .. }
                | Step::CoreType { .. }
                | Step::Component { .. }
                | Step::Bag { .. }
                | Step::OuterType { .. }
                | Step::Resource { .. }
                | Step::Lift { .. }
                | Step::Lower { .. }
                | Step::Builtin { .. }
                | Step::Import { .. }
                | Step::DeclaredExport { .. } => {}
            }
        }
    }

    /// One step. Embedded components are the caller's.
    pub(super) fn step(&mut self, types: &mut Types, step: &Step<'_>) -> diag::Result<()> {
        match step {
            Step::Import { item, name, .. } => self.import(*item, name),
            Step::Alias { item, instance, name } => self.alias(types, *item, *instance, name),
            Step::Instantiate { id, component, args } => self.instantiate(types, *id, *component, args),
            Step::Bag { id, exports } => self.bag(types, *id, exports),
            Step::Export { item, name, of, ascribed } => self.export(types, *item, name, *of, ascribed.is_some()),
            Step::Define { id, .. } => {
                self.items.insert((*id).into(), At::Type);
                Ok(())
            }
            // The type of a core module that is imported.
            Step::CoreType { .. } => Ok(()),
            Step::CoreModule { .. }
            | Step::CoreInstantiate { .. }
            | Step::CoreBag { .. }
            | Step::CoreAlias { .. }
            | Step::Component { .. }
            | Step::OuterType { .. }
            | Step::Resource { .. }
            | Step::Lift { .. }
            | Step::Lower { .. }
            | Step::Builtin { .. }
            | Step::DeclaredExport { .. } => unreachable!("a component that makes nothing of its own has no such step"),
        }
    }

    pub(super) fn finish(self) -> Graph<'a> {
        self.graph
    }

    fn node_is(&mut self, item: ItemRef, node: NodeId) {
        if let Some(name) = self.names.of_item(item) {
            self.graph.set_name(node, Some(name.to_owned()));
        }
        self.items.insert(item, At::Node(node));
    }

    fn import(&mut self, item: ItemRef, name: &Name) -> diag::Result<()> {
        let name = extern_name(name);
        let ty = self.ty.imports.get(&name).expect("imports that are no items of `types` were refused");
        let node = self.graph.import(name, ty.clone())?;
        self.node_is(item, node);
        Ok(())
    }

    fn alias(&mut self, types: &Types, item: ItemRef, instance: InstanceRef, name: &str) -> diag::Result<()> {
        let of = self.node(instance.into(), &format!("alias of `{name}`"))?;
        let found = self.graph.node(of).item.kind.instance();
        let exports = found.map(|id| &types.instance(id).exports);
        let name = exports.and_then(|exports| find(types, exports, name));
        match name.and_then(|name| self.graph.alias(types, of, &name)) {
            Some(node) => self.node_is(item, node),
            None => {
                self.items.insert(item, At::Unsaid("a type that is none of values"));
            }
        }
        Ok(())
    }

    /// The node that an item is; `place` says where it is used.
    fn node(&self, item: ItemRef, place: &str) -> diag::Result<NodeId> {
        let what = match self.items.get(&item) {
            Some(At::Node(node)) => return Ok(*node),
            Some(At::Type) => "a type that the component defines itself",
            Some(At::Unsaid(what)) => what,
            None => "a component that is embedded",
        };
        Err(refuse::unsaid(self.file, place, what).into())
    }

    fn instantiate(
        &mut self,
        types: &mut Types,
        id: InstanceRef,
        component: ComponentRef,
        args: &[(String, ItemRef)],
    ) -> diag::Result<()> {
        let Some(&part) = self.components.get(&component) else {
            let place =
                self.names.of_item(id.into()).map_or("an instance".to_owned(), |name| format!("instance `{name}`"));
            return Err(refuse::unsaid(self.file, &place, "an instance of a component that is imported").into());
        };
        let imports = self.graph.part(part).ty.imports.clone();
        let mut given = IndexMap::new();
        for (text, item) in args {
            // An argument that no import asks for is given to nobody.
            if let Some(name) = find(types, &imports, text) {
                let place = format!("argument `{text}` of `{}`", self.graph.part(part).title());
                given.insert(name, self.node(*item, &place)?);
            }
        }
        let names = self.names_for(types, id, &imports, &given);
        let node = self.graph.instantiate_with_names(types, part, &given, &names)?;
        self.node_is(id.into(), node);
        Ok(())
    }

    /// Imports of the result that name types of interfaces which the instance is given by others.
    fn names_for(
        &mut self,
        types: &Types,
        id: InstanceRef,
        imports: &IndexMap<ExternName, Item>,
        given: &IndexMap<ExternName, NodeId>,
    ) -> IndexMap<ExternName, NodeId> {
        let mut names = IndexMap::new();
        for import in self.borrowed.remove(&id).unwrap_or_default() {
            let Some(&node) = self.graph.imports().get(&import) else { continue };
            let filled = given.iter().filter(|(_, node)| !self.is_import(**node)).map(|(name, _)| name);
            let named = filled
                .clone()
                .find(|name| **name == import)
                .or_else(|| filled.clone().find(|name| same_track(name, &import)))
                // Others may have imported the types under any name.
                .or_else(|| {
                    filled.clone().find(|name| has_types_of(types, &imports[*name], &self.graph.node(node).item))
                });
            if let Some(name) = named.filter(|_| !given.values().any(|given| *given == node)) {
                names.insert(name.clone(), node);
            }
        }
        for (name, item) in imports {
            let through = type_of_filled(types, imports, &|of| names.contains_key(of), item);
            let node = through.and_then(|(of, there)| self.graph.alias(types, names[&of], &there));
            if let Some(node) = node.filter(|_| !names.contains_key(name)) {
                names.insert(name.clone(), node);
            }
        }
        names
    }

    fn is_import(&self, node: NodeId) -> bool {
        matches!(self.graph.node(node).kind, NodeKind::Import(_))
    }

    fn bag(&mut self, types: &mut Types, id: InstanceRef, exports: &[(Name, ItemRef)]) -> diag::Result<()> {
        let mut items = Vec::with_capacity(exports.len());
        for (name, item) in exports {
            let name = extern_name(name);
            let place = format!("an instance put together, export `{name}`");
            items.push((name, self.node(*item, &place)?));
        }
        let node = self.graph.bag(types, items);
        self.node_is(id.into(), node);
        Ok(())
    }

    fn export(&mut self, types: &Types, item: ItemRef, name: &Name, of: ItemRef, ascribed: bool) -> diag::Result<()> {
        let name = extern_name(name);
        let place = format!("export `{name}`");
        if let Some(At::Type) = self.items.get(&of) {
            self.items.insert(item, At::Type);
            return self.define(types, name, &place);
        }
        let node = self.node(of, &place)?;
        self.items.insert(item, At::Node(node));
        let exported = self.ty.exports.get(&name).map(|item| item.kind);
        if self.leading.contains(&item) && self.is_type_of_import(node) {
            return self.define(types, name, &place);
        }
        if let Some(ItemKind::Type(ValType::Def(id))) = exported {
            self.passed_on.insert(id);
        }
        if ascribed && self.is_narrowed(types, &name, node) {
            return Err(refuse::unsaid(self.file, &place, "an export that hides a part of its instance").into());
        }
        self.graph.export(name, node)
    }

    /// Whether a node is a value type that an import has, or is.
    fn is_type_of_import(&self, node: NodeId) -> bool {
        let found = self.graph.node(node);
        let base = match &found.kind {
            NodeKind::Alias { of, .. } => *of,
            NodeKind::Import(_) | NodeKind::Instance { .. } | NodeKind::Bag { .. } => node,
        };
        matches!(found.item.kind, ItemKind::Type(_)) && self.is_import(base)
    }

    /// Whether an exported instance has fewer exports than the instance that it is.
    fn is_narrowed(&self, types: &Types, name: &ExternName, node: NodeId) -> bool {
        let exported = self.ty.exports.get(name).and_then(|item| item.kind.instance());
        let whole = self.graph.node(node).item.kind.instance();
        exported.zip(whole).is_some_and(|(exported, whole)| has_fewer(types, exported, whole))
    }

    /// An exported type of the component's own.
    fn define(&mut self, types: &Types, name: ExternName, place: &str) -> diag::Result<()> {
        let definition = match (self.exported.get(&name.to_string()), self.ty.exports.get(&name)) {
            (Some(TypeExport::Func(func)), _) => Definition::Func(*func),
            (Some(TypeExport::Component(component)), _) => match interface_or_world(types, component) {
                Some(definition) => definition,
                None => {
                    return Err(
                        refuse::unsaid(self.file, place, "a component type that is no interface and no world").into()
                    );
                }
            },
            (None, Some(Item { kind: ItemKind::Type(ty), .. })) => Definition::Value(*ty),
            (None, _) => return Err(refuse::unsaid(self.file, place, "an instance type").into()),
        };
        if self.mentions_instances(types, &definition) {
            return Err(refuse::unsaid(self.file, place, "a type made of types of an instance").into());
        }
        self.graph.define(name, definition)
    }

    /// Whether a type of the component's own mentions types that come from instances: those come later in a graph.
    fn mentions_instances(&self, types: &Types, definition: &Definition) -> bool {
        let kind = match definition {
            Definition::Value(ty) => ItemKind::Type(*ty),
            Definition::Func(func) => ItemKind::Func(*func),
            // An interface or world has all that it mentions inside.
            Definition::Interface(_) | Definition::World(..) => return false,
        };
        let mentioned = uses(types, [&Item { kind, decl: types::Decl::default() }]);
        let imported = resources_of(types, &self.ty.imports);
        mentioned.defs.iter().any(|id| self.passed_on.contains(id))
            || mentioned.resources.iter().any(|id| !imported.contains(id))
    }
}

/// Whether an instance lacks an export of another, at any depth.
fn has_fewer(types: &Types, some: InstanceId, all: InstanceId) -> bool {
    types.instance(all).exports.iter().any(|(name, item)| match types.instance(some).exports.get(name) {
        None => true,
        Some(kept) => {
            kept.kind.instance().zip(item.kind.instance()).is_some_and(|(some, all)| has_fewer(types, some, all))
        }
    })
}

/// What a WIT package would have the component type for.
///
/// Specification: "WIT", "Package Format".
fn interface_or_world(types: &Types, component: &ComponentType) -> Option<Definition> {
    let mut exports = component.exports.iter();
    match (exports.next()?, exports.next()) {
        ((ExternName::Interface(_), Item { kind: ItemKind::Instance(_), .. }), None) => {
            Some(Definition::Interface(component.clone()))
        }
        ((ExternName::Interface(name), Item { kind: ItemKind::Component(id), .. }), None)
            if component.imports.is_empty() =>
        {
            Some(Definition::World(name.clone(), types.component(*id).clone()))
        }
        (_, _) => None,
    }
}

/// The whole name: a version that stands beside it is put together with it.
fn extern_name(name: &Name) -> ExternName {
    let suffix = name.version_suffix.as_deref().filter(|_| name.implements.is_none()).unwrap_or_default();
    let text = format!("{}{suffix}", name.text);
    ExternName::parse(&text).unwrap_or(ExternName::Label(text))
}

/// The item that a name of an argument or alias means: such names have no attributes.
fn find(types: &Types, items: &IndexMap<ExternName, Item>, text: &str) -> Option<ExternName> {
    let is_it = |name: &ExternName, item: &Item| component::plan::item_name(types, name, item).text == text;
    let whole = ExternName::parse(text).unwrap_or_else(|| ExternName::label(text));
    match items.get(&whole) {
        Some(item) if is_it(&whole, item) => Some(whole),
        Some(_) | None => items.iter().find(|(name, item)| is_it(name, item)).map(|(name, _)| name.clone()),
    }
}

/// Whether an interface has exports under all names that another has.
fn has_types_of(types: &Types, whole: &Item, alone: &Item) -> bool {
    let (Some(whole), Some(alone)) = (whole.kind.instance(), alone.kind.instance()) else { return false };
    types.instance(alone).exports.keys().all(|name| types.instance(whole).exports.contains_key(name))
}

fn same_track(a: &ExternName, b: &ExternName) -> bool {
    match (a, b) {
        (ExternName::Interface(a), ExternName::Interface(b)) => a.same_track(b),
        (_, _) => false,
    }
}
