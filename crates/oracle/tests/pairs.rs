//! The runtime suite with the bindings of another generator: our caller with its callee and the reverse, the same
//! sources being compiled with both; and what both made, encoded by another encoder.
//!
//! Components are wrapped, composed and run by `withe` itself, which `cargo xtask oracle` builds before.
#![expect(clippy::disallowed_methods, reason = "tests start withe, and write files")]

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Parser as _;
use testing::cases::{Suite, entries};
use testing::pairs::{self, Case, Generator, Language, Source, Variant, World};
use testing::{Outcome, Trouble, read, read_text, root, scratch, tool};
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator as _};

/// Cases that the other generator cannot do, and why. One that it can do by now fails.
const BEYOND_THE_PEER: &[(&str, &str)] = &[
    ("async-streams", "it reads again after the end"),
    ("error-contexts", "it panics"),
    ("fixed-length-lists", "an export that returns them leaks"),
    ("future-default-at-once", "it writes no default in a function that is not asynchronous"),
    ("keyword-package", "a package and parameters are named like keywords"),
    ("names-of-generated-code", "parameters meet its local variables"),
    ("ownership-borrowing", "a list that is owned elsewhere lends its top alone"),
    ("raw-strings", "what it makes of them where they are given away does not compile"),
    ("tasks-streams", "it reads again after the end"),
    ("with-types", "an enum from elsewhere lacks a function that it calls"),
];

fn main() -> ExitCode {
    let cases = match pairs::all() {
        Ok(cases) => cases,
        Err(trouble) => return Suite::new().test("pairs", move || Err(trouble)).run(),
    };
    let known = BEYOND_THE_PEER.iter().find(|(name, _)| !cases.iter().any(|case| case.name == *name));
    let known = known.map(|(name, _)| format!("`{name}` is no case"));
    let mut suite =
        Suite::new().test("pairs: exceptions are cases", move || known.map_or(Ok(()), |text| Err(text.into())));
    for case in cases {
        suite = match BEYOND_THE_PEER.iter().find(|(name, _)| case.name == *name) {
            None => suite.test(format!("pairs/{}", case.name), move || crossed(&case)),
            Some((_, why)) => {
                suite.test(format!("pairs/{}: not with the other generator: {why}", case.name), move || refused(&case))
            }
        };
    }
    suite.run()
}

/// Every component is made by both; then they meet in all ways.
fn crossed(case: &Case) -> Outcome {
    let folder = scratch(&format!("oracle-pairs/{}", case.name))?;
    for generator in [Generator::Withe, Generator::Peer] {
        for world in &case.worlds {
            let bindings = bindings(case, world, generator, &folder)?;
            for source in world.sources.iter().filter(|source| source.language == Language::Rust) {
                let module = pairs::compile(case, source, &bindings, generator, Variant::Plain)?;
                let component = format!("{}.{}.wasm", stem(source), generator.name());
                withe(&folder, &["wrap", text(&module), "-o", &component])?;
                let encoded = encoded_by_peer(&module)?;
                std::fs::write(folder.join(format!("{}.{}.peer.wasm", stem(source), generator.name())), encoded)?;
            }
        }
    }
    for combination in case.combinations(Language::Rust) {
        meet(case, &combination, &folder)?;
    }
    Ok(())
}

/// The other generator fails somewhere, be it that what it makes does not compile; what is ours works with its callers.
fn refused(case: &Case) -> Outcome {
    match crossed(case) {
        Ok(()) => Err("the other generator can do it: take it out of the list".into()),
        Err(Trouble::Failed(text)) if text.contains(OURS) => Err(Trouble::Failed(text)),
        Err(Trouble::Failed(_)) => Ok(()),
        Err(trouble) => Err(trouble),
    }
}

/// How a failure begins for which the other generator is not to blame.
const OURS: &str = "(runner+others: withe+withe)";

/// The four ways in which the runner and the others meet, and each generator's own as the other encoder encodes them.
fn meet(case: &Case, combination: &[&Source], folder: &Path) -> Outcome {
    let (us, peer) = (Generator::Withe, Generator::Peer);
    for (runner, others, encoder) in
        [(us, us, ""), (us, peer, ""), (peer, us, ""), (peer, peer, ""), (us, us, ".peer"), (peer, peer, ".peer")]
    {
        let way = format!("{}+{}{encoder}", runner.name(), others.name());
        together(
            case,
            combination,
            |stem| {
                let maker = if stem.starts_with("runner") { runner } else { others };
                format!("{stem}={stem}.{}{encoder}.wasm", maker.name())
            },
            &way,
            folder,
        )?;
    }
    Ok(())
}

fn together(case: &Case, combination: &[&Source], file: impl Fn(&str) -> String, way: &str, folder: &Path) -> Outcome {
    let parts: Vec<String> = combination.iter().map(|source| file(&stem(source))).collect();
    let composed = format!("{way}.composed.wasm");
    let mut words: Vec<&str> = vec!["compose", "-o", &composed];
    words.extend(parts.iter().chain(&case.compose).map(String::as_str));
    let features: &[&str] = if case.refused.is_some() { &["--wasm-features", "all"] } else { &[] };
    let mut result =
        withe(folder, &words).and_then(|()| withe(folder, &[["validate", &composed].as_slice(), features].concat()));
    if case.refused.is_none() {
        result = result.and_then(|()| withe(folder, &["call", &composed, "run()"]));
    }
    result.map_err(|trouble| Trouble::Failed(format!("(runner+others: {way}) {trouble}")))
}

/// The file of bindings of a world, by either generator.
fn bindings(case: &Case, world: &World, generator: Generator, folder: &Path) -> Result<PathBuf, Trouble> {
    let out = folder.join(format!("{}-{}", world.name, generator.name()));
    std::fs::create_dir_all(&out)?;
    match generator {
        Generator::Withe => ours(case, world, &out)?,
        Generator::Peer => theirs(case, world, &out)?,
    }
    entries(&out).into_iter().next().ok_or_else(|| Trouble::Failed(format!("{} is empty", out.display())))
}

fn ours(case: &Case, world: &World, out: &Path) -> Outcome {
    let wit = case.wit();
    let mut words = vec!["bindgen", "rust", text(&wit), "-w", &world.name, "-o", text(out)];
    words.extend(case.words(world));
    withe(&root(), &words)
}

fn theirs(case: &Case, world: &World, out: &Path) -> Outcome {
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let wit = out.with_extension("wit");
    std::fs::write(&wit, without_other_worlds(case, world)?)?;
    let (main, _) = resolve.push_path(&wit).map_err(peer)?;
    let id = resolve.select_world(&[main], Some(&world.name)).map_err(peer)?;
    let options = options(case, world)?;
    let mut files = Files::default();
    let generate = AssertUnwindSafe(|| options.build().generate(&mut resolve, id, &mut files).map_err(peer));
    std::panic::catch_unwind(generate).unwrap_or_else(|_| Err("the other tool panics".into()))?;
    for (name, contents) in files.iter() {
        std::fs::write(out.join(name), contents)?;
    }
    Ok(())
}

/// The WIT of a case with one of its worlds, since the other generator lets what stands in one decide how another borrows.
fn without_other_worlds(case: &Case, world: &World) -> Result<String, Trouble> {
    let text = read_text(&case.wit())?;
    let mut kept = String::new();
    let mut is_other = false;
    for line in text.lines() {
        let name = line.strip_prefix("world ").and_then(|rest| rest.split([' ', '{']).next());
        is_other |= name.is_some_and(|name| name != world.name && case.worlds.iter().any(|other| other.name == name));
        if !is_other {
            kept += line;
            kept.push('\n');
        }
        is_other &= !line.ends_with('}') || line.starts_with(' ');
    }
    Ok(kept)
}

/// The other generator's options, from the words of its command line, which are ours as well.
fn options(case: &Case, world: &World) -> Result<wit_bindgen_rust::Opts, Trouble> {
    // All features are on already.
    let words = case.words(world).into_iter().filter(|word| !word.starts_with("--features"));
    let words = ["wit-bindgen", "--generate-all"].into_iter().chain(words);
    wit_bindgen_rust::Opts::try_parse_from(words).map_err(|error| Trouble::Failed(format!("the other tool: {error}")))
}

fn encoded_by_peer(module: &Path) -> Result<Vec<u8>, Trouble> {
    let mut encoder = wit_component::ComponentEncoder::default();
    encoder.validate(true).module(&read(module)?).map_err(peer)?;
    encoder.encode().map_err(peer)
}

fn peer(error: impl std::fmt::Debug) -> Trouble {
    Trouble::Failed(format!("the other tool: {error:?}"))
}

/// Runs `withe`, as `cargo xtask oracle` built it, or as an earlier build left it.
fn withe(folder: &Path, words: &[&str]) -> Outcome {
    let given = std::env::var_os("WITHE_BINARY").map(PathBuf::from);
    let program = given.unwrap_or_else(|| testing::target_folder().join("debug/withe"));
    if !program.is_file() {
        return Err(Trouble::MissingTool("no `withe` is built; `cargo xtask oracle` builds it".to_owned()));
    }
    tool::run(Command::new(program).args(words).current_dir(folder)).map(drop)
}

fn stem(source: &Source) -> String {
    source.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are text")
}
