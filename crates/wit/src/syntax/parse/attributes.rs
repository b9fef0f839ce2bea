//! Gates and other attributes.
//!
//! Specification: WIT, "Feature gates".

use super::super::ast::{Argument, Attribute, Attributes, Span};
use super::cursor::{Kind, Parser};
use super::names::{name, version};
use super::{Broken, Parsed, list};

/// Documentation comments and attributes in front of an item.
pub(super) fn attributes(parser: &mut Parser<'_>) -> Attributes {
    let docs = parser.docs();
    let mut gates = Vec::new();
    while parser.is("@") {
        if let Ok(gate) = attribute(parser) {
            gates.push(gate);
        }
    }
    Attributes { docs, gates }
}

/// `@since(version = 0.2.1)`
fn attribute(parser: &mut Parser<'_>) -> Parsed<Attribute> {
    let start = parser.bump().start;
    let name = name(parser, "an attribute's name")?;
    let arguments = if parser.eat("(") { list::list(parser, ")", argument) } else { Vec::new() };
    Ok(Attribute { name, arguments, span: start..parser.end() })
}

/// `version = 0.2.1`, or a string.
fn argument(parser: &mut Parser<'_>) -> Parsed<Argument> {
    if parser.here().kind == Kind::String {
        let (value, value_span) = string(parser);
        return Ok(Argument { name: None, value, value_span });
    }
    let name = name(parser, "an argument")?;
    parser.expect("=")?;
    let (value, value_span) = value(parser)?;
    Ok(Argument { name: Some(name), value, value_span })
}

fn value(parser: &mut Parser<'_>) -> Parsed<(String, Span)> {
    match parser.here().kind {
        Kind::Number => version(parser).map(|version| (version.text, version.span)),
        Kind::String => Ok(string(parser)),
        Kind::Word => name(parser, "a feature's name").map(|name| (name.text, name.span)),
        Kind::Mark | Kind::End => {
            parser.unexpected("a value", "write a version or a feature's name");
            Err(Broken)
        }
    }
}

/// What a string means, and its range.
fn string(parser: &mut Parser<'_>) -> (String, Span) {
    let text = parser.here().text;
    let inside = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    (super::super::escapes::read(inside), parser.bump())
}
