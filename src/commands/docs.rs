//! `withe docs`: a site of documentation, and the examples in it as tests.
//!
//! Holds: with an error nothing is written; only files that say who generated them are ever replaced or removed.

mod examples;
mod folder;
mod sources;

use std::path::{Path, PathBuf};

use diag::{Diagnostic, Diagnostics, Place};
use serde_json::json;
use types::Types;
use wit::Cataloged;

use crate::cli::DocsArgs;
use crate::io::shown;
use crate::{Exit, Io};
use folder::Site;
use sources::Sources;

pub fn docs(args: &DocsArgs, io: &mut Io) -> diag::Result<Exit> {
    if args.out.as_deref() == Some(Path::new("-")) {
        let error = diag::error("usage/command-line", "a site is a folder, and standard output is none");
        return Err(error.help("name a folder with `-o DIR`").into());
    }
    let sources = Sources::read(args, io)?;
    if let Some(component) = &args.test {
        return examples::run(&sources, component, io);
    }
    let mut types = Types::new();
    let packages = cataloged(&sources, args, &mut types, io)?;
    let title = args.title.clone().filter(|title| !title.trim().is_empty());
    let options = docs::Options { title: title.or_else(|| sources.title.clone()) };
    let files = docs::site(&types, &packages, &options);
    let out = args.out.clone().unwrap_or_else(|| sources.root.join("target/docs"));
    let site = Site::compare(&files, &out, io)?;
    if args.check {
        return site.check(io);
    }
    site.write(io)?;
    say(&files, &packages, &out, io);
    Ok(Exit::OK)
}

/// The packages of all sources.
fn cataloged(sources: &Sources, args: &DocsArgs, types: &mut Types, io: &mut Io) -> diag::Result<Vec<Cataloged>> {
    let options = args.features.load_options();
    let mut found: Vec<(&Path, Cataloged)> = Vec::new();
    let mut errors = Vec::new();
    let mut notes: Vec<Diagnostic> = Vec::new();
    for (path, tree) in &sources.trees {
        let loaded = io.load_wit(path, tree, &options).and_then(|package| {
            let new = package.notes().iter().filter(|note| !notes.contains(note)).cloned().collect::<Vec<_>>();
            notes.extend(new);
            package.catalog(types)
        });
        match loaded {
            Ok(packages) => {
                errors.extend(packages.iter().filter_map(|package| twice(&found, path, package)));
                found.extend(packages.into_iter().map(|package| (path.as_path(), package)));
            }
            Err(Diagnostics(more)) => errors.extend(more),
        }
    }
    io.report_all(notes);
    if errors.is_empty() {
        Ok(found.into_iter().map(|(_, package)| package).collect())
    } else {
        Err(Diagnostics(errors))
    }
}

/// The error for a package that two paths declare: one page cannot show both.
fn twice(found: &[(&Path, Cataloged)], path: &Path, package: &Cataloged) -> Option<Diagnostic> {
    let same = |(_, other): &&(&Path, Cataloged)| other.is_named && package.is_named && other.name == package.name;
    let (first, _) = found.iter().find(same)?;
    let headline = format!("`{}` is declared in two of the places that are named", package.name);
    let error = diag::error("docs/package-twice", headline).label(Place::file(shown(path)), "declared here again");
    Some(error.label(Place::file(shown(first)), "declared here first").help("name one of the two"))
}

fn say(files: &docs::Files, packages: &[Cataloged], out: &Path, io: &mut Io) {
    let mut names: Vec<String> = packages.iter().map(|package| package.name.to_string()).collect();
    names.sort();
    names.dedup();
    let pages = files.keys().filter(|path| path.ends_with(".html")).count();
    let index: PathBuf = out.join("index.html");
    let plural = if names.len() == 1 { "" } else { "s" };
    if !io.quiet {
        io.print(&format!("{}: {pages} pages about {} package{plural}\n", shown(&index), names.len()));
    }
    io.set_result(json!({ "index": shown(&index), "pages": pages, "packages": names }));
}
