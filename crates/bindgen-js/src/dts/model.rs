//! What the files say, with all names chosen.
//!
//! Holds: the root stands first in `modules`; a type or resource is declared in one module and known to the others by
//! the name that it has there.

use std::collections::{HashMap, HashSet};

use bindgen::Role;
use types::{Decl, ExternName, FuncType, ResourceId, TypeId, Types, ValType, World};

use crate::names;

/// Who reads the types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Whoever instantiates the component.
    Host,
    /// Whoever writes it.
    Guest,
}

/// What the reader of a module does with its functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// Calls them.
    Caller,
    /// Implements them.
    Implementer,
}

/// Which of `Model::modules`.
pub type ModuleId = usize;

/// The world itself.
pub const ROOT: ModuleId = 0;

/// A place that has no declarations of its own.
pub const NOWHERE: ModuleId = usize::MAX;

pub struct Model<'t> {
    pub types: &'t Types,
    pub world: &'t World,
    pub side: Side,
    /// Whether core functions of the component may wait, so that synchronous exports may return promises.
    pub waits: bool,
    /// The world's file is `name.d.ts`.
    pub name: String,
    pub modules: Vec<Module<'t>>,
    /// Where a value type is defined, and its name there.
    pub defined: HashMap<TypeId, (ModuleId, String)>,
    /// What a module calls a resource.
    pub resources: HashMap<(ModuleId, ResourceId), String>,
    /// The module that declares a resource.
    pub owners: HashMap<ResourceId, ModuleId>,
    /// Globals that a module's own declarations hide.
    pub hidden: Vec<HashSet<String>>,
}

/// What stands in one file: an interface, or the root.
pub struct Module<'t> {
    /// `a:b/c@1.0.0`, or the path of labels to it.
    pub id: String,
    pub role: Role,
    pub decl: &'t Decl,
    /// The file below `interfaces/`, without `.d.ts`.
    pub file: String,
    /// What a guest imports it by.
    pub specifier: String,
    /// In the order of the WIT; of the root both sides.
    pub entries: Vec<Entry<'t>>,
    /// Names of the module that generated ones must not meet.
    pub scope: bindgen::Scope,
}

/// One declaration.
pub struct Entry<'t> {
    pub role: Role,
    /// The name that the declaration has in the file.
    pub local: String,
    /// The name that the reader's program has for it.
    pub public: String,
    pub decl: &'t Decl,
    pub kind: EntryKind<'t>,
}

pub enum EntryKind<'t> {
    /// A record, variant, enum or flags type, or a name for another type.
    Type {
        ty: ValType,
        is_definition: bool,
    },
    Class {
        funcs: Vec<Member<'t>>,
    },
    /// A resource that another module declares.
    ResourceAlias(ResourceId),
    Func {
        name: &'t ExternName,
        ty: &'t FuncType,
    },
    /// A getter, a setter or both, as a variable.
    Variable {
        ty: ValType,
        writable: bool,
        name: &'t ExternName,
        func: &'t FuncType,
    },
    /// An instance inside of an instance.
    Namespace(ModuleId),
    /// An interface of the world, and the names that it is exported under.
    Interface {
        module: ModuleId,
        name: &'t ExternName,
        keys: Vec<String>,
    },
}

/// A function of a resource.
pub struct Member<'t> {
    pub name: &'t ExternName,
    /// As the class has it.
    pub public: String,
    pub ty: &'t FuncType,
    pub decl: &'t Decl,
}

impl Model<'_> {
    /// What the reader does with an item of this role.
    pub fn party(&self, role: Role) -> Party {
        match (self.side, role) {
            (Side::Host, Role::Import) | (Side::Guest, Role::Export) => Party::Implementer,
            (Side::Host, Role::Export) | (Side::Guest, Role::Import) => Party::Caller,
        }
    }

    /// A global as this module can write it.
    pub fn global(&self, module: ModuleId, name: &str) -> String {
        if self.hidden.get(module).is_some_and(|names| names.contains(name)) {
            format!("globalThis.{name}")
        } else {
            name.to_owned()
        }
    }

    /// The name of a value type in a module; nothing if it has to be written out.
    pub fn type_name(&self, here: ModuleId, id: TypeId) -> Option<String> {
        let (module, name) = self.defined.get(&id)?;
        Some(self.name_of(here, *module, name))
    }

    /// The name of a resource's class in a module.
    pub fn resource_name(&self, here: ModuleId, resource: ResourceId) -> String {
        if let Some(name) = self.resources.get(&(here, resource)) {
            return name.clone();
        }
        let owner = self.owners.get(&resource);
        let found = owner.and_then(|module| Some((*module, self.resources.get(&(*module, resource))?)));
        // A resource without a name on the outside: nothing is known of it but that it is an object.
        found.map_or_else(|| "object".to_owned(), |(module, name)| self.name_of(here, module, name))
    }

    pub fn name_of(&self, here: ModuleId, module: ModuleId, name: &str) -> String {
        if here == module { name.to_owned() } else { format!("import({}).{name}", self.specifier(here, module)) }
    }

    /// How a module names another one: a string literal.
    pub fn specifier(&self, here: ModuleId, module: ModuleId) -> String {
        let to = &self.modules[module];
        names::literal(&match self.side {
            Side::Guest => to.specifier.clone(),
            Side::Host if module == ROOT => format!("../{}.js", to.file),
            Side::Host if here == ROOT => format!("./interfaces/{}.js", to.file),
            Side::Host => format!("./{}.js", to.file),
        })
    }
}
