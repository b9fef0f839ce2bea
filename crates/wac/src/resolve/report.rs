//! What users are told about the meaning of a script.
//!
//! In: names, places and what is there. Out: diagnostics.
//! Holds: the first label is the smallest construct at fault, in the script.

use compose::Part;
use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::mismatch::{NOTHING, Path, Step};
use types::{ExternName, Item, Mismatch, MismatchKind};

use super::infer;
use super::scope::AtHand;
use super::target::Target;
use crate::syntax::tree;

/// So many names are listed, and so many differences of one argument shown.
const SHOWN: usize = 6;

// Names.

pub(super) fn unknown_name(name: &str, place: Place, names: &[&str], outside: Option<Place>) -> Diagnostic {
    let error = diag::error("wac/unknown-name", format!("nothing is called `{name}` here"));
    if let Some(outside) = outside {
        return error
            .label(place, "not known inside of an interface or world")
            .label(outside, "this is outside")
            .help("declare it inside, or `use` it from an interface");
    }
    let error = error.label(place, "not declared before");
    match near(name, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean {near}?")),
        None => error.help(format!("declare `{name}` above: a name is declared before it is used")),
    }
}

/// What is not there may be behind a feature that is off.
pub(super) fn behind(error: Diagnostic, gate: Option<(&str, Place)>) -> Diagnostic {
    let Some((feature, place)) = gate else { return error };
    error
        .label(place, format!("declared behind the feature `{feature}`, which is off"))
        .help(format!("turn it on with `--features {feature}`"))
}

pub(super) fn duplicate_name(name: &str, place: Place, first: Place) -> Diagnostic {
    diag::error("wac/duplicate-name", format!("`{name}` is declared twice"))
        .label(place, "declared again")
        .label(first, "first declared here")
        .help("choose another name: names are not variables")
}

pub(super) fn duplicate_member(what: &str, name: &str, place: Place, first: Option<Place>) -> Diagnostic {
    let error = diag::error("wac/duplicate-item", format!("{what} `{name}` comes twice")).label(place, "comes again");
    let error = match first {
        Some(first) => error.label(first, "first here"),
        None => error,
    };
    error.help("take one of them out, or give it another name")
}

pub(super) fn duplicate_constructor(resource: &str, place: Place, first: Place) -> Diagnostic {
    diag::error("wac/duplicate-item", format!("resource `{resource}` has two constructors"))
        .label(place, "comes again")
        .label(first, "first here")
        .help("make one of them a static function")
}

pub(super) fn duplicate_import(name: &ExternName, place: Place, first: Place, is_inferred: bool) -> Diagnostic {
    let help = if is_inferred {
        "give one of them another name with `as`"
    } else {
        "take one of them out, or give it another name"
    };
    diag::error("wac/duplicate-import", format!("the result imports `{name}` twice"))
        .label(place, "imported again")
        .label(first, "first imported here")
        .help(help)
}

pub(super) fn duplicate_export(name: &ExternName, place: Place, first: Place, is_inferred: bool) -> Diagnostic {
    let help =
        if is_inferred { "export it under another name with `as`" } else { "choose another name for one of them" };
    diag::error("wac/duplicate-export", format!("the result exports `{name}` twice"))
        .label(place, "exported again")
        .label(first, "first exported here")
        .help(help)
}

pub(super) fn extern_name(what: &str, name: &str, place: Place, why: &str) -> Diagnostic {
    diag::error("wac/extern-name", format!("`{name}` cannot be the name of an {what}"))
        .label(place, why)
        .help("write a name such as `get-all` or `ns:pkg/api@1.0.0`")
}

pub(super) fn export_name(place: Place, words: &str, is_declared: bool) -> Diagnostic {
    let error = diag::error("wac/export-name", "this export has no name");
    if is_declared {
        return error
            .label(place, format!("{words}, which is exported by its declaration"))
            .help("take the statement out, or say another name with `as`");
    }
    error.label(place, format!("{words} of no name")).help("say a name: `export ... as name;`")
}

// Kinds.

pub(super) fn not_an_interface(name: &str, place: Place, words: &str) -> Diagnostic {
    diag::error("wac/not-an-interface", format!("`{name}` is no interface"))
        .label(place, format!("this is {words}"))
        .help("name an interface")
}

pub(super) fn not_a_world(name: &str, place: Place, words: &str) -> Diagnostic {
    diag::error("wac/not-a-world", format!("`{name}` is no world"))
        .label(place, format!("this is {words}"))
        .help("name a world")
}

pub(super) fn not_a_function_type(name: &str, place: Place, words: &str) -> Diagnostic {
    diag::error("wac/not-a-function-type", format!("`{name}` is no function type"))
        .label(place, format!("this is {words}"))
        .help("write `func(..)`, or name a function type that is declared in the interface")
}

pub(super) fn not_importable(name: &str, place: Place, words: &str) -> Diagnostic {
    diag::error("wac/not-a-function-type", format!("`{name}` is neither a function type nor an interface"))
        .label(place, format!("this is {words}"))
        .help("name a function type or an interface")
}

pub(super) fn not_a_type(name: &str, place: Place, words: &str) -> Diagnostic {
    diag::error("wac/not-a-type", format!("`{name}` is no type of a value"))
        .label(place, format!("this is {words}"))
        .help("name a type of values or a resource")
}

pub(super) fn not_a_resource(name: &str, place: Place, words: &str) -> Diagnostic {
    diag::error("wac/not-a-type", format!("`{name}` is no resource"))
        .label(place, format!("this is {words}"))
        .help("handles are of resources: name one")
}

pub(super) fn not_an_instance(name: &str, place: Place, words: &str) -> Diagnostic {
    diag::error("wac/not-an-instance", format!("`{name}` is no instance, and has no exports"))
        .label(place, format!("this is {words}"))
        .help("name an instance: what `new` makes, or an imported interface")
}

pub(super) fn not_a_value(name: &str, place: Place, words: &str) -> Diagnostic {
    diag::error("wac/not-a-value", format!("`{name}` cannot be an argument"))
        .label(place, format!("this is {words}"))
        .help("import it, and give what is imported: `import name: type;`")
}

pub(super) fn nothing_inside(parent: &str, words: &str, name: &str, place: Place) -> Diagnostic {
    diag::error("wac/unknown-item", format!("`{parent}` has no `{name}`"))
        .label(place, format!("`{parent}` is {words}"))
        .help("leave this part of the path out, or name what is there")
}

// Types.

pub(super) fn type_limit(
    headline: impl Into<String>,
    place: Place,
    text: impl Into<String>,
    help: impl Into<String>,
) -> Diagnostic {
    diag::error("wac/type-limit", headline).label(place, text).help(help)
}

pub(super) fn borrow_in_result(what: &str, resource: &str, place: Place) -> Diagnostic {
    diag::error("wac/borrow-in-result", format!("{what} has a borrowed handle in it"))
        .label(place, format!("`borrow<{resource}>` ends with the call"))
        .help(format!("use `{resource}`, which is owned"))
}

pub(super) fn own_type(name: &str, place: Place, declared: Option<Place>) -> Diagnostic {
    let headline = format!("`{name}` is of the script itself, and nobody else can name it");
    let error = diag::error("wac/own-type", headline).label(place, "uses the type");
    let error = match declared {
        Some(declared) => error.label(declared, "declared outside of any interface"),
        None => error,
    };
    error.help("declare the type in an interface, and the function with it")
}

pub(super) fn unknown_type(of: &str, name: &str, place: Place, is_func: bool, names: &[String]) -> Diagnostic {
    let error = diag::error("wac/unknown-item", format!("`{of}` has no type `{name}`"));
    if is_func {
        return error.label(place, "this is a function").help("name a type: functions are not used");
    }
    let error = error.label(place, format!("not in `{of}`"));
    there(error, name, names.iter().map(String::as_str))
}

// Worlds.

pub(super) fn include_conflict(what: &str, name: &ExternName, of: &str, place: Place, has_no_with: bool) -> Diagnostic {
    let error = diag::error("wac/include-conflict", format!("{what} `{name}` of `{of}` is there already"))
        .label(place, format!("brings another `{name}`"));
    match name {
        ExternName::Interface(_) => error.help("read both worlds from one version of the package"),
        ExternName::Label(_)
        | ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_) => {
            let verb = if has_no_with { "give it another name" } else { "choose another name" };
            error.help(format!("{verb}: `include {of} with {{ {name} as other-{name} }};`"))
        }
    }
}

pub(super) fn include_with(of: &str, name: &str, place: Place, names: &[String]) -> Diagnostic {
    let error = diag::error("wac/unknown-item", format!("`{of}` neither imports nor exports `{name}`"))
        .label(place, "not in that world under a plain name");
    there(error, name, names.iter().map(String::as_str))
}

// Packages.

pub(super) fn unknown_package(
    package: &tree::Package,
    place: Place,
    searched: &[String],
    near: &[String],
) -> Diagnostic {
    let mut error = diag::error("wac/unknown-package", format!("there is no package `{package}`"));
    error = error.label(place, "not found");
    for (at, place) in searched.iter().enumerate() {
        error = error.label(Place::file(place), searched_words(at, searched.len()));
    }
    if !near.is_empty() {
        return error.help(format!("there is {}", listed(near.iter().map(String::as_str))));
    }
    match package {
        tree::Package::Name(_) => error.help(format!("say where it is: `--dep {package}=PATH`")),
        tree::Package::File(_) => error.help("check the path: it is seen from the folder of the script"),
    }
}

fn searched_words(at: usize, of: usize) -> &'static str {
    match (at, of) {
        (0, 1) => "searched",
        (0, _) => "searched first",
        (_, _) => "then searched",
    }
}

pub(super) fn wit_for_component(package: &tree::Package, place: Place, file: &str) -> Diagnostic {
    let error = diag::error("wac/not-a-component", format!("`{package}` is WIT, and has no code to instantiate"))
        .label(place, "a component is wanted here")
        .label(Place::file(file), "has interfaces and worlds only");
    match package {
        tree::Package::Name(_) => {
            error.help(format!("name a component that was built from it: `--dep {package}=COMPONENT`"))
        }
        tree::Package::File(_) => error.help("name the file of a component that was built from it"),
    }
}

pub(super) fn other_package(asked: &str, place: Place, file: &str, found: &str) -> Diagnostic {
    diag::error("wac/other-package", format!("`{file}` has the package `{found}`, not `{asked}`"))
        .label(place, "asked for here")
        .label(Place::file(file), format!("`package {found};`"))
        .help(format!("name `{found}`, or give the other package with `--dep {asked}=PATH`"))
}

pub(super) fn unknown_item(
    package: &tree::Package,
    name: &str,
    place: Place,
    file: &str,
    names: &[&str],
) -> Diagnostic {
    let error = diag::error("wac/unknown-item", format!("`{package}` has neither an interface nor a world `{name}`"))
        .label(place, "not in the package")
        .label(Place::file(file), "read for this");
    there(error, name, names.iter().copied())
}

pub(super) fn no_item_of_component(
    package: &tree::Package,
    name: &str,
    place: Place,
    file: &str,
    names: &[String],
) -> Diagnostic {
    let headline = format!("`{package}` is a component, and has no interface `{name}` of its own");
    let error = diag::error("wac/unknown-item", headline)
        .label(place, "WIT is wanted here")
        .label(Place::file(file), format!("imports and exports {}", listed(names.iter().map(String::as_str))));
    error.help(format!("give the WIT of the package: `--dep {package}=WIT`"))
}

pub(super) fn self_instantiation(package: &str, place: Place) -> Diagnostic {
    diag::error("wac/self-instantiation", format!("`{package}` is the package that this script defines"))
        .label(place, "cannot be a part of itself")
        .help("name another package, or give the script another name")
}

// Arguments.

pub(super) fn fill_not_last(place: Place) -> Diagnostic {
    diag::error("wac/fill-not-last", "`...` is not the last argument")
        .label(place, "leaves open what no argument is given for")
        .help("move it to the end")
}

pub(super) fn duplicate_argument(name: &ExternName, place: Place, first: Place) -> Diagnostic {
    diag::error("wac/duplicate-argument", format!("import `{name}` is given twice"))
        .label(place, "given again")
        .label(first, "first given here")
        .help("take one of them out")
}

pub(super) fn unknown_argument(part: &Part<'_>, name: &tree::ExternName, place: Place) -> Diagnostic {
    let imports = &part.ty.imports;
    let text = name.text();
    let error = diag::error("wac/unknown-argument", format!("`{}` has no import `{text}`", part.title()))
        .label(place, "no import of this name")
        .label(Place::file(&part.file), format!("imports {}", names_of(imports)));
    or_several(error, imports, name, |name| format!("`\"{name}\": ..`"))
}

/// A whole instance is given where one of its exports is meant. `is_id`: the export's last word says which it is.
pub(super) fn give_an_export(id: &str, import: &ExternName, export: &ExternName, is_id: bool) -> String {
    let (name, access) = match (import, export) {
        (ExternName::Interface(import), ExternName::Interface(export)) if is_id => {
            (import.interface.clone(), format!(".{}", export.interface))
        }
        (ExternName::Label(import), ExternName::Label(export)) => (import.clone(), format!(".{export}")),
        (import, export) => (format!("\"{import}\""), format!("[\"{export}\"]")),
    };
    format!("`{id}` exports `{export}`: write `{name}: {id}{access}` or `...{id}`")
}

pub(super) fn missing_arguments(part: &Part<'_>, package: &str, missing: &[&ExternName], place: Place) -> Diagnostic {
    let (headline, text) = match missing {
        [one] => (format!("`{package}` needs `{one}`"), format!("`{one}` is not given")),
        several => {
            let names = listed(several.iter().map(ToString::to_string));
            (format!("`{package}` needs {} more arguments", several.len()), format!("{names} are not given"))
        }
    };
    let mut error = diag::error("wac/missing-argument", headline).label(place, text);
    for name in missing.iter().take(SHOWN) {
        error = error.label(part.import_place(name), "needs an argument");
    }
    error.help("give each of them, or write `...` as the last argument, which leaves them open")
}

pub(super) fn spread_without_match(
    imports: &IndexMap<ExternName, Item>,
    exports: &IndexMap<ExternName, Item>,
    given: &IndexMap<ExternName, (Option<AtHand>, tree::Span)>,
    place: Place,
) -> Diagnostic {
    let open: Vec<String> = imports.keys().filter(|name| !given.contains_key(*name)).map(ToString::to_string).collect();
    let has = names_of(exports);
    let error = diag::error("wac/spread-without-match", "no export of the instance fills an import")
        .label(place, format!("exports {has}"));
    if open.is_empty() {
        return error.help("take it out: every import is given already");
    }
    error.help(format!("spread an instance that exports {}", listed(open.iter().map(String::as_str))))
}

pub(super) fn unknown_export(
    exports: &IndexMap<ExternName, Item>,
    name: &tree::ExternName,
    place: Place,
    instance: &Place,
) -> Diagnostic {
    let error = diag::error("wac/unknown-export", format!("the instance has no export `{}`", name.text()))
        .label(place, "no export of this name")
        .label(instance.clone(), format!("exports {}", names_of(exports)));
    or_several(error, exports, name, |name| format!("`[\"{name}\"]`"))
}

/// A type that does not fit: what differs is shown in the script, and at both components.
pub(super) fn argument_type(
    part: &Part<'_>,
    name: &ExternName,
    value: &AtHand,
    place: Place,
    found: &[Mismatch],
) -> Diagnostic {
    let headline = format!("the argument does not fit import `{name}` of `{}`", part.title());
    let mut error = diag::error("wac/argument-type", headline);
    let more = if found.len() > 1 { format!(", and {} more", found.len() - 1) } else { String::new() };
    let first = found.first().map(cause).unwrap_or_default();
    error = error.label(place, format!("{first}{more}"));
    for mismatch in found.iter().take(SHOWN) {
        let path = path_behind(mismatch);
        let offered = mismatch.found_place.clone().unwrap_or_else(|| below(&value.place, &path));
        let wanted = mismatch.expected_place.clone();
        let wanted = wanted.unwrap_or_else(|| Place::binary(&part.file, format!("import `{name}`{path}")));
        error = error
            .label(offered, format!("found {}", side(&mismatch.found)))
            .label(wanted, format!("expected {}", side(&mismatch.expected)));
    }
    let near: Vec<&str> = found.iter().flat_map(|mismatch| &mismatch.near).map(String::as_str).collect();
    if near.is_empty() {
        error.help("give what fits, or build both components from one version of the WIT")
    } else {
        error.help(format!("there is {}; build both components from one version of the WIT", listed(near)))
    }
}

/// `` `f`, parameter `x`: expected `u32`, found `string` ``
pub(super) fn cause(mismatch: &Mismatch) -> String {
    let steps: Vec<String> = mismatch.path.0.iter().map(words).collect();
    let text = mismatch.text();
    if steps.is_empty() { text } else { format!("{}: {text}", steps.join(", ")) }
}

fn words(step: &Step) -> String {
    match step {
        Step::Import(name) => format!("import `{name}`"),
        Step::Export(name) => format!("export `{name}`"),
        Step::Item(name) => format!("`{name}`"),
        Step::Param(name) => format!("parameter `{name}`"),
        Step::Result => "result".to_owned(),
        Step::Field(name) => format!("field `{name}`"),
        Step::Case(name) => format!("case `{name}`"),
        Step::Part(index) => format!("part {} of the tuple", index + 1),
        Step::Element => "element".to_owned(),
        Step::Key => "key".to_owned(),
        Step::Value => "value".to_owned(),
        Step::Ok => "`ok`".to_owned(),
        Step::Err => "`err`".to_owned(),
    }
}

/// The path to a difference, as it continues the path of a place.
fn path_behind(mismatch: &Mismatch) -> String {
    if mismatch.path.0.is_empty() { String::new() } else { format!(" / {}", mismatch.path) }
}

fn below(place: &Place, path: &str) -> Place {
    match place {
        Place::Binary { file, path: outer } => Place::binary(file, format!("{outer}{path}")),
        Place::File { file } if !path.is_empty() => Place::binary(file, path.trim_start_matches(" / ")),
        Place::File { .. } | Place::Text { .. } => place.clone(),
    }
}

// Exports.

pub(super) fn export_without_effect<'n>(
    place: Place,
    instance: &Place,
    names: impl ExactSizeIterator<Item = &'n ExternName>,
) -> Diagnostic {
    let text = if names.len() == 0 {
        "has no exports".to_owned()
    } else {
        format!("exports {}, and all of that is exported already", listed(names.map(ToString::to_string)))
    };
    diag::error("wac/export-without-effect", "nothing of the instance becomes an export")
        .label(place, text)
        .label(instance.clone(), "the instance")
        .help("take the statement out")
}

// The target world.

pub(super) fn target(
    target: &Target,
    mismatch: &Mismatch,
    what: &str,
    name: &ExternName,
    own: Option<&Place>,
) -> Diagnostic {
    let world = &target.name;
    let inner = Mismatch { path: Path(mismatch.path.0[1..].to_vec()), ..mismatch.clone() };
    let is_whole = inner.path.0.is_empty();
    let (headline, text, help) = match (what, mismatch.kind) {
        ("import", MismatchKind::Missing | MismatchKind::Extra) if is_whole => (
            format!("`{world}` has no import `{name}`"),
            format!("the result imports `{name}`"),
            format!("give `{name}` as an argument, or add it to the world"),
        ),
        ("export", MismatchKind::Missing) if is_whole => (
            format!("`{world}` wants an export `{name}`"),
            format!("the result does not export `{name}`: {}", side(&mismatch.expected)),
            format!("export it: `export ... as \"{name}\";`"),
        ),
        (_, _) => (
            format!("{what} `{name}` does not fit `{world}`"),
            cause(&inner),
            "change the world, or build the component from it".to_owned(),
        ),
    };
    let mut error = diag::error("wac/target", headline);
    error = match own {
        Some(own) => error.label(own.clone(), text).label(target.place.clone(), "the world that the result must fit"),
        None => error.label(target.place.clone(), text),
    };
    for (place, text) in [(&mismatch.found_place, &mismatch.found), (&mismatch.expected_place, &mismatch.expected)] {
        let word = if std::ptr::eq(text, &mismatch.found) { "found" } else { "expected" };
        if let Some(place) = place.as_ref().filter(|_| text != NOTHING) {
            error = error.label(place.clone(), format!("{word} {}", side(text)));
        }
    }
    error.help(help)
}

pub(super) fn target_as_whole(target: &Target, mismatch: &Mismatch) -> Diagnostic {
    diag::error("wac/target", format!("the result does not fit `{}`", target.name))
        .label(target.place.clone(), cause(mismatch))
        .help("change the world, or what is exported")
}

// Words.

/// `nothing`, or WIT's words in quotes.
fn side(words: &str) -> String {
    if words == NOTHING { words.to_owned() } else { format!("`{words}`") }
}

fn names_of(items: &IndexMap<ExternName, Item>) -> String {
    listed(items.keys().map(ToString::to_string))
}

/// Names for a message: the first few, and how many more there are.
fn listed(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect();
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN { format!("{shown} and {} more", names.len() - SHOWN) } else { shown }
}

/// Similar names, for "did you mean".
fn near<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let near = diag::near_misses(name, names);
    (!near.is_empty()).then(|| near.iter().map(|near| format!("`{near}`")).collect::<Vec<_>>().join(" or "))
}

/// Says what is there: what is similar, else all of it.
fn there<'n>(error: Diagnostic, name: &str, names: impl Iterator<Item = &'n str> + Clone) -> Diagnostic {
    match near(name, names.clone()) {
        Some(near) => error.help(format!("did you mean {near}?")),
        None => error.help(format!("there is {}", listed(names))),
    }
}

/// Says which names an id may stand for if there are several, else what is similar.
fn or_several(
    error: Diagnostic,
    items: &IndexMap<ExternName, Item>,
    name: &tree::ExternName,
    written: impl Fn(&ExternName) -> String,
) -> Diagnostic {
    if let tree::ExternName::Id(id) = name
        && let several @ [first, _, ..] = infer::ending_in(items, &id.text).as_slice()
    {
        let names = listed(several.iter().map(ToString::to_string));
        return error.help(format!("{names} all end in `{}`: write the whole name, {}", id.text, written(first)));
    }
    let text = name.text();
    let full: Vec<String> = items.keys().map(ToString::to_string).collect();
    let ends: Vec<&str> = items
        .keys()
        .map(|name| match name {
            ExternName::Interface(name) => name.interface.as_str(),
            ExternName::Label(label) => label,
            ExternName::Constructor(_) | ExternName::Method(..) | ExternName::Static(..) | ExternName::Accessor(_) => {
                ""
            }
        })
        .collect();
    match near(text, full.iter().map(String::as_str)).or_else(|| near(text, ends)) {
        Some(near) => error.help(format!("did you mean {near}?")),
        None if full.is_empty() => error.help("take it out"),
        None => error.help(format!("there is {}", listed(full.iter().map(String::as_str)))),
    }
}
