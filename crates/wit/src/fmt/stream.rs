//! The tokens that mean something, each with the comments in front of it.
//!
//! In: all tokens of a text. Out: a [`Stream`].
//! Holds: no token is lost but white space; columns count characters from 0, a tab goes to the next multiple of 8.

use crate::syntax::{TokenKind, Tree};

pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';
const TAB: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Stream<'a> {
    pub tokens: Vec<Significant<'a>>,
    pub comments: Vec<Comment<'a>>,
    /// Line breaks between the last token or comment and the end.
    pub breaks_at_end: usize,
}

/// A word, a number, a string, or a mark.
#[derive(Clone, Copy, Debug)]
pub(super) struct Significant<'a> {
    pub text: &'a str,
    pub start: usize,
    /// Whether nothing stands between it and the token before.
    pub touches: bool,
    /// Line breaks since the comment or token before it.
    pub breaks: usize,
    /// How many of the comments stand before it.
    pub comments_before: usize,
}

/// A comment or documentation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comment<'a> {
    /// Without white space at its end.
    pub text: &'a str,
    /// `//` or `///`: the line ends after it.
    pub is_line: bool,
    pub is_doc: bool,
    /// Line breaks since the comment or token before it.
    pub breaks: usize,
    pub column: usize,
}

impl Comment<'_> {
    pub(super) fn has_lines(&self) -> bool {
        self.text.contains('\n')
    }
}

impl<'a> Stream<'a> {
    pub(super) fn of(tree: &'a Tree) -> Self {
        let mut stream = Self::default();
        let mut breaks = 0;
        let mut column = 0;
        let mut touches = false;
        for token in &tree.tokens {
            let text = &tree.source.text[token.span.clone()];
            let start = column;
            column = column_after(text, column);
            match token.kind {
                TokenKind::Space => {
                    breaks += text.matches('\n').count();
                    touches = false;
                    continue;
                }
                TokenKind::LineComment | TokenKind::DocLine | TokenKind::BlockComment | TokenKind::DocBlock => {
                    stream.comment(token.kind, text, breaks, start);
                    touches = false;
                }
                TokenKind::Word | TokenKind::Number | TokenKind::String | TokenKind::Mark | TokenKind::Error => {
                    let text = text.trim_start_matches(BYTE_ORDER_MARK);
                    if text.is_empty() {
                        continue;
                    }
                    let comments_before = stream.comments.len();
                    let start = token.span.start;
                    stream.tokens.push(Significant { text, start, touches, breaks, comments_before });
                    touches = true;
                }
            }
            breaks = 0;
        }
        stream.breaks_at_end = breaks;
        stream
    }

    fn comment(&mut self, kind: TokenKind, text: &'a str, breaks: usize, column: usize) {
        let is_line = matches!(kind, TokenKind::LineComment | TokenKind::DocLine);
        let is_doc = matches!(kind, TokenKind::DocLine | TokenKind::DocBlock);
        self.comments.push(Comment { text: text.trim_end(), is_line, is_doc, breaks, column });
    }
}

/// The column behind a text that begins in `column`.
pub(super) fn column_after(text: &str, column: usize) -> usize {
    let (from, rest) = match text.rfind('\n') {
        Some(at) => (0, &text[at + 1..]),
        None => (column, text),
    };
    rest.chars().fold(from, |column, c| match c {
        '\t' => (column / TAB + 1) * TAB,
        BYTE_ORDER_MARK => column,
        _ => column + 1,
    })
}
