//! What changed of what is said of an item: gates, versions, external ids, documentation.
//!
//! Specification: "WIT", "Feature gates".

use types::{Decl, Stability};

use super::finding::Parties;
use super::rules::Rule;
use super::walk::Walk;

/// Everything that a declaration says, at the current path.
pub(super) fn compare(walk: &mut Walk<'_>, old: &Decl, new: &Decl) {
    if !walk.is_documented {
        return;
    }
    gates(walk, &old.stability, &new.stability);
    deprecated(walk, &old.stability, &new.stability);
    if old.external_id != new.external_id {
        let headline = format!("{} has another external id", walk.here());
        let (old, new) = (old.external_id.clone(), new.external_id.clone());
        walk.say(Rule::ExternalIdChanged, Parties::default(), headline, old, new);
    }
    docs(walk, old, new);
}

/// The documentation.
pub(super) fn docs(walk: &mut Walk<'_>, old: &Decl, new: &Decl) {
    if !walk.is_documented || old.docs == new.docs {
        return;
    }
    let headline = format!("the documentation of {} changed", walk.here());
    // Only the first lines: a text for people is compared by reading it.
    let first_line = |decl: &Decl| decl.docs.as_ref().map(|docs| docs.lines().next().unwrap_or_default().to_owned());
    walk.say(Rule::DocsChanged, Parties::default(), headline, first_line(old), first_line(new));
}

fn gates(walk: &mut Walk<'_>, old: &Stability, new: &Stability) {
    let nobody = Parties::default();
    let (rule, breaks, happened) = match (gate(old), gate(new)) {
        (Gate::Unstable(old), Gate::Unstable(new)) if old != new => {
            (Rule::GateChanged, walk.view.both(), "is behind another feature")
        }
        (Gate::Since(old), Gate::Since(new)) if old != new => {
            (Rule::SinceChanged, nobody, "is said to be there since another version")
        }
        (Gate::Unstable(_), Gate::Since(_)) => (Rule::GateRemoved, nobody, "is not behind a feature any more"),
        (Gate::Since(_), Gate::Unstable(_)) => (Rule::GateAdded, walk.view.both(), "is behind a feature now"),
        (Gate::Since(_), Gate::Since(_)) | (Gate::Unstable(_), Gate::Unstable(_)) => return,
    };
    let headline = format!("{} {happened}", walk.here());
    walk.say(rule, breaks, headline, gate(old).text(), gate(new).text());
}

/// Whether an item needs a feature.
#[derive(PartialEq)]
enum Gate {
    /// It does not; since which version it is there, if that is said.
    Since(Option<String>),
    Unstable(String),
}

impl Gate {
    fn text(self) -> Option<String> {
        match self {
            Self::Since(version) => version.map(|version| format!("@since(version = {version})")),
            Self::Unstable(feature) => Some(format!("@unstable(feature = {feature})")),
        }
    }
}

fn gate(stability: &Stability) -> Gate {
    match stability {
        Stability::Unknown => Gate::Since(None),
        Stability::Stable { since, .. } => Gate::Since(Some(since.to_string())),
        Stability::Unstable { feature, .. } => Gate::Unstable(feature.clone()),
    }
}

fn deprecated(walk: &mut Walk<'_>, old: &Stability, new: &Stability) {
    let since = |stability: &Stability| match stability {
        Stability::Unknown => None,
        Stability::Stable { deprecated, .. } | Stability::Unstable { deprecated, .. } => {
            deprecated.as_ref().map(|version| format!("@deprecated(version = {version})"))
        }
    };
    let (old, new) = (since(old), since(new));
    let (rule, happened) = match (&old, &new) {
        (Some(old), Some(new)) if old != new => (Rule::DeprecatedAdded, "is deprecated since another version"),
        (None, Some(_)) => (Rule::DeprecatedAdded, "is deprecated now"),
        (Some(_), None) => (Rule::DeprecatedRemoved, "is not deprecated any more"),
        (None, None) | (Some(_), Some(_)) => return,
    };
    let headline = format!("{} {happened}", walk.here());
    walk.say(rule, Parties::default(), headline, old, new);
}
