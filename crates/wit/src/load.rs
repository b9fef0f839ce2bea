//! Loading.

use diag::Place;
use wit_parser::Resolve;

use crate::places::Texts;
use crate::{LoadOptions, Package, Root, SourceTree};

pub fn load(tree: &SourceTree, options: &LoadOptions) -> diag::Result<Package> {
    let mut resolve = Resolve { all_features: options.all_features, ..Resolve::default() };
    resolve.features.extend(options.features.iter().cloned());
    let mut texts = Texts::default();
    let mut main = Vec::new();
    let mut map = wit_parser::SourceMap::new();
    for (path, bytes) in &tree.files {
        let text = String::from_utf8_lossy(bytes);
        texts.add(path, &text);
        map.push_str(path, text);
    }
    let group = map.parse().map_err(|(_, e)| diag::error("wit/syntax", e.to_string()))?;
    main.push(resolve.push_group(group).map_err(|e| diag::error("wit/semantics", e.to_string()))?);
    let whole = match tree.roots.first() {
        Some(Root::Folder(name) | Root::File(name) | Root::BuiltIn(name)) => Place::file(name),
        None => Place::file(""),
    };
    Ok(Package { resolve, main, chosen: None, texts, notes: Vec::new(), whole })
}
