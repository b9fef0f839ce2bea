//! Which packages a text refers to.
//!
//! In: WIT text, correct or not. Out: the packages it declares, and those it names, with their places.
//! Holds: nothing is accepted or refused here; what only looks like a reference does no harm, since the packages that
//! are found are read by `load` all the same.

use std::ops::Range;

use crate::scan::{Token, tokens};

/// A package that a text names: `wasi:http/types@0.2.3` names `wasi:http` in version `0.2.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// `namespace:name`
    pub package: String,
    /// As it is written.
    pub version: Option<String>,
    pub span: Range<usize>,
}

/// The packages that a text declares, by `package NAME;` and `package NAME { .. }`.
pub fn declared_packages(text: &str) -> Vec<Reference> {
    let tokens = tokens(text);
    (0..tokens.len()).filter(|at| tokens[*at].text == "package").filter_map(|at| named(text, &tokens, at + 1)).collect()
}

/// The packages whose interfaces and worlds a text uses, imports, exports or includes.
pub fn references(text: &str) -> Vec<Reference> {
    let tokens = tokens(text);
    (0..tokens.len()).filter_map(|at| used(text, &tokens, at)).collect()
}

/// `ns:name[@version]`
fn named(text: &str, tokens: &[Token<'_>], at: usize) -> Option<Reference> {
    let [namespace, colon, name] = tokens.get(at..at + 3)? else { return None };
    if colon.text != ":" || !is_name(namespace) || !is_name(name) {
        return None;
    }
    let package = format!("{}:{}", namespace.text, name.text);
    let span = namespace.range.start..name.range.end;
    Some(with_version(text, tokens, at + 3, Reference { package, version: None, span }))
}

/// `ns:name/item[@version]`
fn used(text: &str, tokens: &[Token<'_>], at: usize) -> Option<Reference> {
    let [namespace, colon, name, slash, item] = tokens.get(at..at + 5)? else { return None };
    if colon.text != ":" || slash.text != "/" || ![namespace, name, item].into_iter().all(is_name) {
        return None;
    }
    let package = format!("{}:{}", namespace.text, name.text);
    let span = namespace.range.start..item.range.end;
    Some(with_version(text, tokens, at + 5, Reference { package, version: None, span }))
}

fn with_version(text: &str, tokens: &[Token<'_>], at: usize, of: Reference) -> Reference {
    let Some(sign) = tokens.get(at).filter(|token| token.text == "@" && token.range.start == of.span.end) else {
        return of;
    };
    let mut end = sign.range.end;
    let mut rest = tokens[at + 1..].iter().peekable();
    while let Some(token) = rest.next() {
        // A dot belongs to the version only if it goes on: `use a:b/c@1.0.0.{d}`.
        let goes_on = |next: &&Token<'_>| next.range.start == token.range.end && is_word(next);
        let is_part = is_word(token) || matches!(token.text, "." | "+") && rest.peek().is_some_and(goes_on);
        if token.range.start != end || !is_part {
            break;
        }
        end = token.range.end;
    }
    let version = text[sign.range.end..end].to_owned();
    let span = of.span.start..end;
    Reference { version: (!version.is_empty()).then_some(version), span, ..of }
}

fn is_word(token: &Token<'_>) -> bool {
    token.text.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

fn is_name(token: &Token<'_>) -> bool {
    is_word(token) && token.text.starts_with(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(found: Vec<Reference>) -> Vec<String> {
        let version = |one: &Reference| one.version.as_ref().map(|v| format!("@{v}")).unwrap_or_default();
        found.iter().map(|one| format!("{}{}", one.package, version(one))).collect()
    }

    #[test]
    fn what_is_named_is_found() {
        let text = "package a:b@1.0.0-rc.1+x;\n// use no:no/no;\ninterface i { use c:d/e@1.2.3-a.{f}; use g:h/i.{j}; }\n\
            world w { import k:l/m; include %n:o/p@0.1.0; export i: interface { x: func(y: u8); } }\npackage q:r { }";
        assert_eq!(shown(declared_packages(text)), ["a:b@1.0.0-rc.1+x", "q:r"]);
        assert_eq!(shown(references(text)), ["c:d@1.2.3-a", "g:h", "k:l", "n:o@0.1.0"]);
        let span = references(text)[0].span.clone();
        assert_eq!(&text[span], "c:d/e@1.2.3-a");
        assert_eq!(shown(references("use a:b/c@;")), ["a:b"]);
    }

    #[test]
    fn fuzz_references_stand_in_the_text() {
        testing::seeds::check("fuzz_references_stand_in_the_text", 200, |random| {
            let parts =
                ["package ", "a:b", "/c", "@", "1.2", ".", "0-r", "+", "{", "}", ";", "use ", "//", "\n", "é", "%"];
            let text: String = (0..random.below(30)).map(|_| parts[random.below(parts.len())]).collect();
            for one in references(&text).into_iter().chain(declared_packages(&text)) {
                assert!(text.get(one.span.clone()).is_some_and(|found| !found.is_empty()), "{text:?}: {one:?}");
            }
        });
    }
}
