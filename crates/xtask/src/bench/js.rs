//! Components as JavaScript: how large modules are, how long calls take, and what making them costs, beside jco.
//!
//! In: the binary, `fixtures/transpile`, both versions of Node, the peer from npm (in the cache, or put there). Out: tables;
//! the names of broken promises.
//! Holds: both sides' modules run the same script with the same host, in turns; of all rounds the least time counts.
//! What the peer cannot do, such as an asynchronous export without JSPI, has no ratio.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{inputs, path, scale, time};
use crate::run::{self, Done, in_file};
use crate::toolchain::npm;

const PEER: &str = "@bytecodealliance/jco";
const PEER_VERSION: &str = "1.27.0";
const MEASURE: &str = include_str!("js/measure.mjs");
const HOST: &str = include_str!("js/host.js");
/// Where the modules' imports come from.
const MAP: &str = "bench:host/host=./host.js";

/// Components whose modules are weighed, and the bytes that are promised.
const WEIGHED: [(&str, Option<f64>); 6] = [
    ("adder", Some(1536.0)),
    ("bench", Some(12_288.0)),
    ("fuse", None),
    ("later", None),
    ("counter", None),
    ("streams", None),
];
/// Components whose calls are timed.
const TIMED: [&str; 3] = ["bench", "fuse", "later"];
/// Nanoseconds that a call may take; the names are those of `js/measure.mjs`.
const NANOSECONDS: [(&str, f64); 6] = [
    ("export nop", 25.0),
    ("export add", 25.0),
    ("export take-string 1 MB", 90_000.0),
    ("import add", 15.0),
    ("import resource", 100.0),
    ("between guests 1 MiB", 200_000.0),
];
/// How often each side's script runs.
const PROCESSES: usize = 3;

const SMALL: Duration = Duration::from_millis(10);
const LARGE: Duration = Duration::from_millis(60);
/// Memory for a large component, as a multiple of its size.
const MEMORY: f64 = 3.0;

/// What makes modules of components.
struct Maker {
    program: PathBuf,
    words: Vec<String>,
    /// Where the modules are.
    folder: PathBuf,
}

impl Maker {
    fn command(&self, component: &Path, name: &str, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.words).arg("transpile").arg(component).arg("-o").arg(folder);
        command.args(["--name", name, "--map", MAP, "-q"]);
        command
    }

    /// The file of the module that is made.
    fn module(&self, component: &Path, name: &str) -> Done<PathBuf> {
        run::run_quietly(&mut self.command(component, name, &self.folder))?;
        Ok(self.folder.join(format!("{name}.js")))
    }

    /// The time of one run, which writes all files.
    fn once(&self, component: &Path) -> Done<Duration> {
        let folder = self.empty_folder()?;
        time(&mut self.command(component, "timed", &folder))
    }

    /// Where all files are written, since none is there.
    fn empty_folder(&self) -> Done<PathBuf> {
        let folder = self.folder.join("timed");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(in_file(&folder))?;
        }
        Ok(folder)
    }
}

pub fn js(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let folder = &inputs::folder(folder, "js")?;
    let nodes = nodes();
    let Some((_, node)) = nodes.first() else {
        println!("JavaScript: not measured, there is no Node");
        return Ok(Vec::new());
    };
    let ours = maker(withe.to_owned(), Vec::new(), folder, "withe")?;
    let theirs = theirs(node, folder)?;
    let mut broken = weigh(withe, folder, node, &ours, theirs.as_ref())?;
    for (version, node) in &nodes {
        broken.extend(calls(version, node, &ours, theirs.as_ref())?);
    }
    broken.extend(making(withe, folder, &ours, theirs.as_ref())?);
    Ok(broken)
}

/// The versions of Node that are here or can be had, with their programs.
fn nodes() -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for major in ["20", "24"] {
        let node = npm::node(major).and_then(|node| {
            let version = run::version(&node, "--version").ok_or_else(|| format!("{} does not run", node.display()))?;
            Ok((version, node))
        });
        match node {
            Ok(node) => found.push(node),
            Err(why) => println!("nothing is measured on Node {major}: {why}"),
        }
    }
    found
}

fn maker(program: PathBuf, words: Vec<String>, folder: &Path, name: &str) -> Done<Maker> {
    let folder = inputs::folder(folder, name)?;
    inputs::write(&folder, "package.json", "{ \"type\": \"module\" }\n")?;
    inputs::write(&folder, "host.js", HOST)?;
    inputs::write(&folder, "measure.mjs", MEASURE)?;
    Ok(Maker { program, words, folder })
}

/// The peer, if it is in the cache or can be put there.
fn theirs(node: &Path, folder: &Path) -> Done<Option<Maker>> {
    let cache = crate::toolchain::cache_folder()?.join(format!("jco-{PEER_VERSION}"));
    if let Err(why) = npm::install(&cache, PEER, PEER_VERSION) {
        println!("jco cannot be had, there are no ratios: {why}");
        return Ok(None);
    }
    let program = cache.join("node_modules").join(PEER).join("dist/jco.js");
    maker(node.to_owned(), vec![path(&program)], folder, "jco").map(Some)
}

/// A fixture's component as a file.
fn component(withe: &Path, folder: &Path, name: &str) -> Done<PathBuf> {
    let text = run::root().join("fixtures/transpile").join(name).join("component.wat");
    let component = folder.join(format!("{name}.wasm"));
    run::run_quietly(Command::new(withe).arg("parse").arg(text).arg("-o").arg(&component))?;
    Ok(component)
}

fn headings(of: &str) {
    println!("{of:<34} {:>11} {:>11} {:>7} {:>9}", "withe", "jco", "ratio", "promise");
}

/// Prints a line, and returns the name if the promise is broken.
fn row(name: &str, ours: f64, theirs: Option<f64>, promise: Option<f64>) -> Option<String> {
    let theirs =
        theirs.map_or_else(|| format!("{:>11} {:>7}", "-", "-"), |it| format!("{it:>11.1} {:>7.3}", ours / it));
    let shown = promise.map_or_else(String::new, |promise| format!("{promise:>9.0}"));
    println!("{name:<34} {ours:>11.1} {theirs} {shown}");
    promise.is_some_and(|promise| ours > promise).then(|| name.to_owned())
}

/// Makes all modules, and compares their bytes.
fn weigh(withe: &Path, folder: &Path, node: &Path, ours: &Maker, theirs: Option<&Maker>) -> Done<Vec<String>> {
    let mut broken = Vec::new();
    let mut components = vec![("WASI command".to_owned(), "hello", inputs::hello(withe, folder)?, None)];
    for (name, promise) in WEIGHED {
        components.push((name.to_owned(), name, component(withe, folder, name)?, promise));
    }
    headings("bytes of a module, and compressed");
    for (shown, name, component, promise) in components {
        let [plain, packed] = weight(node, &ours.module(&component, name)?)?;
        let peer = match theirs.map(|maker| maker.module(&component, name)) {
            Some(Ok(module)) => Some(weight(node, &module)?),
            Some(Err(_)) | None => None,
        };
        broken.extend(row(&format!("{shown}.js"), plain, peer.map(|[plain, _]| plain), promise));
        row(&format!("{shown}.js.gz"), packed, peer.map(|[_, packed]| packed), None);
    }
    Ok(broken)
}

/// Bytes of a file, and of it compressed.
fn weight(node: &Path, file: &Path) -> Done<[f64; 2]> {
    const SCRIPT: &str = "const text = require('node:fs').readFileSync(process.argv[1]); \
                          console.log(text.length, require('node:zlib').gzipSync(text, { level: 9 }).length);";
    let said = run::run_quietly(Command::new(node).args(["-e", SCRIPT]).arg(file))?;
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    numbers.try_into().map_err(|_| format!("node says {said}"))
}

/// Times calls of both sides' modules.
fn calls(version: &str, node: &Path, ours: &Maker, theirs: Option<&Maker>) -> Done<Vec<String>> {
    debug_assert!(TIMED.iter().all(|timed| WEIGHED.iter().any(|(name, _)| name == timed)), "they are made");
    let (mut mine, mut peers) = (Lines::default(), Lines::default());
    for _ in 0..PROCESSES {
        mine.add(&measured(node, ours)?)?;
        if let Some(theirs) = theirs {
            peers.add(&measured(node, theirs)?)?;
        }
    }
    headings(&format!("nanoseconds of a call, {version}"));
    let mut broken = Vec::new();
    for name in &mine.names {
        let promise = NANOSECONDS.iter().find(|(promised, _)| promised == name).map(|(_, promise)| *promise);
        let late = row(name, mine.least[name], peers.least.get(name).copied(), promise);
        broken.extend(late.map(|name| format!("{name} on {version}")));
    }
    let not_measured = NANOSECONDS.iter().filter(|(name, _)| !mine.least.contains_key(*name));
    broken.extend(not_measured.map(|(name, _)| format!("{name} on {version}, which was not measured")));
    Ok(broken)
}

fn measured(node: &Path, maker: &Maker) -> Done<String> {
    run::run_quietly(Command::new(node).arg("measure.mjs").current_dir(&maker.folder))
}

/// The least of each line that scripts print, by name.
#[derive(Default)]
struct Lines {
    /// In the order of the first script.
    names: Vec<String>,
    least: BTreeMap<String, f64>,
}

impl Lines {
    fn add(&mut self, said: &str) -> Done {
        for line in said.lines() {
            let number = line.split_once('\t').and_then(|(name, number)| Some((name, number.parse::<f64>().ok()?)));
            let (name, number) = number.ok_or_else(|| format!("the script printed `{line}`"))?;
            match self.least.get_mut(name) {
                Some(least) => *least = least.min(number),
                None => {
                    self.names.push(name.to_owned());
                    self.least.insert(name.to_owned(), number);
                }
            }
        }
        Ok(())
    }
}

/// What it costs to make modules: the whole process, and the most memory that it has.
fn making(withe: &Path, folder: &Path, ours: &Maker, theirs: Option<&Maker>) -> Done<Vec<String>> {
    const MS: f64 = 1000.0;
    let (small, large) = (component(withe, folder, "adder")?, inputs::large_component(withe, folder)?);
    let mut broken = Vec::new();
    headings("making a module, whole process");
    for (name, component, rounds, promise) in
        [("adder, ms", &small, 20, SMALL), ("12 MB component, ms", &large, 10, LARGE)]
    {
        let (mine, peer) = least(ours, theirs, component, rounds)?;
        let peer = peer.map(|time| time.as_secs_f64() * MS);
        broken.extend(row(name, mine.as_secs_f64() * MS, peer, Some(promise.as_secs_f64() * MS)));
    }
    let size = std::fs::metadata(&large).map_err(in_file(&large))?.len();
    #[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^52")]
    let promise = size as f64 / 1024.0 * MEMORY;
    if let Some(mine) = memory(ours, &large)? {
        let peer = theirs.map(|theirs| memory(theirs, &large)).transpose()?.flatten();
        broken.extend(row("12 MB component, KiB of memory", mine, peer, Some(promise)));
    }
    Ok(broken)
}

/// The least time of each side: both run as often, in turns.
fn least(ours: &Maker, theirs: Option<&Maker>, component: &Path, rounds: usize) -> Done<(Duration, Option<Duration>)> {
    let (mut mine, mut peer) = (ours.once(component)?, theirs.map(|theirs| theirs.once(component)).transpose()?);
    for _ in 1..rounds {
        mine = mine.min(ours.once(component)?);
        if let (Some(theirs), Some(least)) = (theirs, &mut peer) {
            *least = theirs.once(component)?.min(*least);
        }
    }
    Ok((mine, peer))
}

fn memory(maker: &Maker, component: &Path) -> Done<Option<f64>> {
    let command = maker.command(component, "timed", &maker.empty_folder()?);
    let words: Vec<String> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    scale::peak_of(&maker.program, &words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_each_line_counts() {
        let mut lines = Lines::default();
        lines.add("b\t3\na\t2.5\n").unwrap();
        lines.add("a\t4\nb\t1\n").unwrap();
        assert_eq!(lines.names, ["b", "a"]);
        assert_eq!(lines.least.into_values().collect::<Vec<_>>(), [2.5, 1.0]);
        assert!(Lines::default().add("a 3").is_err());
    }

    #[test]
    fn what_is_above_its_promise_is_told() {
        assert_eq!(row("a", 3.0, Some(30.0), Some(2.0)), Some("a".to_owned()));
        assert_eq!(row("a", 3.0, None, Some(3.0)), None);
        assert_eq!(row("a", 3.0, None, None), None);
    }

    #[test]
    fn promised_calls_are_in_the_script() {
        for (name, _) in NANOSECONDS {
            let stem = name.trim_end_matches(" 1 MB");
            assert!(MEASURE.contains(&format!("'{stem}'")) || MEASURE.contains(&format!("`{stem} ")), "{name}");
        }
    }
}
