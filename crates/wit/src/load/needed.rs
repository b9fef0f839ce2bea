//! Which built-in packages are needed, and what of them.
//!
//! In: what the user named, and what it refers to. Out: those packages, parsed, in the version of their track.
//! Holds: a package that is in the user's files is never added; with `needed_only` the parts of a package that are
//! left out are named by no part that is there.

use std::collections::HashSet;

use indexmap::IndexMap;
use wit_parser::{AstItem, PackageName, Stability};

use super::order::TrackKey;
use super::versions::{Wanted, later_name, packages, reference_place, track_key};
use super::{Group, Loading, cut, files};
use crate::builtin::{self, BuiltIn, Part};
use crate::places::Texts;
use crate::{LoadOptions, world};

/// The packages that are there, by name and by the track in which their versions move.
#[derive(Debug, Default)]
struct Known {
    names: HashSet<PackageName>,
    tracks: HashSet<TrackKey>,
}

impl Known {
    fn of(loading: &Loading) -> Self {
        let mut known = Self::default();
        known.names.extend(loading.resolve.package_names.keys().cloned());
        for package in loading.groups.iter().flat_map(packages) {
            known.names.insert(package.name.clone());
            known.tracks.extend(track_key(&package.name));
        }
        known
    }

    fn has(&self, name: &PackageName) -> bool {
        self.names.contains(name) || track_key(name).is_some_and(|key| self.tracks.contains(&key))
    }
}

/// A built-in package that is needed.
struct Need {
    entry: &'static BuiltIn,
    main: bool,
    /// The needed parts.
    parts: HashSet<&'static str>,
    /// Whether something is asked for that is no part, or all of it: then nothing is left out.
    whole: bool,
}

/// What is needed so far, by the name under which it is added.
struct Needs<'a> {
    known: Known,
    wanted: &'a Wanted,
    found: IndexMap<types::PackageName, Need>,
    /// Parts whose own needs have not been looked at.
    open: Vec<(types::PackageName, &'static Part)>,
}

impl Needs<'_> {
    /// A package under the name in the version of its track; `None` if none is built in.
    fn target(&self, name: &PackageName) -> (types::PackageName, Option<&'static BuiltIn>) {
        let own = world::package_name(name);
        let version = self.wanted.version(name).cloned().or_else(|| name.version.clone());
        let target = types::PackageName { version, ..own };
        let entry = builtin::find(&target);
        (target, entry)
    }

    /// Needs these parts of a package; all, if there is no name.
    fn need(&mut self, target: &types::PackageName, entry: &'static BuiltIn, main: bool, items: Option<Vec<&str>>) {
        let new = || Need { entry, main, parts: HashSet::new(), whole: false };
        let need = self.found.entry(target.clone()).or_insert_with(new);
        let parts: Option<Vec<&Part>> = items.and_then(|items| items.iter().map(|item| entry.part(item)).collect());
        need.whole |= parts.is_none();
        for part in parts.unwrap_or_else(|| entry.parts.iter().collect()) {
            if need.parts.insert(part.name) {
                self.open.push((target.clone(), part));
            }
        }
    }

    /// Needs all that what is needed names.
    fn close(&mut self, whole: bool) {
        while let Some((target, part)) = self.open.pop() {
            for (package, item) in part.needs {
                if package.is_empty() {
                    let entry = self.found[&target].entry;
                    self.need(&target, entry, false, Some(vec![item]));
                    continue;
                }
                let name = builtin::package_name(package).expect("the build script wrote a package's name");
                let name = foreign(&name);
                if self.known.has(&name) {
                    continue;
                }
                if let (target, Some(entry)) = self.target(&name) {
                    self.need(&target, entry, false, (!whole).then(|| vec![*item]));
                }
            }
        }
    }
}

/// Adds the built-in packages that are asked for, and those that they need, cut to the version of their track.
///
/// # Errors
///
/// `wit/unknown-version`.
pub(crate) fn add_built_in(
    loading: &mut Loading,
    wanted: &Wanted,
    options: &LoadOptions,
    texts: &mut Texts,
) -> diag::Result<()> {
    let whole = !options.needed_only;
    let mut needs = Needs { known: Known::of(loading), wanted, found: IndexMap::new(), open: Vec::new() };
    if let Some(asked) = &loading.asked {
        let entry = builtin::find(&asked.package).expect("a built-in name was found before");
        let mut target = asked.package.clone();
        if entry.name.version.is_some() {
            target.version = wanted.version(&foreign(&target)).cloned().or(target.version);
        }
        // A world that is named is all that is meant; with an interface, its package is.
        let item = asked.item.as_deref().filter(|item| !whole && entry.part(item).is_some_and(|part| part.is_world));
        needs.need(&target, entry, true, item.map(|item| vec![item]));
    }
    for entry in builtin::all().iter().filter(|_| loading.all_built_in) {
        let is_there = needs.known.has(&foreign(&entry.name));
        if !is_there {
            needs.need(&entry.name, entry, true, None);
        }
    }
    for group in &loading.groups {
        ask_of(&mut needs, group, whole, texts)?;
    }
    needs.close(whole);
    let found: Vec<(types::PackageName, Need)> = needs.found.into_iter().collect();
    let source = |(_, need): &(_, Need)| cut::source(need.entry, (!need.whole).then_some(&need.parts), texts);
    let sources = found.iter().map(source).collect();
    for ((name, need), parsed) in found.iter().zip(files::parse_sources(texts, sources)) {
        loading.groups.push(cut::as_of(need.entry, parsed?, name, need.main));
    }
    Ok(())
}

/// What a package of the user refers to.
fn ask_of(needs: &mut Needs<'_>, group: &Group, whole: bool, texts: &Texts) -> diag::Result<()> {
    for package in packages(group) {
        for (name, items) in &package.foreign_deps {
            if needs.known.has(name) {
                continue;
            }
            let (target, entry) = needs.target(name);
            if let Some(entry) = entry {
                needs.need(&target, entry, false, (!whole).then(|| names(items)));
                continue;
            }
            let versions = builtin::versions_of(&target.namespace, &target.name);
            if !versions.is_empty() {
                let found = builtin::unknown_version(&later_name(name), &versions);
                let place = reference_place(group, package, items, texts);
                return Err(match place {
                    Some(place) => found.label(place, "asked for here"),
                    None => found,
                }
                .into());
            }
        }
    }
    Ok(())
}

fn names(items: &wit_parser::IndexMap<String, (AstItem, Vec<Stability>)>) -> Vec<&str> {
    items.keys().map(String::as_str).collect()
}

pub(super) fn foreign(name: &types::PackageName) -> PackageName {
    PackageName { namespace: name.namespace.clone(), name: name.name.clone(), version: name.version.clone() }
}
