//! Gates as they are written: `@since`, `@unstable`.
//!
//! In: the attributes of an item. Out: the version and the feature that it is gated by.
//! Holds: what is no valid gate gates nothing; the rules of one file tell that.

use semver::Version;

use crate::syntax::ast::{Attributes, Span};

/// What an item is gated by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gate<'t> {
    None,
    Since(Version, &'t Span),
    Unstable(&'t str, &'t Span),
}

pub(super) fn gate(attributes: &Attributes) -> Gate<'_> {
    for one in &attributes.gates {
        let argument = |name: &str| {
            let named =
                |argument: &&crate::syntax::ast::Argument| argument.name.as_ref().is_some_and(|own| own.text == name);
            one.arguments.iter().find(named)
        };
        match one.name.text.as_str() {
            "since" => {
                if let Some(version) = argument("version").and_then(|version| Version::parse(&version.value).ok()) {
                    return Gate::Since(version, &one.span);
                }
            }
            "unstable" => {
                if let Some(feature) = argument("feature") {
                    return Gate::Unstable(&feature.value, &one.span);
                }
            }
            _ => {}
        }
    }
    Gate::None
}
