//! Interfaces: those that the script declares, and those of packages.
//!
//! In: declarations, or component types that packages have for their interfaces. Out: instance types, and which other
//! interfaces each uses types of.
//! Holds: an interface of one name is one instance type, whichever package or path it comes from, if it says the same
//! everywhere; so types that are `use`d through different paths are the same.
//!
//! Specification: WIT, "Interfaces".

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};
use types::equal::Bindings;
use types::substitute::{Substitution, Unnamed, clone_instance_fresh_with};
use types::subtype::{common_mismatches, interfaces_used};
use types::uses::uses;
use types::{
    ComponentType, Decl, ExternName, InstanceId, InstanceType, InterfaceName, Item, ItemKind, Owner, Types, ValType,
};

use super::scope::{Scope, Value};
use super::{Resolver, report};
use crate::syntax::tree::{FuncRef, InlineInterface, Interface as Statement, InterfaceFunc, InterfaceItem};

/// An interface that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct InterfaceId(usize);

#[derive(Debug)]
pub(super) struct Interface {
    pub instance: InstanceId,
    /// The interfaces whose types it uses itself.
    pub uses: IndexSet<InterfaceId>,
}

/// All interfaces that are known.
#[derive(Debug, Default)]
pub(super) struct Interfaces {
    list: Vec<Interface>,
    by_name: HashMap<InterfaceName, InterfaceId>,
    by_instance: HashMap<InstanceId, InterfaceId>,
}

impl Interfaces {
    pub fn add(&mut self, types: &Types, instance: InstanceId, uses: IndexSet<InterfaceId>) -> InterfaceId {
        let id = InterfaceId(self.list.len());
        self.list.push(Interface { instance, uses });
        if let Some(name) = &types.instance(instance).id {
            self.by_name.entry(name.clone()).or_insert(id);
        }
        self.by_instance.entry(instance).or_insert(id);
        id
    }

    pub fn get(&self, id: InterfaceId) -> &Interface {
        &self.list[id.0]
    }

    /// What an interface uses, itself or through others: each behind those that it uses.
    pub fn used_by(&self, id: InterfaceId) -> Vec<InterfaceId> {
        let mut found = self.closure(self.get(id).uses.iter().copied());
        found.retain(|used| *used != id);
        found
    }

    /// Interfaces and all that they use: each behind those that it uses.
    pub fn closure(&self, of: impl IntoIterator<Item = InterfaceId>) -> Vec<InterfaceId> {
        let mut found: IndexSet<InterfaceId> = IndexSet::new();
        // What is to be entered, and what has been entered and is put behind all that it uses.
        let mut open: Vec<(InterfaceId, bool)> = of.into_iter().map(|id| (id, false)).collect();
        open.reverse();
        while let Some((id, entered)) = open.pop() {
            if entered {
                found.insert(id);
            } else if !found.contains(&id) {
                open.push((id, true));
                // An interface uses only earlier ones, so there is no circle.
                open.extend(self.get(id).uses.iter().rev().map(|used| (*used, false)));
            }
        }
        found.into_iter().collect()
    }

    /// The name that an interface stands under as an import of its own.
    pub fn name(&self, types: &Types, id: InterfaceId) -> Option<ExternName> {
        types.instance(self.get(id).instance).id.clone().map(ExternName::Interface)
    }

    /// The interface whose instance type this is.
    pub fn of_instance(&self, instance: InstanceId) -> Option<InterfaceId> {
        self.by_instance.get(&instance).copied()
    }

    /// As items under their own names.
    pub fn items(&self, types: &Types, ids: &[InterfaceId]) -> IndexMap<ExternName, Item> {
        ids.iter().filter_map(|id| Some((self.name(types, *id)?, self.item(*id)))).collect()
    }

    pub fn item(&self, id: InterfaceId) -> Item {
        Item { kind: ItemKind::Instance(self.get(id).instance), decl: Decl::default() }
    }

    /// The interfaces that a component type imports and exports become known; says which they are, and gives the type
    /// again, over their instance types. Exported instances are copied, since each world's are its own.
    pub fn adopt(&mut self, types: &mut Types, component: &ComponentType) -> ComponentType {
        let mut substitution = Substitution::new(Unnamed::Keep);
        let mut imports = IndexMap::new();
        for (name, item) in &component.imports {
            let uses = self.uses_among(types, &component.imports, name, &imports);
            imports.insert(name.clone(), self.adopt_import(types, &mut substitution, name, item, uses));
        }
        let exports = component.exports.iter();
        let exports = exports.map(|(name, item)| (name.clone(), copied(types, &mut substitution, item))).collect();
        ComponentType { imports, exports }
    }

    /// The interface of a package: what its component type exports.
    pub fn adopt_interface(&mut self, types: &mut Types, component: &ComponentType) -> Option<InterfaceId> {
        let (name, _) = component.exports.first()?;
        if let ExternName::Interface(known) = name
            && let Some(id) = self.by_name.get(known)
        {
            return Some(*id);
        }
        let name = name.clone();
        let adopted = self.adopt(types, component);
        let mut all = adopted.imports.clone();
        all.extend(adopted.exports.clone());
        let uses = self.uses_among(types, &all, &name, &adopted.imports);
        Some(self.add(types, adopted.exports.get(&name)?.kind.instance()?, uses))
    }

    /// The interface of a name that says the same as an instance type, whose types stand for those of this from now on.
    pub fn same(
        &self,
        types: &Types,
        substitution: &mut Substitution,
        name: &InterfaceName,
        instance: InstanceId,
    ) -> Option<InterfaceId> {
        let id = *self.by_name.get(name)?;
        let known = self.get(id).instance;
        if !says_the_same(types, instance, known) {
            return None;
        }
        stand_for(types, substitution, instance, known);
        Some(id)
    }

    /// An instance type of a world becomes an interface.
    pub fn add_found(&mut self, types: &Types, instance: InstanceId) -> InterfaceId {
        let mentioned = uses(types, [&Item { kind: ItemKind::Instance(instance), decl: Decl::default() }]);
        let defs = mentioned.defs.iter().map(|id| types.def(*id).owner);
        let resources = mentioned.resources.iter().map(|id| types.resource(*id).owner);
        let taken_from = mentioned.taken_from.iter().map(|id| Owner::Instance(*id));
        let owners = defs.chain(resources).chain(taken_from).filter_map(|owner| match owner {
            Owner::Instance(owner) if owner != instance => self.of_instance(owner),
            Owner::Instance(_) | Owner::World | Owner::Nothing => None,
        });
        let uses = owners.collect();
        self.add(types, instance, uses)
    }

    fn uses_among(
        &self,
        types: &Types,
        items: &IndexMap<ExternName, Item>,
        name: &ExternName,
        known: &IndexMap<ExternName, Item>,
    ) -> IndexSet<InterfaceId> {
        let used = interfaces_used(types, items, name);
        let instances = used.iter().filter_map(|used| known.get(used)?.kind.instance());
        instances.filter_map(|instance| self.of_instance(instance)).collect()
    }

    fn adopt_import(
        &mut self,
        types: &mut Types,
        substitution: &mut Substitution,
        name: &ExternName,
        item: &Item,
        uses: IndexSet<InterfaceId>,
    ) -> Item {
        let (ExternName::Interface(interface), ItemKind::Instance(instance)) = (name, item.kind) else {
            return copied(types, substitution, item);
        };
        if let Some(known) = self.same(types, substitution, interface, instance) {
            return Item { kind: ItemKind::Instance(self.get(known).instance), decl: item.decl.clone() };
        }
        let copy = copied(types, substitution, item);
        if let ItemKind::Instance(copy) = copy.kind {
            self.add(types, copy, uses);
        }
        copy
    }
}

/// An item over the types that the substitution knows; an instance gets types of its own.
pub(super) fn copied(types: &mut Types, substitution: &mut Substitution, item: &Item) -> Item {
    let ItemKind::Instance(id) = item.kind else { return substitution.item(types, item) };
    let copy = clone_instance_fresh_with(types, id, substitution);
    Item { kind: ItemKind::Instance(copy), decl: item.decl.clone() }
}

/// Whether two instance types have equal items, where both have them, and `known` has all types of `other`.
fn says_the_same(types: &Types, other: InstanceId, known: InstanceId) -> bool {
    let item = |id| Item { kind: ItemKind::Instance(id), decl: Decl::default() };
    let is_type = |item: &Item| matches!(item.kind, ItemKind::Type(_) | ItemKind::Resource(_));
    let exports = &types.instance(known).exports;
    let mut named = types.instance(other).exports.iter().filter(|(_, item)| is_type(item));
    named.all(|(name, _)| exports.contains_key(name))
        && common_mismatches(types, &item(other), &item(known), &mut Bindings::new()).is_empty()
}

/// From now on what mentions types of `from` mentions those of `to`.
fn stand_for(types: &Types, substitution: &mut Substitution, from: InstanceId, to: InstanceId) {
    substitution.set_instance(from, to);
    let exports = &types.instance(to).exports;
    for (name, from) in &types.instance(from).exports {
        match (from.kind, exports.get(name).map(|item| item.kind)) {
            (ItemKind::Type(ValType::Def(from)), Some(ItemKind::Type(to))) => substitution.set_type(from, to),
            (ItemKind::Resource(from), Some(ItemKind::Resource(to))) => substitution.set_resource(from, to),
            (_, _) => {}
        }
    }
}

impl Resolver<'_, '_> {
    pub(super) fn interface_statement(&mut self, statement: &Statement) -> Value {
        let name = self.own.clone();
        let name = name.map(|package| InterfaceName { package, interface: statement.id.text.clone() });
        let decl = self.decl(&statement.attributes, statement.id.span);
        self.sound(|this| Value::Interface(this.interface(name, &statement.items, decl)))
    }

    pub(super) fn inline_interface(&mut self, interface: &InlineInterface) -> InterfaceId {
        let decl = Decl { place: Some(self.place(interface.span)), ..Decl::default() };
        self.interface(None, &interface.items, decl)
    }

    fn interface(&mut self, name: Option<InterfaceName>, items: &[InterfaceItem], decl: Decl) -> InterfaceId {
        let id = self.types.add_instance(InstanceType { id: name, exports: IndexMap::new(), decl });
        self.scopes.push(Scope::new(Owner::Instance(id)));
        let mut uses = IndexSet::new();
        for item in items {
            match item {
                InterfaceItem::Use(statement) => uses.extend(self.use_in_interface(statement, id)),
                InterfaceItem::Type(decl) => {
                    for (name, item) in self.type_items(decl) {
                        self.types.instance_mut(id).exports.insert(name, item);
                    }
                }
                InterfaceItem::Func(func) => self.interface_func(func, id),
            }
        }
        self.scopes.pop();
        self.interfaces.add(self.types, id, uses)
    }

    fn interface_func(&mut self, func: &InterfaceFunc, id: InstanceId) {
        let name = ExternName::label(func.name.text.as_str());
        let found = match &func.ty {
            FuncRef::Func(ty) => self.func(ty),
            FuncRef::Id(id) => match self.local(id) {
                Value::Func(func) => Some(func),
                Value::Unknown => None,
                other @ (Value::Item(_)
                | Value::Interface(_)
                | Value::World(_)
                | Value::Type(_)
                | Value::Resource(_)) => {
                    let words = other.words(self.types);
                    let problem = report::not_a_function_type(&id.text, self.place(id.span), &words);
                    self.problem(problem);
                    None
                }
            },
        };
        if !self.take("interface item", &func.name) {
            return;
        }
        let decl = self.decl(&func.attributes, func.name.span);
        if let Some(func) = found {
            self.types.instance_mut(id).exports.insert(name, Item { kind: ItemKind::Func(func), decl });
        }
    }
}
