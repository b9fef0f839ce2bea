//! Which components export what, by name and by semver track.
//!
//! In: parts, in the user's order. Out: an index, and whether an export fits an import.
//! Holds: each list is in the parts' order; looking up costs what is found, not what there is.

use std::collections::{HashMap, HashSet};

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::equal::Bindings;
use types::subtype::{Options, find_item};
use types::version::Track;
use types::{ExternName, Item, Label, Mismatch, Types};

use crate::part::Part;

/// What fits what as far as names go: a whole name, or an interface and its track.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Name(ExternName),
    Track { namespace: Label, package: Label, interface: Label, track: Track },
}

impl Key {
    fn of(name: &ExternName) -> Self {
        match name {
            ExternName::Interface(interface) => Self::Track {
                namespace: interface.package.namespace.clone(),
                package: interface.package.name.clone(),
                interface: interface.interface.clone(),
                track: Track::of(interface.package.version.as_ref()),
            },
            ExternName::Label(_)
            | ExternName::Constructor(_)
            | ExternName::Method(..)
            | ExternName::Static(..)
            | ExternName::Accessor(_) => Self::Name(name.clone()),
        }
    }
}

/// The exporters of one name or track.
#[derive(Clone, Debug, Default)]
pub(crate) struct Family {
    /// All, in order.
    pub all: Vec<usize>,
    /// Those that import it as well.
    pub middles: Vec<usize>,
    /// Those that do not.
    pub ends: Vec<usize>,
}

/// All exports of some parts.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    exact: HashMap<ExternName, Vec<usize>>,
    families: HashMap<Key, Family>,
    /// By namespace, package and interface: exporters of any version.
    interfaces: HashMap<(Label, Label, Label), Vec<(usize, ExternName)>>,
}

impl Offers {
    pub fn of<'p, 'a: 'p>(parts: impl IntoIterator<Item = &'p Part<'a>>) -> Self {
        let mut offers = Self::default();
        for (index, part) in parts.into_iter().enumerate() {
            let imported: HashSet<Key> = part.ty.imports.keys().map(Key::of).collect();
            for name in part.ty.exports.keys() {
                offers.exact.entry(name.clone()).or_default().push(index);
                let key = Key::of(name);
                let is_middle = imported.contains(&key);
                let family = offers.families.entry(key).or_default();
                if family.all.last() != Some(&index) {
                    family.all.push(index);
                    if is_middle { family.middles.push(index) } else { family.ends.push(index) }
                }
                if let ExternName::Interface(interface) = name {
                    let key = (
                        interface.package.namespace.clone(),
                        interface.package.name.clone(),
                        interface.interface.clone(),
                    );
                    offers.interfaces.entry(key).or_default().push((index, name.clone()));
                }
            }
        }
        offers
    }

    /// The exporters of exactly this name.
    pub fn exact(&self, name: &ExternName) -> &[usize] {
        self.exact.get(name).map_or(&[], Vec::as_slice)
    }

    /// The exporters of this name or of another version of its track.
    pub fn family(&self, name: &ExternName) -> Option<&Family> {
        self.families.get(&Key::of(name))
    }

    /// The exporters of this interface in a version of another track.
    pub fn other_tracks(&self, name: &ExternName) -> impl Iterator<Item = &(usize, ExternName)> {
        let found = match name {
            ExternName::Interface(interface) => self.interfaces.get(&(
                interface.package.namespace.clone(),
                interface.package.name.clone(),
                interface.interface.clone(),
            )),
            ExternName::Label(_)
            | ExternName::Constructor(_)
            | ExternName::Method(..)
            | ExternName::Static(..)
            | ExternName::Accessor(_) => None,
        };
        found.into_iter().flatten().filter(|(_, export)| Key::of(export) != Key::of(name))
    }
}

/// What a part has for an import.
pub(crate) enum Fit<'p> {
    /// An export of exactly the import's name. Its type is checked when the graph is built.
    Exact,
    /// The highest other version of the track, whose type fits.
    Version(&'p ExternName),
    /// The highest other version of the track, and why it does not fit.
    Differs(&'p ExternName, Vec<Mismatch>),
    Nothing,
}

/// What a part has for an import called `name`.
pub(crate) fn fit<'p>(types: &Types, part: &'p Part<'_>, name: &ExternName, wanted: &Item) -> Fit<'p> {
    let exports = &part.ty.exports;
    if exports.contains_key(name) {
        return Fit::Exact;
    }
    let Some((highest, offered)) = find_item(exports, name, Options { tracks: true }) else { return Fit::Nothing };
    let why = mismatches(types, offered, wanted);
    if why.is_empty() {
        return Fit::Version(highest);
    }
    match lower_versions(exports, name, highest)
        .into_iter()
        .find(|(_, item)| mismatches(types, item, wanted).is_empty())
    {
        Some((lower, _)) => Fit::Version(lower),
        None => Fit::Differs(highest, why),
    }
}

/// The part's export that fits an import by name and by type.
pub(crate) fn fitting<'p>(
    types: &Types,
    part: &'p Part<'_>,
    name: &ExternName,
    wanted: &Item,
) -> Option<&'p ExternName> {
    match fit(types, part, name, wanted) {
        Fit::Version(export) => Some(export),
        Fit::Exact => {
            let (export, offered) = part.ty.exports.get_key_value(name)?;
            mismatches(types, offered, wanted).is_empty().then_some(export)
        }
        Fit::Differs(..) | Fit::Nothing => None,
    }
}

/// The other versions of the track, the highest first.
fn lower_versions<'p>(
    exports: &'p IndexMap<ExternName, Item>,
    name: &ExternName,
    highest: &ExternName,
) -> Vec<(&'p ExternName, &'p Item)> {
    let key = Key::of(name);
    let mut lower: Vec<_> = exports.iter().filter(|(other, _)| *other != highest && Key::of(other) == key).collect();
    // Names of one track differ in their versions only, by which they are ordered.
    lower.sort_by(|(one, _), (other, _)| other.cmp(one));
    lower
}

/// The ways in which an export does not fit an import, each seen for itself. Whose a resource is depends on the other
/// imports, so it is not compared here.
pub(crate) fn mismatches(types: &Types, offered: &Item, wanted: &Item) -> Vec<Mismatch> {
    let mut found = types::mismatches(types, offered, wanted, &mut Bindings::new(), Options::default());
    found.retain(|mismatch| mismatch.resources.is_none());
    found
}

/// An export that nearly fits an import.
#[derive(Clone, Debug)]
pub(crate) struct Almost {
    pub import: ExternName,
    /// The exporting part, by its place among the parts.
    pub by: usize,
    pub export: ExternName,
    pub why: Why,
}

/// Why an export does not fit.
#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// Its version is of the same track, and its type differs.
    Type(Vec<Mismatch>),
    /// Its version is of another track.
    Track,
    /// Only the names are alike.
    Name,
}

impl Almost {
    /// Adds what keeps the export from fitting, each with its place.
    pub fn labels(&self, error: Diagnostic, exporter: &Part<'_>) -> Diagnostic {
        let Self { import, export, why, .. } = self;
        match why {
            Why::Type(found) => found.iter().fold(error, |error, mismatch| {
                let path = format!("export `{export}` / {}", mismatch.path);
                error.label(Place::binary(&exporter.file, path), mismatch.text())
            }),
            Why::Track => {
                error.label(exporter.export_place(export), format!("of another semver track than `{import}`"))
            }
            Why::Name => error.label(exporter.export_place(export), format!("is not `{import}`")),
        }
    }

    /// What mends it.
    pub fn help(&self, exporter: &Part<'_>) -> String {
        format!("rebuild `{}` against `{}`", exporter.file, self.import)
    }
}

/// Whether one name may be meant by the other. Two interfaces of one package are alike for most of their length,
/// so each part of a name is compared by itself.
pub(crate) fn are_near(export: &ExternName, import: &ExternName) -> bool {
    let alike = |one: &str, other: &str| one == other || !diag::near_misses(one, [other]).is_empty();
    match (export, import) {
        (ExternName::Interface(export), ExternName::Interface(import)) => {
            alike(&export.interface, &import.interface)
                && alike(&export.package.name, &import.package.name)
                && alike(&export.package.namespace, &import.package.namespace)
        }
        (export, import) => alike(&export.to_string(), &import.to_string()),
    }
}
