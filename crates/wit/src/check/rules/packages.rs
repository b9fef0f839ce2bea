//! What the files of a package, and the packages nested in a file, say of one another.
//!
//! In: trees, and lists of items. Out: interfaces and worlds of the same name, packages declared twice or too deep,
//! headers that are missing or documented twice.
//! Holds: which files make up a package is the caller's to say.
//!
//! Specification: "WIT", "Package format".

use std::collections::HashMap;

use diag::{Diagnostic, Place};

use super::gates::Named;
use super::{Report, gates};
use crate::syntax::ast::{Item, Name, NestedPackage, PackageHeader, PackageName, Span};
use crate::syntax::{TokenKind, Tree};

/// The mistakes between the files of one package.
pub(super) fn check(trees: &[&Tree]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let parts: Vec<(&Tree, &[Item])> = trees.iter().map(|tree| (*tree, tree.ast.items.as_slice())).collect();
    let header = trees.iter().find_map(|tree| Some((*tree, tree.ast.package.as_ref()?)));
    declared_twice(&parts, &mut found);
    packages_twice(trees, header, &mut found);
    documented_twice(trees, &mut found);
    match header {
        Some((tree, header)) => {
            let package = Named { tree, name: &header.name };
            parts.iter().for_each(|(tree, items)| gates::check(tree, items, package, &mut found));
        }
        None => found.extend(no_header(trees)),
    }
    found
}

/// The same for a package that is written as a block.
pub(super) fn block(tree: &Tree, package: &NestedPackage) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    declared_twice(&[(tree, &package.items)], &mut found);
    gates::check(tree, &package.items, Named { tree, name: &package.name }, &mut found);
    found
}

fn place(tree: &Tree, span: &Span) -> Place {
    Place::text(&tree.source, span.clone())
}

fn what(item: &Item) -> Option<(&'static str, &Name)> {
    match item {
        Item::Interface(one) => Some(("interface", &one.name)),
        Item::World(one) => Some(("world", &one.name)),
        Item::Use(_) | Item::Package(_) | Item::Error(_) => None,
    }
}

fn declared_twice(parts: &[(&Tree, &[Item])], found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, (&Tree, &'static str, &Name)> = HashMap::new();
    for (tree, items) in parts {
        for (what, name) in items.iter().filter_map(what) {
            match seen.get(name.text.as_str()) {
                Some((first_tree, first_what, first)) => {
                    let text = &name.text;
                    let headline = if what == *first_what {
                        format!("{what} `{text}` is declared twice")
                    } else {
                        format!("{what} `{text}` has the name of {first_what} `{text}`")
                    };
                    let one = diag::error("wit/duplicate", headline)
                        .label(place(tree, &name.span), "declared again")
                        .label(place(first_tree, &first.span), "the first one");
                    found.push(one.help("rename one of the two"));
                }
                None => {
                    seen.insert(&name.text, (tree, what, name));
                }
            }
        }
    }
}

/// What `use` at the top of a file brings in must not have the name of anything else there.
pub(super) fn names_in_file(report: &mut Report<'_>, items: &[Item]) {
    let mut seen: HashMap<&str, (bool, &Name)> = HashMap::new();
    for item in items {
        let (is_use, name) = match item {
            Item::Use(one) => (true, one.rename.as_ref().unwrap_or(&one.path.item)),
            Item::Interface(one) => (false, &one.name),
            Item::World(one) => (false, &one.name),
            Item::Package(_) | Item::Error(_) => continue,
        };
        match seen.get(name.text.as_str()) {
            // Two declarations are told of with those in other files.
            Some((false, _)) if !is_use => {}
            Some((_, first)) => {
                let found = diag::error("wit/duplicate", format!("`{}` is there already in this file", name.text))
                    .label(report.place(&name.span), "the second one")
                    .label(report.place(&first.span), "the first one");
                report.add(found.help(if is_use {
                    format!("write `as` and another name after `{}`", name.text)
                } else {
                    "rename one of the two".to_owned()
                }));
            }
            None => {
                seen.insert(&name.text, (is_use, name));
            }
        }
    }
}

/// Packages in a package. Where they begin no further in than the one around them, that one was not closed: then all
/// that follow are in it, and the first stands for them.
pub(super) fn no_packages_in(report: &mut Report<'_>, outer: &NestedPackage) {
    let column = |package: &NestedPackage| report.tree.source.position(package.name.span.start).column;
    let inner = outer.items.iter().filter_map(|item| if let Item::Package(inner) = item { Some(inner) } else { None });
    let (deeper, beside): (Vec<_>, Vec<_>) = inner.partition(|inner| column(inner) > column(outer));
    for package in deeper.into_iter().chain(beside.into_iter().take(1)) {
        let name = written(&package.name);
        let found = diag::error("wit/nested-package", format!("package `{name}` stands in another package"))
            .label(report.place(&package.name.span), "not at the top of the file")
            .label(report.place(&outer.name.span), "the package around it");
        report.add(found.help("move it out of the package around it, or close that one before it"));
    }
}

fn written(name: &PackageName) -> String {
    let version = name.version.as_ref().map(|version| format!("@{}", version.text)).unwrap_or_default();
    format!("{}:{}{version}", name.namespace.text, name.name.text)
}

fn packages_twice(trees: &[&Tree], header: Option<(&Tree, &PackageHeader)>, found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, (&Tree, &PackageName)> = HashMap::new();
    if let Some((tree, header)) = header {
        seen.insert(written(&header.name), (tree, &header.name));
    }
    for tree in trees {
        for item in &tree.ast.items {
            let Item::Package(package) = item else { continue };
            let name = written(&package.name);
            match seen.get(&name) {
                Some((first_tree, first)) => {
                    let one = diag::error("wit/duplicate-package", format!("package `{name}` is declared twice"))
                        .label(place(tree, &package.name.span), "declared again")
                        .label(place(first_tree, &first.span), "first declared here");
                    found.push(one.help("remove one of the two, or give it another name"));
                }
                None => {
                    seen.insert(name, (tree, &package.name));
                }
            }
        }
    }
}

/// Comments of any kind in front of `package` document the package, and only one file may do so.
fn documented_twice(trees: &[&Tree], found: &mut Vec<Diagnostic>) {
    let documented = |tree: &&&Tree| tree.ast.package.is_some() && first_comment(tree).is_some();
    let mut documented = trees.iter().filter(documented);
    let Some(first) = documented.next() else { return };
    for again in documented {
        let (Some(here), Some(there)) = (first_comment(again), first_comment(first)) else { continue };
        let name = again.ast.package.as_ref().map(|package| written(&package.name)).unwrap_or_default();
        let one = diag::error("wit/duplicate", format!("package `{name}` is documented in two files"))
            .label(place(again, here), "a comment in front of `package` is the package's documentation")
            .label(place(first, there), "documented here already");
        found.push(one.help("move one of the two comments behind the `package` line"));
    }
}

/// The comment in front of the first word of a file.
fn first_comment(tree: &Tree) -> Option<&Span> {
    let first = tree.tokens.iter().find(|token| token.kind != TokenKind::Space)?;
    let is_comment = match first.kind {
        TokenKind::LineComment | TokenKind::DocLine | TokenKind::BlockComment | TokenKind::DocBlock => true,
        TokenKind::Space
        | TokenKind::Word
        | TokenKind::Number
        | TokenKind::String
        | TokenKind::Mark
        | TokenKind::Error => false,
    };
    is_comment.then_some(&first.span)
}

/// No file says which package it is.
fn no_header(trees: &[&Tree]) -> Option<Diagnostic> {
    let tree = trees.first()?;
    // A header that could not be read is no missing header.
    let torn = trees.iter().any(|tree| {
        let first = tree.ast.items.first().map_or(tree.source.text.len(), start);
        Report::new(tree).is_torn(&(0..first))
    });
    if torn || trees.iter().any(|tree| has_late_header(tree)) {
        return None;
    }
    let is_text = |kind| match kind {
        TokenKind::Space
        | TokenKind::LineComment
        | TokenKind::DocLine
        | TokenKind::BlockComment
        | TokenKind::DocBlock => false,
        TokenKind::Word | TokenKind::Number | TokenKind::String | TokenKind::Mark | TokenKind::Error => true,
    };
    let first = tree.tokens.iter().find(|token| is_text(token.kind));
    let span = first.map_or(0..0, |token| token.span.clone());
    let nested = trees.iter().flat_map(|tree| &tree.ast.items).all(|item| matches!(item, Item::Package(_)));
    let help = if nested && !trees.iter().all(|tree| tree.ast.items.is_empty()) {
        "begin the file with `package namespace:name;`, though all else stands in packages of its own"
    } else {
        "begin the file with `package namespace:name;`"
    };
    let found = diag::error("wit/missing-package", "no file says which package it belongs to");
    let found = match tree.ast.items.first() {
        Some(Item::Package(_)) => found.label(place(tree, &span), "no `package` line in front of this"),
        _ => return Some(found.label(place(tree, &span), "declares no package").help(help)),
    };
    // What stands in braces has a package; the first item that does not is what needs one.
    let bare = tree.ast.items.iter().find(|item| !matches!(item, Item::Package(_)));
    let Some(bare) = bare.map(start) else { return Some(found.help(help)) };
    let word = tree.tokens.iter().find(|token| token.span.start >= bare && is_text(token.kind));
    let word = word.map_or(bare..bare, |token| token.span.clone());
    Some(found.label(place(tree, &word), "in no package").help(help))
}

/// Whether `package ns:name;` stands further down, where it is told that it is not the first.
fn has_late_header(tree: &Tree) -> bool {
    let text = |at: usize| tree.tokens.get(at).map_or("", |token| &tree.source.text[token.span.clone()]);
    let packages =
        (0..tree.tokens.len()).filter(|at| tree.tokens[*at].kind == TokenKind::Word && text(*at) == "package");
    packages.into_iter().any(|at| {
        let mut marks = (at..tree.tokens.len()).map(text).filter(|text| ["{", "}", ";"].contains(text));
        marks.next() == Some(";")
    })
}

fn start(item: &Item) -> usize {
    match item {
        Item::Use(one) => one.span.start,
        Item::Interface(one) => one.span.start,
        Item::World(one) => one.span.start,
        Item::Package(one) => one.span.start,
        Item::Error(span) => span.start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_with_their_version() {
        let name = |text: &str| Name { text: text.to_owned(), escaped: false, span: 0..0 };
        let package = PackageName { namespace: name("a"), name: name("b"), version: None, span: 0..0 };
        assert_eq!(written(&package), "a:b");
    }
}
