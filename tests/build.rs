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
