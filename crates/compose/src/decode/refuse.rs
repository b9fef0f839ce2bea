//! What is said of components that do not become a graph.

use component::read::contents;
use diag::{Diagnostic, Diagnostics, Place};

/// A component that makes something of its own.
pub(super) fn not_a_composition(file: &str, bytes: &[u8]) -> Diagnostic {
    let modules = contents(bytes).modules.len();
    let has = match modules {
        0 => "it defines functions or resources of its own".to_owned(),
        1 => "it has a core module of its own".to_owned(),
        _ => format!("it has {modules} core modules of its own"),
    };
    diag::error("compose/not-a-composition", format!("`{file}` is not made of other components"))
        .label(Place::file(file), has)
        .help(format!("see what it imports and exports: withe wit {file}"))
}

/// A form of definition that nobody composes with.
pub(super) fn unknown_form(file: &str) -> Diagnostic {
    unsaid(file, "the component itself", "a value, a start function, or an alias of a whole component")
}

pub(super) fn other_types(file: &str, places: &[String]) -> Diagnostics {
    Diagnostics(places.iter().map(|place| unsaid(file, place, "a type that is none of values")).collect())
}

/// Something that a graph cannot say, with the place where it is used.
pub(super) fn unsaid(file: &str, place: &str, what: &str) -> Diagnostic {
    diag::error("unsupported/composition", format!("`{file}` is composed in a way that withe does not read"))
        .label(Place::binary(file, place), format!("this is {what}"))
        .help("compose it again with `withe plug` or `withe compose`")
}

/// A component inside that names definitions of those around it.
pub(super) fn not_apart(file: &str, name: Option<&str>, number: usize) -> Diagnostics {
    let place = name.map_or_else(|| format!("component {number}"), |name| format!("component `{name}`"));
    unsaid(file, &place, "a component that uses definitions of the component around it").into()
}

pub(super) fn too_large(file: &str) -> Diagnostic {
    diag::error("component/too-large", format!("the types inside `{file}` are too many for its size"))
        .label(Place::file(file), "reading stopped here")
        .help("split the component")
}
