//! `withe test`.
//!
//! Holds: files run in parallel, and are told in their order; a file that has mistakes keeps no other from running.

mod files;
mod junit;
mod report;
mod update;

use rayon::prelude::*;
use verify::test::{Mode, TestResult};

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
    let files = files::chosen(files::read(args, io)?, args)?;
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
