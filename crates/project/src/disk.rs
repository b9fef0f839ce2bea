//! What a manifest names, and whether it is there.
//!
//! In: a manifest. Out: each file or folder that is missing, or is the other of the two.

use std::fs;
use std::path::{Path, PathBuf};

use diag::Diagnostic;

use crate::Manifest;
use crate::manifest::{At, Built, From, How, Language, Origin};

/// What has to stand at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    File,
    Folder,
    Either,
}

impl Manifest {
    /// What the manifest names and is not there.
    ///
    /// Only names are looked at; nothing is opened. What a build makes is not wanted.
    pub fn check(&self) -> Vec<Diagnostic> {
        let mut disk = Disk { manifest: self, found: Vec::new() };
        for (name, component) in &self.components {
            match &component.origin {
                Origin::Built(built) => disk.built(name, built),
                Origin::File(path) => disk.wants(path, Wanted::File, &format!("component `{name}`"), PUT),
                Origin::Package { .. } => {}
            }
        }
        // A folder `wit` that nobody named may be missing: a program may need no bindings.
        let named = self.app.wit.value != Path::new("wit");
        if named && self.components.values().any(|component| wants_wit_of_app(&component.origin)) {
            disk.wants(&self.app.wit, Wanted::Either, "the WIT of the app", WIT);
        }
        for (name, dependency) in &self.dependencies {
            if let From::Path(path) = &dependency.from {
                disk.wants(path, Wanted::Either, &format!("dependency `{name}`"), PUT);
            }
        }
        if let Some(How::Script(script)) = self.compose.as_ref().map(|compose| &compose.how) {
            disk.wants(script, Wanted::File, "the script of [compose]", PUT);
        }
        for path in &self.tests {
            disk.wants(path, Wanted::Either, "`tests`", PUT);
        }
        disk.found
    }

    /// Where the tests are, absolute: what `tests` says, else the folder `tests` if there is one.
    pub fn tests_there(&self) -> Vec<PathBuf> {
        if self.tests.is_empty() {
            let folder = self.root.join("tests");
            return if folder.is_dir() { vec![folder] } else { Vec::new() };
        }
        self.tests.iter().map(|path| self.root.join(&path.value)).collect()
    }
}

const PUT: &str = "put it there, or correct the path";
const WIT: &str = "put the WIT there, or say where it is with `wit`";

/// Whether bindings are made of the app's WIT, since nothing else is said.
fn wants_wit_of_app(origin: &Origin) -> bool {
    match origin {
        Origin::Built(built) if built.wit.is_none() => match built.language.value {
            Language::Rust | Language::Go => built.bindings != crate::manifest::Bindings::None,
            Language::Js | Language::Wat | Language::Command => false,
        },
        Origin::Built(_) | Origin::Package { .. } | Origin::File(_) => false,
    }
}

struct Disk<'m> {
    manifest: &'m Manifest,
    found: Vec<Diagnostic>,
}

impl Disk<'_> {
    fn built(&mut self, name: &str, built: &Built) {
        let before = self.found.len();
        let help = "write the sources there, or say where they are with `source`";
        // The source of a host in JavaScript need not exist: nothing of it is built.
        if built.language.value != Language::Js || built.source.value != Path::new(name) {
            self.wants(&built.source, Wanted::Folder, &format!("the source of component `{name}`"), help);
        }
        if let Some(wit) = &built.wit {
            self.wants(wit, Wanted::Either, &format!("the WIT of component `{name}`"), PUT);
        }
        if self.found.len() > before {
            return;
        }
        let inside = match built.language.value {
            Language::Rust => Some(PathBuf::from("Cargo.toml")),
            Language::Go => None,
            Language::Wat => Some(self.manifest.wat_of(name, built)),
            Language::Js | Language::Command => None,
        };
        if let Some(inside) = inside {
            let value = built.source.value.join(&inside);
            let span = built.output.as_ref().map_or(&built.source.span, |output| &output.span).clone();
            self.wants(&At { value, span }, Wanted::File, &format!("the source of component `{name}`"), PUT);
        }
    }

    fn wants(&mut self, path: &At<PathBuf>, wanted: Wanted, who: &str, help: &str) {
        let shown = path.value.display();
        let headline = match fs::metadata(self.manifest.root.join(&path.value)) {
            Ok(found) if wanted == Wanted::File && found.is_dir() => {
                format!("{who} is a folder, not a file: `{shown}`")
            }
            Ok(found) if wanted == Wanted::Folder && !found.is_dir() => {
                format!("{who} is a file, not a folder: `{shown}`")
            }
            Ok(_) => return,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => format!("{who} is not there: `{shown}`"),
            Err(error) => format!("{who} cannot be read: `{shown}`: {}", crate::find::plain(&error)),
        };
        let place = self.manifest.place(&path.span);
        self.found.push(diag::error("project/missing-file", headline).label(place, "named here").help(help));
    }
}

impl Manifest {
    /// The `.wat` of a component, relative to its source: what `output` says, `NAME.wat`, or `component.wat`.
    pub fn wat_of(&self, name: &str, built: &Built) -> PathBuf {
        if let Some(output) = &built.output {
            return output.value.clone();
        }
        let own = PathBuf::from(format!("{name}.wat"));
        let other = PathBuf::from("component.wat");
        let folder = self.root.join(&built.source.value);
        if !folder.join(&own).is_file() && folder.join(&other).is_file() { other } else { own }
    }
}
