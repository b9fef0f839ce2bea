//! Random worlds and random options: bindings or diagnostics, the same each time, and Rust that compiles.
#![expect(clippy::disallowed_methods, reason = "tests write sources and start compilers")]

#[path = "fuzz/worlds.rs"]
#[allow(dead_code, reason = "Go's tests use the rest")]
mod worlds;

use std::fmt::Write;

use testing::seeds::{Random, check};
use testing::tool;
use types::Types;
use withe_bindgen_rust::{self as bindgen_rust, Options, Ownership, With};
use worlds::World;

/// The text of the bindings, or the headlines of what is wrong.
fn generate(wit: &str, options: &Options) -> Result<String, Vec<String>> {
    let tree = wit::SourceTree::of_text("test.wit", wit);
    let package = wit::load(&tree, &wit::LoadOptions::default())
        .unwrap_or_else(|errors| panic!("the world is made wrong: {errors:?}\n{wit}"));
    let mut types = Types::new();
    let world = package.world(&mut types, None).expect("one world");
    let bindings = bindgen::bindings(&types, &world, Vec::new());
    match bindgen_rust::generate(&bindings, options) {
        Ok(files) => Ok(files.iter().map(|(path, file)| format!("// {path}\n{}", file.text)).collect()),
        Err(found) => Err(found.0.iter().map(|one| one.headline.clone()).collect()),
    }
}

/// Options that fit every world.
fn plain_options(random: &mut Random) -> Options {
    let mut flip = || random.below(2) == 0;
    Options {
        merge_equal_types: flip(),
        raw_strings: flip(),
        no_realloc: flip(),
        pub_export_macro: flip(),
        no_run_ctors: flip(),
        no_link_helpers: flip(),
        runtime_path: None,
        ownership: match random.below(3) {
            0 => Ownership::Owning,
            1 => Ownership::Borrowing,
            _ => Ownership::BorrowingDuplicate,
        },
        ..Options::default()
    }
}

/// A name that the world has, a harmed one, or any text.
fn name(random: &mut Random, known: &[String]) -> String {
    if known.is_empty() || random.below(8) == 0 {
        return (*random.pick(&["", "all", "-", "#", "/", "a:b", "import:", "\u{0}", "é", "[method]", "$crate"]))
            .into();
    }
    let known = random.pick(known).clone();
    if random.below(4) > 0 {
        return known;
    }
    String::from_utf8_lossy(&random.mutate(known.as_bytes())).into_owned()
}

fn random_options(random: &mut Random, world: &World) -> Options {
    let mut options = plain_options(random);
    options.stubs = random.below(2) == 0;
    options.no_std = random.below(2) == 0;
    let paths: Vec<String> =
        ["crate::x", "::std::rc::Rc", "super", "serde::Serialize", "Hash"].map(String::from).into();
    let attributes: Vec<String> = ["#[a]", "#[a(b = \"]\")]", "#[doc = \"x\"]"].map(String::from).into();
    for _ in 0..random.below(4) {
        match random.below(12) {
            0 => options.skip.push(name(random, &world.functions)),
            1 => options.sync.push(name(random, &world.asynchronous)),
            2 => options.asynchronous.push(name(random, &world.asynchronous)),
            3 => options.with.push((name(random, &world.interfaces), With::new(&name(random, &paths)))),
            4 => options.with.push((name(random, &world.shapes), With::new("generate"))),
            5 => options.type_attributes.push((name(random, &world.shapes), name(random, &attributes))),
            6 => options.member_attributes.push((name(random, &world.shapes) + ".a", name(random, &attributes))),
            7 => options.derives.push(name(random, &paths)),
            8 => options.chainable_methods.push(name(random, &world.functions)),
            9 => options.map_type = Some(name(random, &paths)),
            10 => options.export_macro = Some(name(random, &paths)),
            _ => options.runtime_path = Some(name(random, &paths)),
        }
    }
    options
}

#[test]
fn fuzz_random_worlds_and_options() {
    check("fuzz_random_worlds_and_options", 150, |random| {
        let world = World::new(random);
        generate(&world.wit, &plain_options(random)).unwrap_or_else(|found| panic!("{found:?}\n{}", world.wit));
        let options = random_options(random, &world);
        let once = generate(&world.wit, &options);
        assert_eq!(once, generate(&world.wit, &options), "{options:?}\n{}", world.wit);
        if let Err(found) = once {
            assert!(!found.is_empty() && found.iter().all(|headline| !headline.is_empty()), "{options:?}");
        }
    });
}

/// Several worlds as modules of one crate.
#[test]
fn fuzz_random_worlds_compile() {
    check("fuzz_random_worlds_compile", 4, |random| {
        let folder = testing::scratch("fuzz_random_worlds_compile").expect("a folder");
        let mut library = "#![no_std]\npub mod core {}\n".to_owned();
        for index in 0..6 {
            let world = World::new(random);
            let mut options = plain_options(random);
            // Such a macro is one of the crate.
            options.pub_export_macro &= index == 0;
            let text = generate(&world.wit, &options).unwrap_or_else(|found| panic!("{found:?}\n{}", world.wit));
            std::fs::write(folder.join(format!("w{index}.wit")), format!("// {options:?}\n{}", world.wit))
                .expect("WIT");
            std::fs::write(folder.join(format!("w{index}.rs")), text).expect("Rust");
            let _ = writeln!(library, "pub mod w{index};");
        }
        std::fs::write(folder.join("lib.rs"), library).expect("a library");
        let edition = random.pick(&["--edition=2021", "--edition=2024"]);
        let mut rustc = tool::command("rustc").expect("the compiler that compiled this test");
        rustc.args([*edition, "--crate-type=lib", "--emit=metadata", "-Dwarnings", "--crate-name=worlds", "-o"]);
        rustc.arg(folder.join("worlds.rmeta")).arg(folder.join("lib.rs"));
        if let Err(trouble) = tool::run(&mut rustc) {
            panic!("{trouble}");
        }
    });
}
