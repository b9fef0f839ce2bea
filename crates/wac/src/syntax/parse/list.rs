//! Elements between brackets, with commas.
//!
//! Holds: a broken element is left out, and the others are read; a comma may stand behind the last one.

use super::super::lex::{Kind, Mark, Token};
use super::cursor::{Lost, Parsed, Parser};

/// The elements, and the closing bracket.
pub(super) struct List<T> {
    pub elements: Vec<T>,
    pub close: Token,
}

impl Parser<'_> {
    /// `what` says what stands between the brackets.
    pub fn list<T>(
        &mut self,
        (open, close): (Mark, Mark),
        what: &str,
        mut element: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<List<T>> {
        self.expect(open)?;
        let level = self.level();
        let mut elements = Vec::new();
        while !self.is(close) {
            if self.at_end() || self.at_next_statement() {
                return Err(self.unclosed(what, close, level));
            }
            let start = self.position();
            match element(self) {
                Ok(read) => elements.push(read),
                Err(Lost) => self.skip_element(level, close),
            }
            self.after_element(close, level)?;
            if self.position() == start {
                return Err(Lost);
            }
        }
        Ok(List { elements, close: self.bump() })
    }

    /// The `,` behind an element, or what ends the list.
    fn after_element(&mut self, close: Mark, level: usize) -> Parsed<()> {
        if self.eat(Mark::Comma) || self.is(close) {
            return Ok(());
        }
        if self.at_end() || self.at_next_statement() {
            return Err(self.unclosed("`,`", close, level));
        }
        let semicolon = self.is(Mark::Semicolon);
        let ahead = self.ahead(1);
        // Behind the `;` of a line whose parenthesis is not closed, the next item begins.
        let is_line = close == Mark::CloseParen && ahead.column.is_some();
        let starts = matches!(ahead.kind, Kind::Word | Kind::String | Kind::Mark(Mark::Dots));
        let is_next = ahead.column.is_some() && ahead.column == self.column;
        let goes_on = ahead.kind == Kind::Mark(close) || starts && !is_next && !is_line;
        if semicolon && goes_on {
            self.tell_here("`,`", Some("write `,` instead of `;`".to_owned()));
            self.bump();
            return Ok(());
        }
        // On a line of its own, the next element stands here without a comma in front.
        let is_next = self.is_first() && matches!(self.here().kind, Kind::Word | Kind::String);
        let help = match self.passed() {
            Some(passed) if is_next => Some(format!("write `,` after `{}`", self.text(passed))),
            Some(_) | None => None,
        };
        if self.is(Mark::Semicolon) {
            return Err(self.unclosed("`,`", close, level));
        }
        let lost = self.unexpected(&format!("`,` or `{}`", close.text()), help);
        if is_next { Ok(()) } else { Err(lost) }
    }
}
