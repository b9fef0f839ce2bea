//! Packages of OCI registries.
//!
//! In: a package's name, and a registry's host, prefix or repository. Out: tags that are versions; the wasm under one.
//! Holds: where a host keeps its packages is asked of it once a day at most; what the cache has under the digest that
//! the lock names is asked of nobody.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use diag::Place;
use registry::{Client, Reference};
use semver::Version;
use serde_json::Value;

use super::contents::{Raw, read_bounded};
use super::lock::Digest;
use super::owned::write_whole;
use super::source::{Listed, Source};
use super::wkg::Prefix;
use crate::PackageName;

/// So long what a host says of itself is taken to hold.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);
/// A host's document is no longer than this, bytes.
const LONGEST: u64 = 64 << 10;

/// One repository, or all that begin alike.
#[derive(Clone, Debug)]
pub struct Remote<'a> {
    pub client: &'a Client,
    pub repositories: Repositories,
}

#[derive(Clone, Debug)]
pub enum Repositories {
    /// `HOST/PREFIXns/name`, with versions as tags.
    Below(Prefix),
    /// `HOST/REPOSITORY[:TAG][@DIGEST]`
    One(Reference),
}

impl Remote<'_> {
    fn reference(&self, name: &PackageName) -> diag::Result<Reference> {
        match &self.repositories {
            Repositories::One(reference) => Ok(reference.clone()),
            Repositories::Below(Prefix { host, prefix }) => {
                Reference::parse(&format!("{host}/{prefix}{}/{}", name.namespace, name.name))
            }
        }
    }
}

impl Source for Remote<'_> {
    fn look(&self, name: &PackageName) -> diag::Result<Listed> {
        let reference = self.reference(name)?;
        let looked = format!("{}/{}", reference.host, reference.repository);
        // A tag that is named is the one that is meant, whatever others there are.
        let tags = match &reference.tag {
            Some(tag) => vec![tag.clone()],
            None if reference.digest.is_some() => Vec::new(),
            None => match self.client.tags(&reference) {
                Ok(tags) => tags,
                Err(found) if found.0.iter().all(|one| one.code.0 == "registry/not-found") => Vec::new(),
                Err(found) => return Err(found),
            },
        };
        let mut versions: Vec<Option<Version>> = tags.iter().filter_map(|tag| version_of(tag)).map(Some).collect();
        if versions.is_empty() && matches!(self.repositories, Repositories::One(_)) {
            versions.push(None);
        }
        Ok(Listed { versions, looked, others: Vec::new() })
    }

    fn get(&self, name: &PackageName, version: Option<&Version>, digest: Option<&Digest>) -> diag::Result<Raw> {
        if let Some(bytes) = digest.and_then(|digest| cached(self.client, digest)) {
            return Ok(Raw::Wasm(bytes));
        }
        let reference = self.reference(name)?;
        let reference = match version {
            Some(version) if reference.tag.is_none() && reference.digest.is_none() => {
                reference.with_tag(tag_of(version))
            }
            Some(_) | None => reference,
        };
        Ok(Raw::Wasm(self.client.pull(&reference)?.bytes))
    }
}

/// A tag holds no `+`.
fn tag_of(version: &Version) -> String {
    version.to_string().replace('+', "_")
}

fn version_of(tag: &str) -> Option<Version> {
    Version::parse(&tag.replacen('_', "+", 1)).ok()
}

/// What the client has kept under a digest.
fn cached(client: &Client, digest: &Digest) -> Option<Vec<u8>> {
    let options = client.options();
    let path = options.cache.join("sha256").join(digest.hex());
    let bytes = read_bounded(&path, "", options.limit).ok()?;
    (Digest::of(&bytes) == *digest).then_some(bytes)
}

/// Where a host keeps its packages: as its `/.well-known/wasm-pkg/registry.json` says; without one, in itself.
///
/// # Errors
///
/// `registry/...`; `deps/well-known`, `unsupported/registry-protocol`.
pub fn well_known(client: &Client, host: &str, asked: &Place) -> diag::Result<Prefix> {
    let kept = kept_path(client, host);
    let keeps = |bytes: &[u8]| {
        let folder = kept.parent().map(std::fs::create_dir_all);
        // What cannot be kept is asked for again.
        let _ = folder.is_some_and(|made| made.is_ok()).then(|| write_whole(&kept, bytes));
    };
    let age = std::fs::metadata(&kept).and_then(|found| found.modified()).ok();
    let age = age.and_then(|modified| SystemTime::now().duration_since(modified).ok());
    let is_fresh = age.is_some_and(|age| age < FRESH) || client.options().offline;
    if is_fresh && let Ok(bytes) = read_bounded(&kept, host, LONGEST) {
        return prefix(host, &bytes, asked);
    }
    let bytes = client.well_known(host)?.unwrap_or_default();
    let prefix = prefix(host, &bytes, asked)?;
    keeps(&bytes);
    Ok(prefix)
}

fn kept_path(client: &Client, host: &str) -> PathBuf {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '+' };
    let name: String = host.chars().map(plain).collect();
    client.options().cache.join("well-known").join(format!("{name}.json"))
}

/// What the document says; of nothing, the host itself.
fn prefix(host: &str, bytes: &[u8], asked: &Place) -> diag::Result<Prefix> {
    let itself = || Prefix { host: host.to_owned(), prefix: String::new() };
    if bytes.is_empty() {
        return Ok(itself());
    }
    let wrong = |found: String| {
        let headline = format!("what `{host}` says of its packages cannot be read");
        diag::error("deps/well-known", headline)
            .label(Place::file(format!("https://{host}/.well-known/wasm-pkg/registry.json")), found)
            .label(asked.clone(), "asked for here")
            .help("name the repository itself, with `oci = \"HOST/REPOSITORY\"`")
    };
    let document: Value = serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
    if !document.is_object() {
        return Err(wrong("a JSON object is due here".to_owned()).into());
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let oci = &document["oci"];
    let registry = text(&oci["registry"]).or_else(|| text(&document["ociRegistry"]));
    let prefix = text(&oci["namespacePrefix"]).or_else(|| text(&document["ociNamespacePrefix"]));
    let others = ["warg", "local"].iter().find(|other| document.get(**other).is_some());
    let other = others.copied().or_else(|| document.get("wargUrl").map(|_| "warg"));
    match (document["preferredProtocol"].as_str(), other) {
        (Some("oci"), _) | (None, None) => {}
        (None, Some(_)) if registry.is_some() || oci.is_object() => {}
        (Some(other), _) | (None, Some(other)) => {
            let headline = format!("`{host}` speaks the protocol `{other}`, and OCI is what is spoken here");
            let found = diag::error("unsupported/registry-protocol", headline).label(asked.clone(), "asked for here");
            return Err(found
                .help("name a registry of OCI, with `registry = \"HOST\"` or `oci = \"HOST/REPOSITORY\"`")
                .into());
        }
    }
    Ok(Prefix { host: registry.unwrap_or_else(|| host.to_owned()), prefix: prefix.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Result<String, String> {
        let found = prefix("h.example", text.as_bytes(), &Place::file("withe.toml"));
        found.map(|at| format!("{} {}", at.host, at.prefix)).map_err(|found| found.0[0].headline.clone())
    }

    #[test]
    fn both_forms_of_the_document_are_read() {
        let new = r#"{"preferredProtocol":"oci","oci":{"registry":"ghcr.io","namespacePrefix":"webassembly/"}}"#;
        assert_eq!(said(new).as_deref(), Ok("ghcr.io webassembly/"));
        let old = r#"{"ociRegistry":"ghcr.io","ociNamespacePrefix":"webassembly/"}"#;
        assert_eq!(said(old).as_deref(), Ok("ghcr.io webassembly/"));
        assert_eq!(said("").as_deref(), Ok("h.example "));
        assert_eq!(said("{}").as_deref(), Ok("h.example "));
        assert!(said(r#"{"wargUrl":"https://x"}"#).unwrap_err().contains("`warg`"));
        assert!(said("[").unwrap_err().contains("cannot be read"));
        assert!(said("[]").unwrap_err().contains("cannot be read"));
    }

    #[test]
    fn tags_are_versions() {
        let version = Version::parse("1.2.3-rc.1+b.2").unwrap();
        assert_eq!(tag_of(&version), "1.2.3-rc.1_b.2");
        assert_eq!(version_of(&tag_of(&version)), Some(version));
        assert_eq!(version_of("latest"), None);
    }

    #[test]
    fn fuzz_well_known() {
        let good =
            br#"{"preferredProtocol":"oci","oci":{"registry":"ghcr.io","namespacePrefix":"w/"},"ociRegistry":"x"}"#;
        testing::seeds::check("fuzz_well_known", 300, |random| {
            let _ = prefix("h", &random.mutate(good), &Place::file("withe.toml"));
        });
    }
}
