//! Comments that editors show.
//!
//! In: documentation of the WIT, and what TypeScript has no words for. Out: a comment, or nothing.
//! Holds: no text ends its comment early.

use printer::{Doc, lines, nothing};
use types::{Decl, Stability};

/// What stands in front of a declaration.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    lines: Vec<String>,
}

impl Docs {
    pub fn of(decl: &Decl) -> Self {
        Self { lines: text(decl).into_iter().chain(deprecated(decl)).collect() }
    }

    /// The lines for what is written without types: the words of the WIT, one more line, whether it is deprecated.
    pub fn around(decl: &Decl, line: String) -> Vec<String> {
        let mut lines = text(decl);
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(line);
        lines.extend(deprecated(decl));
        lines
    }

    /// Words that the WIT does not have.
    pub fn text(text: impl Into<String>) -> Self {
        Self { lines: vec![text.into()] }
    }

    /// As documentation of a whole file.
    pub fn of_package(mut self) -> Self {
        if !self.lines.is_empty() {
            self.lines.extend([String::new(), "@packageDocumentation".to_owned()]);
        }
        self
    }

    /// The WIT signature, where nothing else is said.
    pub fn or_signature(mut self, signature: &str) -> Self {
        if self.lines.is_empty() {
            self.lines.push(format!("`{}`", plain(signature)));
        }
        self
    }

    /// One more line, behind the others.
    pub fn and(mut self, line: Option<String>) -> Self {
        self.lines.extend(line.as_deref().map(plain));
        self
    }

    pub fn doc(&self) -> Doc {
        match self.lines.as_slice() {
            [] => nothing(),
            [one] => Doc::from(format!("/** {} */", one.trim())),
            many => lines(
                std::iter::once("/**".to_owned())
                    .chain(many.iter().map(|line| format!(" * {line}").trim_end().to_owned()))
                    .chain(std::iter::once(" */".to_owned())),
            ),
        }
    }

    /// The comment above a declaration.
    pub fn above(&self, declaration: impl Into<Doc>) -> Doc {
        lines([self.doc(), declaration.into()])
    }
}

fn text(decl: &Decl) -> Vec<String> {
    let text = decl.docs.as_deref().unwrap_or_default().trim_end();
    text.lines().skip_while(|line| line.trim().is_empty()).map(plain).collect()
}

fn deprecated(decl: &Decl) -> Option<String> {
    let version = match &decl.stability {
        Stability::Unknown => None,
        Stability::Stable { deprecated, .. } | Stability::Unstable { deprecated, .. } => deprecated.as_ref(),
    };
    version.map(|version| format!("@deprecated since {version}"))
}

/// A line that ends no comment, and is one line for whoever reads it.
fn plain(line: &str) -> String {
    line.replace("*/", "*\\/").replace(['\r', '\u{2028}', '\u{2029}'], " ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_comment() {
        let decl = Decl { docs: Some("\nA */ b\u{2028}c\n\n  d ".to_owned()), ..Decl::default() };
        let text = printer::render(&Docs::of(&decl).doc(), &printer::Style::default());
        assert_eq!(text, "/**\n * A *\\/ b c\n *\n *   d\n */\n");
        assert!(Docs::of(&Decl::default()).doc().is_nothing());
    }
}
