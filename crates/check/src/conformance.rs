//! Does a component fit a world?
//!
//! In: a component's imports and exports, the world. Out: every way in which they do not fit.
//! Holds: each finding has the path to the smallest part that differs, what the world has there, and where the world
//! says so; the order is that of the world's items.

mod help;
mod words;

use diag::{Diagnostic, Place};
use types::{ComponentType, Mismatch, MismatchKind, Types, World};

/// Why a mismatch came about, where its maker knows more than the types say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub place: Place,
    pub text: String,
    pub help: String,
}

/// A comparison: what was found, and the world that it should fit.
#[derive(Clone, Copy)]
struct Compared<'a> {
    types: &'a Types,
    found: &'a ComponentType,
    target: &'a World,
}

/// Every way in which a component does not fit the target world. `whose` says of a composition whose a resource is.
pub fn misfits(
    types: &Types,
    file: &str,
    found: &ComponentType,
    target: &World,
    whose: impl Fn(&Mismatch) -> Option<Cause>,
) -> Vec<Diagnostic> {
    let compared = Compared { types, found, target };
    let options = types::subtype::Options { tracks: true };
    let mismatches = types::subtype::component_mismatches(types, found, &target.component, options);
    mismatches.iter().map(|mismatch| compared.misfit(mismatch, file, whose(mismatch))).collect()
}

impl Compared<'_> {
    fn misfit(self, mismatch: &Mismatch, file: &str, cause: Option<Cause>) -> Diagnostic {
        let mut error = diag::error("validate/target", self.headline(mismatch))
            .label(Place::binary(file, mismatch.path.to_string()), self.difference(mismatch));
        for path in &mismatch.also {
            error = error.label(Place::binary(file, path.to_string()), "the same difference");
        }
        if let Some((place, text)) = self.asked_for(mismatch) {
            error = error.label(place, text);
        }
        match cause {
            Some(cause) => error.label(cause.place, cause.text).help(cause.help),
            None => error.help(self.help(mismatch)),
        }
    }

    /// Where the target says what it has, as far as it was read from a text.
    fn asked_for(self, mismatch: &Mismatch) -> Option<(Place, String)> {
        let is_text = |place: &&Place| matches!(place, Place::Text { .. });
        if let Some(place) = mismatch.expected_place.as_ref().filter(is_text) {
            let text = match mismatch.kind {
                MismatchKind::Missing => "asked for here".to_owned(),
                MismatchKind::Extra => "this is all that the target has".to_owned(),
                MismatchKind::Differs => "the target says so here".to_owned(),
            };
            return Some((place.clone(), text));
        }
        let place = self.target.decl.place.as_ref().filter(is_text)?;
        Some((place.clone(), format!("the world `{}`", self.target.name)))
    }
}
