//! `withe inspect`: what a component is, what it can touch, what it weighs.

mod capabilities;
mod items;
mod metadata;
mod size;
mod subject;
mod summary;
pub(crate) mod table;

use serde_json::{Map, Value};

use crate::cli::{Format, InspectArgs};
use crate::{Exit, Io};
use subject::Subject;

/// A report, for people and for machines.
struct Report {
    /// Its key in the document.
    key: &'static str,
    text: String,
    json: Value,
}

pub fn inspect(args: &InspectArgs, io: &mut Io) -> diag::Result<Exit> {
    size::check_flags(args)?;
    let file = match super::in_project::file(&args.component, io)? {
        Ok(file) => file,
        Err(exit) => return Ok(exit),
    };
    io.check_keeps(args.out.out.as_deref(), std::iter::once(&*file).chain(args.against.as_deref()))?;
    let wasm = io.read_component(&file, &args.registry)?;
    let subject = Subject::read(&wasm)?;
    if size::is_page(args) {
        return io.write_text(&args.out.out, &size::page(&subject, args)?);
    }
    let reports = reports(&subject, args, io)?;
    if io.format == Format::Json {
        io.set_result(document(&subject, &reports));
        if args.out.out.is_none() {
            return Ok(Exit::OK);
        }
    }
    let texts: Vec<&str> = reports.iter().map(|report| report.text.as_str()).filter(|text| !text.is_empty()).collect();
    io.write_text(&args.out.out, &table::visible(&texts.join("\n")))
}

/// What is asked for; without a flag, the summary.
fn reports(subject: &Subject<'_>, args: &InspectArgs, io: &mut Io) -> diag::Result<Vec<Report>> {
    let wants_size = size::is_wanted(args);
    let mut reports = Vec::new();
    if args.imports {
        reports.push(items::imports(subject)?);
    }
    if args.exports {
        reports.push(items::exports(subject)?);
    }
    if args.capabilities {
        reports.push(capabilities::report(subject)?);
    }
    if wants_size {
        reports.push(size::report(subject, args, io)?);
    }
    if args.metadata {
        reports.push(metadata::report(subject));
    }
    if reports.is_empty() {
        reports = summary::reports(subject)?;
    }
    Ok(reports)
}

fn document(subject: &Subject<'_>, reports: &[Report]) -> Value {
    let mut document = Map::new();
    document.insert("kind".to_owned(), subject.kind_word().into());
    document.insert("name".to_owned(), subject.about.name.clone().into());
    document.insert("bytes".to_owned(), subject.bytes.len().into());
    let keyed = reports.iter().filter(|report| !report.key.is_empty());
    document.extend(keyed.map(|report| (report.key.to_owned(), report.json.clone())));
    Value::Object(document)
}
