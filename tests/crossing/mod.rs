//! Components made of the sources of `fixtures/run/pairs`, and composed.
//!
//! In: a case, and a source. Out: components in a folder, made and checked by withe's commands.

use std::path::{Path, PathBuf};

use testing::pairs::{self, Case, Generator, Language, Source, Variant, World};
use testing::{Outcome, Trouble};
use withe::{Exit, Io};

/// Makes `FILE.wasm`, a component, of a source in Rust.
pub fn build(case: &Case, world: &World, source: &Source, variant: Variant, folder: &Path) -> Outcome {
    let bindings = bindings(case, world, folder)?;
    let module = pairs::compile(case, source, &bindings, Generator::Withe, variant)?;
    withe(folder, &["wrap", text(&module), "-o", &component(source)])
}

/// The file of bindings of a world.
fn bindings(case: &Case, world: &World, folder: &Path) -> Result<PathBuf, Trouble> {
    let wit = case.wit();
    let out = format!("bindings-{}", world.name);
    let mut words = vec!["bindgen", "rust", text(&wit), "-w", &world.name, "-o", &out];
    words.extend(case.words(world));
    withe(folder, &words)?;
    let files = testing::cases::entries(&folder.join(&out));
    files.into_iter().next().ok_or_else(|| Trouble::Failed(format!("{out} is empty")))
}

/// Composes components; the file's name.
pub fn together(case: &Case, combination: &[&Source], folder: &Path) -> Result<String, Trouble> {
    let parts: Vec<String> = combination.iter().map(|source| component(source)).collect();
    let names: Vec<&str> = parts.iter().map(|part| part.split(['/', '.']).next().unwrap_or(part)).collect();
    let composed = names.join("+") + ".composed.wasm";
    let mut words: Vec<&str> = vec!["compose", "-o", &composed];
    words.extend(parts.iter().chain(&case.compose).map(String::as_str));
    withe(folder, &words)?;
    let features = if case.refused.is_some() { ["--wasm-features", "all"].as_slice() } else { &[] };
    withe(folder, &[&["validate"], features, &[&composed]].concat())?;
    Ok(composed)
}

pub fn withe(folder: &Path, words: &[&str]) -> Outcome {
    let mut io = Io::captured(folder);
    let exit = withe::run(std::iter::once("withe").chain(words.iter().copied()), &mut io);
    if exit == Exit::OK {
        return Ok(());
    }
    Err(Trouble::Failed(format!("withe {}\n{}{}", words.join(" "), io.stdout.text(), io.stderr.text())))
}

/// The component's file, whose name is the world's: `runner.wasm`, `go-runner/runner.wasm`.
pub fn component(source: &Source) -> String {
    match source.language {
        Language::Rust => format!("{}.wasm", stem(source)),
        Language::Go => format!("go-{0}/{0}.wasm", stem(source)),
    }
}

pub fn stem(source: &Source) -> String {
    source.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are text")
}
