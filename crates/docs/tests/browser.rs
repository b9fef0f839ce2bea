//! The site in a real browser, opened from its folder: searched, read in light and in dark, with and without scripts, on
//! a phone.
//!
//! In: `chromium` on the path and the folder of `playwright-core` in `WITHE_PLAYWRIGHT`, both of which `cargo xtask test`
//! sees to. Out: one test for each that `browser/site.cjs` has; screenshots in `target/tmp/docs`.
//! Holds: the browser starts once for all tests.

#![expect(clippy::disallowed_methods, reason = "the test writes pages")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::Trouble;
use testing::browser::Walk;
use types::Types;
use wit::{LoadOptions, SourceTree};
use withe_docs::{Options, site};

/// What a stranger's package could say.
const HOSTILE: &str = include_str!("sites/hostile.wit");

fn main() -> ExitCode {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/site.cjs");
    Walk { script, text: include_str!("browser/site.cjs"), prepare }.main()
}

fn prepare() -> Result<Vec<PathBuf>, Trouble> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("docs");
    let sites = folder.join("sites");
    write(&sites.join("wasi"), &SourceTree::all_built_in())?;
    write(&sites.join("hostile"), &SourceTree::of_text("hostile.wit", HOSTILE))?;
    Ok(vec![sites, folder])
}

fn write(folder: &Path, tree: &SourceTree) -> Result<(), Trouble> {
    let options = LoadOptions { all_features: true, ..LoadOptions::default() };
    let package = wit::load(tree, &options).map_err(|found| format!("{found:?}"))?;
    let mut types = Types::new();
    let catalog = package.catalog(&mut types).map_err(|found| format!("{found:?}"))?;
    for (path, bytes) in site(&types, &catalog, &Options::default()) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(path, bytes)?;
    }
    Ok(())
}
