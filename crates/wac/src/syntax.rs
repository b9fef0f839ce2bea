//! The text side: tokens, the tree of a script, and recovery after mistakes.
//!
//! In: a text, whatever stands in it. Out: its tree as far as it could be read, and all that is wrong with it.
//! Holds: without errors the tree says all that the text says, but for comments that document nothing; reading takes
//! time and memory in proportion to the text, and no more stack for a text that is nested deeply.
//!
//! Specification: WAC, "WAC Grammar"; WIT, "Lexical structure".

pub mod tree;

mod names;
mod packages;
mod parse;

mod characters;
mod escapes;
mod lex;
mod problems;
mod words;

use std::sync::Arc;

use diag::{Diagnostic, Source};

pub use packages::PackageUse;
pub(crate) use problems::{MOST as MOST_TOLD, more_errors};
pub(crate) use {escapes::write as write_string, words::needs_escape};

/// What was read from a text.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub source: Arc<Source>,
    /// Without the statements, and the parts of statements, that could not be read.
    pub script: tree::Script,
    /// Every syntax error, in the order of the text; the first 100 and a note if there are more.
    ///
    /// Codes: `wac/syntax`, `wac/character`, `wac/name`, `wac/version`, `wac/no-package`, `wac/second-package`,
    /// `wac/empty-type`, `wac/list-length`, `wac/gate`, `wac/too-deep`, `wac/more-errors`, `unsupported/external-id`.
    pub problems: Vec<Diagnostic>,
}

/// Reads the text of a script; never fails, however broken it is.
pub fn parse(source: Arc<Source>) -> Parsed {
    let lexed = lex::lex(&source);
    let (script, problems) = parse::script(&source, lexed);
    Parsed { source, script, problems }
}
