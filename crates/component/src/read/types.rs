//! The validator's types become `types`.
//!
//! In: what wasmparser knows of a valid component. Out: items of `types`.
//! Holds: a named type is the one that an import or export created; a later name for it is a type alias
//! owned by the scope that gives the name; the first name of a resource makes it, later ones are the same `ResourceId`.
//!
//! Specification: Component Model explainer, "Type Definitions", "Import and Export Definitions".

use std::collections::HashMap;

use ::types::value::LabelDecl;
use ::types::{
    Case, ComponentType, CoreItemType, CoreModuleType, Decl, ExternName, Field, FuncId, FuncType, InstanceId,
    InstanceType, InterfaceName, Item, ItemKind, Limits, Owner, Param, Resource, ResourceId, TypeDef, TypeId, TypeKind,
    Types, ValType,
};
use diag::{Diagnostics, Place};
use wasmparser::component_types::{
    AliasableResourceId, ComponentAnyTypeId, ComponentCoreModuleTypeId, ComponentDefinedType, ComponentDefinedTypeId,
    ComponentEntityType, ComponentFuncTypeId, ComponentInstanceTypeId, ComponentItem, ComponentTypeId,
    ComponentValType,
};
use wasmparser::types::{EntityType, TypesRef};
use wasmparser::{MemoryType, PrimitiveValType, TableType};

use super::Collected;

/// The validator shares types; written out, a small binary could fill any memory. Far above real components.
const MOST_ITEMS: usize = 100_000;
/// Bytes of labels that count as one item: each name of a type copies them.
const BYTES_AN_ITEM: usize = 256;

/// Turns the types of one binary into `types`.
pub(crate) struct TypeReader<'t, 'w> {
    types: &'t mut Types,
    file: &'t str,
    wasm: TypesRef<'w>,
    named: HashMap<ComponentDefinedTypeId, TypeId>,
    anonymous: HashMap<ComponentDefinedTypeId, ValType>,
    resources: HashMap<wasmparser::component_types::ResourceId, ResourceId>,
    /// The scope and name of every name of a resource.
    resource_names: HashMap<AliasableResourceId, (Owner, String)>,
    pub(crate) other_types: Vec<String>,
    /// Where the reader stands, in words: names from the root inwards.
    path: Vec<String>,
    items: usize,
}

impl<'t, 'w> TypeReader<'t, 'w> {
    pub(crate) fn new(types: &'t mut Types, file: &'t str, wasm: TypesRef<'w>) -> Self {
        Self {
            types,
            file,
            wasm,
            named: HashMap::new(),
            anonymous: HashMap::new(),
            resources: HashMap::new(),
            resource_names: HashMap::new(),
            other_types: Vec::new(),
            path: Vec::new(),
            items: 0,
        }
    }

    /// The same, with places that begin with `step`.
    pub(crate) fn below(mut self, step: &str) -> Self {
        self.path.push(step.to_owned());
        self
    }

    /// The type of the component itself.
    pub(crate) fn root(&mut self, collected: &Collected<'_>) -> diag::Result<ComponentType> {
        let mut component = ComponentType::default();
        for import in &collected.imports {
            let item = self.wasm.component_item_for_import(import.name.name);
            let item = item.expect("the validator knows every import of a valid component");
            if let Some((name, item)) = self.item("import", import.name.name, item, Owner::World)? {
                component.imports.insert(name, item);
            }
        }
        for export in &collected.exports {
            let item = self.wasm.component_item_for_export(export.name.name);
            let item = item.expect("the validator knows every export of a valid component");
            if let Some((name, item)) = self.item("export", export.name.name, item, Owner::World)? {
                component.exports.insert(name, item);
            }
        }
        Ok(component)
    }

    /// A component type. Its resources are its own, even if the same type was read before.
    pub(crate) fn component(&mut self, id: ComponentTypeId) -> diag::Result<ComponentType> {
        let wasm = self.wasm;
        let ty = &wasm[id];
        for (resource, _) in ty.imported_resources.iter().chain(&ty.defined_resources) {
            self.resources.remove(resource);
        }
        let mut component = ComponentType::default();
        for (name, item) in &ty.imports {
            if let Some((name, item)) = self.item("import", name, item, Owner::World)? {
                component.imports.insert(name, item);
            }
        }
        for (name, item) in &ty.exports {
            if let Some((name, item)) = self.item("export", name, item, Owner::World)? {
                component.exports.insert(name, item);
            }
        }
        Ok(component)
    }

    /// One import or export. `None` for a type that says nothing about values.
    pub(super) fn item(
        &mut self,
        verb: &str,
        name: &str,
        item: &ComponentItem,
        owner: Owner,
    ) -> diag::Result<Option<(ExternName, Item)>> {
        self.items += 1;
        if self.items > MOST_ITEMS {
            return Err(self.too_large());
        }
        let full = item.full_name(name);
        self.path.push(format!("{verb} `{full}`"));
        let place = self.place();
        let kind = self.item_kind(&full, item, owner)?;
        self.path.pop();
        let alias_of = self.resource_alias(name, item, owner);
        let decl = Decl {
            external_id: item.external_id.clone(),
            version_suffix: item.version_suffix.clone(),
            alias_of,
            place: Some(place),
            ..Decl::default()
        };
        let name = ExternName::parse(&full).unwrap_or_else(|| ExternName::label(&*full));
        Ok(kind.map(|kind| (name, Item { kind, decl })))
    }

    /// The scope and name that a resource under one more name was taken from; its new name is remembered.
    fn resource_alias(&mut self, name: &str, item: &ComponentItem, owner: Owner) -> Option<(Owner, String)> {
        let ComponentEntityType::Type {
            referenced: ComponentAnyTypeId::Resource(referenced),
            created: ComponentAnyTypeId::Resource(created),
        } = item.ty
        else {
            return None;
        };
        let alias_of = self.resource_names.get(&referenced).cloned();
        self.resource_names.insert(created, (owner, name.to_owned()));
        alias_of
    }

    fn item_kind(&mut self, name: &str, item: &ComponentItem, owner: Owner) -> diag::Result<Option<ItemKind>> {
        Ok(Some(match item.ty {
            ComponentEntityType::Module(id) => ItemKind::CoreModule(self.core_module(id)),
            ComponentEntityType::Func(id) => ItemKind::Func(self.func(id)),
            ComponentEntityType::Instance(id) => {
                let implements = item.full_implements();
                let interface = InterfaceName::parse(implements.as_deref().unwrap_or(name));
                ItemKind::Instance(self.instance(id, interface)?)
            }
            ComponentEntityType::Component(id) => {
                let component = self.component(id)?;
                ItemKind::Component(self.types.add_component(component))
            }
            ComponentEntityType::Type { referenced, created } => match (referenced, created) {
                (ComponentAnyTypeId::Resource(_), ComponentAnyTypeId::Resource(created)) => {
                    ItemKind::Resource(self.resource(created.resource(), Some(name), owner))
                }
                (ComponentAnyTypeId::Defined(referenced), ComponentAnyTypeId::Defined(created)) => {
                    ItemKind::Type(ValType::Def(self.named_type(name, referenced, created, owner)))
                }
                _ => {
                    self.other_types.push(self.path.join(", "));
                    return Ok(None);
                }
            },
            ComponentEntityType::Value(_) => return Err(self.unsupported_value()),
        }))
    }

    fn instance(&mut self, id: ComponentInstanceTypeId, interface: Option<InterfaceName>) -> diag::Result<InstanceId> {
        let wasm = self.wasm;
        let ty = &wasm[id];
        for resource in &ty.defined_resources {
            self.resources.remove(resource);
        }
        let decl = Decl { place: Some(self.place()), ..Decl::default() };
        let made = self.types.add_instance(InstanceType { id: interface, decl, ..InstanceType::default() });
        for (name, item) in &ty.exports {
            if let Some((name, item)) = self.item("export", name, item, Owner::Instance(made))? {
                self.types.instance_mut(made).exports.insert(name, item);
            }
        }
        Ok(made)
    }

    /// The resource of that identity; made when it is seen for the first time.
    fn resource(
        &mut self,
        id: wasmparser::component_types::ResourceId,
        name: Option<&str>,
        owner: Owner,
    ) -> ResourceId {
        if let Some(&known) = self.resources.get(&id) {
            return known;
        }
        let decl = Decl { place: Some(self.place()), ..Decl::default() };
        let made = self.types.add_resource(Resource { name: name.unwrap_or_default().to_owned(), owner, decl });
        self.resources.insert(id, made);
        made
    }

    /// A type under the name that an import or export gives it.
    fn named_type(
        &mut self,
        name: &str,
        referenced: ComponentDefinedTypeId,
        created: ComponentDefinedTypeId,
        owner: Owner,
    ) -> TypeId {
        let kind = match self.known(referenced) {
            Some(target) => TypeKind::Alias(ValType::Def(target)),
            None => self.structure(referenced),
        };
        self.items += text_of(&kind) / BYTES_AN_ITEM;
        let decl = Decl { place: Some(self.place()), ..Decl::default() };
        let made = self.types.add_type(TypeDef { name: Some(name.to_owned()), owner, kind, decl });
        if self.named.insert(created, made).is_some() {
            // Two imports share one instance type: what follows uses the names of the later one.
            self.anonymous.clear();
        }
        made
    }

    /// The named type that an id stands for, seen through the validator's aliases.
    fn known(&self, id: ComponentDefinedTypeId) -> Option<TypeId> {
        let mut at = Some(id);
        while let Some(id) = at {
            if let Some(&known) = self.named.get(&id) {
                return Some(known);
            }
            at = self.wasm.peel_alias(id);
        }
        None
    }

    fn val_type(&mut self, ty: ComponentValType) -> ValType {
        let id = match ty {
            ComponentValType::Primitive(primitive) => return primitive_type(primitive),
            ComponentValType::Type(id) => id,
        };
        if let Some(known) = self.known(id) {
            return ValType::Def(known);
        }
        if let Some(&known) = self.anonymous.get(&id) {
            return known;
        }
        let made = match self.structure(id) {
            TypeKind::Alias(target) => target,
            kind => ValType::Def(self.types.add_type(TypeDef {
                name: None,
                owner: Owner::Nothing,
                kind,
                decl: Decl { alias_of: self.handled_name(id), ..Decl::default() },
            })),
        };
        self.anonymous.insert(id, made);
        made
    }

    /// The scope and name by which a handle says its resource.
    fn handled_name(&self, id: ComponentDefinedTypeId) -> Option<(Owner, String)> {
        match &self.wasm[id] {
            ComponentDefinedType::Own(resource) | ComponentDefinedType::Borrow(resource) => {
                self.resource_names.get(resource).cloned()
            }
            _ => None,
        }
    }

    fn optional(&mut self, ty: Option<ComponentValType>) -> Option<ValType> {
        ty.map(|ty| self.val_type(ty))
    }

    /// What a definition consists of.
    fn structure(&mut self, id: ComponentDefinedTypeId) -> TypeKind {
        let wasm = self.wasm;
        match &wasm[id] {
            ComponentDefinedType::Primitive(primitive) => TypeKind::Alias(primitive_type(*primitive)),
            ComponentDefinedType::Record(record) => TypeKind::Record(
                record
                    .fields
                    .iter()
                    .map(|(name, ty)| Field { name: name.to_string(), ty: self.val_type(*ty), decl: Decl::default() })
                    .collect(),
            ),
            ComponentDefinedType::Variant(variant) => TypeKind::Variant(
                variant
                    .cases
                    .iter()
                    .map(|(name, case)| Case {
                        name: name.to_string(),
                        ty: self.optional(case.ty),
                        decl: Decl::default(),
                    })
                    .collect(),
            ),
            ComponentDefinedType::List { element, .. } => TypeKind::List(self.val_type(*element)),
            ComponentDefinedType::Map { key, value, .. } => TypeKind::Map(self.val_type(*key), self.val_type(*value)),
            ComponentDefinedType::FixedLengthList { element, length, .. } => {
                TypeKind::FixedList(self.val_type(*element), *length)
            }
            ComponentDefinedType::Tuple(tuple) => {
                TypeKind::Tuple(tuple.types.iter().map(|ty| self.val_type(*ty)).collect())
            }
            ComponentDefinedType::Flags(labels) => TypeKind::Flags(labels.iter().map(label).collect()),
            ComponentDefinedType::Enum(labels) => TypeKind::Enum(labels.iter().map(label).collect()),
            ComponentDefinedType::Option { ty, .. } => TypeKind::Option(self.val_type(*ty)),
            ComponentDefinedType::Result { ok, err, .. } => {
                TypeKind::Result { ok: self.optional(*ok), err: self.optional(*err) }
            }
            ComponentDefinedType::Own(id) => TypeKind::Own(self.resource(id.resource(), None, Owner::Nothing)),
            ComponentDefinedType::Borrow(id) => TypeKind::Borrow(self.resource(id.resource(), None, Owner::Nothing)),
            ComponentDefinedType::Future { ty, .. } => TypeKind::Future(self.optional(*ty)),
            ComponentDefinedType::Stream { ty, .. } => TypeKind::Stream(self.optional(*ty)),
        }
    }

    pub(super) fn func(&mut self, id: ComponentFuncTypeId) -> FuncId {
        let wasm = self.wasm;
        let ty = &wasm[id];
        let place = self.place();
        let params = ty
            .params
            .iter()
            .map(|(name, ty)| Param { name: name.to_string(), ty: self.val_type(*ty), place: Some(place.clone()) })
            .collect();
        let result = self.optional(ty.result);
        self.types.add_func(FuncType { async_: ty.async_, params, result })
    }

    fn core_module(&mut self, id: ComponentCoreModuleTypeId) -> ::types::CoreModuleTypeId {
        let wasm = self.wasm;
        let ty = &wasm[id];
        let mut module = CoreModuleType::default();
        for ((from, name), item) in &ty.imports {
            module.imports.push((from.clone(), name.clone(), core_item(wasm, *item)));
        }
        for (name, item) in &ty.exports {
            module.exports.push((name.clone(), core_item(wasm, *item)));
        }
        self.types.add_core_module(module)
    }

    fn place(&self) -> Place {
        Place::binary(self.file, self.path.join(", "))
    }

    fn too_large(&self) -> Diagnostics {
        diag::error("component/too-large", format!("the type of `{}` has more than {MOST_ITEMS} parts", self.file))
            .label(self.place(), "reading stopped here")
            .help("split the component")
            .into()
    }

    fn unsupported_value(&self) -> Diagnostics {
        diag::error("unsupported/component-value", "imports and exports of values are not supported")
            .label(self.place(), "this item is a value")
            .help("use a function that returns the value")
            .into()
    }
}

/// Bytes of the labels of a definition.
pub(crate) fn text_of(kind: &TypeKind) -> usize {
    match kind {
        TypeKind::Record(fields) => fields.iter().map(|field| field.name.len()).sum(),
        TypeKind::Variant(cases) => cases.iter().map(|case| case.name.len()).sum(),
        TypeKind::Flags(labels) | TypeKind::Enum(labels) => labels.iter().map(|label| label.name.len()).sum(),
        TypeKind::Tuple(_)
        | TypeKind::Alias(_)
        | TypeKind::List(_)
        | TypeKind::FixedList(..)
        | TypeKind::Map(..)
        | TypeKind::Option(_)
        | TypeKind::Result { .. }
        | TypeKind::Own(_)
        | TypeKind::Borrow(_)
        | TypeKind::Stream(_)
        | TypeKind::Future(_) => 0,
    }
}

fn label(name: &wasmparser::names::KebabString) -> LabelDecl {
    LabelDecl { name: name.to_string(), decl: Decl::default() }
}

pub(crate) fn primitive_type(primitive: PrimitiveValType) -> ValType {
    match primitive {
        PrimitiveValType::Bool => ValType::Bool,
        PrimitiveValType::U8 => ValType::U8,
        PrimitiveValType::S8 => ValType::S8,
        PrimitiveValType::U16 => ValType::U16,
        PrimitiveValType::S16 => ValType::S16,
        PrimitiveValType::U32 => ValType::U32,
        PrimitiveValType::S32 => ValType::S32,
        PrimitiveValType::U64 => ValType::U64,
        PrimitiveValType::S64 => ValType::S64,
        PrimitiveValType::F32 => ValType::F32,
        PrimitiveValType::F64 => ValType::F64,
        PrimitiveValType::Char => ValType::Char,
        PrimitiveValType::String => ValType::String,
        PrimitiveValType::ErrorContext => ValType::ErrorContext,
    }
}

/// A core item's type: enough to compare and to show.
fn core_item(wasm: TypesRef<'_>, item: EntityType) -> CoreItemType {
    let (text, limits) = match item {
        EntityType::Func(id) | EntityType::FuncExact(id) => (format!("(func {})", wasm[id]), None),
        EntityType::Table(TableType { element_type, table64, initial, maximum, shared }) => {
            let words = [(table64, " i64"), (shared, " shared")].map(|(is, word)| if is { word } else { "" }).concat();
            (format!("(table {element_type}{words})"), Some(Limits { min: initial, max: maximum }))
        }
        EntityType::Memory(MemoryType { memory64, shared, initial, maximum, page_size_log2 }) => {
            let words = [(memory64, " i64"), (shared, " shared")].map(|(is, word)| if is { word } else { "" }).concat();
            let page = page_size_log2.map(|log| format!(" (pagesize {})", 1_u64 << log)).unwrap_or_default();
            (format!("(memory{words}{page})"), Some(Limits { min: initial, max: maximum }))
        }
        EntityType::Global(global) => (format!("(global {global:?})"), None),
        EntityType::Tag(id) => (format!("(tag {})", wasm[id]), None),
    };
    CoreItemType { text, limits }
}
