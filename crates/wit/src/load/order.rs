//! Resolving packages, those first that others need.
//!
//! In: parsed groups. Out: one resolve; or what is wrong in each package that depends on no other wrong one.
//! Holds: wit-parser resolves; a package is given to it after all packages it uses.

use std::collections::{HashMap, HashSet};

use diag::{Diagnostic, Diagnostics, Place};
use indexmap::IndexMap;
use semver::Version;
use types::version::Track;
use wit_parser::{PackageId, PackageName, Resolve, UnresolvedPackage, UnresolvedPackageGroup};

use super::Group;
use super::refused::guarded;
use super::versions::{later_name, packages, track_key};
use crate::errors;
use crate::places::Texts;

/// One package and the group it came in.
#[derive(Clone, Copy)]
struct Unit<'a> {
    package: &'a UnresolvedPackage,
    group: usize,
}

/// Resolves all groups on top of what is resolved already; the first mistake, whatever it is, ends it.
///
/// The groups are used up, so that nothing of what is mostly right has to be copied.
pub(crate) fn push_once(mut resolve: Resolve, groups: Vec<Group>, texts: &Texts) -> Result<Resolve, Stopped> {
    let units = units(&groups);
    if duplicates(&resolve, &groups, &units, texts).is_some() {
        return Err(Stopped);
    }
    let moving = Moving::of(&groups);
    let order = sorted(&units, &Names::of(&units, &moving)).ok_or(Stopped)?;
    let asked = moving_names(&units, &moving);
    let mut offsets = Vec::new();
    let mut packages = Vec::new();
    for group in groups {
        let UnresolvedPackageGroup { main, nested, source_map } = group.parsed;
        let offset = resolve.push_source_map(source_map);
        packages.extend(nested.into_iter().chain([main]).map(Some));
        offsets.resize(packages.len(), offset);
    }
    let mut other_names = Vec::new();
    for at in order {
        let Some(mut package) = packages[at].take() else { continue };
        super::versions::merge_same_imports(&mut package, &moving);
        let id = guarded("", || resolve.push(package, offsets[at])).map_err(|_| Stopped)?.map_err(|_| Stopped)?;
        other_names.extend(add_other_names(&mut resolve, &asked, &moving, id));
    }
    for name in other_names {
        resolve.package_names.shift_remove(&name);
    }
    Ok(resolve)
}

/// Something is wrong; `push_all` says all of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped;

/// So many packages are refused one by one; what is wrong in further ones, the check tells.
const MOST_REFUSALS: usize = 10;

/// Resolves all groups on top of what is resolved already, or says what is wrong in each.
pub(crate) fn push_all(base: Resolve, groups: &[Group], texts: &Texts) -> diag::Result<Resolve> {
    let units = units(groups);
    if let Some(found) = duplicates(&base, groups, &units, texts) {
        return Err(found.into());
    }
    let moving = Moving::of(groups);
    let names = Names::of(&units, &moving);
    let Some(order) = sorted(&units, &names) else {
        return Err(structure_error(groups, texts).unwrap_or_else(|| cycle_without_place(&units)).into());
    };
    let mut wrong: HashSet<usize> = HashSet::new();
    let mut found = Vec::new();
    loop {
        match push(&base, groups, &units, &order, &wrong, texts) {
            Ok(resolve) if found.is_empty() => return Ok(resolve),
            Ok(_) => return Err(Diagnostics(found)),
            Err((failed, diagnostic)) => {
                found.push(diagnostic);
                if found.len() == MOST_REFUSALS {
                    return Err(Diagnostics(found));
                }
                wrong.insert(failed);
                // What uses a wrong package cannot be looked at.
                for at in &order {
                    if dependencies(&units, &names, *at).any(|on| wrong.contains(&on)) {
                        wrong.insert(*at);
                    }
                }
            }
        }
    }
}

fn units(groups: &[Group]) -> Vec<Unit<'_>> {
    let mut units = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        for package in group.parsed.nested.iter().chain([&group.parsed.main]) {
            units.push(Unit { package, group: number });
        }
    }
    units
}

/// Which packages' versions move with their track: those of WASI, and those that a lock chose.
#[derive(Debug, Default)]
pub(super) struct Moving {
    /// What a lock chose, for look-ups only.
    locked: HashMap<TrackKey, Option<Version>>,
}

impl Moving {
    fn of(groups: &[Group]) -> Self {
        let packages = groups.iter().filter(|group| group.locked).flat_map(packages);
        let key = |package: &UnresolvedPackage| (plain_key(&package.name), package.name.version.clone());
        Self { locked: packages.map(key).collect() }
    }

    /// The track that a name moves in; `None` for what stands for itself alone. What a lock chose stands for nothing
    /// that is newer.
    pub(super) fn key(&self, name: &PackageName) -> Option<TrackKey> {
        let key = plain_key(name);
        let is_locked = self.locked.get(&key).is_some_and(|chosen| name.version <= *chosen);
        if is_locked { Some(key) } else { track_key(name) }
    }
}

fn plain_key(name: &PackageName) -> TrackKey {
    (name.namespace.clone(), name.name.clone(), Track::of(name.version.as_ref()))
}

/// Units by what their packages are called.
struct Names<'a> {
    by_name: HashMap<&'a PackageName, usize>,
    by_track: HashMap<TrackKey, usize>,
    moving: &'a Moving,
}

impl<'a> Names<'a> {
    fn of(units: &[Unit<'a>], moving: &'a Moving) -> Self {
        let mut names = Self { by_name: HashMap::new(), by_track: HashMap::new(), moving };
        for (number, unit) in units.iter().enumerate() {
            let name = &unit.package.name;
            names.by_name.entry(name).or_insert(number);
            if let Some(key) = moving.key(name) {
                names.by_track.entry(key).or_insert(number);
            }
        }
        names
    }

    /// The unit that a package name means: of that very version, or of its track where versions move together.
    fn unit(&self, name: &PackageName) -> Option<usize> {
        self.by_name.get(name).or_else(|| self.by_track.get(&self.moving.key(name)?)).copied()
    }
}

/// The units that a unit uses.
fn dependencies<'a>(units: &'a [Unit<'_>], names: &'a Names<'_>, at: usize) -> impl Iterator<Item = usize> + 'a {
    units[at].package.foreign_deps.keys().filter_map(|name| names.unit(name))
}

/// Unit numbers, those first that others use; `None` if there is a cycle.
///
/// They are visited as wit-parser does, by name and then as they are used: the tables of its JSON document have this
/// order, and people's scripts refer to them by number.
fn sorted(units: &[Unit<'_>], names: &Names<'_>) -> Option<Vec<usize>> {
    let mut order = Vec::with_capacity(units.len());
    let mut state = vec![State::New; units.len()];
    // An own stack, so that a long chain of packages cannot exhaust the machine's.
    let mut starts: Vec<usize> = (0..units.len()).collect();
    starts.sort_by_key(|at| &units[*at].package.name);
    for start in starts {
        let mut stack = vec![(start, false)];
        while let Some((at, done)) = stack.pop() {
            if done {
                state[at] = State::Done;
                order.push(at);
                continue;
            }
            match state[at] {
                State::Done => continue,
                State::Open => return None,
                State::New => {}
            }
            state[at] = State::Open;
            stack.push((at, true));
            let used: Vec<usize> = dependencies(units, names, at).collect();
            // What is pushed last is visited first.
            for on in used.into_iter().rev() {
                match state[on] {
                    State::New => stack.push((on, false)),
                    State::Open => return None,
                    State::Done => {}
                }
            }
        }
    }
    Some(order)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// Gives the packages to wit-parser, all but the wrong ones. On failure: which one, and why.
fn push(
    base: &Resolve,
    groups: &[Group],
    units: &[Unit<'_>],
    order: &[usize],
    wrong: &HashSet<usize>,
    texts: &Texts,
) -> Result<Resolve, (usize, Diagnostic)> {
    let mut resolve = base.clone();
    let offsets: Vec<u32> =
        groups.iter().map(|group| resolve.push_source_map(group.parsed.source_map.clone())).collect();
    let moving = Moving::of(groups);
    let asked = moving_names(units, &moving);
    let mut other_names: Vec<PackageName> = Vec::new();
    for at in order.iter().filter(|at| !wrong.contains(at)) {
        let unit = units[*at];
        let mut package = unit.package.clone();
        super::versions::merge_same_imports(&mut package, &moving);
        let pushed = guarded(file_of(groups, unit), || resolve.push(package, offsets[unit.group]));
        let id = pushed
            .map_err(|panicked| (*at, panicked))?
            .map_err(|error| (*at, errors::resolve(texts, &resolve, &error)))?;
        other_names.extend(add_other_names(&mut resolve, &asked, &moving, id));
    }
    for name in other_names {
        resolve.package_names.shift_remove(&name);
    }
    Ok(resolve)
}

/// The first file of the group that a unit came in.
fn file_of<'a>(groups: &'a [Group], unit: Unit<'_>) -> &'a str {
    groups[unit.group].parsed.source_map.source_names().next().unwrap_or_default()
}

/// The names that are asked for of packages whose versions move together, each once.
fn moving_names(units: &[Unit<'_>], moving: &Moving) -> Vec<(TrackKey, PackageName)> {
    let mut names = IndexMap::new();
    for name in units.iter().flat_map(|unit| unit.package.foreign_deps.keys()) {
        if let (false, Some(key)) = (names.contains_key(name), moving.key(name)) {
            names.insert(name.clone(), key);
        }
    }
    names.into_iter().map(|(name, key)| (key, name)).collect()
}

/// Lets the other versions of a track that somebody asks for mean this package.
fn add_other_names(
    resolve: &mut Resolve,
    asked: &[(TrackKey, PackageName)],
    moving: &Moving,
    id: PackageId,
) -> Vec<PackageName> {
    let Some(key) = moving.key(&resolve.packages[id].name) else { return Vec::new() };
    let mut added = Vec::new();
    for (_, name) in asked.iter().filter(|(track, _)| *track == key) {
        if !resolve.package_names.contains_key(name) {
            resolve.package_names.insert(name.clone(), id);
            added.push(name.clone());
        }
    }
    added
}

/// A package that is declared twice.
fn duplicates(base: &Resolve, groups: &[Group], units: &[Unit<'_>], texts: &Texts) -> Option<Diagnostic> {
    let mut seen: HashMap<&PackageName, usize> = HashMap::new();
    for (number, unit) in units.iter().enumerate() {
        let name = &unit.package.name;
        if base.package_names.contains_key(name) || seen.insert(name, number).is_some() {
            let found = structure_error(groups, texts);
            return Some(found.unwrap_or_else(|| declared_in_binary(groups, unit, texts)));
        }
    }
    None
}

fn declared_in_binary(groups: &[Group], unit: &Unit<'_>, texts: &Texts) -> Diagnostic {
    let name = later_name(&unit.package.name);
    let found = diag::error("wit/duplicate-package", format!("package `{name}` is declared twice"));
    let file = file_of(groups, *unit);
    let source = texts.get(file);
    let header = source.and_then(|source| Some((source, crate::scan::header(&source.text)?.1)));
    match header {
        Some((source, range)) => found.label(Place::text(source, range), "declared here, and in a wasm file"),
        None => found.label(Place::file(file), "declared here, and in another file"),
    }
    .help("remove one of the two")
}

/// What wit-parser says of the packages' relations to one another: duplicates and cycles.
fn structure_error(groups: &[Group], texts: &Texts) -> Option<Diagnostic> {
    let mut all: Vec<_> = groups.iter().map(|group| group.parsed.clone()).collect();
    let main = all.pop()?;
    let mut resolve = Resolve::default();
    let error = guarded("", || resolve.push_groups(main, all)).ok()?.err()?;
    Some(errors::resolve(texts, &resolve, &error))
}

fn cycle_without_place(units: &[Unit<'_>]) -> Diagnostic {
    let names: Vec<String> = units.iter().map(|unit| format!("`{}`", unit.package.name)).collect();
    diag::error("wit/package-cycle", "packages use one another in a circle")
        .label(Place::file(names.join(", ")), "some of these use each other")
        .help("move what both need into a third package")
}

/// The semver track as a key.
pub(super) type TrackKey = (String, String, Track);
