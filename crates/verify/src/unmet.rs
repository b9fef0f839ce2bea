//! Imports that nothing satisfies, told all at once.
//!
//! In: a component, the linker made for it. Out: one diagnostic for each unmet import, or traps in their place.
//! Holds: an interface of types alone is never unmet: its resources, which nobody can make, are defined here.

use diag::{Diagnostic, Diagnostics, Place};
use types::InterfaceName;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, ResourceType};

use crate::host::Host;
use crate::link::{PROVIDED, provider};
use crate::origin;

/// What to do about imports that nothing satisfies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stub {
    /// Refuse to run.
    #[default]
    Refuse,
    /// Give functions that trap when they are called.
    Trap,
}

/// Completes the linker, or says what is missing.
pub(crate) fn settle(
    linker: &mut Linker<Host>,
    component: &Component,
    file: &str,
    bytes: &[u8],
    stub: Stub,
) -> Result<(), Diagnostics> {
    let engine = component.engine();
    let mut unmet = Vec::new();
    let mut resources = 0;
    for (name, import) in component.component_type().imports(engine) {
        if provider(import.implements.unwrap_or(name)).is_some() {
            continue;
        }
        match &import.ty {
            ComponentItem::Type(_) => {}
            ComponentItem::ComponentInstance(instance) if only_types(instance, component) => {
                define_resources(linker, name, instance, component, &mut resources);
            }
            _ => unmet.push(name.to_owned()),
        }
    }
    if unmet.is_empty() {
        return Ok(());
    }
    match stub {
        Stub::Trap => linker
            .define_unknown_imports_as_traps(component)
            .map_err(|error| diag::error("run/cannot-stub", error.root_cause().to_string().to_lowercase()).into()),
        Stub::Refuse => {
            let parts = origin::parts(bytes);
            Err(Diagnostics(unmet.iter().map(|name| unmet_import(name, file, &parts)).collect()))
        }
    }
}

fn only_types(instance: &wasmtime::component::types::ComponentInstance, component: &Component) -> bool {
    instance
        .exports(component.engine())
        .all(|(_, export)| matches!(export.ty, ComponentItem::Type(_) | ComponentItem::Resource(_)))
}

/// Resources that only have to exist: without a function, no value of them can be made.
fn define_resources(
    linker: &mut Linker<Host>,
    name: &str,
    instance: &wasmtime::component::types::ComponentInstance,
    component: &Component,
    count: &mut u32,
) {
    let names: Vec<&str> = instance
        .exports(component.engine())
        .filter(|(_, export)| matches!(export.ty, ComponentItem::Resource(_)))
        .map(|(name, _)| name)
        .collect();
    if names.is_empty() {
        return;
    }
    let mut scope = linker.instance(name).expect("a component imports a name only once");
    for name in names {
        *count += 1;
        scope
            .resource(name, ResourceType::host_dynamic(*count), |_, _| Ok(()))
            .expect("an interface has a name only once");
    }
}

fn unmet_import(name: &str, file: &str, parts: &origin::Parts) -> Diagnostic {
    let asking = parts.asking_for(name);
    let who = if asking.is_empty() { "the component itself".to_owned() } else { asking.join(" and ") };
    let place = Place::binary(file, format!("import `{name}`"));
    let mut found = diag::error("run/unmet-import", format!("nothing here provides `{name}`"))
        .label(place, format!("asked for by {who}"));
    if let Some(near) = nearest(name) {
        found = found.label(Place::file("withe"), format!("the nearest that it provides is `{near}`"));
    }
    found.help("satisfy it with `withe plug`, or pass `--stub trap` to let it trap when it is called")
}

/// The provided interface that comes nearest: the same one at another version, else one of a similar name.
fn nearest(name: &str) -> Option<&'static str> {
    let wanted = InterfaceName::parse(name);
    let same = wanted.as_ref().and_then(|wanted| {
        PROVIDED.iter().rev().find(|provided| {
            InterfaceName::parse(provided.name).is_some_and(|name| {
                name.interface == wanted.interface
                    && name.package.name == wanted.package.name
                    && name.package.namespace == wanted.package.namespace
            })
        })
    });
    if let Some(same) = same {
        return Some(same.name);
    }
    // Only names of a shared namespace resemble each other in earnest.
    let namespace = name.split_once(':').map_or("", |(namespace, _)| namespace);
    let candidates = PROVIDED.iter().map(|provided| provided.name);
    let near = diag::near_misses(name, candidates.filter(|candidate| candidate.split(':').next() == Some(namespace)));
    near.first().copied()
}
