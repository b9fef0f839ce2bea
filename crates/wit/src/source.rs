//! What is to be loaded: files that the caller has read, and what the user named.

use indexmap::IndexMap;

/// Files by path, and what of them the user named.
///
/// Paths are as the user would write them, with `/` between the parts; they are shown in diagnostics.
/// A file is WIT text if its name ends in `.wit` or it stands alone and is no wasm; everything else is a wasm binary
/// (the text form of wasm is turned into binary by the caller).
#[derive(Clone, Debug, Default)]
pub struct SourceTree {
    pub files: IndexMap<String, Vec<u8>>,
    pub roots: Vec<Root>,
}

/// One thing that the user named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// A folder: its packages, with its `deps` folder, whose files are all in the tree.
    Folder(String),
    /// One file: WIT text, a WIT package in wasm, a component, or a core module with embedded metadata.
    File(String),
    /// Something built in: `wasi:http@0.2.3`, or one of its worlds: `wasi:http/proxy@0.2.3`.
    BuiltIn(String),
    /// Every package that is built in, in every version.
    AllBuiltIn,
    /// A folder or file whose packages the other roots may use; its worlds are no candidates.
    Needed(Box<Root>),
    /// As `Needed`, for what a project's lock chose: a package stands for the earlier versions of its semver track too,
    /// and gives way to one of its track that another root has.
    Locked(Box<Root>),
}

impl Root {
    /// As the user wrote it.
    pub fn name(&self) -> &str {
        match self {
            Self::Folder(name) | Self::File(name) | Self::BuiltIn(name) => name,
            Self::AllBuiltIn => "WASI",
            Self::Needed(root) | Self::Locked(root) => root.name(),
        }
    }
}

impl SourceTree {
    /// A tree of one WIT text, as tests and standard input need it.
    pub fn of_text(name: impl Into<String>, text: impl Into<String>) -> Self {
        let name = name.into();
        let files = IndexMap::from([(name.clone(), text.into().into_bytes())]);
        Self { files, roots: vec![Root::File(name)] }
    }

    /// A tree of one file.
    pub fn of_file(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let name = name.into();
        Self { files: IndexMap::from([(name.clone(), bytes)]), roots: vec![Root::File(name)] }
    }

    /// Something built in, by its name.
    pub fn built_in(name: impl Into<String>) -> Self {
        Self { files: IndexMap::new(), roots: vec![Root::BuiltIn(name.into())] }
    }

    /// Every package that is built in.
    pub fn all_built_in() -> Self {
        Self { files: IndexMap::new(), roots: vec![Root::AllBuiltIn] }
    }

    /// A folder with the files in it, by their paths (which begin with the folder's).
    pub fn of_folder(folder: impl Into<String>, files: IndexMap<String, Vec<u8>>) -> Self {
        Self { files, roots: vec![Root::Folder(folder.into())] }
    }
}

/// WIT's feature gates.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Features that are on.
    pub features: Vec<String>,
    pub all_features: bool,
    /// Of built-in packages, only what is used is loaded: enough for what the user named and all that it needs, not for
    /// choosing a world of a package that is only needed.
    pub needed_only: bool,
}
