//! Results of tests as JUnit XML, which CI services read.
//!
//! In: what came of all files. Out: one document: a suite for each file, a case for each test.
//! Holds: whatever a guest has printed, the document is well-formed XML 1.0.

use std::time::Duration;

use diag::Diagnostic;
use diag::human::{Style, render};
use verify::test::TestResult;

use super::Outcome;
use super::report::{Counts, line};

/// The document.
pub(super) fn document(outcomes: &[Outcome]) -> String {
    let results: Vec<&TestResult> = outcomes.iter().flat_map(|outcome| outcome.results.iter().flatten()).collect();
    let failures = results.iter().filter(|result| result.failure.is_some()).count();
    let errors = outcomes.iter().filter(|outcome| outcome.results.is_err()).count();
    let tests = results.len() + errors;
    let time = seconds(results.iter().map(|result| result.time).sum());
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"withe\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{time}\">\n"
    );
    outcomes.iter().for_each(|outcome| suite(&mut text, outcome));
    text.push_str("</testsuites>\n");
    text
}

fn suite(text: &mut String, outcome: &Outcome) {
    let name = attribute(&outcome.name);
    match &outcome.results {
        Ok(results) => {
            let Counts { failed, .. } = Counts::of(results);
            let time = seconds(results.iter().map(|result| result.time).sum());
            text.push_str(&format!(
                "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\" time=\"{time}\">\n",
                results.len(),
            ));
            results.iter().for_each(|result| case(text, &name, result));
        }
        Err(mistakes) => {
            text.push_str(&format!(
                "  <testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0.000\">\n    \
                 <testcase name=\"{name}\" classname=\"{name}\" file=\"{name}\" time=\"0.000\">\n"
            ));
            if let Some(first) = mistakes.0.first() {
                let drawn: String = mistakes.0.iter().map(|mistake| render(mistake, Style::default())).collect();
                told(text, "error", first, &drawn);
            }
            text.push_str("    </testcase>\n");
        }
    }
    text.push_str("  </testsuite>\n");
}

fn case(text: &mut String, file: &str, result: &TestResult) {
    let (name, line, time) = (attribute(&result.name), line(&result.place), seconds(result.time));
    text.push_str(&format!(
        "    <testcase name=\"{name}\" classname=\"{file}\" file=\"{file}\" line=\"{line}\" time=\"{time}\">\n"
    ));
    if let Some(failure) = &result.failure {
        told(text, "failure", failure, &render(failure, Style::default()));
    }
    for (element, printed) in [("system-out", &result.stdout), ("system-err", &result.stderr)] {
        if !printed.is_empty() {
            let printed = content(&String::from_utf8_lossy(printed));
            text.push_str(&format!("      <{element}>{printed}</{element}>\n"));
        }
    }
    text.push_str("    </testcase>\n");
}

fn told(text: &mut String, element: &str, finding: &Diagnostic, drawn: &str) {
    let (message, code, drawn) = (attribute(&finding.headline), finding.code, content(drawn));
    text.push_str(&format!("      <{element} message=\"{message}\" type=\"{code}\">{drawn}</{element}>\n"));
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// Text between tags.
fn content(text: &str) -> String {
    text.chars().map(escaped).collect()
}

/// Text between quotes, where line breaks would be read as spaces.
fn attribute(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            c => out.push_str(&escaped(c)),
        }
    }
    out
}

/// XML 1.0 has no way to write most control characters: they are replaced.
fn escaped(c: char) -> String {
    match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\r' => "&#13;".to_owned(),
        '\n' | '\t' => c.to_string(),
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}'.to_string(),
        c if c.is_control() && u32::from(c) < 0x20 => '\u{fffd}'.to_string(),
        c => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_the_document() {
        assert_eq!(content("a<b>&\u{1b}[2J\r\n\u{0}\u{ffff}"), "a&lt;b&gt;&amp;\u{fffd}[2J&#13;\n\u{fffd}\u{fffd}");
        assert_eq!(attribute("\"a\"\n\tb"), "&quot;a&quot;&#10;&#9;b");
    }
}
