//! The place in the text that is being read, and what was found wrong so far.
//!
//! In: tokens. Out: words and marks one after the other; errors.
//! Holds: the last, empty token is never passed; at one token only one error is told, and none at a token about which
//! the lexer has said something.

use std::sync::Arc;

use diag::{Diagnostic, Source};

use super::super::lex::{Doc, Kind, Lexed, Mark, Token};
use super::super::problems;
use super::super::tree::{Docs, Span};
use super::super::words::is_keyword;
use super::brackets::Brackets;

/// What could not be read; that has been told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lost;

pub(super) type Parsed<T> = Result<T, Lost>;

pub(super) struct Parser<'s> {
    pub source: &'s Arc<Source>,
    tokens: Vec<Token>,
    docs: Vec<Doc>,
    problems: Vec<Diagnostic>,
    at: usize,
    /// The token at which an error was told last: a second one there would be a follow-up.
    told_at: Option<usize>,
    brackets: Brackets,
    /// How many expressions, or types, are being read, one inside the other.
    pub depth: usize,
    /// Where in its line the statement begins that is being read.
    pub column: Option<usize>,
    /// The same of the item, if one is being read in a block.
    pub item: Option<usize>,
}

impl<'s> Parser<'s> {
    pub fn new(source: &'s Arc<Source>, lexed: Lexed) -> Self {
        let Lexed { tokens, docs, problems } = lexed;
        let brackets = Brackets::default();
        Self { source, tokens, docs, problems, at: 0, told_at: None, brackets, depth: 0, column: None, item: None }
    }

    pub fn into_problems(self) -> Vec<Diagnostic> {
        problems::in_order(self.problems)
    }

    /// Whether so much is wrong that nothing more is told.
    pub fn is_hopeless(&self) -> bool {
        self.problems.len() > problems::MOST
    }

    // What stands where.

    pub fn position(&self) -> usize {
        self.at
    }

    pub fn here(&self) -> Token {
        self.tokens[self.at]
    }

    /// What stands `ahead` tokens further on; the end beyond the end.
    pub fn ahead(&self, ahead: usize) -> Token {
        self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    /// What was passed last.
    pub fn passed(&self) -> Option<Token> {
        self.at.checked_sub(1).map(|before| self.tokens[before])
    }

    pub fn text(&self, token: Token) -> &'s str {
        &self.source.text[token.span.range()]
    }

    pub fn here_text(&self) -> &'s str {
        self.text(self.here())
    }

    pub fn is(&self, mark: Mark) -> bool {
        self.here().kind == Kind::Mark(mark)
    }

    pub fn is_ahead(&self, ahead: usize, mark: Mark) -> bool {
        self.ahead(ahead).kind == Kind::Mark(mark)
    }

    pub fn is_kind(&self, kind: Kind) -> bool {
        self.here().kind == kind
    }

    /// Whether this very word stands here.
    pub fn is_word(&self, word: &str) -> bool {
        self.is_kind(Kind::Word) && self.here_text() == word
    }

    pub fn at_end(&self) -> bool {
        self.is_kind(Kind::End)
    }

    /// Whether what stands here is the first in its line.
    pub fn is_first(&self) -> bool {
        self.here().column.is_some()
    }

    /// Whether what stands `ahead` tokens further on follows the token before it without a space.
    pub fn touches(&self, ahead: usize) -> bool {
        self.ahead(ahead - 1).span.end == self.ahead(ahead).span.start
    }

    /// How many brackets are open.
    pub fn level(&self) -> usize {
        self.brackets.level()
    }

    /// What was opened last, of those `level` brackets that are open around here.
    pub fn opener(&self, level: usize) -> Option<Token> {
        self.brackets.opener(level)
    }

    /// Whether nothing but `<` was opened since `level` brackets were.
    pub fn only_angles(&self, level: usize) -> bool {
        self.brackets.only_angles(level)
    }

    /// Whether the token at a position begins a line that is not further in than the item which is being read.
    pub fn is_out(&self, position: usize) -> bool {
        let column = self.tokens[position].column;
        column.is_some() && column <= self.item
    }

    /// Goes back to something that was read as a part of what it does not belong to.
    pub fn go_back(&mut self, position: usize) {
        self.at = position;
    }

    /// Goes on as if an opening bracket stood here.
    pub fn assume_open(&mut self, mark: Mark) {
        self.brackets.open(mark, self.here());
    }

    /// Passes over a bracket that is one too many: it opens nothing.
    pub fn pass_spare(&mut self) {
        if !self.at_end() {
            self.at += 1;
        }
    }

    /// Whether a `}` would close a brace outside of what the first `level` brackets hold, or the last of them.
    pub fn closes(&self, level: usize) -> bool {
        self.brackets.has_no_brace(level)
    }

    /// From the beginning of a token to what was passed last.
    pub fn span_from(&self, start: Span) -> Span {
        start.to(self.passed().map_or(start, |token| token.span))
    }

    /// The text from the beginning of a token to what was passed last.
    pub fn since(&self, start: Span) -> &'s str {
        &self.source.text[self.span_from(start).range()]
    }

    // Going on.

    /// Passes over what stands here.
    pub fn bump(&mut self) -> Token {
        let here = self.here();
        match here.kind {
            Kind::Mark(mark @ (Mark::OpenBrace | Mark::OpenParen | Mark::OpenBracket | Mark::OpenAngle)) => {
                self.brackets.open(mark, here);
            }
            Kind::Mark(Mark::CloseBrace) => self.brackets.close(Mark::OpenBrace),
            Kind::Mark(Mark::CloseParen) => self.brackets.close(Mark::OpenParen),
            Kind::Mark(Mark::CloseBracket) => self.brackets.close(Mark::OpenBracket),
            Kind::Mark(Mark::CloseAngle) => self.brackets.close(Mark::OpenAngle),
            Kind::Mark(Mark::Semicolon) => self.brackets.end_statement(),
            Kind::Mark(
                Mark::Colon
                | Mark::Comma
                | Mark::Dot
                | Mark::Dots
                | Mark::Equals
                | Mark::Slash
                | Mark::At
                | Mark::Arrow
                | Mark::Underscore,
            )
            | Kind::Word
            | Kind::Number
            | Kind::String => {}
            Kind::End => return here,
        }
        self.at += 1;
        here
    }

    /// Forgets brackets that were never closed, beyond so many.
    pub fn forget_open(&mut self, level: usize) {
        self.brackets.truncate(level);
    }

    pub fn eat(&mut self, mark: Mark) -> bool {
        let found = self.is(mark);
        if found {
            self.bump();
        }
        found
    }

    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.bump();
        }
        found
    }

    /// A mark that must stand here.
    pub fn expect(&mut self, mark: Mark) -> Parsed<Token> {
        if self.is(mark) { Ok(self.bump()) } else { Err(self.missing(mark)) }
    }

    /// An opening bracket. Where it is missing at the end of a line, and where it stands twice, reading goes on as if
    /// it stood there once.
    pub fn expect_open(&mut self, open: Mark) -> Parsed<()> {
        if !self.is(open) {
            let goes_on = self.is_first() && self.is_kind(Kind::Word) && !self.at_next_statement();
            let lost = self.missing(open);
            if !goes_on {
                return Err(lost);
            }
            self.assume_open(open);
            return Ok(());
        }
        self.bump();
        if self.is(open) {
            let headline = format!("`{}` stands here twice", open.text());
            let problem = self.error("wac/syntax", headline, self.here().span, "one too many");
            self.tell(problem.help(format!("remove `{}`", open.text())));
            self.pass_spare();
        }
        Ok(())
    }

    /// As `expect`; the wrong one in its place is told and passed over.
    pub fn expect_not(&mut self, mark: Mark, wrong: Mark) -> Parsed<Token> {
        if !self.is(wrong) {
            return self.expect(mark);
        }
        let (mark, wrong) = (mark.text(), wrong.text());
        self.tell_here(&format!("`{mark}`"), Some(format!("write `{mark}` instead of `{wrong}`")));
        Ok(self.bump())
    }

    /// A `;` that must stand here; if the line ends, or the block, reading goes on as if it did.
    pub fn semicolon(&mut self) -> Parsed<()> {
        if self.eat(Mark::Semicolon) {
            return Ok(());
        }
        let closes = self.is(Mark::CloseBrace) && self.may_close(self.level());
        let goes_on = self.is_first() || self.at_end() || closes;
        let lost = self.missing(Mark::Semicolon);
        if goes_on { Ok(()) } else { Err(lost) }
    }

    /// The documentation comments right in front of what stands here.
    pub fn docs(&self) -> Docs {
        let start = self.docs.partition_point(|doc| doc.before < self.at);
        let here = self.docs[start..].iter().take_while(|doc| doc.before == self.at);
        Docs(here.flat_map(|doc| doc_lines(&self.source.text[doc.span.range()])).collect())
    }

    // Telling.

    /// Adds an error, unless one was told at what stands here already.
    pub fn tell(&mut self, problem: Diagnostic) {
        if self.told_at != Some(self.at) && !self.here().doubtful {
            problems::push(&mut self.problems, problem);
        }
        self.told_at = Some(self.at);
    }

    /// Says that what stands here is told of elsewhere.
    pub fn hush(&mut self) {
        self.told_at = Some(self.at);
    }

    /// Adds an error about something that was passed already.
    pub fn tell_passed(&mut self, problem: Diagnostic) {
        problems::push(&mut self.problems, problem);
    }

    /// Starts an error at a part of the text.
    pub fn error(&self, code: &'static str, headline: impl Into<String>, span: Span, label: &str) -> Diagnostic {
        diag::error(code, headline).label(span.place(self.source), label)
    }

    /// Tells that something else is expected here.
    pub fn tell_here(&mut self, expected: &str, help: Option<String>) {
        let label = if self.at_end() { "something is missing here" } else { "not expected here" };
        let headline = format!("expected {expected}, found {}", self.found());
        let problem = self.error("wac/syntax", headline, self.here().span, label);
        self.tell(with_help(problem, help));
    }

    /// As `tell_here`, to give up what is being read.
    pub fn unexpected(&mut self, expected: &str, help: Option<String>) -> Lost {
        self.tell_here(expected, help);
        Lost
    }

    /// Tells that a mark is missing in front of what stands here, and after what.
    pub fn missing(&mut self, mark: Mark) -> Lost {
        let closes = mark == Mark::Semicolon && self.is(Mark::CloseBrace) && self.may_close(self.level());
        let joins = matches!(mark, Mark::Colon | Mark::Equals | Mark::OpenBrace);
        let mark = mark.text();
        let spare = !joins && !closes && self.text(self.ahead(1)) == mark && !self.is_first() && !self.at_end();
        let is_end = self.is_first() || self.at_end() || self.is(Mark::CloseBrace);
        let goes_on = matches!(self.here().kind, Kind::Word | Kind::String | Kind::Mark(Mark::OpenBrace));
        let help = match self.passed() {
            _ if spare => Some(format!("remove `{}`", self.here_text())),
            Some(passed) if is_end || joins && goes_on => Some(format!("write `{mark}` after `{}`", self.text(passed))),
            Some(_) | None => None,
        };
        self.missing_with(mark, help)
    }

    /// As `missing`, with another action.
    pub fn missing_with(&mut self, mark: &str, help: Option<String>) -> Lost {
        let (label, is_far) = match self.at_end() {
            true => (format!("`{mark}` is missing here"), false),
            false => ("not expected here".to_owned(), self.is_first()),
        };
        let headline = format!("expected `{mark}`, found {}", self.found());
        let mut problem = self.error("wac/syntax", headline, self.here().span, &label);
        if let Some(passed) = self.passed().filter(|_| is_far) {
            problem = problem.label(passed.span.place(self.source), format!("`{mark}` is missing after this"));
        }
        self.tell(with_help(problem, help));
        Lost
    }

    /// Tells that the bracket opened last, of those `level` ones that are open around here, is not closed.
    pub fn unclosed(&mut self, expected: &str, close: Mark, level: usize) -> Lost {
        let close = close.text();
        let label = if self.at_end() { "something is missing here" } else { "not expected here" };
        let headline = format!("expected {expected} or `{close}`, found {}", self.found());
        let mut problem = self.error("wac/syntax", headline, self.here().span, label);
        if let Some(open) = self.opener(level) {
            problem = problem.label(open.span.place(self.source), format!("this `{}` is not closed", self.text(open)));
        }
        self.tell(problem.help(format!("write `{close}`")));
        self.forget_open(level.saturating_sub(1));
        Lost
    }

    /// What stands here, in words.
    pub fn found(&self) -> String {
        match self.here().kind {
            Kind::End => "the end of the script".to_owned(),
            Kind::String => "a string".to_owned(),
            Kind::Word if is_keyword(self.here_text()) => format!("the keyword `{}`", self.here_text()),
            Kind::Word | Kind::Number | Kind::Mark(_) => format!("`{}`", self.here_text()),
        }
    }
}

fn with_help(problem: Diagnostic, help: Option<String>) -> Diagnostic {
    match help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

/// The lines of one documentation comment.
fn doc_lines(text: &str) -> Vec<String> {
    if let Some(line) = text.strip_prefix("///") {
        return vec![line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned()];
    }
    let inside = text.strip_prefix("/**").and_then(|text| text.strip_suffix("*/")).unwrap_or(text);
    let lines = inside.lines().map(|line| {
        let line = line.trim();
        line.strip_prefix("* ").or_else(|| line.strip_prefix('*')).unwrap_or(line).trim_start().to_owned()
    });
    let lines: Vec<String> = lines.collect();
    let is_text = |line: &String| !line.is_empty();
    let (Some(first), Some(last)) = (lines.iter().position(is_text), lines.iter().rposition(is_text)) else {
        return Vec::new();
    };
    lines[first..=last].to_vec()
}
