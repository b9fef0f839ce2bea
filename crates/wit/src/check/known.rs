//! The built-in packages that the user's files ask for, as trees.
//!
//! In: the user's trees. Out: the trees of those built-in packages and of all that they need, each with the version it
//! is read in. Holds: the versions are those that `load` would take: the highest asked for in each semver track.

use indexmap::{IndexMap, IndexSet};
use semver::Version;
use std::sync::Arc;

use diag::Source;
use types::PackageName;
use types::version::Track;

use super::index::Said;
use super::paths::for_each_path;
use crate::builtin;
use crate::syntax::ast::{self, Item};
use crate::syntax::{self, Tree};

/// The version that a built-in package is read in: what came later is not there.
pub(super) type Cut = Option<Version>;

/// A built-in package and the name it stands for.
pub(super) struct BuiltInTree {
    pub tree: Vec<Tree>,
    pub name: PackageName,
}

/// The built-in packages that are needed.
pub(super) fn built_in(groups: &[Vec<Tree>], locked: &[Vec<Tree>], asked: Option<&PackageName>) -> Vec<BuiltInTree> {
    let mut references = IndexSet::new();
    let mut own = IndexSet::new();
    for tree in groups.iter().chain(locked).flatten() {
        own.extend(tree.ast.package.as_ref().and_then(|header| package_name(&header.name)));
        collect(&tree.ast.items, &mut references, &mut own);
    }
    references.extend(asked.cloned());
    // A version that nobody has is told where it is asked for; it raises nothing.
    let wanted = wanted(references.iter().filter(|name| builtin::find(name).is_some()).chain(&own));
    let mut found: Vec<BuiltInTree> = Vec::new();
    let mut at = 0;
    while let Some(name) = references.get_index(at).cloned() {
        at += 1;
        let target = raised(&name, &wanted);
        let here = |other: &PackageName| *other == name || builtin::moves_with_track(&name) && other.same_track(&name);
        if own.iter().any(here) || found.iter().any(|one| one.name == target) {
            continue;
        }
        let Some(entry) = builtin::find(&target) else { continue };
        let source = Arc::new(Source::new(format!("{} (built in)", entry.name), entry.text));
        let tree = syntax::parse(source);
        collect(&tree.ast.items, &mut references, &mut IndexSet::new());
        found.push(BuiltInTree { tree: vec![tree], name: target });
    }
    found
}

/// The packages that items name, and those that they declare.
fn collect(items: &[Item], references: &mut IndexSet<PackageName>, own: &mut IndexSet<PackageName>) {
    for_each_path(items, &mut |path, _| references.extend(path.package.as_ref().and_then(package_name)));
    for item in items {
        if let Item::Package(nested) = item {
            own.extend(package_name(&nested.name));
            collect(&nested.items, references, own);
        }
    }
}

fn package_name(name: &ast::PackageName) -> Option<PackageName> {
    let version = match Said::of(name) {
        Said::None => None,
        Said::Version(version) => Some(version),
        Said::Unread(_) => return None,
    };
    Some(PackageName { namespace: name.namespace.text.clone(), name: name.name.text.clone(), version })
}

/// The highest version of each track that built-in packages are asked for in.
fn wanted<'a>(names: impl Iterator<Item = &'a PackageName>) -> IndexMap<Track, Version> {
    let mut wanted: IndexMap<Track, Version> = IndexMap::new();
    for name in names.filter(|name| builtin::moves_with_track(name)) {
        let Some(version) = &name.version else { continue };
        let highest = wanted.entry(Track::of(Some(version))).or_insert_with(|| version.clone());
        if *highest < *version {
            highest.clone_from(version);
        }
    }
    wanted
}

fn raised(name: &PackageName, wanted: &IndexMap<Track, Version>) -> PackageName {
    if !builtin::moves_with_track(name) {
        return name.clone();
    }
    let version = wanted.get(&Track::of(name.version.as_ref())).cloned().or_else(|| name.version.clone());
    PackageName { version, ..name.clone() }
}
