//! Tokens.
//!
//! In: a text, whatever stands in it. Out: its tokens without spaces and comments, the documentation comments, and
//! what is wrong with characters, strings and comments.
//! Holds: a token that something was said about is marked, so that nothing more is said because of it; the last
//! token is an empty one where the last written one ends; reading takes linear time.
//!
//! Specification: WIT, "Lexical structure"; WAC, "WAC Grammar", which has strings as well.

use std::sync::Arc;

use diag::{Diagnostic, Source};

use super::escapes;
use super::tree::Span;

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Span,
    /// Its line; a number that grows, and no more.
    pub line: usize,
    /// Where in its line it begins, in bytes, if it is the first one there.
    pub column: Option<usize>,
    /// Something was said about it, or about what stands between it and the token before.
    pub doubtful: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword, `%` included; what is not written as a name has been told.
    Word,
    /// A version or a number: digits, and what stands behind them in one piece.
    Number,
    /// With its quotes.
    String,
    Mark(Mark),
    End,
}

/// One character, but for `->` and `...`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    OpenAngle,
    CloseAngle,
    Semicolon,
    Colon,
    Comma,
    Dot,
    Dots,
    Equals,
    Slash,
    At,
    Arrow,
    Underscore,
}

impl Mark {
    pub fn text(self) -> &'static str {
        match self {
            Self::OpenBrace => "{",
            Self::CloseBrace => "}",
            Self::OpenParen => "(",
            Self::CloseParen => ")",
            Self::OpenBracket => "[",
            Self::CloseBracket => "]",
            Self::OpenAngle => "<",
            Self::CloseAngle => ">",
            Self::Semicolon => ";",
            Self::Colon => ":",
            Self::Comma => ",",
            Self::Dot => ".",
            Self::Dots => "...",
            Self::Equals => "=",
            Self::Slash => "/",
            Self::At => "@",
            Self::Arrow => "->",
            Self::Underscore => "_",
        }
    }

    /// The mark that a text begins with.
    fn of(rest: &str) -> Option<Self> {
        if rest.starts_with("...") {
            return Some(Self::Dots);
        }
        if rest.starts_with("->") {
            return Some(Self::Arrow);
        }
        Some(match rest.bytes().next()? {
            b'{' => Self::OpenBrace,
            b'}' => Self::CloseBrace,
            b'(' => Self::OpenParen,
            b')' => Self::CloseParen,
            b'[' => Self::OpenBracket,
            b']' => Self::CloseBracket,
            b'<' => Self::OpenAngle,
            b'>' => Self::CloseAngle,
            b';' => Self::Semicolon,
            b':' => Self::Colon,
            b',' => Self::Comma,
            b'.' => Self::Dot,
            b'=' => Self::Equals,
            b'/' => Self::Slash,
            b'@' => Self::At,
            b'_' => Self::Underscore,
            _ => return None,
        })
    }
}

/// A documentation comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doc {
    /// With its marks.
    pub span: Span,
    /// The number of tokens in front of it.
    pub before: usize,
}

/// A text in pieces.
pub(super) struct Lexed {
    /// At least one; the last is the end.
    pub tokens: Vec<Token>,
    pub docs: Vec<Doc>,
    pub problems: Vec<Diagnostic>,
}

pub(super) fn lex(source: &Arc<Source>) -> Lexed {
    let lexed = Lexed { tokens: Vec::new(), docs: Vec::new(), problems: Vec::new() };
    let mut lexer = Lexer { source, at: 0, line: 0, first: true, doubtful: false, lexed };
    super::characters::check(source, &mut lexer.lexed.problems);
    if source.text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
        lexer.line = lexer.at;
    }
    while lexer.at < source.text.len() {
        lexer.step();
    }
    let end = lexer.lexed.tokens.last().map_or(lexer.line.min(source.text.len()), |token| token.span.end);
    lexer.at = end;
    lexer.push(Kind::End, 0);
    lexer.lexed
}

struct Lexer<'s> {
    source: &'s Arc<Source>,
    at: usize,
    /// Where the line begins.
    line: usize,
    /// Whether no token of this line has come yet.
    first: bool,
    /// Whether something was passed over that was complained about.
    doubtful: bool,
    lexed: Lexed,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        &self.source.text[self.at..]
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(char) = rest.chars().next() else { return };
        match char {
            '\n' => {
                self.at += 1;
                self.line = self.at;
                self.first = true;
            }
            ' ' | '\t' | '\r' => self.at += 1,
            '/' if rest.starts_with("//") => self.line_comment(),
            '/' if rest.starts_with("/*") => self.block_comment(),
            '"' => self.string(),
            '0'..='9' => self.push(Kind::Number, number(rest)),
            _ if self.in_version(char) => self.push(Kind::Number, number(rest)),
            '%' => self.word(1),
            '-' if rest[1..].starts_with(is_word) => self.word(1),
            '_' if rest[1..].starts_with(is_word) => self.word(1),
            _ if char.is_alphabetic() => self.word(0),
            _ => match Mark::of(rest) {
                Some(mark) => self.push(Kind::Mark(mark), mark.text().len()),
                None => self.unknown(char),
            },
        }
    }

    /// Whether `@` stands in front, and a name right before that: then even letters are meant as a version.
    fn in_version(&self, char: char) -> bool {
        let [.., name, at] = self.lexed.tokens.as_slice() else { return false };
        let touching = name.span.end == at.span.start && at.span.end == self.at;
        touching && name.kind == Kind::Word && at.kind == Kind::Mark(Mark::At) && char.is_ascii_alphabetic()
    }

    fn push(&mut self, kind: Kind, len: usize) {
        let span = Span { start: self.at, end: self.at + len };
        let column = self.first.then(|| self.at.saturating_sub(self.line));
        self.lexed.tokens.push(Token { kind, span, line: self.line, column, doubtful: self.doubtful });
        self.first = false;
        self.doubtful = false;
        self.at = span.end;
    }

    fn tell(&mut self, problem: Diagnostic) {
        super::problems::push(&mut self.lexed.problems, problem);
    }

    fn error(&self, headline: impl Into<String>, span: Span, label: &str, help: impl Into<String>) -> Diagnostic {
        diag::error("wac/syntax", headline).label(span.place(self.source), label).help(help)
    }

    fn doc(&mut self, len: usize) {
        let span = Span { start: self.at, end: self.at + len };
        self.lexed.docs.push(Doc { span, before: self.lexed.tokens.len() });
    }

    fn line_comment(&mut self) {
        let rest = self.rest();
        let len = rest.find('\n').unwrap_or(rest.len());
        if rest.starts_with("///") {
            self.doc(len);
        }
        self.at += len;
    }

    fn block_comment(&mut self) {
        let rest = self.rest();
        let Some(len) = block_comment(rest) else {
            let begins = Span { start: self.at, end: self.at + 2 };
            self.tell(self.error("a comment never ends", begins, "begins here", "write `*/` where it ends"));
            self.doubtful = true;
            self.at = self.source.text.len();
            return;
        };
        if rest.starts_with("/**") && len > "/**/".len() {
            self.doc(len);
        }
        let end = self.at + len;
        if let Some(line) = rest[..len].rfind('\n') {
            self.line = self.at + line + 1;
            self.first = true;
        }
        self.at = end;
    }

    fn string(&mut self) {
        let rest = self.rest();
        match string(rest) {
            Ok(len) => {
                let start = self.at;
                if let Some(problem) = self.wrong_escape(start, &rest[..len]) {
                    self.tell(problem);
                    self.doubtful = true;
                }
                self.push(Kind::String, len);
            }
            Err(len) => {
                let span = Span { start: self.at, end: self.at + len };
                let problem =
                    self.error("a string does not end on its line", span, "no `\"` follows", "write `\"` at its end");
                self.tell(problem);
                self.doubtful = true;
                self.push(Kind::String, len);
                // What should follow the string stands in it.
                self.doubtful = true;
            }
        }
    }

    /// The first escape in a string that means nothing.
    fn wrong_escape(&self, start: usize, text: &str) -> Option<Diagnostic> {
        let (at, len) = escapes::wrong(text)?;
        let span = Span { start: start + at, end: start + at + len };
        let written = &text[at..at + len];
        let help = "write `/` between folders, or `\\\\` for the character itself";
        Some(self.error(format!("`{written}` means nothing in a string"), span, "no such escape", help))
    }

    fn word(&mut self, prefix: usize) {
        let rest = self.rest();
        let len = prefix + word(&rest[prefix..]);
        let text = &rest[..len];
        let span = Span { start: self.at, end: self.at + len };
        if let Some(problem) = super::words::wrong_name(self.source, text, span) {
            self.tell(problem);
            self.doubtful = true;
            self.push(Kind::Word, len);
        } else {
            self.push(Kind::Word, len);
        }
    }

    /// Passes over characters that no token begins with.
    fn unknown(&mut self, char: char) {
        let rest = self.rest();
        let len = rest.find(|next| next != char).unwrap_or(rest.len());
        let span = Span { start: self.at, end: self.at + len };
        // Of one that is refused wherever it stands, that has been said.
        if !super::characters::is_refused(char) {
            self.tell(super::characters::unknown(self.source, char, span));
        }
        self.doubtful = true;
        self.at += len;
    }
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// The length of a word; `->` ends it.
fn word(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let is_arrow = char == '-' && chars.peek().is_some_and(|(_, next)| *next == '>');
        if is_arrow || !(is_word(char) || char == '-') {
            return at;
        }
    }
    text.len()
}

/// The length of a version or a number.
fn number(text: &str) -> usize {
    let is_part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '+' | '_');
    let len = text.find(|char| !is_part(char)).unwrap_or(text.len());
    // `1.0.0...`: the dots are a mark of their own.
    let len = text[..len].find("...").unwrap_or(len);
    let bare = text[..len].trim_end_matches('.').len();
    // `1.0.` is a version cut short, but for the dot of `use a:b/c@1.0.0.{d}`.
    let is_cut = len == bare + 1 && !text[len..].trim_start().starts_with('{');
    if is_cut { len } else { bare }
}

/// The length of a comment that may hold others; `None` if it does not end.
fn block_comment(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
    None
}

/// The length of a string, or of what stands on the line if it does not end there.
fn string(text: &str) -> Result<usize, usize> {
    let mut escaped = false;
    for (at, char) in text.char_indices().skip(1) {
        match char {
            '\n' => return Err(text[..at].trim_end_matches('\r').len()),
            '"' if !escaped => return Ok(at + 1),
            _ => escaped = char == '\\' && !escaped,
        }
    }
    Err(text.len())
}
