//! Functions.
//!
//! Specification: WIT, "Item: `func`".

use super::super::ast::{Attributes, FuncItem, FuncKind, FuncType, Param, Span, Type, TypeKind};
use super::cursor::Parser;
use super::names::name;
use super::pieces::Kind;
use super::types::{begins_type, is_type, type_or_error};
use super::words::{is_keyword, meant};
use super::{Broken, Parsed, attributes, list};

const WORDS: [&str; 3] = ["func", "async", "static"];
/// What other languages write in front of a function.
const MODIFIERS: [&str; 6] = ["pub", "public", "private", "await", "extern", "inline"];

/// Whether the type of a function stands here, its words perhaps misspelt.
pub(super) fn begins(parser: &Parser<'_>) -> bool {
    let next = parser.ahead(1).text;
    WORDS.contains(&parser.here().text)
        || parser.is("(")
        || (parser.at_word() && !parser.here().first && (next == "(" || WORDS.contains(&next)))
}

/// Whether a function with its name stands here, in today's or in an older order.
pub(super) fn begins_named(parser: &Parser<'_>) -> bool {
    let (here, next) = (parser.here(), parser.ahead(1));
    if here.kind != Kind::Word {
        return matches!(here.kind, Kind::Number | Kind::Mark)
            && matches!(parser.ahead(2).text, ":")
            && next.touches(here);
    }
    let prefixed = (WORDS.contains(&here.text) || is_foreign(parser)) && next.kind == Kind::Word && !next.first;
    let unmarked = !is_keyword(here.text) && (next.text == "(" || (WORDS.contains(&next.text) && !next.first));
    next.text == ":" || prefixed || unmarked
}

pub(super) fn is_word(word: &str) -> bool {
    WORDS.contains(&word)
}

/// Whether `get(` or `set(` stands here.
fn accessor(parser: &Parser<'_>) -> bool {
    (parser.is("get") || parser.is("set")) && parser.ahead(1).text == "("
}

/// `name: func();`
pub(super) fn named(parser: &mut Parser<'_>, start: usize, attributes: Attributes) -> Parsed<FuncItem> {
    let early = if modified(parser) { Early::Func } else { early_words(parser) };
    let name = name(parser, "the function's name", &[":"])?;
    if parser.is_spare(":") && !is_word(parser.here().text) {
        parser.remove();
    }
    let (mut kind, func) = if early == Early::Func {
        parameters(parser)
    } else if parser.is("(") {
        without_word(parser)
    } else if WORDS.contains(&parser.here().text) && !parser.here().first {
        parser.missing(":");
        func(parser)?
    } else if parser.is(":") {
        parser.bump();
        func(parser)?
    } else {
        parser.missing_with("`:`", format!("write `{}: func();` for a function", name.text));
        return parser.lost();
    };
    if early == Early::Static {
        kind = FuncKind::Static;
    }
    end(parser);
    Ok(FuncItem { attributes, name, kind, func, span: parser.span_from(start) })
}

/// The `;` behind a function, which has no body.
pub(super) fn end(parser: &mut Parser<'_>) {
    if !parser.is("{") || parser.here().first || parser.here().doubtful {
        parser.semicolon();
        return;
    }
    parser.tell_here("expected `;`, found `{`", "a function has no body", "write `;` instead of `{ .. }`");
    parser.skip_one();
    parser.eat(";");
}

/// `: func();`
pub(super) fn without_name<T>(parser: &mut Parser<'_>) -> Parsed<T> {
    let help = "write the function's name in front";
    parser.tell_here("expected the function's name, found `:`", "no name in front", help);
    parser.bump();
    func(parser)?;
    parser.semicolon();
    Err(Broken::Passed)
}

/// `fn name(`, as other languages begin a function.
fn is_foreign(parser: &Parser<'_>) -> bool {
    let (here, next) = (parser.here().text, parser.ahead(1));
    !is_keyword(here) && next.kind == Kind::Word && parser.ahead(2).text == "(" && meant(here, &["func"]).is_some()
}

/// What stands in front of a function's name, but belongs behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Early {
    Nothing,
    Func,
    Static,
}

/// `pub func name(`, `await func name(`: passed over up to the name.
fn modified(parser: &mut Parser<'_>) -> bool {
    let (word, next, name) = (parser.here().text, parser.ahead(1), parser.ahead(2));
    let named = name.kind == Kind::Word && !is_keyword(name.text) && parser.ahead(3).text == "(";
    if !MODIFIERS.contains(&word) || !named || next.first || meant(next.text, &["func"]).is_none() {
        return false;
    }
    let async_ = if word == "await" { "async " } else { "" };
    let help = format!("write `{}: {async_}func(..)`", name.text);
    parser.tell_here(format!("`{word}` cannot stand in front of a function"), "not a keyword", help);
    parser.bump();
    parser.bump();
    true
}

fn early_words(parser: &mut Parser<'_>) -> Early {
    let mut early = Early::Nothing;
    while (WORDS.contains(&parser.here().text) || is_foreign(parser)) && parser.ahead(1).kind == Kind::Word {
        let word = parser.here().text;
        let func_word = word == "func" || is_foreign(parser);
        let name = (1..3).map(|ahead| parser.ahead(ahead).text).find(|text| !WORDS.contains(text)).unwrap_or_default();
        let func = if func_word { "func(..)".to_owned() } else { format!("{word} func(..)") };
        let headline = format!("`{word}` stands in front of the function's name");
        parser.tell_here(headline, "belongs behind the `:`", format!("write `{name}: {func}`"));
        parser.bump();
        early = match word {
            "static" => Early::Static,
            _ if func_word && early != Early::Static => Early::Func,
            _ => early,
        };
    }
    if early == Early::Func && parser.ahead(1).text == ":" { Early::Nothing } else { early }
}

/// A function whose word `func` was forgotten.
pub(super) fn without_word(parser: &mut Parser<'_>) -> (FuncKind, FuncType) {
    let name = parser.passed().map_or("", |piece| piece.text);
    parser.missing_with("`: func`", format!("write `{name}: func(..)`"));
    parameters(parser)
}

/// A function whose word `func` stood elsewhere.
pub(super) fn parameters(parser: &mut Parser<'_>) -> (FuncKind, FuncType) {
    let start = parser.here().span.start;
    let (params, result) = signature(parser);
    (FuncKind::Plain, FuncType { async_: None, params, result, span: start..parser.end() })
}

/// What follows `name:`.
pub(super) fn func(parser: &mut Parser<'_>) -> Parsed<(FuncKind, FuncType)> {
    let mut start = parser.here().span.start;
    let (mut fixed, mut async_) = (false, None);
    let kind = loop {
        match word(parser)? {
            Word::Static => {
                if async_.is_some() && !fixed {
                    parser.tell_here("`static` stands behind `async`", "too late", "write `static async func`");
                }
                fixed = true;
                parser.bump();
                start = parser.here().span.start;
            }
            Word::Async => {
                if async_.is_some() {
                    parser.tell_here("`async` stands twice", "one too many", "remove one of the two");
                }
                async_ = Some(parser.bump());
            }
            Word::Func => {
                parser.bump();
                if parser.is("async") && parser.ahead(1).text == "(" {
                    parser.tell_here("`async` stands behind `func`", "too late", "write `async func`");
                    async_ = Some(parser.bump());
                }
                break if fixed { FuncKind::Static } else { FuncKind::Plain };
            }
            Word::Missing => break if fixed { FuncKind::Static } else { FuncKind::Plain },
            Word::Get => {
                parser.bump();
                break if fixed { FuncKind::StaticGetter } else { FuncKind::Getter };
            }
            Word::Set => {
                parser.bump();
                break if fixed { FuncKind::StaticSetter } else { FuncKind::Setter };
            }
        }
    };
    let (params, result) = signature(parser);
    Ok((kind, FuncType { async_, params, result, span: start..parser.end() }))
}

/// A word that a function's type begins with.
enum Word {
    Static,
    Async,
    Func,
    Get,
    Set,
    /// The parameters follow without it.
    Missing,
}

/// Which word stands here, or was meant to.
fn word(parser: &mut Parser<'_>) -> Parsed<Word> {
    if parser.is("(") && WORDS.contains(&parser.ahead(1).text) {
        parser.remove();
    }
    let (here, next) = (parser.here().text, parser.ahead(1).text);
    match here {
        "static" => return Ok(Word::Static),
        "async" => return Ok(Word::Async),
        "func" => return Ok(Word::Func),
        "(" => {
            parser.missing("func");
            return Ok(Word::Missing);
        }
        "get" if accessor(parser) => return Ok(Word::Get),
        "set" if accessor(parser) => return Ok(Word::Set),
        _ => {}
    }
    let wanted = parser.at_word() && !parser.here().first && (next == "(" || WORDS.contains(&next));
    if !wanted {
        parser.unexpected("`func`", "write `func()`, with its parameters in the brackets");
        return parser.lost();
    }
    if MODIFIERS.contains(&here) && WORDS.contains(&next) {
        let help = if here == "await" { "write `async func`".to_owned() } else { format!("remove `{here}`") };
        parser.tell_here(format!("expected `func`, found `{here}`"), "not a keyword", help);
        parser.bump();
        return word(parser);
    }
    let (near, help) = match meant(here, &WORDS) {
        Some(near) => (near, format!("did you mean `{near}`?")),
        None => ("func", "write `func`".to_owned()),
    };
    parser.tell_here(format!("expected `{near}`, found `{here}`"), "not a keyword", help);
    Ok(match near {
        "static" => Word::Static,
        "async" => Word::Async,
        _ => Word::Func,
    })
}

/// `(a: u32) -> u32`
pub(super) fn signature(parser: &mut Parser<'_>) -> (Vec<Param>, Option<Type>) {
    let params = list::bracketed(parser, ("(", ")"), param);
    let result = arrow(parser).then(|| result(parser));
    (params, result)
}

/// Whether a result follows: `->`, or what was written for it.
fn arrow(parser: &mut Parser<'_>) -> bool {
    let (here, next) = (parser.here(), parser.ahead(1));
    let pair = matches!((here.text, next.text), ("=" | "-", ">")) || (here.text == "-" && next.kind == Kind::Word);
    if here.text == "->" {
        parser.bump();
        return true;
    }
    if pair {
        let text = if next.text == ">" { format!("{}>", here.text) } else { "-".to_owned() };
        let span = here.span.start..if next.text == ">" { next.span.end } else { here.span.end };
        parser.tell_at(span, format!("expected `->`, found `{text}`"), "not an arrow", "write `->`");
        parser.bump();
        parser.eat(">");
        return true;
    }
    if here.text == ":" && !here.first {
        parser.expect_not("->", &[":"]);
        return true;
    }
    let typed = !here.first && begins_type(parser) && !parser.item_ahead(0) && next.text != ":";
    if typed && matches!(next.text, ";" | "<") {
        parser.missing("->");
        return true;
    }
    false
}

fn result(parser: &mut Parser<'_>) -> Type {
    if parser.is("(") {
        return old_results(parser);
    }
    if parser.is("void") && !parser.declares("void") {
        parser.tell_here("`void` is not a type of WIT", "no result is not written", "leave out `-> void`");
        return Type { kind: TypeKind::Error, span: parser.bump() };
    }
    let ty = type_or_error(parser);
    if parser.is(",") && !parser.ahead(1).first && is_type(parser.ahead(1)) {
        let help = format!("write one `tuple<{}, ..>` of the types", parser.text(ty.span.clone()));
        parser.tell_here("expected `;`, found `,`", "a function has one result", help);
        while parser.eat(",") {
            type_or_error(parser);
        }
    }
    ty
}

/// `(a: u32, b: u32)`: results have no names any more, and there is one at most.
fn old_results(parser: &mut Parser<'_>) -> Type {
    let start = parser.bump().start;
    let at = parser.position();
    let parts = list::list(parser, ")", |parser| {
        if parser.ahead(1).text == ":" {
            name(parser, "a name", &[":"])?;
            parser.bump();
        }
        Ok(type_or_error(parser))
    });
    let span: Span = start..parser.end();
    let types: Vec<&str> = parts.iter().map(|ty| owned(parser, ty)).collect();
    let help = match types.as_slice() {
        [] => "leave out `-> ()`".to_owned(),
        [one] => format!("write `-> {one}`"),
        some => format!("write `-> tuple<{}>`, or return a record", some.join(", ")),
    };
    let headline =
        if at == parser.position() { "a result is empty" } else { "results in parentheses are older syntax" };
    parser.tell_at(span.clone(), headline, "expected one type", help);
    // What is wrong with the types themselves is told too.
    let kind = if parts.is_empty() { TypeKind::Error } else { TypeKind::Tuple(parts) };
    Type { kind, span }
}

/// A type as a result may have it: without the `borrow` around a resource.
fn owned<'a>(parser: &Parser<'a>, ty: &Type) -> &'a str {
    match &ty.kind {
        TypeKind::Borrow(name) => parser.text(name.span.clone()),
        _ => parser.text(ty.span.clone()),
    }
}

/// `a: u32`
fn param(parser: &mut Parser<'_>) -> Parsed<Param> {
    attributes::none_here(parser, "a parameter");
    if parser.is(":") {
        parser.tell_here("expected a parameter's name, found `:`", "no name in front", "write the parameter's name");
        parser.bump();
        type_or_error(parser);
        return Err(Broken::Passed);
    }
    let start = parser.position();
    let name = name(parser, "a parameter's name", &[":"])?;
    if !parser.expect_not(":", &["="]) && !begins_type(parser) {
        return parser.lost();
    }
    let ty = type_or_error(parser);
    Ok(Param { name, ty, span: parser.span_from(start) })
}
