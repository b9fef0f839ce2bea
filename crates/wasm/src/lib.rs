//! Core modules: bytes to `CoreModule`, and the few ways in which this project makes or changes core modules.
//!
//! In: untrusted bytes. Out: `CoreModule` (structure validated, everything borrowed), or new bytes.
//! Holds: function bodies are never copied while reading, and never validated here;
//! index numbers stay inside this crate.
//!
//! Specification: WebAssembly core, "Binary Format".
#![expect(clippy::wildcard_enum_match_arm, reason = "wasmparser's enums are foreign and grow")]

mod anatomy;
mod builder;
mod callers;
mod data;
mod dylink;
mod extend;
mod gc;
mod inventory;
mod module;
mod names;
mod pieces;
mod producers;
mod read;
mod redirect;
mod rewrite;
mod types;
mod validate;

pub use anatomy::{PREAMBLE, Region, RegionKind, module_regions};
pub use builder::{FuncIndex, GlobalIndex, MemoryIndex, ModuleBuilder, TableIndex, bytes_at, word_at};
pub use callers::{Callers, callers};
pub use data::{DataImage, Found};
pub use dylink::{Dylink, constant_globals};
pub use extend::Extension;
pub use gc::{Adaptation, ReallocSource, Shaker, adapt, becomes_wrong, shake};
pub use inventory::{Inventory, core_modules};
pub use module::{CoreModule, Custom, Export, Import, Section};
pub use names::{Names, module_name};
pub use pieces::Pieces;
pub use producers::Producers;
pub use read::{BinaryKind, binary_kind, custom_sections, invalid, read_module};
pub use redirect::redirect_import;
pub use rewrite::{Rewrite, is_metadata, strip, strip_component};
pub use types::{CoreRefType, CoreType, Extern, Global, Memory, Signature, Table};
pub use validate::{has_too_many_parts, validate, validate_pieces};
pub use wasm_encoder::{BlockType, Instruction};
