//! What a generator returns.

use std::collections::BTreeMap;

/// Texts by path, relative to the output folder, `/` between parts; sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    files: BTreeMap<String, File>,
}

/// One text, and whose it is once it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub text: String,
    pub kept: Kept,
}

/// What happens to a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is generated again.
    No,
    /// People edit it: it is left as it is, and never compared.
    Yes,
}

impl Files {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file that belongs to the generator.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), File { text: text.into(), kept: Kept::No });
    }

    /// Adds a file that is a start for people, and never overwritten.
    pub fn insert_start(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), File { text: text.into(), kept: Kept::Yes });
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }
}
