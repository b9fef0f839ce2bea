//! `cargo xtask oracle`: differential tests, apart from the others since they build other makers' crates.
//!
//! In: how many random packages of WIT to compare, or further words for `cargo test`. Out: its verdict.

use crate::run::{self, Done};

pub fn oracle(rest: &[&str]) -> Done {
    run::run(run::cargo().args(["test", "--package", "withe-oracle"]).args(rest).current_dir(run::root()))
}

/// Types and the Canonical ABI of that many random packages.
pub fn random(packages: &str) -> Done {
    let number: u64 = packages.parse().map_err(|_| format!("--random {packages}: expected a whole number"))?;
    let mut cargo = run::cargo();
    cargo.args(["test", "--package", "withe-oracle", "--test", "random", "--", "--nocapture"]);
    run::run(cargo.env("WITHE_ORACLE_RANDOM", number.to_string()).current_dir(run::root()))
}
