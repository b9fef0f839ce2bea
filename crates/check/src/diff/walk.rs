//! The state of one comparison: where it stands, what stands for what, what was found.
//!
//! Holds: resources are bound and named types are paired before anything is compared, so that a difference inside a
//! named type is told there and nowhere else.

use std::collections::{HashMap, HashSet};

use diag::Place;
use types::equal::{Bindings, Equality};
use types::{ResourceId, TypeId, Types, ValType};

use super::finding::{Finding, Parties, Said, View};
use super::names::Names;
use super::rules::Rule;

/// A part on the way from the whole to what changed: `parameter` and `a`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub what: &'static str,
    pub name: String,
}

impl Step {
    pub fn new(what: &'static str, name: impl Into<String>) -> Self {
        Self { what, name: name.into() }
    }

    /// ``parameter `a` ``.
    pub fn quoted(&self) -> String {
        if self.name.is_empty() { self.what.to_owned() } else { format!("{} `{}`", self.what, self.name) }
    }

    /// `parameter a`.
    pub fn plain(&self) -> String {
        format!("{} {}", self.what, self.name).trim_end().to_owned()
    }
}

pub(super) struct Walk<'a> {
    pub types: &'a Types,
    pub names: &'a Names,
    pub view: View,
    pub is_documented: bool,
    /// Resources of the old side stand for those of the new one.
    pub bindings: Bindings,
    pub equality: Equality,
    /// Named types that are compared by themselves.
    pub paired: HashSet<(TypeId, TypeId)>,
    /// Whether two types differ in more than what is told elsewhere.
    pub differing: HashMap<(TypeId, TypeId), bool>,
    /// The first resource that was found to stand for one.
    pub new_of: HashMap<ResourceId, ResourceId>,
    pub old_of: HashMap<ResourceId, ResourceId>,
    /// Resources that are given from outside of what is compared.
    pub given: HashSet<ResourceId>,
    pub path: Vec<Step>,
    pub old_place: Option<Place>,
    pub new_place: Option<Place>,
    /// The world of a package that is compared; `None` if it is compared by itself, or an interface is.
    pub world: Option<String>,
    /// Whether what is told is told of an interface that the world only meets.
    pub is_inside: bool,
    pub findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    pub fn new(types: &'a Types, names: &'a Names, view: View, is_documented: bool) -> Self {
        Self {
            types,
            names,
            view,
            is_documented,
            bindings: Bindings::new(),
            equality: Equality::new(),
            paired: HashSet::new(),
            differing: HashMap::new(),
            new_of: HashMap::new(),
            old_of: HashMap::new(),
            given: HashSet::new(),
            path: Vec::new(),
            old_place: None,
            new_place: None,
            world: None,
            is_inside: false,
            findings: Vec::new(),
        }
    }

    /// Runs `body` one step further down, at these places where they are known.
    pub fn at(&mut self, step: Step, old: Option<&Place>, new: Option<&Place>, body: impl FnOnce(&mut Self)) {
        let outer = (self.old_place.clone(), self.new_place.clone());
        self.old_place = old.or(self.old_place.as_ref()).cloned();
        self.new_place = new.or(self.new_place.as_ref()).cloned();
        self.path.push(step);
        body(self);
        self.path.pop();
        (self.old_place, self.new_place) = outer;
    }

    /// Notes a change at the current path and places.
    pub fn say(&mut self, rule: Rule, breaks: Parties, headline: String, old: Option<String>, new: Option<String>) {
        self.findings.push(Finding {
            rule,
            breaks,
            path: self.path.iter().map(Step::plain).collect(),
            headline,
            old: Said { text: old, place: self.old_place.clone() },
            new: Said { text: new, place: self.new_place.clone() },
            worlds: self.met_in().into_iter().collect(),
        });
    }

    /// ``imported by world `app` ``, where what is told is told of an interface.
    fn met_in(&self) -> Option<String> {
        let verb = if self.view == View::Import { "imported" } else { "exported" };
        self.world.as_ref().filter(|_| self.is_inside).map(|world| format!("{verb} by world `{world}`"))
    }

    /// What the current path leads to: ``interface `local:calc/ops` ``.
    pub fn here(&self) -> String {
        self.path.last().map_or_else(|| "the whole".to_owned(), Step::quoted)
    }

    /// What it is in.
    pub fn around(&self) -> String {
        let around = self.path.len().checked_sub(2).and_then(|at| self.path.get(at));
        around.map_or_else(|| "the whole".to_owned(), Step::quoted)
    }

    /// Two types in words, spelled out where their names are the same.
    pub fn words(&self, old: ValType, new: ValType) -> (String, String) {
        let words = [old, new].map(|ty| types::wit_text(self.types, ty));
        let [old, new] =
            if words[0] == words[1] { [old, new].map(|ty| types::text::wit_structure(self.types, ty)) } else { words };
        (old, new)
    }

    /// The new side has this resource where the old one has that.
    pub fn bind(&mut self, old: ResourceId, new: ResourceId) {
        self.new_of.entry(old).or_insert(new);
        self.old_of.entry(new).or_insert(old);
        if self.bindings.is_open(old) {
            self.bindings.bind(old, new);
        } else {
            // A change of identity is told where the resource is; what uses it is compared as if there were none.
            self.bindings.bind(new, old);
        }
    }

    /// Types of what is not compared are no pair: where they differ, what uses them tells of it.
    pub fn unpair(&mut self, old: ValType, new: ValType) {
        if let (ValType::Def(old), ValType::Def(new)) = (old, new) {
            self.paired.remove(&(old, new));
        }
    }

    /// Whether two resources stand for each other, and for no others.
    pub fn is_bound(&self, old: ResourceId, new: ResourceId) -> bool {
        self.new_of.get(&old) == Some(&new) && self.old_of.get(&new) == Some(&old)
    }

    pub fn is_pair(&self, old: ValType, new: ValType) -> bool {
        matches!((old, new), (ValType::Def(old), ValType::Def(new)) if self.paired.contains(&(old, new)))
    }

    pub fn pair(&mut self, old: ValType, new: ValType) {
        if let (ValType::Def(old), ValType::Def(new)) = (old, new) {
            self.paired.insert((old, new));
        }
    }
}
