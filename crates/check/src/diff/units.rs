//! What is compared as a whole: an interface by itself, or a world.
//!
//! In: both sides of one interface or world. Out: findings.
//! Holds: a party is broken exactly if `types::subtype` says that it does not fit any more: what no rule has told is
//! told by `diff/unfit`, and that what is told is so, random tests hold.

use std::collections::HashMap;

use indexmap::IndexMap;
use types::substitute::resources_of;
use types::subtype::{self, Options};
use types::{ComponentType, ExternName, Item, ItemKind, Mismatch, Types, World};

use super::finding::{Finding, Parties, Party, Said, View};
use super::items::Level;
use super::names::Names;
use super::rules::Rule;
use super::scope::{Both, Scope};
use super::walk::{Step, Walk};

/// Both sides of one interface or world.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'a> {
    pub old: &'a World,
    pub new: &'a World,
}

/// An interface: what it uses is given, what it exports under its own name is compared.
pub(super) fn interface(types: &Types, names: &Names, is_documented: bool, pair: Pair<'_>) -> Vec<Finding> {
    let mut walk = Walk::new(types, names, View::Interface, is_documented);
    let (old, new) = (&pair.old.component, &pair.new.component);
    walk.given.extend(resources_of(types, &old.imports));
    walk.given.extend(resources_of(types, &new.imports));
    let mut used = Scope::new(&mut walk, &old.imports, &new.imports);
    for both in &used.both {
        unpair_foreign(&mut walk, both);
    }
    let given = walk.bindings.clone();
    let mut scope = Scope::new(&mut walk, &old.exports, &new.exports);
    used.find_renamed(&mut walk);
    scope.find_renamed(&mut walk);
    walk.scope(Level::Interface, &scope);
    if !is_used_equal(&mut walk, &used) {
        // Why it does not fit is told where that is declared.
        return walk.findings;
    }
    for both in &scope.both {
        let fits = |sub: &Item, sup: &Item| {
            let mut bindings = given.clone();
            walk.given.iter().for_each(|id| bindings.fix(*id));
            subtype::mismatches(types, sub, sup, &mut bindings, Options::default())
        };
        let mut told = std::mem::take(&mut walk.findings);
        told.extend(unfit(&told, Party::Callers, || fits(both.new, both.old)));
        told.extend(unfit(&told, Party::Providers, || fits(both.old, both.new)));
        walk.findings = told;
    }
    walk.findings
}

/// Whether all that is used of the package's other interfaces is as it was.
fn is_used_equal(walk: &mut Walk<'_>, used: &Scope<'_>) -> bool {
    let inner = || used.both.iter().flat_map(|both| &both.inner).flat_map(|inner| &inner.both);
    inner().all(|both| match (both.old.kind, both.new.kind) {
        (ItemKind::Type(old), ItemKind::Type(new)) => walk.is_equal(old, new) || !walk.is_pair(old, new),
        (ItemKind::Resource(old), ItemKind::Resource(new)) => walk.is_bound(old, new),
        // Nothing else can be used.
        (_, _) => true,
    })
}

/// Interfaces of other packages are not compared by themselves.
fn unpair_foreign<'a>(walk: &mut Walk<'a>, both: &Both<'a>) {
    let (ExternName::Interface(old), ExternName::Interface(new)) = (both.old_name, both.new_name) else { return };
    if walk.names.is_own_old(&old.package) && walk.names.is_own_new(&new.package) {
        return;
    }
    for inner in both.inner.iter().flat_map(|inner| &inner.both) {
        if let (ItemKind::Type(old), ItemKind::Type(new)) = (inner.old.kind, inner.new.kind) {
            walk.unpair(old, new);
        }
    }
}

/// A world. In a package, what changed in an interface is told of that; `is_in_package` says so.
pub(super) fn world(
    types: &Types,
    names: &Names,
    is_documented: bool,
    pair: Pair<'_>,
    is_in_package: bool,
) -> Vec<Finding> {
    let mut walk = Walk::new(types, names, View::Import, is_documented);
    let (old, new) = (&pair.old.component, &pair.new.component);
    walk.given.extend(resources_of(types, &old.imports));
    walk.given.extend(resources_of(types, &new.imports));
    walk.world = is_in_package.then(|| pair.old.name.clone());
    let mut imports = Scope::new(&mut walk, &old.imports, &new.imports);
    let mut exports = Scope::new(&mut walk, &old.exports, &new.exports);
    imports.find_renamed(&mut walk);
    exports.find_renamed(&mut walk);
    let step = match pair.old.package.namespace == "root" && pair.old.package.name == "component" {
        true => Step::new("the component", ""),
        false => Step::new("world", &pair.old.name),
    };
    let (old_place, new_place) = (pair.old.decl.place.as_ref(), pair.new.decl.place.as_ref());
    walk.at(step, old_place, new_place, |walk| {
        super::decl::compare(walk, &pair.old.decl, &pair.new.decl);
        walk.view = View::Import;
        walk.scope(Level::World, &imports);
        walk.view = View::Export;
        walk.scope(Level::World, &exports);
        let same_names = ComponentType {
            imports: with_old_names(names, &new.imports, &imports),
            exports: with_old_names(names, &new.exports, &exports),
        };
        let fits = |sub, sup| subtype::component_mismatches(types, sub, sup, Options::default());
        let mut told = std::mem::take(&mut walk.findings);
        told.extend(unfit(&told, Party::Guests, || fits(old, &same_names)));
        told.extend(unfit(&told, Party::Hosts, || fits(&same_names, old)));
        walk.findings = told;
    });
    walk.findings
}

/// The items under the names of the old side, where only the version or the package is another.
fn with_old_names(names: &Names, items: &IndexMap<ExternName, Item>, scope: &Scope<'_>) -> IndexMap<ExternName, Item> {
    let is_one_track = |both: &Both<'_>| match names.foreign_versions(both.old_name, both.new_name) {
        Some((old, new)) => old.same_track(new),
        None => true,
    };
    let kept = scope.both.iter().filter(|both| !both.is_renamed && is_one_track(both));
    let old_names: HashMap<&ExternName, &ExternName> = kept.map(|both| (both.new_name, both.old_name)).collect();
    let old_name = |name| (*old_names.get(name).unwrap_or(&name)).clone();
    items.iter().map(|(name, item)| (old_name(name), item.clone())).collect()
}

/// Comparisons with more findings are not proved while testing: looking for what was meant takes long in large ones.
const MOST_PROVED: usize = 100;

/// What breaks a party and no rule has told.
fn unfit(told: &[Finding], party: Party, mismatches: impl FnOnce() -> Vec<Mismatch>) -> Vec<Finding> {
    if let Some(first) = told.iter().find(|finding| finding.breaks_binaries().has(party)) {
        let is_proved = cfg!(debug_assertions) && told.len() <= MOST_PROVED;
        assert!(!is_proved || !mismatches().is_empty(), "{} are not broken by {first:?}", party.name());
        return Vec::new();
    }
    let is_new_found = matches!(party, Party::Callers | Party::Hosts);
    let finding = |mismatch: Mismatch| {
        let found = Said { text: Some(mismatch.found), place: mismatch.found_place };
        let expected = Said { text: Some(mismatch.expected), place: mismatch.expected_place };
        let (new, old) = if is_new_found { (found, expected) } else { (expected, found) };
        Finding {
            rule: Rule::Unfit,
            breaks: Parties::of(&[party]),
            headline: format!("`{}` does not fit any more", mismatch.path),
            path: mismatch.path.0.iter().map(ToString::to_string).collect(),
            old,
            new,
            worlds: Vec::new(),
        }
    };
    mismatches().into_iter().map(finding).collect()
}
