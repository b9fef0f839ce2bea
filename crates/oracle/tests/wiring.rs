//! The public encoder cases: our component is wired as the reference is.
//!
//! Every case with a reference is compared. What may differ stands in `KNOWN` with the reason; what stands there and
//! agrees is a failure, so that the list can only shrink.
#![allow(dead_code, clippy::wildcard_enum_match_arm, reason = "a part of the shared module is used")]

#[path = "../../encode/tests/common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use common::Stop;
use testing::cases::{Suite, directories, entries};
use testing::{Outcome, Trouble};
use withe_oracle::wiring::{self, Component, Difference, Input};

/// A case in which something is wired otherwise, for a reason.
struct Known {
    case: &'static str,
    reason: &'static str,
    /// What differs; everything else must agree.
    differs: &'static [&'static str],
}

const KNOWN: &[Known] = &[
    Known {
        case: "link-dl-openable",
        reason: "addresses of symbols are data here, there some are stored at start; functions have other slots",
        differs: &["start"],
    },
    Known {
        case: "link-dl-openable-builtin-libdl",
        reason: "each tool has a libdl of its own; here it needs no other library, so `c` is not there",
        differs: &[
            "c: import \"GOT.mem\" \"__heap_base\"",
            "c: import \"GOT.mem\" \"__heap_end\"",
            "foo: import \"env\" \"dlopen\"",
            "module c",
            "start",
        ],
    },
    Known {
        case: "link-wasip3-tls",
        reason: "the table of threads' variables is data here, there it is stored at start; a `select` is an `if` there",
        differs: &["c: import \"env\" \"__wasm_set_tls_base\"", "foo: import \"env\" \"__wasm_set_tls_base\"", "start"],
    },
];

fn main() -> ExitCode {
    Suite::new().conformance("encode", with_reference, compare).run()
}

fn with_reference(folder: &Path) -> Vec<PathBuf> {
    directories(folder).into_iter().filter(|case| case.join("component.wat").exists()).collect()
}

fn compare(case: &Path) -> Outcome {
    let name = case.file_name().unwrap_or_default().to_string_lossy();
    let differences = differences(case)?;
    let Some(known) = KNOWN.iter().find(|known| known.case == name) else {
        return if differences.is_empty() { Ok(()) } else { Err(wiring::told(&differences).into()) };
    };
    let (expected, others): (Vec<_>, Vec<_>) =
        differences.into_iter().partition(|one| known.differs.contains(&one.what.as_str()));
    if !others.is_empty() {
        return Err(wiring::told(&others).into());
    }
    if expected.len() < known.differs.len() {
        return Err(format!("less differs than is known; take it off the list: {}", known.reason).into());
    }
    Err(Trouble::NotRun(format!("known: {}", known.reason)))
}

/// What differs between the reference and our component.
fn differences(case: &Path) -> Result<Vec<Difference>, Trouble> {
    let modules = modules(case)?;
    let inputs: Vec<_> = modules.iter().map(|(name, bytes)| Input { name: name.clone(), bytes }).collect();
    let reference = wat::parse_file(case.join("component.wat")).map_err(|error| error.to_string())?;
    let ours = match common::encode_case(case) {
        Err(Stop::NotRun(why)) => return Err(format!("not encoded: {why}").into()),
        Err(Stop::Refused(diagnostics)) => return Err(common::diagnostics_text(&diagnostics).into()),
        Ok(encoded) => encoded.bytes,
    };
    Ok(Component::read(&reference)?.differences(&Component::read(&ours)?, &inputs)?)
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
