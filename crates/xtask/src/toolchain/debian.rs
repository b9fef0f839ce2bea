//! Debian's compiler, unpacked into a cache: no package is installed, so nothing on the machine changes.
//!
//! In: the names of packages. Out: a `rustc` that compiles to both targets with no further flag.
//! Holds: the distribution's `rustc-web` knows the wasm targets but ships no library for them; `rust-web-src` carries
//! the matching source, from which the library is built once and put, with the linker and libc, where the compiler
//! looks by itself. The cache is ready when its stamp says so, and two runs at once wait for one another.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::{Guest, TARGETS};
use crate::run::{self, Done, in_file};

/// The compiler, its library's source, the linker, libc; then the shared libraries that they need.
const PACKAGES: [&str; 14] = [
    "rustc-web",
    "libstd-rust-web-1.96",
    "libstd-rust-web-dev",
    "rust-web-src",
    "lld-22",
    "wasi-libc",
    "libllvm22",
    "libz3-4",
    "libedit2",
    "libbsd0",
    "libmd0",
    "libxml2",
    "libicu72",
    "libffi8",
];

/// Stands in the stamp; changes when what is in the cache changes.
const RECIPE: &str = "rustc-web 1.96, recipe 2";

/// Where in the cache the compiler is.
const FOLDER: &str = "guest-rust";

const HOST: &str = "x86_64-unknown-linux-gnu";

/// The compiler, if an earlier run made it.
pub fn ready() -> Option<Guest> {
    let cache = super::cache_folder().ok()?.join(FOLDER);
    let stamp = std::fs::read_to_string(cache.join("stamp")).ok()?;
    (stamp == RECIPE).then(|| Guest { rustc: cache.join("rustc") })
}

pub fn set_up() -> Done<Guest> {
    let cache = super::cache_folder()?.join(FOLDER);
    let parent = cache.parent().expect("the cache is a folder in a folder");
    std::fs::create_dir_all(parent).map_err(in_file(parent))?;
    let lock_path = parent.join("guest-rust.lock");
    let lock = File::create(&lock_path).map_err(in_file(&lock_path))?;
    lock.lock().map_err(in_file(&lock_path))?;
    if let Some(guest) = ready() {
        return Ok(guest);
    }
    let start = Instant::now();
    println!("setting up Debian's Rust compiler for guests, once, in {}", cache.display());
    make(&cache)?;
    println!("  done in {} s", start.elapsed().as_secs());
    Ok(Guest { rustc: cache.join("rustc") })
}

fn make(cache: &Path) -> Done {
    // What an attempt left that was cut off is worth nothing.
    if cache.exists() {
        std::fs::remove_dir_all(cache).map_err(in_file(cache))?;
    }
    let packages = cache.join("packages");
    std::fs::create_dir_all(&packages).map_err(in_file(&packages))?;
    download(&packages)?;
    unpack(&packages, &cache.join("root"))?;
    write_wrapper(cache)?;
    install_linker_and_libc(&cache.join("root/usr"))?;
    build_library(cache)?;
    std::fs::remove_dir_all(&packages).map_err(in_file(&packages))?;
    std::fs::write(cache.join("stamp"), RECIPE).map_err(in_file(cache))
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
    attempt().map(drop)
}

fn unpack(packages: &Path, root: &Path) -> Done {
    println!("  unpacking");
    for file in run::entries(packages)? {
        if file.extension().is_some_and(|extension| extension == "deb") {
            run::run_quietly(Command::new("dpkg").arg("-x").arg(file).arg(root))?;
        }
    }
    Ok(())
}

/// A script that starts the compiler with the cache's shared libraries.
fn write_wrapper(cache: &Path) -> Done {
    use std::os::unix::fs::PermissionsExt as _;
    let usr = cache.join("root/usr");
    let usr = usr.display();
    let text = format!(
        "#!/bin/sh\nexport LD_LIBRARY_PATH=\"{usr}/lib/x86_64-linux-gnu${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\n\
         exec \"{usr}/bin/rustc\" \"$@\"\n"
    );
    let path = cache.join("rustc");
    std::fs::write(&path, text)
        .and_then(|()| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)))
        .map_err(in_file(&path))
}

/// Puts `rust-lld` and the self-contained libc where the compiler's targets expect them.
fn install_linker_and_libc(usr: &Path) -> Done {
    let rustlib = usr.join("lib/rustlib");
    let programs = rustlib.join(HOST).join("bin");
    std::fs::create_dir_all(&programs).map_err(in_file(&programs))?;
    let linker = programs.join("rust-lld");
    std::os::unix::fs::symlink(usr.join("bin/wasm-ld-22"), &linker).map_err(in_file(&linker))?;
    let own = rustlib.join("wasm32-wasip1/lib/self-contained");
    std::fs::create_dir_all(&own).map_err(in_file(&own))?;
    copy_files(&usr.join("lib/wasm32-wasi"), &own, |_| true)
}

/// Builds the standard library for each target and puts it where the compiler looks for it.
fn build_library(cache: &Path) -> Done {
    println!("  building the standard library for {}", TARGETS.join(" and "));
    let project = cache.join("std");
    let source = project.join("src");
    std::fs::create_dir_all(&source).map_err(in_file(&source))?;
    let manifest = "[package]\nname = \"std-for-guests\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n";
    std::fs::write(project.join("Cargo.toml"), manifest).map_err(in_file(&project))?;
    std::fs::write(source.join("lib.rs"), "").map_err(in_file(&source))?;
    let mut command = run::cargo();
    command.args(["build", "--release", "-Zbuild-std=std,panic_abort"]).current_dir(&project);
    command.args(TARGETS.iter().flat_map(|target| ["--target", target]));
    command.env("RUSTC", cache.join("rustc")).env("RUSTC_BOOTSTRAP", "1");
    command.env("CARGO_TARGET_DIR", project.join("target"));
    for variable in ["RUSTFLAGS", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(variable);
    }
    run::run_quietly(&mut command)?;
    for target in TARGETS {
        let library = cache.join("root/usr/lib/rustlib").join(target).join("lib");
        std::fs::create_dir_all(&library).map_err(in_file(&library))?;
        let built = project.join("target").join(target).join("release/deps");
        copy_files(&built, &library, |name| name.ends_with(".rlib") && !name.starts_with("libstd_for_guests"))?;
    }
    std::fs::remove_dir_all(&project).map_err(in_file(&project))
}

fn copy_files(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) -> Done {
    for file in run::entries(from)? {
        let Some(name) = file.file_name().and_then(|name| name.to_str()) else { continue };
        if wanted(name) {
            std::fs::copy(&file, to.join(name)).map_err(in_file(&file))?;
        }
    }
    Ok(())
}
