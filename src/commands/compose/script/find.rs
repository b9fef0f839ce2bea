//! Where the packages of a script are.
//!
//! In: `--dep` and `--deps-dir`, and the name of a package or a path. Out: the file or folder, or all places searched.
//! Holds: `--dep` with the version wins over one without, this over the folder of packages, this over what is built in;
//! in the folder a package is `NAMESPACE/NAME/VERSION` or, if no version is asked for, `NAMESPACE/NAME`: as a folder of
//! WIT, or with `.wasm`, `.wat` or `.wit` behind it.

use std::path::{Path, PathBuf};

use diag::{Diagnostic, Diagnostics};
use semver::Version;
use wac::syntax::tree::{Package, PackageName};

use crate::Io;
use crate::cli::ComposeArgs;

/// Where to look.
pub struct Places {
    deps: Vec<Dep>,
    folder: PathBuf,
    /// The folder of the script.
    beside: PathBuf,
}

/// `--dep NAME[@VERSION]=PATH`
struct Dep {
    name: String,
    version: Option<Version>,
    path: PathBuf,
}

/// What a package is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Component,
    Types,
}

/// What a search ends with.
#[derive(Clone, Debug)]
pub enum Found {
    Path(PathBuf),
    /// By this name it is built in.
    BuiltIn(String),
    Nowhere {
        searched: Vec<String>,
        near: Vec<String>,
    },
}

impl Places {
    /// # Errors
    /// `usage/command-line` for each `--dep` that is not well formed or comes twice.
    pub fn of(args: &ComposeArgs, script: &str) -> diag::Result<Self> {
        let mut deps: Vec<Dep> = Vec::new();
        let mut problems = Vec::new();
        for text in &args.dep {
            match Dep::parse(text) {
                Ok(dep) if deps.iter().any(|other| other.name == dep.name && other.version == dep.version) => {
                    problems.push(twice(text));
                }
                Ok(dep) => deps.push(dep),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(Diagnostics(problems));
        }
        let beside = Path::new(script).parent().map(Path::to_owned).unwrap_or_default();
        let folder = args.deps_dir.clone().unwrap_or_else(|| beside.join("deps"));
        Ok(Self { deps, folder, beside })
    }

    pub fn find(&self, package: &Package, wanted: Wanted, io: &Io) -> Found {
        match package {
            Package::File(file) => {
                let path = self.beside.join(&file.text);
                if io.resolve(&path).exists() {
                    return Found::Path(path);
                }
                let searched = vec![shown(&path)];
                Found::Nowhere { searched, near: near_files(&io.resolve(&path), &file.text) }
            }
            Package::Name(name) => self.find_named(name, wanted, io),
        }
    }

    fn find_named(&self, name: &PackageName, wanted: Wanted, io: &Io) -> Found {
        if let Some(dep) = self.dep(name) {
            return Found::Path(dep.path.clone());
        }
        let base = self.base(name);
        let mut searched = Vec::new();
        for form in forms(wanted) {
            let path = match form {
                Form::Folder => base.clone(),
                Form::Ending(ending) => with_ending(&base, ending),
            };
            let whole = io.resolve(&path);
            let is_there = match form {
                Form::Folder => is_wit_folder(&whole),
                Form::Ending(_) => whole.is_file(),
            };
            if is_there {
                return Found::Path(path);
            }
            searched.push(shown(&path));
        }
        if wanted == Wanted::Types
            && let Some(name) = built_in(name)
        {
            return Found::BuiltIn(name);
        }
        Found::Nowhere { searched, near: self.near(name, io) }
    }

    /// The `--dep` for a package: with its version, or for every version.
    fn dep(&self, name: &PackageName) -> Option<&Dep> {
        let unversioned = name.unversioned();
        let version = name.version.as_ref().map(|version| &version.value);
        let mut named = self.deps.iter().filter(|dep| dep.name == unversioned);
        let exact = named.clone().find(|dep| dep.version.is_some() && dep.version.as_ref() == version);
        exact.or_else(|| named.find(|dep| dep.version.is_none()))
    }

    /// A warning for each `--dep` that no package of the script is read from.
    pub fn unused<'p>(&self, packages: impl Iterator<Item = &'p Package> + Clone) -> Vec<Diagnostic> {
        let names = packages.filter_map(|package| match package {
            Package::Name(name) => Some(name),
            Package::File(_) => None,
        });
        let is_used = |dep: &Dep| names.clone().any(|name| self.dep(name).is_some_and(|used| std::ptr::eq(used, dep)));
        // What is given already is not meant.
        let open = names.clone().filter(|name| self.dep(name).is_none());
        let known: Vec<String> = open.map(ToString::to_string).collect();
        self.deps.iter().filter(|dep| !is_used(dep)).map(|dep| unused(dep, &known)).collect()
    }

    /// `NAMESPACE/NAME[/VERSION]` in the folder of packages.
    fn base(&self, name: &PackageName) -> PathBuf {
        let mut base = self.folder.clone();
        base.extend(name.parts.iter().map(|part| part.text.as_str()));
        if let Some(version) = &name.version {
            base.push(version.value.to_string());
        }
        base
    }

    /// What is there and may be meant: other versions, and similar names.
    fn near(&self, name: &PackageName, io: &Io) -> Vec<String> {
        let unversioned = name.unversioned();
        let mut found: Vec<String> = self.deps.iter().filter(|dep| dep.name == unversioned).map(Dep::title).collect();
        let mut of_package = self.folder.clone();
        of_package.extend(name.parts.iter().map(|part| part.text.as_str()));
        found.extend(
            packages_in(&io.resolve(&of_package))
                .into_iter()
                .filter_map(|version| Version::parse(&version).is_ok().then(|| format!("{unversioned}@{version}"))),
        );
        let folder = of_package.parent().map(Path::to_owned).unwrap_or_default();
        let last = name.parts.last().map(|part| part.text.as_str()).unwrap_or_default();
        let there = packages_in(&io.resolve(&folder));
        let namespace = unversioned.rsplit_once(':').map_or("", |(namespace, _)| namespace);
        if name.version.is_some() && there.iter().any(|package| package == last) && found.is_empty() {
            found.push(unversioned.clone());
        }
        let there: Vec<&str> = there.iter().map(String::as_str).filter(|package| *package != last).collect();
        found.extend(diag::near_misses(last, there).into_iter().map(|near| format!("{namespace}:{near}")));
        let named: Vec<&str> =
            self.deps.iter().map(|dep| dep.name.as_str()).filter(|other| *other != unversioned).collect();
        found.extend(diag::near_misses(&unversioned, named).into_iter().map(str::to_owned));
        let built_in: Vec<String> = wit::built_in_texts().map(|(name, _)| name).collect();
        let versions = built_in.iter().filter(|known| known.split('@').next() == Some(unversioned.as_str()));
        found.extend(versions.cloned());
        found.dedup();
        found
    }
}

impl Dep {
    fn parse(text: &str) -> Result<Self, Diagnostic> {
        let (named, path) = text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or_else(|| malformed(text))?;
        let (name, version) = match named.split_once('@') {
            Some((name, version)) => (name, Some(Version::parse(version).map_err(|_| malformed(text))?)),
            None => (named, None),
        };
        let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !name.contains(':') || !name.split(':').all(is_word) {
            return Err(malformed(text));
        }
        Ok(Self { name: name.to_owned(), version, path: PathBuf::from(path) })
    }

    fn title(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{version}", self.name),
            None => self.name.clone(),
        }
    }
}

fn malformed(text: &str) -> Diagnostic {
    diag::error("usage/command-line", format!("`--dep {text}` does not say what a package is"))
        .help("write `--dep namespace:name=PATH`, or `--dep namespace:name@1.0.0=PATH` for one version")
}

fn twice(text: &str) -> Diagnostic {
    let name = text.split('=').next().unwrap_or(text);
    diag::error("usage/command-line", format!("`--dep {name}=..` is given twice"))
        .help("take one of them out, or say the version of each: `--dep namespace:name@1.0.0=PATH`")
}

fn unused(dep: &Dep, known: &[String]) -> Diagnostic {
    let title = dep.title();
    let path = dep.path.display();
    let warning = diag::warning("wac/unused-dep", format!("the script names no package `{title}`"))
        .label(diag::Place::file(shown(&dep.path)), format!("given with `--dep {title}={path}`"));
    match diag::near_misses(&title, known.iter().map(String::as_str)).first() {
        Some(near) => warning.help(format!("did you mean `--dep {near}={path}`?")),
        None => warning.help("leave it out"),
    }
}

#[derive(Clone, Copy)]
enum Form {
    Folder,
    Ending(&'static str),
}

/// The forms of a package, those that fit best first: all that can be meant are tried, so that what is of the other
/// kind is said to be.
fn forms(wanted: Wanted) -> [Form; 4] {
    match wanted {
        Wanted::Component => [Form::Ending("wasm"), Form::Ending("wat"), Form::Folder, Form::Ending("wit")],
        Wanted::Types => [Form::Folder, Form::Ending("wit"), Form::Ending("wasm"), Form::Ending("wat")],
    }
}

/// A version has dots in it, so an ending is added and never replaced.
fn with_ending(base: &Path, ending: &str) -> PathBuf {
    let mut path = base.as_os_str().to_owned();
    path.push(format!(".{ending}"));
    PathBuf::from(path)
}

/// A folder with WIT in it; one that only has folders of versions is none.
fn is_wit_folder(path: &Path) -> bool {
    let mut entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.any(|entry| entry.path().extension().is_some_and(|ending| ending == "wit"))
}

/// The name of a package that is built in.
fn built_in(name: &PackageName) -> Option<String> {
    let unversioned = name.unversioned();
    let is_same = |(known, _): &(String, &str)| known.split('@').next() == Some(unversioned.as_str());
    wit::built_in_texts().any(|known| is_same(&known)).then(|| name.to_string())
}

/// The names in a folder without the endings of packages, in order.
fn packages_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let stem = [".wasm", ".wat", ".wit"].iter().find_map(|ending| name.strip_suffix(ending));
            stem.map_or_else(|| name.clone(), str::to_owned)
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Files beside one that is not there, with similar names.
fn near_files(path: &Path, written: &str) -> Vec<String> {
    let Some(folder) = path.parent() else { return Vec::new() };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let wanted = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let prefix = written.strip_suffix(&wanted).unwrap_or_default();
    let near = diag::near_misses(&wanted, names.iter().map(String::as_str));
    near.into_iter().map(|near| format!("{prefix}{near}")).collect()
}

/// A path as it is shown, with `/`.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}
