//! `withe add`: a dependency comes into the manifest, and its package into `deps/`.
//!
//! Holds: the manifest changes once the package is there; before that, nothing has.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::{Diagnostics, Source};
use project::deps::edit::{Entry, with_dependency};
use project::deps::{Options, owned};
use project::{Manifest, PackageName};

use crate::cli::AddArgs;
use crate::commands::deps;
use crate::{Exit, Io};

pub fn add(args: &AddArgs, io: &mut Io) -> diag::Result<Exit> {
    let manifest = deps::manifest(args.project.manifest.as_deref(), io)?;
    let options = deps::options(&args.project, io);
    let mut wanted = wanted(args, &manifest, io)?;
    let changed = with_all(&manifest, &wanted)?;
    if wanted.iter().any(|(_, entry)| entry.requirement.is_none()) {
        name_versions(&changed, &options, &mut wanted)?;
    }
    let changed = with_all(&manifest, &wanted)?;
    let fetched = project::deps::fetch(&changed, &options)?;
    let file = manifest.root.join(project::manifest::FILE);
    owned::write_whole(&file, changed.source.text.as_bytes())
        .map_err(|error| owned::unwritable(&manifest.source.name, &error))?;
    io.report_all(fetched.notes.clone());
    deps::say(&fetched, io);
    Ok(Exit::OK)
}

/// What is to be written for each package.
fn wanted(args: &AddArgs, manifest: &Manifest, io: &Io) -> diag::Result<Vec<(PackageName, Entry)>> {
    let from = match (&args.path, &args.registry, &args.oci) {
        (Some(path), _, _) => Some(("path", from_root(path, &manifest.root, io))),
        (None, Some(host), _) => Some(("registry", host.clone())),
        (None, None, Some(reference)) => Some(("oci", reference.clone())),
        (None, None, None) => None,
    };
    let mut problems = Vec::new();
    let is_for_one = from.as_ref().is_some_and(|(key, _)| *key != "registry");
    if is_for_one && args.packages.len() > 1 {
        let headline = "several packages cannot be in one place";
        problems.push(diag::error("usage/command-line", headline).help("add them one by one"));
    }
    let mut wanted: Vec<(PackageName, Entry)> = Vec::new();
    for text in &args.packages {
        match one(text, from.clone()) {
            Ok(one) => wanted.push(one),
            Err(Diagnostics(more)) => problems.extend(more),
        }
    }
    if problems.is_empty() { Ok(wanted) } else { Err(Diagnostics(problems)) }
}

fn one(text: &str, from: Option<(&'static str, String)>) -> diag::Result<(PackageName, Entry)> {
    let (name, requirement) = deps::named_with_requirement(text)?;
    Ok((name, Entry { requirement: requirement.map(str::to_owned), from }))
}

/// A path as the manifest has it: seen from its folder.
fn from_root(path: &Path, root: &Path, io: &Io) -> String {
    let whole = io.resolve(path);
    let whole = std::fs::canonicalize(&whole).or_else(|_| std::path::absolute(&whole)).unwrap_or(whole);
    let shared = root.components().zip(whole.components()).take_while(|(one, other)| one == other).count();
    // Nothing in common but the machine: the path is as good as it is.
    if shared <= 1 {
        return project::deps::mapping::slashed(&whole);
    }
    let up = root.components().skip(shared).map(|_| PathBuf::from(".."));
    let down = whole.components().skip(shared).map(|part| PathBuf::from(part.as_os_str()));
    let relative: PathBuf = up.chain(down).collect();
    let text = project::deps::mapping::slashed(&relative);
    if text.is_empty() { ".".to_owned() } else { text }
}

/// The manifest with the dependencies, read as every manifest is.
fn with_all(manifest: &Manifest, wanted: &[(PackageName, Entry)]) -> diag::Result<Manifest> {
    let mut source = Arc::clone(&manifest.source);
    for (name, entry) in wanted {
        let text = with_dependency(&source, name, entry)?;
        source = Arc::new(Source::new(&manifest.source.name, text));
    }
    Manifest::parse(manifest.root.clone(), source)
}

/// Packages that come from registries are asked for as they are now, and what is compatible.
fn name_versions(manifest: &Manifest, options: &Options, wanted: &mut [(PackageName, Entry)]) -> diag::Result<()> {
    let lock = project::deps::plan(manifest, options)?;
    for (name, entry) in wanted.iter_mut().filter(|(_, entry)| entry.requirement.is_none()) {
        let is_path = entry.from.as_ref().is_some_and(|(key, _)| *key == "path");
        let asked = |locked: &&project::deps::Locked| {
            locked.name == *name && locked.required_by.iter().any(|one| one.by == project::manifest::FILE)
        };
        let version = lock.packages.iter().rev().find(asked).and_then(|locked| locked.version.as_ref());
        let version = version.filter(|version| !is_path && version.pre.is_empty());
        entry.requirement = version.map(ToString::to_string);
    }
    Ok(())
}
