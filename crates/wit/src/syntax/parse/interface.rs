//! What stands in an interface.
//!
//! Specification: WIT, "Item: `interface`".

use super::super::ast::InterfaceItem;
use super::attributes::attributes;
use super::cursor::Parser;
use super::misplaced::misspelt;
use super::pieces::Kind;
use super::words::{IN_INTERFACE, is_keyword};
use super::{Broken, Parsed, func, list, misplaced, resource, type_decl, uses};

/// `{ .. }`
pub(super) fn body(parser: &mut Parser<'_>) -> Parsed<Vec<InterfaceItem>> {
    list::block(parser, item, InterfaceItem::Error)
}

pub(super) fn item(parser: &mut Parser<'_>) -> Parsed<InterfaceItem> {
    let start = parser.position();
    let attributes = attributes(parser);
    without_direction(parser);
    misplaced::in_front(parser);
    if parser.is(":") && func::is_word(parser.ahead(1).text) {
        return func::without_name(parser);
    }
    if func::begins_named(parser) {
        return func::named(parser, start, attributes).map(InterfaceItem::Func);
    }
    let word = parser.here().text;
    let word =
        if type_decl::begins(word) || word == "use" { word } else { misspelt(parser, &IN_INTERFACE).unwrap_or(word) };
    if type_decl::begins(word) {
        return type_decl::type_decl(parser, word, start, attributes).map(InterfaceItem::Type);
    }
    match word {
        "use" => uses::use_item(parser, start, attributes).map(InterfaceItem::Use),
        "constructor" => resource::constructor(parser, start, attributes).map(InterfaceItem::Func),
        "interface" | "world" | "package" | "import" | "export" | "include" if parser.start_ahead(0).is_some() => {
            misplaced::item(parser, "in an interface")
        }
        _ if parser.at_word() && !is_keyword(word) && parser.ahead(1).kind != Kind::Word => {
            func::named(parser, start, attributes).map(InterfaceItem::Func)
        }
        _ => {
            parser.tell_item("a type, a function or `use`", "write `name: func()` for a function");
            Err(Broken::Lost)
        }
    }
}

/// `export` and the like in front of a function: an interface does not say which way it goes.
fn without_direction(parser: &mut Parser<'_>) {
    let word = parser.here().text;
    let prefix = matches!(word, "import" | "export" | "pub" | "public");
    if prefix && parser.ahead(1).kind == Kind::Word && matches!(parser.ahead(2).text, ":" | "{") {
        let headline = format!("`{word}` cannot stand in an interface");
        parser.tell_here(headline, "only worlds import and export", format!("remove `{word}`"));
        parser.bump();
    }
}
