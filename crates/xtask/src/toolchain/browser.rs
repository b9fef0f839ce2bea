//! A real browser for the pages that withe makes: Chromium, and the package that drives it.
//!
//! In: what is installed. Out: the folder of `playwright-core`, or why there is none.
//! Holds: the package is put into a cache outside the tree, once. Chromium is a program of the system: it is installed
//! only where tools are required, as in CI, since that changes the machine.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{self, Done};

/// The version of `playwright-core`; its folder in the cache has it in its name.
const PLAYWRIGHT: &str = "1.65.1";

/// The programs, and Debian's packages that have them.
const PROGRAMS: [(&str, &str); 3] = [("chromium", "chromium"), ("node", "nodejs"), ("npm", "npm")];

/// Finds or makes what the browser's tests need; an error where tools are required.
pub fn set_up() -> Done<Option<PathBuf>> {
    match programs().and_then(|()| playwright()) {
        Ok(folder) => Ok(Some(folder)),
        Err(why) if run::tools_required() => Err(why),
        Err(why) => {
            println!("no browser for tests: {why}");
            Ok(None)
        }
    }
}

fn programs() -> Done {
    let is_missing = |(program, _): &&(&str, &str)| run::version(program, "--version").is_none();
    let packages: Vec<&str> = PROGRAMS.iter().filter(is_missing).map(|(_, package)| *package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    if !run::tools_required() {
        return Err(format!("not installed: {}", packages.join(", ")));
    }
    println!("installing Debian's {}", packages.join(" "));
    let install = || {
        let mut command = Command::new("apt-get");
        command.args(["install", "-y", "--no-install-recommends"]).args(&packages);
        run::run_quietly(command.env("DEBIAN_FRONTEND", "noninteractive")).map(drop)
    };
    if install().is_ok() {
        return Ok(());
    }
    // The package lists of a new machine are empty or old.
    run::run_quietly(Command::new("apt-get").arg("update"))?;
    install()
}

/// The folder of the package, from the cache or from npm.
fn playwright() -> Done<PathBuf> {
    let cache = super::cache_folder()?.join(format!("playwright-core-{PLAYWRIGHT}"));
    let folder = cache.join("node_modules/playwright-core");
    super::npm::install(&cache, "playwright-core", PLAYWRIGHT)?;
    Ok(folder)
}
