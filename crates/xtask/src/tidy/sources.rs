//! Rust sources: size, header, unsafe code, input and output.
//!
//! In: all files. Out: what is too long, has no header, allows what the lints forbid, or touches the world.

use super::{Finding, TextFile};

/// Lines that one file may have.
const LONGEST: usize = 800;

/// Crates that may touch files, the environment, other programs and the network.
// A macro has nobody else to read files for it.
const WITH_IO: &[&str] = &["src", "verify", "project", "registry", "xtask", "testing", "oracle", "guest-rust-macro"];

/// What a crate without input and output does not name.
const IO: &[&str] = &["std::fs", "std::env::", "std::process", "std::net", "std::io::std"];

/// Exceptions from `unsafe_code` that are agreed on: none so far.
const UNSAFE: usize = 0;

pub fn check(files: &[TextFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_our_rust()) {
        findings.extend(check_shape(file));
        if file.is_product_rust() && !file.crate_name().is_some_and(|name| WITH_IO.contains(&name)) {
            findings.extend(check_purity(file));
        }
    }
    findings.extend(check_unsafe(files));
    findings
}

fn check_shape(file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lines = file.text.lines().count();
    if lines > LONGEST {
        findings.push(format!("{}: {lines} lines; {LONGEST} at most", file.path));
    }
    if !file.text.starts_with("//! ") {
        findings.push(format!("{}:1: does not open with `//!`: what comes in, what goes out, what holds", file.path));
    }
    findings
}

fn check_purity(file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in file.text_without_tests().lines().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        if let Some(what) = IO.iter().find(|what| code.contains(**what)) {
            findings.push(format!(
                "{}:{}: `{what}`: input and output stay in {}",
                file.path,
                index + 1,
                WITH_IO.join(", ")
            ));
        }
        if code.contains("clippy::disallowed_methods") {
            findings.push(format!("{}:{}: an exception for input and output", file.path, index + 1));
        }
    }
    findings
}

/// `unsafe_code` is denied everywhere, so what counts are its exceptions.
fn check_unsafe(files: &[TextFile]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.is_our_rust() && !file.path.contains("/xtask/")) {
        for (index, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with("#") && line.contains("unsafe_code") {
                found.push(format!(
                    "{}:{}: an exception for unsafe code; {UNSAFE} are agreed on",
                    file.path,
                    index + 1
                ));
            }
        }
    }
    if found.len() > UNSAFE { found } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<Finding> {
        check(&[TextFile::new(path, text)])
    }

    #[test]
    fn a_long_file_and_a_missing_header_are_found() {
        assert_eq!(findings("crates/abi/src/lib.rs", "//! In.\nfn f() {}\n"), Vec::<Finding>::new());
        let long = "fn f() {}\n".repeat(801);
        let found = findings("crates/abi/src/lib.rs", &long);
        assert!(found[0].contains("801 lines") && found[1].contains("does not open"), "{found:?}");
        assert_eq!(findings("fixtures/guests/a.rs", &long), Vec::<Finding>::new());
    }

    #[test]
    fn input_and_output_in_a_pure_crate_is_found() {
        let text = "//! In.\nuse std::fs;\n";
        assert_eq!(findings("crates/abi/src/lib.rs", text).len(), 1);
        assert_eq!(findings("crates/verify/src/lib.rs", text), Vec::<Finding>::new());
        let in_test = "//! In.\n\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
        assert_eq!(findings("crates/abi/src/lib.rs", in_test), Vec::<Finding>::new());
        assert_eq!(findings("crates/abi/src/lib.rs", "//! In.\n// std::fs is not used.\n"), Vec::<Finding>::new());
    }

    #[test]
    fn an_exception_for_unsafe_code_is_found() {
        let text = "//! In.\n#[expect(unsafe_code, reason = \"speed\")]\nfn f() {}\n";
        assert_eq!(findings("crates/verify/src/lib.rs", text).len(), 1);
    }
}
