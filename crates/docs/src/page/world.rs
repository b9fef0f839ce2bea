//! The page of a world: what it imports and exports, and what it declares itself.

use types::{Decl, ExternName, Item, ItemKind, Owner, Stability, World};
use wit::Cataloged;

use super::frame::Frame;
use super::item::{Declared, Sections, badges, users};
use crate::html::Html;
use crate::markdown;
use crate::names::Here;
use crate::path::{self, Spot};
use crate::site::{Direction, Site, directions};
use crate::used::title;

pub(crate) fn print<'a>(site: &Site<'a>, package: &'a Cataloged, world: &'a World) -> String {
    let path = path::world_page(&package.name, &world.name);
    let own: Vec<(Direction, Declared<'_>)> = directions(world)
        .into_iter()
        .map(|(direction, items)| {
            let items = items.iter().collect();
            let scope = direction.scope(&path);
            (direction, Declared::of_items(site, &package.name, items, (Owner::World, &world.decl.stability), scope))
        })
        .collect();
    let frame = Frame {
        site,
        path: &path,
        title: title(&package.name, &world.name),
        about: world.decl.docs.as_deref().map(markdown::plain_summary).unwrap_or_default(),
        package: Some(package),
        name: Some(&world.name),
        contents: own.iter().flat_map(|(_, declared)| declared.contents()).collect(),
    };
    frame.print(|html| {
        html.element("h1", &[], |html| {
            html.leaf("span", &[("class", "kind")], "world");
            html.text(" ");
            html.leaf("span", &[("class", "what")], &world.name);
            badges(html, &world.decl.stability);
        });
        html.leaf("p", &[("class", "full")], &title(&package.name, &world.name));
        if let Some(docs) = &world.decl.docs {
            let here = Here { page: &path, package: Some(&package.name), prefix: "", own: "" };
            markdown::write(html, site, here, docs);
        }
        users(html, &path, "Used by", site.used.of(&Spot::page(&path)));
        for ((direction, items), (_, declared)) in directions(world).into_iter().zip(&own) {
            let page = WorldPage { site, package, path: &path, direction, gate: &world.decl.stability };
            page.section(html, items, declared);
        }
    })
}

struct WorldPage<'s, 'a> {
    site: &'s Site<'a>,
    package: &'a Cataloged,
    path: &'s str,
    direction: Direction,
    gate: &'a Stability,
}

impl<'a> WorldPage<'_, 'a> {
    fn section(&self, html: &mut Html, items: &'a indexmap::IndexMap<ExternName, Item>, declared: &Declared<'_>) {
        let (title, none) = match self.direction {
            Direction::Import => ("Imports", "This world imports nothing."),
            Direction::Export => ("Exports", "This world exports nothing."),
        };
        html.element("section", &[("class", "side")], |html| {
            html.leaf("h2", &[], title);
            if items.is_empty() {
                html.leaf("p", &[("class", "quiet")], none);
            }
            let interfaces: Vec<_> = items.iter().filter(|(_, item)| !self.site.is_inline(item)).collect();
            self.interfaces(html, &interfaces);
            for (name, item) in items.iter().filter(|(_, item)| self.site.is_inline(item)) {
                self.inline(html, name, item);
            }
            Sections { site: self.site, page: self.path, heading: "h3" }.write(html, declared);
        });
    }

    /// The named interfaces, as rows.
    fn interfaces(&self, html: &mut Html, items: &[(&'a ExternName, &'a Item)]) {
        let rows: Vec<_> = items.iter().filter(|(_, item)| item.kind.instance().is_some()).collect();
        if rows.is_empty() {
            return;
        }
        html.element("dl", &[("class", "rows")], |html| {
            for (name, item) in rows {
                let id = self.direction.scope(self.path).spot(name, item.kind).id;
                html.element("dt", &[("id", &id)], |html| self.row_title(html, name, item));
                html.element("dd", &[], |html| {
                    if let Some(docs) = self.docs_of(item) {
                        markdown::summary(html, docs);
                    }
                });
            }
        });
    }

    fn row_title(&self, html: &mut Html, name: &ExternName, item: &Item) {
        let spot = item.kind.instance().and_then(|id| self.site.interface_page(id));
        html.element("code", &[], |html| {
            let full = item.kind.instance().and_then(|id| self.site.types.instance(id).id.clone());
            if let (ExternName::Label(label), Some(full)) = (name, &full) {
                html.text(&format!("{label}: "));
                return link(html, spot.as_ref(), self.path, &full.to_string());
            }
            link(html, spot.as_ref(), self.path, &name.to_string());
        });
        // What holds for the whole world is not said again.
        if item.decl.stability != *self.gate {
            badges(html, &item.decl.stability);
        }
    }

    /// What the world says of it, else what the interface says itself.
    fn docs_of(&self, item: &'a Item) -> Option<&'a str>
    where
        'a: 'a,
    {
        let of_interface = || item.kind.instance().and_then(|id| docs(&self.site.types.instance(id).decl));
        docs(&item.decl).or_else(of_interface)
    }

    /// An interface that has no name outside of the world.
    fn inline(&self, html: &mut Html, name: &ExternName, item: &Item) {
        let ItemKind::Instance(instance) = item.kind else { return };
        let spot = self.direction.scope(self.path).spot(name, item.kind);
        let scope = self.direction.inline_scope(self.path, name);
        let prefix = scope.prefix.clone();
        html.element("section", &[("class", "inline"), ("id", &spot.id)], |html| {
            html.element("h3", &[("class", "item")], |html| {
                html.leaf("span", &[("class", "kind")], "interface");
                html.text(" ");
                html.leaf("a", &[("class", "self"), ("href", &spot.from(self.path))], &name.to_string());
                badges(html, &item.decl.stability);
            });
            if let Some(docs) = docs(&item.decl).or_else(|| docs(&self.site.types.instance(instance).decl)) {
                let here = Here { page: self.path, package: Some(&self.package.name), prefix: &prefix, own: &spot.id };
                markdown::write(html, self.site, here, docs);
            }
            let declared = Declared::of_instance(self.site, &self.package.name, instance, scope);
            Sections { site: self.site, page: self.path, heading: "h4" }.write(html, &declared);
        });
    }
}

fn docs(decl: &Decl) -> Option<&str> {
    decl.docs.as_deref()
}

fn link(html: &mut Html, spot: Option<&Spot>, page: &str, text: &str) {
    match spot {
        Some(spot) => html.leaf("a", &[("href", &spot.from(page))], text),
        None => html.text(text),
    }
}
