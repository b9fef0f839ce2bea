//! Functions.
//!
//! Specification: WIT, "Item: `func`".

use super::super::ast::{FuncKind, FuncType, Param};
use super::Parsed;
use super::cursor::Parser;
use super::list;
use super::names::name;
use super::types::type_;

/// Whether the type of a function stands here, `static` left out.
pub(super) fn begins(parser: &Parser<'_>) -> bool {
    parser.is("func") || parser.is("async") || accessor(parser)
}

/// Whether `get(` or `set(` stands here.
fn accessor(parser: &Parser<'_>) -> bool {
    (parser.is("get") || parser.is("set")) && parser.ahead(1).text == "("
}

/// What follows `name:`.
pub(super) fn func(parser: &mut Parser<'_>) -> Parsed<(FuncKind, FuncType)> {
    let fixed = parser.eat("static");
    let start = parser.here().span.start;
    let async_ = parser.is("async").then(|| parser.bump());
    let kind = if async_.is_none() && accessor(parser) {
        let getter = parser.is("get");
        parser.bump();
        match (getter, fixed) {
            (true, false) => FuncKind::Getter,
            (true, true) => FuncKind::StaticGetter,
            (false, false) => FuncKind::Setter,
            (false, true) => FuncKind::StaticSetter,
        }
    } else {
        parser.expect("func")?;
        if fixed { FuncKind::Static } else { FuncKind::Plain }
    };
    let (params, result) = signature(parser)?;
    Ok((kind, FuncType { async_, params, result, span: start..parser.end() }))
}

/// `(a: u32) -> u32`
pub(super) fn signature(parser: &mut Parser<'_>) -> Parsed<(Vec<Param>, Option<super::super::ast::Type>)> {
    let params = list::bracketed(parser, ("(", ")"), param)?;
    let result = if parser.eat("->") { Some(type_(parser)?) } else { None };
    Ok((params, result))
}

/// `a: u32`
fn param(parser: &mut Parser<'_>) -> Parsed<Param> {
    let start = parser.position();
    let name = name(parser, "a parameter's name")?;
    parser.expect(":")?;
    let ty = type_(parser)?;
    Ok(Param { name, ty, span: parser.span_from(start) })
}
