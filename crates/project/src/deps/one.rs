//! One package by its name, outside of what a project depends on.
//!
//! In: a name, what versions will do, and where the project and the user's configuration of `wkg` say that packages
//! are. Out: the newest version that fits, and what is in it.
//! Holds: nothing is written but the cache; a package that it needs is not looked for.

use std::path::Path;
use std::sync::Arc;

use diag::{Place, Source};
use indexmap::IndexMap;
use semver::{Version, VersionReq};

use super::facts::Facts;
use super::lock::{Digest, Kind, Lock, id};
use super::mapping::Mapping;
use super::resolve::{Ask, Asker, Query};
use super::track::fits;
use super::{Options, shown, told, wkg};
use crate::PackageName;
use crate::manifest::Manifest;

/// A package that was found.
#[derive(Clone, Debug)]
pub struct One {
    pub name: PackageName,
    pub version: Option<Version>,
    pub kind: Kind,
    /// Where it is from, as a lock writes it.
    pub source: String,
    pub digest: Digest,
    /// A component, or WIT as a package in wasm.
    pub bytes: Vec<u8>,
}

impl One {
    /// `ns:name@1.2.3`
    pub fn id(&self) -> String {
        id(&self.name, self.version.as_ref())
    }
}

/// Finds a package; `asked` is what the user wrote, and the manifest that of the project, if there is one.
///
/// # Errors
///
/// `deps/no-registry`, `deps/unknown-package`, `deps/unknown-version`, those of sources.
pub fn one(
    manifest: Option<&Manifest>,
    asked: &str,
    name: &PackageName,
    requirement: VersionReq,
    options: &Options,
) -> diag::Result<One> {
    let nobody;
    let manifest = match manifest {
        Some(manifest) => manifest,
        None => {
            nobody = no_project()?;
            &nobody
        }
    };
    let source = Arc::new(Source::new("<package>", asked));
    let place = Place::text(&source, 0..asked.len());
    let wkg = wkg::Manifest::read(&manifest.root, &shown(manifest, wkg::MANIFEST))?;
    let config = options.config.as_deref().map(wkg::Config::read).transpose()?.unwrap_or_default();
    let mapping = Mapping { manifest, wkg, config, near: IndexMap::new(), beside: IndexMap::new() };
    let mut facts = Facts::new(mapping, options, Lock::default(), Vec::new());
    let asks = [Ask { name: name.clone(), requirement, by: Asker::User, place: place.clone() }];
    facts.find(&[Query::Versions(name.clone())], &asks)?;
    let known = facts.known_versions(name);
    let fitting = known.into_iter().find(|version| fits(&asks[0].requirement, version.as_ref()));
    let Some(version) = fitting else {
        return Err(told::conflict(&asks, &asks, &facts));
    };
    let contents = facts.get(name, version.as_ref(), None, &place)?;
    let bytes = contents.to_wasm(|_| {})?;
    let source = facts.origin(name, &place)?.to_string();
    Ok(One { name: name.clone(), version, kind: contents.kind, source, digest: Digest::of(&bytes), bytes })
}

/// A project that says nothing.
fn no_project() -> diag::Result<Manifest> {
    let text = "[app]\nname = \"no:project\"\nversion = \"0.0.0\"\n";
    Manifest::parse(Path::new("/").to_owned(), Arc::new(Source::new(crate::manifest::FILE, text)))
}
