//! Embeds the WIT of WASI, which the packages `wasip2` and `wasip3` carry, and of the drafts in the folder `drafts`.
//!
//! In: this package's build dependencies, found through `cargo metadata` without a network; the drafts.
//! Out: `wasi.rs` in the output folder: one entry for each package, with its name, its text and the text's parts.
//! Holds: WASI's texts are not copied into this repository; entries are sorted by package name.
#![expect(clippy::disallowed_methods, reason = "a build script reads files and talks to cargo")]

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "build/parts.rs"]
mod parts;
#[path = "src/scan.rs"]
#[expect(dead_code, reason = "a part of it is used here, all of it in the crate")]
mod scan;

const CARRIERS: [&str; 2] = ["wasip2", "wasip3"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    // Without them the drafts would have nothing to stand on.
    if env::var_os("CARGO_FEATURE_WASI").is_none() {
        fs::write(out.join("wasi.rs"), "const ALL: &[(&str, &str, &[Part])] = &[];\n")
            .expect("the output folder is writable");
        return;
    }
    let carriers = carriers(&out);
    let mut entries = BTreeMap::new();
    let drafts = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR")).join("drafts");
    println!("cargo::rerun-if-changed=src/scan.rs");
    println!("cargo::rerun-if-changed=build/parts.rs");
    println!("cargo::rerun-if-changed=drafts");
    for folder in carriers.iter().map(|carrier| carrier.join("wit/deps")).chain([drafts]) {
        for file in wit_files(&folder) {
            let text = fs::read_to_string(&file).expect("the package's WIT is readable");
            let name = package_name(&text).expect("each file of WASI's WIT begins with its package's name").to_owned();
            let text = entry(&out, &name, &text);
            entries.insert(name, text);
        }
    }
    assert!(entries.len() > 14, "the packages {CARRIERS:?} carry no WIT: {:?}", entries.keys());
    let mut code = String::from("const ALL: &[(&str, &str, &[Part])] = &[\n");
    for (name, entry) in entries {
        writeln!(code, "    ({name:?}, {entry}),").expect("writing to a string cannot fail");
    }
    code.push_str("];\n");
    fs::write(out.join("wasi.rs"), code).expect("the output folder is writable");
}

/// The text and its parts, as they stand in a table.
///
/// The text lies in the output folder: a path into a checkout would outlive it in a target folder that is shared.
fn entry(out: &Path, package: &str, text: &str) -> String {
    let file = format!("{}.wit", package.replace([':', '@'], "-"));
    fs::write(out.join(&file), text).expect("the output folder is writable");
    let mut entry = format!("include_str!(concat!(env!(\"OUT_DIR\"), \"/{file}\")), &[");
    for part in parts::parts(text) {
        let parts::Part { name, is_world, range, needs } = part;
        let (start, end) = (range.start, range.end);
        let range = format!("start: {start}, end: {end}");
        write!(entry, "Part {{ name: {name:?}, is_world: {is_world}, {range}, needs: &{needs:?} }}, ")
            .expect("writing to a string cannot fail");
    }
    entry + "]"
}

/// The name in `package NAME;`, the first statement of a file.
fn package_name(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.trim().strip_prefix("package ")?.strip_suffix(';'))
}

fn wit_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the package has a folder of WIT");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder is readable").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "wit"));
    files.sort();
    files
}

/// The folders of the packages that carry WASI's WIT.
///
/// The workspace itself is asked first. Where cargo cannot answer for all of it without a network
/// (an installation downloads no development dependencies), a package that needs nothing else is.
fn carriers(out: &Path) -> Vec<PathBuf> {
    let own = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let first = metadata(&own, &own.join("Cargo.toml"));
    let answer = first.or_else(|failure| stand_in(&own, out).map_err(|second| format!("{failure}; {second}")));
    answer.unwrap_or_else(|failure| panic!("cannot find the packages {CARRIERS:?} through `cargo metadata`: {failure}"))
}

/// Asks for a package that depends on the carriers alone.
fn stand_in(own: &Path, out: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = out.join("stand-in");
    fs::create_dir_all(folder.join("src")).map_err(|e| e.to_string())?;
    fs::write(folder.join("src/lib.rs"), "").map_err(|e| e.to_string())?;
    let mut manifest = String::from(
        "[package]\nname = \"stand-in\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n",
    );
    for (name, version) in CARRIERS.iter().zip(["=2.0.1", "=0.10.0"]) {
        writeln!(manifest, "{name} = {{ version = \"{version}\", default-features = false }}")
            .map_err(|e| e.to_string())?;
    }
    fs::write(folder.join("Cargo.toml"), manifest).map_err(|e| e.to_string())?;
    if let Some(lock) = own.ancestors().map(|dir| dir.join("Cargo.lock")).find(|lock| lock.is_file()) {
        fs::copy(lock, folder.join("Cargo.lock")).map_err(|e| e.to_string())?;
    }
    metadata(own, &folder.join("Cargo.toml"))
}

/// The carriers' folders, as `cargo metadata` knows them. The working folder decides which configuration
/// (vendored sources, for example) cargo reads.
fn metadata(working_folder: &Path, manifest: &Path) -> Result<Vec<PathBuf>, String> {
    let cargo = env::var("CARGO").map_err(|e| e.to_string())?;
    let host = env::var("HOST").map_err(|e| e.to_string())?;
    let output = Command::new(cargo)
        .current_dir(working_folder)
        .args(["metadata", "--offline", "--format-version", "1", "--filter-platform", &host, "--manifest-path"])
        .arg(manifest)
        .output()
        .map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|e| e.to_string())?;
    CARRIERS.iter().map(|name| manifest_folder(&answer, name)).collect()
}

fn manifest_folder(answer: &serde_json::Value, name: &str) -> Result<PathBuf, String> {
    let packages = answer["packages"].as_array().ok_or("no packages")?;
    let package = packages.iter().find(|package| package["name"] == name).ok_or(format!("no package `{name}`"))?;
    let manifest = package["manifest_path"].as_str().ok_or("no manifest path")?;
    let folder = Path::new(manifest).parent().ok_or("no folder")?;
    Ok(folder.to_owned())
}
