//! Does a component fit a world?
//!
//! In: a component's imports and exports, the world. Out: every way in which they do not fit.

use diag::{Diagnostic, Place};
use types::mismatch::Step;
use types::{ComponentType, ExternName, Types, World};

/// Why a mismatch came about, where its maker knows more than the types say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub place: Place,
    pub text: String,
    pub help: String,
}

/// Every way in which a component does not fit the target world. `whose` says of a composition whose a resource is.
pub fn misfits(
    types: &Types,
    file: &str,
    found: &ComponentType,
    target: &World,
    whose: impl Fn(&types::Mismatch) -> Option<Cause>,
) -> Vec<Diagnostic> {
    let options = types::subtype::Options { tracks: true };
    let mismatches = types::subtype::component_mismatches(types, found, &target.component, options);
    let misfit = |mismatch: types::Mismatch| {
        let error = diag::error("validate/target", format!("the component does not fit the world `{}`", target.name))
            .label(Place::binary(file, mismatch.path.to_string()), mismatch.text());
        match whose(&mismatch) {
            Some(whose) => error.label(whose.place, whose.text).help(whose.help),
            None => error.help(of_another_track(&mismatch, target).unwrap_or_else(|| rebuild(&mismatch))),
        }
    };
    mismatches.into_iter().map(misfit).collect()
}

/// What mends all other misfits.
fn rebuild(mismatch: &types::Mismatch) -> String {
    match mismatch.path.0.as_slice() {
        [Step::Import(import)] if mismatch.kind == types::MismatchKind::Extra => {
            format!("compose it with a component that exports `{import}`, or rebuild it against the target's WIT")
        }
        _ => "rebuild the component against the target's WIT".to_owned(),
    }
}

/// The world imports the interface that it has no import for, in a version that does not fit.
fn of_another_track(mismatch: &types::Mismatch, target: &World) -> Option<String> {
    let [Step::Import(import @ ExternName::Interface(found))] = mismatch.path.0.as_slice() else { return None };
    let is_same = |name: &&ExternName| match name {
        ExternName::Interface(of) => {
            let (of, found) = ((&of.package, &of.interface), (&found.package, &found.interface));
            of.1 == found.1 && of.0.namespace == found.0.namespace && of.0.name == found.0.name
        }
        ExternName::Label(_)
        | ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_) => false,
    };
    let other = target.component.imports.keys().find(is_same).filter(|other| *other != import)?;
    Some(format!("the world imports `{other}`: rebuild what imports `{import}` against that version"))
}
