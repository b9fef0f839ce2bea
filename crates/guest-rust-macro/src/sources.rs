//! The WIT that the arguments name.
//!
//! In: paths and inline text. Out: a `SourceTree`, and the files that were read.
//! Holds: paths are shown as they were given, relative to the folder of `Cargo.toml`; folders are read as
//! `withe` reads them: `.wit` in the folder, and everything in `deps`.

use std::path::{Path, PathBuf};

use diag::{Diagnostics, Place};
use wit::{Root, SourceTree};

use crate::arguments::Text;

/// The name that inline WIT is shown under.
pub const INLINE: &str = "inline WIT";

/// Folders inside folders that are followed.
const MAX_DEPTH: usize = 64;

/// What was read.
#[derive(Default)]
pub struct Sources {
    pub tree: SourceTree,
    /// The files, as the machine knows them.
    pub files: Vec<PathBuf>,
}

/// Reads everything; `home` is the folder that paths start at.
///
/// # Errors
///
/// `input/missing-file`, `input/unreadable-file`, each with the path's index.
pub fn read(
    home: &Path,
    paths: Option<&[Text]>,
    inline: Option<&Text>,
) -> Result<Sources, Vec<(Option<usize>, Diagnostics)>> {
    let mut sources = Sources::default();
    let mut found = Vec::new();
    let default = [Text { value: "wit".to_owned(), span: proc_macro2::Span::call_site() }];
    let is_given = paths.is_some();
    let paths = match paths {
        Some(paths) => paths,
        // Inline WIT may stand for itself.
        None if inline.is_some() && !home.join("wit").exists() => &[],
        None => &default,
    };
    for (index, path) in paths.iter().enumerate() {
        match sources.root(home, &path.value) {
            Ok(root) if inline.is_some() => sources.tree.roots.push(Root::Needed(Box::new(root))),
            Ok(root) => sources.tree.roots.push(root),
            Err(diagnostics) => found.push((is_given.then_some(index), diagnostics)),
        }
    }
    if let Some(inline) = inline {
        sources.tree.files.insert(INLINE.to_owned(), inline.value.clone().into_bytes());
        sources.tree.roots.insert(0, Root::File(INLINE.to_owned()));
    }
    if found.is_empty() { Ok(sources) } else { Err(found) }
}

impl Sources {
    fn root(&mut self, home: &Path, name: &str) -> diag::Result<Root> {
        let whole = home.join(name);
        if whole.is_dir() {
            self.folder(&whole, name, 0, false)?;
            return Ok(Root::Folder(name.to_owned()));
        }
        if !whole.exists() && wit::is_built_in_name(name) {
            return Ok(Root::BuiltIn(name.to_owned()));
        }
        self.file(whole, name)?;
        Ok(Root::File(name.to_owned()))
    }

    fn folder(&mut self, whole: &Path, name: &str, depth: usize, in_deps: bool) -> diag::Result<()> {
        let read = std::fs::read_dir(whole).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let mut entries = read.map_err(|error| unreadable(name, &error))?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        let is_wit = |name: &str| name.ends_with(".wit");
        let has_own = entries.iter().any(|entry| is_wit(&entry.file_name().to_string_lossy()));
        for entry in entries {
            let file_name = entry.file_name().to_string_lossy().into_owned();
            let (path, below) = (entry.path(), format!("{}/{file_name}", name.trim_end_matches('/')));
            if path.is_dir() {
                let is_deps = in_deps || file_name == "deps";
                let is_entered = is_deps || !has_own && !file_name.starts_with('.');
                if is_entered && depth < MAX_DEPTH {
                    self.folder(&path, &below, depth + 1, is_deps)?;
                }
            } else if is_wit(&file_name) || in_deps && file_name.ends_with(".wasm") {
                self.file(path, &below)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, whole: PathBuf, name: &str) -> diag::Result<()> {
        let bytes = std::fs::read(&whole).map_err(|error| unreadable(name, &error))?;
        self.tree.files.insert(name.to_owned(), bytes);
        self.files.push(whole);
        Ok(())
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> Diagnostics {
    let place = Place::file(name);
    if error.kind() == std::io::ErrorKind::NotFound {
        return diag::error("input/missing-file", format!("there is no `{name}`"))
            .label(place, "not found")
            .help("name a `.wit` file or a folder of them; the path starts at the folder of `Cargo.toml`")
            .into();
    }
    diag::error("input/unreadable-file", format!("`{name}` cannot be read: {error}"))
        .label(place, "not read")
        .help("see that it is a file, and that you may read it")
        .into()
}
