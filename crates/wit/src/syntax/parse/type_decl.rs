//! Declarations of types.
//!
//! Specification: WIT, "Item: Types".

use super::super::ast::{Attributes, Case, Field, TypeDecl, TypeDeclKind};
use super::attributes::attributes;
use super::cursor::Parser;
use super::names::name;
use super::types::type_;
use super::{Parsed, list, resource};

/// Whether a word begins the declaration of a type.
pub(super) fn begins(word: &str) -> bool {
    matches!(word, "type" | "record" | "flags" | "variant" | "enum" | "resource")
}

pub(super) fn type_decl(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<TypeDecl> {
    let word = parser.here().text;
    parser.bump();
    let name = name(parser, "the type's name")?;
    let kind = match word {
        "record" => TypeDeclKind::Record(list::bracketed(parser, ("{", "}"), field)?),
        "variant" => TypeDeclKind::Variant(list::bracketed(parser, ("{", "}"), variant_case)?),
        "enum" => TypeDeclKind::Enum(list::bracketed(parser, ("{", "}"), plain_case)?),
        "flags" => TypeDeclKind::Flags(list::bracketed(parser, ("{", "}"), plain_case)?),
        "resource" => TypeDeclKind::Resource(resource::body(parser)?),
        _ => alias(parser)?,
    };
    Ok(TypeDecl { attributes, name, kind, span: parser.span_from(start) })
}

/// `= list<u8>;`
fn alias(parser: &mut Parser<'_>) -> Parsed<TypeDeclKind> {
    parser.expect("=")?;
    let ty = type_(parser)?;
    parser.semicolon();
    Ok(TypeDeclKind::Alias(ty))
}

/// `a: u32`
fn field(parser: &mut Parser<'_>) -> Parsed<Field> {
    let start = parser.position();
    let attributes = attributes(parser);
    let name = name(parser, "a field's name")?;
    parser.expect(":")?;
    let ty = type_(parser)?;
    Ok(Field { attributes, name, ty, span: parser.span_from(start) })
}

/// `a`
fn plain_case(parser: &mut Parser<'_>) -> Parsed<Case> {
    let start = parser.position();
    let attributes = attributes(parser);
    let name = name(parser, "a case's name")?;
    Ok(Case { attributes, name, payload: None, span: parser.span_from(start) })
}

/// `a(u32)`
fn variant_case(parser: &mut Parser<'_>) -> Parsed<Case> {
    let start = parser.position();
    let attributes = attributes(parser);
    let name = name(parser, "a case's name")?;
    let payload = if parser.eat("(") {
        let ty = type_(parser)?;
        parser.expect(")")?;
        Some(ty)
    } else {
        None
    };
    Ok(Case { attributes, name, payload, span: parser.span_from(start) })
}
