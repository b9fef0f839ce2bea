//! No name of WIT meets a generated one: the corpus compiles in every place, and values arrive where they belong.
//!
//! In: the corpus. Out: crates that compile without warnings in both editions, and two components that call each other.

use std::fmt::Write;
use std::path::Path;

use testing::cases::Suite;
use testing::guest::{Guest, Shape, Target};
use testing::{Outcome, Trouble, scratch};
use withe::Exit;

use super::forms::{Content, Crate};
use super::{compile, ensure, generate, path_text, withe_in};
use super::{corpus, worlds};

/// Words that must be in the corpus whatever the templates say: if they are not, the templates are not read any more.
const EXPECTED: &[&str] = &[
    "self",
    "gen",
    "macro-rules",
    "option",
    "string",
    "temps",
    "area",
    "borrows",
    "task-abi",
    "lower-list",
    "take-handle",
    "guest",
    "exports",
    "wit-future",
    "phantom-data",
    "store-pair",
    "resource-drop",
    "c0",
    "p0",
];

pub fn add(suite: Suite) -> Suite {
    let suite = suite
        .test("hygiene/the words are found", the_words_are_found)
        .test("hygiene/worlds", named_worlds)
        .test("hygiene/values arrive", values_arrive);
    let names = corpus::places(&[]).into_iter().map(|place| place.name);
    names.fold(suite, |suite, name| suite.test(format!("hygiene/{name}"), move || place(&name)))
}

fn the_words_are_found() -> Outcome {
    let words = corpus::words()?;
    let missing: Vec<_> = EXPECTED.iter().filter(|word| !words.iter().any(|found| found == *word)).collect();
    ensure(missing.is_empty(), &format!("the corpus has no {missing:?}"))?;
    ensure(words.len() > 500, &format!("the corpus has {} words only", words.len()))
}

/// The words in one place of WIT. The forms are divided so that each is seen in every place.
fn place(name: &str) -> Outcome {
    let folder = scratch(&format!("bindgen-rust-corpus-{name}"))?;
    let words = corpus::words()?;
    let place = corpus::places(&words).into_iter().find(|place| place.name == name).ok_or("there is no such place")?;
    let wit = folder.join("world.wit");
    std::fs::write(&wit, place.wit)?;
    let out = generate(&format!("hygiene-{name}"), &[path_text(&wit)])?;
    if place.long {
        return compile(&format!("hygiene-{name}"), &out);
    }
    let bindings = Crate { name: format!("hygiene-{name}"), folder, files: vec![worlds::bindings_of(&out)?] };
    if place.asynchronous {
        bindings.compiles(Content::Stubs, Target::Wasip1, "2021")?;
        bindings.clippy(Content::Alone, "2024")?;
    } else {
        bindings.compiles(Content::Alone, Target::Unknown, "2024")?;
        bindings.clippy(Content::Stubs, "2021")?;
    }
    bindings.documented()
}

/// Worlds that are called as the words: their files are modules of one crate.
fn named_worlds() -> Outcome {
    let folder = scratch("bindgen-rust-corpus-worlds")?;
    let mut library = "#![allow(unused_variables)]\n".to_owned();
    std::fs::create_dir_all(folder.join("src"))?;
    for (index, word) in corpus::words()?.iter().enumerate() {
        std::fs::write(folder.join("world.wit"), corpus::world(word))?;
        let out = folder.join(format!("w{index}"));
        let words = ["withe", "bindgen", "rust", "world.wit", "--stubs", "--no-realloc", "-o", path_text(&out)];
        let (exit, errors) = withe_in(&folder, &words);
        ensure(exit == Exit::OK, &errors)?;
        let _ = writeln!(library, "#[path = \"../w{index}/src/lib.rs\"]\nmod w{index};");
    }
    std::fs::write(folder.join("src/lib.rs"), library)?;
    compile("hygiene-worlds", &folder)
}

/// One component gives each parameter its own name as value, the other gives all back in order.
fn values_arrive() -> Outcome {
    let folder = scratch("bindgen-rust-corpus-echo")?;
    let words = corpus::words()?;
    std::fs::write(folder.join("echo.wit"), corpus::echo(&words))?;
    component(&folder, "callee", &corpus::callee(&words))?;
    component(&folder, "caller", &corpus::caller(&words))?;
    let plug = ["withe", "plug", "caller.wasm", "callee.wasm", "-o", "both.wasm"];
    let (exit, errors) = withe_in(&folder, &plug);
    ensure(exit == Exit::OK, &errors)?;
    let mut io = withe::Io::captured(&folder);
    let exit = withe::run(["withe", "call", "both.wasm", "run()"], &mut io);
    ensure(exit == Exit::OK, &io.stderr.text())?;
    let expected: Vec<String> = corpus::echoed(&words).iter().map(|word| format!("{word:?}")).collect();
    let expected = format!("[{}]", expected.join(", "));
    ensure(io.stdout.text().trim() == expected, &format!("expected {expected}\nfound {}", io.stdout.text()))
}

/// Generates the bindings of a world, compiles the guest, and wraps it.
fn component(folder: &Path, world: &str, guest: &str) -> Result<(), Trouble> {
    let source = folder.join(format!("{world}-src"));
    let words = ["withe", "bindgen", "rust", "echo.wit", "-w", world, "-o", path_text(&source)];
    let (exit, errors) = withe_in(folder, &words);
    ensure(exit == Exit::OK, &errors)?;
    let library = source.join("lib.rs");
    std::fs::write(&library, guest)?;
    let module = Guest::new(&library, Target::Unknown, Shape::Library).compile(&format!("bindgen-hygiene-{world}"))?;
    let out = format!("{world}.wasm");
    let (exit, errors) = withe_in(folder, &["withe", "wrap", path_text(&module), "-o", &out]);
    ensure(exit == Exit::OK, &errors)
}
