//! What happens to processes from outside: signals that end a run in order, and `kill -9` at any moment.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests start processes, and unwrap")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A run of a fixture that has written its first line.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

fn withe() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_withe"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/run"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
    assert!(sent.success());
}

fn start(words: &[&str]) -> Running {
    let mut child = withe().args(words).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"before\n").unwrap();
    // Held open: a program that reads on is blocked.
    child.stdin = Some(stdin);
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "before\n", "{words:?}");
    Running { child, stdout }
}

impl Running {
    /// The status, and what came after the first line on standard output and error.
    fn end(mut self) -> (Option<i32>, String, String) {
        let (mut out, mut err) = (String::new(), String::new());
        self.stdout.read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.child.wait().unwrap().code(), out, err)
    }
}

#[test]
fn a_signal_ends_a_run_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("sleep.wat", "INT", 130),
        ("sleep.wat", "TERM", 143),
        // Blocked on standard input.
        ("cat.wat", "INT", 130),
        // Computing, without ever calling the host.
        ("spin.wat", "INT", 130),
        ("spin.wat", "TERM", 143),
    ];
    for (number, (program, signal, status)) in cases.into_iter().enumerate() {
        let report = folder.path().join(format!("{number}.json"));
        let running = start(&["run", program, "--report", report.to_str().unwrap()]);
        send(signal, &running.child);
        let said = format!("error[run/interrupted]: the run was interrupted by SIG{signal}");
        let (code, out, err) = running.end();
        assert_eq!((code, out.as_str(), err.trim_end()), (Some(status), "", said.as_str()), "{program}");
        let report = std::fs::read_to_string(report).unwrap();
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["status"], status);
        assert_eq!(report["diagnostics"][0]["code"], "run/interrupted");
    }
}

#[test]
fn an_interrupted_run_tells_what_it_used() {
    let running = start(&["run", "sleep.wat", "--usage", "--timeout", "1h"]);
    send("INT", &running.child);
    let (code, _, err) = running.end();
    assert!(code == Some(130) && err.contains("\nused: fuel "), "{err}");
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody reads it: the report is never written to its end.
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut running = start(&["run", "sleep.wat", "--report", pipe.to_str().unwrap()]);
    send("INT", &running.child);
    let mut said = String::new();
    BufReader::new(running.child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("run/interrupted"), "{said}");
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(running.child.try_wait().unwrap(), None, "it waits for a reader");
    send("INT", &running.child);
    let start = Instant::now();
    assert_eq!(running.child.wait().unwrap().code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// A command that writes, and what it writes: a file, or a folder of files.
struct Writing {
    words: &'static [&'static str],
    out: &'static str,
}

const WRITINGS: &[Writing] = &[
    Writing { words: &["wrap", "big.wat", "-o", "out.wasm"], out: "out.wasm" },
    Writing { words: &["strip", "big.wasm", "--all", "-o", "out.wasm"], out: "out.wasm" },
    Writing { words: &["print", "big.wasm", "-o", "out.wat"], out: "out.wat" },
    Writing { words: &["plug", "socket.wat", "plug.wat", "-o", "out.wasm"], out: "out.wasm" },
    Writing {
        words: &["compose", "socket.wat", "plug.wat", "--emit-wac", "out.wac", "-o", "out.wasm"],
        out: "out.wasm",
    },
    Writing { words: &["bindgen", "rust", "wasi:http/proxy@0.2.12", "-o", "out"], out: "out" },
    Writing { words: &["run", "preview1.wat", "--report", "out.json"], out: "out.json" },
];

impl Writing {
    fn is_folder(&self) -> bool {
        self.out == "out"
    }
}

/// Every file below a path, by its name, without the temporary ones of a process that had no time to remove them.
fn files(path: &Path) -> Vec<(String, Vec<u8>)> {
    if path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        return entries.iter().flat_map(|entry| files(entry)).collect();
    }
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let left = name.starts_with(".withe-") && name.ends_with(".tmp");
    if left || !path.exists() { Vec::new() } else { vec![(name, std::fs::read(path).unwrap())] }
}

/// Starts the command, and kills it after a time.
fn kill_after(writing: &Writing, folder: &Path, time: Duration) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_withe"));
    command.args(writing.words).current_dir(folder);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(time);
    // SIGKILL; if the command has ended meanwhile, there is nobody to kill.
    let _ = child.kill();
    child.wait().unwrap();
}

/// A folder with a component of some megabytes, and small programs.
fn inputs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = "many bytes ".repeat(400_000);
    let main = r#"(import "wasi_snapshot_preview1" "proc_exit" (func (param i32))) (func (export "_start"))"#;
    let text = format!("(module {main} (memory (export \"memory\") 100) (data (i32.const 0) \"{data}\"))");
    std::fs::write(folder.path().join("big.wat"), text).unwrap();
    for name in ["plug/greeter/socket.wat", "plug/greeter/plug.wat", "run/preview1.wat"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
        std::fs::copy(&from, folder.path().join(from.file_name().unwrap())).unwrap();
    }
    assert_eq!(end(&["wrap", "big.wat", "-o", "big.wasm"], folder.path()), Some(0));
    folder
}

fn end(words: &[&str], folder: &Path) -> Option<i32> {
    let output = Command::new(env!("CARGO_BIN_EXE_withe")).args(words).current_dir(folder).output().unwrap();
    output.status.code()
}

/// What is there before the command: nothing in a folder, else an older file.
fn put_old(writing: &Writing, out: &Path) -> Vec<(String, Vec<u8>)> {
    if writing.is_folder() {
        let _ = std::fs::remove_dir_all(out);
        return Vec::new();
    }
    std::fs::write(out, b"old").unwrap();
    files(out)
}

#[test]
fn a_killed_process_leaves_no_half_written_file() {
    const MOMENTS: u32 = 12;
    let folder = inputs();
    for writing in WRITINGS {
        let out = folder.path().join(writing.out);
        put_old(writing, &out);
        let start = Instant::now();
        end(writing.words, folder.path());
        let time = start.elapsed();
        let new = files(&out);
        assert!(new.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 100, "{:?} writes", writing.words);
        let mut untouched = 0;
        for moment in 0..MOMENTS {
            let old = put_old(writing, &out);
            kill_after(writing, folder.path(), time * moment / (MOMENTS - 2));
            let there = files(&out);
            // A report tells times, which differ from run to run.
            let is_report = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
            let is_whole = |file: &(String, Vec<u8>)| new.contains(file) || file.0 == "out.json" && is_report(&file.1);
            assert!(there == old || there.iter().all(is_whole), "{:?} killed at moment {moment}", writing.words);
            assert!(writing.is_folder() || there.len() == 1, "the file was there all the time");
            untouched += u32::from(there == old);
        }
        assert!(untouched > 0, "{:?} was never killed before it wrote", writing.words);
    }
}
