//! The same question asked of this project and of another maker of components.
//!
//! In: WIT, or a component's bytes. Out: agreement, or what differs.
//! Holds: the other makers' crates are used here only, and nothing of the product depends on this crate.

pub mod abi;
pub mod adapted;
pub mod components;
pub mod graphs;
pub mod thin;
pub mod vary;
pub mod wiring;
pub mod worlds;

use std::path::Path;

use diag::Diagnostics;
use testing::{Outcome, Trouble};
use types::{Types, World, equal};
use wit_component::{DecodedWasm, StringEncoding, WitPrinter};
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

/// The world of a component as the other tool reads and prints it.
///
/// # Errors
///
/// The other tool's refusal.
pub fn printed_by_peer(component: &[u8]) -> Result<String, Trouble> {
    let decoded = wit_component::decode(component).map_err(peer)?;
    let DecodedWasm::Component(resolve, world) = decoded else { return Err("a package, not a component".into()) };
    let package = resolve.worlds[world].package.ok_or("the decoded world has no package")?;
    let mut printer = WitPrinter::default();
    printer.print(&resolve, package, &[]).map_err(peer)?;
    Ok(printer.output.to_string())
}

/// Every world of a WIT file or folder: its types, from WIT by this project, from metadata by the other tool, and back,
/// must be the same; its Canonical ABI must be the one that `wit-parser` states.
///
/// # Errors
///
/// `NotRun` if either side refuses the WIT, since what is accepted is the subject of other tests.
pub fn compare_worlds(path: &Path) -> Outcome {
    if path.ends_with(SLOW_THERE) {
        return worlds::of_path(path, |mut both| {
            worlds::compare_one_way(both.resolve, both.theirs, &mut both.types, &both.ours).map(|_| ())
        });
    }
    worlds::of_path(path, worlds::compare_all)
}

/// Ten interfaces that each use ten types of the one before: the other tool takes many minutes to read the metadata
/// of a world that exports the last of them.
const SLOW_THERE: &str = "stress-export-elaborate.wit";

/// The WIT, the other tool's metadata and ours; answers ours.
fn compare_metadata(resolve: &Resolve, theirs: WorldId, types: &mut Types, ours: &World) -> Result<Vec<u8>, Trouble> {
    if !repeats_interface(resolve, theirs) {
        let theirs = peer_section(resolve, theirs)?;
        same(types, ours, &theirs, "the other tool's metadata")?;
    }
    let section = component::metadata::encode(types, ours, component::StringEncoding::Utf8).map_err(refused)?;
    same(types, ours, &section, "our own metadata")?;
    Ok(section)
}

/// Whether the other tool's metadata of a world is what its WIT says.
pub fn compare_peer_section(mut both: worlds::Both<'_>) -> Outcome {
    let section = peer_section(both.resolve, both.theirs)?;
    same(&mut both.types, &both.ours, &section, "the other tool's metadata")
}

/// Our metadata, read and written by the other tool.
fn compare_way_back(types: &mut Types, ours: &World, section: &[u8]) -> Outcome {
    let (_, read) = wit_component::metadata::decode(&module_with(section)).map_err(peer)?;
    if repeats_interface(&read.resolve, read.world) {
        return Ok(());
    }
    let again = peer_section(&read.resolve, read.world)?;
    same(types, ours, &again, "our metadata, read and written by the other tool")
}

/// Whether an interface stands under a plain name and elsewhere too.
///
/// What uses its types means the one under its own name, since nothing can name the other. The other tool's encoder
/// keeps one place for both and takes whichever came last: a known difference, which a test asserts.
pub fn repeats_interface(resolve: &Resolve, world: WorldId) -> bool {
    let world = &resolve.worlds[world];
    let named = |key: &WorldKey| matches!(key, WorldKey::Name(_));
    let all = || world.imports.iter().chain(&world.exports);
    let id = |item: &WorldItem| if let WorldItem::Interface { id, .. } = item { Some(*id) } else { None };
    let plain = all().filter(|(key, item)| named(key) && id(item).is_some());
    plain.into_iter().any(|(_, item)| all().filter(|(_, other)| id(other) == id(item)).count() > 1)
}

fn peer_section(resolve: &Resolve, world: WorldId) -> Result<Vec<u8>, Trouble> {
    wit_component::metadata::encode(resolve, world, StringEncoding::UTF8, None, false).map_err(peer)
}

/// Whether a metadata section says the world that is expected.
fn same(types: &mut Types, expected: &World, section: &[u8], what: &str) -> Outcome {
    let found = component::metadata::decode(types, what, section).map_err(refused)?.world;
    if equal::components(types, &expected.component, &found.component) {
        return Ok(());
    }
    let dump = |world: &World| types::dump::component(types, &world.component);
    let difference = testing::golden::first_difference(&dump(expected), &dump(&found));
    Err(Trouble::Failed(format!("{what} is another world than the WIT: {}", difference.unwrap_or_default())))
}

/// The package of a WIT file or folder in wasm, by this project and by the other tool: the other tool reads the same
/// out of both, documentation and gates included, and of other packages too.
///
/// # Errors
///
/// `NotRun` if either side refuses the WIT, or if the file has no package that a binary could hold.
pub fn compare_package(path: &Path) -> Outcome {
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let (main, _) = resolve.push_path(path).map_err(|error| Trouble::NotRun(format!("refused: {error}")))?;
    if resolve.packages[main].interfaces.is_empty() && resolve.packages[main].worlds.is_empty() {
        return Err(Trouble::NotRun("the package is empty".to_owned()));
    }
    let package = wit::load(&read_tree(path)?, &wit::LoadOptions { all_features: true, ..Default::default() })
        .map_err(|refused| Trouble::NotRun(format!("refused: {}", headline(&refused))))?;
    same_package(&package, &resolve, main)
}

/// As [`compare_package`], for something built in: the other tool is given the text that is printed.
pub fn compare_built_in(name: &str) -> Outcome {
    let options = wit::LoadOptions { all_features: true, ..Default::default() };
    let package = wit::load(&wit::SourceTree::built_in(name), &options).map_err(refused)?;
    let text = wit::print::print(&package, None, wit::print::Docs::Keep).map_err(refused)?;
    let mut resolve = Resolve { all_features: true, ..Resolve::default() };
    let main = resolve.push_str("printed.wit", &text).map_err(peer)?;
    same_package(&package, &resolve, main)
}

fn same_package(package: &wit::Package, resolve: &Resolve, main: wit_parser::PackageId) -> Outcome {
    let ours = wit::wasm(package, None, wit::print::Docs::Keep).map_err(refused)?;
    let theirs = wit_component::encode(resolve, main, false).map_err(peer)?;
    let (ours, theirs) = (decoded_package(&ours)?, decoded_package(&theirs)?);
    match testing::golden::first_difference(&theirs, &ours) {
        None => Ok(()),
        Some(difference) => Err(Trouble::Failed(difference)),
    }
}

/// What the other tool reads out of a package in wasm, as text: the package, then the others by their names.
fn decoded_package(bytes: &[u8]) -> Result<String, Trouble> {
    let DecodedWasm::WitPackage(resolve, main) = wit_component::decode(bytes).map_err(peer)? else {
        return Err("a component, not a package".into());
    };
    let mut others: Vec<_> = resolve.packages.iter().filter(|(id, _)| *id != main).collect();
    others.sort_by_key(|(_, package)| package.name.to_string());
    let others: Vec<_> = others.into_iter().map(|(id, _)| id).collect();
    let mut printer = WitPrinter::default();
    printer.print(&resolve, main, &others).map_err(peer)?;
    Ok(printer.output.to_string())
}

/// The smallest core module with that `component-type` section.
fn module_with(section: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"component-type";
    let mut module = b"\0asm\x01\0\0\0\0".to_vec();
    leb128(&mut module, NAME.len() + 1 + section.len());
    leb128(&mut module, NAME.len());
    module.extend_from_slice(NAME);
    module.extend_from_slice(section);
    module
}

fn leb128(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7f).expect("seven bits") | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).expect("less than 128"));
}

/// A WIT file, or a folder with all `.wit` files below it.
fn read_tree(path: &Path) -> Result<wit::SourceTree, Trouble> {
    if path.is_file() {
        return Ok(wit::SourceTree::of_file("case.wit", testing::read(path)?));
    }
    let mut files = indexmap::IndexMap::new();
    add_files(path, "case", &mut files)?;
    Ok(wit::SourceTree::of_folder("case", files))
}

fn add_files(folder: &Path, name: &str, files: &mut indexmap::IndexMap<String, Vec<u8>>) -> Outcome {
    for path in testing::cases::entries(folder) {
        let below = format!("{name}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            add_files(&path, &below, files)?;
        } else if below.ends_with(".wit") {
            files.insert(below, testing::read(&path)?);
        }
    }
    Ok(())
}

fn headline(refused: &Diagnostics) -> String {
    refused.0.first().map(|first| format!("{}: {}", first.code, first.headline)).unwrap_or_default()
}

/// What this release does not do yet is no difference.
fn refused(refused: Diagnostics) -> Trouble {
    let text = headline(&refused);
    if text.starts_with("unsupported/") { Trouble::NotRun(text) } else { Trouble::Failed(text) }
}

fn peer(error: impl std::fmt::Display) -> Trouble {
    Trouble::Failed(format!("the other tool: {error:#}"))
}
