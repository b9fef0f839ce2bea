//! What a name leads to.
//!
//! In: the index, a path or the name of a type, and where it stands. Out: what it means, or how it fails.
//! Holds: what leads through another mistake is `Silent`: that mistake is told where it stands.

use types::PackageName as Plain;

use super::gate::{Gate, gate};
use super::index::{Entry, Index, Origin, PackageId, Said, Scope, ScopeId, Site};
use crate::builtin;
use crate::syntax::ast::{Attributes, Name, PackageName, Path};

/// What the path of an interface or world leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found<'t> {
    Scope(ScopeId),
    /// Nothing can be said.
    Silent,
    Missing(Missing<'t>),
}

/// How a path fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing<'t> {
    /// No such interface or world in this package.
    Here(&'t Name),
    Package(&'t PackageName),
    /// The package has no such interface or world.
    In(PackageId, &'t Name),
}

/// What the name of a type leads to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Named<'t> {
    Type(Entry<'t>),
    Func(&'t Name),
    Silent,
    Missing,
}

impl<'t> Index<'t> {
    /// Follows a path from where it stands.
    pub(super) fn follow(&self, site: Site, path: &'t Path) -> Found<'t> {
        if let Some(package) = &path.package {
            return self.follow_into(package, &path.item);
        }
        let here = self.package(site.package);
        if let Some(top) = here.parts[site.part].uses.get(path.item.text.as_str()) {
            return match &top.path.package {
                Some(package) => self.follow_into(package, &top.path.item).or_silent(),
                None => self.in_package(site.package, &top.path.item).or_silent(),
            };
        }
        self.in_package(site.package, &path.item)
    }

    /// Follows a name that only the package itself has: what `use name;` at the top means.
    pub(super) fn in_package(&self, package: PackageId, name: &'t Name) -> Found<'t> {
        let here = self.package(package);
        match here.item(&name.text) {
            Some(scope) => Found::Scope(scope),
            None if here.guessed.contains(name.text.as_str()) => Found::Silent,
            None => Found::Missing(Missing::Here(name)),
        }
    }

    pub(super) fn follow_into(&self, package: &'t PackageName, item: &'t Name) -> Found<'t> {
        let found = self.find_packages(package);
        let Some(first) = found.first() else { return Found::Missing(Missing::Package(package)) };
        let is_there = |scope: &ScopeId| !self.is_later(*first, self.scope(*scope).attributes());
        let mut items = found.iter().filter_map(|id| self.package(*id).item(&item.text));
        if let Some(scope) = items.find(is_there) {
            return Found::Scope(scope);
        }
        if found.iter().any(|id| self.package(*id).guessed.contains(item.text.as_str())) {
            return Found::Silent;
        }
        Found::Missing(Missing::In(*first, item))
    }

    /// The packages that a name means: several if it is declared twice.
    pub(super) fn find_packages(&self, name: &PackageName) -> Vec<PackageId> {
        let all = self.packages_named(&name.namespace.text, &name.name.text);
        let said = Said::of(name);
        let version = |id: &PackageId| self.package(*id).name.as_ref().map(|named| &named.version);
        let of = |fits: &dyn Fn(&Said<'_>) -> bool| -> Vec<PackageId> {
            all.iter().copied().filter(|id| version(id).is_some_and(fits)).collect()
        };
        let exact = of(&|other| *other == said || matches!(other, Said::Unread(_)) || matches!(said, Said::Unread(_)));
        if !exact.is_empty() {
            return exact;
        }
        let plain = |said: &Said<'_>| Plain {
            namespace: name.namespace.text.clone(),
            name: name.name.text.clone(),
            version: said.version().cloned(),
        };
        let own = plain(&said);
        let mut locked = of(&|other| plain(other).same_track(&own) && own.version.as_ref() <= other.version());
        locked.retain(|id| self.package(*id).origin == Origin::Locked);
        if !locked.is_empty() {
            return locked;
        }
        if !builtin::moves_with_track(&own) {
            return Vec::new();
        }
        let mut same_track = of(&|other| plain(other).same_track(&own));
        // A version that is not built in yet is not there, even if older ones of its track are.
        if builtin::find(&own).is_none() {
            same_track.retain(|id| !matches!(self.package(*id).origin, Origin::BuiltIn(_)));
        }
        same_track
    }

    /// What the name of a type means in a scope.
    pub(super) fn type_named(&self, scope: &Scope<'t>, name: &str) -> Named<'t> {
        let respelt = || scope.types.get(scope.otherwise.declared_as(name)?);
        if let Some(entry) = scope.types.get(name).or_else(respelt) {
            let later = self.is_later(scope.site.package, entry.attributes());
            return if later { Named::Missing } else { Named::Type(*entry) };
        }
        if let Some(func) = scope.funcs.get(name) {
            return Named::Func(func);
        }
        if scope.guessed.contains(name) || scope.otherwise.brings_in(name) { Named::Silent } else { Named::Missing }
    }

    /// The scope and the name that a used type comes from.
    pub(super) fn used_from(
        &self,
        scope: ScopeId,
        use_: &'t crate::syntax::ast::Use,
        name: &'t Name,
    ) -> Option<(ScopeId, Entry<'t>)> {
        let Found::Scope(target) = self.follow(self.scope(scope).site, &use_.path) else { return None };
        let Named::Type(entry) = self.type_named(self.scope(target), &name.text) else { return None };
        Some((target, entry))
    }

    /// Whether something came later than the version that a built-in package is read in.
    fn is_later(&self, package: PackageId, attributes: Option<&Attributes>) -> bool {
        let Origin::BuiltIn(Some(cut)) = &self.package(package).origin else { return false };
        attributes.is_some_and(|attributes| matches!(gate(attributes), Gate::Since(version, _) if version > *cut))
    }
}

impl Found<'_> {
    /// A name that a `use` at the top brought in: its mistake is told there.
    fn or_silent(self) -> Self {
        match self {
            Self::Missing(_) => Self::Silent,
            Self::Scope(_) | Self::Silent => self,
        }
    }
}
