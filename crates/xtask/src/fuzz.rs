//! `cargo xtask fuzz --seconds N`: every seeded random test, with fresh seeds, for N seconds each.
//!
//! In: the seconds. Out: how many seeds held for each target, or the first that did not, and how to repeat it.
//! Holds: a target is a plain test whose name begins with `fuzz_` and which calls `testing::seeds::check`, so that
//! `cargo test` runs a few fixed seeds of each.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::run::{self, Done};

pub fn fuzz(seconds: &str) -> Done {
    let seconds: u64 = seconds.parse().map_err(|_| format!("--seconds {seconds}: expected a whole number"))?;
    let mut list = run::cargo();
    list.args(["test", "--quiet", "--test", "fuzz", "--", "--list"]).current_dir(run::root());
    let listed = run::run_quietly(&mut list)?;
    let targets: Vec<&str> = listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    if targets.is_empty() {
        return Err("there is no fuzz target in tests/fuzz.rs".to_owned());
    }
    // Fresh seeds in every run; the first one is said, so that a run can be repeated.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let first = std::env::var("WITHE_FUZZ_START").unwrap_or_else(|_| (now * 1_000_000).to_string());
    println!("{} targets, {seconds} s each, seeds from {first} on", targets.len());
    let mut failed = Vec::new();
    for target in targets {
        let mut test = run::cargo();
        test.args(["test", "--quiet", "--test", "fuzz", "--", "--exact", "--nocapture", target]);
        test.env("WITHE_FUZZ_SECONDS", seconds.to_string()).env("WITHE_FUZZ_START", &first);
        if run::run(test.current_dir(run::root())).is_err() {
            failed.push(target);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("fuzz: {} fail", failed.join(", "))) }
}
