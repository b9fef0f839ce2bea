//! Public test vectors, answered by this project and by another maker of components.
#![expect(clippy::disallowed_methods, reason = "the shared module of another crate's tests reads its cases")]
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
        .conformance("bindgen", wit_sources, withe_oracle::compare_metadata)
        .conformance("interfaces", wit_sources, withe_oracle::compare_metadata)
        .run()
}

fn wit_sources(folder: &Path) -> Vec<PathBuf> {
    let is_wit = |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|extension| extension == "wit");
    entries(folder).into_iter().filter(is_wit).collect()
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
