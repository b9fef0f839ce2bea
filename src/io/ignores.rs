//! `.witheignore`: what of a folder is not checked.
//!
//! In: folders as they are entered. Out: whether a path in them is left out; what is wrong with the patterns.
//! Holds: the syntax and the order are those of `.gitignore`: later lines win over earlier ones, files further down
//! over those further up, `!` takes back; what is in a folder that is left out cannot be taken back.
//! The files of the folders above count too, up to the folder that the command runs in.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use diag::{Diagnostic, Place, Source};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::bounded::read_found;
use super::read::shown;

const NAME: &str = ".witheignore";

/// The patterns of a folder, and of the folders above it.
#[derive(Debug, Default)]
pub(super) struct Ignores {
    levels: Vec<Level>,
    /// What is wrong with the files themselves.
    pub problems: Vec<Diagnostic>,
}

#[derive(Debug)]
struct Level {
    folder: PathBuf,
    patterns: Gitignore,
}

impl Ignores {
    /// Those that count for a folder, as the user wrote it, before it is entered: of the folders above it, up to `cwd`.
    pub fn above(cwd: &Path, folder: &Path) -> Self {
        let mut ignores = Self::default();
        let here =
            if cwd.as_os_str().is_empty() { std::env::current_dir().unwrap_or_default() } else { cwd.to_owned() };
        let relative = folder.strip_prefix(&here).unwrap_or(folder);
        let parts: Vec<Component<'_>> =
            relative.components().filter(|part| !matches!(part, Component::CurDir)).collect();
        if parts.iter().all(|part| matches!(part, Component::Normal(_))) {
            let mut whole = if folder.is_absolute() { here } else { cwd.to_owned() };
            let mut path = PathBuf::new();
            for part in &parts {
                ignores.enter(&whole, &path);
                whole.push(part);
                path.push(part);
            }
        }
        ignores
    }

    /// Those that count for a folder that was found in, or is, the one that was named.
    pub fn of_found(cwd: &Path, named: &Path, folder: &Path) -> Self {
        let mut ignores = Self::above(cwd, named);
        let mut path = named.to_owned();
        for part in folder.strip_prefix(named).unwrap_or(Path::new("")) {
            ignores.enter(&cwd.join(&path), &path);
            path.push(part);
        }
        ignores
    }

    /// Enters a folder, which is shown under the name `path`.
    pub fn enter(&mut self, whole: &Path, path: &Path) {
        let file = whole.join(NAME);
        let patterns = if std::fs::symlink_metadata(&file).is_ok() {
            self.read(&file, &shown(&path.join(NAME)))
        } else {
            Gitignore::empty()
        };
        self.levels.push(Level { folder: undotted(whole).to_owned(), patterns });
    }

    pub fn leave(&mut self) {
        self.levels.pop();
    }

    /// Whether a path below the folders that were entered is left out.
    pub fn hides(&self, whole: &Path, is_folder: bool) -> bool {
        let said = |level: &Level| {
            let path = undotted(whole).strip_prefix(&level.folder).ok()?;
            let matched = level.patterns.matched(path, is_folder);
            (!matched.is_none()).then(|| matched.is_ignore())
        };
        self.levels.iter().rev().filter(|level| !level.patterns.is_empty()).find_map(said).unwrap_or(false)
    }

    fn read(&mut self, file: &Path, name: &str) -> Gitignore {
        let bytes = match read_found(file, name) {
            Ok(bytes) => bytes,
            Err(problem) => {
                self.problems.push(problem);
                return Gitignore::empty();
            }
        };
        let source = Arc::new(Source::new(name, String::from_utf8_lossy(&bytes).into_owned()));
        // Paths are given from the folder on.
        let mut builder = GitignoreBuilder::new(".");
        let mut start = 0;
        for line in source.text.split_inclusive('\n') {
            let text = line.trim_end_matches(['\n', '\r']);
            if let Err(error) = builder.add_line(None, text.trim_start_matches('\u{feff}')) {
                let place = Place::text(&source, start..start + text.len());
                self.problems.push(bad_pattern(text, place, &error));
            }
            start += line.len();
        }
        builder.build().unwrap_or_else(|error| {
            self.problems.push(bad_pattern("all together", Place::file(name), &error));
            Gitignore::empty()
        })
    }
}

/// Without a `.` at the beginning, which only some spellings of a path have.
fn undotted(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

fn bad_pattern(pattern: &str, place: Place, error: &ignore::Error) -> Diagnostic {
    let why = if let ignore::Error::Glob { err, .. } = error { err.clone() } else { error.to_string() };
    diag::error("input/ignore-pattern", format!("`{pattern}` is no pattern of `{NAME}`"))
        .label(place, why)
        .help("write it as in `.gitignore`, with `\\` before a character that is meant as it is")
}
