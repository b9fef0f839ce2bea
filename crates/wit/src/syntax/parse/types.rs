//! Types.
//!
//! Specification: WIT, "Types".

use super::super::ast::{Name, Primitive, Type, TypeKind, VersionText};
use super::cursor::{Kind, Parser};
use super::names::{is_keyword, name};
use super::{Broken, Parsed, list};

/// As in wit-parser, and in binaries.
const MOST_DEEP: usize = 100;

pub(super) fn type_(parser: &mut Parser<'_>) -> Parsed<Type> {
    at_depth(parser, 0)
}

fn at_depth(parser: &mut Parser<'_>, depth: usize) -> Parsed<Type> {
    if depth >= MOST_DEEP {
        parser.unexpected("an innermost type", "give a part of it a name of its own");
        return Err(Broken);
    }
    let start = parser.here().span.start;
    let kind = kind(parser, depth)?;
    Ok(Type { kind, span: start..parser.end() })
}

fn kind(parser: &mut Parser<'_>, depth: usize) -> Parsed<TypeKind> {
    let word = parser.here().text;
    if let Some(primitive) = primitive(word) {
        parser.bump();
        return Ok(TypeKind::Primitive(primitive));
    }
    match word {
        "list" => list_type(parser, depth),
        "map" => map(parser, depth),
        "tuple" => tuple(parser, depth),
        "option" => option(parser, depth),
        "result" => result(parser, depth),
        "future" => Ok(TypeKind::Future(optional(parser, depth)?)),
        "stream" => Ok(TypeKind::Stream(optional(parser, depth)?)),
        "own" => Ok(TypeKind::Own(handle(parser)?)),
        "borrow" => Ok(TypeKind::Borrow(handle(parser)?)),
        word if parser.at_word() && !is_keyword(word) => Ok(TypeKind::Named(name(parser, "a type")?)),
        _ => {
            parser.unexpected("a type", "write a type");
            Err(Broken)
        }
    }
}

fn primitive(word: &str) -> Option<Primitive> {
    Some(match word {
        "bool" => Primitive::Bool,
        "u8" => Primitive::U8,
        "u16" => Primitive::U16,
        "u32" => Primitive::U32,
        "u64" => Primitive::U64,
        "s8" => Primitive::S8,
        "s16" => Primitive::S16,
        "s32" => Primitive::S32,
        "s64" => Primitive::S64,
        "f32" => Primitive::F32,
        "f64" => Primitive::F64,
        "char" => Primitive::Char,
        "string" => Primitive::String,
        "error-context" => Primitive::ErrorContext,
        _ => return None,
    })
}

fn boxed(parser: &mut Parser<'_>, depth: usize) -> Parsed<Box<Type>> {
    at_depth(parser, depth + 1).map(Box::new)
}

/// `list<u8>`, `list<u8, 16>`
fn list_type(parser: &mut Parser<'_>, depth: usize) -> Parsed<TypeKind> {
    parser.bump();
    parser.expect("<")?;
    let element = boxed(parser, depth)?;
    let kind = if parser.eat(",") { TypeKind::FixedList(element, length(parser)?) } else { TypeKind::List(element) };
    parser.expect(">")?;
    Ok(kind)
}

fn length(parser: &mut Parser<'_>) -> Parsed<VersionText> {
    if parser.here().kind != Kind::Number {
        parser.unexpected("a length", "write a number");
        return Err(Broken);
    }
    let span = parser.bump();
    Ok(VersionText { text: parser.text(span.clone()).to_owned(), span })
}

fn map(parser: &mut Parser<'_>, depth: usize) -> Parsed<TypeKind> {
    parser.bump();
    parser.expect("<")?;
    let key = boxed(parser, depth)?;
    parser.expect(",")?;
    let value = boxed(parser, depth)?;
    parser.expect(">")?;
    Ok(TypeKind::Map(key, value))
}

fn tuple(parser: &mut Parser<'_>, depth: usize) -> Parsed<TypeKind> {
    parser.bump();
    let parts = list::bracketed(parser, ("<", ">"), |parser| at_depth(parser, depth + 1))?;
    Ok(TypeKind::Tuple(parts))
}

fn option(parser: &mut Parser<'_>, depth: usize) -> Parsed<TypeKind> {
    parser.bump();
    parser.expect("<")?;
    let part = boxed(parser, depth)?;
    parser.expect(">")?;
    Ok(TypeKind::Option(part))
}

/// `result`, `result<a>`, `result<_, b>`, `result<a, b>`
fn result(parser: &mut Parser<'_>, depth: usize) -> Parsed<TypeKind> {
    parser.bump();
    if !parser.eat("<") {
        return Ok(TypeKind::Result { ok: None, err: None });
    }
    let ok = if parser.eat("_") { None } else { Some(boxed(parser, depth)?) };
    let err = if parser.eat(",") { Some(boxed(parser, depth)?) } else { None };
    if ok.is_none() && err.is_none() {
        parser.missing(",");
    }
    parser.expect(">")?;
    Ok(TypeKind::Result { ok, err })
}

/// What stands in `<..>` after `future` or `stream`, if anything.
fn optional(parser: &mut Parser<'_>, depth: usize) -> Parsed<Option<Box<Type>>> {
    parser.bump();
    if !parser.eat("<") {
        return Ok(None);
    }
    let part = boxed(parser, depth)?;
    parser.expect(">")?;
    Ok(Some(part))
}

/// `<resource>` after `own` or `borrow`
fn handle(parser: &mut Parser<'_>) -> Parsed<Name> {
    parser.bump();
    parser.expect("<")?;
    let name = name(parser, "the name of a resource")?;
    parser.expect(">")?;
    Ok(name)
}
