//! Packages that are declared twice.
//!
//! In: the index. Out: a diagnostic for each declaration after the first.
//! Holds: copies of a built-in package in several versions are no duplicates: the newest is taken.

use diag::error;

use super::Checker;
use super::index::{Origin, PackageId};

impl Checker<'_> {
    pub(super) fn duplicate_packages(&mut self) {
        for id in self.index.own().collect::<Vec<_>>() {
            let Some(named) = &self.index.package(id).name else { continue };
            let Some(place) = named.places.first() else { continue };
            let same = |other: &PackageId| {
                let other = self.index.package(*other);
                matches!(other.origin, Origin::User | Origin::Binary)
                    && other.name.as_ref().is_some_and(|other| other.version == named.version)
            };
            let all = self.index.packages_named(named.namespace, named.name);
            // Only the first is worth showing; packages from wasm stand behind all others.
            let before = all.iter().copied().find(|other| *other < id && same(other));
            let binary = all.iter().copied().find(|other| *other > id && self.is_binary(*other) && same(other));
            let Some(other) = before.or(binary) else { continue };
            let first = self.index.package(other).name.as_ref().and_then(|named| named.places.first());
            let one = error("wit/duplicate-package", format!("package `{}` is declared twice", self.index.shown(id)));
            let one = match first {
                Some(first) => one.label(place.clone(), "declared again").label(first.clone(), "first declared here"),
                None => one.label(place.clone(), "declared here, and in a wasm file"),
            };
            self.found.push(one.help("remove one of the two, or give it another name"));
        }
    }

    fn is_binary(&self, id: PackageId) -> bool {
        self.index.package(id).origin == Origin::Binary
    }
}
