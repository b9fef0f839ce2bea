//! Commands run in process on the fixtures, and shown as a session.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::path::{Path, PathBuf};

use withe::io::{Env, Stdin};
use withe::{Exit, Io};

/// What a command said and how it ended.
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The folder that the commands run in.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/run")
}

/// Snapshots show sessions, which hold their input: the expression says it again.
#[must_use]
pub fn plain_snapshots() -> impl Drop {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.bind_to_scope()
}

/// Runs one command on the fixtures.
pub fn run(words: &[&str]) -> Ran {
    run_with(words, b"", &[])
}

/// Runs one command on the fixtures, with standard input and environment variables.
pub fn run_with(words: &[&str], stdin: &[u8], env: &[(&str, &str)]) -> Ran {
    let mut io = Io::captured(fixtures());
    io.stdin = Stdin::Bytes(stdin.to_vec());
    io.env = Env::Fixed(env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
    let Exit(status) = withe::run(std::iter::once("withe").chain(words.iter().copied()), &mut io);
    Ran { status, stdout: io.stdout.text(), stderr: io.stderr.text() }
}

/// Wraps `NAME/NAME.wat` of the fixtures, by the WIT beside it, for what is to be done with the component.
pub fn with_wrapped<T>(name: &str, work: impl FnOnce(&str) -> T) -> T {
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let component = folder.path().join("program.wasm");
    let component = component.to_str().expect("its path is text");
    let (core, wit) = (format!("{name}/{name}.wat"), format!("{name}/{name}.wit"));
    let wrapped = run(&["wrap", &core, "--wit", &wit, "-o", component]);
    assert_eq!(wrapped.status, 0, "{}", wrapped.stderr);
    work(component)
}

/// Runs commands and shows each with what it said: standard output as it is, standard error after `!`.
pub fn session(commands: &[&[&str]]) -> String {
    let mut shown = String::new();
    for words in commands {
        let ran = run(words);
        let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        shown.push_str(&format!("$ withe {}\n", quoted.join(" ")));
        shown.push_str(&ran.stdout);
        for line in ran.stderr.lines() {
            shown.push_str(format!("! {line}").trim_end());
            shown.push('\n');
        }
        if ran.status != 0 {
            shown.push_str(&format!("[{}]\n", ran.status));
        }
        shown.push('\n');
    }
    shown
}

fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=@#%,".contains(c));
    if plain { word.to_owned() } else { format!("'{word}'") }
}
