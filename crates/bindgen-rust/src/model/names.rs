//! Every public name of the file.
//!
//! In: bindings. Out: for each interface its module, for each type, resource and function its name.
//! Holds: a name is unique among the types, or the values, of its module; the shape is that of wit-bindgen:
//! `namespace::package::interface`, `exports::..` for what the guest implements, plain names at the root.

use std::collections::{HashMap, HashSet};

use bindgen::{Bindings, FuncKind, Interface, InterfaceKey, NamedType, NamedTypeKind, Role, Scope, case};
use types::{ExternName, InstanceId, PackageName, ResourceId, TypeId};

use super::forms::Forms;
use super::ident;
use super::ownership::Form;
use super::payloads::{FUTURES, RUNTIME, STREAMS};
use crate::options::selectors::Definition;

/// A module that holds an interface, or the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModuleId(usize);

#[derive(Debug)]
pub struct ModuleNames {
    /// Names from the root; empty for the root itself.
    pub path: Vec<String>,
    types: Scope,
    funcs: Scope,
}

/// What a resource is called.
#[derive(Clone, Debug)]
pub struct ResourceNames {
    pub module: ModuleId,
    pub role: Role,
    /// The type of its owned handle.
    pub own: String,
    /// The type of its borrowed handle, if the guest implements it.
    pub borrow: String,
    /// The trait that the guest implements for it.
    pub guest: String,
    pub handle: String,
    pub take_handle: String,
    pub from_handle: String,
}

#[derive(Debug)]
pub struct Names {
    modules: Vec<ModuleNames>,
    interfaces: HashMap<(Role, Option<InstanceId>), ModuleId>,
    types: HashMap<TypeId, (ModuleId, String)>,
    /// Of forms that borrow.
    params: HashMap<TypeId, (ModuleId, String)>,
    /// Of types that are merged with others.
    own_params: HashMap<TypeId, (ModuleId, String)>,
    named: HashMap<(ModuleId, String), String>,
    borrow_aliases: HashMap<(ModuleId, String), String>,
    resources: HashMap<ResourceId, ResourceNames>,
    funcs: HashMap<(Role, ModuleId, ExternName), String>,
}

impl Names {
    pub fn new(bindings: &Bindings<'_>, forms: &Forms) -> Self {
        let mut names = Self {
            modules: Vec::new(),
            interfaces: HashMap::new(),
            types: HashMap::new(),
            params: HashMap::new(),
            own_params: HashMap::new(),
            named: HashMap::new(),
            borrow_aliases: HashMap::new(),
            resources: HashMap::new(),
            funcs: HashMap::new(),
        };
        names.add_module(Vec::new());
        names.add_modules(bindings, forms);
        for interface in bindings.imports.iter().chain(&bindings.exports) {
            names.declare_types(interface, forms);
        }
        names.merge(forms);
        for interface in bindings.imports.iter().chain(&bindings.exports) {
            names.declare_resources(interface);
            names.declare_funcs(interface);
        }
        names
    }

    fn add_module(&mut self, path: Vec<String>) -> ModuleId {
        let mut types = ident::scope();
        types.reserve("Guest");
        self.modules.push(ModuleNames { path, types, funcs: ident::scope() });
        ModuleId(self.modules.len() - 1)
    }

    fn add_modules(&mut self, bindings: &Bindings<'_>, forms: &Forms) {
        let twice = packages_in_two_versions(bindings);
        let has_exports = bindings.exports.iter().any(|interface| interface.instance.is_some());
        let mut tree = Tree::new(super::payloads::is_asynchronous(bindings), has_exports);
        // Namespaces first: they are the more public names.
        let both = || bindings.imports.iter().chain(&bindings.exports);
        let generated = both().filter(|interface| forms.module(interface).is_none());
        generated.for_each(|interface| tree.declare_namespace(interface));
        for interface in both() {
            let path = match (forms.module(interface), interface.key) {
                (Some(elsewhere), _) => vec![elsewhere.to_owned()],
                (None, InterfaceKey::Root) => Vec::new(),
                (None, InterfaceKey::Label(_) | InterfaceKey::Name(_)) => tree.path(interface, &twice),
            };
            let id = if path.is_empty() { ModuleId(0) } else { self.add_module(path) };
            self.interfaces.insert((interface.role, interface.instance), id);
        }
    }

    fn declare_types(&mut self, interface: &Interface<'_>, forms: &Forms) {
        let module = self.module_of(interface);
        for ty in &interface.types {
            if let Some((definition, name)) = elsewhere(ty.kind, forms) {
                self.add_foreign(definition, name.to_owned(), (module, ty.name.to_owned()));
                continue;
            }
            let name = self.declare_type(module, ty, forms);
            match ty.kind {
                NamedTypeKind::Defined(id) | NamedTypeKind::Alias { id: Some(id), .. } => {
                    self.types.insert(id, (module, name));
                }
                NamedTypeKind::Resource(id) => self.add_resource(id, interface.role, module, name),
                NamedTypeKind::Alias { id: None, .. } | NamedTypeKind::ResourceAlias(_) => {}
            }
        }
    }

    /// The name of a type; if it has two forms, of the one that owns.
    fn declare_type(&mut self, module: ModuleId, ty: &NamedType<'_>, forms: &Forms) -> String {
        let camel = case::upper_camel(ty.name);
        let id = match ty.kind {
            NamedTypeKind::Defined(id) | NamedTypeKind::Alias { id: Some(id), .. } => Some(id),
            NamedTypeKind::Alias { id: None, .. } | NamedTypeKind::Resource(_) => None,
            NamedTypeKind::ResourceAlias(_) => None,
        };
        let form = id.map_or(Form::Owned, |id| forms.form(id));
        let scope = &mut self.modules[module.0].types;
        let (name, param) = match form {
            Form::Owned => (scope.declare(camel), None),
            Form::Borrowed => {
                let name = scope.declare(camel);
                (name.clone(), Some(name))
            }
            Form::Both => (scope.declare(format!("{camel}Result")), Some(scope.declare(format!("{camel}Param")))),
        };
        if let (Some(id), Some(param)) = (id, param) {
            self.params.insert(id, (module, param));
        }
        self.named.insert((module, ty.name.to_owned()), name.clone());
        name
    }

    /// Types that equal others go by their names.
    fn merge(&mut self, forms: &Forms) {
        for (one, other) in forms.merged() {
            self.own_params.extend(self.params.get(&one).cloned().map(|name| (one, name)));
            self.types.extend(self.types.get(&other).cloned().map(|name| (one, name)));
            self.params.extend(self.params.get(&other).cloned().map(|name| (one, name)));
        }
    }

    /// A type that the root knows by a private name.
    fn add_foreign(&mut self, definition: Definition, name: String, named: (ModuleId, String)) {
        self.named.insert(named, name.clone());
        match definition {
            Definition::Value(id) => drop(self.types.insert(id, (ModuleId(0), name))),
            Definition::Resource(id) => self.add_resource(id, Role::Import, ModuleId(0), name),
        }
    }

    fn add_resource(&mut self, id: ResourceId, role: Role, module: ModuleId, own: String) {
        let names = ResourceNames {
            module,
            role,
            own,
            borrow: String::new(),
            guest: String::new(),
            handle: String::new(),
            take_handle: String::new(),
            from_handle: String::new(),
        };
        self.resources.insert(id, names);
    }

    /// Names that follow from a resource's: they give way to what the WIT names itself.
    fn declare_resources(&mut self, interface: &Interface<'_>) {
        let module = self.module_of(interface);
        for ty in &interface.types {
            let types = &mut self.modules[module.0].types;
            match ty.kind {
                NamedTypeKind::Resource(id) if interface.role == Role::Export => {
                    let camel = case::upper_camel(ty.name);
                    let borrow = types.declare(format!("{camel}Borrow"));
                    let guest = types.declare(format!("Guest{camel}"));
                    let names = self.resources.get_mut(&id).expect("the types were declared before");
                    (names.borrow, names.guest) = (borrow, guest);
                }
                NamedTypeKind::ResourceAlias(id) if self.resources[&id].role == Role::Export => {
                    let borrow = types.declare(format!("{}Borrow", case::upper_camel(ty.name)));
                    self.borrow_aliases.insert((module, ty.name.to_owned()), borrow);
                }
                NamedTypeKind::Resource(_)
                | NamedTypeKind::ResourceAlias(_)
                | NamedTypeKind::Defined(_)
                | NamedTypeKind::Alias { .. } => {}
            }
        }
    }

    fn declare_funcs(&mut self, interface: &Interface<'_>) {
        let module = self.module_of(interface);
        let mut members: HashMap<ResourceId, Scope> = HashMap::new();
        // A trait of its own holds what the world itself exports.
        let mut guest = ident::scope();
        // Constructors keep `new`.
        let constructors = interface.funcs.iter().filter(|func| matches!(func.kind, FuncKind::Constructor(_)));
        let others = interface.funcs.iter().filter(|func| !matches!(func.kind, FuncKind::Constructor(_)));
        for func in constructors.chain(others) {
            let scope = match (func.kind.resource(), interface.role) {
                (Some(resource), _) => members.entry(resource).or_insert_with(ident::scope),
                (None, Role::Import) => &mut self.modules[module.0].funcs,
                (None, Role::Export) => &mut guest,
            };
            let name = scope.declare(ident::func(func.name));
            self.funcs.insert((interface.role, module, func.name.clone()), name);
        }
        for ty in &interface.types {
            if let NamedTypeKind::Resource(id) = ty.kind {
                let mut scope = match interface.role {
                    Role::Import => members.remove(&id).unwrap_or_else(ident::scope),
                    Role::Export => ident::scope(),
                };
                let names = self.resources.get_mut(&id).expect("the types were declared before");
                names.handle = scope.declare("handle");
                names.take_handle = scope.declare("take_handle");
                names.from_handle = scope.declare("from_handle");
            }
        }
    }

    pub fn module_of(&self, interface: &Interface<'_>) -> ModuleId {
        self.interfaces[&(interface.role, interface.instance)]
    }

    /// The module of the file itself.
    pub fn root(&self) -> ModuleId {
        ModuleId(0)
    }

    pub fn module(&self, id: ModuleId) -> &ModuleNames {
        &self.modules[id.0]
    }

    /// The path of an item from the root.
    pub fn path(&self, module: ModuleId, name: &str) -> String {
        let path: String = self.module(module).path.iter().map(|part| format!("{part}::")).collect();
        path + name
    }

    /// Where a named type stands; `None` if it has no name in the file.
    pub fn ty(&self, id: TypeId) -> Option<(ModuleId, &str)> {
        self.types.get(&id).map(|(module, name)| (*module, name.as_str()))
    }

    /// Where the form of a type stands that borrows what it holds.
    pub fn param(&self, id: TypeId) -> Option<(ModuleId, &str)> {
        self.params.get(&id).map(|(module, name)| (*module, name.as_str()))
    }

    /// The name of that form in the type's own module.
    pub fn own_param(&self, id: TypeId) -> Option<&str> {
        self.own_params.get(&id).or_else(|| self.params.get(&id)).map(|(_, name)| name.as_str())
    }

    /// The Rust name of a name in a module.
    pub fn named(&self, module: ModuleId, name: &str) -> &str {
        &self.named[&(module, name.to_owned())]
    }

    pub fn borrow_alias(&self, module: ModuleId, name: &str) -> Option<&str> {
        self.borrow_aliases.get(&(module, name.to_owned())).map(String::as_str)
    }

    pub fn resource(&self, id: ResourceId) -> &ResourceNames {
        &self.resources[&id]
    }

    pub fn func(&self, interface: &Interface<'_>, name: &ExternName) -> &str {
        &self.funcs[&(interface.role, self.module_of(interface), name.clone())]
    }
}

/// The definition, and the name at the root, of a type that comes from elsewhere by itself.
fn elsewhere(kind: NamedTypeKind, forms: &Forms) -> Option<(Definition, &str)> {
    let definition = match kind {
        NamedTypeKind::Defined(id) | NamedTypeKind::Alias { id: Some(id), .. } => Definition::Value(id),
        NamedTypeKind::Resource(id) => Definition::Resource(id),
        NamedTypeKind::Alias { id: None, .. } | NamedTypeKind::ResourceAlias(_) => return None,
    };
    Some((definition, forms.ty(definition)?))
}

impl ModuleNames {
    /// Whether a type of this module hides a name of Rust's prelude.
    pub fn hides(&self, name: &str) -> bool {
        !self.types.is_free(name)
    }
}

fn packages_in_two_versions(bindings: &Bindings<'_>) -> HashSet<(String, String)> {
    let mut first: HashMap<(String, String), &PackageName> = HashMap::new();
    let mut twice = HashSet::new();
    for interface in bindings.imports.iter().chain(&bindings.exports) {
        if let InterfaceKey::Name(name) = interface.key {
            let key = (name.package.namespace.clone(), name.package.name.clone());
            let seen = first.entry(key.clone()).or_insert(&name.package);
            if seen.version != name.package.version {
                twice.insert(key);
            }
        }
    }
    twice
}

/// Module names in use, by the path of the module around them.
#[derive(Default)]
struct Tree {
    scopes: HashMap<Vec<String>, Scope>,
    known: HashMap<(Vec<String>, String), String>,
}

impl Tree {
    /// `asynchronous`: the root has modules for streams and futures; `exports`: it has one for exported interfaces.
    fn new(asynchronous: bool, exports: bool) -> Self {
        let mut root = ident::root_modules();
        if asynchronous {
            [STREAMS, FUTURES, RUNTIME].into_iter().for_each(|name| root.reserve(name));
        }
        if exports {
            root.reserve("exports");
        }
        Self { scopes: HashMap::from([(Vec::new(), root)]), ..Self::default() }
    }

    fn base(interface: &Interface<'_>) -> Vec<String> {
        match interface.role {
            Role::Import => Vec::new(),
            Role::Export => vec!["exports".to_owned()],
        }
    }

    fn declare_namespace(&mut self, interface: &Interface<'_>) {
        if let InterfaceKey::Name(name) = interface.key {
            self.enter(Self::base(interface), &name.package.namespace, &name.package.namespace);
        }
    }

    fn path(&mut self, interface: &Interface<'_>, twice: &HashSet<(String, String)>) -> Vec<String> {
        let base = Self::base(interface);
        match interface.key {
            InterfaceKey::Root => base,
            InterfaceKey::Label(label) => self.enter(base, &format!("interface {label}"), label),
            InterfaceKey::Name(name) => {
                let package = &name.package;
                let namespace = self.enter(base, &package.namespace, &package.namespace);
                let versioned = twice.contains(&(package.namespace.clone(), package.name.clone()));
                let version = package.version.as_ref().filter(|_| versioned);
                let version = version.map(|version| version.to_string().replace(['.', '-', '+'], "_"));
                let wish = format!("{}{}", case::snake(&package.name), version.unwrap_or_default());
                let package = self.enter_as(namespace, &package.to_string(), wish);
                self.enter(package, &name.interface, &name.interface)
            }
        }
    }

    fn enter(&mut self, path: Vec<String>, key: &str, kebab: &str) -> Vec<String> {
        self.enter_as(path, key, case::snake(kebab))
    }

    /// The path of the module known as `key` below `path`.
    fn enter_as(&mut self, path: Vec<String>, key: &str, wish: String) -> Vec<String> {
        let name = match self.known.get(&(path.clone(), key.to_owned())) {
            Some(name) => name.clone(),
            None => {
                let name = self.scopes.entry(path.clone()).or_insert_with(ident::scope).declare(wish);
                self.known.insert((path.clone(), key.to_owned()), name.clone());
                name
            }
        };
        let mut path = path;
        path.push(name);
        path
    }
}
