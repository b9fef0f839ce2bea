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
use crate::session::mocks::{self, Mocks};

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

    /// How many there are, at most: the kinds of those that are defined here are at most that.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.0.len()).expect("a component has fewer types than that")
    }

    /// Whether this is the first time that the resource is named.
    fn is_new(&mut self, resource: ResourceType) -> bool {
        let new = !self.0.contains(&resource);
        self.0.push(resource);
        new
    }
}

/// Defines an import, under the name that the linker is to have for it. Fails for what has no stand-in.
pub(crate) fn define(
    linker: &mut Linker<Host>,
    file: &str,
    (name, linked): (&str, &str),
    item: &ComponentItem,
    resources: &mut Resources,
    mocks: &Mocks,
) -> Result<(), Diagnostic> {
    let engine = linker.engine().clone();
    let defined = match item {
        ComponentItem::ComponentInstance(instance) => {
            define_instance(linker, &engine, (name, linked), instance, resources, mocks)
        }
        item => define_item(&mut linker.root(), &engine, (None, name), item, resources, mocks),
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
    (name, linked): (&str, &str),
    instance: &ComponentInstance,
    resources: &mut Resources,
    mocks: &Mocks,
) -> wasmtime::Result<()> {
    let mut scope = linker.instance(linked)?;
    for (inner, export) in instance.exports(engine) {
        // What this host provides stays, but for what is mocked.
        let provided = crate::link::provider(name).is_some() && mocks.get(Some(name), inner).is_none();
        if !provided {
            define_item(&mut scope, engine, (Some(name), inner), &export.ty, resources, mocks)?;
        }
    }
    Ok(())
}

fn define_item(
    scope: &mut LinkerInstance<'_, Host>,
    engine: &Engine,
    (interface, name): (Option<&str>, &str),
    item: &ComponentItem,
    resources: &mut Resources,
    mocks: &Mocks,
) -> wasmtime::Result<()> {
    let path = interface.map_or(name.to_owned(), |interface| format!("{interface}#{name}"));
    match item {
        ComponentItem::ComponentFunc(func) => match mocks.get(interface, name) {
            Some(mock) => mocks::define(scope, name, &path, func, mock),
            None => define_func(scope, name, path, func),
        },
        ComponentItem::Resource(resource) if resources.is_new(*resource) => {
            let drop = format!("[resource-drop]{name}");
            let mock = mocks.get(interface, &drop).cloned();
            scope.resource(name, ResourceType::host_dynamic(resources.count()), move |_, number| {
                mocks::dropped(mock.as_ref(), &path, number)
            })
        }
        ComponentItem::Resource(_) | ComponentItem::Type(_) => Ok(()),
        ComponentItem::Module(_) | ComponentItem::CoreFunc(_) => Err(Error::msg("this is a core module")),
        ComponentItem::Component(_) => Err(Error::msg("this is a component")),
        ComponentItem::ComponentInstance(instance) => {
            let mut nested = scope.instance(name)?;
            instance.exports(engine).try_for_each(|(inner, export)| {
                define_item(&mut nested, engine, (Some(&path), inner), &export.ty, resources, mocks)
            })
        }
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
