//! Public composition graphs: each is built as a `Wiring`, and its verdict and world compared with the expected ones.
//!
//! Cases with WIT packages or imports of function types are not for this crate; they are counted as left out.
//! The graphs stand beside the project's checkout; without them the test says that it did not run.
#![expect(clippy::disallowed_methods, reason = "the vectors are files")]
#![expect(clippy::print_stderr, reason = "the count is the report")]

use std::fs;
use std::path::{Path, PathBuf};

use component::EmitOptions;
use indexmap::IndexMap;
use serde_json::Value;
use types::{ComponentType, ExternName, Types};
use withe_compose::{Part, Source, Wanted, WantedId, Wiring, decode, plan};

fn cases() -> Option<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/wac/graphs");
    let mut found: Vec<PathBuf> =
        fs::read_dir(root).ok()?.map(|entry| entry.expect("a folder can be listed").path()).collect();
    found.retain(|path| path.join("graph.json").is_file());
    found.sort();
    Some(found)
}

/// `None` for a case that is not for this crate.
fn packages(case: &Path, graph: &Value) -> Option<Vec<(String, Vec<u8>)>> {
    let paths = graph["packages"].as_array()?.iter().map(|package| package["path"].as_str());
    paths
        .map(|path| {
            let path = path.filter(|path| path.ends_with(".wat"))?;
            Some((path.to_owned(), wat::parse_file(case.join(path)).ok()?))
        })
        .collect()
}

fn list<'v>(graph: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    graph[key].as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a node's number")).expect("a small number")
}

fn name(value: &Value) -> ExternName {
    ExternName::parse(value.as_str().expect("a name")).expect("a name of a known form")
}

/// The world of what the graph describes, or what is wrong with it. `None` if nodes are of other kinds.
fn outcome(types: &mut Types, graph: &Value, files: &[(String, Vec<u8>)]) -> Option<Result<ComponentType, String>> {
    let nodes: Vec<&Value> = list(graph, "nodes").collect();
    // A graph without nodes is about the registration of packages by name, which a wiring does not have.
    if nodes.is_empty() || nodes.iter().any(|node| !matches!(node["type"].as_str(), Some("instantiation" | "alias"))) {
        return None;
    }
    let mut wiring = Wiring::new();
    let mut sources: IndexMap<usize, Source> = IndexMap::new();
    let mut instances: IndexMap<usize, WantedId> = IndexMap::new();
    for (at, node) in nodes.iter().enumerate() {
        let source = if node["type"] == "alias" {
            let of = instances.get(&number(&node["source"]))?;
            Source::export(*of, name(&node["export"]))
        } else {
            let mut args = IndexMap::new();
            for argument in list(graph, "arguments").filter(|argument| number(&argument["target"]) == at) {
                // Of a later node: a circle, which a wiring cannot say.
                let Some(source) = sources.get(&number(&argument["source"])) else {
                    return Some(Err("a circle".to_owned()));
                };
                args.insert(name(&argument["name"]), source.clone().into());
            }
            let (file, bytes) = &files[number(&node["package"])];
            let ty = match component::read(types, file, bytes) {
                Ok(component) => component.ty,
                Err(error) => return Some(Err(format!("{error:?}"))),
            };
            let instance = wiring.instance(Wanted::new(Part::new(file.clone(), bytes, ty), args));
            instances.insert(at, instance);
            Source::Instance(instance)
        };
        sources.insert(at, source);
    }
    for export in list(graph, "exports") {
        wiring.export(name(&export["name"]), sources[&number(&export["node"])].clone());
    }
    // An alias that nothing uses is checked too.
    for (at, source) in sources.iter().filter(|(at, _)| nodes[**at]["type"] == "alias") {
        let used = list(graph, "exports").any(|export| number(&export["node"]) == *at);
        if !used && list(graph, "arguments").all(|argument| number(&argument["source"]) != *at) {
            wiring.export(ExternName::label("unused"), source.clone());
        }
    }
    Some(built(types, wiring))
}

fn built(types: &mut Types, wiring: Wiring<'_>) -> Result<ComponentType, String> {
    let wired = wiring.build(types).map_err(|error| error.0[0].headline.clone())?;
    let plan = plan(types, &wired.graph).map_err(|error| format!("not planned: {error:?}"))?;
    let bytes = component::emit(&plan, EmitOptions::default());
    let mut validator = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all());
    validator.validate_all(&bytes).map_err(|error| format!("INVALID {error}\n{}", wired.graph.dump()))?;
    let read = decode(types, "result.wasm", &bytes).map_err(|error| format!("INVALID, not read back: {error:?}"))?;
    let again = withe_compose::plan(types, &read).map_err(|error| format!("INVALID, not planned: {error:?}"))?;
    if read.dump() != wired.graph.dump() || component::emit(&again, EmitOptions::default()) != bytes {
        return Err(format!("INVALID: read back as\n{}\ninstead of\n{}", read.dump(), wired.graph.dump()));
    }
    Ok(component::read(types, "result.wasm", &bytes).map_err(|error| format!("{error:?}"))?.ty)
}

/// The names that the expected output imports and exports. Its embedded components are imports of a kind that is no
/// longer valid, so only the text can be read.
fn expected(case: &Path) -> Vec<String> {
    let text = fs::read_to_string(case.join("encoded.wat")).expect("a case has an error or an output");
    let named = |line: &str| {
        let word = ["import", "export"].into_iter().find(|word| line.starts_with(&format!("  ({word} ")))?;
        let name = line.split('"').nth(1)?;
        (!name.starts_with("unlocked-dep")).then(|| format!("{word} {name}"))
    };
    let mut names: Vec<String> = text.lines().filter_map(named).collect();
    names.sort();
    names
}

fn names(ty: &ComponentType) -> Vec<String> {
    let imports = ty.imports.keys().map(|name| format!("import {name}"));
    let mut names: Vec<String> = imports.chain(ty.exports.keys().map(|name| format!("export {name}"))).collect();
    names.sort();
    names
}

#[test]
fn public_graphs() {
    let Some(cases) = cases() else {
        eprintln!("not run: there is no folder of public test vectors beside the checkout");
        return;
    };
    let (mut agreed, mut left_out, mut wrong) = (0, 0, Vec::new());
    for case in &cases {
        let title = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let graph = fs::read_to_string(case.join("graph.json")).expect("listed above");
        let graph: Value = serde_json::from_str(&graph).expect("the vectors parse");
        let types = &mut Types::new();
        let Some(found) = packages(case, &graph).and_then(|files| outcome(types, &graph, &files)) else {
            left_out += 1;
            continue;
        };
        let refused = case.join("error.txt").is_file();
        match found {
            Err(why) if refused && !why.starts_with("INVALID") => agreed += 1,
            Err(why) => wrong.push(format!("{title}: {why}")),
            Ok(_) if refused => wrong.push(format!("{title}: accepted")),
            Ok(ty) => {
                let (expected, found) = (expected(case), names(&ty));
                if found == expected {
                    agreed += 1;
                } else {
                    wrong.push(format!("{title}: expected {expected:?}, found {found:?}"));
                }
            }
        }
    }
    eprintln!("{} graphs: {agreed} agree, {left_out} left out", cases.len());
    assert!(agreed >= 10, "fewer graphs agree than did");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
