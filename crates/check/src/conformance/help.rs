//! What mends a misfit.
//!
//! In: a mismatch, and both sides. Out: one action.

use indexmap::IndexMap;
use types::mismatch::Step;
use types::{ExternName, InterfaceName, Item, Mismatch, MismatchKind};

use super::Compared;

impl Compared<'_> {
    pub(super) fn help(self, mismatch: &Mismatch) -> String {
        self.of_another_track(mismatch).or_else(|| near(mismatch)).unwrap_or_else(|| rebuild(mismatch))
    }

    /// Both sides have the interface, in versions that do not fit.
    fn of_another_track(self, mismatch: &Mismatch) -> Option<String> {
        match (mismatch.path.0.as_slice(), mismatch.kind) {
            ([Step::Import(wanted)], MismatchKind::Extra) => {
                let other = other_version(&self.target.component.imports, wanted)?;
                Some(format!("the world imports `{other}`: rebuild what imports `{wanted}` against that version"))
            }
            ([Step::Export(wanted)], MismatchKind::Missing) => {
                let other = other_version(&self.found.exports, wanted)?;
                Some(format!("the component exports `{other}`: rebuild it against the version of the target"))
            }
            _ => None,
        }
    }
}

/// The interface of that name in another version.
fn other_version<'a>(items: &'a IndexMap<ExternName, Item>, wanted: &ExternName) -> Option<&'a ExternName> {
    let wanted = interface(wanted)?;
    let is_same = |name: &&ExternName| {
        interface(name).is_some_and(|of| {
            of.interface == wanted.interface
                && of.package.namespace == wanted.package.namespace
                && of.package.name == wanted.package.name
                && of.package.version != wanted.package.version
        })
    };
    items.keys().find(is_same)
}

fn interface(name: &ExternName) -> Option<&InterfaceName> {
    match name {
        ExternName::Interface(interface) => Some(interface),
        ExternName::Label(_)
        | ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_) => None,
    }
}

/// The other side has something with a name that may be a slip for this one.
fn near(mismatch: &Mismatch) -> Option<String> {
    let near = mismatch.near.first()?;
    match mismatch.kind {
        MismatchKind::Missing => Some(format!("did you mean this by `{near}`, which the component has?")),
        MismatchKind::Extra => Some(format!("did you mean `{near}`, which the world has?")),
        MismatchKind::Differs => None,
    }
}

/// What mends all other misfits.
fn rebuild(mismatch: &Mismatch) -> String {
    match (mismatch.path.0.as_slice(), mismatch.kind) {
        ([Step::Import(import)], MismatchKind::Extra) => {
            format!("compose it with a component that exports `{import}`, or rebuild it against the target's WIT")
        }
        _ => "rebuild the component against the target's WIT".to_owned(),
    }
}
