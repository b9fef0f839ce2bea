//! Elements between brackets, with commas.
//!
//! Holds: a broken element is left out, and the others are read; a comma may stand behind the last one.

use super::super::lex::{Kind, Mark, Token};
use super::cursor::{Lost, Parsed, Parser};

/// What a list has, which tells where its elements begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListOf {
    /// `{ name: type }`
    Fields,
    /// `(name: type)`
    Params,
    /// `{ name }`, whatever stands behind the name.
    Names,
    /// `{ name: expr }` of an instantiation.
    Args,
}

impl ListOf {
    fn open(self) -> Mark {
        match self {
            Self::Params => Mark::OpenParen,
            Self::Fields | Self::Names | Self::Args => Mark::OpenBrace,
        }
    }

    pub fn close(self) -> Mark {
        match self {
            Self::Params => Mark::CloseParen,
            Self::Fields | Self::Names | Self::Args => Mark::CloseBrace,
        }
    }
}

/// The elements, and the brackets.
pub(super) struct List<T> {
    pub elements: Vec<T>,
    pub close: Token,
    /// Nothing stands in it, not even something that could not be read.
    pub is_empty: bool,
}

impl Parser<'_> {
    /// `what` says what stands between the brackets.
    pub fn list<T>(
        &mut self,
        list: ListOf,
        what: &str,
        mut element: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<List<T>> {
        let close = list.close();
        self.expect_open(list.open())?;
        let (level, first) = (self.level(), self.position());
        let mut elements = Vec::new();
        while !self.is(close) {
            if self.at_end() || self.at_next_statement() {
                return Err(self.unclosed(what, close, level));
            }
            let start = self.position();
            match element(self) {
                Ok(read) => {
                    elements.push(read);
                    self.after_element(close, level)?;
                }
                Err(Lost) => self.after_broken(start, level, list)?,
            }
            if self.position() == start {
                return Err(Lost);
            }
        }
        Ok(List { elements, is_empty: self.position() == first, close: self.bump() })
    }

    /// What stands behind a broken element, of which it has been told.
    fn after_broken(&mut self, start: usize, level: usize, list: ListOf) -> Parsed<()> {
        let is_lines = self.opener(level).is_none_or(|open| open.line < self.here().line);
        if is_lines && self.is_out(start) {
            // The list is not closed, and this is the next item.
            self.go_back(start);
            self.forget_open(level - 1);
            return Err(Lost);
        }
        self.skip_element(start, level, list);
        if self.is(Mark::Semicolon) && (list == ListOf::Params || !is_lines) {
            self.forget_open(level - 1);
            return Err(Lost);
        }
        // The next element may begin a line.
        let is_next = self.is_first() && !self.is(Mark::Comma) && self.position() != start;
        if is_next { Ok(()) } else { self.after_element(list.close(), level) }
    }

    /// The `,` behind an element, or what ends the list.
    fn after_element(&mut self, close: Mark, level: usize) -> Parsed<()> {
        if self.eat(Mark::Comma) || self.is(close) {
            return Ok(());
        }
        if self.at_end() || self.at_next_statement() {
            return Err(self.unclosed("`,`", close, level));
        }
        if self.is(Mark::Semicolon) {
            return self.semicolon_for_comma(close, level);
        }
        // On a line of its own, the next element stands here without a comma in front.
        let is_next = self.is_first() && matches!(self.here().kind, Kind::Word | Kind::String);
        let is_lines = self.opener(level).is_some_and(|open| open.line < self.here().line);
        if is_lines && self.is_out(self.position()) && !self.is(Mark::CloseBrace) {
            return Err(self.unclosed("`,`", close, level));
        }
        let help = match self.passed() {
            Some(passed) if is_next => Some(format!("write `,` after `{}`", self.text(passed))),
            Some(_) | None => None,
        };
        let lost = self.unexpected(&format!("`,` or `{}`", close.text()), help);
        if is_next { Ok(()) } else { Err(lost) }
    }

    /// A `;` stands where a comma should, or the list is not closed on its line.
    fn semicolon_for_comma(&mut self, close: Mark, level: usize) -> Parsed<()> {
        let ahead = self.ahead(1);
        let starts = matches!(ahead.kind, Kind::Word | Kind::String | Kind::Mark(Mark::Dots));
        let is_statement = ahead.column.is_some() && ahead.column == self.column;
        let is_line = ahead.column.is_some() && self.opener(level).is_some_and(|open| open.line == self.here().line);
        if ahead.kind != Kind::Mark(close) && (!starts || is_statement || is_line) {
            return Err(self.unclosed("`,`", close, level));
        }
        self.tell_here("`,`", Some("write `,` instead of `;`".to_owned()));
        self.bump();
        Ok(())
    }
}
