//! The public encoder cases: the right verdict, a valid component, the same world as the reference, no more bytes.
//!
//! The folder stands beside the project's checkout, not in it; where it is missing the test says so and passes.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]
#![expect(clippy::print_stdout, reason = "the list of outcomes is what this test is for")]

#[allow(dead_code, reason = "other tests use the rest of it")]
mod common;
#[path = "conformance/sizes.rs"]
mod sizes;

use std::path::{Path, PathBuf};

use common::Stop;

/// Cases that pass. The test fails when fewer do; raise it when more do.
const FLOOR: usize = 119;

/// What became of a case.
enum Outcome {
    Passed,
    /// Refused as it must be, but because this release does not know the feature at all.
    PassedUnsupported(String),
    Failed(String),
    NotRun(String),
}

fn main() {
    let Some(folder) = conformance() else {
        println!("not run: there is no folder `shared/conformance/encode` beside the checkout");
        return;
    };
    let only = std::env::args().nth(1).filter(|arg| !arg.starts_with('-'));
    let mut passed = 0;
    let mut total = 0;
    let mut sizes = sizes::Table::default();
    for case in common::sorted(&folder).into_iter().filter(|path| path.is_dir()) {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        total += 1;
        let text = match outcome(&case, name.starts_with("error-"), &mut sizes) {
            Outcome::Passed => {
                passed += 1;
                "ok".to_owned()
            }
            Outcome::PassedUnsupported(code) => {
                passed += 1;
                format!("ok (refused as {code})")
            }
            Outcome::Failed(why) => format!("FAILED\n    {}", why.trim_end().replace('\n', "\n    ")),
            Outcome::NotRun(why) => format!("not run: {why}"),
        };
        println!("{name}: {text}");
    }
    println!("\n{passed} of {total} cases pass; at least {FLOOR} must");
    if only.is_none() {
        sizes.check();
    }
    assert!(only.is_some() || passed >= FLOOR, "{passed} cases pass, {FLOOR} did before");
}

fn conformance() -> Option<PathBuf> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let folder = checkout.parent()?.join("shared/conformance/encode");
    folder.is_dir().then_some(folder)
}

fn outcome(case: &Path, must_fail: bool, sizes: &mut sizes::Table) -> Outcome {
    let encoded = match common::encode_case(case) {
        Err(Stop::NotRun(why)) => return Outcome::NotRun(why),
        Err(Stop::Refused(diagnostics)) => {
            let code = diagnostics.0[0].code.0;
            return match (must_fail, code.starts_with("unsupported/")) {
                (true, true) => Outcome::PassedUnsupported(code.to_owned()),
                (true, false) => Outcome::Passed,
                (false, true) => Outcome::NotRun(code.to_owned()),
                (false, false) => Outcome::Failed(common::diagnostics_text(&diagnostics)),
            };
        }
        Ok(_) if must_fail => return Outcome::Failed("accepted, where it must be refused".to_owned()),
        Ok(encoded) => encoded,
    };
    sizes.add(case, &encoded.bytes);
    if let Err(why) = common::validate(&encoded.bytes) {
        return Outcome::Failed(format!("{why}\n{}", encoded.plan));
    }
    let expected = std::fs::read_to_string(case.join("component.wit.print")).unwrap_or_default();
    match common::printed_world(&encoded.bytes) {
        Ok(printed) if printed.trim() == expected.trim() => Outcome::Passed,
        Ok(printed) => Outcome::Failed(format!("the world differs\n--- expected\n{expected}\n--- found\n{printed}")),
        Err(Stop::NotRun(why)) => Outcome::Failed(why),
        Err(Stop::Refused(diagnostics)) => Outcome::Failed(common::diagnostics_text(&diagnostics)),
    }
}
