//! Texts that people write come back out of the targets' files as they were, whatever is in them.
//!
//! In: apps of random texts. Out: files whose texts are read again, by other makers' readers.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use core::cell::RefCell;

use semver::Version;
use serde_json::{Value, json};
use testing::seeds::{self, Random};
use testing::{fixtures, scratch, tool};
use types::ExternName;
use withe_deploy::app::{Authority, Component, Deploy, Dir, Grants, Import, Limits, Said};
use withe_deploy::{App, Packaged, Runtime, Target, package};

const TARGETS: [Target; 5] = [
    Target::Spin,
    Target::Wadm,
    Target::Kubernetes(Runtime::Wasmtime),
    Target::Kubernetes(Runtime::Spin),
    Target::Docker,
];

/// Pieces that mean something to a reader of YAML, TOML, JSON, of a shell or of a template.
const PIECES: &[&str] = &[
    "a",
    "B",
    "0",
    "7",
    "_",
    "-",
    ".",
    ":",
    ": ",
    " #",
    "#",
    "\n",
    "\r\n",
    "\t",
    " ",
    "  ",
    "'",
    "\"",
    "\"\"\"",
    "\\",
    "$",
    "$$",
    "${A}",
    "$(A)",
    "{{ a }}",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a",
    "*a",
    "!",
    "!!int ",
    "|",
    ">",
    "%",
    "@",
    "`",
    "~",
    "null",
    "true",
    "No",
    "12:30:45",
    "1_000",
    "0x1f",
    "0o7",
    "1e3",
    ".inf",
    "=",
    "<<",
    "---",
    "...",
    "é",
    "日本",
    "\u{1f600}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{1}",
    "\u{7f}",
    "\u{ffff}",
    "2026-01-01",
];

fn text(random: &mut Random) -> String {
    let count = random.below(6);
    (0..count).map(|_| PIECES[random.below(PIECES.len())]).collect()
}

/// A name that every target takes for a variable.
fn key(random: &mut Random) -> String {
    const KEYS: &[&str] = &["A", "PATH", "Y", "NO", "null", "x1", "GREETING_OF_ALL", "a_b", "Null", "TRUE"];
    KEYS[random.below(KEYS.len())].to_owned()
}

fn import(name: &str) -> Import {
    Import { name: ExternName::parse(name).unwrap(), implements: None, is_types: false, since: None, parts: Vec::new() }
}

fn app(random: &mut Random, target: Target, program: bool) -> App {
    let mut env: Vec<(String, Said<Option<String>>)> = Vec::new();
    for _ in 0..random.below(4) {
        let key = key(random);
        env.retain(|(there, _)| *there != key);
        env.push((key, Said::here(Some(text(random)))));
    }
    let dirs = (0..if program { random.below(3) } else { 0 }).map(|at| {
        let (host, guest) = (format!("./{at}{}", text(random)), format!("/{at}{}", text(random).replace('/', "")));
        Said::here(Dir { shown: host.clone(), host, guest, write: false })
    });
    let dirs: Vec<Said<Dir>> = dirs.collect();
    let config = if target == Target::Wadm { vec![import("wasi:config/runtime@0.2.0-draft")] } else { Vec::new() };
    let export = if program { "wasi:cli/run@0.2.0" } else { "wasi:http/incoming-handler@0.2.0" };
    App {
        name: Said::here("todo".to_owned()),
        version: Version::new(1, 2, 3),
        description: Some(text(random)),
        authors: vec![text(random), text(random)],
        license: Some(text(random)),
        homepage: None,
        repository: Some(text(random)),
        component: Component {
            file: "todo.wasm".to_owned(),
            bytes: text(random).into_bytes(),
            imports: config,
            exports: vec![ExternName::parse(export).unwrap()],
        },
        grants: Grants {
            dirs,
            env,
            http: vec![Said::here(Authority { host: "example.com".to_owned(), port: None })],
            ..Grants::default()
        },
        limits: Limits::default(),
        deploy: Deploy { image: Some(Said::here("ghcr.io/a/todo:1".to_owned())), ..Deploy::default() },
    }
}

fn yaml(packaged: &Packaged, file: &str) -> (String, Value) {
    let text = String::from_utf8(packaged.files[file].clone()).unwrap();
    let value = serde_yaml_ng::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}\n{text}"));
    (text, value)
}

/// A text to be found at a path, in a file of YAML.
struct Found(String, Vec<Value>, String);

/// Where each text of the app is in the target's YAML, with what the target makes of `$` undone.
fn texts(app: &App, target: Target, packaged: &Packaged) -> Vec<Found> {
    let path = |keys: &[&str]| keys.iter().map(|key| Value::from(*key)).collect::<Vec<_>>();
    let description = app.description.clone().unwrap();
    let mut found = Vec::new();
    match target {
        Target::Spin => {}
        Target::Wadm => {
            let (text, value) = yaml(packaged, "wadm.yaml");
            found.push(Found(text.clone(), path(&["metadata", "annotations", "description"]), description));
            let config = &value["spec"]["components"][0]["properties"]["config"];
            assert_eq!(config.is_null(), app.grants.env.is_empty());
            for (key, said) in &app.grants.env {
                let mut at = path(&["spec", "components"]);
                at.extend([json!(0), json!("properties"), json!("config"), json!(0), json!("properties"), json!(key)]);
                found.push(Found(text.clone(), at, said.value.clone().unwrap()));
            }
        }
        Target::Kubernetes(Runtime::Wasmtime) => {
            let file = if packaged.files.contains_key("job.yaml") { "job.yaml" } else { "deployment.yaml" };
            let (text, _) = yaml(packaged, file);
            if !description.is_empty() {
                found.push(Found(text.clone(), path(&["metadata", "annotations", "description"]), description));
            }
            let container = path(&["spec", "template", "spec", "containers"]);
            for (at, (key, said)) in app.grants.env.iter().enumerate() {
                let entry =
                    |field: &str| [container.clone(), vec![json!(0), json!("env"), json!(at), json!(field)]].concat();
                found.push(Found(text.clone(), entry("name"), key.clone()));
                found.push(Found(text.clone(), entry("value"), said.value.clone().unwrap().replace('$', "$$")));
            }
        }
        Target::Kubernetes(Runtime::Spin) => {
            let (text, _) = yaml(packaged, "spinapp.yaml");
            if !description.is_empty() {
                found.push(Found(text, path(&["metadata", "annotations", "description"]), description));
            }
        }
        Target::Docker => {
            let (text, _) = yaml(packaged, "compose.yaml");
            for (key, said) in &app.grants.env {
                let at = path(&["services", "todo", "environment", key]);
                found.push(Found(text.clone(), at, said.value.clone().unwrap().replace('$', "$$")));
            }
            for (number, dir) in app.grants.dirs.iter().enumerate() {
                let mut at = path(&["services", "todo", "volumes"]);
                at.extend([json!(number), json!("source")]);
                found.push(Found(text.clone(), at, dir.value.host.replace('$', "$$")));
            }
        }
    }
    found
}

/// `spin.toml` and the image's configuration, which are no YAML.
fn others_come_back(app: &App, packaged: &Packaged) {
    if let Some(text) = packaged.files.get("spin.toml") {
        let text = std::str::from_utf8(text).unwrap();
        let toml: toml_edit::DocumentMut = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(toml["application"]["description"].as_str(), app.description.as_deref());
        let authors: Vec<_> =
            toml["application"]["authors"].as_array().unwrap().iter().map(|one| one.as_str()).collect();
        assert_eq!(authors, app.authors.iter().map(|one| Some(one.as_str())).collect::<Vec<_>>());
        for (key, said) in &app.grants.env {
            assert_eq!(toml["component"]["todo"]["environment"][key].as_str(), said.value.as_deref(), "{text}");
        }
        for (at, dir) in app.grants.dirs.iter().enumerate() {
            let files = toml["component"]["todo"]["files"].as_array().unwrap();
            let source = files.get(at).unwrap().as_inline_table().unwrap()["source"].as_str();
            assert_eq!(source, Some(dir.value.host.as_str()), "{text}");
        }
    }
    for (path, bytes) in packaged.files.iter().filter(|(path, _)| path.contains("/blobs/")) {
        let Ok(blob) = serde_json::from_slice::<Value>(bytes) else { continue };
        let said = blob.pointer("/config/Labels").or(blob.get("annotations")).unwrap();
        assert_eq!(said["org.opencontainers.image.description"], json!(app.description), "{path}");
    }
}

#[test]
fn fuzz_texts_come_back() {
    let all = RefCell::new(Vec::new());
    seeds::check("fuzz_texts_come_back", 200, |random| {
        let target = TARGETS[random.below(TARGETS.len())];
        let is_program = random.below(2) == 0 && !matches!(target, Target::Wadm | Target::Kubernetes(Runtime::Spin));
        let app = app(random, target, is_program);
        let packaged = package(&app, target).unwrap_or_else(|why| panic!("{target:?}: {why:?}"));
        assert_eq!(packaged.files, package(&app, target).unwrap().files, "the same app gives the same bytes");
        others_come_back(&app, &packaged);
        for Found(text, path, expected) in texts(&app, target, &packaged) {
            let value: Value = serde_yaml_ng::from_str(&text).unwrap();
            let found = path.iter().fold(&value, |value, key| match key.as_u64() {
                Some(at) => &value[usize::try_from(at).unwrap()],
                None => &value[key.as_str().unwrap()],
            });
            assert_eq!(found.as_str(), Some(expected.as_str()), "{path:?} in\n{text}");
            // A run of many seconds has more than one call of Python can take.
            if all.borrow().len() < 5000 {
                all.borrow_mut().push(json!([text, path, expected]));
            }
        }
    });
    reads_as_yaml_1_1(all.into_inner());
}

/// Names, references, routes and hosts of whatever text: what is taken can be read, what is refused is told.
#[test]
fn fuzz_any_text_is_taken_or_refused() {
    seeds::check("fuzz_any_text_is_taken_or_refused", 300, |random| {
        let target = TARGETS[random.below(TARGETS.len())];
        let is_program = random.below(2) == 0;
        let mut app = app(random, target, is_program);
        if random.below(2) == 0 {
            app.name.value = text(random);
        }
        if random.below(2) == 0 {
            app.deploy.image = Some(Said::here(format!("{}/{}:{}", text(random), text(random), text(random))));
        }
        app.deploy.route = (random.below(2) == 0).then(|| Said::here(format!("/{}", text(random))));
        app.deploy.port = [0, 1, 8080, u16::MAX][random.below(4)];
        app.limits.memory = (random.below(2) == 0).then(|| Said::here([0, 1, 1 << 20, u64::MAX][random.below(4)]));
        app.grants.env.push((text(random), Said::here((random.below(2) == 0).then(|| text(random)))));
        app.grants.http.push(Said::here(Authority { host: "[::1]".to_owned(), port: Some(1) }));
        if random.below(4) == 0 {
            app.grants.http.push(Said::here(Authority { host: text(random), port: None }));
        }
        app.grants.key_value.push(Said::here(text(random)));
        let guest = text(random);
        app.grants.dirs.push(Said::here(Dir { host: "../x".to_owned(), shown: guest.clone(), guest, write: false }));
        match package(&app, target) {
            Ok(packaged) => {
                for (path, bytes) in &packaged.files {
                    let read = || String::from_utf8(bytes.clone()).unwrap();
                    if path.ends_with(".yaml") {
                        for document in serde_yaml_ng::Deserializer::from_str(&read()) {
                            <Value as serde::Deserialize>::deserialize(document).unwrap();
                        }
                    } else if path.ends_with(".toml") {
                        read().parse::<toml_edit::DocumentMut>().unwrap();
                    }
                }
            }
            Err(found) => {
                assert!(found.0.iter().any(|one| one.severity == diag::Severity::Error), "{found:?}");
                let is_plain = |text: &str| !text.contains(|c: char| c.is_control() && c != '\n');
                assert!(found.0.iter().all(|one| is_plain(&one.headline)), "{found:?}");
            }
        }
    });
}

/// Texts and where they are, by a reader of YAML 1.1, to which more texts are numbers, times and truth values.
fn reads_as_yaml_1_1(texts: Vec<Value>) {
    let Ok(mut python) = tool::python("yaml") else {
        assert!(!testing::tools_required(), "Python with PyYAML is needed");
        return;
    };
    if tool::python("jsonschema").is_err() {
        assert!(!testing::tools_required(), "Python with jsonschema is needed");
        return;
    }
    let file = scratch("deploy-texts").unwrap().join("texts.json");
    std::fs::write(&file, Value::Array(texts).to_string()).unwrap();
    let said = tool::run(python.arg(fixtures("deploy/readers/read.py")).arg("texts").arg(&file)).unwrap();
    assert_eq!(said, "1 accepted\n");
}
