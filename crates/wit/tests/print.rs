//! Printed WIT parses alone, and printing it again gives the same bytes; a component's world is printed in the layout
//! that the public test vectors have.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::path::{Path, PathBuf};

use support::{conformance, read_tree};
use withe_wit::print::{Docs, print};
use withe_wit::{LoadOptions, Package, SourceTree, load};

fn options() -> LoadOptions {
    LoadOptions { features: vec!["active".to_owned()], ..LoadOptions::default() }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.retain(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name != "parse-fail" && (path.is_dir() || name.ends_with(".wit"))
    });
    entries.sort();
    entries
}

/// Prints, loads what was printed, prints again.
fn print_twice(package: &Package) -> Result<(String, String), String> {
    print_twice_with(package, &options())
}

fn print_twice_with(package: &Package, options: &LoadOptions) -> Result<(String, String), String> {
    let first = print(package, None, Docs::Keep).map_err(|found| found.0[0].headline.clone())?;
    let again = load(&SourceTree::of_text("printed.wit", first.clone()), options)
        .map_err(|found| format!("{}: {:?}\n{first}", found.0[0].headline, found.0[0].labels[0].text))?;
    let second = print(&again, None, Docs::Keep).map_err(|found| found.0[0].headline.clone())?;
    same_worlds(package, &again)?;
    Ok((first, second))
}

/// Every world of the text that was printed is the one that the package has.
fn same_worlds(package: &Package, printed: &Package) -> Result<(), String> {
    let mut types = types::Types::new();
    let mut names = types::Types::new();
    for world in package.all_worlds(&mut names) {
        let version = world.package.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
        let name = format!("{}:{}/{}{version}", world.package.namespace, world.package.name, world.name);
        let read = printed.world(&mut types, Some(&name)).map_err(|found| found.0[0].headline.clone())?;
        let first = package.world(&mut types, Some(&name)).map_err(|found| found.0[0].headline.clone())?;
        if !types::equal::components(&types, &first.component, &read.component) {
            return Err(format!("the text says another world `{name}`"));
        }
    }
    Ok(())
}

fn check_folder(folder: &str, at_least: usize) {
    let Some(folder) = conformance(folder) else { return };
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in entries(&folder) {
        let path = if path.join("wit").is_dir() { path.join("wit") } else { path };
        let package = match load(&read_tree(&path), &options()) {
            Ok(package) => package,
            Err(found) => {
                wrong.push(format!("{}: {}", path.display(), found.0[0].headline));
                continue;
            }
        };
        count += 1;
        match print_twice(&package) {
            Err(reason) => wrong.push(format!("{}: {reason}", path.display())),
            Ok((first, second)) if first != second => {
                wrong.push(format!("{}: differs\n{first}\n-----\n{second}", path.display()));
            }
            Ok(_) => {}
        }
    }
    println!("{}: {count} printed twice, {} wrong", folder.display(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
    assert!(count >= at_least, "only {count} cases");
}

#[test]
fn wit_ui_prints_the_same_again() {
    check_folder("wit-ui", 77);
}

#[test]
fn bindgen_prints_the_same_again() {
    check_folder("bindgen", 82);
}

#[test]
fn interfaces_print_the_same_again() {
    check_folder("interfaces", 30);
}

/// Every file and every folder, at any depth, that is WIT by itself.
#[test]
fn everything_else_prints_the_same_again() {
    let (mut count, mut wrong) = (0, Vec::new());
    for folder in ["encode", "merge", "targets", "wac", "js-bench"] {
        let mut open: Vec<PathBuf> = conformance(folder).into_iter().collect();
        while let Some(folder) = open.pop() {
            for path in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
                let is_wit = path.is_dir() || path.extension().is_some_and(|extension| extension == "wit");
                let Ok(Ok(package)) = is_wit.then(|| load(&read_tree(&path), &options())).ok_or(()) else { continue };
                count += 1;
                match print_twice(&package) {
                    Err(reason) => wrong.push(format!("{}: {reason}", path.display())),
                    Ok((first, second)) if first != second => wrong.push(format!("{}: differs", path.display())),
                    Ok(_) => {}
                }
            }
            let below = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
            open.extend(below.filter(|path| path.is_dir()));
        }
    }
    println!("{count} others printed twice, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
    assert!(count == 0 || count >= 200, "only {count} cases");
}

/// What wit-component's printer writes for the same files; empty lines between worlds are ours.
#[test]
fn the_layout_is_the_usual_one() {
    let Some(folder) = conformance("interfaces") else { return };
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in entries(&folder) {
        let printed = path.with_extension("wit.print");
        let Ok(expected) = std::fs::read_to_string(&printed) else { continue };
        count += 1;
        let package = load(&read_tree(&path), &options()).unwrap();
        let text = print(&package, None, Docs::Keep).unwrap();
        let lines = |text: &str| text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        if lines(&text) != lines(&expected) {
            wrong.push(format!("{}:\n{text}\n----- expected\n{expected}", path.display()));
        }
    }
    println!("interfaces: {} of {count} as expected", count - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
}

#[test]
fn everything_built_in_prints_the_same_again() {
    let drafts = ["wasi:logging", "wasi:http/proxy@0.2.12", "wasi:cli/command@0.3.2"].map(str::to_owned);
    let packages = ["cli", "clocks", "filesystem", "http", "random", "sockets"];
    let versions = ["0.2.12", "0.2.6", "0.2.0", "0.3.2", "0.3.0"];
    let of_version = |version: &&str| packages.map(|package| format!("wasi:{package}@{version}"));
    for name in drafts.into_iter().chain(versions.iter().flat_map(of_version)) {
        for all_features in [false, true] {
            let options = LoadOptions { all_features, ..LoadOptions::default() };
            let package = load(&SourceTree::built_in(&name), &options).unwrap();
            let (first, second) = print_twice_with(&package, &options).unwrap();
            assert_eq!(first, second, "{name}");
        }
    }
}

#[test]
fn every_version_of_wasi_resolves() {
    let packages = ["cli", "clocks", "filesystem", "http", "io", "random", "sockets"];
    for (track, newest) in [("0.2", 12), ("0.3", 2)] {
        for patch in 0..=newest {
            for package in packages.iter().filter(|package| track == "0.2" || **package != "io") {
                let name = format!("wasi:{package}@{track}.{patch}");
                let loaded =
                    load(&SourceTree::built_in(&name), &LoadOptions { all_features: true, ..Default::default() });
                let loaded = loaded.unwrap_or_else(|found| panic!("{name}: {}", found.0[0].headline));
                let text = print(&loaded, None, Docs::LeaveOut).unwrap();
                let other = (0..=newest).find(|other| *other != patch && text.contains(&format!("@{track}.{other};")));
                assert_eq!(other, None, "{name} holds another version");
            }
        }
    }
}

/// The worlds of this project's own `wit/` folder: each file is in the layout that is printed.
#[test]
fn own_worlds_are_printed_as_they_are_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    for package in entries(&folder) {
        let loaded = load(&read_tree(&package), &LoadOptions::default()).unwrap();
        let (first, second) = print_twice(&loaded).unwrap();
        assert_eq!(first, second);
        for name in loaded.worlds() {
            let mut types = types::Types::new();
            loaded.world(&mut types, Some(&name)).unwrap();
            print(&loaded, Some(&name), Docs::Keep).unwrap();
        }
    }
}
