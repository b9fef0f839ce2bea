//! What calls between two components in Go cost: time, and bytes that both sides allocate.
//!
//! In: the binary, `fixtures/go/bench`, Go on the path, the peer's generator if it is there. Out: a table; the names of
//! broken promises.
//! Holds: of many short runs the least time counts, beside which long ones stand, with the garbage collector at work;
//! what a call allocates does not grow with the number of calls, and nothing stays in use on either side. The peer's
//! guests do the same as far as they come: what traps at once has no ratio.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::go_peer::{self, Peer};
use super::{inputs, path};
use crate::run::{self, Done, in_file};

/// Runs of all calls, and of a few: in a short run nothing comes between on a busy machine.
const ROUNDS: usize = 5;
const BURSTS: usize = 30;

/// One line of the table.
struct Calls {
    name: &'static str,
    /// The function, and its argument after the number of calls.
    call: &'static str,
    argument: Option<u32>,
    calls: u32,
    /// A few of them, which the peer mostly survives.
    few: u32,
    /// Nanoseconds that one may take, and as a multiple of the peer's.
    nanoseconds: u64,
    ratio: f64,
}

const SYNC: [Calls; 5] = [
    Calls { few: 500, ..calls_of("text of 8 bytes", "texts", Some(8), 20_000, 2000) },
    Calls { few: 300, ..calls_of("text of 1 kB", "texts", Some(1000), 20_000, 4000) },
    Calls { few: 40, ..calls_of("text of 64 kB", "texts", Some(64_000), 5000, 60_000) },
    Calls { few: 1, ..calls_of("list<u32> of 1 M", "lists", Some(1_000_000), 20, 6_000_000) },
    // What the calls themselves take, as a core module by hand makes them, is 0.55 of what the peer takes, both on a development build.
    Calls { few: 200, ratio: 0.75, ..calls_of("resource", "resources", None, 20_000, 8000) },
];

const ASYNC: [Calls; 2] = [
    calls_of("async, numbers", "numbers", None, 2000, 60_000),
    calls_of("async, text of 1 kB", "texts", Some(1000), 2000, 80_000),
];

const fn calls_of(
    name: &'static str,
    call: &'static str,
    argument: Option<u32>,
    calls: u32,
    nanoseconds: u64,
) -> Calls {
    Calls { name, call, argument, calls, few: 100, nanoseconds, ratio: 0.5 }
}

/// What one run measured, for each call.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    nanoseconds: u64,
    here: u64,
    there: u64,
    live: u64,
}

pub fn calls(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    if run::version("go", "version").is_none() {
        println!("calls between components in Go: not measured, Go is not here");
        return Ok(Vec::new());
    }
    let folder = inputs::folder(folder, "go-calls")?;
    let peer = go_peer::peer(withe, &folder)?;
    let (sync, with_async) = (composed(withe, &folder, "")?, composed(withe, &folder, "async-")?);
    println!(
        "{:<22} {:>10} {:>10} {:>10} {:>16} {:>6} {:>8} {:>11} {:>11}",
        "calls from Go to Go",
        "ns a call",
        "promised",
        "least",
        "wit-bindgen",
        "ratio",
        "promise",
        "bytes here",
        "there"
    );
    let mut broken = Vec::new();
    for line in &SYNC {
        broken.extend(measure(withe, &sync, line, peer.as_ref())?);
    }
    for line in &ASYNC {
        // The peer needs a Go of its own for these.
        broken.extend(measure(withe, &with_async, line, None)?);
    }
    Ok(broken)
}

fn measure(withe: &Path, composed: &Path, line: &Calls, peer: Option<&Peer>) -> Done<Vec<String>> {
    let mut expressions = vec![expression(line, line.calls / 10)];
    expressions.extend(vec![expression(line, line.calls); ROUNDS]);
    let bursts = vec![expression(line, line.few); BURSTS];
    expressions.extend(bursts.clone());
    let all = ours(withe, composed, &expressions)?;
    let (some, rounds, few) = (all[0], &all[1..=ROUNDS], &all[ROUNDS + 1..]);
    let (nanoseconds, least) = (quickest(rounds), quickest(few));
    let (shown, ratio) = match peer.map(|peer| peer.measure(withe, &bursts)).transpose()? {
        None => ("-".to_owned(), None),
        Some((theirs, _)) if theirs.is_empty() => ("traps".to_owned(), None),
        Some((theirs, came_through)) => {
            let theirs = quickest(&theirs);
            let shown = if came_through { theirs.to_string() } else { format!("{theirs}, traps") };
            (shown, Some(least as f64 / theirs as f64))
        }
    };
    let last = rounds[ROUNDS - 1];
    println!(
        "{:<22} {nanoseconds:>10} {least:>10} {:>10} {shown:>16} {:>6} {:>8.2} {:>11} {:>11}",
        line.name,
        line.nanoseconds,
        ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}")),
        line.ratio,
        last.here,
        last.there
    );
    let mut broken = Vec::new();
    if least > line.nanoseconds || ratio.is_some_and(|ratio| ratio > line.ratio) {
        broken.push(format!("the time of {}", line.name));
    }
    // A tenth of the calls has a larger share of what is allocated once.
    let grows = |some: u64, all: u64| all > some + some / 10 + 64;
    if grows(some.here, last.here) || grows(some.there, last.there) || all.iter().any(|one| one.live > 0) {
        broken.push(format!("what {} leaves behind", line.name));
    }
    Ok(broken)
}

fn quickest(all: &[Measured]) -> u64 {
    all.iter().map(|one| one.nanoseconds).min().unwrap_or_default()
}

/// `texts(2000, 8)`
fn expression(line: &Calls, calls: u32) -> String {
    let argument = line.argument.map(|argument| format!(", {argument}")).unwrap_or_default();
    format!("{}({calls}{argument})", line.call)
}

/// All of them in one instance.
fn ours(withe: &Path, composed: &Path, expressions: &[String]) -> Done<Vec<Measured>> {
    let mut command = Command::new(withe);
    let said = run::run_quietly(command.args(["call", "-q"]).arg(composed).args(expressions))?;
    let all = said.lines().map(measured).collect::<Done<Vec<_>>>()?;
    if all.len() == expressions.len() { Ok(all) } else { Err(format!("{} answers: {said}", all.len())) }
}

/// A record that was printed.
pub fn measured(said: &str) -> Done<Measured> {
    let field = |name: &str| {
        let rest = said.split_once(&format!("{name}: ")).map_or("", |(_, rest)| rest);
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().map_err(|_| format!("`{name}` is not in {said}"))
    };
    Ok(Measured {
        nanoseconds: field("nanoseconds")?,
        here: field("here")?,
        there: field("there")?,
        live: field("live")?,
    })
}

/// Both components of a kind in one.
fn composed(withe: &Path, folder: &Path, kind: &str) -> Done<PathBuf> {
    let side = |side: &str| component(withe, folder, &format!("{kind}{side}"));
    let (caller, provider) = (side("caller")?, side("provider")?);
    let out = folder.join(format!("{kind}composed.wasm"));
    let mut compose = Command::new(withe);
    run::run_quietly(compose.args(["compose", "-q"]).args([&caller, &provider]).arg("-o").arg(&out))?;
    Ok(out)
}

/// Makes a component of a world's source, and of what it shares with others.
fn component(withe: &Path, folder: &Path, world: &str) -> Done<PathBuf> {
    let sources = run::root().join("fixtures/go/bench");
    let (module, core, wrapped) =
        (folder.join(world), folder.join(format!("{world}.core.wasm")), folder.join(format!("{world}.wasm")));
    let mut bindgen = Command::new(withe);
    bindgen.args(["bindgen", "go"]).arg(sources.join("bench.wit")).args(["-w", world, "--module", "guest", "-o"]);
    run::run_quietly(bindgen.arg(&module))?;
    let shared = if world.ends_with("caller") { "measured.go" } else { "used.go" };
    for (from, to) in [(format!("{world}.go"), "main.go"), (shared.to_owned(), "shared.go")] {
        let from = sources.join(from);
        std::fs::copy(&from, module.join(to)).map_err(in_file(&from))?;
    }
    run::run_quietly(&mut build(&module, &core))?;
    run::run_quietly(Command::new(withe).args(["wrap", "-q", &path(&core), "-o", &path(&wrapped)]))?;
    Ok(wrapped)
}

/// Builds a library of Go in a folder.
pub fn build(module: &Path, core: &Path) -> Command {
    let mut go = Command::new("go");
    go.env("GOOS", "wasip1").env("GOARCH", "wasm").env("GOTOOLCHAIN", "local").env("GOWORK", "off");
    go.args(["build", "-buildvcs=false", "-buildmode=c-shared", "-o", &path(core), "."]).current_dir(module);
    go
}
