//! The runtime suite: pairs of components in `fixtures/run/pairs`, one of which calls the other.
//!
//! Bindings are generated, sources compiled, wrapped, composed and validated, and the runner's `run` is called; for every
//! choice of languages. Each case is also built in one other way, in turn: for preview1, as edition 2021, without `std`.
//! What was composed is also transpiled, and does the same on both versions of Node.
#![expect(clippy::disallowed_methods, reason = "tests write scripts")]

mod crossing;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use testing::cases::Suite;
use testing::js::Node;
use testing::pairs::{self, Case, Language, Variant};
use testing::{Outcome, Trouble, scratch};

use crossing::{build, together, withe};

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
        let (further, other, other_of_node) = (case.further(), case.clone(), case.clone());
        suite = suite
            .test(format!("pairs/{}", case.name), move || run(&case, Variant::Plain))
            .test(format!("pairs/{} {}", other.name, further.name()), move || run(&other, further));
        for node in Node::ALL {
            let case = other_of_node.clone();
            suite = suite.test(format!("pairs/{} {}", case.name, node.name()), move || on_node(&case, node));
        }
    }
    suite.run()
}

fn enough(count: usize) -> Outcome {
    if count < CASES { Err(Trouble::Failed(format!("{count} cases, there were {CASES}"))) } else { Ok(()) }
}

/// Runs every combination of a case's sources.
fn run(case: &Case, variant: Variant) -> Outcome {
    let built = built(case, variant);
    let built = built.as_ref().as_ref().map_err(Clone::clone)?;
    built.composed.iter().try_for_each(|composed| called(case, &built.folder, composed))
}

/// What was composed of a case's sources.
struct Built {
    folder: PathBuf,
    /// File names, one for each combination of sources.
    composed: Vec<String>,
}

type Building = Arc<OnceLock<Arc<Result<Built, Trouble>>>>;

/// Builds every source of a case and composes every combination of them, once for all tests.
fn built(case: &Case, variant: Variant) -> Arc<Result<Built, Trouble>> {
    static BUILT: Mutex<Option<HashMap<String, Building>>> = Mutex::new(None);
    let name = format!("{}-{}", case.name, variant.name());
    let building = {
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(built.get_or_insert_default().entry(name).or_default())
    };
    Arc::clone(building.get_or_init(|| Arc::new(build_all(case, variant))))
}

fn build_all(case: &Case, variant: Variant) -> Result<Built, Trouble> {
    let folder = scratch(&format!("pairs/{}-{}", case.name, variant.name()))?;
    for world in &case.worlds {
        for source in world.sources.iter().filter(|source| source.language == Language::Rust) {
            build(case, world, source, variant, &folder)?;
        }
    }
    let combinations = case.combinations(Language::Rust);
    let composed = combinations.iter().map(|combination| together(case, combination, &folder));
    Ok(Built { composed: composed.collect::<Result<_, _>>()?, folder })
}

/// Calls `run` on the embedded runtime.
fn called(case: &Case, folder: &Path, composed: &str) -> Outcome {
    let done = withe(folder, &["call", composed, "run()"]);
    let Some(why) = &case.refused else { return done };
    match done {
        Ok(()) => Err("it runs: take `refused` out of its options".into()),
        Err(Trouble::Failed(text)) if !text.contains("error[run/invalid-component]") => Err(Trouble::Failed(text)),
        Err(_) => Err(Trouble::NotRun(format!("built and valid, but refused by the embedded runtime: {why}"))),
    }
}

/// Transpiles what was composed and calls `run` there.
fn on_node(case: &Case, node: Node) -> Outcome {
    let built = built(case, Variant::Plain);
    let built = built.as_ref().as_ref().map_err(Clone::clone)?;
    for (at, composed) in built.composed.iter().enumerate() {
        let out = format!("{}-{at}", node.name());
        withe(&built.folder, &["transpile", composed, "-o", &out, "--name", "pair"])?;
        let folder = built.folder.join(&out);
        std::fs::write(folder.join("package.json"), r#"{ "type": "module" }"#)?;
        std::fs::write(folder.join("run.js"), RUN)?;
        let said = node.output(&folder, "run.js", &[])?;
        if said != "done\n" {
            return Err(Trouble::Failed(said));
        }
    }
    Ok(())
}

const RUN: &str = "import { run } from './pair.js';\n\nawait run();\nconsole.log('done');\n";
