//! Resources.
//!
//! Specification: WIT, "Item: `resource`".

use super::super::ast::{Attributes, FuncItem, FuncKind, FuncType, Name, ResourceItem};
use super::attributes::attributes;
use super::cursor::Parser;
use super::words::{is_keyword, meant};
use super::{Broken, Parsed, func, list, misplaced};

/// `;`, or `{ .. }`
pub(super) fn body(parser: &mut Parser<'_>) -> Parsed<Vec<ResourceItem>> {
    if parser.is("{") || list::opens_on_this_line(parser) {
        return list::block(parser, item, ResourceItem::Error);
    }
    parser.semicolon();
    Ok(Vec::new())
}

fn item(parser: &mut Parser<'_>) -> Parsed<ResourceItem> {
    let start = parser.position();
    let attributes = attributes(parser);
    let word = parser.here().text;
    let bare = parser.at_word() && parser.ahead(1).text == "(";
    if bare && !is_keyword(word) && meant(word, &["constructor"]).is_some() {
        let headline = format!("expected `constructor`, found `{word}`");
        parser.tell_here(headline, "not a keyword", "did you mean `constructor`?");
        return constructor(parser, start, attributes).map(ResourceItem::Func);
    }
    let with_word = parser.ahead(2).text == "func" && parser.ahead(3).text == "(";
    if word == "constructor" && (parser.ahead(1).text != ":" || with_word) {
        return constructor(parser, start, attributes).map(ResourceItem::Func);
    }
    if word == "async" && parser.ahead(1).text == "constructor" && parser.ahead(2).text == "(" {
        parser.tell_here("a constructor cannot be `async`", "not allowed here", "remove `async`");
        parser.bump();
        return constructor(parser, start, attributes).map(ResourceItem::Func);
    }
    if parser.is(":") && func::is_word(parser.ahead(1).text) {
        return func::without_name(parser);
    }
    if func::begins_named(parser) || (parser.at_word() && !is_keyword(word)) {
        return func::named(parser, start, attributes).map(ResourceItem::Func);
    }
    if parser.start_ahead(0).is_some() {
        return misplaced::item(parser, "in a resource");
    }
    parser.tell_item("a function", "write `name: func()`");
    Err(Broken::Lost)
}

/// `constructor(a: u32);`
pub(super) fn constructor(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<FuncItem> {
    let span = parser.bump();
    let name = Name { text: "constructor".to_owned(), escaped: false, span: span.clone() };
    if parser.is(":") && parser.ahead(1).text == "func" {
        with_word(parser);
    }
    let (params, result) = func::signature(parser);
    let func = FuncType { async_: None, params, result, span: span.start..parser.end() };
    func::end(parser);
    Ok(FuncItem { attributes, name, kind: FuncKind::Constructor, func, span: parser.span_from(start) })
}

/// `constructor: func(a: u32)`, of which `: func` is one too many.
fn with_word(parser: &mut Parser<'_>) {
    let from = parser.ahead(2).span.start;
    let inside = (3..64).map(|ahead| parser.ahead(ahead));
    let close = inside.take_while(|piece| !matches!(piece.text, ";" | "{" | "}")).find(|piece| piece.text == ")");
    let params = close.map_or("(..)", |close| parser.text(from..close.span.end));
    let span = parser.here().span.start..parser.ahead(1).span.end;
    let help = format!("write `constructor{params}`");
    parser.tell_at(span, "expected `(`, found `: func`", "a constructor is no other function", help);
    parser.bump();
    parser.bump();
}
