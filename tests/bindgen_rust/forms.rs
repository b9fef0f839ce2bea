//! The forms in which bindings have to compile: editions, targets, with and without `std`, under clippy and rustdoc.
//!
//! In: generated files, each with its stubs beside it. Out: one library of modules for each form; warnings are errors.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use testing::guest::{Guest, Shape, Target};
use testing::{Outcome, Trouble, tool};

use super::{ensure, path_text};

/// Bindings that become modules of one crate.
#[derive(Clone, Debug)]
pub struct Crate {
    pub name: String,
    pub folder: PathBuf,
    /// The files of bindings, each with the stubs beside it as `lib.rs`.
    pub files: Vec<PathBuf>,
}

/// What the modules are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Implementations, with private bindings.
    Stubs,
    /// Bindings, which are public, in a crate that has no `std` and modules called like Rust's crates.
    Alone,
}

impl Crate {
    /// For wasm.
    pub fn compiles(&self, content: Content, target: Target, edition: &str) -> Outcome {
        let library = self.library(content)?;
        let edition = format!("--edition={edition}");
        let mut guest = Guest::new(&library, target, Shape::Check);
        guest.flags.push(&edition);
        let name = format!("bindgen-{}-{content:?}-{}", self.name, target.triple());
        guest.compile(&name.to_lowercase()).map(drop)
    }

    /// Clippy's default lints have nothing to say. This is for the host, as in editors.
    pub fn clippy(&self, content: Content, edition: &str) -> Outcome {
        let library = self.library(content)?;
        let mut command = tool::command("clippy-driver")?;
        command.args(["--crate-type=lib", "--emit=metadata", "-Dwarnings", "--crate-name=bindings"]);
        command.arg(format!("--edition={edition}")).arg("-o").arg(self.folder.join("clippy.rmeta"));
        tool::run(command.arg(&library)).map(drop)
    }

    /// Rustdoc has nothing to say, and takes no code of WIT for a test.
    pub fn documented(&self) -> Outcome {
        let library = self.library(Content::Alone)?;
        let mut command = tool::command("rustdoc")?;
        command.args(["-Dwarnings", "--edition=2024", "--crate-name=bindings", "--out-dir"]);
        tool::run(command.arg(self.folder.join("documented")).arg(&library))?;
        let mut command = tool::command("rustdoc")?;
        command.args(["--test", "--edition=2024", "--crate-name=bindings"]).arg(&library);
        let said = tool::run(&mut command)?;
        ensure(said.contains("running 0 tests"), &said)
    }

    /// A library of modules, written anew.
    fn library(&self, content: Content) -> Result<PathBuf, Trouble> {
        let (head, path): (&str, fn(&Path) -> PathBuf) = match content {
            // What WIT calls `baz` is called so in stubs, which people edit.
            Content::Stubs => {
                ("#![allow(unused_variables, clippy::disallowed_names)]", |file| file.with_file_name("lib.rs"))
            }
            Content::Alone => ("#![no_std]\n\npub mod core {}\npub mod alloc {}\npub mod std {}", Path::to_path_buf),
        };
        let mut text = format!("{head}\n");
        for (index, file) in self.files.iter().enumerate() {
            let _ = writeln!(text, "#[path = {:?}]\npub mod w{index};", path_text(&path(file)));
        }
        let library = self.folder.join(format!("{content:?}.rs"));
        std::fs::write(&library, text)?;
        Ok(library)
    }
}
