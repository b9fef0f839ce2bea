//! Rust bindings for guests.
//!
//! In: `Bindings`. Out: `Files`: one Rust file for the world, or a crate around it.
//! Holds: the text needs no runtime crate; every name is decided in `model`, `print` only lays out;
//! one function for each type and direction stands in the module `_abi`, whatever is the same in all
//! outputs comes from `templates/rust`.
//!
//! The shape users see is that of wit-bindgen: modules by package, `Guest` traits, `export!`.
//!
//! Specification: Canonical ABI; "Build targets" (legacy core names).

mod model;
mod options;
mod print;
mod runtime;
mod stubs;
mod unsupported;

use bindgen::{Bindings, Files};

pub use options::Options;

/// Generates the bindings of a world.
///
/// # Errors
/// Everything in the world that Rust bindings cannot express yet, each with its place.
pub fn generate(bindings: &Bindings<'_>, options: &Options) -> diag::Result<Files> {
    unsupported::check(bindings)?;
    let model = model::model(bindings, options);
    let mut files = Files::new();
    if options.stubs {
        stubs::add(&mut files, bindings, &model);
        files.insert(format!("src/{}.rs", model.file), print::file(&model));
    } else {
        files.insert(format!("{}.rs", model.file), print::file(&model));
    }
    Ok(files)
}
