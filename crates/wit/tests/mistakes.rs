//! Packages as people write them, with several mistakes each: every one has to be found, in its line, with its near
//! miss, and nothing else may be called wrong.
//!
//! A case is a folder under `fixtures/wit-mistakes`: `wit`, and beside it `mistakes.txt`, written before anything was
//! run. A line of it is `FILE:LINE  WHAT  NEAR MISS`, with two spaces between; where a mistake may be shown in one of
//! several lines (a cycle, a clash), they stand with ` or ` between. `expected.txt` holds what is said, for review;
//! `INSTA_UPDATE=always` writes it anew.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads its cases and says what it counted"
)]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use diag::{Diagnostic, Place, Severity};
use support::read_tree_as;
use testing::golden;
use withe_wit::{LoadOptions, load};

/// A line of `mistakes.txt`.
struct Mistake {
    /// Any of these lines, as `FILE:LINE`.
    lines: Vec<String>,
    what: String,
    near: Option<String>,
}

/// What was counted in one or all cases.
#[derive(Default)]
struct Count {
    mistakes: usize,
    found: usize,
    near: usize,
    near_found: usize,
    complaints: String,
    false_alarms: usize,
}

#[test]
fn every_mistake_is_found_and_nothing_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wit-mistakes");
    let only = std::env::var("WITHE_CASE").unwrap_or_default();
    let mut count = Count::default();
    let mut different = Vec::new();
    let cases = testing::cases::directories(&folder);
    for case in cases.iter().filter(|case| case.to_str().unwrap().contains(&only)) {
        let errors = errors(case);
        if let Err(trouble) = golden::compare(&case.join("expected.txt"), &shown(&errors)) {
            different.push(trouble.to_string());
        }
        let text = std::fs::read_to_string(case.join("mistakes.txt")).unwrap();
        let mistakes: Vec<Mistake> = text.lines().map(mistake).collect();
        judge(case.file_name().unwrap().to_str().unwrap(), &mistakes, &errors, &mut count);
    }
    println!(
        "wit-mistakes: {} of {} found, {} of {} near misses named, {} false alarms, {} cases",
        count.found,
        count.mistakes,
        count.near_found,
        count.near,
        count.false_alarms,
        cases.len()
    );
    assert!(count.complaints.is_empty(), "{}", count.complaints);
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(cases.len() >= 40 && count.mistakes > 200 || !only.is_empty(), "too few cases");
}

fn mistake(line: &str) -> Mistake {
    let mut parts = line.split("  ");
    let lines = parts.next().unwrap().split(" or ").map(str::to_owned).collect();
    Mistake { lines, what: parts.next().unwrap().to_owned(), near: parts.next().map(str::to_owned) }
}

fn errors(case: &Path) -> Vec<Diagnostic> {
    let found = match load(&read_tree_as(&case.join("wit"), "wit"), &LoadOptions::default()) {
        Ok(_) => Vec::new(),
        Err(found) => found.0,
    };
    found.into_iter().filter(|one| one.severity == Severity::Error).collect()
}

fn line(error: &Diagnostic) -> String {
    match error.labels.first().map(|label| &label.place) {
        Some(Place::Text { source, span }) => format!("{}:{}", source.name, source.position(span.start).line),
        Some(place @ (Place::Binary { .. } | Place::File { .. })) => place.file_name().to_owned(),
        None => "nowhere".to_owned(),
    }
}

fn judge(case: &str, mistakes: &[Mistake], errors: &[Diagnostic], count: &mut Count) {
    for mistake in mistakes {
        count.mistakes += 1;
        count.near += usize::from(mistake.near.is_some());
        let here: Vec<&Diagnostic> = errors.iter().filter(|error| mistake.lines.contains(&line(error))).collect();
        let (place, what) = (mistake.lines.join(" or "), &mistake.what);
        if here.is_empty() {
            writeln!(count.complaints, "{case}: missed: {place}: {what}").unwrap();
            continue;
        }
        count.found += 1;
        let Some(near) = &mistake.near else { continue };
        let names = |error: &&Diagnostic| {
            error.headline.contains(near.as_str()) || error.help.as_ref().is_some_and(|help| help.contains(near))
        };
        if here.iter().any(names) {
            count.near_found += 1;
        } else {
            writeln!(count.complaints, "{case}: without its near miss `{near}`: {place}: {what}").unwrap();
        }
    }
    let mut counted: Vec<String> = Vec::new();
    for error in errors {
        let here = line(error);
        let mistakes_here = mistakes.iter().filter(|mistake| mistake.lines.contains(&here)).count();
        let before = counted.iter().filter(|line| **line == here).count();
        // One more than mistakes on a line follows from another one.
        if before >= mistakes_here {
            count.false_alarms += 1;
            writeln!(count.complaints, "{case}: false alarm: {here}: {}", error.headline).unwrap();
        }
        counted.push(here);
    }
}

/// All that is said, a finding a paragraph.
fn shown(errors: &[Diagnostic]) -> String {
    let mut out = String::new();
    for error in errors {
        out.push_str(&diag::short::render(error));
        for label in &error.labels {
            if let Place::Text { source, span } = &label.place {
                let (start, end) = (source.position(span.start), source.position(span.end));
                let (start, end) = ((start.line, start.column), (end.line, end.column));
                writeln!(out, "    {}:{}:{}-{}:{}: {}", source.name, start.0, start.1, end.0, end.1, label.text)
                    .unwrap();
            } else {
                writeln!(out, "    {}: {}", label.place.file_name(), label.text).unwrap();
            }
        }
        if let Some(help) = &error.help {
            writeln!(out, "    help: {help}").unwrap();
        }
    }
    out
}
