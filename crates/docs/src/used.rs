//! Who uses what: the other direction of every link.
//!
//! In: a site. Out: for each type the functions and types that mention it, for each interface the worlds and interfaces.
//! Holds: users come in the order of packages, pages and texts; nothing is its own user.

use std::collections::{BTreeSet, HashMap};

use types::{ExternName, InstanceId, Item, ItemKind, Kind, Owner, PackageName, TypeId, TypeKind, Types, ValType};

use crate::path::{self, Spot};
use crate::site::{Scope, Site, directions};

/// Something that uses something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub spot: Spot,
    /// What it is called on its page: `descriptor.read`; empty for the page itself.
    pub name: String,
    /// What its page is called: `wasi:http/types@0.2.12`.
    pub of: String,
    /// `imported by`, `exported by`, or nothing.
    pub how: &'static str,
}

impl User {
    /// What it is called on another page: shorter where both are of one page or package.
    pub(crate) fn seen_from(&self, page: &str) -> String {
        let folder = |page: &str| page.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let of = match folder(&self.spot.page) == folder(page) {
            true => self.of.rsplit_once('/').map_or("", |(_, name)| name).split('@').next().unwrap_or_default(),
            false => self.of.as_str(),
        };
        match self.name.as_str() {
            "" => of.to_owned(),
            name if self.spot.page == page => name.to_owned(),
            name => format!("{of} {name}"),
        }
    }
}

/// By what is used.
#[derive(Debug, Default)]
pub(crate) struct Used {
    users: HashMap<Spot, Vec<User>>,
}

impl Used {
    pub(crate) fn of(&self, spot: &Spot) -> &[User] {
        self.users.get(spot).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn find(site: &Site<'_>) -> Self {
        let mut used = Self::default();
        for package in &site.packages {
            for (name, instance) in &package.interfaces {
                let page = path::interface_page(&package.name, name);
                let of = title(&package.name, name);
                used.interface(site, *instance, Spot::page(&page), &of);
                used.instance(site, *instance, &Scope { page, prefix: String::new() }, &of);
            }
            for world in &package.worlds {
                let page = path::world_page(&package.name, &world.name);
                let of = title(&package.name, &world.name);
                for (direction, items) in directions(world) {
                    let how = if direction.word() == "import" { "imported by" } else { "exported by" };
                    for (name, item) in items {
                        if let Some(target) = item.kind.instance().and_then(|id| site.interface_page(id)) {
                            let user = User { spot: Spot::page(&page), name: String::new(), of: of.clone(), how };
                            used.add(target, user);
                        } else if let ItemKind::Instance(instance) = item.kind {
                            used.instance(site, instance, &direction.inline_scope(&page, name), &of);
                        } else {
                            used.item(site, &direction.scope(&page), Owner::World, name, item, &of);
                        }
                    }
                }
            }
        }
        used
    }

    fn add(&mut self, target: Spot, user: User) {
        let users = self.users.entry(target).or_default();
        if users.last() != Some(&user) {
            users.push(user);
        }
    }

    /// The interfaces that an interface uses types of.
    fn interface(&mut self, site: &Site<'_>, instance: InstanceId, own: Spot, of: &str) {
        let mut seen = BTreeSet::new();
        for item in site.types.instance(instance).exports.values() {
            let Some((owner, _)) = site.is_use(item, Owner::Instance(instance)) else { continue };
            let Some(target) = site.owner_name(owner).and_then(|name| site.page_of(name)) else { continue };
            if target != own && seen.insert(target.clone()) {
                let user = User { spot: own.clone(), name: String::new(), of: of.to_owned(), how: "used by" };
                self.add(target, user);
            }
        }
    }

    fn instance(&mut self, site: &Site<'_>, instance: InstanceId, scope: &Scope, of: &str) {
        for (name, item) in &site.types.instance(instance).exports {
            self.item(site, scope, Owner::Instance(instance), name, item, of);
        }
    }

    fn item(&mut self, site: &Site<'_>, scope: &Scope, owner: Owner, name: &ExternName, item: &Item, of: &str) {
        if site.is_use(item, owner).is_some() {
            return;
        }
        let spot = scope.spot(name, item.kind);
        let mut found = Mentions { site, page: &scope.page, seen: BTreeSet::new(), spots: Vec::new() };
        match item.kind {
            ItemKind::Func(id) => {
                let func = site.types.func(id);
                let params = func.params.iter().filter(|param| param.name != "self").map(|param| param.ty);
                // Every resource is what its constructor makes.
                let result = func.result.filter(|_| !matches!(name, ExternName::Constructor(_)));
                params.chain(result).for_each(|ty| found.value(ty));
            }
            ItemKind::Type(ValType::Def(id)) => found.structure(id),
            ItemKind::Type(_)
            | ItemKind::Resource(_)
            | ItemKind::Instance(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => {}
        }
        for target in found.spots {
            if target != spot {
                self.add(target, User { spot: spot.clone(), name: shown(name), of: of.to_owned(), how: "" });
            }
        }
    }
}

/// `wasi:http/types@0.2.12`.
pub(crate) fn title(package: &PackageName, name: &str) -> String {
    let version = package.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
    format!("{}:{}/{name}{version}", package.namespace, package.name)
}

/// A function or type as people call it: `descriptor.read`, `new descriptor`.
pub(crate) fn shown(name: &ExternName) -> String {
    match name {
        ExternName::Label(name) => name.clone(),
        ExternName::Constructor(of) => format!("{of}.constructor"),
        ExternName::Method(of, name) | ExternName::Static(of, name) => format!("{of}.{name}"),
        ExternName::Accessor(_) | ExternName::Interface(_) => name.to_string(),
    }
}

/// The named types and resources that are mentioned, each once.
struct Mentions<'s, 'a> {
    site: &'s Site<'a>,
    page: &'s str,
    seen: BTreeSet<TypeId>,
    spots: Vec<Spot>,
}

impl Mentions<'_, '_> {
    fn spot(&mut self, spot: Option<Spot>) {
        if let Some(spot) = spot
            && !self.spots.contains(&spot)
        {
            self.spots.push(spot);
        }
    }

    fn value(&mut self, ty: ValType) {
        let ValType::Def(id) = ty else { return };
        if !self.seen.insert(id) {
            return;
        }
        if self.site.types.def(id).name.is_some() {
            let spot = self.site.type_spot(id, self.page);
            return self.spot(spot);
        }
        self.structure(id);
    }

    /// What a type is made of.
    fn structure(&mut self, id: TypeId) {
        let types: &Types = self.site.types;
        if let TypeKind::Alias(target) = types.def(id).kind {
            return self.value(target);
        }
        match types.kind(ValType::Def(id)) {
            Kind::Record(fields) => fields.iter().for_each(|field| self.value(field.ty)),
            Kind::Variant(cases) => cases.iter().filter_map(|case| case.ty).for_each(|ty| self.value(ty)),
            Kind::List(ty) | Kind::FixedList(ty, _) | Kind::Option(ty) => self.value(ty),
            Kind::Map(key, value) => [key, value].into_iter().for_each(|ty| self.value(ty)),
            Kind::Tuple(parts) => parts.iter().for_each(|ty| self.value(*ty)),
            Kind::Result { ok, err } => ok.into_iter().chain(err).for_each(|ty| self.value(ty)),
            Kind::Stream(payload) | Kind::Future(payload) => payload.into_iter().for_each(|ty| self.value(ty)),
            Kind::Own(resource) | Kind::Borrow(resource) => {
                let spot = self.site.resource_spot(resource, self.page);
                self.spot(spot);
            }
            Kind::Flags(_)
            | Kind::Enum(_)
            | Kind::Bool
            | Kind::U8
            | Kind::S8
            | Kind::U16
            | Kind::S16
            | Kind::U32
            | Kind::S32
            | Kind::U64
            | Kind::S64
            | Kind::F32
            | Kind::F64
            | Kind::Char
            | Kind::String
            | Kind::ErrorContext => {}
        }
    }
}
