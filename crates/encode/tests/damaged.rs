//! Cut, hostile and enormous modules end in diagnostics or in a component, soon, and in little memory.
//!
//! In: modules with metadata and adapters, as fixtures and made here. Out: nothing.
//! Holds: each case takes less than a second of the processor's time and the whole test less than 200 MB of memory.
#![expect(clippy::unwrap_used, reason = "tests unwrap")]

#[allow(dead_code, reason = "other tests use the rest of it")]
mod common;

use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{Encoded, Inputs, Stop};
use testing::limits;

/// What one input may take, of the processor's time.
const MOST: Duration = Duration::from_secs(5);

/// Bytes that the process may have at a time.
const MOST_MEMORY: u64 = 200 << 20;

/// What became of an input: encoded, or what was said.
fn outcome(name: &str, inputs: &Inputs) -> Result<Encoded, diag::Diagnostics> {
    let (result, took) = limits::timed(|| common::encode_inputs(inputs));
    assert!(took < MOST, "{name} took {took:?}");
    result.map_err(|stop| match stop {
        Stop::Refused(diagnostics) => {
            assert!(diagnostics.0.iter().all(|one| !one.labels.is_empty()), "{name}: {diagnostics:?}");
            diagnostics
        }
        Stop::NotRun(why) => panic!("{name} is not run: {why}"),
    })
}

fn little_memory(name: &str) {
    if let Some(peak) = limits::peak_memory() {
        assert!(peak < MOST_MEMORY, "{name}: {} MB of memory", peak >> 20);
    }
}

/// Cases of all kinds: plain modules, resources, adapters, the standard names, threads, what is asynchronous.
fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/encode");
    let paths = common::sorted(&folder).into_iter().filter(|path| path.join("module.wat").exists());
    paths.filter(|path| common::inputs(path).is_ok_and(|inputs| inputs.main.len() < 4_000)).collect()
}

#[test]
fn every_cut_of_a_module_or_adapter_is_told_or_encoded() {
    let cases = cases();
    let mut cut = 0;
    for path in &cases {
        let name = path.display().to_string();
        let inputs = common::inputs(path).unwrap();
        if inputs.uses_built_in_adapter() {
            continue;
        }
        cut += 1 + inputs.adapters.len();
        for end in 0..inputs.main.len() {
            let mut less = inputs.clone();
            less.main.truncate(end);
            ends_well(&name, &less);
        }
        for adapter in 0..inputs.adapters.len() {
            for end in 0..inputs.adapters[adapter].2.len() {
                let mut less = inputs.clone();
                less.adapters[adapter].2.truncate(end);
                ends_well(&name, &less);
            }
        }
    }
    assert!(cut >= 20, "{cut} modules are cut");
    little_memory("cuts");
}

/// A cut between two sections may leave a module that fits its world.
fn ends_well(name: &str, inputs: &Inputs) {
    if let Ok(encoded) = outcome(name, inputs) {
        let modules = std::iter::once(&inputs.main).chain(inputs.adapters.iter().map(|(.., bytes)| bytes));
        let valid = modules.map(|bytes| common::validate(bytes)).all(|verdict| verdict.is_ok());
        assert!(!valid || common::validate(&encoded.bytes).is_ok(), "{name}");
    }
}

/// The metadata section's data cut, the section's length made right: the reader of worlds has it all.
#[test]
fn every_cut_of_metadata_is_told() {
    for path in cases() {
        let inputs = common::inputs(&path).unwrap();
        let module = wasm::read_module("module.wasm", &inputs.main).unwrap();
        let Some(section) = module.metadata_sections().next() else { continue };
        for end in 0..section.data.len() {
            let mut types = types::Types::new();
            let (decoded, took) =
                limits::timed(|| component::metadata::decode(&mut types, "cut.wasm", &section.data[..end]));
            assert!(took < MOST);
            if let Err(diagnostics) = decoded {
                assert!(diagnostics.0.iter().all(|one| !one.labels.is_empty()), "{diagnostics:?}");
            }
        }
    }
    little_memory("cuts of metadata");
}

/// Valid modules of which components were once made that no validator accepts.
#[test]
fn what_no_component_can_hold_is_told() {
    let world = "package a:b;\nworld module { import f: func(); import g: func(s: string); }\n";
    let cases = [
        // A component's variables of threads have one width.
        (
            "(module (import \"$root\" \"[context-get-0]\" (func (result i32)))
                     (import \"$root\" \"[context-set-i64-1]\" (func (param i64))))",
            "encode/import-signature",
        ),
        (
            "(module (import \"env\" \"memory\" (memory 1 2 shared))
                     (import \"$root\" \"g\" (func (param i32 i32))))",
            "unsupported/threads",
        ),
        (
            "(module (import \"env\" \"memory\" (memory 1)) (import \"env\" \"memory\" (memory 1 2 shared)))",
            "encode/import-signature",
        ),
    ];
    for (text, code) in cases {
        let main = embedded(text, world);
        let diagnostics = outcome(text, &alone(main)).unwrap_err();
        assert_eq!(diagnostics.0[0].code.0, code, "{diagnostics:?}");
    }
    // The names that would be given to second imports may be taken.
    let taken = "(module (import \"$root\" \"f\" (func)) (import \"$root\" \"f\" (func))
                         (import \"$root\" \"f [v2]\" (func)))";
    let encoded = outcome(taken, &alone(embedded(taken, world)));
    assert_eq!(common::validate(&encoded.unwrap().bytes), Ok(()));
}

fn alone(main: Vec<u8>) -> Inputs {
    Inputs { main, adapters: Vec::new(), libraries: Vec::new(), flags: String::new() }
}

fn embedded(text: &str, world: &str) -> Vec<u8> {
    let files = [("case/world.wit".to_owned(), world.as_bytes().to_vec())].into_iter().collect();
    common::embedded(&mut types::Types::new(), text, files, "module").map_err(|_| "refused").unwrap()
}
