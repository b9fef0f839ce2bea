//! The pages of all diagnostics.
//!
//! In: `crates/diag/codes/<area>/<name>.md`, gathered by the build script. Out: `PAGES`, sorted by code.

/// The page of one code.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// `area/kebab-name`.
    pub code: &'static str,
    /// Markdown.
    pub text: &'static str,
}

/// All pages, sorted by code.
pub const PAGES: &[Page] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a code.
pub fn page(code: &str) -> Option<&'static Page> {
    PAGES.binary_search_by_key(&code, |page| page.code).ok().map(|at| &PAGES[at])
}

/// The pages whose codes are of an area, such as `wit`; none if there is no such area.
pub fn area(name: &str) -> Vec<&'static Page> {
    PAGES.iter().filter(|page| page.code.split_once('/').is_some_and(|(area, _)| area == name)).collect()
}

impl Page {
    /// The first sentence after the heading.
    pub fn summary(&self) -> &'static str {
        self.text.lines().skip(1).find(|line| !line.is_empty()).unwrap_or("")
    }
}
