//! The page of one version of a package.

use types::Decl;
use wit::Cataloged;

use super::frame::Frame;
use super::item::badges;
use crate::html::Html;
use crate::markdown;
use crate::names::Here;
use crate::path::{self, relative};
use crate::site::Site;

pub(crate) fn print<'a>(site: &Site<'a>, package: &'a Cataloged) -> String {
    let path = path::package_page(&package.name);
    let frame = Frame {
        site,
        path: &path,
        title: package.name.to_string(),
        about: package.docs.as_deref().map(markdown::plain_summary).unwrap_or_default(),
        package: Some(package),
        name: None,
        contents: Vec::new(),
    };
    frame.print(|html| {
        html.element("h1", &[], |html| {
            html.leaf("span", &[("class", "kind")], "package");
            html.text(" ");
            html.leaf("span", &[("class", "what")], &format!("{}:{}", package.name.namespace, package.name.name));
        });
        if let Some(version) = &package.name.version {
            html.leaf("p", &[("class", "full")], &format!("version {version}"));
        }
        if let Some(docs) = &package.docs {
            let here = Here { page: &path, package: Some(&package.name), prefix: "", own: "" };
            markdown::write(html, site, here, docs);
        }
        let worlds: Vec<Row<'_>> = package
            .worlds
            .iter()
            .map(|world| Row {
                name: &world.name,
                page: path::world_page(&package.name, &world.name),
                decl: &world.decl,
            })
            .collect();
        rows(html, &path, "Worlds", &worlds);
        let interfaces: Vec<Row<'_>> = package
            .interfaces
            .iter()
            .map(|(name, instance)| Row {
                name,
                page: path::interface_page(&package.name, name),
                decl: &site.types.instance(*instance).decl,
            })
            .collect();
        rows(html, &path, "Interfaces", &interfaces);
        if worlds.is_empty() && interfaces.is_empty() {
            let text = "Nothing of this package is shown: it is empty, or behind features that were off.";
            html.leaf("p", &[("class", "quiet")], text);
        }
    })
}

struct Row<'r> {
    name: &'r str,
    page: String,
    decl: &'r Decl,
}

fn rows(html: &mut Html, from: &str, title: &str, rows: &[Row<'_>]) {
    if rows.is_empty() {
        return;
    }
    html.element("section", &[], |html| {
        html.leaf("h2", &[], title);
        html.element("dl", &[("class", "rows")], |html| {
            for row in rows {
                html.element("dt", &[], |html| {
                    let href = relative(from, &row.page);
                    html.element("code", &[], |html| html.leaf("a", &[("href", &href)], row.name));
                    badges(html, &row.decl.stability);
                });
                html.element("dd", &[], |html| {
                    if let Some(docs) = &row.decl.docs {
                        markdown::summary(html, docs);
                    }
                });
            }
        });
    });
}
