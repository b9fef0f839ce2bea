//! The compiler for guests: Rust to wasm.
//!
//! In: `GUEST_RUST`. Out: a compiler that has the standard library for both wasm targets, and the environment that
//! tells tests of it.
//! Holds: set up once, in a cache outside the tree; what is done is said.

mod debian;

use std::path::PathBuf;
use std::process::Command;

use crate::run::{self, Done};

/// What guests are compiled to.
pub const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "wasm32-wasip1"];

/// A compiler for guests.
#[derive(Debug)]
pub struct Guest {
    pub rustc: PathBuf,
    /// The linker to name, where the compiler does not bring its own.
    pub linker: Option<PathBuf>,
    /// The folder of libc and its start files, where the compiler does not bring its own.
    pub wasi_libc: Option<PathBuf>,
}

impl Guest {
    /// Variables that `withe-testing` reads.
    pub fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let mut variables = vec![("WITHE_GUEST_RUSTC", self.rustc.clone())];
        variables.extend(self.linker.clone().map(|linker| ("WITHE_GUEST_LINKER", linker)));
        variables.extend(self.wasi_libc.clone().map(|folder| ("WITHE_GUEST_WASI_LIBC", folder)));
        variables
    }

    pub fn version(&self) -> String {
        run::version(&self.rustc, "--version").unwrap_or_else(|| "a compiler that does not start".to_owned())
    }
}

/// Finds or makes the compiler that `GUEST_RUST` asks for.
///
/// `auto` (the default) takes what is installed, else asks rustup, else Debian's packages, else goes without,
/// which is an error under `REQUIRE_TOOLS=1`.
pub fn set_up() -> Done<Option<Guest>> {
    let wanted = std::env::var("GUEST_RUST").unwrap_or_else(|_| "auto".to_owned());
    let found = match wanted.as_str() {
        "installed" => installed(),
        "rustup" => rustup(),
        "debian" => debian::set_up(),
        "auto" => installed().or_else(|_| rustup()).or_else(|_| debian::set_up()),
        other => return Err(format!("GUEST_RUST={other}: expected auto, installed, rustup or debian")),
    };
    match found {
        Ok(guest) => {
            println!("guests are compiled by {} ({})", guest.version(), guest.rustc.display());
            Ok(Some(guest))
        }
        Err(why) if std::env::var("REQUIRE_TOOLS").is_ok_and(|value| value == "1") => Err(why),
        Err(why) => {
            println!("no compiler for guests: {why}");
            Ok(None)
        }
    }
}

/// The compiler on the path, if it has both targets.
fn installed() -> Done<Guest> {
    for target in TARGETS {
        let folder = run::run_quietly(Command::new("rustc").args(["--print", "target-libdir", "--target", target]))?;
        let has_core = std::fs::read_dir(folder.trim()).is_ok_and(|files| files.count() > 0);
        if !has_core {
            return Err(format!("the installed compiler has no standard library for {target}"));
        }
    }
    Ok(Guest { rustc: PathBuf::from("rustc"), linker: None, wasi_libc: None })
}

fn rustup() -> Done<Guest> {
    println!("asking rustup for {}", TARGETS.join(" and "));
    run::run_quietly(Command::new("rustup").args(["target", "add"]).args(TARGETS).current_dir(run::root()))?;
    installed()
}
