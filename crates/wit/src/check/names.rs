//! Names that lead nowhere, or to something of another kind.
//!
//! In: the index. Out: a diagnostic at each such name.

use diag::{Diagnostic, error};

use super::Checker;
use super::advice::usual_name;
use super::index::{Entry, PackageId, ScopeId, ScopeKind, Site};
use super::lookup::{Found, Missing, Named};
use super::paths::{Purpose, for_each_path};
use super::walk::{Role, for_each_name, functions, parts_of, types_of};
use crate::syntax::ast::{Name, PackageName, Path, Renamed, Span, TypeDeclKind, Use};

impl<'t> Checker<'t> {
    pub(super) fn names(&mut self) {
        let own: Vec<PackageId> = self.index.own().collect();
        for package in own {
            for part in 0..self.index.package(package).parts.len() {
                self.paths_of(Site { package, part });
            }
        }
        let scopes: Vec<ScopeId> = self.index.own_scopes().collect();
        for scope in scopes {
            self.used_names(scope);
            self.type_names(scope);
        }
    }

    fn paths_of(&mut self, site: Site) {
        let items = self.index.package(site.package).parts[site.part].items;
        let mut paths = Vec::new();
        for_each_path(items, &mut |path, purpose| paths.push((path, purpose)));
        for (path, purpose) in paths {
            self.path(site, path, purpose);
        }
    }

    fn path(&mut self, site: Site, path: &'t Path, purpose: Purpose<'t>) {
        let found = match (&path.package, purpose) {
            // At the top, a name is one of the package, whatever else the file brings in.
            (None, Purpose::Top(_)) => self.index.in_package(site.package, &path.item),
            _ => self.index.follow(site, path),
        };
        // Of what is kept out by its own gate, wit-parser asks only for the package.
        let is_asked = path.package.is_none() || !self.is_off(purpose.attributes());
        match found {
            Found::Scope(_) | Found::Missing(Missing::In(..)) if !is_asked => {}
            Found::Scope(scope) => self.kind(site, path, purpose, scope),
            Found::Silent => {}
            Found::Missing(Missing::Here(name)) => self.missing_here(site, name, purpose),
            Found::Missing(Missing::Package(name)) => self.missing_package(site, name, &path.item),
            Found::Missing(Missing::In(package, name)) => self.missing_in(site, package, name, purpose),
        }
    }

    /// Whether what was found is of the kind that is asked for.
    fn kind(&mut self, site: Site, path: &'t Path, purpose: Purpose<'t>, scope: ScopeId) {
        let is_world = self.index.scope(scope).is_world();
        let name = &path.item.text;
        let (found, expected) = match purpose {
            Purpose::Include(_) if !is_world => ("interface", "world"),
            Purpose::Use(_) | Purpose::Extern(_) if is_world => ("world", "interface"),
            Purpose::Top(_) if is_world && path.package.is_some() => ("world", "interface"),
            Purpose::Include(_) | Purpose::Use(_) | Purpose::Extern(_) | Purpose::Top(_) => return,
        };
        let (article, other) = (article(expected), article(found));
        let mut one = error("wit/wrong-kind", format!("expected {article} {expected}, found the {found} `{name}`"))
            .label(self.index.place(site, &path.item.span), format!("{other} {found}"));
        if let Some(place) = self.index.declaration(scope) {
            one = one.label(place, "declared here");
        }
        if let Purpose::Top(_) = purpose {
            one = self.included_too(site, path, one);
        }
        let written = written(path);
        let help = match purpose {
            Purpose::Include(_) => format!("write `import {written}` or `export {written}`, or name a world"),
            Purpose::Extern(_) if self.is_around(scope, site, path) => {
                "name an interface: a world cannot be in itself".to_owned()
            }
            Purpose::Extern(_) => format!("write `include {written}`, or name an interface"),
            Purpose::Top(_) => "leave it out: a world is named by its whole path where it is included".to_owned(),
            Purpose::Use(_) => "name the interface that has the types".to_owned(),
        };
        self.found.push(one.help(help));
    }

    /// Whether a path stands in the very world that it names.
    fn is_around(&self, scope: ScopeId, site: Site, path: &Path) -> bool {
        let named = self.index.scope(scope);
        match named.kind {
            ScopeKind::World(world) => named.site == site && world.span.contains(&path.item.span.start),
            ScopeKind::Interface(_)
            | ScopeKind::Inline { .. }
            | ScopeKind::KnownInterface
            | ScopeKind::KnownWorld(_) => false,
        }
    }

    /// Where a world that a `use` at the top names is included: that would be the place to name it.
    fn included_too(&self, site: Site, path: &'t Path, mut one: Diagnostic) -> Diagnostic {
        for_each_path(self.index.package(site.package).parts[site.part].items, &mut |other, purpose| {
            let same = other.item.text == path.item.text
                && other.package.as_ref().map(shown) == path.package.as_ref().map(shown);
            if let (Purpose::Include(_), true) =
                (purpose, same || other.package.is_none() && other.item.text == path.item.text)
            {
                one.labels.push(diag::Label {
                    place: self.index.place(site, &other.item.span),
                    text: "included here".to_owned(),
                });
            }
        });
        one
    }

    fn missing_here(&mut self, site: Site, name: &'t Name, purpose: Purpose<'t>) {
        let (kind, code) = kind_of(purpose);
        let one = error(code, format!("{kind} `{}` is not declared", name.text))
            .label(self.index.place(site, &name.span), "not declared in this package");
        let here = self.index.package(site.package);
        let uses = here.parts[site.part].uses.keys().filter(|_| !matches!(purpose, Purpose::Top(_)));
        // A world does not include itself.
        let around = |item: &ScopeId| match (purpose, self.index.scope(*item).kind) {
            (Purpose::Include(include), ScopeKind::World(world)) => world.span.contains(&include.span.start),
            _ => false,
        };
        let items = here.items.iter().filter(|(_, item)| !around(item)).map(|(name, _)| name);
        let help = match self.near(&name.text, uses.chain(items).copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => match self.item_elsewhere(&name.text) {
                Some(path) => format!("write `{path}`"),
                None => "declare it, or name its package too".to_owned(),
            },
        };
        self.found.push(one.help(help));
    }

    fn missing_package(&mut self, site: Site, name: &'t PackageName, item: &Name) {
        if self.unread || self.may_be_own(site, &name.name.text) {
            return;
        }
        let shown = shown(name);
        let place = self.index.place(site, &whole(name, item));
        let one = self.package_advice(site.package, &shown, name, place);
        self.found.push(one);
    }

    /// Whether a package may be the one that the reference stands in, whose `package` line cannot be read.
    fn may_be_own(&self, site: Site, name: &str) -> bool {
        let own = self.index.package(site.package);
        // The line stands at the beginning of a file, behind comments at most.
        let mut lines = own.parts.iter().take(100).flat_map(|part| part.source.text.lines().take(100));
        own.name.is_none() && lines.any(|line| line.trim_start().starts_with("package") && line.contains(name))
    }

    fn missing_in(&mut self, site: Site, package: PackageId, name: &'t Name, purpose: Purpose<'t>) {
        let (kind, code) = kind_of(purpose);
        let shown = self.index.shown(package);
        let one = error(code, format!("package `{shown}` has no {kind} `{}`", name.text))
            .label(self.index.place(site, &name.span), "not declared there");
        if let Some(later) = self.later_item(package, &name.text) {
            self.found.push(one.help(format!("ask for `{later}`, which has it")));
            return;
        }
        let help = self.choice_in(package, &name.text, purpose);
        self.found.push(one.help(help));
    }

    /// What a package has in place of an item that it has not: of the kind that is asked for.
    fn choice_in(&mut self, package: PackageId, name: &str, purpose: Purpose<'t>) -> String {
        let worlds = matches!(purpose, Purpose::Include(_));
        let items = self.index.package(package).items.iter().take(1000);
        let (fitting, others): (Vec<_>, Vec<_>) =
            items.partition(|(_, id)| self.index.scope(**id).is_world() == worlds);
        let [fitting, others] =
            [fitting, others].map(|some| some.into_iter().map(|(name, _)| *name).collect::<Vec<_>>());
        if let Some(near) = self.near(name, fitting.iter().copied()) {
            return format!("did you mean `{near}`?");
        }
        if let Some(near) = self.near(name, others.iter().copied()) {
            return format!("did you mean the {} `{near}`?", if worlds { "interface" } else { "world" });
        }
        match fitting.as_slice() {
            [] => format!("declare `{name}` in `{}`", self.index.shown(package)),
            some => format!("choose one of: {}", some_of(some)),
        }
    }

    /// The names that each `use` takes out of an interface.
    fn used_names(&mut self, scope: ScopeId) {
        for use_ in self.index.scope(scope).uses() {
            let site = self.index.scope(scope).site;
            let Found::Scope(target) = self.index.follow(site, &use_.path) else { continue };
            let is_foreign = self.index.scope(target).site.package != site.package;
            if self.index.scope(target).is_world() || (is_foreign && self.is_off(&use_.attributes)) {
                continue;
            }
            for renamed in &use_.names {
                match self.index.type_named(self.index.scope(target), &renamed.name.text) {
                    Named::Type(_) | Named::Silent => {}
                    Named::Func(func) => self.used_function(site, target, renamed, func),
                    Named::Missing => self.missing_in_use(site, target, use_, renamed),
                }
            }
        }
    }

    fn used_function(&mut self, site: Site, target: ScopeId, renamed: &'t Renamed, func: &'t Name) {
        let name = &renamed.name.text;
        let declared = self.index.place(self.index.scope(target).site, &func.span);
        let one = error("wit/wrong-kind", format!("expected a type, found the function `{name}`"))
            .label(self.index.place(site, &renamed.name.span), "a function")
            .label(declared, "declared here")
            .help("leave it out: only types can be used");
        self.found.push(one);
    }

    fn missing_in_use(&mut self, site: Site, target: ScopeId, use_: &'t Use, renamed: &'t Renamed) {
        let name = &renamed.name.text;
        let interface = self.index.scope(target);
        let one = error("wit/unknown-type", format!("type `{name}` is not in interface `{}`", interface.name))
            .label(self.index.place(site, &renamed.name.span), "not declared there");
        let one = match self.index.declaration(target) {
            Some(place) => one.label(place, "the interface"),
            None => one,
        };
        if let Some(later) = self.later_type(target, name) {
            self.found.push(one.help(format!("ask for `{later}`, which has it")));
            return;
        }
        let names: Vec<&str> = self.index.scope(target).types.keys().copied().take(1000).collect();
        let help = match self.near(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => match self.home(target, name) {
                Some(home) => format!("take it from `{home}`, which declares it"),
                None if names.is_empty() => format!("declare `{name}` in `{}`", use_.path.item.text),
                None => format!("choose one of: {}", some_of(&names)),
            },
        };
        self.found.push(one.help(help));
    }

    /// The names of types in all that a scope declares.
    fn type_names(&mut self, scope: ScopeId) {
        let here = self.index.scope(scope);
        let declared = here.declared();
        let functions = functions(here);
        let types = declared.into_iter().flat_map(parts_of).chain(functions.iter().flat_map(types_of));
        let mut names = Vec::new();
        types.for_each(|ty| for_each_name(ty, &mut |name, role| names.push((name, role))));
        for (name, role) in names {
            match self.index.type_named(self.index.scope(scope), &name.text) {
                Named::Type(_) | Named::Silent => {}
                Named::Func(func) => self.function_as_type(scope, name, role, func),
                Named::Missing => self.missing_type(scope, name, role),
            }
        }
    }

    fn function_as_type(&mut self, scope: ScopeId, name: &'t Name, role: Role, func: &'t Name) {
        let site = self.index.scope(scope).site;
        let one = error("wit/wrong-kind", format!("expected a type, found the function `{}`", name.text))
            .label(self.index.place(site, &name.span), "a function")
            .label(self.index.place(site, &func.span), "declared here");
        let help = self.type_help(scope, &name.text).unwrap_or_else(|| wanted(role).to_owned());
        self.found.push(one.help(help));
    }

    fn missing_type(&mut self, scope: ScopeId, name: &'t Name, role: Role) {
        let here = self.index.scope(scope);
        let site = here.site;
        let kind = if here.is_world() { "world" } else { "interface" };
        let place = self.index.place(site, &name.span);
        if let Some(usual) = usual_name(&name.text) {
            let one = error("wit/unknown-type", format!("type `{}` is not declared", name.text));
            self.found.push(one.label(place, "no type of WIT").help(format!("write `{usual}`")));
            return;
        }
        let label = format!("not declared in {kind} `{}`", here.name);
        let one = error("wit/unknown-type", format!("type `{}` is not declared", name.text)).label(place, label);
        // A name that is there, though of no type, is meant rather than one that resembles it.
        let item = if self.home(scope, &name.text).is_none() { self.item_as_type(scope, name, role) } else { None };
        if let Some(one) = item {
            self.found.push(one);
            return;
        }
        if let Some(help) = self.type_help(scope, &name.text) {
            self.found.push(one.help(help));
            return;
        }
        let help = match self.near_usual(&name.text) {
            Some(usual) => format!("write `{usual}`"),
            None => "declare it, or bring it in with `use`".to_owned(),
        };
        self.found.push(one.help(help));
    }

    /// An interface or world that is named where a type is expected.
    fn item_as_type(&self, scope: ScopeId, name: &'t Name, role: Role) -> Option<Diagnostic> {
        let site = self.index.scope(scope).site;
        let item = *self.index.package(site.package).items.get(name.text.as_str())?;
        let kind = if self.index.scope(item).is_world() { "world" } else { "interface" };
        let one = error("wit/wrong-kind", format!("expected a type, found the {kind} `{}`", name.text))
            .label(self.index.place(site, &name.span), format!("{} {kind}", article(kind)));
        let one = match self.index.declaration(item) {
            Some(place) => one.label(place, "declared here"),
            None => one,
        };
        let fits = |entry: &Entry<'_>| match entry {
            Entry::Declared(ty) => role != Role::Handle || matches!(ty.kind, TypeDeclKind::Resource(_)),
            Entry::Used(..) | Entry::Known(_) => false,
        };
        // What the interface itself declares needs no `use`.
        let first = self.index.scope(item).types.iter().find(|(_, entry)| item != scope && fits(entry));
        Some(match first {
            Some((ty, _)) if kind == "interface" => {
                one.help(format!("bring a type of it in: `use {}.{{{ty}}};`", name.text))
            }
            _ => one.help(wanted(role)),
        })
    }
}

/// What to do where something other than a type is named.
fn wanted(role: Role) -> &'static str {
    match role {
        Role::Value => "name a type",
        Role::Handle => "name a resource",
    }
}

fn article(kind: &str) -> &'static str {
    if kind.starts_with('i') { "an" } else { "a" }
}

fn kind_of(purpose: Purpose<'_>) -> (&'static str, &'static str) {
    match purpose {
        Purpose::Include(_) => ("world", "wit/unknown-world"),
        Purpose::Top(_) | Purpose::Use(_) | Purpose::Extern(_) => ("interface", "wit/unknown-interface"),
    }
}

/// Some names of a list that may be long.
fn some_of(names: &[&str]) -> String {
    const MOST: usize = 20;
    let some = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if names.len() > MOST { format!("{some} ..") } else { some }
}

/// A package's name as it is written.
fn shown(name: &PackageName) -> String {
    let version = name.version.as_ref().map(|version| format!("@{}", version.text)).unwrap_or_default();
    format!("{}:{}{version}", name.namespace.text, name.name.text)
}

/// A path as it is written, without spaces.
fn written(path: &Path) -> String {
    let item = &path.item.text;
    let Some(package) = &path.package else { return item.clone() };
    let version = package.version.as_ref().map(|version| format!("@{}", version.text)).unwrap_or_default();
    format!("{}:{}/{item}{version}", package.namespace.text, package.name.text)
}

/// Where a package is named in a path: with its version, which stands after the item.
pub(super) fn whole(name: &PackageName, item: &Name) -> Span {
    let end = match &name.version {
        Some(version) => version.span.end.max(item.span.end),
        None => name.name.span.end,
    };
    name.namespace.span.start..end
}
