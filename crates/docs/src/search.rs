//! The index of the search, as a script that sets a variable: a page that was opened from a folder may load it.
//!
//! In: a site. Out: JSON behind `withe_search =`. Holds: the order is that of packages, pages and texts.

use std::fmt::Write as _;

use serde_json::{Value, json};
use types::{ExternName, Item, ItemKind, Owner, ValType};

use crate::html::MARK;
use crate::markdown::plain_summary;
use crate::path;
use crate::signature::keyword;
use crate::site::{Scope, Site, directions, in_text_order, is_deprecated, parts};
use crate::used::shown;

/// The script.
///
/// `pages` are addresses with the name of their package and item; an entry of `items` is
/// `[kind, name, page, anchor, summary, deprecated]`.
pub(crate) fn index(site: &Site<'_>) -> String {
    let mut index = Index { site, pages: Vec::new(), items: Vec::new() };
    for package in &site.packages {
        let page = index.page(path::package_page(&package.name), package.name.to_string());
        let bare = format!("{}:{}", package.name.namespace, package.name.name);
        index.item("package", &bare, page, "", package.docs.as_deref(), false);
        for (name, instance) in &package.interfaces {
            let path = path::interface_page(&package.name, name);
            let page = index.page(path.clone(), package.name.to_string());
            let decl = &site.types.instance(*instance).decl;
            index.item("interface", name, page, "", decl.docs.as_deref(), is_deprecated(&decl.stability));
            let scope = Scope { page: path, prefix: String::new() };
            for (name, item) in in_text_order(site.types, *instance) {
                index.scope_item(page, &scope, Owner::Instance(*instance), name, item);
            }
        }
        for world in &package.worlds {
            let path = path::world_page(&package.name, &world.name);
            let page = index.page(path.clone(), package.name.to_string());
            index.item(
                "world",
                &world.name,
                page,
                "",
                world.decl.docs.as_deref(),
                is_deprecated(&world.decl.stability),
            );
            for (direction, items) in directions(world) {
                for (name, item) in items {
                    match item.kind {
                        ItemKind::Instance(instance) if site.is_inline(item) => {
                            let scope = direction.inline_scope(&path, name);
                            for (name, item) in in_text_order(site.types, instance) {
                                index.scope_item(page, &scope, Owner::Instance(instance), name, item);
                            }
                        }
                        // It has a page of its own.
                        ItemKind::Instance(_) => {}
                        ItemKind::Func(_)
                        | ItemKind::Type(_)
                        | ItemKind::Resource(_)
                        | ItemKind::Component(_)
                        | ItemKind::CoreModule(_) => {
                            index.scope_item(page, &direction.scope(&path), Owner::World, name, item);
                        }
                    }
                }
            }
        }
    }
    index.text()
}

struct Index<'s, 'a> {
    site: &'s Site<'a>,
    pages: Vec<Value>,
    items: Vec<Value>,
}

impl Index<'_, '_> {
    fn page(&mut self, path: String, package: String) -> usize {
        self.pages.push(json!([path, package]));
        self.pages.len() - 1
    }

    fn item(&mut self, kind: &str, name: &str, page: usize, id: &str, docs: Option<&str>, deprecated: bool) {
        let summary = docs.map(plain_summary).unwrap_or_default();
        self.items.push(json!([kind, name, page, id, summary, u8::from(deprecated)]));
    }

    fn scope_item(&mut self, page: usize, scope: &Scope, owner: Owner, name: &ExternName, item: &Item) {
        if self.site.is_use(item, owner).is_some() {
            return;
        }
        let kind = match (item.kind, name) {
            (ItemKind::Func(_), ExternName::Method(..)) => "method",
            (ItemKind::Func(_), ExternName::Static(..)) => "static",
            (ItemKind::Func(_), ExternName::Constructor(_)) => "constructor",
            (ItemKind::Func(_), _) => "function",
            (ItemKind::Resource(_), _) => "resource",
            (ItemKind::Type(ValType::Def(id)), _) => keyword(&self.site.types.def(id).kind).0,
            (ItemKind::Type(_), _) => "type",
            (ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_), _) => return,
        };
        let spot = scope.spot(name, item.kind);
        let deprecated = is_deprecated(&item.decl.stability);
        self.item(kind, &shown(name), page, &spot.id, item.decl.docs.as_deref(), deprecated);
        if let ItemKind::Type(ValType::Def(id)) = item.kind {
            let (word, parts) = parts(&self.site.types.def(id).kind);
            for (part, decl, _) in parts {
                let id = format!("{}{word}.{name}.{part}", scope.prefix);
                self.item(word, &format!("{name}.{part}"), page, &id, decl.docs.as_deref(), false);
            }
        }
    }

    /// One entry a line, so that a change of one shows as one.
    fn text(&self) -> String {
        let mut text = format!("// {MARK}\nvar withe_search={{\"pages\":[\n");
        for (rows, between) in [(&self.pages, "],\"items\":[\n"), (&self.items, "]};\n")] {
            for (index, row) in rows.iter().enumerate() {
                let comma = if index + 1 < rows.len() { "," } else { "" };
                writeln!(text, "{row}{comma}").expect("a string takes all that is written to it");
            }
            text.push_str(between);
        }
        text
    }
}
