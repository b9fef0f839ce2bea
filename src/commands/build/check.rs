//! What `withe check` does of each step: all but making its output.
//!
//! In: a step. Out: what a build would find wrong, as far as it needs no compiler's output.
//! Holds: an output that is older than its sources counts for nothing.

use std::ffi::OsString;
use std::path::PathBuf;

use ::project::manifest::{Built, Language, Origin};
use ::project::plan::{Step, Work};
use diag::{Diagnostic, Diagnostics};

use super::inside::renamed;
use super::site::{Log, Site};

/// What was found of a step.
pub(crate) struct Checked {
    pub findings: Vec<Diagnostic>,
    /// What compilers said.
    pub said: Vec<u8>,
    /// What was looked at, in a word or two.
    pub what: String,
    /// The component as its sources have it now, relative to the project's folder; why there is none else.
    file: Result<PathBuf, &'static str>,
}

/// What is said where a component is not known, behind its name.
const WRONG: &str = "is wrong";

impl Site<'_> {
    /// `before` is what was found of the steps that this one needs.
    pub fn check(&self, step: &Step, before: &[&Checked]) -> Checked {
        let mut log = Log::default();
        let what = match step.work {
            Work::Component => self.check_component(step, &mut log),
            Work::Compose => self.check_composition(step, before, &mut log).map(|what| (what, Err(""))),
            Work::Copy | Work::Js => Ok(("nothing to check".to_owned(), Err(""))),
        };
        let (what, file) = what.unwrap_or_else(|Diagnostics(found)| {
            log.findings.extend(found);
            ("wrong".to_owned(), Err(WRONG))
        });
        Checked { findings: log.findings, said: log.said, what, file }
    }

    fn check_component(&self, step: &Step, log: &mut Log) -> diag::Result<(String, Result<PathBuf, &'static str>)> {
        let name = step.name.as_str();
        let built = match &self.manifest.components[name].origin {
            Origin::Built(built) => built,
            Origin::File(path) => {
                self.validate(&self.seen(&path.value), name, log)?;
                return Ok(("valid".to_owned(), Ok(self.wrap_only(name, None, &path.value, log)?)));
            }
            Origin::Package { .. } => {
                let file = self.package_file(name)?;
                return Ok(("fetched".to_owned(), Ok(self.wrap_only(name, None, &file, log)?)));
            }
        };
        let (what, found) = self.check_sources(name, built, log);
        if !found.is_empty() {
            return Err(Diagnostics(found));
        }
        // What needs no compiler is made as a build does.
        let file = if built.language.value == Language::Wat {
            let file = built.source.value.join(self.manifest.wat_of(name, built));
            Ok(self.wrap_only(name, Some(built), &file, log)?)
        } else {
            let output = self.manifest.output_of(name);
            let is_there = self.whole(&output).is_file();
            let why = if is_there { "changed since it was built" } else { "is not built yet" };
            if self.is_fresh(step) { Ok(output) } else { Err(why) }
        };
        Ok((what.to_owned(), file))
    }

    /// What is wrong with WIT, bindings and sources.
    fn check_sources(&self, name: &str, built: &Built, log: &mut Log) -> (&'static str, Vec<Diagnostic>) {
        let mut found = Vec::new();
        let mut keep = |result: diag::Result<()>| match result {
            Ok(()) => true,
            Err(Diagnostics(more)) => {
                found.extend(more);
                false
            }
        };
        let has_world = match self.wit_of(built) {
            Some(wit) => keep(self.validate(&self.seen(&wit), name, log)) && keep(self.has_world(name, built)),
            None => true,
        };
        // What is wrong with the world is wrong with its bindings, in the same words.
        if has_world {
            keep(self.check_bindings(name, built, log));
        }
        let what = match built.language.value {
            Language::Rust => {
                keep(self.cargo_check(name, built, log));
                "cargo check, and its bindings"
            }
            Language::Go => {
                keep(self.go_vet(name, built, log));
                "go vet, and its bindings"
            }
            Language::Wat => {
                let file = built.source.value.join(self.manifest.wat_of(name, built));
                keep(self.validate(&self.seen(&file), name, log));
                "valid"
            }
            Language::Command | Language::Js => "its WIT",
        };
        (what, found)
    }

    fn validate(&self, path: &std::path::Path, name: &str, log: &mut Log) -> diag::Result<()> {
        self.inside(vec!["validate".into(), path.into()], &self.place_of(name), log).map(drop)
    }

    fn check_bindings(&self, name: &str, built: &Built, log: &mut Log) -> diag::Result<()> {
        let Some(mut words) = self.bindgen_words(built) else { return Ok(()) };
        words.extend(built.bindgen.iter().map(|option| OsString::from(&option.value)));
        words.push("--check".into());
        let checked = self.inside(words, &self.span(name, &built.bindgen), log).map(drop);
        checked.map_err(|found| self.with_keys(name, found))
    }

    /// Whether the components compose as their sources have them now; nothing of it is kept.
    fn check_composition(&self, step: &Step, before: &[&Checked], log: &mut Log) -> diag::Result<String> {
        let parts = self.manifest.parts();
        let mut files = Vec::new();
        for (name, checked) in parts.iter().zip(before) {
            match &checked.file {
                Ok(file) => files.push((*name, file.clone())),
                Err(why) => return Ok(format!("not composed: `{name}` {why}")),
            }
        }
        let file = |name: &str| {
            let known = files.iter().find(|(part, _)| *part == name).map(|(_, file)| file.clone());
            known.unwrap_or_else(|| self.manifest.output_of(name))
        };
        let before = log.findings.len();
        let mut composed = self.compose_only(step, &file, log).map(drop);
        for (name, file) in &files {
            let (from, to) = (self.seen(file), self.seen(&self.manifest.output_of(name)));
            renamed(&mut log.findings[before..], &from, &to);
            if let Err(found) = &mut composed {
                renamed(&mut found.0, &from, &to);
            }
        }
        composed.map(|()| "composes".to_owned())
    }
}
