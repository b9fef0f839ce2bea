//! What the reference composes is decoded here: it becomes a component of the same world, and that one comes back as
//! it is.
//!
//! In: public scripts and those of `fixtures/wac`, where the reference takes them; `fixtures/plug`, plugged by it.
//! Holds: what the reference makes is a composition that a graph can say.
#![expect(clippy::disallowed_methods, reason = "test cases are files")]
#![expect(clippy::print_stderr, reason = "the count is the report")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use component::EmitOptions;
use types::{Types, equal};
use wac_graph::{CompositionGraph, EncodeOptions};
use wac_resolver::FileSystemPackageResolver;

/// What a script becomes in the reference; none for one that it does not take.
fn script(path: &Path, packages: PathBuf) -> Option<Vec<u8>> {
    let text = fs::read_to_string(path).ok()?;
    let document = wac_parser::Document::parse(&text).ok()?;
    let resolver = FileSystemPackageResolver::new(packages, HashMap::new(), true);
    let keys = wac_resolver::packages(&document).ok()?;
    let resolution = document.resolve(resolver.resolve(&keys).ok()?).ok()?;
    resolution.encode(EncodeOptions::default()).ok()
}

/// What the components of a case become in the reference; none if it does not plug them.
fn plugged(case: &Path) -> Option<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let mut register = |path: &Path| {
        let bytes = wat::parse_file(path).ok()?;
        let name = format!("local:{}", path.file_stem()?.to_string_lossy());
        let package = wac_graph::types::Package::from_bytes(&name, None, bytes, graph.types_mut()).ok()?;
        graph.register_package(package).ok()
    };
    let socket = register(&case.join("socket.wat"))?;
    let plugs = files(case).into_iter().filter(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("plug"))
            && path.extension().is_some_and(|end| end == "wat")
    });
    let plugs = plugs.map(|path| register(&path)).collect::<Option<Vec<_>>>()?;
    wac_graph::plug(&mut graph, plugs, socket).ok()?;
    graph.encode(EncodeOptions::default()).ok()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder can be listed").path()).collect();
    found.sort();
    found
}

/// A component of the same world that comes back as it is.
fn settles(bytes: &[u8]) -> Result<(), String> {
    let types = &mut Types::new();
    let (dump, ours) = again(types, bytes).map_err(|why| format!("theirs: {why}"))?;
    let mut validator = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all());
    validator.validate_all(&ours).map_err(|error| format!("not valid: {error}\n{dump}"))?;
    let mut world = |bytes| component::read(types, "component.wasm", bytes).map(|component| component.ty);
    let theirs_world = world(bytes).map_err(|error| format!("{error:#?}"))?;
    let ours_world = world(&ours).map_err(|error| format!("{error:#?}"))?;
    let (theirs_dump, ours_dump) =
        (types::dump::component(types, &theirs_world), types::dump::component(types, &ours_world));
    if !equal::components(types, &theirs_world, &ours_world) {
        return Err(format!("another world:\n{theirs_dump}\nbecomes\n{ours_dump}"));
    }
    let settled = again(&mut Types::new(), &ours).map_err(|why| format!("ours: {why}"))?;
    if settled == (dump, ours) { Ok(()) } else { Err(format!("ours comes back as\n{}", settled.0)) }
}

fn again(types: &mut Types, bytes: &[u8]) -> Result<(String, Vec<u8>), String> {
    let graph = compose::decode(types, "composed.wasm", bytes).map_err(|error| format!("{error:#?}"))?;
    let plan = compose::plan(types, &graph).map_err(|error| format!("{error:#?}\n{}", graph.dump()))?;
    Ok((graph.dump(), component::emit(&plan, EmitOptions::default())))
}

/// Checks all that is made, and says how many that were. Interfaces with types of functions inside cannot be said yet.
fn check(what: &str, made: impl Iterator<Item = (PathBuf, Vec<u8>)>) -> usize {
    let (mut count, mut refused) = (0, 0);
    let mut wrong = Vec::new();
    for (path, bytes) in made {
        count += 1;
        match settles(&bytes) {
            Err(why) if why.starts_with("theirs: ") && why.contains("a type that is none of values") => refused += 1,
            Err(why) => wrong.push(format!("{}: {why}", path.display())),
            Ok(()) => {}
        }
    }
    eprintln!("{what}: {count}, of which {refused} are refused");
    assert!(refused <= 2, "more are refused than were");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n\n"));
    count
}

#[test]
fn public_scripts_of_the_reference() {
    let Ok(root) = testing::conformance::folder("wac") else {
        eprintln!("not run: there is no folder of public test vectors beside the checkout");
        return;
    };
    let paths = ["encoding", "resolution"].into_iter().flat_map(|area| files(&root.join(area)));
    let scripts = paths.filter(|path| path.extension().is_some_and(|end| end == "wac"));
    let count = check(
        "public scripts",
        scripts.filter_map(|path| Some((path.clone(), script(&path, path.with_extension(""))?))),
    );
    assert!(count >= 15, "fewer than there were: {count}");
}

#[test]
fn own_scripts_that_the_reference_takes() {
    let cases = files(&testing::fixtures("wac")).into_iter().map(|case| (case.join("script.wac"), case));
    let count = check("own scripts", cases.filter_map(|(path, case)| Some((path.clone(), script(&path, case)?))));
    assert!(count >= 5, "fewer than there were: {count}");
}

#[test]
fn plugs_of_the_reference() {
    let cases = files(&testing::fixtures("plug")).into_iter();
    let count = check("plugged", cases.filter_map(|case| Some((case.clone(), plugged(&case)?))));
    assert!(count >= 8, "fewer than there were: {count}");
}
