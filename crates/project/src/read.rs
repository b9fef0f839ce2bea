//! The text of `withe.toml` to a `Manifest`.
//!
//! In: the text, with the name it is shown under, and the folder it stands in. Out: a `Manifest`, or every mistake.
//! Holds: nothing outside the text is looked at; `Manifest::check` looks at what it names.

mod component;
mod compose;
mod fields;
mod names;
mod scalar;
mod syntax;
mod tables;

use std::path::PathBuf;
use std::sync::Arc;

use diag::{Diagnostic, Diagnostics, Source};
use toml_edit::Document;

use crate::Manifest;
use fields::{Fields, TOP};

/// A manifest that is longer is no manifest, bytes.
pub const LONGEST: usize = 1 << 20;

impl Manifest {
    /// Reads the text of a manifest that stands in the folder `root`, which should be absolute.
    ///
    /// What is wrong is told all at once; only an error of TOML's syntax stands alone.
    pub fn parse(root: PathBuf, source: Arc<Source>) -> diag::Result<Self> {
        if source.text.len() > LONGEST {
            let headline = format!("the manifest is longer than {} KiB", LONGEST >> 10);
            let place = diag::Place::file(source.name.clone());
            let error = diag::error("project/too-large", headline).label(place, "a list of components fits into less");
            return Err(error.help("keep what is no part of the manifest in files of its own").into());
        }
        let document = Document::parse(source.text.as_str()).map_err(|error| syntax::mistake(&source, &error))?;
        let mut reading = Reading { source: Arc::clone(&source), found: Vec::new() };
        let manifest = reading.manifest(root, &document);
        match manifest {
            Some(manifest) if reading.found.is_empty() => Ok(manifest),
            Some(_) | None => Err(Diagnostics(reading.found)),
        }
    }
}

/// What has been found so far.
///
/// A function that gives `None` has said why.
struct Reading {
    source: Arc<Source>,
    found: Vec<Diagnostic>,
}

impl Reading {
    fn manifest(&mut self, root: PathBuf, document: &Document<&str>) -> Option<Manifest> {
        let top = Fields::of(document.as_table(), TOP, "the manifest".to_owned(), 0..0);
        self.known_only(&top);
        let app = self.app(&top);
        let components = self.components(&top);
        let dependencies = self.dependencies(&top);
        let compose = self.compose(&top);
        let grants = self.grants(&top);
        let limits = self.limits(&top);
        let registries = self.registries(&top);
        let deploy = self.deploy(&top);
        let tests = self.paths(&top, "tests");
        let manifest = Manifest {
            root,
            source: Arc::clone(&self.source),
            app: app?,
            components,
            dependencies,
            compose,
            grants,
            limits,
            tests,
            registries,
            deploy,
        };
        names::check(&manifest, &top, &mut self.found);
        Some(manifest)
    }

    fn at(&self, span: &std::ops::Range<usize>) -> diag::Place {
        diag::Place::text(&self.source, span.clone())
    }

    fn say(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }
}
