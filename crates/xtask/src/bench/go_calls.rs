//! What calls between two components in Go cost: time, and bytes that the caller allocates.
//!
//! In: the binary, `fixtures/go/bench`, Go on the path. Out: a table; the names of broken promises.
//! Holds: of all rounds the least time counts; what a call allocates does not grow with the number of calls, and nothing
//! stays in use. The peer has no ratio: wit-bindgen's bindings for Go trap in a stock Go when they pass texts.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{inputs, path};
use crate::run::{self, Done, in_file};

const ROUNDS: usize = 3;

/// One line of the table.
struct Calls {
    name: &'static str,
    /// The function, and its argument after the number of calls.
    call: &'static str,
    argument: Option<u32>,
    calls: u32,
    /// Nanoseconds that one may take.
    nanoseconds: u64,
}

const ALL: [Calls; 5] = [
    Calls { name: "text of 8 bytes", call: "texts", argument: Some(8), calls: 20_000, nanoseconds: 8_000 },
    Calls { name: "text of 1 kB", call: "texts", argument: Some(1000), calls: 20_000, nanoseconds: 12_000 },
    Calls { name: "text of 64 kB", call: "texts", argument: Some(64_000), calls: 5000, nanoseconds: 200_000 },
    Calls { name: "list<u32> of 1 M", call: "lists", argument: Some(1_000_000), calls: 20, nanoseconds: 20_000_000 },
    Calls { name: "resource", call: "resources", argument: None, calls: 20_000, nanoseconds: 30_000 },
];

/// What one run measured, for each call.
#[derive(Clone, Copy, Debug)]
struct Measured {
    nanoseconds: u64,
    bytes: u64,
    live: u64,
}

pub fn calls(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    if run::version("go", "version").is_none() {
        println!("calls between components in Go: not measured, Go is not here");
        return Ok(Vec::new());
    }
    let folder = inputs::folder(folder, "go-calls")?;
    let (caller, provider) = (component(withe, &folder, "caller")?, component(withe, &folder, "provider")?);
    let composed = folder.join("composed.wasm");
    let mut compose = Command::new(withe);
    run::run_quietly(compose.args(["compose", "-q"]).args([&caller, &provider]).arg("-o").arg(&composed))?;
    println!("{:<26} {:>12} {:>12} {:>16}", "calls from Go to Go", "ns a call", "promised", "bytes a call");
    let mut broken = Vec::new();
    for line in &ALL {
        broken.extend(measure(withe, &composed, line)?);
    }
    Ok(broken)
}

fn measure(withe: &Path, composed: &Path, line: &Calls) -> Done<Vec<String>> {
    let some = call(withe, composed, line, line.calls / 10)?;
    let mut least = call(withe, composed, line, line.calls)?;
    for _ in 1..ROUNDS {
        let next = call(withe, composed, line, line.calls)?;
        least.nanoseconds = least.nanoseconds.min(next.nanoseconds);
        least.live = least.live.max(next.live);
    }
    println!("{:<26} {:>12} {:>12} {:>16}", line.name, least.nanoseconds, line.nanoseconds, least.bytes);
    let mut broken = Vec::new();
    if least.nanoseconds > line.nanoseconds {
        broken.push(format!("the time of {}", line.name));
    }
    // A tenth of the calls has a larger share of what is allocated once.
    if least.bytes > some.bytes + some.bytes / 10 + 64 || least.live > 0 {
        broken.push(format!("what {} leaves behind", line.name));
    }
    Ok(broken)
}

fn call(withe: &Path, composed: &Path, line: &Calls, calls: u32) -> Done<Measured> {
    let argument = line.argument.map(|argument| format!(", {argument}")).unwrap_or_default();
    let expression = format!("{}({calls}{argument})", line.call);
    let mut command = Command::new(withe);
    let said = run::run_quietly(command.args(["call", "-q"]).arg(composed).arg(expression))?;
    let field = |name: &str| {
        let rest = said.split_once(&format!("{name}: ")).map_or("", |(_, rest)| rest);
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().map_err(|_| format!("`{name}` is not in {said}"))
    };
    Ok(Measured { nanoseconds: field("nanoseconds")?, bytes: field("bytes")?, live: field("live")? })
}

/// Makes a component of a world's source.
fn component(withe: &Path, folder: &Path, world: &str) -> Done<PathBuf> {
    let sources = run::root().join("fixtures/go/bench");
    let (module, core, wrapped) =
        (folder.join(world), folder.join(format!("{world}.core.wasm")), folder.join(format!("{world}.wasm")));
    let mut bindgen = Command::new(withe);
    bindgen.args(["bindgen", "go"]).arg(sources.join("bench.wit")).args(["-w", world, "--module", "guest", "-o"]);
    run::run_quietly(bindgen.arg(&module))?;
    let (source, main) = (sources.join(format!("{world}.go")), module.join("main.go"));
    std::fs::copy(&source, &main).map_err(in_file(&source))?;
    let mut go = Command::new("go");
    go.env("GOOS", "wasip1").env("GOARCH", "wasm").env("GOTOOLCHAIN", "local").env("GOPROXY", "off");
    go.args(["build", "-buildvcs=false", "-buildmode=c-shared", "-o", &path(&core), "."]).current_dir(&module);
    run::run_quietly(&mut go)?;
    run::run_quietly(Command::new(withe).args(["wrap", "-q", &path(&core), "-o", &path(&wrapped)]))?;
    Ok(wrapped)
}
