//! The runtime of asynchronous components: its own tests, on both versions of Node.

use std::process::ExitCode;

use testing::cases::Suite;
use testing::js::Node;
use testing::{Outcome, root};

fn main() -> ExitCode {
    let mut suite = Suite::new();
    for node in Node::ALL {
        suite = suite.test(format!("the runtime on {}", node.name()), move || runtime(node));
    }
    suite.run()
}

fn runtime(node: Node) -> Outcome {
    let folder = root().join("crates/bindgen-js/tests/async");
    // The reporter of version 24 is another one unless it is said.
    let output = node.output(&folder, "--test-reporter=tap", &["runtime.test.mjs"])?;
    assert!(output.contains("\n# pass 14\n"), "{output}");
    Ok(())
}
