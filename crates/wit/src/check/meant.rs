//! Names that are only spelt otherwise where they are declared or brought in.
//!
//! In: the index. Out: names that count as known, so that a mistake is told where the name is brought in or declared,
//! and not again at each place that uses it.
//! Holds: a name counts as known only if it is the nearest to a name of a `use` that its interface has not, or if a
//! declaration has it in a form that is no name: `my_type` for `my-type`.

use std::collections::{HashMap, HashSet};

use diag::near_misses;

use super::index::{Index, ScopeId};
use super::lookup::{Found, Named};
use super::rules;

/// So many misspelt names are looked up.
const MOST_MEANT: usize = 2000;

/// Names that a scope or a package has under another spelling.
#[derive(Debug, Default)]
pub(super) struct Otherwise<'t> {
    /// What misspelt names of its `use`s were meant to be.
    meant: HashSet<&'t str>,
    /// What it declares in a form that is no name, by the names that were meant.
    respelt: HashMap<String, &'t str>,
}

impl<'t> Otherwise<'t> {
    pub(super) fn declares(&mut self, name: &'t str) {
        if let Some(meant) = rules::meant_name(name) {
            self.respelt.entry(meant).or_insert(name);
        }
    }

    /// Whether a name was meant by a misspelt one that is brought in.
    pub(super) fn brings_in(&self, name: &str) -> bool {
        self.meant.contains(name)
    }

    /// How the declaration of a name is written, if that is no name.
    pub(super) fn declared_as(&self, name: &str) -> Option<&'t str> {
        self.respelt.get(name).copied()
    }
}

impl Index<'_> {
    /// Lets each scope know what the misspelt names of its `use`s were meant to be.
    pub(super) fn add_meant(&mut self) {
        let scopes: Vec<ScopeId> = self.own_scopes().collect();
        // Each comparison costs time; thousands of such names are no slips of the finger.
        let mut left = MOST_MEANT;
        for id in scopes {
            let scope = self.scope(id);
            let mut meant = Vec::new();
            for use_ in scope.uses() {
                let Found::Scope(target) = self.follow(scope.site, &use_.path) else { continue };
                let target = self.scope(target);
                for renamed in use_.names.iter().filter(|renamed| renamed.rename.is_none()) {
                    if left == 0 {
                        return;
                    }
                    if let Named::Missing = self.type_named(target, &renamed.name.text) {
                        left -= 1;
                        let near = near_misses(&renamed.name.text, target.types.keys().copied());
                        meant.extend(near.first().copied());
                    }
                }
            }
            self.scopes[id.0].otherwise.meant.extend(meant);
        }
    }
}
