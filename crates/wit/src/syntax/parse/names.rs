//! Names, package names, versions and paths.
//!
//! Specification: WIT, "Identifiers", "Package declaration".

use super::super::ast::{Name, PackageName, Path, Renamed, VersionText};
use super::cursor::{Kind, Parser};
use super::{Broken, Parsed};

/// Words that are no names unless `%` stands before them.
#[rustfmt::skip]
const KEYWORDS: [&str; 43] = [
    "as", "async", "bool", "borrow", "char", "constructor", "enum", "error-context", "export", "f32", "f64", "flags",
    "from", "func", "future", "import", "include", "interface", "list", "map", "option", "own", "package", "record",
    "resource", "result", "s16", "s32", "s64", "s8", "static", "stream", "string", "tuple", "type", "u16", "u32",
    "u64", "u8", "use", "variant", "with", "world",
];

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// A name; `what` it names is told where none stands.
pub(super) fn name(parser: &mut Parser<'_>, what: &str) -> Parsed<Name> {
    if !parser.at_word() || is_keyword(parser.here().text) {
        parser.unexpected(what, format!("write {what} here"));
        return Err(Broken);
    }
    let text = parser.here().text;
    let escaped = text.starts_with('%');
    Ok(Name { text: text.trim_start_matches('%').to_owned(), escaped, span: parser.bump() })
}

/// `ns:name@1.0.0`
pub(super) fn package_name(parser: &mut Parser<'_>) -> Parsed<PackageName> {
    let namespace = name(parser, "a namespace")?;
    parser.expect(":")?;
    let name = name(parser, "a package name")?;
    let version = version_after(parser)?;
    let span = namespace.span.start..parser.end();
    Ok(PackageName { namespace, name, version, span })
}

/// `@1.0.0`, if it stands here.
pub(super) fn version_after(parser: &mut Parser<'_>) -> Parsed<Option<VersionText>> {
    if parser.eat("@") { version(parser).map(Some) } else { Ok(None) }
}

/// `1.0.0-rc.1+build.2`
pub(super) fn version(parser: &mut Parser<'_>) -> Parsed<VersionText> {
    let start = parser.here().span.start;
    if parser.here().kind != Kind::Number {
        parser.unexpected("a version", "write a version, as in `1.0.0`");
        return Err(Broken);
    }
    parser.bump();
    while parser.is(".") && parser.ahead(1).kind == Kind::Number {
        parser.bump();
        parser.bump();
    }
    version_tail(parser, "-");
    version_tail(parser, "+");
    let span = start..parser.end();
    Ok(VersionText { text: parser.text(span.clone()).to_owned(), span })
}

/// What follows `-` or `+` in a version; a dot belongs to it only if more follows.
fn version_tail(parser: &mut Parser<'_>, mark: &str) {
    let part =
        |kind: Kind, text: &str| kind == Kind::Number || (kind == Kind::Word && !is_keyword(text)) || text == "-";
    if !parser.eat(mark) {
        return;
    }
    loop {
        let (here, next) = (parser.here(), parser.ahead(1));
        if part(here.kind, here.text) {
            parser.bump();
        } else if here.text == "." && part(next.kind, next.text) {
            parser.bump();
            parser.bump();
        } else {
            return;
        }
    }
}

/// `types`, or `wasi:http/types@0.2.0`
pub(super) fn path(parser: &mut Parser<'_>, what: &str) -> Parsed<Path> {
    let first = name(parser, what)?;
    if !parser.eat(":") {
        let span = first.span.clone();
        return Ok(Path { package: None, item: first, span });
    }
    path_after_namespace(parser, first)
}

/// What follows `wasi:` in a path.
pub(super) fn path_after_namespace(parser: &mut Parser<'_>, namespace: Name) -> Parsed<Path> {
    let package = name(parser, "a package name")?;
    let span = namespace.span.start..package.span.end;
    parser.expect("/")?;
    let item = name(parser, "the name of an interface or a world")?;
    let version = version_after(parser)?;
    let whole = namespace.span.start..parser.end();
    Ok(Path { package: Some(PackageName { namespace, name: package, version, span }), item, span: whole })
}

/// `b as c`
pub(super) fn renamed(parser: &mut Parser<'_>) -> Parsed<Renamed> {
    let start = parser.position();
    let from = name(parser, "a name")?;
    let rename = if parser.eat("as") { Some(name(parser, "a name")?) } else { None };
    Ok(Renamed { name: from, rename, span: parser.span_from(start) })
}
