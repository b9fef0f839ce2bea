//! Resources.
//!
//! Specification: WIT, "Item: `resource`".

use super::super::ast::{Attributes, FuncItem, FuncKind, FuncType, Name, ResourceItem};
use super::Parsed;
use super::attributes::attributes;
use super::cursor::Parser;
use super::names::name;
use super::{func, list};

/// `;`, or `{ .. }`
pub(super) fn body(parser: &mut Parser<'_>) -> Parsed<Vec<ResourceItem>> {
    if parser.is("{") {
        return list::block(parser, item, ResourceItem::Error);
    }
    parser.semicolon();
    Ok(Vec::new())
}

fn item(parser: &mut Parser<'_>) -> Parsed<ResourceItem> {
    let start = parser.position();
    let attributes = attributes(parser);
    if parser.is("constructor") {
        return constructor(parser, start, attributes).map(ResourceItem::Func);
    }
    let name = name(parser, "the function's name")?;
    parser.expect(":")?;
    let (kind, func) = func::func(parser)?;
    parser.semicolon();
    Ok(ResourceItem::Func(FuncItem { attributes, name, kind, func, span: parser.span_from(start) }))
}

/// `constructor(a: u32);`
fn constructor(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<FuncItem> {
    let span = parser.bump();
    let name = Name { text: "constructor".to_owned(), escaped: false, span: span.clone() };
    let (params, result) = func::signature(parser)?;
    let func = FuncType { async_: None, params, result, span: span.start..parser.end() };
    parser.semicolon();
    Ok(FuncItem { attributes, name, kind: FuncKind::Constructor, func, span: parser.span_from(start) })
}
