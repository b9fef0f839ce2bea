//! What is documented: the paths of the command line, or what a project has.
//!
//! In: arguments, and the manifest of a project where no path is given. Out: trees of WIT.

use std::path::{Path, PathBuf};

use diag::Diagnostics;
use project::Manifest;
use project::deps::lock::FILE as LOCK;
use project::find::seen_from;
use project::manifest::{From, Origin};
use wit::{Root, SourceTree};

use crate::Io;
use crate::cli::DocsArgs;

/// Trees of WIT, each with the path that names it.
pub(super) struct Sources {
    pub(super) trees: Vec<(PathBuf, SourceTree)>,
    /// Where the folder of the site is looked for.
    pub(super) root: PathBuf,
    pub(super) title: Option<String>,
}

impl Sources {
    pub(super) fn read(args: &DocsArgs, io: &mut Io) -> diag::Result<Self> {
        if args.paths.is_empty() && !args.wasi {
            return Self::of_project(io);
        }
        let mut sources = Self { trees: Vec::new(), root: PathBuf::new(), title: None };
        let mut errors = Vec::new();
        for path in &args.paths {
            match io.source_tree(path) {
                Ok(tree) => sources.trees.push((path.clone(), tree)),
                Err(Diagnostics(found)) => errors.extend(found),
            }
        }
        if args.wasi {
            sources.trees.push((PathBuf::from("WASI"), SourceTree::all_built_in()));
        }
        if errors.is_empty() { Ok(sources) } else { Err(Diagnostics(errors)) }
    }

    fn of_project(io: &mut Io) -> diag::Result<Self> {
        let cwd = io.current_folder();
        let Some(manifest) = Manifest::find(&cwd)? else {
            let error = diag::error("usage/command-line", "what to document is not said, and this is no project");
            return Err(error.help("name WIT, such as `withe docs wit`, or `withe docs --wasi`").into());
        };
        let others = unlocked(&manifest, io)?;
        let mut sources = Self {
            trees: Vec::new(),
            root: PathBuf::from(seen_from(&manifest.root, &cwd)),
            title: Some(manifest.app.name.value.to_string()),
        };
        for folder in wit_of(&manifest) {
            let path = PathBuf::from(seen_from(&folder, &cwd));
            let mut tree = io.source_tree(&path)?;
            add(&mut tree, &others);
            sources.trees.push((path, tree));
        }
        Ok(sources)
    }
}

/// The WIT of the app and of its components, each once.
fn wit_of(manifest: &Manifest) -> Vec<PathBuf> {
    let mut folders = vec![manifest.root.join(&manifest.app.wit.value)];
    for component in manifest.components.values() {
        if let Origin::Built(built) = &component.origin
            && let Some(wit) = &built.wit
        {
            folders.push(manifest.root.join(&wit.value));
        }
    }
    let mut seen = Vec::new();
    folders.retain(|folder| {
        let is_new = !seen.contains(folder);
        seen.push(folder.clone());
        is_new
    });
    folders
}

/// Dependencies that are paths, of a project without a lock; what a lock names comes with every tree.
fn unlocked(manifest: &Manifest, io: &mut Io) -> diag::Result<Vec<SourceTree>> {
    let mut trees = Vec::new();
    if manifest.root.join(LOCK).exists() {
        return Ok(trees);
    }
    for dependency in manifest.dependencies.values() {
        if let From::Path(path) = &dependency.from {
            trees.push(io.source_tree(Path::new(&seen_from(&manifest.root.join(&path.value), &io.cwd)))?);
        }
    }
    Ok(trees)
}

/// Lets the roots of a tree use those of others.
fn add(tree: &mut SourceTree, others: &[SourceTree]) {
    for other in others {
        tree.files.extend(other.files.clone());
        tree.roots.extend(other.roots.iter().cloned().map(|root| Root::Needed(Box::new(root))));
    }
}
