//! `cargo xtask oracle`: differential tests, apart from the others since they build other makers' crates.
//!
//! In: how many random packages of WIT to compare, or further words for `cargo test`. Out: its verdict.

use crate::run::{self, Done};

pub fn oracle(rest: &[&str]) -> Done {
    // The runtime suite runs what it makes with `withe` itself, which would be built a second time as a dependency.
    run::run(run::cargo().args(["build", "--quiet", "--bin", "withe"]).current_dir(run::root()))?;
    run::run(run::cargo().args(["test", "--package", "withe-oracle"]).args(rest).current_dir(run::root()))
}

/// Types and the Canonical ABI of that many random packages, the components and wiring of that many random worlds, and
/// random graphs of components over that many universes of interfaces; and artifacts in a registry.
pub fn random(count: &str) -> Done {
    let number: u64 = count.parse().map_err(|_| format!("--random {count}: expected a whole number"))?;
    let mut cargo = run::cargo();
    cargo.args(["test", "--package", "withe-oracle", "--test", "random", "--test", "random_wiring"]);
    cargo.args(["--test", "random_graphs", "--test", "registry"]);
    if let Some(registry) = crate::toolchain::registry::set_up()? {
        cargo.env("WITHE_DOCKER_REGISTRY", registry);
    }
    run::run(cargo.args(NO_CAPTURE).env("WITHE_ORACLE_RANDOM", number.to_string()).current_dir(run::root()))
}

/// The random world and the random graphs of one seed, again.
pub fn seed(seed: &str) -> Done {
    let number: u64 = seed.parse().map_err(|_| format!("--seed {seed}: expected a whole number"))?;
    let mut cargo = run::cargo();
    cargo.args(["test", "--package", "withe-oracle", "--test", "random_wiring", "--test", "random_graphs"]);
    run::run(cargo.args(NO_CAPTURE).env("WITHE_ORACLE_SEED", number.to_string()).current_dir(run::root()))
}

const NO_CAPTURE: [&str; 2] = ["--", "--nocapture"];
