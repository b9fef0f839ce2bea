//! The versions that gates name, against the version of the package.
//!
//! In: the items of a package. Out: `@since` with a version that the package has not reached, or in a package without
//! one.
//! Holds: what a missing feature may leave out is passed over, as wit-parser does.
//!
//! Specification: "WIT", "Feature Gates".

use diag::{Diagnostic, Place};
use semver::Version;

use crate::syntax::Tree;
use crate::syntax::ast::{
    Attribute, Attributes, ExternKind, InterfaceItem, Item, PackageName, ResourceItem, Span, TypeDecl, TypeDeclKind,
    World, WorldItem,
};

/// Whether an item is there only if a feature is on.
pub(super) fn may_be_off(attributes: &Attributes) -> bool {
    attributes.gates.iter().any(|gate| gate.name.text == "unstable")
}

/// A package's name and the file in which it stands.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub tree: &'a Tree,
    pub name: &'a PackageName,
}

/// A gate, and the name of what it is for.
struct Gated<'a> {
    gate: &'a Attribute,
    item: &'a Span,
}

/// Checks items of one file against the name of their package.
pub(super) fn check(tree: &Tree, items: &[Item], package: Named<'_>, found: &mut Vec<Diagnostic>) {
    let mut gated = Vec::new();
    for item in items {
        match item {
            Item::Interface(one) => {
                add(&one.attributes, &one.name.span, &mut gated);
                interface_items(&one.items, may_be_off(&one.attributes), &mut gated);
            }
            Item::World(one) => world(one, &mut gated),
            Item::Use(_) | Item::Package(_) | Item::Error(_) => {}
        }
    }
    gated.sort_by_key(|one| one.gate.span.start);
    match &package.name.version {
        None => unversioned(tree, &gated, package, found),
        Some(version) => {
            let Ok(reached) = Version::parse(&version.text) else { return };
            found.extend(gated.iter().filter_map(|one| too_new(tree, one, package, &reached)));
        }
    }
}

fn world<'a>(world: &'a World, gated: &mut Vec<Gated<'a>>) {
    add(&world.attributes, &world.name.span, gated);
    let off = may_be_off(&world.attributes);
    for item in &world.items {
        match item {
            WorldItem::Use(one) => add_if(!one.names.is_empty(), &one.attributes, &one.path.span, gated),
            WorldItem::Type(one) => type_decl(one, off, gated),
            WorldItem::Include(one) => add_if(!off, &one.attributes, &one.path.span, gated),
            WorldItem::Import(one) | WorldItem::Export(one) => match &one.kind {
                ExternKind::Func { name, .. } | ExternKind::Implements { name, .. } => {
                    add_if(!off, &one.attributes, &name.span, gated);
                }
                ExternKind::Path(path) => add_if(!off, &one.attributes, &path.item.span, gated),
                ExternKind::Interface { name, items } => {
                    add(&one.attributes, &name.span, gated);
                    interface_items(items, off || may_be_off(&one.attributes), gated);
                }
            },
            WorldItem::Error(_) => {}
        }
    }
}

fn interface_items<'a>(items: &'a [InterfaceItem], off: bool, gated: &mut Vec<Gated<'a>>) {
    for item in items {
        match item {
            InterfaceItem::Use(one) => add_if(!one.names.is_empty(), &one.attributes, &one.path.span, gated),
            InterfaceItem::Type(one) => type_decl(one, off, gated),
            InterfaceItem::Func(one) => add_if(!off, &one.attributes, &one.name.span, gated),
            InterfaceItem::Error(_) => {}
        }
    }
}

fn type_decl<'a>(one: &'a TypeDecl, off: bool, gated: &mut Vec<Gated<'a>>) {
    add(&one.attributes, &one.name.span, gated);
    let TypeDeclKind::Resource(items) = &one.kind else { return };
    for item in items {
        match item {
            ResourceItem::Func(func) => {
                add_if(!off, &func.attributes, &func.name.span, gated);
            }
            ResourceItem::Error(_) => {}
        }
    }
}

fn add_if<'a>(included: bool, attributes: &'a Attributes, item: &'a Span, gated: &mut Vec<Gated<'a>>) {
    if included {
        add(attributes, item, gated);
    }
}

/// The `@since` of an item, unless another gate beside it is wrong.
fn add<'a>(attributes: &'a Attributes, item: &'a Span, gated: &mut Vec<Gated<'a>>) {
    let mut since = attributes.gates.iter().filter(|gate| gate.name.text == "since");
    if let (Some(gate), None, false) = (since.next(), since.next(), may_be_off(attributes)) {
        gated.push(Gated { gate, item });
    }
}

fn place(tree: &Tree, span: &Span) -> Place {
    Place::text(&tree.source, span.clone())
}

/// The version that a gate names, where it stands.
fn version_of(gate: &Attribute) -> Option<(Version, &Span)> {
    let [argument] = gate.arguments.as_slice() else { return None };
    let is_version = argument.name.as_ref().is_some_and(|name| name.text == "version");
    let version = Version::parse(&argument.value).ok().filter(|_| is_version)?;
    Some((version, &argument.value_span))
}

fn too_new(tree: &Tree, gated: &Gated<'_>, package: Named<'_>, reached: &Version) -> Option<Diagnostic> {
    let (version, span) = version_of(gated.gate)?;
    if version <= *reached {
        return None;
    }
    let name = format!("{}:{}", package.name.namespace.text, package.name.name.text);
    let headline = format!("`@since` names version {version}, but `{name}` is at {reached}");
    let own = package.name.version.as_ref().map_or(&package.name.span, |version| &version.span);
    let found = diag::error("wit/feature-gate", headline)
        .label(place(tree, span), "later than the package")
        .label(place(package.tree, own), "the package's version")
        .label(place(tree, gated.item), "what it is for");
    Some(found.help(format!("write a version up to `{reached}`")))
}

/// All gates at once: it is the package's name that lacks something.
fn unversioned(tree: &Tree, gated: &[Gated<'_>], package: Named<'_>, found: &mut Vec<Diagnostic>) {
    let versions = || gated.iter().filter_map(|one| version_of(one.gate));
    let Some((newest, _)) = versions().max_by(|a, b| a.0.cmp(&b.0)) else { return };
    let name = format!("{}:{}", package.name.namespace.text, package.name.name.text);
    let Some(first) = gated.iter().find(|one| version_of(one.gate).is_some()) else { return };
    let headline = format!("`@since` needs a version to compare with, and `{name}` has none");
    let mut one = diag::error("wit/feature-gate", headline)
        .label(place(tree, &first.gate.span), "says a version")
        .label(place(package.tree, &package.name.span), "says none");
    for gated in gated {
        one = one.label(place(tree, gated.item), "what a version is said for");
    }
    found.push(one.help(format!("write `{name}@{newest}`")));
}
