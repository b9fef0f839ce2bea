//! `withe serve --once METHOD PATH`.
//!
//! In: a request as words. Out: the answer's body on standard output; with `--include` its head before it, and its
//! trailers after it; with JSON all of it in the document.

use serde_json::{Value, json};
use verify::serve::{Ask, HeaderMap, Part, ask};
use verify::{Output, Request};

use super::super::guest::{self, Caller};
use super::super::{in_project, wrap};
use crate::cli::{Format, ServeArgs};
use crate::{Exit, Io};

pub fn once(words: &[String], args: &ServeArgs, io: &mut Io) -> diag::Result<Exit> {
    io.send_report_to(args.report.as_deref())?;
    let ask = read_ask(words, args, io)?;
    let subject = match in_project::subject(args.component.as_deref(), &args.grants, &args.limits, io)? {
        Ok(subject) => subject,
        Err(exit) => return Ok(exit),
    };
    let wasm = io.read_component(&subject.file, &args.registry)?;
    let component = wrap::wrapped(&wasm)?;
    let grants = guest::grants(&subject.grants, io);
    let mut stdio = guest::stdio(&args.grants, Caller::Call, io);
    // Standard output has one owner: the answer.
    stdio.stdout = match &stdio.stderr {
        Output::Stdout | Output::Stderr => Output::Stderr,
        Output::Memory(bytes) => Output::Memory(bytes.clone()),
    };
    let limits = guest::limits(&subject.limits);
    let stub = guest::stub(&args.grants);
    let request =
        Request { file: &wasm.name, bytes: &component, grants: &grants, limits: &limits, stdio: &stdio, stub };
    let mut answer = Answer { include: args.once.include || io.verbose > 0, ..Answer::default() };
    let (found, usage) =
        verify::serve::once(&request, ask, |part| answer.take(part, io)).map_err(|found| subject.stated.all(found))?;
    let failed = found.iter().any(|one| one.severity == diag::Severity::Error);
    io.report_all(found.into_iter().map(|one| subject.stated.said(one)));
    io.set_result(answer.as_json(guest::usage_as_json(usage)));
    guest::report_usage(&args.limits, usage, io);
    Ok(if !failed && (200..400).contains(&answer.status) { Exit::OK } else { Exit::INPUT })
}

fn read_ask(words: &[String], args: &ServeArgs, io: &mut Io) -> diag::Result<Ask> {
    let body = match args.once.body.as_deref() {
        None => Vec::new(),
        Some(text) => match text.strip_prefix('@') {
            None => text.as_bytes().to_vec(),
            Some(file) => io.read_input(file.as_ref())?.bytes,
        },
    };
    let [method, path] = words else {
        return Err(wrong("`--once` takes a method and a path".to_owned()));
    };
    ask(method, path, &args.once.header, body).map_err(wrong)
}

fn wrong(headline: String) -> diag::Diagnostics {
    let help = "write it like `--once GET '/path?query' --header 'accept: text/plain'`";
    diag::error("usage/command-line", headline).help(help).into()
}

/// What has come of the answer.
#[derive(Default)]
struct Answer {
    include: bool,
    status: u16,
    headers: HeaderMap,
    /// Kept for the document only.
    body: Vec<u8>,
    trailers: HeaderMap,
}

impl Answer {
    fn take(&mut self, part: Part, io: &Io) {
        let document = io.format == Format::Json;
        let written = match part {
            Part::Head(status, headers) => {
                self.status = status.as_u16();
                self.headers = headers;
                let head = if self.include { format!("{status}\n{}\n", lines(&self.headers)) } else { String::new() };
                head.into_bytes()
            }
            Part::Data(bytes) => {
                if document || io.has_report_file() {
                    self.body.extend_from_slice(&bytes);
                }
                bytes.to_vec()
            }
            Part::Trailers(trailers) => {
                self.trailers = trailers;
                let trailers = if self.include { format!("\n{}", lines(&self.trailers)) } else { String::new() };
                trailers.into_bytes()
            }
        };
        if !document {
            // A reader that has gone away is no error.
            let _ = io.stdout.write(&written);
        }
    }

    fn as_json(&self, usage: Value) -> Value {
        let body = match std::str::from_utf8(&self.body) {
            Ok(text) => json!({ "text": text }),
            Err(_) => json!({ "bytes": self.body }),
        };
        json!({
            "status": self.status,
            "headers": pairs(&self.headers),
            "body": body,
            "trailers": pairs(&self.trailers),
            "usage": usage,
        })
    }
}

fn lines(headers: &HeaderMap) -> String {
    headers.iter().map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))).collect()
}

fn pairs(headers: &HeaderMap) -> Vec<Value> {
    let pairs = headers
        .iter()
        .map(|(name, value)| json!({ "name": name.as_str(), "value": String::from_utf8_lossy(value.as_bytes()) }));
    pairs.collect()
}
