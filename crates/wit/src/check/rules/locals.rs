//! The types that an interface or a world declares or brings in.
//!
//! In: its items. Out: whether a name is declared there, and what of.
//! Holds: a name that is declared twice counts as declared.

use std::collections::HashMap;

use crate::syntax::ast::{InterfaceItem, Type, TypeDecl, TypeDeclKind, TypeKind, Use, WorldItem};

#[derive(Default)]
pub(super) struct Locals<'a> {
    /// For aliases, what of.
    types: HashMap<&'a str, Option<&'a Type>>,
}

impl<'a> Locals<'a> {
    pub(super) fn of_interface(items: &'a [InterfaceItem]) -> Self {
        let mut locals = Self::default();
        for item in items {
            match item {
                InterfaceItem::Use(one) => locals.add_use(one),
                InterfaceItem::Type(one) => locals.add_type(one),
                InterfaceItem::Func(_) | InterfaceItem::Error(_) => {}
            }
        }
        locals
    }

    pub(super) fn of_world(items: &'a [WorldItem]) -> Self {
        let mut locals = Self::default();
        for item in items {
            match item {
                WorldItem::Use(one) => locals.add_use(one),
                WorldItem::Type(one) => locals.add_type(one),
                WorldItem::Import(_) | WorldItem::Export(_) | WorldItem::Include(_) | WorldItem::Error(_) => {}
            }
        }
        locals
    }

    fn add_use(&mut self, one: &'a Use) {
        for name in &one.names {
            self.types.insert(&name.rename.as_ref().unwrap_or(&name.name).text, None);
        }
    }

    fn add_type(&mut self, one: &'a TypeDecl) {
        let alias = if let TypeDeclKind::Alias(ty) = &one.kind { Some(ty) } else { None };
        self.types.insert(&one.name.text, alias);
    }

    pub(super) fn is_declared(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    /// The type itself, or for `type a = b` what `a` is; `None` if that cannot be said here.
    pub(super) fn behind(&self, ty: &'a Type) -> Option<&'a Type> {
        match &ty.kind {
            TypeKind::Error => None,
            TypeKind::Named(name) => self.types.get(name.text.as_str()).map(|alias| alias.unwrap_or(ty)),
            _ => Some(ty),
        }
    }
}
