//! Semver tracks: which versions of an interface fit each other.
//!
//! Specification: Component Model explainer, "Canonical Interface Name".

use semver::Version;

use crate::{InterfaceName, PackageName};

/// The part of a version that compatible versions share.
///
/// `1` for 1.2.3, `0.2` for 0.2.3, `0.0.3` for 0.0.3; a pre-release fits only itself.
/// Build metadata is ignored.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Track {
    Major(u64),
    Minor(u64),
    Patch(u64),
    Exact(String),
    Unversioned,
}

impl Track {
    pub fn of(version: Option<&Version>) -> Self {
        match version {
            None => Self::Unversioned,
            Some(version) if !version.pre.is_empty() => {
                Self::Exact(format!("{}.{}.{}-{}", version.major, version.minor, version.patch, version.pre))
            }
            Some(version) if version.major > 0 => Self::Major(version.major),
            Some(version) if version.minor > 0 => Self::Minor(version.minor),
            Some(version) => Self::Patch(version.patch),
        }
    }

    /// The track as canonical names write it (`1`, `0.2`, `0.0.3`), without the `@`. Empty without a version.
    pub fn text(&self) -> String {
        match self {
            Self::Major(major) => major.to_string(),
            Self::Minor(minor) => format!("0.{minor}"),
            Self::Patch(patch) => format!("0.0.{patch}"),
            Self::Exact(text) => text.clone(),
            Self::Unversioned => String::new(),
        }
    }
}

/// What a canonical name leaves out of a version, and writes beside it: `.1` of 0.2.1, `.2.3` of 1.2.3.
///
/// `None` if the track is the whole version.
pub fn suffix(version: &Version) -> Option<String> {
    let full = version.to_string();
    let rest = full.strip_prefix(&Track::of(Some(version)).text())?;
    (!rest.is_empty()).then(|| rest.to_owned())
}

impl PackageName {
    /// Whether two packages have the same name and versions of one track.
    pub fn same_track(&self, other: &Self) -> bool {
        self.namespace == other.namespace
            && self.name == other.name
            && Track::of(self.version.as_ref()) == Track::of(other.version.as_ref())
    }
}

impl InterfaceName {
    /// Whether two interfaces have the same name and versions of one track.
    pub fn same_track(&self, other: &Self) -> bool {
        self.interface == other.interface && self.package.same_track(&other.package)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_and_its_suffix_are_the_whole_version() {
        let expected = [
            ("1.2.3", "1", Some(".2.3")),
            ("0.2.10", "0.2", Some(".10")),
            ("0.0.3", "0.0.3", None),
            ("0.2.0-rc.1", "0.2.0-rc.1", None),
            ("1.0.0-rc.1+b", "1.0.0-rc.1", Some("+b")),
            ("2.0.1+build.5", "2", Some(".0.1+build.5")),
            ("0.0.1+b", "0.0.1", Some("+b")),
        ];
        for (text, track, rest) in expected {
            let version = Version::parse(text).expect("a version");
            assert_eq!(Track::of(Some(&version)).text(), track);
            assert_eq!(suffix(&version).as_deref(), rest, "{text}");
        }
    }
}
