//! Go bindings for guests.
//!
//! In: `Bindings`. Out: `Files`: Go packages below one folder, which need stock Go 1.24 and nothing but its standard
//! library.
//! Holds: every name is decided in `model`, `print` only lays out, exactly as gofmt does; what is the same in all
//! outputs comes from `templates/go`.
//!
//! Specification: Canonical ABI; "Build targets" (legacy core names).

mod carried;
mod codec;
mod model;
mod options;
mod print;
mod runtime;
mod stubs;
mod unsupported;

use bindgen::{Bindings, Files};

pub use carried::world_of;
pub use model::names::{KEYWORDS, PREDECLARED, package as package_name};
pub use options::Options;

/// Generates the bindings of a world.
///
/// # Errors
/// Everything in the world that Go bindings cannot express, each with its place.
pub fn generate(bindings: &Bindings<'_>, options: &Options) -> diag::Result<Files> {
    unsupported::check(bindings)?;
    let model = model::model(bindings, options);
    let mut files = Files::new();
    runtime::add(&mut files, &model, options);
    print::packages(&mut files, &model);
    if options.stubs {
        stubs::add(&mut files, &model);
    }
    if options.writes_module {
        files.insert_start("go.mod", format!("module {}\n\ngo 1.24\n", options.module));
    }
    Ok(files)
}
