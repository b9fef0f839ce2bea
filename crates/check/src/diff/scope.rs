//! Which item of the old side is which of the new one: by name, by name without the version, by likeness.
//!
//! In: the items of an interface, or the imports or exports of a world. Out: pairs, and what only one side has.
//! Holds: an item has a new name only if it and nothing else fits: it is equal in structure, its name is near, and there
//! is one such item on each side; what names a resource follows that.

use indexmap::IndexMap;
use types::{ExternName, Item, ItemKind, subtype};

use super::names::{closeness, is_near};
use super::walk::Walk;

pub(super) type Items = IndexMap<ExternName, Item>;
type Named<'a> = (&'a ExternName, &'a Item);

/// The items of two scopes.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    pub both: Vec<Both<'a>>,
    pub removed: Vec<Named<'a>>,
    pub added: Vec<Named<'a>>,
}

/// One item on both sides.
#[derive(Debug)]
pub(super) struct Both<'a> {
    pub old_name: &'a ExternName,
    pub new_name: &'a ExternName,
    pub old: &'a Item,
    pub new: &'a Item,
    pub is_renamed: bool,
    /// What is in it, if it is an instance on both sides.
    pub inner: Option<Scope<'a>>,
}

/// Beyond so many pairs nothing is looked at for likeness: so much that is new has no single counterpart.
const MOST_COMPARED: usize = 10_000;

impl<'a> Scope<'a> {
    /// Pairs the items, binds their resources and pairs their types.
    pub fn new(walk: &mut Walk<'a>, old: &'a Items, new: &'a Items) -> Self {
        let mut scope = Self { removed: old.iter().collect(), added: new.iter().collect(), ..Self::default() };
        scope.take(walk, false, |_, old, new| old.0 == new.0);
        let closest = |wanted: (bool, bool)| {
            move |walk: &Walk<'_>, old: Named<'_>, new: Named<'_>| {
                let (ExternName::Interface(old), ExternName::Interface(new)) = (old.0, new.0) else { return false };
                walk.names.are_one(old, new) && closeness(old, new) >= wanted
            }
        };
        for wanted in [(true, true), (false, true), (false, false)] {
            scope.take(walk, false, closest(wanted));
        }
        // In the order of the old side.
        scope.both.sort_by_key(|both| old.get_index_of(both.old_name));
        scope
    }

    /// Moves to `both` what belongs together, the first of the new side for each of the old one.
    fn take(
        &mut self,
        walk: &mut Walk<'a>,
        is_renamed: bool,
        is_one: impl Fn(&Walk<'a>, Named<'a>, Named<'a>) -> bool,
    ) {
        let by_name: IndexMap<&ExternName, usize> =
            self.added.iter().enumerate().map(|(at, (name, _))| (*name, at)).collect();
        let mut taken = vec![false; self.added.len()];
        let mut left = Vec::new();
        for old in std::mem::take(&mut self.removed) {
            let fits = |at: &usize| !taken[*at] && is_one(walk, old, self.added[*at]);
            let exact = by_name.get(old.0).copied().filter(fits);
            let is_interface = matches!(old.0, ExternName::Interface(_));
            let found = exact.or_else(|| (0..self.added.len()).filter(|_| is_interface).find(fits));
            match found {
                Some(at) => {
                    taken[at] = true;
                    self.join(walk, old, self.added[at], is_renamed);
                }
                None => left.push(old),
            }
        }
        self.removed = left;
        let mut taken = taken.into_iter();
        self.added.retain(|_| taken.next() != Some(true));
    }

    fn join(&mut self, walk: &mut Walk<'a>, old: Named<'a>, new: Named<'a>, is_renamed: bool) {
        let mut inner = None;
        match (old.1.kind, new.1.kind) {
            (ItemKind::Resource(old), ItemKind::Resource(new)) => walk.bind(old, new),
            (ItemKind::Type(old), ItemKind::Type(new)) => walk.pair(old, new),
            (ItemKind::Instance(old), ItemKind::Instance(new)) => {
                let types = walk.types;
                inner = Some(Scope::new(walk, &types.instance(old).exports, &types.instance(new).exports));
            }
            // Functions, components and modules define nothing that others name; two kinds have nothing in common.
            (_, _) => {}
        }
        self.both.push(Both { old_name: old.0, new_name: new.0, old: old.1, new: new.1, is_renamed, inner });
    }

    /// Finds what has another name now, here and inside. All resources and types of the same name are bound by now.
    pub fn find_renamed(&mut self, walk: &mut Walk<'a>) {
        for both in &mut self.both {
            if let Some(inner) = &mut both.inner {
                inner.find_renamed(walk);
            }
        }
        self.rename(walk, |item| matches!(item.kind, ItemKind::Resource(_)));
        self.rename_members(walk);
        self.rename(walk, |item| matches!(item.kind, ItemKind::Type(_)));
        self.rename(walk, |item| matches!(item.kind, ItemKind::Func(_)));
        self.rename(walk, |item| matches!(item.kind, ItemKind::Instance(_)));
    }

    /// Pairs one that is gone with the one that came, if they are alike and no other is.
    fn rename(&mut self, walk: &mut Walk<'a>, is_meant: impl Fn(&Item) -> bool) {
        let of = |items: &[Named<'a>]| -> Vec<usize> { (0..items.len()).filter(|at| is_meant(items[*at].1)).collect() };
        let (removed, added) = (of(&self.removed), of(&self.added));
        if removed.len().saturating_mul(added.len()) > MOST_COMPARED {
            return;
        }
        let mut alike: Vec<(usize, usize)> = Vec::new();
        for old in removed {
            for new in &added {
                if self.is_alike(walk, self.removed[old], self.added[*new]) {
                    alike.push((old, *new));
                }
            }
        }
        let is_single = |(old, new): &(usize, usize)| {
            alike.iter().filter(|(other, _)| other == old).count() == 1
                && alike.iter().filter(|(_, other)| other == new).count() == 1
        };
        let found: Vec<(usize, usize)> = alike.iter().filter(|pair| is_single(pair)).copied().collect();
        for (old, new) in &found {
            self.join(walk, self.removed[*old], self.added[*new], true);
        }
        let mut at = 0..;
        self.removed.retain(|_| at.next().is_none_or(|at| found.iter().all(|(old, _)| *old != at)));
        let mut at = 0..;
        self.added.retain(|_| at.next().is_none_or(|at| found.iter().all(|(_, new)| *new != at)));
    }

    fn is_alike(&self, walk: &mut Walk<'a>, old: Named<'a>, new: Named<'a>) -> bool {
        if !is_near_name(old.0, new.0) {
            return false;
        }
        let types = walk.types;
        match (old.1.kind, new.1.kind) {
            (ItemKind::Resource(_), ItemKind::Resource(_)) => self.members(old.0) == self.new_members(new.0),
            (ItemKind::Type(old), ItemKind::Type(new)) => walk.equality.val_types(types, &walk.bindings, old, new),
            (ItemKind::Func(old), ItemKind::Func(new)) => {
                walk.equality.funcs(types, &walk.bindings, types.func(old), types.func(new))
            }
            (ItemKind::Instance(_), ItemKind::Instance(_)) => {
                let fits = |sub, sup| {
                    let mut bindings = walk.bindings.clone();
                    subtype::mismatches(types, sub, sup, &mut bindings, subtype::Options::default()).is_empty()
                };
                fits(old.1, new.1) && fits(new.1, old.1)
            }
            // Components and modules are never told to be renamed; two kinds are not alike.
            (_, _) => false,
        }
    }

    /// The functions of a resource that is gone, by their names without it.
    fn members(&self, resource: &ExternName) -> Vec<String> {
        members(&self.removed, resource)
    }

    fn new_members(&self, resource: &ExternName) -> Vec<String> {
        members(&self.added, resource)
    }

    /// The functions of resources that have another name now have another name too.
    fn rename_members(&mut self, walk: &mut Walk<'a>) {
        let resources: Vec<(String, String)> =
            self.both.iter().filter(|both| both.is_renamed).map(Both::names).collect();
        for (old_resource, new_resource) in resources {
            let mut left = Vec::new();
            for old in std::mem::take(&mut self.removed) {
                let is_its = |name: &ExternName, resource: &str| name.resource() == Some(resource);
                let found = self.added.iter().position(|new| {
                    is_its(old.0, &old_resource) && is_its(new.0, &new_resource) && member(old.0) == member(new.0)
                });
                match found {
                    Some(at) => {
                        let new = self.added.remove(at);
                        self.join(walk, old, new, false);
                    }
                    None => left.push(old),
                }
            }
            self.removed = left;
        }
    }
}

impl Both<'_> {
    fn names(&self) -> (String, String) {
        (self.old_name.to_string(), self.new_name.to_string())
    }
}

fn members(items: &[Named<'_>], resource: &ExternName) -> Vec<String> {
    let resource = resource.to_string();
    let its = items.iter().filter(|(name, _)| name.resource() == Some(resource.as_str()));
    let mut members: Vec<String> = its.filter_map(|(name, _)| member(name)).collect();
    members.sort();
    members
}

/// The name of a resource's function without the resource.
fn member(name: &ExternName) -> Option<String> {
    use types::name::AccessorOf;
    match name {
        ExternName::Constructor(_) => Some("constructor".to_owned()),
        ExternName::Method(_, name) => Some(format!("method {name}")),
        ExternName::Static(_, name) => Some(format!("static {name}")),
        ExternName::Accessor(accessor) => {
            let verb = if accessor.set { "set" } else { "get" };
            let of = match accessor.of {
                AccessorOf::Scope => return None,
                AccessorOf::Method(_) => "method",
                AccessorOf::Static(_) => "static",
            };
            Some(format!("{of} {verb} {}", accessor.name))
        }
        ExternName::Label(_) | ExternName::Interface(_) => None,
    }
}

/// Names of one form of which only the last part differs, and not by much.
fn is_near_name(old: &ExternName, new: &ExternName) -> bool {
    match (old, new) {
        (ExternName::Label(old), ExternName::Label(new)) => is_near(old, new),
        (ExternName::Method(of, old), ExternName::Method(of_new, new))
        | (ExternName::Static(of, old), ExternName::Static(of_new, new)) => of == of_new && is_near(old, new),
        (ExternName::Interface(old), ExternName::Interface(new)) => {
            let (a, b) = (&old.package, &new.package);
            a.namespace == b.namespace && a.name == b.name && is_near(&old.interface, &new.interface)
        }
        // Constructors follow their resource, accessors their property; two forms are two things.
        (_, _) => false,
    }
}
