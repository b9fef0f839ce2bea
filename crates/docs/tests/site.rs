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
