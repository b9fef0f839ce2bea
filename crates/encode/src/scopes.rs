//! The interfaces of a world, as core modules name them.
//!
//! In: the imports or exports of the world, and what the module's own metadata says. Out: scopes by name, looked up by
//! hash.
//! Holds: a full name means the interface of that version, if there is one; else, and for a name that says a track
//! only, the version of the track that the module was built for, or the highest.

use std::collections::HashMap;

use component::Metadata;
use indexmap::IndexMap;
use types::{ExternName, InstanceId, InterfaceName, Item, PackageName};

use crate::names::{Scope, canonical};

/// Where the items of an imported or exported scope are.
#[derive(Clone, Copy, Debug)]
pub enum Found<'w> {
    World,
    Instance(&'w ExternName, InstanceId),
}

type Instance<'w> = (&'w ExternName, InstanceId);

/// The interfaces among imports, or among exports.
#[derive(Clone, Debug, Default)]
pub struct Scopes<'w> {
    named: HashMap<String, Instance<'w>>,
    /// By the name with its version cut to the track.
    tracks: HashMap<String, Instance<'w>>,
}

impl<'w> Scopes<'w> {
    /// The scopes of `items`, for a module that carries `metadata`.
    pub fn new(items: &'w IndexMap<ExternName, Item>, metadata: &[Metadata]) -> Self {
        let own = |name: &ExternName| {
            let components = metadata.iter().map(|metadata| &metadata.world.component);
            components.into_iter().any(|own| own.imports.contains_key(name) || own.exports.contains_key(name))
        };
        let mut scopes = Self::default();
        for (name, item) in items {
            let Some(id) = item.kind.instance() else { continue };
            scopes.named.insert(name.to_string(), (name, id));
            let best = scopes.tracks.entry(canonical(name)).or_insert((name, id));
            let rank = |name: &'w ExternName| (own(name), package(name).and_then(|package| package.version.as_ref()));
            if rank(best.0) < rank(name) {
                *best = (name, id);
            }
        }
        scopes
    }

    /// The scope that the module name of a core import, or an export's name, means.
    pub fn find(&self, scope: Scope<'_>) -> Option<Found<'w>> {
        let found = match scope {
            Scope::Root => return Some(Found::World),
            Scope::Canonical(text) => self.tracks.get(text),
            Scope::Named(text) => self.named.get(text).or_else(|| {
                let name = ExternName::Interface(InterfaceName::parse(text)?);
                self.tracks.get(&canonical(&name))
            }),
        };
        found.map(|(name, id)| Found::Instance(name, *id))
    }
}

impl Found<'_> {
    pub fn scope_name(self) -> Option<ExternName> {
        match self {
            Self::World => None,
            Self::Instance(name, _) => Some(name.clone()),
        }
    }
}

fn package(name: &ExternName) -> Option<&PackageName> {
    match name {
        ExternName::Interface(name) => Some(&name.package),
        ExternName::Label(_)
        | ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_) => None,
    }
}
