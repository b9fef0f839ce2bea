//! What the files of one package show to be wrong by themselves.
//!
//! In: trees of files. Out: what wit-parser refuses in them although it fits the grammar, each with the first
//! definition or whatever else it disagrees with.
//! Holds: no name is followed out of the block it stands in; what a syntax error may have torn is passed over;
//! what wit-parser accepts is never reported, only [`check_accepted`] says more, and of resolved WIT.
//!
//! Specification: "WIT"; Component Model explainer, "Name Uniqueness".

mod accepted;
mod attributes;
mod functions;
mod gates;
mod locals;
mod members;
mod names;
mod packages;
mod scope;
mod sizes;
mod types;
mod walk;

use diag::{Diagnostic, Place};

use crate::syntax::Tree;
use crate::syntax::ast::Span;

pub(crate) use accepted::check_accepted;
pub(super) use names::meant_name;

/// The mistakes of one file.
pub(crate) fn check_file(tree: &Tree) -> Vec<Diagnostic> {
    let mut report = Report::new(tree);
    walk::file(&mut report);
    report.found
}

/// The mistakes between the files of one package; `trees` in the order of their paths.
pub(crate) fn check_package(trees: &[&Tree]) -> Vec<Diagnostic> {
    packages::check(trees)
}

/// What has been found in one file.
struct Report<'a> {
    tree: &'a Tree,
    /// Where syntax errors stand, sorted.
    torn: Vec<usize>,
    found: Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    fn new(tree: &'a Tree) -> Self {
        let starts = tree.errors.iter().filter_map(|error| match &error.labels.first()?.place {
            Place::Text { span, .. } => Some(span.start),
            _ => None,
        });
        let mut torn: Vec<usize> = starts.collect();
        torn.sort_unstable();
        Self { tree, torn, found: Vec::new() }
    }

    fn place(&self, span: &Span) -> Place {
        Place::text(&self.tree.source, span.clone())
    }

    fn text(&self, span: &Span) -> &'a str {
        self.tree.source.text.get(span.clone()).unwrap_or_default()
    }

    fn add(&mut self, found: Diagnostic) {
        self.found.push(found);
    }

    /// Whether a syntax error stands in a span: then what seems to be missing in it may be there.
    fn is_torn(&self, span: &Span) -> bool {
        let next = self.torn.partition_point(|at| *at < span.start);
        self.torn.get(next).is_some_and(|at| *at <= span.end)
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use super::*;

    /// Every WIT file of a folder that is not there for its mistakes.
    fn accepted_files(folder: &Path, out: &mut Vec<PathBuf>) {
        let Ok(entries) = folder.read_dir() else { return };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("parse-fail") {
                accepted_files(&path, out);
            } else if path.extension().is_some_and(|extension| extension == "wit") {
                out.push(path);
            }
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a test reads files and says what it counted")]
    fn what_wit_parser_accepts_has_no_mistakes() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = Vec::new();
        for folder in ["wit", "fixtures/bindgen", "fixtures/encode", "fixtures/run", "../shared/conformance"] {
            accepted_files(&root.join(folder), &mut files);
        }
        let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
        let mut count = 0;
        for text in texts.chain(crate::builtin::all().iter().map(|one| one.text.to_owned())) {
            let tree = crate::syntax::parse(Arc::new(diag::Source::new("a.wit", text)));
            let mut found = check_file(&tree);
            // Only a whole package has a header.
            if tree.ast.package.is_some() {
                found.extend(check_package(&[&tree]));
            }
            assert!(found.is_empty(), "{}\n{found:#?}", tree.source.text);
            count += 1;
        }
        println!("{count} files without mistakes");
    }
}
