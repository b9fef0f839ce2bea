//! What is said of a module that does not say which world it was built for.
//!
//! In: the module. Out: whether its names are those of a component, and the world that they would fit.

use std::collections::HashSet;

use diag::Diagnostic;
use indexmap::IndexSet;
use types::InterfaceName;
use wasm::CoreModule;

use super::classify::of_other_tools;
use crate::go;
use crate::names::{EXPORT_PREFIX, STANDARD};

/// Interfaces that are named on each side.
const SHOWN: usize = 4;

/// The interfaces that a module's names mention.
#[derive(Default)]
struct Mentioned<'m> {
    imports: IndexSet<&'m str>,
    exports: IndexSet<&'m str>,
}

impl<'m> Mentioned<'m> {
    fn of(module: &CoreModule<'m>) -> Self {
        let mut mentioned = Self::default();
        for import in &module.imports {
            if let Some(name) = import.module.strip_prefix(EXPORT_PREFIX) {
                mentioned.exports.extend(interface(name));
            } else if let Some(rest) = import.module.strip_prefix(STANDARD) {
                let rest = rest.trim_start_matches('|');
                match rest.strip_prefix("_ex_") {
                    Some(name) => mentioned.exports.extend(in_standard(name)),
                    None => mentioned.imports.extend(in_standard(rest)),
                }
            } else {
                mentioned.imports.extend(interface(import.module));
            }
        }
        mentioned.exports.extend(exported_interfaces(module));
        mentioned
    }
}

fn interface(name: &str) -> Option<&str> {
    InterfaceName::parse(name).map(|_| name)
}

/// The standard scheme cuts versions to tracks, which are no versions.
fn in_standard(name: &str) -> Option<&str> {
    interface(name.split_once('@').map_or(name, |(path, _)| path)).map(|_| name)
}

/// The interfaces whose functions the module exports.
fn exported_interfaces<'m>(module: &CoreModule<'m>) -> impl Iterator<Item = &'m str> {
    let functions = module.exports.keys().copied().map(|name| name.strip_prefix("cabi_post_").unwrap_or(name));
    functions.filter_map(|name| match name.strip_prefix(STANDARD) {
        Some(rest) => rest.strip_prefix('|')?.split_once('|').and_then(|(scope, _)| in_standard(scope)),
        None => name.split_once('#').and_then(|(scope, _)| interface(scope.rsplit(']').next().unwrap_or(scope))),
    })
}

/// Whether a module without metadata implements an interface that is not among the known names.
pub fn implements_more(module: &CoreModule<'_>, known: &HashSet<String>) -> bool {
    exported_interfaces(module).any(|scope| !known.contains(scope))
}

/// The module carries no world, and none was named.
pub fn no_world(module: &CoreModule<'_>) -> Diagnostic {
    let error = diag::error("encode/no-world", format!("`{}` does not say which world it was built for", module.file));
    let mentioned = Mentioned::of(module);
    if module.imports.is_empty() && module.exports.is_empty() {
        return error
            .label(module.place(), "no `component-type` section, no imports, no exports")
            .help("export what the component shall do: a linker drops functions that nothing uses");
    }
    if let Some((what, help)) = of_other_tools(module) {
        return error.label(module.place(), format!("no `component-type` section, and it imports {what}")).help(help);
    }
    let is_nameless = mentioned.imports.is_empty() && mentioned.exports.is_empty();
    if is_nameless && go::about(module).is_some_and(|about| about.toolchain.is_some()) {
        return error.label(module.place(), "no world in its data: no package of `withe bindgen go` is linked").help(
            "import the package of the world and call its `Export` in an init function; \
             `withe bindgen go WIT -o gen` writes it",
        );
    }
    if is_nameless {
        return error
            .label(module.place(), "no `component-type` section")
            .help(format!("name the world: `withe wrap --wit WIT {}`", module.file));
    }
    let sides = [("imports", &mentioned.imports), ("exports", &mentioned.exports)];
    let sides: Vec<String> =
        sides.iter().filter(|(_, names)| !names.is_empty()).map(|(verb, names)| side(verb, names)).collect();
    error
        .label(
            module.place(),
            format!("no `component-type` section, and the names of a component that {}", sides.join(" and ")),
        )
        .help(format!("name a world that does this: `withe wrap --wit WIT {}`{}", module.file, known_world(&mentioned)))
}

fn side(verb: &str, names: &IndexSet<&str>) -> String {
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{verb} {}{more}", shown.join(", "))
}

/// A world of WASI that exports what the module does.
fn known_world(mentioned: &Mentioned<'_>) -> String {
    let worlds = [("wasi:cli/run", "wasi:cli/command"), ("wasi:http/incoming-handler", "wasi:http/proxy")];
    let known = worlds.iter().find_map(|(interface, world)| {
        let version = mentioned.exports.iter().find_map(|name| name.strip_prefix(interface))?;
        Some(format!("{world}{version}"))
    });
    known.map(|world| format!(", for example one that includes `{world}`")).unwrap_or_default()
}
