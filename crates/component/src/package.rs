//! A WIT package as a component whose exports are types: one for each interface and each world.
//!
//! In: the package's items as component types, and what the format keeps beside them (documentation, gates).
//! Out: the bytes that WIT tools everywhere read.
//! Holds: an interface imports the types of every interface that it uses, itself or through others, and no functions;
//! a world stands inside a wrapper, so that what it imports is its own.
//!
//! ```wat
//! (component
//!   (type (component                                          ;; an interface that uses another
//!     (import "ns:pkg/types" (instance (export "t" (type (sub resource)))))
//!     (export "ns:pkg/api" (instance ..))))
//!   (export "api" (type 0))
//!   (type (component (export "ns:pkg/app" (component ..))))   ;; a world in its wrapper
//!   (export "app" (type 1))
//!   (@custom "package-docs" ..))
//! ```
//!
//! Specification: "WIT", "Package Format".

use ::types::{ComponentType, ExternName, InterfaceName, Item, ItemKind, PackageName, Types};
use diag::Place;
use wasm::Producers;

use crate::emit::{EmitOptions, emit};
use crate::plan::{Declared, ItemType, Plan, ROOT, TypeRef};

/// A package that becomes a binary.
#[derive(Clone, Debug)]
pub struct Package {
    pub name: PackageName,
    pub items: Vec<PackageItem>,
    /// Custom sections by name: documentation, gates and their like, in the form that readers know.
    pub customs: Vec<(String, Vec<u8>)>,
}

/// One interface or world of a package.
#[derive(Clone, Debug)]
pub struct PackageItem {
    /// The name in the package.
    pub name: String,
    pub kind: PackageItemKind,
    /// An interface: imports what it uses, exports itself. A world: its imports and exports.
    pub component: ComponentType,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageItemKind {
    Interface,
    World,
}

/// The bytes of a package.
///
/// # Errors
///
/// What the format of components cannot say; `encode/invalid-output` for a package beyond its limits.
pub fn encode(types: &Types, package: &Package) -> diag::Result<Vec<u8>> {
    let mut plan = Plan::new();
    for item in &package.items {
        let ty = match item.kind {
            PackageItemKind::Interface => interface_type(types, &mut plan, &item.component)?,
            PackageItemKind::World => {
                let name = InterfaceName { package: package.name.clone(), interface: item.name.clone() };
                world_type(types, &mut plan, &name, &item.component)?
            }
        };
        plan.export_type(item.name.as_str(), ty);
    }
    for (name, data) in &package.customs {
        plan.custom(name, data.as_slice());
    }
    let mut producers = Producers::default();
    producers.add("processed-by", "withe", env!("CARGO_PKG_VERSION"));
    plan.custom("producers", producers.emit());
    let bytes = emit(&plan, EmitOptions::default());
    match wasm::validate(&bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(beyond_limits(&package.name, error.message()).into()),
    }
}

/// An interface as a type of the root scope: what `component` exports, below the types of all that it imports.
///
/// # Errors
///
/// What the format of components cannot say.
pub fn interface_type(types: &Types, plan: &mut Plan<'_>, component: &ComponentType) -> diag::Result<TypeRef> {
    let mut declared = Declared::new(types);
    let scope = plan.open_component_type(ROOT);
    for (name, item) in &component.imports {
        declared.import(plan, scope, name, item, &is_type)?;
    }
    for (name, item) in &component.exports {
        declared.declare_export(plan, scope, name, item)?;
    }
    Ok(plan.close(scope))
}

/// A world in its wrapper, as a type of the root scope.
///
/// # Errors
///
/// What the format of components cannot say.
pub fn world_type(
    types: &Types,
    plan: &mut Plan<'_>,
    name: &InterfaceName,
    component: &ComponentType,
) -> diag::Result<TypeRef> {
    let wrapper = plan.open_component_type(ROOT);
    let inner = Declared::new(types).component_type(plan, wrapper, component)?;
    plan.declare_export(wrapper, name.to_string(), ItemType::Component(inner));
    Ok(plan.close(wrapper))
}

fn is_type(_: &ExternName, item: &Item) -> bool {
    match item.kind {
        ItemKind::Type(_) | ItemKind::Resource(_) => true,
        ItemKind::Func(_) | ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => false,
    }
}

fn beyond_limits(package: &PackageName, message: &str) -> diag::Diagnostic {
    diag::error("encode/invalid-output", format!("`{package}` as a package in wasm is not valid"))
        .label(Place::file(package.to_string()), message)
        .help("make the names and types of the package smaller, if a limit is named; else report it as a bug in withe")
}
