//! Every case that is accepted is accepted with `--gc --strip` too: the component is valid, no larger, exports the
//! same, and imports nothing that it did not import before.
//!
//! The public cases stand beside the project's checkout, not in it; where they are missing, the own ones are counted.
#![expect(dead_code, reason = "other tests use what this one does not")]

mod common;

use std::path::Path;

use types::Types;

/// Own cases that are accepted are not fewer than this.
const FEWEST: usize = 30;

#[test]
fn accepted_cases_can_be_reduced() {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("two levels below the checkout");
    let public = checkout.parent().map(|parent| parent.join("shared/conformance/encode"));
    let folders = [Some(checkout.join("fixtures/encode")), public];
    let cases = folders.into_iter().flatten().flat_map(|folder| common::sorted(&folder));
    let (mut passed, mut smaller, mut wrong) = (0, 0, Vec::new());
    for case in cases.filter(|path| path.is_dir()) {
        let Ok(plain) = common::encode_case(&case) else { continue };
        match reduced(&case, &plain.bytes) {
            Ok(size) => {
                passed += 1;
                smaller += usize::from(size < plain.bytes.len());
            }
            Err(why) => wrong.push(format!("{}: {why}", case.display())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(passed >= FEWEST && smaller * 2 > passed, "{passed} cases, {smaller} got smaller");
}

/// The size of the reduced component.
fn reduced(case: &Path, plain: &[u8]) -> Result<usize, String> {
    let mut inputs = common::inputs(case).map_err(|stop| format!("{stop:?}"))?;
    inputs.flags += "\n;;! gc\n;;! strip\n";
    let encode = || match common::encode_inputs(&inputs) {
        Ok(encoded) => Ok(encoded.bytes),
        Err(common::Stop::Refused(diagnostics)) => Err(common::diagnostics_text(&diagnostics)),
        Err(common::Stop::NotRun(why)) => Err(why),
    };
    let bytes = encode()?;
    common::validate(&bytes)?;
    if bytes != encode()? {
        return Err("the same input gave other bytes".to_owned());
    }
    if bytes.len() > plain.len() {
        return Err(format!("{} bytes became {}", plain.len(), bytes.len()));
    }
    let ((imports, exports), (before, same)) = (names(&bytes)?, names(plain)?);
    let new: Vec<&String> = imports.iter().filter(|name| !before.contains(name)).collect();
    if !new.is_empty() || exports != same {
        return Err(format!("new imports {new:?}, exports {exports:?} instead of {same:?}"));
    }
    Ok(bytes.len())
}

/// Names of the component's imports and exports.
fn names(bytes: &[u8]) -> Result<(Vec<String>, Vec<String>), String> {
    let mut types = Types::new();
    let component = component::read(&mut types, "out.wasm", bytes).map_err(|error| format!("{error:?}"))?;
    let world = component.world();
    let imports = world.component.imports.keys().map(ToString::to_string).collect();
    Ok((imports, world.component.exports.keys().map(ToString::to_string).collect()))
}
