//! Stand-ins for imports that nothing satisfies.
//!
//! In: an import's type. Out: definitions in the linker: functions that trap when they are called, resources that
//! nobody can make.
//! Holds: a resource that the component has met before under another name is not defined again: it is that one.

use diag::{Diagnostic, Place};
use wasmtime::component::types::{ComponentFunc, ComponentInstance, ComponentItem};
use wasmtime::component::{Linker, LinkerInstance, ResourceType};
use wasmtime::{Engine, Error};

use crate::host::Host;

/// The resources that the component's imports have named so far.
#[derive(Default)]
pub(crate) struct Resources(Vec<ResourceType>);

impl Resources {
    /// Notes the resources of an import that is provided.
    pub(crate) fn meet(&mut self, engine: &Engine, item: &ComponentItem) {
        match item {
            ComponentItem::Resource(resource) => self.0.push(*resource),
            ComponentItem::ComponentInstance(instance) => {
                for (_, export) in instance.exports(engine) {
                    self.meet(engine, &export.ty);
                }
            }
            _ => {}
        }
    }

    /// Whether this is the first time that the resource is named.
    fn is_new(&mut self, resource: ResourceType) -> bool {
        let new = !self.0.contains(&resource);
        self.0.push(resource);
        new
    }
}

/// Defines an import. Fails for what has no stand-in.
pub(crate) fn define(
    linker: &mut Linker<Host>,
    file: &str,
    name: &str,
    item: &ComponentItem,
    resources: &mut Resources,
) -> Result<(), Diagnostic> {
    let engine = linker.engine().clone();
    let defined = match item {
        ComponentItem::ComponentInstance(instance) => define_instance(linker, &engine, name, instance, resources),
        item => define_item(&mut linker.root(), name, name.to_owned(), item, resources),
    };
    defined.map_err(|error| {
        diag::error("run/cannot-stub", format!("the import `{name}` cannot be replaced by a trap"))
            .label(Place::binary(file, format!("import `{name}`")), error.to_string())
            .help("satisfy it with `withe plug`")
    })
}

fn define_instance(
    linker: &mut Linker<Host>,
    engine: &Engine,
    name: &str,
    instance: &ComponentInstance,
    resources: &mut Resources,
) -> wasmtime::Result<()> {
    let mut scope = linker.instance(name)?;
    for (inner, export) in instance.exports(engine) {
        define_item(&mut scope, inner, format!("{name}#{inner}"), &export.ty, resources)?;
    }
    Ok(())
}

fn define_item(
    scope: &mut LinkerInstance<'_, Host>,
    name: &str,
    path: String,
    item: &ComponentItem,
    resources: &mut Resources,
) -> wasmtime::Result<()> {
    match item {
        ComponentItem::ComponentFunc(func) => define_func(scope, name, path, func),
        ComponentItem::Resource(resource) if resources.is_new(*resource) => {
            let kind = u32::try_from(resources.0.len()).expect("a component has fewer types than that");
            scope.resource(name, ResourceType::host_dynamic(kind), |_, _| Ok(()))
        }
        ComponentItem::Resource(_) | ComponentItem::Type(_) => Ok(()),
        ComponentItem::Module(_) | ComponentItem::CoreFunc(_) => Err(Error::msg("this is a core module")),
        ComponentItem::Component(_) => Err(Error::msg("this is a component")),
        ComponentItem::ComponentInstance(_) => Err(Error::msg("this is an instance inside an instance")),
    }
}

fn define_func(
    scope: &mut LinkerInstance<'_, Host>,
    name: &str,
    path: String,
    func: &ComponentFunc,
) -> wasmtime::Result<()> {
    let called = move || Error::msg(format!("the stubbed import `{path}` was called"));
    if func.async_() {
        return scope.func_new_concurrent(name, move |_, _, _, _| {
            let error = called();
            Box::pin(async move { Err(error) })
        });
    }
    scope.func_new(name, move |_, _, _, _| Err(called()))
}
