//! `fixtures/compose/<case>/`: parts as `.wat`, `command` with the words behind `withe compose`, and what comes of them.
//!
//! Each result is validated by both parsers and decoded: that gives the same graph, and the same bytes again.
//! To add a case: make the directory, run with `INSTA_UPDATE=always`, read `expected.snap`, commit.
#![expect(clippy::disallowed_methods, reason = "test cases are files")]

#[path = "support/told.rs"]
mod told;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use compose::solve::{Given, Origin, Placed, Reason, Wire};
use libtest_mimic::{Arguments, Failed, Trial};
use told::told;
use types::Types;
use withe_compose as compose;

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/compose");
    let mut cases: Vec<PathBuf> = fs::read_dir(&root)
        .expect("the fixtures are part of the project")
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.join("command").is_file())
        .collect();
    cases.sort();
    assert!(cases.len() >= 40, "the cases are there");
    let trials = cases.into_iter().map(|case| Trial::test(name_of(&case), move || run_case(&case))).collect();
    libtest_mimic::run(&args, trials).exit();
}

fn name_of(path: &Path) -> String {
    path.file_name().expect("listed paths have names").to_string_lossy().into_owned()
}

fn run_case(case: &Path) -> Result<(), Failed> {
    let command = Command::read(case)?;
    let first = outcome(&command)?;
    assert_eq!(first, outcome(&command)?, "the same parts give the same bytes");
    let (text, _) = first;
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(case);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("expected", text));
    Ok(())
}

/// A command line with what its files hold.
struct Command {
    inputs: Vec<Input>,
    wires: Vec<Wire>,
}

struct Input {
    name: Option<String>,
    file: String,
    bytes: Vec<u8>,
}

impl Command {
    fn read(case: &Path) -> Result<Self, Failed> {
        let text = fs::read_to_string(case.join("command"))?;
        let (mut inputs, mut wires) = (Vec::new(), Vec::new());
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            if word == "--wire" {
                let wire = words.next().and_then(Wire::parse);
                wires.push(wire.ok_or("a `--wire` has no form")?);
                continue;
            }
            let (name, file) = match word.split_once('=') {
                Some((name, file)) => (Some(name.to_owned()), file),
                None => (None, word),
            };
            inputs.push(Input { name, file: file.to_owned(), bytes: wat::parse_file(case.join(file))? });
        }
        Ok(Self { inputs, wires })
    }
}

/// The text for the snapshot, and the bytes if there are any.
fn outcome(command: &Command) -> Result<(String, Vec<u8>), Failed> {
    let types = &mut Types::new();
    let mut given = Vec::new();
    for Input { name, file, bytes } in &command.inputs {
        let component = match component::read(types, file, bytes) {
            Ok(component) => component,
            Err(diagnostics) => return Ok((told(&diagnostics.0), Vec::new())),
        };
        let part = compose::Part::new(file.clone(), bytes, component.ty);
        given.push(Given { part, name: name.clone() });
    }
    let solved = match compose::solve(types, given, &command.wires) {
        Ok(solved) => solved,
        Err(diagnostics) => return Ok((told(&diagnostics.0), Vec::new())),
    };
    let plan = match compose::plan(types, &solved.graph) {
        Ok(plan) => plan,
        Err(diagnostics) => return Err(format!("not planned: {}", told(&diagnostics.0)).into()),
    };
    let bytes = component::emit(&plan, component::EmitOptions::default());
    let wiring = solved.graph.dump();
    validate(&bytes).map_err(|error| format!("{error}\n{wiring}"))?;
    let read = compose::decode(types, "result.wasm", &bytes).map_err(|error| format!("{error:?}\n{wiring}"))?;
    assert_eq!(read.dump(), wiring, "what was written is what was meant");
    let again = compose::plan(types, &read).map_err(|error| format!("{error:?}\n{wiring}"))?;
    assert!(component::emit(&again, component::EmitOptions::default()) == bytes, "what was read is what was written");
    let result = component::read(types, "result.wasm", &bytes).map_err(|error| format!("{error:?}"))?;
    let world = types::dump::component(types, &result.ty);
    Ok((format!("{}\n{world}\n{}", instances(&solved.instances), told(&solved.notes)), bytes))
}

/// The instances in their order, and where their imports come from.
fn instances(placed: &[Placed]) -> String {
    let mut out = String::new();
    for Placed { name, file, imports } in placed {
        let _ = writeln!(out, "{name} = {file}");
        for (import, origin) in imports {
            let _ = match origin {
                Origin::Instance { at, export, why } => {
                    writeln!(out, "  {import} = {} / {export}{}", placed[*at].name, reason(why))
                }
                Origin::With(of) => writeln!(out, "  {import} comes with {of}"),
                Origin::Open => writeln!(out, "  {import} is open"),
            };
        }
    }
    out
}

fn reason(why: &Reason) -> String {
    match why {
        Reason::Name => String::new(),
        Reason::Version => " by version".to_owned(),
        Reason::Chain => " by chain".to_owned(),
        Reason::Types(user) => format!(" by types of {user}"),
        Reason::Wire => " by wire".to_owned(),
    }
}

fn validate(bytes: &[u8]) -> Result<(), String> {
    let here = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(bytes);
    here.map_err(|error| error.to_string())?;
    let features = wasmparser_embedded::WasmFeatures::all();
    let embedded = wasmparser_embedded::Validator::new_with_features(features).validate_all(bytes);
    embedded.map(|_| ()).map_err(|error| format!("the embedded version: {error}"))
}
