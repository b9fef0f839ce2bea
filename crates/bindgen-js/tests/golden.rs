//! Components as modules: their text, their size, and what they do on Node.
//!
//! In: `fixtures/transpile/<case>/`: `component.wat`, `options.txt` (`instantiation MODE`, `map FROM=TO`, `budget BYTES`,
//! one a line), `check.mjs` and what it imports beside the module `<case>.js`. Out: `expected/<case>.js`, and that the
//! check ends with status 0 on every Node.

#![allow(clippy::disallowed_methods, reason = "a test writes its scratch files")]

use std::path::Path;
use std::process::ExitCode;

use testing::js::Node;
use testing::{Outcome, Trouble, cases, golden};
use withe_bindgen_js::{Instantiate, Module, Options};

fn main() -> ExitCode {
    cases::Suite::new()
        .folder("transpile", &testing::fixtures("transpile"), case)
        .test("helpers are modules", helpers)
        .run()
}

/// Each helper is a module that can be loaded by itself, and exports what its file is called.
fn helpers() -> Outcome {
    let scratch = testing::scratch("transpile-helpers")?;
    let mut script = String::from("const names = [");
    for path in cases::entries(&testing::root().join("templates/js/runtime")) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".js")) else { continue };
        std::fs::copy(&path, scratch.join(format!("{name}.js")))?;
        script += &format!("'{name}', ");
    }
    script += "];\nfor (const name of names) {\n  const found = await import(`./${name}.js`);\n";
    script += "  if (!(name in found)) throw new Error(name);\n}\n";
    std::fs::write(scratch.join("check.mjs"), script)?;
    std::fs::write(scratch.join("package.json"), "{ \"type\": \"module\" }")?;
    Node::ALL.iter().try_for_each(|node| node.output(&scratch, "check.mjs", &[]).map(drop))
}

fn case(folder: &Path) -> Outcome {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (options, budget) = options(folder, &name)?;
    let bytes = wat::parse_file(folder.join("component.wat")).map_err(failed)?;
    let mut types = types::Types::new();
    component::read(&mut types, &name, &bytes).map_err(|found| failed(format!("{found:?}")))?;
    let inst = component::instantiation::instantiation(&mut types, &name, &bytes);
    let inst = inst.map_err(|found| failed(format!("{found:?}")))?;
    let module =
        withe_bindgen_js::transpile(&types, &name, &inst, &options).map_err(|found| failed(format!("{found:?}")))?;
    let mut wrong = Vec::new();
    let expected = golden::compare_files(&folder.join("expected"), [(&*format!("{name}.js"), &*module.text)]);
    wrong.extend(expected.err().map(|trouble| trouble.to_string()));
    let size = module.text.len();
    if budget.is_some_and(|budget| size > budget) {
        wrong.push(format!("{size} bytes are more than the budget of {}", budget.unwrap_or_default()));
    }
    let long = module.text.lines().find(|line| line.len() > 160 && !line.trim_start().starts_with("/**"));
    wrong.extend(long.map(|line| format!("a line is too long: {line}")));
    let mut missing = Ok(());
    for node in Node::ALL {
        match check(folder, &name, &module, node) {
            Err(trouble @ Trouble::MissingTool(_)) => missing = Err(trouble),
            outcome => wrong.extend(outcome.err().map(|trouble| trouble.to_string())),
        }
    }
    if wrong.is_empty() { missing } else { Err(Trouble::Failed(wrong.join("\n"))) }
}

fn failed(text: impl ToString) -> Trouble {
    Trouble::Failed(text.to_string())
}

fn options(folder: &Path, name: &str) -> Result<(Options, Option<usize>), Trouble> {
    let mut options = Options { name: name.to_owned(), ..Options::default() };
    let mut budget = None;
    let text = std::fs::read_to_string(folder.join("options.txt")).unwrap_or_default();
    for line in text.lines() {
        match line.split_once(' ') {
            Some(("instantiation", "async")) => options.instantiate = Instantiate::Async,
            Some(("instantiation", "sync")) => options.instantiate = Instantiate::Sync,
            Some(("map", entry)) => {
                let (from, to) = entry.split_once('=').ok_or_else(|| failed("FROM=TO is wanted"))?;
                options.map.push((from.to_owned(), to.to_owned()));
            }
            Some(("budget", bytes)) => budget = Some(bytes.parse().map_err(failed)?),
            _ => return Err(failed(format!("unknown option: {line}"))),
        }
    }
    Ok((options, budget))
}

/// Runs the case's own script beside the module.
fn check(folder: &Path, name: &str, module: &Module<'_>, node: Node) -> Outcome {
    node.program()?;
    let scratch = testing::scratch(&format!("transpile-{name}-{}", node.name()))?;
    for path in cases::entries(folder) {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if file.ends_with(".js") || file.ends_with(".mjs") {
            std::fs::copy(&path, scratch.join(file))?;
        }
    }
    std::fs::write(scratch.join("package.json"), "{ \"type\": \"module\" }")?;
    std::fs::write(scratch.join(format!("{name}.js")), &module.text)?;
    for (file, bytes) in &module.core {
        std::fs::write(scratch.join(file), bytes)?;
    }
    node.output(&scratch, "check.mjs", &[]).map(drop)
}
