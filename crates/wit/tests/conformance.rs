//! wit-parser's own test files, where the public test vectors stand beside the checkout: what must be accepted is,
//! what must be refused is, with a place.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::path::Path;

use support::{conformance, read_tree};
use withe_wit::{LoadOptions, load};

/// Refused by wit-parser because files of one folder name different packages, which is one of the layouts read here.
const WIDER: &[&str] = &["conflicting-package"];

#[test]
fn what_must_be_accepted_is() {
    let Some(folder) = conformance("wit-ui") else { return };
    let mut count = 0;
    let mut wrong = Vec::new();
    for path in cases(&folder) {
        count += 1;
        if let Err(found) = load_case(&path) {
            wrong.push(format!("{}: {}", path.display(), found.0[0].headline));
        }
    }
    println!("wit-ui: {} of {count} accepted", count - wrong.len());
    assert!(wrong.is_empty(), "refused although valid:\n{}", wrong.join("\n"));
    assert!(count >= 77, "only {count} cases were found");
}

#[test]
fn what_must_be_refused_is_and_with_a_place() {
    let Some(folder) = conformance("wit-ui/parse-fail") else { return };
    let mut count = 0;
    let mut wrong = Vec::new();
    for path in cases(&folder) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if WIDER.contains(&name) {
            assert!(load_case(&path).is_ok(), "{name} is refused by now");
            continue;
        }
        count += 1;
        match load_case(&path) {
            Ok(_) => wrong.push(format!("{name}: accepted")),
            Err(found) if found.0.iter().any(|one| one.labels.is_empty()) => wrong.push(format!("{name}: no place")),
            Err(found) if found.0.iter().any(|one| one.help.is_none()) => wrong.push(format!("{name}: no help")),
            Err(_) => {}
        }
    }
    println!("wit-ui/parse-fail: {} of {count} refused with a place", count - wrong.len());
    assert!(wrong.is_empty(), "wrong:\n{}", wrong.join("\n"));
    assert!(count >= 185, "only {count} cases were found");
}

fn cases(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name != "parse-fail" && (path.is_dir() || name.ends_with(".wit"))
    });
    cases.sort();
    cases
}

fn load_case(path: &Path) -> diag::Result<withe_wit::Package> {
    let mut options = LoadOptions::default();
    let text = std::fs::read_to_string(path).unwrap_or_default();
    // As in wit-parser's own runner: every case is read with these features on.
    if !text.contains("features-off") {
        options.features = vec!["active".to_owned()];
    }
    load(&read_tree(path), &options)
}
