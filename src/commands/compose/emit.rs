//! `--emit-wac`: the script that composes what the solver composed.
//!
//! In: the solved instances, and where the script goes. Out: its text.
//! Holds: instances stand in the result's order under their own names, every argument is named in full, and what stays
//! open is left to `...`, so that the script's wiring is the solver's.

use std::path::{Component, Path, PathBuf};

use compose::solve::{Origin, Placed};
use diag::Place;
use types::ExternName;
use wac::Script;
use wac::syntax::tree::{
    self, Arg, Docs, Export, ExportName, Expr, Let, Name, NamedArg, New, Package, PackageHeader, PackageName, Primary,
    Span, Statement, Text,
};

use crate::Io;

/// The text of the script. `exports` says whether the result exports anything; `target` is the world that it was
/// checked against, which the script names in a comment, since a `targets` clause needs a package by name.
///
/// # Errors
/// `usage/command-line`: a component has no path that a script could name.
pub fn script(instances: &[Placed], exports: bool, target: Option<&str>, path: &Path, io: &Io) -> diag::Result<String> {
    let folder = folder(path, io);
    let mut statements = Vec::with_capacity(instances.len() + 1);
    for placed in instances {
        let package = Package::File(Text::new(path_from(&folder, &placed.file, io)?));
        let new = New { package, args: args(placed, instances), span: Span::default() };
        statements.push(Statement::Let(Let {
            docs: Docs::default(),
            id: Name::new(&placed.name),
            expr: Expr::new(Primary::New(new)),
            span: Span::default(),
        }));
    }
    let first = instances.last().map(|placed| placed.name.as_str()).unwrap_or_default();
    if exports {
        statements.push(Statement::Export(Export {
            docs: Docs::default(),
            expr: Expr::id(first),
            name: ExportName::Spread(Span::default()),
            span: Span::default(),
        }));
    }
    let name = PackageName::new("composed", first, None);
    let checked = |world: &str| format!("Checked against the world `{world}`.");
    let docs = Docs(target.map(checked).into_iter().collect());
    let package = PackageHeader { docs, name, targets: None, span: Span::default() };
    Ok(wac::print(&Script { package: Some(package), statements }))
}

/// An argument for each import that another instance fills; the others, if there are any, stay open.
fn args(placed: &Placed, instances: &[Placed]) -> Vec<Arg> {
    let text = |name: &ExternName| tree::ExternName::Text(Text::new(name.to_string()));
    let named = |(import, origin): (&ExternName, &Origin)| match origin {
        Origin::Instance { at, export, .. } => Some(Arg::Named(NamedArg {
            name: text(import),
            value: Expr::id(&instances[*at].name).access(text(export)),
            span: Span::default(),
        })),
        Origin::With(_) | Origin::Open => None,
    };
    let mut args: Vec<Arg> = placed.imports.iter().filter_map(named).collect();
    if args.len() < placed.imports.len() {
        args.push(Arg::Fill(Span::default()));
    }
    args
}

/// The folder that the script is in, as the machine knows it; of a stream, the current one.
fn folder(path: &Path, io: &Io) -> PathBuf {
    let folder = match path.parent() {
        Some(folder) if path != Path::new("-") => io.resolve(folder),
        Some(_) | None => io.resolve(Path::new("")),
    };
    real(&folder)
}

/// A folder as the machine knows it, if it is there.
fn real(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
}

/// A file as seen from a folder, with `/` between its parts. A link keeps its own name, which instances have.
fn path_from(folder: &Path, file: &str, io: &Io) -> diag::Result<String> {
    let no_path = |why: &str| {
        diag::error("usage/command-line", format!("a script cannot name `{file}`"))
            .label(Place::file(file), why)
            .help("copy the component to a file that the script can name, and name that")
    };
    let whole = io.resolve(Path::new(file));
    let (Some(parent), Some(name)) = (whole.parent(), whole.file_name()) else {
        return Err(no_path("not a file").into());
    };
    if file == "<stdin>" {
        return Err(no_path("standard input has no path").into());
    }
    let there = real(parent).join(name);
    let shared = folder.components().zip(there.components()).take_while(|(one, other)| one == other).count();
    let is_apart = shared == 0 || folder.components().skip(shared).any(|part| !matches!(part, Component::Normal(_)));
    if is_apart {
        return Ok(there.to_str().ok_or_else(|| no_path("not UTF-8"))?.replace('\\', "/"));
    }
    let up = folder.components().skip(shared).map(|_| Some(".."));
    let down = there.components().skip(shared).map(|part| part.as_os_str().to_str());
    let parts: Option<Vec<&str>> = up.chain(down).collect();
    Ok(parts.ok_or_else(|| no_path("not UTF-8"))?.join("/"))
}
