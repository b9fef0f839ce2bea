//! The specification's scripts: what `types` says of every instantiation, and what the validator says.
//!
//! Out of scope are: what is no type of values (values themselves; types of functions, instances and components as
//! arguments); an argument that is defined in the same section as the instantiation, since the validator says its type
//! only at the section's end; and what is invalid for other reasons than types, as core-level and text-level rules are.

use std::path::Path;

use component::read::verdict::verdicts;
use testing::cases::{directories, entries};
use withe_component as component;

/// What the validator says of an instantiation that is not about types: names, counts, gates, core-level matters.
const NOT_TYPES: &[&str] = &[
    "conflicts with previous argument",
    "out of bounds",
    "not a valid",
    "instance names",
    "cannot be used as",
    "exceeds maximum",
    "limit",
];

#[derive(Debug, Default)]
struct Count {
    fit: usize,
    unfit: usize,
    out_of_scope: usize,
}

#[test]
fn instantiations_are_judged_as_the_validator_judges_them() {
    let folder = match testing::conformance::folder("wast") {
        Ok(folder) => folder,
        Err(why) => return say(&why.to_string()),
    };
    let mut all = Count::default();
    let mut wrong = Vec::new();
    let scripts = directories(&folder).into_iter().flat_map(|area| entries(&area));
    for path in scripts.filter(|path| path.extension().is_some_and(|extension| extension == "wast")) {
        let mut count = Count::default();
        judge(&path, &mut count, &mut wrong);
        if count.fit + count.unfit + count.out_of_scope > 0 {
            let name = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
            say(&format!("{name}: {} fit, {} do not, {} out of scope", count.fit, count.unfit, count.out_of_scope));
        }
        all.fit += count.fit;
        all.unfit += count.unfit;
        all.out_of_scope += count.out_of_scope;
    }
    say(&format!("all: {all:?}"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all.fit >= 260 && all.unfit >= 60, "{all:?}");
}

#[expect(clippy::print_stdout, reason = "what was counted is part of the result")]
fn say(text: &str) {
    println!("{text}");
}

fn judge(path: &Path, count: &mut Count, wrong: &mut Vec<String>) {
    let text = testing::read_text(path).expect("it was just listed");
    for form in components(&text) {
        // What today's text parser refuses is no question of types.
        let Ok(bytes) = wat::parse_str(form) else { continue };
        for verdict in verdicts(&bytes) {
            let there = verdict.there.as_deref();
            let about_types = there.is_none_or(|message| !NOT_TYPES.iter().any(|other| message.contains(other)));
            match (verdict.here, there) {
                (Some(_) | None, _) if !about_types => count.out_of_scope += 1,
                (None, _) => count.out_of_scope += 1,
                (Some(found), None) if found.is_empty() => count.fit += 1,
                (Some(found), Some(_)) if !found.is_empty() => count.unfit += 1,
                (Some(found), there) => {
                    wrong.push(format!("{}: here {found:?}, there {there:?}\n{form}", path.display()))
                }
            }
        }
    }
}

/// Every `(component ..)` at the top of a script or of an assertion.
fn components(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("(component") {
        let from = &rest[at..];
        let Some(len) = form_length(from) else { break };
        found.push(&from[..len]);
        rest = &from[len..];
    }
    found
}

/// The length of the parenthesised form that the text begins with, strings and comments aside.
fn form_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while *bytes.get(at)? != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b';' if bytes[at..].starts_with(b";;") => at += text[at..].find('\n')?,
            b'(' if bytes[at..].starts_with(b"(;") => at += text[at..].find(";)")? + 1,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}
