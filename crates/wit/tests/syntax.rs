//! The syntax tree: nothing of a text is lost, correct WIT gives no errors, and each mistake gives one.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use support::conformance;
use withe_wit::syntax::{Tree, parse};

fn parse_text(name: &str, text: &str) -> Tree {
    parse(Arc::new(diag::Source::new(name, text)))
}

/// Every WIT file under a folder, sorted.
fn wit_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "wit") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn texts(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let folders = folders.iter().filter_map(|folder| conformance(folder));
    let files = folders.flat_map(|folder| wit_files(&folder));
    files.filter_map(|file| Some((file.clone(), String::from_utf8(std::fs::read(&file).unwrap()).ok()?))).collect()
}

const FOLDERS: [&str; 6] = ["wit-ui", "interfaces", "bindgen", "encode", "merge", "targets"];

fn accepted() -> Vec<(PathBuf, String)> {
    let mut texts = texts(&FOLDERS);
    texts.retain(|(path, _)| !path.components().any(|part| part.as_os_str() == "parse-fail"));
    texts
}

#[test]
fn correct_wit_has_no_errors() {
    let accepted = accepted();
    let mut wrong = Vec::new();
    for (path, text) in &accepted {
        let tree = parse_text(&path.display().to_string(), text);
        if let Some(error) = tree.errors.first() {
            wrong.push(format!("{}: {error:?}", path.display()));
        }
    }
    println!("{} of {} files without errors", accepted.len() - wrong.len(), accepted.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn tokens_cover_the_text() {
    let texts = texts(&FOLDERS);
    for (path, text) in &texts {
        let tree = parse_text("a.wit", text);
        let joined: String = tree.tokens.iter().map(|token| &text[token.span.clone()]).collect();
        assert_eq!(&joined, text, "{}", path.display());
    }
    println!("{} files are covered by their tokens", texts.len());
}
