//! `--as json` gives the document that wit-parser defines, with the numbers that its own runner gives.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{conformance, read_tree, wit_sources};
use withe_wit::print::{Docs, json};
use withe_wit::{LoadOptions, SourceTree, load};

#[test]
fn every_document_is_the_published_one() {
    let Some(folder) = conformance("wit-ui") else { return };
    let (mut count, mut wrong) = (0, Vec::new());
    for path in wit_sources(&folder) {
        let Ok(expected) = std::fs::read(published(&path)) else { continue };
        count += 1;
        let expected: Value = serde_json::from_slice(&expected).unwrap();
        let options = LoadOptions { features: vec!["active".to_owned()], ..LoadOptions::default() };
        let package = load(&read_tree(&path), &options).unwrap();
        let found: Value = serde_json::from_str(&json(&package, None, Docs::Keep).unwrap()).unwrap();
        if let Some(difference) = difference(&expected, &found, String::new()) {
            wrong.push(format!("{}: {difference}", path.display()));
        }
    }
    println!("wit-ui: {} of {count} documents are the published ones", count - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 77, "only {count} cases");
}

/// The document that stands beside a case.
fn published(case: &Path) -> PathBuf {
    let name = case.file_name().unwrap().to_str().unwrap();
    let name = name.strip_suffix(".wit").unwrap_or(name);
    case.with_file_name(format!("{name}.wit.json"))
}

/// The first place where two documents differ; the order of members counts.
fn difference(expected: &Value, found: &Value, path: String) -> Option<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            if !expected.keys().eq(found.keys()) {
                let keys = |map: &serde_json::Map<String, Value>| map.keys().cloned().collect::<Vec<_>>().join(" ");
                return Some(format!("{path}: expected members {}, found {}", keys(expected), keys(found)));
            }
            let mut members = expected.iter().zip(found.values());
            members.find_map(|((key, expected), found)| difference(expected, found, format!("{path}/{key}")))
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let mut items = expected.iter().zip(found).enumerate();
            items.find_map(|(at, (expected, found))| difference(expected, found, format!("{path}/{at}")))
        }
        _ if expected == found => None,
        _ => Some(format!("{path}: expected {expected}, found {found}")),
    }
}

/// A package or component in wasm has the numbers that wit-parser gives it when it reads the file.
#[test]
fn binaries_have_the_numbers_of_their_decoder() {
    let mut cases = Vec::new();
    if let Some(folder) = conformance("interfaces") {
        // Functions with several results are no part of the format any more.
        let is_case = |path: &PathBuf| path.extension().is_some_and(|is| is == "wat") && !path.ends_with(OLD);
        cases.extend(files(&folder).into_iter().filter(is_case));
    }
    if let Some(folder) = conformance("encode") {
        cases.extend(files(&folder).into_iter().map(|case| case.join("component.wat")).filter(|file| file.is_file()));
    }
    let mut wrong = Vec::new();
    for path in &cases {
        let bytes = wat::parse_file(path).unwrap();
        let decoded = wit_parser::decoding::decode(&bytes).unwrap();
        let expected = serde_json::to_value(decoded.resolve()).unwrap();
        let package = load(&SourceTree::of_file("case.wasm", bytes), &LoadOptions::default()).unwrap();
        let found: Value = serde_json::from_str(&json(&package, None, Docs::Keep).unwrap()).unwrap();
        if let Some(difference) = difference(&expected, &found, String::new()) {
            wrong.push(format!("{}: {difference}", path.display()));
        }
    }
    println!("{} of {} binaries have the numbers of their decoder", cases.len() - wrong.len(), cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.is_empty() || cases.len() >= 140, "only {} cases", cases.len());
}

const OLD: &str = "single-named-result.wat";

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
