//! The check of tests and debug builds: what was written is read back and is the plan that it was written from.
//!
//! Holds: handles are compared by where they are defined, not by their numbers;
//! a label that looks like a handle (`type1`) is compared as one.

use std::collections::HashMap;

use crate::plan::{Body, Plan, ROOT, Step};
use crate::read::structure;

/// The sorts of handles, as a dump writes them.
const SORTS: &[&str] = &[
    "type",
    "instance",
    "func",
    "component",
    "core-module",
    "core-instance",
    "core-type",
    "core-func",
    "core-table",
    "core-memory",
    "core-global",
    "core-tag",
];

/// Panics if the bytes do not say what the plan says.
pub(super) fn check(plan: &Plan<'_>, bytes: &[u8]) {
    let Some(read) = structure(bytes) else {
        // Beyond the format's limits: a name of a megabyte, ten thousand parameters. Who emits also validates.
        assert!(wasm::validate(bytes).is_err(), "a plan is written as what a plan cannot say");
        return;
    };
    let (wanted, found) = (renumbered(&plan.outline()), renumbered(&read.outline()));
    assert!(wanted == found, "the bytes do not say what the plan says\n--- plan\n{wanted}\n--- bytes\n{found}");
    assert!(read.customs() == plan.customs(), "the custom sections are not the planned ones");
    for (planned, found) in plan.steps(ROOT).iter().zip(read.steps(ROOT)) {
        let same = match (planned, found) {
            (Step::CoreModule { bytes: planned, .. }, Step::CoreModule { bytes: found, .. })
            | (Step::Component { body: Body::Bytes(planned), .. }, Step::Component { body: Body::Bytes(found), .. }) => {
                planned == found
            }
            // A nested plan was checked when it was written.
            _ => true,
        };
        assert!(same, "an embedded module or component is not the planned one");
    }
}

/// The text with handles numbered as they first appear; quoted text stays.
fn renumbered(text: &str) -> String {
    let mut numbers: HashMap<&str, HashMap<&str, usize>> = HashMap::new();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            let (quoted, after) = rest.split_at(quoted_len(rest));
            out.push_str(quoted);
            rest = after;
            continue;
        }
        let len = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len());
        let (word, after) = rest.split_at(len.max(first.len_utf8()));
        let (sort, number) = word.split_at(word.trim_end_matches(|c: char| c.is_ascii_digit()).len());
        if !number.is_empty() && SORTS.contains(&sort) {
            let seen = numbers.entry(sort).or_default();
            let next = seen.len();
            out.push_str(&format!("{sort}{}", seen.entry(number).or_insert(next)));
        } else {
            out.push_str(word);
        }
        rest = after;
    }
    out
}

/// The length of the quoted text that `text` begins with.
fn quoted_len(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    text.len()
}
