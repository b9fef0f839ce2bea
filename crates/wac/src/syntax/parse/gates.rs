//! Documentation comments and gates in front of an item.
//!
//! Specification: WIT, "Feature Gates".

use super::super::lex::{Kind, Mark, Token};
use super::super::tree::{Attributes, Docs, Gate, GateKind};
use super::cursor::{Lost, Parsed, Parser};
use super::names::Use;

impl Parser<'_> {
    /// Documentation comments and gates in front of an item; of a broken gate it is told, and the item is read.
    pub(super) fn attributes(&mut self) -> Attributes {
        let mut attributes = Attributes { docs: self.docs(), gates: Vec::new() };
        while self.is(Mark::At) {
            let level = self.level();
            match self.gate() {
                Ok(gate) => attributes.gates.extend(gate),
                Err(Lost) => self.skip_gate(level),
            }
            attributes.docs.0.extend(self.docs().0);
        }
        attributes
    }

    /// Documentation comments in front of what may have no gates.
    pub(super) fn docs_only(&mut self, what: &str) -> Docs {
        let attributes = self.attributes();
        self.no_gates(&attributes.gates, what);
        attributes.docs
    }

    /// Tells of gates that may not stand where they do.
    pub(super) fn no_gates(&mut self, gates: &[Gate], what: &str) {
        for gate in gates {
            let headline = format!("a gate is not allowed on `{what}`");
            let problem = self.error("wac/gate", headline, gate.span, "not allowed here");
            self.tell_passed(problem.help("remove it"));
        }
    }

    /// Passes over the rest of a gate.
    fn skip_gate(&mut self, level: usize) {
        while !self.at_end() && !self.is_first() && !self.is(Mark::Semicolon) && !self.is(Mark::CloseBrace) {
            let close = self.is(Mark::CloseParen);
            self.bump();
            if close && self.level() <= level {
                break;
            }
        }
        self.forget_open(level);
    }

    /// `@since(version = 1.0.0)`; `None` for one that is known and means nothing here.
    fn gate(&mut self) -> Parsed<Option<Gate>> {
        let start = self.bump();
        let word = self.here();
        let kind = match self.text(word) {
            "since" => GateKind::Since(self.gate_version()?),
            "unstable" => GateKind::Unstable(self.gate_feature()?),
            "deprecated" => GateKind::Deprecated(self.gate_version()?),
            "external-id" => return self.external_id(start),
            _ => return Err(self.unknown_gate(word)),
        };
        Ok(Some(Gate { kind, span: self.span_from(start.span) }))
    }

    fn unknown_gate(&mut self, word: Token) -> Lost {
        if word.kind != Kind::Word {
            return self.unexpected("the name of a gate", None);
        }
        let text = self.text(word);
        let known = ["since", "unstable", "deprecated"];
        let help = match diag::near_misses(text, known).first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write `since`, `unstable` or `deprecated`".to_owned(),
        };
        let problem = self.error("wac/gate", format!("there is no gate `@{text}`"), word.span, "not known");
        self.tell(problem.help(help));
        Lost
    }

    /// What stands in the parentheses behind the word of a gate.
    fn gate_argument<T>(&mut self, name: &str, value: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.bump();
        self.expect(Mark::OpenParen)?;
        if !self.eat_word(name) {
            return Err(self.unexpected(&format!("`{name}`"), Some(format!("write `{name} = ..`"))));
        }
        self.expect_not(Mark::Equals, Mark::Colon)?;
        let value = value(self)?;
        self.expect(Mark::CloseParen)?;
        Ok(value)
    }

    fn gate_version(&mut self) -> Parsed<super::super::tree::Version> {
        self.gate_argument("version", Self::version)
    }

    fn gate_feature(&mut self) -> Parsed<super::super::tree::Name> {
        self.gate_argument("feature", |parser| parser.name("the name of a feature", Use::Types))
    }

    /// `@external-id("name")`, which a script cannot give to anything.
    fn external_id(&mut self, start: Token) -> Parsed<Option<Gate>> {
        self.bump();
        self.expect(Mark::OpenParen)?;
        if !self.is_kind(Kind::String) {
            return Err(self.unexpected("a string", None));
        }
        self.bump();
        self.expect(Mark::CloseParen)?;
        let span = self.span_from(start.span);
        let headline = "a script cannot give external ids";
        let problem = self.error("unsupported/external-id", headline, span, "not supported in scripts");
        self.tell_passed(problem.help("declare the item in a WIT file, and name its package"));
        Ok(None)
    }
}
