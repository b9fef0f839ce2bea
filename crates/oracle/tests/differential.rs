//! Public test vectors, answered by this project and by another maker of components.
#![allow(dead_code, clippy::wildcard_enum_match_arm, reason = "a part of the shared module is used")]

#[path = "../../encode/tests/common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use common::Stop;
use testing::cases::{Suite, directories, entries};
use testing::{Outcome, Trouble};

fn main() -> ExitCode {
    Suite::new()
        .conformance("encode", directories, same_world)
        .conformance("encode", wit_below, withe_oracle::compare_worlds)
        .conformance("bindgen", wit_sources, withe_oracle::compare_worlds)
        .conformance("interfaces", wit_sources, withe_oracle::compare_worlds)
        .conformance("wit-ui", wit_sources, withe_oracle::compare_worlds)
        .conformance("merge", wit_folders, withe_oracle::compare_worlds)
        .conformance("targets", wit_below, withe_oracle::compare_worlds)
        .run()
}

fn wit_sources(folder: &Path) -> Vec<PathBuf> {
    let is_wit = |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|extension| extension == "wit");
    entries(folder).into_iter().filter(is_wit).collect()
}

/// The WIT files of all case folders, each alone.
fn wit_below(folder: &Path) -> Vec<PathBuf> {
    let is_wit = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wit");
    directories(folder).iter().flat_map(|case| entries(case)).filter(is_wit).collect()
}

/// The folders of all case folders.
fn wit_folders(folder: &Path) -> Vec<PathBuf> {
    directories(folder).iter().flat_map(|case| directories(case)).collect()
}

/// The component that we make of a case, read by the other tool, prints as the case says.
fn same_world(case: &Path) -> Outcome {
    let Ok(expected) = testing::read_text(&case.join("component.wit.print")) else {
        return Err(Trouble::NotRun("no component is expected".to_owned()));
    };
    let encoded = match common::encode_case(case) {
        Ok(encoded) => encoded,
        Err(Stop::NotRun(why)) => return Err(Trouble::NotRun(why)),
        Err(Stop::Refused(why)) => return Err(Trouble::NotRun(format!("refused: {}", why.0[0].headline))),
    };
    let printed = withe_oracle::printed_by_peer(&encoded.bytes)?;
    match testing::golden::first_difference(expected.trim(), printed.trim()) {
        None => Ok(()),
        Some(difference) => Err(Trouble::Failed(difference)),
    }
}
