//! Worlds in both forms: as this project loads them, and as `wit-parser` and the other tool do.
//!
//! In: a WIT file or folder, or a package in wasm, accepted by both sides. Out: each of its worlds, here and there.
//! Holds: interfaces are looked at even if no world of the package has them: two more worlds import and export all.

use std::path::Path;

use testing::{Outcome, Trouble};
use types::{Types, World};
use wit_component::DecodedWasm;
use wit_parser::{PackageId, Resolve, WorldId};

use crate::{headline, peer, read_tree, refused};

/// One world in both forms.
pub struct Both<'a> {
    pub resolve: &'a Resolve,
    pub theirs: WorldId,
    pub types: Types,
    pub ours: World,
}

/// Everything compared of a world: its types through metadata, and its Canonical ABI.
pub fn compare_all(mut both: Both<'_>) -> Outcome {
    let section = compare_one_way(both.resolve, both.theirs, &mut both.types, &both.ours)?;
    crate::compare_way_back(&mut both.types, &both.ours, &section)
}

/// The same without the other tool reading what we write; answers what we write.
pub fn compare_one_way(
    resolve: &Resolve,
    theirs: WorldId,
    types: &mut Types,
    ours: &World,
) -> Result<Vec<u8>, Trouble> {
    crate::abi::compare(resolve, theirs, types, ours)?;
    crate::compare_metadata(resolve, theirs, types, ours)
}

/// Calls `compare` with every world of a WIT file or folder.
///
/// # Errors
///
/// `NotRun` if either side refuses the WIT, since what is accepted is the subject of other tests.
pub fn of_path(path: &Path, compare: impl Fn(Both<'_>) -> Outcome) -> Outcome {
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let (main, _) = resolve.push_path(path).map_err(|error| Trouble::NotRun(format!("refused: {error}")))?;
    let mut tree = read_tree(path)?;
    let mut packages = vec![main];
    if let Some((with_all, id, text)) = everything(&resolve, main) {
        resolve = with_all;
        packages.push(id);
        tree = beside(tree, text);
    }
    of_packages(&resolve, &packages, &tree, compare)
}

/// Calls `compare` with every world of a WIT package in wasm.
///
/// # Errors
///
/// What `compare` finds; a refusal is an error, since the bytes are known to be good.
pub fn of_wasm(bytes: &[u8], compare: impl Fn(Both<'_>) -> Outcome) -> Outcome {
    let DecodedWasm::WitPackage(resolve, main) = wit_component::decode(bytes).map_err(peer)? else {
        return Err("a component, not a package".into());
    };
    let tree = wit::SourceTree::of_file("package.wasm", bytes.to_vec());
    match of_packages(&resolve, &[main], &tree, compare) {
        Err(Trouble::NotRun(why)) if why.starts_with("refused") => Err(Trouble::Failed(why)),
        other => other,
    }
}

fn of_packages(
    resolve: &Resolve,
    packages: &[PackageId],
    tree: &wit::SourceTree,
    compare: impl Fn(Both<'_>) -> Outcome,
) -> Outcome {
    let options = wit::LoadOptions { all_features: true, ..Default::default() };
    let package = wit::load(tree, &options).map_err(|why| Trouble::NotRun(format!("refused: {}", headline(&why))))?;
    let worlds: Vec<WorldId> = packages.iter().flat_map(|id| resolve.packages[*id].worlds.values()).copied().collect();
    if worlds.is_empty() {
        return Err(Trouble::NotRun("there is no world".to_owned()));
    }
    for theirs in worlds {
        let mut types = Types::new();
        let world = &resolve.worlds[theirs];
        let id = world.package.map(|id| resolve.packages[id].name.interface_id(&world.name));
        let ours = package.world(&mut types, Some(&id.unwrap_or_default())).map_err(refused)?;
        compare(Both { resolve, theirs, types, ours })?;
    }
    Ok(())
}

/// The package with two more worlds in a package of their own: one imports all interfaces, one exports them.
///
/// `None` if there is no interface, or if they do not fit into one world.
fn everything(resolve: &Resolve, main: PackageId) -> Option<(Resolve, PackageId, String)> {
    let names: Vec<String> = resolve.packages[main].interfaces.values().filter_map(|id| resolve.id_of(*id)).collect();
    if names.is_empty() {
        return None;
    }
    let list = |verb: &str| names.iter().map(|name| format!("  {verb} {};\n", escaped(name))).collect::<String>();
    let [imports, exports] = ["import", "export"].map(list);
    let worlds = format!("world imports-all {{\n{imports}}}\nworld exports-all {{\n{exports}}}");
    let text = format!("package withe:everything;\n{worlds}\n");
    let mut with_all = resolve.clone();
    let id = with_all.push_str("everything.wit", &text).ok()?;
    Some((with_all, id, text))
}

/// Every part of an interface's name as an identifier, whatever keyword it is.
fn escaped(name: &str) -> String {
    let (path, version) = name.split_once('@').map_or((name, String::new()), |(path, v)| (path, format!("@{v}")));
    format!("%{}{version}", path.replace(':', ":%").replace('/', "/%"))
}

/// The text as what is named, and the tree below it as what it may use.
fn beside(tree: wit::SourceTree, text: String) -> wit::SourceTree {
    let mut files = indexmap::IndexMap::from([("case/everything.wit".to_owned(), text.into_bytes())]);
    for (path, bytes) in tree.files {
        let below = path.strip_prefix("case/").unwrap_or(&path);
        let path = if below.contains('/') { format!("case/{below}") } else { format!("case/deps/itself/{below}") };
        files.insert(path, bytes);
    }
    wit::SourceTree::of_folder("case", files)
}
