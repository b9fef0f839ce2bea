//! What tests share: case directories, golden files, guests compiled by real compilers, scripts on Node,
//! tools that may be missing.
//!
//! In: a folder of cases, a source of a guest. Out: one test per case, a `.wasm` file, or the reason why not.
//! Holds: a thing that cannot run here is reported as such; a missing tool is a failure under `REQUIRE_TOOLS=1`.

#![expect(clippy::disallowed_methods, reason = "tests read fixtures, write results and start compilers")]

pub mod browser;
pub mod cases;
pub mod conformance;
pub mod damage;
pub mod engine;
pub mod go;
pub mod golden;
pub mod guest;
pub mod js;
pub mod limits;
mod npm;
pub mod pairs;
pub mod registry;
pub mod seeds;
pub mod tool;
pub mod wast;

use std::path::{Path, PathBuf};

/// Why a case did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The case ran and is wrong.
    Failed(String),
    /// A tool is missing: reported as ignored, a failure under `REQUIRE_TOOLS=1`.
    MissingTool(String),
    /// It cannot run here and need not: public test vectors that are not beside the checkout.
    NotRun(String),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failed(text) => f.write_str(text),
            Self::MissingTool(text) => write!(f, "missing tool: {text}"),
            Self::NotRun(text) => write!(f, "not run: {text}"),
        }
    }
}

impl From<String> for Trouble {
    fn from(text: String) -> Self {
        Self::Failed(text)
    }
}

impl From<&str> for Trouble {
    fn from(text: &str) -> Self {
        Self::Failed(text.to_owned())
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What a case gives.
pub type Outcome = Result<(), Trouble>;

/// Whether a missing tool is a failure, as it is where `REQUIRE_TOOLS=1`.
pub fn tools_required() -> bool {
    std::env::var("REQUIRE_TOOLS").is_ok_and(|value| value == "1")
}

/// The checkout's folder: of the package that cargo runs, since a target folder may have been another checkout's.
pub fn root() -> PathBuf {
    let run = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let is_root = |folder: &&Path| folder.join("rust-toolchain.toml").is_file();
    if let Some(root) = run.as_deref().and_then(|package| package.ancestors().find(is_root)) {
        return root.to_owned();
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("crates/testing lies two folders below the root").to_owned()
}

/// A folder below `fixtures/`.
pub fn fixtures(area: &str) -> PathBuf {
    root().join("fixtures").join(area)
}

/// A file's bytes; a file that cannot be read is named in the failure.
pub fn read(path: &Path) -> Result<Vec<u8>, Trouble> {
    std::fs::read(path).map_err(|error| Trouble::Failed(format!("{}: {error}", path.display())))
}

/// A file's text.
pub fn read_text(path: &Path) -> Result<String, Trouble> {
    String::from_utf8(read(path)?).map_err(|error| Trouble::Failed(format!("{}: {error}", path.display())))
}

/// An empty scratch folder of this name below the target folder; what an earlier run left in it is removed.
pub fn scratch(name: &str) -> Result<PathBuf, Trouble> {
    let folder = target_folder().join("tests").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Where cargo builds, and tests keep what they make.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
