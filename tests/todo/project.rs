//! A copy of a project, and commands in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use testing::guest::{Target, rustc_for};
use testing::{Trouble, fixtures, scratch, tool};

/// A project in a folder of its own.
pub struct Project {
    pub folder: PathBuf,
    /// The search path of its commands: `withe`, `componentize-py`, and what else is here.
    path: std::ffi::OsString,
    python: PathBuf,
    rustc: PathBuf,
}

impl Project {
    /// A copy of a project of `fixtures/apps` below the scratch folder, without anything that was built.
    pub fn copy(name: &str, folder: &str) -> Result<Self, Trouble> {
        let project = Self::empty(&format!("{name}-app/{folder}"))?;
        copy(&fixtures("apps").join(name), &project.folder)?;
        Ok(project)
    }

    /// An empty folder below the scratch folder.
    pub fn empty(folder: &str) -> Result<Self, Trouble> {
        let folder = scratch(folder)?;
        let python = tool::componentize_py()?;
        let withe = Path::new(env!("CARGO_BIN_EXE_withe"));
        let own = [withe.parent().unwrap_or(withe).to_owned(), python.join("bin")];
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path)))
            .map_err(|error| Trouble::Failed(error.to_string()))?;
        Ok(Self { folder, path, python, rustc: rustc_for(Target::Wasip1)? })
    }

    /// A line as a shell runs it, in the project's folder.
    ///
    /// Go's cache is that of all tests; what withe keeps for all projects is kept for these alone.
    pub fn command(&self, line: &str) -> Command {
        let guests = testing::target_folder().join("guests");
        let mut command = Command::new("sh");
        command.args(["-eu", "-c", line]).current_dir(&self.folder).stdin(Stdio::null());
        for variable in
            ["RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS", "CARGO_TARGET_DIR"]
        {
            command.env_remove(variable);
        }
        for variable in ["GOOS", "GOARCH", "GOEXPERIMENT", "GOROOT", "GOFLAGS"] {
            command.env_remove(variable);
        }
        command
            .env("PATH", &self.path)
            .env("PYTHONPATH", &self.python)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("XDG_CACHE_HOME", testing::target_folder().join("tests/todo-app/cache"))
            .env("GOCACHE", guests.join("go-cache"))
            .env("GOPROXY", "off")
            .env("GOTOOLCHAIN", "local")
            .env("CARGO_NET_OFFLINE", "true")
            .env("TODO_SECRET", super::SECRET)
            .env("NO_COLOR", "1");
        // The compiler for guests has no linker for this machine.
        if !line.contains("cargo test") {
            command.env("RUSTC", &self.rustc);
        }
        command
    }

    /// Runs a line to its end; gives all that it printed.
    pub fn run(&self, line: &str) -> Result<String, Trouble> {
        let output = self.command(line).output()?;
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        if output.status.success() { Ok(said) } else { Err(format!("{line}: {}\n{said}", output.status).into()) }
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Trouble> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        // What somebody built there by hand is no part of it.
        if ["target", "data", "gen", "__pycache__"].iter().any(|made| entry.file_name() == *made) {
            continue;
        }
        if path.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&path, &target)?;
        } else if !["auth.wasm", "storage.rs"].iter().any(|made| entry.file_name() == *made) {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
