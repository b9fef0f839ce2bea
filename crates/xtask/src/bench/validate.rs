//! What `withe validate` costs: many components in one run, beside the peer that is run for each; one large component.
//!
//! In: the binary, a scratch folder. Out: lines of the table; the names of broken promises.
//! Holds: both sides check the same files, all of them valid.

use std::path::Path;
use std::process::Command;

use super::{Race, inputs, measure, path, peer};
use crate::run::{Done, in_file};

/// Components in a folder.
const MANY: usize = 200;

/// On two cores 1.8 times as fast.
const FASTER: f64 = 1.0 / 1.8;

pub fn validate(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let mut broken = Vec::new();
    let small = inputs::hello(withe, folder)?;
    let middle = inputs::component_of(withe, folder, 200)?;
    for (name, component) in [("validate 200 small ones", small), ("validate 200 of 240 KB", middle)] {
        let many = folder.join("many-components");
        std::fs::create_dir_all(&many).map_err(in_file(&many))?;
        for index in 0..MANY {
            let copy = many.join(format!("{index}.wasm"));
            std::fs::copy(&component, &copy).map_err(in_file(&copy))?;
        }
        broken.extend(race(name, withe, &path(&many), one_by_one(&path(&many)), FASTER, 15)?);
    }
    let large = path(&inputs::component_of(withe, folder, 10_000)?);
    broken.extend(race("validate 12 MB of code", withe, &large, peer("wasm-tools", &["validate", &large]), 1.0, 15)?);
    Ok(broken)
}

fn race(
    name: &'static str,
    withe: &Path,
    what: &str,
    theirs: Option<Command>,
    promise: f64,
    rounds: usize,
) -> Done<Option<String>> {
    let mut ours = Command::new(withe);
    ours.args(["validate", what]);
    measure(Race { name, ours, theirs, peer: "wasm-tools", promise, rounds })
}

/// The peer, run for each file by the shell, which takes next to no time for that.
fn one_by_one(folder: &str) -> Option<Command> {
    let peer = peer("wasm-tools", &[])?;
    let mut shell = Command::new("sh");
    let each = "for file in \"$2\"/*.wasm; do \"$1\" validate \"$file\" || exit 1; done";
    shell.args(["-c", each, "sh"]).arg(peer.get_program()).arg(folder);
    Some(shell)
}
