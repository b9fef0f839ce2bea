//! A static site from WIT.
//!
//! In: packages with their documentation. Out: pages of HTML, by path.
//! Holds: the same packages give the same bytes; no page asks a server for anything; documentation is never markup.
//!
//! ```text
//! packages ─► Site (where everything is, who uses it) ─► pages, each by itself ─► Files
//! ```

pub mod examples;
mod html;
mod markdown;
mod names;
mod page;
mod path;
mod search;
mod signature;
mod site;
mod used;

use std::collections::BTreeMap;

use rayon::prelude::*;
use types::Types;
use wit::Cataloged;

/// The files of a site, by their paths in its folder.
pub type Files = BTreeMap<String, Vec<u8>>;

const STYLE: &str = include_str!("../../../templates/docs/style.css");
const SCRIPT: &str = include_str!("../../../templates/docs/site.js");

/// What is wanted of the site.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What stands at the top of every page.
    pub title: Option<String>,
}

/// The site of all packages; of those with one name and version, the one that was named is taken, else the first.
pub fn site(types: &Types, packages: &[Cataloged], options: &Options) -> Files {
    let site = site::Site::plan(types, packages, options);
    let mut files: Files = page::all(&site)
        .into_par_iter()
        .map(|page| (page.path().to_owned(), page::print(&site, &page).into_bytes()))
        .collect::<Vec<_>>()
        .into_iter()
        .collect();
    files.insert(path::STYLE.to_owned(), STYLE.as_bytes().to_vec());
    files.insert(path::SCRIPT.to_owned(), SCRIPT.as_bytes().to_vec());
    files.insert(path::SEARCH.to_owned(), search::index(&site).into_bytes());
    files
}
