//! The packages that a script names, as whoever reads them hands them over.
//!
//! In: components and WIT as component types. Out: what stands behind a package's name or a file's path.
//! Holds: what is wrong with a package is told once, where the script first names it.

use compose::Part;
use diag::{Diagnostic, Diagnostics, Label, Place};
use indexmap::IndexMap;
use types::{ComponentType, PackageName};

use super::{Resolver, report};
use crate::syntax::tree;

/// What a package is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Component,
    Types,
}

/// A package, read.
#[derive(Clone, Debug)]
pub struct Package<'a> {
    /// The file or folder, as messages show it.
    pub file: String,
    pub contents: Contents<'a>,
}

#[derive(Clone, Debug)]
pub enum Contents<'a> {
    /// What can be instantiated.
    Component { bytes: &'a [u8], ty: ComponentType },
    /// Interfaces and worlds by their names.
    Wit {
        /// The package's own name, if it is known.
        name: Option<PackageName>,
        items: IndexMap<String, WitItem>,
    },
    /// Nothing was found.
    Missing {
        /// The places that were searched, in their order.
        searched: Vec<String>,
        /// What is there instead and may be meant.
        near: Vec<String>,
    },
    /// It was found and cannot be read.
    Unreadable(Diagnostics),
}

/// An interface or a world of a package of WIT.
#[derive(Clone, Debug)]
pub struct WitItem {
    pub is_world: bool,
    /// An interface: imports what it uses, exports itself. A world: its imports and exports.
    pub component: ComponentType,
}

/// The packages, once for what is instantiated and once for what only gives types: a name may be found as both.
#[derive(Clone, Debug, Default)]
pub struct Packages<'a> {
    pub components: IndexMap<tree::Package, Package<'a>>,
    pub types: IndexMap<tree::Package, Package<'a>>,
}

/// The name of a package; namespaces inside of each other are one.
pub(super) fn name_of(name: &tree::PackageName) -> PackageName {
    let version = name.version.as_ref().map(|version| version.value.clone());
    let (last, namespaces) = name.parts.split_last().expect("a package's name has two parts or more");
    let namespace = namespaces.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(":");
    PackageName { namespace, name: last.text.clone(), version }
}

impl<'a> Resolver<'_, 'a> {
    /// Whether it is the package that the script defines.
    pub(super) fn is_own(&self, package: &tree::Package) -> bool {
        match package {
            tree::Package::Name(name) => self.script.is_own(name),
            tree::Package::File(_) => false,
        }
    }

    /// A component to instantiate. `None` if that is not what it is, which is told.
    pub(super) fn component(&mut self, package: &tree::Package) -> Option<Part<'a>> {
        let place = self.place(package.span());
        self.told_if_bad(package, &place, Use::Component).then_some(())?;
        let Package { file, contents } = &self.packages.components[package];
        match contents {
            Contents::Component { bytes, ty } => {
                let mut part = Part::new(file, bytes, ty.clone());
                if let tree::Package::Name(name) = package {
                    part.name = Some(name.to_string());
                }
                Some(part)
            }
            Contents::Wit { .. } => {
                let problem = report::wit_for_component(package, place, file);
                self.problem(problem);
                None
            }
            Contents::Missing { .. } | Contents::Unreadable(_) => None,
        }
    }

    /// Tells what is wrong with a package where it is first named, and nothing of it afterwards. Whether it is there.
    pub(super) fn told_if_bad(&mut self, key: &tree::Package, place: &Place, wanted: Use) -> bool {
        let problems = match self.side(wanted).get(key).map(|package| &package.contents) {
            Some(Contents::Component { .. } | Contents::Wit { .. }) => return true,
            Some(Contents::Missing { searched, near }) => {
                vec![report::unknown_package(key, place.clone(), searched, near)]
            }
            Some(Contents::Unreadable(Diagnostics(found))) => {
                found.iter().map(|one| where_named(one.clone(), key, place)).collect()
            }
            None => vec![report::unknown_package(key, place.clone(), &[], &[])],
        };
        self.problems.extend(problems);
        for side in [&mut self.packages.components, &mut self.packages.types] {
            if let Some(package) = side.get_mut(key)
                && let Contents::Missing { .. } | Contents::Unreadable(_) = package.contents
            {
                package.contents = Contents::Unreadable(Diagnostics(Vec::new()));
            }
        }
        false
    }

    pub(super) fn side(&self, wanted: Use) -> &IndexMap<tree::Package, Package<'a>> {
        match wanted {
            Use::Component => &self.packages.components,
            Use::Types => &self.packages.types,
        }
    }
}

/// A finding about a package, shown where the script names the package.
fn where_named(mut found: Diagnostic, key: &tree::Package, place: &Place) -> Diagnostic {
    let label = Label { place: place.clone(), text: format!("`{key}` is read for this") };
    found.labels.insert(0, label);
    found
}
