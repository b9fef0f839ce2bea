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

mod bench;
mod dist;
mod fuzz;
mod oracle;
mod run;
mod test;
mod tidy;
mod toolchain;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND
  test [WORDS]       set up the compiler for guests (GUEST_RUST=auto|installed|rustup|debian), then run all tests;
                     with REQUIRE_TOOLS=1 a missing tool is a failure; WORDS go to `cargo test`
  tidy               check the architecture and the house rules
  fuzz --seconds N   run each random test for N seconds with fresh seeds
  fuzz --rounds N    run each random test with N times the seeds of a plain run, the same everywhere
  bench [--only wrap|compose|validate|call|docs|serve|rust|js|go|sizes] [--binary WITHE]
                     time, memory and size, beside the peers that are on PATH; of the release binary, which is
                     built, or of another one
  oracle [WORDS]     differential tests against other makers of components
  oracle --random N  the same for types and the ABI of N random packages of WIT, and for components of N random worlds
  oracle --seed S    the random world of one seed, again
  dist               the release binary with licence and checksums";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test", rest @ ..] => test::test(rest),
        ["tidy"] => tidy::tidy(),
        ["fuzz", "--seconds", seconds] => fuzz::fuzz(fuzz::Amount::Seconds, seconds),
        ["fuzz", "--rounds", rounds] => fuzz::fuzz(fuzz::Amount::Rounds, rounds),
        ["bench"] => dist::build_release().and_then(|withe| bench::bench(&withe, None)),
        ["bench", "--binary", withe] => bench::bench(withe.as_ref(), None),
        ["bench", "--only", only] => dist::build_release().and_then(|withe| bench::bench(&withe, Some(only))),
        ["bench", "--only", only, "--binary", withe] => bench::bench(withe.as_ref(), Some(only)),
        ["oracle", "--random", packages] => oracle::random(packages),
        ["oracle", "--seed", seed] => oracle::seed(seed),
        ["oracle", rest @ ..] => oracle::oracle(rest),
        ["dist"] => dist::dist(),
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
