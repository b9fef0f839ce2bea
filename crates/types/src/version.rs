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
