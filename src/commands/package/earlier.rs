//! What an earlier run wrote to a folder, and this one does not: `kubectl apply -f .` would take it too.
//!
//! In: the folder, the files that are to be written. Out: what of the earlier ones goes, and the list for the next run.
//! Holds: only what is in the list is ever removed, and only as it was written; a file that was there before with the
//! same content is somebody's, and never gets into the list.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use sha2::{Digest as _, Sha256};

use super::listed;
use crate::Io;

/// Lines as `sha256sum` writes them. `kubectl` does not read it, since it is no `.yaml`.
pub(super) const LIST: &str = ".withe-package";

pub(super) struct Earlier {
    /// Files that go.
    pub left: Vec<String>,
    /// Files that stay, since somebody changed them.
    changed: Vec<String>,
    /// The list that is to be written.
    pub list: String,
}

impl Earlier {
    pub(super) fn of(out: &Path, files: &BTreeMap<String, Vec<u8>>, io: &Io) -> Self {
        let before = io.read_if_there(&out.join(LIST)).map(|bytes| read(&bytes)).unwrap_or_default();
        let mut found = Self { left: Vec::new(), changed: Vec::new(), list: String::new() };
        for (path, digest) in before.iter().filter(|(path, _)| !files.contains_key(*path)) {
            match io.read_if_there(&out.join(path)) {
                Some(bytes) if sha256(&bytes) == *digest => found.left.push(path.clone()),
                Some(_) => found.changed.push(path.clone()),
                None => {}
            }
        }
        let own = files.iter().filter(|(path, bytes)| {
            before.contains_key(*path) || io.read_if_there(&out.join(path)).is_none_or(|there| there != **bytes)
        });
        found.list = own.map(|(path, bytes)| format!("{}  {path}\n", sha256(bytes))).collect();
        found
    }

    /// What goes and what stays, as lines.
    pub(super) fn said(&self) -> String {
        let mut text = String::new();
        for (files, what) in [
            (&self.left, "Removed, since it is of an earlier run:"),
            (&self.changed, "Of an earlier run, and changed since, so it stays:"),
        ] {
            if !files.is_empty() {
                text.push_str(&format!("{what}\n{}", listed(files)));
            }
        }
        text
    }
}

/// Digests by paths; a line that is none, or whose path leads elsewhere, is no line of ours.
fn read(list: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(list);
    let lines = text.lines().filter_map(|line| line.split_once("  "));
    let inside = |path: &str| Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let ours = lines.filter(|(digest, path)| digest.len() == 64 && !path.is_empty() && inside(path));
    ours.map(|(digest, path)| (path.to_owned(), digest.to_owned())).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
