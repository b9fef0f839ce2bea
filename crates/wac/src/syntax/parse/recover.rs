//! Where reading goes on after a mistake.
//!
//! Holds: of what is passed over nothing is told; each of these functions passes over something, or stands where its
//! caller goes on without it.

use super::super::lex::{Kind, Mark};
use super::super::words::STATEMENTS;
use super::cursor::Parser;
use super::list::ListOf;

impl Parser<'_> {
    /// Whether a word stands here with which statements begin.
    pub fn at_statement_word(&self) -> bool {
        self.is_kind(Kind::Word) && (STATEMENTS.contains(&self.here_text()) || self.here_text() == "package")
    }

    /// Whether a statement begins here, although brackets may be open: one whose word stands right below that of the
    /// statement that is being read.
    pub fn at_next_statement(&self) -> bool {
        let is_let = self.is_word("let") && self.is_ahead(1, Mark::OpenParen);
        let is_member =
            is_let || [Mark::Colon, Mark::Comma, Mark::CloseBrace].iter().any(|mark| self.is_ahead(1, *mark));
        self.is_first() && self.here().column == self.column && self.at_statement_word() && !is_member
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

    /// Passes over lines that are further in than the script: the rest of a block that was closed too early.
    pub fn skip_lines(&mut self, base: Option<usize>) {
        while !self.at_end() && (!self.is_first() || self.here().column > base) {
            self.bump();
        }
        if self.is(Mark::CloseBrace) {
            self.bump();
        }
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
            if self.is(Mark::CloseBrace) && self.closes(level) && self.may_close(level) {
                break;
            }
            let named = self.is_kind(Kind::Word) && self.is_ahead(1, Mark::Colon);
            let begins = self.is_first() && (named || self.is(Mark::At) || self.at_item_word());
            if self.position() > start && inside && begins {
                break;
            }
            let (ends, block_ends) = (inside && self.is(Mark::Semicolon), self.is(Mark::CloseBrace));
            if block_ends && self.closes(level) {
                self.pass_spare();
            } else {
                self.bump();
            }
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

    /// Whether a `}` may be the one that closes the block around: one on a line of its own, if the block has lines.
    pub fn may_close(&self, level: usize) -> bool {
        self.is_first() || self.opener(level).is_none_or(|open| open.line == self.here().line)
    }

    /// Passes over the rest of an element of a list, up to the comma behind it, the end of the list, or the next
    /// element if that begins a line; `level` brackets are open around it.
    pub fn skip_element(&mut self, start: usize, level: usize, list: ListOf) {
        while !self.at_end() && !self.at_next_statement() {
            let inside = self.level() <= level;
            let comma = self.is(Mark::Comma) && self.may_follow(1, list);
            let ends = comma || self.is(Mark::Semicolon);
            let closes = self.is(list.close()) && self.only_angles(level);
            let brace = self.is(Mark::CloseBrace) && self.closes(level);
            let named = self.is_kind(Kind::Word) && self.is_ahead(1, Mark::Colon);
            let next = self.position() > start && self.is_first() && named && self.only_angles(level);
            if inside && ends || closes || brace || next {
                break;
            }
            self.bump();
        }
        self.forget_open(level);
    }

    /// Whether an element, or the end of the list, may stand `ahead` tokens further on.
    fn may_follow(&self, ahead: usize, list: ListOf) -> bool {
        let token = self.ahead(ahead);
        let is_end = matches!(token.kind, Kind::Mark(Mark::CloseBrace | Mark::CloseParen | Mark::At) | Kind::End);
        let named = token.kind == Kind::Word && self.is_ahead(ahead + 1, Mark::Colon);
        is_end || named || token.column.is_some() || matches!(list, ListOf::Names | ListOf::Args)
    }
}
