//! How long the documentation of all packages that are built in takes.
//!
//! In: the release binary. Out: a line of the table, and whether the promise is broken.
//! Holds: each round writes the whole site into a folder that is not there.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{path, time, times};
use crate::run::{Done, in_file};

/// How long it may take.
const MOST: Duration = Duration::from_millis(300);

const ROUNDS: usize = 15;

/// Times `withe docs --wasi --all-features`.
pub fn docs(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let site = folder.join("docs-site");
    let mut command = Command::new(withe);
    command.args(["docs", "--wasi", "--all-features", "-o", &path(&site)]);
    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        if site.exists() {
            std::fs::remove_dir_all(&site).map_err(in_file(&site))?;
        }
        taken.push(time(&mut command)?);
    }
    let taken = times(taken);
    println!("{:<26} {:>11.2?} {:>11.2?} {MOST:?} promised", "docs of all WASI packages", taken.median, taken.least);
    Ok(if taken.least > MOST { vec!["the time of docs".to_owned()] } else { Vec::new() })
}
