//! What is told of a component that does not fit a world: both as WIT, so that each case shows one difference.
#![expect(clippy::unwrap_used, reason = "a test may unwrap")]

use std::fmt::Write as _;

use types::Types;
use withe_check::conformance::misfits;

/// What the target has, and what is found instead; both are the contents of a package `a:b@1.0.0`.
const CASES: &[(&str, &str, &str)] = &[
    ("nothing differs", "world w { import log: func(m: string); export run: func(); }", "world w { export run: func(); }"),
    (
        "a missing export, with one that is nearly called so",
        "world w { export add: func(); export mul: func(); }",
        "world w { export ad: func(); export mul: func(); export more: func(); }",
    ),
    ("an extra import", "world w { import log: func(); }", "world w { import logg: func(); import send: func(); }"),
    (
        "parameters",
        "world w { export f: func(a: u8, b: string); export g: func(a: u8); export h: func(a: u8, b: u8); }",
        "world w { export f: func(a: u8, b: list<u8>); export g: func(a: u8, b: u8); export h: func(a: u8); }",
    ),
    (
        "the name of a parameter, and the order",
        "world w { export f: func(a: u8, b: string); export g: func(to: u8); }",
        "world w { export f: func(b: string, a: u8); export g: func(of: u8); }",
    ),
    (
        "results",
        "world w { export f: func() -> result<u8, string>; export g: func() -> u8; export h: func(); }",
        "world w { export f: func() -> result<u8, u8>; export g: func(); export h: func() -> u8; }",
    ),
    (
        "fields, cases and flags",
        "interface i { record r { x: u8, y: u8 } variant v { none, some(u8), old } flags p { read, write } enum e { a, b }
           f: func(r: r, v: v, p: p, e: e); g: func(r: r); }
         world w { export i; }",
        "interface i { record r { x: u16, z: u8 } variant v { none, some(s8), new } flags p { write, read } enum e { a, c }
           f: func(r: r, v: v, p: p, e: e); g: func(r: r); }
         world w { export i; }",
    ),
    (
        "deep inside",
        "world w { export f: func(a: list<option<tuple<u8, result<string, list<u8>>>>>); }",
        "world w { export f: func(a: list<option<tuple<u8, result<string, list<u16>>>>>); }",
    ),
    (
        "what a resource has",
        "interface i { resource r { constructor(a: u8); get: func() -> u8; put: func(a: u8); join: static func(a: r, b: r) -> r; } }
         world w { export i; }",
        "interface i { resource r { constructor(a: u16); get: func() -> u16; pull: func(a: u8); join: static func(a: r, b: borrow<r>) -> r; } }
         world w { export i; }",
    ),
    (
        "asynchronous functions",
        "world w { import a: async func(); export f: async func(); export g: func(); }",
        "world w { import a: func(); export f: func(); export g: async func(); }",
    ),
    (
        "a function where an interface is asked for",
        "world w { export i: interface { f: func(); } }",
        "world w { export i: func(); }",
    ),
    (
        "imports are compared the other way round",
        "interface i { f: func(a: u8); } world w { import i; }",
        "interface i { f: func(a: u16); g: func(); } world w { import i; }",
    ),
];

#[test]
fn every_misfit_is_told_with_both_sides() {
    let mut shown = String::new();
    for (what, target, found) in CASES {
        let _ = writeln!(shown, "# {what}\n");
        shown.push_str(&told("package a:b@1.0.0;", target, "package a:b@1.0.0;", found, "w"));
    }
    insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!(shown) });
}

/// Versions of one track fit each other as far as their contents do; those of two tracks do not.
#[test]
fn versions_of_a_track_fit_each_other() {
    let one = "interface i { f: func(); } world imports { import i; } world exports { export i; }";
    let more = "interface i { f: func(); g: func(); } world imports { import i; } world exports { export i; }";
    let at = |version: &str| format!("package a:b@{version};");
    let told = |target: &str, target_has, found: &str, found_has, world| {
        told(&at(target), target_has, &at(found), found_has, world)
    };
    assert_eq!(told("1.2.0", one, "1.0.0", one, "exports"), "");
    assert_eq!(told("1.0.0", one, "1.2.0", more, "exports"), "");
    assert_eq!(told("0.2.1", one, "0.2.9", one, "imports"), "");
    assert!(told("1.2.0", more, "1.0.0", one, "exports").contains("export a:b/i@1.2.0 / g: `g`: expected `func()`"));
    let other = told("2.0.0", one, "1.0.0", one, "exports");
    assert!(other.contains("the component exports `a:b/i@1.0.0`: rebuild it"), "{other}");
    let other = told("0.2.0", one, "0.3.0", one, "imports");
    assert!(other.contains("the world imports `a:b/i@0.2.0`: rebuild what imports `a:b/i@0.3.0`"), "{other}");
    let other = told("1.0.0-rc.1", one, "1.0.0-rc.2", one, "exports");
    assert!(other.contains("does not export `a:b/i@1.0.0-rc.1`"), "{other}");
}

fn told(target_package: &str, target: &str, found_package: &str, found: &str, world: &str) -> String {
    let mut types = Types::new();
    let mut load = |package: &str, file: &str, text: &str| {
        let tree = wit::SourceTree::of_text(file, format!("{package}\n{text}\n"));
        wit::load(&tree, &wit::LoadOptions::default()).unwrap().world(&mut types, Some(world)).unwrap()
    };
    let target = load(target_package, "target.wit", target);
    let found = load(found_package, "found.wit", found);
    let found = misfits(&types, "c.wasm", &found.component, &target, |_| None);
    let mut shown = String::new();
    for one in found {
        let _ = writeln!(shown, "{}", one.headline);
        for label in &one.labels {
            let place = match &label.place {
                diag::Place::Binary { path, .. } => path.clone(),
                diag::Place::Text { source, span } => {
                    let at = source.position(span.start);
                    format!("{}:{}:{} `{}`", source.name, at.line, at.column, &source.text[span.clone()])
                }
                diag::Place::File { file } => file.clone(),
            };
            let _ = writeln!(shown, "  {place}: {}", label.text);
        }
        let _ = writeln!(shown, "  help: {}\n", one.help.unwrap());
    }
    shown
}
