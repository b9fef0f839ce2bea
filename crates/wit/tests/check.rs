//! What is told after a refusal: case folders, wit-parser's own refused files, and all that is accepted.
//!
//! A case is a folder of `fixtures/wit-check` with the files of a folder `wit`; `features.txt`, if there, lists what is
//! on. `expected.txt` holds the diagnostics as they are drawn. `INSTA_UPDATE=always` writes it anew.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use diag::{Diagnostic, Place};
use support::{conformance, read_tree, read_tree_as};
use withe_wit::{LoadOptions, SourceTree, load, mistakes};

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn name_of(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn with_features(features: &[&str]) -> LoadOptions {
    let features = features.iter().map(|feature| (*feature).to_owned()).collect();
    LoadOptions { features, ..LoadOptions::default() }
}

fn draw(found: &[Diagnostic]) -> String {
    let mut out = String::new();
    for one in found {
        let style = diag::human::Style { color: false, width: 120 };
        writeln!(out, "{}\n", diag::human::render(one, style).trim_end()).unwrap();
    }
    out
}

#[test]
fn cases_tell_every_mistake() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wit-check");
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in entries(&folder) {
        count += 1;
        let features = std::fs::read_to_string(case.join("features.txt")).unwrap_or_default();
        let options = with_features(&features.split_whitespace().collect::<Vec<_>>());
        let found = match load(&read_tree_as(&case.join("wit"), "wit"), &options) {
            Ok(_) => panic!("{} is accepted", case.display()),
            Err(found) => found.0,
        };
        for one in &found {
            assert!(!one.labels.is_empty() && one.help.is_some(), "{}: {one:?}", case.display());
        }
        let (file, found) = (case.join("expected.txt"), draw(&found));
        if update {
            std::fs::write(&file, &found).unwrap();
        } else if std::fs::read_to_string(&file).unwrap_or_default() != found {
            wrong.push(format!("{}: found\n{found}", case.display()));
        }
    }
    println!("{count} cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 60, "only {count} cases were found");
}

/// Everything below a folder that could be loaded alone: files of WIT, and folders with some.
fn loadable(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if path.is_dir() {
            if entries(&path).iter().any(|file| file.extension().is_some_and(|extension| extension == "wit")) {
                found.push(path.clone());
            }
            loadable(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "wit") {
            found.push(path);
        }
    }
}

#[test]
fn nothing_is_said_of_what_is_accepted() {
    let Some(folder) = conformance("") else { return };
    let mut paths = Vec::new();
    loadable(&folder, &mut paths);
    println!("not run: folders whose wasm cannot be made from its text");
    let mut wrong = Vec::new();
    let mut accepted = 0;
    for path in &paths {
        let Ok(tree) = std::panic::catch_unwind(|| read_tree(path)) else { continue };
        let all = LoadOptions { all_features: true, ..LoadOptions::default() };
        for options in [LoadOptions::default(), with_features(&["active"]), all] {
            if load(&tree, &options).is_err() {
                continue;
            }
            accepted += 1;
            let found = mistakes(&tree, &options);
            if !found.is_empty() {
                wrong.push(format!("{}:\n{}", path.display(), draw(&found)));
            }
        }
    }
    println!("{accepted} loads of {} files and folders are accepted, {} with a false alarm", paths.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(accepted > 600, "{accepted}");
}

#[test]
fn nothing_is_said_of_what_is_built_in() {
    let mut count = 0;
    for (name, text) in withe_wit::built_in_texts() {
        let found = mistakes(&SourceTree::of_text(name.to_string(), text), &LoadOptions::default());
        assert!(found.is_empty(), "{}", draw(&found));
        count += 1;
    }
    assert!(count > 10, "{count}");
}

/// Refused files where the first label stands on another line than wit-parser's message, and why.
const OTHER_LINE: &[(&str, &str)] = &[
    ("bad-deprecated1.wit", "the attribute is the mistake, not what follows it"),
    ("bad-list.wit", "the `>` is missing at the end of the line before"),
    ("bad-since-on-include.wit", "the version in the gate is the mistake, not the item's name"),
    ("bad-since-on-interface.wit", "the version in the gate is the mistake, not the item's name"),
    ("bad-since-on-type.wit", "the version in the gate is the mistake, not the item's name"),
    ("bad-since-on-world-import.wit", "the version in the gate is the mistake, not the item's name"),
    ("bad-since-on-world.wit", "the version in the gate is the mistake, not the item's name"),
    ("bad-since1.wit", "the attribute is the mistake, not what follows it"),
    ("dangling-type.wit", "the name is missing after `type`, not at the end of the file"),
    ("invalid-toplevel.wit", "the `:` is missing after the name, on the line before"),
    ("multi-file-missing-delimiter", "the `}` is missing after the last item, not at the end of the file"),
    ("use-and-include-world", "the `use` at the top is the mistake, not the `include`"),
];

/// The line of a `.result` file: `--> path:LINE:COLUMN`; none where it says no place.
fn line_of_result(text: &str) -> Option<usize> {
    let place = text.split("--> ").nth(1).or_else(|| text.strip_prefix("tests/"))?;
    place.split(':').nth(1)?.parse().ok()
}

/// The lines that the first label covers.
fn lines_of(one: &Diagnostic) -> std::ops::RangeInclusive<usize> {
    match &one.labels[0].place {
        Place::Text { source, span } => source.position(span.start).line..=source.position(span.end).line,
        Place::Binary { .. } | Place::File { .. } => 0..=0,
    }
}

fn refused(path: &Path) -> Vec<Diagnostic> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let features: &[&str] = if text.contains("features-off") { &[] } else { &["active"] };
    match load(&read_tree_as(path, name_of(path)), &with_features(features)) {
        Ok(_) => panic!("{} is accepted", path.display()),
        Err(found) => found.0,
    }
}

#[test]
fn the_line_at_fault_is_told_of_every_refused_file() {
    let Some(folder) = conformance("wit-ui/parse-fail") else { return };
    let mut wrong = Vec::new();
    let (mut count, mut without_place) = (0, 0);
    for path in entries(&folder).into_iter().filter(|path| !name_of(path).ends_with(".result")) {
        let name = name_of(&path).to_owned();
        let result = name.strip_suffix(".wit").unwrap_or(&name);
        let Ok(result) = std::fs::read_to_string(folder.join(format!("{result}.wit.result"))) else { continue };
        count += 1;
        let found = refused(&path);
        let Some(line) = line_of_result(&result) else {
            without_place += 1;
            continue;
        };
        let hit = found.iter().any(|one| lines_of(one).contains(&line));
        let listed = OTHER_LINE.iter().any(|(other, _)| *other == name);
        if !hit && !listed {
            let first = result.lines().next().unwrap_or_default();
            wrong.push(format!("{name}: line {line}: {first}\n{}", draw(&found)));
        }
    }
    println!("{count} refused files, {without_place} without a line, {} on another line", OTHER_LINE.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 180, "{count}");
}

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

/// A refused file as the inside of a nested package: the version of its package, its text after the header, and the
/// line in it that wit-parser complains of.
struct Inside {
    name: String,
    version: String,
    body: String,
    line: usize,
}

/// `None` for what cannot stand in a package of its own: it has packages in it, no header, or braces that are open.
fn inside(folder: &Path, path: &Path) -> Option<Inside> {
    let name = name_of(path).to_owned();
    let text = std::fs::read_to_string(path).ok()?;
    let line = line_of_result(&std::fs::read_to_string(folder.join(format!("{name}.result"))).ok()?)?;
    let at = text.lines().position(|line| line.starts_with("package "))?;
    let header = text.lines().nth(at)?.strip_suffix(';')?;
    let version = header.split_once('@').map_or(String::new(), |(_, version)| format!("@{version}"));
    let rest: Vec<&str> = text.lines().skip(at + 1).collect();
    let body = rest.join("\n");
    let closed = body.matches('{').count() == body.matches('}').count();
    let alone = !body.contains("package ") && body.is_ascii() && body.len() < 2000 && !body.contains('"');
    (closed && alone && line > at + 1).then(|| Inside { name, version, body, line: line - at - 1 })
}

#[test]
fn a_file_of_ten_refused_ones_tells_all_ten() {
    let Some(folder) = conformance("wit-ui/parse-fail") else { return };
    let all: Vec<Inside> = entries(&folder).iter().filter_map(|path| inside(&folder, path)).collect();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut wrong = Vec::new();
    for round in 0..30 {
        let mut text = "package all:ten;\n".to_owned();
        let mut places = Vec::new();
        for number in 0..10 {
            let one = &all[numbers.below(all.len())];
            writeln!(text, "package case{number}:in{}{} {{", round, one.version).unwrap();
            let first = text.lines().count();
            writeln!(text, "{}\n}}", one.body).unwrap();
            places.push((one, first, text.lines().count()));
        }
        let Err(found) = load(&SourceTree::of_text("ten.wit", text.clone()), &with_features(&["active"])) else {
            panic!("{text} is accepted")
        };
        for (one, first, last) in places {
            let listed = OTHER_LINE.iter().any(|(other, _)| *other == one.name);
            let hit = |found: &Diagnostic| {
                let lines = lines_of(found);
                if listed { (first..=last).contains(lines.start()) } else { lines.contains(&(first + one.line)) }
            };
            if !found.0.iter().any(hit) {
                wrong.push(format!("{} at {first}, line {}:\n{text}\n{}", one.name, one.line, draw(&found.0)));
            }
        }
    }
    println!("30 files of 10 out of {} refused ones: {} mistakes were not told", all.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong[0]);
    assert!(all.len() > 120, "{}", all.len());
}

#[test]
fn what_wit_parser_panics_of_ends_in_a_diagnostic() {
    let gates = "@since(version = 1.0.0) @unstable(feature = f)";
    for text in [
        format!("package a:b@1.0.0;\nworld w {{\n  {gates}\n  import wasi:io/poll@0.2.0;\n}}\n"),
        format!("package a:b@1.0.0;\ninterface i {{\n  {gates}\n  use wasi:io/poll@0.2.0.{{pollable}};\n}}\n"),
        "package a:b;\nworld w {\n  @deprecated(version = 1.0.0)\n  include wasi:cli/command@0.2.0;\n}\n".to_owned(),
    ] {
        let Err(found) = load(&SourceTree::of_text("gates.wit", text), &LoadOptions::default()) else {
            panic!("accepted")
        };
        assert!(found.0.iter().any(|one| lines_of(one).contains(&3) && one.help.is_some()), "{}", draw(&found.0));
        assert!(found.0.iter().all(|one| one.code.0 != "wit/invalid"), "{}", draw(&found.0));
    }
}

fn folder(files: &[(&str, Vec<u8>)]) -> SourceTree {
    SourceTree::of_folder("wit", files.iter().map(|(name, bytes)| (format!("wit/{name}"), bytes.clone())).collect())
}

fn headlines(tree: &SourceTree) -> Vec<String> {
    let found = load(tree, &LoadOptions::default()).err().map_or_else(Vec::new, |found| found.0);
    found.into_iter().map(|one| format!("{} {}", one.headline, one.help.unwrap_or_default())).collect()
}

#[test]
fn packages_from_wasm_are_known_by_name() {
    let text = "package local:dep@1.0.0;\ninterface types { resource file; type id = u32; record r { of: borrow<file> } }\n\
                world all { import log: func(); }\n";
    let dep = load(&SourceTree::of_text("dep.wit", text), &LoadOptions::default()).unwrap();
    let main = "package local:main;\ninterface ops {\n  use local:dep/types@1.0.0.{file, idd, r};\n\
                f: func(a: borrow<file>, b: own<r>) -> r;\n}\n\
                world w {\n  import local:dep/typs@1.0.0;\n  import local:dep/types@2.0.0;\n\
                include local:dep/all@1.0.0 with { lgo as say };\n  import log: func();\n}\n";
    let main = main.replace("};\n  import log", "}\n  import log");
    let tree = folder(&[
        ("main.wit", main.into_bytes()),
        ("deps/dep.wasm", withe_wit::wasm(&dep, None, withe_wit::print::Docs::Keep).unwrap()),
    ]);
    let found = headlines(&tree);
    let expected = [
        "type `idd` is not in interface `types` did you mean `id`?",
        "type `r` used in a handle must be a resource name a resource, or write `r` alone",
        "function `f` returns a borrow return the resource itself",
        "package `local:dep@1.0.0` has no interface `typs` did you mean `types`?",
        "package `local:dep@2.0.0` is not here write the version that is there: `local:dep@1.0.0`",
        "import `log` is there already rename what is included: `with { log as other-log }`",
        "world `all` has no `lgo` to be renamed did you mean `log`?",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_wasm_that_cannot_be_read_may_hold_is_not_told() {
    let main =
        b"package local:main;\ninterface ops {\n  use local:dep/types.{a};\n  f: func(x: a, y: u33);\n}\n".to_vec();
    let found = headlines(&folder(&[("main.wit", main), ("deps/dep.wasm", b"\0asm\x0d\0\x01\0\xff\xff".to_vec())]));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("type `u33` is not declared") && found[1].contains("dep.wasm"), "{found:?}");
}

#[test]
fn what_is_no_package_among_dependencies_is_told() {
    let main = b"package local:main;\nworld w {\n  import local:dep/types;\n}\n".to_vec();
    for bytes in [&b"junk"[..], b"", b"\0asm\x01\0\0\0"] {
        let found = headlines(&folder(&[("main.wit", main.clone()), ("deps/dep.wasm", bytes.to_vec())]));
        assert!(found.iter().any(|one| one.contains("deps/dep.wasm` is no WIT package")), "{found:?}");
    }
}
