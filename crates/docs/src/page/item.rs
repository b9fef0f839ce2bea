//! One item: a type, a resource with what belongs to it, a function.
//!
//! In: an item and the scope that declares it. Out: its section. Holds: every anchor that the site knows is written once.

use types::{Decl, ExternName, InstanceId, Item, ItemKind, Owner, PackageName, Stability, TypeId, ValType};

use crate::html::Html;
use crate::markdown;
use crate::names::Here;
use crate::page::frame::Contents;
use crate::path::Spot;
use crate::signature::{Signature, keyword};
use crate::site::{Scope, Site, in_text_order, parts};
use crate::used::{User, shown};

/// So many users are shown at once; more are folded.
const USERS: usize = 8;

/// What a scope declares, sorted.
pub(crate) struct Declared<'t> {
    pub scope: Scope,
    pub package: &'t PackageName,
    /// The gate of the whole: it is not said again with each item.
    gate: &'t Stability,
    uses: Vec<(&'t ExternName, &'t Item, Owner, String)>,
    types: Vec<(&'t ExternName, &'t Item)>,
    resources: Vec<(&'t ExternName, &'t Item)>,
    /// With those of resources.
    funcs: Vec<(&'t ExternName, &'t Item)>,
}

impl<'t> Declared<'t> {
    pub(crate) fn of_instance(site: &Site<'t>, package: &'t PackageName, instance: InstanceId, scope: Scope) -> Self {
        let items = in_text_order(site.types, instance);
        let gate = &site.types.instance(instance).decl.stability;
        Self::of_items(site, package, items, (Owner::Instance(instance), gate), scope)
    }

    pub(crate) fn of_items(
        site: &Site<'t>,
        package: &'t PackageName,
        items: Vec<(&'t ExternName, &'t Item)>,
        (owner, gate): (Owner, &'t Stability),
        scope: Scope,
    ) -> Self {
        let mut declared = Self {
            scope,
            package,
            gate,
            uses: Vec::new(),
            types: Vec::new(),
            resources: Vec::new(),
            funcs: Vec::new(),
        };
        for (name, item) in items {
            if let Some((from, there)) = site.is_use(item, owner) {
                declared.uses.push((name, item, from, there));
                continue;
            }
            match item.kind {
                ItemKind::Func(_) => declared.funcs.push((name, item)),
                ItemKind::Type(_) => declared.types.push((name, item)),
                ItemKind::Resource(_) => declared.resources.push((name, item)),
                // A world's own; nothing that WIT says is one of the others.
                ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
            }
        }
        declared
    }

    /// Functions that belong to no resource.
    fn free_funcs(&self) -> impl Iterator<Item = &(&'t ExternName, &'t Item)> {
        self.funcs.iter().filter(|(name, _)| name.resource().is_none())
    }

    fn funcs_of(&self, resource: &str) -> impl Iterator<Item = &(&'t ExternName, &'t Item)> {
        self.funcs.iter().filter(move |(name, _)| name.resource() == Some(resource))
    }

    /// For the menu.
    pub(crate) fn contents(&self) -> Vec<Contents> {
        let entry = |(name, item): &(&ExternName, &Item)| (shown(name), self.scope.spot(name, item.kind).id);
        vec![
            Contents { heading: "Types", entries: self.types.iter().map(entry).collect() },
            Contents { heading: "Resources", entries: self.resources.iter().map(entry).collect() },
            Contents { heading: "Functions", entries: self.free_funcs().map(entry).collect() },
        ]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.uses.is_empty() && self.types.is_empty() && self.resources.is_empty() && self.funcs.is_empty()
    }
}

/// Writes the sections of a scope.
pub(crate) struct Sections<'s, 'a> {
    pub site: &'s Site<'a>,
    pub page: &'s str,
    /// The level of their headings.
    pub heading: &'static str,
}

impl Sections<'_, '_> {
    pub(crate) fn write(&self, html: &mut Html, declared: &Declared<'_>) {
        self.uses(html, declared);
        let section = |html: &mut Html, title: &str, is_empty: bool, inner: &dyn Fn(&mut Html)| {
            if !is_empty {
                html.element("section", &[("class", "group")], |html| {
                    html.leaf(self.heading, &[("class", "group")], title);
                    inner(html);
                });
            }
        };
        section(html, "Types", declared.types.is_empty(), &|html| {
            declared.types.iter().for_each(|(name, item)| self.named_type(html, declared, name, item));
        });
        section(html, "Resources", declared.resources.is_empty(), &|html| {
            declared.resources.iter().for_each(|(name, item)| self.resource(html, declared, name, item));
        });
        section(html, "Functions", declared.free_funcs().next().is_none(), &|html| {
            declared.free_funcs().for_each(|(name, item)| self.func(html, declared, name, item));
        });
    }

    /// `use wasi:io/streams@0.2.0.{input-stream};`, one line for each interface.
    fn uses(&self, html: &mut Html, declared: &Declared<'_>) {
        if declared.uses.is_empty() {
            return;
        }
        let mut lines: Vec<(Owner, Vec<usize>)> = Vec::new();
        for (index, (_, _, from, _)) in declared.uses.iter().enumerate() {
            match lines.iter_mut().find(|(owner, _)| owner == from) {
                Some((_, names)) => names.push(index),
                None => lines.push((*from, vec![index])),
            }
        }
        html.element("pre", &[("class", "uses")], |html| {
            html.element("code", &[], |html| {
                for (line, (owner, names)) in lines.iter().enumerate() {
                    if line > 0 {
                        html.text("\n");
                    }
                    let mut signature = Signature::new(html, self.site, self.page);
                    signature.keyword("use");
                    signature.text(" ");
                    self.owner(signature.html, *owner, declared.package);
                    html.text(".{");
                    for (index, name) in names.iter().enumerate() {
                        let before = if index > 0 { ", " } else { "" };
                        self.used_name(html, declared, *name, before);
                    }
                    html.text("};");
                }
            });
        });
    }

    fn used_name(&self, html: &mut Html, declared: &Declared<'_>, index: usize, before: &str) {
        let (name, item, _, there) = &declared.uses[index];
        let spot = match item.kind {
            ItemKind::Type(ValType::Def(id)) => self.site.type_spot(id, self.page),
            ItemKind::Resource(id) => self.site.resource_spot(id, self.page),
            ItemKind::Type(_)
            | ItemKind::Func(_)
            | ItemKind::Instance(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => None,
        };
        html.text(before);
        self.spot_link(html, spot.as_ref(), there);
        let name = name.to_string();
        if name != *there {
            html.leaf("span", &[("class", "kw")], " as ");
            html.text(&name);
        }
    }

    /// The interface that declares something: short if it is of this package.
    fn owner(&self, html: &mut Html, owner: Owner, package: &PackageName) {
        let Some(name) = self.site.owner_name(owner) else { return html.text("…") };
        let text = if name.package == *package { name.interface.clone() } else { name.to_string() };
        self.spot_link(html, self.site.page_of(name).as_ref(), &text);
    }

    fn spot_link(&self, html: &mut Html, spot: Option<&Spot>, text: &str) {
        match spot {
            Some(spot) => html.leaf("a", &[("class", "type"), ("href", &spot.from(self.page))], text),
            None => html.text(text),
        }
    }

    fn here<'h>(&'h self, declared: &'h Declared<'_>, own: &'h str) -> Here<'h> {
        Here { page: self.page, package: Some(declared.package), prefix: &declared.scope.prefix, own }
    }

    fn docs(&self, html: &mut Html, declared: &Declared<'_>, own: &str, docs: Option<&str>) {
        if let Some(docs) = docs {
            markdown::write(html, self.site, self.here(declared, own), docs);
        }
    }

    /// The heading of an item, which is the link to itself.
    fn title(
        &self,
        html: &mut Html,
        tag: &'static str,
        id: &str,
        words: (&str, &str),
        (decl, gate): (&Decl, &Stability),
    ) {
        let (kind, name) = words;
        html.element(tag, &[("class", "item")], |html| {
            html.leaf("span", &[("class", "kind")], kind);
            html.text(" ");
            let href = Spot { page: self.page.to_owned(), id: id.to_owned() }.from(self.page);
            html.leaf("a", &[("class", "self"), ("href", &href)], name);
            if decl.stability != *gate {
                badges(html, &decl.stability);
            }
        });
        if let Some(external) = &decl.external_id {
            html.element("p", &[("class", "quiet")], |html| {
                html.text("External id: ");
                html.leaf("code", &[], external);
            });
        }
    }

    fn named_type(&self, html: &mut Html, declared: &Declared<'_>, name: &ExternName, item: &Item) {
        let ItemKind::Type(ty) = item.kind else { return };
        let spot = declared.scope.spot(name, item.kind);
        let name = name.to_string();
        html.element("section", &[("class", "item"), ("id", &spot.id)], |html| {
            let ValType::Def(id) = ty else {
                return self.title(html, "h3", &spot.id, ("type", &name), (&item.decl, declared.gate));
            };
            let kind = &self.site.types.def(id).kind;
            let (word, _) = keyword(kind);
            self.title(html, "h3", &spot.id, (word, &name), (&item.decl, declared.gate));
            self.declaration(html, declared, &name, id);
            self.docs(html, declared, &spot.id, item.decl.docs.as_deref());
            self.part_docs(html, declared, &name, id);
            self.users(html, &spot);
        });
    }

    fn declaration(&self, html: &mut Html, declared: &Declared<'_>, name: &str, id: TypeId) {
        let (word, parts) = parts(&self.site.types.def(id).kind);
        let documented = parts.iter().any(|(_, decl, _)| decl.docs.is_some());
        let part_id = |part: &str| format!("{}{word}.{name}.{part}", declared.scope.prefix);
        html.element("pre", &[("class", "wit")], |html| {
            html.element("code", &[], |html| {
                let ids: Option<&dyn Fn(&str) -> String> = if documented { None } else { Some(&part_id) };
                Signature::new(html, self.site, self.page).declaration(name, id, ids);
            });
        });
    }

    /// What is said of fields, cases and flags.
    fn part_docs(&self, html: &mut Html, declared: &Declared<'_>, name: &str, id: TypeId) {
        let (word, parts) = parts(&self.site.types.def(id).kind);
        if parts.iter().all(|(_, decl, _)| decl.docs.is_none()) {
            return;
        }
        html.element("dl", &[("class", "parts")], |html| {
            for (part, decl, ty) in parts {
                let id = format!("{}{word}.{name}.{part}", declared.scope.prefix);
                html.element("dt", &[("id", &id)], |html| {
                    let href = Spot { page: self.page.to_owned(), id: id.clone() }.from(self.page);
                    html.element("code", &[], |html| {
                        html.leaf("a", &[("class", "self"), ("href", &href)], part);
                        if let Some(ty) = ty {
                            let (before, after) = if word == "case" { ("(", ")") } else { (": ", "") };
                            html.text(before);
                            Signature::new(html, self.site, self.page).ty(ty);
                            html.text(after);
                        }
                    });
                });
                html.element("dd", &[], |html| self.docs(html, declared, &id, decl.docs.as_deref()));
            }
        });
    }

    fn resource(&self, html: &mut Html, declared: &Declared<'_>, name: &ExternName, item: &Item) {
        let ItemKind::Resource(id) = item.kind else { return };
        let spot = declared.scope.spot(name, item.kind);
        let name = name.to_string();
        let of = self.site.types.resource(id);
        html.element("section", &[("class", "item"), ("id", &spot.id)], |html| {
            let is_alias = of.name != name;
            let word = if is_alias { "type" } else { "resource" };
            self.title(html, "h3", &spot.id, (word, &name), (&item.decl, declared.gate));
            if is_alias {
                html.element("pre", &[("class", "wit")], |html| {
                    html.element("code", &[], |html| {
                        html.leaf("span", &[("class", "kw")], "type ");
                        html.text(&format!("{name} = "));
                        self.spot_link(html, self.site.resource_spot(id, self.page).as_ref(), &of.name);
                        html.text(";");
                    });
                });
            }
            self.docs(html, declared, &spot.id, item.decl.docs.as_deref());
            html.element("div", &[("class", "members")], |html| {
                declared.funcs_of(&name).for_each(|(name, item)| self.func(html, declared, name, item));
            });
            self.users(html, &spot);
        });
    }

    fn func(&self, html: &mut Html, declared: &Declared<'_>, name: &ExternName, item: &Item) {
        let ItemKind::Func(id) = item.kind else { return };
        let spot = declared.scope.spot(name, item.kind);
        let (tag, word) = match name {
            ExternName::Label(_) | ExternName::Interface(_) => ("h3", "function"),
            ExternName::Constructor(_) => ("h4", "constructor"),
            ExternName::Method(..) => ("h4", "method"),
            ExternName::Static(..) => ("h4", "static"),
            ExternName::Accessor(accessor) if accessor.set => ("h4", "setter"),
            ExternName::Accessor(_) => ("h4", "getter"),
        };
        let title = match name {
            ExternName::Method(_, name) | ExternName::Static(_, name) => name.clone(),
            ExternName::Constructor(of) => of.clone(),
            ExternName::Label(_) | ExternName::Interface(_) | ExternName::Accessor(_) => shown(name),
        };
        html.element("section", &[("class", "item"), ("id", &spot.id)], |html| {
            self.title(html, tag, &spot.id, (word, &title), (&item.decl, declared.gate));
            html.element("pre", &[("class", "wit")], |html| {
                html.element("code", &[], |html| {
                    Signature::new(html, self.site, self.page).func(name, self.site.types.func(id));
                });
            });
            self.docs(html, declared, &spot.id, item.decl.docs.as_deref());
        });
    }

    fn users(&self, html: &mut Html, spot: &Spot) {
        users(html, self.page, "Used by", self.site.used.of(spot));
    }
}

/// The users of something, folded if they are many.
pub(crate) fn users(html: &mut Html, page: &str, title: &str, users: &[User]) {
    if users.is_empty() {
        return;
    }
    let list = |html: &mut Html| {
        for (index, user) in users.iter().enumerate() {
            html.text(if index > 0 { ", " } else { "" });
            html.leaf("a", &[("href", &user.spot.from(page))], &user.seen_from(page));
        }
    };
    if users.len() > USERS {
        html.element("details", &[("class", "users")], |html| {
            html.leaf("summary", &[], &format!("{title} {} items", users.len()));
            html.element("p", &[], list);
        });
    } else {
        html.element("p", &[("class", "users")], |html| {
            html.leaf("span", &[("class", "label")], &format!("{title} "));
            list(html);
        });
    }
}

/// Since when something is there, behind which feature, and whether it is on its way out.
pub(crate) fn badges(html: &mut Html, stability: &Stability) {
    let badge = |html: &mut Html, class: &str, text: &str| {
        html.text(" ");
        html.leaf("span", &[("class", class)], text);
    };
    let deprecated = match stability {
        Stability::Unknown => return,
        Stability::Stable { since, deprecated } => {
            badge(html, "badge since", &format!("since {since}"));
            deprecated
        }
        Stability::Unstable { feature, deprecated } => {
            badge(html, "badge unstable", &format!("unstable: {feature}"));
            deprecated
        }
    };
    if let Some(version) = deprecated {
        badge(html, "badge deprecated", &format!("deprecated since {version}"));
    }
}
