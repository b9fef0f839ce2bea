//! What is known of one tool: found on `PATH`, asked for its version, left behind if it does not answer.
//!
//! In: a tool, the search path. Out: `State`.
//! Holds: a tool has `LIMIT` to answer, and of what it says only the beginning is read; it gets no input.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::tools::Ask;
use crate::io::Env;

/// How long a tool may take.
pub(super) const LIMIT: Duration = Duration::from_secs(2);

/// How much of an answer is read, in bytes.
const MOST_READ: u64 = 64 * 1024;

/// Where tools are looked for.
pub(super) struct Machine {
    folders: Vec<PathBuf>,
    path: std::ffi::OsString,
    /// The compiler that cargo takes instead of the `rustc` of the search path.
    rustc: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Its version, or where it is.
    Here(String),
    /// Its version.
    Old(String),
    /// It did not answer in time.
    Silent,
    /// It failed; the first line of what it said.
    Broken(String),
    Missing,
    /// It is missing, and here is what is taken for it.
    Unfit(&'static str),
}

impl Machine {
    pub fn new(env: &Env) -> Self {
        let path = match env {
            Env::Process => std::env::var_os("PATH").unwrap_or_default(),
            Env::Fixed(variables) => variables.get("PATH").map(Into::into).unwrap_or_default(),
        };
        // An empty entry is the current folder, and nothing is started from there.
        let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
        Self { folders, path, rustc: env.var("RUSTC") }
    }

    /// What `RUSTC` says, if it does.
    pub fn named_rustc(&self) -> Option<&str> {
        self.rustc.as_deref()
    }

    /// Where the program is.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        let name = self.rustc.as_deref().filter(|_| name == "rustc").unwrap_or(name);
        if Path::new(name).components().count() > 1 {
            return Some(PathBuf::from(name)).filter(|path| is_program(path));
        }
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        self.folders.iter().map(|folder| folder.join(&file)).find(|path| is_program(path))
    }
}

#[cfg(unix)]
pub(super) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
pub(super) fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// What is known of a tool.
pub(super) fn state(machine: &Machine, name: &str, ask: &Ask, oldest: Option<(u64, u64)>) -> State {
    match ask {
        Ask::Version(args) => match answer(machine, name, args) {
            Ok(line) => judged(line, oldest),
            Err(State::Missing) => match machine.named_rustc().filter(|_| name == "rustc") {
                Some(named) => State::Broken(format!("`RUSTC` names `{named}`, which is no program")),
                None => unfit(machine, name),
            },
            Err(state) => state,
        },
        Ask::Exists(names) => {
            let found = names.iter().find_map(|name| machine.find(name));
            found.map_or(State::Missing, |path| State::Here(path.display().to_string()))
        }
        Ask::RustTarget => rust_target(machine, name),
    }
}

/// TinyGo compiles Go, and its runtime is not the one that bindings rely on.
fn unfit(machine: &Machine, name: &str) -> State {
    if name == "go" && machine.find("tinygo").is_some() { State::Unfit("tinygo") } else { State::Missing }
}

/// A version is old only if it can be read and is lower.
fn judged(line: String, oldest: Option<(u64, u64)>) -> State {
    match (version(&line), oldest) {
        (Some(found), Some(oldest)) if found < oldest => State::Old(line),
        _ => State::Here(line),
    }
}

/// The first `MAJOR.MINOR` in a line: `go version go1.24.3 linux/amd64`, `v20.1.0`, `rustc 1.95.0 (..)`.
fn version(line: &str) -> Option<(u64, u64)> {
    line.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(|word| {
        let mut numbers = word.split('.').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    })
}

/// Whether the compiler has the target's library.
fn rust_target(machine: &Machine, target: &str) -> State {
    let folder = match answer(machine, "rustc", &["--print", "target-libdir", "--target", target]) {
        Ok(folder) => folder,
        // Of a compiler that does not know the target, it is the target that is missing.
        Err(State::Broken(_)) => return State::Missing,
        Err(other) => return other,
    };
    let is_library = |entry: std::fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    };
    let has_library = std::fs::read_dir(&folder).is_ok_and(|entries| entries.flatten().any(is_library));
    if has_library { State::Here("installed".to_owned()) } else { State::Missing }
}

/// The first line that a program prints.
fn answer(machine: &Machine, name: &str, args: &[&str]) -> Result<String, State> {
    let program = machine.find(name).ok_or(State::Missing)?;
    let mut command = Command::new(program);
    command.args(args).env("PATH", &machine.path);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| State::Broken(error.to_string()))?;
    let end = Instant::now() + LIMIT;
    let (out, err) = (beginning(child.stdout.take()), beginning(child.stderr.take()));
    let left = |end: Instant| end.saturating_duration_since(Instant::now());
    let (Ok(out), Ok(err)) = (out.recv_timeout(left(end)), err.recv_timeout(left(end))) else {
        stop(&mut child);
        return Err(State::Silent);
    };
    while Instant::now() < end {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(first_line(&out)),
            Ok(Some(status)) => {
                let said = first_line(&err);
                return Err(State::Broken(if said.is_empty() { status.to_string() } else { said }));
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(2)),
            Err(error) => return Err(State::Broken(error.to_string())),
        }
    }
    stop(&mut child);
    Err(State::Silent)
}

/// The beginning of a stream, when it ends or there is enough. What keeps it open longer is left behind.
fn beginning(stream: Option<impl std::io::Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut read = Vec::new();
        if let Some(stream) = stream {
            // What was read before an error is as good as nothing else.
            let _ = stream.take(MOST_READ).read_to_end(&mut read);
        }
        // Nobody listens any more if it took too long.
        let _ = send.send(read);
    });
    receive
}

fn stop(child: &mut Child) {
    // It may have ended by itself meanwhile.
    let _ = child.kill();
    let _ = child.wait();
}

/// The first line with something on it, without what is no text.
fn first_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    line.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_say() {
        let lines = [
            ("rustc 1.95.0 (59807616e 2026-04-14)", Some((1, 95))),
            ("go version go1.24.3 linux/amd64", Some((1, 24))),
            ("go version go1.25rc1 linux/amd64", Some((1, 25))),
            ("v20.20.2", Some((20, 20))),
            ("Debian clang version 19.1.7 (3)", Some((19, 1))),
            ("Version 5.4.2", Some((5, 4))),
            ("11", None),
            ("no number...", None),
            ("99999999999999999999.1", None),
        ];
        for (line, expected) in lines {
            assert_eq!(version(line), expected, "{line}");
        }
    }

    #[test]
    fn a_lower_version_is_old_and_an_unknown_one_is_not() {
        assert_eq!(
            judged("go version go1.23.9".to_owned(), Some((1, 24))),
            State::Old("go version go1.23.9".to_owned())
        );
        assert_eq!(judged("go version go1.24".to_owned(), Some((1, 24))), State::Here("go version go1.24".to_owned()));
        assert_eq!(judged("devel".to_owned(), Some((1, 24))), State::Here("devel".to_owned()));
    }
}
