//! npm packages that tests use: two versions of Node, Deno, Bun, TypeScript, the WASI shim.
//!
//! In: `crates/testing/npm.txt`. Out: each package in the cache, or why it is not there.
//! Holds: a package is put into the cache outside the tree once, whole or not at all; its scripts do not run.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Done, in_file};

/// What tests know of the packages themselves.
#[path = "../../../testing/src/npm.rs"]
mod known;

/// Finds or makes all of them, and says which are here; an error where tools are required.
pub fn set_up() -> Done<Vec<String>> {
    let mut here = Vec::new();
    for (name, version) in known::packages() {
        match package(name, version) {
            Ok(()) => here.push(format!("{name} {version}")),
            Err(why) if run::tools_required() => return Err(why),
            Err(why) => println!("no npm package {name} {version} for tests: {why}"),
        }
    }
    Ok(here)
}

fn package(name: &str, version: &str) -> Done {
    // The program of the path does as well.
    if name == "node" && installed_major().as_deref() == version.split('.').next() {
        return Ok(());
    }
    let folder = super::cache_folder()?.join(known::folder(name, version));
    let package = known::program(name).map_or_else(|| name.to_owned(), |(package, _)| package);
    install(&folder, &package, version)
}

/// The major version of the program of the path.
fn installed_major() -> Option<String> {
    let version = run::version("node", "--version")?;
    version.trim_start_matches('v').split('.').next().map(str::to_owned)
}

/// The program of a major version of Node: the one of the path, or the one of `npm.txt`, which is put into the cache.
pub fn node(major: &str) -> Done<PathBuf> {
    if installed_major().as_deref() == Some(major) {
        return Ok("node".into());
    }
    let is_it = |(name, version): &(&str, &str)| *name == "node" && version.split('.').next() == Some(major);
    let (name, version) = known::packages().find(is_it).ok_or_else(|| format!("npm.txt has no Node {major}"))?;
    package(name, version)?;
    let (package, program) = known::program(name).ok_or("no package has Node")?;
    let folder = super::cache_folder()?.join(known::folder(name, version)).join("node_modules");
    Ok(folder.join(package).join(program))
}

/// Puts a package below `node_modules` of a folder, if it is not there.
pub fn install(folder: &Path, name: &str, version: &str) -> Done {
    let is_whole = || folder.join("node_modules").join(name).join("package.json").is_file();
    if is_whole() {
        return Ok(());
    }
    println!("npm install {name}@{version} in {}", folder.display());
    // A download that breaks off leaves nothing behind that looks whole.
    let partial =
        folder.with_file_name(format!("{}.partial", folder.file_name().unwrap_or_default().to_string_lossy()));
    std::fs::create_dir_all(&partial).map_err(in_file(&partial))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&partial);
    run::run_quietly(npm.arg(format!("{name}@{version}")).current_dir(&partial))?;
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(in_file(folder))?;
    }
    std::fs::rename(&partial, folder).map_err(in_file(folder))?;
    if is_whole() { Ok(()) } else { Err(format!("npm did not make {name} in {}", folder.display())) }
}
