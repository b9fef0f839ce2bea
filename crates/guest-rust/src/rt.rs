//! The same text that stands in generated files without a runtime crate.
#![allow(missing_docs, clippy::all, unused_imports, unused_macros, reason = "the text of generated files")]

include!("../../../templates/rust/runtime/base.rs");
include!("../../../templates/rust/runtime/memory.rs");
include!("../../../templates/rust/runtime/resource.rs");
include!("../../../templates/rust/runtime/representation.rs");
include!("../../../templates/rust/runtime/export.rs");
