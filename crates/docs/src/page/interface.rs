//! The page of an interface.

use types::InstanceId;
use wit::Cataloged;

use super::frame::Frame;
use super::item::{Declared, Sections, badges, users};
use crate::markdown;
use crate::names::Here;
use crate::path::{self, Spot};
use crate::site::{Scope, Site};
use crate::used::title;

pub(crate) fn print(site: &Site<'_>, package: &Cataloged, name: &str, instance: InstanceId) -> String {
    let path = path::interface_page(&package.name, name);
    let scope = Scope { page: path.clone(), prefix: String::new() };
    let package = site.packages.iter().copied().find(|one| one.name == package.name).unwrap_or(package);
    let declared = Declared::of_instance(site, &package.name, instance, scope);
    let decl = &site.types.instance(instance).decl;
    let frame = Frame {
        site,
        path: &path,
        title: title(&package.name, name),
        about: decl.docs.as_deref().map(markdown::plain_summary).unwrap_or_default(),
        package: Some(package),
        name: Some(name),
        contents: declared.contents(),
    };
    frame.print(|html| {
        html.element("h1", &[], |html| {
            html.leaf("span", &[("class", "kind")], "interface");
            html.text(" ");
            html.leaf("span", &[("class", "what")], name);
            badges(html, &decl.stability);
        });
        html.leaf("p", &[("class", "full")], &title(&package.name, name));
        if let Some(docs) = &decl.docs {
            let here = Here { page: &path, package: Some(&package.name), prefix: "", own: "" };
            markdown::write(html, site, here, docs);
        }
        let all = site.used.of(&Spot::page(&path));
        for how in ["imported by", "exported by", "used by"] {
            let some: Vec<_> = all.iter().filter(|user| user.how == how).cloned().collect();
            let mut words = how.chars();
            let shown = words.next().map(|first| format!("{}{}", first.to_ascii_uppercase(), words.as_str()));
            users(html, &path, &shown.unwrap_or_default(), &some);
        }
        Sections { site, page: &path, heading: "h2" }.write(html, &declared);
        if declared.is_empty() {
            html.leaf("p", &[("class", "quiet")], "Nothing is declared here.");
        }
    })
}
