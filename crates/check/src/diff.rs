//! What changed between two versions of WIT or of a component, and whom it breaks.
//!
//! In: what two sides declare, as component types of one arena. Out: findings, each with a rule, and a verdict.
//! Holds: a party is broken exactly if what was made for the old side no longer fits the new one, or the reverse, as
//! `types::subtype` decides: callers and guests are served as before if the new side offers what the old one did,
//! providers and hosts if the old side offers what the new one asks for;
//! each change is said once, at the smallest part that changed, however many functions and worlds meet it.
//!
//! ```wit
//! interface ops { add: func(a: u32) -> u32; }      // old
//! interface ops { add: func(a: u64) -> u32; }      // new: param-type-changed, breaks callers and providers
//! ```
//!
//! Specification: Component Model explainer, "Subtyping".

pub mod bump;
mod decl;
mod finding;
mod func;
mod items;
mod names;
mod packages;
mod report;
mod rules;
mod said;
mod scope;
mod units;
mod value;
mod walk;

use diag::Place;
use types::{PackageName, World};

pub use bump::Bump;
pub use finding::{Finding, Parties, Party, Said, View};
pub use packages::compare;
pub use report::{FailOn, PackageReport, Report, Verdict};
pub use rules::{Class, RULES, Rule};
pub use said::{diagnostics, verdict_lines};

/// One of the two sides.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What the user named.
    pub place: Place,
    /// Whether documentation and gates are known, as they are not in components and modules.
    pub is_documented: bool,
    pub parts: Parts,
}

/// What there is to compare.
#[derive(Clone, Debug)]
pub enum Parts {
    /// One world, or a component.
    World(Box<World>),
    Packages(Vec<Package>),
}

/// A package with all that it declares.
#[derive(Clone, Debug)]
pub struct Package {
    pub name: PackageName,
    /// Each as a component that imports what it uses and exports itself.
    pub interfaces: Vec<World>,
    pub worlds: Vec<World>,
}
