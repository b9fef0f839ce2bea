//! Damaged input: every stage that reads what users bring answers with a value or a diagnostic, never with a panic.
//!
//! A plain test run takes a few fixed seeds; `cargo xtask fuzz --seconds N` takes fresh ones for longer.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests read fixtures, and unwrap")]

#[path = "fuzz/go_values.rs"]
mod go_values;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use testing::seeds::{Random, check};
use testing::{Trouble, damage};
use types::Types;

/// Every `.wat` file among the fixtures that is a binary of that kind, as binary.
fn binaries(kind: wasm::BinaryKind) -> Vec<Vec<u8>> {
    let texts = files(&testing::root().join("fixtures"), "wat");
    let parsed = texts.iter().filter_map(|path| wat(&std::fs::read_to_string(path).ok()?));
    parsed.filter(|bytes| wasm::binary_kind(bytes) == kind).collect()
}

fn wat(text: &str) -> Option<Vec<u8>> {
    let buffer = wast::parser::ParseBuffer::new(text).ok()?;
    wast::parser::parse::<wast::Wat<'_>>(&buffer).ok()?.encode().ok()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in testing::cases::entries(folder) {
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
    found
}

static MODULES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| binaries(wasm::BinaryKind::Module));

/// Components as fixtures have them, and the fixtures' modules wrapped as far as they can be.
static COMPONENTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut all = binaries(wasm::BinaryKind::Component);
    let mut types = Types::new();
    for path in files(&testing::root().join("fixtures"), "wit") {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Ok(package) = wit::load(&wit::SourceTree::of_text("a.wit", text), &wit::LoadOptions::default()) else {
            continue;
        };
        let worlds = package.all_worlds(&mut types);
        let encode = |world| component::metadata::encode(&types, world, component::StringEncoding::Utf8).ok();
        all.extend(worlds.iter().filter_map(encode));
    }
    all
});

static WIT: LazyLock<Vec<String>> = LazyLock::new(|| {
    let paths = files(&testing::root().join("fixtures"), "wit");
    paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect()
});

#[test]
fn fuzz_core_modules() {
    assert!(MODULES.len() > 10, "{} modules", MODULES.len());
    check("fuzz_core_modules", 300, |random| {
        let original = random.pick(&MODULES);
        let bytes = random.mutate(original);
        if let Ok(module) = wasm::read_module("m.wasm", &bytes) {
            // What is read can be written.
            let _ = wasm::Rewrite::default().apply(&module);
        }
    });
}

#[test]
fn fuzz_components() {
    assert!(COMPONENTS.len() > 10, "{} components", COMPONENTS.len());
    check("fuzz_components", 300, |random| {
        let original = random.pick(&COMPONENTS);
        let bytes = random.mutate(original);
        let mut types = Types::new();
        if let Ok(world) = component::read_world(&mut types, "c.wasm", &bytes) {
            let _ = wit::print::print_component(&types, &world);
        }
        let _ = component::metadata::decode(&mut types, "c.wasm", &bytes);
    });
}

#[test]
fn fuzz_wit() {
    assert!(WIT.len() > 10, "{} WIT files", WIT.len());
    check("fuzz_wit", 200, |random| {
        let original = random.pick(&WIT);
        let bytes = random.mutate(original.as_bytes());
        let tree = wit::SourceTree::of_file("a.wit", bytes);
        if let Ok(package) = wit::load(&tree, &wit::LoadOptions::default()) {
            let mut types = Types::new();
            for world in package.all_worlds(&mut types) {
                let Ok(section) = component::metadata::encode(&types, &world, component::StringEncoding::Utf8) else {
                    continue;
                };
                // WIT's parser takes some things that the validator of binaries refuses, such as a list of no elements
                // and capitals in a package's name; what both take survives the way through metadata.
                if let Ok(again) = component::metadata::decode(&mut types, "a.wasm", &section) {
                    assert!(types::equal::components(&types, &world.component, &again.world.component));
                }
            }
        }
    });
}

#[test]
fn fuzz_commands() {
    let folder = tempfile::tempdir().unwrap();
    check("fuzz_commands", 100, |random| {
        let (name, bytes) = input(random);
        std::fs::write(folder.path().join(name), bytes).unwrap();
        let verbs: [&[&str]; 7] = [
            &["validate", name],
            &["wrap", name, "-o", "out.wasm"],
            &["wit", name],
            &["fmt", name],
            &["docs", name, "-o", "site"],
            &["print", name],
            &["strip", name, "-o", "out.wasm"],
        ];
        let mut words = vec!["withe"];
        words.extend_from_slice(verbs[random.below(verbs.len())]);
        let mut io = withe::Io::captured(folder.path());
        let exit = withe::run(words.iter().copied(), &mut io);
        if !(0..=2).contains(&exit.0) {
            // Kept, since what a seed means changes with the fixtures.
            let kept = testing::scratch("fuzz_commands").unwrap().join(name);
            std::fs::copy(folder.path().join(name), &kept).unwrap();
            panic!("{words:?} ends with {}, for {}\n{}", exit.0, kept.display(), io.stderr.text());
        }
    });
}

fn input(random: &mut Random) -> (&'static str, Vec<u8>) {
    match random.below(3) {
        0 => {
            let original = random.pick(&MODULES);
            ("m.wasm", random.mutate(original))
        }
        1 => {
            let original = random.pick(&COMPONENTS);
            ("c.wasm", random.mutate(original))
        }
        _ => {
            let original = random.pick(&WIT);
            ("w.wit", random.mutate(original.as_bytes()))
        }
    }
}

/// The commands of the encoder, over modules that are harmed where it tells; what they write is valid, and what they
/// refuse leaves the file as it was.
#[test]
fn fuzz_encoder_commands() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    check("fuzz_encoder_commands", 300, |random| {
        for name in ["m.wasm", "a.wasm"] {
            let original = random.pick(&MODULES).clone();
            let harmed = if random.below(4) == 0 { original } else { damage::harmed(random, &original, &MODULES) };
            std::fs::write(at(name), harmed).unwrap();
        }
        std::fs::write(at("w.wit"), random.pick(&WIT)).unwrap();
        std::fs::write(at("out.wasm"), "as it was").unwrap();
        let commands = [
            "wrap m.wasm -o out.wasm",
            "wrap m.wasm --wit w.wit -o out.wasm",
            "wrap m.wasm --adapt x=a.wasm -o out.wasm",
            "wrap m.wasm --gc --strip -o out.wasm",
            "wrap m.wasm --no-adapt --reject-legacy-names -o out.wasm",
            "embed m.wasm --wit w.wit -o out.wasm",
            "link m.wasm a.wasm -o out.wasm",
            "link m.wasm --dl-openable x=a.wasm --use-built-in-libdl --stub-missing-functions -o out.wasm",
        ];
        let command = *random.pick(&commands);
        let mut io = withe::Io::captured(folder.path());
        let exit = withe::run(std::iter::once("withe").chain(command.split(' ')), &mut io);
        let written = std::fs::read(at("out.wasm")).unwrap();
        match exit.0 {
            0 if command.starts_with("embed") => assert!(wasm::read_module("out.wasm", &written).is_ok(), "{command}"),
            0 => assert!(wasm::validate(&written).is_ok(), "{command}"),
            1 | 2 => assert_eq!(written, b"as it was", "{command}"),
            status => {
                let kept = testing::scratch("fuzz_encoder_commands").unwrap();
                ["m.wasm", "a.wasm", "w.wit"].iter().for_each(|name| drop(std::fs::copy(at(name), kept.join(name))));
                panic!("`{command}` ends with {status}, in {}\n{}", kept.display(), io.stderr.text());
            }
        }
        assert!(exit.0 == 0 || !io.stderr.text().contains("invalid-output"), "{command}: {}", io.stderr.text());
    });
}

/// Options of bindings as cases have them, some harmed and some for other worlds: a diagnostic, or files that the next
/// run finds unchanged.
#[test]
fn fuzz_bindgen_options() {
    let cases = testing::cases::entries(&testing::root().join("fixtures/bindgen/rust"));
    let texts: Vec<(PathBuf, String)> = cases
        .into_iter()
        .map(|folder| folder.join("world.wit"))
        .filter_map(|path| Some((path.clone(), std::fs::read_to_string(&path).ok()?)))
        .collect();
    let all: Vec<String> = texts.iter().flat_map(|(_, text)| words_of_options(text)).collect();
    let folder = tempfile::tempdir().unwrap();
    check("fuzz_bindgen_options", 60, |random| {
        let (path, text) = random.pick(&texts);
        let mut words = words_of_options(text);
        for _ in 0..random.below(3) {
            let at = random.below(words.len() + 1);
            words.insert(at, random.pick(&all).clone());
        }
        if let Some(count) = words.len().checked_sub(1) {
            let at = random.below(count + 1);
            words[at] = String::from_utf8_lossy(&random.mutate(words[at].as_bytes())).replace('\0', "");
        }
        let start = ["withe", "bindgen", "rust", path.to_str().unwrap(), "-o", "out"];
        let run = |more: &[&str]| {
            let mut io = withe::Io::captured(folder.path());
            let all = start.into_iter().chain(more.iter().copied()).chain(words.iter().map(String::as_str));
            (withe::run(all, &mut io), io.stderr.text())
        };
        let _ = std::fs::remove_dir_all(folder.path().join("out"));
        let (exit, said) = run(&[]);
        assert!((0..=2).contains(&exit.0), "{path:?} {words:?} ends with {}:\n{said}", exit.0);
        if exit.0 == 0 && folder.path().join("out").exists() {
            let (again, said) = run(&["--check"]);
            assert!(again.0 == 0, "{path:?} {words:?} differs the second time:\n{said}");
        }
    });
}

/// Values of all types go through components in Go and Rust, and come back as they were.
#[test]
fn fuzz_go_values() {
    check("fuzz_go_values", 1, |random| {
        let folder = testing::scratch("fuzz_go_values").unwrap();
        match go_values::pass_through(&folder, random) {
            Ok(()) => {}
            Err(trouble @ Trouble::MissingTool(_)) if !testing::tools_required() => not_run(&trouble),
            Err(trouble) => panic!("{}: {trouble}", folder.display()),
        }
    });
}

#[expect(clippy::print_stdout, reason = "what does not run is told")]
fn not_run(trouble: &Trouble) {
    println!("{trouble}");
}

/// The words of a case's options.
fn words_of_options(text: &str) -> Vec<String> {
    let options = text.lines().next().and_then(|line| line.strip_prefix("// options: "));
    options.unwrap_or_default().split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
