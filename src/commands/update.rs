//! `withe update`: newer versions, as far as all who ask for a package take them.

use diag::Diagnostics;
use project::deps::{Lock, Update};

use crate::cli::UpdateArgs;
use crate::commands::deps;
use crate::{Exit, Io};

pub fn update(args: &UpdateArgs, io: &mut Io) -> diag::Result<Exit> {
    let manifest = deps::manifest(args.project.manifest.as_deref(), io)?;
    let mut options = deps::options(&args.project, io);
    options.update = match args.packages.as_slice() {
        [] => Update::All,
        names => Update::Some(locked_names(names, &manifest)?),
    };
    deps::fetch(&manifest, &options, io)
}

/// The packages that are named; each has to be in the lock.
fn locked_names(names: &[String], manifest: &project::Manifest) -> diag::Result<Vec<project::PackageName>> {
    let shown = project::deps::shown(manifest, project::deps::lock::FILE);
    let lock = Lock::read(&manifest.root, &shown)?.unwrap_or_default();
    let (mut known, mut problems) = (Vec::new(), Vec::new());
    for text in names {
        match deps::named(text) {
            Ok((name, None)) if lock.packages.iter().any(|one| one.name == name) => known.push(name),
            Ok((name, Some(_))) if lock.packages.iter().any(|one| one.name == name) => {
                let headline = format!("`{text}` names a version, and `update` takes the newest that fits");
                let help = format!("change the requirement with `withe add {text}`");
                problems.push(diag::error("usage/command-line", headline).help(help));
            }
            Ok((name, _)) => problems.extend(deps::not_locked(&name.to_string(), manifest, &lock.packages).0),
            Err(Diagnostics(more)) => problems.extend(more),
        }
    }
    if problems.is_empty() { Ok(known) } else { Err(Diagnostics(problems)) }
}
