//! Which packages a package needs, and what it calls them.
//!
//! Holds: two packages that are needed in one file have different names there, and none has the name of one of the
//! standard library's or of ours; an interface keeps its own name if it can.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use bindgen::{Interface, NamedTypeKind, Scope};
use types::{Kind, ResourceId, ValType};

use super::{Model, names};

/// The names under which a package imports others, by their index.
pub fn import_names(model: &Model<'_>, here: usize) -> BTreeMap<usize, String> {
    named(model, needed(model, here))
}

/// The names under which a program beside the packages imports them.
pub fn all_names(model: &Model<'_>) -> BTreeMap<usize, String> {
    named(model, (0..model.packages.len()).collect())
}

fn named(model: &Model<'_>, packages: BTreeSet<usize>) -> BTreeMap<usize, String> {
    let mut scope = Scope::new(names::KEYWORDS);
    names::PREDECLARED.iter().chain(names::IMPORTED).for_each(|name| scope.reserve(*name));
    let mut out = BTreeMap::new();
    for package in packages {
        let folder = &model.packages[package].folder;
        let parts: Vec<String> =
            folder.split('/').map(|part| part.chars().filter(char::is_ascii_alphanumeric).collect()).collect();
        let joined = (0..parts.len()).rev().map(|from| parts[from..].concat());
        let numbered = (2..).map(|count: u32| format!("{}{count}", parts.concat()));
        let name = joined.chain(numbered).find(|name| scope.is_free(name)).expect("numbers do not end");
        scope.reserve(&name);
        out.insert(package, name);
    }
    out
}

/// Resources that functions of other packages than their own pass.
pub fn shared_resources(model: &Model<'_>) -> HashSet<ResourceId> {
    let mut found = HashSet::new();
    for (here, package) in model.packages.iter().enumerate() {
        let mut walk = Walk::new(model);
        package.interfaces().for_each(|interface| walk.funcs(interface));
        found.extend(walk.resources.into_iter().filter(|id| model.resource(*id).package != here));
    }
    found
}

/// Packages that declare something which the package's own items reach.
fn needed(model: &Model<'_>, here: usize) -> BTreeSet<usize> {
    let mut walk = Walk::new(model);
    let package = &model.packages[here];
    for interface in package.interfaces() {
        walk.funcs(interface);
        for ty in &interface.types {
            match ty.kind {
                NamedTypeKind::Defined(id) => walk.value(ValType::Def(id)),
                NamedTypeKind::Alias { id, target } => {
                    id.into_iter().for_each(|id| walk.value(ValType::Def(id)));
                    walk.value(target);
                }
                NamedTypeKind::Resource(id) | NamedTypeKind::ResourceAlias(id) => walk.resource(id),
            }
        }
    }
    if package.is_world {
        walk.found.extend((0..model.packages.len()).filter(|index| model.packages[*index].has_guest()));
    }
    walk.found.remove(&here);
    walk.found
}

struct Walk<'m, 't> {
    model: &'m Model<'t>,
    seen: HashSet<ValType>,
    found: BTreeSet<usize>,
    resources: HashSet<ResourceId>,
}

impl<'m, 't> Walk<'m, 't> {
    fn new(model: &'m Model<'t>) -> Self {
        Self { model, seen: HashSet::new(), found: BTreeSet::new(), resources: HashSet::new() }
    }

    fn funcs(&mut self, interface: &Interface<'_>) {
        for func in &interface.funcs {
            func.ty.params.iter().map(|param| param.ty).chain(func.ty.result).for_each(|ty| self.value(ty));
        }
    }

    fn resource(&mut self, id: ResourceId) {
        self.resources.insert(id);
        self.found.insert(self.model.resource(id).package);
    }

    fn value(&mut self, ty: ValType) {
        if !self.seen.insert(ty) {
            return;
        }
        for ty in self.model.bindings.types.aliases(ty) {
            if let ValType::Def(id) = ty
                && let Some((package, _)) = self.model.types.get(&id)
            {
                self.found.insert(*package);
            }
        }
        let kind = self.model.bindings.types.kind(ty);
        if let Kind::Own(resource) | Kind::Borrow(resource) = kind {
            self.resource(resource);
        }
        super::parts(kind).into_iter().for_each(|part| self.value(part));
    }
}
