//! The brackets that are open where a text is being read.
//!
//! Holds: a brace closes what is open inside it; nothing else closes a brace, and `>` closes only a `<` right inside.
//! Each question costs the same however many brackets are open.

use super::super::lex::{Mark, Token};

/// Of brackets beyond this depth it is not asked which are of what kind: no valid text has that many.
const SEEN: usize = 256;

#[derive(Default)]
pub(super) struct Brackets {
    open: Vec<(Mark, Token)>,
    /// Which of them are braces.
    braces: Vec<usize>,
}

impl Brackets {
    pub fn level(&self) -> usize {
        self.open.len()
    }

    pub fn open(&mut self, mark: Mark, token: Token) {
        if mark == Mark::OpenBrace {
            self.braces.push(self.open.len());
        }
        self.open.push((mark, token));
    }

    /// Closes the last one of this kind, if what stands inside it allows.
    pub fn close(&mut self, bracket: Mark) {
        let at = if bracket == Mark::OpenBrace {
            self.braces.last().copied()
        } else if bracket == Mark::OpenAngle {
            self.open.len().checked_sub(1).filter(|at| self.open[*at].0 == bracket)
        } else {
            let from = self.innermost_brace().max(self.open.len().saturating_sub(SEEN));
            self.open[from..].iter().rposition(|(open, _)| *open == bracket).map(|at| from + at)
        };
        if let Some(at) = at {
            self.truncate(at);
        }
    }

    /// Forgets what is open inside the last brace.
    pub fn end_statement(&mut self) {
        self.truncate(self.innermost_brace());
    }

    /// How many are open up to the last brace.
    fn innermost_brace(&self) -> usize {
        self.braces.last().map_or(0, |brace| brace + 1)
    }

    /// Forgets those beyond so many.
    pub fn truncate(&mut self, level: usize) {
        self.open.truncate(level);
        while self.braces.last().is_some_and(|brace| *brace >= level) {
            self.braces.pop();
        }
    }

    /// The last of the first `level` ones.
    pub fn opener(&self, level: usize) -> Option<Token> {
        level.checked_sub(1).and_then(|at| self.open.get(at)).map(|(_, token)| *token)
    }

    /// Whether nothing but `<` was opened since `level` were.
    pub fn only_angles(&self, level: usize) -> bool {
        let inside = self.open.get(level..).unwrap_or_default();
        inside.len() <= SEEN && inside.iter().all(|(open, _)| *open == Mark::OpenAngle)
    }

    /// Whether no brace was opened since `level` were: a `}` then closes one of those.
    pub fn has_no_brace(&self, level: usize) -> bool {
        self.innermost_brace() <= level
    }
}
