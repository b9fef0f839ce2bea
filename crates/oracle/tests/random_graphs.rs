//! Random graphs over random components: each becomes a valid component or a diagnostic with a place; what is read
//! back has the types that the graph says; two processes make the same bytes.
//!
//! `cargo xtask oracle --random N` sets `WITHE_ORACLE_RANDOM` to the number of seeds; without it a few are made.
//! Holds: a seed names all components and wirings made for it, and `WITHE_ORACLE_SEED` repeats one.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a test is told how many, and says how many")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;

use arbitrary::Unstructured;
use compose::solve::Given;
use compose::{Definition, Graph, NodeKind, Part};
use diag::{Diagnostics, Place};
use testing::seeds::Random;
use types::{ComponentType, Types};
use wit_component::DecodedWasm;
use wit_parser::Resolve;
use withe_oracle::graphs::guest::{self, Guest};
use withe_oracle::graphs::universe::Universe;
use withe_oracle::graphs::wire;

/// Seeds where nothing else is said.
const FEW: u64 = 100;

/// Failures that one share of the seeds tells before it ends.
const MANY: usize = 3;

/// Wirings for each seed: components take longer to make than graphs.
const WIRINGS: usize = 4;

/// What is said of a result that comes back with the same graph and type, but with other bytes.
///
/// Known to be wrong: where an interface could be said by the names of several others, such as in the export of a whole
/// instance of which parts are exported as well, the graph that was decoded chooses others.
const OTHER_NAMES: &str = "valid, with other bytes once it was decoded";

/// At most one valid result of so many may be such.
const RARELY: u64 = 200;

/// Set for the process that only makes the digests of all outcomes.
const DIGEST_ONLY: &str = "WITHE_ORACLE_DIGEST";

/// What came of one share of the seeds.
#[derive(Default)]
struct Share {
    counts: BTreeMap<String, u64>,
    failures: Vec<String>,
    /// By seed.
    digests: BTreeMap<u64, u64>,
}

#[test]
fn random_graphs_are_valid_or_refused() {
    let number = |key: &str| std::env::var(key).ok().and_then(|text| text.parse::<u64>().ok());
    let (first, wanted) = match number("WITHE_ORACLE_SEED") {
        Some(seed) => (seed, 1),
        None => (number("WITHE_ORACLE_FIRST").unwrap_or(0), number("WITHE_ORACLE_RANDOM").unwrap_or(FEW)),
    };
    let only_digest = std::env::var_os(DIGEST_ONLY).is_some();
    // The same in another process, while this one works.
    let twin = (!only_digest).then(|| {
        let program = std::env::current_exe().expect("a test is a program");
        let mut twin = Command::new(program);
        twin.args(["--exact", "random_graphs_are_valid_or_refused", "--nocapture"]).env(DIGEST_ONLY, "1");
        twin.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
        twin.spawn().expect("a test can be started again")
    });
    let threads = number("WITHE_ORACLE_THREADS").unwrap_or(1);
    let shares: Vec<Share> = std::thread::scope(|scope| {
        let share = |thread: u64| move || check_all((first..first + wanted).filter(|seed| seed % threads == thread));
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(share(thread))).collect();
        running.into_iter().map(|thread| thread.join().expect("a failure is no panic")).collect()
    });
    let mut all = Share::default();
    for share in shares {
        for (what, count) in share.counts {
            *all.counts.entry(what).or_default() += count;
        }
        all.failures.extend(share.failures);
        all.digests.extend(share.digests);
    }
    let digest = digest_of(&all.digests);
    if only_digest {
        println!("digest {digest:016x}");
        return;
    }
    println!("{wanted} seeds from {first} on");
    for (what, count) in &all.counts {
        println!("  {count:>8} {what}");
    }
    assert!(all.failures.is_empty(), "{}", all.failures.join("\n\n"));
    let said = twin.expect("started above").wait_with_output().expect("it was started");
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(
        said.contains(&format!("digest {digest:016x}")),
        "another process makes other bytes: {digest:016x}, {said}"
    );
    let count = |what: &str| all.counts.get(what).copied().unwrap_or_default();
    let valid = count("wiring: valid");
    assert!(wanted < FEW || valid > wanted, "hardly anything was composed");
    let sum = |what: &str| ["wiring", "plug", "solve"].map(|of| count(&format!("{of}: {what}"))).iter().sum::<u64>();
    assert!(wanted < FEW || sum(OTHER_NAMES) * RARELY <= sum("valid"), "many come back otherwise");
}

fn digest_of(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

fn check_all(seeds: impl Iterator<Item = u64>) -> Share {
    let mut share = Share::default();
    let many = std::env::var("WITHE_ORACLE_FAILURES").ok().and_then(|text| text.parse().ok()).unwrap_or(MANY);
    for seed in seeds {
        let checked = catch_unwind(AssertUnwindSafe(|| check(seed, &mut share)));
        let outcome = checked.unwrap_or_else(|panic| Err(format!("a panic: {}", panic_text(&*panic))));
        share.failures.extend(outcome.err().map(|why| format!("{why}\nto repeat: cargo xtask oracle --seed {seed}")));
        if share.failures.len() >= many {
            break;
        }
    }
    share
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied()).unwrap_or("no text")
}

/// All that is made of one seed.
fn check(seed: u64, share: &mut Share) -> Result<(), String> {
    let mut random = Random::new(seed);
    let guests = guests(&mut random)?;
    let mut digest = DefaultHasher::new();
    for guest in &guests {
        guest.bytes.hash(&mut digest);
    }
    for _ in 0..WIRINGS {
        let (what, bytes) = check_wiring(&mut random.clone(), &guests).map_err(|why| with_guests(&why, &guests))?;
        random.next_u64();
        *share.counts.entry(format!("wiring: {what}")).or_default() += 1;
        (what, bytes).hash(&mut digest);
    }
    let sets = catch_unwind(|| check_sets(&guests));
    let sets = sets.unwrap_or_else(|panic| Err(format!("a panic: {}", panic_text(&*panic))));
    for (what, bytes) in sets.map_err(|why| with_guests(&why, &guests))? {
        *share.counts.entry(what.clone()).or_default() += 1;
        (what, bytes).hash(&mut digest);
    }
    share.digests.insert(seed, digest.finish());
    Ok(())
}

/// Components that may fit each other.
fn guests(random: &mut Random) -> Result<Vec<Guest>, String> {
    let count = 1 + random.below(4);
    if random.below(5) == 0
        && let Some(resolve) = foreign(random)
    {
        let worlds: Vec<_> = resolve.worlds.iter().map(|(id, _)| id).collect();
        return (0..count).map(|number| guest::of_world(&resolve, *random.pick(&worlds), number)).collect();
    }
    let universe = Universe::new(random);
    let made: Result<Vec<Option<Guest>>, String> =
        (0..count).map(|number| guest::guest(random, &universe, number)).collect();
    Ok(made?.into_iter().flatten().collect())
}

/// Worlds by the other makers' generator; none if this time it makes no such.
fn foreign(random: &mut Random) -> Option<Resolve> {
    let bytes = random.bytes(2_000);
    let config = wit_smith::Config {
        async_: true,
        futures: true,
        streams: true,
        error_context: true,
        fixed_length_lists: true,
        implements: true,
        ..wit_smith::Config::default()
    };
    let made = catch_unwind(|| wit_smith::smith(&config, &mut Unstructured::new(&bytes)));
    let DecodedWasm::WitPackage(resolve, _) = wit_component::decode(&made.ok()?.ok()?).ok()? else { return None };
    (resolve.worlds.len() > 0).then_some(resolve)
}

fn with_guests(why: &str, guests: &[Guest]) -> String {
    let mut text = String::new();
    for guest in guests {
        let _ = writeln!(text, "--- {}\n{}", guest.file, guest.wit);
    }
    let _ = write!(text, "---\n{why}");
    text
}

/// The components as parts, each read anew.
fn parts<'a>(types: &mut Types, guests: &'a [Guest]) -> Result<Vec<Part<'a>>, String> {
    let read = |guest: &'a Guest| {
        let component = component::read(types, &guest.file, &guest.bytes).map_err(told)?;
        Ok(Part::new(guest.file.clone(), &guest.bytes, component.ty))
    };
    guests.iter().map(read).collect()
}

/// What came of a wiring, in a word or by its code, and the bytes if there are any.
fn check_wiring(random: &mut Random, guests: &[Guest]) -> Result<(String, Vec<u8>), String> {
    if guests.is_empty() {
        return Ok(("no component".to_owned(), Vec::new()));
    }
    let types = &mut Types::new();
    let parts = parts(types, guests)?;
    let wire::Wired { wiring, text } = wire::wire(types, random, &parts);
    let built = catch_unwind(AssertUnwindSafe(|| wiring.build(types)));
    let built = built.map_err(|panic| format!("a panic: {}\n{text}", panic_text(&*panic)))?;
    match built {
        Err(refused) => refusal(&refused).map(|code| (code, Vec::new())).map_err(|why| format!("{why}\n{text}")),
        Ok(wired) => check_graph(types, &wired.graph).map_err(|why| format!("{why}\n{text}")),
    }
}

/// The code of a refusal, which must have a place.
fn refusal(refused: &Diagnostics) -> Result<String, String> {
    let Some(first) = refused.0.first() else { return Err("refused without a diagnostic".to_owned()) };
    match refused.0.iter().find(|one| one.labels.is_empty()) {
        Some(one) => Err(format!("a refusal without a place: {}: {}", one.code, one.headline)),
        None => Ok(first.code.to_string()),
    }
}

/// A graph becomes a valid component whose type is the graph's.
fn check_graph(types: &mut Types, graph: &Graph<'_>) -> Result<(String, Vec<u8>), String> {
    let plan = match compose::plan(types, graph) {
        Ok(plan) => plan,
        Err(refused) => return Ok((refusal(&refused)?, Vec::new())),
    };
    let bytes = component::emit(&plan, component::EmitOptions::default());
    validate(&bytes).map_err(|why| {
        // To be looked at.
        let kept = std::env::var("WITHE_ORACLE_KEEP").map(|path| std::fs::write(path, &bytes));
        format!("INVALID: {why}\n{}{}", graph.dump(), if kept.is_ok() { "kept\n" } else { "" })
    })?;
    let read = component::read(types, "result.wasm", &bytes).map_err(told)?.ty;
    let expected = type_of(graph);
    let found = ComponentType {
        imports: read.imports.clone(),
        exports: read.exports.iter().filter(|(name, _)| expected.exports.contains_key(*name)).map(owned).collect(),
    };
    // Types of functions, interfaces and worlds are nothing that a component provides.
    let values = graph.definitions().values().filter(|of| matches!(of, Definition::Value(_))).count();
    if found.exports.len() + values != read.exports.len() {
        return Err("the result exports other names than the graph".to_owned());
    }
    if !types::equal::components(types, &expected, &found) {
        let [expected, found] = [expected, found].map(|ty| types::dump::component(types, &ty));
        return Err(format!("the result has another type; the graph says\n{expected}\nand the result\n{found}"));
    }
    let what = if read_back(graph, &bytes)? { "valid" } else { OTHER_NAMES };
    Ok((what.to_owned(), bytes))
}

/// Decoding gives the graph back, and encoding it again these bytes, or those of a component of the same type that
/// stays as it is from then on: then `false`.
fn read_back(graph: &Graph<'_>, bytes: &[u8]) -> Result<bool, String> {
    let again = encoded_again(bytes, Some(graph))?;
    if again == bytes {
        return Ok(true);
    }
    validate(&again).map_err(|why| format!("INVALID after decoding: {why}\n{}", graph.dump()))?;
    let types = &mut Types::new();
    let first = component::read(types, "result.wasm", bytes).map_err(told)?.ty;
    let second = component::read(types, "again.wasm", &again).map_err(told)?.ty;
    if !types::equal::components(types, &first, &second) {
        return Err(format!("another type after decoding:\n{}", graph.dump()));
    }
    if encoded_again(&again, None)? != again {
        return Err(format!("other bytes after each decoding:\n{}", graph.dump()));
    }
    Ok(false)
}

/// What a component becomes that is decoded and encoded; it must be the graph that was meant.
fn encoded_again(bytes: &[u8], meant: Option<&Graph<'_>>) -> Result<Vec<u8>, String> {
    let types = &mut Types::new();
    let again = compose::decode(types, "result.wasm", bytes).map_err(|why| format!("not decoded: {}", told(why)))?;
    if let Some((meant, found)) = meant.map(|meant| (shape(meant), shape(&again))).filter(|(one, two)| one != two) {
        return Err(format!("decoded as another graph; meant\n{meant}\nfound\n{found}"));
    }
    let plan = compose::plan(types, &again).map_err(|why| format!("not planned again: {}", told(why)))?;
    Ok(component::emit(&plan, component::EmitOptions::default()))
}

/// A graph as text in which parts are called by their contents.
fn shape(graph: &Graph<'_>) -> String {
    let mut text = String::new();
    for (name, node) in graph.imports() {
        let _ = writeln!(text, "import {name} {:?}", graph.node(*node).name);
    }
    let mut known: BTreeMap<compose::NodeId, String> = BTreeMap::new();
    let mut instances = 0;
    for (id, node) in graph.nodes() {
        let list = |known: &BTreeMap<_, String>, of: &[(types::ExternName, compose::NodeId)]| {
            of.iter().map(|(name, node)| format!("{name} = {}", known[node])).collect::<Vec<_>>().join(", ")
        };
        let said = match &node.kind {
            NodeKind::Import(name) => format!("import {name}"),
            NodeKind::Instance { part, args } => {
                let digest = digest_of(&graph.part(*part).bytes);
                // One without a name of its own is called after its part.
                let name = node.name.as_ref().or(graph.part(*part).name.as_ref());
                format!("instance {name:?} of {digest:x} ({})", list(&known, args))
            }
            NodeKind::Alias { of, name } => format!("{} / {name}", known[of]),
            NodeKind::Bag { exports } => format!("bag ({})", list(&known, exports)),
        };
        if matches!(node.kind, NodeKind::Instance { .. }) {
            let _ = writeln!(text, "{said}");
            known.insert(id, format!("i{instances}"));
            instances += 1;
        } else {
            known.insert(id, said);
        }
    }
    for (name, definition) in graph.definitions() {
        let _ = writeln!(text, "type {name} {:?}", std::mem::discriminant(definition));
    }
    for (name, node) in graph.exports() {
        let _ = writeln!(text, "export {name} = {}", known[node]);
    }
    text
}

/// The first component as the socket of the others, and all of them solved.
fn check_sets(guests: &[Guest]) -> Result<Vec<(String, Vec<u8>)>, String> {
    if guests.is_empty() {
        return Ok(Vec::new());
    }
    let types = &mut Types::new();
    let mut plugs = parts(types, guests)?;
    let socket = plugs.remove(0);
    let plugged = match compose::plug(types, socket, plugs) {
        Err(refused) => (refusal(&refused)?, Vec::new()),
        Ok(plugged) => check_graph(types, &plugged.graph)?,
    };
    let types = &mut Types::new();
    let given = parts(types, guests)?.into_iter().map(|part| Given { part, name: None }).collect();
    let solved = match compose::solve(types, given, &[]) {
        Err(refused) => (refusal(&refused)?, Vec::new()),
        Ok(solved) => check_graph(types, &solved.graph)?,
    };
    Ok(vec![(format!("plug: {}", plugged.0), plugged.1), (format!("solve: {}", solved.0), solved.1)])
}

fn owned<A: Clone, B: Clone>((a, b): (&A, &B)) -> (A, B) {
    (a.clone(), b.clone())
}

/// What a graph imports and exports, but for its own types.
fn type_of(graph: &Graph<'_>) -> ComponentType {
    let items = |nodes: &indexmap::IndexMap<types::ExternName, compose::NodeId>| {
        nodes.iter().map(|(name, node)| (name.clone(), graph.node(*node).item.clone())).collect()
    };
    ComponentType { imports: items(graph.imports()), exports: items(graph.exports()) }
}

fn validate(bytes: &[u8]) -> Result<(), String> {
    let here = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(bytes);
    here.map_err(|error| error.to_string())?;
    let features = wasmparser_embedded::WasmFeatures::all();
    let embedded = wasmparser_embedded::Validator::new_with_features(features).validate_all(bytes);
    embedded.map(|_| ()).map_err(|error| format!("the embedded version: {error}"))
}

fn told(diagnostics: Diagnostics) -> String {
    let told = |one: &diag::Diagnostic| {
        let place = |place: &Place| match place {
            Place::Text { source, span } => format!("{} at {}", source.name, span.start),
            Place::Binary { file, path } => format!("{file}: {path}"),
            Place::File { file } => file.clone(),
        };
        let labels: Vec<String> =
            one.labels.iter().map(|label| format!("  {}: {}", place(&label.place), label.text)).collect();
        format!("{}: {}\n{}", one.code, one.headline, labels.join("\n"))
    };
    diagnostics.0.iter().map(told).collect::<Vec<_>>().join("\n")
}
