//! Two versions of a package in one world become one: over the public WIT files, each taken for two versions of itself.
//!
//! A world imports every interface of both versions, and exports what uses the lower one. Merged, it must be the world
//! that was written for the higher version alone, and must survive being written as metadata.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use support::{conformance, wit_sources};
use types::merge::merge_versions;
use types::{ItemKind, Types, World, equal};
use withe_wit::{LoadOptions, SourceTree, load};

#[test]
fn two_versions_of_a_package_become_the_higher_one() {
    let (mut count, mut interfaces, mut wrong) = (0, 0, Vec::new());
    for folder in ["bindgen", "interfaces", "wit-ui"] {
        let Some(folder) = conformance(folder) else { return };
        for path in wit_sources(&folder).into_iter().filter(|path| path.is_file()) {
            let text = std::fs::read_to_string(&path).unwrap();
            let Some(package) = Twice::of(&text) else { continue };
            match package.check() {
                Ok(0) => {}
                Ok(merged) => {
                    count += 1;
                    interfaces += merged;
                }
                Err(why) => wrong.push(format!("{}: {why}", path.display())),
            }
        }
    }
    println!("{count} packages in two versions, {interfaces} interfaces merged");
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
    assert!(count > 80, "only {count} packages were found");
}

/// A package that is given in two versions.
struct Twice<'t> {
    /// Namespace and name.
    name: &'t str,
    body: String,
    interfaces: Vec<&'t str>,
}

impl<'t> Twice<'t> {
    /// A file that declares one package without a version, and interfaces.
    fn of(text: &'t str) -> Option<Self> {
        let mut packages = text.lines().filter(|line| line.trim_start().starts_with("package "));
        let (header, None) = (packages.next()?, packages.next()) else { return None };
        let name = header.trim_start().strip_prefix("package ")?.trim_end().strip_suffix(';')?;
        if name.contains('@') {
            return None;
        }
        let interfaces = text.lines().filter_map(|line| line.strip_prefix("interface ")?.split([' ', '{']).next());
        let interfaces: Vec<&str> = interfaces.collect();
        (!interfaces.is_empty()).then(|| Self { name, body: text.replacen(header, "", 1), interfaces })
    }

    /// A world that imports these versions, and exports an interface that uses all types of the version `used`.
    fn world(&self, types: &mut Types, versions: &[&str], used: &str, uses: &[Vec<String>]) -> Option<World> {
        let name = self.name;
        let mut text = "package test:both;\nworld both {\n".to_owned();
        for version in versions {
            for interface in &self.interfaces {
                text.push_str(&format!("  import {name}/{interface}@{version};\n"));
            }
        }
        text.push_str("  import users;\n  export users;\n}\ninterface users {\n");
        for (index, (interface, uses)) in self.interfaces.iter().zip(uses).enumerate() {
            for (at, ty) in uses.iter().enumerate() {
                text.push_str(&format!("  use {name}/{interface}@{used}.{{%{ty} as t{index}-t{at}}};\n"));
                text.push_str(&format!("  f{index}-f{at}: func(it: t{index}-t{at}) -> list<t{index}-t{at}>;\n"));
            }
        }
        text.push_str("}\n");
        for version in versions {
            text.push_str(&format!("package {name}@{version} {{\n{}\n}}\n", self.body));
        }
        let options = LoadOptions { all_features: true, ..LoadOptions::default() };
        let package = load(&SourceTree::of_text("both.wit", &text), &options).ok()?;
        package.world(types, Some("test:both/both")).ok()
    }

    /// The number of interfaces that were merged; none if the file cannot stand twice in one world.
    fn check(&self) -> Result<usize, String> {
        let types = &mut Types::new();
        let none = vec![Vec::new(); self.interfaces.len()];
        let Some(alone) = self.world(types, &["0.2.1"], "0.2.1", &none) else { return Ok(0) };
        let uses: Vec<Vec<String>> = self.interfaces.iter().map(|name| self.types_of(types, &alone, name)).collect();
        let Some(expected) = self.world(types, &["0.2.1"], "0.2.1", &uses) else { return Ok(0) };
        let Some(both) = self.world(types, &["0.2.0", "0.2.1"], "0.2.0", &uses) else { return Ok(0) };
        let merged = merge_versions(types, &both.component).map_err(|why| format!("{why:?}"))?;
        if !equal::components(types, &merged, &expected.component) {
            let [found, wanted] = [&merged, &expected.component].map(|world| types::dump::component(types, world));
            return Err(format!("--- expected\n{wanted}\n--- found\n{found}"));
        }
        let gone = both.component.imports.len() - merged.imports.len();
        let merged = World { component: merged, ..both };
        let section = component::metadata::encode(types, &merged, component::StringEncoding::Utf8)
            .map_err(|why| format!("as metadata: {why:?}"))?;
        let read = component::metadata::decode(types, "both.wasm", &section).map_err(|why| format!("{why:?}"))?;
        if equal::components(types, &read.world.component, &expected.component) {
            Ok(gone)
        } else {
            Err("the metadata says another world".to_owned())
        }
    }

    /// The types and resources that an imported interface has.
    fn types_of(&self, types: &Types, world: &World, interface: &str) -> Vec<String> {
        let name = format!("{}/{interface}@0.2.1", self.name);
        let item = world.component.imports.iter().find(|(other, _)| other.to_string() == name);
        let Some(id) = item.and_then(|(_, item)| item.kind.instance()) else { return Vec::new() };
        let exports = types.instance(id).exports.iter();
        let named = exports.filter(|(_, item)| matches!(item.kind, ItemKind::Type(_) | ItemKind::Resource(_)));
        named.map(|(name, _)| name.to_string()).collect()
    }
}
