//! Programs that tasks run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a task returns: nothing, or why it failed.
pub type Done<T = ()> = Result<T, String>;

/// The root of the checkout.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Runs a command; its output goes where ours does.
pub fn run(command: &mut Command) -> Done {
    let status = command.status().map_err(|error| format!("{}: {error}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", shown(command))) }
}

/// Runs a command quietly; what it said is part of the error.
pub fn run_quietly(command: &mut Command) -> Done<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{}: {error}", shown(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{} ended with {}:\n{said}", shown(command), output.status))
}

/// The first line that `program --version` prints, if the program is here.
pub fn version(program: impl AsRef<OsStr>, flag: &str) -> Option<String> {
    let said = run_quietly(Command::new(program).arg(flag)).ok()?;
    Some(said.lines().next().unwrap_or("").trim().to_owned())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
