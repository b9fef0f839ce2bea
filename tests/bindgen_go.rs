//! Go bindings compile: the cases in `fixtures/bindgen/go`, WASI's worlds, the public test vectors, and names of every
//! kind.
//!
//! A case is a folder with `world.wit` and `expected`, the packages of the world without what is the same in all
//! outputs. Worlds are generated beside each other below one `go.mod`, so that Go's tools run once for all of them.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]

#[path = "bindgen_go/command.rs"]
mod command;
#[path = "bindgen_go/components.rs"]
mod components;
#[path = "bindgen_rust/corpus.rs"]
#[allow(dead_code, reason = "Rust's tests use the rest")]
mod corpus;
#[path = "bindgen_go/names.rs"]
mod names;
#[path = "bindgen_go/worlds.rs"]
mod worlds;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::cases::Suite;
use testing::go::{self, Go, On};
use testing::{Outcome, Trouble, fixtures, golden, root, scratch};
use withe::{Exit, Io};

fn main() -> ExitCode {
    let suite = Suite::new().folder("bindgen/go", &fixtures("bindgen/go"), case);
    names::add(worlds::add(command::add(suite))).run()
}

/// The packages of a world are what they were, but for `rt`, `wit` and the assembler files.
fn case(folder: &Path) -> Outcome {
    let name = file_name(folder);
    let out = module(&format!("case-{name}"))?;
    generate(&out, &[path_text(&folder.join("world.wit"))], "")?;
    let files = files_below(&out)?;
    let shown = files.iter().filter(|(path, _)| {
        let is_shared = path.starts_with("internal/") || path.starts_with("wit/");
        !is_shared && !path.ends_with("empty.s") && path.as_str() != "go.mod"
    });
    golden::compare_files(&folder.join("expected"), shown.map(|(path, text)| (path.as_str(), text.as_str())))?;
    compiles_everywhere(&out)
}

/// gofmt changes nothing, all of it compiles, and `go vet` finds nothing.
fn compiles(module: &Path) -> Outcome {
    Go::Machine.formatted(module)?;
    Go::Machine.vet(module, On::Wasm)
}

/// The same with the oldest Go, and staticcheck finds nothing.
fn compiles_everywhere(module: &Path) -> Outcome {
    compiles(module)?;
    Go::Oldest.vet(module, On::Wasm)?;
    go::staticcheck(module)
}

/// An empty folder with a `go.mod`.
fn module(name: &str) -> Result<PathBuf, Trouble> {
    let folder = scratch(&format!("bindgen-go-{name}"))?;
    std::fs::write(folder.join("go.mod"), "module test.example/bindings\n\ngo 1.24\n")?;
    Ok(folder)
}

/// Runs the command with `--stubs` for a folder below `out`; a vector with several worlds means the one called
/// `imports`.
fn generate(out: &Path, words: &[&str], below: &str) -> Outcome {
    let folder = out.join(below);
    let mut all = vec!["withe", "bindgen", "go", "--stubs", "-o", path_text(&folder)];
    all.extend(words);
    let (exit, errors) = withe_in(&root(), &all);
    if exit != Exit::OK && errors.contains("error[wit/world-ambiguous]") && !words.contains(&"-w") {
        let mut words = words.to_vec();
        words.extend(["-w", "imports"]);
        return generate(out, &words, below);
    }
    if exit == Exit::OK { Ok(()) } else { Err(Trouble::Failed(errors)) }
}

fn withe_in(folder: &Path, words: &[&str]) -> (Exit, String) {
    let mut io = Io::captured(folder);
    let exit = withe::run(words.iter().copied(), &mut io);
    (exit, io.stderr.text())
}

/// Every file below a folder, by its path in it, sorted.
fn files_below(folder: &Path) -> Result<Vec<(String, String)>, Trouble> {
    let mut found = Vec::new();
    for path in testing::cases::entries(folder) {
        let name = file_name(&path);
        if path.is_dir() {
            let inner = files_below(&path)?;
            found.extend(inner.into_iter().map(|(below, text)| (format!("{name}/{below}"), text)));
        } else {
            found.push((name, std::fs::read_to_string(&path)?));
        }
    }
    Ok(found)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn path_text(path: &Path) -> &str {
    path.to_str().expect("paths of the checkout are text")
}

fn ensure(holds: bool, otherwise: &str) -> Outcome {
    if holds { Ok(()) } else { Err(Trouble::Failed(otherwise.to_owned())) }
}
