//! What tests of several crates need: case directories, public test vectors, compilers for guests.
//!
//! Holds: what cannot run here says why, and is a failure under `REQUIRE_TOOLS=1` if a tool is what is missing.
#![expect(clippy::disallowed_methods, reason = "tests read files and run programs")]

pub mod cases;
pub mod guest;

use std::path::{Path, PathBuf};

/// Why a test did not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRun(pub String);

impl std::fmt::Display for NotRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not run: {}", self.0)
    }
}

/// Whether a missing tool is a failure.
pub fn tools_are_required() -> bool {
    std::env::var("REQUIRE_TOOLS").is_ok_and(|value| value == "1")
}

/// The root of the checkout.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// A folder of `fixtures/`.
pub fn fixtures(area: &str) -> PathBuf {
    root().join("fixtures").join(area)
}

/// A folder of the public test vectors, which stand beside the checkout or where `WITHE_CONFORMANCE` says.
pub fn conformance(area: &str) -> Result<PathBuf, NotRun> {
    let folder = match std::env::var("WITHE_CONFORMANCE") {
        Ok(folder) => PathBuf::from(folder),
        Err(_) => root().join("../shared/conformance"),
    };
    let folder = folder.join(area);
    if folder.is_dir() { Ok(folder) } else { Err(NotRun(format!("there are no public test vectors `{area}` here"))) }
}
