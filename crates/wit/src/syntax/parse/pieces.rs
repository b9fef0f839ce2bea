//! The words, numbers, strings and marks of a text.
//!
//! In: tokens. Out: pieces, each knowing its line and the documentation in front of it; errors of single characters.
//! Holds: comments and spaces are left out; the last piece is empty, and stands where the text ends;
//! a wrong character inside a word makes no two words of it.
//!
//! Specification: WIT, "Lexical structure".

use super::super::ast::Span;
use super::super::lex::{Token, TokenKind};

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
    /// Documentation comments in front of it, as a range of all of them.
    pub docs: Span,
    /// Whether it is the first of its line.
    pub first: bool,
    /// How far its line is indented, in bytes.
    pub indent: usize,
    /// Whether an error was told that makes it doubtful what stands here.
    pub doubtful: bool,
}

impl Piece<'_> {
    /// Whether it follows another one without a space.
    pub fn touches(&self, before: &Self) -> bool {
        before.span.end == self.span.start
    }
}

/// The pieces of a text, and its documentation comments.
pub(super) fn pieces<'a>(text: &'a str, tokens: &[Token]) -> (Vec<Piece<'a>>, Vec<Span>) {
    let mut reader =
        Reader { text, pieces: Vec::new(), docs: Vec::new(), first_doc: 0, first: true, indent: 0, hidden: false };
    let mut error_before = None;
    let mut spaced = true;
    // What follows a wrong character on its line belongs to the same mistake.
    let mut follows_error = false;
    for token in tokens {
        let span = token.span.clone();
        match token.kind {
            TokenKind::Space => {
                follows_error &= !text[span.clone()].contains('\n');
                reader.space(&span);
            }
            TokenKind::LineComment | TokenKind::BlockComment => {}
            TokenKind::DocLine | TokenKind::DocBlock => reader.docs.push(span),
            TokenKind::Word => match error_before.take().filter(|before: &Span| before.end == span.start) {
                Some(before) => reader.push_doubtful(Kind::Word, before.start..span.end),
                None if follows_error => reader.push_doubtful(Kind::Word, span),
                None => reader.push(Kind::Word, span),
            },
            TokenKind::Number => reader.push(Kind::Number, span),
            TokenKind::String => reader.push(Kind::String, span),
            TokenKind::Mark if &text[span.clone()] == ">" && reader.ends_arrow(&span) => {}
            TokenKind::Mark => reader.push(Kind::Mark, span),
            TokenKind::Error if arrow(text, &span).is_some() => reader.push_arrow(span),
            TokenKind::Error if text[span.clone()].starts_with('"') => reader.push_doubtful(Kind::String, span),
            // A comment as in other languages.
            TokenKind::Error if &text[span.clone()] == "#" && spaced => reader.hidden = true,
            TokenKind::Error => {
                error_before = reader.wrong(span);
                follows_error = error_before.is_some();
            }
        }
        if !matches!(token.kind, TokenKind::Space | TokenKind::Error) {
            follows_error = false;
        }
        if token.kind != TokenKind::Error {
            error_before = None;
        }
        spaced = token.kind == TokenKind::Space;
    }
    let cut =
        tokens.last().is_some_and(|last| last.kind == TokenKind::Error && text[last.span.clone()].starts_with("/*"));
    reader.push(Kind::End, text.len()..text.len());
    if let (true, Some(end)) = (cut, reader.pieces.last_mut()) {
        end.doubtful = true;
    }
    (reader.pieces, reader.docs)
}

/// The range of an arrow that is not written as one: `→`, or a long dash in front of `>`.
pub(super) fn arrow(text: &str, span: &Span) -> Option<Span> {
    match &text[span.clone()] {
        "→" | "⇒" | "⟶" => Some(span.clone()),
        "–" | "—" | "−" | "‐" | "‑" if text[span.end..].starts_with('>') => Some(span.start..span.end + 1),
        _ => None,
    }
}

struct Reader<'a> {
    text: &'a str,
    pieces: Vec<Piece<'a>>,
    docs: Vec<Span>,
    first_doc: usize,
    first: bool,
    indent: usize,
    /// Whether the rest of the line is none of the language.
    hidden: bool,
}

impl Reader<'_> {
    fn space(&mut self, span: &Span) {
        if let Some(newline) = self.text[span.clone()].rfind('\n') {
            self.first = true;
            self.hidden = false;
            self.indent = span.len() - newline - 1;
        } else if span.start == 0 {
            self.indent = self.text[span.clone()].trim_start_matches('\u{feff}').len();
        }
    }

    fn push(&mut self, kind: Kind, span: Span) {
        if self.hidden && kind != Kind::End {
            return;
        }
        // A word that follows a doubtful one without a space is its other half.
        if kind == Kind::Word
            && let Some(last) = self.pieces.last_mut()
            && last.doubtful
            && last.kind == Kind::Word
            && last.span.end == span.start
        {
            last.span.end = span.end;
            last.text = &self.text[last.span.clone()];
            return;
        }
        let docs = self.first_doc..self.docs.len();
        let (text, first) = (&self.text[span.clone()], self.first);
        self.pieces.push(Piece { kind, text, span, docs, first, indent: self.indent, doubtful: false });
        self.first_doc = self.docs.len();
        self.first = false;
    }

    /// What was told already is read as the arrow that it stands for.
    fn push_arrow(&mut self, span: Span) {
        self.push_doubtful(Kind::Mark, span);
        if let Some(last) = self.pieces.last_mut() {
            last.text = "->";
        }
    }

    /// Takes in the `>` behind a long dash.
    fn ends_arrow(&mut self, span: &Span) -> bool {
        let last = self.pieces.last_mut().filter(|last| last.text == "->" && last.doubtful);
        let Some(last) = last.filter(|last| last.span.end == span.start && last.span.len() > 2) else { return false };
        let is_dash = arrow(self.text, &last.span).is_some_and(|whole| whole.end == span.end);
        if is_dash {
            last.span.end = span.end;
        }
        is_dash
    }

    fn push_doubtful(&mut self, kind: Kind, span: Span) {
        self.push(kind, span);
        if let Some(last) = self.pieces.last_mut() {
            last.doubtful = true;
        }
    }

    /// A character that begins nothing: it belongs to the word in front of it, or to the one behind.
    fn wrong(&mut self, span: Span) -> Option<Span> {
        if self.text[span.clone()].starts_with("/*") {
            return None;
        }
        match self.pieces.last_mut() {
            Some(last) if last.kind == Kind::Word && last.span.end == span.start => {
                last.span.end = span.end;
                last.text = &self.text[last.span.clone()];
                last.doubtful = true;
                None
            }
            _ => Some(span),
        }
    }
}
