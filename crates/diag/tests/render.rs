//! What the renderers make of diagnostics: the source is shown beside each drawing.
//!
//! To add a case: a function that ends in `snapshot`; run with `INSTA_UPDATE=always`, read the result, commit both.

#![allow(clippy::unwrap_used, reason = "tests may unwrap, in their own helper functions too")]

use std::sync::Arc;

use withe_diag::human::Style;
use withe_diag::{self as diag, Diagnostic, Place, Source};

fn source(name: &str, text: &str) -> Arc<Source> {
    Arc::new(Source::new(name, text))
}

/// The place of the first occurrence of `part`.
fn at(source: &Arc<Source>, part: &str) -> Place {
    let start = source.text.find(part).unwrap();
    Place::text(source, start..start + part.len())
}

/// The source as a debug string (so that tabs and line ends are seen), then all three forms.
fn snapshot(name: &str, diagnostic: &Diagnostic) {
    let mut shown = String::new();
    for label in &diagnostic.labels {
        if let Place::Text { source, span } = &label.place {
            let text: String = source.text.chars().take(300).collect();
            shown.push_str(&format!("{}: {text:?} {span:?}\n", source.name));
        }
    }
    let human = diag::human::render(diagnostic, Style::default());
    let short = diag::short::render(diagnostic);
    let json = diag::json::diagnostic(diagnostic);
    let all = format!("{shown}---- human\n{human}---- short\n{short}---- json\n{json:#}\n");
    insta::assert_snapshot!(name, all);
}

#[test]
fn text_and_binary_side_by_side() {
    let wit = source("wit/calc.wit", "interface ops {\n  add: func(a: u32, b: u32) -> u32;\n}\n");
    let diagnostic = diag::error("encode/export-signature", "core export `local:calc/ops#add` does not fit the world")
        .label(
            Place::binary("calc.wasm", "export `local:calc/ops#add`"),
            "expected (func (param i32 i32) (result i32))\nfound    (func (param i32 i64) (result i32))",
        )
        .label(at(&wit, "b: u32"), "lowers to `i32`")
        .help("rebuild the module with bindings from this WIT");
    snapshot("text_and_binary", &diagnostic);
}

#[test]
fn several_labels_in_one_text_and_another() {
    let wit =
        source("a.wit", "package a:b;\ninterface i {\n  type t = u8;\n  x: func();\n\n\n\n\n  type t = u16;\n}\n");
    let other = source("b.wit", "interface j { use i.{t}; }");
    let diagnostic = diag::error("wit/twice", "`t` is defined twice")
        .label(at(&wit, "t = u16"), "defined again here")
        .label(at(&wit, "t = u8"), "first defined here")
        .label(at(&other, "t}"), "used here");
    snapshot("several_labels", &diagnostic);
}

#[test]
fn columns_count_characters() {
    let wit = source("größe.wit", "/// größe 尺寸 🦀\nworld ü { import größe: func(); }");
    let diagnostic = diag::warning("wit/name", "`größe` is no name")
        .label(at(&wit, "größe: func"), "names are ASCII")
        .help("rename it");
    snapshot("unicode", &diagnostic);
}

#[test]
fn tabs_and_crlf() {
    let wit = source("a.wit", "package a:b;\r\n\tworld\tw {\r\n\t\timport\tf;\r\n}\r\n");
    snapshot("tabs_and_crlf", &diag::error("wit/syntax", "expected `:`, found `;`").label(at(&wit, ";\r\n}"), "here"));
}

#[test]
fn an_empty_text() {
    let wit = source("empty.wit", "");
    snapshot("empty", &diag::error("wit/no-package", "no package").label(Place::text(&wit, 0..0), "an empty file"));
}

#[test]
fn the_end_of_a_text() {
    let wit = source("a.wit", "package a:b;\nworld w {\n  import f: func();\n");
    let place = Place::text(&wit, wit.text.len()..wit.text.len());
    snapshot("end", &diag::error("wit/syntax", "expected `}`, found the end").label(place, "expected `}`"));
}

#[test]
fn spans_outside_of_the_text() {
    let wit = source("ü.wit", "world ü {}");
    let spans = [(400, 500), (7, 8), (6, 7), (3, usize::MAX), (9, 2)];
    let diagnostic = spans.into_iter().fold(diag::note("wit/odd", "odd spans"), |diagnostic, (start, end)| {
        diagnostic.label(Place::text(&wit, start..end), format!("{start}..{end}"))
    });
    snapshot("outside", &diagnostic);
}

#[test]
fn many_lines_under_one_label() {
    let wit = source("a.wit", &format!("world w {{\n{}}}\n", "  import f: func();\n".repeat(30)));
    let whole = Place::text(&wit, 0..wit.text.len());
    snapshot("many_lines", &diag::error("wit/world", "the world is too large").label(whole, "this world"));
    let few = Place::text(&wit, 0..50);
    snapshot("few_lines", &diag::error("wit/world", "the world is too large").label(few, "this much"));
}

#[test]
fn a_line_of_a_million_characters() {
    let wit = source("long.wit", &format!("{}HERE{}", "ä ".repeat(500_000), " b".repeat(500_000)));
    let human = diag::human::render(
        &diag::error("wit/syntax", "a long line").label(at(&wit, "HERE"), "in the middle"),
        Style::default(),
    );
    assert!(human.len() < 2000, "{} bytes", human.len());
    insta::assert_snapshot!("long_line", human);
}

#[test]
fn no_control_sequence_reaches_the_terminal() {
    let wit = source("a\u{1b}[31m.wit", "// \u{1b}]0;title\u{7}\u{9b}31m \u{202e}\rx\nworld w {}\n");
    let diagnostic = diag::error("wit/x", "head\u{1b}[2J")
        .label(at(&wit, "title"), "la\u{1b}[1mbel")
        .label(Place::binary("b\u{1b}.wasm", "export `\u{7f}\u{1b}`"), "te\u{8}xt")
        .help("he\u{1b}lp\nmore");
    let human = diag::human::render(&diagnostic, Style::default());
    let hidden = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!human.contains(hidden), "{human:?}");
    assert!(!diag::short::render(&diagnostic).trim_end().contains(hidden));
    insta::assert_snapshot!("control", human);
}

#[test]
fn places_without_text() {
    let binary = Place::binary("calc.wasm", "component `inner`, import `a:b/c@1.0.0`");
    let diagnostic = diag::error("component/import", "an import is missing").label(binary, "not found");
    snapshot("binary", &diagnostic);
    snapshot("file", &diag::error("wit/no-wit", "there is no WIT in `wit`").label(Place::file("wit"), "a folder"));
    snapshot("nowhere", &diag::error("usage/x", "no command").help("see `withe --help`"));
}

#[test]
fn colors_are_only_colors() {
    let wit = source("a.wit", "world w {}\n");
    let diagnostic = diag::error("wit/x", "wrong").label(at(&wit, "w {}"), "here").help("mend it");
    let plain = diag::human::render(&diagnostic, Style::default());
    let colored = diag::human::render(&diagnostic, Style { color: true, width: 80 });
    assert!(colored.contains("\u{1b}[") && !plain.contains('\u{1b}'));
    let mut uncolored = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        uncolored.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    uncolored.push_str(rest);
    assert_eq!(uncolored, plain);
}

/// Every pair of offsets in awkward texts: drawing ends, and ends without a panic.
#[test]
fn any_span_can_be_drawn() {
    for text in ["", "\n", "\r\n", "a", "ä\n\n", "\t\t\n", "a\r\nb\r\n", "🦀", "  \n  ", "x\n\n\n\n\n\n\n\n\ny"] {
        let wit = source("a.wit", text);
        for start in 0..text.len() + 2 {
            for end in 0..text.len() + 2 {
                let diagnostic = diag::error("wit/x", "x")
                    .label(Place::text(&wit, start..end), "one")
                    .label(Place::text(&wit, end..start), "two");
                let human = diag::human::render(&diagnostic, Style::default());
                assert!(human.contains("one") && human.contains("two"), "{text:?} {start}..{end}\n{human}");
                let _ = diag::short::render(&diagnostic);
                let _ = diag::json::diagnostic(&diagnostic);
            }
        }
    }
}
