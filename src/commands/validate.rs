//! `withe validate`.

mod check;
mod tally;

use std::path::Path;

use rayon::prelude::*;
use verify::Proposals;

use self::check::{Checked, Job, Judge};
use self::tally::Tally;
use super::target::Target;
use crate::cli::ValidateArgs;
use crate::io::Part;
use crate::{Exit, Io};

pub fn validate(args: &ValidateArgs, io: &mut Io) -> diag::Result<Exit> {
    let judge = Judge {
        proposals: proposals(args)?,
        target: args.target.as_deref().map(|target| Target::read(target, &args.features, io)).transpose()?,
        options: args.features.load_options(),
    };
    let mut tally = Tally::default();
    for jobs in jobs(args, io)?.chunks(AT_A_TIME) {
        for checked in check_all(jobs, &judge, io) {
            tally.add(&checked);
            io.report_all(checked.findings);
        }
    }
    tally.say(io);
    io.set_result(tally.as_json());
    Ok(tally.exit())
}

/// Findings of so many jobs are kept, to be told in order, before more is begun.
const AT_A_TIME: usize = 256;

/// Files from this size on, in bytes, are checked one at a time, each by all threads; the others one by each thread.
/// So no more than one large file is in memory.
const LARGE: u64 = 4 << 20;

/// What is to be done, in the order of the paths.
fn jobs(args: &ValidateArgs, io: &mut Io) -> diag::Result<Vec<Job>> {
    let mut parts = Vec::new();
    for path in &args.paths {
        parts.extend(io.parts_to_check(path));
    }
    let mut jobs = Vec::new();
    for group in io.texts_together(parts) {
        jobs.push(match group.as_slice() {
            [Part::Named(path)] if path == Path::new("-") => Job::Input(io.read_input(path)?),
            [_] => Job::Part(group.into_iter().next().expect("there is one")),
            _ => Job::Texts(group),
        });
    }
    Ok(jobs)
}

/// Checks jobs on all threads; what is found stands in the order of the jobs.
fn check_all(jobs: &[Job], judge: &Judge, io: &Io) -> Vec<Checked> {
    let check = |job: &Job| check::check(job, judge, io);
    if let [only] = jobs {
        return vec![check(only)];
    }
    start_threads();
    let is_large = |job: &Job| job.size(io) >= LARGE;
    let small = |job: &Job| (!is_large(job)).then(|| check(job));
    let checked: Vec<Option<Checked>> = jobs.par_iter().map(small).collect();
    jobs.iter().zip(checked).map(|(job, checked)| checked.unwrap_or_else(|| check(job))).collect()
}

/// Starts the threads, with the stack that a program's first thread has: checks were made to fit in that.
fn start_threads() {
    const STACK: usize = 8 << 20;
    // Where they run already, as in tests, they stay as they are.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK).build_global();
}

fn proposals(args: &ValidateArgs) -> diag::Result<Proposals> {
    if args.wasm_features.is_empty() {
        return Ok(Proposals::RUNTIME);
    }
    Proposals::parse(&args.wasm_features).map_err(|(unknown, near)| {
        let found = diag::error("usage/wasm-feature", format!("there is no WebAssembly proposal `{unknown}`"));
        let help = match near.first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => "turn every proposal on with `--wasm-features all`".to_owned(),
        };
        found.help(help).into()
    })
}
