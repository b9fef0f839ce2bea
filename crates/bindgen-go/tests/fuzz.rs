//! Random worlds: packages or diagnostics, the same each time, in files that stay below their folder.

#[path = "../../bindgen-rust/tests/fuzz/worlds.rs"]
#[allow(dead_code, reason = "Rust's tests use the rest")]
mod worlds;

use testing::seeds::check;
use types::Types;
use withe_bindgen_go::{self as bindgen_go, Options};
use worlds::World;

/// Paths and texts, or the codes of what is wrong.
fn generate(wit: &str) -> Result<Vec<(String, String)>, Vec<String>> {
    let tree = wit::SourceTree::of_text("test.wit", wit);
    let package = wit::load(&tree, &wit::LoadOptions::default())
        .unwrap_or_else(|errors| panic!("the world is made wrong: {errors:?}\n{wit}"));
    let mut types = Types::new();
    let world = package.world(&mut types, None).expect("one world");
    // Some of these worlds have maps of handles, which no binary form allows today.
    let bindings = bindgen::bindings(&types, &world, Vec::new());
    let options = Options { module: "example.com/m".to_owned(), stubs: true, ..Options::default() };
    match bindgen_go::generate(&bindings, &options) {
        Ok(files) => Ok(files.iter().map(|(path, file)| (path.to_owned(), file.text.clone())).collect()),
        Err(found) => Err(found.0.iter().map(|one| one.code.0.to_owned()).collect()),
    }
}

#[test]
fn fuzz_random_worlds_give_the_same_packages() {
    check("fuzz_random_worlds_give_the_same_packages", 60, |random| {
        let wit = World::new(random).wit;
        let found = generate(&wit);
        assert_eq!(found, generate(&wit), "{wit}");
        match found {
            Ok(files) => assert!(files.iter().all(|(path, _)| is_plain(path)), "{files:?}\n{wit}"),
            Err(codes) => {
                let is_known = |code: &String| match code.as_str() {
                    // Sixteen parameters of 64 bits are more than Go's compiler takes.
                    "unsupported/go-wide-export" => wit.contains("export "),
                    _ => false,
                };
                assert!(!codes.is_empty() && codes.iter().all(is_known), "{codes:?}\n{wit}");
            }
        }
    });
}

/// Whether a path stays below its folder, and is taken by the go command.
fn is_plain(path: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c))
            && !part.ends_with("_test.go")
    };
    path.split('/').all(is_part)
}
