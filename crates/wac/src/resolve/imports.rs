//! Import statements.
//!
//! In: a name and a type. Out: an import of the wiring.
//! Holds: an interface or world of a package is imported under its own name, everything else under the local one,
//! unless the statement says another.
//!
//! Specification: WAC, "Import Statements".

use compose::Import as Wanted;
use types::{Decl, ExternName, FuncId, Item, ItemKind};

use super::scope::{AtHand, Value};
use super::{Resolver, names, report};
use crate::syntax::tree::{self, Import, ItemType, Span};

impl Resolver<'_, '_> {
    pub(super) fn import(&mut self, import: &Import) {
        let value = self.sound(|this| this.imported_type(&import.ty));
        let named = self.import_name(import, &value);
        let is_named = named.is_some();
        let named = named.filter(|(name, span)| self.take_import(import, name, *span));
        let is_taken = is_named && named.is_none();
        let item = self.promoted(import, &value);
        let value = match (named, item) {
            (Some((name, span)), Some(item)) => self.add_import(import, name, span, item),
            (_, _) => Value::Unknown,
        };
        // A name that comes again with the whole import has been told.
        if !(is_taken && self.scope().names.contains_key(&import.id.text)) {
            self.declare(&import.id, value);
        }
    }

    /// Whether the name was free; if not, that is told.
    fn take_import(&mut self, import: &Import, name: &ExternName, span: Span) -> bool {
        if let Some(first) = self.imports.get(name) {
            let first = self.place(*first);
            let problem = report::duplicate_import(name, self.place(span), first, import.name.is_none());
            self.problem(problem);
            return false;
        }
        self.imports.insert(name.clone(), span);
        true
    }

    fn add_import(&mut self, import: &Import, name: ExternName, span: Span, item: Item) -> Value {
        let uses = match item.kind {
            ItemKind::Instance(instance) => {
                let used = self.interfaces.of_instance(instance).map(|id| self.interfaces.used_by(id));
                self.interfaces.items(self.types, &used.unwrap_or_default())
            }
            ItemKind::Func(_)
            | ItemKind::Type(_)
            | ItemKind::Resource(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => Default::default(),
        };
        let place = self.place(span);
        let debug_name = Some(import.id.text.clone());
        let wanted = Wanted { item: item.clone(), uses, place: Some(place.clone()), debug_name };
        match self.wiring.import(name.clone(), wanted) {
            Ok(source) => AtHand { source, item, name: Some(name), place }.into(),
            Err(found) => {
                self.problems.extend(found.0);
                Value::Unknown
            }
        }
    }

    fn imported_type(&mut self, ty: &ItemType) -> Value {
        match ty {
            ItemType::Func(func) => self.func(func).map_or(Value::Unknown, Value::Func),
            ItemType::Interface(interface) => Value::Interface(self.inline_interface(interface)),
            ItemType::Path(path) => self.path(path),
            ItemType::Id(name) => self.root(name),
        }
    }

    /// The name that the import has, and where it is said. `None` if it is wrong, which is told.
    fn import_name(&mut self, import: &Import, value: &Value) -> Option<(ExternName, Span)> {
        let id = || ExternName::label(import.id.text.as_str());
        if let Some(name) = &import.name {
            return self.extern_name(name, "import").map(|found| (found, name.span()));
        }
        Some(match &import.ty {
            ItemType::Func(_) | ItemType::Interface(_) => (id(), import.id.span),
            ItemType::Path(path) => {
                let own = match value {
                    Value::Interface(id) => self.interfaces.name(self.types, *id),
                    Value::World(id) => self.world(*id).name.clone().map(ExternName::Interface),
                    Value::Unknown | Value::Item(_) | Value::Func(_) | Value::Type(_) | Value::Resource(_) => None,
                };
                own.map_or_else(|| (id(), import.id.span), |name| (name, path.span))
            }
            ItemType::Id(_) => {
                let instance = match value {
                    Value::Item(at_hand) => at_hand.item.kind.instance(),
                    Value::Unknown
                    | Value::Func(_)
                    | Value::Interface(_)
                    | Value::World(_)
                    | Value::Type(_)
                    | Value::Resource(_) => None,
                };
                let own = instance.and_then(|instance| self.types.instance(instance).id.clone());
                (own.map_or_else(id, ExternName::Interface), import.id.span)
            }
        })
    }

    /// A name that another component sees. `None` if it is wrong, which is told.
    pub(super) fn extern_name(&mut self, name: &tree::ExternName, what: &str) -> Option<ExternName> {
        match names::extern_name(name.text()) {
            Ok(found) => Some(found),
            Err(why) => {
                let problem = report::extern_name(what, name.text(), self.place(name.span()), &why);
                self.problem(problem);
                None
            }
        }
    }

    /// The item that an import of this type is.
    fn promoted(&mut self, import: &Import, value: &Value) -> Option<Item> {
        let kind = match value {
            Value::Unknown => return None,
            Value::Func(func) => self.own_types_of(*func, &import.ty).then_some(ItemKind::Func(*func))?,
            Value::Interface(id) => ItemKind::Instance(self.interfaces.get(*id).instance),
            Value::World(id) => ItemKind::Component(self.types.add_component(self.worlds[id.0].component.clone())),
            Value::Item(at_hand) => at_hand.item.kind,
            Value::Type(_) | Value::Resource(_) => {
                let words = value.words(self.types);
                let span = item_span(&import.ty);
                let problem = report::not_importable(&self.written(span), self.place(span), &words);
                self.problem(problem);
                return None;
            }
        };
        Some(Item { kind, decl: Decl::default() })
    }

    /// Whether a function type mentions only types that importers can name. If not, that is told.
    pub(super) fn own_types_of(&mut self, func: FuncId, ty: &ItemType) -> bool {
        let item = Item { kind: ItemKind::Func(func), decl: Decl::default() };
        let mentioned = types::uses::uses(self.types, [&item]);
        let own = mentioned.defs.iter().find(|id| self.own_types.contains(*id));
        if let Some(own) = own {
            let def = self.types.def(*own);
            let (name, declared) = (def.name.clone().unwrap_or_default(), def.decl.place.clone());
            let problem = report::own_type(&name, self.place(item_span(ty)), declared);
            self.problem(problem);
            return false;
        }
        true
    }

    /// What the script says there.
    pub(super) fn written(&self, span: Span) -> String {
        self.source.text.get(span.range()).unwrap_or_default().to_owned()
    }
}

pub(super) fn item_span(ty: &ItemType) -> Span {
    match ty {
        ItemType::Func(func) => func.span,
        ItemType::Interface(interface) => interface.span,
        ItemType::Path(path) => path.span,
        ItemType::Id(name) => name.span,
    }
}
