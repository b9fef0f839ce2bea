//! What instantiating components means: hand-written cases as text, and every component that is at hand against the
//! rules that hold of each.
//!
//! In: `cases/*/component.wat`, the project's fixtures, `../shared/conformance/wast`.
//! Out: one test a case and script, and sums, so that nothing is left out silently.

mod check;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::cases::{Suite, directories, entries};
use testing::wast::{Doing, Kind, Step, Wasm, read_script, scripts};
use testing::{Outcome, Trouble, golden};
use types::Types;
use withe_component as component;

/// Components of the scripts that are flattened, and those that are not supported.
const SCRIPTS: (usize, usize) = (320, 0);
/// How many components there are among the fixtures at least; all of them are flattened.
const FIXTURES: usize = 400;

fn main() -> ExitCode {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixtures = here.join("../../fixtures");
    Suite::new()
        .folder("instantiation", &here.join("tests/instantiation/cases"), one_case)
        .test("fixtures", move || all_fixtures(&fixtures))
        .conformance("encode", directories, |folder| one_component(&folder.join("component.wat")))
        .conformance("js-bench", entries, one_component)
        .conformance("wast", scripts, |path| one_script(path).map(|_| ()))
        .conformance(
            "wast",
            |folder| vec![folder.to_owned()],
            |folder| {
                let mut seen = (0, 0);
                for path in scripts(folder) {
                    let (good, unsupported) = one_script(&path)?;
                    seen = (seen.0 + good, seen.1 + unsupported);
                }
                counted(seen, SCRIPTS)
            },
        )
        .run()
}

fn one_case(folder: &Path) -> Outcome {
    let text = testing::read(&folder.join("component.wat"))?;
    let bytes = wat::parse_bytes(&text).map_err(|error| error.to_string())?;
    let shown = match flatten(&bytes)? {
        Ok(text) => text,
        Err(errors) => said(&errors),
    };
    golden::compare(&folder.join("instantiation.txt"), &shown)
}

/// A component that some tool made.
fn one_component(path: &Path) -> Outcome {
    if !path.exists() || path.extension().is_none_or(|extension| extension != "wat") {
        return Err(Trouble::NotRun("there is no component".to_owned()));
    }
    let bytes = wat::parse_bytes(&testing::read(path)?).map_err(|error| error.to_string())?.into_owned();
    flatten(&bytes)?.map(|_| ()).map_err(|errors| Trouble::Failed(said(&errors)))
}

/// The text of an instantiation that was checked, or why there is none.
fn flatten(bytes: &[u8]) -> Result<Result<String, diag::Diagnostics>, Trouble> {
    let mut types = Types::new();
    let read = component::read(&mut types, "component.wasm", bytes).map_err(|error| format!("{error:?}"))?;
    match component::instantiation::instantiation(&mut types, "component.wasm", bytes) {
        Ok(found) => {
            check::check(&types, &read.ty, &found)?;
            Ok(Ok(found.dump(&types)))
        }
        Err(errors) if errors.0.iter().all(|error| error.code.0.starts_with("unsupported/")) => Ok(Err(errors)),
        Err(errors) => Err(Trouble::Failed(format!("{errors:?}"))),
    }
}

/// How many components of a script are flattened, and how many are not supported.
fn one_script(path: &Path) -> Result<(usize, usize), Trouble> {
    let (mut seen, mut wrong) = ((0, 0), Vec::new());
    for command in &read_script(path)?.commands {
        let wasm = match &command.step {
            Step::Define { wasm, .. } | Step::AssertUnlinkable { wasm, .. } => wasm,
            Step::AssertTrap { doing: Doing::Instantiation(wasm), .. } => wasm,
            Step::Instance { .. }
            | Step::Register { .. }
            | Step::Invoke(_)
            | Step::AssertReturn { .. }
            | Step::AssertTrap { .. }
            | Step::AssertInvalid { .. }
            | Step::AssertMalformed { .. }
            | Step::Other(_) => continue,
        };
        let Some(bytes) = component_bytes(wasm) else { continue };
        match flatten(bytes) {
            Ok(Ok(_)) => seen.0 += 1,
            Ok(Err(_)) => seen.1 += 1,
            Err(trouble) => wrong.push(format!("line {}: {trouble}", command.line)),
        }
    }
    if wrong.is_empty() { Ok(seen) } else { Err(Trouble::Failed(wrong.join("\n"))) }
}

/// The bytes of a component that our reader takes.
fn component_bytes(wasm: &Wasm) -> Option<&[u8]> {
    let bytes = wasm.bytes.as_deref().ok().filter(|_| wasm.kind != Kind::Module)?;
    component::read(&mut Types::new(), "component.wasm", bytes).is_ok().then_some(bytes)
}

/// Every binary and every text among the fixtures that is a valid component.
fn all_fixtures(folder: &Path) -> Outcome {
    let (mut seen, mut wrong) = (0, Vec::new());
    for path in files(folder) {
        if path.extension().is_none_or(|extension| extension != "wasm" && extension != "wat") {
            continue;
        }
        let Ok(text) = testing::read(&path) else { continue };
        let Ok(bytes) = wat::parse_bytes(&text) else { continue };
        let is_component = component::kind_of(&bytes).is_some_and(|kind| kind != component::BinaryKind::CoreModule);
        if !is_component || component::read(&mut Types::new(), "component.wasm", &bytes).is_err() {
            continue;
        }
        match flatten(&bytes) {
            Ok(Ok(_)) => seen += 1,
            Ok(Err(errors)) => wrong.push(format!("{}: {}", path.display(), said(&errors))),
            Err(trouble) => wrong.push(format!("{}: {trouble}", path.display())),
        }
    }
    if seen < FIXTURES {
        wrong.push(format!("{seen} components, fewer than {FIXTURES}"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Trouble::Failed(wrong.join("\n"))) }
}

fn said(errors: &diag::Diagnostics) -> String {
    let style = diag::human::Style { color: false, width: 120 };
    errors.0.iter().map(|error| diag::human::render(error, style)).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries(folder).into_iter().flat_map(below).collect()
}

fn counted(seen: (usize, usize), expected: (usize, usize)) -> Outcome {
    if seen == expected { Ok(()) } else { Err(format!("seen {seen:?}, expected {expected:?}").into()) }
}
