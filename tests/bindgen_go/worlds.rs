//! All worlds there are: WASI's and the public vectors.
//!
//! In: built-in packages and the vectors' folder. Out: the packages of all worlds in one module, compiled; components of
//! their stubs.
//! Holds: worlds take turns in being linked, which takes seconds; all of them are, in both forms, and all are checked by
//! the oldest Go and by staticcheck, with `WITHE_VECTORS=all`.

use std::path::Path;

use testing::cases::{Suite, entries};
use testing::go::{self, Go, On};
use testing::{Outcome, Trouble, conformance};

use super::components::{Form, component};
use super::{compiles, ensure, file_name, files_below, generate, module, path_text, withe_in};

/// Worlds built in; the number may only grow.
const BUILT_IN: usize = 20;

/// Most lines of code of the world `wasi:http/proxy`, all packages together, without comments and empty lines.
const HTTP_LINES: usize = 3000;

/// One of so many worlds is linked in a plain run.
const TURNS: usize = 8;

pub fn add(suite: Suite) -> Suite {
    let mut suite = suite
        .test("wasi/all worlds compile", wasi)
        .test("wasi/lines of http's proxy", http_lines)
        .test("vectors/all worlds compile", vectors);
    let vectors = conformance::folder("bindgen").map(|folder| inputs_of_vectors(&folder)).unwrap_or_default();
    for (position, input) in inputs_of_wasi().into_iter().chain(vectors).enumerate() {
        for form in forms(position) {
            let input = input.clone();
            suite = suite.test(format!("components/{} {}", input.name, form.word()), move || linked(&input, form));
        }
    }
    suite
}

/// How a world is linked in this run, if it is.
fn forms(position: usize) -> Vec<Form> {
    match (has_all(), position % TURNS) {
        (true, _) => vec![Form::Stubs, Form::Whole],
        (false, 0) if position.is_multiple_of(2 * TURNS) => vec![Form::Stubs],
        (false, 0) => vec![Form::Whole],
        (false, _) => Vec::new(),
    }
}

fn has_all() -> bool {
    std::env::var("WITHE_VECTORS").as_deref() == Ok("all")
}

/// What is generated: the words of the command line, WIT first, and a name that can be a folder's.
#[derive(Clone, Debug)]
struct Input {
    name: String,
    words: Vec<String>,
}

impl Input {
    fn new(words: Vec<String>) -> Self {
        let name = words[0].rsplit("bindgen/").next().unwrap_or_default();
        let name = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        Self { name, words }
    }

    fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }
}

fn inputs_of_wasi() -> Vec<Input> {
    built_in().into_iter().map(|world| Input::new(vec![world, "--all-features".to_owned()])).collect()
}

fn inputs_of_vectors(folder: &Path) -> Vec<Input> {
    entries(folder).iter().map(|path| Input::new(vec![path_text(path).to_owned()])).collect()
}

/// Generates each.
fn generate_all(out: &Path, inputs: &[Input]) -> Outcome {
    for input in inputs {
        generate(out, &input.words(), &input.name).map_err(|trouble| format!("{input:?}: {trouble}"))?;
    }
    Ok(())
}

fn wasi() -> Outcome {
    let inputs = inputs_of_wasi();
    ensure(inputs.len() >= BUILT_IN, &format!("{inputs:?}"))?;
    let out = module("wasi")?;
    generate_all(&out, &inputs)?;
    all_compile(&out)
}

fn vectors() -> Outcome {
    let folder = conformance::folder("bindgen")?;
    let out = module("vectors")?;
    generate_all(&out, &inputs_of_vectors(&folder))?;
    all_compile(&out)
}

/// Formatted, vetted and compiled, by the oldest Go as well if all is asked for.
fn all_compile(out: &Path) -> Outcome {
    compiles(out)?;
    Go::Machine.compile(out, On::Wasm)?;
    if has_all() {
        Go::Oldest.vet(out, On::Wasm)?;
        Go::Oldest.compile(out, On::Wasm)?;
        go::staticcheck(out)?;
    }
    Ok(())
}

/// The stubs of a world become a component of that world.
fn linked(input: &Input, form: Form) -> Outcome {
    let folder = testing::scratch(&format!("bindgen-go-component-{}-{}", input.name, form.word()))?;
    let mut words = vec!["withe", "bindgen", "go", "--stubs", "--module", "guest", "-o", "."];
    words.extend(input.words());
    let mut world = None;
    let (mut exit, mut errors) = withe_in(&folder, &words);
    if errors.contains("error[wit/world-ambiguous]") {
        world = Some("imports");
        words.extend(["-w", "imports"]);
        (exit, errors) = withe_in(&folder, &words);
    }
    match exit {
        withe::Exit::OK => component(&folder, &input.words[0], world, form),
        _ => Err(Trouble::Failed(errors)),
    }
}

/// The names of the worlds of all packages that are built in.
fn built_in() -> Vec<String> {
    let mut found = Vec::new();
    for (package, text) in wit::built_in_texts() {
        let (package, version) = package.split_once('@').map_or((package.as_str(), None), |(name, v)| (name, Some(v)));
        for line in text.lines() {
            let Some(rest) = line.strip_prefix("world ") else { continue };
            let world = rest.split([' ', '{']).next().unwrap_or_default().trim_start_matches('%');
            let version = version.map(|version| format!("@{version}")).unwrap_or_default();
            found.push(format!("{package}/{world}{version}"));
        }
    }
    found
}

fn http_lines() -> Outcome {
    let out = module("http-lines")?;
    let world = built_in().into_iter().find(|world| world.starts_with("wasi:http/proxy@0.2"));
    let world = world.ok_or("no world wasi:http/proxy@0.2 is built in")?;
    generate(&out, &[&world], "")?;
    let files = files_below(&out)?;
    let sources = files.iter().filter(|(path, _)| path.ends_with(".go") && file_name(Path::new(path)) != "main.go");
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let lines: usize = sources.map(|(_, text)| text.lines().filter(is_code).count()).sum();
    ensure(lines <= HTTP_LINES, &format!("{world}: {lines} lines of code"))?;
    Go::Machine.vet(&out, On::Wasm)
}
