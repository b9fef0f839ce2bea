//! What of the paths that are named can be checked.
//!
//! In: files and folders. Out: files, and the folders of WIT, each to be read as a whole; what cannot be looked into.
//! Holds: in the order of the paths, and in a folder of the names; a folder's WIT comes before all else in it; what
//! stands in a folder `deps` belongs to the WIT beside it and is read with it; every other text is in one of the folders
//! of WIT; what `.witheignore` hides is not there, unless it is named; nothing ends the walk but its end.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use diag::{Diagnostic, Place};

use super::Io;
use super::ignores::Ignores;
use super::read::{MAX_DEPTH, is_foreign, shown, unreadable};

/// One thing to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What was named: a file, something built in, or what is not there.
    Named(PathBuf),
    /// What has the name of a file that can be checked, in a folder.
    Found(PathBuf),
    /// A folder of WIT.
    Wit(WitRoot),
    /// What cannot be checked, and why.
    Refused(PathBuf, Box<Diagnostic>),
}

/// A folder of WIT, and the folder that was named, which it is or lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitRoot {
    pub folder: PathBuf,
    pub named: PathBuf,
}

impl Part {
    pub fn path(&self) -> &Path {
        match self {
            Self::Named(path) | Self::Found(path) | Self::Refused(path, _) => path,
            Self::Wit(root) => &root.folder,
        }
    }
}

impl Io {
    /// The parts that a path stands for: those of a folder, else itself.
    pub fn parts_to_check(&self, path: &Path) -> Vec<Part> {
        let whole = self.resolve(path);
        if path == Path::new("-") || !whole.is_dir() {
            return vec![Part::Named(path.to_owned())];
        }
        let mut walk = Walk { ignores: Ignores::above(&self.cwd, path), ..Walk::default() };
        let folder = walk.folder(&whole, path);
        let mut parts = walk.refused;
        let problems = walk.ignores.problems.into_iter();
        parts.extend(problems.map(|one| Part::Refused(PathBuf::from(first_file(&one)), Box::new(one))));
        let mut roots = Vec::new();
        folder.wit_roots(&mut roots);
        let root = |folder: &Path| Part::Wit(WitRoot { folder: folder.to_owned(), named: path.to_owned() });
        parts.extend(roots.into_iter().map(root));
        folder.others(&mut parts);
        if parts.is_empty() { vec![Part::Refused(path.to_owned(), Box::new(nothing(&shown(path))))] } else { parts }
    }
}

fn first_file(problem: &Diagnostic) -> &str {
    problem.labels.first().map_or("", |label| label.place.file_name())
}

/// A folder, as far as it matters here.
#[derive(Default)]
struct Folder {
    path: PathBuf,
    has_wit: bool,
    /// Binaries and scripts, each of which stands for itself.
    others: Vec<PathBuf>,
    folders: Vec<Folder>,
}

/// Where a walk through folders stands.
#[derive(Default)]
struct Walk {
    ignores: Ignores,
    refused: Vec<Part>,
    /// Folders that have been entered, as the machine knows them: no link leads into one of them again.
    met: BTreeSet<PathBuf>,
    depth: usize,
}

impl Walk {
    fn refuse(&mut self, path: &Path, why: Diagnostic) {
        self.refused.push(Part::Refused(path.to_owned(), Box::new(why)));
    }

    fn folder(&mut self, whole: &Path, path: &Path) -> Folder {
        let mut folder = Folder { path: path.to_owned(), ..Folder::default() };
        let read = std::fs::read_dir(whole).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let mut entries = match read {
            Ok(entries) => entries,
            Err(error) => {
                self.refuse(path, unreadable(&shown(path), &error));
                return folder;
            }
        };
        entries.sort_by_key(std::fs::DirEntry::file_name);
        self.met.insert(std::fs::canonicalize(whole).unwrap_or_else(|_| whole.to_owned()));
        self.ignores.enter(whole, path);
        self.depth += 1;
        for entry in entries {
            self.entry(&entry, path, &mut folder);
        }
        self.depth -= 1;
        self.ignores.leave();
        folder
    }

    fn entry(&mut self, entry: &std::fs::DirEntry, above: &Path, folder: &mut Folder) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let (whole, path) = (entry.path(), above.join(entry.file_name()));
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        // A link is what it leads to; what is no file, or a link to nothing, is told when it is read.
        let is_folder = match is_link {
            true => whole.is_dir(),
            false => entry.file_type().is_ok_and(|kind| kind.is_dir()),
        };
        let is_wit = name.ends_with(".wit");
        let is_other = [".wasm", ".wat", ".wac"].iter().any(|ending| name.ends_with(ending));
        match () {
            () if is_folder => self.subfolder(&whole, &path, &name, is_link, folder),
            () if !is_wit && !is_other || self.ignores.hides(&whole, false) => {}
            () if is_wit => folder.has_wit = true,
            () => folder.others.push(path),
        }
    }

    fn subfolder(&mut self, whole: &Path, path: &Path, name: &str, is_link: bool, folder: &mut Folder) {
        if is_foreign(name) || self.ignores.hides(whole, true) {
            return;
        }
        let is_met = || std::fs::canonicalize(whole).is_ok_and(|whole| self.met.contains(&whole));
        if is_link && is_met() {
            return;
        }
        if self.depth >= MAX_DEPTH {
            return self.refuse(path, too_deep(&shown(path)));
        }
        folder.folders.push(self.folder(whole, path));
    }
}

fn nothing(name: &str) -> Diagnostic {
    diag::error("validate/nothing", format!("`{name}` holds nothing that can be checked"))
        .label(Place::file(name), "no .wasm, .wat, .wit or .wac file is in it")
        .help("name another folder or file, or look what `.witheignore` leaves out")
}

fn too_deep(name: &str) -> Diagnostic {
    diag::error("input/unreadable-file", format!("`{name}` lies too deep"))
        .label(Place::file(name), format!("folders are followed {MAX_DEPTH} deep"))
        .help("name the folder itself, or leave it out with a line in `.witheignore`")
}

impl Folder {
    fn is_named(&self, name: &str) -> bool {
        self.path.file_name().is_some_and(|own| own == name)
    }

    fn any_below(&self, holds: &impl Fn(&Self) -> bool) -> bool {
        self.folders.iter().any(|folder| holds(folder) || folder.any_below(holds))
    }

    /// WIT is read as a whole from the folder that has a text, a folder `deps`, or the name `wit`; folders of packages
    /// without any of these belong together. Below a folder that has a text of its own, what is not in its `deps` is
    /// not read with it, and stands for itself.
    fn wit_roots<'a>(&'a self, roots: &mut Vec<&'a Path>) {
        if !self.has_wit && !self.any_below(&|folder| folder.has_wit) {
            return;
        }
        let has_deps = self.folders.iter().any(|folder| folder.is_named("deps"));
        let marks_root = |folder: &Self| folder.is_named("wit") || folder.is_named("deps");
        if self.has_wit || has_deps || self.is_named("wit") || !self.any_below(&marks_root) {
            roots.push(&self.path);
            if !self.has_wit {
                return;
            }
        }
        let own = self.folders.iter().filter(|folder| !folder.is_named("deps"));
        own.for_each(|folder| folder.wit_roots(roots));
    }

    fn others(&self, found: &mut Vec<Part>) {
        found.extend(self.others.iter().cloned().map(Part::Found));
        let own = self.folders.iter().filter(|folder| !folder.is_named("deps"));
        own.for_each(|folder| folder.others(found));
    }
}
