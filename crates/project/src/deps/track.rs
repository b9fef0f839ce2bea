//! Which versions fit: requirements, and the tracks in which one version stands for another.

use semver::{Comparator, Op, Version, VersionReq};

/// The part of a version that compatible versions share: `1` of 1.2.3, `0.2` of 0.2.3, all of a pre-release.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Track {
    Unversioned,
    Major(u64),
    Minor(u64),
    Exact(Version),
}

impl Track {
    pub fn of(version: Option<&Version>) -> Self {
        match version {
            None => Self::Unversioned,
            Some(version) if version.pre.is_empty() && version.major > 0 => Self::Major(version.major),
            Some(version) if version.pre.is_empty() && version.minor > 0 => Self::Minor(version.minor),
            Some(version) => Self::Exact(version.clone()),
        }
    }
}

/// Whether a version fits. What says no version, as components do not, fits whatever is asked of it.
pub fn fits(requirement: &VersionReq, version: Option<&Version>) -> bool {
    version.is_none_or(|version| requirement.matches(version))
}

/// What a reference in WIT asks for: that version, or a later one of its track; without a version, any.
pub fn of_reference(version: Option<&Version>) -> VersionReq {
    let Some(version) = version else { return VersionReq::STAR };
    let op = if version.pre.is_empty() { Op::Caret } else { Op::Exact };
    let Version { major, minor, patch, pre, .. } = version.clone();
    VersionReq { comparators: vec![Comparator { op, major, minor: Some(minor), patch: Some(patch), pre }] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_a_track_fit_a_reference() {
        let version = |text: &str| Version::parse(text).unwrap();
        let asked = of_reference(Some(&version("0.2.3")));
        let fit = |text: &str| fits(&asked, Some(&version(text)));
        assert_eq!(["0.2.2", "0.2.3", "0.2.9", "0.3.0"].map(fit), [false, true, true, false]);
        assert!(fits(&of_reference(Some(&version("0.2.0-rc.1"))), Some(&version("0.2.0-rc.1"))));
        assert!(!fits(&of_reference(Some(&version("0.2.0-rc.1"))), Some(&version("0.2.0"))));
        assert!(fits(&asked, None));
        let track = |text: &str| Track::of(Some(&version(text)));
        assert_eq!(track("1.2.3"), track("1.9.0"));
        assert_ne!(track("0.2.3"), track("0.3.0"));
        assert_ne!(track("0.0.3"), track("0.0.4"));
        assert_ne!(track("1.0.0-a"), track("1.0.0"));
    }
}
