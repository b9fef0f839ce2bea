//! What of a folder can be checked.
//!
//! In: a folder. Out: the folders of WIT in it, each to be read as a whole, and every module, component
//! and script.
//! Holds: in the order of the names; what stands in a folder `deps` belongs to the WIT beside it and is read with it;
//! every other text is in one of the folders of WIT.

use std::path::{Path, PathBuf};

use super::Io;
use super::read::{MAX_DEPTH, is_foreign, shown, unreadable};

impl Io {
    /// The paths that a path stands for: a folder's parts, else itself.
    ///
    /// # Errors
    ///
    /// `input/unreadable-file`.
    pub fn parts_to_check(&self, path: &Path) -> diag::Result<Vec<PathBuf>> {
        let whole = self.resolve(path);
        if path == Path::new("-") || !whole.is_dir() {
            return Ok(vec![path.to_owned()]);
        }
        let folder = Folder::read(&whole, path, &mut Vec::new())?;
        let mut parts = Vec::new();
        folder.wit_roots(&mut parts);
        folder.others(&mut parts);
        // A folder with nothing in it is refused by what reads WIT.
        Ok(if parts.is_empty() { vec![path.to_owned()] } else { parts })
    }
}

/// A folder, as far as it matters here.
struct Folder {
    path: PathBuf,
    has_wit: bool,
    /// Binaries and scripts, each of which stands for itself.
    others: Vec<PathBuf>,
    folders: Vec<Folder>,
}

impl Folder {
    fn read(whole: &Path, path: &Path, above: &mut Vec<PathBuf>) -> diag::Result<Self> {
        let read = std::fs::read_dir(whole).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let mut entries = read.map_err(|error| unreadable(&shown(path), &error))?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        above.push(std::fs::canonicalize(whole).unwrap_or_else(|_| whole.to_owned()));
        let mut folder = Self { path: path.to_owned(), has_wit: false, others: Vec::new(), folders: Vec::new() };
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let (whole, path) = (entry.path(), path.join(entry.file_name()));
            if whole.is_dir() {
                let is_above = std::fs::canonicalize(&whole).is_ok_and(|whole| above.contains(&whole));
                if !is_foreign(&name) && !is_above && above.len() < MAX_DEPTH {
                    folder.folders.push(Self::read(&whole, &path, above)?);
                }
            } else if name.ends_with(".wit") {
                folder.has_wit = true;
            } else if [".wasm", ".wat", ".wac"].iter().any(|ending| name.ends_with(ending)) {
                folder.others.push(path);
            }
        }
        above.pop();
        Ok(folder)
    }

    fn is_named(&self, name: &str) -> bool {
        self.path.file_name().is_some_and(|own| own == name)
    }

    fn any_below(&self, holds: &impl Fn(&Self) -> bool) -> bool {
        self.folders.iter().any(|folder| holds(folder) || folder.any_below(holds))
    }

    /// WIT is read as a whole from the folder that has a text, a folder `deps`, or the name `wit`; folders of packages
    /// without any of these belong together. Below a folder that has a text of its own, what is not in its `deps` is
    /// not read with it, and stands for itself.
    fn wit_roots(&self, roots: &mut Vec<PathBuf>) {
        if !self.has_wit && !self.any_below(&|folder| folder.has_wit) {
            return;
        }
        let has_deps = self.folders.iter().any(|folder| folder.is_named("deps"));
        let marks_root = |folder: &Self| folder.is_named("wit") || folder.is_named("deps");
        if self.has_wit || has_deps || self.is_named("wit") || !self.any_below(&marks_root) {
            roots.push(self.path.clone());
            if !self.has_wit {
                return;
            }
        }
        let own = self.folders.iter().filter(|folder| !folder.is_named("deps"));
        own.for_each(|folder| folder.wit_roots(roots));
    }

    fn others(&self, found: &mut Vec<PathBuf>) {
        found.extend(self.others.iter().cloned());
        let own = self.folders.iter().filter(|folder| !folder.is_named("deps"));
        own.for_each(|folder| folder.others(found));
    }
}
