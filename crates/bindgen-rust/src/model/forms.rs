//! The Rust forms of types, as far as options choose them.
//!
//! In: a world, options, and what they choose. Out: for each type where it comes from.
//! Holds: types that come from elsewhere (`--with`) are imported ones.

use std::collections::{HashMap, HashSet};

use bindgen::{Bindings, Interface, NamedTypeKind, Role};
use types::{InstanceId, ResourceId, TypeId};

use super::merge;
use super::ownership::{self, Form};
use crate::options::check::Chosen;
use crate::options::selectors::Definition;
use crate::{Options, Ownership};

/// The name by which the root of the file knows the type of maps.
pub const MAP: &str = "__Map";

/// What holds for the whole file.
#[derive(Debug, Default)]
pub struct Forms {
    /// Strings are lists of bytes.
    pub raw_strings: bool,
    /// Flags are made by a macro of the user.
    pub own_flags: bool,
    /// The path of the users' type of maps.
    pub map: Option<String>,
    /// Types that are not generated here.
    foreign: HashSet<TypeId>,
    foreign_resources: HashSet<ResourceId>,
    /// Items that come from elsewhere: their path, and the name that the root of the file gives them.
    pub uses: Vec<(String, String)>,
    /// Types that are defined by another one, which they equal.
    same: Vec<(TypeId, TypeId)>,
    merged: HashMap<TypeId, TypeId>,
    pub ownership: Ownership,
    forms: HashMap<TypeId, Form>,
    interfaces: Vec<(InstanceId, String)>,
    types: Vec<(Definition, String)>,
}

impl Forms {
    pub fn new(bindings: &Bindings<'_>, options: &Options, chosen: &Chosen) -> Self {
        let mut forms = Self {
            raw_strings: options.raw_strings,
            own_flags: options.bitflags_path.is_some(),
            map: options.map_type.clone(),
            ownership: options.ownership,
            ..Self::default()
        };
        forms.uses.extend(options.map_type.iter().map(|path| (path.clone(), MAP.to_owned())));
        for (instance, path) in &chosen.interfaces {
            let name = format!("__with{}", forms.uses.len());
            forms.uses.push((path.clone(), name.clone()));
            forms.interfaces.push((*instance, name));
        }
        for (definition, path) in &chosen.types {
            let name = format!("__With{}", forms.uses.len());
            forms.uses.push((path.clone(), name.clone()));
            forms.types.push((*definition, name));
            forms.add_foreign(*definition);
        }
        for interface in &bindings.imports {
            if forms.module(interface).is_none() {
                continue;
            }
            for ty in &interface.types {
                match ty.kind {
                    NamedTypeKind::Defined(id) | NamedTypeKind::Alias { id: Some(id), .. } => {
                        forms.foreign.insert(id);
                    }
                    NamedTypeKind::Resource(id) => {
                        forms.foreign_resources.insert(id);
                    }
                    NamedTypeKind::Alias { id: None, .. } | NamedTypeKind::ResourceAlias(_) => {}
                }
            }
        }
        if options.merge_equal_types {
            forms.same = merge::equal_types(bindings, |id| forms.is_foreign(id));
            forms.merged = forms.same.iter().copied().collect();
        }
        forms.forms =
            ownership::forms(bindings, options.ownership, |id| forms.defined_by(id), |id| forms.is_foreign(id));
        forms
    }

    /// The type whose definition a type has: itself, unless it equals an earlier one.
    pub fn defined_by(&self, id: TypeId) -> TypeId {
        self.merged.get(&id).copied().unwrap_or(id)
    }

    /// The types that are defined by another one, with that one.
    pub fn merged(&self) -> impl Iterator<Item = (TypeId, TypeId)> {
        self.same.iter().copied()
    }

    /// A type, then those that it defines as well, in the order of the world.
    pub fn defines(&self, id: TypeId) -> Vec<TypeId> {
        let others = self.same.iter().filter(|(_, first)| *first == id).map(|(other, _)| *other);
        std::iter::once(id).chain(others).collect()
    }

    /// The forms of a type.
    pub fn form(&self, id: TypeId) -> Form {
        self.forms.get(&id).copied().unwrap_or(Form::Owned)
    }

    fn add_foreign(&mut self, definition: Definition) {
        match definition {
            Definition::Value(id) => self.foreign.insert(id),
            Definition::Resource(id) => self.foreign_resources.insert(id),
        };
    }

    /// The name at the root of the module that an interface comes from, if it is not generated.
    pub fn module(&self, interface: &Interface<'_>) -> Option<&str> {
        let known = self.interfaces.iter().find(|(id, _)| interface.instance == Some(*id));
        known.filter(|_| interface.role == Role::Import).map(|(_, name)| name.as_str())
    }

    /// The name at the root of a type that comes from elsewhere by itself.
    pub fn ty(&self, definition: Definition) -> Option<&str> {
        self.types.iter().find(|(known, _)| *known == definition).map(|(_, name)| name.as_str())
    }

    pub fn is_foreign(&self, id: TypeId) -> bool {
        self.foreign.contains(&id)
    }

    pub fn is_foreign_resource(&self, id: ResourceId) -> bool {
        self.foreign_resources.contains(&id)
    }
}
