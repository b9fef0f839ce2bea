//! The WAC language: scripts that say which components are instantiated with what, and what the result exports.
//!
//! In: the text of a script. Out: a [`Script`], its tree; with the packages that it names, a wiring.
//! Holds: the text is read without files and without packages; the script first says which packages it needs
//! ([`Script::packages`]), then is given them.
//!
//! Specification: WAC, "WAC Grammar"; WIT for the syntax of types, interfaces and worlds.

mod features;
mod print;
mod resolve;
mod source;
pub mod syntax;

pub use features::Hidden;
pub use print::print;
pub use resolve::{Contents, Package, Packages, Resolved, Target, WitItem, resolve, resolve_showing};
pub use source::source;
pub use syntax::tree::Script;
pub use syntax::{PackageUse, Parsed, parse};
