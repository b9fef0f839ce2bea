//! What projects of `wkg` and its users have: `wkg.toml`, `wkg.lock`, and the user's configuration.
//!
//! In: their texts. Out: overrides, metadata, locked versions, and which registry has what.
//! Holds: keys that are not known here are passed over, since the files are another tool's; what is known and wrong is
//! told. Credentials are not kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::{Diagnostic, Diagnostics, Place, Source};
use indexmap::IndexMap;
use semver::{Version, VersionReq};
use toml_edit::{Document, Item, TableLike};

use super::contents::{read_bounded, unreadable};
use super::lock::Digest;
use crate::PackageName;

/// The project's file.
pub const MANIFEST: &str = "wkg.toml";
/// The project's lock.
pub const LOCK: &str = "wkg.lock";
/// Where in the folder of configurations the user's is.
pub const CONFIG: &str = "wasm-pkg/config.toml";
/// A file that is longer is none of these, bytes.
const LONGEST: u64 = 4 << 20;

/// `wkg.toml`
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    pub overrides: IndexMap<PackageName, Override>,
    pub metadata: Metadata,
}

/// What is said of one package.
#[derive(Clone, Debug)]
pub struct Override {
    pub path: Option<PathBuf>,
    pub version: Option<VersionReq>,
    pub place: Place,
}

/// `[metadata]`: for what is published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    pub authors: Option<String>,
    pub description: Option<String>,
    pub licenses: Option<String>,
    pub source: Option<String>,
    pub homepage: Option<String>,
    pub revision: Option<String>,
}

/// A version that `wkg.lock` has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    pub name: PackageName,
    pub version: Version,
    pub digest: Option<Digest>,
}

/// The user's configuration.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub default: Option<Mapped>,
    pub namespaces: IndexMap<String, Mapped>,
    pub packages: IndexMap<String, Mapped>,
    pub hosts: IndexMap<String, Host>,
}

/// A registry, and where its packages are if the configuration says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    pub registry: String,
    pub at: Option<Prefix>,
}

/// Where a registry keeps packages: `HOST/PREFIXns/name`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix {
    pub host: String,
    /// Empty, or with a `/` at its end.
    pub prefix: String,
}

/// `[registry."HOST"]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// `local.root`: the packages are in a folder.
    pub local: Option<PathBuf>,
    pub default: Option<String>,
    pub oci: bool,
}

impl Manifest {
    /// Reads `wkg.toml` beside `withe.toml`; nothing, if it is not there.
    ///
    /// # Errors
    ///
    /// `deps/wkg`, `deps/unreadable`.
    pub fn read(root: &Path, shown: &str) -> diag::Result<Self> {
        let Some(source) = read(&root.join(MANIFEST), shown)? else { return Ok(Self::default()) };
        Self::parse(&source)
    }

    /// Reads its text.
    ///
    /// # Errors
    ///
    /// `deps/wkg`.
    pub fn parse(source: &Arc<Source>) -> diag::Result<Self> {
        let document = document(source)?;
        let mut reading = Reading { source, found: Vec::new() };
        let mut manifest = Self::default();
        for (key, item, table) in reading.tables(document.as_table(), "overrides") {
            let name = reading.parsed(&key, item, "a package such as `example:log`");
            let version = reading.optional(table, "version", |text| text.parse().ok(), "a requirement such as `^1.2`");
            let path = reading.optional(table, "path", |text| Some(PathBuf::from(text)), "a path");
            let place = reading.place(item);
            if let Some(name) = name {
                manifest.overrides.insert(name, Override { path, version, place });
            }
        }
        if let Some(table) = document.get("metadata").and_then(Item::as_table_like) {
            let mut text = |keys: &[&str]| {
                let key = keys.iter().find(|key| table.contains_key(key))?;
                reading.optional(table, key, |text| Some(text.to_owned()), "a text")
            };
            manifest.metadata = Metadata {
                authors: text(&["authors", "author"]),
                description: text(&["description"]),
                licenses: text(&["licenses", "license"]),
                source: text(&["source", "repository"]),
                homepage: text(&["homepage"]),
                revision: text(&["revision"]),
            };
        }
        reading.done(manifest)
    }
}

/// The versions that `wkg.lock` has, if it is there.
///
/// # Errors
///
/// `deps/wkg`, `deps/unreadable`.
pub fn pinned(root: &Path, shown: &str) -> diag::Result<Vec<Pinned>> {
    match read(&root.join(LOCK), shown)? {
        Some(source) => parse_lock(&source),
        None => Ok(Vec::new()),
    }
}

/// Reads the text of a `wkg.lock`.
///
/// # Errors
///
/// `deps/wkg`.
pub fn parse_lock(source: &Arc<Source>) -> diag::Result<Vec<Pinned>> {
    let document = document(source)?;
    let mut reading = Reading { source, found: Vec::new() };
    let mut pinned = Vec::new();
    for packages in ["packages", "package"].iter().filter_map(|key| document.get(key)?.as_array_of_tables()) {
        for package in packages {
            let name = package.get("name").and_then(|item| reading.parsed(item.as_str()?, item, "a package"));
            for versions in ["versions", "version"].iter().filter_map(|key| package.get(key)?.as_array_of_tables()) {
                for version in versions {
                    let digest = reading.optional(version, "digest", Digest::parse, "`sha256:` and 64 digits");
                    let version = reading.optional(version, "version", |text| text.parse().ok(), "a version");
                    if let (Some(name), Some(version)) = (name.clone(), version) {
                        pinned.push(Pinned { name, version, digest });
                    }
                }
            }
        }
    }
    reading.done(pinned)
}

impl Config {
    /// Reads the user's configuration; nothing, if it is not there.
    ///
    /// # Errors
    ///
    /// `deps/wkg`, `deps/unreadable`.
    pub fn read(path: &Path) -> diag::Result<Self> {
        match read(path, &path.to_string_lossy())? {
            Some(source) => Self::parse(&source),
            None => Ok(Self::default()),
        }
    }

    /// Reads its text.
    ///
    /// # Errors
    ///
    /// `deps/wkg`.
    pub fn parse(source: &Arc<Source>) -> diag::Result<Self> {
        let document = document(source)?;
        let mut reading = Reading { source, found: Vec::new() };
        let default = document.get("default_registry").and_then(|item| reading.mapped(item));
        let mut maps = |key: &str| -> IndexMap<String, Mapped> {
            let Some(table) = document.get(key).and_then(Item::as_table_like) else { return IndexMap::new() };
            table.iter().filter_map(|(name, item)| Some((name.to_owned(), reading.mapped(item)?))).collect()
        };
        let (namespaces, packages) = (maps("namespace_registries"), maps("package_registry_overrides"));
        let mut hosts = IndexMap::new();
        for (name, _, table) in reading.tables(document.as_table(), "registry") {
            let local = table.get("local").and_then(Item::as_table_like);
            let root = local.and_then(|local| reading.optional(local, "root", |text| Some(text.into()), "a path"));
            let default = ["default", "type"].iter().find_map(|key| table.get(key)?.as_str());
            let oci = table.contains_key("oci");
            hosts.insert(name, Host { local: root, default: default.map(str::to_owned), oci });
        }
        reading.done(Self { default, namespaces, packages, hosts })
    }
}

/// The text of a file, if it is there.
fn read(path: &Path, shown: &str) -> diag::Result<Option<Arc<Source>>> {
    if !path.is_file() {
        return Ok(None);
    }
    let bytes = read_bounded(path, shown, LONGEST)?;
    let text =
        String::from_utf8(bytes).map_err(|error| unreadable(shown, &std::io::Error::other(error.utf8_error())))?;
    Ok(Some(Arc::new(Source::new(shown, text))))
}

fn document(source: &Arc<Source>) -> diag::Result<Document<&str>> {
    Document::parse(source.text.as_str()).map_err(|error| {
        let place = Place::text(source, error.span().unwrap_or(0..0));
        wrong(source, place, error.message().lines().next().unwrap_or("no TOML")).into()
    })
}

fn wrong(source: &Source, place: Place, text: impl Into<String>) -> Diagnostic {
    diag::error("deps/wkg", format!("`{}` cannot be read as a file of `wkg`", source.name))
        .label(place, text)
        .help("correct it, or take it away if `wkg` is not used")
}

struct Reading<'a> {
    source: &'a Arc<Source>,
    found: Vec<Diagnostic>,
}

impl Reading<'_> {
    /// The tables in a table.
    fn tables<'d>(&mut self, top: &'d dyn TableLike, key: &str) -> Vec<(String, &'d Item, &'d dyn TableLike)> {
        let Some(item) = top.get(key) else { return Vec::new() };
        let Some(table) = item.as_table_like() else {
            self.say(item, "a table is due here");
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (name, item) in table.iter() {
            match item.as_table_like() {
                Some(table) => tables.push((name.to_owned(), item, table)),
                None => self.say(item, "a table is due here"),
            }
        }
        tables
    }

    fn optional<T>(
        &mut self,
        table: &dyn TableLike,
        key: &str,
        read: impl Fn(&str) -> Option<T>,
        due: &str,
    ) -> Option<T> {
        let item = table.get(key)?;
        let found = item.as_str().and_then(read);
        if found.is_none() {
            self.say(item, format!("{due} is due here"));
        }
        found
    }

    fn parsed<T: std::str::FromStr>(&mut self, text: &str, item: &Item, due: &str) -> Option<T> {
        let found = text.parse().ok();
        if found.is_none() {
            self.say(item, format!("`{text}`: {due} is due here"));
        }
        found
    }

    /// `"HOST"`, or `{ registry = "HOST", metadata = { oci = { registry = "HOST", namespacePrefix = "P/" } } }`.
    fn mapped(&mut self, item: &Item) -> Option<Mapped> {
        if let Some(registry) = item.as_str() {
            return Some(Mapped { registry: registry.to_owned(), at: None });
        }
        let table = item.as_table_like();
        let Some(registry) = table.and_then(|table| table.get("registry")?.as_str()) else {
            self.say(item, "a registry such as `wasi.dev` is due here");
            return None;
        };
        let oci = table.and_then(|table| table.get("metadata")?.as_table_like()?.get("oci")?.as_table_like());
        let text = |key: &str| oci.and_then(|oci| oci.get(key)?.as_str()).map(str::to_owned);
        let at = oci.map(|_| Prefix {
            host: text("registry").unwrap_or_else(|| registry.to_owned()),
            prefix: text("namespacePrefix").unwrap_or_default(),
        });
        Some(Mapped { registry: registry.to_owned(), at })
    }

    fn say(&mut self, item: &Item, text: impl Into<String>) {
        let place = self.place(item);
        self.found.push(wrong(self.source, place, text));
    }

    fn place(&self, item: &Item) -> Place {
        Place::text(self.source, item.span().unwrap_or(0..0))
    }

    fn done<T>(self, read: T) -> diag::Result<T> {
        if self.found.is_empty() { Ok(read) } else { Err(Diagnostics(self.found)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Arc<Source> {
        Arc::new(Source::new("wkg", text))
    }

    #[test]
    fn files_of_wkg_are_read() {
        let text = "[overrides]\n\"a:b\" = { path = \"../b\" }\n\"c:d\" = { version = \"^1.2\" }\n[metadata]\nauthor = \"Ada\"\n";
        let manifest = Manifest::parse(&source(text)).unwrap();
        let one = |name: &str| &manifest.overrides[&name.parse::<PackageName>().unwrap()];
        assert_eq!(one("a:b").path.as_deref(), Some(Path::new("../b")));
        assert_eq!(one("c:d").version, Some("^1.2".parse().unwrap()));
        assert_eq!(manifest.metadata.authors.as_deref(), Some("Ada"));

        let digest = Digest::of(b"x");
        let text = format!(
            "version = 1\n[[packages]]\nname = \"a:b\"\nregistry = \"wasi.dev\"\n\n[[packages.versions]]\n\
             requirement = \"=1.0.0\"\nversion = \"1.0.0\"\ndigest = \"{digest}\"\n"
        );
        let expected =
            Pinned { name: "a:b".parse().unwrap(), version: Version::new(1, 0, 0), digest: Some(digest.clone()) };
        assert_eq!(parse_lock(&source(&text)).unwrap(), [expected]);

        let text = "default_registry = \"d.example\"\n[namespace_registries]\nwasi = \"wasi.dev\"\n\
            me = { registry = \"me\", metadata = { preferredProtocol = \"oci\", oci = { registry = \"r.example\", namespacePrefix = \"p/\" } } }\n\
            [package_registry_overrides]\n\"e:f\" = \"f.example\"\n[registry.\"l.example\".local]\nroot = \"/x\"\n\
            [registry.\"wasi.dev\".oci]\nauth = { username = \"u\", password = \"secret\" }\n";
        let config = Config::parse(&source(text)).unwrap();
        let prefix = Prefix { host: "r.example".to_owned(), prefix: "p/".to_owned() };
        assert_eq!(config.namespaces["me"].at, Some(prefix));
        assert_eq!(config.hosts["l.example"].local.as_deref(), Some(Path::new("/x")));
        assert_eq!(config.packages["e:f"].registry, "f.example");
        assert!(!format!("{config:?}").contains("secret"));
    }

    #[test]
    fn what_is_wrong_is_told_at_once() {
        let found = Manifest::parse(&source("[overrides]\n\"A\" = { path = 1 }\nb = 2\n")).unwrap_err();
        assert_eq!(found.0.len(), 3, "{found:?}");
    }

    #[test]
    fn fuzz_files_of_wkg() {
        let good = "default_registry = \"d\"\n[namespace_registries]\na = \"b\"\n[registry.\"l\".local]\nroot = \"/x\"\n\
            [overrides]\n\"a:b\" = { path = \"p\", version = \"1\" }\n[[packages]]\nname = \"a:b\"\n[[packages.versions]]\nversion = \"1.0.0\"\n";
        testing::seeds::check("fuzz_files_of_wkg", 300, |random| {
            let bytes = random.mutate(good.as_bytes());
            let source = source(&String::from_utf8_lossy(&bytes));
            let _ = (Manifest::parse(&source), parse_lock(&source), Config::parse(&source));
        });
    }
}
