//! WIT text from what is resolved.
//!
//! In: a loaded package, or a world in component types. Out: WIT text that parses alone.
//! Holds: what a text says is decided in `text`'s structures, by `from_resolve` or `from_types`; `layout` only lays out.

mod from_resolve;
mod from_types;
mod layout;
mod names;
mod text;

use diag::Diagnostics;
use printer::{Doc, Indent, Style, render};
use types::{InstanceId, Types, World};

pub(crate) use from_resolve::needed_by_world;
pub(crate) use from_types::not_in_wit;

use crate::{LoadOptions, Package, SourceTree, load, select};

/// What to leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Docs {
    #[default]
    Keep,
    LeaveOut,
}

const STYLE: Style = Style { indent: Indent::Spaces(2), width: usize::MAX };

/// The packages that the user named as WIT text: the first as the package of the file, then every other package
/// that they need, as `package … { }`.
///
/// With a world (chosen by `selector`, or by a built-in name) only that world and what it needs is printed.
///
/// # Errors
///
/// As [`Package::world`], if there is a selector.
pub fn print(package: &Package, selector: Option<&str>, docs: Docs) -> diag::Result<String> {
    let world = match (selector, package.chosen) {
        (Some(_), _) => Some(select::world(package, selector)?),
        (None, chosen) => chosen,
    };
    let packages = match world.and_then(|world| package.component_of(world)) {
        Some(component) => {
            let (types, world) = component.own_world();
            from_types::packages(types, world)
        }
        None => from_resolve::packages(package, world),
    };
    // Part by part: the layout of a large text takes far more room than the text.
    let mut out = String::new();
    let (root, others) = packages.split_first().map_or((None, &[][..]), |(root, others)| (Some(root), others));
    root.into_iter().flat_map(|root| layout::root_parts(root, docs)).for_each(|part| add_block(&mut out, &part));
    others.iter().for_each(|other| add_block(&mut out, &layout::nested_package(other, docs)));
    Ok(out)
}

/// The first of the packages that the user named as WIT text, without those that it needs.
///
/// The text does not parse alone if it needs others; it is for a reader that has those.
pub fn print_first(package: &Package) -> String {
    let mut out = String::new();
    let packages = from_resolve::packages(package, None);
    let parts = packages.first().into_iter().flat_map(|root| layout::root_parts(root, Docs::Keep));
    parts.for_each(|part| add_block(&mut out, &part));
    out
}

/// Adds a part below an empty line.
fn add_block(out: &mut String, part: &Doc) {
    let text = render(part, &STYLE);
    if !out.is_empty() && !text.is_empty() {
        out.push('\n');
    }
    out.push_str(&text);
}

/// Everything resolved, as the JSON document that wit-parser defines: worlds, interfaces, types and packages in tables
/// that refer to one another by number.
///
/// A component has the numbers that wit-parser gives it; one that it does not read has those of the text that it is
/// shown as. With a world (chosen by `selector`) it is the document of that world and what it needs, as [`print`] shows
/// them.
///
/// # Errors
///
/// As [`Package::world`], if there is a selector; as `load`, where that text says something that WIT does not allow.
pub fn json(package: &Package, selector: Option<&str>, docs: Docs) -> diag::Result<String> {
    if let Some(selector) = selector {
        let world = select::world(package, Some(selector))?;
        if package.component_of(world).is_none() {
            return json(&loaded(print(package, Some(selector), Docs::Keep)?)?, None, docs);
        }
    }
    let read = match &package.component {
        Some(component) => Some(component.resolve().map_or_else(|| Ok(shown(package)?.resolve), Ok::<_, Diagnostics>)?),
        None => None,
    };
    let resolve = read.as_ref().unwrap_or(&package.resolve);
    let mut document = serde_json::to_value(resolve).expect("every table of a resolve has a JSON form");
    if docs == Docs::LeaveOut {
        remove_docs(&mut document);
    }
    Ok(format!("{document:#}\n"))
}

/// A component as the text that it is shown as, loaded.
pub(crate) fn shown(component: &Package) -> diag::Result<Package> {
    loaded(print(component, None, Docs::Keep)?)
}

/// What was printed, loaded.
fn loaded(text: String) -> diag::Result<Package> {
    let options = LoadOptions { all_features: true, ..LoadOptions::default() };
    load(&SourceTree::of_text("component.wit", text), &options)
}

fn remove_docs(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            // Every `docs` of the document is documentation; no table is keyed by names that users choose but
            // `types`, `functions`, `imports` and their like, whose members are looked into one by one.
            if members.get("docs").is_some_and(|docs| docs.get("contents").is_some_and(serde_json::Value::is_string)) {
                members.shift_remove("docs");
            }
            members.values_mut().for_each(remove_docs);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(remove_docs),
        _ => {}
    }
}

/// The world of a component, as the text `package root:component; world root { … }`, without other packages.
pub fn print_component(types: &Types, world: &World) -> String {
    let text = from_types::package(types, world);
    render(&layout::root_package(&text, Docs::LeaveOut), &STYLE)
}

/// An interface alone, as the text `interface name { … }`; one that no package names is called `label`.
pub fn print_interface(types: &Types, id: InstanceId, label: &str) -> String {
    let text = from_types::interface(types, id, label);
    render(&layout::print_interface(&text, Docs::LeaveOut), &STYLE)
}
