//! The same core module, encoded by this project and by another encoder: both refuse it, or both components have
//! the same world as the other one reads it, and are wired alike.
//!
//! The modules import and export all of a world and do nothing; each world is tried in both naming schemes.

use std::path::Path;
use std::process::ExitCode;

use testing::cases::{Suite, entries};
use testing::{Outcome, Trouble};
use wit_component::StringEncoding;
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId};
use withe_oracle::components::{self, Found, Given};

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
    match components::compare(&Given { module, ..Given::default() }) {
        Ok(Found::Equal | Found::EqualButNames | Found::RefusedByBoth) => Ok(None),
        Ok(Found::PanicThere | Found::InvalidThere) => Ok(Some("the other tool panics".to_owned())),
        Ok(Found::Unsupported(why)) => Ok(Some(format!("refused here only: {why}"))),
        Err(difference) => Ok(Some(difference.to_string())),
    }
}
