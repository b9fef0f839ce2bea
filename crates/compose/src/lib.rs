//! Composition: components and a wiring become one component.
//!
//! In: parts (bytes with their types) and what is to be wired. Out: `Graph`, then `component::Plan`.
//! `plug` and scripts say what they want as a `Wiring`; `Wiring::build` makes the `Graph`.
//! Holds: arguments are checked before anything is encoded; resources are compared by identity, never by name;
//! equal components are embedded once; same parts in the same order, same bytes.
//!
//! Specification: Component Model explainer, "Component Definitions"; linking examples.

pub mod decode;
pub mod graph;
pub mod part;
pub mod plan;
pub mod plug;
pub mod solve;
pub mod wiring;

mod dump;
mod identity;
mod naming;
mod offers;
mod report;
mod told;

pub use decode::decode;
pub use graph::{Definition, Graph, Node, NodeId, NodeKind, PartId};
pub use identity::{Whose, whose};
pub use part::Part;
pub use plan::plan;
pub use plug::{Plugged, plug};
pub use solve::{Solved, solve};
pub use wiring::{Arg, Import, Source, Wanted, WantedId, Wired, Wiring};
