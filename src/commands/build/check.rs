//! What `withe check` does of each step: all but making its output.

use std::ffi::OsString;

use ::project::manifest::{Built, Language, Origin};
use ::project::plan::{Step, Work};
use diag::{Diagnostic, Diagnostics};

use super::site::{Log, Site};

/// What was found of a step.
pub(crate) struct Checked {
    pub findings: Vec<Diagnostic>,
    /// What compilers said.
    pub said: Vec<u8>,
    /// What was looked at, in a word or two.
    pub what: &'static str,
}

impl Site<'_> {
    pub fn check(&self, step: &Step) -> Checked {
        let mut log = Log::default();
        let what = match step.work {
            Work::Component => self.check_component(&step.name, &mut log),
            Work::Compose => self.check_composition(step, &mut log),
            Work::Copy | Work::Js => Ok("nothing to check"),
        };
        let what = what.unwrap_or_else(|Diagnostics(found)| {
            log.findings.extend(found);
            "wrong"
        });
        Checked { findings: log.findings, said: log.said, what }
    }

    fn check_component(&self, name: &str, log: &mut Log) -> diag::Result<&'static str> {
        let built = match &self.manifest.components[name].origin {
            Origin::Built(built) => built,
            Origin::File(path) => {
                return self.validate(&self.seen(&path.value), name, log).map(|()| "valid");
            }
            Origin::Package { .. } => return self.package_file(name).map(|_| "fetched"),
        };
        let mut found = Vec::new();
        let mut keep = |result: diag::Result<()>| {
            if let Err(Diagnostics(more)) = result {
                found.extend(more);
            }
        };
        if let Some(wit) = self.wit_of(built) {
            keep(self.validate(&self.seen(&wit), name, log));
        }
        keep(self.check_bindings(name, built, log));
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
        if found.is_empty() { Ok(what) } else { Err(Diagnostics(found)) }
    }

    fn validate(&self, path: &std::path::Path, name: &str, log: &mut Log) -> diag::Result<()> {
        self.inside(vec!["validate".into(), path.into()], &self.place_of(name), log).map(drop)
    }

    fn check_bindings(&self, name: &str, built: &Built, log: &mut Log) -> diag::Result<()> {
        let Some(mut words) = self.bindgen_words(built) else { return Ok(()) };
        words.extend(built.bindgen.iter().map(|option| OsString::from(&option.value)));
        words.push("--check".into());
        self.inside(words, &self.span(name, &built.bindgen), log).map(drop)
    }

    /// Whether what was built before composes; nothing of it is kept.
    fn check_composition(&self, step: &Step, log: &mut Log) -> diag::Result<&'static str> {
        let parts = self.manifest.parts();
        if !parts.iter().all(|part| self.whole(&self.manifest.output_of(part)).is_file()) {
            return Ok("not built yet, so not composed");
        }
        self.compose_only(step, log)?;
        Ok("what was built composes")
    }
}
