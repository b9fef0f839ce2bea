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
    match differences.into_iter().next() {
        None => Ok(()),
        Some(difference) => Err(Trouble::Failed(difference)),
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
    let printed = withe_oracle::printed_by_peer(&theirs)?;
    let difference = testing::golden::first_difference(&printed, &withe_oracle::printed_by_peer(&ours)?);
    if difference.is_some() { Ok(difference) } else { type_difference(&theirs, &ours) }
}

/// What text cannot say: which of two resources of one name is meant.
fn type_difference(theirs: &[u8], ours: &[u8]) -> Result<Option<String>, Trouble> {
    let types = &mut Types::new();
    let mut read = |bytes| component::read(types, "component", bytes).map(|component| component.ty);
    let told = |diagnostics: diag::Diagnostics| Trouble::Failed(diagnostics.0[0].headline.clone());
    let (theirs, ours) = (read(theirs).map_err(told)?, read(ours).map_err(told)?);
    if types::equal::components(types, &theirs, &ours) {
        return Ok(None);
    }
    let dump = |ty| types::dump::component(types, ty);
    Ok(Some(testing::golden::first_difference(&dump(&theirs), &dump(&ours)).unwrap_or_default()))
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
