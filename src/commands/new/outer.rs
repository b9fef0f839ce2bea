//! A component below the folder of a project: what the project's manifest would say of it.
//!
//! Holds: the manifest is not written; what it says is its owner's.

use std::path::{Component, Path};

use diag::{Diagnostic, Place};
use serde_json::{Value, json};

use super::Project;
use crate::Io;

/// The lines, and where they would go.
pub(super) struct Lines {
    /// The manifest, as people see it.
    file: String,
    name: String,
    lines: Vec<String>,
}

/// The lines for the component in the folder, if a project stands above it.
pub(super) fn lines_for(dir: &Path, name: &str, project: &Project, io: &Io) -> Option<Lines> {
    let folder = io.resolve(dir);
    // It was written just now.
    let folder = std::fs::canonicalize(&folder).unwrap_or(folder);
    let root = folder.ancestors().skip(1).find(|above| above.join(::project::manifest::FILE).is_file())?;
    let below = slashed(folder.strip_prefix(root).ok()?)?;
    let own = project.files.iter().find(|file| file.path == ::project::manifest::FILE)?;
    let header = format!("[components.{name}]");
    let (_, said) = own.text.split_once(&format!("{header}\n"))?;
    let said = said.lines().take_while(|line| !line.starts_with('['));
    // What it says of itself, with its folder as the project's manifest sees it.
    let said = said.filter(|line| !line.starts_with("source") && !line.starts_with('#')).map(str::to_owned);
    let source = (below != name).then(|| format!("source = {}", json!(below)));
    let has_wit = project.files.iter().any(|file| file.path.starts_with("wit/"));
    let wit = has_wit.then(|| format!("wit = {}", json!(format!("{below}/wit"))));
    Some(Lines {
        file: seen_from(root, io),
        name: name.to_owned(),
        lines: [header].into_iter().chain(said).chain(source).chain(wit).collect(),
    })
}

/// The manifest's path, as short as it gets from where the command was given.
fn seen_from(root: &Path, io: &Io) -> String {
    let here = io.resolve(Path::new("."));
    let here = std::fs::canonicalize(&here).unwrap_or(here);
    let file = ::project::manifest::FILE;
    match here.strip_prefix(root) {
        Ok(below) => format!("{}{file}", "../".repeat(below.components().count())),
        Err(_) => crate::io::shown(&root.join(file)),
    }
}

/// A relative path with `/` between, as manifests have it on every system.
fn slashed(path: &Path) -> Option<String> {
    let parts = path.components().map(|part| match part {
        Component::Normal(part) => part.to_str(),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
    });
    parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
}

impl Lines {
    pub fn note(&self) -> Diagnostic {
        let found = diag::error("new/part-of-project", format!("the project around `{}` does not build it", self.name));
        let found = found.label(Place::file(self.file.clone()), "says nothing of it");
        let help = format!("to make it a part, add to `{}`:\n{}", self.file, self.lines.join("\n"));
        Diagnostic { severity: diag::Severity::Note, ..found.help(help) }
    }

    pub fn as_json(&self) -> Value {
        json!({ "file": self.file, "lines": self.lines })
    }
}
