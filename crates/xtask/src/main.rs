//! `cargo xtask`: what the project does to itself.
//!
//! In: the words after `cargo xtask`. Out: exit status 0 if all is well, 1 if not, 2 for a wrong command line.
//! Holds: every task says what it does before it does it.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tasks run programs and speak"
)]

mod run;
mod test;
mod tidy;
mod toolchain;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask test
  test    set up the guest toolchain (GUEST_RUST=auto|installed|rustup|debian), then run all tests;
          with REQUIRE_TOOLS=1 a missing tool is a failure";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test", rest @ ..] => test::test(rest),
        ["tidy"] => tidy::tidy(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}
