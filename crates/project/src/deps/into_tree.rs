//! The packages of a project's lock, for WIT that names them.
//!
//! In: a tree of WIT, and a path in a project. Out: the tree with those packages of `deps/` that its texts name, and
//! those that these name.
//! Holds: outside of a project, and for what names nothing, nothing is read; what is wrong with the lock is not told
//! here, since the commands that look after it do.

use std::path::Path;

use indexmap::IndexSet;
use semver::Version;

use super::contents::{LARGEST, add_wasm, read_bounded};
use super::lock::{FILE, Kind, Lock, Locked};
use super::owned::FOLDER;
use super::track::{fits, of_reference};
use crate::PackageName;
use crate::manifest;

/// Adds what the texts of a tree name and the project's lock has; `path` is where the texts are, absolute.
///
/// What `deps/` lacks is left out: that a package is not here is told where it is named, with the help of `advice`.
pub fn add_locked(tree: &mut wit::SourceTree, path: &Path) {
    let mut open = references(tree.files.iter().filter(|(name, _)| name.ends_with(".wit")).map(|(_, bytes)| bytes));
    if open.is_empty() {
        return;
    }
    let Some((root, lock)) = locked(path) else { return };
    let mut added: IndexSet<String> = IndexSet::new();
    while let Some((name, version)) = open.pop() {
        let requirement = of_reference(version.as_ref());
        let fitting =
            |one: &&Locked| one.kind == Kind::Wit && one.name == name && fits(&requirement, one.version.as_ref());
        let Some(locked) = lock.packages.iter().rev().find(fitting) else { continue };
        if !added.insert(locked.id()) {
            continue;
        }
        let shown = format!("{FOLDER}/{}", locked.file());
        let Ok(bytes) = read_bounded(&root.join(&shown), &shown, LARGEST) else { continue };
        add_wasm(tree, &shown, &bytes);
        open.extend(references(tree.files.get(&shown)));
    }
}

/// What helps against a package `ns:name[@version]` that is not here; nothing outside of a project.
pub fn advice(path: &Path, package: &str) -> Option<String> {
    let root = path.ancestors().find(|folder| folder.join(manifest::FILE).is_file())?;
    let name: PackageName = package.split('@').next()?.parse().ok()?;
    let lock = Lock::read(root, FILE).ok()?.unwrap_or_default();
    let is_locked = lock.packages.iter().any(|one| one.name == name);
    Some(if is_locked { "fetch it with `withe fetch`".to_owned() } else { format!("add it with `withe add {name}`") })
}

/// The project that a path is in, and its lock, if it has one.
fn locked(path: &Path) -> Option<(&Path, Lock)> {
    let root = path.ancestors().find(|folder| folder.join(manifest::FILE).is_file())?;
    Some((root, Lock::read(root, FILE).ok()??))
}

/// The packages that texts name.
fn references<'a>(texts: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<(PackageName, Option<Version>)> {
    let mut found = IndexSet::new();
    for text in texts.into_iter().filter_map(|bytes| std::str::from_utf8(bytes).ok()) {
        for reference in wit::references(text) {
            let version = reference.version.as_deref().map(Version::parse);
            if let (Ok(name), Ok(version)) = (reference.package.parse(), version.transpose()) {
                found.insert((name, version));
            }
        }
    }
    found.into_iter().collect()
}
