//! What is wrong with text that the reader of WAVE does not take.
//!
//! In: its error, and the text. Out: a diagnostic that says what to write.
//! Holds: nothing of the reader's own names is shown.

use std::ops::Range;
use std::sync::Arc;

use diag::{Diagnostic, Source};
use wasm_wave::parser::{ParserError, ParserErrorKind};

use super::parse::syntax;

/// What the reader of WAVE could not read.
pub(super) fn misread(source: &Arc<Source>, error: &ParserError) -> Diagnostic {
    let text = source.text.as_str();
    let len = text.len();
    let span = error.span();
    let start = text.floor_char_boundary(span.start.min(len.saturating_sub(1)));
    let end = text.ceil_char_boundary(span.end.clamp(start, len).max(start + 1).min(len.max(1)));
    let what = match error.kind() {
        ParserErrorKind::UnexpectedToken | ParserErrorKind::InvalidToken => mistake(text, start..end),
        ParserErrorKind::MultipleChars => ONE_CHAR.to_owned(),
        ParserErrorKind::InvalidEscape => ESCAPES.to_owned(),
        ParserErrorKind::InvalidParams => "these are no arguments".to_owned(),
        kind => match error.detail() {
            Some(detail) => format!("{kind}: {detail}"),
            None => kind.to_string(),
        },
    };
    syntax(source, start..end, what)
}

const ONE_CHAR: &str = "a char is one character; text stands in `\"`";
const ESCAPES: &str = "unknown escape: there are `\\n`, `\\t`, `\\r`, `\\\\`, `\\\"`, `\\'` and `\\u{1f600}`";

/// What is wrong with a part that cannot stand where it does.
fn mistake(text: &str, span: Range<usize>) -> String {
    let part = text.get(span.clone()).unwrap_or_default();
    let first = part.chars().next().unwrap_or_default();
    if matches!(first, '"' | '\'') {
        return quoted(&text[span.start..], first);
    }
    if let Some(said) = known_word(word(text, &span)) {
        return said;
    }
    match first {
        ':' => "only a record has fields, and it stands in braces: `{x: 1}`".to_owned(),
        '=' => "the value of a field stands after `:`, as in `{x: 1}`".to_owned(),
        ')' | ']' | '}' | ',' => format!("expected a value before this `{first}`"),
        _ => format!("`{part}` cannot stand here"),
    }
}

/// Text or a char that has no end, or more in it than may be.
fn quoted(rest: &str, quote: char) -> String {
    let line = rest.lines().next().unwrap_or_default();
    let (mut escaped, mut closed) = (false, false);
    let mut inner = 0;
    for c in line.chars().skip(1) {
        match (escaped, c) {
            (true, '"' | '\'' | 't' | 'n' | 'r' | '\\' | 'u') => escaped = false,
            (true, _) => return ESCAPES.to_owned(),
            (false, '\\') => escaped = true,
            (false, c) if c == quote => {
                closed = true;
                break;
            }
            (false, _) => {}
        }
        inner += usize::from(!escaped);
    }
    match (closed, quote, inner) {
        (false, _, _) => format!("this has no closing `{quote}`"),
        (true, '\'', inner) if !line.contains("\\u") && inner != 1 => ONE_CHAR.to_owned(),
        (true, _, _) if line.contains("\\u") => "a character's number stands in braces: `\\u{1f600}`".to_owned(),
        (true, _, _) => "this text cannot be read".to_owned(),
    }
}

/// The number or name around a part of it.
fn word<'t>(text: &'t str, span: &Range<usize>) -> &'t str {
    let is_part = |c: char| c.is_alphanumeric() || "+-_.".contains(c);
    let before = text[..span.start].trim_end_matches(is_part).len();
    let after = &text[span.start..];
    let end = span.start + (after.len() - after.trim_start_matches(is_part).len());
    &text[before..end]
}

/// What to write for a word that other languages have.
fn known_word(word: &str) -> Option<String> {
    let unsigned = word.trim_start_matches(['+', '-']);
    let lower = unsigned.to_ascii_lowercase();
    let is_number = unsigned.starts_with(|c: char| c.is_ascii_digit());
    Some(match lower.as_str() {
        "" => return None,
        "nan" => "write `nan`".to_owned(),
        "inf" | "infinity" => format!("write `{}inf`", if word.starts_with('-') { "-" } else { "" }),
        _ if word.starts_with('+') => format!("a number has no `+`: write `{unsigned}`"),
        _ if is_number && (lower.starts_with("0x") || lower.starts_with("0b") || lower.starts_with("0o")) => {
            "there are no hexadecimal, octal and binary numbers: write it in decimal".to_owned()
        }
        _ if is_number && unsigned.contains('_') => {
            format!("there is no `_` in numbers: write `{}`", word.replace('_', ""))
        }
        _ if unsigned.starts_with('.') || unsigned.ends_with('.') => {
            "a number has digits on both sides of its point: `0.5`, `1.0`".to_owned()
        }
        _ if is_number && unsigned.starts_with('0') && unsigned.len() > 1 && !unsigned.starts_with("0.") => {
            "a number does not begin with further zeros".to_owned()
        }
        _ if unsigned.starts_with(|c: char| c.is_ascii_alphabetic()) && unsigned.contains('_') => {
            format!("names are written in kebab-case: `{}`", lower.replace('_', "-"))
        }
        _ if unsigned.starts_with(|c: char| c.is_ascii_alphabetic()) && unsigned != lower => {
            "names are written in kebab-case: `like-this`".to_owned()
        }
        _ => return None,
    })
}
