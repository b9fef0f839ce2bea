//! Which version a change calls for.
//!
//! In: the old version, the new one, how much changed. Out: whether the new version says as much.
//! Holds: 1.2.3 breaks with 2.0.0 and grows with 1.3.0; 0.2.3 breaks with 0.3.0 and grows with 0.2.4; 0.0.3 does both
//! with 0.0.4; a pre-release promises nothing, so that any later version may follow it.
//!
//! Specification: Component Model explainer, "Canonical Interface Name", for the tracks; semver.org for the rest.

use semver::Version;
use types::version::Track;

/// How much of a version has to change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    #[default]
    None,
    Patch,
    Minor,
    Major,
}

impl Bump {
    /// `none`, `patch`, `minor`, `major`.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// The lowest version that says that so much changed. For a pre-release, the release that it is for, although an
/// earlier one may do.
pub fn needed(old: &Version, bump: Bump) -> Version {
    let Version { major, minor, patch, .. } = *old;
    if bump == Bump::None {
        return old.clone();
    }
    if !old.pre.is_empty() {
        return Version::new(major, minor, patch);
    }
    match (bump, Track::of(Some(old))) {
        (Bump::Major, Track::Major(_)) => Version::new(major + 1, 0, 0),
        (Bump::Minor, Track::Major(_)) => Version::new(major, minor + 1, 0),
        (Bump::Major, Track::Minor(_)) => Version::new(0, minor + 1, 0),
        // What is left: patches, growth before 1.0.0, everything in 0.0.x.
        (Bump::None | Bump::Patch | Bump::Minor | Bump::Major, _) => Version::new(major, minor, patch + 1),
    }
}

/// Whether `new` says that so much changed since `old`.
pub fn is_enough(old: &Version, new: &Version, bump: Bump) -> bool {
    if bump == Bump::None {
        return true;
    }
    if new <= old {
        return false;
    }
    if bump == Bump::Major || !old.pre.is_empty() {
        return Track::of(Some(old)) != Track::of(Some(new));
    }
    // 1.3.0-rc.1 says already that something is added to 1.2.0.
    let needed = needed(old, bump);
    (new.major, new.minor, new.patch) >= (needed.major, needed.minor, needed.patch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).expect("a version")
    }

    #[test]
    fn versions_are_called_for_as_semver_says() {
        let expected = [
            ("1.2.3", ["1.2.4", "1.3.0", "2.0.0"]),
            ("0.2.3", ["0.2.4", "0.2.4", "0.3.0"]),
            ("0.0.3", ["0.0.4", "0.0.4", "0.0.4"]),
            ("1.0.0-rc.1", ["1.0.0", "1.0.0", "1.0.0"]),
        ];
        for (old, needs) in expected {
            let old = version(old);
            let found = [Bump::Patch, Bump::Minor, Bump::Major].map(|bump| needed(&old, bump).to_string());
            assert_eq!(found, needs, "{old}");
            assert_eq!(needed(&old, Bump::None), old);
            for bump in [Bump::Patch, Bump::Minor, Bump::Major] {
                assert!(is_enough(&old, &needed(&old, bump), bump), "{old} {bump:?}");
                assert!(!is_enough(&old, &old, bump), "{old} {bump:?}");
            }
        }
    }

    #[test]
    fn a_version_is_enough_or_not() {
        let expected = [
            ("1.2.3", "1.2.4", Bump::Minor, false),
            ("1.2.3", "1.3.0-rc.1", Bump::Minor, true),
            ("1.2.3", "1.9.0", Bump::Major, false),
            ("1.2.3", "2.0.0-alpha", Bump::Major, true),
            ("0.2.3", "0.2.9", Bump::Major, false),
            ("0.2.3", "1.0.0", Bump::Major, true),
            ("0.2.3", "0.1.0", Bump::Patch, false),
            ("1.0.0-rc.1", "1.0.0-rc.2", Bump::Major, true),
            ("1.0.0-rc.2", "1.0.0-rc.1", Bump::Patch, false),
            ("1.0.0", "1.0.0", Bump::None, true),
            ("1.0.0", "0.9.0", Bump::None, true),
        ];
        for (old, new, bump, enough) in expected {
            assert_eq!(is_enough(&version(old), &version(new), bump), enough, "{old} {new} {bump:?}");
        }
    }
}
