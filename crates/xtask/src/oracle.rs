//! `cargo xtask oracle`: differential tests, apart from the others since they build other makers' crates.
//!
//! In: further words for `cargo test`. Out: its verdict.

use crate::run::{self, Done};

pub fn oracle(rest: &[&str]) -> Done {
    run::run(run::cargo().args(["test", "--package", "withe-oracle"]).args(rest).current_dir(run::root()))
}
