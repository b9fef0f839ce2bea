//! The site of all packages that are built in: markup that a parser of XML takes, links that lead somewhere, the same
//! bytes each time.
#![allow(clippy::unwrap_used, reason = "tests unwrap")]

mod checked;

use types::Types;
use wit::{LoadOptions, SourceTree};
use withe_docs::{Files, Options, site};

fn of(tree: &SourceTree, options: &LoadOptions) -> Files {
    let package = wit::load(tree, options).unwrap();
    let mut types = Types::new();
    let catalog = package.catalog(&mut types).unwrap();
    site(&types, &catalog, &Options::default())
}

fn all_features() -> LoadOptions {
    LoadOptions { all_features: true, ..LoadOptions::default() }
}

#[test]
fn every_link_of_all_wasi_packages_leads_somewhere() {
    let files = of(&SourceTree::all_built_in(), &all_features());
    let checked = checked::check(&files);
    assert_eq!(checked.wrong, Vec::<String>::new());
    assert!(checked.pages > 100 && checked.links > 5000, "{} pages, {} links", checked.pages, checked.links);
    for page in
        ["wasi/http/0.2.12/index.html", "wasi/http/0.3.2/interface.types.html", "wasi/cli/0.2.12/world.command.html"]
    {
        assert!(files.contains_key(page), "{page}");
    }
    assert_eq!(of(&SourceTree::all_built_in(), &all_features()), files, "the same input, other bytes");
}

/// What a page says, one element a line.
fn said(files: &Files, page: &str) -> String {
    let text = std::str::from_utf8(&files[page]).unwrap();
    let main = text.split_once("</nav>").unwrap().1.split_once("</main>").unwrap().0;
    let mut lines = String::new();
    for piece in main.split_inclusive('>') {
        let block = ["<section", "<h", "<p", "<d", "<ul", "<div", "</section", "</d", "</ul"];
        if block.iter().any(|tag| piece.trim_start().starts_with(tag)) {
            lines.push('\n');
        }
        lines.push_str(piece);
    }
    format!("{page}\n{lines}\n")
}

#[test]
fn pages_of_a_small_package() {
    let tree = SourceTree::of_text("store.wit", include_str!("sites/small.wit"));
    let files = of(&tree, &LoadOptions::default());
    assert_eq!(checked::check(&files).wrong, Vec::<String>::new());
    let pages = ["index", "interface.kv", "interface.types", "world.store"];
    let pages: String = pages.iter().map(|page| said(&files, &format!("local/store/1.2.0/{page}.html"))).collect();
    insta::assert_snapshot!(pages);
    insta::assert_snapshot!(std::str::from_utf8(&files["search-index.js"]).unwrap());
}
