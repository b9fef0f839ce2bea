//! `withe check`: all that is known to be wrong with a project without building it.
//!
//! In: a project. Out: what its manifest, lock, WIT, bindings and compilers say, and whether what was built fits
//! together. Holds: no output is made, and no source is written.

use ::project::deps::{self, Lock, Options};
use ::project::plan::Step;
use diag::{Diagnostic, Diagnostics, Severity};
use serde_json::json;

use super::build::{self, Checked, Known};
use crate::cli::{CheckArgs, Format};
use crate::{Exit, Io};

pub fn check(args: &CheckArgs, io: &mut Io) -> diag::Result<Exit> {
    let manifest = build::opened(&args.project, io)?;
    let mut wrong = Vec::new();
    if let Err(Diagnostics(found)) = lock(&manifest, &args.flags, io) {
        wrong.extend(found.iter().map(|_| "withe.lock".to_owned()));
        io.report_all(found);
    }
    let speaks = !io.quiet && io.format != Format::Json;
    let (mut steps, mut known) = (Vec::new(), Known::default());
    build::checked(&manifest, &args.names, &args.flags, io, |step: &Step, checked: &Checked, io: &mut Io| {
        // There is nobody to tell that standard error is closed.
        let _ = io.stderr.write(&checked.said);
        let is_wrong = checked.findings.iter().any(|one| one.severity == Severity::Error);
        let (findings, with) = known.new_of(&step.name, &checked.findings);
        io.report_all(findings);
        if is_wrong {
            wrong.push(step.name.clone());
        }
        if speaks {
            let with = with.map_or_else(String::new, |other| format!(", as {other} is"));
            let what = if is_wrong { "wrong" } else { &checked.what };
            io.print(&format!("{}: {what}{with}\n", step.name));
        }
        steps.push(json!({ "name": step.name, "good": !is_wrong, "checked": checked.what }));
    })?;
    io.set_result(json!({ "good": wrong.is_empty(), "steps": steps }));
    Ok(if wrong.is_empty() { Exit::OK } else { Exit::INPUT })
}

/// Whether the lock has what the manifest asks for.
fn lock(manifest: &::project::Manifest, flags: &crate::cli::building::BuildFlags, io: &Io) -> diag::Result<()> {
    if !build::asks_for_packages(manifest) {
        return Ok(());
    }
    let mut options = Options::of(&|name| io.env.var(name));
    options.registry.offline = flags.offline;
    let wanted = deps::plan(manifest, &options)?;
    let there = Lock::read(&manifest.root, &deps::shown(manifest, "withe.lock"))?.unwrap_or_default();
    if wanted.print() == there.print() {
        return Ok(());
    }
    let error: Diagnostic = diag::error("build/lock", "`withe.lock` does not fit the manifest");
    let error = error.label(manifest.place(&manifest.app.name.span), "asks for other packages than the lock has");
    Err(error.help("withe fetch").into())
}
