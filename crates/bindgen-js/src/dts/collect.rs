//! From a world to the model.
//!
//! In: a world. Out: `Model`.
//! Holds: names of values are chosen in the order of the WIT, as the runtime has them; names of types give way to them,
//! names that are ours to both.

use std::collections::{HashMap, HashSet};

use bindgen::{Role, Scope};
use indexmap::IndexMap;
use types::name::AccessorOf;
use types::{Decl, ExternName, InstanceId, Item, ItemKind, Owner, ResourceId, TypeId, Types, ValType, World};

use super::model::{Entry, EntryKind, Member, Model, Module, ModuleId, Party, ROOT, Side};
use crate::{export_names, names};

/// What a component is called that says no name.
const COMPONENT: &str = "root:component/root";

pub fn model<'t>(types: &'t Types, world: &'t World, side: Side, name: &str) -> Model<'t> {
    let mut id = format!("{}:{}/{}", world.package.namespace, world.package.name, world.name);
    if let Some(version) = &world.package.version {
        id = format!("{id}@{version}");
    }
    let root = Module {
        specifier: if id == COMPONENT { name.to_owned() } else { id.clone() },
        id,
        role: Role::Export,
        decl: &world.decl,
        file: name.to_owned(),
        entries: Vec::new(),
        scope: locals(),
    };
    let model = Model {
        types,
        world,
        side,
        waits: false,
        name: name.to_owned(),
        modules: vec![root],
        defined: HashMap::new(),
        resources: HashMap::new(),
        owners: HashMap::new(),
        hidden: Vec::new(),
    };
    let mut collect = Collect { model, instances: Vec::new(), module_of: HashMap::new(), exported: exports(world) };
    collect.find_modules();
    collect.declare_all();
    collect.model
}

/// The exports, in order, with the names that the runtime has for them: none for what has no value of its own.
pub fn exports(world: &World) -> IndexMap<&ExternName, Vec<String>> {
    let exports = &world.component.exports;
    let names = export_names(exports.iter().map(|(name, item)| (name, sort(item.kind))));
    exports.keys().zip(names).collect()
}

fn sort(kind: ItemKind) -> names::Sort {
    match kind {
        ItemKind::Func(_) => names::Sort::Func,
        ItemKind::Resource(_) => names::Sort::Class,
        ItemKind::Instance(_) => names::Sort::Object,
        ItemKind::Type(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => names::Sort::Nothing,
    }
}

/// An empty scope of a file's own names.
fn locals() -> Scope {
    let mut scope = Scope::new(names::RESERVED);
    // All that a file's own names may hide is written behind it.
    scope.reserve("globalThis");
    scope
}

/// An interface among imports or exports.
struct Found {
    role: Role,
    path: Vec<ExternName>,
    id: InstanceId,
    module: ModuleId,
}

struct Collect<'t> {
    model: Model<'t>,
    instances: Vec<Found>,
    /// The module of each.
    module_of: HashMap<(Role, Vec<ExternName>), ModuleId>,
    /// What the exports of the world are called at run time.
    exported: IndexMap<&'t ExternName, Vec<String>>,
}

impl<'t> Collect<'t> {
    /// Gives a module, a file and a specifier to each interface.
    fn find_modules(&mut self) {
        let types = self.model.types;
        let component = &self.model.world.component;
        for (role, items) in [(Role::Import, &component.imports), (Role::Export, &component.exports)] {
            find_instances(types, role, &[], items, &mut self.instances);
        }
        let files = file_names(&self.model, &self.instances);
        let specifiers = specifiers(&self.model, &self.instances);
        for ((found, file), specifier) in self.instances.iter_mut().zip(files).zip(specifiers) {
            found.module = self.model.modules.len();
            self.module_of.insert((found.role, found.path.clone()), found.module);
            self.model.modules.push(Module {
                id: path_text(&found.path),
                role: found.role,
                decl: &types.instance(found.id).decl,
                file,
                specifier,
                entries: Vec::new(),
                scope: locals(),
            });
        }
    }

    fn declare_all(&mut self) {
        let component = &self.model.world.component;
        // What is exported has its names at run time; what is imported has only types here.
        self.scope(ROOT, Role::Export, Owner::World, &component.exports, &[]);
        self.scope(ROOT, Role::Import, Owner::World, &component.imports, &[]);
        for at in 0..self.instances.len() {
            let Found { role, id, module, .. } = self.instances[at];
            let path = self.instances[at].path.clone();
            self.scope(module, role, Owner::Instance(id), &self.model.types.instance(id).exports, &path);
        }
        self.mark_definitions();
        let hidden = self.model.modules.iter().map(|module| {
            let names: HashSet<String> = module.entries.iter().map(|entry| entry.local.clone()).collect();
            names
        });
        self.model.hidden = hidden.collect();
    }

    /// Declares the items of one scope: values, then types.
    fn scope(
        &mut self,
        module: ModuleId,
        role: Role,
        owner: Owner,
        items: &'t IndexMap<ExternName, Item>,
        path: &[ExternName],
    ) {
        let is_component = owner == Owner::World && role == Role::Export;
        let mut public = Scope::new(if is_component { names::OF_COMPONENT } else { &[] });
        let mut entries = Vec::new();
        let (interfaces, others): (Vec<_>, Vec<_>) =
            items.iter().partition(|(name, _)| matches!(name, ExternName::Interface(_)));
        for (name, item) in others.into_iter().chain(interfaces) {
            self.value(module, role, items, path, (name, item), &mut public, &mut entries);
        }
        for (name, item) in items {
            let (ExternName::Label(label), ItemKind::Type(ty)) = (name, item.kind) else { continue };
            if module == ROOT && role == Role::Import && self.is_exported_name_of(label, ty) {
                continue;
            }
            let local = self.model.modules[module].scope.declare(names::class(label));
            if let ValType::Def(id) = ty {
                let def = self.model.types.def(id);
                if def.owner == owner && def.name.as_deref() == Some(label) {
                    self.model.defined.entry(id).or_insert_with(|| (module, local.clone()));
                }
            }
            let kind = EntryKind::Type { ty, is_definition: false };
            entries.push((label_place(items, name), entry(role, local.clone(), local, &item.decl, kind)));
        }
        entries.sort_by_key(|(place, _)| *place);
        self.model.modules[module].entries.extend(entries.into_iter().map(|(_, entry)| entry));
    }

    /// Whether the world exports this type under this name, so that one declaration is enough.
    fn is_exported_name_of(&self, label: &str, ty: ValType) -> bool {
        let exported = self.model.world.component.exports.get(&ExternName::label(label)).map(|item| item.kind);
        matches!(exported, Some(ItemKind::Type(found)) if found == ty)
    }

    /// The names of an export, as the runtime has them.
    fn exported_names(&self, role: Role, name: &ExternName) -> Vec<String> {
        let exported = self.exported.get(name).filter(|_| role == Role::Export);
        exported.cloned().unwrap_or_default()
    }

    /// Declares what a program has at run time.
    #[expect(clippy::too_many_arguments, reason = "the scope, the item in it, and the names so far")]
    fn value(
        &mut self,
        module: ModuleId,
        role: Role,
        items: &'t IndexMap<ExternName, Item>,
        path: &[ExternName],
        (name, item): (&'t ExternName, &'t Item),
        public: &mut Scope,
        entries: &mut Vec<(usize, Entry<'t>)>,
    ) {
        let place = label_place(items, name);
        let mut add = |collect: &mut Self, wish: String, kind| {
            let public = public.declare(wish);
            let local = collect.model.modules[module].scope.declare(&*public);
            entries.push((place, entry(role, local, public, &item.decl, kind)));
        };
        match item.kind {
            ItemKind::Func(id) => {
                let ty = self.model.types.func(id);
                match name {
                    ExternName::Label(label) => add(self, names::member(label), EntryKind::Func { name, ty }),
                    ExternName::Accessor(accessor) if accessor.of == AccessorOf::Scope => {
                        if let Some(kind) = self.variable(items, name, accessor, ty) {
                            add(self, names::member(&accessor.name), kind);
                        }
                    }
                    ExternName::Constructor(_)
                    | ExternName::Method(..)
                    | ExternName::Static(..)
                    | ExternName::Accessor(_)
                    | ExternName::Interface(_) => {}
                }
            }
            ItemKind::Resource(resource) => {
                let ExternName::Label(label) = name else { return };
                self.resource(module, role, items, (label, item, resource), public, entries, place);
            }
            ItemKind::Instance(_) => {
                let inner: Vec<ExternName> = path.iter().chain([name]).cloned().collect();
                let Some(&inner) = self.module_of.get(&(role, inner)) else { return };
                if module != ROOT {
                    return add(self, names::function(name), EntryKind::Namespace(inner));
                }
                // The short one first.
                let keys = self.exported_names(role, name).into_iter().rev().collect();
                let kind = EntryKind::Interface { module: inner, name, keys };
                entries.push((place, entry(role, String::new(), String::new(), &item.decl, kind)));
            }
            ItemKind::Type(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
        }
    }

    /// A getter with its setter, at the first of the two.
    fn variable(
        &self,
        items: &'t IndexMap<ExternName, Item>,
        name: &'t ExternName,
        accessor: &types::Accessor,
        func: &'t types::FuncType,
    ) -> Option<EntryKind<'t>> {
        let twin = types::Accessor { set: !accessor.set, ..accessor.clone() };
        let twin = items.get_index_of(&ExternName::Accessor(twin));
        if accessor.set && twin.is_some() {
            return None;
        }
        let ty = if accessor.set { func.params.last().map(|param| param.ty) } else { func.result };
        Some(EntryKind::Variable { ty: ty?, writable: accessor.set || twin.is_some(), name, func })
    }

    #[expect(clippy::too_many_arguments, reason = "the scope, the item in it, and the names so far")]
    fn resource(
        &mut self,
        module: ModuleId,
        role: Role,
        items: &'t IndexMap<ExternName, Item>,
        (label, item, resource): (&'t str, &'t Item, ResourceId),
        public: &mut Scope,
        entries: &mut Vec<(usize, Entry<'t>)>,
        place: usize,
    ) {
        let funcs = members(self.model.types, items, label);
        let is_declared = !self.model.owners.contains_key(&resource);
        let scope = &mut self.model.modules[module].scope;
        let (local, public, kind) = if is_declared || !funcs.is_empty() {
            let public = public.declare(names::class(label));
            (scope.declare(&*public), public, EntryKind::Class { funcs })
        } else {
            let local = scope.declare(names::class(label));
            (local.clone(), local, EntryKind::ResourceAlias(resource))
        };
        self.model.owners.entry(resource).or_insert(module);
        self.model.resources.entry((module, resource)).or_insert_with(|| local.clone());
        entries.push((place, entry(role, local, public, &item.decl, kind)));
    }

    /// Says of each name of a type whether it is the definition.
    fn mark_definitions(&mut self) {
        for (at, module) in self.model.modules.iter_mut().enumerate() {
            for entry in &mut module.entries {
                if let EntryKind::Type { ty, is_definition } = &mut entry.kind {
                    let is_here = |id: TypeId| {
                        self.model.defined.get(&id).is_none_or(|(module, name)| *module == at && *name == entry.local)
                    };
                    // A name for a primitive type is all there is of it.
                    *is_definition = if let ValType::Def(id) = ty { is_here(*id) } else { true };
                }
            }
        }
    }
}

fn entry<'t>(role: Role, local: String, public: String, decl: &'t Decl, kind: EntryKind<'t>) -> Entry<'t> {
    Entry { role, local, public, decl, kind }
}

/// Where a declaration stands in the WIT.
fn label_place(items: &IndexMap<ExternName, Item>, name: &ExternName) -> usize {
    items.get_index_of(name).unwrap_or_default()
}

/// The functions of a resource, in order, with the names that the class has for them.
fn members<'t>(types: &'t Types, items: &'t IndexMap<ExternName, Item>, label: &str) -> Vec<Member<'t>> {
    let funcs = items.iter().filter(|(name, _)| name.resource() == Some(label));
    let funcs: Vec<_> = funcs
        .filter_map(|(name, item)| match item.kind {
            ItemKind::Func(id) => Some((name, item, types.func(id))),
            ItemKind::Instance(_)
            | ItemKind::Type(_)
            | ItemKind::Resource(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => None,
        })
        .collect();
    let publics = names::class_members(funcs.iter().map(|(name, ..)| *name));
    let members = funcs.into_iter().zip(publics);
    members.map(|((name, item, ty), public)| Member { name, public, ty, decl: &item.decl }).collect()
}

fn find_instances(
    types: &Types,
    role: Role,
    path: &[ExternName],
    items: &IndexMap<ExternName, Item>,
    found: &mut Vec<Found>,
) {
    for (name, item) in items {
        let ItemKind::Instance(id) = item.kind else { continue };
        let path: Vec<ExternName> = path.iter().chain([name]).cloned().collect();
        found.push(Found { role, path: path.clone(), id, module: ROOT });
        find_instances(types, role, &path, &types.instance(id).exports, found);
    }
}

fn path_text(path: &[ExternName]) -> String {
    path.iter().map(ToString::to_string).collect::<Vec<_>>().join("#")
}

/// The path without versions, as a file is called.
fn stem(path: &[ExternName]) -> String {
    let part = |name: &ExternName| match name {
        ExternName::Interface(name) => {
            format!("{}-{}-{}", name.package.namespace, name.package.name, name.interface)
        }
        ExternName::Label(_)
        | ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_) => name.to_string(),
    };
    path.iter().map(part).collect::<Vec<_>>().join(".")
}

fn version(path: &[ExternName]) -> Option<String> {
    path.iter().rev().find_map(|name| match name {
        ExternName::Interface(name) => name.package.version.as_ref().map(ToString::to_string),
        ExternName::Label(_)
        | ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_) => None,
    })
}

/// A file for each interface: `wasi-cli-run`; with the version where there are several, with `.import` or `.export`
/// for what is implemented where it is called, too.
fn file_names(model: &Model<'_>, instances: &[Found]) -> Vec<String> {
    // Some file systems do not tell capital letters from small ones.
    let mut scope = Scope::new(&[]);
    let mut versions: HashMap<String, HashSet<Option<String>>> = HashMap::new();
    for found in instances {
        versions.entry(stem(&found.path)).or_default().insert(version(&found.path));
    }
    let twins = twins(instances);
    let names = instances.iter().map(|found| {
        let base = stem(&found.path);
        let version = (versions[&base].len() > 1).then(|| version(&found.path)).flatten();
        let twin = twins.contains(found.path.as_slice());
        let suffix = match (twin && model.party(found.role) == Party::Implementer, found.role) {
            (false, _) => "",
            (true, Role::Import) => ".import",
            (true, Role::Export) => ".export",
        };
        let wish = format!("{base}{}{suffix}", version.map(|version| format!("@{version}")).unwrap_or_default());
        let unique = scope.declare(wish.to_ascii_lowercase());
        format!("{wish}{}", &unique[wish.len()..])
    });
    names.collect()
}

/// What a guest imports each interface by; what it implements has `#export` behind it where it imports it as well.
fn specifiers(model: &Model<'_>, instances: &[Found]) -> Vec<String> {
    let twins = twins(instances);
    let specifier = |found: &Found| {
        let is_taken = model.party(found.role) == Party::Implementer && twins.contains(found.path.as_slice());
        format!("{}{}", path_text(&found.path), if is_taken { "#export" } else { "" })
    };
    instances.iter().map(specifier).collect()
}

/// What is imported as well as exported.
fn twins(instances: &[Found]) -> HashSet<&[ExternName]> {
    let imported = instances.iter().filter(|found| found.role == Role::Import);
    let imported: HashSet<&[ExternName]> = imported.map(|found| found.path.as_slice()).collect();
    let exported = instances.iter().filter(|found| found.role == Role::Export).map(|found| found.path.as_slice());
    exported.filter(|path| imported.contains(path)).collect()
}
