//! The implementation of WASI that is written beside a module.
//!
//! In: the modules that it imports. Out: files from `templates/js/wasi`, those that they import among them.
//! Holds: a file that nothing needs is not written; an interface that is not implemented is refused with its name.

use diag::{Diagnostic, Diagnostics, Place};
use types::InterfaceName;

use crate::model::ImportLine;
use bindgen::HEADER;

/// The folder beside the module.
const FOLDER: &str = "wasi/";

/// A package, and its interfaces.
const INTERFACES: &[(&str, &[&str])] = &[
    (
        "cli",
        &[
            "environment",
            "exit",
            "stdin",
            "stdout",
            "stderr",
            "terminal-input",
            "terminal-output",
            "terminal-stdin",
            "terminal-stdout",
            "terminal-stderr",
        ],
    ),
    ("clocks", &["monotonic-clock", "wall-clock"]),
    ("filesystem", &["preopens", "types"]),
    ("io", &["error", "poll", "streams"]),
    ("random", &["insecure", "insecure-seed", "random"]),
];

/// The same of WASI 0.3: what asynchronous programs need to wait for a time.
const INTERFACES_3: &[(&str, &[&str])] = &[("clocks", &["monotonic-clock", "system-clock"])];

/// A file, its text, and the files that it imports.
const FILES: &[(&str, &str, &[&str])] = &[
    ("cli.js", include_str!("../../../templates/js/wasi/cli.js"), &["host.js", "io.js"]),
    ("clocks.js", include_str!("../../../templates/js/wasi/clocks.js"), &["host.js", "io.js"]),
    ("clocks3.js", include_str!("../../../templates/js/wasi/clocks3.js"), &["clocks.js", "io.js"]),
    ("disk.js", include_str!("../../../templates/js/wasi/disk.js"), &["host.js"]),
    (
        "filesystem.js",
        include_str!("../../../templates/js/wasi/filesystem.js"),
        &["disk.js", "host.js", "io.js", "memory.js"],
    ),
    ("host.js", include_str!("../../../templates/js/wasi/host.js"), &[]),
    ("io.js", include_str!("../../../templates/js/wasi/io.js"), &["host.js"]),
    ("memory.js", include_str!("../../../templates/js/wasi/memory.js"), &["host.js"]),
    ("random.js", include_str!("../../../templates/js/wasi/random.js"), &["host.js"]),
];

/// What a host sets is told to TypeScript.
const TYPES: &[(&str, &str, &str)] = &[
    ("cli.js", "cli.d.ts", include_str!("../../../templates/js/wasi/cli.d.ts")),
    ("filesystem.js", "filesystem.d.ts", include_str!("../../../templates/js/wasi/filesystem.d.ts")),
];

/// The types that stand beside those files, by path.
pub fn types(files: &[(String, String)]) -> Vec<(String, String)> {
    let is_there = |name: &str| files.iter().any(|(path, _)| path.strip_prefix(FOLDER) == Some(name));
    let written = TYPES.iter().filter(|(file, ..)| is_there(file));
    written.map(|(_, name, text)| (format!("{FOLDER}{name}"), format!("{HEADER}\n{text}"))).collect()
}

/// Whether an interface of WASI 0.2 is implemented.
pub fn implements(name: &InterfaceName) -> bool {
    has(INTERFACES, name)
}

/// Whether an interface of WASI 0.3 is implemented.
pub fn implements_3(name: &InterfaceName) -> bool {
    has(INTERFACES_3, name)
}

fn has(all: &[(&str, &[&str])], name: &InterfaceName) -> bool {
    let mut packages = all.iter().filter(|(package, _)| *package == name.package.name);
    packages.any(|(_, interfaces)| interfaces.contains(&name.interface.as_str()))
}

/// Where a package of WASI 0.2 is imported from.
pub fn module(package: &str) -> String {
    format!("./{FOLDER}{package}.js")
}

/// Where a package of WASI 0.3 is imported from.
pub fn module_3(package: &str) -> String {
    format!("./{FOLDER}{package}3.js")
}

/// The files that a module needs, by their path beside it.
///
/// # Errors
///
/// `unsupported/wasi-inline` for each package that the module imports from npm.
pub fn files(file: &str, imports: &[ImportLine]) -> diag::Result<Vec<(String, String)>> {
    let refused: Vec<Diagnostic> =
        imports.iter().filter(|line| line.from.starts_with(crate::SHIM)).map(|line| refusal(file, line)).collect();
    if !refused.is_empty() {
        return Err(Diagnostics(refused));
    }
    let mut needed: Vec<&str> =
        imports.iter().filter_map(|line| line.from.strip_prefix("./")?.strip_prefix(FOLDER)).collect();
    let mut at = 0;
    while let Some(name) = needed.get(at) {
        let inner = FILES.iter().find(|(file, ..)| file == name).map_or(&[][..], |(.., inner)| inner);
        let fresh: Vec<&str> = inner.iter().filter(|one| !needed.contains(one)).copied().collect();
        needed.extend(fresh);
        at += 1;
    }
    let written = FILES.iter().filter(|(name, ..)| needed.contains(name));
    Ok(written.map(|(name, text, _)| (format!("{FOLDER}{name}"), format!("{HEADER}\n{text}"))).collect())
}

fn refusal(file: &str, line: &ImportLine) -> Diagnostic {
    let package = line.from.strip_prefix(crate::SHIM).unwrap_or(&line.from);
    let members: Vec<&str> = line.names.iter().map(|(name, _)| name.as_str()).collect();
    let members = members.join(", ");
    diag::error("unsupported/wasi-inline", format!("`--wasi inline` has no `wasi:{package}` with {members}"))
        .label(Place::file(file), format!("imports {members} of `wasi:{package}`"))
        .help(format!(
            "give a module of your own by `--map 'wasi:{package}/*=./{package}.js#*'`, or leave the flag out"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file is said to import is what it imports.
    #[test]
    fn imports_of_files_are_known() {
        for (name, text, imports) in FILES {
            let found: Vec<&str> = text
                .lines()
                .filter(|line| line.starts_with("import "))
                .filter_map(|line| line.split_once("from './")?.1.strip_suffix("';"))
                .collect();
            assert_eq!(found, *imports, "{name}");
            assert!(imports.iter().all(|import| FILES.iter().any(|(other, ..)| other == import)), "{name}");
        }
    }
}
