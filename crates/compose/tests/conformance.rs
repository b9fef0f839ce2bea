//! Every public component is plugged into a socket that imports what it exports, and is itself the socket of a
//! component that passes its imports through. The wiring must be found, validate, and keep the types.
//!
//! The components stand beside the project's checkout; without them the test says that it did not run.
#![expect(clippy::disallowed_methods, reason = "the vectors are files")]
#![expect(clippy::print_stderr, reason = "the count is the report")]

use std::fs;
use std::path::{Path, PathBuf};

use component::plan::{Declared, ROOT};
use component::{EmitOptions, Plan};
use indexmap::IndexMap;
use types::subtype::{Options, find_item};
use types::{ComponentType, ItemKind, Types};
use withe_compose::{Part, Plugged, decode, plan, plug};

fn components() -> Option<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/encode");
    let mut found: Vec<PathBuf> = fs::read_dir(root)
        .ok()?
        .map(|entry| entry.expect("a folder can be listed").path().join("component.wat"))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    Some(found)
}

/// A component that imports all that `of` imports and exports, and exports what `of` exports.
fn pass_through(types: &Types, of: &ComponentType) -> Result<Vec<u8>, String> {
    let mut made = Plan::new();
    let mut declared = Declared::new(types);
    let mut at_hand = IndexMap::new();
    for (name, item) in of.imports.iter().chain(&of.exports) {
        if at_hand.contains_key(name) {
            continue;
        }
        let import = declared.import(&mut made, ROOT, name, item, &|_, _| true);
        at_hand.insert(name.clone(), import.map_err(|error| format!("{error:?}"))?);
    }
    for (name, item) in &of.exports {
        let is_func = matches!(item.kind, ItemKind::Func(_));
        let ascribed = is_func.then(|| declared.item_type(&mut made, ROOT, item, &|_, _| true));
        let ascribed = ascribed.transpose().map_err(|error| format!("{error:?}"))?;
        let exported = made.export(component::plan::item_name(types, name, item), at_hand[name], ascribed);
        declared.provide_item(&made, ROOT, item, exported);
    }
    let bytes = component::emit(&made, EmitOptions::default());
    validate(&bytes).map(|()| bytes)
}

fn validate(bytes: &[u8]) -> Result<(), String> {
    let mut validator = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all());
    validator.validate_all(bytes).map(|_| ()).map_err(|error| error.to_string())
}

fn part<'a>(types: &mut Types, file: &str, bytes: &'a [u8]) -> Part<'a> {
    let component = component::read(types, file, bytes).expect("the vectors are valid");
    Part::new(file, bytes, component.ty)
}

/// The bytes of the plugged component, with its type.
fn plugged(types: &mut Types, socket: Part<'_>, with: Part<'_>) -> Result<(Vec<u8>, ComponentType), String> {
    let Plugged { graph, .. } = plug(types, socket, vec![with]).map_err(|error| format!("{error:#?}"))?;
    let made = plan(types, &graph).map_err(|error| format!("{error:#?}"))?;
    let bytes = component::emit(&made, EmitOptions::default());
    validate(&bytes).map_err(|error| format!("{error}\n{}", graph.dump()))?;
    let read = decode(types, "result.wasm", &bytes).map_err(|error| format!("{error:#?}"))?;
    let again = plan(types, &read).map_err(|error| format!("{error:#?}"))?;
    if read.dump() != graph.dump() || component::emit(&again, EmitOptions::default()) != bytes {
        return Err(format!("decoding gives another graph:\n{}\n{}", graph.dump(), read.dump()));
    }
    let ty = component::read(types, "result.wasm", &bytes).map_err(|error| format!("{error:#?}"))?.ty;
    Ok((bytes, ty))
}

fn is_instance(kind: ItemKind) -> bool {
    matches!(kind, ItemKind::Instance(_) | ItemKind::Func(_))
}

/// A socket that imports what the component exports, and exports it again.
fn as_plug(bytes: &[u8]) -> Result<bool, String> {
    let types = &mut Types::new();
    let part = part(types, "plug.wasm", bytes);
    let tracks = Options { tracks: true };
    if part.ty.exports.keys().any(|name| find_item(&part.ty.imports, name, tracks).is_some()) {
        return Ok(false);
    }
    if !part.ty.exports.values().any(|item| is_instance(item.kind)) {
        return Ok(false);
    }
    let socket = pass_through(types, &part.ty).map_err(|error| format!("no socket: {error}"))?;
    let exports = types::dump::items(types, &part.ty.exports);
    let socket = self::part(types, "socket.wasm", &socket);
    let (_, result) = plugged(types, socket, part)?;
    let kept = types::dump::items(types, &result.exports);
    if exports == kept { Ok(true) } else { Err(format!("exports were\n{exports}\nand are\n{kept}")) }
}

/// A plug that imports what the component imports, and exports it.
fn as_socket(bytes: &[u8]) -> Result<bool, String> {
    let types = &mut Types::new();
    let part = part(types, "socket.wasm", bytes);
    if !part.ty.imports.values().any(|item| is_instance(item.kind)) {
        return Ok(false);
    }
    let exports = part.ty.imports.clone();
    let through = ComponentType { imports: part.ty.imports.clone(), exports };
    let through = pass_through(types, &through).map_err(|error| format!("no plug: {error}"))?;
    let imports = types::dump::items(types, &part.ty.imports);
    let with = self::part(types, "plug.wasm", &through);
    let (_, result) = plugged(types, part, with)?;
    let kept = types::dump::items(types, &result.imports);
    if imports == kept { Ok(true) } else { Err(format!("imports were\n{imports}\nand are\n{kept}")) }
}

/// Components that were not made for each other: what comes of it is valid or refused, and nothing panics.
#[test]
fn strangers_are_refused_or_fit() {
    let Some(paths) = components() else {
        eprintln!("not run: there is no folder of public test vectors beside the checkout");
        return;
    };
    let files: Vec<Vec<u8>> = paths.iter().map(|path| wat::parse_file(path).expect("the vectors are valid")).collect();
    let (mut fitted, mut refused) = (0, 0);
    for socket in &files {
        for with in &files {
            let types = &mut Types::new();
            let (socket, with) = (part(types, "socket.wasm", socket), part(types, "plug.wasm", with));
            match plug(types, socket, vec![with]) {
                Err(_) => refused += 1,
                Ok(Plugged { graph, .. }) => {
                    let made = plan(types, &graph).unwrap_or_else(|error| panic!("{error:#?}\n{}", graph.dump()));
                    let bytes = component::emit(&made, EmitOptions::default());
                    validate(&bytes).unwrap_or_else(|error| panic!("{error}\n{}", graph.dump()));
                    fitted += 1;
                }
            }
        }
    }
    eprintln!("{fitted} pairs fitted, {refused} were refused");
}

#[test]
fn public_components_plug_both_ways() {
    let Some(paths) = components() else {
        eprintln!("not run: there is no folder of public test vectors beside the checkout");
        return;
    };
    let (mut plugs, mut sockets, mut left_out, mut wrong) = (0, 0, 0, Vec::new());
    for path in &paths {
        let bytes = wat::parse_file(path).expect("the vectors are valid");
        let name = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        for (way, outcome, count) in
            [("plug", as_plug(&bytes), &mut plugs), ("socket", as_socket(&bytes), &mut sockets)]
        {
            match outcome {
                Ok(true) => *count += 1,
                Ok(false) => left_out += 1,
                Err(error) => wrong.push(format!("{name} as {way}: {error}")),
            }
        }
    }
    eprintln!("{} components: {plugs} as plugs, {sockets} as sockets, {left_out} ways left out", paths.len());
    assert!(plugs >= 46 && sockets >= 61, "fewer ways than there were");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
