//! Core modules wrapped and run: what `fixtures/encode` says of calls and runs is what happens.
//!
//! `calls.wave` has expressions, each followed by `= RESULT` if it prints one; all share one instance.
//! `run.txt` has `$ ARGUMENTS`, what stands on standard output, and `= STATUS`; a second `= STATUS` is that of the
//! module itself, wrapped in memory, where it differs: a component can only say that it failed.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]

use std::path::Path;
use std::process::ExitCode;

use testing::cases::Suite;
use testing::guest::{Guest, Shape, Target};
use testing::{Outcome, Trouble, fixtures, golden};
use withe::{Exit, Io};

fn main() -> ExitCode {
    let mut suite = Suite::new().test("rustc-hello/imports", imports_of_hello);
    for case in testing::cases::directories(&fixtures("encode")) {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (file, test) in [("calls.wave", calls as fn(&Path) -> Outcome), ("run.txt", run)] {
            if case.join(file).exists() {
                let case = case.clone();
                suite = suite.test(format!("{name}/{file}"), move || test(&case));
            }
        }
    }
    suite.run()
}

/// A program of the real compiler imports what it uses of WASI and no more: no sockets, no random numbers.
fn imports_of_hello() -> Outcome {
    let source = fixtures("guests").join("hello/src/main.rs");
    let module = Guest::new(&source, Target::Wasip1, Shape::Program).compile("wrap-hello")?;
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("hello.wasm");
    wrap(&[module.display().to_string(), "-o".into(), out.display().to_string()])?;
    let (_, text, _) = withe(&["withe".into(), "wit".into(), out.display().to_string()]);
    let world = text.split("\n}\n").next().unwrap_or_default();
    golden::compare(&fixtures("guests").join("hello/world.wit.txt"), &format!("{world}\n}}\n"))
}

/// Wraps the case's module into a temporary folder.
fn wrapped(case: &Path) -> Result<tempfile::TempDir, Trouble> {
    let folder = tempfile::tempdir()?;
    let text = std::fs::read_to_string(case.join("module.wat"))?;
    let out = folder.path().join("out.wasm");
    let mut words: Vec<String> = vec![case.join("module.wat").display().to_string()];
    words.extend(["--wit".into(), case.join("world.wit").display().to_string()]);
    words.extend(["-o".into(), out.display().to_string()]);
    if text.contains(";;! encoding = utf16") {
        words.extend(["--encoding".into(), "utf16".into()]);
    }
    wrap(&words)?;
    Ok(folder)
}

fn wrap(words: &[String]) -> Outcome {
    let words: Vec<String> = ["withe".to_owned(), "wrap".to_owned()].into_iter().chain(words.iter().cloned()).collect();
    let (exit, _, errors) = withe(&words);
    if exit == Exit::OK { Ok(()) } else { Err(errors.into()) }
}

/// The status, standard output and standard error of a command.
fn withe(words: &[String]) -> (Exit, String, String) {
    let mut io = Io::captured(env!("CARGO_MANIFEST_DIR"));
    let exit = withe::run(words.iter().cloned(), &mut io);
    (exit, io.stdout.text(), io.stderr.text())
}

fn calls(case: &Path) -> Outcome {
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

fn run(case: &Path) -> Outcome {
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
