//! Debian's registry as a process, on a port of this machine: what users run, with and without TLS and passwords.
//!
//! In: what it asks for. Out: its address.
//! Holds: it keeps what it is given in a scratch folder and ends with the test.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Trouble, scratch, tool};

/// A line of `htpasswd`: the user `me` with the password `s3cret`.
pub const ME: &str = "me:$2b$04$LGSbYf8B3lvDspxzVlVVu.5.JFnZdy3L2YeUALs6nDBXi86SNJxim";

/// How long it may take to listen.
const TIME: Duration = Duration::from_secs(30);

/// What a registry asks for.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Lines of `htpasswd`; without them it asks for no password.
    pub users: Option<String>,
    /// The files of its certificate and key, in PEM form; without them it speaks no TLS.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

/// A registry that runs until this is dropped.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    pub port: u16,
    /// Where it keeps what it is given.
    pub folder: PathBuf,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Daemon {
    /// Starts a registry whose files are in the scratch folder of this name.
    ///
    /// # Errors
    ///
    /// `MissingTool` where Debian's package is not there; `Failed` where it does not listen.
    pub fn start(name: &str, setup: &Setup) -> Result<Self, Trouble> {
        let program = program()?;
        let folder = scratch(name)?;
        // Another process may take the port before this one does.
        let mut last = String::new();
        for _ in 0..3 {
            let port = free_port()?;
            write_config(&folder, port, setup)?;
            let log = std::fs::File::create(folder.join("log"))?;
            let mut command = Command::new(&program);
            command.arg("serve").arg(folder.join("config.yml"));
            let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
            let mut daemon = Self { child, port, folder: folder.clone() };
            if daemon.listens() {
                return Ok(daemon);
            }
            last = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        }
        Err(Trouble::Failed(format!("{} does not listen: {last}", program.display())))
    }

    /// `localhost:PORT`.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    fn listens(&mut self) -> bool {
        let end = Instant::now() + TIME;
        while Instant::now() < end {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

fn program() -> Result<PathBuf, Trouble> {
    match std::env::var_os("WITHE_DOCKER_REGISTRY").map(PathBuf::from) {
        Some(program) if program.is_absolute() => Ok(program),
        Some(_) | None => tool::find("docker-registry").or_else(|_| in_cache()),
    }
}

/// What an earlier `cargo xtask test` unpacked.
fn in_cache() -> Result<PathBuf, Trouble> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    let program = cache.map(|cache| cache.join("withe/docker-registry/usr/bin/docker-registry"));
    program
        .filter(|program| program.is_file())
        .ok_or_else(|| Trouble::MissingTool("`docker-registry` is not here; `cargo xtask test` gets it".to_owned()))
}

fn free_port() -> Result<u16, Trouble> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn write_config(folder: &Path, port: u16, setup: &Setup) -> Result<(), Trouble> {
    let mut text = format!(
        "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: 127.0.0.1:{port}\n",
        folder.join("data").display()
    );
    if let Some((certificate, key)) = &setup.certificate {
        text.push_str(&format!("  tls:\n    certificate: {}\n    key: {}\n", certificate.display(), key.display()));
    }
    if let Some(users) = &setup.users {
        let file = folder.join("htpasswd");
        std::fs::write(&file, users)?;
        text.push_str(&format!("auth:\n  htpasswd:\n    realm: here\n    path: {}\n", file.display()));
    }
    Ok(std::fs::write(folder.join("config.yml"), text)?)
}
