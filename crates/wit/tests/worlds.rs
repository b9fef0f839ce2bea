//! What may be merged and which component fits which world, where the public test vectors stand beside the checkout.
//!
//! `merge`: two folders that hold some packages both. Every interface of a folder is imported into one world; the union
//! of the two worlds must be what the third folder says. Worlds of one name must be equal.
//! `targets`: a component and a world that it must fit, or must not.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use support::{conformance, read_tree, read_tree_as};
use types::subtype::{Options, component_mismatches};
use types::union::union;
use types::{PackageName, Types, World, equal};
use withe_wit::{LoadOptions, Package, SourceTree, load};

#[test]
fn what_must_merge_does_and_what_must_not_does_not() {
    let Some(folder) = conformance("merge") else { return };
    let cases = directories(&folder);
    for case in &cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let merged = merge(&case.join("into"), &case.join("from"), &case.join("merge"));
        assert_eq!(merged.is_err(), case.join("error.txt").exists(), "{name}: {merged:?}");
        if name.starts_with("commutative") {
            merge(&case.join("from"), &case.join("into"), &case.join("merge")).unwrap();
        }
    }
    println!("merge: {} of {} verdicts", cases.len(), cases.len());
    assert!(cases.len() >= 10, "only {} cases were found", cases.len());
}

fn directories(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

fn merge(into: &Path, from: &Path, expected: &Path) -> Result<(), String> {
    let types = &mut Types::new();
    let [into, from] = [into, from].map(Folder::read);
    for name in into.worlds.iter().filter(|name| from.worlds.contains(name)) {
        let [a, b] = [&into, &from].map(|folder| folder.package.world(types, Some(name)).unwrap().component);
        if !equal::components(types, &a, &b) {
            return Err(format!("world {name} differs"));
        }
    }
    let both = [into.all(types), from.all(types)];
    let package = PackageName { namespace: "test".to_owned(), name: "all".to_owned(), version: None };
    let merged = union(types, package, "all", &both).map_err(|found| format!("{found:?}"))?;
    if expected.is_dir() {
        let expected = Folder::read(expected).all(types);
        assert!(equal::components(types, &merged.component, &expected.component), "another union than expected");
    }
    Ok(())
}

/// A folder of WIT, with one more world that imports all of its interfaces.
struct Folder {
    package: Package,
    /// The worlds that the folder itself has.
    worlds: Vec<String>,
}

impl Folder {
    fn read(path: &Path) -> Self {
        let tree = read_tree_as(path, "folder");
        // Files of the folder itself stand below it from now on: one folder declares one package.
        let moved = |path: &str| match path.strip_prefix("folder/") {
            Some(file) if !file.contains('/') => format!("folder/deps/{file}"),
            _ => path.to_owned(),
        };
        let (mut imports, mut worlds) = (String::new(), Vec::new());
        let text = |bytes| std::str::from_utf8(bytes).unwrap();
        let declared = |bytes| text(bytes).lines().find_map(|line: &str| line.strip_prefix("package "));
        let beside = |path: &str| Path::new(path).parent().unwrap().to_owned();
        for (path, bytes) in &tree.files {
            // A file may leave the name of its package to another one of its folder.
            let others = tree.files.iter().filter(|(other, _)| beside(other) == beside(path));
            let package = declared(bytes).or_else(|| others.into_iter().find_map(|(_, bytes)| declared(bytes)));
            let package = package.unwrap().trim_end_matches(';');
            let text = text(bytes);
            let (package, version) = package.split_once('@').unwrap_or((package, ""));
            let version = if version.is_empty() { String::new() } else { format!("@{version}") };
            for line in text.lines() {
                let named = |keyword| line.strip_prefix(keyword).and_then(|rest: &str| rest.split_whitespace().next());
                if let Some(name) = named("interface ") {
                    imports.push_str(&format!("  import {package}/{name}{version};\n"));
                }
                worlds.extend(named("world ").map(|name| format!("{package}/{name}{version}")));
            }
        }
        let world = format!("package test:all;\nworld all {{\n{imports}}}\n");
        let mut files: IndexMap<_, _> = tree.files.iter().map(|(path, bytes)| (moved(path), bytes.clone())).collect();
        files.insert("folder/all-of-it.wit".to_owned(), world.into_bytes());
        let tree = SourceTree::of_folder("folder", files);
        Self { package: load(&tree, &LoadOptions::default()).unwrap(), worlds }
    }

    fn all(&self, types: &mut Types) -> World {
        self.package.world(types, Some("test:all/all")).unwrap()
    }
}

#[test]
fn components_fit_the_worlds_that_they_must_fit() {
    let Some(folder) = conformance("targets") else { return };
    let cases = directories(&folder);
    for case in &cases {
        let types = &mut Types::new();
        let package = load(&read_tree(&case.join("test.wit")), &LoadOptions::default()).unwrap();
        let world = package.world(types, Some("foobar")).unwrap();
        let bytes = wat::parse_file(case.join("test.wat")).unwrap();
        let component = component::read(types, "test.wasm", &bytes).unwrap();
        let found = component_mismatches(types, &component.ty, &world.component, Options { tracks: true });
        assert_eq!(!found.is_empty(), case.join("error.txt").exists(), "{}: {found:?}", case.display());
    }
    println!("targets: {} of {} verdicts", cases.len(), cases.len());
    assert!(cases.len() >= 6, "only {} cases were found", cases.len());
}
