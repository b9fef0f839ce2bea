//! What stands in a test.
//!
//! Holds: the words that begin statements are words of calls too; what follows them tells them apart.

use super::{Parser, Read};
use crate::test::lex::Kind;
use crate::test::syntax::{CallStep, Expected, ExpectedAnswer, How, HttpStep, Name, Step, Stream, Test};

impl Parser {
    pub(super) fn part_of_test(&mut self, test: &mut Test) -> Read<()> {
        let begins_setting = matches!(self.word(), Some("grant" | "limit")) && self.kind_after(1) == Kind::Word;
        let begins_mock = self.word() == Some("mock") && (self.kind_after(1) == Kind::String || self.opens_block(1));
        if (begins_setting || begins_mock) && !test.steps.is_empty() {
            return self.wrong_with("settings stand before the first statement of a test", "move it up");
        }
        if begins_setting {
            test.settings.push(self.setting()?);
        } else if begins_mock {
            test.mocks.push(self.mock()?);
        } else {
            let step = self.step()?;
            test.steps.push(step);
        }
        Ok(())
    }

    fn opens_block(&self, ahead: usize) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| &self.source.text[token.span.clone()] == "{")
    }

    fn step(&mut self) -> Read<Step> {
        let compares = matches!(self.kind_after(1), Kind::Equal | Kind::Unequal | Kind::Word);
        match self.word() {
            Some("instance") if self.kind_after(1) == Kind::Word => self.instance(),
            Some("stdout") if compares => self.stream(Stream::Stdout),
            Some("stderr") if compares => self.stream(Stream::Stderr),
            Some("calls") if self.kind_after(1) == Kind::String => self.calls(),
            Some(_) if self.begins_request(0) => self.http(None),
            Some(_) if self.kind_after(1) == Kind::Path && self.begins_request(2) => {
                let component = self.label("the name of a component")?;
                self.at += 1;
                self.http(Some(component))
            }
            Some(_) | None => self.call(),
        }
    }

    /// `http` and a method: behind a function `http`, a bracket follows.
    fn begins_request(&self, ahead: usize) -> bool {
        let token = self.tokens.get(self.at + ahead);
        token.is_some_and(|token| &self.source.text[token.span.clone()] == "http")
            && self.kind_after(ahead + 1) == Kind::Word
    }

    fn http(&mut self, component: Option<Name>) -> Read<Step> {
        let start = self.span().start;
        self.at += 1;
        let span = self.span();
        let method = Name { text: self.source.text[span.clone()].to_owned(), span };
        self.at += 1;
        let path = self.string("a path")?;
        let mut headers = Vec::new();
        while self.is("header") {
            self.at += 1;
            headers.push(self.string("a header, such as `\"accept: text/plain\"`")?);
        }
        let mut body = None;
        if self.is("body") {
            self.at += 1;
            body = Some(self.string("the request's body")?);
        }
        let span = start..self.tokens[self.at - 1].span.end;
        let mut expected = None;
        if self.kind() == Kind::Equal {
            self.at += 1;
            expected = Some(self.answer_expected()?);
        }
        self.end_of_statement()?;
        Ok(Step::Http(HttpStep { component, span, method, path, headers, body, expected }))
    }

    fn answer_expected(&mut self) -> Read<ExpectedAnswer> {
        let status_span = self.span();
        let status = self.word().and_then(|word| word.parse().ok()).filter(|status| (100..1000).contains(status));
        let Some(status) = status else { return self.wrong("expected a status of HTTP, such as `200`") };
        self.at += 1;
        let how = if self.is("contains") { How::Contains } else { How::Equal };
        if how == How::Contains {
            self.at += 1;
        }
        let text = match (how, self.kind()) {
            (How::Equal, Kind::String) | (How::Contains, _) => Some((how, self.string("a text")?)),
            (_, _) => None,
        };
        Ok(ExpectedAnswer { status, status_span, text })
    }

    fn instance(&mut self) -> Read<Step> {
        self.at += 1;
        let name = self.label("a name for the instance")?;
        self.sign(Kind::Assign, "`=` and the name of a component")?;
        let component = self.label("the name of a component")?;
        self.end_of_statement()?;
        Ok(Step::Instance { name, component })
    }

    fn stream(&mut self, stream: Stream) -> Read<Step> {
        let start = self.span().start;
        self.at += 1;
        let how = self.how()?;
        let text = self.string("a text")?;
        let span = start..text.span.end;
        self.end_of_statement()?;
        Ok(Step::Stream { stream, span, how, text })
    }

    fn calls(&mut self) -> Read<Step> {
        let start = self.span().start;
        self.at += 1;
        let function = self.string("a function")?;
        let how = match self.how()? {
            How::Contains => {
                self.at -= 1;
                return self.wrong("expected `==` or `!=`");
            }
            how @ (How::Equal | How::Unequal) => how,
        };
        let count_span = self.span();
        let Some(count) = self.word().and_then(|word| word.parse().ok()) else {
            return self.wrong("expected a number of calls");
        };
        self.at += 1;
        self.end_of_statement()?;
        Ok(Step::Calls { span: start..count_span.end, function, how, count, count_span })
    }

    fn how(&mut self) -> Read<How> {
        let how = match self.kind() {
            Kind::Equal => How::Equal,
            Kind::Unequal => How::Unequal,
            Kind::Word if self.is("contains") => How::Contains,
            Kind::Word
            | Kind::String
            | Kind::Char
            | Kind::Open
            | Kind::Close
            | Kind::Semicolon
            | Kind::Comma
            | Kind::Assign
            | Kind::Arrow
            | Kind::Path
            | Kind::Other
            | Kind::Unclosed
            | Kind::End => return self.wrong("expected `==`, `!=` or `contains`"),
        };
        self.at += 1;
        Ok(how)
    }

    fn call(&mut self) -> Read<Step> {
        let mut binds = None;
        if self.word() == Some("let") && self.kind_after(1) == Kind::Word {
            self.at += 1;
            binds = Some(self.label("a name in kebab-case")?);
            self.sign(Kind::Assign, "`=` and a call")?;
        }
        let mut instance = None;
        if self.kind() == Kind::Word && self.kind_after(1) == Kind::Path {
            instance = Some(self.label("the name of a component or an instance")?);
            self.at += 1;
        }
        let start = self.span().start;
        let open = self.before_arguments("a call, such as `add(1, 2)`")?;
        self.at = open;
        self.bracket()?;
        let call = start..self.tokens[self.at - 1].span.end;
        let expected = self.expected(binds.as_ref())?;
        self.end_of_statement()?;
        Ok(Step::Call(CallStep { binds, instance, call, expected }))
    }

    fn expected(&mut self, binds: Option<&Name>) -> Read<Expected> {
        let word = self.word().map(str::to_owned);
        let expects =
            matches!(self.kind(), Kind::Equal | Kind::Unequal) || matches!(word.as_deref(), Some("traps" | "exits"));
        if !expects {
            return Ok(Expected::Returns);
        }
        if let Some(name) = binds {
            let help = format!("compare it in a statement of its own, without `let {} =`", name.text);
            return self.wrong_with("a statement with `let` has no expectation", &help);
        }
        let kind = self.kind();
        self.at += 1;
        match word.as_deref() {
            Some("traps") => Ok(Expected::Traps(self.optional_string()?)),
            Some(_) => {
                let Some(status) = self.word().and_then(|word| word.parse().ok()) else {
                    return self.wrong("expected a status from 0 to 255");
                };
                self.at += 1;
                Ok(Expected::Exits(status))
            }
            None if kind == Kind::Equal => Ok(Expected::Equal(self.value()?)),
            None => Ok(Expected::Unequal(self.value()?)),
        }
    }
}
