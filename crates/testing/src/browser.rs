//! Pages in a real browser: a script for `playwright-core` walks through them, and each of its tests is one here.
//!
//! In: `chromium` on the path and the folder of `playwright-core` in `WITHE_PLAYWRIGHT`, both of which `cargo xtask test`
//! sees to; a script with lines `  async "NAME"(…`, which says `ok NAME` or `not ok NAME: WHY`. Out: one test for each.
//! Holds: the browser starts once for all tests; a walk that does not end is stopped; a script without tests fails.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Duration;

use crate::cases::Suite;
use crate::js::within;
use crate::{Outcome, Trouble, tool};

/// How long all pages may take together, with a machine that is busy.
const TIME: Duration = Duration::from_secs(300);

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
        self.tests("", Suite::new()).run()
    }

    /// Adds the tests to a suite, in an area.
    pub fn tests(self, area: &str, suite: Suite) -> Suite {
        let named = |name: &str| if area.is_empty() { name.to_owned() } else { format!("{area}/{name}") };
        let names: Vec<&str> = self.names().collect();
        if names.is_empty() {
            let none = format!("{}: no line begins with `  async \"NAME\"(`", self.script);
            return suite.test(named("*"), move || Err(Trouble::Failed(none)));
        }
        names.into_iter().fold(suite, |suite, name| suite.test(named(name), move || self.verdict(name)))
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
        node.arg(self.script).args([Path::new(&playwright), &chromium]).args(folders);
        let ran = within(&mut node, TIME)?;
        if ran.status == Some(0) {
            return Ok(ran.stdout);
        }
        Err(Trouble::Failed(format!("{}: {}\n{}{}", self.script, ran.end(), ran.stdout, ran.stderr)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(text: &'static str) -> Walk {
        Walk { script: "pages.cjs", text, prepare: || Err(Trouble::Failed("no page is needed".to_owned())) }
    }

    #[test]
    fn a_script_has_the_tests_of_its_lines_and_without_any_it_fails() {
        let names = |text| walk(text).tests("page", Suite::new()).names();
        assert_eq!(names("  async \"one\"() {\n  async \"two\"(page) {\n"), ["page/one", "page/two"]);
        assert_eq!(names("async \"one\"() {\n"), ["page/*"]);
    }
}
