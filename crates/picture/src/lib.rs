//! Pictures of what is inside a component and how it is wired.
//!
//! In: a [`Scene`], plain data that the caller makes; or a [`treemap::Block`], of what something weighs.
//! Out: text in one of five forms; of weights, a page.
//! Holds: the same scene gives the same text; any name may stand in it; drawing cannot fail and touches no file.

mod dot;
pub mod drawing;
mod html;
mod json;
pub mod layout;
mod mermaid;
mod outline;
pub mod scene;
mod svg;
pub mod text;
pub mod treemap;
pub mod view;

pub use dot::dot;
pub use html::html;
pub use json::{json, read_json};
pub use mermaid::mermaid;
pub use scene::{Edge, Item, Level, Module, Name, Node, NodeId, Part, PartId, Scene, Sort, TextId, Texts};
pub use svg::svg;
