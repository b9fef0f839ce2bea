//! What the component really imports.
//!
//! In: the functions that its core modules import, and everything that it exports.
//! Out: the functions, types and resources of imported interfaces that must be declared.
//! Holds: an interface none of whose items is live is not imported at all; types and resources of the world itself
//! always are, dead ones too, because that is what the neighbours' tools do and users see it.

use std::collections::HashSet;

use types::{
    ExternName, FuncId, InstanceId, Item, ItemKind, Owner, ResourceId, TypeId, TypeKind, Types, ValType, World,
};

use abi::names::For;

use crate::canon::{Canon, ImportedFunc, TransferOf};
use crate::import::Binding;

/// The live part of the world's imports. Look-ups only.
pub struct Live<'t> {
    types: &'t Types,
    funcs: HashSet<(Option<ExternName>, ExternName)>,
    defs: HashSet<TypeId>,
    /// Types that were looked into, with the scope that said them.
    seen: HashSet<(TypeId, Owner)>,
    resources: HashSet<ResourceId>,
    /// Resources that something of this instance names, be they its own or taken from another.
    named: HashSet<(InstanceId, ResourceId)>,
}

impl<'t> Live<'t> {
    /// What the bindings and the world's exports need.
    pub fn of<'b>(types: &'t Types, world: &World, bindings: impl Iterator<Item = &'b Binding>) -> Self {
        let mut live = Self {
            types,
            funcs: HashSet::new(),
            defs: HashSet::new(),
            seen: HashSet::new(),
            resources: HashSet::new(),
            named: HashSet::new(),
        };
        for binding in bindings {
            live.binding(world, binding);
        }
        let root_types = world.component.imports.values().filter(|item| is_type(item));
        for item in root_types.chain(world.component.exports.values()) {
            live.item(item, Owner::World);
        }
        live
    }

    /// Whether an item of an imported scope is to be declared.
    pub fn keeps(
        &self,
        scope: Option<&ExternName>,
        instance: Option<InstanceId>,
        name: &ExternName,
        item: &Item,
    ) -> bool {
        match item.kind {
            ItemKind::Func(_) => self.funcs.contains(&(scope.cloned(), name.clone())),
            ItemKind::Type(_) | ItemKind::Resource(_) if instance.is_none() => true,
            ItemKind::Type(ValType::Def(id)) => self.defs.contains(&id),
            ItemKind::Type(_) => false,
            ItemKind::Resource(id) => match instance {
                Some(instance) if self.types.resource(id).owner != Owner::Instance(instance) => {
                    self.named.contains(&(instance, id))
                }
                _ => self.resources.contains(&id),
            },
            ItemKind::Instance(id) => {
                let exports = &self.types.instance(id).exports;
                exports.iter().any(|(inner, item)| self.keeps(Some(name), Some(id), inner, item))
            }
            ItemKind::Component(_) | ItemKind::CoreModule(_) => true,
        }
    }

    fn binding(&mut self, world: &World, binding: &Binding) {
        let instance = |scope: &Option<ExternName>| {
            scope.as_ref().and_then(|scope| world.component.imports.get(scope)).and_then(|item| item.kind.instance())
        };
        let owner = |scope| instance(scope).map_or(Owner::World, Owner::Instance);
        match binding {
            Binding::Canon(Canon::Lower { func: ImportedFunc { scope, name, ty }, async_: _ }) => {
                self.func(*ty, owner(scope));
                if let (Some(instance), Some(resource)) = (instance(scope), name.resource()) {
                    self.resource_named(instance, resource);
                }
                self.funcs.insert((scope.clone(), name.clone()));
            }
            Binding::Canon(Canon::DropImported { scope, resource }) => self.resource(*resource, owner(scope)),
            Binding::Canon(Canon::Transfer { of: TransferOf::Type { side: For::Imported, scope, ty, .. }, .. }) => {
                self.val_type(*ty, owner(scope));
            }
            // What exports mention is live because they are.
            Binding::Canon(
                Canon::Transfer { of: TransferOf::Type { side: For::Exported, .. } | TransferOf::Unit, .. }
                | Canon::Own { .. }
                | Canon::TaskReturn(_)
                | Canon::Builtin(_),
            )
            | Binding::Memory
            | Binding::Linked(_)
            | Binding::TlsBase { .. } => {}
        }
    }

    /// The resource that a constructor or static function belongs to, though its type may not mention it.
    fn resource_named(&mut self, instance: InstanceId, name: &str) {
        if let Some(Item { kind: ItemKind::Resource(id), .. }) =
            self.types.instance(instance).exports.get(&ExternName::label(name))
        {
            self.resource(*id, Owner::Instance(instance));
        }
    }

    fn item(&mut self, item: &Item, owner: Owner) {
        let types = self.types;
        match item.kind {
            ItemKind::Func(id) => self.func(id, owner),
            ItemKind::Type(ty) => self.val_type(ty, owner),
            ItemKind::Resource(id) => self.resource_item(item, id, owner),
            ItemKind::Instance(id) => {
                types.instance(id).exports.values().for_each(|item| self.item(item, Owner::Instance(id)));
            }
            ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
        }
    }

    fn func(&mut self, id: FuncId, owner: Owner) {
        let func = self.types.func(id);
        for ty in func.params.iter().map(|param| param.ty).chain(func.result) {
            self.val_type(ty, owner);
        }
    }

    fn resource(&mut self, id: ResourceId, owner: Owner) {
        self.resources.insert(id);
        let mut open = vec![owner];
        while let Some(owner) = open.pop() {
            let Owner::Instance(instance) = owner else { continue };
            if self.named.insert((instance, id)) {
                let names = self.types.instance(instance).exports.values();
                let same = names.filter(|item| item.kind == ItemKind::Resource(id));
                open.extend(same.filter_map(|item| item.decl.alias_of.as_ref()).map(|(from, _)| *from));
            }
        }
    }

    /// A resource under one more name needs the name that it is taken from.
    fn resource_item(&mut self, item: &Item, id: ResourceId, owner: Owner) {
        self.resource(id, owner);
        if let Some((from, _)) = &item.decl.alias_of {
            self.resource(id, *from);
        }
    }

    /// Marks a type and all that it consists of. `owner` is the scope that says the type.
    fn val_type(&mut self, ty: ValType, owner: Owner) {
        let ValType::Def(id) = ty else { return };
        let types = self.types;
        let def = types.def(id);
        // A resource is named by the scope that says the handle, so handles are looked at for each scope.
        let owner = if def.owner == Owner::Nothing { owner } else { def.owner };
        self.defs.insert(id);
        if let TypeKind::Own(resource) | TypeKind::Borrow(resource) = def.kind {
            return self.resource(resource, owner);
        }
        if !self.seen.insert((id, owner)) {
            return;
        }
        for part in parts(&def.kind) {
            self.val_type(part, owner);
        }
    }
}

fn is_type(item: &Item) -> bool {
    match item.kind {
        ItemKind::Type(_) | ItemKind::Resource(_) => true,
        ItemKind::Func(_) | ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => false,
    }
}

/// The value types that a definition mentions directly.
pub fn parts(kind: &TypeKind) -> Vec<ValType> {
    match kind {
        TypeKind::Alias(ty) | TypeKind::List(ty) | TypeKind::FixedList(ty, _) | TypeKind::Option(ty) => vec![*ty],
        TypeKind::Record(fields) => fields.iter().map(|field| field.ty).collect(),
        TypeKind::Variant(cases) => cases.iter().filter_map(|case| case.ty).collect(),
        TypeKind::Map(key, value) => vec![*key, *value],
        TypeKind::Tuple(parts) => parts.clone(),
        TypeKind::Flags(_) | TypeKind::Enum(_) | TypeKind::Own(_) | TypeKind::Borrow(_) => Vec::new(),
        TypeKind::Result { ok, err } => ok.iter().chain(err).copied().collect(),
        TypeKind::Stream(payload) | TypeKind::Future(payload) => payload.iter().copied().collect(),
    }
}
