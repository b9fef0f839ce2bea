//! Export statements, and the types that a script declares and so exports.
//!
//! In: an expression and perhaps a name. Out: an export of the wiring.
//! Holds: a name is exported once; a declared type is exported under its own name, unless an export statement says
//! another.
//!
//! Specification: WAC, "Export Statements".

use compose::Definition;
use types::{ExternName, InterfaceName, ItemKind, ValType};

use super::scope::{AtHand, Value};
use super::world::World;
use super::{Declared, Resolver, expr, report};
use crate::syntax::tree::{Export, ExportName, Expr, Name, Primary, Span};

impl Resolver<'_, '_> {
    /// Declares a type of the script, which the result exports.
    pub(super) fn define(&mut self, id: &Name, value: Value) {
        let name = ExternName::label(id.text.as_str());
        let is_new = !self.scope().names.contains_key(&id.text);
        if is_new && let Some(first) = self.exported(&name) {
            let first = self.place(first);
            let problem = report::duplicate_export(&name, self.place(id.span), first, false);
            self.problem(problem);
            self.declare(id, Value::Unknown);
            return;
        }
        if let Value::Type(ValType::Def(ty)) = &value {
            self.own_types.insert(*ty);
        }
        let definition = self.definition(&value);
        self.declare(id, value);
        if let Some(definition) = definition.filter(|_| is_new) {
            let id_text = id.text.clone();
            self.definitions.push(Declared { id: id_text, name, definition, span: id.span, is_renamed: false });
        }
    }

    fn definition(&mut self, value: &Value) -> Option<Definition> {
        match value {
            Value::Type(ty) => Some(Definition::Value(*ty)),
            Value::Func(func) => Some(Definition::Func(*func)),
            Value::Interface(id) => {
                let imports = self.interfaces.items(self.types, &self.interfaces.used_by(*id));
                let name = self.interfaces.name(self.types, *id)?;
                let exports = [(name, self.interfaces.item(*id))].into_iter().collect();
                Some(Definition::Interface(types::ComponentType { imports, exports }))
            }
            Value::World(id) => {
                let World { name, .. } = self.world(*id);
                let name: InterfaceName = name.clone()?;
                Some(Definition::World(name, self.trimmed(*id)))
            }
            Value::Unknown | Value::Item(_) | Value::Resource(_) => None,
        }
    }

    /// Where a name is exported.
    fn exported(&self, name: &ExternName) -> Option<Span> {
        let declared = || self.definitions.iter().find(|declared| declared.name == *name).map(|found| found.span);
        self.exports.get(name).copied().or_else(declared)
    }

    pub(super) fn export(&mut self, export: &Export) {
        let value = self.expr(&export.expr, None);
        match &export.name {
            ExportName::Spread(_) => self.export_spread(export, value),
            ExportName::As(name) => {
                let found = self.extern_name(name, "export");
                if let Some(found) = found {
                    self.export_value(export, value, found, name.span(), false);
                }
            }
            ExportName::Inferred => {
                if matches!(value, Value::Unknown) {
                    return;
                }
                match self.inferred_export(&value) {
                    Some(name) => self.export_value(export, value, name, export.expr.span, true),
                    None => {
                        let words = value.words(self.types);
                        let is_declared = !matches!(value, Value::Item(_));
                        let place = self.place(export.expr.span);
                        self.problem(report::export_name(place, &words, is_declared));
                    }
                }
            }
        }
    }

    fn inferred_export(&self, value: &Value) -> Option<ExternName> {
        let Value::Item(at_hand) = value else { return None };
        let AtHand { item, name, .. } = &**at_hand;
        let interface = item.kind.instance().and_then(|id| self.types.instance(id).id.clone());
        interface.map(ExternName::Interface).or_else(|| name.clone())
    }

    fn export_value(&mut self, export: &Export, value: Value, name: ExternName, span: Span, is_inferred: bool) {
        if let Some(first) = self.exported(&name) {
            let first = self.place(first);
            let problem = report::duplicate_export(&name, self.place(span), first, is_inferred);
            return self.problem(problem);
        }
        match value {
            Value::Unknown => {
                self.exports.insert(name, span);
            }
            Value::Item(at_hand) => {
                self.exports.insert(name.clone(), span);
                let place = self.place(span);
                self.wiring.export_at(name, at_hand.source, place);
            }
            other @ (Value::Func(_) | Value::Interface(_) | Value::World(_) | Value::Type(_) | Value::Resource(_)) => {
                self.export_type(export, &other, name, span);
            }
        }
    }

    /// Exports a declared type under a name that is said: instead of its own name, or beside the one that was said before.
    fn export_type(&mut self, export: &Export, value: &Value, name: ExternName, span: Span) {
        let declared = id_of(&export.expr)
            .and_then(|id| self.definitions.iter_mut().find(|declared| declared.id == id && !declared.is_renamed));
        if let Some(declared) = declared {
            declared.name = name;
            declared.span = span;
            declared.is_renamed = true;
            return;
        }
        let value = match value {
            Value::Type(ty) => {
                let owner = self.scope().owner;
                let def = types::TypeDef {
                    name: Some(name.to_string()),
                    owner,
                    kind: types::TypeKind::Alias(*ty),
                    decl: types::Decl::default(),
                };
                self.define_type(def, span).map_or(Value::Unknown, Value::Type)
            }
            other @ (Value::Unknown
            | Value::Item(_)
            | Value::Func(_)
            | Value::Interface(_)
            | Value::World(_)
            | Value::Resource(_)) => other.clone(),
        };
        if let Some(definition) = self.definition(&value) {
            let id = String::new();
            self.definitions.push(Declared { id, name, definition, span, is_renamed: true });
        }
    }

    fn export_spread(&mut self, export: &Export, value: Value) {
        let span = export.expr.span;
        let Some(instance) = self.instance(value, span) else { return };
        let ItemKind::Instance(id) = instance.item.kind else { return };
        let exports = self.types.instance(id).exports.clone();
        let mut has_effect = false;
        for (name, item) in &exports {
            if self.exported(name).is_some() {
                continue;
            }
            has_effect = true;
            self.exports.insert(name.clone(), span);
            let place = self.place(span);
            self.wiring.export_at(name.clone(), expr::export_of(&instance, name, item).source, place);
        }
        if !has_effect {
            let problem = report::export_without_effect(self.place(span), &instance.place, exports.keys());
            self.problem(problem);
        }
    }
}

/// The name that an expression is, if it is one.
fn id_of(expr: &Expr) -> Option<&str> {
    match (&expr.primary, expr.accesses.as_slice()) {
        (Primary::Id(name), []) => Some(&name.text),
        (Primary::Nested(inner), []) => id_of(inner),
        (Primary::Id(_) | Primary::Nested(_) | Primary::New(_), _) => None,
    }
}
