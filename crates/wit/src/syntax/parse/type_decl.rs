//! Declarations of types.
//!
//! Specification: WIT, "Item: Types".

use super::super::ast::{Attributes, Case, Field, Type, TypeDecl, TypeDeclKind, TypeKind};
use super::attributes::attributes;
use super::cursor::Parser;
use super::names::{DECLARED, name};
use super::pieces::Kind;
use super::types::{begins_type, type_or_error};
use super::words::TYPES;
use super::{Broken, Parsed, list, resource};

/// What may follow a case.
const CASE: &[&str] = &[",", "}", "(", "=", ":"];

/// How far a union is looked through for its form.
const MOST_OF_A_UNION: usize = 256;

/// Whether a word begins the declaration of a type.
pub(super) fn begins(word: &str) -> bool {
    TYPES.contains(&word)
}

/// A declaration that begins with `word`, which may be misspelt in the text.
pub(super) fn type_decl(parser: &mut Parser<'_>, word: &str, start: usize, attributes: Attributes) -> Parsed<TypeDecl> {
    let is_union = parser.is("union");
    parser.bump();
    let name = name(parser, "the type's name", DECLARED);
    if name.is_err() && parser.here().first && !parser.is("{") {
        return parser.lost();
    }
    no_parameters(parser);
    if matches!(word, "record" | "variant" | "enum" | "flags") && has_no_body(parser) {
        let help = "write `{ .. }` with its members";
        parser.tell_here("expected `{`, found `;`", "no body in front of this", help);
        parser.bump();
        return Err(Broken::Passed);
    }
    let kind = match word {
        "variant" if is_union => union(parser),
        "record" => TypeDeclKind::Record(members(parser, field)),
        "variant" => TypeDeclKind::Variant(members(parser, variant_case)),
        "enum" => TypeDeclKind::Enum(members(parser, |parser| plain_case(parser, "an enum's case"))),
        "flags" => TypeDeclKind::Flags(members(parser, |parser| plain_case(parser, "a flag"))),
        "resource" => TypeDeclKind::Resource(resource::body(parser)?),
        _ => alias(parser),
    };
    Ok(TypeDecl { attributes, name: name.map_err(|_| Broken::Passed)?, kind, span: parser.span_from(start) })
}

/// Whether a `;` ends a declaration that must have members: what follows is none of them.
fn has_no_body(parser: &Parser<'_>) -> bool {
    let next = parser.ahead(1);
    parser.is(";") && (next.text == "}" || next.kind == Kind::End || parser.start_ahead(1).is_some())
}

/// `{ .. }` with commas.
fn members<'a, T>(parser: &mut Parser<'a>, part: impl Fn(&mut Parser<'a>) -> Parsed<T>) -> Vec<T> {
    list::to_opening(parser);
    list::bracketed(parser, ("{", "}"), part)
}

/// `name<T>`: types take no types.
fn no_parameters(parser: &mut Parser<'_>) {
    if !parser.is("<") {
        return;
    }
    parser.tell_here("a declared type takes no other types", "not allowed here", "remove `<..>`");
    while !(matches!(parser.here().text, "{" | "}" | "=" | ";") || parser.at_end() || parser.here().first) {
        parser.bump();
    }
}

/// Types without names, or cases as a variant has them; told already.
fn union(parser: &mut Parser<'_>) -> TypeDeclKind {
    let inside = (0..MOST_OF_A_UNION).map(|ahead| parser.ahead(ahead).text).take_while(|text| *text != "}");
    if inside.into_iter().any(|text| text == "(") {
        return TypeDeclKind::Variant(members(parser, variant_case));
    }
    let types = members(parser, |parser| Ok(type_or_error(parser)));
    let span = types.first().map_or(parser.before(), |ty| ty.span.clone());
    TypeDeclKind::Alias(Type { kind: TypeKind::Error, span })
}

/// `= list<u8>;`
fn alias(parser: &mut Parser<'_>) -> TypeDeclKind {
    parser.expect_not("=", &[":"]);
    let ty = type_or_error(parser);
    parser.semicolon();
    TypeDeclKind::Alias(ty)
}

/// `a: u32`
fn field(parser: &mut Parser<'_>) -> Parsed<Field> {
    let start = parser.position();
    let attributes = attributes(parser);
    let name = name(parser, "a field's name", &[":"])?;
    if !parser.expect_not(":", &["="]) && !begins_type(parser) {
        return parser.lost();
    }
    let ty = type_or_error(parser);
    Ok(Field { attributes, name, ty, span: parser.span_from(start) })
}

/// `a`
fn plain_case(parser: &mut Parser<'_>, what: &str) -> Parsed<Case> {
    let start = parser.position();
    let attributes = attributes(parser);
    let name = name(parser, what, CASE)?;
    let span = parser.span_from(start);
    no_payload(parser, what);
    Ok(Case { attributes, name, payload: None, span })
}

/// `a(u32)`, `a: u32`, `a = 1` where a case is a name alone.
fn no_payload(parser: &mut Parser<'_>, what: &str) {
    let found = parser.here().text;
    match found {
        "=" | ":" if found == "=" || parser.ahead(1).kind == Kind::Number => {
            parser.tell_here(format!("{what} has no number"), "not expected here", "leave the number out");
            parser.bump();
            parser.eat("-");
            if matches!(parser.here().kind, Kind::Number | Kind::Word | Kind::String) {
                parser.bump();
            }
        }
        "(" | ":" => {
            let help = "leave the type out, or declare a `variant`";
            parser.tell_here(format!("{what} carries no value"), "not expected here", help);
            parser.bump();
            type_or_error(parser);
            if found == "(" {
                parser.expect(")");
            }
        }
        _ => {}
    }
}

/// `a(u32)`
fn variant_case(parser: &mut Parser<'_>) -> Parsed<Case> {
    let start = parser.position();
    let attributes = attributes(parser);
    let name = name(parser, "a case's name", CASE)?;
    let payload = match parser.here().text {
        "(" => Some(payload(parser)),
        ":" | "=" => {
            let help = format!("write `{}(..)` with the type in the brackets", name.text);
            let found = parser.here().text;
            parser.tell_here(format!("expected `(`, found `{found}`"), "not expected here", help);
            parser.bump();
            Some(type_or_error(parser))
        }
        _ => None,
    };
    Ok(Case { attributes, name, payload, span: parser.span_from(start) })
}

/// Whether the bracket of a payload is closed on its line.
fn closes(parser: &Parser<'_>) -> bool {
    let rest = (0..64).map(|ahead| parser.ahead(ahead)).take_while(|piece| !piece.first && piece.kind != Kind::End);
    rest.take_while(|piece| !matches!(piece.text, "(" | "{" | "}" | ";")).any(|piece| piece.text == ")")
}

/// `(u32)`
fn payload(parser: &mut Parser<'_>) -> Type {
    parser.bump();
    if parser.is(")") {
        parser.unexpected("a type", "write a type in the brackets, or leave them out");
        let span = parser.bump();
        return Type { kind: TypeKind::Error, span };
    }
    if parser.at_word() && parser.ahead(1).text == ":" && !parser.here().first {
        let help = "leave the name out: a case carries one value";
        parser.tell_here(
            format!("expected a type, found the name `{}`", parser.here().text),
            "not expected here",
            help,
        );
        parser.bump();
        parser.bump();
    }
    let ty = type_or_error(parser);
    if parser.is(",") && !parser.ahead(1).first && closes(parser) {
        parser.tell_here("expected `)`, found `,`", "a case carries one value", "write one `tuple<..>` of the types");
        parser.bump();
        list::list(parser, ")", |parser| Ok(type_or_error(parser)));
        return Type { kind: TypeKind::Error, span: ty.span };
    }
    parser.expect(")");
    ty
}
