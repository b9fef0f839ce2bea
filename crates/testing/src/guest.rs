//! Guests: sources compiled to core wasm by the real compiler.
//!
//! In: one `.rs` file or a crate folder. Out: a core module, or the compiler's words, or that no compiler is here.
//! Holds: `cargo xtask test` hands over the compiler (`WITHE_GUEST_RUSTC`), which has the wasm targets' standard
//! library in its own sysroot, so one guest costs half a second.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::{Trouble, tool};

/// Where a Rust guest runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// `wasm32-unknown-unknown`: what the module imports is only what its bindings import.
    Unknown,
    /// `wasm32-wasip1`: std works through preview1 imports.
    Wasip1,
}

impl Target {
    pub fn triple(self) -> &'static str {
        match self {
            Self::Unknown => "wasm32-unknown-unknown",
            Self::Wasip1 => "wasm32-wasip1",
        }
    }
}

/// What a guest is built as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A module with exports and no start of its own (`cdylib`).
    Library,
    /// A program with `main`.
    Program,
    /// Checked and thrown away: for "does it compile".
    Check,
}

/// A guest to compile.
#[derive(Clone, Debug)]
pub struct Guest<'a> {
    /// A `.rs` file (edition 2024), which may name other files with `mod`, `#[path]` or `include!`;
    /// or a folder with `Cargo.toml`, whose `[lib]`, if it is a library, is a `cdylib`.
    pub source: &'a Path,
    pub target: Target,
    pub shape: Shape,
    /// Further flags for `rustc` (a file only), such as `-Dwarnings` or `--edition=2021`.
    pub flags: Vec<&'a str>,
    /// Variables that the source reads with `env!`, such as the path of its bindings.
    pub env: Vec<(&'a str, &'a Path)>,
}

impl<'a> Guest<'a> {
    /// A guest whose warnings are errors, since generated code must be clean.
    pub fn new(source: &'a Path, target: Target, shape: Shape) -> Self {
        Self { source, target, shape, flags: vec!["-Dwarnings"], env: Vec::new() }
    }

    /// Compiles to `target/guests/NAME.wasm` and returns that path. No network is used.
    ///
    /// # Errors
    ///
    /// What the compiler said, or that none is here.
    pub fn compile(&self, name: &str) -> Result<PathBuf, Trouble> {
        let rustc = rustc_for(self.target)?;
        let folder = crate::target_folder().join("guests");
        std::fs::create_dir_all(&folder)?;
        if self.source.is_dir() {
            self.compile_crate(&rustc, name, &folder)
        } else {
            self.compile_file(&rustc, name, &folder)
        }
    }

    fn compile_file(&self, rustc: &Path, name: &str, folder: &Path) -> Result<PathBuf, Trouble> {
        let out = folder.join(format!("{name}.{}", if self.shape == Shape::Check { "rmeta" } else { "wasm" }));
        let mut command = Command::new(rustc);
        if !self.flags.iter().any(|flag| flag.starts_with("--edition=")) {
            command.arg("--edition=2024");
        }
        command.args(["-Copt-level=s", "-Cpanic=abort", "--target", self.target.triple()]);
        command.args(match self.shape {
            Shape::Library => ["--crate-type=cdylib", "--emit=link"],
            Shape::Program => ["--crate-type=bin", "--emit=link"],
            Shape::Check => ["--crate-type=lib", "--emit=metadata"],
        });
        command.args(["--crate-name", &name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")]);
        command.args(&self.flags).envs(self.env.iter().copied());
        tool::run(command.arg("-o").arg(&out).arg(self.source))?;
        Ok(out)
    }

    fn compile_crate(&self, rustc: &Path, name: &str, folder: &Path) -> Result<PathBuf, Trouble> {
        let built = folder.join("cargo").join(name);
        let mut command = tool::command("cargo")?;
        // Guests have a compiler of their own; wrappers and flags of the run that called us are not for it.
        for variable in ["RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS"] {
            command.env_remove(variable);
        }
        command.env("RUSTC", rustc).env("CARGO_TARGET_DIR", &built).envs(self.env.iter().copied());
        let verb = if self.shape == Shape::Check { "check" } else { "build" };
        command.args([verb, "--quiet", "--offline", "--release", "--target", self.target.triple()]);
        tool::run(command.current_dir(self.source))?;
        if self.shape == Shape::Check {
            return Ok(built);
        }
        let module = only_module(&built.join(self.target.triple()).join("release"))?;
        let out = folder.join(format!("{name}.wasm"));
        std::fs::copy(module, &out)?;
        Ok(out)
    }
}

fn only_module(folder: &Path) -> Result<PathBuf, Trouble> {
    let is_module = |path: &PathBuf| path.extension().is_some_and(|end| end == "wasm");
    let modules: Vec<PathBuf> = crate::cases::entries(folder).into_iter().filter(is_module).collect();
    match modules.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(Trouble::Failed(format!("one .wasm file is expected in {}, found {modules:?}", folder.display()))),
    }
}

/// The compiler for a target: the one that `cargo xtask test` set up, in this run or an earlier one, or `rustc` itself
/// where it has the target.
pub fn rustc_for(target: Target) -> Result<PathBuf, Trouble> {
    static FOUND: OnceLock<[Option<PathBuf>; 2]> = OnceLock::new();
    let found = FOUND.get_or_init(|| [Target::Unknown, Target::Wasip1].map(find_rustc));
    found[target as usize].clone().ok_or_else(|| {
        let triple = target.triple();
        Trouble::MissingTool(format!("no Rust compiler with the target {triple}; `cargo xtask test` sets one up"))
    })
}

fn find_rustc(target: Target) -> Option<PathBuf> {
    let given = std::env::var_os("WITHE_GUEST_RUSTC").map(PathBuf::from);
    let candidates = [given, cache().map(|cache| cache.join("guest-rust/rustc")), Some("rustc".into())];
    candidates.into_iter().flatten().find(|rustc| has_target(rustc, target))
}

fn has_target(rustc: &Path, target: Target) -> bool {
    let mut command = Command::new(rustc);
    command.args(["--print", "target-libdir", "--target", target.triple()]);
    tool::run(&mut command).is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

/// The folder where `cargo xtask` keeps toolchains, outside of the checkout.
pub(crate) fn cache() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    Some(named.or_else(|| std::env::home_dir().map(|home| home.join(".cache")))?.join("withe"))
}
