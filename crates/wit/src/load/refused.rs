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
    Diagnostics(check::with_refusals(mistakes_in(tree, options, texts), refusals))
}

/// The mistakes that the check finds in texts, whether they are refused or not: none in what is accepted.
pub fn mistakes(tree: &SourceTree, options: &LoadOptions) -> Vec<Diagnostic> {
    mistakes_in(tree, options, &Texts::default())
}

fn mistakes_in(tree: &SourceTree, options: &LoadOptions, texts: &Texts) -> Vec<Diagnostic> {
    let mut known = Loading::default();
    let (mut groups, mut locked) = (Vec::new(), Vec::new());
    let mut unread = false;
    for root in &tree.roots {
        let groups = if matches!(root, Root::Locked(_)) { &mut locked } else { &mut groups };
        unread |= !read_again(tree, root, texts, &mut known, groups);
    }
    let asked = known.asked.as_ref().map(|asked| &asked.package);
    check::check(&Input { groups: &groups, locked: &locked, resolve: &known.resolve, options, asked, unread })
}

/// Parses what a root stands for, as far as it can be; false if something in it cannot be read.
fn read_again(tree: &SourceTree, root: &Root, texts: &Texts, known: &mut Loading, groups: &mut Vec<Vec<Tree>>) -> bool {
    let mut all_read = true;
    match root {
        Root::Folder(folder) => {
            let sources = files::groups(tree, folder).unwrap_or_default();
            // Files of one folder are one package, whatever they say: that they differ is told by itself.
            let (own, others): (Vec<_>, Vec<_>) =
                sources.into_iter().partition(|one| one.files.iter().all(|(path, _)| files::is_own(folder, path)));
            let own: Vec<(&str, &[u8])> = own.into_iter().flat_map(|one| one.files).collect();
            groups.extend(Some(own).filter(|own| !own.is_empty()).map(|own| trees(texts, &own)));
            groups.extend(others.iter().map(|sources| trees(texts, &sources.files)));
            for (file, bytes) in files::binaries(tree, folder) {
                all_read &= binary::read_dependency(known, file, bytes).is_ok();
            }
        }
        Root::File(file) => {
            let bytes = tree.files.get(file).map_or(&[][..], Vec::as_slice);
            if !binary::is_wasm(bytes) {
                groups.push(trees(texts, &[(file, bytes)]));
            }
        }
        Root::BuiltIn(name) => drop(known.built_in(name)),
        Root::AllBuiltIn => known.all_built_in = true,
        Root::Needed(root) | Root::Locked(root) => all_read = read_again(tree, root, texts, known, groups),
    }
    all_read
}

/// The trees of one package's files; those that are no text have none.
fn trees(texts: &Texts, files: &[(&str, &[u8])]) -> Vec<Tree> {
    let source = |(name, bytes): &(&str, &[u8])| match texts.get(name) {
        Some(source) => Some(Arc::clone(source)),
        None => std::str::from_utf8(bytes).ok().map(|text| Arc::new(Source::new(*name, text))),
    };
    let mut files = files.to_vec();
    files.sort_by_key(|(name, _)| *name);
    files.iter().filter(|(_, bytes)| bytes.len() <= files::MAX_TEXT).filter_map(source).map(syntax::parse).collect()
}

/// Two gates that contradict each other: wit-parser panics where they stand on the use of another package.
pub(super) fn contradiction(source: &Arc<Source>) -> Option<Diagnostic> {
    if !has_gates_in_a_row(&source.text) {
        return None;
    }
    let tree = syntax::parse(Arc::clone(source));
    check::rules::check_file(&tree).into_iter().find(|one| one.code.0 == "wit/attribute")
}

/// Whether one attribute may follow another. Most texts have none that do, and are not read twice.
fn has_gates_in_a_row(text: &str) -> bool {
    let gates = text.match_indices('@').filter(|(at, _)| {
        ["since", "unstable", "deprecated"].iter().any(|gate| text[at + 1..].trim_start().starts_with(gate))
    });
    let mut end = None;
    for (at, _) in gates {
        let between = end.and_then(|end: usize| text.get(end..at));
        if text[at..].trim_start_matches('@').trim_start().starts_with("deprecated")
            || between.is_some_and(|between| !between.contains(['{', '}', ';', ',']))
        {
            return true;
        }
        end = Some(at);
    }
    false
}

/// Runs wit-parser; a panic in it, which damaged text can cause, ends in a diagnostic.
pub(crate) fn guarded<T>(file: &str, body: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|_| {
        diag::error("wit/invalid", format!("`{file}` cannot be read: the WIT in it contradicts itself"))
            .label(Place::file(file), "the parser cannot say where")
            .help("look for two gates on one item")
    })
}
