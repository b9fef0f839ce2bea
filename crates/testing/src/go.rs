//! Go: packages built to core modules, checked and tested by real Go, in the oldest version that bindings work on and in
//! this machine's.
//!
//! In: a folder with `go.mod`. Out: a core module, what a tool says, or that it is not here.
//! Holds: nothing is fetched; what did not change is not built again; Go's cache lies in the target folder, is shared
//! by all tests, and takes the same sources in two folders for the same.

use std::hash::Hasher as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::{Trouble, tool};

/// The versions and tools that `cargo xtask test` gets, `NAME VERSION` a line.
const VERSIONS: &str = include_str!("../go.txt");

/// A version of Go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Go {
    /// The oldest that bindings work on.
    Oldest,
    /// The one on the path.
    Machine,
}

/// For which machine packages are checked or tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Host,
    /// `wasip1`, as guests are.
    Wasm,
}

impl Go {
    pub const ALL: [Self; 2] = [Self::Oldest, Self::Machine];

    /// `go1.24.0`, `go`: part of a test's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Oldest => oldest(),
            Self::Machine => "go",
        }
    }

    /// What `go version` says.
    ///
    /// # Errors
    /// `MissingTool`: it is neither on the path nor in the cache, or the one on the path is older than bindings need.
    pub fn version(self) -> Result<&'static str, Trouble> {
        static FOUND: [OnceLock<Option<String>>; 2] = [OnceLock::new(), OnceLock::new()];
        let version = FOUND[self as usize].get_or_init(|| {
            let said = tool::run(plain(self).ok()?.arg("version")).ok()?;
            is_new_enough(&said).then(|| said.trim().to_owned())
        });
        let missing = || format!("Go {} is not here; `cargo xtask test` gets it where Go is installed", self.name());
        version.as_deref().ok_or_else(|| Trouble::MissingTool(missing()))
    }

    /// Its program `go` with words, in a folder.
    ///
    /// # Errors
    /// As `version`.
    pub fn command(self, folder: &Path, on: On) -> Result<Command, Trouble> {
        self.version()?;
        let mut command = plain(self)?;
        command
            .current_dir(folder)
            .env("GOFLAGS", "-mod=mod -trimpath -buildvcs=false")
            .env("GOPROXY", "off")
            .env("GOWORK", "off");
        command.env("GOCACHE", guests().join("go-cache"));
        if on == On::Wasm {
            command.env("GOOS", "wasip1").env("GOARCH", "wasm");
        }
        Ok(command)
    }

    /// Builds a package of a module to `target/guests/NAME.wasm` as a library, and returns that path.
    ///
    /// # Errors
    /// As `version`; what the compiler said.
    pub fn build(self, module: &Path, package: &str, name: &str) -> Result<PathBuf, Trouble> {
        let name = if self == Self::Machine { name.to_owned() } else { format!("{name}-{}", self.name()) };
        let (out, noted) = (guests().join(format!("{name}.wasm")), guests().join(format!("{name}.sources")));
        std::fs::create_dir_all(guests())?;
        let sources = format!("{}\n{package}\n{:016x}\n", self.version()?, of_sources(module)?);
        if out.is_file() && std::fs::read_to_string(&noted).is_ok_and(|before| before == sources) {
            return Ok(out);
        }
        let mut command = self.command(module, On::Wasm)?;
        tool::run(command.args(["build", "-buildmode=c-shared", "-o"]).arg(&out).arg(package))?;
        std::fs::write(noted, sources)?;
        Ok(out)
    }

    /// `go vet` on all packages of a module, which compiles them first.
    ///
    /// # Errors
    /// As `version`; what it found.
    pub fn vet(self, module: &Path, on: On) -> Result<(), Trouble> {
        tool::run(self.command(module, on)?.args(["vet", "./..."])).map(drop)
    }

    /// `go build` of all packages of a module, which links none of them.
    ///
    /// # Errors
    /// As `version`; what the compiler said.
    pub fn compile(self, module: &Path, on: On) -> Result<(), Trouble> {
        tool::run(self.command(module, on)?.args(["build", "./..."])).map(drop)
    }

    /// `go test` on all packages of a module, on this machine.
    ///
    /// # Errors
    /// As `version`; what failed.
    pub fn test(self, module: &Path) -> Result<(), Trouble> {
        tool::run(self.command(module, On::Host)?.args(["test", "./..."])).map(drop)
    }

    /// What `gofmt` would change in a folder; fails if there is anything.
    ///
    /// # Errors
    /// As `version`; the changes.
    pub fn formatted(self, folder: &Path) -> Result<(), Trouble> {
        let root = tool::run(self.command(folder, On::Host)?.args(["env", "GOROOT"]))?;
        let changes = tool::run(Command::new(Path::new(root.trim()).join("bin/gofmt")).arg("-d").arg(folder))?;
        if changes.is_empty() { Ok(()) } else { Err(Trouble::Failed(format!("gofmt: {changes}"))) }
    }
}

/// `staticcheck` on all packages of a module, with the machine's Go.
///
/// # Errors
/// `MissingTool`; what it found.
pub fn staticcheck(module: &Path) -> Result<(), Trouble> {
    let version = version_of("staticcheck");
    let program = crate::guest::cache().map(|cache| cache.join(format!("staticcheck-{version}/staticcheck")));
    let missing = || Trouble::MissingTool(format!("staticcheck {version} is not here; `cargo xtask test` gets it"));
    let program = program.filter(|program| program.is_file()).ok_or_else(missing)?;
    // It has the environment that Go's own tools have, and asks the `go` on the path.
    let as_go = Go::Machine.command(module, On::Wasm)?;
    let mut command = Command::new(program);
    command.envs(as_go.get_envs().filter_map(|(name, value)| Some((name, value?)))).arg("./...");
    command.env("STATICCHECK_CACHE", guests().join("staticcheck-cache")).current_dir(module);
    tool::run(&mut command).map(drop)
}

/// A module `guest` with these files, in an empty scratch folder.
///
/// # Errors
/// That it cannot be written.
pub fn module(name: &str, files: &[(&str, &str)]) -> Result<PathBuf, Trouble> {
    let folder = crate::scratch(name)?;
    std::fs::write(folder.join("go.mod"), "module guest\n\ngo 1.24\n")?;
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        std::fs::write(path, text)?;
    }
    Ok(folder)
}

/// `go`, in a version, without what this process's environment says of others.
fn plain(go: Go) -> Result<Command, Trouble> {
    let mut command = tool::command("go")?;
    match go {
        Go::Machine => command.env("GOTOOLCHAIN", "local"),
        Go::Oldest => command.env("GOTOOLCHAIN", oldest()).env("GOPROXY", "off"),
    };
    if let Some(cache) = crate::guest::cache() {
        command.env("GOMODCACHE", cache.join("go"));
    }
    for variable in ["GOOS", "GOARCH", "GOEXPERIMENT", "GOROOT"] {
        command.env_remove(variable);
    }
    Ok(command)
}

/// The toolchain's name: `go1.24.0`.
fn oldest() -> &'static str {
    version_of("toolchain")
}

fn version_of(name: &str) -> &'static str {
    let lines = VERSIONS.lines().filter_map(|line| line.split_once(' '));
    lines.filter(|(named, _)| *named == name).map(|(_, version)| version).next().expect("go.txt has all that is asked")
}

/// Whether `go version go1.26.8 linux/amd64` is not older than bindings need.
fn is_new_enough(said: &str) -> bool {
    let minor = said.split_whitespace().find_map(|word| word.strip_prefix("go1.")?.split('.').next()?.parse().ok());
    minor.is_some_and(|minor: u32| minor >= 24)
}

fn guests() -> PathBuf {
    crate::target_folder().join("guests")
}

/// A number that changes with what Go reads of a module: names and contents of its files, in order of their names.
fn of_sources(module: &Path) -> Result<u64, Trouble> {
    let mut hasher = std::hash::DefaultHasher::new();
    let mut folders = vec![module.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in crate::cases::entries(&folder) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(module).unwrap_or(&path);
            hasher.write(inside.as_os_str().as_encoded_bytes());
            let bytes = crate::read(&path)?;
            hasher.write_usize(bytes.len());
            hasher.write(&bytes);
        }
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(is_new_enough("go version go1.26.8 linux/amd64"));
        assert!(is_new_enough("go version go1.24rc1 linux/amd64") || !is_new_enough("go version go1.9 linux/amd64"));
        assert!(!is_new_enough("go version go1.23.12 linux/amd64"));
        assert!(!is_new_enough("gccgo"));
    }
}
