//! Pages in a real browser: a script for `playwright-core` walks through them, and each of its tests is one here.
//!
//! In: `chromium` on the path and the folder of `playwright-core` in `WITHE_PLAYWRIGHT`, both of which `cargo xtask test`
//! sees to; a script with lines `  async "NAME"(…`, which says `ok NAME` or `not ok NAME: WHY`. Out: one test for each.
//! Holds: the browser starts once for all tests.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;

use crate::cases::Suite;
use crate::{Outcome, Trouble, tool};

/// A script, and what makes the pages that it walks through.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    /// Where the script is.
    pub script: &'static str,
    /// The script itself.
    pub text: &'static str,
    /// Writes the pages; gives the script's further arguments, folders.
    pub prepare: fn() -> Result<Vec<PathBuf>, Trouble>,
}

impl Walk {
    /// Runs the tests that the command line asks for.
    pub fn main(self) -> ExitCode {
        self.names().fold(Suite::new(), |suite, name| suite.test(name, move || self.verdict(name))).run()
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        let named = self.text.lines().filter_map(|line| line.strip_prefix("  async \""));
        named.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name)
    }

    fn verdict(self, name: &str) -> Outcome {
        static SAID: OnceLock<Result<String, Trouble>> = OnceLock::new();
        let said = SAID.get_or_init(|| self.walk()).as_ref().map_err(Clone::clone)?;
        let mut lines = said.lines();
        if lines.clone().any(|line| line == format!("ok {name}")) {
            return Ok(());
        }
        let why = lines.find(|line| line.starts_with(&format!("not ok {name}:")));
        Err(Trouble::Failed(why.unwrap_or("the script did not get there").replace(" ⏎ ", "\n")))
    }

    /// Writes the pages and lets the browser walk through them.
    fn walk(self) -> Result<String, Trouble> {
        let playwright = std::env::var("WITHE_PLAYWRIGHT")
            .map_err(|_| Trouble::MissingTool("WITHE_PLAYWRIGHT is not set; `cargo xtask test` sets it".to_owned()))?;
        let chromium = tool::find("chromium")?;
        let folders = (self.prepare)()?;
        let mut node = tool::command("node")?;
        tool::run(node.arg(self.script).args([Path::new(&playwright), &chromium]).args(folders))
    }
}
