//! Finding and opening the manifest of a project.

use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use diag::{Diagnostic, Place, Source};

use crate::Manifest;
use crate::manifest::FILE;
use crate::read::LONGEST;

impl Manifest {
    /// The manifest of the project that `cwd` is in: the nearest `withe.toml` there or above; nothing if there is none.
    pub fn find(cwd: &Path) -> diag::Result<Option<Self>> {
        // An empty path is the current folder, as everywhere, and has others above it.
        let cwd = fs::canonicalize(cwd.join(".")).unwrap_or_else(|_| cwd.to_owned());
        match cwd.ancestors().map(|folder| folder.join(FILE)).find(|file| file.is_file()) {
            Some(file) => Self::open(&file, &cwd).map(Some),
            None => Ok(None),
        }
    }

    /// As `find`, for commands that are of no use outside a project.
    pub fn here(cwd: &Path) -> diag::Result<Self> {
        Self::find(cwd)?.ok_or_else(|| {
            let error = diag::error("project/no-manifest", format!("there is no `{FILE}` here or in a folder above"));
            let error = error.label(Place::file(FILE), "says what belongs to a project");
            error.help("make a project with `withe new DIR`, or name its manifest with `--manifest PATH`").into()
        })
    }

    /// Reads a manifest: a file, or the `withe.toml` of a folder. The path is shown as seen from `cwd`.
    pub fn open(path: &Path, cwd: &Path) -> diag::Result<Self> {
        let path = cwd.join(path);
        let file = if path.is_dir() { path.join(FILE) } else { path };
        let shown = seen_from(&file, cwd);
        let text = read(&file, &shown)?;
        let folder = file.parent().unwrap_or(cwd);
        let root = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        Self::parse(root, Arc::new(Source::new(shown, text)))
    }
}

/// The text of a manifest, of which no more is read than one may have.
fn read(file: &Path, shown: &str) -> Result<String, Diagnostic> {
    let most = u64::try_from(LONGEST).expect("a length fits into 64 bits") + 1;
    let mut bytes = Vec::new();
    let opened = fs::File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes));
    if let Err(error) = opened {
        let headline = format!("cannot read `{shown}`: {}", plain(&error));
        let error = diag::error("project/unreadable", headline).label(Place::file(shown), "not readable");
        return Err(error.help("name the manifest of the project with `--manifest PATH`"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let error = diag::error("project/not-text", format!("`{shown}` is not UTF-8"));
        let error = error.label(Place::file(shown), format!("byte {at} is of no character"));
        error.help("save it as UTF-8")
    })
}

/// What the system says, without its number.
pub fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// A path as a person in `cwd` would write it; absolute if they have no folder in common but the root.
pub fn seen_from(path: &Path, cwd: &Path) -> String {
    let (path, cwd) = (normal(path), normal(cwd));
    let shared = path.components().zip(cwd.components()).take_while(|(a, b)| a == b).count();
    if shared <= 1 {
        return path.display().to_string();
    }
    let up = cwd.components().skip(shared).map(|_| Component::ParentDir);
    let seen: PathBuf = up.chain(path.components().skip(shared)).collect();
    if seen.as_os_str().is_empty() { ".".to_owned() } else { seen.display().to_string() }
}

/// The path without `.` and without `..` after a folder, as it is written: links are not followed.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(normal.components().next_back(), Some(Component::Normal(_))) => {
                normal.pop();
            }
            Component::ParentDir if normal.has_root() => {}
            Component::ParentDir | Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                normal.push(part)
            }
        }
    }
    normal
}
