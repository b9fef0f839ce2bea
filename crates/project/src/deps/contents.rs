//! What is in a package: WIT or a component, its name, and the packages that it names in turn.
//!
//! In: what a source gave, bytes or a folder of WIT. Out: `Contents`, and WIT's texts for those who load them.
//! Holds: what is built in is needed from nowhere; a WIT package is handed on as wasm, whatever it came as.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::{Diagnostics, Place, Source};
use indexmap::IndexMap;
use semver::Version;
use wit::SourceTree;

use super::lock::Kind;
use crate::PackageName;

/// More than this is no package, bytes.
pub const LARGEST: u64 = 1 << 30;
/// More than this is no WIT that anybody wrote, bytes.
const LARGEST_TEXT: u64 = 64 << 20;
/// Folders in folders that are looked into.
const DEEPEST: usize = 16;
/// Texts of one folder.
const MOST_TEXTS: usize = 10_000;

/// What a source gave.
#[derive(Clone, Debug)]
pub enum Raw {
    Wasm(Vec<u8>),
    Wit(WitFolder),
}

/// A folder or file of WIT.
#[derive(Clone, Debug, Default)]
pub struct WitFolder {
    /// As it is shown.
    pub name: String,
    /// Its own texts, by the names they are shown under.
    pub files: IndexMap<String, Vec<u8>>,
    /// The packages in its `deps`, and where they are.
    pub near: IndexMap<PackageName, PathBuf>,
}

/// What a package is and what it needs.
#[derive(Clone, Debug)]
pub struct Contents {
    pub kind: Kind,
    /// What a WIT package calls itself; a component has no name of its own.
    pub package: Option<(PackageName, Option<Version>)>,
    pub needs: Vec<Need>,
    pub raw: Raw,
}

/// A package that WIT names.
#[derive(Clone, Debug)]
pub struct Need {
    pub name: PackageName,
    pub version: Option<Version>,
    pub place: Place,
    /// Where a copy of it lies beside who needs it.
    pub near: Option<PathBuf>,
}

impl Contents {
    /// Reads what a source gave; `name` is what it is shown as.
    ///
    /// # Errors
    ///
    /// `deps/not-a-package`.
    pub fn read(name: &str, raw: Raw) -> diag::Result<Self> {
        match raw {
            Raw::Wasm(bytes) => Self::of_wasm(name, bytes),
            Raw::Wit(folder) => Self::of_folder(folder),
        }
    }

    fn of_wasm(name: &str, bytes: Vec<u8>) -> diag::Result<Self> {
        if !bytes.starts_with(b"\0asm") {
            return Err(not_a_package(name, "no wasm begins so"));
        }
        if bytes.get(4..8) == Some(&[1, 0, 0, 0]) {
            return Err(not_a_package(name, "a core module"));
        }
        let package = load(&SourceTree::of_file(name, bytes.clone()))?;
        let raw = Raw::Wasm(bytes);
        if package.is_component() {
            return Ok(Self { kind: Kind::Component, package: None, needs: Vec::new(), raw });
        }
        let own = package.names().first().and_then(own_name);
        let source = Arc::new(Source::new(name, wit::print::print_first(&package)));
        let needs = needs(&[source], &own, &IndexMap::new());
        Ok(Self { kind: Kind::Wit, package: own, needs, raw })
    }

    fn of_folder(folder: WitFolder) -> diag::Result<Self> {
        let mut sources = Vec::new();
        for (name, bytes) in &folder.files {
            let text = std::str::from_utf8(bytes).map_err(|_| not_a_package(name, "no text"))?;
            sources.push(Arc::new(Source::new(name, text)));
        }
        let declared = sources.iter().find_map(|source| wit::declared_package(&source.text));
        let Some(package) = declared.as_deref().and_then(package_of) else {
            return Err(not_a_package(&folder.name, "no text in it says `package NAMESPACE:NAME;`"));
        };
        let package = Some(package);
        let needs = needs(&sources, &package, &folder.near);
        Ok(Self { kind: Kind::Wit, package, needs, raw: Raw::Wit(folder) })
    }

    /// The package as wasm; `add_others` adds the packages that it names.
    ///
    /// # Errors
    ///
    /// Those of `wit::load` and `wit::wasm`.
    pub fn to_wasm(&self, add_others: impl FnOnce(&mut SourceTree)) -> diag::Result<Vec<u8>> {
        let folder = match &self.raw {
            Raw::Wasm(bytes) => return Ok(bytes.clone()),
            Raw::Wit(folder) => folder,
        };
        let mut tree = SourceTree::of_folder(&folder.name, folder.files.clone());
        add_others(&mut tree);
        wit::wasm(&load(&tree)?, None, wit::print::Docs::Keep)
    }

    /// Adds the texts of a WIT package to a tree whose roots may name it; a component adds nothing.
    pub fn add_to(&self, tree: &mut SourceTree, name: &str) {
        match &self.raw {
            _ if self.kind == Kind::Component => {}
            Raw::Wasm(bytes) => add_wasm(tree, name, bytes),
            Raw::Wit(folder) => {
                // Under names of its own: the folder may lie in another's `deps`.
                let own = |file: &String| format!("{name}/{}", file.rsplit('/').next().unwrap_or(file));
                tree.files.extend(folder.files.iter().map(|(file, bytes)| (own(file), bytes.clone())));
                tree.roots.push(wit::Root::Locked(Box::new(wit::Root::Folder(name.to_owned()))));
            }
        }
    }
}

/// Adds a WIT package in wasm to a tree whose roots may name it, as the text that it says: versions of WASI's packages
/// move in texts, and what a binary has of others' packages is only what it uses. A component adds nothing.
pub fn add_wasm(tree: &mut SourceTree, name: &str, bytes: &[u8]) {
    let Ok(package) = load(&SourceTree::of_file(name, bytes.to_vec())) else { return };
    if package.is_component() {
        return;
    }
    tree.files.insert(name.to_owned(), wit::print::print_first(&package).into_bytes());
    tree.roots.push(wit::Root::Locked(Box::new(wit::Root::File(name.to_owned()))));
}

fn load(tree: &SourceTree) -> diag::Result<wit::Package> {
    // The gates of a package stay in it, for those who load it.
    let options = wit::LoadOptions { all_features: true, ..wit::LoadOptions::default() };
    wit::load(tree, &options)
}

/// The packages that texts name, without their own, and without what is built in.
fn needs(
    sources: &[Arc<Source>],
    own: &Option<(PackageName, Option<Version>)>,
    near: &IndexMap<PackageName, PathBuf>,
) -> Vec<Need> {
    let mut needs: IndexMap<(PackageName, Option<Version>), Need> = IndexMap::new();
    let declared: Vec<String> =
        sources.iter().flat_map(|source| wit::declared_packages(&source.text)).map(|one| one.package).collect();
    for source in sources {
        for reference in wit::references(&source.text) {
            let Some((name, version)) = name_of(&reference) else { continue };
            let is_own = own.as_ref().is_some_and(|(own, _)| *own == name) || declared.contains(&reference.package);
            if is_own || is_built_in(&name, version.as_ref()) && !near.contains_key(&name) {
                continue;
            }
            let place = Place::text(source, reference.span);
            let near = near.get(&name).cloned();
            let key = (name.clone(), version.clone());
            needs.entry(key).or_insert(Need { name, version, place, near });
        }
    }
    needs.into_values().collect()
}

/// Whether withe brings a package itself.
pub fn is_built_in(name: &PackageName, version: Option<&Version>) -> bool {
    let PackageName { namespace, name } = name.clone();
    wit::is_built_in(&types::PackageName { namespace, name, version: version.cloned() })
}

fn name_of(reference: &wit::Reference) -> Option<(PackageName, Option<Version>)> {
    let name = reference.package.parse().ok()?;
    let version = match &reference.version {
        Some(text) => Some(Version::parse(text).ok()?),
        None => None,
    };
    Some((name, version))
}

fn own_name(name: &types::PackageName) -> Option<(PackageName, Option<Version>)> {
    let own = PackageName { namespace: name.namespace.clone(), name: name.name.clone() };
    Some((own, name.version.clone()))
}

/// `ns:name[@version]`
fn package_of(text: &str) -> Option<(PackageName, Option<Version>)> {
    match text.split_once('@') {
        Some((name, version)) => Some((name.parse().ok()?, Some(Version::parse(version).ok()?))),
        None => Some((text.parse().ok()?, None)),
    }
}

/// What the project's own WIT names and does not have beside it.
///
/// # Errors
///
/// `deps/unreadable`. A folder that is not there needs nothing.
pub fn needs_of_path(path: &Path, shown: &str) -> diag::Result<Vec<Need>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let folder = read_wit(path, shown)?;
    let text = |(name, bytes): (&String, &Vec<u8>)| {
        std::str::from_utf8(bytes).ok().map(|text| Arc::new(Source::new(name, text)))
    };
    let sources: Vec<Arc<Source>> = folder.files.iter().filter_map(text).collect();
    let found = needs(&sources, &None, &IndexMap::new());
    Ok(found.into_iter().filter(|need| !folder.near.contains_key(&need.name)).collect())
}

/// Reads a `.wit` file, or a folder's own texts; where the folder has none itself, those of the folders in it.
///
/// # Errors
///
/// `deps/unreadable`.
pub fn read_wit(path: &Path, shown: &str) -> diag::Result<WitFolder> {
    let mut folder = WitFolder { name: shown.to_owned(), ..WitFolder::default() };
    if path.is_file() {
        folder.files.insert(shown.to_owned(), read_text(path, shown)?);
        return Ok(folder);
    }
    folder.files = texts_of(path, shown)?;
    if folder.files.is_empty() {
        for (name, below) in folders_of(path, shown)?.into_iter().filter(|(name, _)| !name.ends_with("/deps")) {
            folder.files.extend(texts_of(&below, &name)?);
        }
    }
    let deps = path.join("deps");
    if deps.is_dir() {
        add_near(&deps, &format!("{shown}/deps"), 0, &mut folder.near)?;
    }
    Ok(folder)
}

/// The packages below a folder `deps`, in any layout.
fn add_near(at: &Path, shown: &str, depth: usize, near: &mut IndexMap<PackageName, PathBuf>) -> diag::Result<()> {
    let declared = |bytes: &[u8]| std::str::from_utf8(bytes).ok().and_then(wit::declared_package);
    for (name, bytes) in texts_of(at, shown)? {
        let Some((package, _)) = declared(&bytes).as_deref().and_then(package_of) else { continue };
        let file = at.join(name.rsplit('/').next().unwrap_or_default());
        // A file that stands in `deps` itself is a package, as is each folder.
        near.entry(package).or_insert(if depth == 0 { file } else { at.to_owned() });
    }
    for path in entries(at, shown)?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "wasm")) {
        let name = format!("{shown}/{}", file_name(&path));
        let bytes = read_bounded(&path, &name, LARGEST)?;
        if let Ok(Contents { package: Some((package, _)), .. }) = Contents::of_wasm(&name, bytes) {
            near.entry(package).or_insert(path);
        }
    }
    if depth < DEEPEST {
        for (name, below) in folders_of(at, shown)? {
            add_near(&below, &name, depth + 1, near)?;
        }
    }
    Ok(())
}

fn texts_of(folder: &Path, shown: &str) -> diag::Result<IndexMap<String, Vec<u8>>> {
    let is_wit = |path: &PathBuf| path.extension().is_some_and(|end| end == "wit") && path.is_file();
    let mut files = IndexMap::new();
    for path in entries(folder, shown)?.into_iter().filter(is_wit).take(MOST_TEXTS) {
        let name = format!("{shown}/{}", file_name(&path));
        let bytes = read_text(&path, &name)?;
        files.insert(name, bytes);
    }
    Ok(files)
}

fn folders_of(folder: &Path, shown: &str) -> diag::Result<Vec<(String, PathBuf)>> {
    let below = entries(folder, shown)?.into_iter().filter(|path| path.is_dir() && !file_name(path).starts_with('.'));
    Ok(below.map(|path| (format!("{shown}/{}", file_name(&path)), path)).collect())
}

/// What is in a folder, sorted by name.
pub fn entries(folder: &Path, shown: &str) -> diag::Result<Vec<PathBuf>> {
    let read = std::fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let mut entries: Vec<PathBuf> =
        read.map_err(|error| unreadable(shown, &error))?.iter().map(std::fs::DirEntry::path).collect();
    entries.sort();
    Ok(entries)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read_text(path: &Path, shown: &str) -> diag::Result<Vec<u8>> {
    read_bounded(path, shown, LARGEST_TEXT)
}

/// Reads a file that has at most so many bytes.
///
/// # Errors
///
/// `deps/unreadable`.
pub fn read_bounded(path: &Path, shown: &str, most: u64) -> diag::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    match read {
        Ok(length) if length as u64 <= most => Ok(bytes),
        Ok(_) => Err(unreadable(shown, &std::io::Error::other(format!("longer than {} MiB", most >> 20)))),
        Err(error) => Err(unreadable(shown, &error)),
    }
}

/// A file or folder that cannot be read.
pub fn unreadable(shown: &str, error: &std::io::Error) -> Diagnostics {
    diag::error("deps/unreadable", format!("`{shown}` cannot be read"))
        .label(Place::file(shown), error.to_string())
        .help("check that it is there and may be read")
        .into()
}

fn not_a_package(name: &str, found: &str) -> Diagnostics {
    diag::error("deps/not-a-package", format!("`{name}` is neither WIT nor a component"))
        .label(Place::file(name), found)
        .help("name a folder of WIT, a WIT package in wasm, or a component")
        .into()
}
