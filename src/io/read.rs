//! Inputs: files, standard input, folders of WIT.
//!
//! Holds: wasm and its text form are told apart by content, never by name; what is handed on as wasm is binary.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use diag::{Diagnostic, Diagnostics, Place};
use indexmap::IndexMap;

use super::Io;
use super::bounded::{read_found, read_named};
use super::content::{Content, content, not_wasm, parse_wat};
use super::folder::Part;
use super::ignores::Ignores;
use super::outline::{LARGE, outline};
use super::wit_files::is_wit;

/// What was read, with the name it is shown under.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A binary module or component, with the name it is shown under.
#[derive(Clone, Debug)]
pub struct Wasm {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What can be checked: wasm, WIT, or a script.
#[derive(Debug)]
pub enum Checkable {
    Wasm(Wasm),
    Script(Input),
    Wit(wit::SourceTree),
}

/// What can be composed: wasm, or a script.
#[derive(Debug)]
pub enum Composable {
    Wasm(Wasm),
    Script(Input),
}

/// Folders inside folders that are followed.
pub(super) const MAX_DEPTH: usize = 64;

impl Io {
    /// Reads a file; `-` is standard input.
    ///
    /// # Errors
    ///
    /// `input/missing-file`, `input/unreadable-file`.
    pub fn read_input(&mut self, path: &Path) -> diag::Result<Input> {
        let name = shown(path);
        if name == "-" {
            let bytes = self.read_stdin().map_err(|error| unreadable("<stdin>", &error))?;
            return Ok(Input { name: "<stdin>".to_owned(), bytes });
        }
        let whole = self.resolve(path);
        if whole.is_dir() {
            return Err(diag::error("input/unreadable-file", format!("`{name}` is a folder, where a file is needed"))
                .label(Place::file(&name), "a folder")
                .help("name the file in it")
                .into());
        }
        match std::fs::read(&whole) {
            Ok(bytes) => Ok(Input { name, bytes }),
            Err(error) => Err(unread(&name, &whole, &error).into()),
        }
    }

    /// Reads a file that an argument names inside of a text, which is the place of the error.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn read_named(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        std::fs::read(self.resolve(path))
    }

    /// Reads a module or component, binary or text; `-` is standard input.
    ///
    /// # Errors
    ///
    /// Those of `read_input`, `input/not-wasm`, `input/wat-syntax`.
    pub fn read_wasm(&mut self, path: &Path) -> diag::Result<Wasm> {
        let Input { name, bytes } = self.read_input(path)?;
        match content(&bytes) {
            Content::Wasm => Ok(Wasm { name, bytes }),
            Content::Wat => parse_wat(&name, bytes),
            Content::Other => Err(not_wasm(&name, &bytes).into()),
        }
    }

    /// Reads what can be composed. Told apart by content; what is neither wasm nor its text form is a script, unless
    /// its name or its bytes say that it is no text.
    ///
    /// # Errors
    ///
    /// Those of `read_wasm`.
    pub fn read_composable(&mut self, path: &Path) -> diag::Result<Composable> {
        let Input { name, bytes } = self.read_input(path)?;
        match content(&bytes) {
            Content::Wasm => Ok(Composable::Wasm(Wasm { name, bytes })),
            Content::Wat => parse_wat(&name, bytes).map(Composable::Wasm),
            Content::Other if name.ends_with(".wasm") || name.ends_with(".wat") || bytes.contains(&0) => {
                Err(not_wasm(&name, &bytes).into())
            }
            Content::Other => Ok(Composable::Script(Input { name, bytes })),
        }
    }

    /// Reads a part of what is to be checked.
    ///
    /// # Errors
    ///
    /// `input/missing-file`, `input/unreadable-file`, `input/not-wasm`, `input/wat-syntax`.
    pub fn read_part(&self, part: &Part) -> diag::Result<Checkable> {
        match part {
            Part::Named(path) => {
                let (name, whole) = (shown(path), self.resolve(path));
                if !whole.exists() && is_built_in_name(&name) {
                    return Ok(Checkable::Wit(wit::SourceTree::built_in(name)));
                }
                let bytes = read_named(&whole, &name)?;
                Ok(match checkable(Input { name, bytes })? {
                    Checkable::Wit(tree) => Checkable::Wit(self.with_locked(tree, path)),
                    other @ (Checkable::Wasm(_) | Checkable::Script(_)) => other,
                })
            }
            Part::Found(path) => {
                let name = shown(path);
                let bytes = read_found(&self.resolve(path), &name)?;
                checkable(Input { name, bytes })
            }
            Part::Wit(root) => {
                let name = shown(&root.folder);
                let ignores = Ignores::of_found(&self.cwd, &root.named, &root.folder);
                let files = WitFolder::read(&self.resolve(&root.folder), &name, Some(ignores))?;
                let tree = wit::SourceTree::of_folder(name, files);
                Ok(Checkable::Wit(self.with_locked(tree, &root.folder)))
            }
            Part::Refused(_, why) => Err(Diagnostics(vec![(**why).clone()])),
        }
    }

    /// Reads WIT: a file, a folder with all that is below it, or the name of something built in.
    ///
    /// # Errors
    ///
    /// Those of `read_input` and `read_wasm`.
    pub fn source_tree(&mut self, path: &Path) -> diag::Result<wit::SourceTree> {
        let name = shown(path);
        let whole = self.resolve(path);
        if name != "-" && whole.is_dir() {
            let files = WitFolder::read(&whole, &name, None)?;
            return Ok(self.with_locked(wit::SourceTree::of_folder(name, files), path));
        }
        if name != "-" && !whole.exists() && is_built_in_name(&name) {
            return Ok(wit::SourceTree::built_in(name));
        }
        if let Some(outline) = outline_of(&whole, &name)? {
            return Ok(wit::SourceTree::of_file(name, outline));
        }
        let input = self.read_input(path)?;
        let Input { name, bytes } = binary_if_wat(input)?;
        if is_no_wit(&name) && !bytes.starts_with(b"\0asm") {
            return Err(neither(&name).into());
        }
        Ok(self.with_locked(wit::SourceTree::of_file(name, bytes), path))
    }

    /// In a project, WIT may name what the lock has.
    fn with_locked(&self, mut tree: wit::SourceTree, path: &Path) -> wit::SourceTree {
        if path != Path::new("-")
            && let Ok(whole) = std::path::absolute(self.resolve(path))
        {
            project::deps::add_locked(&mut tree, &whole);
        }
        tree
    }
}

/// What can be checked of some bytes. Told apart by content; what is not wasm is a script if its name ends in `.wac`;
/// what is neither is wasm by its name's ending, else WIT.
///
/// # Errors
///
/// `input/not-wasm`, `input/wat-syntax`.
pub fn checkable(Input { name, bytes }: Input) -> diag::Result<Checkable> {
    match content(&bytes) {
        Content::Wasm => Ok(Checkable::Wasm(Wasm { name, bytes })),
        Content::Wat | Content::Other if name.ends_with(".wac") => Ok(Checkable::Script(Input { name, bytes })),
        Content::Wat if !name.ends_with(".wit") => parse_wat(&name, bytes).map(Checkable::Wasm),
        Content::Other if name.ends_with(".wasm") || name.ends_with(".wat") || bytes.contains(&0) => {
            Err(not_wasm(&name, &bytes).into())
        }
        Content::Wat | Content::Other if is_no_wit(&name) => Err(neither(&name).into()),
        Content::Wat | Content::Other => Ok(Checkable::Wit(wit::SourceTree::of_file(name, bytes))),
    }
}

/// Whether a text is called something else than WIT: `README.md`. What has no ending may be anything.
fn is_no_wit(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.trim_start_matches('.').rsplit_once('.').is_some_and(|(_, ending)| ending != "wit")
}

fn neither(name: &str) -> Diagnostic {
    diag::error("input/not-wasm", format!("`{name}` is neither wasm nor WIT"))
        .label(Place::file(name), "a text that is not called `.wit`")
        .help("name a component, a `.wit` file or a folder of WIT")
}

impl Io {
    /// Loads WIT that was read from a path. What is missing in one file of a package, and there in its folder, is said
    /// with the folder to name.
    ///
    /// # Errors
    ///
    /// Those of `wit::load`.
    pub fn load_wit(
        &self,
        path: &Path,
        tree: &wit::SourceTree,
        options: &wit::LoadOptions,
    ) -> diag::Result<wit::Package> {
        wit::load(tree, options).map_err(|found| self.with_advice(path, self.with_folder(path, tree, options, found)))
    }

    /// In a project, a package that is not here can be added or fetched.
    fn with_advice(&self, path: &Path, Diagnostics(found): Diagnostics) -> Diagnostics {
        let whole = std::path::absolute(self.resolve(path)).unwrap_or_else(|_| path.to_owned());
        let said = |one: Diagnostic| {
            let package = one.about.as_deref().filter(|_| one.code.0 == "wit/unknown-package");
            match package.and_then(|package| project::deps::advice(&whole, package)) {
                Some(advice) => one.help(advice),
                None => one,
            }
        };
        Diagnostics(found.into_iter().map(said).collect())
    }

    fn with_folder(
        &self,
        path: &Path,
        tree: &wit::SourceTree,
        options: &wit::LoadOptions,
        Diagnostics(found): Diagnostics,
    ) -> Diagnostics {
        let name = shown(path);
        let is_file = matches!(tree.roots.as_slice(), [wit::Root::File(_), ..]) && name.ends_with(".wit");
        let is_missing = |one: &Diagnostic| {
            [
                "wit/unknown-type",
                "wit/unknown-interface",
                "wit/unknown-world",
                "wit/unknown-package",
                "wit/unknown-item",
            ]
            .contains(&one.code.0)
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        let folder_name = shown(&folder);
        if !is_file || !found.iter().any(is_missing) {
            return Diagnostics(found);
        }
        let Ok(files) = WitFolder::read(&self.resolve(&folder), &folder_name, None) else { return Diagnostics(found) };
        let still: Vec<String> = match wit::load(&wit::SourceTree::of_folder(folder_name.clone(), files), options) {
            Ok(_) => Vec::new(),
            // The folder is more than this one package, or has mistakes that hide others.
            Err(Diagnostics(still)) if !still.iter().all(is_missing) => return Diagnostics(found),
            Err(Diagnostics(still)) => still.into_iter().map(|one| one.headline).collect(),
        };
        let help = format!("name the folder `{folder_name}`, so that all that is in it is read");
        let said = |one: Diagnostic| match is_missing(&one) && !still.contains(&one.headline) {
            true => one.help(help.clone()),
            false => one,
        };
        Diagnostics(found.into_iter().map(said).collect())
    }
}

/// A folder of WIT as it is read.
#[derive(Default)]
struct WitFolder {
    files: IndexMap<String, Vec<u8>>,
    /// The folders that have been entered, as the machine knows them: no link leads into one of them again.
    met: BTreeSet<PathBuf>,
    depth: usize,
    /// What is left out, where something may be.
    ignores: Option<Ignores>,
}

impl WitFolder {
    /// WIT of the folder itself and below `deps`; where the folder holds none itself, anywhere below it.
    /// Wasm only below a folder `deps`, where it is a package.
    fn read(whole: &Path, name: &str, ignores: Option<Ignores>) -> diag::Result<IndexMap<String, Vec<u8>>> {
        let mut folder = Self { ignores, ..Self::default() };
        folder.add(whole, name, false)?;
        Ok(folder.files)
    }

    fn add(&mut self, folder: &Path, name: &str, in_deps: bool) -> diag::Result<()> {
        let read = std::fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let mut entries = read.map_err(|error| unreadable(name, &error))?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        if let Some(ignores) = &mut self.ignores {
            ignores.enter(folder, name.as_ref());
        }
        let is_wit = |entry: &std::fs::DirEntry| is_wit(&entry.path()) && !entry.path().is_dir();
        let only_deps =
            self.depth == 0 && entries.iter().any(|entry| is_wit(entry) && !self.hides(&entry.path(), false));
        self.met.insert(std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned()));
        self.depth += 1;
        for entry in entries {
            let file_name = entry.file_name().to_string_lossy().into_owned();
            let below = format!("{}/{file_name}", name.trim_end_matches('/'));
            let path = entry.path();
            if path.is_dir() {
                let in_deps = in_deps || file_name == "deps";
                if (in_deps || !only_deps) && self.is_to_be_entered(&entry, &file_name) {
                    self.add(&path, &below, in_deps)?;
                }
                continue;
            }
            let is_package = in_deps && (file_name.ends_with(".wasm") || file_name.ends_with(".wat"));
            if (file_name.ends_with(".wit") || is_package) && !self.hides(&path, false) {
                let bytes = read_found(&path, &below)?;
                let input = Input { name: below, bytes };
                let input = if is_package { binary_if_wat(input)? } else { input };
                self.files.insert(input.name, input.bytes);
            }
        }
        self.depth -= 1;
        if let Some(ignores) = &mut self.ignores {
            ignores.leave();
        }
        Ok(())
    }

    fn hides(&self, path: &Path, is_folder: bool) -> bool {
        self.ignores.as_ref().is_some_and(|ignores| ignores.hides(path, is_folder))
    }

    /// Links to one folder may lead there in more ways than can be counted.
    fn is_to_be_entered(&self, entry: &std::fs::DirEntry, file_name: &str) -> bool {
        let path = entry.path();
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        let is_met = is_link && std::fs::canonicalize(&path).is_ok_and(|path| self.met.contains(&path));
        !is_foreign(file_name) && !is_met && self.depth < MAX_DEPTH && !self.hides(&path, true)
    }
}

/// Folders in which tools keep what they made.
pub(super) fn is_foreign(name: &str) -> bool {
    name.starts_with('.') || name == "target" || name == "node_modules"
}

/// WIT text stays as it is.
fn binary_if_wat(input: Input) -> diag::Result<Input> {
    let looks_like_wat = matches!(content(&input.bytes), Content::Wat);
    if !looks_like_wat || input.name.ends_with(".wit") {
        return Ok(input);
    }
    let Wasm { name, bytes } = parse_wat(&input.name, input.bytes)?;
    Ok(Input { name, bytes })
}

/// What a large wasm file says of itself, without its code; `None` for all other files.
fn outline_of(path: &Path, name: &str) -> diag::Result<Option<Vec<u8>>> {
    let Ok(metadata) = std::fs::metadata(path) else { return Ok(None) };
    if name == "-" || !metadata.is_file() || metadata.len() < LARGE {
        return Ok(None);
    }
    let outlined = std::fs::File::open(path).and_then(|file| outline(file, metadata.len()));
    outlined.map_err(|error| unreadable(name, &error).into())
}

/// The name that a path is shown under: as the user wrote it, with `/`.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// `wasi:http@0.2.3`, `wasi:http/proxy`.
fn is_built_in_name(name: &str) -> bool {
    let Some((namespace, rest)) = name.split_once(':') else { return false };
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let package = rest.split(['/', '@']).next().unwrap_or("");
    // A drive letter is no namespace.
    word(namespace) && namespace.len() > 1 && word(package) && !rest.contains('\\')
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

pub(super) fn unreadable(name: &str, error: &std::io::Error) -> Diagnostic {
    diag::error("input/unreadable-file", format!("`{name}` cannot be read"))
        .label(Place::file(name), error.to_string())
        .help("check that the file may be read")
}

/// A file that is not there, or cannot be read.
pub(super) fn unread(name: &str, whole: &Path, error: &std::io::Error) -> Diagnostic {
    if let Some(said) = super::registries::no_file(name) {
        return said;
    }
    if !is_absent(error) {
        return unreadable(name, error);
    }
    match std::fs::read_link(whole) {
        Ok(target) => diag::error("input/missing-file", format!("the link `{name}` leads nowhere"))
            .label(Place::file(name), format!("leads to `{}`, which is not there", shown(&target)))
            .help("make the link lead to a file, or remove it"),
        Err(_) => missing(name, whole),
    }
}

/// A file that is not there, with the names in its folder that resemble it.
fn missing(name: &str, whole: &Path) -> Diagnostic {
    let diagnostic = diag::error("input/missing-file", format!("there is no file `{name}`"));
    let folder = whole.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else {
        let shown_folder = name.rsplit_once('/').map_or(".", |(folder, _)| folder);
        return diagnostic
            .label(Place::file(name), format!("its folder `{shown_folder}` is not there either"))
            .help("check the path");
    };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let wanted = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    names.retain(|name| *name != wanted);
    let diagnostic = diagnostic.label(Place::file(name), "not found");
    match nearest(&wanted, &names) {
        Some(near) => {
            let near = name.rsplit_once('/').map_or(near.to_owned(), |(folder, _)| format!("{folder}/{near}"));
            diagnostic.help(format!("did you mean `{near}`?"))
        }
        None => diagnostic.help("check the path"),
    }
}

/// The name that resembles `wanted` by what stands before the ending, since endings make all files alike.
fn nearest<'a>(wanted: &str, names: &'a [String]) -> Option<&'a str> {
    let stem = |name: &'a str| name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(name);
    let wanted_stem = wanted.split('.').next().unwrap_or(wanted);
    let near = *diag::near_misses(wanted_stem, names.iter().map(|name| stem(name))).first()?;
    let same_stem: Vec<&str> = names.iter().map(String::as_str).filter(|name| stem(name) == near).collect();
    diag::near_misses(wanted, same_stem.iter().copied()).first().copied().or(same_stem.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_names_have_a_namespace() {
        assert!(is_built_in_name("wasi:http@0.2.3") && is_built_in_name("wasi:http/proxy"));
        assert!(!is_built_in_name("C:\\x.wit") && !is_built_in_name("wit/calc.wit") && !is_built_in_name("a:"));
    }

    #[test]
    fn the_nearest_file_is_like_the_wanted_one_before_its_ending() {
        let names: Vec<String> = ["deep.wasm", "calc.wasm", "calc.wat", ".hidden", "m.wat"].map(str::to_owned).into();
        assert_eq!(nearest("nope.wasm", &names), None);
        assert_eq!(nearest("clac.wat", &names), Some("calc.wat"));
        assert_eq!(nearest("calc.wit", &names), Some("calc.wat"));
        assert_eq!(nearest("m.wta", &names), Some("m.wat"));
        assert_eq!(nearest("", &names), None);
    }
}
