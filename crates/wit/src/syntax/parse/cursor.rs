//! The place in the text that is being read, and what was found wrong so far.
//!
//! In: tokens. Out: words and marks one after the other; errors.
//! Holds: at the end there is a last, empty piece that is never passed; at one piece only one error is told.

use std::sync::Arc;

use diag::{Diagnostic, Place, Source};

use super::super::ast::Span;
use super::super::lex::Token;
use super::pieces::{Kind, Piece, pieces};
use super::starts::{Start, start};
use super::words::TYPES;
use super::{Broken, Parsed, braces, characters};

pub(super) struct Parser<'a> {
    source: &'a Arc<Source>,
    pieces: Vec<Piece<'a>>,
    docs: Vec<Span>,
    at: usize,
    errors: Vec<Diagnostic>,
    /// The piece at which an error was told last: a second one there would be a follow-up.
    told_at: Option<usize>,
    /// How many blocks are open.
    levels: usize,
    /// How many types are being read, one inside the other.
    types: usize,
}

impl<'a> Parser<'a> {
    pub fn new(source: &'a Arc<Source>, tokens: &[Token]) -> Self {
        let mut errors = Vec::new();
        characters::check(source, tokens, &mut errors);
        let (pieces, docs) = pieces(&source.text, tokens);
        let pieces = braces::balance(source, pieces, &mut errors);
        Self { source, pieces, docs, at: 0, errors, told_at: None, levels: 0, types: 0 }
    }

    pub fn into_errors(mut self) -> Vec<Diagnostic> {
        self.errors.sort_by_key(|error| match error.labels.first().map(|label| &label.place) {
            Some(Place::Text { span, .. }) => span.start,
            _ => 0,
        });
        self.errors
    }

    /// What stands here.
    pub fn here(&self) -> &Piece<'a> {
        &self.pieces[self.at]
    }

    /// What stands `ahead` pieces further on.
    pub fn ahead(&self, ahead: usize) -> &Piece<'a> {
        &self.pieces[(self.at + ahead).min(self.pieces.len() - 1)]
    }

    pub fn position(&self) -> usize {
        self.at
    }

    pub fn is(&self, text: &str) -> bool {
        self.here().text == text
    }

    pub fn at_end(&self) -> bool {
        self.here().kind == Kind::End
    }

    pub fn at_word(&self) -> bool {
        self.here().kind == Kind::Word
    }

    /// Whether an item begins here, on a line of its own.
    pub fn at_item(&self) -> bool {
        self.item_ahead(0)
    }

    pub fn item_ahead(&self, ahead: usize) -> bool {
        self.ahead(ahead).first && self.start_ahead(ahead).is_some()
    }

    /// The item that begins `ahead` pieces further on.
    pub fn start_ahead(&self, ahead: usize) -> Option<Start> {
        start(&self.pieces, self.at + ahead)
    }

    /// Whether the file seems to declare a name, or to bring it in.
    pub fn declares(&self, name: &str) -> bool {
        self.pieces.windows(3).any(|around| {
            let [before, here, after] = around else { return false };
            let named = TYPES.contains(&before.text) || before.text == "as";
            let brought = matches!(before.text, "{" | ",") && matches!(after.text, "}" | "," | "as");
            here.text.trim_start_matches('%') == name && (named || brought)
        })
    }

    /// Passes over what stands here, and gives its range.
    pub fn bump(&mut self) -> Span {
        let span = self.here().span.clone();
        if !self.at_end() {
            self.at += 1;
        }
        span
    }

    /// Passes over a word or a mark if it stands here.
    pub fn eat(&mut self, text: &str) -> bool {
        let found = self.is(text);
        if found {
            self.bump();
        }
        found
    }

    /// A word or a mark that must stand here; if it does not, that is told, and reading goes on as if it did.
    pub fn expect(&mut self, text: &str) -> bool {
        if self.is_spare(text) {
            self.remove();
        }
        let found = self.eat(text);
        if !found {
            self.missing(text);
        }
        found
    }

    /// Whether leaving out what stands here would do, so that `text` follows at once.
    pub fn is_spare(&self, text: &str) -> bool {
        let (here, next) = (self.here(), self.ahead(1));
        here.text != text && next.text == text && !here.first && !next.first && !matches!(here.text, "{" | "}")
    }

    /// Passes over what is one too many, and tells that.
    pub fn remove(&mut self) {
        let found = self.found();
        self.tell_here(format!("{found} is not expected here"), "one too many", format!("remove {found}"));
        self.bump();
    }

    /// As `expect`; one of `wrong` in its place is passed over.
    pub fn expect_not(&mut self, text: &str, wrong: &[&str]) -> bool {
        if !wrong.contains(&self.here().text) {
            return self.expect(text);
        }
        let found = self.here().text;
        self.tell_here(
            format!("expected `{text}`, found `{found}`"),
            "not expected here",
            format!("write `{text}` instead of `{found}`"),
        );
        let passed = self.bump();
        // `=>`
        if self.is(">") && self.here().span.start == passed.end {
            self.bump();
        }
        true
    }

    /// A `;` that must stand here; without it, the rest of the line is passed over.
    pub fn semicolon(&mut self) {
        if self.is_spare(";") {
            self.remove();
        }
        if self.eat(";") {
            return;
        }
        self.missing(";");
        while !(self.here().first || self.at_end() || self.is("}") || self.start_ahead(0).is_some()) {
            if self.eat(";") {
                return;
            }
            self.skip_one();
        }
    }

    /// Where what was passed last ends.
    pub fn end(&self) -> usize {
        self.before().end
    }

    /// The range of what was passed last; the beginning of the text if nothing was.
    pub fn before(&self) -> Span {
        self.at.checked_sub(1).map_or(0..0, |before| self.pieces[before].span.clone())
    }

    /// What was passed last.
    pub fn passed(&self) -> Option<&Piece<'a>> {
        self.at.checked_sub(1).map(|before| &self.pieces[before])
    }

    /// What was passed before that.
    pub fn passed_before(&self, back: usize) -> &'a str {
        self.at.checked_sub(back).map_or("", |before| self.pieces[before].text)
    }

    /// The range of that.
    pub fn span_before(&self, back: usize) -> Span {
        self.at.checked_sub(back).map_or(0..0, |before| self.pieces[before].span.clone())
    }

    /// From the first documentation comment in front of a piece to what was passed last.
    pub fn span_from(&self, start: usize) -> Span {
        let piece = &self.pieces[start];
        let start = self.docs[piece.docs.clone()].first().map_or(piece.span.start, |doc| doc.start);
        start..self.end().max(start)
    }

    /// The documentation comments in front of what stands here.
    pub fn docs(&self) -> Vec<Span> {
        self.docs[self.here().docs.clone()].to_vec()
    }

    pub fn text(&self, span: Span) -> &'a str {
        &self.source.text[span]
    }

    pub fn place(&self, span: Span) -> Place {
        Place::text(self.source, span)
    }

    /// Tells an error at what stands here, unless one was told here already.
    pub fn tell(&mut self, error: Diagnostic) {
        let doubtful = self.here().doubtful && !matches!(self.here().text, "{" | "}");
        if self.told_at != Some(self.at) && !doubtful {
            self.errors.push(error);
        }
        self.told_at = Some(self.at);
    }

    /// Tells what is wrong with what stands here.
    pub fn tell_here(&mut self, headline: impl Into<String>, label: &str, help: impl Into<String>) {
        let span = self.here().span.clone();
        self.tell_at(span, headline, label, help);
    }

    /// Tells what is wrong with a part of the text.
    pub fn tell_at(&mut self, span: Span, headline: impl Into<String>, label: &str, help: impl Into<String>) {
        let error = diag::error("wit/syntax", headline).label(self.place(span), label).help(help);
        self.tell(error);
    }

    /// Tells that a mark is missing after what was passed last.
    pub fn missing(&mut self, mark: &str) {
        let help = format!("write `{mark}` after `{}`", self.passed_whole());
        self.missing_with(&format!("`{mark}`"), help);
    }

    /// What was passed last; of a path or a version, all of it.
    fn passed_whole(&self) -> &'a str {
        let Some(last) = self.passed() else { return "" };
        if !matches!(last.kind, Kind::Word | Kind::Number) {
            return last.text;
        }
        let mut start = last.span.start;
        for before in self.pieces[..self.at - 1].iter().rev() {
            let part = matches!(before.kind, Kind::Word | Kind::Number) || matches!(before.text, "." | "@" | "/" | ":");
            if !part || before.span.end != start {
                break;
            }
            start = before.span.start;
        }
        &self.source.text[start..last.span.end]
    }

    /// As `missing`, with another action.
    pub fn missing_with(&mut self, what: &str, help: impl Into<String>) {
        let Some(before) = self.passed() else {
            self.tell_here(format!("expected {what}, found {}", self.found()), "not expected here", help);
            return;
        };
        if before.doubtful {
            self.told_at = Some(self.at);
            return;
        }
        let span = before.span.clone();
        let error = diag::error("wit/syntax", format!("expected {what}, found {}", self.found()))
            .label(self.place(span), format!("{what} is missing after this"))
            .help(help);
        self.tell(error);
    }

    /// Tells that something else is wanted here: where it goes, if that is the line before.
    pub fn unexpected(&mut self, expected: &str, help: impl Into<String>) {
        if self.here().first || self.at_end() {
            self.missing_with(expected, help);
            return;
        }
        let label = if self.here().span.is_empty() { "missing here" } else { "not expected here" };
        self.tell_here(format!("expected {expected}, found {}", self.found()), label, help);
    }

    /// Tells that another item is wanted here.
    pub fn tell_item(&mut self, expected: &str, help: &str) {
        let headline = format!("expected {expected}, found {}", self.found());
        self.tell_here(headline, "not expected here", help);
    }

    /// Tells what is wrong with a part that was passed already.
    pub fn tell_part(&mut self, span: Span, headline: impl Into<String>, label: &str, help: impl Into<String>) {
        let error = diag::error("wit/syntax", headline).label(self.place(span), label).help(help);
        self.errors.push(error);
    }

    /// How many blocks are open.
    pub fn levels(&self) -> usize {
        self.levels
    }

    /// How many types are being read, one inside the other.
    pub fn types(&self) -> usize {
        self.types
    }

    pub fn enter_type(&mut self) {
        self.types += 1;
    }

    pub fn leave_type(&mut self) {
        self.types -= 1;
    }

    pub fn enter(&mut self) {
        self.levels += 1;
    }

    pub fn leave(&mut self) {
        self.levels -= 1;
    }

    /// What stands here, in words.
    pub fn found(&self) -> String {
        // A bracket that was put in because it is missing is not what the user wrote.
        let written = self.pieces[self.at..].iter().find(|piece| !piece.span.is_empty());
        let Some(here) = written else { return "the end of the file".to_owned() };
        match here.kind {
            Kind::End => "the end of the file".to_owned(),
            Kind::String => "a string".to_owned(),
            Kind::Word | Kind::Number | Kind::Mark => format!("`{}`", here.text),
        }
    }

    /// Passes over one piece; over all of a block if one begins here.
    pub fn skip_one(&mut self) {
        if !self.is("{") {
            self.bump();
            return;
        }
        let mut depth = 0_usize;
        while !self.at_end() {
            match self.here().text {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            self.bump();
            if depth == 0 {
                return;
            }
        }
    }

    /// Passes over the rest of an item that cannot be read.
    pub fn skip_item(&mut self, start: usize) {
        while !self.at_end() && !self.is("}") {
            // At the top, a block on a line of its own is an item whose first word is missing.
            let nameless = self.levels == 0 && self.here().first && self.at_word() && self.ahead(1).text == "{";
            if self.at > start && (self.at_item() || nameless) {
                return;
            }
            let block = self.is("{");
            if self.eat(";") {
                return;
            }
            self.skip_one();
            if block && !self.is(".") && !self.is(";") && !self.is("from") {
                return;
            }
        }
    }

    /// Gives up an item.
    pub fn lost<T>(&self) -> Parsed<T> {
        Err(Broken::Lost)
    }
}
