//! What tests need that is not Rust for this machine: the compiler for guests, Rust to wasm, a browser,
//! Node and npm packages, Python packages, a compiler for Python, an older Go.
//!
//! In: `GUEST_RUST`. Out: a compiler that has the standard library and a linker for both wasm targets; a browser.
//! Holds: set up once, in a cache outside the tree; what is done is said.

pub mod all;
pub mod browser;
pub mod componentize;
mod debian;
pub mod go;
pub mod npm;
pub mod python;
pub mod readers;
pub mod registry;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Done};

/// What guests are compiled to.
pub const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "wasm32-wasip1"];

/// A compiler for guests.
#[derive(Debug)]
pub struct Guest {
    pub rustc: PathBuf,
}

impl Guest {
    pub fn version(&self) -> String {
        run::version(&self.rustc, "--version").unwrap_or_else(|| "a compiler that does not start".to_owned())
    }
}

/// Finds or makes the compiler that `GUEST_RUST` asks for.
///
/// `auto` (the default) takes what is installed, else asks rustup, else takes Debian's packages, else goes without,
/// which is an error under `REQUIRE_TOOLS=1`.
pub fn set_up() -> Done<Option<Guest>> {
    let wanted = std::env::var("GUEST_RUST").unwrap_or_else(|_| "auto".to_owned());
    let found = match wanted.as_str() {
        "installed" => installed(),
        "rustup" => rustup(),
        "debian" => debian::set_up(),
        "auto" => auto(),
        other => return Err(format!("GUEST_RUST={other}: expected auto, installed, rustup or debian")),
    };
    match found {
        Ok(guest) => {
            println!("guests are compiled by {} ({})", guest.version(), guest.rustc.display());
            Ok(Some(guest))
        }
        Err(why) if run::tools_required() => Err(why),
        Err(why) => {
            println!("no compiler for guests: {why}");
            Ok(None)
        }
    }
}

fn auto() -> Done<Guest> {
    let first = match installed() {
        Ok(guest) => return Ok(guest),
        Err(why) => why,
    };
    // What an earlier run unpacked is nearer than another attempt over the network.
    if let Some(guest) = debian::ready() {
        return Ok(guest);
    }
    let second = match rustup() {
        Ok(guest) => return Ok(guest),
        Err(why) => why,
    };
    println!("rustup did not help; Debian's packages are next");
    debian::set_up().map_err(|third| format!("{first}\n{second}\n{third}"))
}

/// The compiler on the path, if it has both targets.
fn installed() -> Done<Guest> {
    for target in TARGETS {
        if !has_target(Path::new("rustc"), target) {
            return Err(format!("the installed compiler has no standard library for {target}"));
        }
    }
    Ok(Guest { rustc: PathBuf::from("rustc") })
}

fn has_target(rustc: &Path, target: &str) -> bool {
    let folder = run::run_quietly(Command::new(rustc).args(["--print", "target-libdir", "--target", target]));
    folder.is_ok_and(|folder| std::fs::read_dir(folder.trim()).is_ok_and(|mut files| files.next().is_some()))
}

/// Where tools are kept, outside the tree.
pub fn cache_folder() -> Done<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base = named.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    let base = base.ok_or("neither XDG_CACHE_HOME nor HOME is set, so there is no cache folder")?;
    Ok(base.join("withe"))
}

fn rustup() -> Done<Guest> {
    println!("asking rustup for {}", TARGETS.join(" and "));
    run::run_quietly(Command::new("rustup").args(["target", "add"]).args(TARGETS).current_dir(run::root()))?;
    installed()
}
