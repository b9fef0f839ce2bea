//! Where packages are from.
//!
//! In: a package's name. Out: the versions that there are, and what is in one.
//! Holds: every source says where it looked, so that a package that is nowhere is told with all places.

use std::path::{Path, PathBuf};

use diag::{Diagnostics, Place};
use semver::Version;

use super::contents::{Contents, WitFolder};
use super::contents::{LARGEST, Raw, entries, read_bounded, read_wit};
use super::lock::{Digest, id};
use crate::PackageName;

/// Versions of one package that are looked at.
const MOST_VERSIONS: usize = 10_000;

/// Something that has packages.
pub trait Source: Send + Sync {
    /// The versions of a package.
    ///
    /// # Errors
    ///
    /// `deps/unreadable`, those of a registry. That there is no such package is no error.
    fn look(&self, name: &PackageName) -> diag::Result<Listed>;

    /// What is in a version; a source may look for the digest where it keeps what it once got.
    ///
    /// # Errors
    ///
    /// `deps/unreadable`, those of a registry.
    fn get(&self, name: &PackageName, version: Option<&Version>, digest: Option<&Digest>) -> diag::Result<Raw>;
}

/// What a source says of a package.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// In no order.
    pub versions: Vec<Option<Version>>,
    /// Where it looked.
    pub looked: String,
    /// Other packages that it has.
    pub others: Vec<String>,
}

/// A folder in the layout that `wkg` has for registries on disk: `NAMESPACE/NAME/VERSION.wasm`.
#[derive(Clone, Debug)]
pub struct LocalRegistry {
    pub root: PathBuf,
    /// As it is shown.
    pub shown: String,
}

impl Source for LocalRegistry {
    fn look(&self, name: &PackageName) -> diag::Result<Listed> {
        let folder = self.root.join(&name.namespace).join(&name.name);
        let shown = format!("{}/{}/{}", self.shown, name.namespace, name.name);
        if !folder.is_dir() {
            return Ok(Listed { versions: Vec::new(), looked: shown, others: self.others() });
        }
        let version = |path: &PathBuf| {
            let stem = path.file_name()?.to_str()?.strip_suffix(".wasm")?;
            Version::parse(stem).ok()
        };
        let versions = entries(&folder, &shown)?.iter().filter_map(version).take(MOST_VERSIONS).map(Some).collect();
        Ok(Listed { versions, looked: shown, others: self.others() })
    }

    fn get(&self, name: &PackageName, version: Option<&Version>, _: Option<&Digest>) -> diag::Result<Raw> {
        let file = super::lock::file(name, version);
        read_bounded(&self.root.join(&file), &format!("{}/{file}", self.shown), LARGEST).map(Raw::Wasm)
    }
}

impl LocalRegistry {
    /// The packages that it has, as far as names can be told.
    fn others(&self) -> Vec<String> {
        let names = |folder: &Path| -> Vec<String> {
            let found = entries(folder, "").unwrap_or_default();
            let folders = found.into_iter().filter(|path| path.is_dir()).take(1000);
            folders.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
        };
        let of = |namespace: String| {
            let packages = names(&self.root.join(&namespace));
            packages.into_iter().map(move |name| format!("{namespace}:{name}"))
        };
        names(&self.root).into_iter().flat_map(of).filter(|name| name.parse::<PackageName>().is_ok()).collect()
    }
}

/// One package in a file or folder: WIT, a WIT package in wasm, or a component.
#[derive(Clone, Debug)]
pub struct OnePackage {
    pub path: PathBuf,
    /// As it is shown.
    pub shown: String,
    /// Where the path was written.
    pub place: Place,
}

impl Source for OnePackage {
    fn look(&self, name: &PackageName) -> diag::Result<Listed> {
        let contents = Contents::read(&self.shown, self.raw()?)?;
        let version = match contents.package {
            Some((own, version)) if own == *name => version,
            Some((own, version)) => return Err(self.another(name, &id(&own, version.as_ref()))),
            None => None,
        };
        Ok(Listed { versions: vec![version], looked: self.shown.clone(), others: Vec::new() })
    }

    fn get(&self, _: &PackageName, _: Option<&Version>, _: Option<&Digest>) -> diag::Result<Raw> {
        self.raw()
    }
}

impl OnePackage {
    fn raw(&self) -> diag::Result<Raw> {
        let is_wit = self.path.is_dir() || self.path.extension().is_some_and(|end| end == "wit");
        if !is_wit {
            let read = read_bounded(&self.path, &self.shown, LARGEST);
            return read.map(Raw::Wasm).map_err(|found| self.with_place(found));
        }
        let folder: WitFolder = read_wit(&self.path, &self.shown).map_err(|found| self.with_place(found))?;
        Ok(Raw::Wit(folder))
    }

    fn with_place(&self, Diagnostics(found): Diagnostics) -> Diagnostics {
        Diagnostics(found.into_iter().map(|one| one.label(self.place.clone(), "named here")).collect())
    }

    fn another(&self, name: &PackageName, own: &str) -> Diagnostics {
        diag::error("deps/another-package", format!("`{}` holds `{own}`, not `{name}`", self.shown))
            .label(self.place.clone(), "named here")
            .help(format!("write `{}`, or name the path that holds `{name}`", own.split('@').next().unwrap_or(own)))
            .into()
    }
}
