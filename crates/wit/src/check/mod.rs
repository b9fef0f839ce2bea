//! Every mistake of the user's WIT that needs a name followed to its declaration.
//!
//! In: the trees of all files after wit-parser refused them, grouped as they were loaded, and what is known beside them:
//! built-in packages and packages from wasm. Out: diagnostics, in the order of files and places.
//! Holds: what wit-parser accepts has none; what follows from another mistake is not told; each costs linear time.
//!
//! Specification: WIT, "Item: `use`", "Item: `include`" and "Gates".

mod advice;
mod cycles;
mod gate;
mod gates;
mod handles;
mod index;
mod known;
mod lookup;
mod meant;
mod merge;
mod names;
mod packages;
mod paths;
pub(crate) mod rules;
mod split;
mod walk;
mod worlds;

use std::cell::Cell;
use std::collections::HashMap;

use diag::Diagnostic;
use types::PackageName;
use wit_parser::Resolve;

use crate::LoadOptions;
use crate::syntax::Tree;
use index::{Index, Origin, PackageId, ScopeId, ScopeKind};

pub(crate) use merge::with_refusals;

/// What is checked, and what is known beside it.
pub(crate) struct Input<'a> {
    /// The user's files, those of one package together.
    pub groups: &'a [Vec<Tree>],
    /// What a lock chose, which others may name.
    pub locked: &'a [Vec<Tree>],
    /// Packages from wasm.
    pub resolve: &'a Resolve,
    pub options: &'a LoadOptions,
    /// A built-in package that the user named.
    pub asked: Option<&'a PackageName>,
    /// Whether a wasm file could not be read: what it has is not known.
    pub unread: bool,
}

/// All mistakes, in the order of files and places.
pub(crate) fn check(input: &Input<'_>) -> Vec<Diagnostic> {
    let known = known::built_in(input.groups, input.locked, input.asked);
    let mut index = Index::default();
    for group in input.groups {
        index.add_group(group, &Origin::User);
    }
    for group in input.locked {
        index.add_group(group, &Origin::Locked);
    }
    for built_in in &known {
        index.add_built_in(&built_in.tree, &built_in.name);
    }
    index.add_binaries(input.resolve);
    index.add_meant();
    let mut checker = Checker::new(index, input);
    checker.names();
    checker.cycles();
    checker.kinds();
    checker.duplicate_packages();
    checker.gates();
    let wholes = checker.worlds();
    checker.splits(&wholes);
    let mut found: Vec<Diagnostic> = input.groups.iter().flatten().flat_map(|tree| tree.errors.clone()).collect();
    for group in input.groups {
        found.extend(group.iter().flat_map(rules::check_file));
        found.extend(rules::check_package(&group.iter().collect::<Vec<_>>()));
    }
    found.append(&mut checker.found);
    merge::in_order(found, input.groups)
}

/// The state of a check.
struct Checker<'t> {
    index: Index<'t>,
    resolve: &'t Resolve,
    options: &'t LoadOptions,
    unread: bool,
    /// The interface of each package that declares a type, the first of each name.
    homes: HashMap<(PackageId, &'t str), ScopeId>,
    facts: handles::Facts<'t>,
    found: Vec<Diagnostic>,
    /// How many names were compared with one another: near misses are not worth any time.
    compared: Cell<usize>,
}

impl<'t> Checker<'t> {
    fn new(index: Index<'t>, input: &'t Input<'_>) -> Self {
        let mut homes = HashMap::new();
        for id in index.own_scopes() {
            let scope = index.scope(id);
            if let ScopeKind::Interface(_) = scope.kind {
                for ty in scope.declared() {
                    homes.entry((scope.site.package, ty.name.text.as_str())).or_insert(id);
                }
            }
        }
        Self {
            index,
            resolve: input.resolve,
            options: input.options,
            unread: input.unread,
            homes,
            facts: handles::Facts::default(),
            found: Vec::new(),
            compared: Cell::new(0),
        }
    }
}
