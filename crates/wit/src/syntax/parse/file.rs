//! What stands at the top of a file, and in nested packages.
//!
//! Specification: WIT, "Package declaration", "Nested packages".

use super::super::ast::{Ast, Attributes, Interface, Item, NestedPackage, PackageHeader, TopUse};
use super::attributes::attributes;
use super::cursor::Parser;
use super::names::{name, package_name, path};
use super::{Broken, Parsed, interface, list, world};

/// A whole file.
pub(super) fn file(parser: &mut Parser<'_>) -> Ast {
    let mut ast = Ast::default();
    if parser.is("package") {
        match header_or_nested(parser) {
            Ok(First::Header(header)) => ast.package = Some(header),
            Ok(First::Nested(package)) => ast.items.push(Item::Package(package)),
            Err(Broken) => parser.skip_to(&[";"]),
        }
    }
    loop {
        ast.items.extend(list::items(parser, item, Item::Error));
        if parser.at_end() {
            return ast;
        }
        parser.unexpected("the end of the file", "remove this `}`");
        parser.bump();
    }
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
        let items = list::block(parser, item, Item::Error)?;
        let attributes = Attributes { docs, gates: Vec::new() };
        return Ok(First::Nested(NestedPackage { attributes, name, items, span: parser.span_from(start) }));
    }
    if !parser.eat(";") {
        parser.missing(";");
    }
    Ok(First::Header(PackageHeader { docs, name, span: parser.span_from(start) }))
}

fn item(parser: &mut Parser<'_>) -> Parsed<Item> {
    let start = parser.position();
    let attributes = attributes(parser);
    match parser.here().text {
        "interface" => interface_item(parser, start, attributes).map(Item::Interface),
        "world" => world::world(parser, start, attributes).map(Item::World),
        "use" => top_use(parser, start, attributes).map(Item::Use),
        "package" => nested_package(parser, start, attributes).map(Item::Package),
        _ => {
            parser.unexpected("`interface`, `world` or `use`", "put it into an interface or a world");
            Err(Broken)
        }
    }
}

fn nested_package(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<NestedPackage> {
    parser.bump();
    let name = package_name(parser)?;
    let items = list::block(parser, item, Item::Error)?;
    Ok(NestedPackage { attributes, name, items, span: parser.span_from(start) })
}

fn interface_item(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<Interface> {
    parser.bump();
    let name = name(parser, "the interface's name")?;
    let items = interface::body(parser)?;
    Ok(Interface { attributes, name, items, span: parser.span_from(start) })
}

fn top_use(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<TopUse> {
    parser.bump();
    let path = path(parser, "the path of an interface or a world")?;
    let rename = if parser.eat("as") { Some(name(parser, "a name")?) } else { None };
    parser.semicolon();
    Ok(TopUse { attributes, path, rename, span: parser.span_from(start) })
}
