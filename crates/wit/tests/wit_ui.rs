//! What is told of each of wit-parser's refused files, where the public test vectors stand beside the checkout.
//!
//! `snapshots/wit-ui.txt` was read one by one beside the inputs: is the place the smallest at fault, is the headline
//! true, does the help name the right action. It holds places and words, none of the inputs' text.
//! `INSTA_UPDATE=always` writes it anew.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use diag::{Diagnostic, Place};
use support::{conformance, read_tree_as, wit_sources};
use testing::golden;
use withe_wit::{LoadOptions, load};

/// Some inputs make the same mistake a hundred times.
const MOST_SHOWN: usize = 10;
/// Some have names of many kilobytes.
const LONGEST: usize = 200;

#[test]
fn each_refused_file_is_explained() {
    let Some(folder) = conformance("wit-ui/parse-fail") else { return };
    let mut shown = String::new();
    let mut count = 0;
    for path in wit_sources(&folder) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let active = vec!["active".to_owned()];
        let features = if text.contains("features-off") { Vec::new() } else { active };
        let options = LoadOptions { features, ..LoadOptions::default() };
        let Err(found) = load(&read_tree_as(&path, name), &options) else { continue };
        count += 1;
        writeln!(shown, "== {name}").unwrap();
        found.0.iter().take(MOST_SHOWN).for_each(|one| show(&mut shown, one, name));
        match found.0.len().saturating_sub(MOST_SHOWN) {
            0 => shown.push('\n'),
            more => writeln!(shown, "and {more} more\n").unwrap(),
        }
    }
    println!("wit-ui/parse-fail: {count} explained");
    assert_eq!(count, 187);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/wit-ui.txt");
    golden::compare(&file, &shown).unwrap();
}

fn show(out: &mut String, found: &Diagnostic, case: &str) {
    let first = found.labels.first().map(|label| place(&label.place, case)).unwrap_or_default();
    writeln!(out, "{first} {}[{}] {}", found.severity.name(), found.code, cut(&found.headline)).unwrap();
    for (at, label) in found.labels.iter().enumerate() {
        let place = if at == 0 { String::new() } else { format!("{} ", place(&label.place, case)) };
        writeln!(out, "    {place}{}", cut(&label.text.replace('\n', " / "))).unwrap();
    }
    writeln!(out, "    help: {}", cut(found.help.as_deref().unwrap_or("none"))).unwrap();
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}

/// `LINE:COLUMN-COLUMN`, with the end's line if it is another one, and the file in a folder.
fn place(place: &Place, case: &str) -> String {
    let file = place.file_name().strip_prefix(case).unwrap_or(place.file_name()).trim_start_matches('/');
    let file = if file.is_empty() { String::new() } else { format!("{file}:") };
    match place {
        Place::Text { source, span } => {
            let span = source.clamped(span);
            let (start, end) = (source.position(span.start), source.position(span.end));
            let line = if start.line == end.line { String::new() } else { format!("{}:", end.line) };
            format!("{file}{}:{}-{line}{}", start.line, start.column, end.column)
        }
        Place::Binary { path, .. } => format!("{file}{path}"),
        Place::File { .. } => format!("{file}whole"),
    }
}
