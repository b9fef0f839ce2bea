//! All that the trees declare, by name.
//!
//! In: trees of files, grouped as they were loaded, and packages that came in wasm.
//! Out: an [`Index`]: packages, their interfaces and worlds, and the types in each.
//! Holds: of several declarations of one name the first is found; what stands in a part of a file that could not be
//! read counts as declared, so that nothing is said of names that would be known without that mistake.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diag::{Place, Source};
use indexmap::IndexMap;
use semver::Version;
use wit_parser::Resolve;

use super::known::Cut;
use super::meant::Otherwise;
use crate::syntax::Tree;
use crate::syntax::ast::{
    Attributes, ExternKind, FuncItem, Include, Interface, InterfaceItem, Item, Name, PackageName, Renamed, Span,
    TopUse, TypeDecl, Use, World, WorldItem,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PackageId(pub usize);

/// An interface, a world, or an interface that a world declares in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ScopeId(pub usize);

/// Where a name is looked up: the names of the file come before those of the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Site {
    pub package: PackageId,
    pub part: usize,
}

#[derive(Debug, Default)]
pub(super) struct Index<'t> {
    pub packages: Vec<Package<'t>>,
    pub scopes: Vec<Scope<'t>>,
    by_name: HashMap<&'t str, HashMap<&'t str, Vec<PackageId>>>,
}

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    User,
    /// Built in, as it was in a version.
    BuiltIn(Cut),
    /// From wasm.
    Binary,
    /// Chosen by a lock: it stands for earlier versions of its track.
    Locked,
}

#[derive(Debug)]
pub(super) struct Package<'t> {
    /// `None` if no file says it.
    pub name: Option<Named<'t>>,
    pub origin: Origin,
    pub parts: Vec<Part<'t>>,
    pub items: IndexMap<&'t str, ScopeId>,
    /// Words of what could not be read.
    pub guessed: HashSet<&'t str>,
    pub otherwise: Otherwise<'t>,
}

/// A package's name as it is written in a file, or as it is in wasm.
#[derive(Clone, Debug)]
pub(super) struct Named<'t> {
    pub namespace: &'t str,
    pub name: &'t str,
    pub version: Said<'t>,
    /// All the places that declare it, the first one first; none for what is from wasm.
    pub places: Vec<Place>,
}

/// A version as it is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said<'t> {
    None,
    Version(Version),
    /// What is no version: it is as good as any.
    Unread(&'t str),
}

impl<'t> Said<'t> {
    pub(super) fn of(name: &'t PackageName) -> Self {
        match &name.version {
            None => Self::None,
            Some(text) => Version::parse(&text.text).map_or(Self::Unread(&text.text), Self::Version),
        }
    }

    pub(super) fn version(&self) -> Option<&Version> {
        match self {
            Self::Version(version) => Some(version),
            Self::None | Self::Unread(_) => None,
        }
    }
}

/// A file of a package, or what stands in the braces of a nested one.
#[derive(Debug)]
pub(super) struct Part<'t> {
    pub source: &'t Arc<Source>,
    pub items: &'t [Item],
    /// What `use` at the top brings in.
    pub uses: IndexMap<&'t str, &'t TopUse>,
}

#[derive(Debug)]
pub(super) struct Scope<'t> {
    pub kind: ScopeKind<'t>,
    pub name: &'t str,
    pub name_span: Span,
    pub site: Site,
    pub types: IndexMap<&'t str, Entry<'t>>,
    pub funcs: HashMap<&'t str, &'t Name>,
    /// Words of what could not be read.
    pub guessed: HashSet<&'t str>,
    pub otherwise: Otherwise<'t>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum ScopeKind<'t> {
    Interface(&'t Interface),
    World(&'t World),
    /// `import name: interface { .. }`, of a world.
    Inline {
        items: &'t [InterfaceItem],
        attributes: &'t Attributes,
    },
    KnownInterface,
    KnownWorld(wit_parser::WorldId),
}

/// What a name of a type stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry<'t> {
    Declared(&'t TypeDecl),
    Used(&'t Use, &'t Renamed),
    /// From wasm.
    Known(wit_parser::TypeId),
}

impl<'t> Index<'t> {
    /// Adds the packages of a group of files: the one they belong to, and those nested in them.
    pub(super) fn add_group(&mut self, trees: &'t [Tree], origin: &Origin) {
        let own = self.new_package(origin.clone());
        for tree in trees {
            let part = self.add_part(own, &tree.source, &tree.ast.items);
            if let Some(header) = &tree.ast.package {
                self.declare(own, &header.name, &tree.source);
            }
            self.add_items(own, part, &tree.ast.items, &tree.source);
        }
    }

    /// Adds a built-in package under the version that it is read in.
    pub(super) fn add_built_in(&mut self, trees: &'t [Tree], name: &types::PackageName) {
        let id = PackageId(self.packages.len());
        self.add_group(trees, &Origin::BuiltIn(name.version.clone()));
        if let Some(named) = &mut self.packages[id.0].name {
            named.version = name.version.clone().map_or(Said::None, Said::Version);
        }
    }

    fn add_items(&mut self, package: PackageId, part: usize, items: &'t [Item], source: &'t Arc<Source>) {
        for item in items {
            match item {
                Item::Use(top) => self.add_top_use(package, part, top),
                Item::Interface(interface) => {
                    self.add_interface(package, part, interface);
                }
                Item::World(world) => self.add_world(package, part, world),
                Item::Package(nested) => {
                    let origin = self.packages[package.0].origin.clone();
                    let inner = self.new_package(origin);
                    let part = self.add_part(inner, source, &nested.items);
                    self.declare(inner, &nested.name, source);
                    self.add_items(inner, part, &nested.items, source);
                }
                Item::Error(span) => guess(&mut self.packages[package.0].guessed, source, span),
            }
        }
    }

    fn new_package(&mut self, origin: Origin) -> PackageId {
        let id = PackageId(self.packages.len());
        self.packages.push(Package {
            name: None,
            origin,
            parts: Vec::new(),
            items: IndexMap::new(),
            guessed: HashSet::new(),
            otherwise: Otherwise::default(),
        });
        id
    }

    fn add_part(&mut self, package: PackageId, source: &'t Arc<Source>, items: &'t [Item]) -> usize {
        let parts = &mut self.packages[package.0].parts;
        parts.push(Part { source, items, uses: IndexMap::new() });
        parts.len() - 1
    }

    fn declare(&mut self, id: PackageId, name: &'t PackageName, source: &'t Arc<Source>) {
        let place = Place::text(source, name.span.clone());
        let package = &mut self.packages[id.0];
        match &mut package.name {
            Some(named) => named.places.push(place),
            None => {
                let (namespace, own) = (name.namespace.text.as_str(), name.name.text.as_str());
                package.name = Some(Named { namespace, name: own, version: Said::of(name), places: vec![place] });
                self.by_name.entry(namespace).or_default().entry(own).or_default().push(id);
            }
        }
    }

    fn add_top_use(&mut self, package: PackageId, part: usize, top: &'t TopUse) {
        let name = top.rename.as_ref().unwrap_or(&top.path.item);
        let part = &mut self.packages[package.0].parts[part];
        part.uses.entry(name.text.as_str()).or_insert(top);
    }

    fn add_interface(&mut self, package: PackageId, part: usize, interface: &'t Interface) {
        let site = Site { package, part };
        let id = self.new_scope(ScopeKind::Interface(interface), &interface.name, site);
        self.list_item(id, site);
        self.fill(id, &interface.items);
    }

    fn add_world(&mut self, package: PackageId, part: usize, world: &'t World) {
        let site = Site { package, part };
        let id = self.new_scope(ScopeKind::World(world), &world.name, site);
        self.list_item(id, site);
        let source = self.packages[package.0].parts[part].source;
        for item in &world.items {
            match item {
                WorldItem::Import(one) | WorldItem::Export(one) => {
                    if let ExternKind::Interface { name, items } = &one.kind {
                        let kind = ScopeKind::Inline { items, attributes: &one.attributes };
                        let inline = self.new_scope(kind, name, site);
                        self.fill(inline, items);
                    }
                }
                WorldItem::Use(use_) => self.scopes[id.0].add_use(use_),
                WorldItem::Type(ty) => self.scopes[id.0].add_type(ty),
                WorldItem::Include(_) => {}
                WorldItem::Error(span) => guess(&mut self.scopes[id.0].guessed, source, span),
            }
        }
    }

    fn new_scope(&mut self, kind: ScopeKind<'t>, name: &'t Name, site: Site) -> ScopeId {
        let id = ScopeId(self.scopes.len());
        self.scopes.push(Scope {
            kind,
            name: &name.text,
            name_span: name.span.clone(),
            site,
            types: IndexMap::new(),
            funcs: HashMap::new(),
            guessed: HashSet::new(),
            otherwise: Otherwise::default(),
        });
        id
    }

    fn list_item(&mut self, id: ScopeId, site: Site) {
        let name = self.scopes[id.0].name;
        let package = &mut self.packages[site.package.0];
        package.otherwise.declares(name);
        package.items.entry(name).or_insert(id);
    }

    fn fill(&mut self, id: ScopeId, items: &'t [InterfaceItem]) {
        let source = self.source(id);
        let scope = &mut self.scopes[id.0];
        for item in items {
            match item {
                InterfaceItem::Use(use_) => scope.add_use(use_),
                InterfaceItem::Type(ty) => scope.add_type(ty),
                InterfaceItem::Func(FuncItem { name, .. }) => {
                    scope.funcs.entry(&name.text).or_insert(name);
                }
                InterfaceItem::Error(span) => guess(&mut scope.guessed, source, span),
            }
        }
    }

    /// Adds a package that came in wasm.
    pub(super) fn add_binaries(&mut self, resolve: &'t Resolve) {
        for (_, package) in &resolve.packages {
            let id = self.new_package(Origin::Binary);
            let (namespace, name) = (package.name.namespace.as_str(), package.name.name.as_str());
            let version = package.name.version.clone().map_or(Said::None, Said::Version);
            self.packages[id.0].name = Some(Named { namespace, name, version, places: Vec::new() });
            self.by_name.entry(namespace).or_default().entry(name).or_default().push(id);
            for (name, interface) in &package.interfaces {
                let interface = &resolve.interfaces[*interface];
                let scope = self.add_known(id, name, ScopeKind::KnownInterface);
                let types = interface.types.iter().map(|(name, ty)| (name.as_str(), Entry::Known(*ty)));
                self.scopes[scope.0].types.extend(types);
            }
            for (name, world) in &package.worlds {
                self.add_known(id, name, ScopeKind::KnownWorld(*world));
            }
        }
    }

    fn add_known(&mut self, package: PackageId, name: &'t str, kind: ScopeKind<'t>) -> ScopeId {
        let id = ScopeId(self.scopes.len());
        self.scopes.push(Scope {
            kind,
            name,
            name_span: 0..0,
            site: Site { package, part: 0 },
            types: IndexMap::new(),
            funcs: HashMap::new(),
            guessed: HashSet::new(),
            otherwise: Otherwise::default(),
        });
        self.packages[package.0].items.entry(name).or_insert(id);
        id
    }

    pub(super) fn package(&self, id: PackageId) -> &Package<'t> {
        &self.packages[id.0]
    }

    pub(super) fn scope(&self, id: ScopeId) -> &Scope<'t> {
        &self.scopes[id.0]
    }

    /// The packages of a name, in all versions.
    pub(super) fn packages_named(&self, namespace: &str, name: &str) -> &[PackageId] {
        self.by_name.get(namespace).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// The text that a scope stands in. Scopes from wasm have none, and are never asked.
    pub(super) fn source(&self, id: ScopeId) -> &'t Arc<Source> {
        self.source_at(self.scopes[id.0].site)
    }

    pub(super) fn source_at(&self, site: Site) -> &'t Arc<Source> {
        self.packages[site.package.0].parts[site.part].source
    }

    /// A package's name, as people write it.
    pub(super) fn shown(&self, id: PackageId) -> String {
        let Some(named) = &self.package(id).name else { return "this package".to_owned() };
        let stem = format!("{}:{}", named.namespace, named.name);
        match &named.version {
            Said::None => stem,
            Said::Version(version) => format!("{stem}@{version}"),
            Said::Unread(text) => format!("{stem}@{text}"),
        }
    }

    pub(super) fn place(&self, site: Site, span: &Span) -> Place {
        Place::text(self.source_at(site), span.clone())
    }

    /// Where an interface or world is declared; `None` for what is from wasm.
    pub(super) fn declaration(&self, id: ScopeId) -> Option<Place> {
        let scope = self.scope(id);
        match scope.kind {
            ScopeKind::KnownInterface | ScopeKind::KnownWorld(_) => None,
            ScopeKind::Interface(_) | ScopeKind::World(_) | ScopeKind::Inline { .. } => {
                Some(self.place(scope.site, &scope.name_span))
            }
        }
    }

    /// The packages of the user.
    pub(super) fn own(&self) -> impl Iterator<Item = PackageId> + '_ {
        (0..self.packages.len()).map(PackageId).filter(|id| self.package(*id).origin == Origin::User)
    }

    /// The interfaces and worlds of the user, in the order of the files.
    pub(super) fn own_scopes(&self) -> impl Iterator<Item = ScopeId> + '_ {
        (0..self.scopes.len())
            .map(ScopeId)
            .filter(|id| self.package(self.scope(*id).site.package).origin == Origin::User)
    }
}

impl Package<'_> {
    /// The interface or world of a name, also if its declaration is not written as a name is.
    pub(super) fn item(&self, name: &str) -> Option<ScopeId> {
        let respelt = || self.items.get(self.otherwise.declared_as(name)?);
        self.items.get(name).or_else(respelt).copied()
    }
}

impl<'t> Scope<'t> {
    fn add_use(&mut self, use_: &'t Use) {
        for renamed in &use_.names {
            let name = renamed.rename.as_ref().unwrap_or(&renamed.name);
            self.types.entry(name.text.as_str()).or_insert(Entry::Used(use_, renamed));
        }
    }

    fn add_type(&mut self, ty: &'t TypeDecl) {
        self.otherwise.declares(&ty.name.text);
        self.types.entry(ty.name.text.as_str()).or_insert(Entry::Declared(ty));
    }

    pub(super) fn is_world(&self) -> bool {
        matches!(self.kind, ScopeKind::World(_) | ScopeKind::KnownWorld(_))
    }

    /// The attributes that it is declared with.
    pub(super) fn attributes(&self) -> Option<&'t Attributes> {
        match self.kind {
            ScopeKind::Interface(interface) => Some(&interface.attributes),
            ScopeKind::World(world) => Some(&world.attributes),
            ScopeKind::Inline { attributes, .. } => Some(attributes),
            ScopeKind::KnownInterface | ScopeKind::KnownWorld(_) => None,
        }
    }

    pub(super) fn uses(&self) -> Vec<&'t Use> {
        match self.kind {
            ScopeKind::Interface(interface) => interface_uses(&interface.items),
            ScopeKind::Inline { items, .. } => interface_uses(items),
            ScopeKind::World(world) => {
                let each = |item: &'t WorldItem| if let WorldItem::Use(use_) = item { Some(use_) } else { None };
                world.items.iter().filter_map(each).collect()
            }
            ScopeKind::KnownInterface | ScopeKind::KnownWorld(_) => Vec::new(),
        }
    }

    pub(super) fn includes(&self) -> Vec<&'t Include> {
        let ScopeKind::World(world) = self.kind else { return Vec::new() };
        let each = |item: &'t WorldItem| if let WorldItem::Include(include) = item { Some(include) } else { None };
        world.items.iter().filter_map(each).collect()
    }

    /// The types that it declares itself, in order; a second one of a name too.
    pub(super) fn declared(&self) -> Vec<&'t TypeDecl> {
        match self.kind {
            ScopeKind::Interface(interface) => interface_types(&interface.items),
            ScopeKind::Inline { items, .. } => interface_types(items),
            ScopeKind::World(world) => {
                let each = |item: &'t WorldItem| if let WorldItem::Type(ty) = item { Some(ty) } else { None };
                world.items.iter().filter_map(each).collect()
            }
            ScopeKind::KnownInterface | ScopeKind::KnownWorld(_) => Vec::new(),
        }
    }
}

fn interface_uses<'t>(items: &'t [InterfaceItem]) -> Vec<&'t Use> {
    let each = |item: &'t InterfaceItem| if let InterfaceItem::Use(use_) = item { Some(use_) } else { None };
    items.iter().filter_map(each).collect()
}

fn interface_types<'t>(items: &'t [InterfaceItem]) -> Vec<&'t TypeDecl> {
    let each = |item: &'t InterfaceItem| if let InterfaceItem::Type(ty) = item { Some(ty) } else { None };
    items.iter().filter_map(each).collect()
}

/// What a piece of text that could not be read may have declared: words after a word (`recrod name`), and those of a
/// list in braces (`use x{a, b}`).
fn guess<'t>(words: &mut HashSet<&'t str>, source: &'t Arc<Source>, span: &Span) {
    let Some(text) = source.text.get(span.clone()) else { return };
    let tokens = crate::scan::tokens(text);
    let is_word = |text: &str| text.starts_with(char::is_alphanumeric);
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| is_word(token.text)) {
        let before = at.checked_sub(1).map_or("", |before| tokens[before].text);
        let after = tokens.get(at + 1).map_or("", |after| after.text);
        if is_word(before) || (["{", ","].contains(&before) && after != ":") {
            words.insert(token.text);
        }
    }
}
