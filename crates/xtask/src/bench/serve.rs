//! `serve`: requests per second, beside `wasmtime serve` on the same component.
//!
//! In: the release binary, a handler in text. Out: a line for each kind of request; an error when the promise is broken.
//! Holds: both servers are up at the same time and take turns, each round with the same connections and requests;
//! the best rounds are compared, and every answer is looked at.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::peer;
use crate::run::{Done, in_file, run_quietly};

/// Connections at once.
const CONNECTIONS: usize = 32;

/// How long a round is.
const ROUND: Duration = Duration::from_secs(1);

const ROUNDS: usize = 5;

/// The least that is promised, as a multiple of the peer's requests per second.
const PROMISE: f64 = 1.0;

/// A server, which ends with this value.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the benchmark; gives its name if the promise is broken.
pub fn serve(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let component = handler(withe, folder)?;
    let mut ours = Command::new(withe);
    ours.args(["serve", &component, "--addr", "127.0.0.1:0"]);
    let ours = start(ours)?;
    let theirs = peer("wasmtime", &["serve", "--addr", "127.0.0.1:0", &component]).map(start).transpose()?;
    let mut best = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        best.0 = best.0.max(round(ours.address)?);
        if let Some(theirs) = &theirs {
            best.1 = best.1.max(round(theirs.address)?);
        }
    }
    let (name, ours) = ("serve", best.0);
    if theirs.is_none() {
        println!("{name:<26} {ours:>9.0}/s wasmtime is not installed: no ratio");
        return Ok(Vec::new());
    }
    let ratio = ours / best.1;
    println!("{name:<26} {ours:>9.0}/s {:>11} {:>9.0}/s {ratio:>19.2} {PROMISE:>8.2} (wasmtime)", "", best.1);
    Ok(if ratio < PROMISE { vec![name.to_owned()] } else { Vec::new() })
}

/// A handler that answers `hello`.
fn handler(withe: &Path, folder: &Path) -> Done<String> {
    let core = folder.join("handler.wat");
    let wit = folder.join("handler.wit");
    let out = folder.join("handler.wasm");
    std::fs::write(&core, HANDLER).map_err(in_file(&core))?;
    std::fs::write(&wit, WORLD).map_err(in_file(&wit))?;
    let mut wrap = Command::new(withe);
    wrap.arg("wrap").arg(&core).arg("--wit").arg(&wit).arg("-o").arg(&out);
    run_quietly(&mut wrap)?;
    Ok(out.display().to_string())
}

const WORLD: &str = "package local:bench;\nworld bench { export wasi:http/incoming-handler@0.2.6; }\n";

const HANDLER: &str = r#"(module
  (import "wasi:http/types@0.2.6" "[constructor]fields" (func $fields (result i32)))
  (import "wasi:http/types@0.2.6" "[constructor]outgoing-response" (func $response (param i32) (result i32)))
  (import "wasi:http/types@0.2.6" "[method]outgoing-response.body" (func $body (param i32 i32)))
  (import "wasi:http/types@0.2.6" "[method]outgoing-body.write" (func $write (param i32 i32)))
  (import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-write-and-flush"
    (func $send (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.6" "[resource-drop]output-stream" (func $drop-stream (param i32)))
  (import "wasi:http/types@0.2.6" "[static]outgoing-body.finish" (func $finish (param i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.6" "[static]response-outparam.set"
    (func $set (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "hello")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "wasi:http/incoming-handler@0.2.6#handle") (param $request i32) (param $out i32)
    (local $answer i32) (local $stream i32)
    (local.set $answer (call $response (call $fields)))
    (call $body (local.get $answer) (i32.const 0))
    (call $set (local.get $out) (i32.const 0) (local.get $answer) (i32.const 0) (i64.const 0)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (call $write (i32.load offset=4 (i32.const 0)) (i32.const 16))
    (local.set $stream (i32.load offset=4 (i32.const 16)))
    (call $send (local.get $stream) (i32.const 64) (i32.const 5) (i32.const 32))
    (call $drop-stream (local.get $stream))
    (call $finish (i32.load offset=4 (i32.const 0)) (i32.const 0) (i32.const 0) (i32.const 128))))
"#;

/// Starts a server; its first line on standard error ends with its address.
fn start(mut command: Command) -> Done<Server> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let stderr = child.stderr.take().expect("it is piped");
    let mut lines = BufReader::new(stderr).lines();
    let line = lines.next().and_then(Result::ok).unwrap_or_default();
    // What it says later is not wanted, and must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    let address = line.rsplit("http://").next().and_then(|address| address.trim_end_matches('/').parse().ok());
    match address {
        Some(address) => Ok(Server { child, address }),
        None => {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
            Err(format!("{command:?} says `{line}`"))
        }
    }
}

/// Requests per second, each connection with one request at a time.
fn round(address: SocketAddr) -> Done<f64> {
    let start = Instant::now();
    let counts: Vec<Done<u32>> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(move || ask_on(address, start))).collect();
        clients.into_iter().map(|client| client.join().unwrap_or_else(|_| Err("a client panicked".into()))).collect()
    });
    let took = start.elapsed();
    let counts: Done<Vec<u32>> = counts.into_iter().collect();
    Ok(f64::from(counts?.iter().sum::<u32>()) / took.as_secs_f64())
}

/// Asks on one connection until the round is over.
fn ask_on(address: SocketAddr, start: Instant) -> Done<u32> {
    let said = |error: std::io::Error| format!("http://{address}: {error}");
    let mut stream = TcpStream::connect(address).map_err(said)?;
    stream.set_nodelay(true).map_err(said)?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).map_err(said)?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    let mut count = 0;
    while start.elapsed() < ROUND {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: bench\r\n\r\n").map_err(said)?;
        answer.clear();
        while !answer.ends_with(b"0\r\n\r\n") {
            let read = stream.read(&mut buffer).map_err(said)?;
            if read == 0 {
                return Err(format!("http://{address}: the connection ends"));
            }
            answer.extend_from_slice(&buffer[..read]);
        }
        if !answer.starts_with(b"HTTP/1.1 200 OK\r\n") || !answer.ends_with(b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n") {
            return Err(format!("http://{address} answers {}", String::from_utf8_lossy(&answer)));
        }
        count += 1;
    }
    Ok(count)
}
