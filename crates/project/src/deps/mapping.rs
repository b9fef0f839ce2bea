//! Which source has a package.
//!
//! In: the manifest, `wkg.toml`, the user's configuration of `wkg`. Out: an `Origin`, as the lock writes it.
//! Holds: what the manifest says wins over `wkg.toml`, this over copies that lie beside who needs them, these over
//! `[registries]`, this over the user's configuration, this over what is built in; and last comes the registry of who
//! needs it. No name of a user and no password is part of an origin.

use std::fmt;
use std::path::{Path, PathBuf};

use diag::{Diagnostic, Place};
use indexmap::IndexMap;

use super::wkg;
use crate::PackageName;
use crate::manifest::{From, Manifest};

/// Registries that everybody knows.
const KNOWN: [(&str, &str); 2] = [("wasi", "wasi.dev"), ("ba", "bytecodealliance.org")];

/// Where a package is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file or folder, as it is written: from the project's folder on.
    Path(PathBuf),
    /// A host, a host with the beginning of repositories (`ghcr.io/webassembly/`), or a folder (`./registry`).
    Registry(String),
    /// `HOST/REPOSITORY`, which has this package and no other.
    Oci(String),
}

impl fmt::Display for Origin {
    /// As the lock writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "path+{}", slashed(path)),
            Self::Registry(registry) => write!(f, "registry+{}", without_user(registry)),
            Self::Oci(reference) => write!(f, "oci+{}", without_user(reference)),
        }
    }
}

/// A path with `/`.
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// A host without `USER:PASSWORD@` before it.
fn without_user(text: &str) -> &str {
    let host = text.split('/').next().unwrap_or(text);
    host.rfind('@').map_or(text, |at| &text[at + 1..])
}

/// What says where packages are.
#[derive(Clone, Debug)]
pub struct Mapping<'a> {
    pub manifest: &'a Manifest,
    pub wkg: wkg::Manifest,
    pub config: wkg::Config,
    /// Packages that lie beside who needs them: paths from the project's folder on.
    pub near: IndexMap<PackageName, PathBuf>,
    /// Registries of those who need a package: where nothing else is said of it, it is looked for there.
    pub beside: IndexMap<PackageName, String>,
}

impl Mapping<'_> {
    /// Where a package is from; and the place where that is said, if it is said for this package alone.
    ///
    /// # Errors
    ///
    /// `deps/no-registry`.
    pub fn origin(&self, name: &PackageName, asked: &Place) -> Result<(Origin, Place), Diagnostic> {
        if let Some((origin, place)) = self.explicit(name) {
            return Ok((origin, place));
        }
        if let Some(path) = self.near.get(name) {
            return Ok((Origin::Path(path.clone()), asked.clone()));
        }
        let registries = &self.manifest.registries;
        if let Some(said) = registries.by_name.get(&name.namespace).or(registries.default.as_ref()) {
            return Ok((Origin::Registry(said.value.clone()), self.manifest.place(&said.span)));
        }
        let text = name.to_string();
        let config = &self.config;
        let mapped = config.packages.get(&text).or(config.namespaces.get(&name.namespace)).or(config.default.as_ref());
        if let Some(mapped) = mapped {
            let registry = match &mapped.at {
                Some(wkg::Prefix { host, prefix }) => format!("{host}/{}", prefix.trim_start_matches('/')),
                None => mapped.registry.clone(),
            };
            return Ok((Origin::Registry(registry), asked.clone()));
        }
        match KNOWN.iter().find(|(namespace, _)| *namespace == name.namespace) {
            Some((_, host)) => Ok((Origin::Registry((*host).to_owned()), asked.clone())),
            None => match self.beside.get(name) {
                Some(registry) => Ok((Origin::Registry(registry.clone()), asked.clone())),
                None => Err(self.nowhere(name, asked)),
            },
        }
    }

    /// What is said of this package alone.
    pub fn explicit(&self, name: &PackageName) -> Option<(Origin, Place)> {
        if let Some(dependency) = self.manifest.dependencies.get(name) {
            let origin = match &dependency.from {
                From::Mapping => None,
                From::Path(path) => Some((Origin::Path(path.value.clone()), &path.span)),
                From::Registry(host) => Some((Origin::Registry(host.value.clone()), &host.span)),
                From::Oci(reference) => Some((oci(&reference.value), &reference.span)),
            };
            if let Some((origin, span)) = origin {
                return Some((origin, self.manifest.place(span)));
            }
        }
        if let Some(said) = self.wkg.overrides.get(name)
            && let Some(path) = &said.path
        {
            return Some((Origin::Path(path.clone()), said.place.clone()));
        }
        let said = self.manifest.registries.by_name.get(&name.to_string())?;
        let place = self.manifest.place(&said.span);
        let origin = match is_folder(&said.value) || !said.value.contains('/') || said.value.ends_with('/') {
            true => Origin::Registry(said.value.clone()),
            false => oci(&said.value),
        };
        Some((origin, place))
    }

    fn nowhere(&self, name: &PackageName, asked: &Place) -> Diagnostic {
        let registries = &self.manifest.registries;
        let names = registries.by_name.keys().chain(self.config.namespaces.keys()).map(String::as_str);
        let names = names.chain(KNOWN.iter().map(|(namespace, _)| *namespace)).chain(["wasi"]);
        let near = diag::near_misses(&name.namespace, names.filter(|name| !name.contains(':')));
        let found = diag::error("deps/no-registry", format!("nothing says where `{name}` is"))
            .label(asked.clone(), format!("neither a registry for `{}` nor a path is known", name.namespace));
        match near.first() {
            Some(near) => found.help(format!("did you mean `{near}:{}`?", name.name)),
            None => found.help(format!(
                "add `\"{name}\" = {{ path = \"FOLDER\" }}` to `[dependencies]`, or `{} = \"HOST\"` to `[registries]`",
                name.namespace
            )),
        }
    }
}

fn oci(text: &str) -> Origin {
    let text = match text.get(..6) {
        Some(start) if start.eq_ignore_ascii_case("oci://") => &text[6..],
        Some(_) | None => text,
    };
    Origin::Oci(text.to_owned())
}

/// Whether a registry is a folder of this machine: it begins as paths do that are no names.
pub fn is_folder(registry: &str) -> bool {
    registry.starts_with(['.', '/', '\\', '~']) || registry.as_bytes().get(1) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_user() {
        let shown = |registry: &str| Origin::Registry(registry.to_owned()).to_string();
        assert_eq!(shown("me:secret@ghcr.io/p/"), "registry+ghcr.io/p/");
        assert_eq!(Origin::Oci("a@b/c@sha256:0".to_owned()).to_string(), "oci+b/c@sha256:0");
        assert_eq!(Origin::Path(PathBuf::from("../a@b")).to_string(), "path+../a@b");
        assert!(is_folder("./r") && is_folder("/r") && is_folder("C:/r") && !is_folder("wasi.dev"));
    }
}
