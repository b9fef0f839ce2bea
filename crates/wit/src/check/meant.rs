//! Names that are only spelt otherwise where they are declared or brought in.
//!
//! In: the index. Out: names that count as known, so that a mistake is told where the name is brought in or declared,
//! and not again at each place that uses it.
//! Holds: a name counts as known only if it is the nearest to a name of a `use` that its interface has not, or if a
//! declaration has it in a form that is no name: `my_type` for `my-type`.

use std::collections::HashSet;

use diag::near_misses;

use super::index::{Index, ScopeId};
use super::lookup::{Found, Named};
use super::rules;

/// Names that a scope or a package has under another spelling.
#[derive(Debug, Default)]
pub(super) struct Otherwise<'t> {
    /// What misspelt names of its `use`s were meant to be.
    meant: HashSet<&'t str>,
    /// The names that were meant where it declares something in a form that is no name.
    respelt: HashSet<String>,
}

impl Otherwise<'_> {
    pub(super) fn declares(&mut self, name: &str) {
        self.respelt.extend(rules::meant_name(name));
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.meant.contains(name) || self.respelt.contains(name)
    }
}

impl Index<'_> {
    /// Lets each scope know what the misspelt names of its `use`s were meant to be.
    pub(super) fn add_meant(&mut self) {
        let scopes: Vec<ScopeId> = self.own_scopes().collect();
        for id in scopes {
            let scope = self.scope(id);
            let mut meant = Vec::new();
            for use_ in scope.uses() {
                let Found::Scope(target) = self.follow(scope.site, &use_.path) else { continue };
                let target = self.scope(target);
                for renamed in use_.names.iter().filter(|renamed| renamed.rename.is_none()) {
                    if let Named::Missing = self.type_named(target, &renamed.name.text) {
                        let near = near_misses(&renamed.name.text, target.types.keys().copied());
                        meant.extend(near.first().copied());
                    }
                }
            }
            self.scopes[id.0].otherwise.meant.extend(meant);
        }
    }
}
