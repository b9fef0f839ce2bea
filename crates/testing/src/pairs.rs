//! Pairs of components, one of which calls the other: `fixtures/run/pairs`.
//!
//! A case is a folder with `test.wit`, which has a world `runner` and the worlds that it is composed with, and one
//! source for each world and language, whose name starts with the world's. The runner's export `run` panics when
//! something is wrong. Leading lines `//@ KEY: WORDS` of `test.wit` hold options:
//!
//! - `derive: PartialEq` has the traits derived that the sources need, where a generator does not by itself;
//! - `bindgen: --features=x` has further words for the generator, spelled alike by all generators; `bindgen-WORLD` those
//!   for one world;
//! - `compose: --wire a#b:c/d=e` has further words for the composition;
//! - `std: needed` says that the sources need `std`;
//! - `refused: REASON` says why the embedded runtime does not take the components, which must be valid otherwise.
//!
//! A world whose name starts with `shared` has no source. A source in Rust names its bindings (`BINDINGS`) and what the
//! suite offers (`PRELUDE`) by the environment. One in Go is a file of the program `guest`, whose packages the bindings
//! are, and has what the suite offers beside it. Of the words for the generator, `--features` is for all,
//! the others are for Rust's.
//! In: the folder. Out: cases, and core modules made from them with the bindings of either generator.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::cases::{directories, entries};
use crate::guest::{Guest, Shape, Target, rustc_for};
use crate::{Trouble, fixtures, read_text, tool};

/// One folder.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub folder: PathBuf,
    /// The place among all cases, by which variants take turns.
    pub position: usize,
    pub worlds: Vec<World>,
    /// Traits to derive on every type.
    derives: Vec<String>,
    /// Further words for the generator: for all worlds, or one.
    bindgen: Vec<(Option<String>, String)>,
    /// Further words for the composition.
    pub compose: Vec<String>,
    pub needs_std: bool,
    /// Why the embedded runtime refuses the case.
    pub refused: Option<String>,
}

/// A world of a case, with its sources.
#[derive(Clone, Debug)]
pub struct World {
    pub name: String,
    pub sources: Vec<Source>,
}

/// A component's source.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: PathBuf,
    pub language: Language,
}

/// The languages that have sources so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Rust,
    Go,
}

/// Who made the bindings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generator {
    Withe,
    /// wit-bindgen, whose bindings use its crate.
    Peer,
}

impl Generator {
    pub fn name(self) -> &'static str {
        match self {
            Self::Withe => "withe",
            Self::Peer => "peer",
        }
    }
}

/// How a source is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// For `wasm32-unknown-unknown`, edition 2024.
    Plain,
    Wasip1,
    Edition2021,
    /// `no_std` with `alloc`.
    NoStd,
}

impl Variant {
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Wasip1 => "wasip1",
            Self::Edition2021 => "edition-2021",
            Self::NoStd => "no-std",
        }
    }
}

impl Case {
    /// The variant beside the plain one that it is this case's turn to be built in.
    pub fn further(&self) -> Variant {
        match self.position % 3 {
            0 => Variant::Wasip1,
            1 if !self.needs_std => Variant::NoStd,
            _ => Variant::Edition2021,
        }
    }

    /// Every choice of one source for each world, in the order of the worlds: all of Rust; or with Go, one of Go among
    /// those of Rust, and all of Go.
    pub fn combinations(&self, with: Language) -> Vec<Vec<&Source>> {
        let mut all = self.choices();
        all.retain(|chosen| {
            let of_go = chosen.iter().filter(|source| source.language == Language::Go).count();
            match with {
                Language::Rust => of_go == 0,
                Language::Go => of_go == 1 || of_go == chosen.len(),
            }
        });
        all
    }

    fn choices(&self) -> Vec<Vec<&Source>> {
        let mut chosen: Vec<Vec<&Source>> = vec![Vec::new()];
        for world in &self.worlds {
            let with = |some: Vec<_>| world.sources.iter().map(move |source| [some.clone(), vec![source]].concat());
            chosen = chosen.into_iter().flat_map(with).collect();
        }
        chosen
    }

    /// Further words for the generator of a world's bindings.
    pub fn words(&self, world: &World) -> Vec<&str> {
        let derives = self.derives.iter().flat_map(|derive| ["-d", derive.as_str()]);
        let own = self.bindgen.iter().filter(|(only, _)| only.as_ref().is_none_or(|only| *only == world.name));
        derives.chain(own.map(|(_, word)| word.as_str())).collect()
    }

    pub fn wit(&self) -> PathBuf {
        self.folder.join("test.wit")
    }
}

/// All cases, by name.
///
/// # Errors
///
/// A case without a WIT, without a runner, or with a world that has no source; a file that belongs to no world.
pub fn all() -> Result<Vec<Case>, Trouble> {
    directories(&fixtures("run/pairs")).iter().enumerate().map(|(position, folder)| case(folder, position)).collect()
}

fn case(folder: &Path, position: usize) -> Result<Case, Trouble> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let wit = read_text(&folder.join("test.wit"))?;
    let mut case = Case {
        worlds: worlds(folder, &wit)?,
        name,
        folder: folder.to_owned(),
        position,
        derives: Vec::new(),
        bindgen: Vec::new(),
        compose: Vec::new(),
        needs_std: false,
        refused: None,
    };
    for option in wit.lines().map_while(|line| line.strip_prefix("//@ ")) {
        let (key, value) =
            option.split_once(": ").ok_or_else(|| format!("{}: `{option}`: a key, `: `, words", case.name))?;
        let words = value.split(' ').map(str::to_owned);
        match (key, key.strip_prefix("bindgen-")) {
            ("derive", _) => case.derives.extend(words),
            ("bindgen", _) => case.bindgen.extend(words.map(|word| (None, word))),
            (_, Some(world)) => case.bindgen.extend(words.map(|word| (Some(world.to_owned()), word))),
            ("compose", _) => case.compose.extend(words),
            ("std", _) => case.needs_std = true,
            ("refused", _) => case.refused = Some(value.to_owned()),
            _ => return Err(Trouble::Failed(format!("{}: `{key}` is no option", case.name))),
        }
    }
    Ok(case)
}

fn worlds(folder: &Path, wit: &str) -> Result<Vec<World>, Trouble> {
    let mut names: Vec<&str> =
        wit.lines().filter_map(|line| line.strip_prefix("world ")?.split([' ', '{']).next()).collect();
    // A world of types that others include has no source.
    names.retain(|name| !name.starts_with("shared"));
    let mut worlds: Vec<World> =
        names.iter().map(|name| World { name: (*name).to_owned(), sources: Vec::new() }).collect();
    for path in entries(folder) {
        let Some(language) = language(&path) else { continue };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let owner =
            worlds.iter_mut().filter(|world| stem.starts_with(&world.name)).max_by_key(|world| world.name.len());
        let owner = owner.ok_or_else(|| format!("{}: no world of this name", path.display()))?;
        owner.sources.push(Source { path: path.clone(), language });
    }
    let bare = worlds.iter().find(|world| world.sources.is_empty());
    match bare {
        Some(world) => Err(Trouble::Failed(format!("{}: no source of `{}`", folder.display(), world.name))),
        None if !names.contains(&"runner") => Err(Trouble::Failed(format!("{}: no runner", folder.display()))),
        None => Ok(worlds),
    }
}

fn language(path: &Path) -> Option<Language> {
    match path.extension()?.to_str()? {
        "rs" => Some(Language::Rust),
        "go" => Some(Language::Go),
        _ => None,
    }
}

/// Puts a source in Go, and what all sources share, into the folder that has its bindings.
///
/// # Errors
///
/// That a file cannot be written.
pub fn add_go(source: &Source, bindings: &Path) -> Result<(), Trouble> {
    std::fs::copy(&source.path, bindings.join("main.go"))?;
    std::fs::copy(fixtures("run/prelude/go.go"), bindings.join("prelude.go"))?;
    Ok(())
}

/// Compiles a source in Rust with its bindings to `target/guests/pair-CASE-STEM-GENERATOR[-VARIANT].wasm`.
///
/// # Errors
///
/// What the compiler said, or that none is here.
pub fn compile(
    case: &Case,
    source: &Source,
    bindings: &Path,
    generator: Generator,
    variant: Variant,
) -> Result<PathBuf, Trouble> {
    let stem = source.path.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("pair-{}-{stem}-{}", case.name, generator.name());
    let name = if variant == Variant::Plain { name } else { format!("{name}-{}", variant.name()) };
    let target = if variant == Variant::Wasip1 { Target::Wasip1 } else { Target::Unknown };
    let prelude = fixtures("run/prelude/rust.rs");
    let root = if variant == Variant::NoStd { no_std_root(&name, &source.path)? } else { source.path.clone() };
    let externs = if generator == Generator::Peer { peer(target)? } else { Vec::new() };
    let mut guest = Guest::new(&root, target, Shape::Library);
    if generator == Generator::Peer {
        // How clean its code is, is not the question.
        guest.flags = vec!["--cap-lints=allow"];
    }
    guest.flags.extend(["--check-cfg=cfg(peer,no_std)"]);
    guest.flags.extend(externs.iter().map(String::as_str));
    match variant {
        Variant::Edition2021 => guest.flags.push("--edition=2021"),
        Variant::NoStd => guest.flags.push("--cfg=no_std"),
        Variant::Plain | Variant::Wasip1 => {}
    }
    guest.env = vec![("BINDINGS", bindings), ("PRELUDE", &prelude)];
    guest.compile(&name)
}

/// A crate root without `std` that has the source in it.
fn no_std_root(name: &str, source: &Path) -> Result<PathBuf, Trouble> {
    let folder = crate::target_folder().join("guests");
    std::fs::create_dir_all(&folder)?;
    let root = folder.join(format!("{name}.rs"));
    std::fs::write(&root, format!("#![no_std]\ninclude!({:?});\n", source.display().to_string()))?;
    Ok(root)
}

/// The flags that give a guest the peer's crate, which is compiled once.
fn peer(target: Target) -> Result<Vec<String>, Trouble> {
    static BUILT: [OnceLock<Result<Vec<String>, Trouble>>; 2] = [OnceLock::new(), OnceLock::new()];
    BUILT[target as usize].get_or_init(|| build_peer(target)).clone()
}

const PEER: &str = r#"[package]
name = "peer"
version = "0.0.0"
edition = "2024"

[dependencies.wit-bindgen]
version = "=0.63.0"
default-features = false
features = ["async", "async-spawn", "bitflags", "inter-task-wakeup", "realloc", "std"]

[workspace]
"#;

fn build_peer(target: Target) -> Result<Vec<String>, Trouble> {
    let folder = crate::scratch(&format!("pairs-peer-{}", target.triple()))?;
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("Cargo.toml"), PEER)?;
    std::fs::write(folder.join("src/lib.rs"), "")?;
    let mut cargo = tool::command("cargo")?;
    for variable in ["RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS"] {
        cargo.env_remove(variable);
    }
    cargo.env("RUSTC", rustc_for(target)?).env("CARGO_TARGET_DIR", folder.join("target")).current_dir(&folder);
    // As small as the guests, which are compiled by `rustc` itself.
    cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s").env("CARGO_PROFILE_RELEASE_PANIC", "abort");
    tool::run(cargo.args(["build", "--quiet", "--offline", "--release", "--target", target.triple()]))?;
    let deps = folder.join("target").join(target.triple()).join("release/deps");
    let is_peer = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("libwit_bindgen-") && name.ends_with(".rlib")
    };
    let found = entries(&deps).into_iter().find(is_peer).ok_or("cargo built no library `wit_bindgen`")?;
    Ok(vec![
        "--cfg=peer".to_owned(),
        format!("--extern=wit_bindgen={}", found.display()),
        format!("-Ldependency={}", deps.display()),
    ])
}
