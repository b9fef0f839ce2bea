//! A component that may be a composition: its type, its structure, and the types that it exports of its own.
//!
//! In: untrusted bytes. Out: `Composition`, for who turns it into a graph.
//! Holds: everything but the bodies of core functions is validated.
//!
//! Specification: Component Model explainer, "Component Definitions".

use ::types::{ComponentType, FuncId, Types};
use indexmap::IndexMap;
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};

use super::{Component, TypeReader, check_kind, collect, invalid};
use crate::plan::Plan;
use crate::read::structure;

/// A component with the steps that make it.
#[derive(Clone, Debug)]
pub struct Composition<'a> {
    pub component: Component<'a>,
    /// None for what a plan cannot say.
    pub plan: Option<Plan<'a>>,
    /// Exported types that are no types of values, by the names of their exports.
    pub types: IndexMap<String, TypeExport>,
    /// Where else the component imports or exports such types, in words.
    pub other_types: Vec<String>,
}

/// A type that says nothing about values, as a component exports it.
#[derive(Clone, Debug)]
pub enum TypeExport {
    Func(FuncId),
    /// An interface or a world, as a component type.
    Component(ComponentType),
}

/// Reads a component with its structure.
///
/// # Errors
/// As `read`.
pub fn read_composition<'a>(types: &mut Types, file: &str, bytes: &'a [u8]) -> diag::Result<Composition<'a>> {
    check_kind(file, bytes)?;
    let collected = collect(bytes).map_err(|error| invalid(file, &error))?;
    let wasm = collected.types.as_ref();
    let mut reader = TypeReader::new(types, file, wasm);
    let ty = reader.root(&collected)?;
    let mut exported = IndexMap::new();
    let entity = |name: &str| wasm.component_item_for_export(name).map(|item| item.ty);
    let created = |name| match entity(name)? {
        ComponentEntityType::Type { created, .. } => Some(created),
        _ => None,
    };
    for name in collected.exports.iter().map(|export| export.name.name) {
        if let Some(ComponentAnyTypeId::Func(id)) = created(name) {
            exported.insert(name.to_owned(), TypeExport::Func(reader.func(id)));
        }
    }
    // Last, since a component type gives the types that it shares names of its own.
    for name in collected.exports.iter().map(|export| export.name.name) {
        if let Some(ComponentAnyTypeId::Component(id)) = created(name) {
            exported.insert(name.to_owned(), TypeExport::Component(reader.component(id)?));
        }
    }
    let words: Vec<String> = exported.keys().map(|name| format!("export `{name}`")).collect();
    let all_other_types = std::mem::take(&mut reader.other_types);
    let other_types = all_other_types.iter().filter(|path| !words.contains(path)).cloned().collect();
    let component = Component::new(file, bytes, ty, collected.customs, all_other_types);
    Ok(Composition { component, plan: structure(bytes), types: exported, other_types })
}
