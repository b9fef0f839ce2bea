//! Gates and other attributes.
//!
//! Holds: whether an attribute is known and takes what it is given is for the rules to say.
//!
//! Specification: WIT, "Feature gates".

use super::super::ast::{Argument, Attribute, Attributes, Span};
use super::cursor::Parser;
use super::names::{name, version};
use super::pieces::Kind;
use super::{Broken, Parsed, list};

/// Documentation comments and attributes in front of an item.
pub(super) fn attributes(parser: &mut Parser<'_>) -> Attributes {
    let docs = parser.docs();
    let mut gates = Vec::new();
    loop {
        if parser.is("@") {
            gates.extend(attribute(parser).ok());
        } else if is_bare(parser) {
            let word = parser.here().text;
            parser.tell_here(format!("expected `@`, found `{word}`"), "no `@` in front", format!("write `@{word}`"));
            gates.extend(after_at(parser).ok());
        } else {
            break;
        }
    }
    Attributes { docs, gates }
}

/// Whether an attribute stands here without its `@`.
fn is_bare(parser: &Parser<'_>) -> bool {
    let known = matches!(parser.here().text, "since" | "unstable" | "deprecated" | "external-id");
    let argument = parser.ahead(3).text == "=" || parser.ahead(2).kind == Kind::String;
    known && parser.ahead(1).text == "(" && argument
}

/// Attributes where none may stand.
pub(super) fn none_here(parser: &mut Parser<'_>, what: &str) {
    while parser.is("@") {
        let headline = format!("`@{}` is not allowed on {what}", parser.ahead(1).text);
        parser.tell_here(headline, "not allowed here", "remove it, or put it on the whole item");
        let _ = attribute(parser);
    }
}

/// `@since(version = 0.2.1)`
fn attribute(parser: &mut Parser<'_>) -> Parsed<Attribute> {
    parser.bump();
    after_at(parser)
}

/// What follows the `@`.
fn after_at(parser: &mut Parser<'_>) -> Parsed<Attribute> {
    let start = if parser.passed_before(1) == "@" { parser.before().start } else { parser.here().span.start };
    let name = name(parser, "an attribute's name", &["("])?;
    let arguments = if parser.is("(") && !parser.here().first {
        parser.bump();
        list::list(parser, ")", argument)
    } else if parser.at_word() && parser.ahead(1).text == "=" && !parser.here().first {
        parser.missing("(");
        let bare = argument(parser).into_iter().collect();
        parser.eat(")");
        bare
    } else {
        Vec::new()
    };
    Ok(Attribute { name, arguments, span: start..parser.end() })
}

/// `version = 0.2.1`, a string, or a value whose name was forgotten.
fn argument(parser: &mut Parser<'_>) -> Parsed<Argument> {
    let named = parser.at_word() && !matches!(parser.ahead(1).text, ")" | "," | ".");
    if !named {
        let (value, value_span) = value(parser)?;
        return Ok(Argument { name: None, value, value_span });
    }
    let name = name(parser, "an argument", &["=", ":"])?;
    parser.expect_not("=", &[":"]);
    if parser.here().kind == Kind::String {
        let bare = parser.here().text.trim_matches('"');
        let help = format!("write `{} = {bare}`", name.text);
        parser.tell_here("expected a value, found a string", "has quotes", help);
    }
    let (value, value_span) = value(parser)?;
    Ok(Argument { name: Some(name), value, value_span })
}

fn value(parser: &mut Parser<'_>) -> Parsed<(String, Span)> {
    let here = parser.here();
    match here.kind {
        Kind::Number => version(parser).map(|version| (version.text, version.span)),
        Kind::String => Ok(string(parser)),
        Kind::Word if here.text.starts_with('v') && parser.ahead(1).text == "." => {
            version(parser).map(|version| (version.text, version.span))
        }
        Kind::Word => name(parser, "a feature's name", &[")", ","]).map(|name| (name.text, name.span)),
        Kind::Mark | Kind::End => {
            parser.unexpected("a value", "write a version or a feature's name");
            Err(Broken::Lost)
        }
    }
}

/// What a string means, and its range.
fn string(parser: &mut Parser<'_>) -> (String, Span) {
    let text = parser.here().text;
    let inside = text.strip_prefix('"').unwrap_or(text);
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    (super::super::escapes::read(inside), parser.bump())
}
