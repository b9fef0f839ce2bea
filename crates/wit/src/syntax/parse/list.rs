//! Lists between brackets, and items between braces.
//!
//! Holds: a comma may follow the last part of a list; a list that is not closed ends where something begins
//! that cannot stand in it.

use super::super::ast::Span;
use super::cursor::Parser;
use super::pieces::Kind;
use super::{Broken, Parsed, depth, func};

/// How many pieces are looked at for a `{`.
const FAR: usize = 16;
/// Blocks in blocks that are read.
const MOST_LEVELS: usize = depth::PACKAGES + 10;

/// The parts up to the closing bracket, which is passed too; the opening one was passed already.
pub(super) fn list<'a, T>(
    parser: &mut Parser<'a>,
    close: &'static str,
    part: impl Fn(&mut Parser<'a>) -> Parsed<T>,
) -> Vec<T> {
    let mut parts = Vec::new();
    loop {
        if parser.eat(close) {
            return parts;
        }
        if is_spare(parser, close, parts.is_empty()) {
            parser.remove();
            continue;
        }
        if ends(parser, close, 0) {
            parser.missing(close);
            return parts;
        }
        let start = parser.position();
        match part(parser) {
            Ok(part) => parts.push(part),
            Err(Broken::Passed) => {}
            Err(Broken::Lost) => skip_part(parser, close),
        }
        if !separator(parser, close, start) {
            return parts;
        }
    }
}

/// Whether a mark stands here that would not be missed.
fn is_spare(parser: &Parser<'_>, close: &str, at_beginning: bool) -> bool {
    let (here, next) = (parser.here(), parser.ahead(1));
    if here.kind != Kind::Mark
        || next.first
        || matches!(here.text, "," | "{" | "}" | "@" | "_" | "[" | "(" | "-")
        || (here.text == "->" && close != ">")
        // In front of a type it is the name that is missing.
        || (here.text == ":" && close == ")")
    {
        return false;
    }
    let after_comma = here.text == ";" && parser.passed_before(1) == "," && next.kind == Kind::Word && !here.first;
    (after_comma && parser.start_ahead(1).is_none())
        || next.text == close
        || (at_beginning && !here.first && next.kind == Kind::Word)
}

/// A list with its brackets.
pub(super) fn bracketed<'a, T>(
    parser: &mut Parser<'a>,
    (open, close): (&'static str, &'static str),
    part: impl Fn(&mut Parser<'a>) -> Parsed<T>,
) -> Vec<T> {
    if let Some(close) = wrong_opening(parser, open, close) {
        return list(parser, close, part);
    }
    if !parser.expect(open) && (parser.at_item() || ends(parser, close, 0) || parser.here().first) {
        return Vec::new();
    }
    list(parser, close, part)
}

/// The bracket that closes the list, if another one opens it.
fn wrong_opening(parser: &mut Parser<'_>, open: &str, close: &'static str) -> Option<&'static str> {
    let here = parser.here();
    let closes = match here.text {
        "(" => ")",
        "[" => "]",
        "<" => ">",
        "{" => "}",
        _ => return None,
    };
    if here.text == open || here.first || parser.ahead(1).text == open {
        return None;
    }
    // `func[](a: u32)`: what stands in these brackets is no part of the list.
    let end = (1..4 * FAR).find(|ahead| {
        let text = parser.ahead(*ahead).text;
        text == closes || matches!(text, ";" | "{" | "}") || parser.item_ahead(*ahead)
    })?;
    if parser.ahead(end).text != closes {
        return None;
    }
    if parser.ahead(end + 1).text == open {
        let found = here.text;
        let headline = format!("expected `{open}`, found `{found}`");
        parser.tell_here(headline, "not expected here", format!("remove `{found}..{closes}`"));
        while !parser.is(open) {
            parser.bump();
        }
        parser.bump();
        return Some(close);
    }
    let help = format!("write `{open}..{close}` instead of `{}..{closes}`", here.text);
    parser.tell_here(format!("expected `{open}`, found `{}`", here.text), "not expected here", help);
    parser.bump();
    Some(closes)
}

/// Passes over what stands between two parts; whether another part may follow.
fn separator(parser: &mut Parser<'_>, close: &'static str, start: usize) -> bool {
    if close == ">" && parser.is(";") && parser.ahead(1).kind == Kind::Number && parser.ahead(2).text == ">" {
        let plain = parser.passed_before(3) == "list" && parser.passed_before(2) == "<";
        let help = match parser.passed_before(1) {
            element if plain => format!("write `list<{element}, {}>`", parser.ahead(1).text),
            _ => "write `,` instead of `;`".to_owned(),
        };
        parser.tell_here("expected `,`, found `;`", "not expected here", help);
        parser.bump();
        return true;
    }
    if parser.is(",") && close == ">" && ends(parser, close, 1) {
        match parser.ahead(1).text {
            ";" => parser.missing_with("`>`", "write `>` instead of `,`"),
            _ if parser.item_ahead(1) => parser.missing_with("`>`", "write `>;` instead of `,`"),
            _ => parser.missing(close),
        }
        return false;
    }
    if parser.eat(",") {
        while parser.is(",") {
            parser.tell_here("expected a part of the list, found `,`", "one too many", "remove this `,`");
            parser.bump();
        }
        return true;
    }
    if parser.is(close) || is_spare(parser, close, false) || ends(parser, close, 0) {
        return true;
    }
    if parser.is(";") {
        parser.tell_here("expected `,`, found `;`", "not expected here", "write `,` instead of `;`");
        parser.bump();
        return true;
    }
    if parser.at_word() || parser.is("@") || (close == ">" && parser.here().kind == Kind::Number) {
        parser.missing(",");
    } else {
        let help = format!("remove it, or write `,` or `{close}`");
        parser.unexpected(&format!("`,` or `{close}`"), help);
        skip_part(parser, close);
        parser.eat(",");
    }
    if parser.position() == start {
        parser.bump();
    }
    true
}

/// Whether a list cannot go on at what stands `ahead` pieces further on.
fn ends(parser: &Parser<'_>, close: &str, ahead: usize) -> bool {
    let (here, next) = (parser.ahead(ahead), parser.ahead(ahead + 1));
    if here.kind == Kind::End || here.text == "}" {
        return true;
    }
    let names_something = here.kind == Kind::Word && next.text == ":";
    match close {
        "}" => false,
        ">" => matches!(here.text, ";" | "{" | "->" | "=" | ")" | "]") || names_something || parser.item_ahead(ahead),
        _ => {
            // `a: u32; b: u32` is a list with the wrong marks.
            let wrong_mark = here.text == ";"
                && !next.first
                && next.kind == Kind::Word
                && parser.ahead(ahead + 2).text == ":"
                && parser.start_ahead(ahead + 1).is_none();
            (here.text == ";" && !wrong_mark) || matches!(here.text, "{" | "->") || parser.item_ahead(ahead)
        }
    }
}

/// Passes over a part that cannot be read.
fn skip_part(parser: &mut Parser<'_>, close: &'static str) {
    let (mut round, mut angle) = (0_usize, 0_usize);
    while !parser.at_end() && !parser.is("}") {
        let text = parser.here().text;
        if round == 0 && angle == 0 && (text == "," || text == close || ends(parser, close, 0)) {
            return;
        }
        if text == ";" || parser.at_item() {
            return;
        }
        match text {
            "(" => round += 1,
            ")" => round = round.saturating_sub(1),
            "<" => angle += 1,
            ">" => angle = angle.saturating_sub(1),
            _ => {}
        }
        parser.skip_one();
    }
}

/// Items up to a closing brace; what cannot be read becomes what `error` makes of it.
pub(super) fn items<'a, T>(
    parser: &mut Parser<'a>,
    item: impl Fn(&mut Parser<'a>) -> Parsed<T>,
    error: impl Fn(Span) -> T,
) -> Vec<T> {
    let mut items = Vec::new();
    while !parser.is("}") && !parser.at_end() {
        let start = parser.position();
        if matches!(parser.here().text, ";" | "," | ">" | ")") {
            let found = parser.here().text;
            let headline = format!("expected an item, found `{found}`");
            parser.tell_here(headline, "ends nothing", format!("remove this `{found}`"));
            parser.bump();
            items.push(error(parser.span_from(start)));
            continue;
        }
        let (here, next) = (parser.here(), parser.ahead(1));
        let open = matches!(here.text, "{" | "@" | "(");
        if here.kind == Kind::Mark && !open && next.kind == Kind::Word && !next.first && !func::is_word(next.text) {
            parser.remove();
        }
        match item(parser) {
            Ok(item) => items.push(item),
            Err(broken) => {
                if broken == Broken::Lost {
                    parser.skip_item(start);
                }
                if parser.position() == start {
                    parser.skip_one();
                }
                items.push(error(parser.span_from(start)));
            }
        }
    }
    items
}

/// `{ .. }` with items.
pub(super) fn block<'a, T>(
    parser: &mut Parser<'a>,
    item: impl Fn(&mut Parser<'a>) -> Parsed<T>,
    error: impl Fn(Span) -> T,
) -> Parsed<Vec<T>> {
    to_opening(parser);
    if parser.levels() > MOST_LEVELS {
        return depth::too_deep_block(parser);
    }
    if !parser.expect("{") {
        return Err(Broken::Lost);
    }
    parser.enter();
    let items = items(parser, item, error);
    parser.leave();
    parser.eat("}");
    Ok(items)
}

/// Whether a `{` follows on the same line, something else in front of it.
pub(super) fn opens_on_this_line(parser: &Parser<'_>) -> bool {
    for ahead in 0..FAR {
        let piece = parser.ahead(ahead);
        match piece.text {
            _ if piece.first || piece.kind == Kind::End => return false,
            "{" => return true,
            ";" | "}" => return false,
            _ => {}
        }
    }
    false
}

/// Passes over what stands between a name and its `{`.
pub(super) fn to_opening(parser: &mut Parser<'_>) {
    if parser.is("{") || !opens_on_this_line(parser) {
        return;
    }
    let found = parser.here().text;
    parser.tell_here(format!("expected `{{`, found `{found}`"), "not expected here", format!("remove `{found}`"));
    while !parser.is("{") {
        parser.bump();
    }
}
