//! `withe validate` held to what others have written: the specification's scripts, the published schema of SARIF, and a
//! workflow as GitHub reads it.
//!
//! In: `../shared/conformance/wast`; the schema, which the package `serde-sarif` carries; `templates/ci`.
//! Out: a test for each. What cannot be had here is reported as not run.
#![expect(clippy::disallowed_methods, reason = "tests write files, and ask cargo where a package lies")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde_json::Value;
use testing::cases::Suite;
use testing::wast::{Doing, Step, Wasm, read_script, scripts};
use testing::{Outcome, Trouble, root, tool};
use withe::{Exit, Io};

fn main() -> ExitCode {
    Suite::new()
        .conformance("wast", |folder| vec![folder.to_owned()], |folder| verdicts(folder, "all", DEVIATIONS_ALL))
        .conformance(
            "wast",
            |folder| vec![folder.join("default")],
            |folder| verdicts(folder.parent().unwrap_or(folder), "", DEVIATIONS_DEFAULT),
        )
        .test("sarif/findings_have_the_published_form", sarif)
        .test("ci/the_workflow_does_what_it_says", workflow)
        .run()
}

struct Ran {
    status: i32,
    out: Vec<u8>,
    err: String,
}

fn withe(folder: &Path, words: &[&str]) -> Ran {
    let mut io = Io::captured(folder);
    let Exit(status) = withe::run(std::iter::once("withe").chain(words.iter().copied()), &mut io);
    Ran { status, out: io.stdout.bytes(), err: io.stderr.text() }
}

fn json(bytes: &[u8]) -> Result<Value, Trouble> {
    serde_json::from_slice(bytes).map_err(|error| Trouble::Failed(format!("no JSON: {error}")))
}

/// A command with another verdict than the script's: script, line, and why.
type Deviation = (&'static str, usize, &'static str);

/// With everything on, what the scripts want to be off.
const DEVIATIONS_ALL: &[Deviation] = &[
    ("extern-names.wast", 53, "nested namespaces are a proposal, and all proposals are on"),
    ("extern-names.wast", 56, "nested interfaces are a proposal, and all proposals are on"),
];

/// Without flags, what the embedded runtime does not run: each is told as a proposal.
const DEVIATIONS_DEFAULT: &[Deviation] = &[
    ("big-interleaving-test.wast", 14, NEWER),
    ("forward.wast", 3, NEWER),
    ("forward.wast", 1025, NEWER),
    ("forward.wast", 1197, NEWER),
    ("post-return.wast", 4, NEWER),
];

const NEWER: &str = "forwarding of streams is newer than the embedded runtime";

/// Every module and component of all scripts as a file, in one run: each is valid or not, as its script says.
fn verdicts(vectors: &Path, features: &str, deviations: &[Deviation]) -> Outcome {
    let folder = tempfile::tempdir()?;
    let mut expected: BTreeMap<String, (bool, String, usize)> = BTreeMap::new();
    let mut refused_texts = 0;
    for path in scripts(vectors) {
        let script = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for command in &read_script(&path)?.commands {
            let (wasm, valid) = match &command.step {
                Step::Define { wasm, .. }
                | Step::AssertTrap { doing: Doing::Instantiation(wasm), .. }
                | Step::AssertUnlinkable { wasm, .. } => (wasm, true),
                Step::AssertInvalid { wasm, .. } | Step::AssertMalformed { wasm, .. } => (wasm, false),
                Step::AssertTrap { doing: Doing::Call(_), .. }
                | Step::Instance { .. }
                | Step::Register { .. }
                | Step::Invoke(_)
                | Step::AssertReturn { .. }
                | Step::Other(_) => continue,
            };
            let name = format!("{:04}", expected.len());
            match write(folder.path(), &name, wasm)? {
                Some(file) => {
                    expected.insert(file, (valid, script.clone(), command.line));
                }
                // The text parser refuses it, as it does a file.
                None if !valid => refused_texts += 1,
                None => return Err(format!("{script}:{}: no text: {:?}", command.line, wasm.bytes).into()),
            }
        }
    }
    let mut words = vec!["validate", ".", "--format", "json"];
    if !features.is_empty() {
        words.extend(["--wasm-features", features]);
    }
    let mut document = json(&withe(folder.path(), &words).out)?;
    let files = document["result"]["files"].take();
    let files = files.as_array().cloned().unwrap_or_default();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in &files {
        let name = file["file"].as_str().unwrap_or_default().trim_start_matches("./");
        let (valid, script, line) = expected.get(name).ok_or_else(|| format!("what is {file}?"))?;
        let known = deviations.iter().find(|(of, at, _)| of == script && at == line);
        seen += 1;
        match (known, file["valid"] == *valid) {
            (None, true) => {}
            (Some(_), false) if *valid && !is_told(&document, name, "validate/proposal") => {
                wrong.push(format!("{script}:{line}: not told as a proposal"));
            }
            (Some(_), false) => {}
            (None, false) => wrong.push(format!("{script}:{line}: valid is {valid} there, not here")),
            (Some((.., why)), true) => wrong.push(format!("{script}:{line}: no longer so: {why}")),
        }
    }
    let valid = expected.values().filter(|(valid, ..)| *valid).count();
    say(&format!("wast: {valid} valid, {} not, {refused_texts} no text", seen - valid));
    if seen != expected.len() || seen < 700 {
        wrong.push(format!("{seen} of {} verdicts", expected.len()));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// Whether a finding with that code stands in the file.
fn is_told(document: &Value, file: &str, code: &str) -> bool {
    let found = document["diagnostics"].as_array().into_iter().flatten();
    found
        .filter(|one| one["code"] == code)
        .any(|one| one["labels"][0]["file"].as_str().is_some_and(|named| named.trim_start_matches("./") == file))
}

/// Writes a module or component as its script has it: a text as text.
fn write(folder: &Path, name: &str, wasm: &Wasm) -> Result<Option<String>, Trouble> {
    let (file, bytes) = match (&wasm.quoted, &wasm.bytes) {
        (Some(text), _) => (format!("{name}.wat"), text.as_bytes()),
        (None, Ok(bytes)) => (format!("{name}.wasm"), bytes.as_slice()),
        (None, Err(_)) => return Ok(None),
    };
    fs::write(folder.join(&file), bytes)?;
    Ok(Some(file))
}

#[expect(clippy::print_stdout, reason = "what was counted is part of the result")]
fn say(text: &str) {
    println!("{text}");
}

/// The schema of SARIF 2.1.0 as OASIS published it, from the package that carries it.
fn sarif_schema() -> Result<Value, Trouble> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut metadata = Command::new(cargo);
    metadata.args(["metadata", "--format-version", "1", "--locked", "--manifest-path"]).arg(root().join("Cargo.toml"));
    let told = metadata.output()?;
    if !told.status.success() {
        let why = String::from_utf8_lossy(&told.stderr).into_owned();
        return Err(Trouble::MissingTool(format!("cargo cannot say where the schema lies: {why}")));
    }
    let packages = json(&told.stdout)?["packages"].take();
    let carrier = packages.as_array().into_iter().flatten().find(|package| package["name"] == "serde-sarif");
    let manifest = carrier.and_then(|package| package["manifest_path"].as_str()).ok_or("no `serde-sarif`")?;
    let schema = Path::new(manifest).with_file_name("src").join("schema.json");
    let schema = json(&testing::read(&schema)?)?;
    let published = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json";
    if schema["$id"] == published { Ok(schema) } else { Err(format!("another schema: {}", schema["$id"]).into()) }
}

/// Reads the schema, then logs; says what is wrong in them, a line each.
const HOLD_TO_SCHEMA: &str = r#"
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
for log in sys.argv[2:]:
    for error in validator.iter_errors(json.load(open(log))):
        print(log, error.json_path, error.message[:200])
"#;

/// Everything that can be found in the fixtures, a wrong command line, and nothing at all.
fn sarif() -> Outcome {
    let folder = tempfile::tempdir()?;
    let schema = folder.path().join("schema.json");
    fs::write(&schema, sarif_schema()?.to_string())?;
    let wrong_in = |logs: &[PathBuf]| -> Result<String, Trouble> {
        tool::run(tool::python("jsonschema")?.args(["-c", HOLD_TO_SCHEMA]).arg(&schema).args(logs))
    };
    let mut logs = Vec::new();
    let mut results = 0;
    for words in [
        &["validate", ".", "--format", "sarif"][..],
        &["validate", "run", "--target", "wasi:cli/command@0.2.12", "--format", "sarif"],
        &["validate", "run/calc.wat", "--format", "sarif"],
        &["validate", "no such", "ünknown:", "--format", "sarif"],
        &["validate", "run/calc.wat", "--target", "nothing.wit", "--format", "sarif"],
        &["validate", "--format", "sarif"],
    ] {
        let ran = withe(&root().join("fixtures"), words);
        results += json(&ran.out)?["runs"][0]["results"].as_array().map_or(0, Vec::len);
        logs.push(folder.path().join(format!("{}.sarif", logs.len())));
        fs::write(&logs[logs.len() - 1], ran.out)?;
    }
    let wrong = wrong_in(&logs)?;
    if !wrong.is_empty() || results < 50 {
        return Err(format!("{results} results\n{wrong}").into());
    }
    // The schema would say so.
    let broken = folder.path().join("broken.sarif");
    fs::write(&broken, r#"{"version": "2.0", "runs": []}"#)?;
    if wrong_in(&[broken])?.is_empty() { Err("the schema says nothing of a wrong version".into()) } else { Ok(()) }
}

/// Plain values are texts, as GitHub takes the keys.
const YAML_AS_JSON: &str = "import json, sys, yaml; print(json.dumps(yaml.load(open(sys.argv[1]), yaml.BaseLoader)))";

/// The workflow is read as YAML; its lines that call withe are run on a repository with a mistake in it.
fn workflow() -> Outcome {
    let path = root().join("templates/ci/github-actions.yml");
    let workflow = tool::run(tool::python("yaml")?.args(["-c", YAML_AS_JSON]).arg(&path))?;
    let workflow = json(workflow.as_bytes())?;
    let job = &workflow["jobs"]["validate"];
    let is_there = [&workflow["on"]["push"], &job["runs-on"]].iter().all(|value| !value.is_null());
    if !is_there
        || workflow["on"].get("pull_request").is_none()
        || workflow["permissions"]["security-events"] != "write"
    {
        return Err(format!("no workflow that may upload: {workflow}").into());
    }
    let steps = job["steps"].as_array().ok_or("`steps` is no list")?;
    let of = |key: &str| -> Vec<&str> { steps.iter().filter_map(|step| step[key].as_str()).collect() };
    let (runs, uses) = (of("run"), of("uses"));
    if runs.len() + uses.len() != steps.len() || !uses.iter().all(|action| action.contains('@')) {
        return Err(format!("each step runs or uses something: {runs:?}, {uses:?}").into());
    }
    let text = testing::read_text(&path)?;
    let in_comments = text.lines().filter_map(|line| line.trim().strip_prefix("#   "));
    let commands = runs.into_iter().chain(in_comments).filter(|line| line.starts_with("withe "));
    let commands: Vec<&str> = commands.collect();
    let upload = steps.iter().find_map(|step| step["with"]["sarif_file"].as_str()).ok_or("nothing is uploaded")?;
    if commands.len() != 3 {
        return Err(format!("{commands:?}").into());
    }
    run_workflow(&commands, upload, true)?;
    run_workflow(&commands, upload, false)
}

/// Runs the commands where all is well, or where a component does not fit its world and a WIT text is wrong.
fn run_workflow(commands: &[&str], upload: &str, is_good: bool) -> Outcome {
    let folder = tempfile::tempdir()?;
    let write = |path: &str, text: &str| -> Result<(), Trouble> {
        let path: PathBuf = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        Ok(fs::write(path, text)?)
    };
    let (ty, import) = if is_good { ("u32", "log") } else { ("u33", "logs") };
    write("wit/plugin.wit", "package a:b;\nworld plugin { import log: func(m: string); }\n")?;
    write("other/wit/w.wit", &format!("package a:c;\ninterface i {{ f: func() -> {ty}; }}\n"))?;
    write("build/plugin.wat", &format!(r#"(component (import "{import}" (func (param "m" string))))"#))?;
    for command in commands {
        let (command, file) = match command.split_once(" > ") {
            Some((command, file)) => (command, Some(file)),
            None => (*command, None),
        };
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        let ran = withe(folder.path(), &words);
        if (ran.status == 0) != is_good || !matches!(ran.status, 0 | 1) {
            return Err(format!("`{command}` ends with {}: {}", ran.status, ran.err).into());
        }
        match file {
            Some(file) => {
                let results = json(&ran.out)?["runs"][0]["results"].as_array().map_or(0, Vec::len);
                if file != upload || (results == 0) != is_good {
                    return Err(format!("`{command}` has {results} results").into());
                }
            }
            None if is_good => {}
            None => {
                let said = String::from_utf8_lossy(&ran.out).into_owned();
                let place = if words.contains(&"--target") {
                    "build/plugin.wat (import logs)"
                } else {
                    "file=other/wit/w.wit,line=2"
                };
                if !said.contains("::error ") || !said.contains(place) {
                    return Err(format!("`{command}` says {said}").into());
                }
            }
        }
    }
    Ok(())
}
