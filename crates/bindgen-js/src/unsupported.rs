//! What no generated module does: refused before anything is made.
//!
//! In: an `Instantiation`. Out: nothing, or what is refused.

use component::instantiation::Instantiation;
use diag::{Diagnostic, Diagnostics, Place};

/// Refuses components with a memory of 64 bits.
pub fn check(file: &str, inst: &Instantiation<'_>) -> diag::Result<()> {
    let mut found: Vec<Diagnostic> = Vec::new();
    if inst.options.iter().any(|options| options.memory64) {
        found.push(
            diag::error("unsupported/memory64", "a memory of the component has addresses of 64 bits")
                .label(Place::file(file), "its canonical definitions name such a memory")
                .help("build the component for wasm32"),
        );
    }
    if found.is_empty() { Ok(()) } else { Err(Diagnostics(found)) }
}
