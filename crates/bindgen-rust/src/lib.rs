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

use std::borrow::Cow;

use bindgen::{Bindings, Files, HEADER};

pub use model::ident::KEYWORDS;
pub use options::{Options, Ownership, With};

/// Generates the bindings of a world.
///
/// # Errors
/// Everything that options name and the world does not have; else everything in the world that Rust bindings cannot
/// express yet, each with its place.
pub fn generate(bindings: &Bindings<'_>, options: &Options) -> diag::Result<Files> {
    let chosen = options::check::check(bindings, options)?;
    let mut bindings = Cow::Borrowed(bindings);
    if !options.sync.is_empty() || !options.asynchronous.is_empty() {
        bindings.to_mut().choose_modes(&options.sync, &options.asynchronous)?;
    }
    if !options.skip.is_empty() {
        bindings.to_mut().leave_out(&options.skip);
    }
    let bindings = bindings.as_ref();
    unsupported::check(bindings)?;
    let model = model::model(bindings, options, &chosen);
    let mut files = Files::new();
    if options.stubs {
        stubs::add(&mut files, bindings, &model, options);
        files.insert(format!("src/{}.rs", stubs::module(&model)), print::file(&model));
    } else {
        files.insert(format!("{}.rs", model.file), print::file(&model));
    }
    Ok(files)
}

/// The world, `namespace:package/name@version`, that a file says it was generated for; nothing of other files.
pub fn world_of(text: &str) -> Option<&str> {
    let mut lines = text.lines();
    lines.next()?.strip_prefix(HEADER)?;
    lines.next()?.split('`').nth(1)
}
