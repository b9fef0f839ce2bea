//! What users are told about a wiring.
//!
//! In: the parts at fault and what differs. Out: diagnostics with both sides.

use diag::{Diagnostic, Place};
use types::mismatch::{Path, Step};
use types::{ExternName, Mismatch};

use crate::graph::{Graph, NodeId};
use crate::part::Part;
use crate::wiring::Wanted;

pub(crate) fn duplicate(code: &'static str, verb: &str, name: &ExternName) -> Diagnostic {
    let item = verb.trim_end_matches('s');
    diag::error(code, format!("the result {verb} `{name}` twice"))
        .label(Place::binary("the result", format!("{item} `{name}`")), "this name is taken")
        .help("give one of them another name")
}

/// `asked` is where the import is asked for, in a text.
pub(crate) fn import_name(name: &ExternName, asked: Option<&Place>, fault: &str) -> Diagnostic {
    let place = asked.cloned().unwrap_or_else(|| Place::binary("the result", format!("import `{name}`")));
    diag::error("compose/import-name", format!("`{name}` cannot be the name of an import: {fault}"))
        .label(place, "named here")
        .help("write a name such as `get-all` or `ns:pkg/api@1.0.0`")
}

/// The same component was given twice.
pub(crate) fn repeated(first: &Part<'_>, again: &Part<'_>) -> Diagnostic {
    diag::note("compose/same-component", format!("`{}` is the same component as `{}`", again.file, first.file))
        .label(Place::file(&again.file), "taken once")
        .label(Place::file(&first.file), "first named here")
}

/// A package of WIT has types and no code: an instance of it would be empty.
pub(crate) fn wit_package(part: &Part<'_>) -> Option<Diagnostic> {
    let is_package = component::kind_of(part.bytes) == Some(component::BinaryKind::WitPackage);
    is_package.then(|| {
        diag::error("compose/wit-package", format!("`{}` is a package of WIT, not a component", part.file))
            .label(Place::file(&part.file), "holds WIT and no code")
            .help("name a component that was built from it")
    })
}

pub(crate) fn unknown_argument(part: &Part<'_>, name: &ExternName) -> Diagnostic {
    unknown_import(part, &name.to_string())
}

/// Something is given for, or said of, an import that the part does not have.
pub(crate) fn unknown_import(part: &Part<'_>, name: &str) -> Diagnostic {
    let imports: Vec<String> = part.ty.imports.keys().map(ToString::to_string).collect();
    let near = diag::near_misses(name, imports.iter().map(String::as_str)).join("`, `");
    let error = diag::error("compose/unknown-argument", format!("`{}` has no import `{name}`", part.file))
        .label(Place::file(&part.file), format!("imports {}", list(part.ty.imports.keys())));
    if near.is_empty() { error } else { error.help(format!("did you mean `{near}`?")) }
}

pub(crate) fn missing_argument(part: &Part<'_>, name: &ExternName) -> Diagnostic {
    diag::error("compose/missing-argument", format!("nothing is given for import `{name}` of `{}`", part.file))
        .label(part.import_place(name), "this import needs an argument")
}

/// An argument of the wrong type. `asked` is where it is given, in a text; `offer` is the part that offers it and the
/// item's name there, or `None` if the result imports it.
pub(crate) fn type_mismatch(
    asked: Option<&Place>,
    part: &Part<'_>,
    name: &ExternName,
    offer: Option<(&Part<'_>, Vec<&ExternName>)>,
    mismatch: &Mismatch,
) -> Diagnostic {
    let path = if mismatch.path.0.is_empty() { String::new() } else { format!(" / {}", mismatch.path) };
    let wanted = Place::binary(&part.file, format!("import `{name}`{path}"));
    let (headline, found) = match offer {
        Some((offering, names)) => {
            let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" / ");
            let what = if names.is_empty() { "the whole component".to_owned() } else { format!("export {names}") };
            let headline = format!("{what} of `{}` does not fit import `{name}` of `{}`", offering.file, part.file);
            (headline, Place::binary(&offering.file, format!("{what}{path}")))
        }
        None => {
            let headline = format!("what the result imports does not fit import `{name}` of `{}`", part.file);
            (headline, Place::binary("the result", format!("import `{name}`{path}")))
        }
    };
    let error = diag::error("compose/type-mismatch", headline);
    let error = match asked {
        Some(place) => error.label(place.clone(), "given here"),
        None => error,
    };
    let error = error
        .label(found, format!("found {}", side(&mismatch.found)))
        .label(wanted, format!("expected {}", side(&mismatch.expected)));
    if mismatch.expected.starts_with("resource ") && mismatch.found.starts_with("resource ") {
        return error
            .help("take both interfaces from one component: a handle means something only to its own resource");
    }
    match mismatch.near.as_slice() {
        [] => error.help("rebuild both components from one version of the WIT"),
        near => {
            error.help(format!("there is `{}`; rebuild both components from one version of the WIT", near.join("`, `")))
        }
    }
}

/// Two instances leave one name open, with types that cannot both hold. What a text asks for is shown there first.
pub(crate) fn import_conflict(first: Option<&Wanted<'_>>, second: &Wanted<'_>, mismatch: &Mismatch) -> Diagnostic {
    let path = match mismatch.path.0.split_first() {
        Some((Step::Import(name), [])) => format!("import `{name}`"),
        Some((Step::Import(name), rest)) => format!("import `{name}` / {}", Path(rest.to_vec())),
        Some(_) | None => mismatch.path.to_string(),
    };
    let mut error = diag::error(
        "compose/import-conflict",
        match first {
            Some(_) => {
                format!("`{}` and another component import one interface with different types", second.part.file)
            }
            None => format!("`{}` leaves an import open that the result imports with another type", second.part.file),
        },
    );
    if let Some(place) = &second.place {
        error = error.label(place.clone(), "leaves the import open");
    }
    if let Some(place) = first.and_then(|first| first.place.as_ref()) {
        error = error.label(place.clone(), "so does this");
    }
    error = error.label(Place::binary(&second.part.file, &path), format!("found {}", side(&mismatch.found)));
    if let Some(first) = first {
        let place = Place::binary(&first.part.file, &path);
        error = error.label(place, format!("expected {}", side(&mismatch.expected)));
    }
    error.help("rebuild both components from one version of the WIT")
}

/// An import that the wiring names itself, and that an instance has too without being given it.
pub(crate) fn named_and_open(name: &ExternName, place: Option<&Place>, instance: &Wanted<'_>) -> Diagnostic {
    let file = &instance.part.file;
    let headline = format!("`{name}` is imported, and `{file}` leaves an import of that name open");
    let mut error = diag::error("compose/import-conflict", headline);
    if let Some(place) = place {
        error = error.label(place.clone(), "imported here");
    }
    if let Some(place) = &instance.place {
        error = error.label(place.clone(), "not given here");
    }
    error
        .label(instance.part.import_place(name), "this import")
        .help(format!("give `{name}` as an argument, or import it under another name"))
}

/// An import that a wiring names itself and that cannot be one with another of its name or track.
pub(crate) fn conflicts_with_named(place: Option<&Place>, found: &[Mismatch]) -> Vec<Diagnostic> {
    let one = |mismatch: &Mismatch| {
        let error =
            diag::error("compose/import-conflict", "two imports of the result have one name and different types");
        let error = match place {
            Some(place) => error.label(place.clone(), "asked for here"),
            None => error,
        };
        error
            .label(Place::binary("the result", mismatch.path.to_string()), mismatch.text())
            .help("give one of them another name")
    };
    found.iter().map(one).collect()
}

pub(crate) fn unknown_export(graph: &Graph<'_>, of: NodeId, name: &ExternName) -> Diagnostic {
    let headline = format!("`{}` has no export `{name}`", graph.describe(of));
    let error = diag::error("compose/unknown-export", headline);
    let Some((part, _)) = graph.origin(of) else { return error };
    let part = graph.part(part);
    let exports: Vec<String> = part.ty.exports.keys().map(ToString::to_string).collect();
    let near = diag::near_misses(&name.to_string(), exports.iter().map(String::as_str)).join("`, `");
    let error = error.label(Place::file(&part.file), format!("exports {}", list(part.ty.exports.keys())));
    if near.is_empty() { error } else { error.help(format!("did you mean `{near}`?")) }
}

/// `nothing`, or WIT's words in quotes.
fn side(words: &str) -> String {
    if words == types::mismatch::NOTHING { words.to_owned() } else { format!("`{words}`") }
}

/// Of more names only these many are named.
pub(crate) const MOST_NAMED: usize = 6;

/// Names for a message: the first few, and how many more there are.
pub(crate) fn list<'n>(names: impl ExactSizeIterator<Item = &'n ExternName>) -> String {
    let total = names.len();
    if total == 0 {
        return "nothing".to_owned();
    }
    let shown = names.take(MOST_NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if total > MOST_NAMED { format!("{shown} and {} more", total - MOST_NAMED) } else { shown }
}
