//! `fixtures/wac/<case>/`: `script.wac`, packages beside it (`NAMESPACE/NAME` with `.wat`, `.wit` or as a folder, or
//! files that the script names), and what comes of them.
//!
//! Each result is validated by both parsers, made twice, and read back: what is read gives the same bytes.
//! To add a case: make the directory, run with `INSTA_UPDATE=always`, read `expected.snap`, commit.
#![expect(clippy::disallowed_methods, reason = "test cases are files")]

#[path = "support/load.rs"]
mod load;

use std::fs;
use std::path::{Path, PathBuf};

use compose::Definition;
use diag::Diagnostic;
use libtest_mimic::{Arguments, Failed, Trial};
use types::{Types, wit_func};

use load::{Composed, compose_file, drawn};

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wac");
    let mut cases: Vec<PathBuf> = fs::read_dir(&root)
        .expect("the fixtures are part of the project")
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.join("script.wac").is_file())
        .collect();
    cases.sort();
    let trials = cases.into_iter().map(|case| Trial::test(name_of(&case), move || run_case(&case))).collect();
    libtest_mimic::run(&args, trials).exit();
}

fn name_of(path: &Path) -> String {
    path.file_name().expect("listed paths have names").to_string_lossy().into_owned()
}

fn run_case(case: &Path) -> Result<(), Failed> {
    let script = case.join("script.wac");
    let types = &mut Types::new();
    let first = compose_file(types, &script, case);
    if first != compose_file(&mut Types::new(), &script, case) {
        return Err("the same script gives something else the second time".into());
    }
    let is_refused = first.is_err();
    if is_refused != name_of(case).starts_with("error-") {
        return Err(format!("a case whose name begins with `error-` is refused:\n{}", text(types, &first)).into());
    }
    if let Ok(composed) = &first {
        read_back(composed)?;
    }
    let told = format!("{}\n{}", fs::read_to_string(&script)?, text(types, &first));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(case);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("expected", told));
    Ok(())
}

/// The graph that the bytes hold gives these bytes again.
fn read_back(composed: &Composed) -> Result<(), Failed> {
    let types = &mut Types::new();
    let graph = compose::decode(types, "result.wasm", &composed.bytes).map_err(|found| drawn(&found.0))?;
    let plan = compose::plan(types, &graph).map_err(|found| drawn(&found.0))?;
    let again = component::emit(&plan, component::EmitOptions::default());
    if again == composed.bytes { Ok(()) } else { Err("what is read back gives other bytes".into()) }
}

fn text(types: &mut Types, outcome: &Result<Composed, Vec<Diagnostic>>) -> String {
    let composed = match outcome {
        Ok(composed) => composed,
        Err(problems) => return drawn(problems),
    };
    let result = component::read(types, "result.wasm", &composed.bytes).expect("it was valid");
    let world = types::dump::component(types, &result.ty);
    format!("{}\n{world}{}\n{}", composed.wiring, definitions(types, &composed.bytes), drawn(&composed.notes))
}

/// The interfaces, worlds and function types that the result exports.
fn definitions(types: &mut Types, bytes: &[u8]) -> String {
    let graph = compose::decode(types, "result.wasm", bytes).expect("it was read back");
    let mut out = String::new();
    for (name, definition) in graph.definitions() {
        match definition {
            Definition::Value(_) => {}
            Definition::Func(func) => out.push_str(&format!("type {name} = {}\n", wit_func(types, types.func(*func)))),
            Definition::Interface(component) => {
                out.push_str(&format!("interface {name}\n{}", indented(&types::dump::component(types, component))));
            }
            Definition::World(full, component) => {
                let dump = indented(&types::dump::component(types, component));
                out.push_str(&format!("world {name} of {full}\n{dump}"));
            }
        }
    }
    out
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
