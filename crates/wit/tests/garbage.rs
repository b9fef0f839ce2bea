//! Damaged WIT and damaged binaries end in a diagnostic or are read; nothing panics.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::path::Path;

use types::Types;
use withe_wit::print::{Docs, json, print};
use withe_wit::{LoadOptions, SourceTree, load, wasm};

/// A small generator of numbers, the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

const PIECES: [&str; 16] = [
    "{",
    "}",
    ";",
    ":",
    "@",
    "/",
    "%",
    "use ",
    "include ",
    "interface ",
    "resource ",
    "wasi:io@0.2.1",
    "\"",
    "/*",
    "é",
    "<",
];

fn damage(numbers: &mut Numbers, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(chars.len());
        match numbers.below(4) {
            0 => chars.truncate(at),
            1 => {
                chars.splice(at..at, PIECES[numbers.below(PIECES.len())].chars());
            }
            2 => {
                let end = (at + numbers.below(12)).min(chars.len());
                chars.drain(at..end);
            }
            _ => {
                let end = (at + numbers.below(40)).min(chars.len());
                let copy: Vec<char> = chars[at..end].to_vec();
                let to = numbers.below(chars.len());
                chars.splice(to..to, copy);
            }
        }
    }
    chars.into_iter().collect()
}

fn use_it(tree: &SourceTree) -> bool {
    let options = LoadOptions { all_features: true, ..LoadOptions::default() };
    match load(tree, &options) {
        Ok(package) => {
            package.all_worlds(&mut Types::new());
            print(&package, None, Docs::Keep).unwrap();
            true
        }
        Err(found) => {
            assert!(found.0.iter().all(|one| !one.labels.is_empty() && one.help.is_some()), "{found:?}");
            false
        }
    }
}

#[test]
fn damaged_text_ends_in_a_diagnostic() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let texts = ["todo/todo.wit", "values/values.wit", "both-ways/both-ways.wit", "greeter/greeter.wit"];
    let texts = texts.map(|file| std::fs::read_to_string(own.join(file)).unwrap());
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut accepted = 0;
    for round in 0..600 {
        let text = damage(&mut numbers, &texts[round % texts.len()]);
        accepted += u32::from(use_it(&SourceTree::of_text("damaged.wit", text)));
    }
    println!("{accepted} of 600 damaged texts are still WIT");
    assert!(accepted > 10 && accepted < 500, "{accepted}");
}

#[test]
fn damaged_binaries_end_in_a_diagnostic() {
    let component = wat::parse_str(
        r#"(component (import "a:b/c@1.0.0" (instance (export "r" (type (sub resource)))
        (export "f" (func (param "x" string) (result (list u8)))))))"#,
    )
    .unwrap();
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    for _ in 0..1000 {
        let mut bytes = component.clone();
        for _ in 0..=numbers.below(3) {
            let at = 8 + numbers.below(bytes.len() - 8);
            bytes[at] = u8::try_from(numbers.below(256)).unwrap();
        }
        bytes.truncate(bytes.len() - numbers.below(4));
        use_it(&SourceTree::of_file("damaged.wasm", bytes));
    }
    for core in ["(module)", r#"(module (@custom "component-type" "\00\ff"))"#] {
        let Ok(bytes) = wat::parse_str(core) else { continue };
        assert!(!use_it(&SourceTree::of_file("core.wasm", bytes)));
    }
}

const PACKAGE: &str = "package local:calc@1.2.0;
interface types { record pair { a: u32 } resource store { constructor(name: string); get: func() -> option<pair>; } }
interface ops { use types.{pair, store as shop}; add: func(p: pair, s: borrow<shop>) -> list<pair>; }
world calc { use types.{pair}; import types; export ops; export run: func(p: pair); }
";

/// Bytes of a package that were changed end in a diagnostic, or in something that can be written in every form.
#[test]
fn damaged_packages_are_refused_or_read() {
    let package = load(&SourceTree::of_text("calc.wit", PACKAGE), &LoadOptions::default()).unwrap();
    let bytes = wasm(&package, None, Docs::Keep).unwrap();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..4000 {
        let mut damaged = bytes.clone();
        for _ in 0..=numbers.below(3) {
            let at = numbers.below(damaged.len());
            damaged[at] = match numbers.below(3) {
                0 => u8::try_from(numbers.below(256)).unwrap(),
                1 => damaged[at].wrapping_add(1),
                _ => damaged[numbers.below(bytes.len())],
            };
        }
        match load(&SourceTree::of_file("calc.wasm", damaged), &LoadOptions::default()) {
            Err(found) => {
                refused += 1;
                assert!(found.0.iter().all(|one| !one.labels.is_empty()), "{:?}", found.0);
            }
            Ok(package) => {
                read += 1;
                let _ = print(&package, None, Docs::Keep);
                let _ = json(&package, None, Docs::Keep);
                let _ = wasm(&package, None, Docs::Keep);
            }
        }
    }
    println!("{read} damaged packages are read, {refused} refused");
    assert!(read > 100 && refused > 1000, "{read} read, {refused} refused");
}

/// wit-parser 0.263 panics on `/**/`, which is a comment like any other.
#[test]
fn an_empty_comment_is_a_comment() {
    let text = "/**/ package local:empty;\ninterface i { // /**/\n /**/ f: func(/**/); /* /**/ */ }\n";
    let package = load(&SourceTree::of_text("empty.wit", text), &LoadOptions::default()).unwrap();
    let printed = print(&package, None, Docs::Keep).unwrap();
    assert_eq!(printed, "package local:empty;\n\ninterface i {\n  /// /**/\n  f: func();\n}\n");
    let wrong = "package local:empty;\n/**/ interface i { f: func(a: /**/ strng); }\n";
    let found = load(&SourceTree::of_text("empty.wit", wrong), &LoadOptions::default()).unwrap_err();
    assert_eq!(found.0[0].headline, "type `strng` is not declared");
}

/// Text in another encoding is told with the place of its first wrong byte.
#[test]
fn a_byte_that_is_no_utf_8_has_a_place() {
    for (bytes, expected) in [
        (&b"package a:b;\n// caf\xe9\nworld w {}\n"[..], Some((2, 7))),
        (&b"\xff\xfep"[..], Some((1, 1))),
        ("package a:b;\n// \u{e9}\u{e9} \u{20ac}".as_bytes().split_last().unwrap().1, Some((2, 7))),
        (&b"\xff\xfe\x00\x01"[..], None),
    ] {
        let found = load(&SourceTree::of_file("a.wit", bytes.to_vec()), &LoadOptions::default()).unwrap_err();
        assert_eq!((found.0.len(), found.0[0].code.0), (1, "wit/not-text"));
        let place = match &found.0[0].labels[0].place {
            diag::Place::Text { source, span } => Some(source.position(span.start)),
            diag::Place::Binary { .. } | diag::Place::File { .. } => None,
        };
        assert_eq!(place.map(|place| (place.line, place.column)), expected);
    }
}
