//! Types.
//!
//! Specification: WIT, "Types".

use super::super::ast::{Name, Primitive, Span, Type, TypeKind, VersionText};
use super::cursor::Parser;
use super::names::name;
use super::pieces::{Kind, Piece};
use super::words::{GENERIC, TYPES, is_keyword, meant};
use super::{Parsed, depth, func, list};

/// A type; one that cannot be read is told, and stands as `Error`.
pub(super) fn type_or_error(parser: &mut Parser<'_>) -> Type {
    let start = parser.here().span.start;
    let ty = nested(parser).unwrap_or_else(|_| {
        let start = start.min(parser.end());
        Type { kind: TypeKind::Error, span: start..parser.end() }
    });
    if parser.is("[") && parser.ahead(1).text == "]" && !parser.here().first {
        let element = parser.text(ty.span.clone());
        parser.tell_here("expected the end of the type, found `[`", "no list", format!("write `list<{element}>`"));
        parser.bump();
        parser.bump();
    }
    while parser.is(">") {
        parser.tell_here("expected the end of the type, found `>`", "one too many", "remove this `>`");
        parser.bump();
    }
    ty
}

/// Whether a type may begin here.
pub(super) fn begins_type(parser: &Parser<'_>) -> bool {
    is_type(parser.here())
}

pub(super) fn is_type(piece: &Piece<'_>) -> bool {
    let word = piece.text;
    piece.kind == Kind::Word && (!is_keyword(word) || primitive(word).is_some() || GENERIC.contains(&word))
}

/// A type that may stand in another one.
fn nested(parser: &mut Parser<'_>) -> Parsed<Type> {
    if parser.types() >= depth::TYPES {
        return depth::too_deep_type(parser);
    }
    parser.enter_type();
    let start = parser.here().span.start;
    let kind = kind(parser);
    parser.leave_type();
    Ok(Type { kind: kind?, span: start..parser.end() })
}

fn kind(parser: &mut Parser<'_>) -> Parsed<TypeKind> {
    let here = parser.here().clone();
    let next = parser.ahead(1);
    let word = here.text;
    // On the next line another `name:` begins: the type is what is missing.
    if here.first && here.kind == Kind::Word && next.text == ":" {
        parser.unexpected("a type", "write a type");
        return parser.lost();
    }
    if let Some(primitive) = primitive(word) {
        parser.bump();
        if parser.is("<") {
            parser.tell_here(format!("`{word}` takes no types"), "not expected here", "remove `<..>`");
            arguments(parser);
        }
        return Ok(TypeKind::Primitive(primitive));
    }
    if GENERIC.contains(&word) {
        return generic(parser, word);
    }
    if here.kind == Kind::Word && !is_keyword(word) {
        if next.text == "<" && !next.first {
            return unknown_generic(parser, word);
        }
        // A character in it that means nothing was told already.
        if here.doubtful {
            parser.bump();
            return Ok(TypeKind::Error);
        }
        if next.text == "." && next.touches(&here) && parser.ahead(2).kind == Kind::Word {
            return Ok(path(parser));
        }
        if word == "handle" && next.kind == Kind::Word && !next.first && !parser.declares(word) {
            let help = format!("write `own<{0}>` or `borrow<{0}>`", next.text);
            parser.tell_here("`handle` is older syntax", "no longer a type", help);
            parser.bump();
            parser.bump();
            return Ok(TypeKind::Error);
        }
        if word == "unit" && !parser.declares(word) {
            let help = "leave it out, or write `_` in a `result`";
            parser.tell_here("`unit` is older syntax", "no longer a type", help);
            parser.bump();
            return Ok(TypeKind::Error);
        }
        return Ok(TypeKind::Named(name(parser, "a type", &[])?));
    }
    no_type(parser)
}

/// `geometry.point`: a type of another interface is brought in by `use`.
fn path(parser: &mut Parser<'_>) -> TypeKind {
    let (from, ty) = (parser.here().text, parser.ahead(2).text);
    let span = parser.here().span.start..parser.ahead(2).span.end;
    let help = format!("write `use {from}.{{{ty}}};` above, and `{ty}` here");
    parser.tell_at(span, format!("expected a type, found the path `{from}.{ty}`"), "not a type's name", help);
    for _ in 0..3 {
        parser.bump();
    }
    TypeKind::Error
}

fn primitive(word: &str) -> Option<Primitive> {
    Some(match word {
        "bool" => Primitive::Bool,
        "u8" => Primitive::U8,
        "u16" => Primitive::U16,
        "u32" => Primitive::U32,
        "u64" => Primitive::U64,
        "s8" => Primitive::S8,
        "s16" => Primitive::S16,
        "s32" => Primitive::S32,
        "s64" => Primitive::S64,
        "f32" => Primitive::F32,
        "f64" => Primitive::F64,
        "char" => Primitive::Char,
        "string" => Primitive::String,
        "error-context" => Primitive::ErrorContext,
        _ => return None,
    })
}

/// What stands where a type must: read as far as it is known.
fn no_type(parser: &mut Parser<'_>) -> Parsed<TypeKind> {
    let (here, next) = (parser.here().clone(), parser.ahead(1).clone());
    let length = parser.ahead(3);
    if here.text == "["
        && is_type(&next)
        && parser.ahead(2).text == ";"
        && length.kind == Kind::Number
        && parser.ahead(4).text == "]"
    {
        let help = format!("write `list<{}, {}>`", next.text, length.text);
        parser.tell_here("expected a type, found `[`", "no type begins like this", help);
        for _ in 0..5 {
            parser.bump();
        }
        return Ok(TypeKind::Error);
    }
    let stray = matches!(here.text, ">" | "->" | "=" | ":" | "." | "/" | "*" | "+") && !here.first;
    if (here.kind == Kind::Word || stray) && next.text != "{" && !next.first && is_type(&next) {
        parser.remove();
        return kind(parser);
    }
    if matches!(here.text, "(" | "[") && is_type(&next) && !closes(parser) {
        parser.remove();
        return kind(parser);
    }
    match here.text {
        "{" if !here.first => {
            let help = "declare a `record` by itself, and write its name here";
            parser.tell_here("expected a type, found `{`", "no type begins like this", help);
            parser.skip_one();
            Ok(TypeKind::Error)
        }
        "[" | "(" => {
            let (close, name) = if here.text == "[" { ("]", "list") } else { (")", "tuple") };
            let headline = format!("expected a type, found `{}`", here.text);
            parser.tell_here(headline, "no type begins like this", format!("write `{name}<..>`"));
            parser.bump();
            list::list(parser, close, |parser| nested(parser));
            Ok(TypeKind::Error)
        }
        "func" => {
            parser.tell_here("a function is not a type", "not a type", "declare it as a function, or as a resource's");
            func::func(parser)?;
            Ok(TypeKind::Error)
        }
        "_" => {
            parser.tell_here("expected a type, found `_`", "stands only first in a `result`", "write a type");
            parser.bump();
            Ok(TypeKind::Error)
        }
        word if TYPES.contains(&word) && (next.text == "{" || parser.ahead(2).text == "{") && !next.first => {
            let help = format!("declare the {word} by itself, and write its name here");
            parser.tell_here(format!("expected a type, found `{word}`"), "a declaration is not a type", help);
            while !parser.is("{") {
                parser.bump();
            }
            parser.skip_one();
            Ok(TypeKind::Error)
        }
        word if here.kind == Kind::Word && !here.first && matches!(next.text, "," | ")" | ">" | ";" | "}") => {
            let headline = format!("expected a type, found the keyword `{word}`");
            parser.tell_here(headline, "a keyword", format!("write `%{word}`"));
            parser.bump();
            Ok(TypeKind::Error)
        }
        _ => {
            parser.unexpected("a type", "write a type");
            parser.lost()
        }
    }
}

/// Whether the bracket here is closed on its line.
fn closes(parser: &Parser<'_>) -> bool {
    let (mut round, mut angle) = (0_usize, 0_usize);
    for ahead in 1..64 {
        let piece = parser.ahead(ahead);
        if piece.first || piece.kind == Kind::End {
            return false;
        }
        match piece.text {
            "(" | "[" => round += 1,
            ")" | "]" if round == 0 => return true,
            ")" | "]" => round -= 1,
            "<" => angle += 1,
            ">" if angle == 0 => return false,
            ">" => angle -= 1,
            ";" | "{" | "}" | "->" => return false,
            _ => {}
        }
    }
    false
}

/// What stands between `<` and `>`.
enum Argument {
    Type(Type),
    /// A number.
    Length(VersionText),
    /// `_`
    Nothing(Span),
}

impl Argument {
    fn span(&self) -> Span {
        match self {
            Self::Type(ty) => ty.span.clone(),
            Self::Length(length) => length.span.clone(),
            Self::Nothing(span) => span.clone(),
        }
    }
}

/// `<..>`, which begins here.
fn arguments(parser: &mut Parser<'_>) -> Vec<Argument> {
    parser.bump();
    list::list(parser, ">", |parser| argument(parser))
}

fn argument(parser: &mut Parser<'_>) -> Parsed<Argument> {
    if parser.is("_") {
        return Ok(Argument::Nothing(parser.bump()));
    }
    if parser.here().kind == Kind::Number
        && !(parser.ahead(1).kind == Kind::Word && parser.ahead(1).touches(parser.here()))
    {
        let span = parser.bump();
        return Ok(Argument::Length(VersionText { text: parser.text(span.clone()).to_owned(), span }));
    }
    let start = parser.here().span.start;
    let ty = nested(parser);
    Ok(Argument::Type(
        ty.unwrap_or_else(|_| Type { kind: TypeKind::Error, span: start.min(parser.end())..parser.end() }),
    ))
}

/// `list`, `option` and the like.
fn generic(parser: &mut Parser<'_>, word: &str) -> Parsed<TypeKind> {
    let at = parser.bump();
    let Some(arguments) = opened_arguments(parser, word) else {
        return Ok(without_arguments(word));
    };
    let whole = at.start..parser.end();
    if word != "tuple" && parser.passed_before(1) == ">" && parser.passed_before(2) == "," {
        let headline = format!("a `,` stands at the end of `{word}<..>`");
        let comma = parser.span_before(2);
        if parser.passed().is_some_and(|close| close.first) {
            // The `>` of a line of its own may be that of another type: then what follows is no mistake of its own.
            parser.tell_at(comma, headline, "one too many", "remove this `,`");
        } else {
            parser.tell_part(comma, headline, "one too many", "remove this `,`");
        }
    }
    Ok(build(parser, word, arguments, whole))
}

/// The types in `<..>`; `None` if there are none and need not be, or it was told that they are missing.
fn opened_arguments(parser: &mut Parser<'_>, word: &str) -> Option<Vec<Argument>> {
    if parser.is_spare("<") && !matches!(parser.here().text, "," | ")" | ">") {
        parser.remove();
    }
    let here = parser.here();
    if here.text == "<" {
        return Some(arguments(parser));
    }
    let wrong = match here.text {
        _ if parser.is_spare("<") => "",
        "(" => ")",
        "[" => "]",
        _ => "",
    };
    if !wrong.is_empty() && !here.first {
        let help = format!("write `{word}<..>`");
        parser.tell_here(format!("expected `<`, found `{}`", here.text), "not expected here", help);
        parser.bump();
        return Some(list::list(parser, wrong, |parser| argument(parser)));
    }
    let then = parser.ahead(1).text;
    if begins_type(parser) && !here.first && matches!(then, ">" | "<") {
        parser.missing("<");
        return Some(list::list(parser, ">", |parser| argument(parser)));
    }
    // `borrow file`
    let ends = matches!(then, "," | ")" | ";" | "}");
    if ends && begins_type(parser) && !here.first && parser.passed_before(2) != "{" {
        let inner = here.text;
        if matches!(word, "own" | "borrow") && is_keyword(inner) {
            parser.missing_with("`<` and a resource", format!("write `{inner}` alone"));
            parser.bump();
            return None;
        }
        parser.missing_with("`<`", format!("write `{word}<{inner}>`"));
        return argument(parser).ok().map(|argument| vec![argument]);
    }
    if !matches!(word, "result" | "future" | "stream") {
        parser.missing_with("`<`", format!("write `{word}<..>` with {} in it", wanted(word)));
    }
    None
}

fn wanted(word: &str) -> &'static str {
    match word {
        "map" => "two types",
        "own" | "borrow" => "a resource",
        _ => "a type",
    }
}

fn without_arguments(word: &str) -> TypeKind {
    match word {
        "result" => TypeKind::Result { ok: None, err: None },
        "future" => TypeKind::Future(None),
        "stream" => TypeKind::Stream(None),
        _ => TypeKind::Error,
    }
}

/// `lst<u8>`, `handle<blob>`
fn unknown_generic(parser: &mut Parser<'_>, word: &str) -> Parsed<TypeKind> {
    let near = meant(word, &GENERIC);
    let help = match near {
        Some("borrow") if word == "handle" => "write `own<..>` or `borrow<..>`".to_owned(),
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("take one of {}", GENERIC.map(|word| format!("`{word}`")).join(", ")),
    };
    let headline = format!("`{word}` is not a type that takes other types");
    parser.tell_here(headline, "not known", help);
    match near {
        Some(near) => generic(parser, near),
        None => {
            parser.bump();
            arguments(parser);
            Ok(TypeKind::Error)
        }
    }
}

/// The type that is made of `word` and what stands in its `<..>`.
fn build(parser: &mut Parser<'_>, word: &str, arguments: Vec<Argument>, whole: Span) -> TypeKind {
    if arguments.is_empty() && word != "tuple" {
        let help = match word {
            "result" | "future" | "stream" => format!("write `{word}` alone"),
            _ => format!("write {} between `<` and `>`", wanted(word)),
        };
        parser.tell_at(whole, format!("`{word}` has nothing in `<>`"), "expected a type", help);
        return TypeKind::Error;
    }
    match word {
        "list" => build_list(parser, arguments),
        "result" => build_result(parser, arguments),
        "own" | "borrow" => build_handle(parser, word, arguments),
        _ => {
            let most = match word {
                "tuple" => usize::MAX,
                "map" => 2,
                _ => 1,
            };
            let mut types = take(parser, word, arguments, most).into_iter();
            let first = types.next();
            match word {
                "tuple" => TypeKind::Tuple(first.into_iter().chain(types).collect()),
                "option" => first.map_or(TypeKind::Error, |ty| TypeKind::Option(Box::new(ty))),
                "future" => TypeKind::Future(first.map(Box::new)),
                "stream" => TypeKind::Stream(first.map(Box::new)),
                _ => build_map(parser, first, types.next(), whole),
            }
        }
    }
}

/// Types only, and no more than `most` of them; the others are told.
fn take(parser: &mut Parser<'_>, word: &str, arguments: Vec<Argument>, most: usize) -> Vec<Type> {
    let mut types = Vec::new();
    for argument in arguments {
        let span = argument.span();
        let text = parser.text(span.clone());
        match argument {
            Argument::Type(ty) if types.len() < most => types.push(ty),
            Argument::Type(_) => {
                let count = if most == 1 { "one type" } else { "two types" };
                let headline = format!("`{word}` takes {count}, found `{text}` too");
                parser.tell_part(span, headline, "one too many", "remove it");
            }
            Argument::Length(_) | Argument::Nothing(_) => {
                parser.tell_part(
                    span.clone(),
                    format!("expected a type, found `{text}`"),
                    "not a type",
                    "write a type",
                );
                types.push(Type { kind: TypeKind::Error, span });
            }
        }
    }
    types
}

fn build_map(parser: &mut Parser<'_>, key: Option<Type>, value: Option<Type>, whole: Span) -> TypeKind {
    match (key, value) {
        (Some(key), Some(value)) => TypeKind::Map(Box::new(key), Box::new(value)),
        _ => {
            parser.tell_part(
                whole,
                "`map` takes two types, found one",
                "no type of the values",
                "write `map<key, value>`",
            );
            TypeKind::Error
        }
    }
}

/// `list<u8>`, `list<u8, 16>`
fn build_list(parser: &mut Parser<'_>, arguments: Vec<Argument>) -> TypeKind {
    let mut length = None;
    let mut types = Vec::new();
    for (at, argument) in arguments.into_iter().enumerate() {
        match argument {
            Argument::Length(found) if at == 1 => length = Some(found),
            Argument::Type(ty) if at == 1 => {
                let headline = format!("expected a length, found `{}`", parser.text(ty.span.clone()));
                parser.tell_part(ty.span, headline, "not a number", "write a number, or leave it out");
            }
            other => types.push(other),
        }
    }
    let element = take(parser, "list", types, 1).into_iter().next();
    match (element, length) {
        (None, _) => TypeKind::Error,
        (Some(element), None) => TypeKind::List(Box::new(element)),
        (Some(element), Some(length)) => TypeKind::FixedList(Box::new(element), length),
    }
}

/// `result<a>`, `result<_, b>`, `result<a, b>`
fn build_result(parser: &mut Parser<'_>, arguments: Vec<Argument>) -> TypeKind {
    if let [.., Argument::Nothing(span)] = arguments.as_slice() {
        let help = match arguments.first() {
            Some(Argument::Type(ok)) => format!("write `result<{}>`", parser.text(ok.span.clone())),
            _ => "write `result` alone".to_owned(),
        };
        parser.tell_part(span.clone(), "expected a type, found `_`", "stands only in front of an error type", help);
    }
    let mut parts = Vec::new();
    let (mut rest, last) = (Vec::new(), arguments.len() - 1);
    for (at, argument) in arguments.into_iter().enumerate() {
        match argument {
            Argument::Nothing(_) if at == 0 || at == last => parts.push(None),
            other if at < 2 => parts.extend(take(parser, "result", vec![other], 1).into_iter().map(Some)),
            other => rest.push(other),
        }
    }
    if let Some(more) = rest.first() {
        let headline = format!("`result` takes two types, found `{}` too", parser.text(more.span()));
        parser.tell_part(more.span(), headline, "one too many", "remove it");
    }
    let mut parts = parts.into_iter().map(|part| part.map(Box::new));
    TypeKind::Result { ok: parts.next().flatten(), err: parts.next().flatten() }
}

/// `own<blob>`, `borrow<blob>`
fn build_handle(parser: &mut Parser<'_>, word: &str, arguments: Vec<Argument>) -> TypeKind {
    let Some(ty) = take(parser, word, arguments, 1).into_iter().next() else { return TypeKind::Error };
    let name: Name = match ty.kind {
        TypeKind::Named(name) => name,
        TypeKind::Error => return TypeKind::Error,
        _ => {
            let found = parser.text(ty.span.clone());
            let headline = format!("expected the name of a resource, found `{found}`");
            parser.tell_part(ty.span, headline, "not a resource", format!("write `{found}` alone"));
            return TypeKind::Error;
        }
    };
    if word == "own" { TypeKind::Own(name) } else { TypeKind::Borrow(name) }
}
