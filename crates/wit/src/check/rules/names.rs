//! How names and versions are written.
//!
//! In: names of any kind. Out: those that are no names, with the nearest name that is one.
//! Holds: the same names pass as in wit-parser: words of letters and digits joined by single hyphens,
//! each word in one case, the first one beginning with a letter.
//!
//! Specification: "WIT", "Identifiers".

use super::Report;
use crate::syntax::KEYWORDS;
use crate::syntax::ast::{Name, PackageName, Path, VersionText};

pub(super) fn check(report: &mut Report<'_>, name: &Name) {
    let Some(reason) = reason(&name.text) else { return };
    if report.is_torn(&name.span) {
        return;
    }
    let help = match suggestion(&name.text) {
        Some(better) if KEYWORDS.contains(&better.as_str()) => format!("write `%{better}`"),
        Some(better) => format!("write `{better}`"),
        None => "write words of small letters and digits, with `-` between them".to_owned(),
    };
    let found = diag::error("wit/name", format!("`{}` is not a name in WIT", name.text));
    report.add(found.label(report.place(&name.span), reason).help(help));
}

pub(super) fn package(report: &mut Report<'_>, name: &PackageName) {
    check(report, &name.namespace);
    check(report, &name.name);
    if let Some(version) = &name.version {
        self::version(report, version);
    }
}

pub(super) fn path(report: &mut Report<'_>, path: &Path) {
    if let Some(name) = &path.package {
        package(report, name);
    }
    check(report, &path.item);
}

pub(super) fn version(report: &mut Report<'_>, version: &VersionText) {
    check_version(report, &version.text, &version.span);
}

/// Whether it is a version; if not, that is said.
pub(super) fn check_version(report: &mut Report<'_>, text: &str, span: &crate::syntax::ast::Span) {
    if semver::Version::parse(text).is_ok() || report.is_torn(span) {
        return;
    }
    let help = match whole_version(text) {
        Some(whole) => format!("write `{whole}`"),
        None => "write three numbers: `1.0.0`".to_owned(),
    };
    let found = diag::error("wit/invalid-version", format!("`{text}` is not a version"));
    report.add(found.label(report.place(span), version_fault(text)).help(help));
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
    let text = text.trim_start_matches(['v', 'V']);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let mut parts = Vec::new();
    for part in numbers.split('.') {
        parts.push(part.parse::<u64>().ok()?);
    }
    parts.resize(parts.len().max(3), 0);
    let numbers: Vec<String> = parts.iter().take(3).map(ToString::to_string).collect();
    let whole = format!("{}{rest}", numbers.join("."));
    semver::Version::parse(&whole).ok().map(|_| whole)
}

/// The name that was meant by a text that is none.
pub(in crate::check) fn meant_name(text: &str) -> Option<String> {
    if is_name(text) { None } else { suggestion(text) }
}

fn is_name(text: &str) -> bool {
    reason(text).is_none()
}

/// Why a text is no name; `None` if it is one.
fn reason(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("has no letters".to_owned());
    }
    for (at, word) in text.split('-').enumerate() {
        let Some(first) = word.chars().next() else {
            return Some(hyphen(text));
        };
        if let Some(odd) = word.chars().find(|c| !c.is_ascii_alphanumeric()) {
            return Some(format!("`{odd}` cannot be in a name"));
        }
        if at == 0 && first.is_ascii_digit() {
            return Some("begins with a digit".to_owned());
        }
        if word.contains(|c: char| c.is_ascii_uppercase()) && word.contains(|c: char| c.is_ascii_lowercase()) {
            return Some(format!("`{word}` mixes capitals and small letters"));
        }
    }
    None
}

fn hyphen(text: &str) -> String {
    if text.starts_with('-') {
        "begins with `-`".to_owned()
    } else if text.ends_with('-') {
        "ends with `-`".to_owned()
    } else {
        "has two `-` side by side".to_owned()
    }
}

/// The name that was meant: `userName`, `user_name` and `User-Name` are all `user-name`, and `user_ID` is `user-ID`.
fn suggestion(text: &str) -> Option<String> {
    let words = text.split(['_', '-']).filter(|word| !word.is_empty());
    let name = words.map(in_one_case).collect::<Option<Vec<String>>>()?.join("-");
    (name != text && is_name(&name)).then_some(name)
}

/// `HTTPServer` as `http-server`; a word in one case as it is.
fn in_one_case(word: &str) -> Option<String> {
    if !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    if is_name(word) {
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

/// What names have in common that count as the same: hyphens and capitals are left out.
pub(super) fn folded(text: &str) -> String {
    text.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_as_wit_parser_does() {
        let names = [
            "a", "A", "a-b", "a-B", "A1-2-3", "a-1", "a--b", "a-", "-a", "1a", "a_b", "aB", "aBc", "é", "", "a1b",
            "A1b", "a-1B", "a-é", "_", "x-Y-z", "a-b1-", "1", "a-1a", "a-1A",
        ];
        for name in names {
            assert_eq!(reason(name).is_none(), wit_parser::validate_id(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn names_are_mended() {
        let mended = |text| suggestion(text).unwrap_or_default();
        assert_eq!(mended("userName"), "user-name");
        assert_eq!(mended("user_name"), "user-name");
        assert_eq!(mended("HTTPServer"), "http-server");
        assert_eq!(mended("is_XML"), "is-XML");
        assert_eq!(mended("Ops"), "ops");
        assert_eq!(mended("a_2b"), "a-2b");
        assert_eq!(mended("_x_"), "x");
        assert_eq!(mended("a--b-"), "a-b");
        assert_eq!(mended("1a"), "");
        assert_eq!(mended("é"), "");
    }

    #[test]
    fn versions_are_completed() {
        assert_eq!(whole_version("1").as_deref(), Some("1.0.0"));
        assert_eq!(whole_version("v1.2-rc1").as_deref(), Some("1.2.0-rc1"));
        assert_eq!(whole_version("1.02.3").as_deref(), Some("1.2.3"));
        assert_eq!(whole_version("x"), None);
    }
}
