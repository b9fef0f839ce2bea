//! From tokens to the tree.
//!
//! In: the tokens of a text. Out: its tree, and every syntax error, in the order of the text.
//! Holds: each mistake is told once, at the place where it is mended; what follows it is still read;
//! every loop moves forward, and nothing is read deeper than `depth` allows.
//!
//! Specification: WIT, "Lexical structure" and the sections of each item.

mod attributes;
mod braces;
mod characters;
mod cursor;
mod depth;
mod file;
mod func;
mod interface;
mod list;
mod misplaced;
mod names;
mod pieces;
mod resource;
mod starts;
mod type_decl;
mod types;
mod uses;
mod words;
mod world;

use std::sync::Arc;

use diag::{Diagnostic, Source};

use super::ast::Ast;
use super::lex::Token;
use cursor::Parser;

/// Why there is no node: the reason was told already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    /// The text was passed, only the node cannot be made.
    Passed,
    /// It is not known where reading goes on.
    Lost,
}

type Parsed<T> = Result<T, Broken>;

/// Reads a whole file.
pub(super) fn parse(source: &Arc<Source>, tokens: &[Token]) -> (Ast, Vec<Diagnostic>) {
    let mut parser = Parser::new(source, tokens);
    let ast = file::file(&mut parser);
    (ast, parser.into_errors())
}
