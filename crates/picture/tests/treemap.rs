//! The page of sizes in a real browser: walked through by keys and pointer, searched, in light and in dark.
//!
//! In: `chromium` on the path and the folder of `playwright-core` in `WITHE_PLAYWRIGHT`, both of which `cargo xtask test`
//! sees to. Out: one test for each that `treemap/page.cjs` has; screenshots in `target/tmp/treemaps`.

#![expect(clippy::disallowed_methods, reason = "the test writes pages")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::Trouble;
use testing::browser::Walk;
use withe_picture::treemap::{Block, html};

fn main() -> ExitCode {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/treemap/page.cjs");
    Walk { script, text: include_str!("treemap/page.cjs"), prepare }.main()
}

fn prepare() -> Result<Vec<PathBuf>, Trouble> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("treemaps");
    std::fs::create_dir_all(&folder)?;
    write_pages(&folder)?;
    Ok(vec![folder])
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
