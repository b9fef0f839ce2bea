//! Keywords, and how names and versions are written.
//!
//! In: words and versions as they stand in the text. Out: what is wrong with them, and what was meant.
//! Holds: the same names pass as in WIT: words of letters and digits joined by single hyphens, each word in one
//! case, the first one beginning with a letter.
//!
//! Specification: WAC, "WAC Grammar"; WIT, "Identifiers" and "Keywords".

use std::sync::Arc;

use diag::{Diagnostic, Source};

use super::tree::Span;

/// Words that are names only behind a `%`.
#[rustfmt::skip]
const KEYWORDS: [&str; 40] = [
    "as", "async", "bool", "borrow", "char", "constructor", "enum", "error-context", "export", "f32", "f64", "flags",
    "func", "future", "import", "include", "interface", "list", "option", "package", "record", "resource", "result",
    "s16", "s32", "s64", "s8", "static", "stream", "string", "tuple", "type", "u16", "u32", "u64", "u8", "use",
    "variant", "with", "world",
];

/// Words of compositions: keywords where expressions and statements stand, names in types, as in WIT.
const COMPOSITION: [&str; 3] = ["let", "new", "targets"];

/// Words that are keywords of WIT and mean something only in front of `<`: elsewhere they are names.
const IN_TYPES: [&str; 3] = ["from", "map", "own"];

/// What a statement begins with.
pub(super) const STATEMENTS: [&str; 10] =
    ["import", "let", "export", "interface", "world", "record", "variant", "flags", "enum", "type"];

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

pub(super) fn is_of_composition(word: &str) -> bool {
    COMPOSITION.contains(&word)
}

/// Whether to print a name with `%`, so that it can be read anywhere, by any tool for WIT and WAC.
pub(crate) fn needs_escape(name: &str) -> bool {
    is_keyword(name) || is_of_composition(name) || IN_TYPES.contains(&name)
}

/// What other languages, and WIT, call what a statement begins with.
const ELSEWHERE: [(&str, &str); 9] = [
    ("var", "let"),
    ("const", "let"),
    ("struct", "record"),
    ("union", "variant"),
    ("bitflags", "flags"),
    ("typedef", "type"),
    ("alias", "type"),
    ("trait", "interface"),
    ("component", "world"),
];

/// Which of `choices` a word was meant to be.
pub(super) fn meant(word: &str, choices: &[&'static str]) -> Option<&'static str> {
    let small = word.to_lowercase();
    let elsewhere = ELSEWHERE.iter().find(|(other, here)| *other == small && choices.contains(here));
    if let Some((_, here)) = elsewhere {
        return Some(here);
    }
    let near = *diag::near_misses(&small, choices.iter().copied()).first()?;
    choices.iter().copied().find(|choice| *choice == near)
}

/// What is wrong with a word that is not written as a name.
pub(super) fn wrong_name(source: &Arc<Source>, text: &str, span: Span) -> Option<Diagnostic> {
    let bare = text.strip_prefix('%').unwrap_or(text);
    let reason = reason(bare)?;
    let help = match suggestion(bare) {
        Some(better) if needs_escape(&better) => format!("write `%{better}`"),
        Some(better) => format!("write `{better}`"),
        None => "write words of small letters and digits, with `-` between them".to_owned(),
    };
    let found = diag::error("wac/name", format!("`{text}` is not a name"));
    Some(found.label(span.place(source), reason).help(help))
}

/// Why a text is no name; `None` if it is one.
fn reason(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("has no letters".to_owned());
    }
    text.split('-').enumerate().find_map(|(at, word)| reason_of_word(text, at, word))
}

fn reason_of_word(text: &str, at: usize, word: &str) -> Option<String> {
    let Some(first) = word.chars().next() else {
        return Some(hyphen(text).to_owned());
    };
    if let Some(odd) = word.chars().find(|c| !c.is_ascii_alphanumeric()) {
        return Some(format!("`{odd}` cannot be in a name"));
    }
    if at == 0 && first.is_ascii_digit() {
        return Some("begins with a digit".to_owned());
    }
    let mixed = word.contains(|c: char| c.is_ascii_uppercase()) && word.contains(|c: char| c.is_ascii_lowercase());
    mixed.then(|| format!("`{word}` mixes capitals and small letters"))
}

fn hyphen(text: &str) -> &'static str {
    if text.starts_with('-') {
        "begins with `-`"
    } else if text.ends_with('-') {
        "ends with `-`"
    } else {
        "has two `-` side by side"
    }
}

/// The name that was meant: `userName`, `user_name` and `User-Name` are all `user-name`, and `user_ID` is `user-ID`.
fn suggestion(text: &str) -> Option<String> {
    let words = text.split(['_', '-']).filter(|word| !word.is_empty());
    let name = words.map(in_one_case).collect::<Option<Vec<String>>>()?.join("-");
    (name != text && reason(&name).is_none()).then_some(name)
}

/// `HTTPServer` as `http-server`; a word in one case as it is.
fn in_one_case(word: &str) -> Option<String> {
    if !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    if reason(word).is_none() {
        return Some(word.to_owned());
    }
    let letters = word.as_bytes();
    let mut out = String::with_capacity(word.len() + 4);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let after_small = before.is_some_and(|before| !before.is_ascii_uppercase());
        let ends_acronym = before.is_some() && letters.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (after_small || ends_acronym) {
            out.push('-');
        }
        out.push(char::from(letter.to_ascii_lowercase()));
    }
    Some(out)
}

/// A version, or what is wrong with it.
pub(super) fn version(source: &Arc<Source>, text: &str, span: Span) -> Result<semver::Version, Diagnostic> {
    semver::Version::parse(text).map_err(|_| {
        let help = match whole_version(text) {
            Some(whole) => format!("write `{whole}`"),
            None => "write three numbers: `1.0.0`".to_owned(),
        };
        diag::error("wac/version", format!("`{text}` is not a version"))
            .label(span.place(source), version_fault(text))
            .help(help)
    })
}

/// Why a text is no version.
fn version_fault(text: &str) -> &'static str {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    if numbers.split('.').any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return "not of the form `1.0.0`";
    }
    match numbers.split('.').count() {
        1 => "has one number, not three",
        2 => "has two numbers, not three",
        3 if numbers.split('.').any(|part| part.len() > 1 && part.starts_with('0')) => "a number begins with 0",
        3 => "not of the form `1.0.0`",
        _ => "has more than three numbers",
    }
}

/// `1`, `v1.2` and `1.02.0` as the versions that are meant.
fn whole_version(text: &str) -> Option<String> {
    let text = text.trim_start_matches(['v', 'V']).trim_end_matches('.');
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let mut parts = numbers.split('.').map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<u64>>>()?;
    parts.resize(3, 0);
    let numbers: Vec<String> = parts.iter().map(ToString::to_string).collect();
    let whole = format!("{}{rest}", numbers.join("."));
    semver::Version::parse(&whole).ok().map(|_| whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["a", "A", "a-b", "a-B", "a-1", "a1b", "x-Y-z", "a-1A", "%list"] {
            let bare = name.trim_start_matches('%');
            assert_eq!(reason(bare), None, "{name}");
        }
        for name in ["", "a--b", "a-", "-a", "1a", "a_b", "aB", "é", "_", "a-é", "a-1aB"] {
            assert!(reason(name).is_some(), "{name}");
        }
    }

    #[test]
    fn what_was_meant() {
        assert_eq!(suggestion("userName").as_deref(), Some("user-name"));
        assert_eq!(suggestion("HTTPServer").as_deref(), Some("http-server"));
        assert_eq!(suggestion("a--b-").as_deref(), Some("a-b"));
        assert_eq!(suggestion("é"), None);
        assert_eq!(whole_version("v1.2-rc1").as_deref(), Some("1.2.0-rc1"));
        assert_eq!(whole_version("1.02.3.4").as_deref(), Some("1.2.3"));
        assert_eq!(whole_version("x"), None);
        assert_eq!(meant("lte", &STATEMENTS), Some("let"));
        assert_eq!(meant("struct", &STATEMENTS), Some("record"));
    }
}
