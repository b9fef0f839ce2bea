//! Names, package names, versions and paths.
//!
//! Holds: a name is taken as it is written; whether it has the form of one is for the rules to say.
//!
//! Specification: WIT, "Identifiers", "Package declaration".

use super::super::ast::{Name, PackageName, Path, Span, VersionText};
use super::cursor::Parser;
use super::pieces::Kind;
use super::words::is_keyword;
use super::{Broken, Parsed};

/// What may follow the name of a declaration.
pub(super) const DECLARED: &[&str] = &["{", "=", ";", ":"];
/// What may follow a name that is brought in.
pub(super) const BROUGHT: &[&str] = &[",", "}", "as", ";"];
/// What may follow a part of a path.
pub(super) const PATH: &[&str] = &[":", "/", ".", "@", ";", "with", "as", "{"];

/// A name; `what` it names is told where none stands. A keyword is one only in front of one of `follow`.
pub(super) fn name(parser: &mut Parser<'_>, what: &str, follow: &[&str]) -> Parsed<Name> {
    if is_in_front(parser, follow) {
        parser.remove();
    }
    let here = parser.here().clone();
    let next = parser.ahead(1);
    let followed = follow.contains(&next.text);
    match here.kind {
        Kind::Word if !is_keyword(here.text) => Ok(take(parser, 1)),
        Kind::Word if followed => {
            let headline = format!("expected {what}, found the keyword `{}`", here.text);
            parser.tell_here(headline, "a keyword", format!("write `%{}`", here.text));
            Ok(take(parser, 1))
        }
        // `2d`, `-a`: the rules say what is wrong with them.
        Kind::Number | Kind::Mark
            if (here.kind == Kind::Number || here.text == "-") && next.kind == Kind::Word && next.touches(&here) =>
        {
            Ok(take(parser, 2))
        }
        Kind::Mark if here.text == "_" && followed => {
            parser.tell_here(format!("expected {what}, found `_`"), "not a name", "write a name");
            Ok(take(parser, 1))
        }
        Kind::String if followed => {
            let bare = here.text.trim_matches('"');
            parser.tell_here(format!("expected {what}, found a string"), "has quotes", format!("write `{bare}`"));
            Ok(take(parser, 1))
        }
        Kind::Word | Kind::Number | Kind::String | Kind::Mark | Kind::End => {
            let help = format!("write {what} here");
            if matches!(parser.passed_before(1), "," | "{" | "(" | ";" | "}") && here.kind != Kind::End {
                parser.tell_here(format!("expected {what}, found {}", parser.found()), "not expected here", help);
            } else {
                parser.unexpected(what, help);
            }
            Err(Broken::Lost)
        }
    }
}

/// Whether something stands in front of a name that does not belong there.
fn is_in_front(parser: &Parser<'_>, follow: &[&str]) -> bool {
    let (here, next) = (parser.here(), parser.ahead(1));
    if next.kind != Kind::Word || next.first || next.touches(here) && here.text == "-" {
        return false;
    }
    match here.kind {
        Kind::Mark if here.text == ";" => !here.first && follow.contains(&parser.ahead(2).text),
        Kind::Mark => !is_keyword(next.text) && !matches!(here.text, "{" | "}" | "[" | "(" | ","),
        Kind::Number => !next.touches(here) && !is_keyword(next.text),
        Kind::Word => is_keyword(here.text) && !is_keyword(next.text) && follow.contains(&parser.ahead(2).text),
        Kind::String | Kind::End => false,
    }
}

/// A name made of the next pieces, whatever they are.
fn take(parser: &mut Parser<'_>, pieces: usize) -> Name {
    let start = parser.here().span.start;
    for _ in 0..pieces {
        parser.bump();
    }
    let span = start..parser.end();
    let text = parser.text(span.clone());
    Name { text: text.trim_start_matches('%').trim_matches('"').to_owned(), escaped: text.starts_with('%'), span }
}

/// `ns:name@1.0.0`
pub(super) fn package_name(parser: &mut Parser<'_>) -> Parsed<PackageName> {
    let namespace = name(parser, "the package's namespace", PATH)?;
    let (mark, next) = (parser.here(), parser.ahead(1));
    if matches!(mark.text, "/" | ".") && next.kind == Kind::Word && !next.first {
        let (headline, help) =
            (format!("expected `:`, found `{}`", mark.text), format!("write `{}:{}`", namespace.text, next.text));
        parser.tell_here(headline, "not expected here", help);
        parser.bump();
    } else if !colon(parser, &format!("write `namespace:{}`", namespace.text)) {
        return parser.lost();
    }
    let name = name(parser, "the package's name", PATH)?;
    let two = format!("{}:{}", namespace.text, name.text);
    if let Some(span) = more_parts(parser) {
        parser.tell_part(span, "a package's name has two parts", "one part too many", format!("write `{two}`"));
    }
    let version = match version_without_at(parser, &two)? {
        Some(version) => Some(version),
        None => version_after(parser)?,
    };
    let span = namespace.span.start..parser.end();
    Ok(PackageName { namespace, name, version, span })
}

/// Passes over `/c` or `:c` behind a name that is whole already.
fn more_parts(parser: &mut Parser<'_>) -> Option<Span> {
    let start = parser.here().span.start;
    let mut end = None;
    while matches!(parser.here().text, "/" | ":") && parser.ahead(1).kind == Kind::Word && !parser.ahead(1).first {
        parser.bump();
        end = Some(parser.bump().end);
    }
    end.map(|end| start..end)
}

/// `1.0.0` behind a package's name, the `@` forgotten.
fn version_without_at(parser: &mut Parser<'_>, package: &str) -> Parsed<Option<VersionText>> {
    if parser.here().kind != Kind::Number || parser.here().first || parser.ahead(1).text != "." {
        return Ok(None);
    }
    let version = version(parser)?;
    let help = format!("write `{package}@{}`", version.text);
    parser.tell_part(version.span.clone(), format!("expected `@`, found `{}`", version.text), "no `@` in front", help);
    Ok(Some(version))
}

/// The `:` behind a namespace; `help` if there is none.
fn colon(parser: &mut Parser<'_>, help: &str) -> bool {
    if parser.is(";") && parser.is_spare(":") {
        parser.remove();
    }
    if !parser.eat(":") {
        parser.missing_with("`:`", help);
        return false;
    }
    if parser.is(":") {
        parser.tell_here("expected a name, found `:`", "one too many", "write one `:`");
        parser.bump();
    }
    true
}

/// `@1.0.0`, if it stands here.
pub(super) fn version_after(parser: &mut Parser<'_>) -> Parsed<Option<VersionText>> {
    // On a line of its own it begins an attribute.
    let attribute = parser.here().first && parser.ahead(1).kind == Kind::Word;
    if !attribute && parser.eat("@") { version(parser).map(Some) } else { Ok(None) }
}

/// `1.0.0-rc.1+build.2`, or what stands in its place; the rules say whether it is a version.
pub(super) fn version(parser: &mut Parser<'_>) -> Parsed<VersionText> {
    let here = parser.here();
    let start = here.span.start;
    if here.kind == Kind::String {
        let text = here.text.trim_matches('"').to_owned();
        parser.tell_here("expected a version, found a string", "has quotes", format!("write `{text}`"));
        return Ok(VersionText { text, span: parser.bump() });
    }
    let is_word = here.kind == Kind::Word && here.text.starts_with(['v', 'V']) && !is_keyword(here.text);
    if here.kind != Kind::Number && !is_word {
        parser.unexpected("a version", "write a version, as in `1.0.0`");
        return parser.lost();
    }
    parser.bump();
    loop {
        let (here, next) = (parser.here(), parser.ahead(1));
        let part = next.kind == Kind::Number || (next.kind == Kind::Word && next.touches(here) && next.text == "x");
        // `1.0` and `1.0x` are no versions, but nothing else either.
        let rest = matches!(here.kind, Kind::Word | Kind::Number)
            && !here.first
            && parser.passed().is_some_and(|before| here.touches(before));
        let two_dots = here.text == "." && next.text == "." && next.touches(here);
        if two_dots && parser.ahead(2).kind == Kind::Number {
            parser.bump();
        } else if here.text == "." && part {
            parser.bump();
            parser.bump();
        } else if rest {
            parser.bump();
        } else {
            break;
        }
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
        // On the next line something else begins.
        if here.first {
            return;
        }
        if part(here.kind, here.text) {
            parser.bump();
        } else if here.text == "." && part(next.kind, next.text) && !next.first {
            parser.bump();
            parser.bump();
        } else {
            return;
        }
    }
}

/// `types`, or `wasi:http/types@0.2.0`
pub(super) fn path(parser: &mut Parser<'_>, what: &str) -> Parsed<Path> {
    if parser.here().kind == Kind::String && matches!(parser.ahead(1).text, ";" | "." | "as" | "with") {
        let bare = parser.here().text.trim_matches('"');
        parser.tell_here(format!("expected {what}, found a string"), "has quotes", format!("write `{bare}`"));
        parser.bump();
        return parser.lost();
    }
    let first = name(parser, what, PATH)?;
    if parser.is(";") && parser.is_spare(":") {
        parser.remove();
    }
    if is_colon_meant(parser, 0) {
        let mark = parser.here().text;
        let help = format!("write `{}:{}`", first.text, rest_of_path(parser, 1));
        parser.tell_here(format!("expected `:`, found `{mark}`"), "not expected here", help);
        parser.bump();
        return path_after_namespace(parser, first);
    }
    if parser.is("/") {
        let help = format!("write `namespace:{}`", first.text);
        parser.missing_with("`:`", help);
        parser.bump();
        return parser.lost();
    }
    let colons = parser.is(":") && parser.ahead(1).text == ":" && parser.ahead(2).text == "{";
    if colons {
        parser.tell_here("expected `.`, found `::`", "not expected here", "write `.` instead of `::`");
        parser.bump();
        parser.bump();
    }
    if !parser.is(":") {
        let span = first.span.clone();
        return Ok(Path { package: None, item: first, span });
    }
    colon(parser, "");
    path_after_namespace(parser, first)
}

/// Whether `/http/types` or `.http/types` stands here, or `ahead` pieces further on.
pub(super) fn is_colon_meant(parser: &Parser<'_>, ahead: usize) -> bool {
    matches!(parser.ahead(ahead).text, "/" | ".")
        && parser.ahead(ahead + 1).kind == Kind::Word
        && parser.ahead(ahead + 2).text == "/"
        && parser.ahead(ahead + 3).kind == Kind::Word
}

/// What is left of a path, `ahead` pieces further on.
fn rest_of_path<'a>(parser: &Parser<'a>, ahead: usize) -> &'a str {
    let start = parser.ahead(ahead).span.clone();
    let mut end = start.end;
    for next in (ahead + 1..ahead + 32).map(|ahead| parser.ahead(ahead)) {
        let part = matches!(next.kind, Kind::Word | Kind::Number) || matches!(next.text, "." | "/" | "@" | "-" | "+");
        if !part || next.span.start != end {
            break;
        }
        end = next.span.end;
    }
    parser.text(start.start..end).trim_end_matches('.')
}

/// What follows `wasi:` in a path.
pub(super) fn path_after_namespace(parser: &mut Parser<'_>, namespace: Name) -> Parsed<Path> {
    if parser.is(":") {
        parser.tell_here("expected a name, found `:`", "one too many", "write one `:`");
        parser.bump();
    }
    let package = name(parser, "the package's name", PATH)?;
    let span = namespace.span.start..package.span.end;
    let early = version_after(parser)?;
    slash(parser, &namespace, &package, early.as_ref())?;
    let item = name(parser, "the name of an interface or a world", PATH)?;
    let more = more_parts(parser);
    let version = version_after(parser)?;
    if let Some(span) = more {
        let version = version.as_ref().map(|version| format!("@{}", version.text)).unwrap_or_default();
        let help = format!("write `{}:{}/{}{version}`", namespace.text, package.text, item.text);
        let headline = format!("expected the end of the path, found `{}`", parser.text(span.clone()));
        parser.tell_part(span, headline, "a path ends with an interface or a world", help);
    }
    if let Some(early) = &early {
        let right = format!("{}:{}/{}@{}", namespace.text, package.text, item.text, early.text);
        let headline = "a version stands in front of the interface's name";
        parser.tell_at(early.span.clone(), headline, "too early", format!("write `{right}`"));
    }
    let whole = namespace.span.start..parser.end();
    let package = PackageName { namespace, name: package, version: version.or(early), span };
    Ok(Path { package: Some(package), item, span: whole })
}

/// The `/` between a package and what is taken of it.
fn slash(parser: &mut Parser<'_>, namespace: &Name, package: &Name, early: Option<&VersionText>) -> Parsed<()> {
    let found = parser.here().text;
    let package = format!("{}:{}", namespace.text, package.text);
    if found == "/" {
        parser.bump();
        return Ok(());
    }
    if found == ":" || (found == "." && parser.ahead(1).kind == Kind::Word) {
        let help = match early {
            Some(_) => format!("write `/` instead of `{found}`"),
            None => format!("write `{package}/{}`", rest_of_path(parser, 1)),
        };
        parser.tell_here(format!("expected `/`, found `{found}`"), "not expected here", help);
        parser.bump();
        return Ok(());
    }
    let version = early.map(|version| format!("@{}", version.text)).unwrap_or_default();
    parser.missing_with("`/`", format!("name what is meant of it: `{package}/name{version}`"));
    parser.lost()
}
