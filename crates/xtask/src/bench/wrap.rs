//! What `withe wrap` costs: time and memory for 12 MB of code or data, beside the peer; growth with the number of
//! exports and of the world's functions; a Go module rewritten.
//!
//! In: the binary, a scratch folder. Out: lines of the table; the names of broken promises.
//! Holds: both sides validate what they make; growth is measured in processor time, which a busy machine lengthens
//! far less than the time on the clock.

use std::path::Path;
use std::process::Command;

use super::{Race, go_rewrite, inputs, measure, path, peer, scale};
use crate::run::Done;

/// What both time and memory may be, as a multiple of the peer's.
const HALF: f64 = 0.5;

pub fn wrap(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let mut broken = Vec::new();
    let (data, code) = (inputs::large_core(withe, folder)?, inputs::large_code(withe, folder)?);
    for (name, core) in [("wrap of 12 MB, mostly data", &data), ("wrap of 12 MB of code", &code)] {
        let (out, peer_out) = (path(&folder.join("out.wasm")), path(&folder.join("peer.wasm")));
        let core = path(core);
        let ours = ["wrap", &core, "-o", &out];
        let theirs = ["component", "new", &core, "-o", &peer_out];
        let mut command = Command::new(withe);
        command.args(ours);
        broken.extend(measure(Race {
            name,
            ours: command,
            theirs: peer("wasm-tools", &theirs),
            peer: "wasm-tools",
            promise: HALF,
            rounds: 30,
        })?);
        broken.extend(scale::memory(withe, &ours, &theirs, HALF)?);
    }
    broken.extend(growth(withe, folder)?);
    broken.extend(go_rewrite::rewriting(withe, folder)?);
    Ok(broken)
}

/// Twice the exports, twice the functions, twice both: at most twice the time.
fn growth(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let both = [(1250, 500), (2500, 1000), (5000, 2000), (10_000, 4000)];
    let exports = [(5000, 500), (10_000, 500), (20_000, 500), (40_000, 500)];
    let funcs = [(5000, 500), (5000, 1000), (5000, 2000), (5000, 4000)];
    let mut broken = Vec::new();
    for series in [both, exports, funcs] {
        let mut times = Vec::new();
        for (exports, funcs) in series {
            let core = path(&inputs::many(withe, folder, exports, funcs)?);
            let out = path(&folder.join("many.wasm"));
            let time = scale::least_processor_time(withe, &["wrap", &core, "-o", &out])?;
            times.push((format!("{exports} exports, {funcs} funcs"), time));
        }
        broken.extend(scale::growth(&times));
    }
    Ok(broken)
}
