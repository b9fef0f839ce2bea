//! `withe build`: what is made of a project, what is made again, and what is said.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use std::fs;
use std::path::Path;

use serde_json::Value;
use withe::io::Env;
use withe::{Exit, Io};

/// What one command did.
struct Ran {
    exit: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    let mut io = Io::captured(folder);
    let path = std::env::var("PATH").unwrap_or_default();
    io.env = Env::Fixed([("PATH".to_owned(), path)].into());
    let Exit(exit) = withe::run(["withe"].iter().chain(args), &mut io);
    Ran { exit, out: io.stdout.text(), err: io.stderr.text() }
}

/// The result of a build that has to succeed.
fn build(folder: &Path) -> Value {
    let ran = run(folder, &["build", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(ran.exit, 0, "{document:#}");
    document["result"].clone()
}

/// Each output's name and state.
fn states(result: &Value) -> Vec<String> {
    let outputs = result["outputs"].as_array().unwrap().iter();
    outputs.map(|one| format!("{} {}", one["name"].as_str().unwrap(), one["state"].as_str().unwrap())).collect()
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

const MANIFEST: &str = r#"
[app]
name = "local:shop"
version = "0.1.0"

[components.front]
language = "wat"

[components.store]
language = "command"
build = ["sh", "-c", "echo building >> ../log; cp store.wat out.wat"]
output = "out.wat"

[components.page]
language = "js"

[compose]
solve = ["front", "store"]
"#;

const FRONT: &str = r#"(component
  (import "stock" (func $stock (result u32)))
  (export "count" (func $stock)))
"#;

const STORE: &str = r#"(component
  (core module $m (func (export "stock") (result i32) (i32.const 7)))
  (core instance $i (instantiate $m))
  (func (export "stock") (result u32) (canon lift (core func $i "stock"))))
"#;

fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("withe.toml", MANIFEST), ("front/front.wat", FRONT), ("store/store.wat", STORE)]);
    folder
}

#[test]
fn an_app_is_built_and_nothing_is_made_twice() {
    let folder = shop();
    let at = folder.path();
    let first = build(at);
    assert_eq!(states(&first), ["front built", "store built", "shop built", "page built"]);
    let called = run(at, &["call", "target/withe/shop.wasm", "count()"]);
    assert_eq!((called.exit, called.out.as_str()), (0, "7\n"), "{}", called.err);
    assert!(at.join("target/withe/page/shop.js").is_file());
    assert_eq!(fs::read_to_string(at.join("target/withe/.gitignore")).unwrap(), "*\n");

    assert_eq!(states(&build(at)), ["front fresh", "store fresh", "shop fresh", "page fresh"]);
    assert_eq!(fs::read_to_string(at.join("log")).unwrap(), "building\n");

    // What has another time and the same content is the same.
    fs::write(at.join("store/store.wat"), STORE).unwrap();
    assert_eq!(states(&build(at)), ["front fresh", "store fresh", "shop fresh", "page fresh"]);

    fs::write(at.join("store/store.wat"), STORE.replace("const 7", "const 8")).unwrap();
    assert_eq!(states(&build(at)), ["front fresh", "store built", "shop built", "page built"]);
    assert_eq!(run(at, &["call", "target/withe/shop.wasm", "count()"]).out, "8\n");

    // A comment makes no other component, so what needs it is as it was.
    fs::write(at.join("front/front.wat"), format!(";; more\n{FRONT}")).unwrap();
    assert_eq!(states(&build(at)), ["front built", "store fresh", "shop fresh", "page fresh"]);

    // Outputs that are gone or edited are made again, with the same bytes.
    let before = fs::read(at.join("target/withe/shop.wasm")).unwrap();
    fs::remove_file(at.join("target/withe/shop.wasm")).unwrap();
    fs::write(at.join("target/withe/front.wasm"), "edited").unwrap();
    fs::remove_file(at.join("target/withe/page/shop.js")).unwrap();
    let result = build(at);
    assert_eq!(states(&result), ["front built", "store fresh", "shop built", "page built"]);
    assert_eq!(result["outputs"][0]["why"], "target/withe/front.wasm is not what was built");
    assert_eq!(fs::read(at.join("target/withe/shop.wasm")).unwrap(), before);

    // A record that is damaged is none.
    fs::write(at.join("target/withe/.state/front.component.json"), "{\"form\":1,").unwrap();
    assert_eq!(states(&build(at)), ["front built", "store fresh", "shop fresh", "page fresh"]);
}

#[test]
fn two_folders_give_the_same_bytes() {
    let (one, other) = (shop(), shop());
    build(one.path());
    build(other.path());
    for file in ["front.wasm", "store.wasm", "shop.wasm", "page/shop.js"] {
        let read = |folder: &Path| fs::read(folder.join("target/withe").join(file)).unwrap();
        assert_eq!(read(one.path()), read(other.path()), "{file}");
    }
}

#[test]
fn what_fails_is_told_and_the_rest_is_built() {
    let folder = shop();
    let at = folder.path();
    fs::write(
        at.join("withe.toml"),
        MANIFEST.replace("cp store.wat out.wat", "echo 'store.wat:1: no' >&2; exit 3")
            + "\n[components.other]\nlanguage = \"wat\"\n",
    )
    .unwrap();
    write(at, &[("other/other.wat", "(component")]);
    let ran = run(at, &["build"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("store.wat:1: no\n"), "{}", ran.err);
    assert!(ran.err.contains("component `store` is not built: `sh` ended with status 3"), "{}", ran.err);
    assert!(ran.err.contains("input/wat-syntax"), "{}", ran.err);
    for line in ["front  built", "store  failed", "other  failed", "shop   not made: it needs store", "page   not made"]
    {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    // What was built is not built again, what failed is.
    fs::write(at.join("other/other.wat"), "(component)").unwrap();
    let ran = run(at, &["build", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let expected = ["front fresh", "store failed", "shop skipped", "page skipped", "other built"];
    let mut found = states(&document["result"]);
    found.sort();
    let mut expected = expected.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn names_choose_what_is_built() {
    let folder = shop();
    let at = folder.path().join("front");
    let ran = run(&at, &["build", "front"]);
    assert_eq!((ran.exit, ran.out.as_str()), (0, "front  built: not built before\n"), "{}", ran.err);
    let ran = run(&at, &["build", "shop", "-j1"]);
    let expected =
        "store  built: not built before\nshop   composed: not built before\n../target/withe/shop.wasm: 378 B\n";
    assert_eq!((ran.exit, ran.out.as_str()), (0, expected), "{}", ran.err);
    let ran = run(&at, &["build", "shp"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("did you mean `shop`?"), "{}", ran.err);
    let ran = run(&at, &["build", "--quiet", "--manifest", ".."]);
    assert_eq!((ran.exit, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}

/// A program that prints what the variable `WHO` holds, of a project that grants it.
const PROGRAM: &str = r#"(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $get (i32.const 16) (i32.const 1024)))
    (i32.store (i32.const 8) (i32.const 1024))
    (i32.store (i32.const 12) (i32.load (i32.const 4)))
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 4)))))
"#;

#[test]
fn run_builds_the_app_and_grants_what_the_manifest_grants() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let manifest = "[app]\nname = \"local:hello\"\nversion = \"0.1.0\"\n\n[components.program]\nlanguage = \"wat\"\n\n[grants]\nenv = { WHO = \"Ada\" }\n";
    write(at, &[("withe.toml", manifest), ("program/program.wat", PROGRAM), ("sub/x", "")]);
    let ran = run(&at.join("sub"), &["run"]);
    assert_eq!((ran.exit, ran.out.as_str(), ran.err.as_str()), (0, "WHO=Ada\0", ""));
    let named = run(at, &["run", "program", "--env", "WHO=Bea"]);
    assert_eq!(named.out, "WHO=Bea\0", "{}", named.err);
    // A file has the grants of flags alone.
    assert_eq!(run(at, &["run", "target/withe/hello.wasm"]).out, "");
    let wrong = manifest.to_owned() + "clock = \"still\"\n\n[limits]\ntimeout = \"soon\"\n";
    fs::write(at.join("withe.toml"), wrong).unwrap();
    let ran = run(at, &["run"]);
    assert_eq!((ran.exit, ran.err.matches("project/bad-value").count()), (1, 2), "{}", ran.err);
    fs::write(at.join("withe.toml"), manifest.replace("WHO", "").replace("[grants]\nenv = { ", "[grants]\n#")).unwrap();
    fs::write(at.join("program/program.wat"), "(module").unwrap();
    let ran = run(at, &["run"]);
    assert!(ran.exit == 1 && ran.err.contains("input/wat-syntax") && ran.out.is_empty(), "{}", ran.err);
    let nowhere = tempfile::tempdir().unwrap();
    let ran = run(nowhere.path(), &["run"]);
    assert!(ran.exit == 2 && ran.err.contains("withe run COMPONENT.wasm"), "{}", ran.err);
}

#[test]
fn test_builds_and_finds_components_by_name() {
    let folder = shop();
    let at = folder.path();
    write(at, &[("tests/shop.wave", "component \"shop\";\ntest \"counts\" {\n  count() == 7;\n}\n")]);
    let ran = run(at, &["test"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("1 test, 1 passed") || ran.out.contains("1 passed"), "{}", ran.out);
    fs::write(at.join("store/store.wat"), STORE.replace("const 7", "const 8")).unwrap();
    let ran = run(&at.join("store"), &["test"]);
    assert!(ran.exit == 1 && ran.err.contains("test/not-equal"), "{}{}", ran.out, ran.err);
    let ran = run(at, &["test", "tests/shop.wave", "--filter", "counts"]);
    assert!(ran.exit == 1 && ran.err.contains("test/not-equal"), "{}{}", ran.out, ran.err);
}

/// The program itself, in a folder.
fn withe(folder: &Path, args: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_withe"));
    command.current_dir(folder).args(args);
    command
}

#[test]
fn a_build_that_is_killed_goes_on_the_next_time() {
    let expected = shop();
    build(expected.path());
    let folder = shop();
    let at = folder.path();
    for milliseconds in [0, 2, 4, 7, 10, 14, 20, 28, 40] {
        // Something changes, so that there is something to do each time.
        fs::write(at.join("front/front.wat"), format!(";; {milliseconds}\n{FRONT}")).unwrap();
        fs::remove_file(at.join("target/withe/shop.wasm")).ok();
        let mut child = withe(at, &["build", "-q"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    build(at);
    let read = |folder: &Path, file: &str| fs::read(folder.join("target/withe").join(file)).unwrap();
    for file in ["front.wasm", "store.wasm", "shop.wasm", "page/shop.js"] {
        assert_eq!(read(expected.path(), file), read(at, file), "{file}");
    }
    assert!(!at.join("target/withe/.state/tmp").exists());
    assert_eq!(states(&build(at)), ["front fresh", "store fresh", "shop fresh", "page fresh"]);
}

#[test]
fn a_second_build_waits_for_the_first() {
    let folder = shop();
    let at = folder.path();
    let slow = MANIFEST.replace("cp store.wat", "sleep 1; cp store.wat");
    fs::write(at.join("withe.toml"), slow).unwrap();
    let mut first = withe(at, &["build", "-q"]).spawn().unwrap();
    while !at.join("log").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let second = withe(at, &["build"]).output().unwrap();
    assert!(first.wait().unwrap().success());
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(second.status.success() && said.contains("waiting for another build"), "{said}");
    assert!(String::from_utf8_lossy(&second.stdout).contains("nothing changed"));
    // One build did it all.
    assert_eq!(fs::read_to_string(at.join("log")).unwrap(), "building\n");
}

/// A manifest of many components, with the sources that some of them have.
fn many(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut manifest = "[app]\nname = \"local:many\"\nversion = \"0.1.0\"\n".to_owned();
    for at in 0..count {
        let part = format!("part{at}");
        manifest.push_str(&format!("\n[components.{part}]\nlanguage = \"wat\"\n"));
        let text = STORE.replace("\"stock\" (result", &format!("\"stock\" (;{at};) (result"));
        write(folder.path(), &[(&format!("{part}/{part}.wat"), &text)]);
    }
    write(folder.path(), &[("withe.toml", &manifest)]);
    folder
}

#[test]
fn nothing_to_do_takes_no_time() {
    let folder = many(20);
    let at = folder.path();
    assert_eq!(states(&build(at)).len(), 20);
    let mut best = std::time::Duration::MAX;
    for _ in 0..5 {
        let begun = std::time::Instant::now();
        let ran = withe(at, &["build"]).output().unwrap();
        best = best.min(begun.elapsed());
        assert!(ran.status.success());
    }
    // A process on a busy machine, of a build with debug assertions: in release it is 50 ms at most.
    assert!(best < std::time::Duration::from_millis(500), "{best:?}");
}

#[test]
fn a_folder_of_a_project_is_in_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[app]\nname = \"local:docs\"\nversion = \"0.1.0\"\n";
    let wit = "package local:docs@0.1.0;\n\nworld docs {}\n";
    write(folder.path(), &[("withe.toml", manifest), ("wit/docs.wit", wit), ("deep/down/here", "")]);
    let ran = withe(&folder.path().join("deep/down"), &["docs", "-o", "site"]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(folder.path().join("deep/down/site/index.html").is_file());
}

/// Waits until something holds.
fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{what}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[cfg(unix)]
#[test]
fn a_change_that_is_watched_is_built() {
    let folder = shop();
    let at = folder.path();
    let said = at.join("said");
    let log = fs::File::create(&said).unwrap();
    let mut child = withe(at, &["build", "--watch"]).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
    let watching =
        |times: usize| fs::read_to_string(&said).unwrap_or_default().matches("watching for").count() >= times;
    wait_for("the first build", || watching(1));
    let count = |text: &str| fs::read_to_string(&said).unwrap().matches(text).count();
    fs::write(at.join("store/store.wat"), STORE.replace("const 7", "const 9")).unwrap();
    wait_for("the second build", || watching(2));
    assert_eq!(run(at, &["call", "target/withe/shop.wasm", "count()"]).out, "9\n");
    // A mistake is told, and does not end it.
    fs::write(at.join("withe.toml"), MANIFEST.replace("language = \"js\"", "language = \"jss\"")).unwrap();
    wait_for("the mistake", || count("there is no language `jss`") == 1);
    let more =
        MANIFEST.to_owned() + "\n[components.more]\nlanguage = \"wat\"\nsource = \"front\"\noutput = \"front.wat\"\n";
    fs::write(at.join("withe.toml"), more).unwrap();
    wait_for("the third build", || count("more   built: not built before") == 1);
    wait_for("its end", || watching(3));
    let interrupted = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn check_finds_what_is_wrong_and_makes_nothing() {
    let folder = shop();
    let at = folder.path();
    let ran = run(at, &["check"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(ran.out.contains("shop: not composed: `store` is not built yet"), "{}", ran.out);
    assert!(!at.join("target/withe/front.wasm").exists() && !at.join("log").exists());
    build(at);
    assert!(run(at, &["check"]).out.contains("shop: composes"));
    // What was built before a change says nothing of what is there now.
    fs::write(at.join("store/store.wat"), STORE.replace("const 7", "const 8")).unwrap();
    assert!(run(at, &["check"]).out.contains("shop: not composed: `store` changed since it was built"));
    build(at);
    fs::write(at.join("front/front.wat"), "(component (func (export \"x\")))").unwrap();
    let ran = run(at, &["check", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.exit, document["result"]["good"].as_bool()), (1, Some(false)), "{document:#}");
}

/// Core modules that get their world from the app's WIT.
fn wrapped() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[app]\nname = \"local:shop\"\nversion = \"0.1.0\"\n\n[components.front]\nlanguage = \"wat\"\n\
        world = \"front\"\n\n[components.store]\nlanguage = \"wat\"\nworld = \"store\"\n\n\
        [compose]\nsolve = [\"front\", \"store\"]\n";
    let front = r#"(module (import "$root" "stock" (func $stock (result i32))) (export "count" (func $stock)))"#;
    let store = r#"(module (func (export "stock") (result i32) i32.const 7))"#;
    let wit = "package local:shop@0.1.0;\nworld front {\n  import stock: func() -> u32;\n  export count: func() -> u32;\n}\n\
        world store {\n  export stock: func() -> u32;\n}\n";
    let files = [("withe.toml", manifest), ("front/front.wat", front), ("store/store.wat", store), ("wit/a.wit", wit)];
    write(folder.path(), &files);
    folder
}

/// Replaces text in a file that has it.
fn edit(path: &Path, old: &str, new: &str) -> String {
    let before = fs::read_to_string(path).unwrap();
    assert!(before.contains(old), "{old}: {before}");
    fs::write(path, before.replacen(old, new, 1)).unwrap();
    before
}

#[test]
fn check_refuses_what_build_refuses() {
    let folder = wrapped();
    let at = folder.path();
    let ran = run(at, &["check"]);
    assert!(ran.exit == 0 && ran.out.contains("shop: composes"), "{}{}", ran.out, ran.err);
    assert!(!at.join("target/withe/shop.wasm").exists());
    build(at);
    let manifest = edit(&at.join("withe.toml"), "world = \"store\"", "world = \"stor\"");
    for command in ["check", "build", "test"] {
        let ran = run(at, &[command]);
        assert_eq!((ran.exit, ran.err.matches("wit/unknown-world").count()), (1, 1), "{command}: {}", ran.err);
        assert!(
            ran.err.contains("withe.toml:11:9") && ran.err.contains("help: write `world = \"store\"`"),
            "{}",
            ran.err
        );
    }
    let ran = run(at, &["check"]);
    assert!(ran.out.contains("shop: not composed: `store` is wrong"), "{}", ran.out);
    fs::write(at.join("withe.toml"), manifest).unwrap();
    let manifest = edit(&at.join("withe.toml"), "world = \"store\"", "");
    for command in ["check", "build"] {
        let ran = run(at, &[command]);
        assert!(ran.exit == 1 && ran.err.contains("help: write `world = \"store\"`"), "{command}: {}", ran.err);
        assert!(ran.err.contains("withe.toml:9:13") && !ran.err.contains("`-w "), "{command}: {}", ran.err);
    }
    fs::write(at.join("withe.toml"), manifest).unwrap();
    let wit = edit(&at.join("wit/a.wit"), "export stock: func()", "export stock: func(a: u32)");
    for command in ["check", "build"] {
        let ran = run(at, &[command]);
        assert!(ran.exit == 1 && ran.err.contains("encode/export-signature"), "{command}: {}", ran.err);
    }
    // Each fits its world, and they do not fit together.
    fs::write(at.join("wit/a.wit"), wit.replace("export stock", "export stack")).unwrap();
    edit(&at.join("store/store.wat"), "stock", "stack");
    for command in ["check", "build"] {
        let ran = run(at, &[command]);
        assert!(ran.exit == 1 && ran.err.contains("compose/unused-component"), "{command}: {}", ran.err);
    }
}

#[test]
fn a_mistake_in_shared_wit_is_told_once() {
    let folder = wrapped();
    let at = folder.path();
    edit(&at.join("wit/a.wit"), "world front", "wold front");
    for (command, line) in [("check", "wrong, as "), ("build", "failed, as ")] {
        let ran = run(at, &[command, "-j1"]);
        assert_eq!((ran.exit, ran.err.matches("wit/syntax").count()), (1, 1), "{command}: {}", ran.err);
        assert!(ran.out.contains(line) && ran.out.contains("front"), "{command}: {}", ran.out);
    }
}

#[test]
fn values_of_grants_and_limits_are_told_before_anything_is_built() {
    let folder = wrapped();
    let at = folder.path();
    let manifest = fs::read_to_string(at.join("withe.toml")).unwrap();
    let wrong = "[grants]\ndir = [\".::/data:rx\"]\nlisten = [\"localhost:1\"]\n\n[limits]\nmemory = \"64Mb\"\n";
    fs::write(at.join("withe.toml"), format!("{manifest}\n{wrong}")).unwrap();
    for command in [&["check"][..], &["build"], &["test"], &["serve"], &["call", "store", "stock()"]] {
        let ran = run(at, command);
        assert_eq!((ran.exit, ran.err.matches("project/bad-value").count()), (1, 3), "{command:?}: {}", ran.err);
        assert!(ran.err.contains("withe.toml:17:8") && ran.err.contains("withe.toml:21:10"), "{}", ran.err);
    }
    assert!(!at.join("target").exists());
}

#[test]
fn a_component_that_is_left_out_is_named() {
    let folder = wrapped();
    let at = folder.path();
    let manifest = edit(&at.join("withe.toml"), "[\"front\", \"store\"]", "[\"front\"]");
    for command in ["check", "build", "build"] {
        let ran = run(at, &[command]);
        assert!(ran.exit == 0 && ran.err.contains("project/left-out"), "{command}: {}", ran.err);
        assert!(ran.err.contains("help: add `\"store\"` to `solve`"), "{command}: {}", ran.err);
    }
    assert!(!run(at, &["build", "store"]).err.contains("left-out"));
    let ran = run(at, &["call", "shop", "count()"]);
    assert!(ran.err.contains("run/unmet-import") && ran.err.contains("add `\"store\"` to `solve`"), "{}", ran.err);
    assert!(!ran.err.contains("withe plug"), "{}", ran.err);
    // A host in JavaScript that is made of it uses it.
    let of = "\n[components.page]\nlanguage = \"js\"\nof = \"store\"\n";
    let without = fs::read_to_string(at.join("withe.toml")).unwrap();
    fs::write(at.join("withe.toml"), without + of).unwrap();
    let ran = run(at, &["build"]);
    assert!(ran.exit == 0 && !ran.err.contains("left-out"), "{}", ran.err);
    let more =
        "\n[components.more]\nlanguage = \"wat\"\nsource = \"store\"\noutput = \"store.wat\"\nworld = \"store\"\n";
    let plug = manifest.replace("solve = [\"front\", \"store\"]", "plug = \"front\"\nwith = [\"store\"]");
    fs::write(at.join("withe.toml"), plug + more).unwrap();
    let ran = run(at, &["check"]);
    assert!(ran.err.contains("help: add `\"more\"` to `with`"), "{}", ran.err);
}

#[test]
fn help_names_keys_of_the_manifest() {
    let folder = wrapped();
    let at = folder.path();
    let manifest = fs::read_to_string(at.join("withe.toml")).unwrap();
    let more = "\n[components.more]\nlanguage = \"wat\"\n\n[grants]\ndir = [\"nonexist::/data\"]\n";
    let named = manifest.replace("\"store\"]", "\"store\", \"more\"]");
    write(at, &[("withe.toml", &(named + more)), ("more/more.wat", "(component)")]);
    let ran = run(at, &["build"]);
    assert!(ran.exit == 1 && ran.err.contains("withe.toml:14:28"), "{}", ran.err);
    assert!(ran.err.contains("help: take `\"more\"` out of `solve`"), "{}", ran.err);
    let ran = run(at, &["call", "store", "stock()"]);
    assert!(ran.exit == 1 && ran.err.contains("withe.toml:20:8"), "{}", ran.err);
    assert!(ran.err.contains("take `\"nonexist::/data\"` out of `dir` in `[grants]`"), "{}", ran.err);
    let limits = "\n[limits]\nmemory = \"1KiB\"\nfuel = 1\n";
    fs::write(at.join("withe.toml"), format!("{manifest}{limits}")).unwrap();
    let ran = run(at, &["call", "store", "stock()"]);
    assert!(ran.err.contains("allow more with `fuel = 10` in `[limits]`"), "{}{}", ran.exit, ran.err);
    edit(&at.join("withe.toml"), "fuel = 1\n", "");
    fs::write(at.join("store/store.wat"), r#"(module (memory 1) (func (export "stock") (result i32) i32.const 7))"#)
        .unwrap();
    let ran = run(at, &["call", "store", "stock()"]);
    assert!(ran.err.contains("allow more with `memory = \"1MiB\"` in `[limits]`"), "{}", ran.err);
    let ran = run(at, &["call", "store", "stock()", "--memory", "2KiB"]);
    assert!(ran.err.contains("allow more with `--memory 1MiB`") && !ran.err.contains("[limits]"), "{}", ran.err);
}

#[test]
fn commands_take_names_of_components() {
    let folder = wrapped();
    let at = folder.path();
    let ran = run(at, &["call", "store", "stock()"]);
    assert_eq!((ran.exit, ran.out.as_str(), ran.err.as_str()), (0, "7\n", ""));
    edit(&at.join("store/store.wat"), "const 7", "const 8");
    assert_eq!(run(&at.join("wit"), &["call", "shop", "count()"]).out, "8\n");
    let ran = run(at, &["call", "store", "--type-of"]);
    assert!(ran.out.contains("withe call store 'stock()'"), "{}{}", ran.out, ran.err);
    fs::remove_dir_all(at.join("target")).unwrap();
    let ran = run(at, &["inspect", "store"]);
    assert!(ran.out.starts_with("target/withe/store.wasm: component"), "{}{}", ran.out, ran.err);
    let ran = run(at, &["graph", "shop", "--as", "dot"]);
    assert!(ran.exit == 0 && ran.out.starts_with("digraph"), "{}{}", ran.out, ran.err);
    let ran = run(at, &["transpile", "store", "-o", "js"]);
    assert!(ran.exit == 0 && at.join("js/store.js").is_file(), "{}{}", ran.out, ran.err);
    for command in [&["call", "stor", "stock()"][..], &["inspect", "stor"], &["run", "stor"], &["graph", "stor"]] {
        let ran = run(at, command);
        assert!(ran.exit == 1 && ran.err.contains("did you mean `store`?"), "{command:?}: {}", ran.err);
    }
    write(at, &[("tests/a.wave", "component \"stor\";\ntest \"is there\" { stock() == 8; }\n")]);
    let ran = run(at, &["test"]);
    assert!(ran.exit == 1 && ran.err.contains("did you mean `store`?"), "{}", ran.err);
    // What does not build is no older output.
    fs::write(at.join("store/store.wat"), "(module").unwrap();
    let ran = run(at, &["inspect", "store"]);
    assert!(ran.exit == 1 && ran.out.is_empty() && ran.err.contains("input/wat-syntax"), "{}{}", ran.out, ran.err);
}

#[cfg(unix)]
#[test]
fn what_is_said_while_watching_is_no_change() {
    let folder = wrapped();
    let at = folder.path();
    // The log is below a folder that is read whole.
    edit(
        &at.join("withe.toml"),
        "[compose]",
        "[components.all]\nlanguage = \"command\"\nsource = \".\"\nbuild = [\"false\"]\noutput = \"x.wasm\"\n\n[compose]",
    );
    let said = at.join("said.log");
    let log = fs::File::create(&said).unwrap();
    let mut child = withe(at, &["build", "--watch"]).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
    let count = |text: &str| fs::read_to_string(&said).unwrap_or_default().matches(text).count();
    wait_for("the first build", || count("watching for") == 1);
    std::thread::sleep(std::time::Duration::from_millis(1000));
    assert_eq!((count("watching for"), count("build/failed")), (1, 1), "{}", fs::read_to_string(&said).unwrap());
    // A mistake that is undone is told as such: in the manifest, and in a source.
    let manifest = edit(&at.join("withe.toml"), "language = \"wat\"", "language = \"wt\"");
    wait_for("the mistake", || count("there is no language `wt`") == 1);
    fs::write(
        at.join("withe.toml"),
        manifest.replace(
            "source = \".\"\nbuild = [\"false\"]",
            "source = \"store\"\nbuild = [\"cp\", \"../target/withe/store.wasm\", \"x.wasm\"]",
        ),
    )
    .unwrap();
    wait_for("the mended manifest", || count("watching for") == 3);
    let store = edit(&at.join("front/front.wat"), "(module", "(modul");
    wait_for("the mistake in a source", || count("front  failed") == 1 && count("watching for") == 4);
    fs::write(at.join("front/front.wat"), store).unwrap();
    wait_for("its end", || count("all is as it was built") == 1 && count("watching for") == 5);
    let interrupted = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
