//! Public scripts: each has the verdict that the reference gives, and a refusal shows the same token.
//!
//! The scripts stand beside the project's checkout; without them the tests say that they did not run.
#![expect(clippy::print_stderr, reason = "the counts are the report")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::{Diagnostic, Place, Source};
use testing::{cases, conformance, read_text};
use withe_wac::{Parsed, parse, print};

/// The scripts in a folder of vectors, without those in folders inside; nothing if the vectors are not here.
fn scripts(area: &str) -> Vec<PathBuf> {
    let folder = match conformance::folder(area) {
        Ok(folder) => folder,
        Err(why) => {
            eprintln!("{why}");
            return Vec::new();
        }
    };
    cases::entries(&folder).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "wac")).collect()
}

fn read(path: &Path) -> Parsed {
    let text = read_text(path).expect("a vector can be read");
    parse(Arc::new(Source::new(path.file_name().expect("a file").to_string_lossy(), text)))
}

fn drawn(problems: &[Diagnostic]) -> String {
    let style = diag::human::Style { color: false, width: 120 };
    problems.iter().map(|one| diag::human::render(one, style)).collect()
}

/// The bytes that a diagnostic shows first.
fn shown(problem: &Diagnostic) -> std::ops::Range<usize> {
    match &problem.labels[0].place {
        Place::Text { span, .. } => span.clone(),
        Place::Binary { .. } | Place::File { .. } => panic!("a script is a text"),
    }
}

/// What the reference's message underlines: where it begins, and how many characters it has.
fn underlined(result: &str, text: &str) -> (usize, usize) {
    let place = result.split_once("─[").expect("a place").1.split_once(']').expect("a place").0;
    let mut numbers = place.rsplit(':').map(|number| number.parse::<usize>().expect("a number"));
    let (column, line) = (numbers.next().expect("a column"), numbers.next().expect("a line"));
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let mark = result.lines().find(|line| line.contains('┬')).expect("an underline");
    (start + column - 1, mark.chars().filter(|char| matches!(char, '─' | '┬')).count())
}

#[test]
fn accepted_scripts_are_read() {
    let areas = ["wac/parser", "wac/resolution", "wac/resolution/fail", "wac/encoding", "wac/encoding/fail"];
    let all: Vec<PathBuf> = areas.iter().flat_map(|area| scripts(area)).collect();
    for path in &all {
        let parsed = read(path);
        assert!(parsed.problems.is_empty(), "{}:\n{}", path.display(), drawn(&parsed.problems));
        assert!(parsed.script.package.is_some());
    }
    eprintln!("{} scripts read", all.len());
    assert!(all.is_empty() || all.len() >= 110, "{} scripts", all.len());
}

#[test]
fn refused_scripts_show_the_token_at_fault() {
    let all = scripts("wac/parser/fail");
    for path in &all {
        let parsed = read(path);
        let [problem] = parsed.problems.as_slice() else {
            panic!("{}: not one error:\n{}", path.display(), drawn(&parsed.problems));
        };
        let result = read_text(&path.with_extension("wac.result")).expect("its result");
        let (start, len) = underlined(&result, &parsed.source.text);
        let found = shown(problem);
        // At the end of the text the reference shows the last character; we show the place behind it.
        let expected = if result.contains("end of input") { start + 1..start + 1 } else { start..start + len };
        assert_eq!(found, expected, "{}:\n{}{result}", path.display(), drawn(&parsed.problems));
    }
    eprintln!("{} scripts refused", all.len());
    assert!(all.is_empty() || all.len() >= 15, "{} scripts", all.len());
}

#[test]
fn printed_scripts_read_as_the_same() {
    let areas = ["wac/parser", "wac/resolution", "wac/resolution/fail", "wac/encoding", "wac/encoding/fail"];
    for path in areas.iter().flat_map(|area| scripts(area)) {
        let parsed = read(&path);
        let printed = print(&parsed.script);
        let again = parse(Arc::new(Source::new("printed.wac", printed.clone())));
        assert!(again.problems.is_empty(), "{}:\n{printed}\n{}", path.display(), drawn(&again.problems));
        assert_eq!(again.script, parsed.script, "{}:\n{printed}", path.display());
        assert_eq!(print(&again.script), printed, "{}", path.display());
    }
}
