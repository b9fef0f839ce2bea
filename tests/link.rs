//! Libraries linked and run: what `fixtures/link` says of calls and runs is what happens.
//!
//! The README there says what the files of a case are.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]

use std::path::Path;
use std::process::ExitCode;

use testing::cases::Suite;
use testing::{Outcome, Trouble, fixtures};
use withe::{Exit, Io};

/// Flags that change how a component is made, and not what it does.
const FLAGS: [&str; 2] = ["", "--gc --strip --return-call-ref"];

fn main() -> ExitCode {
    let mut suite = Suite::new();
    for case in testing::cases::directories(&fixtures("link")) {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (file, test) in [("calls.wave", calls as fn(&Path, &str) -> Outcome), ("run.txt", run)] {
            if case.join(file).exists() {
                for flags in FLAGS {
                    let case = case.clone();
                    suite = suite.test(format!("{name}/{file} {flags}"), move || test(&case, flags));
                }
            }
        }
    }
    suite.run()
}

/// Copies the case into a temporary folder and links it there, to `out.wasm`.
fn linked(case: &Path, flags: &str) -> Result<tempfile::TempDir, Trouble> {
    let folder = tempfile::tempdir()?;
    for file in std::fs::read_dir(case)? {
        let path = file?.path();
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap_or_default()))?;
    }
    for line in std::fs::read_to_string(case.join("embed.txt")).unwrap_or_default().lines() {
        let library = line.split_whitespace().next().unwrap_or_default();
        expect(folder.path(), &format!("embed {line} -o {library}"))?;
    }
    let arguments = std::fs::read_to_string(case.join("link.txt"))?;
    expect(folder.path(), &format!("link {} {flags} -o out.wasm", arguments.trim()))?;
    Ok(folder)
}

/// Runs a command that must succeed.
fn expect(folder: &Path, command: &str) -> Outcome {
    let words: Vec<&str> = command.split_whitespace().collect();
    let (exit, _, errors) = withe(folder, &words);
    if exit == Exit::OK { Ok(()) } else { Err(format!("withe {command}\n{errors}").into()) }
}

/// The status, standard output and standard error of a command.
fn withe(folder: &Path, words: &[&str]) -> (Exit, String, String) {
    let mut io = Io::captured(folder);
    let words = std::iter::once("withe").chain(words.iter().copied()).map(str::to_owned);
    let exit = withe::run(words, &mut io);
    (exit, io.stdout.text(), io.stderr.text())
}

fn calls(case: &Path, flags: &str) -> Outcome {
    let folder = linked(case, flags)?;
    let text = std::fs::read_to_string(case.join("calls.wave"))?;
    let (results, expressions): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("= "));
    let words: Vec<&str> = ["call", "out.wasm"].into_iter().chain(expressions).collect();
    let (exit, output, errors) = withe(folder.path(), &words);
    let expected: Vec<&str> = results.iter().map(|line| line.trim_start_matches("= ")).collect();
    if exit == Exit::OK && output.lines().eq(expected.iter().copied()) {
        return Ok(());
    }
    Err(format!("{exit:?}\n--- expected\n{}\n--- found\n{output}{errors}", expected.join("\n")).into())
}

fn run(case: &Path, flags: &str) -> Outcome {
    let folder = linked(case, flags)?;
    let text = std::fs::read_to_string(case.join("run.txt"))?;
    let arguments = text.lines().next().unwrap_or_default().trim_start_matches('$').split_whitespace();
    let wanted: Vec<&str> = text.lines().filter(|line| !line.starts_with(['$', '='])).collect();
    let status = text.lines().find_map(|line| line.strip_prefix("= ")).unwrap_or("0");
    let words: Vec<&str> = ["run", "out.wasm", "--"].into_iter().chain(arguments).collect();
    let (exit, output, errors) = withe(folder.path(), &words);
    if exit.0.to_string() != status || !output.lines().eq(wanted.iter().copied()) {
        return Err(format!("status {}, wanted {status}\n--- found\n{output}\n{errors}", exit.0).into());
    }
    Ok(())
}
