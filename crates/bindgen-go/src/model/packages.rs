//! Which packages there are: one for each interface and role, one for the world.
//!
//! Holds: no two have the same folder; a folder's name says what stands in it, in letters and digits alone.

use std::collections::HashSet;

use bindgen::{Bindings, Interface, InterfaceKey, Role};
use types::{InterfaceName, PackageName};

use super::names;

/// A Go package.
#[derive(Debug)]
pub struct Package<'t> {
    /// The folder below that of the bindings, `/` between parts.
    pub folder: String,
    pub name: String,
    /// The world itself, with what it imports and exports outside of interfaces.
    pub is_world: bool,
    /// What it calls.
    pub imports: Option<&'t Interface<'t>>,
    /// What the guest implements.
    pub exports: Option<&'t Interface<'t>>,
}

impl<'t> Package<'t> {
    /// Both sides, with their roles; an interface has one.
    pub fn interfaces(&self) -> impl Iterator<Item = &'t Interface<'t>> + use<'t> {
        self.imports.into_iter().chain(self.exports)
    }

    /// Whether the guest has something to implement.
    pub fn has_guest(&self) -> bool {
        self.exports.is_some_and(|exports| !exports.funcs.is_empty())
    }

    /// The file's name, without its folder.
    pub fn file(&self) -> String {
        let last = self.folder.rsplit('/').next().unwrap_or_default();
        format!("{}/{last}.go", self.folder)
    }
}

/// All packages: imported interfaces, exported ones, the world.
pub fn packages<'t>(bindings: &'t Bindings<'t>) -> Vec<Package<'t>> {
    let mut folders = Folders { bindings, taken: HashSet::new() };
    // Folders of ours, which no package may have.
    folders.taken.extend(["wit", "exports", "internal"].map(str::to_owned));
    let world = folders.declare(&names::package(&bindings.world.name));
    let root = |interface: &&Interface<'_>| interface.key == InterfaceKey::Root;
    let mut out = Vec::new();
    for interface in bindings.imports.iter().chain(&bindings.exports).filter(|interface| !root(interface)) {
        let folder = folders.of(interface, &world);
        let (imports, exports) = match interface.role {
            Role::Import => (Some(interface), None),
            Role::Export => (None, Some(interface)),
        };
        let name = package_name(&folder);
        out.push(Package { folder, name, is_world: false, imports, exports });
    }
    let name = package_name(&world);
    let (imports, exports) = (bindings.imports.iter().find(root), bindings.exports.iter().find(root));
    out.push(Package { folder: world, name, is_world: true, imports, exports });
    out
}

fn package_name(folder: &str) -> String {
    folder.rsplit('/').next().unwrap_or_default().to_owned()
}

struct Folders<'t> {
    bindings: &'t Bindings<'t>,
    taken: HashSet<String>,
}

impl Folders<'_> {
    fn of(&mut self, interface: &Interface<'_>, world: &str) -> String {
        let below = match interface.key {
            InterfaceKey::Root => world.to_owned(),
            InterfaceKey::Label(label) => format!("{world}/{}", names::package(label)),
            InterfaceKey::Name(name) => self.named(name),
        };
        let wish = match interface.role {
            Role::Import => below,
            Role::Export => format!("exports/{below}"),
        };
        self.declare(&wish)
    }

    fn named(&self, name: &InterfaceName) -> String {
        let package = &name.package;
        let version = package.version.as_ref().filter(|_| self.has_others(package));
        let version = version.map(|version| {
            let text: String =
                version.to_string().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            format!("v{}/", text.to_ascii_lowercase())
        });
        let (namespace, interface) = (names::package(&package.namespace), names::package(&name.interface));
        format!("{namespace}/{}/{}{interface}", names::package(&package.name), version.unwrap_or_default())
    }

    /// Whether the world has the package in other versions as well.
    fn has_others(&self, package: &PackageName) -> bool {
        let all = self.bindings.imports.iter().chain(&self.bindings.exports);
        let names = all.filter_map(|interface| match interface.key {
            InterfaceKey::Name(name) => Some(&name.package),
            InterfaceKey::Root | InterfaceKey::Label(_) => None,
        });
        let mut same = names.filter(|other| other.namespace == package.namespace && other.name == package.name);
        same.any(|other| other.version != package.version)
    }

    fn declare(&mut self, wish: &str) -> String {
        let numbered = (2..).map(|count: u32| format!("{wish}{count}"));
        let mut wishes = std::iter::once(wish.to_owned()).chain(numbered);
        wishes.find(|name| self.taken.insert(name.clone())).expect("there are more numbers than packages")
    }
}
