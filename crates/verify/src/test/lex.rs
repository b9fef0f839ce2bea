//! Tokens of a `.wave` file.
//!
//! In: a text, whatever stands in it. Out: tokens, without spaces and comments.
//! Holds: brackets, strings and comments are where WAVE has them, so that a value ends where WAVE's own parser ends it;
//! the last token is the end.

use super::syntax::Span;

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A label, a number, or another run of such characters.
    Word,
    /// A string of WAVE, of one line or several.
    String,
    /// A char of WAVE.
    Char,
    Open,
    Close,
    Semicolon,
    Comma,
    /// `=`.
    Assign,
    /// `==`.
    Equal,
    /// `!=`.
    Unequal,
    /// `->`.
    Arrow,
    /// `::`.
    Path,
    /// `:`, `/`, `@`, `#` and whatever else calls may hold.
    Other,
    /// A string or char that does not end.
    Unclosed,
    End,
}

/// Reads all tokens.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (len, kind) = if c.is_whitespace() {
            (c.len_utf8(), None)
        } else if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), None)
        } else {
            let (len, kind) = token(rest, c);
            (len, Some(kind))
        };
        if let Some(kind) = kind {
            tokens.push(Token { kind, span: at..at + len });
        }
        at += len;
    }
    tokens.push(Token { kind: Kind::End, span: at..at });
    tokens
}

/// The length and kind of the token that `rest` begins with.
fn token(rest: &str, c: char) -> (usize, Kind) {
    for (text, kind) in [("==", Kind::Equal), ("!=", Kind::Unequal), ("->", Kind::Arrow), ("::", Kind::Path)] {
        if rest.starts_with(text) {
            return (text.len(), kind);
        }
    }
    match c {
        '(' | '[' | '{' => (1, Kind::Open),
        ')' | ']' | '}' => (1, Kind::Close),
        ';' => (1, Kind::Semicolon),
        ',' => (1, Kind::Comma),
        '=' => (1, Kind::Assign),
        '"' => string(rest),
        '\'' => char_literal(rest),
        c if is_word(c) => (word(rest), Kind::Word),
        c => (c.len_utf8(), Kind::Other),
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '%' | '.' | '+')
}

/// An arrow ends a word, although a word may hold `-`.
fn word(rest: &str) -> usize {
    let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    if end > 1 && rest[end..].starts_with('>') && rest[..end].ends_with('-') { end - 1 } else { end }
}

fn string(rest: &str) -> (usize, Kind) {
    if let Some(inside) = rest.strip_prefix("\"\"\"") {
        return match inside.find("\"\"\"") {
            Some(end) => (end + 6, Kind::String),
            None => (rest.len(), Kind::Unclosed),
        };
    }
    quoted(rest, '"', Kind::String)
}

fn char_literal(rest: &str) -> (usize, Kind) {
    quoted(rest, '\'', Kind::Char)
}

/// A literal of one line, between two quotes.
fn quoted(rest: &str, quote: char, kind: Kind) -> (usize, Kind) {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return (at, Kind::Unclosed),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return (at + 1, kind),
            _ => {}
        }
    }
    (rest.len(), Kind::Unclosed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(&str, Kind)> {
        tokens(text).into_iter().map(|token| (&text[token.span], token.kind)).collect()
    }

    #[test]
    fn words_strings_and_signs() {
        use Kind::*;
        let found = kinds("let my-c = a::new b(-1.5e+3, \"x;\\\"\", ';', _)->t == 1; // end;");
        let expected = [
            ("let", Word),
            ("my-c", Word),
            ("=", Assign),
            ("a", Word),
            ("::", Path),
            ("new", Word),
            ("b", Word),
            ("(", Open),
            ("-1.5e+3", Word),
            (",", Comma),
            ("\"x;\\\"\"", String),
            (",", Comma),
            ("';'", Char),
            (",", Comma),
            ("_", Word),
            (")", Close),
            ("->", Arrow),
            ("t", Word),
            ("==", Equal),
            ("1", Word),
            (";", Semicolon),
            ("", End),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn literals_of_several_lines_and_without_end() {
        use Kind::*;
        assert_eq!(kinds("\"\"\"\na\"b\n\"\"\""), [("\"\"\"\na\"b\n\"\"\"", String), ("", End)]);
        assert_eq!(kinds("\"\"\"a"), [("\"\"\"a", Unclosed), ("", End)]);
        assert_eq!(kinds("\"a\nb"), [("\"a", Unclosed), ("b", Word), ("", End)]);
        assert_eq!(kinds("'\u{e9}' \u{e9}"), [("'\u{e9}'", Char), ("\u{e9}", Other), ("", End)]);
    }
}
