//! What has to be printed for a text to parse alone.
//!
//! In: worlds or packages. Out: every interface, world and package that they need.
//! Holds: the packages come in the order in which they are first needed, the named ones first.

use ::types::PackageName;
use indexmap::IndexSet;
use wit_parser::{InterfaceId, PackageId, Resolve, WorldId, WorldItem};

use crate::world;

#[derive(Debug, Default)]
pub(super) struct Needed {
    pub packages: IndexSet<PackageId>,
    pub interfaces: IndexSet<InterfaceId>,
    pub worlds: IndexSet<WorldId>,
}

impl Needed {
    /// A world and what it needs.
    pub(super) fn by_world(resolve: &Resolve, world: WorldId) -> Self {
        let mut needed = Self::default();
        needed.packages.extend(resolve.worlds[world].package);
        needed.world(resolve, world);
        needed.sort_others(resolve, 1);
        needed
    }

    /// Packages, whole, and what they need of others.
    pub(super) fn by_packages(resolve: &Resolve, packages: &[PackageId]) -> Self {
        let mut needed = Self { packages: packages.iter().copied().collect(), ..Self::default() };
        for package in packages {
            let package = &resolve.packages[*package];
            package.interfaces.values().for_each(|id| needed.interface(resolve, *id));
            package.worlds.values().for_each(|id| needed.world(resolve, *id));
        }
        needed.sort_others(resolve, packages.len());
        needed
    }

    fn world(&mut self, resolve: &Resolve, id: WorldId) {
        self.worlds.insert(id);
        let world = &resolve.worlds[id];
        for item in world.imports.values().chain(world.exports.values()) {
            match item {
                WorldItem::Interface { id, .. } => self.interface(resolve, *id),
                WorldItem::Type { id, .. } => {
                    resolve.type_interface_dep(*id).into_iter().for_each(|id| self.interface(resolve, id));
                }
                WorldItem::Function(_) => {}
            }
        }
    }

    fn interface(&mut self, resolve: &Resolve, id: InterfaceId) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if self.interfaces.insert(id) {
                self.packages.extend(resolve.interfaces[id].package);
                open.extend(resolve.interface_direct_deps(id));
            }
        }
    }

    /// Sorts the packages that are only needed by name, so that their order does not depend on how they were found.
    fn sort_others(&mut self, resolve: &Resolve, named: usize) {
        let name = |id: &PackageId| -> PackageName { world::package_name(&resolve.packages[*id].name) };
        let mut others = self.packages.split_off(named.min(self.packages.len()));
        others.sort_by(|a, b| name(a).cmp(&name(b)));
        self.packages.extend(others);
    }
}
