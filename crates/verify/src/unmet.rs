//! Imports that nothing satisfies, told all at once.
//!
//! In: a component, the linker made for it. Out: one diagnostic for each unmet import, or traps in their place.
//! Holds: an interface of types alone is never unmet: its resources, which nobody can make, are defined here.

use diag::{Diagnostic, Diagnostics, Place};
use types::InterfaceName;
use types::version::Track;
use wasmtime::component::types::{ComponentInstance, ComponentItem};
use wasmtime::component::{Component, Linker};

use crate::host::Host;
use crate::link::{PROVIDED, provider};
use crate::origin;
use crate::session::mocks::Mocks;
use crate::stub::{self, Resources};

/// What to do about imports that nothing satisfies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stub {
    /// Refuse to run.
    #[default]
    Refuse,
    /// Give functions that trap when they are called.
    Trap,
}

/// Completes the linker, or says what is missing. Returns how many resources there may be of mocks.
pub(crate) fn settle(
    linker: &mut Linker<Host>,
    component: &Component,
    file: &str,
    bytes: &[u8],
    stub: Stub,
    mocks: &Mocks,
) -> Result<u32, Diagnostics> {
    let engine = component.engine();
    let mut unmet = Vec::new();
    let mut resources = Resources::default();
    let mut errors = Vec::new();
    for (name, import) in component.component_type().imports(engine) {
        let wanted = match &import.ty {
            item if let Some(provided) = provider(name) => {
                resources.meet(engine, item);
                if mocks.meet(name) {
                    linker.allow_shadowing(true);
                    let names = (name, provided.name);
                    errors.extend(stub::define(linker, file, names, &import.ty, &mut resources, mocks).err());
                }
                continue;
            }
            _ if mocks.meet(name) => false,
            ComponentItem::Type(_) => continue,
            ComponentItem::ComponentInstance(instance) => !only_types(instance, component),
            _ => true,
        };
        if wanted && stub == Stub::Refuse {
            unmet.push(name.to_owned());
        } else {
            errors.extend(stub::define(linker, file, (name, name), &import.ty, &mut resources, mocks).err());
        }
    }
    if !unmet.is_empty() {
        let parts = origin::parts(bytes);
        errors.extend(unmet.iter().map(|name| unmet_import(name, file, &parts)));
    }
    if errors.is_empty() { Ok(resources.count()) } else { Err(Diagnostics(errors)) }
}

fn only_types(instance: &ComponentInstance, component: &Component) -> bool {
    instance
        .exports(component.engine())
        .all(|(_, export)| matches!(export.ty, ComponentItem::Type(_) | ComponentItem::Resource(_)))
}

fn unmet_import(name: &str, file: &str, parts: &origin::Parts) -> Diagnostic {
    let who = parts.asking_for(name).unwrap_or_else(|| "the component itself".to_owned());
    let place = Place::binary(file, format!("import `{name}`"));
    let mut found = diag::error("run/unmet-import", format!("nothing here provides `{name}`"))
        .label(place, format!("asked for by {who}"));
    if let Some(near) = nearest(name) {
        found = found.label(Place::file("withe"), format!("the nearest that it provides is `{near}`"));
    }
    found.help("satisfy it with `withe plug`, or pass `--stub trap` to let it trap when it is called")
}

/// The provided interface that comes nearest: the same one at another version, else one of a similar name,
/// of the wanted version's track if there is one.
fn nearest(name: &str) -> Option<&'static str> {
    let wanted = InterfaceName::parse(name)?;
    let track = Track::of(wanted.package.version.as_ref());
    // Without the namespace, which all of them share.
    let path = |name: &InterfaceName| format!("{}/{}", name.package.name, name.interface);
    let wanted_path = path(&wanted);
    let provided: Vec<(InterfaceName, &str)> =
        PROVIDED.iter().filter_map(|provided| Some((InterfaceName::parse(provided.name)?, provided.name))).collect();
    let paths: Vec<String> = provided
        .iter()
        .filter(|(name, _)| name.package.namespace == wanted.package.namespace)
        .map(|(name, _)| path(name))
        .collect();
    let best = match paths.contains(&wanted_path) {
        true => wanted_path,
        false => (*diag::near_misses(&wanted_path, paths.iter().map(String::as_str)).first()?).to_owned(),
    };
    let mut named = provided.iter().filter(|(name, _)| path(name) == best);
    let same_track = named.clone().find(|(name, _)| Track::of(name.package.version.as_ref()) == track);
    same_track.or_else(|| named.next_back()).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_has_the_wanted_track_if_there_is_one() {
        assert_eq!(nearest("wasi:cli/stdot@0.2.0"), Some("wasi:cli/stdout@0.2.12"));
        assert_eq!(nearest("wasi:cli/stdout@0.3.0-rc-1"), Some("wasi:cli/stdout@0.3.0"));
        assert_eq!(nearest("wasi:clocks/wall-clock@0.1.0"), Some("wasi:clocks/wall-clock@0.2.12"));
        assert_eq!(nearest("wasi:logging/logging"), None);
        assert_eq!(nearest("local:store/kv@0.1.0"), None);
        assert_eq!(nearest("log"), None);
    }
}
