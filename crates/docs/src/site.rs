//! The plan of a site: where everything is documented, and what can be linked.
//!
//! In: packages. Out: `Site`, which pages only read.
//! Holds: a link is only ever made to an anchor that its page has.

use std::collections::{BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;
use types::name::AccessorOf;
use types::{
    Accessor, Decl, ExternName, InstanceId, InterfaceName, Item, ItemKind, Owner, PackageName, ResourceId, Stability,
    TypeId, TypeKind, Types, ValType, World,
};
use wit::Cataloged;

use crate::Options;
use crate::names::Names;
use crate::path::{self, Spot};
use crate::used::Used;

/// All that pages are printed from.
#[derive(Debug)]
pub(crate) struct Site<'a> {
    pub(crate) types: &'a Types,
    pub(crate) title: String,
    /// By name, then version.
    pub(crate) packages: Vec<&'a Cataloged>,
    /// Where the items of an instance are documented.
    scopes: HashMap<InstanceId, Scope>,
    interfaces: HashMap<InterfaceName, InstanceId>,
    /// The anchors of each page.
    anchors: HashMap<String, HashSet<String>>,
    pub(crate) names: Names,
    pub(crate) used: Used,
}

/// A part of a page that declares items: an interface's page, a world, an inline interface in a world.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(crate) page: String,
    /// What the anchors of its items begin with.
    pub(crate) prefix: String,
}

impl Scope {
    pub(crate) fn spot(&self, name: &ExternName, kind: ItemKind) -> Spot {
        Spot { page: self.page.clone(), id: format!("{}{}", self.prefix, item_id(name, kind)) }
    }
}

/// An import or export of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Import,
    Export,
}

impl Direction {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Export => "export",
        }
    }

    /// The scope of what a world declares itself.
    pub(crate) fn scope(self, page: &str) -> Scope {
        Scope { page: page.to_owned(), prefix: format!("{}.", self.word()) }
    }

    /// The scope of an interface that a world declares in its place.
    pub(crate) fn inline_scope(self, page: &str, name: &ExternName) -> Scope {
        Scope { page: page.to_owned(), prefix: format!("{}.interface.{name}.", self.word()) }
    }
}

/// The imports and exports of a world.
pub(crate) fn directions(world: &World) -> [(Direction, &IndexMap<ExternName, Item>); 2] {
    [(Direction::Import, &world.component.imports), (Direction::Export, &world.component.exports)]
}

/// The anchor of an item in its scope.
fn item_id(name: &ExternName, kind: ItemKind) -> String {
    match kind {
        ItemKind::Func(_) => func_id(name),
        ItemKind::Type(_) => format!("type.{name}"),
        ItemKind::Resource(_) => format!("resource.{name}"),
        ItemKind::Instance(_) => format!("interface.{name}"),
        ItemKind::Component(_) => format!("component.{name}"),
        ItemKind::CoreModule(_) => format!("module.{name}"),
    }
}

fn func_id(name: &ExternName) -> String {
    match name {
        ExternName::Label(name) => format!("function.{name}"),
        ExternName::Constructor(of) => format!("constructor.{of}"),
        ExternName::Method(of, name) => format!("method.{of}.{name}"),
        ExternName::Static(of, name) => format!("static.{of}.{name}"),
        ExternName::Accessor(Accessor { of, set, name }) => {
            let verb = if *set { "set" } else { "get" };
            match of {
                AccessorOf::Scope => format!("{verb}.{name}"),
                AccessorOf::Method(of) | AccessorOf::Static(of) => format!("{verb}.{of}.{name}"),
            }
        }
        ExternName::Interface(name) => format!("function.{name}"),
    }
}

/// A field, case or flag: its name, what is said of it, and its type.
pub(crate) type Part<'t> = (&'t str, &'t Decl, Option<ValType>);

/// The named parts of a type with the anchors' first word: fields, cases, flags.
pub(crate) fn parts(kind: &TypeKind) -> (&'static str, Vec<Part<'_>>) {
    match kind {
        TypeKind::Record(fields) => {
            ("field", fields.iter().map(|one| (one.name.as_str(), &one.decl, Some(one.ty))).collect())
        }
        TypeKind::Variant(cases) => ("case", cases.iter().map(|one| (one.name.as_str(), &one.decl, one.ty)).collect()),
        TypeKind::Enum(cases) => ("case", cases.iter().map(|one| (one.name.as_str(), &one.decl, None)).collect()),
        TypeKind::Flags(flags) => ("flag", flags.iter().map(|one| (one.name.as_str(), &one.decl, None)).collect()),
        TypeKind::Alias(_)
        | TypeKind::List(_)
        | TypeKind::FixedList(..)
        | TypeKind::Map(..)
        | TypeKind::Tuple(_)
        | TypeKind::Option(_)
        | TypeKind::Result { .. }
        | TypeKind::Own(_)
        | TypeKind::Borrow(_)
        | TypeKind::Stream(_)
        | TypeKind::Future(_) => ("", Vec::new()),
    }
}

/// The items of an interface in the order of its text.
pub(crate) fn in_text_order(types: &Types, instance: InstanceId) -> Vec<(&ExternName, &Item)> {
    let mut items: Vec<_> = types.instance(instance).exports.iter().collect();
    items.sort_by_key(|(_, item)| match &item.decl.place {
        Some(diag::Place::Text { span, .. }) => span.start,
        Some(diag::Place::Binary { .. } | diag::Place::File { .. }) | None => 0,
    });
    items
}

impl<'a> Site<'a> {
    pub(crate) fn plan(types: &'a Types, all: &'a [Cataloged], options: &Options) -> Self {
        let packages = chosen(all);
        let mut site = Self {
            types,
            title: options.title.clone().unwrap_or_else(|| default_title(&packages)),
            packages,
            scopes: HashMap::new(),
            interfaces: HashMap::new(),
            anchors: HashMap::new(),
            names: Names::default(),
            used: Used::default(),
        };
        for package in site.packages.clone() {
            site.add_package(package);
        }
        // What was loaded twice is documented once.
        for package in all {
            for (name, instance) in &package.interfaces {
                let name = InterfaceName { package: package.name.clone(), interface: name.clone() };
                if let Some(kept) = site.interfaces.get(&name)
                    && let Some(scope) = site.scopes.get(kept).cloned()
                {
                    site.scopes.entry(*instance).or_insert(scope);
                }
            }
        }
        site.used = Used::find(&site);
        site
    }

    fn add_package(&mut self, package: &Cataloged) {
        self.anchors.entry(path::package_page(&package.name)).or_default();
        for (name, instance) in &package.interfaces {
            let page = path::interface_page(&package.name, name);
            self.anchors.entry(page.clone()).or_default();
            self.names.add_page(&package.name, name, &page);
            self.interfaces.insert(InterfaceName { package: package.name.clone(), interface: name.clone() }, *instance);
            self.add_instance(*instance, Scope { page, prefix: String::new() });
        }
        for world in &package.worlds {
            let page = path::world_page(&package.name, &world.name);
            self.anchors.entry(page.clone()).or_default();
            self.names.add_page(&package.name, &world.name, &page);
            for (direction, items) in directions(world) {
                let scope = direction.scope(&page);
                for (name, item) in items {
                    self.add_item(&scope, Owner::World, name, item);
                    if let ItemKind::Instance(instance) = item.kind
                        && self.is_inline(item)
                    {
                        self.add_instance(instance, direction.inline_scope(&page, name));
                    }
                }
            }
        }
    }

    fn add_instance(&mut self, instance: InstanceId, scope: Scope) {
        let types = self.types;
        for (name, item) in &types.instance(instance).exports {
            self.add_item(&scope, Owner::Instance(instance), name, item);
        }
        self.scopes.insert(instance, scope);
    }

    fn add_item(&mut self, scope: &Scope, owner: Owner, name: &ExternName, item: &Item) {
        let spot = scope.spot(name, item.kind);
        if self.is_use(item, owner).is_some() {
            return;
        }
        self.names.add_item(scope, name, &spot);
        let anchors = self.anchors.entry(spot.page).or_default();
        anchors.insert(spot.id);
        if let ItemKind::Type(ValType::Def(id)) = item.kind {
            let (word, parts) = parts(&self.types.def(id).kind);
            for (part, ..) in parts {
                let id = format!("{}{word}.{name}.{part}", scope.prefix);
                self.names.add_part(scope, &format!("{name}.{part}"), &id);
                anchors.insert(id);
            }
        }
    }

    /// Whether an item of a world is an interface that stands there with its body.
    pub(crate) fn is_inline(&self, item: &Item) -> bool {
        item.kind.instance().is_some_and(|id| self.types.instance(id).id.is_none())
    }

    /// The page of a named interface that a world imports or exports.
    pub(crate) fn interface_page(&self, instance: InstanceId) -> Option<Spot> {
        let name = self.types.instance(instance).id.as_ref()?;
        self.page_of(name)
    }

    /// The page of an interface by its name.
    pub(crate) fn page_of(&self, name: &InterfaceName) -> Option<Spot> {
        self.interfaces.contains_key(name).then(|| Spot::page(path::interface_page(&name.package, &name.interface)))
    }

    pub(crate) fn has_page(&self, page: &str) -> bool {
        self.anchors.contains_key(page)
    }

    /// A spot, if its page has it.
    fn known(&self, spot: Spot) -> Option<Spot> {
        self.anchors.get(&spot.page).is_some_and(|ids| ids.contains(&spot.id)).then_some(spot)
    }

    /// The definition that a `use` or several lead to.
    pub(crate) fn definition(&self, mut id: TypeId) -> TypeId {
        loop {
            let def = self.types.def(id);
            let TypeKind::Alias(ValType::Def(target)) = def.kind else { return id };
            let of = self.types.def(target);
            if of.name.is_none() || of.owner == def.owner {
                return id;
            }
            id = target;
        }
    }

    /// Where a named type is documented; `page` is that of the world whose own types are meant.
    pub(crate) fn type_spot(&self, id: TypeId, page: &str) -> Option<Spot> {
        let def = self.types.def(self.definition(id));
        let name = ExternName::label(def.name.clone()?);
        self.owned_spot(def.owner, page, &format!("type.{name}"))
    }

    pub(crate) fn resource_spot(&self, id: ResourceId, page: &str) -> Option<Spot> {
        let resource = self.types.resource(id);
        self.owned_spot(resource.owner, page, &format!("resource.{}", resource.name))
    }

    fn owned_spot(&self, owner: Owner, page: &str, id: &str) -> Option<Spot> {
        let scope = match owner {
            Owner::Instance(instance) => self.scopes.get(&instance)?.clone(),
            Owner::World => Direction::Import.scope(page),
            Owner::Nothing => return None,
        };
        self.known(Spot { page: scope.page, id: format!("{}{id}", scope.prefix) })
    }

    /// For a type or resource that a `use` brings into a scope: who declares it, and its name there.
    pub(crate) fn is_use(&self, item: &Item, scope: Owner) -> Option<(Owner, String)> {
        match item.kind {
            ItemKind::Type(ValType::Def(id)) => {
                let target = self.definition(id);
                let def = self.types.def(target);
                (target != id).then(|| (def.owner, def.name.clone().unwrap_or_default()))
            }
            ItemKind::Resource(id) => {
                let resource = self.types.resource(id);
                // Another name for a resource of the same scope is declared here.
                (resource.owner != scope).then(|| (resource.owner, resource.name.clone()))
            }
            ItemKind::Type(_)
            | ItemKind::Func(_)
            | ItemKind::Instance(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => None,
        }
    }

    /// The interface that owns something, if it has a name.
    pub(crate) fn owner_name(&self, owner: Owner) -> Option<&InterfaceName> {
        match owner {
            Owner::Instance(id) => self.types.instance(id).id.as_ref(),
            Owner::World | Owner::Nothing => None,
        }
    }

    /// The other versions of a package, oldest first, itself among them.
    pub(crate) fn versions(&self, name: &PackageName) -> Vec<&'a Cataloged> {
        let same = |other: &PackageName| other.namespace == name.namespace && other.name == name.name;
        self.packages.iter().copied().filter(|other| same(&other.name)).collect()
    }
}

/// One of each name and version, in their order.
fn chosen(all: &[Cataloged]) -> Vec<&Cataloged> {
    let mut chosen: IndexMap<&PackageName, &Cataloged> = IndexMap::new();
    for package in all {
        // What holds nothing, since all of it is gated, still has a page.
        let kept = chosen.entry(&package.name).or_insert(package);
        if package.is_named && !kept.is_named {
            *kept = package;
        }
    }
    let mut packages: Vec<&Cataloged> = chosen.into_values().collect();
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    packages
}

/// The package that was named, or what those that were have in common.
fn default_title(packages: &[&Cataloged]) -> String {
    let named: Vec<&PackageName> = packages.iter().filter(|one| one.is_named).map(|one| &one.name).collect();
    let bare: BTreeSet<String> = named.iter().map(|name| format!("{}:{}", name.namespace, name.name)).collect();
    let namespaces: BTreeSet<&str> = named.iter().map(|name| name.namespace.as_str()).collect();
    match (bare.first(), bare.len(), namespaces.first(), namespaces.len()) {
        (Some(one), 1, ..) => one.clone(),
        (_, _, Some(namespace), 1) => format!("{namespace} packages"),
        _ => "WIT packages".to_owned(),
    }
}

/// Whether something is deprecated.
pub(crate) fn is_deprecated(stability: &Stability) -> bool {
    match stability {
        Stability::Unknown => false,
        Stability::Stable { deprecated, .. } | Stability::Unstable { deprecated, .. } => deprecated.is_some(),
    }
}
