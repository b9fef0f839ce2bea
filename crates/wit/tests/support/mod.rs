//! Reading case folders for this crate's tests.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]
#![allow(dead_code, reason = "each test file uses a part of this")]

pub mod fmt;

use std::path::{Path, PathBuf};

use withe_wit::SourceTree;

/// A folder of the public test vectors; `None`, said aloud, where they are not.
pub fn conformance(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("not run: no test vectors in {}", path.display());
    None
}

/// A file or a folder as a tree of sources.
pub fn read_tree(path: &Path) -> SourceTree {
    read_tree_as(path, path.to_str().unwrap())
}

/// A file or a folder as a tree of sources, shown under another name.
pub fn read_tree_as(path: &Path, name: &str) -> SourceTree {
    if path.is_file() {
        return SourceTree::of_file(name, read_file(path));
    }
    let mut files = indexmap::IndexMap::new();
    for file in files_below(path) {
        let below = file.strip_prefix(path).unwrap().to_str().unwrap();
        files.insert(format!("{name}/{below}"), read_file(&file));
    }
    SourceTree::of_folder(name, files)
}

/// The cases of a folder: WIT files, and folders of them.
pub fn wit_sources(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.retain(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name != "parse-fail" && (path.is_dir() || name.ends_with(".wit"))
    });
    entries.sort();
    entries
}

fn read_file(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "wat") {
        wat::parse_bytes(&bytes).unwrap().into_owned()
    } else {
        bytes
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files.extend(files_below(&entry));
        } else if entry
            .extension()
            .is_some_and(|extension| ["wit", "wat", "wasm"].iter().any(|known| extension == *known))
        {
            files.push(entry);
        }
    }
    files
}
