//! Programs that tasks run, and the files they look at.
//!
//! In: commands and paths. Out: what came of them, or why not, with the command or the path named.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a task returns: nothing, or why it failed.
pub type Done<T = ()> = Result<T, String>;

/// The root of the checkout that cargo runs this of; what was built in another one may be taken.
pub fn root() -> PathBuf {
    let built = || PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(built, PathBuf::from);
    here.ancestors().nth(2).unwrap_or(&here).to_owned()
}

/// The folder that cargo builds into.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Whether a missing tool is a failure.
pub fn tools_required() -> bool {
    std::env::var("REQUIRE_TOOLS").is_ok_and(|value| value == "1")
}

/// The cargo that started this task.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
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

/// Names the path in an input or output error.
pub fn in_file(path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = path.to_owned();
    move |error| format!("{}: {error}", path.display())
}

/// A file's text.
pub fn read_text(path: &Path) -> Done<String> {
    std::fs::read_to_string(path).map_err(in_file(path))
}

/// Everything in a folder, by name.
pub fn entries(folder: &Path) -> Done<Vec<PathBuf>> {
    let listed = std::fs::read_dir(folder).map_err(in_file(folder))?;
    let mut found = listed.map(|entry| Ok(entry.map_err(in_file(folder))?.path())).collect::<Done<Vec<_>>>()?;
    found.sort();
    Ok(found)
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
