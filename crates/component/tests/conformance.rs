//! Public components: each is read; its type is written as a world's metadata, validated by both parsers, and read again.
//! What a plan can say of a component is planned, written and compared (`emit` compares in tests), and validated.
//! The specification's scripts are in `wast.rs`.

use std::path::Path;
use std::process::ExitCode;

use testing::cases::{Suite, directories};
use testing::{Outcome, Trouble};
use types::Types;
use withe_component as component;

fn main() -> ExitCode {
    Suite::new().conformance("encode", directories, |case| encoded(&case.join("component.wat"))).run()
}

/// What a tool made of a core module.
fn encoded(path: &Path) -> Outcome {
    if !path.exists() {
        return Err(Trouble::NotRun("no component is expected".to_owned()));
    }
    let bytes = wat::parse_bytes(&testing::read(path)?).map_err(|error| error.to_string())?.into_owned();
    round_trip(&bytes, "component.wasm")
}

/// Component to types to metadata to types.
fn round_trip(bytes: &[u8], name: &str) -> Outcome {
    if let Some(plan) = component::read::structure(bytes) {
        let written = component::emit(&plan, component::EmitOptions::default());
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(&written)
            .map_err(|error| format!("{name}, planned again: {error}"))?;
    }
    let mut types = Types::new();
    let world = match component::read_world(&mut types, name, bytes) {
        Ok(world) => world,
        Err(error) => return accepted(&error),
    };
    let written = match component::metadata::encode(&types, &world, component::StringEncoding::Utf8) {
        Ok(written) => written,
        Err(error) => return accepted(&error),
    };
    let text = || wasmprinter::print_bytes(&written).unwrap_or_default();
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
        .validate_all(&written)
        .map_err(|error| format!("{name}: {error}\n{}", text()))?;
    wasmparser_embedded::Validator::new_with_features(wasmparser_embedded::WasmFeatures::all())
        .validate_all(&written)
        .map_err(|error| format!("{name}, older parser: {error}\n{}", text()))?;
    let read = component::metadata::decode(&mut types, name, &written)
        .map_err(|error| format!("{name}: {:?}\n{}", error.0[0], text()))?;
    let (before, after) =
        (types::dump::component(&types, &world.component), types::dump::component(&types, &read.world.component));
    if before == after { Ok(()) } else { Err(Trouble::Failed(format!("{name}\n{before}\n---\n{after}"))) }
}

/// Only what is said to be unsupported may stop the way.
fn accepted(error: &diag::Diagnostics) -> Outcome {
    match error.0.iter().find(|error| !error.code.0.starts_with("unsupported/")) {
        None => Ok(()),
        Some(error) => Err(Trouble::Failed(format!("{error:?}"))),
    }
}
