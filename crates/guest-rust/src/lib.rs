//! What guests in Rust use when they do not want everything in the generated file.
//!
//! [`generate!`] generates bindings where it stands; [`rt`] is the runtime that generated code shares, also that of
//! `withe bindgen rust --runtime withe_bindgen::rt`.
#![no_std]

// Nothing of it is used: programs that have no `std` of their own get its allocator and panic handler.
#[cfg(feature = "std")]
extern crate std;

/// The runtime of generated code.
#[doc(hidden)]
pub mod rt;

/// How exported resources keep their values.
pub mod resource {
    pub use crate::rt::{Resource, ResourceRep};
}

pub use rt::async_support::{
    backpressure_dec, backpressure_inc, block_on, spawn_local, yield_async, yield_blocking, AbiBuffer, FutureReader,
    FutureWriter, JoinHandle, StreamReader, StreamResult, StreamWriter,
};

/// Generates the bindings of a world where it stands.
///
/// ```ignore
/// withe_bindgen::generate!();                       // the one world in the folder `wit` beside `Cargo.toml`
/// withe_bindgen::generate!("app");                  // one of several
/// withe_bindgen::generate!("app" in "../wit");      // from elsewhere
/// withe_bindgen::generate!({
///     world: "app",
///     path: ["../wit", "../more-wit"],              // or `inline: "package a:b; world app { .. }"`
///     additional_derives: [Hash],
/// });
/// ```
///
/// The keys are the options of `withe bindgen rust` (`withe bindgen rust --help`) in wit-bindgen's spelling:
/// `world`, `path`, `inline`, `features`, `with: { "a:b/c": generate, "d:e/f": path::to::module }`, `generate_all`,
/// `skip: ["f"]`, `ownership: Owning` or `Borrowing { duplicate_if_necessary: false }`, `additional_derives: [Path]`,
/// `additional_derives_ignore: ["name"]`, `no_derive: ["Hash", "a:b/c/type=PartialEq"]`,
/// `additional_type_attributes: { "a:b/c/type": [#[attribute]] }`, `additional_member_attributes`, `merge_structurally_equal_types`, `raw_strings`, `map_type`, `bitflags_path`,
/// `chainable_methods: ["all"]`, `sync: true` or `sync: ["f"]`, `runtime_path`, `stubs`, `export_prefix`,
/// `export_macro_name`, `pub_export_macro`, `default_bindings_module`, `type_section_suffix`,
/// `disable_run_ctors_once_workaround`, `disable_custom_section_link_helpers`, `std_feature`, `generate_unused_types`,
/// and `debug`, which writes the output to a file too (as the variable `WITHE_BINDGEN_DEBUG` does for all calls).
///
/// Paths start at the folder of `Cargo.toml`. A change of the WIT compiles the crate again.
#[cfg(feature = "macros")]
pub use withe_bindgen_macro::generate;

/// The same for the crate that has wit-bindgen's names.
#[cfg(feature = "macros")]
#[doc(hidden)]
pub use withe_bindgen_macro::generate_wit_bindgen;
