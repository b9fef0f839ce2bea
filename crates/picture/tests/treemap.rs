//! The page of sizes in a real browser: walked through by keys and pointer, searched, in light and in dark.
//!
//! In: `chromium` on the path and the folder of `playwright-core` in `WITHE_PLAYWRIGHT`, both of which `cargo xtask test`
//! sees to. Out: one test for each that `treemap/page.cjs` has; screenshots in `target/tmp/treemaps`.

#![expect(clippy::disallowed_methods, reason = "the test writes pages and starts a browser")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use testing::cases::Suite;
use testing::{Outcome, Trouble, tool};
use withe_picture::treemap::{Block, html};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/treemap/page.cjs");
const SCRIPT_TEXT: &str = include_str!("treemap/page.cjs");

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
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("treemaps");
    std::fs::create_dir_all(&folder)?;
    write_pages(&folder)?;
    let mut node = tool::command("node")?;
    tool::run(Command::arg(&mut node, SCRIPT).args([PathBuf::from(playwright), chromium, folder]))
}

fn write_pages(folder: &Path) -> Result<(), Trouble> {
    let pages = [("app", app()), ("large", large()), ("hostile", hostile()), ("empty", Block::default())];
    for (name, root) in pages {
        std::fs::write(folder.join(format!("{name}.html")), html(name, &root))?;
    }
    Ok(())
}

fn block(kind: &'static str, name: &str, inner: Vec<Block>) -> Block {
    Block { kind, name: name.to_owned(), bytes: inner.iter().map(|one| one.bytes).sum(), inner }
}

fn leaf(kind: &'static str, name: &str, bytes: u64) -> Block {
    Block { kind, name: name.to_owned(), bytes, inner: Vec::new() }
}

/// Two modules; the code of the first has crates.
fn app() -> Block {
    let std = vec![leaf("function", "std::io::write", 900), leaf("function", "std::env::args", 600)];
    let core = vec![leaf("function", "core::fmt::write", 700), leaf("function", "core::str::from_utf8", 300)];
    let code = vec![block("crate", "std", std), block("crate", "core", core), leaf("function", "memcpy", 500)];
    let data = leaf("data", ".rodata", 1200);
    let main = vec![block("section", "code", code), block("section", "data", vec![data]), leaf("custom", "name", 400)];
    let adapter = vec![leaf("section", "code", 900), leaf("section", "types", 100)];
    block(
        "component",
        "app",
        vec![
            block("module", "main", main),
            block("module", "adapter", adapter),
            leaf("section", "aliases", 300),
            leaf("headers", "headers", 0),
        ],
    )
}

fn large() -> Block {
    let function = |at: u64| leaf("function", &format!("app::part_{}::function_{at}", at % 50), 20 + at % 1000);
    block("module", "large", vec![block("section", "code", (0..60_000).map(function).collect())])
}

fn hostile() -> Block {
    let names = [
        "</script><script>document.title = 'bad'</script>",
        "<img src=x onerror=\"document.title='bad'\">",
        "\u{202e}x\0",
    ];
    block("module", "<b>hostile", names.iter().map(|name| leaf("function", name, 10)).collect())
}
