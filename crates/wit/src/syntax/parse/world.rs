//! Worlds.
//!
//! Specification: WIT, "Item: `world`", "Item: `include`".

use super::super::ast::{Attributes, Extern, ExternKind, Include, Name, World, WorldItem};
use super::attributes::attributes;
use super::cursor::{Kind, Parser};
use super::names::{name, path, path_after_namespace, renamed};
use super::{Broken, Parsed, func, interface, list, type_decl};

/// `world name { .. }`
pub(super) fn world(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<World> {
    parser.bump();
    let name = name(parser, "the world's name")?;
    let items = list::block(parser, item, WorldItem::Error)?;
    Ok(World { attributes, name, items, span: parser.span_from(start) })
}

fn item(parser: &mut Parser<'_>) -> Parsed<WorldItem> {
    let start = parser.position();
    let attributes = attributes(parser);
    match parser.here().text {
        "import" => import_or_export(parser, start, attributes).map(WorldItem::Import),
        "export" => import_or_export(parser, start, attributes).map(WorldItem::Export),
        "use" => interface::use_item(parser, start, attributes).map(WorldItem::Use),
        "include" => include(parser, start, attributes).map(WorldItem::Include),
        word if type_decl::begins(word) => type_decl::type_decl(parser, start, attributes).map(WorldItem::Type),
        _ => {
            let expected = "`import`, `export`, `include`, `use` or a type";
            parser.unexpected(expected, "write `import` or `export` before it");
            Err(Broken)
        }
    }
}

fn import_or_export(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<Extern> {
    parser.bump();
    let kind = extern_kind(parser)?;
    Ok(Extern { attributes, kind, span: parser.span_from(start) })
}

fn extern_kind(parser: &mut Parser<'_>) -> Parsed<ExternKind> {
    let name = name(parser, "what is imported or exported")?;
    if !parser.eat(":") {
        parser.semicolon();
        return Ok(ExternKind::Path(super::super::ast::Path { package: None, span: name.span.clone(), item: name }));
    }
    if func::begins(parser) {
        let (kind, func) = func::func(parser)?;
        parser.semicolon();
        return Ok(ExternKind::Func { name, kind, func });
    }
    if parser.eat("interface") {
        let items = interface::body(parser)?;
        return Ok(ExternKind::Interface { name, items });
    }
    path_after_colon(parser, name)
}

/// `wasi:http/types` or `label: types`, of which the first part was read.
fn path_after_colon(parser: &mut Parser<'_>, first: Name) -> Parsed<ExternKind> {
    let qualified = parser.here().kind == Kind::Word && parser.ahead(1).text == "/";
    let kind = if qualified {
        ExternKind::Path(path_after_namespace(parser, first)?)
    } else {
        ExternKind::Implements { name: first, path: path(parser, "`func`, `interface` or the path of an interface")? }
    };
    parser.semicolon();
    Ok(kind)
}

/// `include other with { a as b }`
fn include(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<Include> {
    parser.bump();
    let path = path(parser, "the path of a world")?;
    let with = if parser.eat("with") {
        list::bracketed(parser, ("{", "}"), renamed)?
    } else {
        parser.semicolon();
        Vec::new()
    };
    Ok(Include { attributes, path, with, span: parser.span_from(start) })
}
