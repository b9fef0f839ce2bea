//! What items name, and what they mention without a name.
//!
//! In: items, in the order in which they are imported or exported. Out: for each, the resources and types that it
//! mentions and that nothing before it names.
//! Holds: a handle needs its resource named, and records, variants, enums and flags need names of their own;
//! other types need that of their parts. The exports of an instance name what comes behind them.
//!
//! Specification: Component Model explainer, "Import and Export Definitions" (validation: types are named).

use std::collections::HashSet;

use types::{FuncId, Item, ItemKind, ResourceId, TypeId, TypeKind, Types, ValType};

/// Something that needs a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Nameable {
    Resource(ResourceId),
    Type(TypeId),
}

/// What has a name so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    known: HashSet<Nameable>,
}

impl Names {
    /// What `item` mentions and neither it nor anything before it names, each once; from now on what it names is known.
    pub(crate) fn add(&mut self, types: &Types, item: &Item) -> Vec<Nameable> {
        self.walk(types, item).0
    }

    /// As `add`, but nothing is known afterwards that was not before.
    pub(crate) fn missing(&mut self, types: &Types, item: &Item) -> Vec<Nameable> {
        let (missing, added) = self.walk(types, item);
        for one in added {
            self.known.remove(&one);
        }
        missing
    }

    /// What `item` mentions without a name, and what it has made known.
    fn walk(&mut self, types: &Types, item: &Item) -> (Vec<Nameable>, Vec<Nameable>) {
        let mut walk = Walk { types, names: self, seen: HashSet::new(), missing: Vec::new(), added: Vec::new() };
        walk.item(item);
        (walk.missing, walk.added)
    }

    pub(crate) fn knows(&self, one: Nameable) -> bool {
        self.known.contains(&one)
    }
}

/// The resources and types that an item names for all who see it.
pub(crate) fn named_by(types: &Types, item: &Item) -> Vec<Nameable> {
    let mut named = Vec::new();
    let mut open = vec![item];
    while let Some(item) = open.pop() {
        match item.kind {
            ItemKind::Resource(id) => named.push(Nameable::Resource(id)),
            ItemKind::Type(ValType::Def(id)) => named.push(Nameable::Type(id)),
            ItemKind::Instance(id) => open.extend(types.instance(id).exports.values()),
            ItemKind::Type(_) | ItemKind::Func(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
        }
    }
    named
}

struct Walk<'w> {
    types: &'w Types,
    names: &'w mut Names,
    /// Types without a name of their own that were looked into.
    seen: HashSet<TypeId>,
    missing: Vec<Nameable>,
    added: Vec<Nameable>,
}

impl Walk<'_> {
    fn name(&mut self, one: Nameable) {
        if self.names.known.insert(one) {
            self.added.push(one);
        }
    }

    fn item(&mut self, item: &Item) {
        match item.kind {
            ItemKind::Func(id) => self.func(id),
            ItemKind::Instance(id) => self.types.instance(id).exports.values().for_each(|item| self.item(item)),
            ItemKind::Type(ValType::Def(id)) => {
                self.structure(id);
                self.name(Nameable::Type(id));
            }
            ItemKind::Resource(id) => self.name(Nameable::Resource(id)),
            // A component type names its own.
            ItemKind::Type(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
        }
    }

    fn func(&mut self, id: FuncId) {
        let func = self.types.func(id);
        for ty in func.params.iter().map(|param| param.ty).chain(func.result) {
            self.mention(ty);
        }
    }

    /// A type that is mentioned: it or its parts must have names.
    fn mention(&mut self, ty: ValType) {
        let ValType::Def(id) = ty else { return };
        if self.names.knows(Nameable::Type(id)) || !self.seen.insert(id) {
            return;
        }
        match self.types.def(id).kind {
            TypeKind::Record(_) | TypeKind::Variant(_) | TypeKind::Flags(_) | TypeKind::Enum(_) => {
                self.missing.push(Nameable::Type(id));
            }
            TypeKind::Alias(target) => self.mention(target),
            TypeKind::List(_)
            | TypeKind::FixedList(..)
            | TypeKind::Map(..)
            | TypeKind::Tuple(_)
            | TypeKind::Option(_)
            | TypeKind::Result { .. }
            | TypeKind::Own(_)
            | TypeKind::Borrow(_)
            | TypeKind::Stream(_)
            | TypeKind::Future(_) => self.structure(id),
        }
    }

    /// What a type consists of, seen through aliases that have no names.
    fn structure(&mut self, id: TypeId) {
        let types = self.types;
        match &types.def(id).kind {
            // A name for a named type says no more than that name.
            TypeKind::Alias(target) => self.mention_or_structure(*target),
            TypeKind::Record(fields) => fields.iter().for_each(|field| self.mention(field.ty)),
            TypeKind::Variant(cases) => cases.iter().filter_map(|case| case.ty).for_each(|ty| self.mention(ty)),
            TypeKind::List(ty) | TypeKind::FixedList(ty, _) | TypeKind::Option(ty) => self.mention(*ty),
            TypeKind::Map(key, value) => [*key, *value].into_iter().for_each(|ty| self.mention(ty)),
            TypeKind::Tuple(parts) => parts.iter().for_each(|ty| self.mention(*ty)),
            TypeKind::Result { ok, err } => [*ok, *err].into_iter().flatten().for_each(|ty| self.mention(ty)),
            TypeKind::Stream(payload) | TypeKind::Future(payload) => {
                payload.iter().for_each(|ty| self.mention(*ty));
            }
            TypeKind::Own(id) | TypeKind::Borrow(id) => {
                let resource = Nameable::Resource(*id);
                if !self.names.knows(resource) && !self.missing.contains(&resource) {
                    self.missing.push(resource);
                }
            }
            TypeKind::Flags(_) | TypeKind::Enum(_) => {}
        }
    }

    fn mention_or_structure(&mut self, ty: ValType) {
        let ValType::Def(id) = ty else { return };
        if !self.names.knows(Nameable::Type(id)) {
            self.structure(id);
        }
    }
}
