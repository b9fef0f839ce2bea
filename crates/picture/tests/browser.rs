//! The page in a real browser: moved, zoomed, folded, searched, pointed at, in light and in dark.
//!
//! In: `chromium` on the path and the folder of `playwright-core` in `WITHE_PLAYWRIGHT`, both of which `cargo xtask test`
//! sees to. Out: one test for each that `browser/page.cjs` has; screenshots in `target/tmp/pictures`.
//! Holds: the browser starts once for all tests.

#![expect(clippy::disallowed_methods, reason = "the test writes pages and starts a browser")]

mod scenes;

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use testing::cases::Suite;
use testing::{Outcome, Trouble, tool};
use withe_picture::html;
use withe_picture::scene::Scene;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/page.cjs");
const SCRIPT_TEXT: &str = include_str!("browser/page.cjs");

fn main() -> ExitCode {
    names().into_iter().fold(Suite::new(), |suite, name| suite.test(name, move || verdict(name))).run()
}

/// The names of the tests, as they stand in the script: `  async "NAME"(…`.
fn names() -> Vec<&'static str> {
    let named = SCRIPT_TEXT.lines().filter_map(|line| line.strip_prefix("  async \""));
    named.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name).collect()
}

fn verdict(name: &str) -> Outcome {
    static SAID: OnceLock<Result<String, Trouble>> = OnceLock::new();
    let said = SAID.get_or_init(run).as_ref().map_err(Clone::clone)?;
    let mut lines = said.lines();
    if lines.clone().any(|line| line == format!("ok {name}")) {
        return Ok(());
    }
    let why = lines.find(|line| line.starts_with(&format!("not ok {name}:")));
    Err(Trouble::Failed(why.unwrap_or("the script did not get there").replace(" ⏎ ", "\n")))
}

/// Writes the pages and lets the browser walk through them.
fn run() -> Result<String, Trouble> {
    let playwright = std::env::var("WITHE_PLAYWRIGHT")
        .map_err(|_| Trouble::MissingTool("WITHE_PLAYWRIGHT is not set; `cargo xtask test` sets it".to_owned()))?;
    let chromium = tool::find("chromium")?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    let pages = folder.join("pages");
    std::fs::create_dir_all(&pages)?;
    write_pages(&pages)?;
    let mut node = tool::command("node")?;
    tool::run(Command::arg(&mut node, SCRIPT).args([PathBuf::from(playwright), chromium, pages, folder]))
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
