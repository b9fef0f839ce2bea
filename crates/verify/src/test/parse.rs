//! From a text to a `.wave` file as data.
//!
//! In: a text. Out: `File`, or every mistake in its form.
//! Holds: after a mistake reading goes on at the next statement; brackets nest `DEEPEST` deep at most, so that whatever
//! reads a value after this one needs no more of the stack.

mod statement;

use std::sync::Arc;

use diag::{Diagnostic, Place, Source};
use wasm_wave::untyped::UntypedValue;

use super::lex::{Kind, Token, tokens};
use super::syntax::{
    Answer, ComponentDecl, File, HandleDecl, Line, Mock, Name, Setting, SettingKind, Span, Test, Wave,
};

/// Brackets in brackets.
const DEEPEST: usize = 100;

/// After these many mistakes the rest of the file is not read.
const MOST_MISTAKES: usize = 100;

/// What may stand at the top of a file.
const DECLARATIONS: [&str; 5] = ["component", "grant", "limit", "mock", "test"];

/// A mistake was noted; what stands there is to be skipped.
struct Wrong;

type Read<T> = Result<T, Wrong>;

/// The walk over a file's tokens.
struct Parser {
    source: Arc<Source>,
    tokens: Vec<Token>,
    at: usize,
    errors: Vec<Diagnostic>,
}

/// Reads a file.
///
/// # Errors
/// Every mistake in the file's form, `MOST_MISTAKES` at most.
pub(crate) fn parse(source: &Arc<Source>) -> Result<File, Vec<Diagnostic>> {
    let mut parser = Parser { source: Arc::clone(source), tokens: tokens(&source.text), at: 0, errors: Vec::new() };
    let file = match parser.check_depth() {
        Ok(()) => parser.file(),
        Err(Wrong) => return Err(parser.errors),
    };
    if parser.errors.is_empty() { Ok(file) } else { Err(parser.errors) }
}

impl Parser {
    fn file(&mut self) -> File {
        let source = Arc::clone(&self.source);
        let mut file =
            File { source, components: Vec::new(), settings: Vec::new(), mocks: Vec::new(), tests: Vec::new() };
        while self.kind() != Kind::End && self.errors.len() < MOST_MISTAKES {
            let start = self.at;
            if self.declaration(&mut file).is_err() {
                self.skip_declaration(start);
            }
        }
        file
    }

    fn declaration(&mut self, file: &mut File) -> Read<()> {
        match self.word() {
            Some("component") => file.components.push(self.component()?),
            Some("grant" | "limit") => file.settings.push(self.setting()?),
            Some("mock") => file.mocks.push(self.mock()?),
            Some("test") => file.tests.push(self.test()?),
            found => {
                let found = found.map(str::to_owned);
                let near = found.and_then(|found| diag::near_misses(&found, DECLARATIONS).first().copied());
                return match near {
                    Some(near) => self.wrong_with("expected a declaration", &format!("did you mean `{near}`?")),
                    None => self.wrong("expected `component`, `grant`, `limit`, `mock` or `test`"),
                };
            }
        }
        Ok(())
    }

    fn component(&mut self) -> Read<ComponentDecl> {
        self.at += 1;
        let named = (self.kind() == Kind::Word).then(|| self.label("a name or a path"));
        let name = named.transpose()?;
        if name.is_some() {
            self.sign(Kind::Assign, "`=` and the component's path")?;
        }
        let path = self.string("the component's path")?;
        let name = name.unwrap_or_else(|| Name { text: stem(&path.text).to_owned(), span: path.span.clone() });
        self.end_of_statement()?;
        Ok(ComponentDecl { name, path })
    }

    fn setting(&mut self) -> Read<Setting> {
        let kind = if self.word() == Some("grant") { SettingKind::Grant } else { SettingKind::Limit };
        self.at += 1;
        let word = self.label("what is granted or limited")?;
        let mut values = vec![self.string("a value, such as `\"2s\"`")?];
        while self.kind() == Kind::String {
            values.push(self.string("a value")?);
        }
        self.end_of_statement()?;
        Ok(Setting { kind, word, values })
    }

    fn mock(&mut self) -> Read<Mock> {
        let span = self.span();
        self.at += 1;
        let interface = match self.kind() {
            Kind::String => Some(self.string("the interface")?),
            _ => None,
        };
        let mut handles = Vec::new();
        let lines = self.block("an interface, or `{`", |parser, lines| {
            if parser.word() == Some("handle") && parser.kind_after(1) == Kind::Word {
                handles.push(parser.handle()?);
            } else {
                lines.push(parser.line()?);
            }
            Ok(())
        })?;
        Ok(Mock { interface, span, handles, lines })
    }

    fn handle(&mut self) -> Read<HandleDecl> {
        self.at += 1;
        let name = self.label("a name for the handle")?;
        self.sign(Kind::Assign, "`=` and the name of a resource")?;
        let resource = self.label("the name of a resource")?;
        self.end_of_statement()?;
        Ok(HandleDecl { name, resource })
    }

    fn line(&mut self) -> Read<Line> {
        let start = self.span().start;
        let open = self.before_arguments("a function and its arguments, such as `get(_)`")?;
        let function = self.name_between(start, self.tokens[open].span.start);
        self.at = open + 1;
        let mut patterns = Vec::new();
        while !self.closes() {
            patterns.push(self.value()?);
            if self.kind() == Kind::Comma {
                self.at += 1;
            } else if !self.closes() {
                return self.wrong("expected `,` or `)`");
            }
        }
        let brackets = self.tokens[open].span.start..self.span().end;
        self.at += 1;
        let mut answers = Vec::new();
        if self.kind() == Kind::Arrow {
            self.at += 1;
            answers.push(self.answer()?);
            while self.word() == Some("then") {
                self.at += 1;
                answers.push(self.answer()?);
            }
        }
        self.end_of_statement()?;
        Ok(Line { function, patterns, brackets, answers })
    }

    fn answer(&mut self) -> Read<Answer> {
        if self.word() == Some("traps") {
            self.at += 1;
            return Ok(Answer::Traps(self.optional_string()?));
        }
        Ok(Answer::Value(self.value()?))
    }

    fn test(&mut self) -> Read<Test> {
        self.at += 1;
        let name = self.string("the test's name, such as `\"adds\"`")?;
        let empty = Test { name, settings: Vec::new(), mocks: Vec::new(), steps: Vec::new() };
        let open = self.at;
        let mut test = empty;
        // The block's own errors are noted; a test that has some is no part of the file anyway.
        let mut parts = self.block("`{`", |parser, tests: &mut Vec<Test>| {
            if tests.is_empty() {
                tests.push(test.clone());
            }
            let test = &mut tests[0];
            parser.part_of_test(test)
        })?;
        if let Some(filled) = parts.pop() {
            test = filled;
        }
        if test.steps.is_empty() && self.errors.is_empty() {
            let span = self.tokens[open].span.clone();
            self.note(span, "a test needs a statement", Some("call something: `add(1, 2) == 3;`"));
        }
        Ok(test)
    }

    /// What stands between `{` and `}`; a statement that is wrong is skipped.
    fn block<T>(&mut self, expected: &str, mut part: impl FnMut(&mut Self, &mut Vec<T>) -> Read<()>) -> Read<Vec<T>> {
        if !self.is("{") {
            return self.wrong(&format!("expected {expected}"));
        }
        let open = self.span();
        self.at += 1;
        let mut parts = Vec::new();
        loop {
            if self.is("}") {
                self.at += 1;
                return Ok(parts);
            }
            // No statement begins so: it is the next test.
            let is_next = self.word() == Some("test") && self.kind_after(1) == Kind::String;
            if is_next || self.kind() == Kind::End {
                self.note(open, "this bracket is not closed", Some("write `}` where the block ends"));
                return Ok(parts);
            }
            if self.errors.len() >= MOST_MISTAKES {
                self.at = self.tokens.len() - 1;
                return Err(Wrong);
            }
            if part(self, &mut parts).is_err() {
                self.skip_statement();
            }
        }
    }

    /// A value: one literal, one bracket with all that is in it, or a word with its bracket.
    fn value(&mut self) -> Read<Wave> {
        let start = self.at;
        match self.kind() {
            Kind::Word => {
                self.at += 1;
                if self.is("(") || self.is("[") {
                    self.bracket()?;
                }
            }
            Kind::String | Kind::Char => self.at += 1,
            Kind::Open => self.bracket()?,
            Kind::Close
            | Kind::Semicolon
            | Kind::Comma
            | Kind::Assign
            | Kind::Equal
            | Kind::Unequal
            | Kind::Arrow
            | Kind::Path
            | Kind::Other
            | Kind::Unclosed
            | Kind::End => return self.wrong("expected a value"),
        }
        let taken = &self.tokens[start..self.at];
        let is_hole = |token: &&Token| &self.source.text[token.span.clone()] == "_";
        let holes = taken.iter().filter(is_hole).map(|token| token.span.start).collect();
        Ok(Wave { span: taken[0].span.start..taken[taken.len() - 1].span.end, holes })
    }

    /// Goes behind the bracket that closes the one here.
    fn bracket(&mut self) -> Read<()> {
        let open = self.at;
        let mut depth = 0_usize;
        loop {
            match self.kind() {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                Kind::Unclosed => return self.wrong("this literal is not closed"),
                // No value and no call has one outside of strings.
                Kind::Semicolon | Kind::End => {
                    let span = self.tokens[open].span.clone();
                    self.note(span, "this bracket is not closed", Some("close it before the statement ends"));
                    return Err(Wrong);
                }
                Kind::Word
                | Kind::String
                | Kind::Char
                | Kind::Comma
                | Kind::Assign
                | Kind::Equal
                | Kind::Unequal
                | Kind::Arrow
                | Kind::Path
                | Kind::Other => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// The position of the `(` of a call that starts here.
    fn before_arguments(&mut self, expected: &str) -> Read<usize> {
        let mut at = self.at;
        loop {
            let token = &self.tokens[at];
            let text = &self.source.text[token.span.clone()];
            match token.kind {
                Kind::Open if text == "(" && at > self.at => return Ok(at),
                // As in `[method]counter.inc`.
                Kind::Word | Kind::Other => at += 1,
                Kind::Open | Kind::Close if text == "[" || text == "]" => at += 1,
                Kind::Open
                | Kind::Close
                | Kind::String
                | Kind::Char
                | Kind::Semicolon
                | Kind::Comma
                | Kind::Assign
                | Kind::Equal
                | Kind::Unequal
                | Kind::Arrow
                | Kind::Path
                | Kind::Unclosed
                | Kind::End => {
                    self.at = at;
                    return self.wrong(&format!("expected {expected}"));
                }
            }
        }
    }

    fn name_between(&self, start: usize, end: usize) -> Name {
        let text = self.source.text[start..end].trim_end();
        Name { text: text.to_owned(), span: start..start + text.len() }
    }

    fn label(&mut self, expected: &str) -> Read<Name> {
        let span = self.span();
        match self.word().map(|word| word.strip_prefix('%').unwrap_or(word)) {
            Some(word) if is_label(word) => {
                let name = Name { text: word.to_owned(), span };
                self.at += 1;
                Ok(name)
            }
            Some(_) | None => self.wrong(&format!("expected {expected}")),
        }
    }

    fn string(&mut self, expected: &str) -> Read<Name> {
        if self.kind() != Kind::String {
            return self.wrong(&format!("expected {expected}, in quotes"));
        }
        let span = self.span();
        let value = UntypedValue::parse(&self.source.text[span.clone()]);
        let text = value.ok().and_then(|value| Some(value.node().as_str(value.source()).ok()?.into_owned()));
        match text {
            Some(text) => {
                self.at += 1;
                Ok(Name { text, span })
            }
            None => self.wrong_with("this string cannot be read", "write `\\\\`, `\\\"`, `\\n`, `\\t`, `\\u{...}`"),
        }
    }

    fn optional_string(&mut self) -> Read<Option<Name>> {
        (self.kind() == Kind::String).then(|| self.string("a text")).transpose()
    }

    fn sign(&mut self, kind: Kind, expected: &str) -> Read<()> {
        if self.kind() == kind {
            self.at += 1;
            return Ok(());
        }
        self.wrong(&format!("expected {expected}"))
    }

    /// A `;` that is missing at the end of a line is noted, and reading goes on as if it stood there.
    fn end_of_statement(&mut self) -> Read<()> {
        if self.kind() == Kind::Semicolon {
            self.at += 1;
            return Ok(());
        }
        let end = self.tokens[self.at - 1].span.end;
        let between = &self.source.text[end..self.span().start];
        if between.contains('\n') || self.closes() || self.kind() == Kind::End {
            self.note(end..end, "expected `;`", Some("end the statement with `;`"));
            return Ok(());
        }
        self.wrong("expected `;`")
    }

    fn check_depth(&mut self) -> Read<()> {
        let mut depth = 0_usize;
        for token in &self.tokens {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Word
                | Kind::String
                | Kind::Char
                | Kind::Semicolon
                | Kind::Comma
                | Kind::Assign
                | Kind::Equal
                | Kind::Unequal
                | Kind::Arrow
                | Kind::Path
                | Kind::Other
                | Kind::Unclosed
                | Kind::End => {}
            }
            if depth > DEEPEST {
                let span = token.span.clone();
                self.note(span, &format!("brackets nest more than {DEEPEST} deep"), Some("write a smaller value"));
                return Err(Wrong);
            }
        }
        Ok(())
    }

    /// To the end of the statement: behind its `;`, or before the bracket that closes what it stands in.
    fn skip_statement(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.kind() {
                Kind::End => return,
                Kind::Open => depth += 1,
                Kind::Close if depth == 0 && self.is("}") => return,
                Kind::Close => depth = depth.saturating_sub(1),
                // Brackets that are not closed must not hide what follows.
                Kind::Semicolon => {
                    self.at += 1;
                    return;
                }
                Kind::Word
                | Kind::String
                | Kind::Char
                | Kind::Comma
                | Kind::Assign
                | Kind::Equal
                | Kind::Unequal
                | Kind::Arrow
                | Kind::Path
                | Kind::Other
                | Kind::Unclosed => {}
            }
            self.at += 1;
        }
    }

    /// To the next word at the beginning of a line that begins a declaration.
    fn skip_declaration(&mut self, start: usize) {
        self.at = self.at.max(start + 1).min(self.tokens.len() - 1);
        while self.kind() != Kind::End {
            let begins_line = self.tokens[self.at].span.start == 0
                || self.source.text[..self.tokens[self.at].span.start].ends_with('\n');
            if begins_line && self.word().is_some_and(|word| DECLARATIONS.contains(&word)) {
                return;
            }
            self.at += 1;
        }
    }

    fn token(&self) -> &Token {
        &self.tokens[self.at]
    }

    fn kind(&self) -> Kind {
        self.token().kind
    }

    fn kind_after(&self, ahead: usize) -> Kind {
        self.tokens.get(self.at + ahead).map_or(Kind::End, |token| token.kind)
    }

    fn span(&self) -> Span {
        self.token().span.clone()
    }

    fn text(&self) -> &str {
        &self.source.text[self.span()]
    }

    fn is(&self, text: &str) -> bool {
        self.text() == text
    }

    fn closes(&self) -> bool {
        self.kind() == Kind::Close
    }

    fn word(&self) -> Option<&str> {
        (self.kind() == Kind::Word).then(|| self.text())
    }

    fn wrong<T>(&mut self, what: &str) -> Read<T> {
        self.wrong_with(what, "see the grammar with `withe explain test/syntax`")
    }

    /// Notes a mistake at the token here.
    fn wrong_with<T>(&mut self, what: &str, help: &str) -> Read<T> {
        let found = match self.kind() {
            Kind::End => "found the end of the file".to_owned(),
            Kind::Unclosed => "this literal is not closed".to_owned(),
            Kind::Word
            | Kind::String
            | Kind::Char
            | Kind::Open
            | Kind::Close
            | Kind::Semicolon
            | Kind::Comma
            | Kind::Assign
            | Kind::Equal
            | Kind::Unequal
            | Kind::Arrow
            | Kind::Path
            | Kind::Other => format!("found `{}`", self.text()),
        };
        let place = Place::text(&self.source, self.span());
        self.errors.push(diag::error("test/syntax", what).label(place, found).help(help));
        Err(Wrong)
    }

    fn note(&mut self, span: Span, what: &str, help: Option<&str>) {
        let mut error = diag::error("test/syntax", what).label(Place::text(&self.source, span), "here");
        error.help = help.map(str::to_owned);
        self.errors.push(error);
    }
}

/// A file's name without folder and extension.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

fn is_label(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests;
