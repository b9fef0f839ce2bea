//! What an index of a component stands for, when the component is instantiated.
//!
//! Holds: values are shared, never copied deeply; they refer backwards only, so there are no cycles.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use indexmap::IndexSet;

use super::{Callee, PartId};

/// Anything that a component imports, exports or passes on.
#[derive(Clone)]
pub(super) enum Value<'a> {
    Func(Callee),
    Instance(Rc<Instance<'a>>),
    Component(Option<Rc<Component<'a>>>),
    /// None for one that is imported.
    Module(Option<&'a [u8]>),
    /// Types and values, which call nothing.
    Other,
}

pub(super) enum Instance<'a> {
    /// Of the root's import, or inside of it.
    Host {
        import: String,
        path: Vec<String>,
    },
    Made(HashMap<&'a str, Value<'a>>),
}

/// A component that is defined here, with what its aliases of outer items see.
pub(super) struct Component<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) name: Option<String>,
    pub(super) outer: Rc<Outer<'a>>,
}

/// The modules and components of an enclosing component, up to a definition.
#[derive(Default)]
pub(super) struct Outer<'a> {
    pub(super) modules: Vec<Option<&'a [u8]>>,
    pub(super) components: Vec<Option<Rc<Component<'a>>>>,
    pub(super) around: Option<Rc<Outer<'a>>>,
}

/// What a core instance exports, as far as it is known.
pub(super) enum CoreInstance<'a> {
    /// Made of items at hand: those that are lowered functions.
    Bag(HashMap<&'a str, Callee>),
    OfModule,
}

impl<'a> Instance<'a> {
    /// One of its exports. `other` is what an export of the host is, by its sort.
    pub(super) fn export(&self, name: &str, of_host: OfHost) -> Value<'a> {
        match self {
            Self::Made(exports) => exports.get(name).cloned().unwrap_or(Value::Other),
            Self::Host { import, path } => {
                let mut path = path.clone();
                path.push(name.to_owned());
                match of_host {
                    OfHost::Func => Value::Func(Callee::Host { import: import.clone(), name: Some(path.join("/")) }),
                    OfHost::Instance => Value::Instance(Rc::new(Self::Host { import: import.clone(), path })),
                    OfHost::Component => Value::Component(None),
                    OfHost::Module => Value::Module(None),
                    OfHost::Other => Value::Other,
                }
            }
        }
    }
}

/// The sort of an item that the host gives.
#[derive(Clone, Copy)]
pub(super) enum OfHost {
    Func,
    Instance,
    Component,
    Module,
    Other,
}

/// What of the host is in a value, and which parts are behind its functions.
#[derive(Default)]
pub(super) struct Found {
    pub(super) hosts: IndexSet<String>,
    pub(super) parts: IndexSet<PartId>,
    pub(super) calls: IndexSet<Callee>,
    /// Instances that were looked into, by address and depth: one that stands in many others counts once for each.
    /// Look-ups only.
    seen: HashSet<(usize, usize)>,
}

impl Found {
    /// Adds what a value holds. Instances that are put together of instances are entered a few levels deep: a host's
    /// are not deeper.
    pub(super) fn add(&mut self, value: &Value<'_>, depth: usize) {
        match value {
            Value::Func(callee) => self.add_callee(callee),
            Value::Instance(instance) => match &**instance {
                Instance::Host { import, .. } => {
                    self.hosts.insert(import.clone());
                    self.calls.insert(Callee::HostAll { import: import.clone() });
                }
                Instance::Made(exports) if depth < 4 && self.seen.insert((Rc::as_ptr(instance) as usize, depth)) => {
                    let mut names: Vec<&&str> = exports.keys().collect();
                    names.sort();
                    names.into_iter().for_each(|name| self.add(&exports[name], depth + 1));
                }
                Instance::Made(_) => {}
            },
            Value::Component(_) | Value::Module(_) | Value::Other => {}
        }
    }

    fn add_callee(&mut self, callee: &Callee) {
        match callee {
            Callee::Host { import, .. } | Callee::HostAll { import } => {
                self.hosts.insert(import.clone());
            }
            Callee::Part(part) => {
                self.parts.insert(*part);
            }
        }
        self.calls.insert(callee.clone());
    }
}
