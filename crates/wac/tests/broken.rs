//! Broken scripts: whatever stands in a text, it is read without a panic, in time, and nothing is passed over in silence.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use diag::{Place, Source};
use testing::limits::timed;
use testing::{cases, conformance, fixtures, read_text};
use withe_wac::{Parsed, parse, print};

fn read(text: impl Into<String>) -> Parsed {
    parse(Arc::new(Source::new("script.wac", text)))
}

/// Every script there is: those of the fixtures, and the public ones if they are here.
fn scripts() -> Vec<String> {
    let mut paths: Vec<PathBuf> =
        cases::directories(&fixtures("wac-syntax")).into_iter().map(|case| case.join("script.wac")).collect();
    let areas = ["parser", "parser/fail", "resolution", "resolution/fail", "encoding", "encoding/fail"];
    let public = areas.iter().filter_map(|area| conformance::folder(&format!("wac/{area}")).ok());
    let is_script = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "wac");
    paths.extend(public.flat_map(|folder| cases::entries(&folder)).filter(is_script));
    paths.iter().map(|path| read_text(path).expect("a script can be read")).collect()
}

/// What holds of every text.
fn check(text: &str) {
    let parsed = read(text);
    for problem in &parsed.problems {
        assert!(!problem.headline.is_empty() && !problem.labels.is_empty(), "{problem:?}\n{text}");
        for label in &problem.labels {
            let Place::Text { span, .. } = &label.place else { panic!("{problem:?}") };
            assert!(text.get(span.clone()).is_some(), "{problem:?}\n{text}");
        }
    }
    let order: Vec<usize> = parsed.problems.iter().map(|problem| place(problem).start).collect();
    assert!(order.is_sorted(), "{order:?}\n{text}");
    if parsed.problems.is_empty() {
        let printed = print(&parsed.script);
        let again = read(printed.clone());
        assert_eq!(again.problems, [], "{text}\n{printed}");
        assert_eq!(again.script, parsed.script, "{text}\n{printed}");
        assert_eq!(print(&again.script), printed);
    }
}

fn place(problem: &diag::Diagnostic) -> std::ops::Range<usize> {
    match &problem.labels[0].place {
        Place::Text { span, .. } => span.clone(),
        Place::Binary { .. } | Place::File { .. } => panic!("{problem:?}"),
    }
}

/// Words, numbers, strings and single marks of a text, and what stands between them.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |char: char| char.is_alphanumeric() || matches!(char, '-' | '%' | '_');
        let len = if is_word(first) {
            rest.find(|char| !is_word(char)).unwrap_or(rest.len())
        } else if first.is_whitespace() {
            rest.find(|char: char| !char.is_whitespace()).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        pieces.push(&rest[..len]);
        rest = &rest[len..];
    }
    pieces
}

#[test]
fn scripts_that_end_anywhere() {
    for text in scripts() {
        (0..text.len()).filter(|end| text.is_char_boundary(*end)).for_each(|end| check(&text[..end]));
    }
}

#[test]
fn scripts_without_a_token_or_with_one_twice() {
    for text in scripts() {
        let pieces = pieces(&text);
        for at in 0..pieces.len() {
            check(&[&pieces[..at], &pieces[at + 1..]].concat().concat());
            check(&[&pieces[..=at], &pieces[at..]].concat().concat());
        }
    }
}

#[test]
fn a_mistake_is_told_once() {
    let text = read_text(&fixtures("wac-syntax").join("accepted-everything/script.wac")).expect("a script");
    let pieces = pieces(&text);
    let words = (0..pieces.len()).filter(|at| !pieces[*at].trim().is_empty());
    let counts: Vec<usize> = words
        .flat_map(|at| {
            let without = [&pieces[..at], &pieces[at + 1..]].concat().concat();
            let twice = [&pieces[..=at], &pieces[at..]].concat().concat();
            [read(without).problems.len(), read(twice).problems.len()]
        })
        .filter(|count| *count > 0)
        .collect();
    let once = counts.iter().filter(|count| **count == 1).count();
    // The others are quotes, and braces that end an outer block too early.
    assert!(once * 100 >= counts.len() * 95, "{once} of {} mistakes give one error", counts.len());
}

#[test]
fn a_header_cut_short_is_told() {
    let text = "package local:app@1.0.0 targets local:other/world;";
    (0..text.len()).for_each(|end| assert!(!read(&text[..end]).problems.is_empty(), "{}", &text[..end]));
    assert_eq!(read(text).problems, []);
}

#[test]
fn deep_texts_are_refused_without_deep_stacks() {
    const DEEP: usize = 200_000;
    let around = |before: &str, open: &str, close: &str, after: &str| {
        format!("package a:b;\n{before}{}{}{after}", open.repeat(DEEP), close.repeat(DEEP))
    };
    let expressions = around("let a = ", "(", ")", ";");
    let types = around("type a = ", "list<", ">", ";");
    let instances = around("let a = ", "new a:b { x: ", "}", ";");
    for text in [expressions, types, instances] {
        let codes: Vec<&str> = read(text).problems.iter().map(|problem| problem.code.0).collect();
        assert_eq!(codes, ["wac/too-deep"]);
    }
    // Nothing walks through these, so there is no limit.
    assert_eq!(read(around("", "/*", "*/", "")).problems, []);
    let accesses = format!("package a:b;\nlet a = b{};", ".c".repeat(DEEP));
    assert_eq!(read(accesses).problems, []);
    for closing in ["}", ")", "]", ">", ";", "\na:"] {
        for opening in ["<", "(", "[", "{", "record r { a: list<", "let a = new a:b { x: ("] {
            let text = format!("package a:b;\n{}{}", opening.repeat(20_000), closing.repeat(20_000));
            assert!(!read(text).problems.is_empty());
        }
    }
    let open = read(format!("package a:b;\n{}", "let a = new a:b {".repeat(DEEP)));
    assert!(!open.problems.is_empty() && open.problems.len() <= 101);
}

#[test]
fn hundred_levels_are_read() {
    let text = |levels: usize| format!("package a:b;\nlet a = {}b{};", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(read(text(99)).problems, []);
    assert_eq!(read(text(100)).problems[0].code.0, "wac/too-deep");
}

/// 10 MiB of a valid script; less of what is broken in each statement, and of one kind of token.
#[test]
fn large_texts_take_linear_time() {
    let head = "package a:b;\n";
    let statements = [
        "/// docs\nlet a = new local:part@1.0.0 { x, y: b.c, ...d, ... };\n",
        "let a = new local:part { x y z, b: (, ... };\n",
        "interface i { record r { a: u32, b: } f: func(; }\n",
        "{",
        "}",
        "(",
        "let ",
        "\"",
        ";",
        "/*",
        "@",
        "a:",
        "...",
        "package ",
        "new a:b {",
        "\u{7}",
        "é",
        "#",
        "///\n",
    ];
    for (at, statement) in statements.into_iter().enumerate() {
        let size = if at == 0 { 10 << 20 } else { 1 << 20 };
        let text = format!("{head}{}", statement.repeat(size / statement.len()));
        let (parsed, took) = timed(|| read(text));
        assert!(parsed.problems.len() <= 101, "{statement}");
        assert!(took < Duration::from_secs(60), "{statement}: {took:?}");
    }
}

#[test]
fn two_mistakes_far_apart_are_both_told() {
    let broken = "let x = new { c: d; };\n";
    let fine = "let y = new a:b { ... };\n";
    for (before, between) in [(0, 0), (1, 1), (3, 10)] {
        let text = format!("package a:b;\n{}{broken}{}{broken}", fine.repeat(before), fine.repeat(between));
        let parsed = read(text.clone());
        assert_eq!(parsed.problems.len(), 2, "{text}");
        assert_eq!(parsed.script.statements.len(), before + between, "{text}");
    }
}
