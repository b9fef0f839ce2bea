//! `withe.lock`: which version of each package, where it is from, and its digest.
//!
//! ```toml
//! version = 1
//!
//! [[package]]
//! name = "example:log"
//! version = "1.2.0"
//! kind = "component"
//! source = "registry+wasi.dev"
//! digest = "sha256:…"
//! required-by = ["withe.toml ^1.2"]
//! ```
//!
//! In: the text. Out: a `Lock`, or every mistake in it; and the reverse.
//! Holds: sorted by name and version, so that the same packages give the same bytes; no credentials.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use diag::{Diagnostic, Diagnostics, Place, Source};
use semver::{Version, VersionReq};
use toml_edit::{Array, ArrayOfTables, Document, DocumentMut, Item, Table, value};

use crate::PackageName;
use crate::deps::resolve::MOST;
use crate::deps::track::fits;

/// The name of the lock.
pub const FILE: &str = "withe.lock";

/// The form that this release reads and writes.
const FORM: i64 = 1;
/// A lock that is longer is no lock, bytes.
const LONGEST: usize = 16 << 20;
const HEADER: &str = "# Written by withe; keep it in version control, and change it with `withe update`.\n";
/// What git writes into a file that it could not merge.
const CONFLICT: [&str; 3] = ["<<<<<<<", "=======", ">>>>>>>"];

/// What a `withe.lock` says.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    /// Whether `deps/` is where the packages are from: nothing else is asked.
    pub vendored: bool,
    /// Sorted by name and version.
    pub packages: Vec<Locked>,
}

/// One version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    pub name: PackageName,
    /// `None` for a package that says none.
    pub version: Option<Version>,
    pub kind: Kind,
    /// Where it is from, as the manifest has it: `registry+HOST`, `oci+HOST/REPOSITORY`, `path+PATH`.
    pub source: String,
    /// Of the bytes in `deps/`.
    pub digest: Digest,
    /// Sorted.
    pub required_by: Vec<Required>,
}

/// Who asks for a package, and for what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Required {
    /// `withe.toml`, `components.NAME`, `wit`, or a package with its version.
    pub by: String,
    /// As it is written: `^1.2`, `*`.
    pub requirement: String,
}

/// What a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Wit,
    Component,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Wit, Self::Component];

    /// As the lock writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wit => "wit",
            Self::Component => "component",
        }
    }
}

/// A sha256, `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(String);

impl Digest {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        let digits: String = sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Self(format!("sha256:{digits}"))
    }

    /// Reads `sha256:HEX`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("sha256:")?;
        let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        (digits.len() == 64 && digits.chars().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// Without `sha256:`.
    pub fn hex(&self) -> &str {
        self.0.trim_start_matches("sha256:")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Locked {
    /// `ns:name@version`, or `ns:name`.
    pub fn id(&self) -> String {
        id(&self.name, self.version.as_ref())
    }

    /// Where it stands below `deps/`: `NAMESPACE/NAME/VERSION.wasm`, or `NAMESPACE/NAME.wasm`; with `/`.
    pub fn file(&self) -> String {
        file(&self.name, self.version.as_ref())
    }
}

/// `ns:name@version`, or `ns:name`.
pub fn id(name: &PackageName, version: Option<&Version>) -> String {
    version.map_or_else(|| name.to_string(), |version| format!("{name}@{version}"))
}

/// Where a package stands below `deps/`, with `/`.
pub fn file(name: &PackageName, version: Option<&Version>) -> String {
    let PackageName { namespace, name } = name;
    version.map_or_else(|| format!("{namespace}/{name}.wasm"), |version| format!("{namespace}/{name}/{version}.wasm"))
}

impl Lock {
    /// The lock of a project; `None` if there is none.
    ///
    /// # Errors
    ///
    /// Those of `parse`; `project/unreadable`.
    pub fn read(root: &Path, shown: &str) -> diag::Result<Option<Self>> {
        match std::fs::read(root.join(FILE)) {
            Ok(bytes) => Self::parse(shown, &bytes).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(diag::error("deps/unreadable", format!("`{shown}` cannot be read"))
                .label(Place::file(shown), error.to_string())
                .help("check that the file may be read")
                .into()),
        }
    }

    /// Reads a lock that is shown under the name.
    ///
    /// # Errors
    ///
    /// `deps/lock`, for each mistake; `deps/lock-conflict`, `deps/lock-version`.
    pub fn parse(name: &str, bytes: &[u8]) -> diag::Result<Self> {
        let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST) else {
            return Err(wrong(Place::file(name), "no text, or longer than a lock can be").into());
        };
        let source = Arc::new(Source::new(name, text));
        if let Some(conflict) = conflict(&source) {
            return Err(conflict.into());
        }
        let document = Document::parse(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            wrong(Place::text(&source, span), error.message().lines().next().unwrap_or("no TOML"))
        })?;
        let mut reading = Reading { source: &source, found: Vec::new() };
        let lock = reading.lock(document.as_table());
        if reading.found.is_empty() { Ok(lock) } else { Err(Diagnostics(reading.found)) }
    }

    /// As text; the same packages give the same bytes.
    pub fn print(&self) -> String {
        let mut document = DocumentMut::new();
        document.insert("version", value(FORM));
        if self.vendored {
            document.insert("vendored", value(true));
        }
        let mut packages = ArrayOfTables::new();
        for locked in &self.packages {
            let mut table = Table::new();
            table.insert("name", value(locked.name.to_string()));
            if let Some(version) = &locked.version {
                table.insert("version", value(version.to_string()));
            }
            table.insert("kind", value(locked.kind.name()));
            table.insert("source", value(&locked.source));
            table.insert("digest", value(locked.digest.to_string()));
            let by = locked.required_by.iter().map(|one| format!("{} {}", one.by, one.requirement));
            table.insert("required-by", value(by.collect::<Array>()));
            packages.push(table);
        }
        document.insert("package", Item::ArrayOfTables(packages));
        format!("{HEADER}{document}")
    }

    /// The entry for a package in a version.
    pub fn get(&self, name: &PackageName, version: Option<&Version>) -> Option<&Locked> {
        self.packages.iter().find(|locked| locked.name == *name && locked.version.as_ref() == version)
    }

    /// The newest of the entries that fit a requirement.
    pub fn fitting(&self, name: &PackageName, requirement: &VersionReq) -> Option<&Locked> {
        let fitting = |locked: &&Locked| locked.name == *name && fits(requirement, locked.version.as_ref());
        self.packages.iter().rev().find(fitting)
    }

    /// Sorts, as every lock is.
    pub fn sorted(mut self) -> Self {
        self.packages.iter_mut().for_each(|locked| {
            locked.required_by.sort();
            locked.required_by.dedup();
        });
        self.packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
        self
    }
}

/// The place of a mark that a merge left.
fn conflict(source: &Arc<Source>) -> Option<Diagnostic> {
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        if CONFLICT.iter().any(|mark| line.starts_with(mark)) {
            let headline = format!("`{}` holds marks of a merge that is not done", source.name);
            let place = Place::text(source, at..at + line.trim_end().len());
            let error = diag::error("deps/lock-conflict", headline).label(place, "a mark of the merge");
            return Some(
                error.help("take one of the two sides, `git checkout --theirs withe.lock`, then `withe fetch`"),
            );
        }
        at += line.len();
    }
    None
}

fn wrong(place: Place, text: impl Into<String>) -> Diagnostic {
    diag::error("deps/lock", "the lock cannot be read")
        .label(place, text)
        .help("take the file as it was from version control, or remove it and run `withe fetch`")
}

struct Reading<'a> {
    source: &'a Arc<Source>,
    found: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn lock(&mut self, top: &Table) -> Lock {
        match top.get("version").map(Item::as_integer) {
            Some(Some(FORM)) => {}
            Some(Some(form)) if form > FORM => {
                let place = self.place(top.get("version"));
                let headline = format!("the lock has the form {form}, and this release reads form {FORM}");
                let error = diag::error("deps/lock-version", headline).label(place, "written by a newer release");
                self.found.push(error.help("take the release of withe that the others of the project have"));
                return Lock::default();
            }
            _ => self.say(top.get("version"), format!("`version = {FORM}` is missing")),
        }
        self.known(top, &["version", "vendored", "package"]);
        let vendored = match top.get("vendored") {
            None => false,
            Some(item) => item.as_bool().unwrap_or_else(|| {
                self.say(Some(item), "`true` or `false` is due here");
                false
            }),
        };
        let empty = ArrayOfTables::new();
        let tables = match top.get("package") {
            None => &empty,
            Some(item) => item.as_array_of_tables().unwrap_or_else(|| {
                self.say(Some(item), "`[[package]]` is due here");
                &empty
            }),
        };
        if tables.len() > MOST {
            self.say(top.get("package"), format!("there are more than {MOST} packages"));
            return Lock::default();
        }
        let mut packages: Vec<Locked> = Vec::new();
        for table in tables {
            let Some(locked) = self.locked(table) else { continue };
            let track = crate::deps::track::Track::of(locked.version.as_ref());
            let same = |other: &&Locked| {
                other.name == locked.name && crate::deps::track::Track::of(other.version.as_ref()) == track
            };
            match packages.iter().find(same) {
                Some(other) if other.version == locked.version => {
                    self.say(table.get("name"), format!("`{}` stands here twice", locked.id()));
                }
                Some(other) => {
                    let text = format!("`{}` and `{}` are of one track, where one is enough", other.id(), locked.id());
                    self.say(table.get("version"), text);
                }
                None => packages.push(locked),
            }
        }
        Lock { vendored, packages }.sorted()
    }

    fn locked(&mut self, table: &Table) -> Option<Locked> {
        self.known(table, &["name", "version", "kind", "source", "digest", "required-by"]);
        let name = self.text(table, "name", |text| text.parse().ok(), "a name such as `example:log` is due here");
        let version = match table.get("version") {
            None => Some(None),
            Some(_) => self.text(table, "version", |text| text.parse().ok(), "a version is due here").map(Some),
        };
        let kind = |text: &str| Kind::ALL.into_iter().find(|kind| kind.name() == text);
        let kind = self.text(table, "kind", kind, "`wit` or `component` is due here");
        let source = self.text(table, "source", |text| Some(text.to_owned()), "a source is due here");
        let digest = self.text(table, "digest", Digest::parse, "`sha256:` and 64 hexadecimal digits are due here");
        let required_by = self.required(table);
        Some(Locked {
            name: name?,
            version: version?,
            kind: kind?,
            source: source?,
            digest: digest?,
            required_by: required_by?,
        })
    }

    fn required(&mut self, table: &Table) -> Option<Vec<Required>> {
        let due = "texts such as `withe.toml ^1.2` are due here";
        let Some(array) = table.get("required-by").and_then(Item::as_array) else {
            self.say(table.get("required-by").or(table.get("name")), format!("`required-by`: {due}"));
            return None;
        };
        let one = |text: &str| {
            let (by, requirement) = text.split_once(' ')?;
            VersionReq::parse(requirement).ok()?;
            Some(Required { by: by.to_owned(), requirement: requirement.to_owned() })
        };
        let all: Option<Vec<Required>> = array.iter().map(|item| item.as_str().and_then(one)).collect();
        if all.is_none() {
            self.say(table.get("required-by"), due);
        }
        all
    }

    fn text<T>(&mut self, table: &Table, key: &str, read: impl Fn(&str) -> Option<T>, due: &str) -> Option<T> {
        let item = table.get(key);
        let found = item.and_then(Item::as_str).and_then(read);
        match item {
            _ if found.is_some() => {}
            Some(_) => self.say(item, due),
            None => {
                let place = table.span().map_or_else(|| Place::file(&self.source.name), |span| self.at(span));
                self.found.push(wrong(place, format!("`{key}` is missing")));
            }
        }
        found
    }

    fn known(&mut self, table: &Table, keys: &[&str]) {
        for (key, item) in table.iter().filter(|(key, _)| !keys.contains(key)) {
            let span = table.key(key).and_then(toml_edit::Key::span).or(item.span()).unwrap_or(0..0);
            let place = self.at(span);
            self.found.push(wrong(place, format!("`{key}` is no key of a lock")));
        }
    }

    fn say(&mut self, item: Option<&Item>, text: impl Into<String>) {
        let place = self.place(item);
        self.found.push(wrong(place, text));
    }

    fn place(&self, item: Option<&Item>) -> Place {
        match item.and_then(Item::span) {
            Some(span) => self.at(span),
            None => Place::file(&self.source.name),
        }
    }

    fn at(&self, span: std::ops::Range<usize>) -> Place {
        Place::text(self.source, span)
    }
}
