//! `withe test`.
//!
//! Holds: files run in parallel, and are told in their order; a file that has mistakes keeps no other from running.

mod files;
mod junit;
mod report;
mod update;

use std::path::PathBuf;

use rayon::prelude::*;
use verify::test::{Mode, TestResult};

use super::in_project;
use crate::cli::{Format, TestArgs};
use crate::{Exit, Io};
use files::TestFile;
pub(super) use report::report;

/// What came of a file.
pub(super) struct Outcome {
    pub(super) name: String,
    pub(super) results: diag::Result<Vec<TestResult>>,
}

pub fn test(args: &TestArgs, io: &mut Io) -> diag::Result<Exit> {
    let paths = match paths(args, io)? {
        Ok(paths) => paths,
        Err(exit) => return Ok(exit),
    };
    let files = files::chosen(files::read(&paths, args, io)?, args)?;
    if args.list {
        return Ok(report::list(&files, args, io));
    }
    let mode = if args.update { Mode::Update } else { Mode::Check };
    let outcomes: Vec<Outcome> = files.par_iter().map(|file| run(file, args, mode)).collect();
    let written = update::write(&files, &outcomes, io)?;
    let exit = report(outcomes, io);
    update::say(&written, io);
    Ok(exit)
}

/// The paths that are named; else the tests of the project, which is built first; else the current folder.
fn paths(args: &TestArgs, io: &mut Io) -> diag::Result<Result<Vec<PathBuf>, Exit>> {
    if !args.paths.is_empty() {
        return Ok(Ok(args.paths.clone()));
    }
    let manifest = match in_project::tested(io)? {
        Some(Ok(manifest)) => manifest,
        Some(Err(exit)) => return Ok(Err(exit)),
        None => return Ok(Ok(vec![PathBuf::from(".")])),
    };
    let cwd = io.current_folder();
    let there = manifest.tests_there();
    let seen: Vec<PathBuf> = there.iter().map(|path| ::project::find::seen_from(path, &cwd).into()).collect();
    // Where a project keeps none, they are anywhere in it, as without a manifest.
    Ok(Ok(if seen.is_empty() { vec![::project::find::seen_from(&manifest.root, &cwd).into()] } else { seen }))
}

fn run(file: &TestFile, args: &TestArgs, mode: Mode) -> Outcome {
    let results = match &file.read {
        Ok((suite, binaries)) => {
            suite.run(binaries, &file.folder, &|test| files::is_chosen(args, &file.name, test), mode)
        }
        Err(mistakes) => Err(mistakes.clone()),
    };
    Outcome { name: file.name.clone(), results }
}

/// Whether people read standard output.
fn is_for_people(io: &Io) -> bool {
    !io.quiet && matches!(io.format, Format::Human | Format::Short)
}
