//! The first page: all packages with their versions.

use wit::Cataloged;

use super::frame::Frame;
use crate::html::Html;
use crate::markdown;
use crate::path::{self, relative};
use crate::site::Site;

pub(crate) fn print(site: &Site<'_>) -> String {
    let frame = Frame {
        site,
        path: path::INDEX,
        title: site.title.clone(),
        about: format!("Documentation of {}", site.title),
        package: None,
        name: None,
        contents: Vec::new(),
    };
    frame.print(|html| {
        html.element("h1", &[], |html| html.leaf("span", &[("class", "what")], &site.title));
        let (named, needed): (Vec<_>, Vec<_>) = groups(site).into_iter().partition(|group| is_named(group));
        let title = if needed.is_empty() { "" } else { "Packages" };
        rows(html, title, &named);
        rows(html, if named.is_empty() { "Packages" } else { "Needed by these" }, &needed);
        html.element("p", &[("class", "quiet")], |html| {
            html.text("Types that every package can use: ");
            html.leaf("a", &[("href", path::BUILT_IN)], "types of WIT");
            html.text(".");
        });
    })
}

/// The versions of one package, oldest first.
type Group<'a> = Vec<&'a Cataloged>;

fn groups<'a>(site: &Site<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for package in site.packages.iter().copied() {
        let same =
            |other: &&Cataloged| other.name.namespace == package.name.namespace && other.name.name == package.name.name;
        match groups.last_mut() {
            Some(group) if group.first().is_some_and(same) => group.push(package),
            Some(_) | None => groups.push(vec![package]),
        }
    }
    groups
}

fn is_named(group: &Group<'_>) -> bool {
    group.iter().any(|package| package.is_named)
}

fn rows(html: &mut Html, title: &str, groups: &[Group<'_>]) {
    if groups.is_empty() {
        return;
    }
    html.element("section", &[], |html| {
        if !title.is_empty() {
            html.leaf("h2", &[], title);
        }
        html.element("dl", &[("class", "rows packages")], |html| groups.iter().for_each(|group| row(html, group)));
    });
}

fn row(html: &mut Html, group: &Group<'_>) {
    let Some(newest) = group.last() else { return };
    let href = |package: &Cataloged| relative(path::INDEX, &path::package_page(&package.name));
    html.element("dt", &[], |html| {
        let bare = format!("{}:{}", newest.name.namespace, newest.name.name);
        html.element("code", &[], |html| html.leaf("a", &[("href", &href(newest))], &bare));
        for package in group.iter().rev() {
            if let Some(version) = &package.name.version {
                html.text(" ");
                html.leaf("a", &[("class", "badge version"), ("href", &href(package))], &version.to_string());
            }
        }
    });
    html.element("dd", &[], |html| match &newest.docs {
        Some(docs) => markdown::summary(html, docs),
        None => html.leaf("span", &[("class", "quiet")], &counted(newest)),
    });
}

/// What a package has, where nothing is said of it.
fn counted(package: &Cataloged) -> String {
    let count = |number: usize, word: &str| match number {
        0 => None,
        1 => Some(format!("1 {word}")),
        number => Some(format!("{number} {word}s")),
    };
    let parts = [count(package.interfaces.len(), "interface"), count(package.worlds.len(), "world")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "nothing without its features".to_owned() } else { parts.join(", ") }
}
