//! What is documented: the paths of the command line, or what a project has.
//!
//! In: arguments, and the manifest of a project where no path is given. Out: trees of WIT.

use std::path::{Path, PathBuf};

use diag::Diagnostics;
use project::Manifest;
use project::deps::contents::add_wasm;
use project::deps::lock::FILE as LOCK;
use project::deps::{Kind, Lock};
use project::find::seen_from;
use project::manifest::{From, Origin};
use wit::{Root, SourceTree};

use crate::Io;
use crate::cli::DocsArgs;
use crate::io::shown;

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
        let cwd = io.cwd.clone();
        let Some(manifest) = Manifest::find(&cwd)? else {
            let error = diag::error("usage/command-line", "what to document is not said, and this is no project");
            return Err(error.help("name WIT, such as `withe docs wit`, or `withe docs --wasi`").into());
        };
        let needed = Needed::read(&manifest, io)?;
        let mut sources = Self {
            trees: Vec::new(),
            root: PathBuf::from(seen_from(&manifest.root, &cwd)),
            title: Some(manifest.app.name.value.to_string()),
        };
        for folder in wit_of(&manifest) {
            let path = PathBuf::from(seen_from(&folder, &cwd));
            let mut tree = io.source_tree(&path)?;
            needed.add_to(&mut tree);
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

/// What the project's own WIT may use.
#[derive(Default)]
struct Needed {
    /// Packages that the lock names, by their files below `deps`.
    locked: Vec<(String, Vec<u8>)>,
    /// Dependencies by path, of a project without a lock.
    folders: Vec<SourceTree>,
}

impl Needed {
    /// Reads what was fetched; without a lock, what the manifest says a path of.
    fn read(manifest: &Manifest, io: &mut Io) -> diag::Result<Self> {
        let seen = |path: &Path, io: &Io| PathBuf::from(seen_from(&manifest.root.join(path), &io.cwd));
        let mut needed = Self::default();
        let Some(lock) = Lock::read(&manifest.root, &shown(&seen(Path::new(LOCK), io)))? else {
            for dependency in manifest.dependencies.values() {
                if let From::Path(path) = &dependency.from {
                    needed.folders.push(io.source_tree(&seen(&path.value, io))?);
                }
            }
            return Ok(needed);
        };
        let mut errors = Vec::new();
        for package in lock.packages.iter().filter(|package| package.kind == Kind::Wit) {
            match io.read_input(&seen(&Path::new("deps").join(package.file()), io)) {
                Ok(input) => needed.locked.push((input.name, input.bytes)),
                Err(Diagnostics(found)) => {
                    errors.extend(found.into_iter().map(|one| one.help("fetch what the lock names: `withe fetch`")));
                }
            }
        }
        if errors.is_empty() { Ok(needed) } else { Err(Diagnostics(errors)) }
    }

    fn add_to(&self, tree: &mut SourceTree) {
        for (name, bytes) in &self.locked {
            add_wasm(tree, name, bytes);
        }
        for other in &self.folders {
            tree.files.extend(other.files.clone());
            tree.roots.extend(other.roots.iter().cloned().map(|root| Root::Needed(Box::new(root))));
        }
    }
}
