//! Codes of diagnostics and their pages.
//!
//! In: all files. Out: codes without a page, pages whose code is never used.

use std::collections::BTreeMap;

use super::{Finding, TextFile};

/// Where the pages stand.
const PAGES: &str = "crates/diag/codes/";

/// What a code stands behind where a diagnostic is made.
const MAKERS: &[&str] = &["error(", "warning(", "note(", "Code("];

pub fn check(files: &[TextFile]) -> Vec<Finding> {
    let pages: Vec<&str> = files.iter().filter_map(|file| page_code(&file.path)).collect();
    let product: Vec<&TextFile> = files.iter().filter(|file| file.is_product_rust()).collect();
    let mut findings = Vec::new();
    for (code, place) in made_codes(&product) {
        if !pages.contains(&code) {
            findings.push(format!("{place}: the code `{code}` has no page {PAGES}{code}.md"));
        }
    }
    for page in pages {
        let literal = format!("\"{page}\"");
        if !product.iter().any(|file| file.text_without_tests().contains(&literal)) {
            findings.push(format!("{PAGES}{page}.md: no source uses this code"));
        }
    }
    findings
}

/// The code that a page explains.
fn page_code(path: &str) -> Option<&str> {
    path.strip_prefix(PAGES)?.strip_suffix(".md").filter(|code| is_code(code))
}

/// Each code that is made, with the first place that makes it.
fn made_codes<'a>(files: &[&'a TextFile]) -> BTreeMap<&'a str, String> {
    let mut found = BTreeMap::new();
    for file in files {
        let text = file.text_without_tests();
        for maker in MAKERS {
            for (at, _) in text.match_indices(maker) {
                let rest = text[at + maker.len()..].trim_start();
                let Some(code) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) else { continue };
                if is_code(code) {
                    let line = 1 + text[..at].matches('\n').count();
                    found.entry(code).or_insert_with(|| format!("{}:{line}", file.path));
                }
            }
        }
    }
    found
}

/// `area/kebab-name`.
fn is_code(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.split_once('/').is_some_and(|(area, name)| is_word(area) && is_word(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_without_a_page_and_a_page_without_a_code_are_found() {
        let source =
            TextFile::new("crates/wit/src/lib.rs", "//! In.\nfn f() { diag::error(\n    \"wit/syntax\", \"x\") }\n");
        let page = TextFile::new("crates/diag/codes/wit/syntax.md", "# wit/syntax\n");
        assert_eq!(check(&[source.clone(), page.clone()]), Vec::<Finding>::new());
        assert!(check(&[source])[0].starts_with("crates/wit/src/lib.rs:2: the code `wit/syntax` has no page"));
        assert_eq!(check(&[page]), ["crates/diag/codes/wit/syntax.md: no source uses this code"]);
    }
}
