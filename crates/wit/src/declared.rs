//! What the packages that the user named declare: every interface and every world, as component types.
//!
//! In: a loaded package. Out: for each package the interfaces, each as a component that imports what it uses and exports
//! itself, and the worlds.
//! Holds: interfaces and worlds stand in the order of the text; each has types of its own.

use types::{PackageName, Types, World};

use crate::package_wasm::around;
use crate::{Package, depth, world};

/// One package that the user named.
#[derive(Clone, Debug)]
pub struct Declared {
    pub package: PackageName,
    /// Each imports the interfaces that it uses and exports itself; the name is the interface's.
    pub interfaces: Vec<World>,
    pub worlds: Vec<World>,
}

impl Package {
    /// Whether what the user named is one world: a component, a core module, a built-in world.
    pub fn is_one_world(&self) -> bool {
        self.chosen.is_some()
    }

    /// Whether the user named a component.
    pub fn is_component(&self) -> bool {
        self.component.is_some()
    }

    /// All that the packages declare which the user named.
    ///
    /// # Errors
    ///
    /// `wit/too-deep`.
    pub fn declared(&self, types: &mut Types) -> diag::Result<Vec<Declared>> {
        depth::check(self)?;
        // The copy gets a world for each interface.
        let mut package = self.clone();
        let mut all: Vec<Declared> = Vec::new();
        for id in self.main.iter().copied() {
            let of = &self.resolve.packages[id];
            let name = world::package_name(&of.name);
            if all.iter().any(|other| other.package == name) {
                continue;
            }
            let mut interfaces = Vec::new();
            for (name, interface) in &of.interfaces {
                let around = around(&mut package.resolve, id, *interface);
                let found = world::world(&package, types, around);
                let exported = found.component.exports.values().find_map(|item| item.kind.instance());
                let decl = exported.map(|id| types.instance(id).decl.clone()).unwrap_or_default();
                interfaces.push(World { name: name.clone(), decl, ..found });
            }
            let worlds = of.worlds.values().map(|world| world::world(self, types, *world)).collect();
            all.push(Declared { package: name, interfaces, worlds });
        }
        Ok(all)
    }
}
