//! The page in a real browser: moved, zoomed, folded, searched, pointed at, in light and in dark.
//!
//! In: `chromium` on the path and the folder of `playwright-core` in `WITHE_PLAYWRIGHT`, both of which `cargo xtask test`
//! sees to. Out: one test for each that `browser/page.cjs` has; screenshots in `target/tmp/pictures`.
//! Holds: the browser starts once for all tests.

#![expect(clippy::disallowed_methods, reason = "the test writes pages")]

mod scenes;

use std::path::PathBuf;
use std::process::ExitCode;

use testing::Trouble;
use testing::browser::Walk;
use withe_picture::html;
use withe_picture::scene::Scene;

fn main() -> ExitCode {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/page.cjs");
    Walk { script, text: include_str!("browser/page.cjs"), prepare }.main()
}

fn prepare() -> Result<Vec<PathBuf>, Trouble> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    let pages = folder.join("pages");
    std::fs::create_dir_all(&pages)?;
    write_pages(&pages)?;
    Ok(vec![pages, folder])
}

fn write_pages(folder: &std::path::Path) -> Result<(), Trouble> {
    let pages = [
        ("three", scenes::three()),
        ("nested", scenes::nested()),
        ("middleware", scenes::middleware()),
        ("compositions", scenes::compositions()),
        ("sixty", scenes::app(60, 150)),
        ("thousand", scenes::app(1000, 2000)),
        ("hostile", scenes::hostile()),
        ("empty", Scene::default()),
    ];
    for (name, scene) in pages {
        std::fs::write(folder.join(format!("{name}.html")), html(&scene))?;
    }
    Ok(())
}
