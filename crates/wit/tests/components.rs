//! The world of a component, read from its bytes, prints as the public test vectors say.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use support::{conformance, read_tree};
use types::{Types, World};
use withe_wit::print::{Docs, json, print, print_component};
use withe_wit::{LoadOptions, SourceTree, load};

#[test]
fn worlds_of_components_print_as_expected() {
    let Some(folder) = conformance("encode") else { return };
    let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut count = 0;
    let mut wrong = Vec::new();
    for case in cases {
        let Ok(expected) = std::fs::read_to_string(case.join("component.wit.print")) else { continue };
        count += 1;
        let bytes = wat::parse_file(case.join("component.wat")).unwrap();
        let mut types = Types::new();
        let name = case.file_name().unwrap().to_str().unwrap();
        match component::read_world(&mut types, name, &bytes) {
            Err(found) => wrong.push(format!("{name}: {}", found.0[0].headline)),
            Ok(world) => {
                let text = print_component(&types, &world);
                if text.trim() != expected.trim() {
                    wrong.push(format!("{name}:\n{text}\n----- expected\n{expected}"));
                }
            }
        }
    }
    println!("encode: {} of {count} worlds print as expected", count - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
    assert!(count >= 103, "only {count} cases");
}

/// The world that a text says, written into a binary and read back, is the same component type.
#[test]
fn worlds_are_the_same_after_a_way_through_bytes() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for folder in ["wit-ui", "bindgen"] {
        let Some(folder) = conformance(folder) else { continue };
        let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.sort();
        for case in cases {
            let name = case.file_name().unwrap().to_str().unwrap().to_owned();
            let case = if case.join("wit").is_dir() { case.join("wit") } else { case };
            if name == "parse-fail" || !(case.is_dir() || name.ends_with(".wit")) {
                continue;
            }
            let options = LoadOptions { all_features: true, ..LoadOptions::default() };
            let Ok(package) = load(&read_tree(&case), &options) else { continue };
            let mut types = Types::new();
            for world in package.all_worlds(&mut types) {
                count += 1;
                if let Err(reason) = through_bytes(&mut types, &world) {
                    wrong.push(format!("{name}, {}: {reason}", world.name));
                }
            }
        }
    }
    println!("{} of {count} worlds are the same after a way through bytes", count - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count == 0 || count >= 192, "only {count} worlds");
}

fn through_bytes(types: &mut Types, world: &World) -> Result<(), String> {
    let said = |found: diag::Diagnostics| format!("{} ({})", found.0[0].headline, found.0[0].labels[0].text);
    let bytes = component::metadata::encode(types, world, component::StringEncoding::Utf8).map_err(said)?;
    let back = component::metadata::decode(types, "metadata", &bytes).map_err(said)?.world;
    if types::equal::components(types, &world.component, &back.component) {
        return Ok(());
    }
    Err(format!("\n{}\n-----\n{}", types::dump::world(types, world), types::dump::world(types, &back)))
}

/// The text of a component parses alone, is printed the same again, and says the world that was read.
#[test]
fn texts_of_components_stand_alone() {
    let Some(folder) = conformance("encode") else { return };
    let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let (mut count, mut same) = (0, 0);
    let mut wrong = Vec::new();
    for case in cases.iter().filter(|case| case.join("component.wit.print").is_file()) {
        count += 1;
        let bytes = wat::parse_file(case.join("component.wat")).unwrap();
        let package = load(&SourceTree::of_file("c.wasm", bytes.clone()), &LoadOptions::default()).unwrap();
        assert!(package.notes().is_empty(), "{}: {:?}", case.display(), package.notes());
        match text_stands_alone(&bytes) {
            Ok(true) => same += 1,
            Ok(false) => {}
            Err(reason) => wrong.push(format!("{}: {reason}", case.display())),
        }
    }
    println!("encode: {count} texts of components, {} wrong; {same} say the very world", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
    assert!(count >= 103, "only {count} cases");
    assert!(same >= SAME_WORLDS, "only {same} texts say the very world");
}

/// The other one has a part of an interface on one side and all of it on the other; WIT has one interface.
const SAME_WORLDS: usize = 102;

/// Whether the text says the very world that was read.
fn text_stands_alone(bytes: &[u8]) -> Result<bool, String> {
    let said = |found: diag::Diagnostics| format!("{} ({})", found.0[0].headline, found.0[0].labels[0].text);
    let component = load(&SourceTree::of_file("c.wasm", bytes.to_vec()), &LoadOptions::default()).map_err(said)?;
    let first = print(&component, None, Docs::Keep).map_err(said)?;
    let again = load(&SourceTree::of_text("printed.wit", first.clone()), &LoadOptions::default())
        .map_err(|found| format!("{}\n{first}", said(found)))?;
    let second = print(&again, Some("root:component/root"), Docs::Keep).map_err(said)?;
    if first != second {
        return Err(format!("differs\n{first}\n-----\n{second}"));
    }
    let mut types = Types::new();
    let read = component.world(&mut types, None).map_err(said)?;
    let from_text = again.world(&mut types, Some("root:component/root")).map_err(said)?;
    Ok(types::equal::components(&types, &read.component, &from_text.component))
}

/// Types, a module and a component at the root, and names that WIT does not have.
const ODD: &str = r#"(component
  (type $c (instance
    (type $x (record (field "x" u32))) (export "t" (type (eq $x))) (export "r" (type (sub resource)))))
  (import "a:b/c@1.0.0" (instance $c (type $c)))
  (alias export $c "t" (type $t))
  (alias export $c "r" (type $r))
  (type $p (instance (type $x (enum "a" "b")) (export "u" (type (eq $x)))))
  (import "plain" (instance $p (type $p)))
  (alias export $p "u" (type $u))
  (import "u2" (type $u2 (eq $u)))
  (import "mod" (core module (export "m" (memory 1))))
  (import "a:b:c/d" (instance))
  (import "g" (func (param "a" $u2)))
  (export "t" (type $t))
  (export "r" (type $r))
  (component $inner)
  (export "comp" (component $inner))
  (type $ft (func (param "x" u32)))
  (export "ft" (type $ft))
  (type $res (resource (rep i32)))
  (export $own "res" (type $res))
  (core module $m (func (export "f") (param i32) (result i32) local.get 0))
  (core instance $i (instantiate $m))
  (func $f (param "a" u32) (result (own $own)) (canon lift (core func $i "f")))
  (export "[static]res.f" (func $f)))"#;

const ODD_TEXT: &str = "package root:component;

world root {
  import a:b/c@1.0.0;
  import plain: interface {
    enum u {
      a,
      b,
    }
  }
  use a:b/c@1.0.0.{t, r};

  enum u2 {
    a,
    b,
  }

  resource res {
    f: static func(a: u32) -> res;
  }
  import g: func(a: u2);
}

package a:b@1.0.0 {
  interface c {
    record t {
      x: u32,
    }

    resource r;
  }
}
";

#[test]
fn what_wit_cannot_say_is_left_out_with_a_note() {
    let bytes = wat::parse_str(ODD).unwrap();
    let package = load(&SourceTree::of_file("odd.wasm", bytes.clone()), &LoadOptions::default()).unwrap();
    assert_eq!(print(&package, None, Docs::Keep).unwrap(), ODD_TEXT);
    text_stands_alone(&bytes).unwrap();

    let [note] = package.notes() else { panic!("{:?}", package.notes()) };
    assert_eq!(note.code.0, "wit/not-in-wit");
    assert_eq!(note.headline, "`odd.wasm` has 9 items that WIT cannot say");
    assert!(note.labels.iter().any(|label| label.text == "a core module: left out"), "{:?}", note.labels);

    let mut types = Types::new();
    let world = package.world(&mut types, Some("root")).unwrap();
    let read = component::read_world(&mut types, "odd.wasm", &bytes).unwrap();
    assert!(types::equal::components(&types, &world.component, &read.component));

    // wit-parser does not read it: the document is that of the text.
    let document: serde_json::Value = serde_json::from_str(&json(&package, None, Docs::Keep).unwrap()).unwrap();
    assert_eq!(document["worlds"][0]["name"], "root");
    assert_eq!(document["worlds"][0]["imports"]["g"]["function"]["params"][0]["name"], "a");
}

/// What a composition may export: an import's resource with its functions under another interface's name, and a function
/// under the name of an interface.
const EXPORTED_IMPORT: &str = r#"(component
  (type $raw (instance
    (export "res" (type $r (sub resource)))
    (type $new (func (param "x" u32) (result (own $r))))
    (type $get (func (param "self" (borrow $r)) (result u32)))
    (type $s (func))
    (export "[constructor]res" (func (type $new)))
    (export "[method]res.get" (func (type $get)))
    (export "[static]res.s" (func (type $s)))
    (export "f" (func (type $get)))))
  (import "a:b/i" (instance $i (type $raw)))
  (alias export $i "f" (func $f))
  (export "x:y/z" (instance $i))
  (export "x:y/f@1.0.0" (func $f)))"#;

const EXPORTED_IMPORT_TEXT: &str = "package root:component;

world root {
  import a:b/i;

  export x:y/z;
}

package a:b {
  interface i {
    resource res {
      constructor(x: u32);
      get: func() -> u32;
      s: static func();
    }

    f: func(self: borrow<res>) -> u32;
  }
}

package x:y {
  interface z {
    resource res {
      constructor(x: u32);
      get: func() -> u32;
      s: static func();
    }

    f: func(self: borrow<res>) -> u32;
  }
}
";

#[test]
fn an_exported_import_stands_alone_with_a_note() {
    let bytes = wat::parse_str(EXPORTED_IMPORT).unwrap();
    let package = load(&SourceTree::of_file("again.wasm", bytes.clone()), &LoadOptions::default()).unwrap();
    assert_eq!(print(&package, None, Docs::Keep).unwrap(), EXPORTED_IMPORT_TEXT);
    text_stands_alone(&bytes).unwrap();

    let [note] = package.notes() else { panic!("{:?}", package.notes()) };
    let labels: Vec<&str> = note.labels.iter().map(|label| label.text.as_str()).collect();
    let resource = "a resource of another interface, with its functions: shown as a resource of this one";
    assert_eq!(labels, [resource, "a function with the name of an interface: left out"]);

    // Under its own name it is the same interface, and only the function is left out.
    let bytes = wat::parse_str(EXPORTED_IMPORT.replace("x:y/z", "a:b/i")).unwrap();
    let package = load(&SourceTree::of_file("again.wasm", bytes.clone()), &LoadOptions::default()).unwrap();
    assert!(!print(&package, None, Docs::Keep).unwrap().contains("use "));
    text_stands_alone(&bytes).unwrap();
    assert_eq!(package.notes()[0].labels.len(), 1, "{:?}", package.notes());
}

/// Functions whose types only an exported interface declares: in the world, and in another exported interface.
const TYPES_OF_AN_EXPORT: &str = r#"(component
  (core module $m (func (export "f") (param i32)) (func (export "g") (param i32 i32)))
  (core instance $i (instantiate $m))
  (type $raw (record (field "v" u32)))
  (type $raw-res (resource (rep i32)))
  (type $raw-pair (enum "a" "b"))
  (instance $api0 (export "x" (type $raw)) (export "res" (type $raw-res)) (export "kind" (type $raw-pair)))
  (export $api "a:b/api@1.0.0" (instance $api0))
  (alias export $api "x" (type $x))
  (alias export $api "res" (type $res))
  (alias export $api "kind" (type $kind))
  (func $f (param "r" $x) (canon lift (core func $i "f")))
  (func $g (param "r" (own $res)) (canon lift (core func $i "f")))
  (func $h (param "r" (option $kind)) (canon lift (core func $i "g")))
  (export "f" (func $f))
  (export "g" (func $g))
  (export "h" (func $h))
  (export "x" (func $f))
  (instance $use0 (export "f" (func $f)) (export "g" (func $g)))
  (export "a:b/user@1.0.0" (instance $use0)))"#;

const TYPES_OF_AN_EXPORT_TEXT: &str = "package root:component;

world root {
  record x2 {
    v: u32,
  }

  enum kind {
    a,
    b,
  }

  export f: func(r: x2);
  export h: func(r: option<kind>);
  export x: func(r: x2);
  export a:b/api@1.0.0;
  export a:b/user@1.0.0;
}

package a:b@1.0.0 {
  interface api {
    record x {
      v: u32,
    }

    resource res;

    enum kind {
      a,
      b,
    }
  }

  interface user {
    use api.{x, res};

    f: func(r: x);

    g: func(r: res);
  }
}
";

#[test]
fn types_of_an_exported_interface_are_named() {
    let bytes = wat::parse_str(TYPES_OF_AN_EXPORT).unwrap();
    let package = load(&SourceTree::of_file("c.wasm", bytes.clone()), &LoadOptions::default()).unwrap();
    assert_eq!(print(&package, None, Docs::Keep).unwrap(), TYPES_OF_AN_EXPORT_TEXT);
    text_stands_alone(&bytes).unwrap();
    let [note] = package.notes() else { panic!("{:?}", package.notes()) };
    assert_eq!(note.labels[0].text, "needs a resource that nothing here can name: left out");
    assert!(format!("{:?}", note.labels[0].place).contains("export `g`"), "{:?}", note.labels[0].place);
    let copies = note.labels.iter().filter(|label| label.text.starts_with("a type of an exported interface"));
    assert_eq!((copies.count(), note.labels.len()), (2, 3), "{:?}", note.labels);
}
