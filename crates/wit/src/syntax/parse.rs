//! From tokens to the tree.
//!
//! In: the tokens of a text. Out: its tree, and every syntax error, in the order of the text.
//! Holds: each mistake is told once, at the place where it is mended; what follows it is still read;
//! every loop moves forward, and nothing is read deeper than `depth` allows.
//!
//! Specification: WIT, "Lexical structure" and the sections of each item.

mod attributes;
mod cursor;
mod file;
mod func;
mod interface;
mod list;
mod names;
mod resource;
mod type_decl;
mod types;
mod world;

use std::sync::Arc;

use diag::{Diagnostic, Source};

use super::ast::Ast;
use super::lex::Token;
use cursor::Parser;

/// What was told already, so that the caller has only to go on.
#[derive(Clone, Copy, Debug)]
struct Broken;

type Parsed<T> = Result<T, Broken>;

/// Reads a whole file.
pub(super) fn parse(source: &Arc<Source>, tokens: &[Token]) -> (Ast, Vec<Diagnostic>) {
    let mut parser = Parser::new(source, tokens);
    let ast = file::file(&mut parser);
    (ast, parser.into_errors())
}
