//! The JSON schema holds what commands write with `--format json`, and the examples that describe it.
//!
//! In: many command lines, right and wrong, over a small project. Out: each document fits the schema, and has no field
//! that the schema does not describe.
//! Holds: every command is here with a document of success and one of failure, or the test fails.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory as _;
use serde_json::{Value, json};
use testing::cases::Suite;
use testing::{Outcome, scratch, tool};
use withe::io::Env;
use withe::{Exit, Io};

const SCHEMA: &str = "crates/diag/schema/withe.diagnostics-1.schema.json";

/// Command lines in the folder that `withe demo` leaves, in this order: those that work, and those that do not.
const WELL: &[&str] = &[
    "new fresh --lang rust",
    "bindgen rust fresh/wit -o fresh/src --check",
    "wit wit",
    "wit wit --as json",
    "wit greeter.wasm -o greeter.wit",
    "fmt wit --check",
    "fmt loose.wit",
    "fmt -",
    "docs wit -o site",
    "docs wit -o site --check",
    "docs examples.wit --test greeter.wasm",
    "bindgen rust wit/deps/greeter.wit -o gen",
    "embed greeter.wat --wit wit/deps/greeter.wit -o e.wasm",
    "wrap greeter.wat --wit wit/deps/greeter.wit -o w.wasm",
    "wrap greeter.wat --wit wit/deps/greeter.wit --gc --strip -o small.wasm",
    "embed library.wat --wit library.wit -o library.wasm",
    "link lib=library.wasm --gc -o linked.wasm",
    "plug app.wasm greeter.wasm -o plugged.wasm",
    "compose app.wasm greeter.wasm --emit-wac c.wac -o composed.wasm",
    "compose c.wac -o scripted.wasm",
    "graph composed.wasm --as json",
    "graph composed.wasm --as svg -o c.svg",
    "run composed.wasm",
    "run composed.wasm --usage --fuel 1000000",
    "call greeter.wasm greet(\"you\") --usage",
    "call greeter.wasm greet(\"you\")",
    "call greeter.wasm greet --type-of",
    "validate wit",
    "validate wit composed.wasm greeter.wat c.wac",
    "diff wit/deps/greeter.wit wit/deps/greeter.wit",
    "diff new.wit newer.wit",
    "inspect composed.wasm",
    "inspect composed.wasm --imports --exports --capabilities",
    "inspect composed.wasm --size",
    "inspect greeter.wasm --metadata",
    "inspect go.wat",
    "wrap handler.wat --wit handler.wit -o handler.wasm",
    "serve handler.wasm --once GET /",
    "package handler.wasm --as spin -o spin",
    "package handler.wasm --as docker -o docker",
    "test calls.wave",
    "test calls.wave --list",
    "explain",
    "explain wit/syntax",
    "fetch --manifest deps-app",
    "add shop:stock --path stock.wit --manifest deps-app",
    "fetch --manifest deps-app --locked --offline",
    "tree --manifest deps-app",
    "why shop:base --manifest deps-app",
    "vendor --manifest deps-app",
    "update --manifest deps-app",
    "doctor",
    "doctor rust",
    "completions bash",
    "man run",
    "print greeter.wasm",
    "print greeter.wasm -o g.wat",
    "parse greeter.wat -o p.wasm",
    "strip composed.wasm -o s.wasm",
    "build --manifest project",
    "build --manifest project store",
    "check --manifest project",
    "bindgen js wit/deps/greeter.wit -o types",
    "transpile greeter.wasm -o js",
    "push greeter.wasm HOST/me/greeter:1.0.0",
    "push wit HOST/me/wit:1.0.0 --dry-run",
    "pull HOST/me/greeter:1.0.0 -o pulled.wasm",
    "pull me:greeter@1 -o package.wasm",
    "call oci://HOST/me/greeter:1.0.0 greet(\"you\") --offline",
    "component new greeter.wat --wit wit/deps/greeter.wit -o n.wasm",
];

const BADLY: &[&str] = &[
    "demo .",
    "new . --lang rust",
    "bindgen rust wit/deps/greeter.wit -o fresh/src --check",
    "wit missing",
    "wit bad.wit",
    "fmt bad.wit",
    "docs bad.wit -o site",
    "docs loose.wit -o site --check",
    "docs wit --test greeter.wasm",
    "bindgen rust bad.wit -o gen2",
    "embed greeter.wat --wit bad.wit -o x.wasm",
    "wrap greeter.wat --wit wit -w app -o x.wasm",
    "link bad.wat -o x.wasm",
    "plug app.wasm missing.wasm -o x.wasm",
    "compose app.wasm a=greeter.wasm b=greeter.wasm -o x.wasm",
    "compose bad.wac -o x.wasm",
    "graph greeter.wit -o x.svg",
    "transpile greeter.wat -o js",
    "run app.wasm",
    "call greeter.wasm nothing()",
    "call greeter.wasm greet(1)",
    "call trap.wat f()",
    "validate bad.wit bad.wat wit",
    "validate greeter.wasm --target wit#app",
    "diff old.wit new.wit",
    "diff old.wit missing",
    "inspect bad.wat",
    "serve greeter.wasm --once GET /",
    "package greeter.wasm --as wadm -o wadm",
    "test bad.wave",
    "test failing.wave",
    "fetch --manifest missing",
    "add shop:gone --path gone --manifest deps-app",
    "update shop:gone --manifest deps-app",
    "vendor --manifest bad-app",
    "tree --manifest bad-app",
    "why shop:gone --manifest deps-app",
    "build",
    "build --manifest project stroe",
    "check --manifest project stroe",
    "explain wit/sintax",
    "doctor --strict",
    "completions tcsh",
    "man nothing",
    "print bad.wat",
    "parse bad.wat -o x.wasm",
    "strip missing.wasm -o x.wasm",
    "push bad.wat HOST/me/bad:1.0.0",
    "pull HOST/me/none:1.0.0 -o x.wasm",
    "pull no:where@1 -o x.wasm",
    "print greeter.wasm -o -",
    "xyzzy",
    "lsp",
    "wit wit --no-such-flag",
    "component targets wit app.wasm",
];

/// Files beside those of the demonstration.
const FILES: &[(&str, &str)] = &[
    ("bad.wit", "package a:b;\ninterface i {\n  f: fnc();\n}\n"),
    ("loose.wit", "package a:loose;   interface i { f: func(); }"),
    ("bad.wat", "(module\n  (func (param i33)))"),
    ("bad.wac", "package a:b;\nlet x = new\n"),
    ("old.wit", "package a:d@1.0.0;\ninterface i { f: func() -> u32; }\nworld w { import i; export i; }\n"),
    ("new.wit", "package a:d@1.0.1;\ninterface i { f: func() -> u64; }\nworld w { import i; export i; }\n"),
    (
        "newer.wit",
        "package a:d@1.0.2;\n/// Numbers.\ninterface i { f: func() -> u64; }\nworld w { import i; export i; }\n",
    ),
    (
        "trap.wat",
        "(component (core module $m (func (export \"f\") unreachable)) (core instance $i (instantiate $m))
            (func (export \"f\") (canon lift (core func $i \"f\"))))",
    ),
    ("go.wat", "(module (@producers (processed-by \"Go cmd/compile\" \"go1.26.8\")))"),
    ("library.wat", "(module (@dylink.0 (mem-info)) (func (export \"f\")) (func $spare))"),
    ("library.wit", "package a:l;\nworld l { export f: func(); }\n"),
    (
        "handler.wit",
        "package a:h;\nworld h { import wasi:http/types@0.2.12; export wasi:http/incoming-handler@0.2.12; }\n",
    ),
    (
        "handler.wat",
        "(module
            (import \"wasi:http/types@0.2.12\" \"[constructor]fields\" (func $fields (result i32)))
            (import \"wasi:http/types@0.2.12\" \"[constructor]outgoing-response\" (func $new (param i32) (result i32)))
            (import \"wasi:http/types@0.2.12\" \"[static]response-outparam.set\"
                (func $set (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
            (memory (export \"memory\") 1)
            (func (export \"wasi:http/incoming-handler@0.2.12#handle\") (param i32 i32)
                (call $set (local.get 1) (i32.const 0) (call $new (call $fields)) (i32.const 0) (i64.const 0)
                    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))))",
    ),
    (
        "deps-app/withe.toml",
        "[app]\nname = \"shop:app\"\nversion = \"0.1.0\"\n\n[dependencies]\n\"shop:base\" = { path = \"../base.wit\" }\n",
    ),
    ("base.wit", "package shop:base@1.0.0;\ninterface base { type id = u32; }\n"),
    (
        "stock.wit",
        "package shop:stock@1.0.0;\ninterface stock { use shop:base/base@1.0.0.{id}; count: func(of: id) -> u32; }\n",
    ),
    (
        "bad-app/withe.toml",
        "[app]\nname = \"shop:bad\"\nversion = \"0.1.0\"\n\n[dependencies]\n\"shop:gone\" = \"1\"\n",
    ),
    ("calls.wave", "component \"greeter.wasm\";\n\ntest \"greets\" {\n  greet(\"you\") == \"Hello, you!\";\n}\n"),
    ("failing.wave", "component \"greeter.wasm\";\n\ntest \"greets\" {\n  greet(\"you\") == \"Bye\";\n}\n"),
    (
        "project/withe.toml",
        "[app]\nname = \"a:shop\"\nversion = \"0.1.0\"\n\n[components.store]\nlanguage = \"wat\"\nsource = \".\"\n",
    ),
    ("project/store.wat", "(component)"),
    (
        "examples.wit",
        "package a:e;\nworld w {\n  /// ```wave\n  /// greet(\"you\") == \"Hello, you!\";\n  /// ```\n  export greet: func(who: string) -> string;\n}\n",
    ),
    (".config/wasm-pkg/config.toml", "[namespace_registries]\nme = \"HOST\"\n"),
    ("bad.wave", "component \"missing.wasm\";\n\ntest \"\" {\n"),
];

fn main() -> ExitCode {
    Suite::new()
        .test("schema/commands_write_what_it_says", commands_write_what_it_says)
        .test("schema/examples_are_what_it_says", examples_are_what_it_says)
        .test("schema/other_documents_are_refused", other_documents_are_refused)
        .run()
}

fn commands_write_what_it_says() -> Outcome {
    tool::python("jsonschema")?;
    let folder = scratch("schema-project")?;
    let registry = testing::registry::Server::start(|_| None);
    let mut cases = vec![case("demo", ran(&folder, "demo ."))];
    for (name, text) in FILES {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        fs::write(path, text.replace("HOST", &registry.host()))?;
    }
    registry.put("/v2/me/greeter/tags/list", b"{\"tags\":[\"1.0.0\"]}");
    let (mut well, mut badly, mut later) = (BTreeSet::from(["demo".to_owned()]), BTreeSet::new(), BTreeSet::new());
    for (lines, expected) in [(WELL, true), (BADLY, false)] {
        for line in lines {
            if line.starts_with("serve") && !serves() {
                later.insert("serve".to_owned());
                continue;
            }
            let document = ran(&folder, &line.replace("HOST", &registry.host()));
            let command = document["command"].as_str().unwrap_or_default().to_owned();
            let is_later = document["diagnostics"]
                .as_array()
                .is_some_and(|all| all.iter().any(|one| one["code"] == "unsupported/command"));
            match (document["status"] == 0, expected) {
                _ if is_later => drop(later.insert(command)),
                (true, true) => drop(well.insert(command)),
                (false, false) => drop(badly.insert(command)),
                (_, _) => return Err(format!("{line}: {document:#}").into()),
            }
            cases.push(case(line, document));
        }
    }
    let all: BTreeSet<String> =
        withe::cli::Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    // Of `completions` only the command line can be wrong, and then no command is named.
    badly.insert("completions".to_owned());
    let missing: Vec<_> = all
        .iter()
        .filter(|name| !later.contains(*name))
        .filter(|name| !well.contains(*name) || !badly.contains(*name))
        .collect();
    assert!(missing.is_empty(), "without a document of success and one of failure: {missing:?}");
    held("schema-commands", cases)
}

/// Whether `serve` answers one request without a socket.
fn serves() -> bool {
    let cli = withe::cli::Cli::command();
    cli.find_subcommand("serve").is_some_and(|serve| serve.get_arguments().any(|flag| flag.get_long() == Some("once")))
}

/// The document that a command writes.
fn ran(folder: &Path, line: &str) -> Value {
    let mut io = Io::captured(folder);
    io.env = Env::Fixed([("HOME".to_owned(), folder.display().to_string())].into());
    let words = line.split(' ').chain(["--format", "json"]);
    let Exit(exit) = withe::run(["withe"].into_iter().chain(words), &mut io);
    let (out, err) = (io.stdout.text(), io.stderr.text());
    // Where standard output is the guest's, the document is on standard error.
    let document = serde_json::from_str::<Value>(&out).or_else(|_| serde_json::from_str(&err));
    let document = document.unwrap_or_else(|error| panic!("{line}: {error}: {out}{err}"));
    assert_eq!(document["status"], exit, "{line}");
    document
}

/// Each block of JSON in the pages that describe the document, whole or a command's result.
fn examples_are_what_it_says() -> Outcome {
    tool::python("jsonschema")?;
    let page = fs::read_to_string(testing::root().join("crates/diag/codes/README.md"))?;
    let mut cases = Vec::new();
    for (number, block) in page.split("```json\n").skip(1).enumerate() {
        let text = block.split("```").next().unwrap_or_default();
        let document: Value = serde_json::from_str(text).map_err(|error| format!("block {number}: {error}"))?;
        let part = if document.get("schema").is_some() { Value::Null } else { "any".into() };
        cases.push(json!({ "label": format!("block {number}"), "def": part, "refused": false, "document": document }));
    }
    assert!(cases.len() >= 4, "{}", cases.len());
    held("schema-examples", cases)
}

/// The schema can refuse.
fn other_documents_are_refused() -> Outcome {
    tool::python("jsonschema")?;
    let folder = scratch("schema-refused")?;
    let document = ran(&folder, "wit missing");
    let changed = |pointer: &str, value: Value| {
        let mut changed = document.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        json!({ "label": pointer, "def": null, "refused": true, "document": changed })
    };
    held(
        "schema-controls",
        vec![
            case("as it is", document.clone()),
            changed("/schema", "withe.diagnostics/2".into()),
            changed("/status", "1".into()),
            changed("/diagnostics/0/severity", "fatal".into()),
            changed("/diagnostics/0/code", "no code".into()),
            changed("/diagnostics/0/labels/0", json!({ "file": "a" })),
            changed("/result", json!({ "files": [] })),
            json!({ "label": "another's result", "def": "doctor", "refused": true, "document": { "text": "" } }),
        ],
    )
}

fn case(label: &str, document: Value) -> Value {
    json!({ "label": label, "def": null, "refused": false, "document": document })
}

/// What another maker's validator says.
fn held(name: &str, cases: Vec<Value>) -> Outcome {
    let file = scratch(name)?.join("documents.json");
    fs::write(&file, Value::Array(cases).to_string())?;
    let root = testing::root();
    let mut python = tool::python("jsonschema")?;
    tool::run(python.arg(root.join("tests/schema/check.py")).arg(root.join(SCHEMA)).arg(&file)).map(drop)
}
