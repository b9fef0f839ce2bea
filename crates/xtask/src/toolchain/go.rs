//! Go beside the machine's own: the oldest version that bindings work on, and staticcheck.
//!
//! In: `crates/testing/go.txt`, the `go` on the path. Out: both in the cache, or why they are not there.
//! Holds: both come from the module proxy by Go itself, which checks their sums; a program is there whole or not at all.

use std::process::Command;

use crate::run::{self, Done, in_file};

/// Names and versions, one pair a line.
const VERSIONS: &str = include_str!("../../../testing/go.txt");

/// Finds or gets what the file lists, and says which are here; an error where tools are required.
pub fn set_up() -> Done<Vec<String>> {
    let mut here = Vec::new();
    for line in VERSIONS.lines().filter(|line| !line.starts_with('#')) {
        match get(line) {
            Ok(()) => here.push(line.to_owned()),
            Err(why) if run::tools_required() => return Err(why),
            Err(why) => println!("no {line} for tests: {why}"),
        }
    }
    Ok(here)
}

fn get(line: &str) -> Done {
    match line.split_once(' ') {
        Some(("toolchain", version)) => toolchain(version),
        Some(("staticcheck", version)) => staticcheck(version),
        _ => Err(format!("go.txt: {line}: `toolchain` or `staticcheck`, and a version")),
    }
}

/// Go in a version, which the `go` on the path gets by itself and keeps among modules.
fn toolchain(version: &str) -> Done {
    let said = run::run_quietly(go()?.arg("version").env("GOTOOLCHAIN", version))?;
    if said.contains(version) { Ok(()) } else { Err(format!("go with GOTOOLCHAIN={version} says: {said}")) }
}

fn staticcheck(version: &str) -> Done {
    let folder = super::cache_folder()?.join(format!("staticcheck-{version}"));
    if folder.join("staticcheck").is_file() {
        return Ok(());
    }
    println!("go install staticcheck@{version} in {}", folder.display());
    // A build that breaks off leaves nothing behind that looks whole.
    let partial = folder.with_extension("partial");
    let package = format!("honnef.co/go/tools/cmd/staticcheck@{version}");
    run::run_quietly(go()?.args(["install", &package]).env("GOTOOLCHAIN", "local").env("GOBIN", &partial))?;
    std::fs::create_dir_all(&folder).map_err(in_file(&folder))?;
    std::fs::rename(partial.join("staticcheck"), folder.join("staticcheck")).map_err(in_file(&folder))
}

/// `go` whose modules lie in the cache, for this machine.
pub(super) fn go() -> Done<Command> {
    let mut command = Command::new("go");
    for variable in ["GOOS", "GOARCH", "GOFLAGS", "GOROOT"] {
        command.env_remove(variable);
    }
    command.env("GOMODCACHE", super::cache_folder()?.join("go"));
    Ok(command)
}
