//! The compilers: cargo, go, and programs that the manifest names.
//!
//! In: the sources of a component. Out: what the compiler made, relative to the project's folder.
//! Holds: what a compiler says passes through as it is; bytes do not depend on where the project is.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use ::project::find::{normal, seen_from};
use ::project::manifest::{At, Built};
use diag::{Diagnostic, Diagnostics, Place};
use serde_json::Value;

use super::environment::{self, Ran};
use super::site::{Log, Site};
use crate::commands::doctor;
use crate::io::Env;

impl Site<'_> {
    /// Runs the program that the manifest names, and gives its output.
    pub fn command(&self, name: &str, built: &Built, log: &mut Log) -> diag::Result<PathBuf> {
        let (Some((program, args)), Some(output)) = (built.build.split_first(), &built.output) else {
            return Err(Diagnostics(Vec::new()));
        };
        let folder = self.whole(&built.source.value);
        // A path is one of the sources; a name is looked up as a shell does.
        let path =
            if program.value.contains('/') { folder.join(&program.value) } else { PathBuf::from(&program.value) };
        let mut command = environment::command(self, path, &folder);
        command.args(args.iter().map(|arg| &arg.value)).envs(&built.env);
        let place = self.manifest.place(&program.span);
        let ran = environment::run_all(&mut command).map_err(|error| self.not_started(name, program, &error))?;
        log.said.extend_from_slice(&ran.said);
        self.succeeded(name, &command, ran.status, place)?;
        let path = normal(&built.source.value.join(&output.value));
        if self.whole(&path).is_file() {
            return Ok(path);
        }
        let headline = format!("the command of component `{name}` does not make `{}`", output.value.display());
        let error = diag::error("build/no-output", headline).label(self.manifest.place(&output.span), "not there");
        Err(error.help("correct `output`, which is relative to the source, or the command").into())
    }

    fn not_started(&self, name: &str, program: &At<String>, error: &std::io::Error) -> Diagnostics {
        let headline = if error.kind() == std::io::ErrorKind::NotFound {
            format!("component `{name}` is built with `{}`, which is not here", program.value)
        } else {
            format!("`{}`, which builds component `{name}`, cannot be started", program.value)
        };
        let said = diag::error("build/no-program", headline);
        let said = said.label(self.manifest.place(&program.span), ::project::find::plain(error));
        said.help(format!("install `{}`, or correct `build`", program.value)).into()
    }

    /// `cargo build`, of a library as for a bare machine, of a program with WASI.
    pub fn cargo(&self, name: &str, built: &Built, further: &mut Vec<PathBuf>, log: &mut Log) -> diag::Result<PathBuf> {
        self.has_compiler("cargo", name)?;
        let package = self.cargo_package(name, built, log)?;
        let mut command = self.cargo_command(built, "build");
        command.args(["--release", "--message-format=json-render-diagnostics"]);
        let target = package.target(built);
        if !has_option(built, "--target") {
            command.args(["--target", target]);
        }
        let remapped = self.remapped(&package.workspace, &command);
        environment::remap(self, target, &remapped, &mut command);
        self.flags(built, &mut command, &["--locked", "--offline"]);
        let ran = self.ran(&mut command, name, log)?;
        let place = self.place_of(name);
        self.succeeded(name, &command, ran.status, place).map_err(|found| self.with_target(found, target))?;
        let Some(module) = artifact(&ran.out, &package.manifest) else {
            return Err(self.no_module(name, built));
        };
        further.extend(self.read_by(&module, built));
        Ok(self.relative(&module))
    }

    /// `cargo check`, for the machine that the crate is built for.
    pub fn cargo_check(&self, name: &str, built: &Built, log: &mut Log) -> diag::Result<()> {
        self.has_compiler("cargo", name)?;
        let package = self.cargo_package(name, built, log)?;
        let mut command = self.cargo_command(built, "check");
        let target = package.target(built);
        if !has_option(built, "--target") {
            command.args(["--target", target]);
        }
        self.flags(built, &mut command, &["--locked", "--offline"]);
        let ran = self.ran(&mut command, name, log)?;
        let checked = self.succeeded(name, &command, ran.status, self.place_of(name));
        checked.map_err(|found| self.with_target(found, target))
    }

    /// `go vet`, for the machine that the module is built for.
    pub fn go_vet(&self, name: &str, built: &Built, log: &mut Log) -> diag::Result<()> {
        self.has_compiler("go", name)?;
        let mut command = environment::command(self, "go", &self.whole(&built.source.value));
        command.envs([("GOOS", "wasip1"), ("GOARCH", "wasm")]).envs(&built.env).args(["vet", "./..."]);
        if self.offline {
            command.env("GOPROXY", "off").env("GOTOOLCHAIN", "local");
        }
        let ran = environment::run_all(&mut command).map_err(|error| self.unstarted("go", name, &error))?;
        log.said.extend_from_slice(&ran.said);
        self.succeeded(name, &command, ran.status, self.place_of(name))
    }

    /// What cargo knows of the crate.
    fn cargo_package(&self, name: &str, built: &Built, log: &mut Log) -> diag::Result<Package> {
        let mut command = self.cargo_command(built, "metadata");
        command.args(["--no-deps", "--format-version", "1"]);
        let ran = self.ran(&mut command, name, log)?;
        self.succeeded(name, &command, ran.status, self.place_of(name))?;
        let manifest = self.whole(&built.source.value).join("Cargo.toml");
        let manifest = std::fs::canonicalize(&manifest).unwrap_or(manifest);
        Package::read(&ran.out, &manifest).ok_or_else(|| {
            let headline = format!("the source of component `{name}` is no crate of its own");
            let error = diag::error("build/no-module", headline);
            let error = error.label(self.manifest.place(&built.source.span), "a workspace without a package");
            error.help("say with `source` where the crate is").into()
        })
    }

    fn cargo_command(&self, built: &Built, verb: &str) -> Command {
        let mut command = environment::command(self, "cargo", &self.whole(&built.source.value));
        command.arg(verb).envs(&built.env);
        let says_color = self.env().var("CARGO_TERM_COLOR").is_some();
        if self.colored && !says_color {
            command.env("CARGO_TERM_COLOR", "always");
        }
        command
    }

    /// `go build`: of a library as one, of a program as it is.
    pub fn go(&self, name: &str, built: &Built, log: &mut Log) -> diag::Result<PathBuf> {
        self.has_compiler("go", name)?;
        let out = self.scratch().join(format!("{name}.core.wasm"));
        let mut command = environment::command(self, "go", &self.whole(&built.source.value));
        command.envs([("GOOS", "wasip1"), ("GOARCH", "wasm")]).envs(&built.env);
        command.arg("build").arg("-trimpath");
        if !has_option(built, "-buildvcs") {
            command.arg("-buildvcs=false");
        }
        if self.bindgen_words(built).is_some() && !has_option(built, "-buildmode") {
            command.arg("-buildmode=c-shared");
        }
        if self.locked {
            command.arg("-mod=readonly");
        }
        if self.offline {
            command.env("GOPROXY", "off").env("GOTOOLCHAIN", "local");
        }
        command.arg("-o").arg(self.whole(&out));
        command.args(built.flags.iter().map(|flag| &flag.value));
        let ran = environment::run_all(&mut command).map_err(|error| self.unstarted("go", name, &error))?;
        log.said.extend_from_slice(&ran.said);
        self.succeeded(name, &command, ran.status, self.place_of(name))?;
        if self.whole(&out).is_file() {
            return Ok(out);
        }
        Err(self.no_module(name, built))
    }

    fn flags(&self, built: &Built, command: &mut Command, own: &[&str; 2]) {
        let asked = own.iter().zip([self.locked, self.offline]).filter(|(_, asked)| *asked);
        command.args(asked.map(|(flag, _)| *flag));
        command.args(built.flags.iter().map(|flag| &flag.value));
    }

    fn ran(&self, command: &mut Command, name: &str, log: &mut Log) -> diag::Result<Ran> {
        let ran = environment::run_apart(command).map_err(|error| self.unstarted("cargo", name, &error))?;
        log.said.extend_from_slice(&ran.said);
        Ok(ran)
    }

    /// Says what is missing, and how it is installed, before anything is begun.
    pub fn has_compiler(&self, tool: &'static str, name: &str) -> diag::Result<()> {
        if environment::find(self, tool).is_some() {
            return Ok(());
        }
        let kind = std::io::Error::from(std::io::ErrorKind::NotFound);
        Err(self.unstarted(tool, name, &kind))
    }

    fn unstarted(&self, tool: &'static str, name: &str, error: &std::io::Error) -> Diagnostics {
        let language = self.built(name).map_or(self.place_of(name), |built| self.manifest.place(&built.language.span));
        let headline = format!("component `{name}` is built with `{tool}`, which is not here");
        let said = diag::error("build/no-program", headline).label(language, ::project::find::plain(error));
        let install = doctor::lacking(&[tool], &self.io()).into_iter().find_map(|one| one.help);
        said.help(install.unwrap_or_else(|| "see what installs it with `withe doctor`".to_owned())).into()
    }

    /// With the target that the compiler may lack, and how it is installed.
    fn with_target(&self, Diagnostics(mut found): Diagnostics, target: &str) -> Diagnostics {
        let known = ["wasm32-unknown-unknown", "wasm32-wasip1"].into_iter().find(|known| *known == target);
        if let Some(target) = known {
            found.extend(doctor::lacking(&[target], &self.io()));
        }
        Diagnostics(found)
    }

    /// An error, if a compiler failed.
    fn succeeded(&self, name: &str, command: &Command, status: ExitStatus, place: Place) -> diag::Result<()> {
        if status.success() {
            return Ok(());
        }
        let ended = match status.code() {
            Some(code) => format!("ended with status {code}"),
            None => "was ended by a signal".to_owned(),
        };
        let program = command.get_program().to_string_lossy().into_owned();
        let program = program.rsplit('/').next().unwrap_or(&program).to_owned();
        let first = command.get_args().next().map(|arg| arg.to_string_lossy().into_owned());
        let verb = first.filter(|_| matches!(program.as_str(), "cargo" | "go"));
        let line = verb.map_or(program.clone(), |verb| format!("{program} {verb}"));
        let error = diag::error("build/failed", format!("component `{name}` is not built: `{line}` {ended}"));
        let error = error.label(place, "built so");
        Err(error.help("read what it says above").into())
    }

    fn no_module(&self, name: &str, built: &Built) -> Diagnostics {
        let headline = format!("the sources of component `{name}` make no module");
        let error: Diagnostic = diag::error("build/no-module", headline);
        let error = error.label(self.manifest.place(&built.source.span), "neither a library for C nor a program");
        error.help("add `[lib]` with `crate-type = [\"cdylib\"]` to its Cargo.toml").into()
    }

    /// Files outside of a crate that the compiler read, as it says beside the module.
    fn read_by(&self, module: &Path, built: &Built) -> Vec<PathBuf> {
        let Ok(text) = std::fs::read_to_string(module.with_extension("d")) else { return Vec::new() };
        let source = self.whole(&built.source.value);
        let source = std::fs::canonicalize(&source).unwrap_or(source);
        let files = text.lines().filter_map(|line| line.split_once(": ")).flat_map(|(_, files)| unescaped(files));
        let outside = files.map(|file| source.join(file)).filter(|file| !file.starts_with(&source));
        let mut all: Vec<PathBuf> = outside.map(|file| self.relative(&file)).collect();
        all.sort();
        all.dedup();
        all
    }

    /// A path relative to the project's folder.
    fn relative(&self, path: &Path) -> PathBuf {
        PathBuf::from(seen_from(path, &self.manifest.root))
    }

    /// Folders whose names do not belong into what is built, and what stands for them.
    fn remapped(&self, workspace: &Path, command: &Command) -> Vec<(PathBuf, &'static str)> {
        let said = command.get_envs().find(|(name, _)| *name == "CARGO_HOME").and_then(|(_, value)| value);
        let home = said.map(PathBuf::from).or_else(|| match self.env() {
            Env::Process => std::env::var_os("CARGO_HOME").map(PathBuf::from),
            Env::Fixed(all) => all.get("CARGO_HOME").map(PathBuf::from),
        });
        let home = home.or_else(|| Some(PathBuf::from(self.env().var("HOME")?).join(".cargo")));
        let root = &self.manifest.root;
        let around = root.parent().filter(|folder| folder.parent().is_some());
        let around = around.map(|folder| (folder.to_owned(), "/around"));
        let workspace = (!workspace.starts_with(root)).then(|| (workspace.to_owned(), "/workspace"));
        // The last one that fits counts.
        let home = home.map(|home| (home, "/cargo"));
        around.into_iter().chain(workspace).chain([(root.clone(), "/project")]).chain(home).collect()
    }
}

/// A crate as cargo sees it.
struct Package {
    manifest: String,
    workspace: PathBuf,
    is_library: bool,
}

impl Package {
    fn read(metadata: &[u8], manifest: &Path) -> Option<Self> {
        let metadata: Value = serde_json::from_slice(metadata).ok()?;
        let is_it =
            |package: &&Value| package["manifest_path"].as_str().is_some_and(|path| Path::new(path) == manifest);
        let package = metadata["packages"].as_array()?.iter().find(is_it)?;
        let targets = package["targets"].as_array()?;
        let kinds = |target: &Value| target["kind"].as_array().cloned().unwrap_or_default();
        let is_library = targets.iter().any(|target| kinds(target).iter().any(|kind| kind == "cdylib"));
        let workspace = PathBuf::from(metadata["workspace_root"].as_str()?);
        Some(Self { manifest: package["manifest_path"].as_str()?.to_owned(), workspace, is_library })
    }

    /// The target that fits, or the one that the manifest names.
    fn target<'b>(&self, built: &'b Built) -> &'b str {
        let flags = &built.flags;
        let named = flags.iter().position(|flag| flag.value == "--target").and_then(|at| flags.get(at + 1));
        let joined = flags.iter().find_map(|flag| flag.value.strip_prefix("--target="));
        let own = if self.is_library { "wasm32-unknown-unknown" } else { "wasm32-wasip1" };
        named.map(|flag| flag.value.as_str()).or(joined).unwrap_or(own)
    }
}

fn has_option(built: &Built, option: &str) -> bool {
    let is = |flag: &str| flag == option || flag.strip_prefix(option).is_some_and(|rest| rest.starts_with('='));
    built.flags.iter().any(|flag| is(&flag.value))
}

/// The module among what cargo says it made of a crate.
fn artifact(said: &[u8], manifest: &str) -> Option<PathBuf> {
    let lines = said.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let own = lines.filter(|line| line["reason"] == "compiler-artifact" && line["manifest_path"] == manifest);
    let files = own.flat_map(|line| line["filenames"].as_array().cloned().unwrap_or_default());
    let mut modules = files.filter_map(|file| file.as_str().filter(|file| file.ends_with(".wasm")).map(PathBuf::from));
    modules.next_back()
}

/// The files of a line of a makefile: blanks that belong to a name have a `\` before them.
fn unescaped(files: &str) -> Vec<PathBuf> {
    let mut all = vec![String::new()];
    let mut chars = files.chars();
    while let Some(c) = chars.next() {
        let last = all.last_mut().expect("there is always one");
        match c {
            '\\' => last.extend(chars.next()),
            ' ' => all.push(String::new()),
            _ => last.push(c),
        }
    }
    all.into_iter().filter(|file| !file.is_empty()).map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_in_names_are_kept() {
        assert_eq!(unescaped("a.rs /b/c\\ d.rs"), [PathBuf::from("a.rs"), PathBuf::from("/b/c d.rs")]);
    }

    #[test]
    fn the_last_module_of_the_crate_counts() {
        let said = br#"{"reason":"compiler-artifact","manifest_path":"/d/Cargo.toml","filenames":["/t/d.wasm"]}
not json
{"reason":"compiler-artifact","manifest_path":"/a/Cargo.toml","filenames":["/t/liba.rlib","/t/a.wasm"]}
{"reason":"build-finished","success":true}"#;
        assert_eq!(artifact(said, "/a/Cargo.toml"), Some(PathBuf::from("/t/a.wasm")));
        assert_eq!(artifact(said, "/b/Cargo.toml"), None);
    }
}
