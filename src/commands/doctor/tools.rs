//! The tools that guests in each language need, or that are of use beside withe.
//!
//! Holds: a table; how each is installed stands in `install`, and what components have of their own in `programs`.

use crate::cli::GuestLanguage;

/// A tool.
pub(super) struct Tool {
    /// As it is called in a shell; for a target of Rust, the target.
    pub name: &'static str,
    /// `None` for what belongs to no language.
    pub language: Option<GuestLanguage>,
    pub ask: Ask,
    /// The oldest version that serves: major, minor.
    pub oldest: Option<(u64, u64)>,
    pub needed_for: &'static str,
    /// Whether guests in the language cannot be built, run or checked without it.
    pub is_needed: bool,
}

/// How it is found out whether a tool is here.
pub(super) enum Ask {
    /// The program is started with these arguments and prints its version.
    Version(&'static [&'static str]),
    /// One of these programs is on `PATH`; it is not started.
    Exists(&'static [&'static str]),
    /// A target of Rust: the compiler says where its library would be.
    RustTarget,
}

const VERSION: Ask = Ask::Version(&["--version"]);

/// In the order in which they are said.
pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "rustc",
        language: Some(GuestLanguage::Rust),
        ask: VERSION,
        // Generated crates are of the edition 2024.
        oldest: Some((1, 85)),
        needed_for: "guests in Rust",
        is_needed: true,
    },
    Tool {
        name: "cargo",
        language: Some(GuestLanguage::Rust),
        ask: VERSION,
        oldest: Some((1, 85)),
        needed_for: "guests in Rust",
        is_needed: true,
    },
    Tool {
        name: "wasm32-unknown-unknown",
        language: Some(GuestLanguage::Rust),
        ask: Ask::RustTarget,
        oldest: None,
        needed_for: "guests in Rust that are libraries",
        is_needed: true,
    },
    Tool {
        name: "wasm32-wasip1",
        language: Some(GuestLanguage::Rust),
        ask: Ask::RustTarget,
        oldest: None,
        needed_for: "guests in Rust that use files, arguments or the environment",
        is_needed: true,
    },
    Tool {
        name: "wasm32-wasip2",
        language: Some(GuestLanguage::Rust),
        ask: Ask::RustTarget,
        oldest: None,
        needed_for: "the same, where the compiler links components by itself",
        is_needed: false,
    },
    Tool {
        name: "go",
        language: Some(GuestLanguage::Go),
        ask: Ask::Version(&["version"]),
        // The first that exports functions of a reactor.
        oldest: Some((1, 24)),
        needed_for: "guests in Go",
        is_needed: true,
    },
    Tool {
        name: "clang",
        language: Some(GuestLanguage::C),
        ask: VERSION,
        oldest: None,
        needed_for: "guests in C",
        is_needed: true,
    },
    Tool {
        name: "wasm-ld",
        language: Some(GuestLanguage::C),
        ask: VERSION,
        oldest: None,
        needed_for: "guests in C: it links them",
        is_needed: true,
    },
    Tool {
        name: "node",
        language: Some(GuestLanguage::Js),
        ask: VERSION,
        oldest: Some((20, 0)),
        needed_for: "running components as JavaScript; from 24 on also where a synchronous import waits for a promise",
        is_needed: true,
    },
    Tool {
        name: "npm",
        language: Some(GuestLanguage::Js),
        ask: VERSION,
        oldest: None,
        needed_for: "packages in JavaScript",
        is_needed: false,
    },
    Tool {
        name: "tsc",
        language: Some(GuestLanguage::Js),
        ask: VERSION,
        oldest: Some((5, 0)),
        needed_for: "checking types in TypeScript",
        is_needed: false,
    },
    Tool {
        name: "chromium",
        language: Some(GuestLanguage::Js),
        ask: Ask::Exists(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]),
        oldest: None,
        needed_for: "running components in a browser",
        is_needed: false,
    },
    Tool {
        name: "wasm-tools",
        language: None,
        ask: VERSION,
        oldest: None,
        needed_for: "comparing with another encoder",
        is_needed: false,
    },
    Tool {
        name: "wasmtime",
        language: None,
        ask: VERSION,
        oldest: None,
        needed_for: "running components outside of withe",
        is_needed: false,
    },
];
