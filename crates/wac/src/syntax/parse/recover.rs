//! Where reading goes on after a mistake.
//!
//! Holds: of what is passed over nothing is told; each of these functions passes over something, or stands where its
//! caller goes on without it.

use super::super::lex::{Kind, Mark};
use super::super::words::STATEMENTS;
use super::cursor::Parser;

impl Parser<'_> {
    /// Whether a word stands here with which statements begin.
    pub fn at_statement_word(&self) -> bool {
        self.is_kind(Kind::Word) && (STATEMENTS.contains(&self.here_text()) || self.here_text() == "package")
    }

    /// Whether a statement begins here, although brackets may be open: one whose word stands right below that of the
    /// statement that is being read.
    pub fn at_next_statement(&self) -> bool {
        self.is_first() && self.here().column == self.column && self.at_statement_word()
    }

    /// Passes over the rest of a statement that began at token `start`, outside of all brackets.
    pub fn skip_statement(&mut self, start: usize) {
        while !self.at_end() {
            let outside = self.level() == 0;
            let follows = self.is_first() || self.follows_end();
            let begins = self.at_next_statement() || outside && follows && self.at_statement_word();
            if self.position() > start && begins {
                break;
            }
            let (ends, block_ends) = (outside && self.is(Mark::Semicolon), self.is(Mark::CloseBrace));
            self.bump();
            let after_block = block_ends && self.level() == 0 && self.is_first() && !self.is(Mark::Semicolon);
            if ends || after_block {
                break;
            }
        }
        self.forget_open(0);
    }

    /// Whether what was passed last ends a statement.
    fn follows_end(&self) -> bool {
        let ends = |kind| matches!(kind, Kind::Mark(Mark::Semicolon | Mark::CloseBrace));
        self.passed().is_none_or(|passed| ends(passed.kind))
    }

    /// Passes over the rest of an item in braces, which began at token `start`; `level` brackets are open around it.
    pub fn skip_item(&mut self, start: usize, level: usize) {
        while !self.at_end() && !self.at_next_statement() {
            let inside = self.level() <= level;
            if self.is(Mark::CloseBrace) && self.closes(level) {
                break;
            }
            let named = self.is_kind(Kind::Word) && self.is_ahead(1, Mark::Colon);
            let begins = self.is_first() && (named || self.is(Mark::At) || self.at_item_word());
            if self.position() > start && inside && begins {
                break;
            }
            let (ends, block_ends) = (inside && self.is(Mark::Semicolon), self.is(Mark::CloseBrace));
            self.bump();
            if ends || block_ends && self.level() == level && self.is_first() {
                break;
            }
        }
        self.forget_open(level);
    }

    fn at_item_word(&self) -> bool {
        const ITEMS: [&str; 10] =
            ["use", "type", "record", "variant", "flags", "enum", "resource", "import", "export", "include"];
        self.is_kind(Kind::Word) && ITEMS.contains(&self.here_text())
    }

    /// Passes over the rest of an element of a list, up to the comma behind it or the end of the list;
    /// `level` brackets are open around it.
    pub fn skip_element(&mut self, level: usize, close: Mark) {
        while !self.at_end() && !self.at_next_statement() {
            let inside = self.level() <= level;
            let ends = self.is(Mark::Comma) || self.is(Mark::Semicolon) || self.is(close);
            let brace = self.is(Mark::CloseBrace) && self.closes(level);
            if inside && ends || brace {
                break;
            }
            self.bump();
        }
        self.forget_open(level);
    }
}
