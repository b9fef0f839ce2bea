//! `include`: the imports and exports of another world.
//!
//! Holds: only plain names are renamed; an interface that both worlds have is one.
//!
//! Specification: WIT, "Union of Worlds with include".

use std::collections::HashMap;

use types::substitute::{Substitution, Unnamed};
use types::{ExternName, Item, ItemKind};

use super::interface::copied;
use super::scope::Value;
use super::world::{Building, Exported, World};
use super::{Resolver, names, report};
use crate::syntax::tree::{Include, Rename};

impl Resolver<'_, '_> {
    pub(super) fn include(&mut self, world: &mut Building, include: &Include) {
        for (from, first) in names::repeated(include.with.iter().map(|rename| &rename.from)) {
            let first = self.place(first);
            let problem = report::duplicate_member("name in `with`", &from.text, self.place(from.span), Some(first));
            self.problem(problem);
        }
        let value = self.item_ref(&include.world);
        let Value::World(id) = value else {
            if !matches!(value, Value::Unknown) {
                let span = include.world.span();
                let words = value.words(self.types);
                let problem = report::not_a_world(&self.written(span), self.place(span), &words);
                self.problem(problem);
            }
            return;
        };
        let other = self.world(id).clone();
        let mut renames = Renames::of(include);
        let mut substitution = Substitution::new(Unnamed::Keep);
        for (name, item) in &other.component.imports {
            let implicit = other.implicit.contains(name);
            self.include_import(world, include, &mut renames, (name, item), implicit);
        }
        for (name, item) in &other.component.exports {
            self.include_export(world, include, &mut renames, &mut substitution, (name, item));
        }
        let unused: Vec<Rename> = renames.unused();
        for Rename { from, .. } in unused {
            let problem = report::include_with(
                &self.written(include.world.span()),
                &from.text,
                self.place(from.span),
                &plain_names(&other),
            );
            self.problem(problem);
        }
    }

    fn include_import(
        &mut self,
        world: &mut Building,
        include: &Include,
        renames: &mut Renames<'_>,
        (name, item): (&ExternName, &Item),
        implicit: bool,
    ) {
        let (name, said) = renames.name(name);
        match world.imports.get(&name) {
            None => {
                if implicit {
                    world.implicit.insert(name.clone());
                }
                world.imports.insert(name, item.clone());
            }
            Some(there) if there.kind == item.kind => {
                if !implicit {
                    world.implicit.shift_remove(&name);
                }
            }
            Some(_) => {
                let span = said.map_or(include.world.span(), |rename| rename.to.span);
                let of = self.written(include.world.span());
                let problem = report::include_conflict("import", &name, &of, self.place(span), include.with.is_empty());
                self.problem(problem);
            }
        }
    }

    fn include_export(
        &mut self,
        world: &mut Building,
        include: &Include,
        renames: &mut Renames<'_>,
        substitution: &mut Substitution,
        (name, item): (&ExternName, &Item),
    ) {
        let (name, said) = renames.name(name);
        let same = match (&name, item.kind) {
            (ExternName::Interface(name), ItemKind::Instance(instance)) => {
                self.interfaces.same(self.types, substitution, name, instance)
            }
            (_, _) => None,
        };
        let span = said.map_or(include.world.span(), |rename| rename.to.span);
        if world.has_export(&name) {
            if same.is_none() {
                let of = self.written(include.world.span());
                let has_no_with = include.with.is_empty();
                let problem = report::include_conflict("export", &name, &of, self.place(span), has_no_with);
                self.problem(problem);
            }
            return;
        }
        let what = match same {
            Some(id) => Exported::Interface(id, item.decl.clone()),
            None => {
                let copy = copied(self.types, substitution, item);
                match copy.kind {
                    ItemKind::Instance(instance) => {
                        Exported::Interface(self.interfaces.add_found(self.types, instance), copy.decl)
                    }
                    ItemKind::Func(_)
                    | ItemKind::Type(_)
                    | ItemKind::Resource(_)
                    | ItemKind::Component(_)
                    | ItemKind::CoreModule(_) => Exported::Item(copy),
                }
            }
        };
        world.want_export(name, what, span);
    }
}

/// The names that are said behind `with`.
struct Renames<'i> {
    by_name: HashMap<&'i str, &'i Rename>,
    used: Vec<&'i str>,
    all: &'i [Rename],
}

impl<'i> Renames<'i> {
    fn of(include: &'i Include) -> Self {
        let by_name = include.with.iter().map(|rename| (rename.from.text.as_str(), rename)).collect();
        Self { by_name, used: Vec::new(), all: &include.with }
    }

    /// The name that an item has in the including world. Only plain names change.
    fn name(&mut self, name: &ExternName) -> (ExternName, Option<&'i Rename>) {
        let renamed = |this: &mut Self, label: &str| {
            let rename = *this.by_name.get(label)?;
            this.used.push(&rename.from.text);
            Some(rename)
        };
        let found = match name {
            ExternName::Label(label) => renamed(self, label),
            ExternName::Constructor(of) | ExternName::Method(of, _) | ExternName::Static(of, _) => renamed(self, of),
            ExternName::Accessor(_) | ExternName::Interface(_) => None,
        };
        let Some(rename) = found else { return (name.clone(), None) };
        let to = rename.to.text.clone();
        let name = match name {
            ExternName::Constructor(_) => ExternName::Constructor(to),
            ExternName::Method(_, method) => ExternName::Method(to, method.clone()),
            ExternName::Static(_, method) => ExternName::Static(to, method.clone()),
            ExternName::Label(_) | ExternName::Accessor(_) | ExternName::Interface(_) => ExternName::Label(to),
        };
        (name, Some(rename))
    }

    fn unused(&self) -> Vec<Rename> {
        self.all.iter().filter(|rename| !self.used.contains(&rename.from.text.as_str())).cloned().collect()
    }
}

fn plain_names(world: &World) -> Vec<String> {
    let names = world.component.imports.keys().chain(world.component.exports.keys());
    let labels = names.filter_map(|name| match name {
        ExternName::Label(label) => Some(label.clone()),
        ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_)
        | ExternName::Interface(_) => None,
    });
    labels.collect()
}
