//! What composing costs: apps of 50 components beside the peer; how time grows up to 2000; memory for 100 MB of them.
//!
//! In: the binary, a scratch folder. Out: lines of the table; the names of broken promises.
//! Holds: both sides read the same files and script and validate what they make; growth is measured in processor
//! time, which a busy machine lengthens far less than the time on the clock.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::apps::{self, App, Shape};
use super::{Race, measure, path, peer, scale};
use crate::run::Done;

/// What time may be, as a multiple of the peer's.
const NO_SLOWER: f64 = 1.0;
/// What an app of a thousand components may take.
const THOUSAND: Duration = Duration::from_secs(1);
/// Memory that the inputs may cost, as a multiple of their size.
const INPUTS: f64 = 2.0;
const SIZES: [usize; 4] = [250, 500, 1000, 2000];
const SMALL: usize = 10_000;
const LARGE: usize = 100_000;

/// A way to compose an app.
struct Way {
    name: &'static str,
    shape: Shape,
    ours: fn(&App) -> Vec<String>,
    theirs: fn(&App) -> Vec<String>,
}

const WAYS: [Way; 5] = [
    Way { name: "plug", shape: Shape::Star, ours: plug, theirs: peer_plug },
    Way { name: "compose, script, chain", shape: Shape::Chain, ours: script, theirs: script },
    Way { name: "compose, script, diamond", shape: Shape::Diamond, ours: script, theirs: script },
    Way { name: "compose, solved, chain", shape: Shape::Chain, ours: solve, theirs: script },
    Way { name: "compose, solved, star", shape: Shape::Star, ours: solve, theirs: script },
];

pub fn compose(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let mut broken = Vec::new();
    for Way { name, shape, ours, theirs } in WAYS {
        let app = apps::app(withe, folder, shape, 50, SMALL)?;
        broken.extend(measure(Race {
            name,
            ours: command(withe, &with_out(ours(&app), &folder.join("out.wasm"))),
            theirs: peer("wac", &as_strs(&with_out(theirs(&app), &folder.join("peer.wasm")))),
            peer: "wac",
            promise: NO_SLOWER,
            rounds: 15,
        })?);
    }
    for Way { name, shape, ours, .. } in WAYS {
        let mut times = Vec::new();
        for count in SIZES {
            let app = apps::app(withe, folder, shape, count, SMALL)?;
            let words = with_out(ours(&app), &folder.join("out.wasm"));
            times.push((format!("{name} {count}"), scale::least_processor_time(withe, &as_strs(&words))?));
        }
        if times[2].1 > THOUSAND {
            broken.push(times[2].0.clone());
        }
        broken.extend(scale::growth(&times));
    }
    broken.extend(memory(withe, folder)?);
    Ok(broken)
}

/// The most memory of a thousand components, less that of two, against the size of the files.
fn memory(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let mut broken = Vec::new();
    for size in [SMALL, LARGE] {
        let few = apps::app(withe, folder, Shape::Chain, 2, SMALL)?;
        let many = apps::app(withe, folder, Shape::Chain, 1000, size)?;
        let words = |app: &App| with_out(solve(app), &folder.join("out.wasm"));
        let Some(base) = scale::peak_of(withe, &words(&few))? else { return Ok(broken) };
        let Some(peak) = scale::peak_of(withe, &words(&many))? else { return Ok(broken) };
        let ratio = (peak - base) * 1024.0 / mebi(many.size);
        let name = format!("memory of 1000 of {} KB", size / 1000);
        println!("{name:<26} {peak:>11} KiB, {base} of them for 2: {ratio:.2} of the files, {INPUTS:.2} promised");
        if ratio > INPUTS {
            broken.push(name);
        }
    }
    Ok(broken)
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^52")]
fn mebi(size: u64) -> f64 {
    size as f64
}

fn names(files: &[PathBuf]) -> impl Iterator<Item = String> {
    files.iter().map(|file| path(file))
}

fn plug(app: &App) -> Vec<String> {
    std::iter::once("plug".to_owned()).chain(names(&app.files)).collect()
}

fn peer_plug(app: &App) -> Vec<String> {
    let plugs = names(&app.files[1..]).flat_map(|plug| ["--plug".to_owned(), plug]);
    ["plug".to_owned(), path(&app.files[0])].into_iter().chain(plugs).collect()
}

fn script(app: &App) -> Vec<String> {
    ["compose".to_owned(), path(&app.script), "--deps-dir".to_owned(), path(&app.deps)].to_vec()
}

fn solve(app: &App) -> Vec<String> {
    std::iter::once("compose".to_owned()).chain(names(&app.files)).collect()
}

fn command(program: &Path, words: &[String]) -> Command {
    let mut command = Command::new(program);
    command.args(words);
    command
}

fn as_strs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn with_out(mut words: Vec<String>, out: &Path) -> Vec<String> {
    words.extend(["-o".to_owned(), path(out)]);
    words
}
