//! Paths: interfaces and worlds of packages.
//!
//! In: `ns:pkg/item@1.0.0`, `"types.wit"/item`. Out: what it names.
//! Holds: the script's own package names what the script declared above.
//!
//! Specification: WAC, "Import Statements" (package paths).

use types::{ComponentType, ExternName, InterfaceName, Item, ItemKind, PackageName};

use super::packages::{Contents, Package, Use, WitItem, name_of};
use super::scope::Value;
use super::world::World;
use super::{Resolver, report};
use crate::syntax::tree::{self, ItemRef, Name, Path};

impl Resolver<'_, '_> {
    /// What a path or a name of the script names.
    pub(super) fn item_ref(&mut self, item: &ItemRef) -> Value {
        match item {
            ItemRef::Path(path) => self.path(path),
            ItemRef::Id(name) => self.root(name),
        }
    }

    pub(super) fn path(&mut self, path: &Path) -> Value {
        let (first, rest) = path.items.split_first().expect("a path has an item");
        let mut value = if self.is_own(&path.package) { self.root(first) } else { self.first_of(path, first) };
        let mut parent = first;
        for name in rest {
            value = self.inside(value, parent, name);
            parent = name;
        }
        value
    }

    /// An item of a package.
    fn first_of(&mut self, path: &Path, name: &Name) -> Value {
        let key = &path.package;
        let place = self.place(path.package.span());
        if !self.told_if_bad(key, &place, Use::Types) {
            return Value::Unknown;
        }
        let Package { file, contents } = &self.packages.types[key];
        match contents {
            Contents::Wit { name: found, items } => {
                let found = found.clone();
                if let (Some(asked), Some(found)) = (asked_name(&path.package), &found)
                    && !is_asked(&asked, found)
                {
                    let problem = report::other_package(&asked.to_string(), place, file, &found.to_string());
                    self.problem(problem);
                    return Value::Unknown;
                }
                match items.get(&name.text).cloned() {
                    Some(item) => self.wit_item(found, name, &item),
                    None => {
                        let names: Vec<&str> = items.keys().map(String::as_str).collect();
                        let problem = report::unknown_item(key, &name.text, self.place(name.span), file, &names);
                        self.problem(problem);
                        Value::Unknown
                    }
                }
            }
            Contents::Component { ty, .. } => match interface_of(ty, path, name) {
                Some(component) => self.adopted(&component),
                None => {
                    let names: Vec<String> = interfaces(ty).map(ToString::to_string).collect();
                    let problem = report::no_item_of_component(key, &name.text, self.place(name.span), file, &names);
                    self.problem(problem);
                    Value::Unknown
                }
            },
            Contents::Missing { .. } | Contents::Unreadable(_) => Value::Unknown,
        }
    }

    fn wit_item(&mut self, package: Option<PackageName>, name: &Name, item: &WitItem) -> Value {
        if !item.is_world {
            return self.adopted(&item.component);
        }
        let component = self.interfaces.adopt(self.types, &item.component);
        let name = package.map(|package| InterfaceName { package, interface: name.text.clone() });
        self.add_world(World { name, component, implicit: Default::default() })
    }

    fn adopted(&mut self, component: &ComponentType) -> Value {
        self.interfaces.adopt_interface(self.types, component).map_or(Value::Unknown, Value::Interface)
    }

    /// An item of an interface, or an export of a world.
    fn inside(&mut self, value: Value, parent: &Name, name: &Name) -> Value {
        let label = ExternName::label(name.text.as_str());
        let found = match &value {
            Value::Unknown => return Value::Unknown,
            Value::Interface(id) => self.types.instance(self.interfaces.get(*id).instance).exports.get(&label).cloned(),
            Value::World(id) => self.world(*id).component.exports.get(&label).cloned(),
            Value::Item(_) | Value::Func(_) | Value::Type(_) | Value::Resource(_) => None,
        };
        let found = found.and_then(|item| self.type_of(&item));
        if found.is_none() {
            let words = value.words(self.types);
            let problem = report::nothing_inside(&parent.text, &words, &name.text, self.place(name.span));
            self.problem(problem);
        }
        found.unwrap_or(Value::Unknown)
    }

    /// The type of an item, as a value.
    pub(super) fn type_of(&mut self, item: &Item) -> Option<Value> {
        match item.kind {
            ItemKind::Func(func) => Some(Value::Func(func)),
            ItemKind::Instance(instance) => {
                let known = self.interfaces.of_instance(instance);
                let uses = Default::default();
                let id = known.unwrap_or_else(|| self.interfaces.add(self.types, instance, uses));
                Some(Value::Interface(id))
            }
            ItemKind::Type(ty) => Some(Value::Type(ty)),
            ItemKind::Resource(resource) => Some(Value::Resource(resource)),
            ItemKind::Component(id) => {
                let component = self.types.component(id).clone();
                Some(self.add_world(World { name: None, component, implicit: Default::default() }))
            }
            ItemKind::CoreModule(_) => None,
        }
    }
}

/// The name that a package is asked for by.
fn asked_name(package: &tree::Package) -> Option<PackageName> {
    match package {
        tree::Package::Name(name) => Some(name_of(name)),
        tree::Package::File(_) => None,
    }
}

/// Whether a package is the one that is asked for: without a version, any is.
fn is_asked(asked: &PackageName, found: &PackageName) -> bool {
    asked.namespace == found.namespace
        && asked.name == found.name
        && (asked.version.is_none() || asked.version == found.version)
}

/// The interfaces that a component imports and exports under their own names.
fn interfaces(ty: &ComponentType) -> impl Iterator<Item = &InterfaceName> {
    ty.exports.keys().chain(ty.imports.keys()).filter_map(|name| match name {
        ExternName::Interface(name) => Some(name),
        ExternName::Label(_)
        | ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_) => None,
    })
}

/// An interface that a component exports, or else imports, with what may be used by it.
fn interface_of(ty: &ComponentType, path: &Path, wanted: &Name) -> Option<ComponentType> {
    let asked = asked_name(&path.package);
    let fits = |name: &&InterfaceName| {
        name.interface == wanted.text && asked.as_ref().is_none_or(|asked| is_asked(asked, &name.package))
    };
    let name = ExternName::Interface(interfaces(ty).find(fits)?.clone());
    let (at, side) = match ty.exports.get_index_of(&name) {
        Some(at) => (at, &ty.exports),
        None => (ty.imports.get_index_of(&name)?, &ty.imports),
    };
    let before = side.iter().take(at).filter(|(_, item)| matches!(item.kind, ItemKind::Instance(_)));
    let mut imports = if std::ptr::eq(side, &ty.exports) { ty.imports.clone() } else { Default::default() };
    imports.extend(before.map(|(name, item)| (name.clone(), item.clone())));
    imports.shift_remove(&name);
    imports.retain(|_, item| matches!(item.kind, ItemKind::Instance(_)));
    let exports = [(name.clone(), side[at].clone())].into_iter().collect();
    Some(ComponentType { imports, exports })
}
