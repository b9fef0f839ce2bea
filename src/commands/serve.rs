//! `withe serve`.

mod log;
mod once;

use std::net::SocketAddr;

use verify::Request;
use verify::serve::{Entry, Event, Serving};

use super::guest::{self, Caller};
use super::{in_project, wrap};
use crate::cli::{Format, ServeArgs};
use crate::{Exit, Io};

pub fn serve(args: &ServeArgs, io: &mut Io) -> diag::Result<Exit> {
    if let Some(words) = &args.once.once {
        return once::once(words, args, io);
    }
    io.give_stdout_to_guest(args.report.as_deref())?;
    let subject = match in_project::subject(args.component.as_deref(), &args.grants, &args.limits, io)? {
        Ok(subject) => subject,
        Err(exit) => return Ok(exit),
    };
    let wasm = io.read_component(&subject.file, &args.registry)?;
    let component = wrap::wrapped(&wasm)?;
    let grants = guest::grants(&subject.grants, io);
    let stdio = guest::stdio(&args.grants, Caller::Call, io);
    let limits = guest::limits(&subject.limits);
    let stub = guest::stub(&args.grants);
    let log = args.access_log.as_deref().map(|file| log::open(file, io)).transpose()?;
    let request =
        Request { file: &wasm.name, bytes: &component, grants: &grants, limits: &limits, stdio: &stdio, stub };
    let tell = log.is_some() || args.limits.usage;
    let serving = Serving { address: args.addr, at_once: args.at_once, reuse: args.reuse, log: tell };
    verify::serve::serve(&request, &serving, |event| match event {
        Event::Listening(address) => say_where(address, io),
        Event::Found(diagnostic) => io.report_passing(subject.stated.said(diagnostic)),
        Event::Answered(entry) => {
            if args.limits.usage {
                say_usage(&entry, io);
            }
            if let Some(log) = &log {
                log.write(&entry);
            }
        }
    })
    .map_err(|found| subject.stated.all(found))?;
    Ok(Exit::OK)
}

/// On standard error, since standard output belongs to the guest; with JSON as a line of it.
fn say_where(address: SocketAddr, io: &Io) {
    let line = match io.format {
        Format::Json => format!("{}\n", serde_json::json!({ "listening": format!("http://{address}") })),
        Format::Human | Format::Short | Format::Sarif | Format::Github | Format::Junit => {
            format!("listening on http://{address}\n")
        }
    };
    // There is nobody to tell that standard error is closed.
    let _ = io.stderr.write(line.as_bytes());
}

fn say_usage(entry: &Entry, io: &Io) {
    if let Some(usage) = entry.usage
        && io.format != Format::Json
    {
        // There is nobody to tell that standard error is closed.
        let _ = io.stderr.write(format!("used by {} {}: {usage}\n", entry.method, entry.path).as_bytes());
    }
}
