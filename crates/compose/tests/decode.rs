//! Decoding: what was composed is read back, and composed again from what was read; what a graph cannot say is refused.
//!
//! Results of the solver and of the public vectors are decoded where they are made: `solve.rs`, `conformance.rs`,
//! `graphs.rs`.
#![expect(clippy::disallowed_methods, reason = "test cases are files")]
#![expect(clippy::print_stderr, reason = "the count is the report")]

use std::fs;
use std::path::{Path, PathBuf};

use component::EmitOptions;
use diag::Diagnostics;
use testing::seeds;
use types::{Types, equal};
use withe_compose::{Graph, NodeKind, Part, decode, plan, plug};

/// The bytes of a graph.
fn encoded(types: &Types, graph: &Graph<'_>) -> Vec<u8> {
    let plan = plan(types, graph).unwrap_or_else(|error| panic!("{error:#?}\n{}", graph.dump()));
    let bytes = component::emit(&plan, EmitOptions::default());
    let mut validator = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all());
    if let Err(error) = validator.validate_all(&bytes) {
        panic!("{error}\n{}", graph.dump());
    }
    bytes
}

/// The graph of a component as text, and the bytes that are made of it.
fn decoded(bytes: &[u8]) -> Result<(String, Vec<u8>), Diagnostics> {
    let types = &mut Types::new();
    let graph = decode(types, "composed.wasm", bytes)?;
    Ok((graph.dump(), encoded(types, &graph)))
}

/// A component that others composed becomes one of the same world, and that one comes back as it is.
fn settled(text: &str) -> String {
    let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"));
    let (dump, ours) = decoded(&bytes).unwrap_or_else(|error| panic!("{error:#?}"));
    let types = &mut Types::new();
    let mut world = |bytes| component::read(types, "component.wasm", bytes).expect("both are valid").ty;
    let (theirs_ty, ours_ty) = (world(&bytes), world(&ours));
    assert!(equal::components(types, &theirs_ty, &ours_ty), "another world:\n{dump}");
    assert_eq!(decoded(&ours).expect("it was made here"), (dump.clone(), ours));
    dump
}

/// What is said of a component that does not become a graph.
fn refused(text: &str) -> String {
    let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"));
    let Diagnostics(told) = decode(&mut Types::new(), "composed.wasm", &bytes).expect_err("it is refused");
    let line = |one: &diag::Diagnostic| {
        let labels = one.labels.iter().map(|label| match &label.place {
            diag::Place::Binary { path, .. } => format!("{path}: {}", label.text),
            diag::Place::File { .. } | diag::Place::Text { .. } => label.text.clone(),
        });
        format!("{}: {}", one.code, labels.collect::<Vec<_>>().join("; "))
    };
    told.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).expect("the fixtures are part of the project");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder can be listed").path()).collect();
    found.sort();
    found
}

/// Socket and plugs of a case in `fixtures/plug`; none for a case that is about broken files.
fn plugs(case: &Path) -> Option<Vec<(String, Vec<u8>)>> {
    let mut paths = folders(case);
    paths.retain(|path| path.extension().is_some_and(|end| end == "wat"));
    paths.sort_by_key(|path| (!path.ends_with("socket.wat"), path.clone()));
    paths.iter().map(|path| Some((path.to_string_lossy().into_owned(), wat::parse_file(path).ok()?))).collect()
}

/// What `plug` makes of a case.
fn plugged(files: &[(String, Vec<u8>)]) -> Option<(String, Vec<u8>)> {
    let types = &mut Types::new();
    let parts = files.iter().map(|(file, bytes)| {
        let component = component::read(types, file, bytes).ok()?;
        Some(Part::new(component.file, bytes, component.ty))
    });
    let mut parts = parts.collect::<Option<Vec<_>>>().filter(|parts| !parts.is_empty())?;
    let socket = parts.remove(0);
    let graph = plug(types, socket, parts).ok()?.graph;
    Some((graph.dump(), encoded(types, &graph)))
}

fn all_plugged() -> Vec<(PathBuf, String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/plug");
    let cases = folders(&root).into_iter();
    let made = cases.filter_map(|case| plugged(&plugs(&case)?).map(|(dump, bytes)| (case, dump, bytes)));
    made.collect()
}

#[test]
fn plugged_fixtures_come_back() {
    let all = all_plugged();
    for (case, dump, bytes) in &all {
        let (dump_again, again) = decoded(bytes).unwrap_or_else(|error| panic!("{}: {error:#?}", case.display()));
        assert_eq!(dump_again, *dump, "{}", case.display());
        assert!(again == *bytes, "{}: other bytes\n{dump}", case.display());
    }
    eprintln!("{} plugged components", all.len());
    assert!(all.len() >= 16);
}

/// A leaf, and two instances of it of which one is renamed; a function, an interface and types pass through.
const FOREIGN: &str = r#"(component $whole
    (import "a:b/host@1.0.0" (instance $host (export "t" (type (sub resource)))
      (export "get" (func (result (own 0))))))
    (component $leaf
      (import "a:b/host@1.0.0" (instance $host (export "t" (type (sub resource)))
        (export "get" (func (result (own 0))))))
      (alias export $host "get" (func $get))
      (export "run" (func $get)))
    (component $pair
      (import "one" (instance $one (export "run" (func))))
      (import "two" (instance $two (export "run" (func))))
      (export "one" (instance $one))
      (export "both" (instance $two)))
    (component $plain (import "f" (func $f)) (export "run" (func $f)))
    (import "f" (func $f))
    (instance $first (instantiate $leaf (with "a:b/host@1.0.0" (instance $host))))
    (instance $x (instantiate $plain (with "f" (func $f)) (with "nobody-asks" (func $f))))
    (alias export $x "run" (func $run))
    (instance $bag (export "run" (func $run)) (export "more" (instance $x)))
    (instance $p (instantiate $pair (with "two" (instance $bag)) (with "one" (instance $x))))
    (instance $y (instantiate $plain (with "f" (func $run))))
    (export $made "go" (func $run))
    (export "again" (func $made))
    (alias export $p "one" (instance $inner))
    (export "inner" (instance $inner))
    (export "y" (instance $y))
    (@custom "note" "kept"))"#;

#[test]
fn what_others_composed_settles() {
    let dump = settled(FOREIGN);
    assert_eq!(
        dump,
        "import a:b/host@1.0.0\nimport f\n\
         instance of first, a leaf\n  a:b/host@1.0.0 = import a:b/host@1.0.0\n\
         instance of x, a plain\n  f = import f\n\
         bag #1\n  run = x / run\n  more = x\n\
         instance of p, a pair\n  one = x\n  two = bag #1\n\
         instance of y, a plain\n  f = x / run\n\
         export go = x / run\nexport again = x / run\nexport inner = p / one\nexport y = y\n"
    );
    let bytes = wat::parse_str(FOREIGN).expect("it is valid");
    let (types, ours) = (&mut Types::new(), decoded(&bytes).expect("it is a composition").1);
    let graph = decode(types, "ours.wasm", &ours).expect("it is a composition");
    assert_eq!(graph.name.as_deref(), Some("whole"));
    assert_eq!(
        graph.customs.iter().map(|(name, data)| (name.as_str(), &**data)).collect::<Vec<_>>(),
        [("note", &b"kept"[..])]
    );
    let bag = graph.nodes().find(|(_, node)| matches!(node.kind, NodeKind::Bag { .. }));
    assert_eq!(bag.and_then(|(_, node)| node.name.as_deref()), Some("bag"));
}

/// The same bytes twice: one part, and what each instance is called stays.
#[test]
fn equal_components_are_one() {
    let leaf = r#"(component (import "f" (func $f)) (export "g" (func $f)))"#;
    let text = format!(
        r#"(component (import "f" (func $f)) {leaf} {leaf}
             (instance $one (instantiate 0 (with "f" (func $f))))
             (instance $two (instantiate 1 (with "f" (func $f)))) (instance (instantiate 1 (with "f" (func $f))))
             (export "x" (func $one "g")) (export "y" (func $two "g")))"#
    );
    let dump = settled(&text);
    let part = "composed.wasm: component 1";
    assert!(dump.contains(&format!("instance of one, a {part}\n")) && dump.contains("export y = two / g"), "{dump}");
    assert!(dump.contains(&format!("instance of {part}\n")), "{dump}");
    let types = &mut Types::new();
    let bytes = wat::parse_str(&text).expect("it is valid");
    assert_eq!(decode(types, "x.wasm", &bytes).expect("it is a composition").parts().count(), 1);
}

/// Types of the component's own, of every kind that a script can export.
#[test]
fn exported_types_come_back() {
    let dump = settled(
        r#"(component
          (import "a:b/host" (instance $host (export "t" (type (sub resource))) (type $x (record (field "x" u8))) (export "r" (type (eq $x)))))
          (alias export $host "r" (type $r))
          (export "alias" (type $r))
          (type $p' (record (field "x" u32) (field "r" $r)))
          (export $p "p" (type $p'))
          (type $q' (variant (case "a" $p) (case "b")))
          (export $q "q" (type $q'))
          (export "same" (type $q))
          (type $f (func (param "q" $q) (result $p)))
          (export "f" (type $f))
          (type $interface (component
            (type $i (instance (export "s" (type (sub resource))) (export "m" (func (param "s" (borrow 0))))))
            (export "a:b/interface" (instance (type $i)))))
          (export "interface" (type $interface))
          (type $world (component (type (component (import "g" (func)) (export "h" (func)))) (export "a:b/world" (component (type 0)))))
          (export "world" (type $world)))"#,
    );
    assert_eq!(dump, "import a:b/host\ntype alias\ntype p\ntype q\ntype same\ntype f\ntype interface\ntype world\n");
}

#[test]
fn what_is_no_composition_is_told() {
    assert_eq!(refused("(component (core module))"), "compose/not-a-composition: it has a core module of its own");
    assert_eq!(
        refused("(component (type $r (resource (rep i32))) (export \"r\" (type $r)))"),
        "compose/not-a-composition: it defines functions or resources of its own"
    );
    assert!(refused("(module)").starts_with("component/not-a-component"));
    // A component without anything is a composition of nothing.
    assert_eq!(settled("(component)"), "");
}

#[test]
fn what_a_graph_cannot_say_is_refused_at_its_place() {
    let cases = [
        (
            r#"(component (import "c" (component $c)) (instance $i (instantiate $c)))"#,
            "instance `i`: this is an instance of a component that is imported",
        ),
        (
            r#"(component (component $c (import "d" (component))) (component $d)
                 (instance (instantiate $c (with "d" (component $d)))))"#,
            "argument `d` of `c`: this is a component that is embedded",
        ),
        (
            r#"(component (component $c (type $l (list u8)) (import "t" (type (eq $l)))) (type $l (list u8))
                 (instance (instantiate $c (with "t" (type $l)))))"#,
            "argument `t` of `c`: this is a type that the component defines itself",
        ),
        (
            r#"(component (component $c) (export "c" (component $c)))"#,
            "export `c`: this is a component that is embedded",
        ),
        (
            r#"(component (component $c (import "f" (func $f)) (export "f" (func $f)) (export "g" (func $f)))
                 (import "f" (func $f)) (instance $i (instantiate $c (with "f" (func $f))))
                 (export "i" (instance $i) (instance (export "f" (func)))))"#,
            "export `i`: this is an export that hides a part of its instance",
        ),
        (
            r#"(component (type $f (func)) (import "t" (type (eq $f))))"#,
            "import `t`: this is a type that is none of values",
        ),
        (
            r#"(component (type $i (instance)) (export "i" (type $i)))"#,
            "export `i`: this is a type that is none of values",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refused(text), format!("unsupported/composition: {expected}"), "{text}");
    }
}

/// Instances made of instances, about as deep as a valid component goes.
#[test]
fn a_long_chain_of_instances_ends() {
    let mut text = String::from("(component (import \"f\" (func $f)) (instance $i0 (export \"x\" (func $f)))\n");
    for at in 1..95 {
        text.push_str(&format!("(instance $i{at} (export \"x\" (instance $i{})))\n", at - 1));
    }
    text.push_str("(export \"e\" (instance $i94)))");
    assert!(settled(&text).starts_with("import f\nbag #1\n"));
}

/// Small parts of a small file whose types are huge, since what is shared is written out.
#[test]
fn types_beyond_the_size_of_the_file_are_refused() {
    let part = |at: usize| {
        let mut text = format!("(component (import \"p{at}\" (func)) (type $t0 (instance (export \"f\" (func))))\n");
        for level in 1..5 {
            let exports = (0..10)
                .map(|n| format!("(alias outer 1 $t{} (type)) (export \"x{n}\" (instance (type {n})))", level - 1));
            text.push_str(&format!("(type $t{level} (instance {}))\n", exports.collect::<String>()));
        }
        text + "(import \"i\" (instance (type $t4))))\n"
    };
    let text = format!("(component {})", (0..100).map(part).collect::<String>());
    assert!(text.len() < 300_000);
    assert_eq!(refused(&text), "component/too-large: reading stopped here");
}

#[test]
fn fuzz_damaged_compositions() {
    let mut corpus: Vec<Vec<u8>> = all_plugged().into_iter().map(|(_, _, bytes)| bytes).collect();
    corpus.push(wat::parse_str(FOREIGN).expect("it is valid"));
    for good in &corpus {
        for cut in 0..good.len().min(3_000) {
            let _ = decode(&mut Types::new(), "cut.wasm", &good[..cut]);
        }
    }
    seeds::check("fuzz_damaged_compositions", 3_000, |random| {
        let good = random.pick(&corpus).clone();
        let bad = random.mutate(&good);
        let types = &mut Types::new();
        match decode(types, "bad.wasm", &bad) {
            Err(refused) => assert!(refused.0.iter().all(|one| !one.labels.is_empty()), "{refused:?}"),
            Ok(graph) => {
                graph.dump();
                let Ok(plan) = plan(types, &graph) else { return };
                let ours = component::emit(&plan, EmitOptions::default());
                // Core functions in parts may be broken; the composition around them is not.
                let types = &mut Types::new();
                let again =
                    decode(types, "ours.wasm", &ours).unwrap_or_else(|error| panic!("{error:#?}\n{}", graph.dump()));
                assert!(encoded_unchecked(types, &again) == ours, "{}", again.dump());
            }
        }
    });
}

fn encoded_unchecked(types: &Types, graph: &Graph<'_>) -> Vec<u8> {
    let plan = plan(types, graph).unwrap_or_else(|error| panic!("{error:#?}\n{}", graph.dump()));
    component::emit(&plan, EmitOptions::default())
}
