//! Where items begin: the places from which a broken text is read on.
//!
//! In: pieces. Out: what begins at one of them, told from a few pieces only.
//! Holds: nothing in correct WIT other than an item looks like one; the look ahead is bounded.

use super::pieces::{Kind, Piece};
use super::words::meant;

/// What begins an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Interface,
    World,
    Package,
    /// `type`, `record`, ..
    Type,
    Use,
    /// `import`, `export`, `include`
    Extern,
    /// `name: func`, `constructor(`
    Func,
}

/// How many pieces are looked at for the end of one attribute, and how many attributes.
const ATTRIBUTE: usize = 24;
const ATTRIBUTES: usize = 8;

/// The item that begins at a piece, attributes in front of it included.
pub(super) fn start(pieces: &[Piece<'_>], at: usize) -> Option<Start> {
    let at = after_attributes(pieces, at);
    let text = |ahead: usize| pieces.get(at + ahead).map_or("", |piece| piece.text);
    let word = |ahead: usize| pieces.get(at + ahead).is_some_and(|piece| piece.kind == Kind::Word);
    if !word(0) {
        return None;
    }
    if text(1) == ":" {
        return is_func(pieces, at + 2).then_some(Start::Func);
    }
    if text(0) == "constructor" && text(1) == "(" {
        return Some(Start::Func);
    }
    if !word(1) {
        return (text(0) == "use" && text(1) == "{").then_some(Start::Use);
    }
    match text(0) {
        "interface" => Some(Start::Interface),
        "world" => Some(Start::World),
        "package" => Some(Start::Package),
        "type" | "record" | "flags" | "variant" | "enum" | "resource" => Some(Start::Type),
        "use" => Some(Start::Use),
        "import" | "export" | "include" => Some(Start::Extern),
        _ => None,
    }
}

/// Whether the type of a function stands at a piece, its first word perhaps misspelt.
fn is_func(pieces: &[Piece<'_>], at: usize) -> bool {
    let text = |ahead: usize| pieces.get(at + ahead).map_or("", |piece| piece.text);
    let word = |ahead: usize| pieces.get(at + ahead).is_some_and(|piece| piece.kind == Kind::Word);
    if matches!(text(0), "func" | "async" | "static" | "interface") || (word(0) && text(1) == "func") {
        return true;
    }
    let bare = word(0) && text(1) == "(";
    bare && (matches!(text(0), "get" | "set") || meant(text(0), &["func", "async", "static"]).is_some())
}

/// The first piece behind the attributes at a piece.
fn after_attributes(pieces: &[Piece<'_>], mut at: usize) -> usize {
    for _ in 0..ATTRIBUTES {
        let text = |at: usize| pieces.get(at).map_or("", |piece| piece.text);
        if text(at) != "@" || pieces.get(at + 1).is_none_or(|name| name.kind != Kind::Word) {
            return at;
        }
        if text(at + 2) != "(" {
            at += 2;
            continue;
        }
        let Some(close) = (at + 3..at + ATTRIBUTE).find(|at| text(*at) == ")") else { return at };
        at = close + 1;
    }
    at
}
