//! Files of other people, where generated ones go.
//!
//! Holds: what `withe` wrote says so in its first line; everything else is left alone.

use std::path::Path;

use bindgen::{GO_HEADER, HEADER};
use diag::{Diagnostic, Diagnostics, Place};

use crate::Io;

/// The error for what is at that path, unless it is nothing, generated, or what would be written.
pub(super) fn at(path: &Path, wanted: &[u8], what: &str, io: &Io) -> Option<Diagnostic> {
    let first = io.beginning(path, HEADER.len().max(GO_HEADER.len()))?;
    let is_ours = first.is_empty() || bindgen::is_generated(&first) || io.holds(path, wanted);
    (!is_ours).then(|| error(path, what))
}

/// `what` says what goes there: `the bindings go`.
pub(super) fn error(path: &Path, what: &str) -> Diagnostic {
    let name = path.to_string_lossy();
    diag::error("output/foreign-file", format!("`{name}` is there, and `withe` did not write it"))
        .label(Place::file(&*name), format!("stands where {what}"))
        .help("move the file away, or write to another folder with `-o`")
}

pub(super) fn refuse(found: Vec<Diagnostic>) -> diag::Result<()> {
    if found.is_empty() { Ok(()) } else { Err(Diagnostics(found)) }
}
