//! All that was loaded, as documentation shows it: every interface once, whoever imports or exports it.
//!
//! In: a loaded package. Out: the packages that the user named and those that they need, with their interfaces and worlds.
//! Holds: an interface that has a name is one `InstanceType`, the same for all who use it; interfaces and worlds stand in
//! the order of their names.

use indexmap::IndexMap;
use types::{InstanceId, Label, PackageName, Types, World};

use super::{Convert, Scope, Side, package_name};
use crate::{Package, depth, print};

/// A package with all that it declares.
#[derive(Clone, Debug)]
pub struct Cataloged {
    pub name: PackageName,
    /// What stands above `package`.
    pub docs: Option<String>,
    /// Whether the user named it; the others are needed by those.
    pub is_named: bool,
    pub interfaces: IndexMap<Label, InstanceId>,
    /// In them an interface that has a name is one of `interfaces`, of this package or another, imported or exported.
    pub worlds: Vec<World>,
}

impl Package {
    /// All packages that were loaded, in the order of their names and versions.
    ///
    /// # Errors
    ///
    /// `wit/too-deep`.
    pub fn catalog(&self, types: &mut Types) -> diag::Result<Vec<Cataloged>> {
        if self.is_component() {
            // A component has no text that it came from: the text that it is shown as is documented.
            return print::shown(self)?.catalog(types);
        }
        depth::check(self)?;
        let mut convert = Convert::new(self, types, None);
        let mut all = Vec::new();
        for (id, package) in &self.resolve.packages {
            let mut interfaces = IndexMap::new();
            for (name, interface) in &package.interfaces {
                let instance = convert.shared_instance(Side::Import, *interface);
                interfaces.insert(name.clone(), instance.expect("the scope of an interface has an instance type"));
            }
            let mut worlds = Vec::new();
            for world in package.worlds.values() {
                convert.root = Scope::default();
                worlds.push(convert.world(*world, Side::Import));
            }
            interfaces.sort_unstable_keys();
            worlds.sort_by(|one, other| one.name.cmp(&other.name));
            all.push(Cataloged {
                name: package_name(&package.name),
                docs: package.docs.contents.clone(),
                is_named: self.main.contains(&id),
                interfaces,
                worlds,
            });
        }
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }
}
