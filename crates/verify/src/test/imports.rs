//! What a component imports and can be mocked.
//!
//! In: a compiled component. Out: its imported functions and resources, by the names that mocks give them.
//! Holds: an interface is found whole, without its version, by another version of its track, or by its last part.

use std::sync::Arc;

use types::{ExternName, InterfaceName};
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, ResourceType};

use crate::session::exports::{self, Exports};

/// The imports of a component.
pub(crate) struct Imports {
    pub(crate) funcs: Vec<ImportedFunc>,
    pub(crate) resources: Vec<ImportedResource>,
    /// The names of resources, for what is said of types.
    pub(crate) names: Arc<Exports>,
}

/// An imported function.
pub(crate) struct ImportedFunc {
    pub(crate) interface: Option<String>,
    /// As in the binary: `get`, `[method]bucket.get`.
    pub(crate) name: String,
    pub(crate) ty: ComponentFunc,
}

/// An imported resource.
pub(crate) struct ImportedResource {
    pub(crate) interface: Option<String>,
    pub(crate) name: String,
    pub(crate) ty: ResourceType,
}

/// Collects what is imported.
pub(crate) fn imports(component: &Component) -> Imports {
    let engine = component.engine();
    let names = Arc::new(exports::exports(component));
    let mut found = Imports { funcs: Vec::new(), resources: Vec::new(), names };
    for (name, import) in component.component_type().imports(engine) {
        match import.ty {
            ComponentItem::ComponentInstance(instance) => {
                for (inner, export) in instance.exports(engine) {
                    found.take(Some(name), inner, export.ty);
                }
            }
            item => found.take(None, name, item),
        }
    }
    found
}

impl Imports {
    fn take(&mut self, interface: Option<&str>, name: &str, item: ComponentItem) {
        let (interface, name) = (interface.map(str::to_owned), name.to_owned());
        match item {
            ComponentItem::ComponentFunc(ty) => self.funcs.push(ImportedFunc { interface, name, ty }),
            ComponentItem::Resource(ty) => self.resources.push(ImportedResource { interface, name, ty }),
            _ => {}
        }
    }

    /// The imported interfaces that `wanted` may mean.
    pub(crate) fn interfaces(&self, wanted: &str) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        let all = self.all_interfaces();
        if all.contains(&wanted) {
            return all.into_iter().filter(|known| *known == wanted).collect();
        }
        for known in all {
            if is_meant(wanted, known) {
                found.push(known);
            }
        }
        found
    }

    /// All imported interfaces that have a function or a resource.
    pub(crate) fn all_interfaces(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        let named = self.funcs.iter().map(|func| &func.interface);
        for interface in named.chain(self.resources.iter().map(|resource| &resource.interface)).flatten() {
            if !all.contains(&interface.as_str()) {
                all.push(interface);
            }
        }
        all
    }

    /// The functions of an interface, or those without one.
    pub(crate) fn of(&self, interface: Option<&str>) -> impl Iterator<Item = &ImportedFunc> {
        self.funcs.iter().filter(move |func| func.interface.as_deref() == interface)
    }

    /// The function that a mock spells `get`, `new bucket` or `bucket.get`, or by its name in the binary.
    pub(crate) fn func(&self, interface: Option<&str>, spelled: &str) -> Option<&ImportedFunc> {
        self.of(interface).find(|func| func.name == spelled || spelling(&func.name) == spelled)
    }
}

/// Whether `wanted` names the interface `known` less than whole.
fn is_meant(wanted: &str, known: &str) -> bool {
    let Some(parsed) = InterfaceName::parse(known) else { return wanted == known };
    match InterfaceName::parse(wanted) {
        Some(wanted) if wanted.package.version.is_none() => {
            wanted.interface == parsed.interface
                && wanted.package.name == parsed.package.name
                && wanted.package.namespace == parsed.package.namespace
        }
        Some(wanted) => wanted.same_track(&parsed),
        None => wanted == parsed.interface,
    }
}

/// A function as a mock spells it.
pub(crate) fn spelling(name: &str) -> String {
    match ExternName::parse(name) {
        Some(ExternName::Constructor(resource)) => format!("new {resource}"),
        Some(ExternName::Method(resource, name) | ExternName::Static(resource, name)) => format!("{resource}.{name}"),
        Some(ExternName::Label(_) | ExternName::Accessor(_) | ExternName::Interface(_)) | None => name.to_owned(),
    }
}
