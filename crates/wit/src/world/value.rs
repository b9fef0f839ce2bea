//! Types as definitions.
//!
//! In: one of wit-parser's types and the scope that mentions it. Out: a `ValType`, or a resource.
//! Holds: a type's parts are added before it; a `use` is an alias owned by the using scope;
//! a `use`d resource is the same resource under one more name.

use types::value::LabelDecl;
use types::{Case, Decl, ExternName, Field, Item, ItemKind, Owner, Resource, ResourceId, TypeDef, TypeKind, ValType};
use wit_parser::{Handle, Type, TypeDefKind, TypeId, TypeOwner};

use super::{Convert, Mapped, Scope, Side};

impl Convert<'_> {
    pub(super) fn value(&mut self, side: Side, scope: &mut Scope, ty: &Type) -> ValType {
        match ty {
            Type::Bool => ValType::Bool,
            Type::U8 => ValType::U8,
            Type::U16 => ValType::U16,
            Type::U32 => ValType::U32,
            Type::U64 => ValType::U64,
            Type::S8 => ValType::S8,
            Type::S16 => ValType::S16,
            Type::S32 => ValType::S32,
            Type::S64 => ValType::S64,
            Type::F32 => ValType::F32,
            Type::F64 => ValType::F64,
            Type::Char => ValType::Char,
            Type::String => ValType::String,
            Type::ErrorContext => ValType::ErrorContext,
            Type::Id(id) => match self.mapped(side, scope, *id) {
                Mapped::Value(value) => value,
                Mapped::Resource(resource) => self.handle(side, scope, *id, resource),
            },
        }
    }

    /// What a named type of an interface or world is, seen as an item of its scope.
    pub(super) fn named_type(&mut self, side: Side, scope: &mut Scope, id: TypeId) -> Item {
        let def = &self.package.resolve.types[id];
        let decl = self.decl(&def.docs, &def.stability, def.external_id.as_deref(), def.span);
        let mapped = self.mapped(side, scope, id);
        self.item_of(side, scope, id, mapped, decl)
    }

    fn item_of(&self, side: Side, scope: &Scope, id: TypeId, mapped: Mapped, decl: Decl) -> Item {
        match mapped {
            Mapped::Value(value) => Item { kind: ItemKind::Type(value), decl },
            Mapped::Resource(resource) => {
                let alias_of = self.alias_of(side, scope, id);
                Item { kind: ItemKind::Resource(resource), decl: Decl { alias_of, ..decl } }
            }
        }
    }

    /// The scope and name that a resource under one more name is taken from.
    fn alias_of(&self, side: Side, scope: &Scope, id: TypeId) -> Option<(Owner, String)> {
        let TypeDefKind::Type(Type::Id(target)) = self.package.resolve.types[id].kind else { return None };
        self.name_in(side, scope, target)
    }

    /// The scope that declares a type, and its name there.
    fn name_in(&self, side: Side, scope: &Scope, target: TypeId) -> Option<(Owner, String)> {
        let types = &self.package.resolve.types;
        let owner = match types[target].owner {
            TypeOwner::Interface(owner) if scope.interface != Some(owner) => {
                let scopes = if self.home(side, owner) == Side::Export { &self.exports } else { &self.imports };
                Owner::Instance(scopes.get(&owner)?.instance?)
            }
            TypeOwner::Interface(_) | TypeOwner::World(_) | TypeOwner::None => Self::owner(scope),
        };
        Some((owner, types[target].name.clone()?))
    }

    /// What a type is in this scope: found, or made together with everything it needs.
    fn mapped(&mut self, side: Side, scope: &mut Scope, id: TypeId) -> Mapped {
        if let Some(mapped) = scope.types.get(&id) {
            return *mapped;
        }
        if let Some(mapped) = self.foreign(side, scope, id) {
            return mapped;
        }
        let mapped = self.define(side, scope, id);
        scope.types.insert(id, mapped);
        self.export_if_named(side, scope, id, mapped);
        mapped
    }

    /// A type that another interface declares; `None` if this scope does, or nobody.
    fn foreign(&mut self, side: Side, scope: &Scope, id: TypeId) -> Option<Mapped> {
        let package = self.package;
        let TypeOwner::Interface(owner) = package.resolve.types[id].owner else { return None };
        if scope.interface == Some(owner) {
            return None;
        }
        let home = self.home(side, owner);
        self.shared_instance(side, owner);
        let scopes = self.scopes(home);
        scopes.get(&owner).and_then(|scope| scope.types.get(&id)).copied()
    }

    /// Puts a named type into its instance when something needs it, so that types come before what uses them.
    fn export_if_named(&mut self, side: Side, scope: &Scope, id: TypeId, mapped: Mapped) {
        let (Some(instance), Some(name)) = (scope.instance, &self.package.resolve.types[id].name) else { return };
        let def = &self.package.resolve.types[id];
        let decl = self.decl(&def.docs, &def.stability, def.external_id.as_deref(), def.span);
        let item = self.item_of(side, scope, id, mapped, decl);
        self.types.instance_mut(instance).exports.insert(ExternName::label(name.clone()), item);
    }

    fn define(&mut self, side: Side, scope: &mut Scope, id: TypeId) -> Mapped {
        let package = self.package;
        let def = &package.resolve.types[id];
        let kind = match &def.kind {
            TypeDefKind::Resource => return Mapped::Resource(self.resource(scope, id)),
            TypeDefKind::Type(Type::Id(target)) => match self.mapped(side, scope, *target) {
                Mapped::Resource(resource) => return Mapped::Resource(resource),
                Mapped::Value(value) => TypeKind::Alias(value),
            },
            TypeDefKind::Type(primitive) => TypeKind::Alias(self.value(side, scope, primitive)),
            other => self.kind(side, scope, other),
        };
        let owner = if def.name.is_some() { Self::owner(scope) } else { Owner::Nothing };
        let mut decl = self.decl(&def.docs, &def.stability, def.external_id.as_deref(), def.span);
        if let TypeDefKind::Handle(Handle::Own(resource) | Handle::Borrow(resource)) = def.kind {
            decl.alias_of = self.name_in(side, scope, resource);
        }
        Mapped::Value(ValType::Def(self.types.add_type(TypeDef { name: def.name.clone(), owner, kind, decl })))
    }

    fn kind(&mut self, side: Side, scope: &mut Scope, kind: &TypeDefKind) -> TypeKind {
        match kind {
            TypeDefKind::Record(record) => TypeKind::Record(self.fields(side, scope, record)),
            TypeDefKind::Variant(variant) => TypeKind::Variant(self.cases(side, scope, variant)),
            TypeDefKind::Flags(flags) => {
                TypeKind::Flags(flags.flags.iter().map(|flag| self.label(&flag.name, &flag.docs, flag.span)).collect())
            }
            TypeDefKind::Enum(cases) => {
                TypeKind::Enum(cases.cases.iter().map(|case| self.label(&case.name, &case.docs, case.span)).collect())
            }
            TypeDefKind::Tuple(tuple) => {
                TypeKind::Tuple(tuple.types.iter().map(|part| self.value(side, scope, part)).collect())
            }
            TypeDefKind::List(element) => TypeKind::List(self.value(side, scope, element)),
            TypeDefKind::FixedLengthList(element, len) => TypeKind::FixedList(self.value(side, scope, element), *len),
            TypeDefKind::Map(key, value) => {
                let key = self.value(side, scope, key);
                TypeKind::Map(key, self.value(side, scope, value))
            }
            TypeDefKind::Option(some) => TypeKind::Option(self.value(side, scope, some)),
            TypeDefKind::Result(result) => {
                let ok = self.optional(side, scope, result.ok.as_ref());
                TypeKind::Result { ok, err: self.optional(side, scope, result.err.as_ref()) }
            }
            TypeDefKind::Future(payload) => TypeKind::Future(self.optional(side, scope, payload.as_ref())),
            TypeDefKind::Stream(payload) => TypeKind::Stream(self.optional(side, scope, payload.as_ref())),
            TypeDefKind::Handle(Handle::Own(id)) => TypeKind::Own(self.handled(side, scope, *id)),
            TypeDefKind::Handle(Handle::Borrow(id)) => TypeKind::Borrow(self.handled(side, scope, *id)),
            TypeDefKind::Resource | TypeDefKind::Type(_) => unreachable!("`define` has dealt with names of types"),
            TypeDefKind::Unknown => unreachable!("a resolved package has no unknown types"),
        }
    }

    fn optional(&mut self, side: Side, scope: &mut Scope, ty: Option<&Type>) -> Option<ValType> {
        ty.map(|ty| self.value(side, scope, ty))
    }

    fn fields(&mut self, side: Side, scope: &mut Scope, record: &wit_parser::Record) -> Vec<Field> {
        let mut fields = Vec::with_capacity(record.fields.len());
        for field in &record.fields {
            let ty = self.value(side, scope, &field.ty);
            fields.push(Field { name: field.name.clone(), ty, decl: self.part(&field.docs, field.span) });
        }
        fields
    }

    fn cases(&mut self, side: Side, scope: &mut Scope, variant: &wit_parser::Variant) -> Vec<Case> {
        let mut cases = Vec::with_capacity(variant.cases.len());
        for case in &variant.cases {
            let ty = self.optional(side, scope, case.ty.as_ref());
            cases.push(Case { name: case.name.clone(), ty, decl: self.part(&case.docs, case.span) });
        }
        cases
    }

    fn label(&self, name: &str, docs: &wit_parser::Docs, span: wit_parser::Span) -> LabelDecl {
        LabelDecl { name: name.to_owned(), decl: self.part(docs, span) }
    }

    /// The declaration of a field, case or flag, which has no gates of its own.
    fn part(&self, docs: &wit_parser::Docs, span: wit_parser::Span) -> Decl {
        self.decl(docs, &wit_parser::Stability::Unknown, None, span)
    }

    fn resource(&mut self, scope: &Scope, id: TypeId) -> ResourceId {
        let def = &self.package.resolve.types[id];
        let name = def.name.clone().expect("a resource has a name");
        let decl = self.decl(&def.docs, &def.stability, def.external_id.as_deref(), def.span);
        self.types.add_resource(Resource { name, owner: Self::owner(scope), decl })
    }

    /// The resource of a handle.
    fn handled(&mut self, side: Side, scope: &mut Scope, id: TypeId) -> ResourceId {
        match self.mapped(side, scope, id) {
            Mapped::Resource(resource) => resource,
            Mapped::Value(_) => unreachable!("wit-parser checks that a handle is one to a resource"),
        }
    }

    /// A resource where a value is wanted: WIT's short form of `own`.
    fn handle(&mut self, side: Side, scope: &Scope, id: TypeId, resource: ResourceId) -> ValType {
        let decl = Decl { alias_of: self.name_in(side, scope, id), ..Decl::default() };
        let def = TypeDef { name: None, owner: Owner::Nothing, kind: TypeKind::Own(resource), decl };
        ValType::Def(self.types.add_type(def))
    }
}
