//! Lists between brackets, with commas.
//!
//! Holds: a comma may follow the last part.

use super::Parsed;
use super::cursor::Parser;

/// The parts up to the closing bracket, which is passed too; the opening one was passed already.
pub(super) fn list<'a, T>(parser: &mut Parser<'a>, close: &str, part: impl Fn(&mut Parser<'a>) -> Parsed<T>) -> Vec<T> {
    let mut parts = Vec::new();
    while !parser.eat(close) {
        let start = parser.position();
        match part(parser) {
            Ok(part) => parts.push(part),
            Err(_) => parser.skip_to(&[",", close, ";"]),
        }
        if !parser.eat(",") && !parser.is(close) {
            parser.missing(",");
            if parser.position() == start || !parser.at_word() {
                return parts;
            }
        }
    }
    parts
}

/// A list with its brackets.
pub(super) fn bracketed<'a, T>(
    parser: &mut Parser<'a>,
    (open, close): (&str, &str),
    part: impl Fn(&mut Parser<'a>) -> Parsed<T>,
) -> Parsed<Vec<T>> {
    parser.expect(open)?;
    Ok(list(parser, close, part))
}

/// Items between braces, each with an end of its own; what cannot be read becomes what `error` makes of it.
pub(super) fn items<'a, T>(
    parser: &mut Parser<'a>,
    item: impl Fn(&mut Parser<'a>) -> Parsed<T>,
    error: impl Fn(super::super::ast::Span) -> T,
) -> Vec<T> {
    let mut items = Vec::new();
    while !parser.is("}") && !parser.at_end() {
        let start = parser.position();
        items.push(item(parser).unwrap_or_else(|_| {
            parser.skip_to(&[";"]);
            parser.eat(";");
            if parser.position() == start {
                parser.bump();
            }
            error(parser.span_from(start))
        }));
    }
    items
}

/// `{ .. }` with items.
pub(super) fn block<'a, T>(
    parser: &mut Parser<'a>,
    item: impl Fn(&mut Parser<'a>) -> Parsed<T>,
    error: impl Fn(super::super::ast::Span) -> T,
) -> Parsed<Vec<T>> {
    parser.expect("{")?;
    let items = items(parser, item, error);
    parser.expect("}")?;
    Ok(items)
}
