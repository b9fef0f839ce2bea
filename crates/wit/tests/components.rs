//! The world of a component, read from its bytes, prints as the public test vectors say.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use support::{conformance, read_tree};
use types::{Types, World};
use withe_wit::print::print_component;
use withe_wit::{LoadOptions, load};

#[test]
fn worlds_of_components_print_as_expected() {
    let Some(folder) = conformance("encode") else { return };
    let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut count = 0;
    let mut wrong = Vec::new();
    for case in cases {
        let Ok(expected) = std::fs::read_to_string(case.join("component.wit.print")) else { continue };
        count += 1;
        let bytes = wat::parse_file(case.join("component.wat")).unwrap();
        let mut types = Types::new();
        let name = case.file_name().unwrap().to_str().unwrap();
        match component::read_world(&mut types, name, &bytes) {
            Err(found) => wrong.push(format!("{name}: {}", found.0[0].headline)),
            Ok(world) => {
                let text = print_component(&types, &world);
                if text.trim() != expected.trim() {
                    wrong.push(format!("{name}:\n{text}\n----- expected\n{expected}"));
                }
            }
        }
    }
    println!("encode: {} of {count} worlds print as expected", count - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
    assert!(count >= 103, "only {count} cases");
}

/// The world that a text says, written into a binary and read back, is the same component type.
#[test]
fn worlds_are_the_same_after_a_way_through_bytes() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for folder in ["wit-ui", "bindgen"] {
        let Some(folder) = conformance(folder) else { continue };
        let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.sort();
        for case in cases {
            let name = case.file_name().unwrap().to_str().unwrap().to_owned();
            let case = if case.join("wit").is_dir() { case.join("wit") } else { case };
            if name == "parse-fail" || !(case.is_dir() || name.ends_with(".wit")) {
                continue;
            }
            let options = LoadOptions { all_features: true, ..LoadOptions::default() };
            let Ok(package) = load(&read_tree(&case), &options) else { continue };
            let mut types = Types::new();
            for world in package.all_worlds(&mut types) {
                count += 1;
                if let Err(reason) = through_bytes(&mut types, &world) {
                    wrong.push(format!("{name}, {}: {reason}", world.name));
                }
            }
        }
    }
    println!("{} of {count} worlds are the same after a way through bytes", count - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count == 0 || count >= 192, "only {count} worlds");
}

fn through_bytes(types: &mut Types, world: &World) -> Result<(), String> {
    let said = |found: diag::Diagnostics| format!("{} ({})", found.0[0].headline, found.0[0].labels[0].text);
    let bytes = component::metadata::encode(types, world, component::StringEncoding::Utf8).map_err(said)?;
    let back = component::metadata::decode(types, "metadata", &bytes).map_err(said)?.world;
    if types::equal::components(types, &world.component, &back.component) {
        return Ok(());
    }
    Err(format!("\n{}\n-----\n{}", types::dump::world(types, world), types::dump::world(types, &back)))
}
