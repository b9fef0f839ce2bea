//! The page over the greeter, built and clicked through in a real browser.

use std::path::PathBuf;

use testing::browser::Walk;
use testing::cases::Suite;
use testing::{Trouble, fixtures};

use super::project::Project;
use super::told::Told;

pub fn tests(suite: Suite) -> Suite {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/js/greeter_page.cjs");
    Walk { script, text: include_str!("../js/greeter_page.cjs"), prepare: build }.tests("page", suite)
}

fn build() -> Result<Vec<PathBuf>, Trouble> {
    let project = Project::copy("greeter-page", "page")?;
    let mut told = Told::of(&fixtures("apps/greeter-page/README.md"))?;
    told.next(&project, "withe build")?;
    // The walk has a server of its own.
    told.skip("python3 -m http.server")?;
    told.end()?;
    Ok(vec![project.folder])
}
