//! The harness held to a module that is written by hand: it says what is wrong, and that nothing is.

use testing::js::{Node, TIME};
use testing::{Outcome, scratch};

use crate::report::HARNESS;

/// The smallest core module.
const CORE: &[u8] = b"\0asm\x01\0\0\0";

/// Every command below says in `says` what the harness must say of it: nothing, or a part of what is wrong.
const SCRIPT: &str = include_str!("harness-script.js");

pub fn check(node: Node) -> Outcome {
    let folder = scratch(&format!("js-wast/harness-{}", node.name()))?;
    for (name, contents) in [
        ("package.json", br#"{ "type": "module" }"#.as_slice()),
        ("harness.js", HARNESS.as_bytes()),
        ("made.js", include_bytes!("harness-made.js")),
        ("made.wasm", CORE),
        ("script.js", SCRIPT.as_bytes()),
    ] {
        std::fs::write(folder.join(name), contents)?;
    }
    let ran = node.run(&folder, "script.js", &[], TIME)?;
    let expected: Vec<&str> = SCRIPT.lines().filter_map(|line| line.split_once("// ").map(|(_, says)| says)).collect();
    let said: Vec<&str> = ran.stdout.lines().collect();
    assert!(said.len() > 20 && said.len() == expected.len(), "{ran:?}");
    for (at, (said, expected)) in said.into_iter().zip(expected).enumerate() {
        let (is_whole, wanted) = match expected {
            "ok" | "follows" => (true, format!("{expected} {at}")),
            why => (false, format!("not ok {at} {why}")),
        };
        if said != wanted && (is_whole || !said.starts_with(&wanted)) {
            return Err(format!("the harness says `{said}`, not `{wanted}`").into());
        }
    }
    Ok(())
}
