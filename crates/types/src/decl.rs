//! What is known of an item beside its type: its name, where it was said, its documentation and gates.

use diag::Place;
use semver::Version;

use crate::{InstanceId, Label};

/// The declaration of a type, resource, function, interface or world item. Never part of type equality.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decl {
    /// Documentation as written, without comment marks, lines joined by `\n`.
    pub docs: Option<String>,
    pub stability: Stability,
    /// WIT's `@external-id`.
    pub external_id: Option<String>,
    /// The part of the version that a canonical name in a binary leaves out: `.1` of `a:b/c@0.1` for 0.1.1.
    pub version_suffix: Option<String>,
    /// For a resource under one more name: the scope and the name that it was taken from; for a handle: the scope and
    /// the name by which it says its resource. (A value type under one more name is a definition of its own.)
    pub alias_of: Option<(Owner, Label)>,
    /// Where it was declared, if it is known.
    pub place: Option<Place>,
}

/// WIT: "Feature gates".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stability {
    #[default]
    Unknown,
    Stable {
        since: Version,
        deprecated: Option<Version>,
    },
    Unstable {
        feature: String,
        deprecated: Option<Version>,
    },
}

/// The scope that declares a named type or resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// An interface, as one world imports or exports it.
    Instance(InstanceId),
    /// The root of a world or component.
    World,
    /// Nothing: the type is anonymous (`list<u8>`), or belongs to a scope that is not kept.
    Nothing,
}
