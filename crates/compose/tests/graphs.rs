//! Public composition graphs: each is built as a `Wiring`, and its verdict and world compared with the expected ones.
//!
//! Packages that are WIT are components of their world, which other tools made: they stand in `fixtures/graphs`.
//! The graphs stand beside the project's checkout; without them the test says that it did not run.
#![expect(clippy::disallowed_methods, reason = "the vectors are files")]
#![expect(clippy::print_stderr, reason = "the count is the report")]

use std::fs;
use std::path::{Path, PathBuf};

use component::EmitOptions;
use indexmap::IndexMap;
use serde_json::Value;
use types::{ComponentType, Decl, ExternName, Item, ItemKind, Types};
use withe_compose::{Definition, Import, Part, Source, Wanted, Wiring, decode, plan};

fn cases() -> Option<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/wac/graphs");
    let mut found: Vec<PathBuf> =
        fs::read_dir(root).ok()?.map(|entry| entry.expect("a folder can be listed").path()).collect();
    found.retain(|path| path.join("graph.json").is_file());
    found.sort();
    Some(found)
}

/// The packages of a graph; those that are WIT as components of their only world that do nothing, which stand in
/// `fixtures/graphs`.
fn packages(case: &Path, graph: &Value) -> Vec<(String, Vec<u8>)> {
    let title = case.file_name().expect("a case has a name").to_string_lossy();
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/graphs");
    let paths = list(graph, "packages").map(|package| package["path"].as_str().expect("a path").to_owned());
    let read = |path: String| {
        let whole = if path.ends_with(".wat") { case.join(&path) } else { made.join(format!("{title}__{path}.wat")) };
        (path, wat::parse_file(&whole).expect("it parses"))
    };
    paths.map(read).collect()
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

/// The world of what the graph describes, or what is wrong with it.
fn outcome(types: &mut Types, graph: &Value, files: &[(String, Vec<u8>)]) -> Result<ComponentType, String> {
    let nodes: Vec<&Value> = list(graph, "nodes").collect();
    // What neither a script nor a wiring can say: two packages of one name, an argument given twice, a circle.
    if let Some(twice) = repeated(list(graph, "packages").map(|package| package["name"].to_string())) {
        return Err(format!("package {twice} is named twice"));
    }
    if let Some(twice) =
        repeated(list(graph, "arguments").map(|argument| format!("{} {}", argument["target"], argument["name"])))
    {
        return Err(format!("argument {twice} is given twice"));
    }
    let mut reading = Reading { types, files, wiring: Wiring::new(), sources: IndexMap::new() };
    for at in in_order(graph, &nodes)? {
        let node = nodes[at];
        let source = match node["type"].as_str() {
            Some("alias") => {
                let of = reading.sources[&number(&node["source"])].clone();
                Source::Export(Box::new(of), name(&node["export"]))
            }
            Some("import") => reading.import(node)?,
            Some("instantiation") => reading.instance(graph, at, node)?,
            _ => panic!("a node of another kind: {node}"),
        };
        reading.sources.insert(at, source);
    }
    let Reading { mut wiring, sources, .. } = reading;
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
    built(types, wiring)
}

/// The nodes, each after those that it names, else as they stand.
fn in_order(graph: &Value, nodes: &[&Value]) -> Result<Vec<usize>, String> {
    let needs = |at: usize| {
        let of_alias = nodes[at].get("source").into_iter();
        let arguments = list(graph, "arguments").filter(move |argument| number(&argument["target"]) == at);
        of_alias.chain(arguments.map(|argument| &argument["source"])).map(number)
    };
    let mut order: Vec<usize> = Vec::new();
    while order.len() < nodes.len() {
        let mut left = (0..nodes.len()).filter(|at| !order.contains(at));
        let next = left.find(|at| needs(*at).all(|needed| order.contains(&needed))).ok_or("a circle")?;
        order.push(next);
    }
    Ok(order)
}

fn repeated(names: impl Iterator<Item = String>) -> Option<String> {
    let mut seen = Vec::new();
    for name in names {
        if seen.contains(&name) {
            return Some(name);
        }
        seen.push(name);
    }
    None
}

/// A graph on its way to a wiring.
struct Reading<'t, 'f> {
    types: &'t mut Types,
    files: &'f [(String, Vec<u8>)],
    wiring: Wiring<'f>,
    sources: IndexMap<usize, Source>,
}

impl Reading<'_, '_> {
    fn component(&mut self, node: &Value) -> Result<(usize, ComponentType), String> {
        let at = number(&node["package"]);
        let (file, bytes) = &self.files[at];
        let read = component::read(self.types, file, bytes).map_err(|error| format!("{error:?}"))?;
        Ok((at, read.ty))
    }

    /// An import of the type of a package's export, with the interfaces whose types that uses.
    fn import(&mut self, node: &Value) -> Result<Source, String> {
        let (package, ty) = self.component(node)?;
        let export = name(&node["export"]);
        let item = match ty.exports.get(&export) {
            Some(item) => item.clone(),
            None => self.func_type(package, &export),
        };
        let instances = ty.imports.into_iter().filter(|(_, item)| matches!(item.kind, ItemKind::Instance(_)));
        let import = Import { uses: instances.collect(), ..Import::from(item) };
        self.wiring.import(name(&node["name"]), import).map_err(|error| error.0[0].headline.clone())
    }

    /// A function of a type that a package exports.
    fn func_type(&mut self, package: usize, export: &ExternName) -> Item {
        let (file, bytes) = &self.files[package];
        let graph = decode(self.types, file, bytes).expect("it was read");
        match graph.definitions()[export] {
            Definition::Func(func) => Item { kind: ItemKind::Func(func), decl: Decl::default() },
            Definition::Value(_) | Definition::Interface(_) | Definition::World(..) => panic!("another type: {export}"),
        }
    }

    fn instance(&mut self, graph: &Value, at: usize, node: &Value) -> Result<Source, String> {
        let mut args = IndexMap::new();
        for argument in list(graph, "arguments").filter(|argument| number(&argument["target"]) == at) {
            let source = &self.sources[&number(&argument["source"])];
            args.insert(name(&argument["name"]), source.clone().into());
        }
        let (package, ty) = self.component(node)?;
        let (file, bytes) = &self.files[package];
        Ok(Source::Instance(self.wiring.instance(Wanted::new(Part::new(file.clone(), bytes, ty), args))))
    }
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

/// Refused here with a reason, though the reference accepts it. There the parts are imports, whose types mention the
/// composition's own import; of real parts, one would get a handle of the import's resource as one of another part's.
const OTHERWISE: (&str, &str) = ("implicit-resource-import", "would hand a `x` of the result's import");

#[test]
fn public_graphs() {
    let Some(cases) = cases() else {
        eprintln!("not run: there is no folder of public test vectors beside the checkout");
        return;
    };
    let (mut agreed, mut otherwise, mut wrong) = (0, 0, Vec::new());
    for case in &cases {
        let title = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let graph = fs::read_to_string(case.join("graph.json")).expect("listed above");
        let graph: Value = serde_json::from_str(&graph).expect("the vectors parse");
        let types = &mut Types::new();
        let files = packages(case, &graph);
        let refused = case.join("error.txt").is_file();
        match outcome(types, &graph, &files) {
            Err(why) if refused && !why.starts_with("INVALID") => agreed += 1,
            Err(why) if title == OTHERWISE.0 && why.contains(OTHERWISE.1) => otherwise += 1,
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
    eprintln!("{} graphs: {agreed} agree, {otherwise} decided otherwise", cases.len());
    assert_eq!(otherwise, 1, "the case that is decided otherwise");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
