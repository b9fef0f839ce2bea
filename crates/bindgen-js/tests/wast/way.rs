//! How components become JavaScript and where that runs.

use testing::js::Node;
use withe_bindgen_js::Instantiate;

/// A version of Node, and who makes instances there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    pub node: Node,
    pub instantiate: Instantiate,
}

impl Way {
    /// The scripts of the folder `async` are done with promises, the others without; and as plain modules on one of the
    /// versions, which is enough for how they begin.
    pub const ALL: [Self; 5] = [
        Self { node: Node::V20, instantiate: Instantiate::Sync },
        Self { node: Node::V24, instantiate: Instantiate::Sync },
        Self { node: Node::V24, instantiate: Instantiate::Esm },
        Self { node: Node::V20, instantiate: Instantiate::Async },
        Self { node: Node::V24, instantiate: Instantiate::Async },
    ];

    /// `node20-sync`
    pub fn name(self) -> String {
        format!("{}-{}", self.node.name(), self.mode())
    }

    /// The harness's word.
    pub fn mode(self) -> &'static str {
        match self.instantiate {
            Instantiate::Esm => "esm",
            Instantiate::Async => "async",
            Instantiate::Sync => "sync",
        }
    }

    /// Whether this way is one for a script, by its name `FOLDER/SCRIPT`.
    pub fn takes(self, script: &str) -> bool {
        (self.instantiate == Instantiate::Async) == script.starts_with("async/")
    }
}
