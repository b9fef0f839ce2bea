//! WIT text as a lossless tree, with recovery: for diagnostics after a refusal, the formatter and editors.
//!
//! In: a text, whatever stands in it. Out: a [`Tree`]: all tokens, the [`ast`], and every syntax error.
//! Holds: the tokens' texts joined are the input, byte for byte; the same text gives the same tree;
//! it never decides whether WIT is accepted, that is wit-parser's part.
//!
//! Specification: WIT, "Lexical structure".

pub mod ast;
mod escapes;
mod lex;
mod parse;

use std::sync::Arc;

pub use lex::{Token, TokenKind, tokens};

/// Words that are names only behind a `%`.
///
/// Specification: "WIT", "Keywords".
#[rustfmt::skip]
pub const KEYWORDS: [&str; 43] = [
    "as", "async", "bool", "borrow", "char", "constructor", "enum", "error-context", "export", "f32", "f64", "flags",
    "from", "func", "future", "import", "include", "interface", "list", "map", "option", "own", "package", "record",
    "resource", "result", "s16", "s32", "s64", "s8", "static", "stream", "string", "tuple", "type", "u16", "u32",
    "u64", "u8", "use", "variant", "with", "world",
];

/// One file.
#[derive(Clone, Debug)]
pub struct Tree {
    pub source: Arc<diag::Source>,
    /// Spaces and comments too; their texts joined are the file's text.
    pub tokens: Vec<Token>,
    pub ast: ast::Ast,
    /// Every syntax error, in the order of the text.
    pub errors: Vec<diag::Diagnostic>,
}

/// Reads a text; never fails, however broken it is.
pub fn parse(source: Arc<diag::Source>) -> Tree {
    let tokens = tokens(&source.text);
    let (ast, errors) = parse::parse(&source, &tokens);
    Tree { source, tokens, ast, errors }
}

#[cfg(test)]
mod tests;
