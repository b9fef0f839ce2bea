//! WIT packages in wasm: what is written here is read by the other tool as what it writes itself.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::cases::{Suite, entries};
use testing::{Outcome, Trouble};

/// Packages of WASI, in versions whose items differ, and the drafts.
const PACKAGES: [&str; 6] = ["cli", "clocks", "filesystem", "http", "random", "sockets"];
const VERSIONS: [&str; 4] = ["0.2.12", "0.2.0", "0.3.2", "0.3.0"];
const DRAFTS: [&str; 4] = ["wasi:logging", "wasi:config", "wasi:keyvalue", "wasi:tls"];

fn main() -> ExitCode {
    let mut suite = Suite::new();
    for folder in ["interfaces", "wit-ui", "bindgen"] {
        suite = suite.conformance(folder, wit_sources, compare);
    }
    let of_version = |version: &&str| PACKAGES.map(|package| format!("wasi:{package}@{version}"));
    for name in DRAFTS.map(str::to_owned).into_iter().chain(VERSIONS.iter().flat_map(of_version)) {
        suite = suite.test(format!("built-in/{name}"), move || withe_oracle::compare_built_in(&name));
    }
    suite.run()
}

fn compare(case: &Path) -> Outcome {
    std::panic::catch_unwind(|| withe_oracle::compare_package(case))
        .unwrap_or_else(|_| Err(Trouble::Failed("a panic".to_owned())))
}

fn wit_sources(folder: &Path) -> Vec<PathBuf> {
    let is_wit = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name != "parse-fail")
            && (path.is_dir() || path.extension().is_some_and(|extension| extension == "wit"))
    };
    entries(folder).into_iter().filter(is_wit).collect()
}
