//! The public packages in binary form: each is read, and says what the WIT beside it says.
//!
//! Compared are all worlds, by their types, and the printed package, documentation included.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::path::Path;

use support::{conformance, read_tree, wit_sources};
use types::{Types, equal};
use withe_wit::print::{Docs, print};
use withe_wit::{LoadOptions, SourceTree, load};

#[test]
fn binaries_say_what_the_wit_beside_them_says() {
    let Some(folder) = conformance("interfaces") else { return };
    let (mut count, mut worlds, mut wrong) = (0, 0, Vec::new());
    for path in wit_sources(&folder) {
        let wat = path.with_extension("wat");
        if !wat.exists() {
            continue;
        }
        count += 1;
        match compare(&path, &wat) {
            Ok(compared) => worlds += compared,
            Err(why) => wrong.push(format!("{}: {why}", path.display())),
        }
    }
    println!("interfaces: {} of {count} binaries, {worlds} worlds", count - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
    assert!(count >= 40, "only {count} cases were found");
}

/// The number of worlds that were found equal.
fn compare(wit: &Path, wat: &Path) -> Result<usize, String> {
    let options = LoadOptions { all_features: true, ..LoadOptions::default() };
    let told = |error| format!("{error:?}");
    let text = load(&read_tree(wit), &options).map_err(told)?;
    let bytes = wat::parse_file(wat).map_err(|error| error.to_string())?;
    let binary = load(&SourceTree::of_file("package.wasm", bytes), &options).map_err(told)?;
    let (mut expected, mut found) = (text.worlds(), binary.worlds());
    expected.sort();
    found.sort();
    if expected != found {
        return Err(format!("worlds {found:?}, expected {expected:?}"));
    }
    for name in &expected {
        let types = &mut Types::new();
        let [a, b] = [&text, &binary].map(|package| package.world(types, Some(name)).unwrap().component);
        if !equal::components(types, &a, &b) {
            return Err(format!("world {name} differs"));
        }
    }
    let [a, b] = [&text, &binary].map(|package| print(package, None, Docs::Keep).map_err(told));
    let (a, b) = (own_package(&a?), own_package(&b?));
    if a == b { Ok(expected.len()) } else { Err(format!("printed from WIT\n{a}\nprinted from the binary\n{b}")) }
}

/// The package itself, without those that it depends on, which are printed as nested ones.
fn own_package(text: &str) -> String {
    text.split("\npackage ").next().unwrap_or_default().trim_end().to_owned()
}
