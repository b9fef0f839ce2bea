//! The items of an interface, and the imports and exports of a world.

use std::collections::HashSet;

use diag::Place;
use types::subtype::{self, Options};
use types::{ExternName, Item, ItemKind, Kind, ResourceId, Types, ValType};

use super::finding::{Parties, View};
use super::rules::Rule;
use super::scope::{Both, Scope};
use super::walk::{Step, Walk};
use super::{decl, func};

/// Whether items are those of an interface, or what a world imports or exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Interface,
    World,
}

impl<'a> Walk<'a> {
    /// Tells of everything that changed in a scope.
    pub fn scope(&mut self, level: Level, scope: &Scope<'a>) {
        for (name, item) in without_members(&scope.removed) {
            self.removed(level, name, item, scope);
        }
        for both in &scope.both {
            self.both(level, both);
        }
        for (name, item) in without_members(&scope.added) {
            self.added(level, name, item, scope);
        }
    }

    fn removed(&mut self, level: Level, name: &ExternName, item: &Item, scope: &Scope<'a>) {
        let step = self.step(level, name, item);
        let members = members(&scope.removed, name, item);
        self.at(step, place_of(self.types, item).as_ref(), None, |walk| {
            let headline = format!("{} was removed from {}", walk.here(), walk.around());
            let text = walk.item_words(item, members);
            walk.say(removed_rule(level, walk.view, item), walk.view.callers(), headline, Some(text), None);
        });
    }

    fn added(&mut self, level: Level, name: &ExternName, item: &Item, scope: &Scope<'a>) {
        let step = self.step(level, name, item);
        let members = members(&scope.added, name, item);
        self.at(step, None, place_of(self.types, item).as_ref(), |walk| {
            let headline = format!("{} was added to {}", walk.here(), walk.around());
            let text = walk.item_words(item, members);
            walk.say(added_rule(level, walk.view, item), walk.view.providers(), headline, None, Some(text));
        });
    }

    fn both(&mut self, level: Level, both: &Both<'a>) {
        let types = self.types;
        let step = self.step(level, both.old_name, both.old);
        self.at(step, place_of(types, both.old).as_ref(), place_of(types, both.new).as_ref(), |walk| {
            if both.is_renamed {
                let new = walk.names.shown(both.new_name);
                let headline = format!("{} of {} was renamed to `{new}`", walk.here(), walk.around());
                let old = walk.names.shown(both.old_name);
                let rule = renamed_rule(level, walk.view, both.old);
                walk.say(rule, walk.view.both(), headline, Some(old), Some(new));
            }
            walk.version(both);
            decl::compare(walk, &both.old.decl, &both.new.decl);
            match (level, both.old_name, walk.world.is_some()) {
                (Level::World, ExternName::Interface(_), true) => walk.as_interface(both),
                (Level::World | Level::Interface, _, _) => walk.kinds(both),
            }
        });
    }

    /// An interface that stands in a package, met in a world of that package: what changed in it is told of the interface.
    fn as_interface(&mut self, both: &Both<'a>) {
        let step = Step::new("interface", self.names.shown(both.old_name));
        let outside = std::mem::replace(&mut self.path, vec![step]);
        self.is_inside = true;
        self.kinds(both);
        self.is_inside = false;
        self.path = outside;
    }

    /// What a pair of items is.
    fn kinds(&mut self, both: &Both<'a>) {
        match (both.old.kind, both.new.kind) {
            (ItemKind::Func(old), ItemKind::Func(new)) => func::compare(self, old, new),
            (ItemKind::Type(old), ItemKind::Type(new)) => self.definition(old, new),
            (ItemKind::Resource(old), ItemKind::Resource(new)) => self.resource(old, new),
            (ItemKind::Instance(old), ItemKind::Instance(new)) => {
                let (old, new) = (self.types.instance(old), self.types.instance(new));
                // The declaration of an interface is not that of its import.
                decl::compare(self, &old.decl, &new.decl);
                let inner = both.inner.as_ref().expect("two instances were paired with what is in them");
                self.scope(Level::Interface, inner);
            }
            (ItemKind::Component(_), ItemKind::Component(_)) | (ItemKind::CoreModule(_), ItemKind::CoreModule(_)) => {
                self.opaque(both.old, both.new);
            }
            // Two kinds.
            (_, _) => {
                let words = [both.old, both.new].map(|item| types::wit_item(self.types, item));
                let headline = format!("{} of {} is something else", self.here(), self.around());
                let [old, new] = words;
                self.say(Rule::ItemKindChanged, self.view.both(), headline, Some(old), Some(new));
            }
        }
    }

    /// An interface of another package, in another version.
    fn version(&mut self, both: &Both<'a>) {
        let Some((old, new)) = self.names.foreign_versions(both.old_name, both.new_name) else { return };
        let (rule, breaks) = match old.same_track(new) {
            true => (Rule::VersionChanged, Parties::default()),
            false => (Rule::TrackChanged, self.view.both()),
        };
        let (old, new) = (old.to_string(), new.to_string());
        if rule == Rule::VersionChanged && self.world.is_some() {
            // What nobody has to look at in each world is told of the interface.
            let outside = std::mem::replace(&mut self.path, vec![Step::new("interface", &old)]);
            self.is_inside = true;
            let headline = format!("{} has another version", self.here());
            self.say(rule, breaks, headline, Some(old), Some(new));
            self.is_inside = false;
            self.path = outside;
            return;
        }
        let headline = format!("{} of {} has another version", self.here(), self.around());
        self.say(rule, breaks, headline, Some(old), Some(new));
    }

    /// Two resources of one name: is each still the same as before, wherever it is met?
    fn resource(&mut self, old: ResourceId, new: ResourceId) {
        let is_split = self.new_of.get(&old) != Some(&new);
        let is_merged = self.old_of.get(&new) != Some(&old);
        // What is imported is given: nothing of the exports can take its place.
        let is_given = |id| self.view != View::Import && self.given.contains(id);
        let (old_given, new_given) = (is_given(&old), is_given(&new));
        if !is_split && !is_merged && old_given == new_given {
            return;
        }
        let mut breaks = Parties::default();
        if is_split || old_given {
            breaks = breaks.union(self.view.callers());
        }
        if is_merged || new_given {
            breaks = breaks.union(self.view.providers());
        }
        let words = [old, new].map(|id| self.owner_words(id));
        let headline = format!("{} is not the resource that it was", self.here());
        let [old, new] = words;
        self.say(Rule::ResourceOwner, breaks, headline, Some(old), Some(new));
    }

    fn owner_words(&self, id: ResourceId) -> String {
        let resource = self.types.resource(id);
        let home = match resource.owner {
            types::Owner::Instance(owner) => self.types.instance(owner).id.clone(),
            types::Owner::World | types::Owner::Nothing => None,
        };
        match home {
            Some(home) => format!("{} of {}", resource.name, self.names.shown(&ExternName::Interface(home))),
            None => resource.name.clone(),
        }
    }

    /// Components and core modules: whether one fits the other is all that is said, with the first reason.
    fn opaque(&mut self, old: &Item, new: &Item) {
        let mismatches = |sub, sup| {
            let mut bindings = self.bindings.clone();
            subtype::mismatches(self.types, sub, sup, &mut bindings, Options::default())
        };
        let (for_callers, for_providers) = (mismatches(new, old), mismatches(old, new));
        let mut breaks = Parties::default();
        if !for_callers.is_empty() {
            breaks = breaks.union(self.view.callers());
        }
        if !for_providers.is_empty() {
            breaks = breaks.union(self.view.providers());
        }
        let words = match (for_callers.first(), for_providers.first()) {
            (Some(first), _) => (&first.path, &first.expected, &first.found),
            (None, Some(first)) => (&first.path, &first.found, &first.expected),
            (None, None) => return,
        };
        let [old, new] = [words.1, words.2].map(|side| Some(format!("{}: {side}", words.0)));
        let headline = format!("{} of {} has another type", self.here(), self.around());
        self.say(Rule::ItemChanged, breaks, headline, old, new);
    }

    /// What an item is called on the way to it.
    pub fn step(&self, level: Level, name: &ExternName, item: &Item) -> Step {
        let shown = self.names.shown(name);
        if level == Level::World {
            return Step::new(if self.view == View::Import { "import" } else { "export" }, shown);
        }
        match name {
            ExternName::Constructor(resource) => Step::new("constructor of", resource),
            ExternName::Method(resource, name) => Step::new("method", format!("{resource}.{name}")),
            ExternName::Static(resource, name) => Step::new("static function", format!("{resource}.{name}")),
            ExternName::Label(_) | ExternName::Accessor(_) | ExternName::Interface(_) => {
                Step::new(kind_word(self.types, item), shown)
            }
        }
    }

    fn item_words(&self, item: &Item, members: usize) -> String {
        let words = types::wit_item(self.types, item);
        match members {
            0 => words,
            1 => format!("{words} with a function"),
            several => format!("{words} with {several} functions"),
        }
    }
}

/// The functions of a resource that came or went go without saying.
fn without_members<'a>(items: &[(&'a ExternName, &'a Item)]) -> impl Iterator<Item = (&'a ExternName, &'a Item)> {
    let resources: HashSet<String> =
        items.iter().filter(|(_, item)| item.kind.resource().is_some()).map(|(name, _)| name.to_string()).collect();
    let is_member = |name: &ExternName| name.resource().is_some_and(|of| resources.contains(of));
    let kept: Vec<_> = items.iter().filter(|(name, _)| !is_member(name)).copied().collect();
    kept.into_iter()
}

/// How many functions a resource has among these items.
fn members(items: &[(&ExternName, &Item)], name: &ExternName, item: &Item) -> usize {
    let (ExternName::Label(of), ItemKind::Resource(_)) = (name, item.kind) else { return 0 };
    items.iter().filter(|(other, _)| other.resource() == Some(of)).count()
}

/// Where an item is declared.
pub(super) fn place_of(types: &Types, item: &Item) -> Option<Place> {
    item.decl.place.clone().or_else(|| match item.kind {
        ItemKind::Instance(id) => types.instance(id).decl.place.clone(),
        ItemKind::Type(ValType::Def(id)) => types.def(id).decl.place.clone(),
        ItemKind::Resource(id) => types.resource(id).decl.place.clone(),
        ItemKind::Type(_) | ItemKind::Func(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => None,
    })
}

fn kind_word(types: &Types, item: &Item) -> &'static str {
    match item.kind {
        ItemKind::Func(_) => "function",
        ItemKind::Instance(_) => "interface",
        ItemKind::Resource(_) => "resource",
        ItemKind::Component(_) => "component",
        ItemKind::CoreModule(_) => "core module",
        ItemKind::Type(ty) => match types.kind(ty) {
            Kind::Record(_) => "record",
            Kind::Variant(_) => "variant",
            Kind::Enum(_) => "enum",
            Kind::Flags(_) => "flags",
            Kind::Bool
            | Kind::U8
            | Kind::S8
            | Kind::U16
            | Kind::S16
            | Kind::U32
            | Kind::S32
            | Kind::U64
            | Kind::S64
            | Kind::F32
            | Kind::F64
            | Kind::Char
            | Kind::String
            | Kind::ErrorContext
            | Kind::List(_)
            | Kind::FixedList(..)
            | Kind::Map(..)
            | Kind::Tuple(_)
            | Kind::Option(_)
            | Kind::Result { .. }
            | Kind::Own(_)
            | Kind::Borrow(_)
            | Kind::Stream(_)
            | Kind::Future(_) => "type",
        },
    }
}

fn removed_rule(level: Level, view: View, item: &Item) -> Rule {
    match (level, view, item.kind) {
        (Level::World, View::Import, _) => Rule::ImportRemoved,
        (Level::World, View::Export | View::Interface, _) => Rule::ExportRemoved,
        (Level::Interface, _, ItemKind::Func(_)) => Rule::FuncRemoved,
        (Level::Interface, _, ItemKind::Type(_)) => Rule::TypeRemoved,
        (Level::Interface, _, ItemKind::Resource(_)) => Rule::ResourceRemoved,
        (Level::Interface, _, ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_)) => {
            Rule::ItemRemoved
        }
    }
}

fn added_rule(level: Level, view: View, item: &Item) -> Rule {
    match (level, view, item.kind) {
        (Level::World, View::Import, _) => Rule::ImportAdded,
        (Level::World, View::Export | View::Interface, _) => Rule::ExportAdded,
        (Level::Interface, _, ItemKind::Func(_)) => Rule::FuncAdded,
        (Level::Interface, _, ItemKind::Type(_)) => Rule::TypeAdded,
        (Level::Interface, _, ItemKind::Resource(_)) => Rule::ResourceAdded,
        (Level::Interface, _, ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_)) => {
            Rule::ItemAdded
        }
    }
}

fn renamed_rule(level: Level, view: View, item: &Item) -> Rule {
    match (level, view, item.kind) {
        (Level::World, View::Import, _) => Rule::ImportRenamed,
        (Level::World, View::Export | View::Interface, _) => Rule::ExportRenamed,
        (Level::Interface, _, ItemKind::Func(_)) => Rule::FuncRenamed,
        (Level::Interface, _, ItemKind::Type(_)) => Rule::TypeRenamed,
        (Level::Interface, _, ItemKind::Resource(_)) => Rule::ResourceRenamed,
        (Level::Interface, _, ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_)) => {
            Rule::ItemRenamed
        }
    }
}
