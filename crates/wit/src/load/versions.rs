//! Versions of WASI's packages: one for each semver track, the highest that is asked for.
//!
//! In: the packages that the user has, and what they ask for. Out: the version of each track, and the user's own
//! packages in it.
//! Holds: a package in the user's files keeps its text; only names of packages that are built in are ever moved.

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use semver::Version;
use types::version::Track;
use wit_parser::{AstItem, InterfaceId, PackageName, Resolve, Stability, UnresolvedPackage, WorldKey};

use super::cut::{LATER, for_each_gate};
use super::needed::foreign;
use super::order::{Moving, TrackKey};
use super::{Group, Loading};
use crate::places::Texts;
use crate::{LoadOptions, builtin, world};

/// The version of every track that somebody asks for.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    tracks: IndexMap<Track, Wish>,
}

/// The highest version asked for in a track, and one that is lower.
#[derive(Debug)]
struct Wish {
    version: Version,
    by: Option<Place>,
    who: Who,
    lower: Option<(String, Option<Place>)>,
}

/// What makes a version wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// A reference to a package.
    Asks,
    /// A package of the user in that version.
    Has,
}

impl Wanted {
    /// Somebody asks for a version. A package that is there in a lower version asks for nothing: it is read as the higher.
    fn ask(&mut self, name: &PackageName, by: Option<Place>, who: Who) {
        let Some((_, _, track)) = track_key(name) else { return };
        let Some(version) = &name.version else { return };
        match self.tracks.get_mut(&track) {
            None => {
                self.tracks.insert(track, Wish { version: version.clone(), by, who, lower: None });
            }
            Some(wish) if wish.version < *version => {
                let lower = std::mem::replace(&mut wish.version, version.clone());
                let place = std::mem::replace(&mut wish.by, by);
                if std::mem::replace(&mut wish.who, who) == Who::Asks {
                    wish.lower = Some((lower.to_string(), place));
                }
            }
            Some(wish) if wish.version > *version && wish.lower.is_none() && who == Who::Asks => {
                wish.lower = Some((version.to_string(), by));
            }
            Some(_) => {}
        }
    }

    pub(super) fn version(&self, name: &PackageName) -> Option<&Version> {
        let (_, _, track) = track_key(name)?;
        Some(&self.tracks.get(&track)?.version)
    }

    /// Who raised the version of a track.
    pub(crate) fn notes(&self) -> Vec<Diagnostic> {
        let mut notes = Vec::new();
        for wish in self.tracks.values() {
            let Some((lower, place)) = &wish.lower else { continue };
            let headline = format!("WASI {lower} is read as {}, the highest version asked for", wish.version);
            let mut note = diag::note("wit/version-raised", headline);
            if let Some(by) = &wish.by {
                note = note.label(by.clone(), format!("asks for {}", wish.version));
            }
            if let Some(place) = place {
                note = note.label(place.clone(), format!("asks for {lower}"));
            }
            notes.push(note);
        }
        notes
    }
}

/// The track of a package that is built in; `None` for every other package.
pub(super) fn track_key(name: &PackageName) -> Option<TrackKey> {
    let own = world::package_name(name);
    builtin::moves_with_track(&own).then(|| (own.namespace, own.name, Track::of(own.version.as_ref())))
}

pub(super) fn later_name(name: &PackageName) -> types::PackageName {
    world::package_name(name)
}

/// The versions that the user's packages, and the name on the command line, ask for.
pub(crate) fn wanted(loading: &Loading, texts: &Texts) -> Wanted {
    let mut wanted = Wanted::default();
    for entry in builtin::all().iter().filter(|_| loading.all_built_in) {
        wanted.ask(&foreign(&entry.name), None, Who::Has);
    }
    if let Some(asked) = &loading.asked {
        wanted.ask(&foreign(&asked.package), Some(Place::file(&asked.text)), Who::Asks);
    }
    for group in &loading.groups {
        for package in packages(group) {
            wanted.ask(&package.name, header_place(group, texts), Who::Has);
            for (name, items) in &package.foreign_deps {
                wanted.ask(name, reference_place(group, package, items, texts), Who::Asks);
            }
        }
    }
    wanted
}

pub(super) fn packages(group: &Group) -> impl Iterator<Item = &UnresolvedPackage> {
    group.parsed.nested.iter().chain([&group.parsed.main])
}

fn header_place(group: &Group, texts: &Texts) -> Option<Place> {
    let source = group.parsed.source_map.source_names().find_map(|file| texts.get(file))?;
    let (_, range) = crate::scan::header(&source.text)?;
    Some(Place::text(source, range))
}

/// Where a package is referred to.
pub(super) fn reference_place(
    group: &Group,
    package: &UnresolvedPackage,
    items: &wit_parser::IndexMap<String, (AstItem, Vec<Stability>)>,
    texts: &Texts,
) -> Option<Place> {
    let (item, _) = items.values().next()?;
    let span = match item {
        AstItem::Interface(id) => package.interfaces[*id].span,
        AstItem::World(id) => package.worlds[*id].span,
    };
    texts.place(&group.parsed.source_map, span)
}

/// Gives the user's own copies of WASI's packages the version of their track, and says so.
/// Of two copies in one track the newer is kept.
pub(crate) fn raise_user_packages(
    groups: &mut Vec<Group>,
    wanted: &Wanted,
    texts: &Texts,
    notes: &mut Vec<Diagnostic>,
) {
    let older: Vec<bool> = groups.iter().map(|group| !group.main && has_newer_copy(groups, group)).collect();
    let mut keep = older.iter();
    groups.retain(|_| !keep.next().copied().unwrap_or(false));
    for group in groups {
        let place = header_place(group, texts);
        let parsed = &mut group.parsed;
        for package in parsed.nested.iter_mut().chain([&mut parsed.main]) {
            let Some(version) = wanted.version(&package.name) else { continue };
            if package.name.version.as_ref() == Some(version) {
                continue;
            }
            let note = diag::note("wit/read-as", format!("`{}` is read as version {version}", package.name));
            notes.push(match place.clone() {
                Some(place) => note.label(place, format!("another package asks for {version}")),
                None => note,
            });
            package.name.version = Some(version.clone());
        }
    }
}

fn has_newer_copy(groups: &[Group], group: &Group) -> bool {
    let name = &group.parsed.main.name;
    let Some(key) = track_key(name) else { return false };
    groups.iter().any(|other| {
        let other = &other.parsed.main.name;
        track_key(other).as_ref() == Some(&key) && other.version > name.version
    })
}

/// Turns on the features that the user asks for.
///
/// `all_features` is spelled out, because the gate of what is later than the version stays closed.
pub(crate) fn turn_features_on(resolve: &mut Resolve, groups: &[Group], options: &LoadOptions) {
    resolve.features.extend(options.features.iter().cloned());
    if !options.all_features {
        return;
    }
    for group in groups {
        let mut parsed = group.parsed.clone();
        for package in parsed.nested.iter_mut().chain([&mut parsed.main]) {
            for_each_gate(package, &mut |stability| {
                if let Stability::Unstable { feature, .. } = stability
                    && feature != LATER
                {
                    resolve.features.insert(feature.clone());
                }
            });
        }
    }
}

/// Makes one import of an interface that a world imports in two versions of a track.
pub(super) fn merge_same_imports(package: &mut UnresolvedPackage, moving: &Moving) {
    let mut keys: IndexMap<InterfaceId, (TrackKey, String)> = IndexMap::new();
    for (name, items) in &package.foreign_deps {
        let Some(key) = moving.key(name) else { continue };
        for (item_name, (item, _)) in items {
            if let AstItem::Interface(id) = item {
                keys.insert(*id, (key.clone(), item_name.clone()));
            }
        }
    }
    for (_, world) in package.worlds.iter_mut() {
        for items in [&mut world.imports, &mut world.exports] {
            let mut seen = Vec::new();
            items.retain(|key, _| {
                let WorldKey::Interface(id) = key else { return true };
                let Some(name) = keys.get(id) else { return true };
                let first = !seen.contains(&name);
                seen.push(name);
                first
            });
        }
    }
}
