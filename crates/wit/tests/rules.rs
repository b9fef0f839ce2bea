//! The rules that one file shows by itself: each case of `fixtures/wit-rules` is refused, and told in place.
//!
//! A file `NAME.wit` holds cases, each behind a line `// ---- what it is`; `NAME.txt` holds what is told of each, as
//! `line:column-column code headline | help`, lines counted in the file. `INSTA_UPDATE=always` writes it anew.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads and writes the files of its cases"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use diag::{Diagnostic, Place};
use withe_wit::{LoadOptions, SourceTree, load};

#[test]
fn every_case_is_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wit-rules");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "wit"));
    files.sort();
    let mut count = 0;
    for file in &files {
        let cases = cases(&std::fs::read_to_string(file).unwrap());
        count += cases.len();
        let found: String = cases.iter().map(|(name, text)| format!("---- {name}\n{}", told(name, text))).collect();
        let expected_file = file.with_extension("txt");
        if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
            std::fs::write(&expected_file, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&expected_file).unwrap_or_default();
        assert_eq!(found, expected, "{}", file.display());
    }
    println!("{count} cases in {} files", files.len());
    assert!(count >= 80, "cases are missing");
}

/// The cases of a file, each behind as many empty lines as stand before it.
fn cases(text: &str) -> Vec<(String, String)> {
    let mut cases: Vec<(String, String)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if let Some(name) = line.strip_prefix("// ---- ") {
            cases.push((name.to_owned(), "\n".repeat(at + 1)));
        } else if let Some((_, case)) = cases.last_mut() {
            case.push_str(line);
            case.push('\n');
        }
    }
    cases
}

/// What is told of a case, sorted as it is told.
fn told(name: &str, text: &str) -> String {
    let tree = SourceTree::of_file("case.wit", text.as_bytes().to_vec());
    let Err(found) = load(&tree, &LoadOptions::default()) else { panic!("`{name}` is accepted") };
    let mut out = String::new();
    for one in &found.0 {
        let code = one.code.0;
        let is_ours = code != "wit/invalid" && one.labels.iter().all(|label| matches!(label.place, Place::Text { .. }));
        assert!(is_ours && one.help.is_some(), "`{name}`: not told in our words: {one:#?}");
        writeln!(out, "{}", line(one)).unwrap();
    }
    out
}

fn line(one: &Diagnostic) -> String {
    let Place::Text { source, span } = &one.labels[0].place else { panic!("no place in a text: {one:#?}") };
    let (start, end) = (source.position(span.start), source.position(span.end));
    let range = if start.line == end.line {
        format!("{}:{}-{}", start.line, start.column, end.column)
    } else {
        format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column)
    };
    format!("{range} {} {} | {}", one.code, one.headline, one.help.as_deref().unwrap_or_default())
}

/// What WIT may say and no component can have: it loads, and no world is made of it.
#[test]
fn what_components_cannot_have_is_told_in_place() {
    let cases = [
        ("interface i { f: func(a: list<u8, 0>); } world w { import i; }", "wit/list-length", "list"),
        ("interface i { type t = list<u64, 33554432>; } world w { export i; }", "wit/too-large", "t"),
        (
            "interface i { type t = list<u8, 268435455>; f: func() -> option<t>; } world w { export i; }",
            "wit/too-large",
            "option",
        ),
        (
            "interface i { type t = list<list<list<u8, 65536>, 65536>, 65536>; } world w { export i; }",
            "wit/too-large",
            "list",
        ),
        ("interface a { } interface A { } world w { import a; import A; }", "wit/duplicate", "A"),
    ];
    for (text, code, at) in cases {
        let found = made(&format!("package local:calc;\n{text}\n")).unwrap_err();
        let [one] = found.0.as_slice() else { panic!("{text}: {found:#?}") };
        assert_eq!(one.code.0, code, "{text}");
        let Place::Text { source, span } = &one.labels[0].place else { panic!("{one:#?}") };
        assert_eq!(&source.text[span.clone()], at, "{text}");
    }
    let found = made("package LOCAL:calc;\nworld w { import f: func(); }\n").unwrap_err();
    assert_eq!(
        line(&found.0[0]),
        "1:9-19 wit/package-name the name of package `LOCAL:calc` has capitals | write `local:calc`"
    );
    for text in [
        // One byte less than is too much; what no world needs; capitals where they are allowed.
        "interface i { type t = list<u8, 268435455>; } world w { export i; }",
        "interface i { type t = list<u8, 0>; } world w { }",
        "interface A { type T = list<u8>; } world W { import A; export f-G: func(); }",
    ] {
        made(&format!("package local:calc;\n{text}\n")).unwrap();
    }
}

fn made(text: &str) -> diag::Result<types::World> {
    let package = load(&SourceTree::of_file("case.wit", text.as_bytes().to_vec()), &LoadOptions::default())?;
    package.world(&mut types::Types::new(), None)
}
