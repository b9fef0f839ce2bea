//! Pages: which there are, and what all of them have.
//!
//! In: a site. Out: the text of each page. Holds: a page is printed from the site alone, so pages are printed in parallel.

mod built_in;
mod frame;
mod index;
mod interface;
mod item;
mod package;
mod world;

use types::{InstanceId, World};
use wit::Cataloged;

use crate::path;
use crate::site::Site;

/// One page.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    path: String,
    kind: PageKind<'a>,
}

/// What a page is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PageKind<'a> {
    Index,
    BuiltIn,
    Package(&'a Cataloged),
    Interface { package: &'a Cataloged, name: &'a str, instance: InstanceId },
    World { package: &'a Cataloged, world: &'a World },
}

impl Page<'_> {
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

/// All pages of a site.
pub(crate) fn all<'a>(site: &Site<'a>) -> Vec<Page<'a>> {
    let mut pages = vec![
        Page { path: path::INDEX.to_owned(), kind: PageKind::Index },
        Page { path: path::BUILT_IN.to_owned(), kind: PageKind::BuiltIn },
    ];
    for package in site.packages.iter().copied() {
        pages.push(Page { path: path::package_page(&package.name), kind: PageKind::Package(package) });
        for (name, instance) in &package.interfaces {
            let path = path::interface_page(&package.name, name);
            pages.push(Page { path, kind: PageKind::Interface { package, name, instance: *instance } });
        }
        for world in &package.worlds {
            let path = path::world_page(&package.name, &world.name);
            pages.push(Page { path, kind: PageKind::World { package, world } });
        }
    }
    pages
}

/// The text of a page.
pub(crate) fn print(site: &Site<'_>, page: &Page<'_>) -> String {
    match page.kind {
        PageKind::Index => index::print(site),
        PageKind::BuiltIn => built_in::print(site),
        PageKind::Package(package) => package::print(site, package),
        PageKind::Interface { package, name, instance } => interface::print(site, package, name, instance),
        PageKind::World { package, world } => world::print(site, package, world),
    }
}
