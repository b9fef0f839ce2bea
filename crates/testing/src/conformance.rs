//! Public test vectors, which lie beside the checkout and are no part of it.
//!
//! In: the name of a folder of vectors. Out: where it is, or that it is not here.

use std::path::PathBuf;

use crate::{Trouble, root};

/// The folder `area` of the vectors: in `WITHE_CONFORMANCE`, else in `../shared/conformance` beside the checkout.
pub fn folder(area: &str) -> Result<PathBuf, Trouble> {
    let all = std::env::var_os("WITHE_CONFORMANCE").map_or_else(|| root().join("../shared/conformance"), PathBuf::from);
    let folder = all.join(area);
    if folder.is_dir() {
        return Ok(folder.canonicalize()?);
    }
    Err(Trouble::NotRun(format!("no public test vectors `{area}` beside the checkout (or in WITHE_CONFORMANCE)")))
}
