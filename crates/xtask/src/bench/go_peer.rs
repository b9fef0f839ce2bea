//! The same calls between components in Go with the peer's bindings.
//!
//! In: `wit-bindgen` on `PATH` and its crate for Go in cargo's registry, which has the runtime that its bindings need;
//! `fixtures/go/bench/peer`. Out: a composition, or why there is none.
//! Holds: both sides get the same WIT, the same Go and the same encoder. The peer's bindings need a flag of the linker.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::go_calls::{self, Measured};
use super::{inputs, path, peer as program};
use crate::run::{self, Done, in_file};

/// What the runtime is imported as.
const RUNTIME: &str = "go.bytecodealliance.org/pkg";
const CRATE: &str = "wit-bindgen-go-";

/// Two components of the peer in one.
pub struct Peer {
    composed: PathBuf,
}

impl Peer {
    /// What calls took as far as they came, and whether they came to their end.
    pub fn measure(&self, withe: &Path, expressions: &[String]) -> Done<(Vec<Measured>, bool)> {
        let mut command = Command::new(withe);
        command.args(["call", "-q"]).arg(&self.composed).args(expressions).stdin(Stdio::null());
        let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        let all: Done<Vec<Measured>> = said.lines().map(go_calls::measured).collect();
        Ok((all?, output.status.success()))
    }
}

/// Makes the peer's composition; says why there is none.
pub fn peer(withe: &Path, folder: &Path) -> Done<Option<Peer>> {
    let (Some(_), Some(found)) = (program("wit-bindgen", &[]), runtime()?) else {
        println!("wit-bindgen for Go is not here (`wit-bindgen`, and its crate in cargo's registry): no ratios");
        return Ok(None);
    };
    let folder = inputs::folder(folder, "peer")?;
    let runtime = folder.join("runtime");
    copy(&found, &runtime)?;
    // It asks for a newer Go than it needs.
    run::run_quietly(Command::new("go").args(["mod", "edit", "-go=1.25"]).current_dir(&runtime))?;
    let (caller, provider) = (
        component(withe, &folder, &runtime, "caller", "export_wit_world")?,
        component(withe, &folder, &runtime, "provider", "export_bench_calls_callee")?,
    );
    let composed = folder.join("composed.wasm");
    let mut compose = Command::new(withe);
    run::run_quietly(compose.args(["compose", "-q"]).args([&caller, &provider]).arg("-o").arg(&composed))?;
    Ok(Some(Peer { composed }))
}

/// The runtime in the newest of the peer's crates.
fn runtime() -> Done<Option<PathBuf>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let Some(home) = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))) else { return Ok(None) };
    let mut found = Vec::new();
    for registry in entries(&home.join("registry/src")) {
        let is_it = |folder: &PathBuf| folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(CRATE));
        found.extend(entries(&registry).into_iter().filter(is_it));
    }
    found.sort();
    Ok(found.pop().map(|newest| newest.join("src/pkg")).filter(|folder| folder.is_dir()))
}

/// What is in a folder; nothing if it is none.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().map(|entry| entry.path()).collect()
}

fn copy(from: &Path, to: &Path) -> Done {
    std::fs::create_dir_all(to).map_err(in_file(to))?;
    for path in entries(from) {
        let to = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &to)?;
        } else {
            let text = std::fs::read(&path).map_err(in_file(&path))?;
            std::fs::write(&to, text).map_err(in_file(&to))?;
        }
    }
    Ok(())
}

/// A component of one side, whose program belongs into a package of the bindings.
fn component(withe: &Path, folder: &Path, runtime: &Path, world: &str, package: &str) -> Done<PathBuf> {
    let fixtures = run::root().join("fixtures/go/bench");
    let wit = path(&fixtures.join("bench.wit"));
    let (module, core) = (folder.join(world), folder.join(format!("{world}.core.wasm")));
    let wrapped = folder.join(format!("{world}.wasm"));
    let words = ["go", "--out-dir", &path(&module), "--world", world, &wit];
    let mut generate = program("wit-bindgen", &words).ok_or("wit-bindgen is gone")?;
    run::run_quietly(&mut generate)?;
    let (from, package) = (fixtures.join(format!("peer/{world}.go")), module.join(package));
    std::fs::create_dir_all(&package).map_err(in_file(&package))?;
    std::fs::copy(&from, package.join("main.go")).map_err(in_file(&from))?;
    let replace = format!("-replace={RUNTIME}={}", path(runtime));
    run::run_quietly(Command::new("go").args(["mod", "edit", &replace]).current_dir(&module))?;
    // Its runtime reaches into Go's.
    run::run_quietly(go_calls::build(&module, &core).env("GOFLAGS", "-ldflags=-checklinkname=0"))?;
    let words = ["wrap", "-q", &path(&core), "--wit", &wit, "-w", world, "-o", &path(&wrapped)];
    run::run_quietly(Command::new(withe).args(words))?;
    Ok(wrapped)
}
