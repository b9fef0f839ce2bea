//! What came of all tests, told in the chosen format.
//!
//! Holds: a line for each file on standard output, behind it its failures on standard error; nothing of what is told
//! depends on which test was done first, but for the times in JSON and JUnit.

use diag::{Diagnostics, Place};
use serde_json::{Value, json};
use verify::test::TestResult;

use super::files::{TestFile, is_chosen};
use super::{Outcome, is_for_people, junit};
use crate::cli::{Format, TestArgs};
use crate::{Exit, Io};

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) updated: usize,
}

impl Counts {
    pub(super) fn of(results: &[TestResult]) -> Self {
        let mut counts = Self::default();
        for result in results {
            match outcome(result) {
                "passed" => counts.passed += 1,
                "updated" => counts.updated += 1,
                _ => counts.failed += 1,
            }
        }
        counts
    }

    pub(super) fn all(self) -> usize {
        self.passed + self.failed + self.updated
    }

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.updated += other.updated;
    }

    fn text(self) -> String {
        let parts = [(self.passed, "passed"), (self.failed, "failed"), (self.updated, "updated")];
        let said = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        let said: Vec<String> = said.collect();
        if said.is_empty() { "no test".to_owned() } else { said.join(", ") }
    }
}

/// A test that failed is so even if some of its values were updated.
pub(super) fn outcome(result: &TestResult) -> &'static str {
    match (&result.failure, result.edits.is_empty()) {
        (Some(_), _) => "failed",
        (None, false) => "updated",
        (None, true) => "passed",
    }
}

/// The line on which a test's name stands.
pub(super) fn line(place: &Place) -> usize {
    match place {
        Place::Text { source, span } => source.position(span.start).line,
        Place::Binary { .. } | Place::File { .. } => 0,
    }
}

/// Names the tests that would run.
pub(super) fn list(files: &[TestFile], args: &TestArgs, io: &mut Io) -> Exit {
    let mut exit = Exit::OK;
    let mut listed = Vec::new();
    for file in files {
        match &file.read {
            Ok((suite, _)) => {
                let tests: Vec<&str> = suite.tests().filter(|test| is_chosen(args, &file.name, test)).collect();
                if io.format != Format::Junit {
                    tests.iter().for_each(|test| io.print(&format!("{}: {test}\n", file.name)));
                }
                let tests: Vec<Value> = tests.iter().map(|test| json!({ "name": test })).collect();
                listed.push(json!({ "file": file.name, "tests": tests }));
            }
            Err(Diagnostics(found)) => {
                io.report_all(found.clone());
                exit = Exit::INPUT;
            }
        }
    }
    io.set_result(json!({ "files": listed }));
    exit
}

/// Tells everything, and gives the exit status.
pub(in crate::commands) fn report(outcomes: Vec<Outcome>, io: &mut Io) -> Exit {
    if io.format == Format::Junit {
        let document = junit::document(&outcomes);
        if let Err(Diagnostics(found)) = io.write_stdout(document.as_bytes()) {
            io.report_all(found);
        }
    }
    let mut counts = Counts::default();
    let mut unread = 0;
    let mut files = Vec::new();
    let number = outcomes.len();
    for Outcome { name, results } in outcomes {
        match results {
            Ok(results) => {
                let own = Counts::of(&results);
                counts.add(own);
                say_file(&name, &results, own, io);
                files.push(file_as_json(&name, &results));
                io.report_all(results.into_iter().filter_map(|result| result.failure));
            }
            Err(Diagnostics(found)) => {
                unread += 1;
                if is_for_people(io) {
                    io.print(&format!("{name}: not run\n"));
                }
                files.push(json!({ "file": name, "outcome": "mistakes", "tests": [] }));
                io.report_all(found);
            }
        }
    }
    say_summary(counts, number, unread, io);
    let Counts { passed, failed, updated } = counts;
    io.set_result(json!({ "passed": passed, "failed": failed, "updated": updated, "files": files }));
    if failed == 0 && unread == 0 { Exit::OK } else { Exit::INPUT }
}

fn say_file(name: &str, results: &[TestResult], counts: Counts, io: &mut Io) {
    if !is_for_people(io) {
        return;
    }
    io.print(&format!("{name}: {}\n", counts.text()));
    if io.verbose > 0 {
        for result in results {
            io.print(&format!("  {} {}\n", outcome(result), result.name));
        }
    }
}

fn say_summary(counts: Counts, files: usize, unread: usize, io: &mut Io) {
    if !is_for_people(io) {
        return;
    }
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let mut said = Vec::new();
    if counts.failed > 0 {
        said.push(format!("{} failed", counts.failed));
    }
    if counts.updated > 0 {
        said.push(format!("{} updated", counts.updated));
    }
    if unread > 0 {
        said.push(format!("{} with mistakes", plural(unread, "file")));
    }
    let said = if said.is_empty() { "all passed".to_owned() } else { said.join(", ") };
    io.print(&format!("{} in {}: {said}\n", plural(counts.all(), "test"), plural(files, "file")));
}

fn file_as_json(name: &str, results: &[TestResult]) -> Value {
    let tests = results.iter().map(|result| {
        json!({
            "name": result.name,
            "line": line(&result.place),
            "outcome": outcome(result),
            "milliseconds": result.time.as_secs_f64() * 1000.0,
            "failure": result.failure.as_ref().map(|failure| failure.headline.clone()),
            "stdout": String::from_utf8_lossy(&result.stdout),
            "stderr": String::from_utf8_lossy(&result.stderr),
        })
    });
    let counts = Counts::of(results);
    let outcome = if counts.failed > 0 { "failed" } else { "passed" };
    json!({ "file": name, "outcome": outcome, "tests": tests.collect::<Vec<_>>() })
}
