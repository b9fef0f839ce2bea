//! `withe call`.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use verify::session::{Notation, Shown};
use verify::{Finished, Limits, Output, Program, Request, Writing};

use super::guest::{self, Caller};
use super::{in_project, wrap};
use crate::cli::{CallArgs, Format};
use crate::io::Wasm;
use crate::{Exit, Io};

pub fn call(args: &CallArgs, io: &mut Io) -> diag::Result<Exit> {
    let subject = match in_project::subject(Some(&args.component), &args.grants, &args.limits, io)? {
        Ok(subject) => subject,
        Err(exit) => return Ok(exit),
    };
    let wasm = io.read_component(&subject.file, &args.registry)?;
    let program = wrap::wrapped(&wasm)?;
    if args.type_of {
        return show(args, &wasm, &program, io);
    }
    let mut grants = guest::grants(&subject.grants, io);
    grants.args = vec![guest::file_name(&wasm.name)];
    let mut stdio = guest::stdio(&args.grants, Caller::Call, io);
    let limits = Limits { signals: io.is_process(), ..guest::limits(&subject.limits) };
    // With JSON, standard output carries the document or the results alone.
    let results = if io.format == Format::Json { Output::memory() } else { stdio.stdout.clone() };
    if args.json || io.format == Format::Json {
        stdio.stdout = stdio.stderr.clone();
    }
    let stub = guest::stub(&args.grants);
    let request = Request { file: &wasm.name, bytes: &program, grants: &grants, limits: &limits, stdio: &stdio, stub };
    let files = |path: &str| io.read_named(Path::new(path)).map_err(|error| error.to_string());
    let notation = Notation { files: Some(&files), ..Notation::PLAIN };
    let writing = Writing { notation, json: args.json };
    let Finished { status, diagnostics, usage, .. } =
        verify::call(&request, &args.exprs, &writing, &results).map_err(|found| subject.stated.all(found))?;
    if io.format == Format::Json {
        let lines = String::from_utf8_lossy(&results.contents()).into_owned();
        let read = |line: &str| match args.json {
            true => serde_json::from_str(line).unwrap_or(Value::Null),
            false => Value::from(line),
        };
        let lines: Vec<Value> = lines.lines().map(read).collect();
        let usage = if args.limits.usage { guest::usage_as_json(usage) } else { Value::Null };
        io.set_result(json!({ "results": lines, "usage": usage }));
    }
    io.report_all(diagnostics.into_iter().map(|one| subject.stated.said(one)));
    guest::report_usage(&args.limits, usage, io);
    Ok(Exit(i32::from(status)))
}

/// Shows functions and how each is called, and calls none.
fn show(args: &CallArgs, wasm: &Wasm, program: &[u8], io: &mut Io) -> diag::Result<Exit> {
    let program = Program::load(&wasm.name, program.into(), &Limits::default())?;
    let mut shown = Vec::new();
    let mut errors = Vec::new();
    for (number, name) in args.exprs.iter().enumerate() {
        let source = Arc::new(diag::Source::new(format!("<expression {}>", number + 1), name));
        match program.show(&source) {
            Ok(function) => shown.push(function),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(diag::Diagnostics(errors));
    }
    if args.exprs.is_empty() {
        shown = program.show_all();
    }
    if io.format == Format::Json {
        let functions =
            shown.iter().map(|Shown { signature, example }| json!({ "signature": signature, "example": example }));
        io.set_result(json!({ "functions": functions.collect::<Vec<_>>() }));
    } else {
        // A name of the project is one that can be called as well.
        let is_file = io.resolve(&args.component).is_file();
        let named = if is_file { wasm.name.clone() } else { args.component.display().to_string() };
        let text: String = shown.iter().map(|function| shown_text(function, &named)).collect();
        io.print(&text);
    }
    Ok(Exit(0))
}

/// The signature, and the command that calls it.
fn shown_text(function: &Shown, file: &str) -> String {
    let Shown { signature, example } = function;
    if example.is_empty() {
        return format!("{signature}\n");
    }
    let quoted: Vec<String> = example.iter().map(|line| format!("'{}'", line.replace('\'', "'\\''"))).collect();
    format!("{signature}\n  withe call {file} {}\n", quoted.join(" "))
}
