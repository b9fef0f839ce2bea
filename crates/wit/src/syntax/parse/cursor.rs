//! The place in the text that is being read, and what was found wrong so far.
//!
//! In: tokens. Out: words and marks one after the other; errors.
//! Holds: comments and spaces are passed over; at the end there is a last, empty piece that is never passed.

use std::sync::Arc;

use diag::{Diagnostic, Place, Source};

use super::super::ast::Span;
use super::super::lex::{Token, TokenKind};
use super::{Broken, Parsed};

/// What a piece of the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    String,
    Mark,
    End,
}

/// A word, a number, a string or a mark.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    pub kind: Kind,
    pub text: &'a str,
    pub span: Span,
    /// Documentation comments in front of it, as a range of `Parser::docs`.
    docs: Span,
    /// Whether it is the first of its line.
    pub first: bool,
}

pub(super) struct Parser<'a> {
    source: &'a Arc<Source>,
    pieces: Vec<Piece<'a>>,
    docs: Vec<Span>,
    at: usize,
    errors: Vec<Diagnostic>,
    /// The piece at which an error was told last: a second one there would be a follow-up.
    told_at: Option<usize>,
}

impl<'a> Parser<'a> {
    pub fn new(source: &'a Arc<Source>, tokens: &[Token]) -> Self {
        let (pieces, docs) = pieces(&source.text, tokens);
        Self { source, pieces, docs, at: 0, errors: Vec::new(), told_at: None }
    }

    pub fn into_errors(self) -> Vec<Diagnostic> {
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

    /// A word or a mark that must stand here.
    pub fn expect(&mut self, text: &str) -> Parsed<Span> {
        if self.is(text) {
            return Ok(self.bump());
        }
        self.missing(text);
        Err(Broken)
    }

    /// A `;` that must stand here; reading goes on without it.
    pub fn semicolon(&mut self) {
        if !self.eat(";") {
            self.missing(";");
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
        if self.told_at != Some(self.at) {
            self.told_at = Some(self.at);
            self.errors.push(error);
        }
    }

    /// Tells that a mark is missing after what was passed last.
    pub fn missing(&mut self, mark: &str) {
        let before = self.before();
        let after = self.text(before.clone());
        let found = self.found();
        let error = diag::error("wit/syntax", format!("expected `{mark}`, found {found}"))
            .label(self.place(before), format!("`{mark}` is missing after this"))
            .help(format!("write `{mark}` after `{after}`"));
        self.tell(error);
    }

    /// Tells that something else is wanted here.
    pub fn unexpected(&mut self, expected: &str, help: impl Into<String>) {
        let error = diag::error("wit/syntax", format!("expected {expected}, found {}", self.found()))
            .label(self.place(self.here().span.clone()), "not expected here")
            .help(help);
        self.tell(error);
    }

    /// What stands here, in words.
    pub fn found(&self) -> String {
        let here = self.here();
        match here.kind {
            Kind::End => "the end of the file".to_owned(),
            Kind::String => "a string".to_owned(),
            Kind::Word | Kind::Number | Kind::Mark => format!("`{}`", here.text),
        }
    }

    /// Passes over everything up to a mark outside of brackets, or to what closes the brackets around.
    pub fn skip_to(&mut self, marks: &[&str]) {
        let mut depth = 0_usize;
        while !self.at_end() {
            let text = self.here().text;
            if depth == 0 && (marks.contains(&text) || text == "}") {
                return;
            }
            match text {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            self.bump();
        }
    }
}

/// Words, numbers, strings and marks, with an empty piece at the end.
fn pieces<'a>(text: &'a str, tokens: &[Token]) -> (Vec<Piece<'a>>, Vec<Span>) {
    let (mut pieces, mut docs) = (Vec::new(), Vec::new());
    let (mut first, mut first_doc) = (true, 0);
    let mut push = |kind, span: Span, first: &mut bool, docs: &[Span]| {
        pieces.push(Piece { kind, text: &text[span.clone()], span, docs: first_doc..docs.len(), first: *first });
        (*first, first_doc) = (false, docs.len());
    };
    for token in tokens {
        let span = token.span.clone();
        match token.kind {
            TokenKind::Space => first |= text[span].contains('\n'),
            TokenKind::LineComment | TokenKind::BlockComment | TokenKind::Error => {}
            TokenKind::DocLine | TokenKind::DocBlock => docs.push(span),
            TokenKind::Word => push(Kind::Word, span, &mut first, &docs),
            TokenKind::Number => push(Kind::Number, span, &mut first, &docs),
            TokenKind::String => push(Kind::String, span, &mut first, &docs),
            TokenKind::Mark => push(Kind::Mark, span, &mut first, &docs),
        }
    }
    push(Kind::End, text.len()..text.len(), &mut first, &docs);
    (pieces, docs)
}
