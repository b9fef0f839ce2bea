//! What a comparison comes to: verdicts, the version that is called for, whether a check fails.

use std::collections::HashMap;

use diag::Place;
use semver::Version;
use types::PackageName;

use super::bump::{self, Bump};
use super::finding::{Finding, Parties, Party};
use super::rules::Class;

/// Everything that changed.
#[derive(Clone, Debug)]
pub struct Report {
    /// Who has something of what was compared: who calls and provides interfaces, the guests and hosts of worlds.
    pub parties: Parties,
    /// One for each package; a world or a component by itself is one too.
    pub packages: Vec<PackageReport>,
}

/// What changed of a package, a world or a component.
#[derive(Clone, Debug)]
pub struct PackageReport {
    /// Old and new; `None` for components, for worlds of different packages, and for a package of one side.
    pub names: Option<(PackageName, PackageName)>,
    /// What the user named.
    pub old_place: Place,
    pub new_place: Place,
    pub findings: Vec<Finding>,
    /// Where each finding stands, by the hash of what makes it the same one.
    known: HashMap<u64, Vec<usize>>,
}

/// What a change means to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// No type and no name changed; documentation and gates may have.
    Equal,
    /// Something changed, and what was made for the old side fits the new one.
    Compatible,
    Breaking,
}

impl Verdict {
    /// `equal`, `compatible`, `breaking`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }
}

/// When a check fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailOn {
    /// Something breaks, and the new version does not say so.
    #[default]
    Breaking,
    /// The new version says less than what changed: also if something was only added.
    Version,
    /// Anything changed.
    Any,
    Never,
}

impl PackageReport {
    pub(super) fn new(names: Option<(PackageName, PackageName)>, (old, new): (&Place, &Place)) -> Self {
        Self { names, old_place: old.clone(), new_place: new.clone(), findings: Vec::new(), known: HashMap::new() }
    }

    /// Adds findings; what is known already is only met in one more world, and may break more there.
    pub(super) fn add(&mut self, findings: Vec<Finding>) {
        for mut finding in findings {
            for (said, whole) in [(&mut finding.old, &self.old_place), (&mut finding.new, &self.new_place)] {
                // Of what came in a binary, the path says where it is.
                said.place.get_or_insert_with(|| Place::binary(whole.file_name(), finding.path.join(" / ")));
            }
            let met = self.known.entry(finding.key()).or_default();
            match met.iter().copied().find(|at| self.findings[*at].is_same(&finding)) {
                Some(at) => {
                    let known = &mut self.findings[at];
                    known.breaks = known.breaks.union(finding.breaks);
                    for world in finding.worlds {
                        if !known.worlds.contains(&world) {
                            known.worlds.push(world);
                        }
                    }
                }
                None => {
                    met.push(self.findings.len());
                    self.findings.push(finding);
                }
            }
        }
    }

    /// What the changes mean to the parties that count.
    pub fn verdict(&self, counted: Parties) -> Verdict {
        let broken = self.findings.iter().any(|finding| !finding.breaks_binaries().common(counted).is_empty());
        let is_change = |finding: &Finding| finding.rule.class() != Class::Note;
        match (broken, self.findings.iter().any(is_change)) {
            (true, _) => Verdict::Breaking,
            (false, true) => Verdict::Compatible,
            (false, false) => Verdict::Equal,
        }
    }

    /// How much of the version has to change.
    pub fn bump(&self, counted: Parties) -> Bump {
        let of = |finding: &Finding| match finding.breaks_binaries().common(counted).is_empty() {
            true => finding.rule.least_bump(),
            false => Bump::Major,
        };
        self.findings.iter().map(of).max().unwrap_or_default()
    }

    /// The old version and the new one, if both have one.
    pub fn versions(&self) -> Option<(&Version, &Version)> {
        let (old, new) = self.names.as_ref()?;
        Some((old.version.as_ref()?, new.version.as_ref()?))
    }

    /// The version that is called for, if something is and the old side has one.
    pub fn needed(&self, counted: Parties) -> Option<Version> {
        let (old, _) = self.names.as_ref()?;
        let bump = self.bump(counted);
        (bump != Bump::None).then(|| Some(bump::needed(old.version.as_ref()?, bump)))?
    }

    /// Whether the new version says what changed; `None` if one of the sides has no version.
    pub fn is_enough(&self, counted: Parties) -> Option<bool> {
        let (old, new) = self.versions()?;
        Some(bump::is_enough(old, new, self.bump(counted)))
    }

    pub fn fails(&self, counted: Parties, fail_on: FailOn) -> bool {
        let is_major = self.bump(counted) == Bump::Major;
        match fail_on {
            FailOn::Breaking => is_major && self.is_enough(counted) != Some(true),
            FailOn::Version => self.is_enough(counted).map_or(is_major, |enough| !enough),
            FailOn::Any => !self.findings.is_empty(),
            FailOn::Never => false,
        }
    }
}

impl Report {
    pub fn verdict(&self, counted: Parties) -> Verdict {
        self.packages.iter().map(|package| package.verdict(counted)).max().unwrap_or(Verdict::Equal)
    }

    /// The verdicts for all who have something of it.
    pub fn verdicts(&self) -> Vec<(Party, Verdict)> {
        self.parties.iter().map(|party| (party, self.verdict(Parties::of(&[party])))).collect()
    }

    pub fn bump(&self, counted: Parties) -> Bump {
        self.packages.iter().map(|package| package.bump(counted)).max().unwrap_or_default()
    }

    pub fn fails(&self, counted: Parties, fail_on: FailOn) -> bool {
        self.packages.iter().any(|package| package.fails(counted, fail_on))
    }
}
