//! `withe doctor`: which compilers and tools are here, what each is for, and the command that installs a missing one.
//!
//! Holds: nothing is started that needs the network; a missing tool is no error, since withe itself needs none.

use std::process::Command;

use serde_json::{Value, json};

use crate::cli::DoctorArgs;
use crate::{Exit, Io};

/// A tool that some use of withe needs.
struct Tool {
    name: &'static str,
    /// What prints its version.
    version: &'static [&'static str],
    needed_for: &'static str,
    install: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "rustc",
        version: &["rustc", "--version"],
        needed_for: "guests in Rust",
        install: "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
    },
    Tool {
        name: "cargo",
        version: &["cargo", "--version"],
        needed_for: "guests in Rust",
        install: "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
    },
    Tool {
        name: "go",
        version: &["go", "version"],
        needed_for: "guests in Go (1.24 or newer)",
        install: "see https://go.dev/doc/install",
    },
    Tool {
        name: "clang",
        version: &["clang", "--version"],
        needed_for: "guests in C",
        install: "apt-get install clang lld wasi-libc",
    },
    Tool {
        name: "node",
        version: &["node", "--version"],
        needed_for: "running components as JavaScript",
        install: "npm install --global node@24",
    },
    Tool {
        name: "tsc",
        version: &["tsc", "--version"],
        needed_for: "checking generated TypeScript types",
        install: "npm install --global typescript",
    },
    Tool {
        name: "wasm-tools",
        version: &["wasm-tools", "--version"],
        needed_for: "comparing with another encoder; withe does not need it",
        install: "cargo install --locked wasm-tools",
    },
    Tool {
        name: "wasmtime",
        version: &["wasmtime", "--version"],
        needed_for: "running components outside of withe; withe does not need it",
        install: "cargo install --locked wasmtime-cli",
    },
];

/// Rust's targets for guests.
const TARGETS: &[(&str, &str)] = &[
    ("wasm32-unknown-unknown", "libraries in Rust"),
    ("wasm32-wasip1", "programs in Rust that use files, arguments or the environment"),
    ("wasm32-wasip2", "the same, where the compiler links components by itself"),
];

/// One line of the answer.
struct Finding {
    name: String,
    /// The version, or where it is; `None` if it is missing.
    found: Option<String>,
    needed_for: &'static str,
    install: String,
}

pub fn doctor(_args: &DoctorArgs, io: &mut Io) -> diag::Result<Exit> {
    let findings = findings();
    io.print(&text(&findings));
    io.set_result(json!({ "tools": findings.iter().map(as_json).collect::<Vec<_>>() }));
    Ok(Exit::OK)
}

fn findings() -> Vec<Finding> {
    let tools = TOOLS.iter().map(|tool| Finding {
        name: tool.name.to_owned(),
        found: first_line(tool.version),
        needed_for: tool.needed_for,
        install: tool.install.to_owned(),
    });
    let targets = TARGETS.iter().map(|(target, needed_for)| Finding {
        name: (*target).to_owned(),
        found: installed_target(target),
        needed_for,
        install: format!("rustup target add {target}"),
    });
    tools.chain(targets).collect()
}

/// The first line that a command prints; `None` if it is not here or fails.
fn first_line(words: &[&str]) -> Option<String> {
    let (program, arguments) = words.split_first()?;
    let output = Command::new(program).args(arguments).stdin(std::process::Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then(|| text.lines().next().unwrap_or("").trim().to_owned())
}

/// Where a target's standard library is.
fn installed_target(target: &str) -> Option<String> {
    let folder = first_line(&["rustc", "--print", "target-libdir", "--target", target])?;
    let has_library = std::fs::read_dir(&folder).ok()?.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    });
    has_library.then(|| "installed".to_owned())
}

fn text(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.name.len()).max().unwrap_or(0);
    let (here, missing): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| finding.found.is_some());
    let mut out = format!("withe {}: needs no other tool\n", env!("CARGO_PKG_VERSION"));
    if !here.is_empty() {
        out.push_str("\nhere:\n");
    }
    for finding in here {
        let found = finding.found.as_deref().unwrap_or("");
        out.push_str(&format!("  {:width$}  {found}\n  {:width$}  for {}\n", finding.name, "", finding.needed_for));
    }
    if !missing.is_empty() {
        out.push_str("\nmissing:\n");
    }
    for finding in missing {
        let (name, needed_for) = (&finding.name, finding.needed_for);
        out.push_str(&format!("  {name:width$}  for {needed_for}\n  {:width$}  {}\n", "", finding.install));
    }
    out
}

fn as_json(finding: &Finding) -> Value {
    json!({
        "name": finding.name,
        "found": finding.found,
        "needed_for": finding.needed_for,
        "install": finding.install,
    })
}
