//! Characters that may not stand in WIT, and comments and strings that do not end.
//!
//! In: tokens. Out: one error for each run of such characters.
//!
//! Specification: WIT, "Lexical structure".

use std::sync::Arc;

use diag::{Diagnostic, Place, Source};

use super::super::ast::Span;
use super::super::escapes::escape;
use super::super::lex::{Token, TokenKind};
use super::pieces::arrow;

/// Why a character is refused wherever it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    Control,
    Direction,
    Deprecated,
}

pub(super) fn check(source: &Arc<Source>, tokens: &[Token], errors: &mut Vec<Diagnostic>) {
    for token in tokens {
        let before = errors.len();
        refused_characters(source, token, errors);
        if errors.len() > before {
            continue;
        }
        match token.kind {
            TokenKind::Error => errors.push(unreadable(source, &token.span)),
            TokenKind::String => errors.extend(wrong_escape(source, &token.span)),
            TokenKind::Space
            | TokenKind::LineComment
            | TokenKind::DocLine
            | TokenKind::BlockComment
            | TokenKind::DocBlock
            | TokenKind::Word
            | TokenKind::Number
            | TokenKind::Mark => {}
        }
    }
}

fn refused(char: char) -> Option<Refused> {
    match char {
        '\n' | '\r' | '\t' => None,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some(Refused::Direction),
        '\u{149}' | '\u{673}' | '\u{f77}' | '\u{f79}' | '\u{17a3}' | '\u{17a4}' | '\u{17b4}' | '\u{17b5}' => {
            Some(Refused::Deprecated)
        }
        other if other.is_control() => Some(Refused::Control),
        _ => None,
    }
}

/// One error for each run of refused characters of one kind.
fn refused_characters(source: &Arc<Source>, token: &Token, errors: &mut Vec<Diagnostic>) {
    let mut run: Option<(Refused, char, Span)> = None;
    for (at, char) in source.text[token.span.clone()].char_indices() {
        let start = token.span.start + at;
        let why = refused(char);
        match (&mut run, why) {
            (Some((kind, _, span)), Some(why)) if *kind == why => span.end = start + char.len_utf8(),
            (_, why) => {
                errors.extend(run.take().map(|run| refused_run(source, run)));
                run = why.map(|why| (why, char, start..start + char.len_utf8()));
            }
        }
    }
    errors.extend(run.map(|run| refused_run(source, run)));
}

fn refused_run(source: &Arc<Source>, (why, char, span): (Refused, char, Span)) -> Diagnostic {
    let code = format!("U+{:04X}", u32::from(char));
    let (headline, label) = match why {
        Refused::Control => (format!("control character {code} stands in the text"), "cannot be seen"),
        Refused::Direction => {
            (format!("character {code} changes the direction of writing"), "makes text look like another one")
        }
        Refused::Deprecated => (format!("character {code} is deprecated in Unicode"), "not allowed"),
    };
    diag::error("wit/syntax", headline).label(Place::text(source, span), label).help("remove it")
}

/// What a token of kind `Error` is.
fn unreadable(source: &Arc<Source>, span: &Span) -> Diagnostic {
    let text = &source.text[span.clone()];
    let at = |span: Span, label| (Place::text(source, span), label);
    let (headline, (place, label), help) = match text.chars().next() {
        Some('/') => (
            "a comment never ends".to_owned(),
            at(span.start..span.start + 2, "begins here"),
            "write `*/` where it ends",
        ),
        Some('"') => (
            "a string does not end on its line".to_owned(),
            at(span.clone(), "no `\"` follows"),
            "write `\"` at its end",
        ),
        Some('\r') => (
            "a carriage return stands without a line feed".to_owned(),
            at(span.clone(), "ends no line"),
            "end lines with a line feed",
        ),
        _ if arrow(&source.text, span).is_some() => {
            let whole = arrow(&source.text, span).unwrap_or(span.clone());
            (
                format!("expected `->`, found `{}`", &source.text[whole.clone()]),
                at(whole, "not an arrow of WIT"),
                "write `->`",
            )
        }
        Some('#') => (
            "unexpected character `#`".to_owned(),
            at(span.clone(), "means nothing in WIT"),
            "write comments with `//`",
        ),
        Some('?') => (
            "unexpected character `?`".to_owned(),
            at(span.clone(), "means nothing in WIT"),
            "write `option<..>` around the type of what may be missing",
        ),
        Some('&') => (
            "unexpected character `&`".to_owned(),
            at(span.clone(), "means nothing in WIT"),
            "write `borrow<..>`, or nothing: a method has its resource already",
        ),
        Some('|') => (
            "unexpected character `|`".to_owned(),
            at(span.clone(), "means nothing in WIT"),
            "declare a `variant` with a case for each type",
        ),
        _ => (format!("unexpected character `{text}`"), at(span.clone(), "means nothing in WIT"), "remove it"),
    };
    diag::error("wit/syntax", headline).label(place, label).help(help)
}

/// The first escape in a string that means nothing.
fn wrong_escape(source: &Arc<Source>, span: &Span) -> Option<Diagnostic> {
    let text = &source.text[span.clone()];
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        let start = at + found;
        let Some((_, len)) = escape(&text[start + 1..]) else {
            let end = start + 1 + text[start + 1..].chars().next().map_or(0, char::len_utf8);
            let place = Place::text(source, span.start + start..span.start + end);
            return Some(
                diag::error("wit/syntax", format!("`{}` means nothing in a string", &text[start..end]))
                    .label(place, "no such escape")
                    .help("write `\\\\` for the character itself"),
            );
        };
        at = start + 1 + len;
    }
    text.contains('\t').then(|| {
        diag::error("wit/syntax", "a string contains a tab")
            .label(Place::text(source, span.clone()), "has a tab in it")
            .help("write `\\t` for it")
    })
}
