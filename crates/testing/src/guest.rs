//! Guests: Rust programs and libraries compiled to wasm by the compiler that `cargo xtask test` found or made.
//!
//! In: a source file. Out: a module, or why there is no compiler.
//! Holds: one plain compiler run for each guest; warnings are errors.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::NotRun;

/// What a guest is compiled to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// `wasm32-unknown-unknown`.
    Unknown,
    /// `wasm32-wasip1`.
    Wasip1,
}

/// What a guest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A library whose exports are called.
    Library,
    /// A program with `main`.
    Program,
    /// Nothing is written: the source is only checked.
    Check,
}

/// A guest to compile.
#[derive(Clone, Debug)]
pub struct Guest<'a> {
    pub source: &'a Path,
    pub target: Target,
    pub shape: Shape,
    /// Variables that the source reads with `env!`, such as the path of its bindings.
    pub env: Vec<(&'a str, &'a Path)>,
}

/// Why there is no module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no compiler here.
    NotRun(NotRun),
    /// What the compiler said.
    Compiler(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotRun(why) => why.fmt(f),
            Self::Compiler(said) => f.write_str(said),
        }
    }
}

impl Target {
    pub fn triple(self) -> &'static str {
        match self {
            Self::Unknown => "wasm32-unknown-unknown",
            Self::Wasip1 => "wasm32-wasip1",
        }
    }
}

/// The compiler for guests.
pub fn compiler() -> Result<PathBuf, NotRun> {
    let why = "no compiler for guests; `cargo xtask test` sets one up";
    std::env::var("WITHE_GUEST_RUSTC").map(PathBuf::from).map_err(|_| NotRun(why.to_owned()))
}

/// Compiles a guest into `out`, a file.
///
/// # Errors
///
/// No compiler here, or what it said, warnings included.
pub fn compile(guest: &Guest<'_>, out: &Path) -> Result<(), Failure> {
    let mut command = Command::new(compiler().map_err(Failure::NotRun)?);
    command.args(["--edition", "2021", "--target", guest.target.triple(), "-Dwarnings", "-Cpanic=abort"]);
    match guest.shape {
        Shape::Library => command.args(["--crate-type", "cdylib", "-Copt-level=s"]),
        Shape::Program => command.args(["--crate-type", "bin", "-Copt-level=s"]),
        Shape::Check => command.args(["--crate-type", "lib", "--emit", "metadata"]),
    };
    if guest.shape != Shape::Check {
        command.args(link_arguments(guest));
    }
    command.arg(guest.source).arg("-o").arg(out).envs(guest.env.iter().copied());
    let output = command.output().map_err(|error| Failure::Compiler(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Failure::Compiler(String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// What a compiler that brings no linker and no libc has to be told.
fn link_arguments(guest: &Guest<'_>) -> Vec<String> {
    let Ok(linker) = std::env::var("WITHE_GUEST_LINKER") else { return Vec::new() };
    let mut arguments = vec![format!("-Clinker={linker}"), "-Clinker-flavor=wasm-ld".to_owned()];
    if guest.target == Target::Wasip1 {
        let libc = std::env::var("WITHE_GUEST_WASI_LIBC").unwrap_or_default();
        let start = match guest.shape {
            Shape::Program => "crt1-command.o",
            Shape::Library | Shape::Check => "crt1-reactor.o",
        };
        arguments.extend([
            "-Clink-self-contained=no".to_owned(),
            format!("-Clink-arg=-L{libc}"),
            format!("-Clink-arg={libc}/{start}"),
            "-Clink-arg=-lc".to_owned(),
        ]);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiles(shape: Shape, target: Target, text: &str) -> Result<Vec<u8>, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let (source, out) = (folder.path().join("guest.rs"), folder.path().join("guest.wasm"));
        std::fs::write(&source, text).unwrap();
        compile(&Guest { source: &source, target, shape, env: Vec::new() }, &out)?;
        Ok(std::fs::read(&out).unwrap())
    }

    fn expect_module(result: Result<Vec<u8>, Failure>) {
        match result {
            Ok(bytes) => assert!(bytes.starts_with(b"\0asm"), "not a module"),
            Err(Failure::NotRun(why)) => assert!(!crate::tools_are_required(), "{why}"),
            Err(Failure::Compiler(said)) => panic!("{said}"),
        }
    }

    #[test]
    fn a_library_becomes_a_module() {
        let text = "#[unsafe(no_mangle)] pub extern \"C\" fn f() -> u32 { vec![1u32; 7].iter().sum() }";
        expect_module(compiles(Shape::Library, Target::Unknown, text));
    }

    #[test]
    fn a_program_with_std_becomes_a_module() {
        let text = "fn main() { println!(\"{:?}\", std::env::args().count()); }";
        expect_module(compiles(Shape::Program, Target::Wasip1, text));
    }

    #[test]
    fn a_warning_is_a_failure() {
        match compiles(Shape::Check, Target::Unknown, "fn unused() {}") {
            Err(Failure::Compiler(said)) => assert!(said.contains("never used"), "{said}"),
            Err(Failure::NotRun(why)) => assert!(!crate::tools_are_required(), "{why}"),
            Ok(_) => panic!("a warning went unnoticed"),
        }
    }
}
