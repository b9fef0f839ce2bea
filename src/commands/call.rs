//! `withe call`.

use verify::{Finished, Output, Request};

use super::guest::{self, Caller};
use super::wrap;
use crate::cli::{CallArgs, Format};
use crate::{Exit, Io};

pub fn call(args: &CallArgs, io: &mut Io) -> diag::Result<Exit> {
    let wasm = io.read_wasm(&args.component)?;
    let program = wrap::wrapped(&wasm)?;
    let mut grants = guest::grants(&args.grants, io);
    grants.args = vec![guest::file_name(&wasm.name)];
    let mut stdio = guest::stdio(&args.grants, Caller::Call, io);
    let limits = guest::limits(&args.limits);
    // With JSON, standard output carries the document alone.
    let results = if io.format == Format::Json {
        stdio.stdout = stdio.stderr.clone();
        Output::memory()
    } else {
        stdio.stdout.clone()
    };
    let stub = guest::stub(&args.grants);
    let request = Request { file: &wasm.name, bytes: &program, grants: &grants, limits: &limits, stdio: &stdio, stub };
    let Finished { status, diagnostics, usage, .. } = verify::call(&request, &args.exprs, verify::session::Notation::PLAIN, &results)?;
    if io.format == Format::Json {
        let lines = String::from_utf8_lossy(&results.contents()).into_owned();
        let lines: Vec<&str> = lines.lines().collect();
        let usage = if args.limits.usage { guest::usage_as_json(usage) } else { serde_json::Value::Null };
        io.set_result(serde_json::json!({ "results": lines, "usage": usage }));
    }
    io.report_all(diagnostics);
    guest::report_usage(&args.limits, usage, io);
    Ok(Exit(i32::from(status)))
}
