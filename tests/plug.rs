//! `fixtures/plug/<case>/` through the command line: what fits is plugged, validated and called, what does not fit
//! leaves no output.
//!
//! Parts are components (`socket.wat`, `plug*.wat`), or modules that are wrapped first (`socket.core.wat` with
//! `socket.wit`). `calls.wave` has expressions, each followed by `= RESULT` if it prints one.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use withe::{Exit, Io};

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/plug");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&root).expect("the cases").map(|entry| entry.expect("a case").path()).collect();
    cases.sort();
    assert!(cases.iter().filter(|case| case.join("calls.wave").exists()).count() >= 6, "there are cases that run");
    let trials = cases.into_iter().map(|case| {
        let test = if name_of(&case).starts_with("error-") { refused } else { plugged };
        Trial::test(name_of(&case), move || test(&case))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The status, standard output and standard error of a command.
fn withe(words: &[&str], folder: &Path) -> (Exit, String, String) {
    let mut io = Io::captured(folder);
    let exit = withe::run(["withe"].iter().chain(words), &mut io);
    (exit, io.stdout.text(), io.stderr.text())
}

fn succeed(words: &[&str], folder: &Path) -> Result<String, Failed> {
    let (exit, output, errors) = withe(words, folder);
    if exit == Exit::OK { Ok(output) } else { Err(format!("{words:?} ends with {exit:?}\n{output}{errors}").into()) }
}

/// The parts, socket first, in a folder of their own; modules are wrapped.
fn parts(case: &Path, folder: &Path) -> Result<Vec<String>, Failed> {
    let mut names: Vec<String> =
        fs::read_dir(case)?.map(|entry| entry.map(|entry| name_of(&entry.path()))).collect::<Result<_, _>>()?;
    names.retain(|name| name.ends_with(".wat"));
    names.sort_by_key(|name| (!name.starts_with("socket"), name.clone()));
    let mut parts = Vec::new();
    for name in names {
        let Some(stem) = name.strip_suffix(".core.wat") else {
            fs::copy(case.join(&name), folder.join(&name))?;
            parts.push(name);
            continue;
        };
        let (core, wit) = (case.join(&name), case.join(format!("{stem}.wit")));
        let out = format!("{stem}.wasm");
        succeed(&["wrap", &core.to_string_lossy(), "--wit", &wit.to_string_lossy(), "-o", &out], folder)?;
        parts.push(out);
    }
    Ok(parts)
}

fn plug_words(parts: &[String]) -> Vec<&str> {
    let mut words = vec!["plug"];
    words.extend(parts.iter().map(String::as_str));
    words.extend(["-o", "out.wasm"]);
    words
}

fn plugged(case: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let parts = parts(case, folder)?;
    succeed(&plug_words(&parts), folder)?;
    let bytes = fs::read(folder.join("out.wasm"))?;
    succeed(&plug_words(&parts), folder)?;
    assert_eq!(bytes, fs::read(folder.join("out.wasm"))?, "the same input gives the same bytes");
    succeed(&["validate", "out.wasm"], folder)?;
    calls(case, folder)
}

fn calls(case: &Path, folder: &Path) -> Result<(), Failed> {
    let Ok(text) = fs::read_to_string(case.join("calls.wave")) else { return Ok(()) };
    let (results, expressions): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("= "));
    let words: Vec<&str> = ["call", "out.wasm"].into_iter().chain(expressions).collect();
    let output = succeed(&words, folder)?;
    let expected: Vec<&str> = results.iter().map(|line| line.trim_start_matches("= ")).collect();
    if output.lines().eq(expected.iter().copied()) {
        return Ok(());
    }
    Err(format!("--- expected\n{}\n--- found\n{output}", expected.join("\n")).into())
}

fn refused(case: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let parts = parts(case, folder)?;
    fs::write(folder.join("out.wasm"), "what was there")?;
    let (exit, output, errors) = withe(&plug_words(&parts), folder);
    assert_eq!(exit, Exit::INPUT, "{output}{errors}");
    assert!(errors.contains("error[compose/") || errors.contains("error[component/"), "{errors}");
    assert_eq!(fs::read_to_string(folder.join("out.wasm"))?, "what was there", "a refusal leaves outputs untouched");
    Ok(())
}
