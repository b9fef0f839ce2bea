//! Random worlds: packages or diagnostics, the same each time, in files that stay below their folder, which gofmt leaves
//! as they are, go vet finds nothing in, and Go compiles.
#![expect(clippy::disallowed_methods, reason = "a test writes sources and starts compilers")]

#[path = "../../bindgen-rust/tests/fuzz/worlds.rs"]
#[allow(dead_code, reason = "Rust's tests use the rest")]
mod worlds;

use std::path::Path;

use testing::go::{Go, On};
use testing::seeds::check;
use testing::{Outcome, Trouble};
use types::Types;
use withe_bindgen_go::{self as bindgen_go, Options};
use worlds::World;

/// Worlds that are compiled together.
const TOGETHER: usize = 6;

/// Paths and texts of a module's packages, or the codes of what is wrong.
fn generate(wit: &str, module: &str) -> Result<Vec<(String, String)>, Vec<String>> {
    let tree = wit::SourceTree::of_text("test.wit", wit);
    let package = wit::load(&tree, &wit::LoadOptions::default())
        .unwrap_or_else(|errors| panic!("the world is made wrong: {errors:?}\n{wit}"));
    let mut types = Types::new();
    let world = package.world(&mut types, None).expect("one world");
    // Some of these worlds have maps of handles, which no binary form allows today.
    let bindings = bindgen::bindings(&types, &world, Vec::new());
    let options = Options { module: module.to_owned(), stubs: true, ..Options::default() };
    match bindgen_go::generate(&bindings, &options) {
        Ok(files) => Ok(files.iter().map(|(path, file)| (path.to_owned(), file.text.clone())).collect()),
        Err(found) => Err(found.0.iter().map(|one| one.code.0.to_owned()).collect()),
    }
}

#[test]
fn fuzz_random_worlds_give_the_same_packages() {
    check("fuzz_random_worlds_give_the_same_packages", 60, |random| {
        let wit = World::with_own_items(random).wit;
        let found = generate(&wit, "example.com/m");
        assert_eq!(found, generate(&wit, "example.com/m"), "{wit}");
        match found {
            Ok(files) => assert!(files.iter().all(|(path, _)| is_plain(path)), "{files:?}\n{wit}"),
            Err(codes) => panic!("{codes:?}\n{wit}"),
        }
    });
}

/// Several worlds beside each other in one module, so that Go's tools start once for all of them.
#[test]
fn fuzz_random_packages_compile() {
    check("fuzz_random_packages_compile", 1, |random| {
        let folder = testing::scratch("fuzz_random_packages_compile").expect("a folder");
        std::fs::write(folder.join("go.mod"), "module worlds\n\ngo 1.24\n").expect("a module");
        let mut index = 0;
        while index < TOGETHER {
            let wit = World::with_own_items(random).wit;
            match generate(&wit, &format!("worlds/w{index}")) {
                Ok(files) => {
                    write(&folder.join(format!("w{index}")), &wit, &files).expect("sources");
                    index += 1;
                }
                Err(codes) => panic!("{codes:?}\n{wit}"),
            }
        }
        match compiled(&folder) {
            Ok(()) => {}
            Err(trouble @ Trouble::MissingTool(_)) if !testing::tools_required() => not_run(&trouble),
            Err(trouble) => panic!("{}: {trouble}", folder.display()),
        }
    });
}

/// The packages, and the world that they are of.
fn write(folder: &Path, wit: &str, files: &[(String, String)]) -> Outcome {
    for (path, text) in files.iter().map(|(path, text)| (path.as_str(), text.as_str())).chain([("world.wit", wit)]) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(path, text)?;
    }
    Ok(())
}

fn compiled(module: &Path) -> Outcome {
    Go::Machine.formatted(module)?;
    Go::Machine.vet(module, On::Wasm)?;
    Go::Machine.compile(module, On::Wasm)
}

#[expect(clippy::print_stdout, reason = "what does not run is told")]
fn not_run(trouble: &Trouble) {
    println!("{trouble}");
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
