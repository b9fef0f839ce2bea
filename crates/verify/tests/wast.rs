//! The specification's scripts, run on the embedded runtime in the way of `withe call`: expressions with WAVE values.
//!
//! In: `../shared/conformance/wast`, or the folder of scripts that `WITHE_WAST` names. Out: one test for each script and
//! each way of its components (`ways.rs`), and one for each way that holds the sums.
//! Holds: what the embedded runtime does otherwise than a script says is named in `known.rs` with the reason, and must
//! stay so; an assertion that cannot run since its component cannot is counted, never skipped in silence.

#[path = "wast/known.rs"]
mod known;
#[path = "wast/runner.rs"]
mod runner;
#[path = "wast/ways.rs"]
mod ways;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::cases::Suite;
use testing::wast::{read_script, scripts};
use testing::{Outcome, Trouble};

use runner::{Done, Runner};
use ways::Way;

fn main() -> ExitCode {
    let mut suite = Suite::new();
    match folder() {
        Err(trouble) => suite = suite.test("wast", move || Err(trouble)),
        Ok((folder, is_public)) => {
            for way in Way::ALL {
                for path in scripts(&folder) {
                    let name = format!("{}/{}", way.name(), short(&folder, &path));
                    let folder = folder.clone();
                    suite = suite.test(name, move || one_script(&folder, &path, *way));
                }
                let folder = folder.clone();
                if is_public {
                    suite = suite.test(format!("{}/all together", way.name()), move || sums(&folder, *way));
                }
            }
        }
    }
    suite.run()
}

/// Where scripts are, and whether they are the ones whose sums are known.
fn folder() -> Result<(PathBuf, bool), Trouble> {
    match std::env::var_os("WITHE_WAST") {
        Some(folder) => Ok((PathBuf::from(folder), false)),
        None => Ok((testing::conformance::folder("wast")?, true)),
    }
}

/// `values/strings.wast`
fn short(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}

fn one_script(folder: &Path, path: &Path, way: Way) -> Outcome {
    let mut done = Done::default();
    run(folder, path, way, &mut done)
}

fn sums(folder: &Path, way: Way) -> Outcome {
    let mut done = Done::default();
    for path in scripts(folder) {
        run(folder, &path, way, &mut done)?;
    }
    let expected = known::sums(way);
    if done == expected { Ok(()) } else { Err(format!("done {done:#?}\nexpected {expected:#?}").into()) }
}

fn run(folder: &Path, path: &Path, way: Way, done: &mut Done) -> Outcome {
    let script = read_script(path)?;
    let name = short(folder, path);
    let wrong = Runner::new(way, &name, done).run(&script);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}
