//! `cargo xtask tidy`: what the README's architecture section claims, and the house rules that no compiler holds.
//!
//! In: the texts of all files of the checkout, and the packages as cargo reads them. Out: all findings at once.
//! Holds: each rule is a pure function of the tree, in a file of its own, with a test that shows it can fail.

mod codes;
mod layers;
mod markdown;
mod readme;
mod sources;
mod words;

use std::path::Path;
use std::process::Command;

use crate::run::{self, Done};

/// A file of the checkout.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

impl TextFile {
    #[cfg(test)]
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether this is Rust of the product or its tests; guests and golden files are data.
    pub fn is_our_rust(&self) -> bool {
        let is_ours =
            self.path.starts_with("src/") || self.path.starts_with("tests/") || self.path.starts_with("crates/");
        let is_data = ["/guests/", "/snapshots/", "/golden/", "/fixtures/"].iter().any(|part| self.path.contains(part));
        self.path.ends_with(".rs") && is_ours && !is_data
    }

    /// Whether this is Rust that ends up in the product: no test, no build script.
    pub fn is_product_rust(&self) -> bool {
        let is_test = self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("build.rs");
        self.is_our_rust() && !is_test
    }

    /// The text before the tests at the end of the file.
    pub fn text_without_tests(&self) -> &str {
        self.text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(&self.text)
    }

    /// The crate's folder name, or `src` for the root package.
    pub fn crate_name(&self) -> Option<&str> {
        match self.path.split('/').collect::<Vec<_>>().as_slice() {
            ["crates", name, ..] => Some(*name),
            ["src", ..] => Some("src"),
            _ => None,
        }
    }
}

/// Something to mend, as one line: `path:line: what`, or `path: what`.
pub type Finding = String;

pub fn tidy() -> Done {
    let files = read_files()?;
    let packages = layers::read_packages()?;
    let mut findings = layers::check(&packages);
    findings.extend(sources::check(&files));
    findings.extend(codes::check(&files));
    findings.extend(markdown::check(&files, &|path| run::root().join(path).exists()));
    findings.extend(readme::check(&files, &packages));
    findings.extend(words::check(&files));
    if findings.is_empty() {
        println!("tidy: {} files and {} packages are in order", files.len(), packages.len());
        return Ok(());
    }
    for finding in &findings {
        println!("{finding}");
    }
    Err(format!("tidy: {} to mend", findings.len()))
}

/// All texts that are or could be committed; binary files are left out.
fn read_files() -> Done<Vec<TextFile>> {
    let root = run::root();
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"]).current_dir(&root);
    let listed = run::run_quietly(&mut git)?;
    let mut paths: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(paths.into_iter().filter_map(|path| read_text(&root, path)).collect())
}

fn read_text(root: &Path, path: &str) -> Option<TextFile> {
    let text = String::from_utf8(std::fs::read(root.join(path)).ok()?).ok()?;
    Some(TextFile { path: path.to_owned(), text })
}
