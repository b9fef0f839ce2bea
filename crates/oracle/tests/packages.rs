//! WIT packages in wasm: what is written here is read by the other tool as what it writes itself.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::cases::{Suite, entries};
use testing::{Outcome, Trouble};

/// Built-in packages with all that they need.
const BUILT_IN: &[&str] = &["wasi:http@0.2.12", "wasi:cli@0.2.0", "wasi:cli@0.3.2", "wasi:http@0.3.2"];

fn main() -> ExitCode {
    let mut suite = Suite::new();
    for folder in ["interfaces", "wit-ui", "bindgen"] {
        suite = suite.conformance(folder, wit_sources, compare);
    }
    for name in BUILT_IN {
        suite = suite.test(format!("built-in/{name}"), move || withe_oracle::compare_built_in(name));
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
