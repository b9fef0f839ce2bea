//! The same core module, encoded by this project and by another encoder: both refuse it, or both components have
//! the same world as the other one reads it.
//!
//! The modules import and export all of a world and do nothing; each world is tried in both naming schemes.

use std::path::Path;
use std::process::ExitCode;

use testing::cases::{Suite, entries};
use testing::{Outcome, Trouble};
use types::Types;
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId};
use withe_encode as encode;

/// An interface here names a resource through an interface that only uses it; the type model keeps the resource's
/// identity and forgets the way, so the `use` is printed from the defining interface. Both mean the same type.
const NAMED_THROUGH_ANOTHER: [&str; 2] = ["bindgen/resource-alias.wit", "interfaces/resources.wit"];

fn main() -> ExitCode {
    Suite::new()
        .conformance("bindgen", entries, same_components)
        .conformance("interfaces", entries, same_components)
        .run()
}

fn same_components(path: &Path) -> Outcome {
    if !path.is_dir() && path.extension().is_none_or(|extension| extension != "wit") {
        return Err(Trouble::NotRun("no WIT".to_owned()));
    }
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let (main, _) = resolve.push_path(path).map_err(|error| Trouble::NotRun(format!("refused: {error}")))?;
    let worlds: Vec<WorldId> = resolve.packages[main].worlds.values().copied().collect();
    if worlds.is_empty() {
        return Err(Trouble::NotRun("there is no world".to_owned()));
    }
    let mut differences = Vec::new();
    for world in worlds {
        for scheme in [ManglingAndAbi::Legacy(LiftLowerAbi::Sync), ManglingAndAbi::Standard32] {
            differences.extend(difference(&resolve, world, scheme)?);
        }
    }
    let known = NAMED_THROUGH_ANOTHER.iter().any(|known| path.ends_with(known));
    match (differences.first(), known) {
        (None, false) | (Some(_), true) => Ok(()),
        (None, true) => Err("no difference any more: take it off the list".into()),
        (Some(difference), false) => Err(Trouble::Failed(difference.clone())),
    }
}

fn difference(resolve: &Resolve, world: WorldId, scheme: ManglingAndAbi) -> Result<Option<String>, Trouble> {
    let mut module = wit_component::dummy_module(resolve, world, scheme);
    wit_component::embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8, false)
        .map_err(|error| Trouble::NotRun(format!("{error:#}")))?;
    let (theirs, ours) = match (theirs(&module), ours(&module)) {
        (Ok(theirs), Ok(ours)) => (theirs, ours),
        (Err(_), Err(_)) => return Ok(None),
        (Ok(_), Err(why)) => return Err(format!("refused here only: {why}").into()),
        (Err(why), Ok(_)) => return Err(format!("accepted here only: {why}").into()),
    };
    let theirs = withe_oracle::printed_by_peer(&theirs)?;
    Ok(testing::golden::first_difference(&theirs, &withe_oracle::printed_by_peer(&ours)?))
}

fn theirs(module: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = ComponentEncoder::default();
    let encoded = encoder.module(module).and_then(|encoder| encoder.validate(true).encode());
    encoded.map_err(|error| format!("{error:#}"))
}

fn ours(module: &[u8]) -> Result<Vec<u8>, String> {
    let told = |diagnostics: diag::Diagnostics| diagnostics.0[0].headline.clone();
    let mut types = Types::new();
    let module = wasm::read_module("module.wasm", module).map_err(told)?;
    let main = encode::Guest::of(&mut types, module).map_err(told)?;
    let input = encode::assemble(&mut types, main, Vec::new(), encode::Options::default()).map_err(told)?;
    let plan = encode::plan(&types, &input).map_err(told)?;
    let bytes = component::emit(&plan, component::EmitOptions::default());
    wasm::validate(&bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}
