//! A light reading of WIT text, for diagnostics and for package headers.
//!
//! In: WIT text, correct or not. Out: its words and marks with their places, and what is declared in it.
//! Holds: it never accepts or refuses anything; comments and documentation are passed over.

use std::ops::Range;

/// A word (`%` left out) or one character of punctuation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub text: &'a str,
    pub range: Range<usize>,
}

/// Words that are followed by the name they declare.
const DECLARING: [&str; 8] = ["interface", "world", "type", "record", "variant", "enum", "flags", "resource"];

/// The words and marks of a text.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    Tokens { text, at: 0 }.collect()
}

/// The words and marks of a text, as they are asked for.
struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let start = self.at;
            let rest = &self.text[start..];
            let first = rest.chars().next()?;
            let token = |len: usize| Some(Token { text: &rest[..len], range: start..start + len });
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += block_comment(rest);
            } else if is_word(first) {
                let len = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                self.at += len;
                return token(len);
            } else if first == '"' {
                self.at += rest[1..].find('"').map_or(rest.len(), |end| end + 2);
            } else {
                self.at += first.len_utf8();
                if !first.is_whitespace() && first != '%' {
                    return token(first.len_utf8());
                }
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

/// The length of a comment that begins with `/*`; such comments nest.
fn block_comment(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    text.len()
}

/// The package that a text's header declares.
pub fn declared_package(text: &str) -> Option<String> {
    header(text).map(|(name, _)| name)
}

/// The package name in a file's header, `package NAME;`, and where it stands.
pub(crate) fn header(text: &str) -> Option<(String, Range<usize>)> {
    // No more is read than the header: the rest may be long.
    let mut tokens = Tokens { text, at: 0 };
    if tokens.next()?.text != "package" {
        return None;
    }
    let mut name = String::new();
    let mut range: Option<Range<usize>> = None;
    for token in tokens {
        match token.text {
            ";" => return Some((name, range?)),
            "{" => return None,
            part => name.push_str(part),
        }
        let start = range.map_or(token.range.start, |before| before.start);
        range = Some(start..token.range.end);
    }
    None
}

/// The names that interfaces, worlds, types and `use`s of a text declare.
pub(crate) fn declared(text: &str) -> Vec<&str> {
    let tokens = tokens(text);
    let mut names = Vec::new();
    for pair in tokens.windows(2) {
        if DECLARING.contains(&pair[0].text) && pair[1].text.starts_with(char::is_alphabetic) {
            names.push(pair[1].text);
        }
    }
    names
}

/// The features that gates of a text name.
pub(crate) fn features(text: &str) -> Vec<&str> {
    // Most texts have none.
    if !text.contains("unstable") {
        return Vec::new();
    }
    let tokens = tokens(text);
    let of = |gate: &[Token<'_>]| ["unstable", "(", "feature", "="].iter().zip(gate).all(|(one, at)| at.text == *one);
    tokens.windows(5).filter(|gate| of(gate)).map(|gate| gate[4].text).collect()
}

/// The nearest declaration of `name` that ends before `before`.
pub(crate) fn earlier_declaration(text: &str, name: &str, before: usize) -> Option<Range<usize>> {
    let tokens = tokens(text.get(..before)?);
    let declares = |at: usize| {
        let previous = at.checked_sub(1).map_or("", |at| tokens[at].text);
        let next = tokens.get(at + 1).map_or("", |token| token.text);
        next == ":"
            || DECLARING.contains(&previous)
            || ["import", "export", "include", "as"].contains(&previous)
            || (["{", ","].contains(&previous) && [",", "}", "("].contains(&next))
    };
    let named = |token: &Token<'_>| token.text.eq_ignore_ascii_case(name);
    (0..tokens.len()).rev().find(|at| named(&tokens[*at]) && declares(*at)).map(|at| tokens[at].range.clone())
}

/// The interface, world or type of that name that a text declares.
pub(crate) fn top_declaration(text: &str, name: &str) -> Option<Range<usize>> {
    let tokens = tokens(text);
    let pair = tokens.windows(2).find(|pair| DECLARING.contains(&pair[0].text) && pair[1].text == name)?;
    Some(pair[1].range.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_behind_comments() {
        let text = "// x\n/* a /* b */ */ /// docs\npackage  foo:bar@1.2.3-rc.1;\nworld w {}";
        let (name, range) = header(text).unwrap();
        assert_eq!(name, "foo:bar@1.2.3-rc.1");
        assert_eq!(&text[range], "foo:bar@1.2.3-rc.1");
        assert_eq!(header("package a:b { }"), None);
        assert_eq!(header("interface x {}"), None);
        assert_eq!(header("package"), None);
        assert_eq!(header("/* never ends"), None);
    }

    #[test]
    fn features_are_those_of_gates() {
        let text =
            "@unstable(feature = a-b) f: func(); // @unstable(feature = c)\n@unstable ( feature=d ) unstable: u8;";
        assert_eq!(features(text), ["a-b", "d"]);
    }

    #[test]
    fn declarations_are_found() {
        assert_eq!(declared("interface a { record %b { c: u8 } /* type d */ }"), ["a", "b"]);
        let text = "record r { a: u8, b: u8, a: u8 }";
        assert_eq!(earlier_declaration(text, "a", 25), Some(11..12));
        assert_eq!(earlier_declaration("enum e { a, a }", "a", 12), Some(9..10));
    }
}
