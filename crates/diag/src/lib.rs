//! Diagnostics: what users are told, as data.
//!
//! In: what a stage found wrong. Out: `Diagnostic` values, drawn by the renderers in `human`, `short`,
//! `json`, `sarif` and `github`.
//! Holds: a diagnostic owns all that a renderer needs (texts included), so stages return it and print nothing.

mod clean;
pub mod github;
pub mod human;
pub mod json;
pub mod place;
pub mod sarif;
pub mod short;

use std::fmt;

pub use place::{Place, Position, Source};

/// A stable name for a kind of finding, `area/kebab-name`; `withe explain` shows its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How much a finding matters: only `Error` makes a command fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

impl Severity {
    /// `error`, `warning`, `note`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A place and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub place: Place,
    pub text: String,
}

/// One finding.
///
/// The headline stands alone: lower case, no full stop, names in backticks.
/// The first label is the smallest construct at fault; further labels are context.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    pub headline: String,
    pub labels: Vec<Label>,
    /// One action that mends it.
    pub help: Option<String>,
    /// The name that it is about, as it was asked for: for callers that know more of it, not shown.
    pub about: Option<Box<str>>,
}

/// Starts an error with the given code.
pub fn error(code: &'static str, headline: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Severity::Error, code, headline)
}

/// Starts a warning with the given code.
pub fn warning(code: &'static str, headline: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Severity::Warning, code, headline)
}

/// Starts a note with the given code.
pub fn note(code: &'static str, headline: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Severity::Note, code, headline)
}

impl Diagnostic {
    fn new(severity: Severity, code: &'static str, headline: impl Into<String>) -> Self {
        Self { code: Code(code), severity, headline: headline.into(), labels: Vec::new(), help: None, about: None }
    }

    pub fn label(mut self, place: Place, text: impl Into<String>) -> Self {
        self.labels.push(Label { place, text: text.into() });
        self
    }

    /// The first place that has lines: what editors and annotations can show of a finding about a binary.
    pub fn place_in_text(&self) -> Option<&Place> {
        self.labels.iter().map(|label| &label.place).find(|place| matches!(place, Place::Text { .. }))
    }

    /// Names what the finding is about.
    pub fn about(mut self, name: impl Into<Box<str>>) -> Self {
        self.about = Some(name.into());
        self
    }

    pub fn help(mut self, action: impl Into<String>) -> Self {
        self.help = Some(action.into());
        self
    }
}

/// What a stage returns when the input has errors: all that were found, at least one of them an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl From<Diagnostic> for Diagnostics {
    fn from(one: Diagnostic) -> Self {
        Self(vec![one])
    }
}

/// The result of a stage.
pub type Result<T> = std::result::Result<T, Diagnostics>;

/// Only these many candidates are looked at, and only names of at most `LONGEST_COMPARED` bytes: what cannot be
/// a slip of the finger must not cost time.
const MOST_COMPARED: usize = 1000;
const LONGEST_COMPARED: usize = 256;

/// The candidates that resemble `name`, best first, three at most: for "did you mean".
pub fn near_misses<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if name.len() > LONGEST_COMPARED {
        return Vec::new();
    }
    let mut scored: Vec<(f64, &str)> = candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST_COMPARED)
        .take(MOST_COMPARED)
        .filter_map(|candidate| Some((likeness(name, candidate)?, candidate)))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// How alike two names are, up to 1, if one may be a slip for the other.
fn likeness(name: &str, candidate: &str) -> Option<f64> {
    const LEAST: f64 = 0.8;
    const SWAPPED: f64 = 0.95;
    if name.eq_ignore_ascii_case(candidate) {
        return Some(1.0);
    }
    let alike = strsim::jaro_winkler(name, candidate);
    // One wrong letter, or two that changed places, weigh too much in short names: `f23` is `f32` all the same.
    let similar_length = name.len() > 2 && candidate.len() > 2 && name.len().abs_diff(candidate.len()) <= 1;
    let one_slip = similar_length && strsim::osa_distance(name, candidate) == 1;
    let swapped = one_slip && name.len() == candidate.len() && strsim::hamming(name, candidate) == Ok(2);
    match (swapped, one_slip) {
        (true, _) => Some(alike.max(SWAPPED)),
        (false, true) => Some(alike.max(LEAST)),
        (false, false) => (alike > LEAST).then_some(alike),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_short_and_long_names_are_known() {
        assert_eq!(near_misses("f23", ["f32", "f64", "u32", "bool"]), ["f32"]);
        assert_eq!(near_misses("u46", ["u16", "u32", "u64"]), ["u64", "u16"]);
        assert_eq!(near_misses("U32", ["u16", "u32"])[0], "u32");
        assert_eq!(near_misses("stirng", ["string", "stream"]), ["string"]);
        assert_eq!(near_misses("fnc", ["func", "flags"]), ["func"]);
        assert_eq!(near_misses("b", ["a", "c"]), [""; 0]);
        assert_eq!(near_misses("duration", ["reading", "status"]), [""; 0]);
    }
}
