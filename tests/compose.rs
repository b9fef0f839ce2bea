//! `fixtures/compose/<case>/` through the command line: what is solved is validated, called, and composed again by
//! the script that `--emit-wac` writes; what is refused leaves no output. Then what only the command line has.
//!
//! A case has parts as `.wat`, `command` with the words behind `withe compose`, and for some `calls.wave` with
//! expressions, each followed by `= RESULT` if it prints one.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use withe::{Exit, Io};

type Test = fn(&Path) -> Result<(), Failed>;

/// What is not a matter of one case; each gets a folder with the parts of `write_parts`.
const TESTS: &[(&str, Test)] = &[
    ("flags of a script are refused", flags_of_a_script_are_refused),
    ("a mixture is refused", a_mixture_is_refused),
    ("WIT is no script", wit_is_no_script),
    ("notes of what was filled come after success", notes_come_after_success),
    ("targets are checked before anything is written", targets_are_checked),
    ("the script names files as seen from its folder", the_script_names_files_from_its_folder),
    ("the script is written if the component is", the_script_is_written_if_the_component_is),
    ("outputs keep inputs and one another", outputs_keep_inputs),
    ("streams can be outputs", streams_can_be_outputs),
    ("the report has every import", the_report_has_every_import),
    ("examples of the help work", examples_of_the_help_work),
];

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/compose");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&root).expect("the cases").map(|entry| entry.expect("a case").path()).collect();
    cases.sort();
    assert!(cases.iter().filter(|case| case.join("calls.wave").exists()).count() >= 20, "there are cases that run");
    let mut trials: Vec<Trial> = cases
        .into_iter()
        .map(|case| {
            let test = if name_of(&case).starts_with("error-") { refused } else { composed };
            Trial::test(name_of(&case), move || test(&case))
        })
        .collect();
    trials.extend(TESTS.iter().map(|(name, test)| {
        Trial::test(*name, || {
            let folder = tempfile::tempdir()?;
            write_parts(folder.path())?;
            test(folder.path())
        })
    }));
    libtest_mimic::run(&arguments, trials).exit();
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What a command ended with and said.
struct Ran {
    exit: Exit,
    bytes: Vec<u8>,
    output: String,
    errors: String,
}

fn withe(words: &[&str], folder: &Path) -> Ran {
    let mut io = Io::captured(folder);
    let exit = withe::run(["withe"].iter().chain(words), &mut io);
    Ran { exit, bytes: io.stdout.bytes(), output: io.stdout.text(), errors: io.stderr.text() }
}

fn succeed(words: &[&str], folder: &Path) -> Result<Ran, Failed> {
    let ran = withe(words, folder);
    if ran.exit == Exit::OK {
        return Ok(ran);
    }
    Err(format!("{words:?} ends with {:?}\n{}{}", ran.exit, ran.output, ran.errors).into())
}

/// A command that must fail with this status and code, and leave the folder as it was.
fn fail(words: &[&str], folder: &Path, exit: Exit, code: &str) -> Result<Ran, Failed> {
    let before = files(folder)?;
    let ran = withe(words, folder);
    assert_eq!(ran.exit, exit, "{words:?}\n{}{}", ran.output, ran.errors);
    assert!(ran.errors.contains(&format!("error[{code}]")), "{words:?}\n{}", ran.errors);
    assert_eq!(before, files(folder)?, "{words:?} leaves all files as they were");
    Ok(ran)
}

/// The files of a folder and what they hold.
fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failed> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            files.push((name_of(&path), fs::read(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

/// The words of a case's command, its files copied into a folder.
fn command(case: &Path, folder: &Path) -> Result<Vec<String>, Failed> {
    let text = fs::read_to_string(case.join("command"))?;
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    for word in words.iter().filter(|word| word.ends_with(".wat")) {
        let file = word.split_once('=').map_or(word.as_str(), |(_, file)| file);
        let to = folder.join(file);
        fs::create_dir_all(to.parent().expect("a file is in a folder"))?;
        fs::copy(case.join(file), to)?;
    }
    Ok(words)
}

fn compose_words<'w>(words: &'w [String], more: &[&'w str]) -> Vec<&'w str> {
    ["compose"].into_iter().chain(words.iter().map(String::as_str)).chain(more.iter().copied()).collect()
}

fn composed(case: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let words = command(case, folder)?;
    succeed(&compose_words(&words, &["-o", "out.wasm"]), folder)?;
    let bytes = fs::read(folder.join("out.wasm"))?;
    succeed(&compose_words(&words, &["-o", "again.wasm", "--emit-wac", "out.wac"]), folder)?;
    assert_eq!(bytes, fs::read(folder.join("again.wasm"))?, "the same input gives the same bytes");
    succeed(&["compose", "out.wac", "-o", "script.wasm"], folder)?;
    let script = fs::read_to_string(folder.join("out.wac"))?;
    assert!(bytes == fs::read(folder.join("script.wasm"))?, "the script composes the same:\n{script}");
    succeed(&["validate", "out.wasm"], folder)?;
    calls(case, folder)
}

fn calls(case: &Path, folder: &Path) -> Result<(), Failed> {
    let Ok(text) = fs::read_to_string(case.join("calls.wave")) else { return Ok(()) };
    let (results, expressions): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("= "));
    let words: Vec<&str> = ["call", "out.wasm"].into_iter().chain(expressions).collect();
    let Ran { output, .. } = succeed(&words, folder)?;
    let expected: Vec<&str> = results.iter().map(|line| line.trim_start_matches("= ")).collect();
    if output.lines().eq(expected.iter().copied()) {
        return Ok(());
    }
    Err(format!("--- expected\n{}\n--- found\n{output}", expected.join("\n")).into())
}

fn refused(case: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let words = command(case, folder)?;
    fs::write(folder.join("out.wasm"), "what was there")?;
    let words = compose_words(&words, &["-o", "out.wasm", "--emit-wac", "out.wac"]);
    let before = files(folder)?;
    let ran = withe(&words, folder);
    assert_eq!(ran.exit, Exit::INPUT, "{}{}", ran.output, ran.errors);
    assert!(ran.errors.contains("error[compose/") || ran.errors.contains("error[component/"), "{}", ran.errors);
    assert_eq!(before, files(folder)?, "a refusal leaves outputs untouched");
    Ok(())
}

/// `app` imports what `left` and `right` export, each of which imports what `store` exports.
fn write_parts(folder: &Path) -> Result<(), Failed> {
    let part = |imports: &[&str], export: Option<&str>| {
        let mut text = "(component\n".to_owned();
        for (at, import) in imports.iter().enumerate() {
            text += &format!("  (import \"{import}\" (instance $i{at} (export \"get\" (func (result u32)))))\n");
            text += &format!("  (alias export $i{at} \"get\" (func $f{at}))\n");
        }
        let Some(export) = export else { return text + "  (export \"run\" (func $f0)))" };
        text += "  (core module $m (func (export \"f\") (result i32) (i32.const 7)))\n";
        text += "  (core instance $m (instantiate $m))\n";
        text += "  (func $f (result u32) (canon lift (core func $m \"f\")))\n";
        text + &format!("  (instance $api (export \"get\" (func $f)))\n  (export \"{export}\" (instance $api)))")
    };
    let parts = [
        ("app", part(&["local:shop/left", "local:shop/right"], None)),
        ("left", part(&["local:shop/stock"], Some("local:shop/left"))),
        ("right", part(&["local:shop/stock"], Some("local:shop/right"))),
        ("store", part(&[], Some("local:shop/stock"))),
    ];
    for (name, text) in parts {
        fs::write(folder.join(format!("{name}.wat")), text)?;
        succeed(&["parse", &format!("{name}.wat"), "-o", &format!("{name}.wasm")], folder)?;
    }
    Ok(())
}

const ALL: [&str; 5] = ["compose", "app.wasm", "left.wasm", "right.wasm", "store.wasm"];

/// `ALL`, and more.
fn all<'w>(more: &[&'w str]) -> Vec<&'w str> {
    ALL.iter().copied().chain(more.iter().copied()).collect()
}

fn flags_of_a_script_are_refused(folder: &Path) -> Result<(), Failed> {
    let words = all(&["--dep", "a:b=store.wasm", "--deps-dir", "deps", "-o", "out.wasm"]);
    let ran = fail(&words, folder, Exit::USAGE, "usage/command-line")?;
    for flag in ["--dep", "--deps-dir"] {
        let headline = format!("`{flag}` is for composing a script, and the input is components");
        assert!(ran.errors.contains(&headline), "{}", ran.errors);
    }
    fs::write(folder.join("x.wac"), "package a:b;")?;
    let words = ["compose", "x.wac", "--wire", "a=b", "--target", "w", "--emit-wac", "y.wac", "-o", "out.wasm"];
    let ran = fail(&words, folder, Exit::USAGE, "usage/command-line")?;
    for flag in ["--wire", "--target", "--emit-wac"] {
        let headline = format!("`{flag}` is for composing components, and the input is a script");
        assert!(ran.errors.contains(&headline), "{}", ran.errors);
    }
    fail(&all(&["--wire", "app=", "-o", "out.wasm"]), folder, Exit::USAGE, "usage/command-line")?;
    Ok(())
}

fn a_mixture_is_refused(folder: &Path) -> Result<(), Failed> {
    fs::write(folder.join("x.wac"), "package a:b;")?;
    fs::write(folder.join("y.wac"), "package a:b;")?;
    for words in [["x.wac", "app.wasm"], ["app.wasm", "x.wac"], ["x.wac", "y.wac"]] {
        let words = ["compose", words[0], words[1], "-o", "out.wasm"];
        fail(&words, folder, Exit::USAGE, "usage/command-line")?;
    }
    fail(&["compose", "name=x.wac", "-o", "out.wasm"], folder, Exit::USAGE, "usage/command-line")?;
    fail(&["compose", "-o", "out.wasm"], folder, Exit::USAGE, "usage/command-line")?;
    Ok(())
}

fn wit_is_no_script(folder: &Path) -> Result<(), Failed> {
    let wit = "package local:calc;\ninterface ops { add: func() -> u32; }\nworld w { import ops; }\n";
    fs::write(folder.join("w.wit"), wit)?;
    fs::write(folder.join("world"), wit)?;
    fs::write(folder.join("neither"), "package local:calc;\nthis is neither")?;
    for name in ["w.wit", "world"] {
        let ran = fail(&["compose", name, "-o", "out.wasm"], folder, Exit::INPUT, "compose/wit-package")?;
        assert!(ran.errors.contains(&format!("`{name}` is a package of WIT")), "{}", ran.errors);
        let beside = ["compose", "app.wat", name, "-o", "out.wasm"];
        fail(&beside, folder, Exit::INPUT, "compose/wit-package")?;
    }
    // A script may declare types alone.
    fs::copy(folder.join("w.wit"), folder.join("types.wac"))?;
    succeed(&["compose", "types.wac", "-o", "types.wasm"], folder)?;
    // What is neither is told as a script.
    fail(&["compose", "neither", "-o", "out.wasm"], folder, Exit::INPUT, "wac/syntax")?;
    Ok(())
}

fn notes_come_after_success(folder: &Path) -> Result<(), Failed> {
    fs::write(folder.join("nothing.wit"), "package local:nothing;\nworld nothing { export other: func(); }\n")?;
    let ran = fail(&all(&["--target", "nothing.wit", "-o", "out.wasm"]), folder, Exit::INPUT, "validate/target")?;
    assert!(!ran.errors.contains("filled"), "{}", ran.errors);
    Ok(())
}

fn targets_are_checked(folder: &Path) -> Result<(), Failed> {
    let wit = "package local:shop; interface stock { get: func() -> u32; }\n\
        world fits { import stock; export run: func() -> u32; }\n\
        world differs { export run: func() -> string; export stock; }";
    fs::write(folder.join("shop.wit"), wit)?;
    succeed(&all(&["--target", "shop.wit#fits", "-o", "fits.wasm"]), folder)?;
    succeed(&all(&["--target", "shop.wit#fits", "-o", "fits.wasm", "--emit-wac", "fits.wac"]), folder)?;
    let script = fs::read_to_string(folder.join("fits.wac"))?;
    assert!(script.starts_with("/// Checked against the world `fits`.\npackage "), "{script}");
    succeed(&["compose", "fits.wac", "-o", "again.wasm"], folder)?;
    assert!(fs::read(folder.join("fits.wasm"))? == fs::read(folder.join("again.wasm"))?, "{script}");
    let three = &all(&["--target", "shop.wit#fits", "-o", "open.wasm"])[..];
    let three: Vec<&str> = three.iter().copied().filter(|word| *word != "store.wasm").collect();
    succeed(&three, folder)?;
    let words = all(&["--target", "shop.wit#differs", "-o", "out.wasm", "--emit-wac", "out.wac"]);
    let ran = fail(&words, folder, Exit::INPUT, "validate/target")?;
    assert_eq!(ran.errors.matches("error[validate/target]").count(), 2, "all at once: {}", ran.errors);
    assert!(ran.errors.contains("export run") && ran.errors.contains("export local:shop/stock"), "{}", ran.errors);
    let next = "package local:next; package local:shop@2.0.0 { interface stock { get: func() -> u32; } }\n\
        world next { import local:shop/stock@2.0.0; export run: func() -> u32; }";
    fs::write(folder.join("next.wit"), next)?;
    let three: Vec<&str> = three.iter().map(|word| if *word == "shop.wit#fits" { "next.wit" } else { *word }).collect();
    let ran = fail(&three, folder, Exit::INPUT, "validate/target")?;
    assert!(ran.errors.contains("the world imports `local:shop/stock@2.0.0`"), "{}", ran.errors);
    let three: Vec<&str> =
        three.iter().map(|word| if *word == "next.wit" { "shop.wit#differs" } else { *word }).collect();
    let ran = fail(&three, folder, Exit::INPUT, "validate/target")?;
    assert!(ran.errors.contains("compose it with a component that exports `local:shop/stock`"), "{}", ran.errors);
    fail(&all(&["--target", "shop.wit#fit", "-o", "out.wasm"]), folder, Exit::INPUT, "wit/unknown-world")?;
    Ok(())
}

fn the_script_names_files_from_its_folder(folder: &Path) -> Result<(), Failed> {
    fs::create_dir_all(folder.join("in/deep"))?;
    fs::create_dir_all(folder.join("parts/more"))?;
    fs::rename(folder.join("store.wasm"), folder.join("parts/more/store.wasm"))?;
    let left = folder.join("left.wasm").to_string_lossy().into_owned();
    let words = ["app.wasm", &left, "right.wasm", "parts/more/../more/store.wasm"];
    let words: Vec<&str> =
        ["compose"].into_iter().chain(words).chain(["--emit-wac", "in/deep/shop.wac", "-o", "out.wasm"]).collect();
    succeed(&words, folder)?;
    let script = fs::read_to_string(folder.join("in/deep/shop.wac"))?;
    assert!(script.contains("new \"../../parts/more/store.wasm\""), "{script}");
    assert!(script.contains("new \"../../left.wasm\""), "{script}");
    let bytes = fs::read(folder.join("out.wasm"))?;
    for (cwd, path) in [(folder, "in/deep/shop.wac"), (&folder.join("in"), "deep/shop.wac")] {
        succeed(&["compose", path, "-o", "script.wasm"], cwd)?;
        assert!(bytes == fs::read(cwd.join("script.wasm"))?, "the script composes the same:\n{script}");
    }
    Ok(())
}

fn the_script_is_written_if_the_component_is(folder: &Path) -> Result<(), Failed> {
    let words = all(&["--emit-wac", "no/shop.wac", "-o", "out.wasm"]);
    fail(&words, folder, Exit::INPUT, "output/unwritable-file")?;
    let words = all(&["--emit-wac", "shop.wac", "-o", "no/out.wasm"]);
    fail(&words, folder, Exit::INPUT, "output/unwritable-file")?;
    fs::create_dir(folder.join("taken"))?;
    let words = all(&["--emit-wac", "taken", "-o", "out.wasm"]);
    fail(&words, folder, Exit::INPUT, "output/unwritable-file")?;
    Ok(())
}

fn outputs_keep_inputs(folder: &Path) -> Result<(), Failed> {
    for (out, script) in [("store.wasm", "shop.wac"), ("out.wasm", "left.wasm"), ("out.wasm", "out.wasm")] {
        let words = all(&["--emit-wac", script, "-o", out]);
        fail(&words, folder, Exit::USAGE, "usage/command-line")?;
    }
    fail(&all(&["--emit-wac", "-", "-o", "-"]), folder, Exit::USAGE, "usage/command-line")?;
    fail(&all(&["--emit-wac", "-"]), folder, Exit::USAGE, "usage/command-line")?;
    Ok(())
}

fn streams_can_be_outputs(folder: &Path) -> Result<(), Failed> {
    succeed(&all(&["-o", "out.wasm", "--emit-wac", "shop.wac"]), folder)?;
    let bytes = fs::read(folder.join("out.wasm"))?;
    let script = fs::read_to_string(folder.join("shop.wac"))?;
    assert!(succeed(&all(&["-o", "-"]), folder)?.bytes == bytes);
    assert!(succeed(&all(&[]), folder)?.bytes == bytes);
    assert_eq!(succeed(&all(&["-o", "out.wasm", "--emit-wac", "-"]), folder)?.output, script);
    // Standard input is a component as any other, but no script can name it.
    let mut io = Io::captured(folder);
    io.stdin = withe::io::Stdin::Bytes(fs::read(folder.join("store.wasm"))?);
    let words = ["withe", "compose", "app.wasm", "left.wasm", "right.wasm", "store=-", "-o", "in.wasm"];
    assert_eq!(withe::run(words, &mut io), Exit::OK, "{}", io.stderr.text());
    let mut io = Io::captured(folder);
    io.stdin = withe::io::Stdin::Bytes(fs::read(folder.join("store.wasm"))?);
    let exit = withe::run(words.into_iter().chain(["--emit-wac", "in.wac"]), &mut io);
    assert_eq!(exit, Exit::USAGE, "{}", io.stderr.text());
    assert!(!folder.join("in.wac").exists());
    Ok(())
}

fn the_report_has_every_import(folder: &Path) -> Result<(), Failed> {
    let words = ["compose", "app.wasm", "left.wasm", "right.wasm", "--format", "json", "-o", "out.wasm"];
    let report: serde_json::Value = serde_json::from_str(&succeed(&words, folder)?.output)?;
    let instances = &report["result"]["instances"];
    let names: Vec<&str> = instances.as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, ["left", "right", "app"]);
    let import = |at: usize, import: usize| instances[at]["imports"][import].clone();
    assert_eq!(import(0, 0), serde_json::json!({ "import": "local:shop/stock" }));
    let from = serde_json::json!({
        "import": "local:shop/right", "from": "right", "export": "local:shop/right", "why": "name",
    });
    assert_eq!(import(2, 1), from);
    let codes: Vec<&str> =
        report["diagnostics"].as_array().into_iter().flatten().filter_map(|one| one["code"].as_str()).collect();
    assert_eq!(codes, ["compose/plugged"; 3]);
    Ok(())
}

/// The examples in the help are commands that work on such files.
fn examples_of_the_help_work(folder: &Path) -> Result<(), Failed> {
    let script = "package local:shop;\nlet store = new local:store {};\nexport store...;\n";
    fs::write(folder.join("main.wac"), script)?;
    let help = succeed(&["compose", "--help"], folder)?.output;
    let (_, examples) = help.split_once("Examples:\n").ok_or("the help has examples")?;
    let examples = examples.replace("\\\n", " ");
    let commands: Vec<&str> = examples.lines().filter_map(|line| line.trim().strip_prefix("withe ")).collect();
    assert_eq!(commands.len(), 4, "{help}");
    for command in commands {
        succeed(&command.split_whitespace().collect::<Vec<_>>(), folder)?;
        succeed(&["validate", "shop.wasm"], folder)?;
    }
    Ok(())
}
