//! Feature gates: which declarations of a script count.
//!
//! In: a script, and the features that are on. Out: the script without what is behind a feature that is off.
//! Holds: what is `@since` or `@deprecated` stays; what is left out is known by its name, so that whoever uses it is
//! told of the feature.
//!
//! Specification: WIT, "Feature Gates".

use crate::syntax::tree::{
    Attributes, GateKind, InterfaceItem, ItemType, Name, ResourceItem, Script, Span, Statement, TypeDecl, TypeDeclKind,
    WorldExtern, WorldExternItem, WorldItem,
};

/// A declaration that is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    pub name: String,
    /// The feature that would show it.
    pub feature: String,
    /// The gate.
    pub span: Span,
}

impl Script {
    /// Leaves out what is behind a feature of which `is_on` says that it is off; says what that is.
    pub fn hide_unstable(&mut self, is_on: impl Fn(&str) -> bool) -> Vec<Hidden> {
        let mut gates = Gates { is_on: &is_on, hidden: Vec::new() };
        self.statements.retain_mut(|statement| gates.statement(statement));
        gates.hidden
    }
}

struct Gates<'f> {
    is_on: &'f dyn Fn(&str) -> bool,
    hidden: Vec<Hidden>,
}

impl Gates<'_> {
    /// Whether all gates of a declaration are open; `name` is none for what nothing can name.
    fn is_open(&mut self, attributes: &Attributes, name: Option<&Name>) -> bool {
        for gate in &attributes.gates {
            match &gate.kind {
                GateKind::Unstable(feature) if !(self.is_on)(&feature.text) => {
                    let hidden = name.map(|name| Hidden {
                        name: name.text.clone(),
                        feature: feature.text.clone(),
                        span: gate.span,
                    });
                    self.hidden.extend(hidden);
                    return false;
                }
                GateKind::Unstable(_) | GateKind::Since(_) | GateKind::Deprecated(_) => {}
            }
        }
        true
    }

    fn statement(&mut self, statement: &mut Statement) -> bool {
        match statement {
            Statement::Import(import) => {
                self.item_type(&mut import.ty);
                true
            }
            Statement::Let(_) | Statement::Export(_) => true,
            Statement::Interface(interface) => {
                self.is_open(&interface.attributes, Some(&interface.id)) && {
                    interface.items.retain_mut(|item| self.interface_item(item));
                    true
                }
            }
            Statement::World(world) => {
                self.is_open(&world.attributes, Some(&world.id)) && {
                    world.items.retain_mut(|item| self.world_item(item));
                    true
                }
            }
            Statement::Type(decl) => self.type_decl(decl),
        }
    }

    fn item_type(&mut self, ty: &mut ItemType) {
        match ty {
            ItemType::Interface(interface) => interface.items.retain_mut(|item| self.interface_item(item)),
            ItemType::Func(_) | ItemType::Path(_) | ItemType::Id(_) => {}
        }
    }

    fn interface_item(&mut self, item: &mut InterfaceItem) -> bool {
        match item {
            InterfaceItem::Use(statement) => {
                let is_open = self.is_open(&statement.attributes, None);
                if !is_open {
                    self.hide_used(statement);
                }
                is_open
            }
            InterfaceItem::Type(decl) => self.type_decl(decl),
            InterfaceItem::Func(func) => self.is_open(&func.attributes, Some(&func.name)),
        }
    }

    fn world_item(&mut self, item: &mut WorldItem) -> bool {
        match item {
            WorldItem::Use(statement) => {
                let is_open = self.is_open(&statement.attributes, None);
                if !is_open {
                    self.hide_used(statement);
                }
                is_open
            }
            WorldItem::Type(decl) => self.type_decl(decl),
            WorldItem::Import(item) | WorldItem::Export(item) => self.world_extern(item),
            WorldItem::Include(include) => self.is_open(&include.attributes, None),
        }
    }

    /// The names that a closed `use` would bring.
    fn hide_used(&mut self, statement: &crate::syntax::tree::Use) {
        for name in &statement.names {
            self.is_open(&statement.attributes, Some(name.rename.as_ref().unwrap_or(&name.name)));
        }
    }

    fn world_extern(&mut self, item: &mut WorldExtern) -> bool {
        let name = match &item.item {
            WorldExternItem::Named { name, .. } => Some(name),
            WorldExternItem::Item(_) => None,
        };
        let is_open = self.is_open(&item.attributes, name);
        if let WorldExternItem::Named { ty, .. } = &mut item.item {
            self.item_type(ty);
        }
        is_open
    }

    fn type_decl(&mut self, decl: &mut TypeDecl) -> bool {
        let is_open = self.is_open(&decl.attributes, Some(&decl.id));
        if let TypeDeclKind::Resource(items) = &mut decl.kind {
            items.retain(|item| match item {
                ResourceItem::Constructor(item) => self.is_open(&item.attributes, None),
                ResourceItem::Method(method) => self.is_open(&method.attributes, None),
            });
        }
        is_open
    }
}
