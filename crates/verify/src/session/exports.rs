//! What a component exports that can be called.
//!
//! In: a compiled component. Out: its functions, with the interface each stands in, and its resources.

use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, ComponentExportIndex, ResourceType};

use types::{ExternName, InterfaceName};

/// The functions and resources of a component's exports.
pub(crate) struct Exports {
    pub(crate) funcs: Vec<Callable>,
    pub(crate) resources: Vec<ExportedResource>,
    /// Resources of imports, by which handles are told.
    pub(crate) imported: Vec<(ResourceType, String)>,
}

/// An exported function.
pub(crate) struct Callable {
    /// The exported interface that it stands in; `None` at the root.
    pub(crate) interface: Option<String>,
    /// As in the binary: `add`, `[method]counter.inc`.
    pub(crate) name: String,
    pub(crate) ty: ComponentFunc,
    pub(crate) index: ComponentExportIndex,
}

/// A resource under one of its exported names.
pub(crate) struct ExportedResource {
    pub(crate) interface: Option<String>,
    pub(crate) name: String,
    pub(crate) ty: ResourceType,
}

/// Collects the exports of the root and of the instances at the root.
pub(crate) fn exports(component: &Component) -> Exports {
    let engine = component.engine();
    let mut found = Exports { funcs: Vec::new(), resources: Vec::new(), imported: imported(component) };
    for (name, export) in component.component_type().exports(engine) {
        match export.ty {
            ComponentItem::ComponentInstance(instance) => {
                let Some(scope) = component.get_export_index(None, name) else { continue };
                for (inner, export) in instance.exports(engine) {
                    found.take(component, Some((name, &scope)), inner, export.ty);
                }
            }
            item => found.take(component, None, name, item),
        }
    }
    found
}

/// The resources that a component imports.
fn imported(component: &Component) -> Vec<(ResourceType, String)> {
    let engine = component.engine();
    let mut found = Vec::new();
    for (name, import) in component.component_type().imports(engine) {
        match import.ty {
            ComponentItem::Resource(resource) => found.push((resource, name.to_owned())),
            ComponentItem::ComponentInstance(instance) => {
                for (inner, export) in instance.exports(engine) {
                    if let ComponentItem::Resource(resource) = export.ty {
                        found.push((resource, inner.to_owned()));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// The functions that a component imports, with the interface of each.
pub(crate) fn imported_funcs(component: &Component) -> Vec<(Option<String>, String, ComponentFunc)> {
    let engine = component.engine();
    let mut found = Vec::new();
    for (name, import) in component.component_type().imports(engine) {
        match import.ty {
            ComponentItem::ComponentFunc(func) => found.push((None, name.to_owned(), func)),
            ComponentItem::ComponentInstance(instance) => {
                for (inner, export) in instance.exports(engine) {
                    if let ComponentItem::ComponentFunc(func) = export.ty {
                        found.push((Some(name.to_owned()), inner.to_owned(), func));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

impl Exports {
    fn take(
        &mut self,
        component: &Component,
        scope: Option<(&str, &ComponentExportIndex)>,
        name: &str,
        item: ComponentItem,
    ) {
        let interface = scope.map(|(interface, _)| interface.to_owned());
        match item {
            ComponentItem::ComponentFunc(ty) => {
                if let Some(index) = component.get_export_index(scope.map(|(_, index)| index), name) {
                    self.funcs.push(Callable { interface, name: name.to_owned(), ty, index });
                }
            }
            ComponentItem::Resource(ty) => {
                self.resources.push(ExportedResource { interface, name: name.to_owned(), ty });
            }
            _ => {}
        }
    }

    /// The functions with the given name in the binary, in the interface if one is given.
    pub(crate) fn named(&self, interface: Option<&str>, name: &str) -> Vec<&Callable> {
        self.funcs
            .iter()
            .filter(|func| func.name == name && interface.is_none_or(|wanted| func.stands_in(wanted)))
            .collect()
    }

    /// The methods of a resource with the given name, under every name that the resource has.
    pub(crate) fn methods(&self, resource: ResourceType, method: &str) -> Vec<&Callable> {
        let owners = self.resources.iter().filter(|exported| exported.ty == resource);
        owners
            .flat_map(|owner| {
                let name = format!("[method]{}.{method}", owner.name);
                self.funcs.iter().filter(move |func| func.name == name && func.interface == owner.interface)
            })
            .collect()
    }

    /// A resource's exported name.
    pub(crate) fn resource_name(&self, resource: ResourceType) -> &str {
        let exported = self.resources.iter().filter(|exported| exported.ty == resource).map(|exported| &exported.name);
        let imported = self.imported.iter().filter(|(known, _)| *known == resource).map(|(_, name)| name);
        exported.chain(imported).next().map_or("resource", String::as_str)
    }
}

impl Callable {
    /// Whether `wanted` names this function's interface: whole, without version, by another version of the track,
    /// or by its last part.
    fn stands_in(&self, wanted: &str) -> bool {
        let Some(interface) = &self.interface else { return false };
        if interface == wanted {
            return true;
        }
        let Some(parsed) = InterfaceName::parse(interface) else { return false };
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

    /// As an expression calls it, without its interface: `add`, `new counter`, `counter.make`.
    pub(crate) fn spelling(&self) -> String {
        match ExternName::parse(&self.name) {
            Some(ExternName::Constructor(resource)) => format!("new {resource}"),
            Some(ExternName::Method(resource, name) | ExternName::Static(resource, name)) => {
                format!("{resource}.{name}")
            }
            Some(ExternName::Label(_) | ExternName::Accessor(_) | ExternName::Interface(_)) | None => self.name.clone(),
        }
    }

    /// As an expression calls it without doubt: `local:calc/ops@1.2.0#add`.
    pub(crate) fn full_spelling(&self) -> String {
        let Some(interface) = &self.interface else { return self.spelling() };
        match self.spelling().strip_prefix("new ") {
            Some(resource) => format!("new {interface}#{resource}"),
            None => format!("{interface}#{}", self.spelling()),
        }
    }
}
