//! WIT text in the usual layout.
//!
//! In: a [`Tree`] without errors. Out: the same text with other white space.
//! Holds: words, marks, comments and documentation stay as they are and in their order, but for commas at the end of
//! lists: one stands after the last part of what is written over several lines, none in what stands on one line.
//! The text of a text that was formatted before is the same text.
//!
//! `stream` has the tokens with the comments before them, `walk` says by the tree where lines end and lists begin,
//! `gaps` puts the comments between the tokens, `lines` decides which lists are broken, `columns` draws lines and
//! the columns of comments at their ends, `comment` moves comments of several lines.
//!
//! ```wit
//! interface ops {
//!   /// Adds.
//!   @since(version = 1.0.0)
//!   add: func(a: u32, b: u32) -> u32; // wraps
//! }
//! ```
//!
//! Specification: WIT, "Lexical structure".

mod columns;
mod comment;
mod gaps;
mod lines;
mod stream;
mod walk;

use diag::Diagnostics;

use crate::syntax::Tree;

/// Columns that a list may reach on one line.
const WIDTH: usize = 100;
/// Columns of one step inwards.
const INDENT: usize = 2;

/// The text in the usual layout; its line ends are those that most lines of the text have.
///
/// # Errors
///
/// The tree's syntax errors.
pub fn format(tree: &Tree) -> diag::Result<String> {
    if !tree.errors.is_empty() {
        return Err(Diagnostics(tree.errors.clone()));
    }
    let text = &tree.source.text;
    let mut out = walk::file(tree);
    if text.starts_with(stream::BYTE_ORDER_MARK) {
        out.insert(0, stream::BYTE_ORDER_MARK);
    }
    Ok(if has_carriage_returns(text) { out.replace('\n', "\r\n") } else { out })
}

/// Whether more lines end in a carriage return and a line feed than in a line feed alone.
fn has_carriage_returns(text: &str) -> bool {
    let lines = text.matches('\n').count();
    let with_returns = text.matches("\r\n").count();
    with_returns > lines - with_returns
}
