//! Debian's compiler, unpacked into a cache: no package is installed, so nothing on the machine changes.
//!
//! The distribution's `rustc-web` knows the wasm targets but ships no library for them;
//! `rust-web-src` carries the matching source, from which the library is built once.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Guest, TARGETS};
use crate::run::{self, Done};

const PACKAGES: [&str; 7] =
    ["rustc-web", "libstd-rust-web-1.96", "libstd-rust-web-dev", "rust-web-src", "libllvm22", "lld-22", "wasi-libc"];

/// Changes when what is in the cache changes.
const CACHE: &str = "guest-rust-1.96-1";

pub fn set_up() -> Done<Guest> {
    let cache = cache_folder()?.join(CACHE);
    if !cache.join("ready").exists() {
        make(&cache)?;
    }
    let root = cache.join("root/usr");
    Ok(Guest {
        rustc: cache.join("rustc"),
        linker: Some(cache.join("wasm-ld")),
        wasi_libc: Some(root.join("lib/wasm32-wasi")),
    })
}

fn cache_folder() -> Done<PathBuf> {
    let base = match (std::env::var("XDG_CACHE_HOME"), std::env::var("HOME")) {
        (Ok(cache), _) if !cache.is_empty() => PathBuf::from(cache),
        (_, Ok(home)) => PathBuf::from(home).join(".cache"),
        (_, Err(_)) => return Err("neither XDG_CACHE_HOME nor HOME is set".to_owned()),
    };
    Ok(base.join("withe"))
}

fn make(cache: &Path) -> Done {
    println!("setting up Debian's compiler for guests in {} (once)", cache.display());
    // A half-made cache of an earlier attempt is worth nothing.
    if cache.exists() {
        std::fs::remove_dir_all(cache).map_err(|error| format!("{}: {error}", cache.display()))?;
    }
    let packages = cache.join("packages");
    create(&packages)?;
    download(&packages)?;
    unpack(&packages, &cache.join("root"))?;
    wrapper(cache, "rustc", "root/usr/bin/rustc")?;
    wrapper(cache, "wasm-ld", "root/usr/bin/wasm-ld-22")?;
    build_library(cache)?;
    std::fs::remove_dir_all(&packages).map_err(|error| error.to_string())?;
    std::fs::write(cache.join("ready"), "").map_err(|error| error.to_string())
}

fn create(folder: &Path) -> Done {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn download(packages: &Path) -> Done {
    println!("  downloading {}", PACKAGES.join(" "));
    let attempt = || run::run_quietly(Command::new("apt-get").arg("download").args(PACKAGES).current_dir(packages));
    if attempt().is_ok() {
        return Ok(());
    }
    // The package lists of a new machine are empty or old.
    println!("  apt-get update");
    run::run_quietly(Command::new("apt-get").arg("update"))?;
    attempt().map(|_| ())
}

fn unpack(packages: &Path, root: &Path) -> Done {
    println!("  unpacking");
    let mut files: Vec<PathBuf> = std::fs::read_dir(packages)
        .map_err(|error| error.to_string())?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .collect();
    files.sort();
    for file in files {
        run::run_quietly(Command::new("dpkg").arg("-x").arg(file).arg(root))?;
    }
    Ok(())
}

/// A script that starts a program of the cache with the cache's shared libraries.
fn wrapper(cache: &Path, name: &str, program: &str) -> Done {
    use std::os::unix::fs::PermissionsExt as _;
    let here = cache.display();
    let text = format!(
        "#!/bin/sh\nexport LD_LIBRARY_PATH=\"{here}/root/usr/lib/x86_64-linux-gnu${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\n\
         exec \"{here}/{program}\" \"$@\"\n"
    );
    let path = cache.join(name);
    std::fs::write(&path, text)
        .and_then(|()| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// Builds the standard library for each target and puts it where the compiler looks for it.
fn build_library(cache: &Path) -> Done {
    println!("  building the standard library for {}", TARGETS.join(" and "));
    let project = cache.join("std");
    create(&project.join("src"))?;
    let manifest = "[package]\nname = \"std-for-guests\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n";
    std::fs::write(project.join("Cargo.toml"), manifest).map_err(|error| error.to_string())?;
    std::fs::write(project.join("src/lib.rs"), "").map_err(|error| error.to_string())?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "-Zbuild-std=std,panic_abort"]).current_dir(&project);
    command.args(TARGETS.iter().flat_map(|target| ["--target", target]));
    command.env("RUSTC", cache.join("rustc")).env("RUSTC_BOOTSTRAP", "1");
    command.env("CARGO_TARGET_DIR", project.join("target"));
    for variable in ["RUSTFLAGS", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(variable);
    }
    run::run_quietly(&mut command)?;
    for target in TARGETS {
        install(&project, &cache.join("root/usr/lib/rustlib"), target)?;
    }
    std::fs::remove_dir_all(&project).map_err(|error| error.to_string())
}

fn install(project: &Path, rustlib: &Path, target: &str) -> Done {
    let built = project.join("target").join(target).join("release/deps");
    let library = rustlib.join(target).join("lib");
    create(&library.join("self-contained"))?;
    for entry in std::fs::read_dir(&built).map_err(|error| format!("{}: {error}", built.display()))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let is_library = name.ends_with(".rlib") && !name.starts_with("libstd_for_guests");
        if is_library {
            std::fs::copy(&path, library.join(name)).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}
