//! What is brought in: `use` and `include`.
//!
//! Holds: older ways to write them are read as well, and told with today's.
//!
//! Specification: WIT, "Item: `use`", "Item: `include`".

use super::super::ast::{Attributes, Include, Path, Renamed, TopUse, Use};
use super::cursor::Parser;
use super::names::{BROUGHT, name, path};
use super::words::meant;
use super::{Broken, Parsed, attributes, list};

/// `use wasi:http/types@0.2.0 as types;` at the top of a file.
pub(super) fn top_use(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<TopUse> {
    parser.bump();
    let path = path(parser, "the path of an interface or a world");
    if parser.is(".") && parser.ahead(1).text == "{" {
        parser.tell_here(
            "expected `;`, found `.`",
            "types are not used at the top of a file",
            "move this `use` into the interface or the world that needs it",
        );
        parser.bump();
        parser.bump();
        list::list(parser, "}", renamed);
        parser.semicolon();
        return Err(Broken::Passed);
    }
    let path = path?;
    let rename = if parser.eat("as") { Some(name(parser, "a name", &[";"])?) } else { None };
    parser.semicolon();
    Ok(TopUse { attributes, path, rename, span: parser.span_from(start) })
}

/// `use types.{a, b as c};`
pub(super) fn use_item(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<Use> {
    parser.bump();
    let (path, names) = if parser.is("{") { old_use(parser)? } else { path_and_names(parser)? };
    parser.semicolon();
    Ok(Use { attributes, path, names, span: parser.span_from(start) })
}

/// `b as c`
fn renamed(parser: &mut Parser<'_>) -> Parsed<Renamed> {
    attributes::none_here(parser, "a name that is brought in");
    let start = parser.position();
    let from = name(parser, "a name", BROUGHT)?;
    let rename = if parser.eat("as") { Some(name(parser, "a name", BROUGHT)?) } else { None };
    Ok(Renamed { name: from, rename, span: parser.span_from(start) })
}

/// `{a, b} from types`
fn old_use(parser: &mut Parser<'_>) -> Parsed<(Path, Vec<Renamed>)> {
    let span = parser.bump();
    let names = list::list(parser, "}", renamed);
    let written = parser.text(span.start..parser.end());
    if !parser.is("from") {
        parser.unexpected("`from`", format!("write `use path.{written};`"));
        return parser.lost();
    }
    parser.bump();
    let path = path(parser, "the path of an interface")?;
    tell_old(parser, span, &path, written);
    Ok((path, names))
}

fn tell_old(parser: &mut Parser<'_>, at: super::super::ast::Span, path: &Path, written: &str) {
    let from = parser.text(path.span.clone());
    let headline = "`use .. from ..` is an older way to write it";
    parser.tell_at(at, headline, "older syntax", format!("write `use {from}.{written};`"));
}

/// `types.{a, b}`
fn path_and_names(parser: &mut Parser<'_>) -> Parsed<(Path, Vec<Renamed>)> {
    let first = path(parser, "the path of an interface")?;
    if parser.is("from") {
        parser.bump();
        let from = path(parser, "the path of an interface")?;
        let written = format!("{{{}}}", first.item.text);
        tell_old(parser, first.span.clone(), &from, &written);
        let one = Renamed { span: first.span, name: first.item, rename: None };
        return Ok((from, vec![one]));
    }
    if !parser.eat(".") && parser.passed_before(1) != ":" {
        let help = format!("write `use {}.{{..}};` with the names that are used", parser.text(first.span.clone()));
        parser.missing_with("`.`", help);
        if !parser.is("{") {
            return Ok((first, Vec::new()));
        }
    }
    if parser.is_spare("{") {
        parser.remove();
    }
    if !parser.is("{") {
        return bare_names(parser, first);
    }
    let span = parser.bump();
    let names = list::list(parser, "}", renamed);
    if parser.eat("from") {
        let written = parser.text(span.start..parser.end());
        let written = written.trim_end_matches("from").trim_end();
        let from = path(parser, "the path of an interface")?;
        tell_old(parser, first.span, &from, written);
        return Ok((from, names));
    }
    Ok((first, names))
}

/// `types.a`, `types.*`: braces are missing.
fn bare_names(parser: &mut Parser<'_>, path: Path) -> Parsed<(Path, Vec<Renamed>)> {
    let from = parser.text(path.span.clone());
    if !parser.at_word() {
        let help = format!("write `use {from}.{{..}};` with the names that are used");
        parser.unexpected("`{`", help);
        while !(parser.is(";") || parser.is("}") || parser.at_end() || parser.at_item()) {
            parser.bump();
        }
        return Ok((path, Vec::new()));
    }
    let found = parser.here().text;
    parser.tell_here(
        format!("expected `{{`, found `{found}`"),
        "no `{` in front",
        format!("write `use {from}.{{{found}}};`"),
    );
    let mut names = vec![renamed(parser)?];
    while parser.eat(",") {
        names.push(renamed(parser)?);
    }
    Ok((path, names))
}

/// `include other with { a as b }`
pub(super) fn include(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<Include> {
    parser.bump();
    let path = path(parser, "the path of a world")?;
    if parser.at_word()
        && !parser.is("with")
        && parser.ahead(1).text == "{"
        && meant(parser.here().text, &["with"]).is_some()
    {
        let headline = format!("expected `with`, found `{}`", parser.here().text);
        parser.tell_here(headline, "not a keyword", "did you mean `with`?");
        parser.bump();
    } else if parser.is("{") {
        parser.missing("with");
    } else if !parser.eat("with") {
        parser.semicolon();
        return Ok(Include { attributes, path, with: Vec::new(), span: parser.span_from(start) });
    }
    let with = list::bracketed(parser, ("{", "}"), given_another_name);
    Ok(Include { attributes, path, with, span: parser.span_from(start) })
}

/// `a as b`, where `as` must stand.
fn given_another_name(parser: &mut Parser<'_>) -> Parsed<Renamed> {
    attributes::none_here(parser, "a name");
    let start = parser.position();
    let from = name(parser, "a name", BROUGHT)?;
    if parser.is(":") && matches!(parser.ahead(2).text, "/" | ":") {
        let headline = format!("expected a plain name, found a path that begins with `{}:`", from.text);
        parser.tell_at(from.span, headline, "an interface keeps its name", "leave it out");
        while !matches!(parser.here().text, "," | "}" | ";") && !parser.at_end() {
            parser.bump();
        }
        return Err(Broken::Passed);
    }
    let wrong = matches!(parser.here().text, ":" | "=" | "->");
    if wrong {
        parser.expect_not("as", &[":", "=", "->"]);
    } else if !parser.eat("as") {
        let help = format!("write `{} as another-name`", from.text);
        parser.missing_with("`as`", help);
        let bare = matches!(parser.here().text, "," | "}");
        if bare || parser.here().first {
            return Ok(Renamed { name: from, rename: None, span: parser.span_from(start) });
        }
    }
    let rename = Some(name(parser, "a name", BROUGHT)?);
    Ok(Renamed { name: from, rename, span: parser.span_from(start) })
}
