//! Gathers the pages of all diagnostics, so that `withe explain` has them without reading files.
//!
//! In: `crates/diag/codes/<area>/<name>.md`. Out: `pages.rs`, a list of `Page`, sorted by code; how the binary is linked.
#![expect(clippy::disallowed_methods, reason = "a build script reads the files that it builds from")]

use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    link_for_a_quick_start();
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let codes = root.join("crates/diag/codes");
    println!("cargo::rerun-if-changed={}", codes.display());
    let mut pages = Vec::new();
    for area in entries(&codes).iter().filter(|path| path.is_dir()) {
        println!("cargo::rerun-if-changed={}", area.display());
        pages.extend(entries(area).into_iter().filter(|path| path.extension().is_some_and(|end| end == "md")));
    }
    let mut pages: Vec<(String, String)> = pages.iter().map(|path| (code_of(path), entry_of(path))).collect();
    pages.sort();
    let list: String = pages.into_iter().map(|(_, entry)| entry).collect();
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it")).join("pages.rs");
    fs::write(out, format!("&[\n{list}]\n")).expect("cargo's own folder is writable");
}

/// A release binary stands at a fixed address: the 49 000 relocations of a movable one cost 1.6 MB of memory at every
/// start, a sixth of what `withe wit` of a large component takes. Code that guests run is compiled into memory of its own, at random addresses either way.
fn link_for_a_quick_start() {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).expect("the pages are part of the sources");
    read.map(|entry| entry.expect("the folder was just opened").path()).collect()
}

fn code_of(page: &Path) -> String {
    let name = page.file_stem().and_then(|name| name.to_str()).expect("codes are ASCII");
    let area = page.parent().and_then(Path::file_name).and_then(|area| area.to_str()).expect("codes are ASCII");
    format!("{area}/{name}")
}

fn entry_of(page: &Path) -> String {
    format!("    Page {{ code: {:?}, text: include_str!({:?}) }},\n", code_of(page), page.display().to_string())
}
