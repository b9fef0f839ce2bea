//! The runtime suite in Go: its components crossed with those in Rust, in both directions, and with one another.
//!
//! Every case of `fixtures/run/pairs` has sources in Go; what cannot be built yet is listed, and a case that works while
//! it is listed fails. Cases take turns in being built by the oldest Go, and in which of their worlds is the one in Go: a
//! module of Go takes seconds to compile, so all choices of all cases run with `WITHE_PAIRS=all`.
#![expect(clippy::disallowed_methods, reason = "what a run covers is asked for by a variable")]

mod crossing;

use std::path::Path;
use std::process::ExitCode;

use testing::cases::Suite;
use testing::go::Go;
use testing::pairs::{self, Case, Language, Source, Variant, World};
use testing::{Outcome, Trouble, scratch};

use crossing::{build, component, stem, text, together, withe};

/// Cases that cannot be built so far, with what is said instead; the list may only shrink.
const REFUSED: &[(&str, &str)] = &[];

fn main() -> ExitCode {
    let cases = match pairs::all() {
        Ok(cases) => cases,
        Err(trouble) => return Suite::new().test("go", move || Err(trouble)).run(),
    };
    let mut suite = Suite::new();
    for case in cases {
        suite = suite.test(format!("go/{}", case.name), move || crossed(&case));
    }
    suite.run()
}

fn crossed(case: &Case) -> Outcome {
    let has_sources = |world: &World| world.sources.iter().any(|source| source.language == Language::Go);
    if !case.worlds.iter().all(has_sources) {
        return Err("a world has no source in Go".into());
    }
    let done = run(case);
    let Some((_, said)) = REFUSED.iter().find(|(name, _)| *name == case.name) else { return done };
    match done {
        Ok(()) => Err("it works: take it out of the list".into()),
        Err(Trouble::Failed(text)) if text.contains(said) => Ok(()),
        Err(other) => Err(other),
    }
}

fn run(case: &Case) -> Outcome {
    let folder = scratch(&format!("pairs/{}-go", case.name))?;
    // Not a multiple of the number of choices, which is mostly three.
    let go = if case.position.is_multiple_of(4) { Go::Oldest } else { Go::Machine };
    let mut combinations = case.combinations(Language::Go);
    let is_refused = REFUSED.iter().any(|(name, _)| *name == case.name);
    if !is_refused && std::env::var("WITHE_PAIRS").as_deref() != Ok("all") {
        combinations = vec![combinations.swap_remove(case.position % combinations.len())];
    }
    for world in &case.worlds {
        for source in &world.sources {
            let is_needed = combinations.iter().flatten().any(|chosen| chosen.path == source.path);
            match source.language {
                Language::Rust | Language::Go if !is_needed => {}
                Language::Rust => build(case, world, source, Variant::Plain, &folder)?,
                Language::Go => build_go(case, world, source, go, &folder)?,
            }
        }
    }
    for combination in combinations {
        let composed = together(case, &combination, &folder)?;
        if case.refused.is_none() {
            withe(&folder, &["call", &composed, "run()"]).map_err(|trouble| format!("{composed}: {trouble}"))?;
        }
    }
    Ok(())
}

/// Makes `FILE.wasm`, a component, of a source in Go.
fn build_go(case: &Case, world: &World, source: &Source, go: Go, folder: &Path) -> Outcome {
    let bindings = folder.join(format!("go-{}", stem(source)));
    let wit = case.wit();
    let mut words = vec!["bindgen", "go", text(&wit), "-w", &world.name, "-o", text(&bindings), "--module", "guest"];
    words.extend(case.words(world).into_iter().filter(|word| word.starts_with("--features=")));
    withe(folder, &words)?;
    pairs::add_go(source, &bindings)?;
    let module = go.build(&bindings, ".", &format!("pair-{}-{}-go", case.name, stem(source)))?;
    withe(folder, &["wrap", text(&module), "-o", &component(source)])
}
