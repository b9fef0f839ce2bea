//! All input and output of the commands.
//!
//! In: paths as users write them. Out: bytes with the names they are shown under; written files; what was said.
//! Holds: an output file is written whole or not at all; standard output has one owner.
//!
//! `read` and `wit_files` have inputs, `folder` what can be checked of one, `write` has outputs, `report` what is said.

mod bounded;
mod content;
mod folder;
mod ignores;
mod outline;
mod read;
mod registries;
mod report;
mod wit_files;
mod write;

use std::collections::HashMap;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::cli::{Color, Format};
pub(crate) use content::parse_wat;
pub use folder::Part;
pub(crate) use read::shown;
pub use read::{Checkable, Composable, Input, Wasm, checkable};

/// Where a command reads and writes, and how it speaks.
#[derive(Debug)]
pub struct Io {
    /// Relative paths start here.
    pub cwd: PathBuf,
    pub stdin: Stdin,
    pub stdout: Stream,
    pub stderr: Stream,
    pub env: Env,
    /// Which streams are terminals, and how wide.
    pub terminals: Terminals,
    pub format: Format,
    pub color: Color,
    pub quiet: bool,
    pub verbose: u8,
    /// The verb, for the report.
    pub command: String,
    report: report::Report,
}

/// Where standard input comes from.
#[derive(Clone, Debug)]
pub enum Stdin {
    /// The process's own.
    Process,
    Bytes(Vec<u8>),
}

/// Where a standard stream goes.
#[derive(Clone, Debug)]
pub enum Stream {
    ProcessOut,
    ProcessErr,
    /// Kept in memory; clones share it.
    Captured(Arc<Mutex<Vec<u8>>>),
}

/// Which streams are terminals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminals {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
    /// Columns of the terminal that findings are drawn on; 80 where there is none.
    pub width: Option<usize>,
}

/// The environment variables.
#[derive(Clone, Debug)]
pub enum Env {
    Process,
    Fixed(HashMap<String, String>),
}

impl Env {
    /// The variable's value, if it is set and is text.
    pub fn var(&self, name: &str) -> Option<String> {
        match self {
            Self::Process => std::env::var(name).ok(),
            Self::Fixed(variables) => variables.get(name).cloned(),
        }
    }
}

impl Stream {
    /// A stream that is kept in memory.
    pub fn captured() -> Self {
        Self::Captured(Arc::default())
    }

    /// What went to a captured stream; nothing for others.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::ProcessOut | Self::ProcessErr => Vec::new(),
            Self::Captured(bytes) => bytes.lock().map(|bytes| bytes.clone()).unwrap_or_default(),
        }
    }

    /// What went to a captured stream, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// Writes and flushes.
    pub fn write(&self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::ProcessOut => {
                let mut out = std::io::stdout().lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
            Self::ProcessErr => std::io::stderr().lock().write_all(bytes),
            Self::Captured(kept) => {
                if let Ok(mut kept) = kept.lock() {
                    kept.extend_from_slice(bytes);
                }
                Ok(())
            }
        }
    }
}

impl Io {
    /// The process's own streams, folder and environment.
    pub fn of_process() -> Self {
        let terminals = Terminals {
            stdin: std::io::stdin().is_terminal(),
            stdout: std::io::stdout().is_terminal(),
            stderr: std::io::stderr().is_terminal(),
            width: std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()),
        };
        Self::new(PathBuf::new(), Stdin::Process, Stream::ProcessOut, Stream::ProcessErr, Env::Process, terminals)
    }

    /// Streams in memory, no terminal, an empty environment: for tests.
    pub fn captured(cwd: impl Into<PathBuf>) -> Self {
        let env = Env::Fixed(HashMap::new());
        let stdin = Stdin::Bytes(Vec::new());
        Self::new(cwd.into(), stdin, Stream::captured(), Stream::captured(), env, Terminals::default())
    }

    fn new(cwd: PathBuf, stdin: Stdin, stdout: Stream, stderr: Stream, env: Env, terminals: Terminals) -> Self {
        Self {
            cwd,
            stdin,
            stdout,
            stderr,
            env,
            terminals,
            format: Format::Human,
            color: Color::Auto,
            quiet: false,
            verbose: 0,
            command: String::new(),
            report: report::Report::default(),
        }
    }

    /// The streams, folder and environment of this one, for a command that runs another (`demo`).
    /// What the other reports is its own.
    pub fn nested(&self, cwd: impl Into<PathBuf>) -> Self {
        let (stdin, stdout, stderr) = (self.stdin.clone(), self.stdout.clone(), self.stderr.clone());
        Self::new(cwd.into(), stdin, stdout, stderr, self.env.clone(), self.terminals)
    }

    /// Frees what a command needs no more. Where the process ends after the command, the system does that at once,
    /// while piece by piece it takes a part of a short command's time that can be felt.
    pub fn done_with<T>(&self, value: T) {
        if self.is_process() {
            std::mem::forget(value);
        }
    }

    /// Whether these are the process's own streams, so that its signals are ours to answer.
    pub fn is_process(&self) -> bool {
        matches!(self.stdin, Stdin::Process)
    }

    /// The path on this machine that a path of the user means.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.cwd.join(path)
    }

    /// The folder that relative paths start in, whole and without links.
    pub fn current_folder(&self) -> PathBuf {
        // The process's own folder is an empty path, which is no place by itself.
        let here = self.cwd.join(".");
        let cwd = std::path::absolute(&here).unwrap_or(here);
        std::fs::canonicalize(&cwd).unwrap_or(cwd)
    }

    fn read_stdin(&mut self) -> std::io::Result<Vec<u8>> {
        match &mut self.stdin {
            Stdin::Process => {
                let mut bytes = Vec::new();
                std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
            }
            Stdin::Bytes(bytes) => Ok(std::mem::take(bytes)),
        }
    }
}
