//! npm packages that tests use: their versions, and where a package has its program.
//!
//! In: `npm.txt`. Out: names, versions, paths in the cache.
//! Holds: nothing of this crate is used here, since `xtask`, which gets the packages, takes this file as its own.

use std::env::consts::{ARCH, EXE_SUFFIX, OS};

/// The packages and their versions, one a line.
const PACKAGES: &str = include_str!("../npm.txt");

/// Name and version of each package.
pub fn packages() -> impl Iterator<Item = (&'static str, &'static str)> {
    PACKAGES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '))
}

/// The folder of a package in the cache; `node_modules` is in it.
pub fn folder(name: &str, version: &str) -> String {
    format!("{}-{version}", name.rsplit('/').next().unwrap_or(name))
}

/// Of an engine the package that has its program for this machine, and the program in it; nothing for other packages.
pub fn program(name: &str) -> Option<(String, String)> {
    let machine = if ARCH == "aarch64" { "arm64" } else { "x64" };
    Some(match name {
        "node" => (format!("node-{}-{machine}", system("win")), format!("bin/node{EXE_SUFFIX}")),
        "deno" => {
            let libc = if OS == "linux" { "-glibc" } else { "" };
            (format!("@deno/{}-{machine}{libc}", system("win32")), format!("deno{EXE_SUFFIX}"))
        }
        "bun" => {
            let machine = if ARCH == "aarch64" { ARCH } else { machine };
            (format!("@oven/bun-{}-{machine}", system("windows")), format!("bin/bun{EXE_SUFFIX}"))
        }
        _ => return None,
    })
}

/// The system as npm calls it; each package has its own name for Windows.
fn system(windows: &str) -> &str {
    match OS {
        "macos" => "darwin",
        "windows" => windows,
        other => other,
    }
}
