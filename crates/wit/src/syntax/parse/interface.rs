//! What stands in an interface.
//!
//! Specification: WIT, "Item: `interface`", "Item: `use`".

use super::super::ast::{Attributes, FuncItem, InterfaceItem, Use};
use super::attributes::attributes;
use super::cursor::Parser;
use super::names::{is_keyword, name, path, renamed};
use super::{Broken, Parsed, func, list, type_decl};

/// `{ .. }`
pub(super) fn body(parser: &mut Parser<'_>) -> Parsed<Vec<InterfaceItem>> {
    list::block(parser, item, InterfaceItem::Error)
}

fn item(parser: &mut Parser<'_>) -> Parsed<InterfaceItem> {
    let start = parser.position();
    let attributes = attributes(parser);
    let word = parser.here().text;
    if type_decl::begins(word) {
        return type_decl::type_decl(parser, start, attributes).map(InterfaceItem::Type);
    }
    if word == "use" {
        return use_item(parser, start, attributes).map(InterfaceItem::Use);
    }
    if parser.at_word() && !is_keyword(word) {
        return named_func(parser, start, attributes).map(InterfaceItem::Func);
    }
    parser.unexpected("a type, a function or `use`", "write `name: func()` for a function");
    Err(Broken)
}

/// `name: func();`
fn named_func(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<FuncItem> {
    let name = name(parser, "the function's name")?;
    parser.expect(":")?;
    let (kind, func) = func::func(parser)?;
    parser.semicolon();
    Ok(FuncItem { attributes, name, kind, func, span: parser.span_from(start) })
}

/// `use types.{a, b as c};`
pub(super) fn use_item(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<Use> {
    parser.bump();
    let path = path(parser, "the path of an interface")?;
    parser.expect(".")?;
    let names = list::bracketed(parser, ("{", "}"), renamed)?;
    parser.semicolon();
    Ok(Use { attributes, path, names, span: parser.span_from(start) })
}
