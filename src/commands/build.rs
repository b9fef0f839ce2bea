//! `withe build`: the components of a project, and the app that they become.
//!
//! In: a manifest. Out: components below `target/withe`, and what became of each step.
//! Holds: what did not change is not made again; a step that fails stops those alone that need it, and all that failed
//! is told; an output is replaced as a whole, and only by another one.

mod check;
mod compile;
mod component;
mod environment;
mod inside;
mod join;
mod keys;
mod reuse;
mod say;
mod schedule;
mod site;
mod watch;

use ::project::Manifest;
use ::project::deps::{self, Options};
use ::project::manifest::{Component, Origin};
use ::project::plan::{Plan, Step, Work};

use super::in_project;
use crate::cli::BuildArgs;
use crate::cli::building::{BuildFlags, ProjectArgs};
use crate::{Exit, Io};
pub(crate) use check::Checked;
pub(crate) use say::Known;
use schedule::Event;
pub(crate) use site::Outcome;
use site::{Came, Site};

pub fn build(args: &BuildArgs, io: &mut Io) -> diag::Result<Exit> {
    if args.watch {
        return watch::watch(args, io);
    }
    let manifest = opened(&args.project, io)?;
    io.report_all(left_out(&manifest, &args.names));
    let done = made(&manifest, &args.names, &args.flags, Told::All, io)?;
    say::report(&manifest, &done, "nothing changed", io);
    Ok(done.exit())
}

/// The manifest that is asked for, all of whose files are there, with grants and limits that can be.
///
/// # Errors
///
/// `project/...`.
pub fn opened(args: &ProjectArgs, io: &Io) -> diag::Result<Manifest> {
    let cwd = io.current_folder();
    let manifest = match &args.manifest {
        Some(path) => Manifest::open(path, &cwd)?,
        None => Manifest::here(&cwd)?,
    };
    in_project::sound(manifest)
}

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// What becomes of each step, on standard output.
    All,
    /// What compilers say and what is found, since standard output has another owner.
    Findings,
}

/// Brings packages into `deps/`, where the lock does not say that they are there already.
fn fetch(manifest: &Manifest, flags: &BuildFlags, io: &mut Io) -> diag::Result<()> {
    if !asks_for_packages(manifest) {
        return Ok(());
    }
    let mut options = Options::of(&|name| io.env.var(name));
    options.locked = flags.locked;
    options.registry.offline = flags.offline;
    let fetched = deps::fetch(manifest, &options)?;
    io.report_all(fetched.notes);
    Ok(())
}

/// Whether there are packages to be looked after.
pub(crate) fn asks_for_packages(manifest: &Manifest) -> bool {
    let is_package = |component: &Component| matches!(component.origin, Origin::Package { .. });
    let asks = !manifest.dependencies.is_empty() || manifest.components.values().any(is_package);
    asks || manifest.root.join("withe.lock").exists()
}

/// Looks at what is named, or at all; `told` is given what was found of each step, in the order in which they end.
///
/// # Errors
///
/// What keeps any step from being looked at.
pub(crate) fn checked(
    manifest: &Manifest,
    names: &[String],
    flags: &BuildFlags,
    io: &mut Io,
    mut told: impl FnMut(&Step, &Checked, &mut Io),
) -> diag::Result<()> {
    let plan = manifest.plan(names)?;
    let site = Site::new(manifest, flags, io)?;
    let _lock = site.locked(io)?;
    io.report_all(left_out(manifest, names));
    schedule::run(
        &plan,
        site.jobs,
        |step, before| site.check(step, before),
        |event| match event {
            Event::Began(_) => {}
            Event::Ended(step, checked) => told(step, checked, io),
        },
    );
    Ok(())
}

/// What the app is composed without, where it is composed.
fn left_out(manifest: &Manifest, names: &[String]) -> Vec<diag::Diagnostic> {
    // Names that are none are told where they are planned.
    let composes = |plan: Plan| plan.steps.iter().any(|step| step.work == Work::Compose);
    if manifest.plan(names).is_ok_and(composes) { manifest.left_out() } else { Vec::new() }
}

/// What became of a build.
pub(crate) struct Done {
    pub plan: Plan,
    /// One for each step.
    pub outcomes: Vec<Outcome>,
}

impl Done {
    pub fn exit(&self) -> Exit {
        let failed = self.outcomes.iter().any(|outcome| matches!(outcome.came, Came::Failed | Came::Skipped(_)));
        if failed { Exit::INPUT } else { Exit::OK }
    }
}

/// Makes what is named, or all. Findings and compilers' messages are told as they come; those of steps that failed too.
///
/// # Errors
///
/// What keeps any step from being begun.
pub(crate) fn made(
    manifest: &Manifest,
    names: &[String],
    flags: &BuildFlags,
    told: Told,
    io: &mut Io,
) -> diag::Result<Done> {
    let plan = manifest.plan(names)?;
    fetch(manifest, flags, io)?;
    let site = Site::new(manifest, flags, io)?;
    let _lock = site.locked(io)?;
    let mut teller = say::Teller::new(&plan, told, io);
    let outcomes = schedule::run(
        &plan,
        site.jobs,
        |step, before| site.step(step, before),
        |event| match event {
            Event::Began(step) => teller.began(step),
            Event::Ended(step, outcome) => teller.ended(step, outcome),
        },
    );
    drop(teller);
    Ok(Done { plan, outcomes })
}
