//! The `.wit` and `.wave` files that paths stand for.
//!
//! In: files and folders as users name them. Out: the files, folders taken apart.
//! Holds: a file comes once, however many paths or links lead to it; a folder is entered once, so that links to
//! folders above end; hidden folders, `target` and `node_modules` are passed over, as when WIT is read.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use diag::Diagnostic;
use indexmap::IndexMap;

use super::Io;
use super::bounded::read_named;
use super::folder::Part;
use super::read::{shown, unreadable};

/// The folder that a text lies in, and the package that it declares.
type Home = (PathBuf, Option<String>);

impl Io {
    /// Whether a path is a file that is there and no `.wit` file.
    pub fn is_foreign_file(&self, path: &Path) -> bool {
        path != Path::new("-") && self.resolve(path).is_file() && !is_wit(path)
    }

    /// Parts to be checked, those together that are named texts of one package in one folder; a text that declares no
    /// package goes with the first of its folder that does. What was named twice comes once.
    pub fn texts_together(&self, parts: Vec<Part>) -> Vec<Vec<Part>> {
        let mut groups: Vec<(Option<String>, Vec<Part>)> = Vec::new();
        // The groups of each folder, and what has been met: for look-ups only.
        let mut of_folder: HashMap<PathBuf, Vec<usize>> = HashMap::new();
        let mut met: HashSet<PathBuf> = HashSet::new();
        for part in parts {
            if matches!(part, Part::Named(_) | Part::Found(_)) && !met.insert(part.path().to_owned()) {
                continue;
            }
            let Some((folder, package)) = self.package_of(&part) else {
                groups.push((None, vec![part]));
                continue;
            };
            let near = of_folder.entry(folder).or_default();
            let goes_with = |of: &Option<String>| of.is_none() || package.is_none() || *of == package;
            match near.iter().copied().find(|index| goes_with(&groups[*index].0)) {
                Some(index) => {
                    let (of, texts) = &mut groups[index];
                    *of = of.take().or(package);
                    texts.push(part);
                }
                None => {
                    near.push(groups.len());
                    groups.push((package, vec![part]));
                }
            }
        }
        groups.into_iter().map(|(_, parts)| parts).collect()
    }

    /// The folder of a text that was named, and the package that it declares; `None` for what is no text.
    fn package_of(&self, part: &Part) -> Option<Home> {
        let Part::Named(path) = part else { return None };
        let whole = self.resolve(path);
        if !is_wit(path) || !whole.is_file() {
            return None;
        }
        let text = String::from_utf8(read_named(&whole, &shown(path)).ok()?).ok()?;
        Some((path.parent()?.to_owned(), wit::declared_package(&text)))
    }

    /// Texts of one folder, to be read as one package.
    ///
    /// # Errors
    ///
    /// `input/missing-file`, `input/unreadable-file`.
    pub fn tree_of_texts(&self, texts: &[Part]) -> diag::Result<wit::SourceTree> {
        let mut files = IndexMap::new();
        for text in texts {
            let name = shown(text.path());
            let bytes = read_named(&self.resolve(text.path()), &name)?;
            files.insert(name, bytes);
        }
        let folder = texts.first().and_then(|text| text.path().parent()).map(shown).unwrap_or_default();
        Ok(wit::SourceTree::of_folder(folder, files))
    }

    /// The files that the paths stand for, and what cannot be read of the folders. What is no folder stays as it is.
    pub fn wit_files(&self, paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Diagnostic>) {
        self.files_of_kind("wit", paths)
    }

    /// As `wit_files`, of the files that hold tests.
    pub fn wave_files(&self, paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Diagnostic>) {
        self.files_of_kind("wave", paths)
    }

    fn files_of_kind(&self, extension: &'static str, paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Diagnostic>) {
        let mut walk = Walk { extension, files: Vec::new(), unreadable: Vec::new(), met: BTreeSet::new() };
        for path in paths {
            let whole = self.resolve(path);
            if path != Path::new("-") && whole.is_dir() {
                walk.folder(path, &whole);
            } else {
                walk.file(path.clone(), &whole);
            }
        }
        (walk.files, walk.unreadable)
    }
}

struct Walk {
    /// Of the files that are looked for in folders.
    extension: &'static str,
    files: Vec<PathBuf>,
    unreadable: Vec<Diagnostic>,
    /// Files and folders that have been met, as the machine knows them.
    met: BTreeSet<PathBuf>,
}

impl Walk {
    fn is_new(&mut self, whole: &Path) -> bool {
        self.met.insert(std::fs::canonicalize(whole).unwrap_or_else(|_| whole.to_owned()))
    }

    fn file(&mut self, path: PathBuf, whole: &Path) {
        if self.is_new(whole) {
            self.files.push(path);
        }
    }

    /// The folders wait on a list, so that deep ones need no deep calls; a folder's own files come before those below.
    fn folder(&mut self, path: &Path, whole: &Path) {
        let mut waiting = vec![(path.to_owned(), whole.to_owned())];
        while let Some((path, whole)) = waiting.pop() {
            if !self.is_new(&whole) {
                continue;
            }
            let read = std::fs::read_dir(&whole).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
            let mut entries = match read {
                Ok(entries) => entries,
                Err(error) => {
                    self.unreadable.push(unreadable(&shown(&path), &error));
                    continue;
                }
            };
            entries.sort_by_key(std::fs::DirEntry::file_name);
            let mut folders = Vec::new();
            for entry in entries {
                let (path, whole) = (path.join(entry.file_name()), entry.path());
                if whole.is_dir() {
                    let name = entry.file_name();
                    let name = name.to_string_lossy();
                    if !(name.starts_with('.') || name == "target" || name == "node_modules") {
                        folders.push((path, whole));
                    }
                } else if path.extension().is_some_and(|extension| extension == self.extension) {
                    self.file(path, &whole);
                }
            }
            waiting.extend(folders.into_iter().rev());
        }
    }
}

pub(super) fn is_wit(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "wit")
}
