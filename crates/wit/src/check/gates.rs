//! Uses of what is behind a feature that is not on.
//!
//! In: the index and the features that are on. Out: a diagnostic at each use whose own gate does not hide it too.
//! Holds: a type that is off hides nothing but itself; what is used through it is told where that stands.
//!
//! Specification: WIT, "Feature Gates".

use diag::{Place, error};

use super::Checker;
use super::gate::{Gate, gate};
use super::index::{Entry, ScopeId, ScopeKind, Site};
use super::lookup::{Found, Named};
use super::paths::{Purpose, for_each_path};
use super::walk::{Func, for_each_name, functions, parts_of, types_of};
use crate::syntax::ast::{Attributes, Name, Path, Span, TypeDecl, Use};

/// What is off: its kind and name, the feature, and where that is said.
struct Off<'t> {
    what: String,
    feature: &'t str,
    gate: Option<Place>,
}

impl<'t> Checker<'t> {
    pub(super) fn gates(&mut self) {
        for package in self.index.own().collect::<Vec<_>>() {
            for part in 0..self.index.package(package).parts.len() {
                self.gated_paths(Site { package, part });
            }
        }
        for scope in self.index.own_scopes().collect::<Vec<_>>() {
            for use_ in self.index.scope(scope).uses() {
                self.gated_use(scope, use_);
            }
            for ty in self.index.scope(scope).declared() {
                self.gated_parts(scope, ty);
                self.gated_home(scope, ty);
            }
            for func in functions(self.index.scope(scope)) {
                self.gated_function(scope, &func);
            }
        }
    }

    /// The feature that keeps something out.
    fn feature_off(&self, attributes: Option<&'t Attributes>) -> Option<(&'t str, &'t Span)> {
        match gate(attributes?) {
            Gate::Unstable(feature, span) => (!self.is_on(feature)).then_some((feature, span)),
            Gate::Since(..) | Gate::None => None,
        }
    }

    fn is_on(&self, feature: &str) -> bool {
        self.options.all_features || self.options.features.iter().any(|on| on == feature)
    }

    pub(super) fn is_off(&self, attributes: &'t Attributes) -> bool {
        self.feature_off(Some(attributes)).is_some()
    }

    /// The same of an interface or world.
    pub(super) fn scope_is_off(&self, scope: ScopeId) -> bool {
        self.feature_off(self.index.scope(scope).attributes()).is_some()
    }

    fn off(&self, scope: ScopeId, attributes: Option<&'t Attributes>, kind: &str, name: &str) -> Option<Off<'t>> {
        let (feature, span) = self.feature_off(attributes)?;
        let site = self.index.scope(scope).site;
        Some(Off { what: format!("{kind} `{name}`"), feature, gate: Some(self.index.place(site, span)) })
    }

    fn off_scope(&self, scope: ScopeId) -> Option<Off<'t>> {
        let here = self.index.scope(scope);
        let kind = if here.is_world() { "world" } else { "interface" };
        self.off(scope, here.attributes(), kind, here.name)
    }

    fn off_type(&self, scope: ScopeId, name: &str) -> Option<Off<'t>> {
        let Named::Type(entry) = self.index.type_named(self.index.scope(scope), name) else { return None };
        self.off(scope, entry.attributes(), "type", name)
    }

    fn tell_off(&mut self, place: Place, label: &str, off: Off<'t>) {
        let headline = format!("{} is behind the feature `{}`, which is not on", off.what, off.feature);
        let mut one = error("wit/feature-gate", headline).label(place, label);
        if let Some(gate) = off.gate {
            one = one.label(gate, "the gate");
        }
        let feature = off.feature;
        self.found.push(one.help(format!(
            "write `@unstable(feature = {feature})` here too, or turn the feature on with `--features {feature}`"
        )));
    }

    /// Imports, exports, includes and uses of an interface or world that is off.
    fn gated_paths(&mut self, site: Site) {
        let mut found: Vec<(&'t Path, Purpose<'t>)> = Vec::new();
        for_each_path(self.index.package(site.package).parts[site.part].items, &mut |path, purpose| {
            found.push((path, purpose));
        });
        for (path, purpose) in found {
            let (Found::Scope(target), false) = (self.index.follow(site, path), self.is_off(purpose.attributes()))
            else {
                continue;
            };
            let empty = match purpose {
                Purpose::Use(use_) => use_.names.is_empty(),
                Purpose::Top(_) => path.package.is_none(),
                Purpose::Extern(_) | Purpose::Include(_) => false,
            };
            if let (Some(off), false) = (self.off_scope(target), empty) {
                self.tell_off(self.index.place(site, &path.item.span), "used without that gate", off);
            }
        }
    }

    /// Types that a `use` takes and that are off.
    fn gated_use(&mut self, scope: ScopeId, use_: &'t Use) {
        let site = self.index.scope(scope).site;
        let Found::Scope(target) = self.index.follow(site, &use_.path) else { return };
        if self.is_off(&use_.attributes) || self.scope_is_off(target) {
            return;
        }
        for renamed in &use_.names {
            if let Some(off) = self.off_type(target, &renamed.name.text) {
                self.tell_off(self.index.place(site, &renamed.name.span), "used without that gate", off);
            }
        }
    }

    /// Types that a declaration is made of and that are off.
    fn gated_parts(&mut self, scope: ScopeId, ty: &'t TypeDecl) {
        if self.is_off(&ty.attributes) {
            return;
        }
        let mut names = Vec::new();
        parts_of(ty).into_iter().for_each(|part| for_each_name(part, &mut |name, _| names.push(name)));
        self.gated_names(scope, &names);
    }

    fn gated_names(&mut self, scope: ScopeId, names: &[&'t Name]) {
        for name in names {
            if let Some(off) = self.off_type(scope, &name.text) {
                let place = self.index.place(self.index.scope(scope).site, &name.span);
                self.tell_off(place, "used without that gate", off);
            }
        }
    }

    /// A type that is on in an interface or world that is off, or off in a world that is on.
    fn gated_home(&mut self, scope: ScopeId, ty: &'t TypeDecl) {
        let here = self.index.scope(scope);
        let place = self.index.place(here.site, &ty.name.span);
        let is_off = self.is_off(&ty.attributes);
        match self.off_scope(scope) {
            Some(home) if !is_off => self.tell_off(place, "a type without that gate", home),
            None if is_off && matches!(here.kind, ScopeKind::World(_)) => {
                if let Some(off) = self.off(scope, Some(&ty.attributes), "type", &ty.name.text) {
                    let headline =
                        format!("{} of a world is behind the feature `{}`, which is not on", off.what, off.feature);
                    let mut one =
                        error("wit/feature-gate", headline).label(place, "a world's own type cannot be left out");
                    if let Some(gate) = off.gate {
                        one = one.label(gate, "the gate");
                    }
                    self.found.push(one.help(format!(
                        "declare it in an interface, or turn the feature on with `--features {}`",
                        off.feature
                    )));
                }
            }
            Some(_) | None => {}
        }
    }

    fn gated_function(&mut self, scope: ScopeId, func: &Func<'t>) {
        if self.scope_is_off(scope) || self.is_off(func.attributes) {
            return;
        }
        if let Some(resource) = func.resource
            && let Some(off) = self.off(scope, Some(&resource.attributes), "resource", &resource.name.text)
        {
            let place = self.index.place(self.index.scope(scope).site, &func.name.span);
            self.tell_off(place, "a function of it without that gate", off);
            return;
        }
        let mut names = Vec::new();
        types_of(func).for_each(|ty| for_each_name(ty, &mut |name, _| names.push(name)));
        self.gated_names(scope, &names);
    }
}

impl<'t> Entry<'t> {
    /// The attributes that decide whether a type is there.
    pub(super) fn attributes(self) -> Option<&'t Attributes> {
        match self {
            Self::Declared(ty) => Some(&ty.attributes),
            Self::Used(use_, _) => Some(&use_.attributes),
            Self::Known(_) => None,
        }
    }
}
