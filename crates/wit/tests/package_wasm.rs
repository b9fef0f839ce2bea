//! A package written as wasm and read back says what its text says, and both versions of the validator accept it.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::path::Path;

use support::{conformance, read_tree, wit_sources};
use types::Types;
use withe_wit::print::{Docs, print};
use withe_wit::{LoadOptions, Package, SourceTree, load, wasm};

fn options() -> LoadOptions {
    LoadOptions { features: vec!["active".to_owned()], ..LoadOptions::default() }
}

fn everything() -> LoadOptions {
    LoadOptions { all_features: true, ..LoadOptions::default() }
}

/// Layouts of nested packages that no binary holds.
const NOT_ONE_PACKAGE: [&str; 2] = ["wit/empty-package", "wit/several-packages"];
/// What the older validator does not know.
const NEWER: &str = "is not a valid extern name";

/// Writes a package, reads it back, and compares texts and worlds. Of other packages the binary has what is used, so
/// the text is compared up to the first of them.
fn through_wasm(package: &Package) -> Result<bool, String> {
    let said = |found: diag::Diagnostics| format!("{}: {}", found.0[0].code, found.0[0].headline);
    let bytes = match wasm(package, None, Docs::Keep) {
        Err(found) if NOT_ONE_PACKAGE.contains(&found.0[0].code.0) => return Ok(false),
        written => written.map_err(said)?,
    };
    if bytes != wasm(package, None, Docs::Keep).map_err(said)? {
        return Err("the same package gives other bytes".to_owned());
    }
    valid(&bytes)?;
    let tree = SourceTree::of_file("package.wasm", bytes.clone());
    let back = load(&tree, &LoadOptions::default()).map_err(|found| format!("reading back: {}", said(found)))?;
    let (first, second) =
        (print(package, None, Docs::Keep).map_err(said)?, print(&back, None, Docs::Keep).map_err(said)?);
    let root = |text: &str| text.split("\npackage ").next().unwrap_or_default().trim_end().to_owned();
    let names_itself = package.names().len() == 1;
    if names_itself && root(&first) != root(&second) {
        return Err(first_difference(&root(&first), &root(&second)));
    }
    if wasm(&back, None, Docs::Keep).map_err(said)? != bytes {
        return Err("writing what was read gives other bytes".to_owned());
    }
    // The text of the binary, with the slices of other packages that it has, parses alone.
    let text = load(&SourceTree::of_text("printed.wit", second.clone()), &everything())
        .map_err(|found| format!("the text of the binary: {}\n{second}", said(found)))?;
    let third = print(&text, None, Docs::Keep).map_err(said)?;
    if second != third {
        return Err(format!("the text of the binary, printed again: {}", first_difference(&second, &third)));
    }
    same_worlds(package, &back)?;
    Ok(true)
}

/// Every world of the package that was read back is the one that was written.
fn same_worlds(package: &Package, back: &Package) -> Result<(), String> {
    let mut types = Types::new();
    for name in back.worlds() {
        let read = back.world(&mut types, Some(&name)).map_err(|found| found.0[0].headline.clone())?;
        let full = format!("{}:{}/{}", read.package.namespace, read.package.name, read.name);
        let written = package.world(&mut types, Some(&full)).map_err(|found| found.0[0].headline.clone())?;
        if !types::equal::components(&types, &written.component, &read.component) {
            let (written, read) = (types::dump::world(&types, &written), types::dump::world(&types, &read));
            return Err(format!("world {name}: {}", first_difference(&written, &read)));
        }
    }
    Ok(())
}

fn first_difference(written: &str, read: &str) -> String {
    let lines = written.lines().map(Some).chain([None]).zip(read.lines().map(Some).chain([None]));
    let (number, (written, read)) = lines.enumerate().find(|(_, (a, b))| a != b).unwrap();
    format!("line {}: wrote {written:?}, read {read:?}", number + 1)
}

fn valid(bytes: &[u8]) -> Result<(), String> {
    let ours = wasmparser::WasmFeatures::all();
    wasmparser::Validator::new_with_features(ours).validate_all(bytes).map_err(|error| error.to_string())?;
    let embedded = wasmparser_embedded::WasmFeatures::all();
    let found = wasmparser_embedded::Validator::new_with_features(embedded).validate_all(bytes);
    match found {
        Err(error) if !error.message().contains(NEWER) => Err(format!("the embedded validator: {error}")),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn check_folder(folder: &str, at_least: usize) {
    let Some(folder) = conformance(folder) else { return };
    let (mut count, mut wrong) = (0, Vec::new());
    for path in wit_sources(&folder) {
        let path = if path.join("wit").is_dir() { path.join("wit") } else { path };
        let Ok(package) = load(&read_tree(&path), &options()) else { continue };
        match through_wasm(&package) {
            Ok(written) => count += usize::from(written),
            Err(reason) => wrong.push(format!("{}: {reason}", path.display())),
        }
    }
    println!("{}: {count} written and read back, {} wrong", folder.display(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
    assert!(count >= at_least, "only {count} cases");
}

#[test]
fn wit_ui_survives() {
    check_folder("wit-ui", 60);
}

#[test]
fn bindgen_survives() {
    check_folder("bindgen", 82);
}

#[test]
fn interfaces_survive() {
    check_folder("interfaces", 30);
}

#[test]
fn everything_built_in_survives() {
    for track in ["0.2.12", "0.2.0", "0.3.2"] {
        for package in ["cli", "clocks", "filesystem", "http", "random", "sockets"] {
            let tree = SourceTree::built_in(format!("wasi:{package}@{track}"));
            let package = load(&tree, &everything()).unwrap();
            assert!(through_wasm(&package).unwrap());
        }
    }
}

#[test]
fn own_worlds_survive() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    for package in wit_sources(&folder) {
        let package = load(&read_tree(&package), &LoadOptions::default()).unwrap();
        assert!(through_wasm(&package).unwrap());
    }
}

/// Metadata as tools wrote it before: the package of the world, behind a version, an encoding and the world's name.
#[test]
fn older_metadata_is_read() {
    let text = "package local:calc;\nworld calc { import log: func(text: string); }\nworld other {}\n";
    let package = load(&SourceTree::of_text("calc.wit", text), &LoadOptions::default()).unwrap();
    let package = wasm(&package, None, Docs::Keep).unwrap();
    let section = [&[3, 0, 4][..], b"calc", &package].concat();
    let text =
        String::from_utf8(section.iter().flat_map(|byte| format!("\\{byte:02x}").into_bytes()).collect()).unwrap();
    let module = wat::parse_str(format!("(module (@custom \"component-type:old\" \"{text}\"))")).unwrap();
    let read = load(&SourceTree::of_file("m.wasm", module), &LoadOptions::default()).unwrap();
    assert_eq!(read.worlds(), ["calc"]);
    let shown = print(&read, None, Docs::Keep).unwrap();
    assert_eq!(shown, "package local:calc;\n\nworld calc {\n  import log: func(text: string);\n}\n");

    for broken in ["\\03", "\\03\\00\\ff\\ff\\ff\\ff\\0f", "\\03\\00\\01x\\00asm"] {
        let module = wat::parse_str(format!("(module (@custom \"component-type\" \"{broken}\"))")).unwrap();
        let found = load(&SourceTree::of_file("m.wasm", module), &LoadOptions::default()).unwrap_err();
        assert_eq!(found.0[0].code.0, "wit/broken-binary");
    }
}
