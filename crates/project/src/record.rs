//! What a step was made of, remembered between builds.
//!
//! In: the file of a step below `target/withe/.state`. Out: whether its output is still what a build would make, and if
//! not, why. Holds: a record is written by rename after the output is in its place, so that a build that is killed
//! leaves an output without a record, which is made again; a record that cannot be read is none.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::snapshot::{self, Entry, Files, Input, Snapshot};

/// The form of records; those of another one count for nothing.
const FORM: u32 = 1;

/// A record that is longer is none, bytes.
const LONGEST: u64 = 64 << 20;

/// What a step was made of, and what it made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    form: u32,
    /// When the files were looked at.
    taken: u64,
    /// What counts besides files: options, tools.
    pub keys: BTreeMap<String, String>,
    pub files: Files,
    /// Files outside of the sources that the compiler said it read, relative to the project's folder.
    pub further: Vec<PathBuf>,
    /// What was written, relative to the project's folder.
    pub outputs: Files,
    /// What is to be said each time, though nothing is done: notes.
    pub notes: Vec<String>,
}

/// Why something is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is no record of it.
    First,
    /// A file of the sources changed, came, or went.
    Changed(String),
    Added(String),
    Removed(String),
    /// Something else that counts changed.
    Key(String),
    /// The output is not there, or is not what was written.
    Output(String),
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::First => f.write_str("not built before"),
            Self::Changed(file) => write!(f, "{file} changed"),
            Self::Added(file) => write!(f, "{file} is new"),
            Self::Removed(file) => write!(f, "{file} is gone"),
            Self::Key(key) => write!(f, "{key} changed"),
            Self::Output(file) => write!(f, "{file} is not what was built"),
        }
    }
}

impl Record {
    /// The record of a step, if there is one that can be read.
    pub fn read(path: &Path) -> Option<Self> {
        let mut bytes = Vec::new();
        fs::File::open(path).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
        let record: Self = serde_json::from_slice(&bytes).ok()?;
        (record.form == FORM).then_some(record)
    }

    pub fn new(keys: BTreeMap<String, String>, sources: Snapshot, further: Vec<PathBuf>, outputs: Files) -> Self {
        Self { form: FORM, taken: sources.taken, keys, files: sources.files, further, outputs, notes: Vec::new() }
    }

    /// Writes the record whole or not at all.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let bytes = serde_json::to_vec(self).map_err(io::Error::other)?;
        write_whole(path, &bytes)
    }

    /// The files with what was known of them.
    pub fn known(&self) -> (&Files, u64) {
        (&self.files, self.taken)
    }

    /// Whether all is as it was, in which case the outputs are what a build would make; if not, why.
    ///
    /// Gives whether the record should be written again, since more is known now than then.
    pub fn fresh(&mut self, root: &Path, keys: &BTreeMap<String, String>, now: Snapshot) -> Result<bool, Why> {
        if let Some(key) = differing(&self.keys, keys) {
            return Err(Why::Key(key));
        }
        for (path, entry) in &now.files {
            match self.files.get(path) {
                None => return Err(Why::Added(path.clone())),
                Some(before) if before.sha256 != entry.sha256 => return Err(Why::Changed(path.clone())),
                Some(_) => {}
            }
        }
        if let Some((path, _)) = self.files.iter().find(|(path, _)| !now.files.contains_key(*path)) {
            return Err(Why::Removed(path.clone()));
        }
        let mut has_read = now.has_read;
        for (path, before) in &mut self.outputs {
            match snapshot::look(&root.join(path), Some((before, self.taken))) {
                Ok(Some((entry, read))) if entry.sha256 == before.sha256 => {
                    has_read |= read;
                    *before = entry;
                }
                Ok(_) | Err(_) => return Err(Why::Output(path.clone())),
            }
        }
        (self.files, self.taken) = (now.files, now.taken);
        Ok(has_read)
    }

    /// The inputs of a step, with those that the compiler named.
    pub fn inputs_with_further(&self, inputs: &[Input]) -> Vec<Input> {
        inputs.iter().cloned().chain(self.further.iter().cloned().map(Input::File)).collect()
    }
}

/// The first key whose value is not the same.
fn differing(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Option<String> {
    let changed = now.iter().find(|(key, value)| before.get(*key) != Some(value));
    let gone = || before.iter().find(|(key, _)| !now.contains_key(*key));
    changed.or_else(gone).map(|(key, _)| key.clone())
}

/// Writes a file whole or not at all, and makes its folder.
///
/// # Errors
///
/// The system's.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".withe-").suffix(".tmp").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The state of what a step wrote.
///
/// # Errors
///
/// The system's, with the path.
pub fn outputs(root: &Path, paths: impl IntoIterator<Item = PathBuf>) -> Result<Files, String> {
    let mut files = Files::new();
    for path in paths {
        let name = path.to_string_lossy().replace('\\', "/");
        let found = snapshot::look(&root.join(&path), None).map_err(|error| format!("`{name}`: {error}"))?;
        let (entry, _): (Entry, bool) = found.ok_or_else(|| format!("`{name}` is not there"))?;
        files.insert(name, entry);
    }
    Ok(files)
}
