//! One test for each case directory.
//!
//! In: a folder of case directories and a function that runs one. Out: a libtest-mimic run, with its summary line.

use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// It cannot run here; why.
    NotRun(String),
}

/// The names of the directories in `folder`, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// Runs every case below `folder`; exits with the status of the run.
///
/// `run` says how one case ended, or what is wrong. An empty folder is a failure: it would test nothing.
pub fn run_all(folder: &Path, run: fn(&Path) -> Result<Outcome, String>) -> ! {
    let arguments = Arguments::from_args();
    let names = names(folder);
    assert!(!names.is_empty(), "there are no cases in {}", folder.display());
    let trials = names.into_iter().map(|name| {
        let case = folder.join(&name);
        Trial::test(name, move || match run(&case) {
            Ok(Outcome::Passed) => Ok(()),
            Ok(Outcome::NotRun(why)) if crate::tools_are_required() => Err(Failed::from(why)),
            Ok(Outcome::NotRun(why)) => {
                note(&why);
                Ok(())
            }
            Err(why) => Err(Failed::from(why)),
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit()
}

#[expect(clippy::print_stderr, reason = "tests say what they did not do")]
fn note(why: &str) {
    eprintln!("not run: {why}");
}
