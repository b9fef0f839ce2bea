//! The world as Go: every name final, every choice made.
//!
//! In: `Bindings` and options. Out: `Model`, which `print` lays out without deciding anything.
//! Holds: names from WIT never meet generated ones: private names of ours have a capital letter within, names of
//! packages have none, and generated locals are declared after the parameters they share a scope with.

mod definitions;
pub mod docs;
pub mod funcs;
pub mod go_type;
pub mod names;
pub mod packages;
mod reach;
pub mod transfers;

use std::collections::{HashMap, HashSet};

use bindgen::{Bindings, Interface, NamedTypeKind, Role, Scope};
use types::{Kind, ResourceId, TypeId, ValType};

pub use definitions::{Case, Definition, Member, Repr, Shape};
pub use docs::Docs;
pub use funcs::{GoFunc, Outcome};
pub use go_type::View;
pub use packages::Package;
use transfers::{Declarations, Transfers};

use crate::Options;

/// Everything that is decided once for the whole world.
pub struct Model<'t> {
    pub bindings: &'t Bindings<'t>,
    /// The import path of the folder of the bindings.
    pub module: String,
    pub packages: Vec<Package<'t>>,
    /// Where a type is declared, and under which name; an alias is declared like any other type.
    types: HashMap<TypeId, (usize, String)>,
    resources: HashMap<ResourceId, Declared>,
    /// Other names of resources, by the package that has them.
    resource_aliases: HashMap<(usize, ResourceId), String>,
    /// Names of aliases that are no definitions of their own.
    plain_aliases: HashMap<(usize, String), String>,
    /// What the fields, constants or case types of a type are called, in the order of the WIT.
    members: HashMap<TypeId, Vec<String>>,
    /// Names that a package has given out.
    scopes: Vec<Scope>,
    /// Something in the world waits: the package `task` is there.
    pub is_asynchronous: bool,
    /// Streams and futures that functions pass.
    pub transfers: Transfers<'t>,
    /// Definitions that are Go errors.
    errors: HashSet<TypeId>,
}

/// A resource that is declared in a package.
#[derive(Clone, Debug)]
pub struct Declared {
    pub package: usize,
    pub name: String,
    pub role: Role,
    /// What its table is called, if the guest implements it: a public name only where other packages need it.
    pub table: String,
}

pub fn model<'t>(bindings: &'t Bindings<'t>, options: &Options) -> Model<'t> {
    let packages = packages::packages(bindings);
    let scopes = packages.iter().map(top_scope).collect();
    let mut model = Model {
        bindings,
        module: options.module.clone(),
        packages,
        types: HashMap::new(),
        resources: HashMap::new(),
        resource_aliases: HashMap::new(),
        plain_aliases: HashMap::new(),
        members: HashMap::new(),
        scopes,
        is_asynchronous: transfers::is_asynchronous(bindings),
        transfers: Transfers::default(),
        errors: errors(bindings),
    };
    for package in 0..model.packages.len() {
        model.declare_types(package);
    }
    for package in 0..model.packages.len() {
        model.declare_members(package);
        model.declare_transfers(package);
    }
    model.declare_tables();
    model
}

/// What a package always has.
fn top_scope(package: &Package<'_>) -> Scope {
    let mut scope = Scope::new(names::KEYWORDS);
    if package.exports.is_some() || package.is_world {
        ["Guest", "SetGuest", "Export"].into_iter().for_each(|name| scope.reserve(name));
    }
    scope
}

/// Definitions that are Go errors: those that a function of their own interface fails with, and those that are called
/// an error. It depends on nothing else, so that worlds share the package of an interface.
fn errors(bindings: &Bindings<'_>) -> HashSet<TypeId> {
    let interfaces = bindings.imports.iter().chain(&bindings.exports);
    interfaces.flat_map(|interface| interface_errors(bindings, interface)).collect()
}

fn interface_errors<'b>(bindings: &'b Bindings<'_>, interface: &'b Interface<'_>) -> impl Iterator<Item = TypeId> + 'b {
    let results = interface.funcs.iter().filter_map(|func| func.ty.result);
    let failures = results.filter_map(|result| {
        let Kind::Result { err, .. } = bindings.types.kind(result) else { return None };
        definition(bindings, err?)
    });
    let failures: HashSet<TypeId> = failures.collect();
    interface.types.iter().filter_map(move |ty| match ty.kind {
        NamedTypeKind::Defined(id) => (failures.contains(&id) || is_called_error(ty.name)).then_some(id),
        NamedTypeKind::Alias { .. } | NamedTypeKind::Resource(_) | NamedTypeKind::ResourceAlias(_) => None,
    })
}

/// Words for what a function fails with.
const ERROR_WORDS: [&str; 6] = ["errno", "error", "exception", "failure", "fault", "problem"];

/// `error`, `stream-failure`, `error-code`.
fn is_called_error(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix("-code").unwrap_or(&name);
    name.rsplit('-').next().is_some_and(|last| ERROR_WORDS.contains(&last))
}

/// The record, variant, enum or flags type that a type is.
pub fn definition(bindings: &Bindings<'_>, ty: ValType) -> Option<TypeId> {
    let ValType::Def(id) = bindings.types.unaliased(ty) else { return None };
    let is_definition =
        matches!(bindings.types.kind(ty), Kind::Record(_) | Kind::Variant(_) | Kind::Enum(_) | Kind::Flags(_));
    is_definition.then_some(id)
}

/// The types that a type is made of, one step in.
pub fn parts(kind: Kind<'_>) -> Vec<ValType> {
    match kind {
        Kind::Record(fields) => fields.iter().map(|field| field.ty).collect(),
        Kind::Variant(cases) => cases.iter().filter_map(|case| case.ty).collect(),
        Kind::Flags(_) | Kind::Enum(_) => Vec::new(),
        Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 => Vec::new(),
        Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::String | Kind::ErrorContext => Vec::new(),
        Kind::List(element) | Kind::FixedList(element, _) | Kind::Option(element) => vec![element],
        Kind::Map(key, value) => vec![key, value],
        Kind::Tuple(parts) => parts.to_vec(),
        Kind::Result { ok, err } => ok.into_iter().chain(err).collect(),
        Kind::Own(_) | Kind::Borrow(_) => Vec::new(),
        Kind::Stream(payload) | Kind::Future(payload) => payload.into_iter().collect(),
    }
}

impl<'t> Model<'t> {
    /// A view from a package, which notes what it imports.
    pub fn view(&self, package: usize) -> View<'_, 't> {
        View::new(self, package)
    }

    pub fn resource(&self, id: ResourceId) -> &Declared {
        self.resources.get(&id).expect("`unsupported` refuses resources that no interface declares")
    }

    /// Go names of a record's fields, an enum's or flags' constants, a variant's case types.
    pub fn members(&self, id: TypeId) -> &[String] {
        self.members.get(&id).expect("every definition has its members' names")
    }

    /// Whether the type is a Go `error`.
    pub fn is_error(&self, id: TypeId) -> bool {
        self.errors.contains(&id)
    }

    /// Types take their names before functions and members do.
    fn declare_types(&mut self, package: usize) {
        for interface in self.packages[package].interfaces() {
            for ty in &interface.types {
                let name = self.scopes[package].declare(names::upper(ty.name));
                match ty.kind {
                    NamedTypeKind::Defined(id) | NamedTypeKind::Alias { id: Some(id), .. } => {
                        self.types.insert(id, (package, name));
                    }
                    NamedTypeKind::Alias { id: None, .. } => {
                        self.plain_aliases.insert((package, ty.name.to_owned()), name);
                    }
                    NamedTypeKind::Resource(id) => {
                        self.resources
                            .insert(id, Declared { package, name, role: interface.role, table: String::new() });
                    }
                    NamedTypeKind::ResourceAlias(id) => {
                        self.resource_aliases.insert((package, id), name.clone());
                        self.plain_aliases.insert((package, ty.name.to_owned()), name);
                    }
                }
            }
        }
    }

    /// Functions that stand alone take their names after the types, then what is named after types.
    fn declare_members(&mut self, package: usize) {
        for interface in self.packages[package].interfaces() {
            for ty in &interface.types {
                if let NamedTypeKind::Defined(id) = ty.kind {
                    let names = self.member_names(package, id);
                    self.members.insert(id, names);
                }
            }
        }
    }

    fn declare_transfers(&mut self, package: usize) {
        let named = Declarations { types: &self.types, resources: &self.resources };
        for interface in self.packages[package].interfaces() {
            let scope = &mut self.scopes[package];
            self.transfers.declare(package, interface, self.bindings.types, &named, scope);
        }
    }

    /// Tables take their names last. A private one has `_` within, as no name from WIT has.
    fn declare_tables(&mut self) {
        let shared = reach::shared_resources(self);
        for interface in self.packages.iter().flat_map(Package::interfaces) {
            for ty in &interface.types {
                let NamedTypeKind::Resource(id) = ty.kind else { continue };
                let Some(declared) = self.resources.get_mut(&id) else { continue };
                declared.table = if shared.contains(&id) {
                    self.scopes[declared.package].declare(format!("{}Table", declared.name))
                } else {
                    format!("table_{}", declared.name)
                };
            }
        }
    }

    fn member_names(&mut self, package: usize, id: TypeId) -> Vec<String> {
        let of = self.types[&id].1.clone();
        let scope = &mut self.scopes[package];
        let mut outside = |label: &str| scope.declare(of.clone() + &names::upper(label));
        let kind = self.bindings.types.kind(ValType::Def(id));
        if let Kind::Variant(cases) = kind {
            return cases.iter().map(|case| outside(&case.name)).collect();
        }
        if let Kind::Enum(cases) | Kind::Flags(cases) = kind {
            return cases.iter().map(|case| outside(&case.name)).collect();
        }
        let Kind::Record(fields) = kind else { unreachable!("a definition is a record, variant, enum or flags type") };
        let mut inside = Scope::new(&[]);
        if self.errors.contains(&id) {
            inside.reserve("Error");
        }
        fields.iter().map(|field| inside.declare(names::upper(&field.name))).collect()
    }
}
