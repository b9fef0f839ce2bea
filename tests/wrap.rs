//! Core modules wrapped and run: what `fixtures/encode` says of calls and runs is what happens.
//!
//! `calls.wave` has expressions, each followed by `= RESULT` if it prints one; all share one instance.
//! `run.txt` has `$ ARGUMENTS`, what stands on standard output, and `= STATUS`; a second `= STATUS` is that of the
//! module itself, wrapped in memory, where it differs: a component can only say that it failed.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use withe::{Exit, Io};

fn main() {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/encode");
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("the cases").map(|entry| entry.expect("a case").path()).collect();
    cases.sort();
    let mut trials = Vec::new();
    for case in cases {
        let name = case.file_name().expect("a name").to_string_lossy().into_owned();
        for (file, test) in [("calls.wave", calls as fn(&Path) -> Result<(), Failed>), ("run.txt", run)] {
            if case.join(file).exists() {
                let case = case.clone();
                trials.push(Trial::test(format!("{name}/{file}"), move || test(&case)));
            }
        }
    }
    assert!(trials.len() >= 8, "there are cases that run");
    libtest_mimic::run(&arguments, trials).exit();
}

/// Wraps the case's module into a temporary folder.
fn wrapped(case: &Path) -> Result<tempfile::TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    let text = std::fs::read_to_string(case.join("module.wat"))?;
    let out = folder.path().join("out.wasm");
    let mut words: Vec<String> = vec!["withe".into(), "wrap".into()];
    words.push(case.join("module.wat").display().to_string());
    words.extend(["--wit".into(), case.join("world.wit").display().to_string()]);
    words.extend(["-o".into(), out.display().to_string()]);
    if text.contains(";;! encoding = utf16") {
        words.extend(["--encoding".into(), "utf16".into()]);
    }
    let (exit, _, errors) = withe(&words);
    if exit == Exit::OK { Ok(folder) } else { Err(errors.into()) }
}

/// The status, standard output and standard error of a command.
fn withe(words: &[String]) -> (Exit, String, String) {
    let mut io = Io::captured(env!("CARGO_MANIFEST_DIR"));
    let exit = withe::run(words.iter().cloned(), &mut io);
    (exit, io.stdout.text(), io.stderr.text())
}

fn calls(case: &Path) -> Result<(), Failed> {
    let folder = wrapped(case)?;
    let text = std::fs::read_to_string(case.join("calls.wave"))?;
    let (results, expressions): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("= "));
    let mut words = vec!["withe".to_owned(), "call".to_owned(), folder.path().join("out.wasm").display().to_string()];
    words.extend(expressions.iter().map(|expression| (*expression).to_owned()));
    let (exit, output, errors) = withe(&words);
    let expected: Vec<&str> = results.iter().map(|line| line.trim_start_matches("= ")).collect();
    if exit == Exit::OK && output.lines().eq(expected.iter().copied()) {
        return Ok(());
    }
    Err(format!("{exit:?}\n--- expected\n{}\n--- found\n{output}{errors}", expected.join("\n")).into())
}

fn run(case: &Path) -> Result<(), Failed> {
    let folder = wrapped(case)?;
    let text = std::fs::read_to_string(case.join("run.txt"))?;
    let arguments = text.lines().next().unwrap_or_default().trim_start_matches('$').split_whitespace();
    let wanted: Vec<&str> = text.lines().filter(|line| !line.starts_with(['$', '='])).collect();
    let mut statuses = text.lines().filter_map(|line| line.strip_prefix("= "));
    let status = statuses.next().unwrap_or("0");
    let in_memory = statuses.next().unwrap_or(status);
    let component = folder.path().join("out.wasm").display().to_string();
    for (program, status) in [(component, status), (case.join("module.wat").display().to_string(), in_memory)] {
        let mut words = vec!["withe".to_owned(), "run".to_owned(), program, "--".to_owned()];
        words.extend(arguments.clone().map(str::to_owned));
        let (exit, output, errors) = withe(&words);
        if exit.0.to_string() != status || !output.lines().eq(wanted.iter().copied()) {
            return Err(format!("status {}, wanted {status}\n--- found\n{output}\n{errors}", exit.0).into());
        }
    }
    Ok(())
}
