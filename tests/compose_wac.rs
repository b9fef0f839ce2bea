//! `withe compose FILE.wac` at the command line: exit status, what is written and what is not, where packages are
//! looked for, and the report as JSON.
#![allow(clippy::disallowed_methods, reason = "tests write the files of their cases")]

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use withe::io::Stdin;
use withe::{Exit, Io};

const CALC: &str = r#"(component (import "seed" (func (result u32))) (export "number" (func 0)))"#;
const OTHER: &str = r#"(component (import "seed" (func (result u64))) (export "number" (func 0)))"#;
const SCRIPT: &str = "package local:app;\nexport new local:calc { ... }.number;\n";

/// A folder with these files in it.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder in it");
        fs::write(path, text).expect("a file in it");
    }
    folder
}

struct Said {
    exit: Exit,
    output: Vec<u8>,
    errors: String,
}

fn compose(folder: &Path, words: &[&str]) -> Said {
    compose_with(folder, words, Vec::new())
}

fn compose_with(folder: &Path, words: &[&str], stdin: Vec<u8>) -> Said {
    let mut io = Io::captured(folder);
    io.stdin = Stdin::Bytes(stdin);
    let exit = withe::run(["withe", "compose"].iter().chain(words), &mut io);
    Said { exit, output: io.stdout.bytes(), errors: io.stderr.text() }
}

fn world(folder: &Path, file: &str) -> String {
    let mut io = Io::captured(folder);
    assert_eq!(withe::run(["withe", "wit", file], &mut io), Exit::OK, "{}", io.stderr.text());
    io.stdout.text()
}

#[test]
fn features_of_the_wit_are_as_the_flag_says() {
    let wit = "package local:t;\ninterface i { @unstable(feature = more)\n f: func(); g: func(); }\n";
    let script = "package local:app;\nimport i: \"t.wit\"/i;\nexport i.f as run;\n";
    let dir = folder(&[("main.wac", script), ("t.wit", wit)]);
    let said = compose(dir.path(), &["main.wac", "-o", "out.wasm"]);
    assert_eq!(said.exit.0, 1);
    assert!(said.errors.contains("`f`"), "{}", said.errors);
    let said = compose(dir.path(), &["main.wac", "--features", "more", "-o", "out.wasm"]);
    assert_eq!(said.exit, Exit::OK, "{}", said.errors);
    assert!(world(dir.path(), "out.wasm").contains("export run: func();"));
}

#[test]
fn features_of_the_script_are_as_the_flag_says() {
    let script = "package local:app;\ninterface i { @unstable(feature = more) f: func(); g: func(); }\nimport j: i;\n";
    let dir = folder(&[("main.wac", script)]);
    for (flags, shows) in [(&[][..], false), (&["--features", "more"], true), (&["--all-features"], true)] {
        let said = compose(dir.path(), &[&["main.wac", "-o", "out.wasm"], flags].concat());
        assert_eq!(said.exit, Exit::OK, "{}", said.errors);
        let world = world(dir.path(), "out.wasm");
        assert_eq!(world.contains("f: func();"), shows, "{world}");
        assert!(world.contains("g: func();"), "{world}");
    }
}

#[test]
fn a_package_that_is_given_is_not_offered_for_one_that_is_not_named() {
    let dir = folder(&[("main.wac", SCRIPT), ("calc.wat", CALC)]);
    let deps = ["--dep", "local:calc=calc.wat", "--dep", "local:calk=calc.wat"];
    let said = compose(dir.path(), &[&["main.wac", "-o", "out.wasm"], &deps[..]].concat());
    assert_eq!(said.exit, Exit::OK, "{}", said.errors);
    assert!(said.errors.contains("wac/unused-dep") && said.errors.contains("leave it out"), "{}", said.errors);
}

#[test]
fn more_than_a_thousand_parts_are_written_with_a_warning() {
    let many = |name: &str| format!("(component {} (export \"{name}\" (func 0)))", "(core module)".repeat(600));
    let import = |name: &str| many(name).replacen("(component ", "(component (import \"seed\" (func)) ", 1);
    let script = "package local:app;\nexport new \"a.wat\" { ... }.one;\nexport new \"b.wat\" { ... }.two;\n";
    let dir = folder(&[("main.wac", script), ("a.wat", &*import("one")), ("b.wat", &*import("two"))]);
    let said = compose(dir.path(), &["main.wac", "-o", "out.wasm"]);
    assert_eq!(said.exit, Exit::OK, "{}", said.errors);
    assert!(said.errors.contains("warning[component/too-large]"), "{}", said.errors);
    let bytes = fs::read(dir.path().join("out.wasm")).expect("it is written");
    assert_eq!(component::read::contents(&bytes).components.len(), 2);
}

#[test]
fn packages_stand_beside_the_script() {
    let dir = folder(&[("app/main.wac", SCRIPT), ("app/deps/local/calc.wat", CALC)]);
    let said = compose(dir.path(), &["app/main.wac", "-o", "out.wasm"]);
    assert_eq!(said.exit, Exit::OK, "{}", said.errors);
    assert!(said.errors.is_empty(), "{}", said.errors);
    assert!(world(dir.path(), "out.wasm").contains("export number: func() -> u32;"));
}

#[test]
fn another_folder_of_packages_is_named() {
    let dir = folder(&[("main.wac", SCRIPT), ("deps/local/calc.wat", CALC), ("parts/local/calc.wat", OTHER)]);
    let said = compose(dir.path(), &["main.wac", "--deps-dir", "parts", "-o", "out.wasm"]);
    assert_eq!(said.exit, Exit::OK, "{}", said.errors);
    assert!(world(dir.path(), "out.wasm").contains("export number: func() -> u64;"));
}

#[test]
fn a_named_file_wins_over_the_folder() {
    let dir = folder(&[("main.wac", SCRIPT), ("deps/local/calc.wat", CALC), ("other.wat", OTHER)]);
    let said = compose(dir.path(), &["main.wac", "--dep", "local:calc=other.wat", "-o", "out.wasm"]);
    assert_eq!(said.exit, Exit::OK, "{}", said.errors);
    assert!(world(dir.path(), "out.wasm").contains("export number: func() -> u64;"));
}

#[test]
fn a_version_has_its_own_file() {
    let script = "package local:app;\n\
        export new local:calc@1.0.0 { ... }.number as one;\n\
        export new local:calc@2.0.0 { seed: new \"seed.wat\" {}.seed }.number as two;\n";
    let seed = r#"(component
        (core module $m (func (export "f") (result i64) (i64.const 7)))
        (core instance $i (instantiate $m))
        (func (export "seed") (result u64) (canon lift (core func $i "f"))))"#;
    let dir = folder(&[("main.wac", script), ("calc.wat", CALC), ("other.wat", OTHER), ("seed.wat", seed)]);
    let deps = ["--dep", "local:calc=calc.wat", "--dep", "local:calc@2.0.0=other.wat"];
    let said = compose(dir.path(), &[&["main.wac", "-o", "out.wasm"], &deps[..]].concat());
    assert_eq!(said.exit, Exit::OK, "{}", said.errors);
    let world = world(dir.path(), "out.wasm");
    assert!(world.contains("export one: func() -> u32;") && world.contains("export two: func() -> u64;"), "{world}");
}

#[test]
fn wit_is_a_file_a_folder_or_built_in() {
    let script = "package local:app targets local:worlds/tool@1.0.0;\n\
        import clock: local:clock/wall;\n\
        import log: wasi:logging/logging;\n\
        export clock;\n";
    let worlds = "package local:worlds@1.0.0;\nworld tool {\n  import local:clock/wall;\n  \
        import wasi:logging/logging;\n  export local:clock/wall;\n}\n";
    let clock = "package local:clock;\ninterface wall { now: func() -> u64; }\n";
    let dir = folder(&[
        ("main.wac", script),
        ("deps/local/clock/clock.wit", clock),
        ("worlds/main.wit", worlds),
        ("worlds/deps/clock.wit", clock),
    ]);
    let said = compose(dir.path(), &["main.wac", "--dep", "local:worlds=worlds", "-o", "out.wasm"]);
    assert_eq!(said.exit, Exit::OK, "{}", said.errors);
    let world = world(dir.path(), "out.wasm");
    assert!(world.contains("import wasi:logging/logging") && world.contains("export local:clock/wall;"), "{world}");
}

#[test]
fn scripts_come_from_standard_input_and_results_go_to_standard_output() {
    let dir = folder(&[("deps/local/calc.wat", CALC)]);
    let said = compose_with(dir.path(), &["-", "-o", "-"], SCRIPT.as_bytes().to_vec());
    assert_eq!(said.exit, Exit::OK, "{}", said.errors);
    assert!(said.output.starts_with(b"\0asm"));
    let again = compose_with(dir.path(), &["-"], SCRIPT.as_bytes().to_vec());
    assert!(again.output == said.output, "the same bytes without `-o`");
}

#[test]
fn nothing_is_written_if_anything_is_wrong() {
    let script = "package local:app;\nimport seed: func() -> u64;\nexport new local:calc { seed }.nmber;\n";
    let dir = folder(&[("main.wac", script), ("deps/local/calc.wat", CALC), ("out.wasm", "as it was")]);
    let said = compose(dir.path(), &["main.wac", "-o", "out.wasm"]);
    assert_eq!(said.exit, Exit::INPUT);
    assert!(
        said.errors.contains("[wac/argument-type]") && said.errors.contains("[wac/unknown-export]"),
        "{}",
        said.errors
    );
    assert_eq!(fs::read_to_string(dir.path().join("out.wasm")).expect("it is there"), "as it was");
}

#[test]
fn what_is_read_is_not_written_over() {
    let dir = folder(&[("main.wac", SCRIPT), ("deps/local/calc.wat", CALC)]);
    for out in ["main.wac", "deps/local/calc.wat"] {
        let said = compose(dir.path(), &["main.wac", "-o", out]);
        assert_eq!(said.exit, Exit::USAGE, "{}", said.errors);
    }
    assert_eq!(fs::read_to_string(dir.path().join("deps/local/calc.wat")).expect("it is there"), CALC);
}

#[test]
fn every_place_that_was_searched_is_told() {
    let script =
        "package local:app;\nimport api: local:calcs/api@1.0.0;\nexport new local:calcs@1.0.0 { ... }.number;\n";
    let dir = folder(&[("main.wac", script), ("deps/local/calcs/1.1.0.wat", CALC), ("deps/local/calc.wat", CALC)]);
    let said = compose(dir.path(), &["main.wac", "-o", "out.wasm"]);
    assert_eq!(said.exit, Exit::INPUT);
    for ending in ["", ".wit", ".wasm", ".wat"] {
        let place = format!("[deps/local/calcs/1.0.0{ending}]");
        assert!(said.errors.contains(&place), "{place}\n{}", said.errors);
    }
    assert!(said.errors.contains("help: there is `local:calcs@1.1.0`, `local:calc`"), "{}", said.errors);
    assert_eq!(said.errors.matches("[wac/unknown-package]").count(), 1, "told once\n{}", said.errors);
}

#[test]
fn the_report_is_json() {
    let script = "package local:app;\nexport new local:calc {}.number;\n";
    let dir = folder(&[("main.wac", script), ("deps/local/calc.wat", CALC)]);
    let said = compose(dir.path(), &["main.wac", "-o", "out.wasm", "--format", "json"]);
    assert_eq!(said.exit, Exit::INPUT);
    let report: Value = serde_json::from_slice(&said.output).expect("one document");
    let found = &report["diagnostics"][0];
    assert_eq!(found["code"], "wac/missing-argument");
    assert_eq!(found["labels"][0]["file"], "main.wac");
    assert!(!dir.path().join("out.wasm").exists());
}

#[test]
fn what_dep_says_is_checked() {
    let dir = folder(&[("main.wac", SCRIPT), ("deps/local/calc.wat", CALC)]);
    for (dep, words) in [
        ("calc=x.wat", "does not say what a package is"),
        ("local:calc", "does not say what a package is"),
        ("local:calc@1=x.wat", "does not say what a package is"),
    ] {
        let said = compose(dir.path(), &["main.wac", "--dep", dep, "-o", "out.wasm"]);
        assert_eq!(said.exit, Exit::USAGE, "{dep}");
        assert!(said.errors.contains(words), "{dep}: {}", said.errors);
    }
    let twice = ["--dep", "local:calc=a.wat", "--dep", "local:calc=b.wat"];
    let said = compose(dir.path(), &[&["main.wac", "-o", "out.wasm"], &twice[..]].concat());
    assert_eq!(said.exit, Exit::USAGE);
    assert!(said.errors.contains("given twice"), "{}", said.errors);
}

#[test]
fn a_dep_that_is_not_needed_is_told() {
    let dir = folder(&[("main.wac", SCRIPT), ("deps/local/calc.wat", CALC)]);
    let said = compose(dir.path(), &["main.wac", "--dep", "local:clac=calc.wat", "-o", "out.wasm"]);
    assert_eq!(said.exit, Exit::OK, "{}", said.errors);
    assert!(said.errors.contains("warning[wac/unused-dep]"), "{}", said.errors);
    assert!(said.errors.contains("did you mean `--dep local:calc=calc.wat`?"), "{}", said.errors);
}

#[test]
fn a_package_of_the_other_kind_is_said_to_be() {
    let script = "package local:app;\nexport new local:host { ... }...;\nexport new local:core { ... }...;\n";
    let dir = folder(&[
        ("main.wac", script),
        ("deps/local/host/host.wit", "package local:host;\ninterface log { log: func(text: string); }\n"),
        ("deps/local/core.wat", "(module)"),
    ]);
    let said = compose(dir.path(), &["main.wac", "-o", "out.wasm"]);
    assert_eq!(said.exit, Exit::INPUT);
    assert!(said.errors.contains("[wac/not-a-component]"), "{}", said.errors);
    assert!(said.errors.contains("withe wrap deps/local/core.wat"), "{}", said.errors);
}

#[test]
fn the_same_script_gives_the_same_bytes() {
    let dir = folder(&[("main.wac", SCRIPT), ("deps/local/calc.wat", CALC)]);
    let first = compose(dir.path(), &["main.wac", "-o", "-"]);
    let second = compose(dir.path(), &["main.wac", "-o", "-"]);
    assert!(!first.output.is_empty() && first.output == second.output);
    let text = wasmprinter::print_bytes(&first.output).expect("it is valid");
    assert!(text.contains("$local:calc") && text.contains("processed-by \"withe\""), "{text}");
}
