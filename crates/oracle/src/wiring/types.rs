//! Component types as text, with resources under the names that the world gives them.
//!
//! In: what the validator knows of the component. Out: text that is equal for equal types.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentValType, ResourceId,
};
use wasmparser::types::TypesRef;
use wasmparser::{ComponentValType as TypeUse, FuncType};

use super::component::Parsed;

/// Longer texts are cut, with a number that stands for all of them.
const LONGEST: usize = 160;

/// The types of a component and the names of its resources.
pub struct Names<'t> {
    pub types: TypesRef<'t>,
    /// In the order of the alphabet, imports first.
    resources: HashMap<ResourceId, Vec<String>>,
}

impl<'t> Names<'t> {
    pub fn new(types: TypesRef<'t>, root: &Parsed<'_>) -> Self {
        let mut names = Self { types, resources: HashMap::new() };
        for name in root.import_names() {
            if let Some(item) = types.component_item_for_import(name) {
                names.add(&item.full_name(name), &item.ty);
            }
        }
        for name in root.export_names() {
            if let Some(item) = types.component_item_for_export(name) {
                names.add(&format!("own {}", item.full_name(name)), &item.ty);
            }
        }
        names
    }

    fn add(&mut self, path: &str, ty: &ComponentEntityType) {
        match ty {
            ComponentEntityType::Type { referenced: ComponentAnyTypeId::Resource(id), .. } => {
                self.resources.entry(id.resource()).or_default().push(path.to_owned());
            }
            ComponentEntityType::Instance(id) => {
                let types = self.types;
                let mut exports: Vec<_> = types[*id].exports.iter().collect();
                exports.sort_by_key(|(name, _)| *name);
                for (name, item) in exports {
                    self.add(&format!("{path}.{name}"), &item.ty);
                }
            }
            _ => {}
        }
    }

    /// Takes away the names that the other component does not have, and from the other those that this one has not.
    pub fn keep_common(&mut self, other: &mut Self) {
        let all = |names: &Self| names.resources.values().flatten().cloned().collect::<HashSet<String>>();
        let (here, there) = (all(self), all(other));
        for (names, others) in [(self, &there), (other, &here)] {
            names.resources.values_mut().for_each(|names| names.retain(|name| others.contains(name)));
        }
    }

    /// The name of a resource that the type at this index of the root component is.
    pub fn resource_at(&self, index: u32) -> String {
        match self.types.component_any_type_at(index) {
            ComponentAnyTypeId::Resource(id) => self.resource(id.resource()),
            other => format!("{other:?}"),
        }
    }

    fn resource(&self, id: ResourceId) -> String {
        let name = self.resources.get(&id).and_then(|names| names.first());
        name.map_or("a resource that is neither imported nor exported", String::as_str).to_owned()
    }

    /// The type at this index of the root component.
    pub fn type_at(&self, index: u32) -> String {
        match self.types.component_any_type_at(index) {
            ComponentAnyTypeId::Defined(id) => shortened(self.defined(&self.types[id])),
            other => format!("{other:?}"),
        }
    }

    pub fn type_use(&self, ty: &TypeUse) -> String {
        match ty {
            TypeUse::Primitive(primitive) => primitive.to_string(),
            TypeUse::Type(index) => self.type_at(*index),
        }
    }

    pub fn core_func_type(&self, index: u32) -> Option<FuncType> {
        Some(self.types[self.types.core_function_at(index)].unwrap_func().clone())
    }

    fn value(&self, ty: &ComponentValType) -> String {
        match ty {
            ComponentValType::Primitive(primitive) => primitive.to_string(),
            ComponentValType::Type(id) => shortened(self.defined(&self.types[*id])),
        }
    }

    fn optional(&self, ty: Option<&ComponentValType>) -> String {
        ty.map_or_else(|| "_".to_owned(), |ty| self.value(ty))
    }

    fn named<'n, N: std::fmt::Display + 'n>(
        &self,
        parts: impl Iterator<Item = (&'n N, Option<&'n ComponentValType>)>,
    ) -> String {
        let parts: Vec<_> = parts.map(|(name, ty)| format!("{name}: {}", self.optional(ty))).collect();
        parts.join(", ")
    }

    fn defined(&self, ty: &ComponentDefinedType) -> String {
        match ty {
            ComponentDefinedType::Primitive(primitive) => primitive.to_string(),
            ComponentDefinedType::Record(record) => {
                format!("record{{{}}}", self.named(record.fields.iter().map(|(name, ty)| (name, Some(ty)))))
            }
            ComponentDefinedType::Variant(variant) => {
                let cases = variant.cases.iter().map(|(name, case)| (name, case.ty.as_ref()));
                format!("variant{{{}}}", self.named(cases))
            }
            ComponentDefinedType::List { element, .. } => format!("list<{}>", self.value(element)),
            ComponentDefinedType::Map { key, value, .. } => format!("map<{}, {}>", self.value(key), self.value(value)),
            ComponentDefinedType::FixedLengthList { element, length, .. } => {
                format!("list<{}, {length}>", self.value(element))
            }
            ComponentDefinedType::Tuple(tuple) => {
                let types: Vec<_> = tuple.types.iter().map(|ty| self.value(ty)).collect();
                format!("tuple<{}>", types.join(", "))
            }
            ComponentDefinedType::Flags(names) => format!("flags{names:?}"),
            ComponentDefinedType::Enum(names) => format!("enum{names:?}"),
            ComponentDefinedType::Option { ty, .. } => format!("option<{}>", self.value(ty)),
            ComponentDefinedType::Result { ok, err, .. } => {
                format!("result<{}, {}>", self.optional(ok.as_ref()), self.optional(err.as_ref()))
            }
            ComponentDefinedType::Own(id) => format!("own<{}>", self.resource(id.resource())),
            ComponentDefinedType::Borrow(id) => format!("borrow<{}>", self.resource(id.resource())),
            ComponentDefinedType::Future { ty, .. } => format!("future<{}>", self.optional(ty.as_ref())),
            ComponentDefinedType::Stream { ty, .. } => format!("stream<{}>", self.optional(ty.as_ref())),
        }
    }
}

/// A text, or its beginning and a number made of the whole.
fn shortened(text: String) -> String {
    if text.len() <= LONGEST {
        return text;
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let beginning: String = text.chars().take(LONGEST / 2).collect();
    format!("{beginning}…#{:016x}", hasher.finish())
}
