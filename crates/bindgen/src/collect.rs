//! A world's items, sorted into what is generated.
//!
//! In: a world. Out: `Bindings`.
//! Holds: a name is a definition exactly in the scope that owns its type; everywhere else it is an alias.

use abi::{Abi, Call, Mode, Side};
use indexmap::IndexMap;
use types::name::AccessorOf;
use types::{ExternName, FuncType, Item, ItemKind, Owner, ResourceId, TypeId, TypeKind, Types, ValType, World};

use crate::{Bindings, Func, FuncKind, Interface, InterfaceKey, NamedType, NamedTypeKind, Role, core_name};

/// Sorts a world's items. Components and core modules among them are left out: no guest can call them.
pub fn bindings<'t>(types: &'t Types, world: &'t World, metadata: Vec<u8>) -> Bindings<'t> {
    let abi = Abi::wasm32(types);
    let collect = Collect { types, world, abi: &abi };
    Bindings {
        types,
        world,
        imports: collect.side(Role::Import, &world.component.imports),
        exports: collect.side(Role::Export, &world.component.exports),
        metadata,
        import_metadata: None,
    }
}

/// How a function stands in core wasm.
pub struct Form {
    pub call: Call,
    pub core_module: Option<String>,
    pub core_name: String,
}

impl Form {
    pub fn of(abi: &Abi<'_>, role: Role, key: InterfaceKey<'_>, name: &ExternName, ty: &FuncType, mode: Mode) -> Self {
        let text = name.to_string();
        match role {
            Role::Import => Self {
                call: abi.call(ty, Side::Lower, mode),
                core_module: Some(core_name::import_module(key)),
                core_name: core_name::import(&text, mode),
            },
            Role::Export => Self {
                call: abi.call(ty, Side::Lift, mode),
                core_module: None,
                core_name: core_name::export_as(key, &text, mode),
            },
        }
    }
}

struct Collect<'a, 't> {
    types: &'t Types,
    world: &'t World,
    abi: &'a Abi<'t>,
}

/// The scope whose items are looked at.
#[derive(Clone, Copy)]
struct Here<'t> {
    role: Role,
    key: InterfaceKey<'t>,
    owner: Owner,
    items: &'t IndexMap<ExternName, Item>,
}

impl<'t> Collect<'_, 't> {
    fn side(&self, role: Role, items: &'t IndexMap<ExternName, Item>) -> Vec<Interface<'t>> {
        let root = Here { role, key: InterfaceKey::Root, owner: Owner::World, items };
        let mut root = Interface {
            role,
            key: InterfaceKey::Root,
            instance: None,
            decl: &self.world.decl,
            types: self.types_of(root),
            funcs: self.funcs_of(root),
        };
        let mut interfaces = Vec::new();
        for (name, item) in items {
            if let ItemKind::Instance(id) = item.kind {
                let instance = self.types.instance(id);
                let key = key(name);
                let here = Here { role, key, owner: Owner::Instance(id), items: &instance.exports };
                interfaces.push(Interface {
                    role,
                    key,
                    instance: Some(id),
                    decl: &instance.decl,
                    types: self.types_of(here),
                    funcs: self.funcs_of(here),
                });
            }
        }
        if role == Role::Export {
            // A world's exported names for types are the imported ones.
            root.types.retain(|ty| self.declares(ty));
        }
        if !root.types.is_empty() || !root.funcs.is_empty() {
            interfaces.insert(0, root);
        }
        interfaces
    }

    fn declares(&self, ty: &NamedType<'_>) -> bool {
        !self.world.component.imports.contains_key(&ExternName::label(ty.name))
    }

    fn types_of(&self, here: Here<'t>) -> Vec<NamedType<'t>> {
        let mut out = Vec::new();
        for (name, item) in here.items {
            let ExternName::Label(name) = name else { continue };
            let kind = match item.kind {
                ItemKind::Type(ty) => self.named_value(here, name, ty),
                ItemKind::Resource(id) => self.named_resource(here, name, id),
                ItemKind::Func(_) | ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {
                    continue;
                }
            };
            out.push(NamedType { name, decl: &item.decl, kind });
        }
        out
    }

    fn named_value(&self, here: Here<'_>, name: &str, ty: ValType) -> NamedTypeKind {
        let ValType::Def(id) = ty else { return NamedTypeKind::Alias { id: None, target: ty } };
        let def = self.types.def(id);
        if def.owner != here.owner || def.name.as_deref() != Some(name) {
            return NamedTypeKind::Alias { id: None, target: ty };
        }
        self.declared(id)
    }

    fn declared(&self, id: TypeId) -> NamedTypeKind {
        match &self.types.def(id).kind {
            TypeKind::Record(_) | TypeKind::Variant(_) | TypeKind::Flags(_) | TypeKind::Enum(_) => {
                NamedTypeKind::Defined(id)
            }
            TypeKind::Alias(target) => NamedTypeKind::Alias { id: Some(id), target: *target },
            TypeKind::List(_)
            | TypeKind::FixedList(..)
            | TypeKind::Map(..)
            | TypeKind::Tuple(_)
            | TypeKind::Option(_)
            | TypeKind::Result { .. }
            | TypeKind::Own(_)
            | TypeKind::Borrow(_)
            | TypeKind::Stream(_)
            | TypeKind::Future(_) => NamedTypeKind::Alias { id: Some(id), target: ValType::Def(id) },
        }
    }

    fn named_resource(&self, here: Here<'_>, name: &str, id: ResourceId) -> NamedTypeKind {
        let resource = self.types.resource(id);
        if resource.owner == here.owner && resource.name == name {
            NamedTypeKind::Resource(id)
        } else {
            NamedTypeKind::ResourceAlias(id)
        }
    }

    fn funcs_of(&self, here: Here<'t>) -> Vec<Func<'t>> {
        let mut out = Vec::new();
        for (name, item) in here.items {
            let ItemKind::Func(id) = item.kind else { continue };
            let ty = self.types.func(id);
            let mode = if ty.async_ { Mode::Async } else { Mode::Sync };
            let form = Form::of(self.abi, here.role, here.key, name, ty, mode);
            let Form { call, core_module, core_name } = form;
            let kind = self.func_kind(here, name);
            out.push(Func { name, kind, ty, decl: &item.decl, mode, call, core_module, core_name });
        }
        out
    }

    fn func_kind(&self, here: Here<'_>, name: &ExternName) -> FuncKind {
        let resource = |label: &str| match here.items.get(&ExternName::label(label)).map(|item| item.kind) {
            Some(ItemKind::Resource(id)) => id,
            Some(
                ItemKind::Func(_)
                | ItemKind::Instance(_)
                | ItemKind::Type(_)
                | ItemKind::Component(_)
                | ItemKind::CoreModule(_),
            )
            | None => unreachable!("a function of a resource stands in the scope that declares the resource"),
        };
        match name {
            ExternName::Constructor(label) => FuncKind::Constructor(resource(label)),
            ExternName::Method(label, _) => FuncKind::Method(resource(label)),
            ExternName::Static(label, _) => FuncKind::Static(resource(label)),
            ExternName::Accessor(accessor) => match &accessor.of {
                AccessorOf::Scope => FuncKind::Free,
                AccessorOf::Method(label) => FuncKind::Method(resource(label)),
                AccessorOf::Static(label) => FuncKind::Static(resource(label)),
            },
            ExternName::Label(_) | ExternName::Interface(_) => FuncKind::Free,
        }
    }
}

fn key(name: &ExternName) -> InterfaceKey<'_> {
    match name {
        ExternName::Interface(name) => InterfaceKey::Name(name),
        ExternName::Label(label)
        | ExternName::Constructor(label)
        | ExternName::Method(_, label)
        | ExternName::Static(_, label) => InterfaceKey::Label(label),
        ExternName::Accessor(accessor) => InterfaceKey::Label(&accessor.name),
    }
}
