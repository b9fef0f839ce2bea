//! The public encoder cases: our component is wired as the reference is.
//!
//! Every case with a reference that this project encodes is compared. A case that is not, or that differs, stands in
//! `KNOWN` with the reason; one that stands there and agrees fails, so that the list can only shrink.
#![expect(clippy::disallowed_methods, reason = "the shared module of another crate's tests reads its cases")]
#![allow(dead_code, clippy::wildcard_enum_match_arm, reason = "a part of the shared module is used")]

#[path = "../../encode/tests/common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use common::Stop;
use testing::cases::{Suite, directories, entries};
use testing::{Outcome, Trouble};
use withe_oracle::wiring::{Component, Input};

const LINKING: &str = "shared-everything linking is not there yet";

/// Cases that are not compared, or that differ, and why.
const KNOWN: &[(&str, &str)] = &[
    ("canonical-names", "`--emit-canonical-names` is not there yet"),
    ("link", LINKING),
    ("link-bare-funcs", LINKING),
    ("link-circular", LINKING),
    ("link-dl-openable", LINKING),
    ("link-dl-openable-builtin-libdl", LINKING),
    ("link-duplicate-symbols", LINKING),
    ("link-got-func", LINKING),
    ("link-initialize", LINKING),
    ("link-lib-with-async-export", LINKING),
    ("link-resources", LINKING),
    ("link-stack-high-and-low", LINKING),
    ("link-stub-wasip2", LINKING),
    ("link-stubs", LINKING),
    ("link-thread-new-indirect", LINKING),
    ("link-wasip3-abi", LINKING),
    ("link-wasip3-tls", LINKING),
    ("link-wasip3-tls-no-threads", LINKING),
    ("link-weak-import", LINKING),
    ("multi-package", LINKING),
    ("realloc-task-hook-link-no-cabi-realloc", LINKING),
    ("realloc-task-hook-weak-cabi-realloc", LINKING),
    ("return-call-ref-link", LINKING),
];

fn main() -> ExitCode {
    Suite::new().conformance("encode", with_reference, compare).run()
}

fn with_reference(folder: &Path) -> Vec<PathBuf> {
    directories(folder).into_iter().filter(|case| case.join("component.wat").exists()).collect()
}

fn compare(case: &Path) -> Outcome {
    let name = case.file_name().unwrap_or_default().to_string_lossy();
    let known = KNOWN.iter().find(|(known, _)| *known == name);
    match (difference(case)?, known) {
        (None, None) => Ok(()),
        (None, Some((_, reason))) => {
            Err(Trouble::Failed(format!("agrees: take it off the list, where it stood: {reason}")))
        }
        (Some(_), Some((_, reason))) => Err(Trouble::NotRun(format!("known: {reason}"))),
        (Some(difference), None) => Err(Trouble::Failed(difference)),
    }
}

/// What differs, or why the case is not encoded; none if both are wired alike.
fn difference(case: &Path) -> Result<Option<String>, Trouble> {
    let modules = modules(case)?;
    let inputs: Vec<_> = modules.iter().map(|(name, bytes)| Input { name: name.clone(), bytes }).collect();
    let reference = wat::parse_file(case.join("component.wat")).map_err(|error| error.to_string())?;
    let reference = Component::read(&reference)?;
    reference.wiring(&inputs)?;
    Ok(match common::encode_case(case) {
        Err(Stop::NotRun(why)) => Some(format!("not encoded: {why}")),
        Err(Stop::Refused(diagnostics)) => Some(common::diagnostics_text(&diagnostics)),
        Ok(encoded) => reference.difference(&Component::read(&encoded.bytes)?, &inputs)?,
    })
}

/// The core modules of a case by the names that they are linked under.
fn modules(case: &Path) -> Result<Vec<(String, Vec<u8>)>, Trouble> {
    let mut modules = Vec::new();
    for path in entries(case) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "wat") || stem == "component" {
            continue;
        }
        let text = testing::read_text(&path)?;
        let said = text.lines().next().and_then(|line| line.strip_prefix(";; module name: "));
        let prefixes = ["adapt-", "dlopen-lib-", "lib-"];
        let bare = prefixes.iter().find_map(|prefix| stem.strip_prefix(prefix)).unwrap_or("main");
        let name = said.map_or_else(|| bare.to_owned(), |said| said.trim().to_owned());
        modules.push((name, wat::parse_str(&text).map_err(|error| error.to_string())?));
    }
    Ok(modules)
}
