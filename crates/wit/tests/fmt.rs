//! The formatter: text in the usual layout, with nothing lost and nothing changed.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::cell::Cell;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use support::{conformance, fmt};
use testing::seeds::Random;
use withe_wit::syntax::TokenKind;
use withe_wit::{LoadOptions, SourceTree, load, print};

/// Lines of the built-in texts that are longer than the style allows.
const LONG_LINES: usize = 28;

/// The built-in texts are laid out as people are used to: only lines that are too long change.
#[test]
fn the_built_in_texts_stay_as_they_are_but_for_long_lines() {
    let mut changed = 0;
    for (name, text) in withe_wit::built_in_texts() {
        let out = fmt::check(text).unwrap_or_else(|error| panic!("{name}: {error}")).expect("built-in WIT is correct");
        let kept: Vec<&str> = out.lines().collect();
        for line in text.lines().filter(|line| !kept.contains(line)) {
            assert!(line.chars().count() > 100, "{name}: {line}");
            changed += 1;
        }
    }
    println!("built-in texts: {changed} lines change");
    assert_eq!(changed, LONG_LINES);
}

/// Each case is a text and the same text formatted. `INSTA_UPDATE=always` writes what is expected anew.
#[test]
fn cases() {
    let cases = testing::cases::directories(&testing::fixtures("wit-fmt"));
    let mut wrong = String::new();
    for case in &cases {
        let input = std::fs::read_to_string(case.join("input.wit")).unwrap();
        let said = match fmt::check(&input) {
            Ok(Some(found)) => {
                testing::golden::compare(&case.join("expected.wit"), &found).map_err(|error| error.to_string())
            }
            Ok(None) => Err(format!("{:?}", fmt::tree(&input).errors[0].headline)),
            Err(error) => Err(error),
        };
        if let Err(error) = said {
            writeln!(wrong, "{}: {error}", case.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases.len() >= 30, "only {} cases were found", cases.len());
}

/// A text that the parser of WIT accepts has no syntax errors for the formatter either.
#[test]
fn every_text_of_the_test_vectors() {
    let Some(folder) = conformance("") else { return };
    let (mut count, mut refused) = (0, 0);
    let mut wrong = String::new();
    for path in wit_files(&folder) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        match fmt::check(&text) {
            Ok(Some(_)) => count += 1,
            Ok(None) => {
                refused += 1;
                if wit_parser::UnresolvedPackageGroup::parse(&path, &text).is_ok() {
                    writeln!(wrong, "{}: not formatted", path.display()).unwrap();
                }
            }
            Err(error) => writeln!(wrong, "{}: {error}", path.display()).unwrap(),
        }
    }
    println!("test vectors: {count} texts formatted, {refused} with syntax errors");
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 600, "only {count} texts were formatted");
}

/// What the texts mean is the same before and after.
#[test]
fn every_package_of_the_test_vectors_means_the_same() {
    let Some(folder) = conformance("") else { return };
    let mut count = 0;
    for path in wit_files(&folder).into_iter().chain(wit_folders(&folder)) {
        let mut tree = wit_tree(&path);
        let Some(before) = meaning(&tree) else { continue };
        for bytes in tree.files.values_mut() {
            let text = std::str::from_utf8(bytes).ok().and_then(fmt::formatted);
            if let Some(text) = text {
                *bytes = text.into_bytes();
            }
        }
        let after = meaning(&tree).unwrap_or_else(|| panic!("{}: refused after formatting", path.display()));
        assert_eq!(before, after, "{}", path.display());
        count += 1;
    }
    println!("test vectors: {count} packages mean the same");
    assert!(count >= 400, "only {count} packages were compared");
}

/// The WIT texts of a file or a folder.
fn wit_tree(path: &Path) -> SourceTree {
    if path.is_file() {
        return SourceTree::of_file("a.wit", std::fs::read(path).unwrap());
    }
    let files =
        wit_files(path).into_iter().map(|file| (file.to_str().unwrap().to_owned(), std::fs::read(&file).unwrap()));
    SourceTree::of_folder(path.to_str().unwrap(), files.collect())
}

/// What a tree of sources is resolved to, without documentation; nothing if it is refused.
fn meaning(tree: &SourceTree) -> Option<String> {
    let options = LoadOptions { all_features: true, ..LoadOptions::default() };
    let package = load(tree, &options).ok()?;
    Some(print::json(&package, None, print::Docs::LeaveOut).unwrap())
}

fn wit_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in testing::cases::entries(folder) {
        if path.is_dir() {
            found.extend(wit_files(&path));
        } else if path.extension().is_some_and(|end| end == "wit") {
            found.push(path);
        }
    }
    found
}

/// Folders that have WIT of their own or of the packages they need in them.
fn wit_folders(folder: &Path) -> Vec<PathBuf> {
    let folders: Vec<PathBuf> = testing::cases::entries(folder).into_iter().filter(|path| path.is_dir()).collect();
    let below = folders.iter().flat_map(|folder| wit_folders(folder));
    let has_wit = testing::cases::entries(folder).iter().any(|path| path.extension().is_some_and(|end| end == "wit"));
    has_wit.then(|| folder.to_owned()).into_iter().chain(below).collect()
}

/// Texts of the fixtures and the built-in ones, short enough to be read often.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = wit_files(&testing::root().join("fixtures"));
    let texts = files.iter().filter_map(|path| std::fs::read_to_string(path).ok());
    let built_in = withe_wit::built_in_texts().map(|(_, text)| text.to_owned());
    texts.chain(built_in).filter(|text| text.len() < 6000 && fmt::formatted(text).is_some()).collect()
});

/// White space and comments between any two tokens: nothing is lost, and the text is formatted in one go.
///
/// Some scattered texts are no WIT any more; most are.
#[test]
fn fuzz_fmt_of_comments_anywhere() {
    assert!(TEXTS.len() > 40, "{} texts", TEXTS.len());
    let (all, formatted) = (Cell::new(0_u32), Cell::new(0_u32));
    testing::seeds::check("fuzz_fmt_of_comments_anywhere", 300, |random| {
        let original = random.pick(&TEXTS);
        let text = scattered(original, random);
        all.set(all.get() + 1);
        match fmt::check(&text) {
            Ok(Some(out)) => {
                formatted.set(formatted.get() + 1);
                same_meaning(&text, &out);
            }
            Ok(None) => {}
            Err(error) => panic!("{error}\n--- from\n{text}"),
        }
    });
    println!("{} of {} scattered texts formatted", formatted.get(), all.get());
    assert!(formatted.get() * 10 >= all.get() * 9);
}

fn same_meaning(text: &str, out: &str) {
    if let Some(before) = meaning(&SourceTree::of_text("a.wit", text)) {
        assert_eq!(Some(before), meaning(&SourceTree::of_text("a.wit", out)), "{text}\n--- to\n{out}");
    }
}

/// Damaged text is either left alone or formatted like any other.
#[test]
fn fuzz_fmt_of_damaged_text() {
    testing::seeds::check("fuzz_fmt_of_damaged_text", 500, |random| {
        let original = random.pick(&TEXTS);
        let bytes = random.mutate(original.as_bytes());
        let text = String::from_utf8_lossy(&bytes);
        if let Err(error) = fmt::check(&text) {
            panic!("{error}\n--- from\n{text}");
        }
    });
}

/// The text with other white space, and with comments.
fn scattered(text: &str, random: &mut Random) -> String {
    let tree = fmt::tree(text);
    let line_end = if random.below(8) == 0 { "\r\n" } else { "\n" };
    let many = 1 + random.below(40);
    let mut out = String::new();
    let mut glued = false;
    let tokens = &tree.tokens;
    for (at, token) in tokens.iter().enumerate() {
        let text = &text[token.span.clone()];
        match token.kind {
            TokenKind::Space if text.contains('\n') && random.below(4) > 0 => out.push_str(text),
            TokenKind::Space => out.push_str(&white(random, line_end)),
            TokenKind::LineComment | TokenKind::DocLine => {
                out.push_str(text);
                out.push_str(line_end);
            }
            TokenKind::BlockComment
            | TokenKind::DocBlock
            | TokenKind::Word
            | TokenKind::Number
            | TokenKind::String
            | TokenKind::Mark
            | TokenKind::Error => out.push_str(text),
        }
        // Nothing can stand in a version, and a `/` would become a part of the comment.
        let next = tokens.get(at + 1).map_or("", |next| &tree.source.text[next.span.clone()]);
        glued = text == "@" || glued && !matches!(text, ";" | "{" | "}" | ")" | ",") && token.kind != TokenKind::Space;
        glued |= token.kind == TokenKind::Number && next == "." || text == "." && next.starts_with(is_digit);
        if !glued && next != "@" && text != "/" && random.below(many) == 0 {
            out.push_str(&comment(random, at, line_end));
        }
    }
    out
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn white(random: &mut Random, line_end: &str) -> String {
    let all = [" ", "  ", "\t", line_end, "\n\n\n", "\n    ", " \n \n", "        "];
    (*random.pick(&all)).to_owned()
}

fn comment(random: &mut Random, number: usize, line_end: &str) -> String {
    let before = if random.below(2) == 0 { white(random, line_end) } else { String::new() };
    let after = if random.below(2) == 0 { white(random, line_end) } else { String::new() };
    let text = match random.below(6) {
        0 | 1 => format!("// c{number}{line_end}"),
        2 => format!("/// d{number}  {line_end}"),
        3 => format!("/* b{number} */"),
        4 => format!("/* m{number}{line_end}    more{line_end}\t*/"),
        _ => format!("/** e{number} /* in */ */"),
    };
    format!("{before}{text}{after}")
}

/// Time grows with the text's length, and not faster.
#[test]
fn long_texts() {
    let mut text = String::from("package a:b;\n");
    let size = if cfg!(debug_assertions) { 200_000 } else { 10_000_000 };
    let mut number = 0;
    while text.len() < size {
        write!(
            text,
            "interface i{number} {{\n  /// Adds.\n  add: func(a: list<tuple<u8, string>>, b: u32) -> u32; // c\n"
        )
        .unwrap();
        write!(text, "record r{{a:u32, // aligned\n  b:string}}\n  use a:b/c@1.0.0.{{d, e as f}};\n}}\n").unwrap();
        number += 1;
    }
    let start = std::time::Instant::now();
    let out = fmt::formatted(&text).expect("correct WIT");
    println!("{} bytes formatted in {:?}", text.len(), start.elapsed());
    assert_eq!(fmt::formatted(&out).as_deref(), Some(out.as_str()));
}
