//! Characters that may not stand in a script.
//!
//! In: a text. Out: one error for each run of such characters.
//!
//! Specification: WIT, "Lexical structure".

use std::sync::Arc;

use diag::{Diagnostic, Source};

use super::tree::Span;

/// Why a character is refused wherever it stands, in comments and strings too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    Control,
    Direction,
    Deprecated,
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

pub(super) fn is_refused(char: char) -> bool {
    refused(char).is_some()
}

/// One error for each run of refused characters of one kind.
pub(super) fn check(source: &Arc<Source>, problems: &mut Vec<Diagnostic>) {
    let mut run: Option<(Refused, char, Span)> = None;
    for (start, char) in source.text.char_indices() {
        let end = start + char.len_utf8();
        let why = refused(char);
        match (&mut run, why) {
            (None, None) => {}
            (Some((kind, _, span)), Some(why)) if *kind == why => span.end = end,
            (_, why) => {
                if let Some(run) = run.take() {
                    super::problems::push(problems, refused_run(source, run));
                }
                run = why.map(|why| (why, char, Span { start, end }));
            }
        }
    }
    if let Some(run) = run {
        super::problems::push(problems, refused_run(source, run));
    }
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
    diag::error("wac/character", headline).label(span.place(source), label).help("remove it")
}

/// What is said of a character that no token begins with.
pub(super) fn unknown(source: &Arc<Source>, char: char, span: Span) -> Diagnostic {
    let help = match char {
        '#' => "write comments with `//`",
        '\'' | '`' => "write strings with `\"`",
        '?' => "write `option<..>` around the type of what may be missing",
        '&' => "write `borrow<..>` around the name of a resource",
        _ => "remove it",
    };
    diag::error("wac/character", format!("unexpected character `{char}`"))
        .label(span.place(source), "means nothing in a script")
        .help(help)
}
