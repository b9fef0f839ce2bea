//! `withe run`.

use verify::{Finished, Limits, Request};

use super::guest::{self, Caller};
use super::{in_project, wrap};
use crate::cli::RunArgs;
use crate::{Exit, Io};

pub fn run(args: &RunArgs, io: &mut Io) -> diag::Result<Exit> {
    io.give_stdout_to_guest(args.report.as_deref())?;
    let subject = match in_project::subject(args.component.as_deref(), &args.grants, &args.limits, io)? {
        Ok(subject) => subject,
        Err(exit) => return Ok(exit),
    };
    let wasm = io.read_component(&subject.file, &args.registry)?;
    let program = wrap::wrapped(&wasm)?;
    let mut grants = guest::grants(&subject.grants, io);
    grants.args = std::iter::once(guest::file_name(&wasm.name)).chain(args.args.iter().cloned()).collect();
    let stdio = guest::stdio(&args.grants, Caller::Run, io);
    let limits = Limits { signals: io.is_process(), ..guest::limits(&subject.limits) };
    let stub = guest::stub(&args.grants);
    let request = Request { file: &wasm.name, bytes: &program, grants: &grants, limits: &limits, stdio: &stdio, stub };
    let Finished { status, diagnostics, usage, .. } =
        verify::run(&request).map_err(|found| subject.stated.all(found))?;
    io.report_all(diagnostics.into_iter().map(|one| subject.stated.said(one)));
    io.set_result(serde_json::json!({ "usage": guest::usage_as_json(usage) }));
    guest::report_usage(&args.limits, usage, io);
    Ok(Exit(i32::from(status)))
}
