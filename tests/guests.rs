//! Guests in Rust that use, or try to misuse, what a host gives: `tests/guests/NAME.rs`, with what each prints in
//! `NAME.txt`.
//!
//! `escapes` (WASI 0.2) and `preview1` try to get at what they were not granted; nothing outside may have changed, and
//! nobody else may have been asked. `parts` uses every interface, also on `wasmtime`, which must agree.
#![expect(clippy::disallowed_methods, reason = "tests write files and start programs")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use testing::cases::Suite;
use testing::guest::{Guest, Shape, Target};
use testing::{Outcome, Trouble, golden, root, scratch, tool};
use withe::io::{Env, Stdin};
use withe::{Exit, Io};

fn main() -> ExitCode {
    Suite::new()
        .test("escapes", escapes)
        .test("preview1", preview1)
        .test("parts", parts)
        .test("wasmtime", wasmtime)
        .run()
}

fn source(name: &str) -> PathBuf {
    root().join("tests/guests").join(name)
}

/// What a command said and how it ended.
struct Ran {
    status: i32,
    stdout: String,
    stderr: String,
}

/// Runs a command with some standard input and a variable that nobody grants.
fn run(words: &[&str], folder: &Path, stdin: &str) -> Ran {
    let mut io = Io::captured(folder);
    io.stdin = Stdin::Bytes(stdin.into());
    io.env = Env::Fixed([("SECRET".to_owned(), "1".to_owned())].into());
    let Exit(status) = withe::run(std::iter::once("withe").chain(words.iter().copied()), &mut io);
    Ran { status, stdout: io.stdout.text(), stderr: io.stderr.text() }
}

fn succeed(words: &[&str], folder: &Path) -> Outcome {
    let ran = run(words, folder, "");
    if ran.status == 0 { Ok(()) } else { Err(Trouble::Failed(format!("{words:?}: {}", ran.stderr))) }
}

/// Compiles a guest of the world `everything` with bindings that are made anew, and wraps it.
fn component(name: &str, folder: &Path) -> Result<PathBuf, Trouble> {
    let made = folder.join("source");
    std::fs::create_dir_all(&made)?;
    std::fs::copy(source(&format!("{name}.rs")), made.join("lib.rs"))?;
    succeed(&["bindgen", "rust", &source("wit").to_string_lossy(), "-o", "."], &made)?;
    let core = Guest::new(&made.join("lib.rs"), Target::Unknown, Shape::Library).compile(&format!("guests-{name}"))?;
    let out = folder.join(format!("{name}.wasm"));
    succeed(&["wrap", &core.to_string_lossy(), "-o", &out.to_string_lossy()], folder)?;
    Ok(out)
}

/// A server on the loopback, and how many connections it has seen.
struct Server {
    port: u16,
    seen: Arc<AtomicUsize>,
}

fn serve(answer: impl Fn(TcpStream) + Send + 'static) -> Result<Server, Trouble> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let seen = Arc::new(AtomicUsize::new(0));
    let count = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            answer(stream);
        }
    });
    Ok(Server { port, seen })
}

/// `outside`, `ro` with links that lead there, and `rw`.
fn folders(folder: &Path) -> Outcome {
    use std::os::unix::fs::symlink;

    for name in ["outside/empty", "ro/sub", "rw/sub"] {
        std::fs::create_dir_all(folder.join(name))?;
    }
    for (name, text) in [("outside/secret.txt", "a secret"), ("ro/note.txt", "a note"), ("rw/mine.txt", "mine")] {
        std::fs::write(folder.join(name), text)?;
    }
    symlink("secret.txt", folder.join("outside/link"))?;
    symlink("../outside/secret.txt", folder.join("ro/link"))?;
    symlink(folder.join("outside/secret.txt"), folder.join("ro/absolute-link"))?;
    symlink("../outside", folder.join("ro/folder-link"))?;
    Ok(())
}

/// Everything in a folder: names, kinds, contents, times and numbers of links.
fn contents(folder: &Path) -> Result<Vec<String>, Trouble> {
    use std::os::unix::fs::MetadataExt as _;

    let mut all = Vec::new();
    for path in testing::cases::entries(folder) {
        let meta = std::fs::symlink_metadata(&path)?;
        let is =
            |text: String| format!("{} {text} {}.{} {}", path.display(), meta.mtime(), meta.mtime_nsec(), meta.nlink());
        if meta.is_symlink() {
            all.push(is(std::fs::read_link(&path)?.display().to_string()));
        } else if meta.is_dir() {
            all.push(is("folder".to_owned()));
            all.extend(contents(&path)?);
        } else {
            all.push(is(String::from_utf8_lossy(&std::fs::read(&path)?).into_owned()));
        }
    }
    Ok(all)
}

/// A fresh folder with `outside`, `ro` and `rw` in it, and what is in the first two.
fn prepared(name: &str) -> Result<(PathBuf, Vec<String>), Trouble> {
    let folder = scratch(name)?;
    folders(&folder)?;
    let before = untouchable(&folder)?;
    Ok((folder, before))
}

fn untouchable(folder: &Path) -> Result<Vec<String>, Trouble> {
    Ok([contents(&folder.join("outside"))?, contents(&folder.join("ro"))?].concat())
}

fn ensure(holds: bool, what: impl Into<String>) -> Outcome {
    if holds { Ok(()) } else { Err(Trouble::Failed(what.into())) }
}

/// Nothing outside has changed, and the guest's own folder has what it was given back.
fn unchanged(folder: &Path, before: &[String]) -> Outcome {
    let after = untouchable(folder)?;
    ensure(after == before, format!("before: {before:#?}\nafter: {after:#?}"))?;
    ensure(std::fs::read_to_string(folder.join("rw/mine.txt"))? == "mine", "the guest's own file is whole")
}

fn escapes() -> Outcome {
    let (folder, before) = prepared("guests-escapes")?;
    let component = component("escapes", &folder)?;
    let other = serve(drop)?;
    let there = other.port;
    let granted = serve(move |mut stream| {
        let mut request = [0; 1024];
        let read = stream.read(&mut request).unwrap_or(0);
        let moved = format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{there}/\r\nconnection: close\r\n\r\n");
        let plain = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_owned();
        let answer = if request[..read].starts_with(b"GET /redirect") { moved } else { plain };
        // A guest that only connects has gone away.
        let _ = stream.write_all(answer.as_bytes());
    })?;
    let address = format!("127.0.0.1:{}", granted.port);
    let outside = folder.join("outside/secret.txt");
    let (granted_port, other_port) = (granted.port.to_string(), other.port.to_string());
    let words = [
        "run",
        &component.to_string_lossy(),
        "--dir",
        "ro::/ro",
        "--dir",
        "rw::/rw:rw",
        "--no-stdin",
        "--connect",
        &address,
        "--http-allow",
        &address,
        "--",
        &outside.to_string_lossy(),
        &granted_port,
        &other_port,
    ];
    let ran = run(&words, &folder, "from standard input");
    ensure(ran.status == 0, ran.stderr.clone())?;
    unchanged(&folder, &before)?;
    // To connect, to send a request, and to be redirected.
    let seen = (granted.seen.load(Ordering::SeqCst), other.seen.load(Ordering::SeqCst));
    ensure(seen == (3, 0), format!("(granted, other) saw {seen:?} connections"))?;
    for flag in [format!("`--connect 127.0.0.1:{}`", other.port), "`--dir ro::/ro:rw`".to_owned()] {
        ensure(ran.stderr.matches(&flag).count() == 1, format!("{flag} is said once: {}", ran.stderr))?;
    }
    golden::compare(&source("escapes.txt"), &ran.stdout)
}

fn preview1() -> Outcome {
    let (folder, before) = prepared("guests-preview1")?;
    let module = Guest::new(&source("preview1.rs"), Target::Wasip1, Shape::Program).compile("guests-preview1")?;
    let outside = folder.join("outside/secret.txt");
    let words = [
        "run",
        &module.to_string_lossy(),
        "--dir",
        "ro::/ro",
        "--dir",
        "rw::/rw:rw",
        "--no-stdin",
        "--",
        &outside.to_string_lossy(),
    ];
    let ran = run(&words, &folder, "from standard input");
    ensure(ran.status == 0, ran.stderr)?;
    unchanged(&folder, &before)?;
    golden::compare(&source("preview1.txt"), &ran.stdout)
}

/// A listener that gives back what it was sent.
fn echo() -> Result<Server, Trouble> {
    serve(|mut stream| {
        let mut sent = Vec::new();
        // A guest that has gone away gets nothing.
        let _ = stream.read_to_end(&mut sent).and_then(|_| stream.write_all(&sent));
    })
}

fn parts() -> Outcome {
    let folder = scratch("guests-parts")?;
    let component = component("parts", &folder)?;
    std::fs::create_dir_all(folder.join("data"))?;
    let port = echo()?.port.to_string();
    let address = format!("127.0.0.1:{port}");
    let component = component.to_string_lossy();
    let words = ["run", &component, "--dir", "data::/rw:rw", "--connect", &address, "--", &port];
    let ran = run(&words, &folder, "from standard input");
    ensure(ran.status == 1 && ran.stderr == "an error\n", format!("{}: {}", ran.status, ran.stderr))?;
    golden::compare(&source("parts.txt"), &ran.stdout)
}

/// The same component gives the same on another host.
fn wasmtime() -> Outcome {
    // The other runtime is no tool of this project's: where it is not installed, there is nothing to compare with.
    let mut command = tool::command("wasmtime").map_err(|missing| Trouble::NotRun(missing.to_string()))?;
    let folder = scratch("guests-wasmtime")?;
    let component = component("parts", &folder)?;
    std::fs::create_dir_all(folder.join("data"))?;
    let port = echo()?.port.to_string();
    command.args(["run", "-S", "inherit-network,tcp", "--dir", "data::/rw"]).arg(component).arg(port);
    command.current_dir(&folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    child.stdin.take().ok_or("its input is piped")?.write_all(b"from standard input")?;
    let output = child.wait_with_output()?;
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure(output.status.code() == Some(1) && stderr == "an error\n", format!("{}: {stderr}", output.status))?;
    ensure(stdout == testing::read_text(&source("parts.txt"))?, format!("wasmtime prints:\n{stdout}"))
}
