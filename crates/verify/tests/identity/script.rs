//! The wiring of a case as text.
//!
//! ```text
//! owner = owner                         an instance and its part
//! app = app
//!   id:s/types = owner                  an argument: the export of that name,
//!   id:s/shelf = other / id:s/shelf     another one,
//!   kit = @owner                        or the whole instance
//! export run = app                      exports of the result, in the same words
//! host = owner                          the part that fills the result's imports when it is run
//! ```
//! Imports that nothing is given for stay open. Arguments have the line as their place.

use std::sync::Arc;

use compose::{Arg, Source, Wanted, WantedId, Wiring};
use diag::Place;
use indexmap::{IndexMap, IndexSet};
use types::{ExternName, Types};

use crate::parts::Parts;

pub struct Script {
    source: Arc<diag::Source>,
    instances: Vec<Instance>,
    exports: Vec<Line>,
    pub host: Option<String>,
}

struct Instance {
    name: String,
    part: String,
    args: Vec<Line>,
}

struct Line {
    name: String,
    source: String,
    span: std::ops::Range<usize>,
}

/// Reads a script. A mistake in one is a panic: it is part of the test.
pub fn parse(text: &str) -> Script {
    let source = Arc::new(diag::Source::new("wiring.txt", text));
    let mut script = Script { source, instances: Vec::new(), exports: Vec::new(), host: None };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start + line.len() - line.trim_start().len();
        start += line.len();
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let (name, source) = content.split_once(" = ").unwrap_or_else(|| panic!("{content}: no ` = `"));
        let span = at..at + content.len();
        let said = |name: &str| Line { name: name.to_owned(), source: source.to_owned(), span: span.clone() };
        if line.starts_with(' ') {
            script.instances.last_mut().expect("arguments follow an instance").args.push(said(name));
        } else if let Some(name) = name.strip_prefix("export ") {
            script.exports.push(said(name));
        } else if name == "host" {
            script.host = Some(source.to_owned());
        } else {
            script.instances.push(Instance { name: name.to_owned(), part: source.to_owned(), args: Vec::new() });
        }
    }
    script
}

impl Script {
    pub fn parts(&self) -> IndexSet<String> {
        self.instances.iter().map(|instance| instance.part.clone()).chain(self.host.clone()).collect()
    }

    pub fn wiring<'p>(&self, types: &mut Types, parts: &'p Parts) -> diag::Result<Wiring<'p>> {
        let mut wiring = Wiring::new();
        let mut known: IndexMap<&str, WantedId> = IndexMap::new();
        for instance in &self.instances {
            let args = instance.args.iter().map(|line| {
                let place = Some(Place::text(&self.source, line.span.clone()));
                (extern_name(&line.name), Arg { source: source(&known, line), place })
            });
            let mut wanted = Wanted::new(parts.part(types, &instance.part)?, args.collect());
            wanted.name = (instance.name != instance.part).then(|| instance.name.clone());
            known.insert(&instance.name, wiring.instance(wanted));
        }
        for line in &self.exports {
            wiring.export(extern_name(&line.name), source(&known, line));
        }
        Ok(wiring)
    }
}

fn extern_name(text: &str) -> ExternName {
    ExternName::parse(text).unwrap_or_else(|| panic!("{text}: no name"))
}

fn source(known: &IndexMap<&str, WantedId>, line: &Line) -> Source {
    let mut steps = line.source.split(" / ");
    let first = steps.next().unwrap_or_default();
    if let Some(whole) = first.strip_prefix('@') {
        return Source::Instance(known[whole]);
    }
    let mut steps: Vec<&str> = steps.collect();
    if steps.is_empty() {
        steps.push(&line.name);
    }
    steps.into_iter().fold(Source::Instance(known[first]), |of, step| Source::Export(Box::new(of), extern_name(step)))
}
