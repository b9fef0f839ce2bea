//! Statements to lines: which lists are broken.
//!
//! In: the pieces of one statement after the other. Out: the whole text.
//! Holds: a list stands on one line if the line fits and nothing in the list ends a line, else each of its parts
//! stands on a line of its own; only the statement in work is kept as pieces.

use super::WIDTH;
use super::columns::Columns;
use super::stream::Comment;

/// A piece of a statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Space,
    /// A comment with text behind it on its line, or alone on its line.
    Comment(Comment<'a>),
    /// A comment behind which the line ends.
    EndComment(Comment<'a>),
    /// A comment below one at the end of a line, in the same column.
    BelowComment(Comment<'a>),
    /// The line ends, whatever follows; the statement goes on one step further in.
    Break,
    /// A list begins.
    Open,
    /// Where a broken list goes on in the next line.
    Soft {
        space: bool,
        blank: bool,
    },
    /// A comma if the list is broken.
    LastComma,
    /// Where a broken list ends in the next line.
    SoftEnd {
        space: bool,
    },
}

#[derive(Debug, Default)]
pub(super) struct Lines<'a> {
    columns: Columns<'a>,
    /// The statement in work.
    pieces: Vec<Piece<'a>>,
    /// Of the next line.
    depth: usize,
    /// Of the statement in work.
    statement_depth: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn push(&mut self, piece: Piece<'a>) {
        if self.pieces.is_empty() {
            self.statement_depth = self.depth;
        }
        self.pieces.push(piece);
    }

    pub(super) fn step_in(&mut self) {
        self.depth += 1;
    }

    pub(super) fn step_out(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Ends the statement in work; an empty line follows if `blank`.
    pub(super) fn end(&mut self, blank: bool) {
        self.draw();
        self.columns.end();
        if blank {
            self.columns.blank();
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.draw();
        self.columns.finish()
    }

    fn draw(&mut self) {
        let pieces = std::mem::take(&mut self.pieces);
        let mut depth = self.statement_depth;
        let mut broken = false;
        for (at, piece) in pieces.iter().enumerate() {
            match *piece {
                Piece::Text(text) => self.columns.text(text, depth),
                Piece::Space => self.columns.space(),
                Piece::Comment(comment) => self.columns.comment(&comment, depth),
                Piece::EndComment(comment) => self.columns.end_with(comment),
                Piece::BelowComment(comment) => self.below(comment),
                Piece::Break => {
                    self.columns.end();
                    depth = self.statement_depth + 1 + usize::from(broken);
                }
                Piece::Open => broken = !fits(&pieces[at + 1..], self.columns.column(depth)),
                Piece::Soft { blank, .. } if broken => {
                    self.columns.end();
                    depth = self.statement_depth + 1;
                    if blank {
                        self.columns.blank();
                    }
                }
                Piece::LastComma if broken => self.columns.text(",", depth),
                Piece::SoftEnd { .. } if broken => {
                    self.columns.end();
                    depth = self.statement_depth;
                    broken = false;
                }
                Piece::LastComma => {}
                Piece::Soft { space, .. } | Piece::SoftEnd { space } => {
                    if space {
                        self.columns.space();
                    }
                }
            }
        }
        self.pieces = pieces;
        self.pieces.clear();
    }

    fn below(&mut self, comment: Comment<'a>) {
        if !self.columns.is_line_empty() {
            self.columns.end();
        }
        self.columns.end_with(comment);
    }
}

/// Whether a list that begins in `column`, and what follows it on its line, can stand on that line.
fn fits(pieces: &[Piece<'_>], column: usize) -> bool {
    let mut width = column;
    let mut inside = true;
    for piece in pieces {
        let ends_line = match piece {
            Piece::EndComment(_) | Piece::BelowComment(_) | Piece::Break => true,
            Piece::Comment(comment) => comment.has_lines() || inside && (comment.is_line || comment.breaks > 0),
            Piece::SoftEnd { .. } => {
                inside = false;
                false
            }
            Piece::Text(_) | Piece::Space | Piece::Open | Piece::Soft { .. } | Piece::LastComma => false,
        };
        width += width_of(piece);
        if ends_line || width > WIDTH {
            return ends_line && !inside && width <= WIDTH;
        }
    }
    true
}

/// Columns of a piece on a line that is not broken; of what ends a line, those before the line's end.
fn width_of(piece: &Piece<'_>) -> usize {
    match piece {
        Piece::Text(text) => text.chars().count(),
        Piece::Comment(comment) => comment.text.split('\n').next().unwrap_or_default().trim_end().chars().count(),
        Piece::Space => 1,
        Piece::Soft { space, .. } | Piece::SoftEnd { space } => usize::from(*space),
        Piece::EndComment(_) | Piece::BelowComment(_) | Piece::Break | Piece::Open | Piece::LastComma => 0,
    }
}
