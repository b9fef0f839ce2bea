//! What the readers of other makers' formats are built of, in `fixtures/deploy/readers`: crates and Go modules.
//!
//! In: their lock files. Out: crates in cargo's folder, modules in the cache, so that tests build them offline.

use std::process::Command;

use crate::run::{self, Done};

/// Gets what is missing; an error where tools are required.
pub fn set_up() -> Done {
    match fetch_crates().and_then(|()| fetch_modules()) {
        Err(why) if !run::tools_required() => {
            println!("no readers of manifests for tests: {why}");
            Ok(())
        }
        done => done,
    }
}

fn fetch_crates() -> Done {
    let folder = run::root().join("fixtures/deploy/readers/wadm");
    run::run_quietly(Command::new("cargo").args(["fetch", "--locked", "--quiet"]).current_dir(folder)).map(drop)
}

fn fetch_modules() -> Done {
    let folder = run::root().join("fixtures/deploy/readers/compose");
    run::run_quietly(super::go::go()?.args(["mod", "download"]).current_dir(folder)).map(drop)
}
