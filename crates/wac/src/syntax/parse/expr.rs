//! Expressions.
//!
//! Specification: WAC, "Let Statements", "New Expressions", "Access Expressions".

use super::super::lex::{Kind, Mark};
use super::super::tree::{Access, Arg, Expr, ExternName, NamedArg, New, Primary, SpreadArg};
use super::cursor::{Parsed, Parser};
use super::list::ListOf;
use super::names::Use;

impl Parser<'_> {
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.deeper("expressions", Self::expr_here)
    }

    fn expr_here(&mut self) -> Parsed<Expr> {
        let start = self.here().span;
        let primary = self.primary()?;
        let mut accesses = Vec::new();
        while self.is(Mark::Dot) || self.is(Mark::OpenBracket) {
            accesses.push(self.access()?);
        }
        Ok(Expr { primary, accesses, span: self.span_from(start) })
    }

    fn primary(&mut self) -> Parsed<Primary> {
        if self.is_word("new") {
            return self.new_expr().map(Primary::New);
        }
        if self.eat(Mark::OpenParen) {
            let inside = self.expr()?;
            self.expect(Mark::CloseParen)?;
            return Ok(Primary::Nested(Box::new(inside)));
        }
        if self.at_path() && !self.at_next_statement() {
            let help = "write `new` in front: a component is instantiated".to_owned();
            return Err(self.unexpected("an expression", Some(help)));
        }
        self.name("an expression", Use::Composition).map(Primary::Id)
    }

    /// `.id` or `["name"]`
    fn access(&mut self) -> Parsed<Access> {
        let start = self.here().span;
        if self.eat(Mark::Dot) {
            let name = ExternName::Id(self.name("the name of an export", Use::Composition)?);
            return Ok(Access { name, span: self.span_from(start) });
        }
        self.expect(Mark::OpenBracket)?;
        if !self.is_kind(Kind::String) {
            let help = self.is_kind(Kind::Word).then(|| format!("write `\"{}\"`", self.here_text()));
            return Err(self.unexpected("the name of an export as a string", help));
        }
        let name = ExternName::Text(self.take_text());
        self.expect(Mark::CloseBracket)?;
        Ok(Access { name, span: self.span_from(start) })
    }

    /// `new ns:name { args }`
    fn new_expr(&mut self) -> Parsed<New> {
        let start = self.bump().span;
        let package = self.package()?;
        if !self.is(Mark::OpenBrace) {
            let help = format!("write `new {} {{ .. }}`", self.since(start).trim_start_matches("new").trim());
            let braces = (self.is(Mark::Semicolon) || self.at_end()).then_some(help);
            return Err(self.missing_with(Mark::OpenBrace.text(), braces));
        }
        let args = self.list(ListOf::Args, "an argument", Self::arg)?.elements;
        Ok(New { package, args, span: self.span_from(start) })
    }

    /// `id`, `name: expr`, `"name": expr`, `...expr` or `...`.
    fn arg(&mut self) -> Parsed<Arg> {
        let start = self.here().span;
        if self.eat(Mark::Dots) {
            if self.is(Mark::Comma) || self.is(Mark::CloseBrace) {
                return Ok(Arg::Fill(start));
            }
            let value = self.expr()?;
            return Ok(Arg::Spread(SpreadArg { value, span: self.span_from(start) }));
        }
        let is_named = self.is_ahead(1, Mark::Colon) || self.is_ahead(1, Mark::Equals);
        if self.is_kind(Kind::String) || is_named {
            let name = self.extern_name("the name of an argument")?;
            self.expect_not(Mark::Colon, Mark::Equals)?;
            let value = self.expr()?;
            return Ok(Arg::Named(NamedArg { name, value, span: self.span_from(start) }));
        }
        let name = self.name("an argument", Use::Composition)?;
        if self.is(Mark::Dot) || self.is(Mark::OpenBracket) {
            let help = "give it the name of the argument: `name: value`".to_owned();
            return Err(self.unexpected("`,`, `:` or `}`", Some(help)));
        }
        if self.is(Mark::Dots) {
            let help = format!("write `...{}`", name.text);
            return Err(self.unexpected("`,`, `:` or `}`", Some(help)));
        }
        Ok(Arg::Inferred(name))
    }
}
