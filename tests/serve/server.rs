//! `withe serve` as a process, and the components that it serves.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use testing::guest::{Guest, Shape, Target};
use testing::{Trouble, fixtures, scratch};
use withe::{Exit, Io};

/// The handler of WASI 0.2 that does what the path says, compiled once.
pub fn many() -> Result<PathBuf, Trouble> {
    static MADE: OnceLock<Result<PathBuf, Trouble>> = OnceLock::new();
    let make = || {
        let folder = scratch("serve-many")?;
        let source = folder.join("lib.rs");
        std::fs::copy(fixtures("http").join("many.rs"), &source)?;
        let wit = fixtures("http").join("wit").to_string_lossy().into_owned();
        withe(&folder, &["bindgen", "rust", &wit, "-w", "many", "-o", "."])?;
        let core = Guest::new(&source, Target::Unknown, Shape::Library).compile("serve-many")?;
        withe(&folder, &["wrap", &core.to_string_lossy(), "-o", "many.wasm"])?;
        Ok(folder.join("many.wasm"))
    };
    MADE.get_or_init(make).clone()
}

/// A handler of WASI 0.3, compiled once.
pub fn three() -> Result<PathBuf, Trouble> {
    static MADE: OnceLock<Result<PathBuf, Trouble>> = OnceLock::new();
    let make = || {
        let folder = scratch("serve-three")?;
        let case = fixtures("apps").join("middleware3");
        let core = Guest::new(&case.join("handler.rs"), Target::Unknown, Shape::Library).compile("serve-three")?;
        let wit = case.join("wit").to_string_lossy().into_owned();
        let out = ["-w", "handler", "-o", "three.wasm"];
        withe(&folder, &[&["wrap", &core.to_string_lossy(), "--wit", &wit], &out[..]].concat())?;
        Ok(folder.join("three.wasm"))
    };
    MADE.get_or_init(make).clone()
}

/// Runs a command in this process, in `folder`; gives what it printed, or fails with what it said.
pub fn withe(folder: &Path, words: &[&str]) -> Result<String, Trouble> {
    let mut io = Io::captured(folder);
    match withe::run(std::iter::once("withe").chain(words.iter().copied()), &mut io) {
        Exit(0) => Ok(io.stdout.text()),
        Exit(status) => Err(format!("{words:?} ends with {status}: {}", io.stderr.text()).into()),
    }
}

/// A server that runs until it is dropped.
pub struct Server {
    pub child: Child,
    pub address: SocketAddr,
    said: Receiver<String>,
}

impl Server {
    pub fn start(component: &Path, flags: &[&str]) -> Result<Self, Trouble> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_withe"));
        command.arg("serve").arg(component).args(["--addr", "127.0.0.1:0"]).args(flags);
        command.env("SECRET", "1").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let stderr = child.stderr.take().ok_or("it has standard error")?;
        let (say, said) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // The test may have ended.
                let _ = say.send(line);
            }
        });
        let line = said.recv().map_err(|_| "the server says nothing")?;
        let address = line.strip_prefix("listening on http://").and_then(|address| address.parse().ok());
        let address = address.ok_or_else(|| format!("the server says `{line}`"))?;
        Ok(Self { child, address, said })
    }

    /// What it has said on standard error since the last time.
    pub fn said(&self) -> String {
        let mut said = String::new();
        while let Ok(line) = self.said.recv_timeout(Duration::from_millis(300)) {
            said += &line;
            said.push('\n');
        }
        said
    }

    /// Sends a signal, and waits for the end.
    pub fn signal(&mut self, name: &str) -> Result<(ExitStatus, Duration), Trouble> {
        let start = Instant::now();
        Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status()?;
        let status = self.child.wait()?;
        Ok((status, start.elapsed()))
    }

    /// Resident memory, in KiB; `None` where the system does not tell.
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
