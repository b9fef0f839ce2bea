//! Own cases, `fixtures/encode/*`: each directory is encoded and compared with what stands beside its input.
//!
//! Accepted: `plan.txt` (the plan) and `world.printed.wit`. Refused, with a name that starts with `error-`: `error.txt`.
//! `INSTA_UPDATE=always` writes these files; read the result, then commit.
#![expect(clippy::disallowed_methods, reason = "tests read their cases and write what is to be committed")]

#[allow(dead_code, reason = "other tests use the rest of it")]
mod common;

use std::path::Path;

use common::Stop;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/encode");
    let cases = common::sorted(&folder).into_iter().filter(|path| path.is_dir());
    let mut trials = Vec::new();
    for case in cases {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let damaged = case.clone();
        trials.push(Trial::test(format!("{name}/damaged"), move || damage(&damaged)));
        trials.push(Trial::test(name.clone(), move || run(&case, name.starts_with("error-"))));
    }
    assert!(!trials.is_empty(), "there are cases in {}", folder.display());
    libtest_mimic::run(&arguments, trials).exit();
}

fn run(case: &Path, must_fail: bool) -> Result<(), Failed> {
    match common::encode_case(case) {
        Err(Stop::NotRun(why)) => Err(why.into()),
        Err(Stop::Refused(diagnostics)) if must_fail => {
            compare(&case.join("error.txt"), &common::diagnostics_text(&diagnostics))
        }
        Err(Stop::Refused(diagnostics)) => Err(common::diagnostics_text(&diagnostics).into()),
        Ok(_) if must_fail => Err("accepted, where it must be refused".into()),
        Ok(encoded) => {
            common::validate(&encoded.bytes)?;
            let again = common::encode_case(case).map_err(|_| "refused the second time")?;
            if again.bytes != encoded.bytes {
                return Err("the same input gave other bytes".into());
            }
            let printed = common::printed_world(&encoded.bytes).map_err(|_| "the component cannot be read back")?;
            compare(&case.join("world.printed.wit"), &printed)?;
            compare(&case.join("plan.txt"), &encoded.plan)
        }
    }
}

/// Binaries with bytes changed, spread over the whole file, end in a component or in diagnostics.
fn damage(case: &Path) -> Result<(), Failed> {
    let Ok(inputs) = common::inputs(case) else { return Ok(()) };
    for (step, mask) in [(7, 0xff), (11, 0x01), (13, 0x20)] {
        for at in (8..inputs.main.len()).step_by(step) {
            let mut damaged = inputs.clone();
            damaged.main[at] ^= mask;
            // What comes out may be anything; a panic fails the test.
            let _ = common::encode_inputs(&damaged);
        }
        let longest = inputs.adapters.iter().map(|(.., bytes)| bytes.len()).max().unwrap_or(0);
        for at in (8..longest).step_by(step) {
            let mut damaged = inputs.clone();
            for (.., bytes) in &mut damaged.adapters {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= mask;
                }
            }
            let _ = common::encode_inputs(&damaged);
        }
        for which in 0..inputs.libraries.len() {
            for at in (8..inputs.libraries[which].bytes.len()).step_by(step) {
                let mut damaged = inputs.clone();
                damaged.libraries[which].bytes[at] ^= mask;
                let _ = common::encode_inputs(&damaged);
            }
        }
    }
    Ok(())
}

fn compare(path: &Path, found: &str) -> Result<(), Failed> {
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == found {
        return Ok(());
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        std::fs::write(path, found)?;
        return Ok(());
    }
    Err(format!("{} differs\n--- expected\n{expected}\n--- found\n{found}", path.display()).into())
}
