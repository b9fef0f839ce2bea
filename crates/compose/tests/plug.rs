//! `fixtures/plug/<case>/`: `socket.wat`, `plug*.wat` in the order of their names, and what comes of them.
//!
//! Each result is validated by both parsers, read back, and its wiring compared with the graph.
//! To add a case: make the directory, run with `INSTA_UPDATE=always`, read `expected.snap`, commit.
#![expect(clippy::disallowed_methods, reason = "test cases are files")]
#![expect(clippy::wildcard_enum_match_arm, reason = "the parser's enums grow with the specification")]

#[path = "support/decode.rs"]
mod decode;
#[path = "support/told.rs"]
mod told;

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use told::told;
use types::Types;
use withe_compose as compose;

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/plug");
    let mut cases: Vec<PathBuf> = fs::read_dir(&root)
        .expect("the fixtures are part of the project")
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.join("socket.wat").is_file())
        .collect();
    cases.sort();
    let trials = cases.into_iter().map(|case| Trial::test(name_of(&case), move || run_case(&case))).collect();
    libtest_mimic::run(&args, trials).exit();
}

fn name_of(path: &Path) -> String {
    path.file_name().expect("listed paths have names").to_string_lossy().into_owned()
}

fn run_case(case: &Path) -> Result<(), Failed> {
    let files = parts(case)?;
    let first = outcome(&files)?;
    assert_eq!(first, outcome(&files)?, "the same parts give the same bytes");
    let (text, _) = first;
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(case);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("expected", text));
    Ok(())
}

/// Socket first, then plugs by name.
fn parts(case: &Path) -> Result<Vec<(String, Vec<u8>)>, Failed> {
    let mut names: Vec<String> =
        fs::read_dir(case)?.map(|entry| entry.map(|entry| name_of(&entry.path()))).collect::<Result<_, _>>()?;
    names.retain(|name| name.starts_with("plug") || name == "socket.wat");
    names.sort_by_key(|name| (name != "socket.wat", name.clone()));
    names.into_iter().map(|name| Ok((name.clone(), wat::parse_file(case.join(name))?))).collect()
}

/// The text for the snapshot, and the bytes if there are any.
fn outcome(files: &[(String, Vec<u8>)]) -> Result<(String, Vec<u8>), Failed> {
    let types = &mut Types::new();
    let mut parts = Vec::new();
    for (file, bytes) in files {
        let component = match component::read(types, file, bytes) {
            Ok(component) => component,
            Err(diagnostics) => return Ok((told(&diagnostics.0), Vec::new())),
        };
        parts.push(compose::Part::new(file.clone(), bytes, component.ty));
    }
    let socket = parts.remove(0);
    let plugged = match compose::plug(types, socket, parts) {
        Ok(plugged) => plugged,
        Err(diagnostics) => return Ok((told(&diagnostics.0), Vec::new())),
    };
    let plan = match compose::plan(types, &plugged.graph) {
        Ok(plan) => plan,
        Err(diagnostics) => return Err(format!("not planned: {}", told(&diagnostics.0)).into()),
    };
    let bytes = component::emit(&plan, component::EmitOptions::default());
    let wiring = plugged.graph.dump();
    validate(&bytes).map_err(|error| format!("{error}\n{wiring}"))?;
    let file = |embedded: &[u8]| {
        let found = files.iter().find(|(_, bytes)| bytes == embedded);
        found.map_or("a component of nobody", |(name, _)| compose::part::stem(name)).to_owned()
    };
    assert_eq!(decode::wiring(&bytes, file), wiring, "what was written is what was meant");
    let result = component::read(types, "result.wasm", &bytes).map_err(|error| format!("{error:?}"))?;
    let world = types::dump::component(types, &result.ty);
    Ok((format!("{wiring}\n{world}\n{}", told(&plugged.notes)), bytes))
}

fn validate(bytes: &[u8]) -> Result<(), String> {
    let here = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(bytes);
    here.map_err(|error| error.to_string())?;
    let features = wasmparser_embedded::WasmFeatures::all();
    let embedded = wasmparser_embedded::Validator::new_with_features(features).validate_all(bytes);
    embedded.map(|_| ()).map_err(|error| format!("the embedded version: {error}"))
}
