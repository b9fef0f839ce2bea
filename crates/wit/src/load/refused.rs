//! What is told after a refusal: every mistake, not only the first.
//!
//! In: the files, and what wit-parser refused. Out: all mistakes that the check finds in the user's texts, and of the
//! refusals those that stand elsewhere. Holds: it accepts nothing and refuses nothing by itself.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use diag::{Diagnostic, Diagnostics, Place, Source};

use super::{Loading, binary, files};
use crate::check::{self, Input};
use crate::places::Texts;
use crate::syntax::{self, Tree};
use crate::{LoadOptions, Root, SourceTree};

/// Every mistake of the user's texts, with those refusals that are not among them.
pub(super) fn explained(
    tree: &SourceTree,
    options: &LoadOptions,
    texts: &Texts,
    refusals: Vec<Diagnostic>,
) -> Diagnostics {
    let mut known = Loading::default();
    let mut groups = Vec::new();
    let mut unread = false;
    for root in &tree.roots {
        match root {
            Root::Folder(folder) => {
                let sources = files::groups(tree, folder).unwrap_or_default();
                groups.extend(sources.iter().map(|sources| trees(texts, &sources.files)));
                for (file, bytes) in files::binaries(tree, folder) {
                    unread |= binary::read_dependency(&mut known, file, bytes).is_err();
                }
            }
            Root::File(file) => {
                let bytes = tree.files.get(file).map_or(&[][..], Vec::as_slice);
                if !binary::is_wasm(bytes) {
                    groups.push(trees(texts, &[(file, bytes)]));
                }
            }
            Root::BuiltIn(name) => drop(known.built_in(name)),
        }
    }
    let asked = known.asked.as_ref().map(|asked| &asked.package);
    let found = check::check(&Input { groups: &groups, resolve: &known.resolve, options, asked, unread });
    Diagnostics(check::with_refusals(found, refusals))
}

/// The trees of one package's files; those that are no text have none.
fn trees(texts: &Texts, files: &[(&str, &[u8])]) -> Vec<Tree> {
    let source = |(name, bytes): &(&str, &[u8])| match texts.get(name) {
        Some(source) => Some(Arc::clone(source)),
        None => std::str::from_utf8(bytes).ok().map(|text| Arc::new(Source::new(*name, text))),
    };
    files.iter().filter(|(_, bytes)| bytes.len() <= files::MAX_TEXT).filter_map(source).map(syntax::parse).collect()
}

/// Runs wit-parser; a panic in it, which damaged text can cause, ends in a diagnostic.
pub(crate) fn guarded<T>(file: &str, body: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|_| {
        diag::error("wit/invalid", format!("`{file}` cannot be read: the WIT in it contradicts itself"))
            .label(Place::file(file), "the parser cannot say where")
            .help("look for two gates on one item")
    })
}
