//! `fixtures/identity/<case>/`: wirings around resources. What is accepted is run, what is refused is told.
//!
//! In: `wiring.txt` (see `identity/script.rs` for its form), over the parts in `fixtures/identity/parts`; `calls.wave`
//! has expressions, each followed by `= RESULT` if it prints one.
//! Out: `expected.snap` with the wiring, the result's world and the notes, or with the diagnostics.
//! Holds: each accepted wiring is valid for both parsers and is run on the embedded runtime, with asserted results;
//! a case called `error-..` is refused before anything is encoded.
//! To add a case: make the directory, run with `INSTA_UPDATE=always`, read `expected.snap`, commit.
#![expect(clippy::disallowed_methods, reason = "test cases are files")]

#[path = "../../encode/tests/common/mod.rs"]
#[expect(dead_code, reason = "the encoder's tests use the rest")]
mod common;
#[path = "identity/parts.rs"]
mod parts;
#[path = "identity/script.rs"]
mod script;
#[path = "../../compose/tests/support/told.rs"]
mod told;

use std::fs;
use std::path::{Path, PathBuf};

use component::EmitOptions;
use libtest_mimic::{Arguments, Failed, Trial};
use parts::Parts;
use types::Types;
use verify::{Grants, Limits, Output, Request, Stdio, Stub};
use withe_verify as verify;

/// Cases of either kind that there are at least.
const FLOOR: usize = 20;

/// What a refusal may be told as.
const CODES: [&str; 4] =
    ["compose/resource-mismatch", "compose/half-filled-interface", "compose/hidden-resource", "compose/type-mismatch"];

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/identity");
    let mut cases: Vec<PathBuf> = fs::read_dir(&root)
        .expect("the fixtures are part of the project")
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.join("wiring.txt").is_file())
        .collect();
    cases.sort();
    let refusals = cases.iter().filter(|case| is_refusal(case)).count();
    assert!(refusals >= FLOOR && cases.len() - refusals >= FLOOR, "{refusals} refusals in {} cases", cases.len());
    let trials = cases.into_iter().map(|case| {
        let root = root.clone();
        Trial::test(name_of(&case), move || run_case(&root, &case))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_refusal(case: &Path) -> bool {
    name_of(case).starts_with("error-")
}

fn run_case(root: &Path, case: &Path) -> Result<(), Failed> {
    let script = script::parse(&fs::read_to_string(case.join("wiring.txt"))?);
    let parts = Parts::build(&root.join("parts"), script.parts())?;
    let text = match composed(&parts, &script) {
        Ok((_, _)) if is_refusal(case) => return Err("it is accepted".into()),
        Ok((text, bytes)) => {
            let bytes = hosted(&parts, &script, &bytes)?;
            run(case, &bytes)?;
            text
        }
        Err(diagnostics) => {
            let text = told::told(&diagnostics.0);
            if !is_refusal(case) {
                return Err(format!("it is refused:\n{text}").into());
            }
            for diagnostic in &diagnostics.0 {
                assert!(CODES.contains(&diagnostic.code.0), "{text}");
            }
            text
        }
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(case);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("expected", text));
    Ok(())
}

/// The text for the snapshot, and the bytes.
fn composed(parts: &Parts, script: &script::Script) -> diag::Result<(String, Vec<u8>)> {
    let types = &mut Types::new();
    let wired = script.wiring(types, parts)?.build(types)?;
    let plan = compose::plan(types, &wired.graph).unwrap_or_else(|error| panic!("{}", told::told(&error.0)));
    let bytes = component::emit(&plan, EmitOptions::default());
    let wiring = wired.graph.dump();
    validate(&bytes).unwrap_or_else(|error| panic!("{error}\n{wiring}"));
    let result = component::read(types, "result.wasm", &bytes)?;
    let world = types::dump::component(types, &result.ty);
    Ok((format!("{wiring}\n{world}\n{}", told::told(&wired.notes)), bytes))
}

/// The result with its imports filled, if the script says by whom.
fn hosted(parts: &Parts, script: &script::Script, result: &[u8]) -> Result<Vec<u8>, Failed> {
    let Some(host) = &script.host else { return Ok(result.to_vec()) };
    let types = &mut Types::new();
    let socket = component::read(types, "result.wasm", result).map_err(|error| told::told(&error.0))?;
    let socket = compose::Part::new("result.wasm", result, socket.ty);
    let host = parts.part(types, host).map_err(|error| told::told(&error.0))?;
    let plugged = compose::plug(types, socket, vec![host]).map_err(|error| told::told(&error.0))?;
    let plan = compose::plan(types, &plugged.graph).map_err(|error| told::told(&error.0))?;
    let bytes = component::emit(&plan, EmitOptions::default());
    validate(&bytes)?;
    Ok(bytes)
}

fn validate(bytes: &[u8]) -> Result<(), String> {
    let here = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(bytes);
    here.map_err(|error| error.to_string())?;
    let found = verify::validate("result.wasm", bytes, verify::Proposals::RUNTIME);
    if found.is_empty() { Ok(()) } else { Err(told::told(&found)) }
}

/// Calls what the case says and compares what comes of it.
fn run(case: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let text = fs::read_to_string(case.join("calls.wave"))?;
    let (results, expressions): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("= "));
    assert!(!results.is_empty(), "an accepted wiring is run");
    let expressions: Vec<String> = expressions.into_iter().map(str::to_owned).collect();
    let stdio = Stdio { stdin: verify::Input::Closed, stdout: Output::memory(), stderr: Output::memory() };
    let request = Request {
        file: "result.wasm",
        bytes,
        grants: &Grants::default(),
        limits: &Limits::default(),
        stdio: &stdio,
        stub: Stub::Refuse,
    };
    let finished = verify::call(&request, &expressions, &verify::Writing::PLAIN, &stdio.stdout)
        .map_err(|errors| told::told(&errors.0))?;
    let output = String::from_utf8_lossy(&stdio.stdout.contents()).into_owned();
    let expected: Vec<&str> = results.iter().map(|line| line.trim_start_matches("= ")).collect();
    if finished.status == 0 && output.lines().eq(expected.iter().copied()) {
        return Ok(());
    }
    let told = told::told(&finished.diagnostics);
    Err(format!("--- expected\n{}\n--- found\n{output}{told}", expected.join("\n")).into())
}
