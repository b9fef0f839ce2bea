//! Expressions.
//!
//! In: an expression. Out: its value, and the instances that it makes.
//!
//! Specification: WAC, "Let Statements", "Access Expressions" and "Named Access Expressions".

use compose::Source;
use diag::Place;
use types::{ExternName, ItemKind};

use super::scope::{AtHand, Value};
use super::{Resolver, infer, report};
use crate::syntax::tree::{self, Access, Expr, Name, Primary, Span};

impl Resolver<'_, '_> {
    /// The value of an expression; an instance that it makes and that is all of it is called `name`.
    pub(super) fn expr(&mut self, expr: &Expr, name: Option<&Name>) -> Value {
        let name = name.filter(|_| expr.accesses.is_empty());
        let (mut value, mut base) = match &expr.primary {
            Primary::New(new) => (self.new_instance(new, name), new.span),
            Primary::Nested(inner) => {
                let end = expr.accesses.first().map_or(expr.span.end, |access| access.span.start);
                (self.expr(inner, name), Span { start: expr.span.start, end })
            }
            Primary::Id(id) => (self.local(id), id.span),
        };
        for access in &expr.accesses {
            value = self.access(value, base, access);
            base = base.to(access.span);
        }
        value
    }

    fn access(&mut self, value: Value, base: Span, access: &Access) -> Value {
        let Some(at_hand) = self.instance(value, base) else { return Value::Unknown };
        let ItemKind::Instance(instance) = at_hand.item.kind else { return Value::Unknown };
        let exports = &self.types.instance(instance).exports;
        let found = match &access.name {
            tree::ExternName::Id(id) => infer::by_id(exports, &id.text),
            tree::ExternName::Text(text) => {
                ExternName::parse(&text.text).and_then(|name| infer::by_name(exports, &name))
            }
        };
        let Some((name, item)) = found else {
            let problem = report::unknown_export(exports, &access.name, self.place(access.span), &at_hand.place);
            self.problem(problem);
            return Value::Unknown;
        };
        export_of(&at_hand, name, item).into()
    }

    /// An instance. `None` if it is none, which is told.
    pub(super) fn instance(&mut self, value: Value, span: Span) -> Option<AtHand> {
        match value {
            Value::Unknown => None,
            Value::Item(at_hand) if at_hand.item.kind.instance().is_some() => Some(*at_hand),
            other @ (Value::Item(_)
            | Value::Func(_)
            | Value::Interface(_)
            | Value::World(_)
            | Value::Type(_)
            | Value::Resource(_)) => {
                let words = other.words(self.types);
                let problem = report::not_an_instance(&self.written(span), self.place(span), &words);
                self.problem(problem);
                None
            }
        }
    }
}

/// An export of an instance.
pub(super) fn export_of(instance: &AtHand, name: &ExternName, item: &types::Item) -> AtHand {
    AtHand {
        source: Source::Export(Box::new(instance.source.clone()), name.clone()),
        item: item.clone(),
        name: Some(name.clone()),
        place: inside(&instance.place, name),
    }
}

/// Where an export is of what stands there.
fn inside(place: &Place, name: &ExternName) -> Place {
    match place {
        Place::File { file } => Place::binary(file, format!("export `{name}`")),
        Place::Binary { file, path } => Place::binary(file, format!("{path} / {name}")),
        Place::Text { .. } => place.clone(),
    }
}
