//! Names of the two sides that stand for each other although they are not equal: in another version, or of a package
//! that has another name now.

use types::version::Track;
use types::{ExternName, InterfaceName, PackageName};

/// The packages that are compared, old and new.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub own: Vec<(PackageName, PackageName)>,
    /// Interfaces of theirs that have another name now.
    pub renamed: Vec<(InterfaceName, InterfaceName)>,
}

impl Names {
    pub fn is_own_old(&self, name: &PackageName) -> bool {
        self.own.iter().any(|(old, _)| old == name)
    }

    pub fn is_own_new(&self, name: &PackageName) -> bool {
        self.own.iter().any(|(_, new)| new == name)
    }

    /// Whether an interface of the old side and one of the new side are one, whatever the versions.
    pub fn are_one(&self, old: &InterfaceName, new: &InterfaceName) -> bool {
        let same_package = old.package.namespace == new.package.namespace && old.package.name == new.package.name;
        let own = self.own.iter().any(|(a, b)| *a == old.package && *b == new.package);
        let renamed = self.renamed.iter().any(|(a, b)| a == old && b == new);
        renamed || old.interface == new.interface && (same_package || own)
    }

    /// Whether the two differ in the version alone, and nothing else says so: they belong to no compared package.
    pub fn foreign_versions<'n>(
        &self,
        old: &'n ExternName,
        new: &'n ExternName,
    ) -> Option<(&'n InterfaceName, &'n InterfaceName)> {
        let (ExternName::Interface(old), ExternName::Interface(new)) = (old, new) else { return None };
        let own = self.own.iter().any(|(a, b)| *a == old.package && *b == new.package);
        let same = old.interface == new.interface
            && old.package.namespace == new.package.namespace
            && old.package.name == new.package.name;
        (same && !own && old.package.version != new.package.version).then_some((old, new))
    }

    /// A name as it is shown: without the version if it is of a package that is compared, since that has two.
    pub fn shown(&self, name: &ExternName) -> String {
        match name {
            ExternName::Interface(interface)
                if self.is_own_old(&interface.package) || self.is_own_new(&interface.package) =>
            {
                let InterfaceName { package: PackageName { namespace, name, .. }, interface } = interface;
                format!("{namespace}:{name}/{interface}")
            }
            ExternName::Interface(_)
            | ExternName::Label(_)
            | ExternName::Constructor(_)
            | ExternName::Method(..)
            | ExternName::Static(..)
            | ExternName::Accessor(_) => name.to_string(),
        }
    }
}

/// How good two versions of an interface go together: best first.
pub(super) fn closeness(old: &InterfaceName, new: &InterfaceName) -> (bool, bool) {
    let track = |name: &InterfaceName| Track::of(name.package.version.as_ref());
    (old.package.version == new.package.version, track(old) == track(new))
}

/// Whether one name may be the other, written differently.
pub(super) fn is_near(old: &str, new: &str) -> bool {
    !diag::near_misses(old, [new]).is_empty()
}
