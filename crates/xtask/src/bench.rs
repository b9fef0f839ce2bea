//! `cargo xtask bench`: time and size, beside the peers that are installed.
//!
//! In: the release binary, an empty program, the peers on `PATH`. Out: a table; an error when a promised ratio or
//! size is broken.
//! Holds: both sides of a ratio run in turns on the same machine, and the smallest times are compared, since noise
//! only ever adds; without the peer there is no ratio, and the table says so.

mod apps;
mod build;
mod call;
mod compose;
mod docs;
mod go_calls;
mod go_peer;
mod go_rewrite;
mod go_sizes;
mod inputs;
mod js;
mod pairs;
mod rust;
mod scale;
mod serve;
mod sizes;
mod validate;
mod wrap;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::run::{self, Done, in_file};

/// Stripped size that is promised, in bytes.
const LARGEST: u64 = 45_000_000;

/// One comparison.
struct Race {
    name: &'static str,
    ours: Command,
    /// The other side and its name; `None` when the peer is not installed.
    theirs: Option<Command>,
    peer: &'static str,
    /// The most that ours may take, as a multiple of theirs.
    promise: f64,
    rounds: usize,
}

/// What was measured of one command.
#[derive(Clone, Copy, Debug)]
struct Times {
    median: Duration,
    least: Duration,
}

/// Runs all benchmarks, or `only` those of `wrap`, of `compose`, of `validate`, of `call`, of `docs`, of `build`, of
/// `serve`, of `rust`, of `js`, of `go` or of `sizes`.
pub fn bench(withe: &Path, only: Option<&str>) -> Done {
    let withe = withe.canonicalize().map_err(in_file(withe))?;
    let folder = run::target_folder().join("bench");
    std::fs::create_dir_all(&folder).map_err(in_file(&folder))?;
    let broken = match only {
        None => all(&withe, &folder)?,
        Some("rust") => {
            headings();
            rust::rust(&withe, &folder)?
        }
        Some("js") => js::js(&withe, &folder)?,
        Some("go") => {
            let broken = go_calls::calls(&withe, &folder)?;
            [broken, go_sizes::sizes(&withe, &folder)?].concat()
        }
        Some("sizes") => sizes::sizes(&withe, &folder)?,
        Some("wrap") => {
            headings();
            wrap::wrap(&withe, &folder)?
        }
        Some("call") => {
            headings();
            call::start(&withe, &folder)?
        }
        Some("compose") => {
            headings();
            compose::compose(&withe, &folder)?
        }
        Some("docs") => {
            headings();
            docs::docs(&withe, &folder)?
        }
        Some("build") => {
            headings();
            build::build(&withe, &folder)?
        }
        Some("serve") => {
            headings();
            serve::serve(&withe, &folder)?
        }
        Some("validate") => {
            headings();
            validate::validate(&withe, &folder)?
        }
        Some(other) => {
            return Err(format!(
                "there is no benchmark `{other}`; there are `wrap`, `compose`, `validate`, `call`, `docs`, `build`, `serve`, `rust`, `js`, `go` and `sizes`"
            ));
        }
    };
    if broken.is_empty() { Ok(()) } else { Err(format!("broken promises: {}", broken.join(", "))) }
}

fn all(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let component = inputs::large_component(withe, folder)?;
    let mut broken = Vec::new();
    headings();
    for race in races(withe, folder, &component)? {
        broken.extend(measure(race)?);
    }
    broken.extend(call::start(withe, folder)?);
    broken.extend(docs::docs(withe, folder)?);
    broken.extend(build::build(withe, folder)?);
    broken.extend(serve::serve(withe, folder)?);
    let component = path(&component);
    broken.extend(scale::memory(withe, &["wit", &component], &["component", "wit", &component], 0.3)?);
    broken.extend(wrap::wrap(withe, folder)?);
    broken.extend(compose::compose(withe, folder)?);
    broken.extend(validate::validate(withe, folder)?);
    broken.extend(rust::rust(withe, folder)?);
    broken.extend(js::js(withe, folder)?);
    broken.extend(go_calls::calls(withe, folder)?);
    broken.extend(go_sizes::sizes(withe, folder)?);
    broken.extend(scale::scale(withe, folder)?);
    broken.extend(sizes::sizes(withe, folder)?);
    let size = std::fs::metadata(withe).map_err(in_file(withe))?.len();
    println!("{:<26} {size} bytes, {LARGEST} promised", "release binary");
    if size > LARGEST {
        broken.push("the size of the release binary".to_owned());
    }
    Ok(broken)
}

fn headings() {
    println!(
        "{:<26} {:>11} {:>11} {:>11} {:>11} {:>7} {:>8}",
        "", "withe", "least", "peer", "least", "ratio", "promise"
    );
}

fn races(withe: &Path, folder: &Path, component: &Path) -> Done<Vec<Race>> {
    let empty = inputs::empty_program(folder)?;
    let hello = inputs::hello(withe, folder)?;
    let wit = inputs::wit_folder(folder)?;
    let ours = |words: &[&str]| {
        let mut command = Command::new(withe);
        command.args(words);
        command
    };
    Ok(vec![
        Race {
            name: "--version",
            ours: ours(&["--version"]),
            theirs: Some(Command::new(empty)),
            peer: "an empty program",
            promise: 2.0,
            rounds: 60,
        },
        Race {
            name: "wit wasi:http/proxy",
            ours: ours(&["wit", "wasi:http/proxy@0.2.12"]),
            theirs: peer("wasm-tools", &["component", "wit", &path(&wit)]),
            peer: "wasm-tools",
            promise: 0.7,
            rounds: 30,
        },
        Race {
            name: "wit of WASI as a folder",
            ours: ours(&["wit", &path(&wit)]),
            theirs: peer("wasm-tools", &["component", "wit", &path(&wit)]),
            peer: "wasm-tools",
            promise: 0.7,
            rounds: 30,
        },
        Race {
            name: "wit of a 12 MB component",
            ours: ours(&["wit", &path(component)]),
            theirs: peer("wasm-tools", &["component", "wit", &path(component)]),
            peer: "wasm-tools",
            promise: 0.4,
            rounds: 15,
        },
        Race {
            name: "run hello",
            ours: ours(&["run", &path(&hello)]),
            theirs: peer("wasmtime", &["run", "-C", "cache=n", &path(&hello)]),
            peer: "wasmtime",
            promise: 1.1,
            rounds: 15,
        },
    ])
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

/// A peer's command, if the peer is on `PATH`.
fn peer(name: &str, words: &[&str]) -> Option<Command> {
    let folders = std::env::var_os("PATH")?;
    let program: PathBuf =
        std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|file| file.is_file())?;
    let mut command = Command::new(program);
    command.args(words);
    Some(command)
}

/// Runs both sides in turns, prints a line, and returns the name if the promise is broken.
fn measure(mut race: Race) -> Done<Option<String>> {
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..race.rounds {
        ours.push(time(&mut race.ours)?);
        if let Some(peer) = &mut race.theirs {
            theirs.push(time(peer)?);
        }
    }
    let ours = times(ours);
    if theirs.is_empty() {
        println!(
            "{:<26} {:>11.2?} {:>11.2?} {} is not installed: no ratio",
            race.name, ours.median, ours.least, race.peer
        );
        return Ok(None);
    }
    let theirs = times(theirs);
    let ratio = ours.least.as_secs_f64() / theirs.least.as_secs_f64();
    println!(
        "{:<26} {:>11.2?} {:>11.2?} {:>11.2?} {:>11.2?} {ratio:>7.2} {:>8.2} ({})",
        race.name, ours.median, ours.least, theirs.median, theirs.least, race.promise, race.peer
    );
    Ok((ratio > race.promise).then(|| race.name.to_owned()))
}

/// The time of one run; a status other than 0 is an error, since a failure is quick.
fn time(command: &mut Command) -> Done<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    let time = start.elapsed();
    if status.success() { Ok(time) } else { Err(format!("{command:?} ended with {status}")) }
}

fn times(mut times: Vec<Duration>) -> Times {
    times.sort();
    Times { median: times[times.len() / 2], least: times[0] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_promise_is_found() {
        let race = |promise| Race {
            name: "true",
            ours: Command::new("true"),
            theirs: Some(Command::new("true")),
            peer: "true",
            promise,
            rounds: 3,
        };
        assert_eq!(measure(race(0.0)).unwrap(), Some("true".to_owned()));
        assert_eq!(measure(race(1e6)).unwrap(), None);
    }

    #[test]
    fn the_middle_and_the_least_are_taken() {
        let taken = times([5, 1, 3].map(Duration::from_secs).to_vec());
        assert_eq!((taken.median, taken.least), (Duration::from_secs(3), Duration::from_secs(1)));
    }
}
