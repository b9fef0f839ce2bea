//! The runtime suite: pairs of components in `fixtures/run/pairs`, one of which calls the other.
//!
//! Bindings are generated, sources compiled, wrapped, composed and validated, and the runner's `run` is called; for every
//! choice of languages. Each case is also built in one other way, in turn: for preview1, as edition 2021, without `std`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::cases::Suite;
use testing::pairs::{self, Case, Generator, Source, Variant, World};
use testing::{Outcome, Trouble, scratch};
use withe::{Exit, Io};

/// Cases that there are at least; the number may only grow.
const CASES: usize = 70;

fn main() -> ExitCode {
    let cases = match pairs::all() {
        Ok(cases) => cases,
        Err(trouble) => return Suite::new().test("pairs", move || Err(trouble)).run(),
    };
    let count = cases.len();
    let mut suite = Suite::new().test("pairs: none is lost", move || enough(count));
    for case in cases {
        let (further, other) = (case.further(), case.clone());
        suite = suite
            .test(format!("pairs/{}", case.name), move || run(&case, Variant::Plain))
            .test(format!("pairs/{} {}", other.name, further.name()), move || run(&other, further));
    }
    suite.run()
}

fn enough(count: usize) -> Outcome {
    if count < CASES { Err(Trouble::Failed(format!("{count} cases, there were {CASES}"))) } else { Ok(()) }
}

/// Builds every source of a case, then runs every combination of them.
fn run(case: &Case, variant: Variant) -> Outcome {
    let folder = scratch(&format!("pairs/{}-{}", case.name, variant.name()))?;
    for world in &case.worlds {
        for source in &world.sources {
            build(case, world, source, variant, &folder)?;
        }
    }
    for combination in case.combinations() {
        together(case, &combination, &folder)?;
    }
    Ok(())
}

/// Makes `STEM.wasm`, a component, of a source.
fn build(case: &Case, world: &World, source: &Source, variant: Variant, folder: &Path) -> Outcome {
    let bindings = bindings(case, world, folder)?;
    let module = pairs::compile(case, source, &bindings, Generator::Withe, variant)?;
    withe(folder, &["wrap", text(&module), "-o", &format!("{}.wasm", stem(source))])
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

/// Composes components and calls `run`.
fn together(case: &Case, combination: &[&Source], folder: &Path) -> Outcome {
    let parts: Vec<String> = combination.iter().map(|source| format!("{}.wasm", stem(source))).collect();
    let composed = combination.iter().map(|source| stem(source)).collect::<Vec<_>>().join("+") + ".composed.wasm";
    let mut words: Vec<&str> = vec!["compose", "-o", &composed];
    words.extend(parts.iter().chain(&case.compose).map(String::as_str));
    withe(folder, &words)?;
    let Some(why) = &case.refused else {
        withe(folder, &["validate", &composed])?;
        return withe(folder, &["call", &composed, "run()"]);
    };
    withe(folder, &["validate", "--wasm-features", "all", &composed])?;
    match withe(folder, &["call", &composed, "run()"]) {
        Ok(()) => Err("it runs: take `refused` out of its options".into()),
        Err(Trouble::Failed(text)) if !text.contains("error[run/invalid-component]") => Err(Trouble::Failed(text)),
        Err(_) => Err(Trouble::NotRun(format!("built and valid, but refused by the embedded runtime: {why}"))),
    }
}

fn withe(folder: &Path, words: &[&str]) -> Outcome {
    let mut io = Io::captured(folder);
    let exit = withe::run(std::iter::once("withe").chain(words.iter().copied()), &mut io);
    if exit == Exit::OK {
        return Ok(());
    }
    Err(Trouble::Failed(format!("withe {}\n{}{}", words.join(" "), io.stdout.text(), io.stderr.text())))
}

fn stem(source: &Source) -> String {
    source.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are text")
}
