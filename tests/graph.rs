//! `withe graph`: every form of picture, of compositions, of compositions inside compositions and of components that
//! are none; and what is said of other inputs.
#![allow(clippy::disallowed_methods, reason = "a test writes its inputs")]

use std::fs;
use std::path::Path;

use picture::{Level, Node, PartId, Scene, Sort};
use withe::Io;

/// A leaf with a core module: it exports what `outer.wat` imports.
const LEAF: &str = r#"(component $leaf
    (core module $main (@name "the main module") (func (export "get") (result i32) i32.const 1))
    (core instance $i (instantiate $main))
    (func $get (result u32) (canon lift (core func $i "get")))
    (instance $num (export "get" (func $get)))
    (export "local:calc/num@1.0.0" (instance $num)))"#;

/// A component that passes a function on.
const OUTER: &str = r#"(component
    (import "local:calc/num@1.0.2" (instance $num (export "get" (func (result u32)))))
    (alias export $num "get" (func $get))
    (export "run" (func $get)))"#;

struct Ran {
    exit: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, words: &str) -> Ran {
    let mut io = Io::captured(folder);
    let exit = withe::run(std::iter::once("withe").chain(words.split_whitespace()), &mut io).0;
    Ran { exit, out: io.stdout.text(), err: io.stderr.text() }
}

/// A folder with `leaf.wat`, `outer.wat` and `app.wasm`, in which the first fills the second.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("leaf.wat"), LEAF.replace("@1.0.0", "@1.0.3")).expect("a file in it");
    fs::write(folder.path().join("outer.wat"), OUTER).expect("a file in it");
    let ran = run(folder.path(), "plug outer.wat leaf.wat -o app.wasm");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    folder
}

fn scene(folder: &Path, file: &str) -> Scene {
    let ran = run(folder, &format!("graph {file} --as json -o -"));
    assert_eq!(ran.exit, 0, "{}", ran.err);
    picture::read_json(&ran.out).expect("a scene")
}

/// Edges in words.
fn edges(level: &Level) -> Vec<String> {
    let name = |node: picture::NodeId| level.nodes[node.0].name().to_owned();
    let said = |name: &picture::Name| match &name.version {
        Some(version) => format!("{} {version}", name.name),
        None => name.name.clone(),
    };
    let line = |edge: &picture::Edge| {
        format!("{} -> {}: {} as {}", name(edge.from), name(edge.to), said(&edge.provided), said(&edge.wanted))
    };
    level.edges.iter().map(line).collect()
}

#[test]
fn a_composition_is_shown_with_its_wiring() {
    let folder = folder();
    let scene = scene(folder.path(), "app.wasm");
    assert_eq!(scene.title, "app");
    assert_eq!(scene.size, fs::metadata(folder.path().join("app.wasm")).unwrap().len());
    assert_eq!(
        edges(&scene.level),
        ["leaf -> outer: local:calc/num 1.0.3 as local:calc/num 1.0.2", "outer -> run: run as run"]
    );
    let leaf = scene.parts.iter().find(|part| part.name == "leaf").unwrap();
    assert_eq!(leaf.modules.iter().map(|module| module.name.as_str()).collect::<Vec<_>>(), ["the main module"]);
    assert!(leaf.modules[0].size > 30 && leaf.size > Some(leaf.modules[0].size));
    assert_eq!((leaf.id.len(), leaf.inner.is_none(), leaf.exports.len()), (64, true, 1));
    let text = scene.texts.get(scene.level.edges[0].wit.unwrap());
    assert_eq!(text, "interface num {\n  get: func() -> u32;\n}\n");
}

#[test]
fn a_component_that_is_no_composition_stands_between_its_imports_and_exports() {
    let folder = folder();
    let scene = scene(folder.path(), "leaf.wat");
    assert_eq!(scene.level.nodes[0], Node::Instance { name: String::new(), part: PartId(0) });
    assert_eq!(edges(&scene.level), [" -> local:calc/num: local:calc/num 1.0.3 as local:calc/num 1.0.3"]);
    assert_eq!((scene.title.as_str(), scene.parts.len()), ("leaf", 1));
    assert_eq!((scene.parts[0].exports[0].name.name.as_str(), scene.parts[0].modules.len()), ("local:calc/num", 1));
    // What only passes things on has no module either.
    let scene = self::scene(folder.path(), "outer.wat");
    assert_eq!((scene.parts[0].imports.len(), scene.parts[0].modules.len()), (1, 0));
    assert_eq!(
        edges(&scene.level),
        ["local:calc/num -> : local:calc/num 1.0.2 as local:calc/num 1.0.2", " -> run: run as run"]
    );
}

#[test]
fn compositions_inside_are_levels_inside() {
    let folder = folder();
    let inner = r#"(component (import "run" (func $f (result u32))) (export "go" (func $f)))"#;
    fs::write(folder.path().join("end.wat"), inner).unwrap();
    let ran = run(folder.path(), "plug end.wat app.wasm -o whole.wasm");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let scene = scene(folder.path(), "whole.wasm");
    let app = scene.parts.iter().position(|part| part.name == "app").unwrap();
    let level = scene.parts[app].inner.as_ref().unwrap();
    assert_eq!(level.edges.len(), 2);
    // What is inside stands before what it is inside of.
    assert!(level.parts().keys().all(|part| part.0 < app));
}

#[test]
fn types_bags_and_imports_are_nodes() {
    let folder = folder();
    let text = r#"(component
        (import "local:shop/store@0.1.0" (instance $store (export "item" (type (sub resource)))
          (export "take" (func (result (own 0))))))
        (type $size' (enum "small" "large"))
        (export "size" (type $size'))
        (component $c (import "shelf" (instance (export "take" (func)))))
        (component $d (import "f" (func $f)) (export "take" (func $f)))
        (import "f" (func $f))
        (instance $d (instantiate $d (with "f" (func $f))))
        (alias export $d "take" (func $take))
        (instance $shelf (export "take" (func $take)))
        (instance $one (instantiate $c (with "shelf" (instance $shelf))))
        (instance $two (instantiate $c (with "shelf" (instance $d))))
        (export "store" (instance $store)))"#;
    fs::write(folder.path().join("nodes.wat"), text).unwrap();
    let scene = scene(folder.path(), "nodes.wat");
    let found: Vec<String> = scene.level.nodes.iter().map(kind).collect();
    let expected = ["import local:shop/store", "import f", "type size", "d", "bag shelf", "one", "two", "export store"];
    assert_eq!(found, expected);
    assert_eq!(
        edges(&scene.level),
        [
            "f -> d: f as f",
            "d -> shelf: take as take",
            "shelf -> one:  as shelf",
            "d -> two:  as shelf",
            "local:shop/store -> store: local:shop/store 0.1.0 as store"
        ]
    );
    let store = scene.level.edges.last().unwrap();
    assert_eq!((store.sort, store.resources.as_slice()), (Sort::Instance, &["item".to_owned()][..]));
    let parts = scene.level.parts();
    assert_eq!(parts.values().copied().collect::<Vec<_>>(), [1, 2], "two instances of one part");
}

fn kind(node: &Node) -> String {
    match node {
        Node::Instance { name, .. } => name.clone(),
        Node::Bag { name } => format!("bag {name}"),
        Node::Import(item) => format!("import {}", item.name.name),
        Node::Export(item) => format!("export {}", item.name.name),
        Node::Definition(item) => format!("type {}", item.name.name),
    }
}

#[test]
fn the_form_is_what_is_asked_for_or_what_the_name_ends_with() {
    let folder = folder();
    let begins =
        [("svg", "<svg"), ("html", "<!doctype html>"), ("mermaid", "flowchart"), ("dot", "digraph"), ("json", "{")];
    for (form, begin) in begins {
        let first = run(folder.path(), &format!("graph app.wasm --as {form}"));
        assert_eq!(first.exit, 0, "{form}: {}", first.err);
        let text = first.out.to_ascii_lowercase();
        assert!(text.contains(begin) && text.contains("leaf"), "{form}: {text}");
        assert_eq!(run(folder.path(), &format!("graph app.wasm --as {form}")).out, first.out, "{form} twice");
        let ending = if form == "mermaid" { "mmd" } else { form };
        let to_file = run(folder.path(), &format!("graph app.wasm -o picture.{ending}"));
        assert_eq!((to_file.exit, to_file.out.as_str()), (0, ""), "{}", to_file.err);
        assert_eq!(fs::read_to_string(folder.path().join(format!("picture.{ending}"))).unwrap(), first.out);
    }
    let of = |words: &str| run(folder.path(), words).out;
    assert_eq!(of("graph app.wasm"), of("graph app.wasm --as mermaid"));
    assert_eq!(of("graph app.wasm -o -"), of("graph app.wasm --as mermaid"));
    run(folder.path(), "graph app.wasm -o picture");
    assert_eq!(fs::read_to_string(folder.path().join("picture")).unwrap(), of("graph app.wasm --as svg"));
    run(folder.path(), "graph app.wasm --as dot -o other.svg");
    assert_eq!(fs::read_to_string(folder.path().join("other.svg")).unwrap(), of("graph app.wasm --as dot"));
}

/// A file's name that asks for another kind of picture; `--as` says it all.
#[test]
fn what_is_not_written_is_not_written_under_that_name() {
    let folder = folder();
    for name in ["a.png", "a.PDF", "a.jpg", "a.gif"] {
        let ran = run(folder.path(), &format!("graph app.wasm -o {name}"));
        assert_eq!(ran.exit, 2, "{name}: {}", ran.err);
        assert!(ran.err.contains("error[usage/command-line]"), "{}", ran.err);
        assert!(ran.err.contains("withe graph app.wasm -o a.svg"), "{}", ran.err);
        assert!(!folder.path().join(name).exists(), "{name}");
    }
    assert_eq!(run(folder.path(), "graph app.wasm --as svg -o a.png").exit, 0);
}

#[test]
fn other_inputs_are_told_and_nothing_is_written() {
    let folder = folder();
    fs::write(folder.path().join("core.wat"), "(module)").unwrap();
    fs::write(folder.path().join("w.wit"), "package a:b; interface i { f: func(); }").unwrap();
    assert_eq!(run(folder.path(), "wit w.wit --as wasm -o package.wasm").exit, 0);
    let app = fs::read(folder.path().join("app.wasm")).unwrap();
    fs::write(folder.path().join("cut.wasm"), &app[..app.len() - 40]).unwrap();
    let imported = r#"(component (import "c" (component $c)) (component) (instance $i (instantiate $c)))"#;
    fs::write(folder.path().join("imported.wat"), imported).unwrap();
    let cases = [
        ("core.wat", 1, "component/not-a-component", "withe wrap core.wat"),
        ("package.wasm", 1, "component/not-a-component", "withe wit package.wasm"),
        ("w.wit", 1, "input/not-wasm", ""),
        ("cut.wasm", 1, "component/invalid", ""),
        ("none.wasm", 1, "input/missing-file", ""),
        ("imported.wat", 1, "unsupported/composition", "instance `i`"),
    ];
    for (file, exit, code, said) in cases {
        let ran = run(folder.path(), &format!("graph {file} -o out.svg"));
        assert_eq!(ran.exit, exit, "{file}: {}", ran.err);
        assert!(ran.err.contains(&format!("error[{code}]")) && ran.err.contains(said), "{file}: {}", ran.err);
        assert!(!folder.path().join("out.svg").exists(), "{file}");
    }
    for words in ["graph app.wasm --as png", "graph", "graph app.wasm --format json -o -", "graph app.wasm -o app.wasm"]
    {
        assert_eq!(run(folder.path(), words).exit, 2, "{words}");
    }
    assert_eq!(fs::read(folder.path().join("app.wasm")).unwrap(), app);
}

/// The report's `result.text` is the picture.
#[test]
fn with_a_report_the_picture_is_in_it() {
    let folder = folder();
    let ran = run(folder.path(), "graph app.wasm --as dot --format json");
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["result"]["text"], run(folder.path(), "graph app.wasm --as dot").out);
}

#[test]
fn standard_input_is_a_component_too() {
    let folder = folder();
    let mut io = Io::captured(folder.path());
    io.stdin = withe::io::Stdin::Bytes(LEAF.as_bytes().to_vec());
    assert_eq!(withe::run(["withe", "graph", "-", "--as", "json"], &mut io).0, 0);
    assert_eq!(picture::read_json(&io.stdout.text()).unwrap().title, "leaf");
}

/// Harmed compositions: a picture or a diagnostic, never anything else.
#[test]
fn fuzz_pictures() {
    let folder = folder();
    let app = fs::read(folder.path().join("app.wasm")).unwrap();
    testing::seeds::check("fuzz_pictures", 150, |random| {
        fs::write(folder.path().join("harmed.wasm"), random.mutate(&app)).unwrap();
        let form = random.pick(&["svg", "html", "mermaid", "dot", "json"]);
        let ran = run(folder.path(), &format!("graph harmed.wasm --as {form}"));
        let is_told = ran.exit == 1 && ran.out.is_empty() && ran.err.contains("error[");
        assert!(ran.exit == 0 || is_told, "{form}: {} {}", ran.exit, ran.err);
    });
}
