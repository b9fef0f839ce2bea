//! `cargo xtask test`: the guest toolchain, then all tests, then which real tools they used.
//!
//! In: further words for `cargo test`. Out: its output, the tools, and one closing line that adds everything up.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::run::{self, Done};
use crate::toolchain::all::Tools;

/// Programs that tests use where they are here.
const TOOLS: [(&str, &str); 6] = [
    ("rustc", "--version"),
    ("go", "version"),
    ("node", "--version"),
    ("chromium", "--version"),
    ("python3", "--version"),
    ("wasmtime", "--version"),
];

pub fn test(rest: &[&str]) -> Done {
    let tools = Tools::set_up()?;
    let mut command = run::cargo();
    command.args(["test", "--no-fail-fast"]).args(rest).current_dir(run::root());
    tools.tell(&mut command);
    let (mut ended, mut count) = run_and_count(&mut command)?;
    if rest.is_empty() {
        let (also, more) = run_and_count(&mut guest_crates())?;
        ended = ended.and(also);
        count.add(&more);
    }
    println!("real tools:");
    for (tool, flag) in TOOLS {
        println!("  {tool:<10} {}", run::version(tool, flag).unwrap_or_else(|| "not here".to_owned()));
    }
    tools.list();
    println!("{} passed, {} failed, {} skipped", count.passed, count.failed, count.ignored);
    ended
}

/// The crates that guests are compiled with, by themselves: beside the others they would change what those are built of.
fn guest_crates() -> Command {
    let mut command = run::cargo();
    command.args(["test", "--no-fail-fast", "-p", "withe-bindgen", "-p", "withe-bindgen-macro"]);
    command.current_dir(run::root());
    command
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
    pub ignored: u64,
}

impl Count {
    fn add(&mut self, more: &Self) {
        self.passed += more.passed;
        self.failed += more.failed;
        self.ignored += more.ignored;
    }

    /// Adds what a line `test result: ok. 7 passed; 0 failed; 1 ignored; …` says; other lines say nothing.
    fn add_line(&mut self, line: &str) {
        let Some(result) = line.trim_start().strip_prefix("test result: ") else { return };
        let after_verdict = result.split_once(". ").map_or("", |(_, counts)| counts);
        for part in after_verdict.split(';') {
            let mut words = part.split_whitespace();
            let (Some(number), Some(what)) = (words.next(), words.next()) else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

/// Runs a command, hands its lines on as they come and adds up the results in them.
pub fn run_and_count(command: &mut Command) -> Done<(Done, Count)> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| format!("cargo test: {error}"))?;
    let output = child.stdout.take().expect("standard output is piped");
    let mut count = Count::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.map_err(|error| format!("cargo test: {error}"))?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        count.add_line(&line);
    }
    let status = child.wait().map_err(|error| format!("cargo test: {error}"))?;
    let ended = if status.success() { Ok(()) } else { Err(format!("cargo test ended with {status}")) };
    Ok((ended, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up() {
        let mut count = Count::default();
        count.add_line("test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.1s");
        count.add_line("test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out");
        count.add_line("test a_test ... ok");
        assert_eq!(count, Count { passed: 9, failed: 4, ignored: 1 });
    }
}
