//! Worlds.
//!
//! Specification: WIT, "Item: `world`".

use super::super::ast::{Attributes, Extern, ExternKind, Name, Path, World, WorldItem};
use super::attributes::attributes;
use super::cursor::Parser;
use super::misplaced::misspelt;
use super::names::{DECLARED, PATH, is_colon_meant, name, path, path_after_namespace};
use super::pieces::Kind;
use super::words::{IN_WORLD, meant};
use super::{Broken, Parsed, func, interface, list, misplaced, type_decl, uses};

/// `world name { .. }`
pub(super) fn world(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<World> {
    parser.bump();
    body(parser, start, attributes)
}

/// What follows the word `world`.
pub(super) fn body(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<World> {
    let name = name(parser, "the world's name", DECLARED);
    let items = list::block(parser, item, WorldItem::Error)?;
    Ok(World { attributes, name: name.map_err(|_| Broken::Passed)?, items, span: parser.span_from(start) })
}

pub(super) fn item(parser: &mut Parser<'_>) -> Parsed<WorldItem> {
    let start = parser.position();
    let attributes = attributes(parser);
    misplaced::in_front(parser);
    let word = parser.here().text;
    let known = IN_WORLD.contains(&word);
    if !known && parser.start_ahead(0).is_some() {
        return misplaced::item(parser, "in a world");
    }
    let word = if known { word } else { misspelt(parser, &IN_WORLD).unwrap_or(word) };
    match word {
        "import" => import_or_export(parser, start, attributes, "import").map(WorldItem::Import),
        "export" => import_or_export(parser, start, attributes, "export").map(WorldItem::Export),
        "use" => uses::use_item(parser, start, attributes).map(WorldItem::Use),
        "include" => uses::include(parser, start, attributes).map(WorldItem::Include),
        word if type_decl::begins(word) => type_decl::type_decl(parser, word, start, attributes).map(WorldItem::Type),
        _ => {
            let help = "write `import` or `export` before it";
            parser.tell_item("`import`, `export`, `include`, `use` or a type", help);
            Err(Broken::Lost)
        }
    }
}

fn import_or_export(
    parser: &mut Parser<'_>,
    start: usize,
    attributes: Attributes,
    word: &'static str,
) -> Parsed<Extern> {
    parser.bump();
    let kind = extern_kind(parser, word)?;
    Ok(Extern { attributes, kind, span: parser.span_from(start) })
}

fn extern_kind(parser: &mut Parser<'_>, word: &'static str) -> Parsed<ExternKind> {
    let turned = turned_around(parser);
    if parser.ahead(1).text == "/" || is_colon_meant(parser, 1) || parser.here().kind == Kind::String {
        let path = path(parser, "what is imported or exported")?;
        end_of_path(parser, word);
        return Ok(ExternKind::Path(path));
    }
    let name = name(parser, "what is imported or exported", PATH)?;
    if parser.is_spare(":") && !func::is_word(parser.here().text) {
        parser.remove();
    }
    match parser.here().text {
        ":" => {
            parser.bump();
            after_colon(parser, name, word)
        }
        "{" if parser.ahead(1).kind == Kind::Word && matches!(parser.ahead(2).text, "," | "}") => {
            let help = format!("name the interface alone, or write `use {}.{{..}};`", name.text);
            parser.tell_here("expected `;`, found `{`", "types are not imported or exported one by one", help);
            parser.skip_one();
            parser.eat(";");
            Err(Broken::Passed)
        }
        "{" if !turned && !parser.here().doubtful => {
            parser.missing_with("`: interface`", format!("write `{}: interface {{ .. }}`", name.text));
            Ok(ExternKind::Interface { name, items: interface::body(parser)? })
        }
        "{" if turned => Ok(ExternKind::Interface { name, items: interface::body(parser)? }),
        "(" => {
            let (kind, func) = if turned { func::parameters(parser) } else { func::without_word(parser) };
            func::end(parser);
            Ok(ExternKind::Func { name, kind, func })
        }
        "func" | "async" | "static" | "interface" if !parser.here().first => {
            parser.missing(":");
            after_colon(parser, name, word)
        }
        "." if parser.ahead(1).text == "{" => {
            let help = format!("name the interface alone, or write `use {}.{{..}};`", name.text);
            parser.tell_here("expected `;`, found `.`", "types are not imported or exported one by one", help);
            parser.bump();
            parser.skip_one();
            parser.semicolon();
            Err(Broken::Passed)
        }
        "." if parser.ahead(1).kind == Kind::Word && !parser.here().first => {
            let path = format!("{}.{}", name.text, parser.ahead(1).text);
            let help = match name.text.as_str() {
                "self" => format!("write `{}`", parser.ahead(1).text),
                _ => "name the interface alone".to_owned(),
            };
            parser.tell_here(format!("expected an interface, found `{path}`"), "not expected here", help);
            parser.bump();
            parser.bump();
            parser.semicolon();
            Err(Broken::Passed)
        }
        _ => {
            end_of_path(parser, word);
            Ok(ExternKind::Path(Path { package: None, span: name.span.clone(), item: name }))
        }
    }
}

/// `import interface a {`, `import func a(`
fn turned_around(parser: &mut Parser<'_>) -> bool {
    let (word, next, then) = (parser.here().text, parser.ahead(1), parser.ahead(2).text);
    let turned = next.kind == Kind::Word && matches!((word, then), ("interface", "{") | ("func", "("));
    if turned {
        let help = format!("write `{}: {word}`", next.text);
        parser.tell_here(format!("expected a name, found `{word}`"), "stands behind the name", help);
        parser.bump();
    }
    turned
}

/// What follows the first name and its `:`.
fn after_colon(parser: &mut Parser<'_>, name: Name, word: &'static str) -> Parsed<ExternKind> {
    if parser.is(":") {
        parser.remove();
    }
    if func::begins(parser) {
        let (kind, func) = func::func(parser)?;
        func::end(parser);
        return Ok(ExternKind::Func { name, kind, func });
    }
    if parser.is("{") {
        parser.missing("interface");
    } else if parser.at_word() && parser.ahead(1).text == "{" && !parser.is("interface") {
        let found = parser.here().text;
        let help = match meant(found, &["interface"]) {
            Some(_) => "did you mean `interface`?",
            None => "write `interface`",
        };
        parser.tell_here(format!("expected `interface`, found `{found}`"), "not a keyword", help);
        parser.bump();
    } else if !parser.eat("interface") {
        return path_after_colon(parser, name, word);
    }
    let items = interface::body(parser)?;
    Ok(ExternKind::Interface { name, items })
}

/// `wasi:http/types` or `label: types`, of which the first part was read.
fn path_after_colon(parser: &mut Parser<'_>, first: Name, word: &'static str) -> Parsed<ExternKind> {
    let next = parser.ahead(1).text;
    let version_first = next == "@" && !parser.ahead(1).first;
    // `wasi:http:types`, but not `label: http:types/name`.
    let three = next == ":" && parser.ahead(2).kind == Kind::Word && !matches!(parser.ahead(3).text, "/" | ".");
    let qualified = parser.is(":") || next == "/" || next == "." || version_first || three;
    let kind = if qualified {
        ExternKind::Path(path_after_namespace(parser, first)?)
    } else {
        ExternKind::Implements { name: first, path: path(parser, "`func`, `interface` or the path of an interface")? }
    };
    end_of_path(parser, word);
    Ok(kind)
}

/// The `;` behind a path; `as` and further paths cannot stand in front of it.
fn end_of_path(parser: &mut Parser<'_>, word: &str) {
    let same_line = !parser.here().first && parser.ahead(1).kind == Kind::Word && !parser.ahead(1).first;
    if same_line && parser.is("as") {
        let help = format!("leave out `as {}`: what is {word}ed keeps its name", parser.ahead(1).text);
        let label = format!("an {word} has no `as`");
        parser.tell_here("expected `;`, found `as`", &label, help);
        parser.bump();
        parser.bump();
    }
    if same_line && parser.is(",") && parser.start_ahead(1).is_none() {
        let label = format!("one `{word}` names one interface");
        parser.tell_here("expected `;`, found `,`", &label, format!("write one `{word}` for each"));
        while !(parser.is(";") || parser.is("}") || parser.at_end() || parser.here().first) {
            parser.bump();
        }
    }
    parser.semicolon();
}
