//! One test per case directory.
//!
//! In: a folder whose entries are cases, and what to do with one. Out: a test run with one closing line.
//! Holds: cases run in the order of their names; an empty folder fails, since a run without tests proves nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::{Outcome, Trouble, tools_required};

/// A suite for a test target with `harness = false`: add cases, then `run`.
#[derive(Default)]
pub struct Suite {
    trials: Vec<Trial>,
}

impl Suite {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one test.
    pub fn test(mut self, name: impl Into<String>, run: impl FnOnce() -> Outcome + Send + 'static) -> Self {
        self.trials.push(Trial::ignorable_test(name, move || completion(run(), tools_required())));
        self
    }

    /// Adds a test `area/case` for every folder in `folder`.
    pub fn folder(self, area: &str, folder: &Path, run: impl Fn(&Path) -> Outcome + Copy + Send + 'static) -> Self {
        self.paths(area, folder, directories(folder), run)
    }

    /// Adds a test `area/case` for everything that `list` finds in the public test vectors' folder `area`.
    ///
    /// Where the vectors are missing, one test says so and is ignored.
    pub fn conformance(
        self,
        area: &'static str,
        list: impl Fn(&Path) -> Vec<PathBuf>,
        run: impl Fn(&Path) -> Outcome + Copy + Send + 'static,
    ) -> Self {
        match crate::conformance::folder(area) {
            Err(trouble) => self.test(format!("conformance/{area}"), move || Err(trouble)),
            Ok(folder) => self.paths(&format!("conformance/{area}"), &folder, list(&folder), run),
        }
    }

    fn paths(
        self,
        area: &str,
        folder: &Path,
        cases: Vec<PathBuf>,
        run: impl Fn(&Path) -> Outcome + Copy + Send + 'static,
    ) -> Self {
        if cases.is_empty() {
            let text = format!("there is no case in {}", folder.display());
            return self.test(format!("{area}/*"), move || Err(Trouble::Failed(text)));
        }
        cases.into_iter().fold(self, |suite, case| {
            let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
            suite.test(format!("{area}/{name}"), move || run(&case))
        })
    }

    /// The names of its tests, in order.
    pub fn names(&self) -> Vec<String> {
        self.trials.iter().map(|trial| trial.name().to_owned()).collect()
    }

    /// Runs what the command line asks for and prints the closing line.
    pub fn run(self) -> ExitCode {
        libtest_mimic::run(&Arguments::from_args(), self.trials).exit_code()
    }
}

fn completion(outcome: Outcome, required: bool) -> Result<Completion, Failed> {
    match outcome {
        Ok(()) => Ok(Completion::Completed),
        Err(Trouble::Failed(text)) => Err(text.into()),
        Err(Trouble::MissingTool(text)) if required => Err(format!("missing tool: {text}").into()),
        Err(Trouble::MissingTool(text) | Trouble::NotRun(text)) => Ok(Completion::ignored_with(text)),
    }
}

/// The folders in `folder`, by name; none when it cannot be read.
pub fn directories(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

/// Everything in `folder`, by name; nothing when it cannot be read.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<PathBuf> = found.filter_map(|entry| Some(entry.ok()?.path())).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_ignored_or_fails() {
        let missing = || Err(Trouble::MissingTool("go".into()));
        assert!(matches!(completion(missing(), false), Ok(Completion::Ignored { .. })));
        assert!(completion(missing(), true).is_err());
    }

    #[test]
    fn missing_vectors_are_never_a_failure() {
        assert!(matches!(completion(Err(Trouble::NotRun("x".into())), true), Ok(Completion::Ignored { .. })));
    }

    #[test]
    fn a_wrong_result_fails() {
        assert!(completion(Err("no".into()), false).is_err());
    }

    #[test]
    fn a_folder_without_cases_is_a_failing_test() {
        let suite = Suite::new().folder("none", Path::new("/nowhere/at/all"), |_| Ok(()));
        assert_eq!(suite.trials.len(), 1);
    }
}
