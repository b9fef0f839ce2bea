//! A stable text of worlds, component types and items, for tests: identities of resources are shown as numbers.
//!
//! In: an item of the arena. Out: lines, items in their own order, resources numbered as they first appear.
//! Holds: two dumps are equal when the items are equal up to documentation, places and ids.
//!
//! ```text
//! world local:calc/calc
//!   export local:calc/ops: interface
//!     resource counter#0
//!     type pair = record { a: u32, b: u32 }
//!     func [constructor]counter(start: u32) -> counter#0
//! ```

use std::cell::RefCell;

use indexmap::{IndexMap, IndexSet};

use crate::text::Text;
use crate::{ComponentType, ExternName, FuncType, Item, ItemKind, Owner, ResourceId, TypeKind, Types, ValType, World};

/// A dump shows much longer types than a message does.
const MAX_LINE: usize = 100_000;

/// The dump of a world, its name first.
pub fn world(types: &Types, world: &World) -> String {
    let mut dump = Dump::new(types);
    let package = &world.package;
    dump.line(&format!("world {}:{}/{}", package.namespace, package.name, world.name));
    dump.nested(|dump| dump.component(&world.component));
    dump.out
}

/// The dump of a component type.
pub fn component(types: &Types, component: &ComponentType) -> String {
    let mut dump = Dump::new(types);
    dump.component(component);
    dump.out
}

/// The dump of named items: the exports of an instance, say.
pub fn items(types: &Types, items: &IndexMap<ExternName, Item>) -> String {
    let mut dump = Dump::new(types);
    dump.items("", items);
    dump.out
}

/// A function type, as `types::wit_func` has it but whole; `mark` is what stands behind the name of each resource.
pub fn func(types: &Types, func: &FuncType, mark: &dyn Fn(ResourceId) -> String) -> String {
    let mut text = Text::with_identities(types, mark, MAX_LINE);
    text.func(func);
    text.out
}

/// What a value type is defined as; `mark` is what stands behind the name of each resource.
pub fn structure(types: &Types, ty: ValType, mark: &dyn Fn(ResourceId) -> String) -> String {
    let mut text = Text::with_identities(types, mark, MAX_LINE);
    text.structure(ty);
    text.out
}

struct Dump<'a> {
    types: &'a Types,
    indent: usize,
    numbers: RefCell<IndexSet<ResourceId>>,
    out: String,
}

impl<'a> Dump<'a> {
    fn new(types: &'a Types) -> Self {
        Self { types, indent: 0, numbers: RefCell::default(), out: String::new() }
    }

    fn line(&mut self, text: &str) {
        self.out.extend(std::iter::repeat_n("  ", self.indent));
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn nested(&mut self, body: impl FnOnce(&mut Self)) {
        self.indent += 1;
        body(self);
        self.indent -= 1;
    }

    fn component(&mut self, component: &ComponentType) {
        self.items("import ", &component.imports);
        self.items("export ", &component.exports);
    }

    fn items(&mut self, direction: &str, items: &IndexMap<ExternName, Item>) {
        for (name, item) in items {
            self.item(direction, name, item);
        }
    }

    fn item(&mut self, direction: &str, name: &ExternName, item: &Item) {
        match item.kind {
            ItemKind::Func(id) => {
                let text = self.text(|text| text.func(self.types.func(id)));
                self.line(&format!("{direction}{name}: {text}"));
            }
            ItemKind::Instance(id) => {
                let instance = self.types.instance(id);
                let label = match (&instance.id, name) {
                    (Some(id), ExternName::Label(_)) => format!("interface {id}"),
                    (Some(_) | None, _) => "interface".to_owned(),
                };
                self.line(&format!("{direction}{name}: {label}"));
                self.nested(|dump| dump.items("", &instance.exports));
            }
            ItemKind::Type(ty) => {
                let text = self.definition(ty);
                self.line(&format!("{direction}type {name} = {text}"));
            }
            ItemKind::Resource(id) => {
                let number = self.number(id);
                let of = &self.types.resource(id).name;
                let alias = if *of == name.to_string() { String::new() } else { format!(" = {of}{number}") };
                self.line(&format!("{direction}resource {name}{number}{alias}"));
            }
            ItemKind::Component(id) => {
                self.line(&format!("{direction}{name}: component"));
                self.nested(|dump| dump.component(self.types.component(id)));
            }
            ItemKind::CoreModule(id) => self.core_module(direction, name, id),
        }
    }

    fn core_module(&mut self, direction: &str, name: &ExternName, id: crate::CoreModuleTypeId) {
        let module = self.types.core_module(id);
        self.line(&format!("{direction}{name}: core module"));
        self.nested(|dump| {
            for (module, name, ty) in &module.imports {
                dump.line(&format!("import {module:?} {name:?} {ty}"));
            }
            for (name, ty) in &module.exports {
                dump.line(&format!("export {name:?} {ty}"));
            }
        });
    }

    /// What a type is defined as; a use of another scope's type says whose.
    fn definition(&self, ty: ValType) -> String {
        let structure = self.text(|text| text.structure(ty));
        let foreign = self.foreign_owner(ty).map(|owner| format!(" of {owner}")).unwrap_or_default();
        format!("{structure}{foreign}")
    }

    fn foreign_owner(&self, ty: ValType) -> Option<String> {
        let ValType::Def(id) = ty else { return None };
        let def = self.types.def(id);
        let TypeKind::Alias(ValType::Def(target)) = def.kind else { return None };
        let target = self.types.def(target);
        match (target.owner, &target.name) {
            (Owner::Instance(owner), Some(_)) if target.owner != def.owner => {
                self.types.instance(owner).id.as_ref().map(ToString::to_string)
            }
            (Owner::Instance(_) | Owner::World | Owner::Nothing, _) => None,
        }
    }

    fn number(&self, id: ResourceId) -> String {
        format!("#{}", self.numbers.borrow_mut().insert_full(id).0)
    }

    fn text(&self, write: impl FnOnce(&mut Text<'_>)) -> String {
        let number = |id| self.number(id);
        let mut text = Text::with_identities(self.types, &number, MAX_LINE);
        write(&mut text);
        text.out
    }
}
