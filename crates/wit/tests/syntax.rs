//! The syntax tree: nothing of a text is lost, correct WIT gives no errors, and each mistake gives one.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use support::conformance;
use testing::seeds::{Random, check};
use withe_wit::syntax::{Tree, parse};

fn parse_text(name: &str, text: &str) -> Tree {
    parse(Arc::new(diag::Source::new(name, text)))
}

/// Every WIT file under a folder, sorted.
fn wit_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "wit") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn texts(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let folders = folders.iter().filter_map(|folder| conformance(folder));
    let files = folders.flat_map(|folder| wit_files(&folder));
    files.filter_map(|file| Some((file.clone(), String::from_utf8(std::fs::read(&file).unwrap()).ok()?))).collect()
}

const FOLDERS: [&str; 6] = ["wit-ui", "interfaces", "bindgen", "encode", "merge", "targets"];

fn accepted() -> Vec<(PathBuf, String)> {
    let mut texts = texts(&FOLDERS);
    texts.retain(|(path, _)| !path.components().any(|part| part.as_os_str() == "parse-fail"));
    texts
}

#[test]
fn correct_wit_has_no_errors() {
    let accepted = accepted();
    let mut wrong = Vec::new();
    for (path, text) in &accepted {
        let tree = parse_text(&path.display().to_string(), text);
        if let Some(error) = tree.errors.first() {
            wrong.push(format!("{}: {error:?}", path.display()));
        }
    }
    println!("{} of {} files without errors", accepted.len() - wrong.len(), accepted.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn tokens_cover_the_text() {
    let texts = texts(&FOLDERS);
    for (path, text) in &texts {
        let tree = parse_text("a.wit", text);
        let joined: String = tree.tokens.iter().map(|token| &text[token.span.clone()]).collect();
        assert_eq!(&joined, text, "{}", path.display());
    }
    println!("{} files are covered by their tokens", texts.len());
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wit-syntax")
}

/// One line for each error: `line:column-column code headline | help`.
fn lines(tree: &Tree) -> String {
    let mut out = String::new();
    for error in &tree.errors {
        let diag::Place::Text { source, span } = &error.labels[0].place else { panic!("{error:?} has no place") };
        let (start, end) = (source.position(span.start), source.position(span.end));
        let help = error.help.as_deref().unwrap_or_default();
        let end = if end.line == start.line { end.column.to_string() } else { format!("{}:{}", end.line, end.column) };
        out += &format!("{}:{}-{end} {} {} | {help}\n", start.line, start.column, error.code, error.headline);
    }
    out
}

/// Each fixture has its errors beside it; `INSTA_UPDATE=always` writes them anew.
#[test]
fn each_mistake_is_told_once() {
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    let files = wit_files(&fixtures());
    let mut wrong = Vec::new();
    for file in &files {
        let found = lines(&parse_text("a.wit", &std::fs::read_to_string(file).unwrap()));
        let expected = file.with_extension("txt");
        if update {
            std::fs::write(&expected, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        if found != expected {
            wrong.push(format!("{}\n  expected\n{expected}  found\n{found}", file.display()));
        }
    }
    println!("{} of {} files with their errors", files.len() - wrong.len(), files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files.len() > 70, "only {} files were found", files.len());
}

/// What cannot stand in front of another file: the rest of the text belongs to it.
const ONLY_ALONE: [&str; 5] =
    ["missing-semicolon-package", "misspelt-package", "unfinished-comment", "missing-close-at-end", "type-at-the-end"];

/// Mistakes behind one another are told as each of them alone.
#[test]
fn mistakes_do_not_hide_each_other() {
    let files = wit_files(&fixtures());
    let alone: Vec<_> = files
        .iter()
        .filter(|file| !ONLY_ALONE.contains(&file.file_stem().unwrap().to_str().unwrap()))
        .map(|file| std::fs::read_to_string(file).unwrap())
        .filter_map(|text| Some(text.strip_prefix("package test:syntax;\n")?.to_owned()))
        .collect();
    let mut numbers = Random::new(0x51ab);
    let mut wrong = Vec::new();
    for _ in 0..300 {
        let mut text = "package test:syntax;\n".to_owned();
        let mut expected = String::new();
        for _ in 0..2 + numbers.below(8) {
            let part = &alone[numbers.below(alone.len())];
            let before = text.lines().count();
            expected += &lines(&parse_text("a.wit", &format!("{}{part}", "\n".repeat(before))));
            text += part;
        }
        let found = lines(&parse_text("a.wit", &text));
        if found != expected {
            wrong.push(format!("{text}\n  expected\n{expected}  found\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of 300 differ, the first:\n{}", wrong.len(), wrong[0]);
}

/// Whether wit-parser refuses a text because its tokens do not fit the grammar.
///
/// What names and versions look like, and what attributes take, is told by other rules.
fn is_refused(text: &str) -> bool {
    let mut map = wit_parser::SourceMap::new();
    map.push_str("a.wit", text);
    let Err((_, error)) = map.parse() else { return false };
    let message = error.to_string();
    let elsewhere = ["expected `version`", "expected `feature`", "in identifier", "identifiers must have"];
    let said = ["expected ", "unexpected ", "unterminated"].iter().any(|said| message.starts_with(said));
    said && !elsewhere.iter().any(|other| message.contains(other))
}

/// Words and marks of a text that are read.
fn read_tokens(tree: &Tree) -> Vec<std::ops::Range<usize>> {
    use withe_wit::syntax::TokenKind::{Mark, Number, String, Word};
    let read = tree.tokens.iter().filter(|token| matches!(token.kind, Word | Number | String | Mark));
    read.map(|token| token.span.clone()).collect()
}

const PUT_IN: [&str; 18] =
    [";", ",", "}", "{", ")", "(", ">", "<", ":", "=", "->", "foo", "record", "func", "u32", ".", "@", "7"];

/// One token is taken out or put in: what wit-parser then refuses is told, near that place, and briefly.
#[test]
fn one_token_costs_two_errors_at_most() {
    let texts: Vec<_> = accepted().into_iter().filter(|(_, text)| text.len() > 60 && text.len() < 20_000).collect();
    let mut numbers = Random::new(0x1f3d);
    let (mut refused, mut versions, mut many, mut far, mut silent) = (0, 0, Vec::new(), Vec::new(), Vec::new());
    for _ in 0..if texts.is_empty() { 0 } else { 4000 } {
        let text = &texts[numbers.below(texts.len())].1;
        let tokens = read_tokens(&parse_text("a.wit", text));
        let at = tokens[numbers.below(tokens.len())].clone();
        let put_in = PUT_IN[numbers.below(PUT_IN.len())];
        let take = numbers.below(2) == 0;
        let changed = if take {
            format!("{}{}", &text[..at.start], &text[at.end..])
        } else {
            format!("{}{put_in} {}", &text[..at.start], &text[at.start..])
        };
        let tree = parse_text("a.wit", &changed);
        let found = lines(&tree);
        let line = tree.source.position(at.start).line;
        let what = if take { format!("without `{}`", &text[at]) } else { format!("with `{put_in}`") };
        let shown = || {
            let around: Vec<&str> = changed.lines().skip(line.saturating_sub(5)).take(9).collect();
            format!("{what} in line {line}:\n{}\n{found}\n", around.join("\n"))
        };
        if !is_refused(&changed) {
            continue;
        }
        refused += 1;
        if tree.errors.is_empty() && changed.lines().nth(line - 1).is_some_and(|line| line.contains('@')) {
            // A version: the rules tell what is wrong with it.
            versions += 1;
        } else if tree.errors.is_empty() {
            silent.push(shown());
        } else if tree.errors.len() > 2 {
            many.push(shown());
        } else if !found.lines().any(|one| near(one, line, &changed)) {
            far.push(shown());
        }
    }
    println!(
        "{refused} refused, {versions} of them versions: {} silent, {} with more than two errors, {} told elsewhere",
        silent.len(),
        many.len(),
        far.len()
    );
    for (name, list) in [("silent", &silent), ("many", &many), ("far", &far)] {
        println!("=== {name}");
        for one in list.iter().take(40) {
            println!("{one}");
        }
    }
    assert!(silent.is_empty() && far.is_empty(), "not told, or elsewhere");
    assert!(many.len() * 100 <= refused, "told more than twice");
}

/// Whether an error stands at most one line away; lines without tokens do not count.
fn near(error: &str, line: usize, text: &str) -> bool {
    let found: usize = error.split(':').next().unwrap().parse().unwrap();
    let (from, to) = (found.min(line), found.max(line));
    let full = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
    text.lines().take(to - 1).skip(from).filter(full).count() == 0
}

/// What holds for every text.
fn holds(text: &str) -> Tree {
    let tree = parse_text("a.wit", text);
    let mut end = 0;
    for token in &tree.tokens {
        assert!(token.span.start == end && token.span.end > end && text.is_char_boundary(token.span.end));
        end = token.span.end;
    }
    assert_eq!(end, text.len());
    let mut before = 0;
    for error in &tree.errors {
        assert!(error.help.as_ref().is_some_and(|help| !help.is_empty()), "{error:?}");
        for (at, label) in error.labels.iter().enumerate() {
            let diag::Place::Text { span, .. } = &label.place else { panic!("{error:?} has no place") };
            assert!(text.get(span.clone()).is_some(), "{error:?}");
            if at == 0 {
                assert!(span.start >= before, "errors are in the order of the text");
                before = span.start;
            }
        }
        assert!(!error.labels.is_empty(), "{error:?}");
    }
    tree
}

#[test]
fn depth_costs_one_error() {
    let deep =
        |open: &str, inside: &str, close: &str| format!("{}{inside}{}", open.repeat(10_000), close.repeat(10_000));
    let too_deep = [
        format!("package a:b;\ninterface i {{ type t = {}; }}\n", deep("list<", "u8", ">")),
        format!("package a:b;\ninterface i {{ f: func(a: {}, b: u8); }}\n", deep("tuple<u8, ", "u8", ">")),
        deep("package a:b {", "", "}"),
    ];
    for text in too_deep {
        let tree = holds(&text);
        let codes: Vec<&str> = tree.errors.iter().map(|error| error.code.0).collect();
        assert_eq!(codes, ["wit/too-deep"], "{}", lines(&tree));
    }
}

#[test]
fn large_and_strange_texts_are_read() {
    for open in [
        "{",
        "(",
        "<",
        "list<",
        "interface i {",
        "world w { import a: interface {",
        "/*",
        "[",
        "@a(",
        "a: func(",
        "func(a: list<",
    ] {
        holds(&open.repeat(10_000));
        holds(&format!("interface i {{ a: {}", open.repeat(10_000)));
    }
    for one in [
        "}",
        ")",
        ">",
        ";",
        ",",
        "%",
        "func ",
        "a ",
        "a:",
        "->",
        "\"",
        "#",
        "\u{1} ",
        "use ",
        "record ",
        "type a = (",
        "- ",
    ] {
        holds(&one.repeat(10_000));
        holds(&format!("interface i {{ f: func(a: {}", one.repeat(10_000)));
    }
    let name = "a".repeat(1 << 20);
    holds(&format!("interface {name} {{ {name}: func({name}: {name}) -> lst{name}<u8>; rec{name} r {{}} }}"));
    let line = "  f: func(a: list<u8>) -> result<u32, string>;\n";
    let text = format!("interface i {{\n{}}}\n", line.repeat(2_000_000 / line.len()));
    assert!(holds(&text).errors.is_empty());
    let broken = text.replace(';', "");
    assert!(holds(&broken).errors.len() > 1000);
}

#[test]
fn fuzz_syntax_of_damaged_text() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let files = wit_files(&own).into_iter().chain(wit_files(&fixtures()));
    let texts: Vec<String> = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    check("fuzz_syntax_of_damaged_text", 2000, |random| {
        let text = random.pick(&texts);
        let damaged = random.mutate(text.as_bytes());
        let damaged = String::from_utf8_lossy(&damaged).into_owned();
        let tree = holds(&damaged);
        let again = parse_text("a.wit", &damaged);
        assert_eq!((tree.ast, tree.errors), (again.ast, again.errors));
    });
}
