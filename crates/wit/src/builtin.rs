//! What is built in: WASI's packages and the drafts people use.
//!
//! In: a package's name. Out: its WIT text.
//! Holds: each entry's text declares the package under which it stands; entries come in the order of their names.

use std::sync::LazyLock;

use diag::{Diagnostic, Place};
use semver::Version;
use types::PackageName;
use types::version::Track;

// `ALL`: WASI's packages and the drafts, in the versions under which they are found.
//
// The folder `drafts` has the drafts' interfaces as the proposals define them, with documentation of this project. The
// crates that carry the proposals' own files depend on wasmtime, so that a build dependency on one of them would have
// this crate wait for a compiler of wasm, and a dependency that is not built is not downloaded either.
include!(concat!(env!("OUT_DIR"), "/wasi.rs"));

/// The version that a draft without one may be asked for under.
const DRAFT_VERSION: &str = "0.1.0-draft";

/// A package that is built in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BuiltIn {
    pub name: PackageName,
    pub text: &'static str,
    /// The interfaces and worlds of the text, in their order; each begins where the one before ends.
    pub parts: &'static [Part],
}

/// An interface or world of a built-in package.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub name: &'static str,
    pub is_world: bool,
    pub start: usize,
    pub end: usize,
    /// The interfaces and worlds that it names: package, `""` for its own, and name.
    pub needs: &'static [(&'static str, &'static str)],
}

impl BuiltIn {
    pub(crate) fn part(&self, name: &str) -> Option<&'static Part> {
        self.parts.iter().find(|part| part.name == name)
    }
}

/// Something built in, as users name it: `wasi:http`, `wasi:http@0.2.3`, `wasi:http/proxy@0.2.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked<'a> {
    pub namespace: &'a str,
    pub name: &'a str,
    pub item: Option<&'a str>,
    pub version: Option<&'a str>,
}

impl<'a> Asked<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (path, version) = match text.split_once('@') {
            Some((path, version)) => (path, Some(version)),
            None => (text, None),
        };
        let (namespace, rest) = path.split_once(':')?;
        let (name, item) = match rest.split_once('/') {
            Some((name, item)) => (name, Some(item)),
            None => (rest, None),
        };
        let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        [Some(namespace), Some(name), item].into_iter().flatten().all(is_name).then_some(Self {
            namespace,
            name,
            item,
            version,
        })
    }
}

/// Whether the text has the form of a name of something built in: `namespace:package`, with an item and a version or not.
pub fn is_built_in_name(text: &str) -> bool {
    Asked::parse(text).is_some()
}

/// `namespace:name@version` as a name.
pub(crate) fn package_name(text: &str) -> Option<PackageName> {
    let asked = Asked::parse(text)?;
    let version = asked.version.and_then(|version| Version::parse(version).ok());
    Some(PackageName { namespace: asked.namespace.to_owned(), name: asked.name.to_owned(), version })
}

/// Everything built in.
pub(crate) fn all() -> &'static [BuiltIn] {
    static ENTRIES: LazyLock<Vec<BuiltIn>> = LazyLock::new(|| {
        let entry = |(name, text, parts)| Some(BuiltIn { name: package_name(name)?, text, parts });
        ALL.iter().copied().filter_map(entry).collect()
    });
    &ENTRIES
}

/// The WIT texts of the packages that are built in, with the packages' names.
pub fn built_in_texts() -> impl Iterator<Item = (String, &'static str)> {
    all().iter().map(|entry| (entry.name.to_string(), entry.text))
}

/// All versions of a package, oldest first.
pub(crate) fn versions_of(namespace: &str, name: &str) -> Vec<&'static BuiltIn> {
    all().iter().filter(|entry| entry.name.namespace == namespace && entry.name.name == name).collect()
}

/// The entry that a package name is read from: of its semver track, and not older than what is asked for.
pub(crate) fn find(name: &PackageName) -> Option<&'static BuiltIn> {
    let draft = name.version.as_ref().is_some_and(|version| version.to_string() == DRAFT_VERSION);
    versions_of(&name.namespace, &name.name).into_iter().find(|entry| {
        if entry.name.version.is_none() && draft {
            return true;
        }
        Track::of(entry.name.version.as_ref()) == Track::of(name.version.as_ref()) && entry.name.version >= name.version
    })
}

/// Whether a package is built in, in this version or a later one of its track; without a version, in any.
pub fn is_built_in(name: &PackageName) -> bool {
    match name.version {
        Some(_) => find(name).is_some(),
        None => !versions_of(&name.namespace, &name.name).is_empty(),
    }
}

/// Whether versions of this package move together with those of its semver track.
pub(crate) fn moves_with_track(name: &PackageName) -> bool {
    name.version.is_some() && versions_of(&name.namespace, &name.name).iter().any(|entry| entry.name.same_track(name))
}

/// The package and its version that a name on the command line means.
///
/// # Errors
///
/// `wit/unknown-package`, `wit/partial-version`, `wit/unknown-version`, `wit/version-ambiguous`.
pub(crate) fn choose(text: &str, has_item: impl Fn(&BuiltIn, &str) -> bool) -> Result<PackageName, Diagnostic> {
    let place = || Place::file(text);
    let asked = Asked::parse(text).ok_or_else(|| {
        diag::error("wit/unknown-package", format!("`{text}` is not the name of a package"))
            .label(place(), "asked for here")
            .help("write `namespace:package`, for example `wasi:http@0.2.3`")
    })?;
    let versions = versions_of(asked.namespace, asked.name);
    let Some(newest) = versions.last().copied() else {
        return Err(unknown_package(text, &asked));
    };
    let package = |version| PackageName { version, ..newest.name.clone() };
    let Some(version) = asked.version else {
        let with_item: Vec<&BuiltIn> =
            versions.iter().copied().filter(|entry| asked.item.is_none_or(|item| has_item(entry, item))).collect();
        return match with_item.as_slice() {
            [one] => Ok(one.name.clone()),
            [] => Ok(newest.name.clone()),
            several => Err(several_tracks(text, several)),
        };
    };
    let Ok(parsed) = Version::parse(version) else {
        return Err(partial_version(text, version, &versions));
    };
    let name = package(Some(parsed));
    match find(&name) {
        Some(_) => Ok(name),
        None => Err(unknown_version(&name, &versions).label(place(), "asked for here")),
    }
}

fn unknown_package(text: &str, asked: &Asked<'_>) -> Diagnostic {
    let names: Vec<String> =
        all().iter().map(|entry| format!("{}:{}", entry.name.namespace, entry.name.name)).collect();
    let wanted = format!("{}:{}", asked.namespace, asked.name);
    let found = diag::error("wit/unknown-package", format!("no package `{wanted}` is built in"))
        .label(Place::file(text), "neither a file or folder, nor built in")
        .about(wanted.as_str());
    match diag::near_misses(&wanted, names.iter().map(String::as_str)).first() {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("name a `.wit` file or a folder of WIT"),
    }
}

/// A version that is none: not in full, or with something that does not belong to it.
fn partial_version(text: &str, version: &str, versions: &[&BuiltIn]) -> Diagnostic {
    let stem = text.split('@').next().unwrap_or(text);
    let told = |label: &str| {
        diag::error("wit/partial-version", format!("`@{version}` is not a full version"))
            .label(Place::file(text), label.to_owned())
    };
    if let Some((version, item)) = version.split_once('/') {
        return told("the version stands last").help(format!("write `{stem}/{item}@{version}`"));
    }
    let numbers: Vec<&str> = version.trim_start_matches(|c: char| !c.is_ascii_digit()).split('.').collect();
    let plain: Vec<&str> = numbers.iter().map(|number| without_zeros(number)).collect();
    let plain = plain.join(".");
    if Version::parse(&plain).is_ok() {
        let begins = version.starts_with(|c: char| c.is_ascii_digit());
        let label = if begins { "a number of it begins with 0" } else { "a version begins with a number" };
        return told(label).help(format!("write `{stem}@{plain}`"));
    }
    let is_number = |part: &&&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let known: Vec<&str> = numbers.iter().take_while(is_number).copied().collect();
    let track = format!("{}.", known.join("."));
    let newest = (versions.iter().rev().filter_map(|entry| entry.name.version.as_ref()))
        .find(|newest| !known.is_empty() && newest.to_string().starts_with(&track))
        .or_else(|| versions.last().and_then(|entry| entry.name.version.as_ref()));
    let found = told("a version has three numbers");
    match newest {
        Some(newest) => found.help(format!("write `{stem}@{newest}`, the newest one")),
        None => found.help(format!("write `{stem}`, without a version")),
    }
}

/// A number as semver has it; what is no number stays as it is.
fn without_zeros(number: &str) -> &str {
    match number.trim_start_matches('0') {
        shorter if shorter.starts_with(|c: char| c.is_ascii_digit()) => shorter,
        "" if !number.is_empty() => "0",
        _ => number,
    }
}

/// No version of this track, or one that is newer than all that are known.
pub(crate) fn unknown_version(name: &PackageName, versions: &[&BuiltIn]) -> Diagnostic {
    if name.version.is_none() {
        let names: Vec<String> = versions.iter().map(|entry| format!("`{}`", entry.name)).collect();
        return diag::error("wit/unknown-version", format!("`{name}` is named without a version"))
            .help(format!("write the version too: {}", names.join(" or ")));
    }
    let same_track = versions.iter().copied().find(|entry| entry.name.same_track(name));
    let newest = same_track.or(versions.last().copied());
    let found = diag::error("wit/unknown-version", format!("`{name}` is not a version that withe knows"));
    match newest {
        Some(newest) => found.help(format!("write `{}`, the newest one built in", newest.name)),
        None => found.help("put the package into the `deps` folder"),
    }
}

fn several_tracks(text: &str, several: &[&BuiltIn]) -> Diagnostic {
    let (stem, names): (&str, Vec<String>) = (
        text,
        several
            .iter()
            .filter_map(|entry| entry.name.version.as_ref())
            .map(|version| format!("`{text}@{version}`"))
            .collect(),
    );
    diag::error("wit/version-ambiguous", format!("`{stem}` exists in several versions"))
        .label(Place::file(text), "without a version")
        .help(format!("choose one: {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasi_is_built_in() {
        let names: Vec<String> = all().iter().map(|entry| entry.name.to_string()).collect();
        for name in ["wasi:http@0.2.12", "wasi:cli@0.3.2", "wasi:io@0.2.12", "wasi:logging"] {
            assert!(names.iter().any(|known| known == name), "{name} is missing from {names:?}");
        }
    }

    #[test]
    fn names_are_read() {
        let asked = Asked::parse("wasi:http/proxy@0.2.3").unwrap();
        assert_eq!(
            (asked.namespace, asked.name, asked.item, asked.version),
            ("wasi", "http", Some("proxy"), Some("0.2.3"))
        );
        assert!(!is_built_in_name("wit/calc.wit"));
        assert!(!is_built_in_name("c:\\wit"));
    }

    #[test]
    fn versions_that_are_none_name_what_was_meant() {
        let help = |text: &str| choose(text, |_, _| true).unwrap_err().help.unwrap();
        assert_eq!(help("wasi:http@0.2.x"), "write `wasi:http@0.2.12`, the newest one");
        assert_eq!(help("wasi:http@0.2"), "write `wasi:http@0.2.12`, the newest one");
        assert_eq!(help("wasi:http@v0.2.3"), "write `wasi:http@0.2.3`");
        assert_eq!(help("wasi:http@0.2.03"), "write `wasi:http@0.2.3`");
        assert_eq!(help("wasi:http@0.2.00"), "write `wasi:http@0.2.0`");
        assert_eq!(help("wasi:http@0.2.3/proxy"), "write `wasi:http/proxy@0.2.3`");
        assert_eq!(help("wasi:http@latest"), "write `wasi:http@0.3.2`, the newest one");
        assert_eq!(help("wasi:http@"), "write `wasi:http@0.3.2`, the newest one");
    }

    #[test]
    fn an_older_version_is_read_from_the_newest() {
        let name = |version: &str| PackageName {
            namespace: "wasi".into(),
            name: "io".into(),
            version: Some(Version::parse(version).unwrap()),
        };
        assert_eq!(find(&name("0.2.0")).unwrap().name, name("0.2.12"));
        assert_eq!(find(&name("0.2.13")), None);
        assert_eq!(find(&name("0.4.0")), None);
    }
}
