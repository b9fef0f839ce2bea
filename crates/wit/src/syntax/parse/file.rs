//! What stands at the top of a file, and in nested packages.
//!
//! Specification: WIT, "Package declaration", "Nested packages".

use super::super::ast::{Ast, Attributes, Interface, Item, NestedPackage, PackageHeader};
use super::attributes::attributes;
use super::cursor::Parser;
use super::misplaced::misspelt;
use super::names::{DECLARED, name, package_name};
use super::starts::Start;
use super::words::{TOP, TYPES, is_keyword};
use super::{Broken, Parsed, depth, interface, list, misplaced, uses, world};

/// A whole file.
pub(super) fn file(parser: &mut Parser<'_>) -> Ast {
    let mut ast = Ast::default();
    if parser.is("package") || (parser.ahead(2).text == ":" && misspelt(parser, &["package"]).is_some()) {
        match header_or_nested(parser) {
            Ok(First::Header(header)) => ast.package = Some(header),
            Ok(First::Nested(package)) => ast.items.push(Item::Package(package)),
            Err(Broken::Passed) => {}
            Err(Broken::Lost) => parser.skip_item(0),
        }
    }
    ast.items.extend(list::items(parser, item, Item::Error));
    ast
}

enum First {
    Header(PackageHeader),
    Nested(NestedPackage),
}

/// A `package` that a file begins with.
fn header_or_nested(parser: &mut Parser<'_>) -> Parsed<First> {
    let start = parser.position();
    let docs = parser.docs();
    parser.bump();
    let name = package_name(parser)?;
    if parser.is("{") {
        let attributes = Attributes { docs, gates: Vec::new() };
        return nested_body(parser, start, attributes, name).map(First::Nested);
    }
    parser.semicolon();
    Ok(First::Header(PackageHeader { docs, name, span: parser.span_from(start) }))
}

pub(super) fn item(parser: &mut Parser<'_>) -> Parsed<Item> {
    let start = parser.position();
    let attributes = attributes(parser);
    if parser.is("default") && matches!(parser.ahead(1).text, "world" | "interface") {
        let help = format!("write `{}` alone", parser.ahead(1).text);
        parser.tell_here("`default` is older syntax", "no longer there", help);
        parser.bump();
    }
    misplaced::in_front(parser);
    if parser.at_word() && !is_keyword(parser.here().text) && parser.ahead(1).text == "{" {
        return without_word(parser, start, attributes);
    }
    let word = match parser.here().text {
        word @ ("interface" | "world" | "package" | "use") => word,
        _ if parser.start_ahead(0).is_some() => return misplaced::item(parser, "at the top of a file"),
        word => misspelt(parser, &TOP).unwrap_or(word),
    };
    match word {
        "interface" => interface_item(parser, start, attributes).map(Item::Interface),
        "world" => world::world(parser, start, attributes).map(Item::World),
        "use" => uses::top_use(parser, start, attributes).map(Item::Use),
        "package" => nested_package(parser, start, attributes).map(Item::Package),
        _ if misspelt(parser, &TYPES).is_some() => {
            interface::item(parser)?;
            Err(Broken::Passed)
        }
        _ => {
            let help = "write `interface name { .. }` or `world name { .. }`";
            parser.tell_item("`interface`, `world` or `use`", help);
            Err(Broken::Lost)
        }
    }
}

/// `name { .. }`, which may be an interface or a world.
fn without_word(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<Item> {
    let is_world = holds_externs(parser);
    let word = if is_world { "world" } else { "interface" };
    let name = parser.here().text;
    parser.tell_here(
        format!("expected `{word}`, found `{name}`"),
        "not said what it is",
        format!("write `{word} {name}`"),
    );
    if is_world {
        world::body(parser, start, attributes).map(Item::World)
    } else {
        interface_body(parser, start, attributes).map(Item::Interface)
    }
}

/// Whether `import` or `export` stands in the block that begins with the next piece.
fn holds_externs(parser: &Parser<'_>) -> bool {
    let indent = parser.here().indent;
    let lines = (2..400).map(|ahead| (ahead, parser.ahead(ahead)));
    let mut inside = lines.take_while(|(_, piece)| !piece.first || piece.indent > indent);
    inside.any(|(ahead, piece)| piece.first && parser.start_ahead(ahead) == Some(Start::Extern))
}

fn nested_package(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<NestedPackage> {
    let word = parser.bump();
    let name = package_name(parser)?;
    if parser.is(";") {
        let headline = format!("`package {}` does not begin the file", parser.text(name.span));
        let help = "write it once, at the beginning, or give it braces";
        parser.tell_at(word, headline, "not the first item of the file", help);
        parser.bump();
        return Err(Broken::Passed);
    }
    nested_body(parser, start, attributes, name)
}

fn nested_body(
    parser: &mut Parser<'_>,
    start: usize,
    attributes: Attributes,
    name: super::super::ast::PackageName,
) -> Parsed<NestedPackage> {
    if parser.levels() >= depth::PACKAGES {
        return depth::too_deep_package(parser);
    }
    let items = list::block(parser, item, Item::Error)?;
    Ok(NestedPackage { attributes, name, items, span: parser.span_from(start) })
}

fn interface_item(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<Interface> {
    parser.bump();
    interface_body(parser, start, attributes)
}

fn interface_body(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<Interface> {
    let name = name(parser, "the interface's name", DECLARED);
    let items = interface::body(parser)?;
    Ok(Interface { attributes, name: name.map_err(|_| Broken::Passed)?, items, span: parser.span_from(start) })
}
