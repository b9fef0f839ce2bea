//! Documentation of generated items: the words of the WIT, then its signature, as gofmt leaves it.
//!
//! Holds: WIT has Markdown, Go has a language of its own for comments, and gofmt rewrites what looks like it. So code
//! stands behind a tab, and everything else is made plain paragraphs.

use bindgen::{Func, wit};
use types::{Decl, Stability, Types};

/// Lines of documentation, without comment marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs {
    pub lines: Vec<String>,
}

impl Docs {
    /// Paragraphs, one after the other.
    fn add(&mut self, paragraph: impl IntoIterator<Item = String>) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.extend(paragraph);
    }

    /// Words that the WIT does not have, before those it has.
    pub fn introduced(mut self, text: &str) -> Self {
        let rest = std::mem::take(&mut self.lines);
        self.lines.push(text.to_owned());
        if !rest.is_empty() {
            self.add(rest);
        }
        self
    }
}

/// The documentation of a declaration, and what it is in WIT.
pub fn declared(decl: &Decl, wit: &str) -> Docs {
    let mut docs = part(decl);
    docs.add([format!("WIT: {}", plain(wit))]);
    let deprecated = match &decl.stability {
        Stability::Unknown => None,
        Stability::Stable { deprecated, .. } | Stability::Unstable { deprecated, .. } => deprecated.as_ref(),
    };
    if let Some(version) = deprecated {
        docs.add([format!("Deprecated: the WIT deprecates it since {version}.")]);
    }
    docs
}

/// Documentation of a field, case or flag.
pub fn part(decl: &Decl) -> Docs {
    let mut docs = Docs::default();
    for paragraph in paragraphs(decl.docs.as_deref().unwrap_or_default()) {
        docs.add(paragraph);
    }
    docs
}

pub fn func(types: &Types, func: &Func<'_>) -> Docs {
    declared(func.decl, &wit::func(types, func.name, func.ty))
}

/// Paragraphs of Markdown as paragraphs of a Go comment.
fn paragraphs(text: &str) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = Vec::new();
    let mut open = Vec::new();
    let mut code: Option<Vec<String>> = None;
    for line in text.lines() {
        let line: String = line.chars().filter(|c| *c == '\t' || !is_unwanted(*c)).collect();
        let is_fence = line.trim_start().starts_with("```");
        match &mut code {
            Some(lines) if is_fence => {
                out.push(block(lines));
                code = None;
            }
            Some(lines) => lines.push(line.trim_end().replace('\t', "    ")),
            None if is_fence || line.trim().is_empty() => {
                out.push(std::mem::take(&mut open));
                code = is_fence.then(Vec::new);
            }
            None => open.push(plain(&line)),
        }
    }
    out.push(open);
    out.push(code.as_deref().map(block).unwrap_or_default());
    out.retain(|lines| !lines.is_empty());
    out.into_iter().map(ended).collect()
}

/// Characters that Go refuses in a source, or that move what follows them.
fn is_unwanted(c: char) -> bool {
    c.is_control() || c == '\u{feff}'
}

/// Lines of code, as far to the left as they go.
fn block(lines: &[String]) -> Vec<String> {
    let is_blank = |line: &&String| line.is_empty();
    let start = lines.iter().take_while(is_blank).count();
    let end = lines.len() - lines.iter().rev().take_while(is_blank).count();
    let lines = lines.get(start..end).unwrap_or_default();
    let left = lines.iter().filter(|line| !line.is_empty()).map(|line| line.len() - line.trim_start_matches(' ').len());
    let left = left.min().unwrap_or_default();
    let code = |line: &String| if line.is_empty() { String::new() } else { format!("\t{}", &line[left..]) };
    lines.iter().map(code).collect()
}

/// A line that is nothing but text: no heading, list, link target or quotation marks that gofmt would change.
fn plain(line: &str) -> String {
    let mut line = line.trim();
    while let Some(rest) = line.strip_prefix('#') {
        line = rest.trim_start();
    }
    let line = line.replace("``", "`").replace("``", "`").replace("''", "\"");
    if line.starts_with('[') || line.starts_with('+') { format!("· {line}") } else { line }
}

/// A paragraph that is not code and does not look like a heading of older Go: those end without a full stop.
fn ended(mut lines: Vec<String>) -> Vec<String> {
    if let [line] = lines.as_mut_slice()
        && !line.starts_with('\t')
        && line.ends_with(|c: char| c.is_alphanumeric())
    {
        line.push('.');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_what_gofmt_leaves() {
        let text = "# Title\n\nSome ``text``\n- item\n\n\n```wit\n  a\n\n    b\n```\n[x]: there\nLast";
        let decl = Decl { docs: Some(text.to_owned()), ..Decl::default() };
        let lines = part(&decl).lines.join("|");
        assert_eq!(lines, "Title.||Some `text`|- item||\ta||\t  b||· [x]: there|Last");
    }
}
