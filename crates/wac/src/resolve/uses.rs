//! `use`: types of other interfaces under a name of their own.
//!
//! Specification: WIT, "Use".

use types::{Decl, ExternName, InstanceId, Item, ItemKind, Owner, TypeDef, TypeKind, ValType};

use super::interface::InterfaceId;
use super::scope::Value;
use super::{Resolver, report};
use crate::syntax::tree::{Use, UseName};

impl Resolver<'_, '_> {
    /// The types become items of the interface; says which interface they come from.
    pub(super) fn use_in_interface(&mut self, statement: &Use, id: InstanceId) -> Option<InterfaceId> {
        let from = self.used_interface(statement)?;
        for (name, item) in self.used(statement, from) {
            self.types.instance_mut(id).exports.insert(name, item);
        }
        Some(from)
    }

    pub(super) fn used_interface(&mut self, statement: &Use) -> Option<InterfaceId> {
        let value = self.item_ref(&statement.from);
        if let Value::Interface(id) = value {
            return Some(id);
        }
        // What is used is unknown too, and nothing is told of it.
        for UseName { name, rename, .. } in &statement.names {
            self.declare(rename.as_ref().unwrap_or(name), Value::Unknown);
        }
        if !matches!(value, Value::Unknown) {
            let words = value.words(self.types);
            let (name, place) = (self.written(statement.from.span()), self.place(statement.from.span()));
            self.problem(report::not_an_interface(&name, place, &words));
        }
        None
    }

    /// The items that a `use` makes; their names are declared.
    pub(super) fn used(&mut self, statement: &Use, from: InterfaceId) -> Vec<(ExternName, Item)> {
        let instance = self.interfaces.get(from).instance;
        statement.names.iter().filter_map(|name| self.used_type(statement, instance, name)).collect()
    }

    fn used_type(&mut self, statement: &Use, from: InstanceId, used: &UseName) -> Option<(ExternName, Item)> {
        let id = used.rename.as_ref().unwrap_or(&used.name);
        let wanted = ExternName::label(used.name.text.as_str());
        let found = self.types.instance(from).exports.get(&wanted).map(|item| item.kind);
        let decl = self.decl(&Default::default(), id.span);
        let (value, item) = match found {
            Some(ItemKind::Type(ty)) => {
                let (name, owner) = (Some(id.text.clone()), self.scope().owner);
                let def = TypeDef { name, owner, kind: TypeKind::Alias(ty), decl: decl.clone() };
                let ty: ValType = self.define_type(def, id.span)?;
                (Value::Type(ty), Item { kind: ItemKind::Type(ty), decl })
            }
            Some(ItemKind::Resource(resource)) => {
                let alias_of = Some((Owner::Instance(from), used.name.text.clone()));
                let decl = Decl { alias_of, ..decl };
                (Value::Resource(resource), Item { kind: ItemKind::Resource(resource), decl })
            }
            Some(ItemKind::Func(_) | ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_))
            | None => {
                let is_func = found.is_some();
                let exports = &self.types.instance(from).exports;
                let types =
                    exports.iter().filter(|(_, item)| matches!(item.kind, ItemKind::Type(_) | ItemKind::Resource(_)));
                let names: Vec<String> = types.map(|(name, _)| name.to_string()).collect();
                let (of, place) = (self.written(statement.from.span()), self.place(used.name.span));
                let problem = report::unknown_type(&of, &used.name.text, place, is_func, &names);
                let problem = report::behind(problem, self.gate_of(&used.name.text).filter(|_| !is_func));
                self.problem(problem);
                self.declare(id, Value::Unknown);
                return None;
            }
        };
        let is_new = !self.scope().names.contains_key(&id.text)
            && !self.scope().taken.contains_key(&id.text.to_ascii_lowercase());
        self.declare(id, value);
        is_new.then(|| (ExternName::label(id.text.as_str()), item))
    }
}
