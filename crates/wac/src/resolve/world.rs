//! Worlds that the script declares.
//!
//! In: declarations. Out: component types.
//! Holds: what an item uses is imported, even if the world does not say so; an exported interface uses the types of
//! exported siblings where they are exported, else of imports; what is only imported for its types is so in the type
//! that the result exports.
//!
//! Specification: WIT, "Worlds".

use diag::Place;
use indexmap::{IndexMap, IndexSet};
use types::substitute::{Substitution, Unnamed};
use types::{ComponentType, Decl, ExternName, InstanceType, InterfaceName, Item, ItemKind, Owner};

use super::interface::{InterfaceId, copied};
use super::scope::{Scope, Value};
use super::{Resolver, report};
use crate::syntax::tree::{
    Attributes, Include, ItemRef, ItemType, Name, Span, World as Statement, WorldExtern, WorldExternItem, WorldItem,
};

/// A world that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WorldId(pub usize);

#[derive(Clone, Debug)]
pub(super) struct World {
    pub name: Option<InterfaceName>,
    pub component: ComponentType,
    /// Imports that no declaration names: interfaces whose types others use.
    pub implicit: IndexSet<ExternName>,
}

/// A world while it is resolved.
#[derive(Debug, Default)]
pub(super) struct Building {
    pub imports: IndexMap<ExternName, Item>,
    pub implicit: IndexSet<ExternName>,
    pub exports: IndexMap<ExternName, Item>,
    /// What is exported, in the order of the text.
    wanted: Vec<(ExternName, Exported)>,
    /// Names of exports, lower case, and where each is said.
    taken: IndexMap<String, Span>,
}

#[derive(Debug)]
pub(super) enum Exported {
    Item(Item),
    Interface(InterfaceId, Decl),
}

impl Building {
    pub fn has_export(&self, name: &ExternName) -> bool {
        self.taken.contains_key(&name.to_string().to_ascii_lowercase())
    }

    pub fn want_export(&mut self, name: ExternName, what: Exported, span: Span) {
        self.taken.insert(name.to_string().to_ascii_lowercase(), span);
        self.wanted.push((name, what));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Import,
    Export,
}

impl Resolver<'_, '_> {
    pub(super) fn world(&self, id: WorldId) -> &World {
        &self.worlds[id.0]
    }

    pub(super) fn add_world(&mut self, world: World) -> Value {
        self.worlds.push(world);
        Value::World(WorldId(self.worlds.len() - 1))
    }

    pub(super) fn world_statement(&mut self, statement: &Statement) -> Value {
        self.sound(|this| {
            this.scopes.push(Scope::new(Owner::World));
            let mut world = Building::default();
            let mut includes: Vec<&Include> = Vec::new();
            for item in &statement.items {
                this.world_item(&mut world, item, &mut includes);
            }
            // Included items give way to declared ones, wherever they stand.
            for include in includes {
                this.include(&mut world, include);
            }
            this.finish_exports(&mut world);
            this.scopes.pop();
            let name = this.own.clone();
            let name = name.map(|package| InterfaceName { package, interface: statement.id.text.clone() });
            let Building { imports, implicit, exports, .. } = world;
            this.add_world(World { name, component: ComponentType { imports, exports }, implicit })
        })
    }

    fn world_item<'s>(&mut self, world: &mut Building, item: &'s WorldItem, includes: &mut Vec<&'s Include>) {
        match item {
            WorldItem::Use(statement) => {
                if let Some(from) = self.used_interface(statement) {
                    self.ensure_imports(world, [from]);
                    world.imports.extend(self.used(statement, from));
                }
            }
            WorldItem::Type(decl) => world.imports.extend(self.type_items(decl)),
            WorldItem::Import(item) => self.world_extern(world, Side::Import, item),
            WorldItem::Export(item) => self.world_extern(world, Side::Export, item),
            WorldItem::Include(include) => includes.push(include),
        }
    }

    fn world_extern(&mut self, world: &mut Building, side: Side, item: &WorldExtern) {
        match &item.item {
            WorldExternItem::Named { name, ty } => self.named_extern(world, side, name, ty, &item.attributes),
            WorldExternItem::Item(of) => self.interface_extern(world, side, of, &item.attributes),
        }
    }

    /// `import name: type;`
    fn named_extern(&mut self, world: &mut Building, side: Side, name: &Name, ty: &ItemType, attributes: &Attributes) {
        let value = self.extern_type(ty);
        let is_free = match side {
            Side::Import => self.take("import", name),
            Side::Export => self.take_export(world, &name.text, name.span),
        };
        let decl = self.decl(attributes, name.span);
        let label = ExternName::label(name.text.as_str());
        match value.filter(|_| is_free) {
            None => {}
            Some(Value::Interface(id)) => self.add_extern(world, side, label, Exported::Interface(id, decl)),
            Some(Value::Func(func)) => {
                self.add_extern(world, side, label, Exported::Item(Item { kind: ItemKind::Func(func), decl }));
            }
            Some(Value::Unknown | Value::Item(_) | Value::World(_) | Value::Type(_) | Value::Resource(_)) => {}
        }
    }

    /// A function type or an interface. `None` if it is neither, which is told.
    fn extern_type(&mut self, ty: &ItemType) -> Option<Value> {
        let (value, span) = match ty {
            ItemType::Func(func) => return self.func(func).map(Value::Func),
            ItemType::Interface(interface) => return Some(Value::Interface(self.inline_interface(interface))),
            ItemType::Path(path) => (self.path(path), path.span),
            ItemType::Id(name) => (self.local_or_root(name), name.span),
        };
        match value {
            Value::Unknown => None,
            Value::Interface(id) => Some(Value::Interface(id)),
            Value::Func(func) => self.own_types_of(func, ty).then_some(Value::Func(func)),
            other @ (Value::Item(_) | Value::World(_) | Value::Type(_) | Value::Resource(_)) => {
                let words = other.words(self.types);
                let problem = report::not_importable(&self.written(span), self.place(span), &words);
                self.problem(problem);
                None
            }
        }
    }

    /// `import ns:pkg/interface;`
    fn interface_extern(&mut self, world: &mut Building, side: Side, of: &ItemRef, attributes: &Attributes) {
        let value = self.item_ref(of);
        let Value::Interface(id) = value else {
            if !matches!(value, Value::Unknown) {
                let words = value.words(self.types);
                let problem = report::not_an_interface(&self.written(of.span()), self.place(of.span()), &words);
                self.problem(problem);
            }
            return;
        };
        let Some(name) = self.interfaces.name(self.types, id) else { return };
        let decl = self.decl(attributes, of.span());
        match side {
            Side::Import => {
                let is_new = world.implicit.shift_remove(&name) || !world.imports.contains_key(&name);
                if !is_new {
                    let first = world.imports[&name].decl.place.clone();
                    let problem = report::duplicate_member("import", &name.to_string(), self.place(of.span()), first);
                    return self.problem(problem);
                }
                self.ensure_imports(world, [id]);
                world.implicit.shift_remove(&name);
                if let Some(item) = world.imports.get_mut(&name) {
                    item.decl = decl;
                }
            }
            Side::Export => {
                if self.take_export(world, &name.to_string(), of.span()) {
                    world.wanted.push((name, Exported::Interface(id, decl)));
                }
            }
        }
    }

    fn take_export(&mut self, world: &mut Building, name: &str, span: Span) -> bool {
        let lower = name.to_ascii_lowercase();
        if let Some(first) = world.taken.get(&lower) {
            let first: Place = self.place(*first);
            let problem = report::duplicate_member("export", name, self.place(span), Some(first));
            self.problem(problem);
            return false;
        }
        world.taken.insert(lower, span);
        true
    }

    fn add_extern(&mut self, world: &mut Building, side: Side, name: ExternName, what: Exported) {
        match (side, what) {
            (Side::Export, what) => world.wanted.push((name, what)),
            (Side::Import, Exported::Item(item)) => {
                world.imports.insert(name, item);
            }
            (Side::Import, Exported::Interface(id, decl)) => {
                self.ensure_imports(world, self.interfaces.used_by(id));
                // Under a plain name an interface has types of its own.
                let mut substitution = Substitution::new(Unnamed::Keep);
                let item = copied(self.types, &mut substitution, &self.interfaces.item(id));
                world.imports.insert(name, Item { decl, ..item });
            }
        }
    }

    /// Imports interfaces and all that they use, where they are not imported yet.
    fn ensure_imports(&mut self, world: &mut Building, of: impl IntoIterator<Item = InterfaceId>) {
        for id in self.interfaces.closure(of) {
            let Some(name) = self.interfaces.name(self.types, id) else { continue };
            if !world.imports.contains_key(&name) {
                world.imports.insert(name.clone(), self.interfaces.item(id));
                world.implicit.insert(name);
            }
        }
    }

    /// Exported interfaces get types of their own, each after the exported ones that it uses.
    fn finish_exports(&mut self, world: &mut Building) {
        let wanted = std::mem::take(&mut world.wanted);
        let by_name = wanted.iter().filter_map(|(name, what)| match (name, what) {
            (ExternName::Interface(_), Exported::Interface(id, decl)) => Some((*id, (name.clone(), decl.clone()))),
            (_, _) => None,
        });
        let exported: IndexMap<InterfaceId, (ExternName, Decl)> = by_name.collect();
        let mut substitution = Substitution::new(Unnamed::Keep);
        for (name, what) in wanted {
            let (id, decl) = match what {
                Exported::Item(item) => {
                    world.exports.insert(name, item);
                    continue;
                }
                Exported::Interface(id, decl) => (id, decl),
            };
            let used = self.interfaces.used_by(id);
            // An import uses imports, so what is used through one that is not exported is imported too.
            let imported: Vec<InterfaceId> = used.iter().copied().filter(|used| !exported.contains_key(used)).collect();
            self.ensure_imports(world, imported);
            for sibling in used.iter().filter(|used| exported.contains_key(*used)) {
                let (name, decl) = exported[sibling].clone();
                self.export_interface(world, &mut substitution, name, *sibling, decl);
            }
            self.export_interface(world, &mut substitution, name, id, decl);
        }
    }

    fn export_interface(
        &mut self,
        world: &mut Building,
        substitution: &mut Substitution,
        name: ExternName,
        id: InterfaceId,
        decl: Decl,
    ) {
        if world.exports.contains_key(&name) {
            return;
        }
        let item = self.interfaces.item(id);
        let copy = match name {
            ExternName::Interface(_) => copied(self.types, substitution, &item),
            // Nothing uses the types of an interface under a plain name.
            ExternName::Label(_)
            | ExternName::Constructor(_)
            | ExternName::Method(..)
            | ExternName::Static(..)
            | ExternName::Accessor(_) => copied(self.types, &mut substitution.clone(), &item),
        };
        world.exports.insert(name, Item { decl, ..copy });
    }

    /// The type of a world with only the types of what it imports for its types.
    pub(super) fn trimmed(&mut self, id: WorldId) -> ComponentType {
        let World { component, implicit, .. } = self.world(id).clone();
        let imports = component.imports.into_iter().map(|(name, item)| {
            let item = if implicit.contains(&name) { self.types_alone(&item) } else { item };
            (name, item)
        });
        ComponentType { imports: imports.collect(), exports: component.exports }
    }

    fn types_alone(&mut self, item: &Item) -> Item {
        let ItemKind::Instance(id) = item.kind else { return item.clone() };
        let InstanceType { id: name, mut exports, decl } = self.types.instance(id).clone();
        exports.retain(|_, item| matches!(item.kind, ItemKind::Type(_) | ItemKind::Resource(_)));
        let alone = self.types.add_instance(InstanceType { id: name, exports, decl });
        Item { kind: ItemKind::Instance(alone), decl: item.decl.clone() }
    }
}
