//! `cargo xtask test`: the guest toolchain, then all tests, then which real tools they used.

use std::process::Command;

use crate::run::{self, Done};
use crate::toolchain::{self, Guest};

/// Programs that tests use where they are here.
const TOOLS: [(&str, &str); 4] =
    [("rustc", "--version"), ("go", "version"), ("node", "--version"), ("git", "--version")];

pub fn test(rest: &[&str]) -> Done {
    let guest = toolchain::set_up()?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(["test", "--workspace"]).args(rest).current_dir(run::root());
    for (name, value) in guest.iter().flat_map(Guest::environment) {
        command.env(name, value);
    }
    let tested = run::run(&mut command);
    println!("real tools:");
    for (tool, flag) in TOOLS {
        println!("  {tool:<10} {}", run::version(tool, flag).unwrap_or_else(|| "not here".to_owned()));
    }
    match &guest {
        Some(guest) => println!("  {:<10} {} for {}", "guest rust", guest.version(), toolchain::TARGETS.join(", ")),
        None => println!("  {:<10} not here; tests that compile guests did not run", "guest rust"),
    }
    tested
}
