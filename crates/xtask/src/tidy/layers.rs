//! Which crate may depend on which.
//!
//! In: the packages as cargo reads them. Out: every edge that no arrow allows, every outside crate away from its owner.
//! Holds: the tables below are the architecture; tests and the oracle may use more, since they are not in the product.

use serde_json::Value;

use super::Finding;
use crate::run::{self, Done};

/// The arrows: from a crate's folder to the folders it may depend on. `src` is the root package.
pub const ARROWS: &[(&str, &[&str])] = &[
    ("diag", &[]),
    ("printer", &[]),
    ("testing", &[]),
    ("xtask", &[]),
    ("types", &["diag"]),
    ("abi", &["types", "diag"]),
    ("wasm", &["diag"]),
    ("component", &["wasm", "types", "diag"]),
    ("wit", &["component", "wasm", "types", "printer", "diag"]),
    ("encode", &["component", "wasm", "abi", "types", "diag"]),
    ("compose", &["component", "types", "diag"]),
    ("check", &["component", "types", "diag"]),
    ("verify", &["component", "types", "diag"]),
    ("wac", &["compose", "types", "diag"]),
    ("picture", &["diag"]),
    ("registry", &["diag"]),
    ("project", &["registry", "wit", "types", "diag"]),
    ("deploy", &["types", "diag"]),
    ("docs", &["wit", "types", "diag"]),
    ("bindgen", &["component", "abi", "types", "diag"]),
    ("bindgen-rust", &["bindgen", "printer", "abi", "types", "diag"]),
    // What guests are compiled with: nothing of the product depends on it.
    ("guest-rust", &["guest-rust-macro"]),
    ("guest-rust-macro", &["bindgen-rust", "bindgen", "component", "wit", "types", "diag"]),
    ("wit-bindgen", &["guest-rust"]),
    ("bindgen-go", &["bindgen", "printer", "abi", "types", "diag"]),
    ("bindgen-js", &["bindgen", "component", "printer", "abi", "types", "diag"]),
    (
        "src",
        &[
            "diag",
            "types",
            "abi",
            "wasm",
            "component",
            "wit",
            "encode",
            "compose",
            "check",
            "verify",
            "wac",
            "picture",
            "printer",
            "registry",
            "project",
            "deploy",
            "docs",
            "bindgen",
            "bindgen-rust",
            "bindgen-go",
            "bindgen-js",
        ],
    ),
];

/// The owners of each outside crate, by the name in its registry.
const OWNERS: &[(&str, &[&str])] = &[
    ("wit-parser", &["wit"]),
    ("wasip2", &["wit"]),
    ("wasip3", &["wit"]),
    ("wasm-encoder", &["wasm", "component"]),
    // `verify` has the version of the embedded runtime, under the name `wasmparser-embedded`.
    ("wasmparser", &["wasm", "component", "verify"]),
    ("wasi-preview1-component-adapter-provider", &["encode"]),
    ("wasmtime", &["verify"]),
    ("wasmtime-wasi", &["verify"]),
    ("wasmtime-wasi-http", &["verify"]),
    ("wasmtime-wasi-io", &["verify"]),
    ("wasm-wave", &["verify"]),
    ("tokio", &["verify", "registry"]),
    ("http", &["verify"]),
    ("http-body-util", &["verify"]),
    ("hyper", &["verify"]),
    ("hyper-util", &["verify"]),
    ("futures", &["verify", "registry"]),
    ("futures-core", &["guest-rust"]),
    ("bitflags", &["guest-rust"]),
    ("macro-string", &["guest-rust-macro"]),
    ("proc-macro2", &["guest-rust-macro"]),
    ("quote", &["guest-rust-macro"]),
    ("syn", &["guest-rust-macro"]),
    ("bytes", &["verify", "registry"]),
    ("rustc-demangle", &["check", "verify"]),
    ("cpp_demangle", &["verify"]),
    ("miette", &["diag"]),
    ("strsim", &["diag"]),
    ("serde", &["diag", "picture", "project", "registry"]),
    ("serde_json", &["deploy", "diag", "docs", "picture", "project", "registry", "wit", "verify", "src", "xtask"]),
    ("heck", &["bindgen"]),
    ("clap", &["src"]),
    ("clap_complete", &["src"]),
    ("clap_mangen", &["src"]),
    ("ignore", &["project", "src"]),
    ("rayon", &["docs", "src", "verify"]),
    ("mimalloc", &["src"]),
    ("sha2", &["deploy", "project", "registry", "src", "testing"]),
    ("tempfile", &["project", "registry", "src"]),
    ("wat", &["src"]),
    ("wast", &["src", "testing"]),
    ("wasmprinter", &["src"]),
    ("toml_edit", &["deploy", "project"]),
    ("docker_credential", &["registry"]),
    ("oci-client", &["registry"]),
    ("reqwest", &["registry"]),
    ("rcgen", &["testing"]),
    ("rustls", &["registry"]),
    ("pulldown-cmark", &["docs"]),
    ("indicatif", &["src"]),
    ("notify", &["src"]),
    ("libtest-mimic", &["testing"]),
];

/// Crates that guests are compiled with: their `unsafe` is that of generated code.
const GUESTS: &[&str] = &["guest-rust", "wit-bindgen"];

/// Packages that plain `cargo test` leaves out.
const NOT_DEFAULT: &[&str] = &["oracle", "guest-rust", "guest-rust-macro", "wit-bindgen"];

/// Outside crates for every crate above `diag`.
const COMMON: &[&str] = &["indexmap", "semver"];

/// Other makers of the same things: for differential tests only.
const PEERS: &[&str] =
    &["wit-component", "wit-bindgen-core", "wit-bindgen-rust", "wac-graph", "wac-parser", "js-component-bindgen"];

/// A package of the workspace.
#[derive(Clone, Debug)]
pub struct Package {
    /// The folder below `crates/`, or `src` for the root package.
    pub folder: String,
    pub dependencies: Vec<Dependency>,
    /// Whether plain `cargo test` includes it.
    pub is_default: bool,
    /// Whether the manifest takes the workspace's lints.
    pub has_lints: bool,
}

#[derive(Clone, Debug)]
pub struct Dependency {
    /// The folder name for one of ours, the registry's name for an outside crate.
    pub name: String,
    pub is_ours: bool,
    /// Only for tests.
    pub is_dev: bool,
}

pub fn read_packages() -> Done<Vec<Package>> {
    let mut cargo = run::cargo();
    cargo.args(["metadata", "--no-deps", "--format-version", "1", "--offline"]).current_dir(run::root());
    let metadata: Value = serde_json::from_str(&run::run_quietly(&mut cargo)?).map_err(|error| error.to_string())?;
    let defaults = array(&metadata["workspace_default_members"]);
    array(&metadata["packages"]).iter().map(|package| read_package(package, defaults)).collect()
}

fn read_package(package: &Value, defaults: &[Value]) -> Done<Package> {
    let manifest = text(&package["manifest_path"]);
    let folder = folder_of(manifest);
    let written = run::read_text(manifest.as_ref())?;
    let dependencies = array(&package["dependencies"]).iter().map(|dependency| Dependency {
        name: match dependency["path"].as_str() {
            Some(path) => path.rsplit('/').next().unwrap_or(path).to_owned(),
            None => text(&dependency["name"]).to_owned(),
        },
        is_ours: dependency["path"].is_string(),
        is_dev: dependency["kind"] == "dev",
    });
    Ok(Package {
        folder,
        dependencies: dependencies.collect(),
        is_default: defaults.contains(&package["id"]),
        has_lints: written.contains("[lints]\nworkspace = true"),
    })
}

/// `…/crates/wit/Cargo.toml` is `wit`; the root's manifest is `src`.
fn folder_of(manifest: &str) -> String {
    let mut parts = manifest.rsplit('/').skip(1);
    match (parts.next(), parts.next()) {
        (Some(folder), Some("crates")) => folder.to_owned(),
        _ => "src".to_owned(),
    }
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

pub fn check(packages: &[Package]) -> Vec<Finding> {
    packages.iter().flat_map(check_package).collect()
}

fn check_package(package: &Package) -> Vec<Finding> {
    let manifest =
        if package.folder == "src" { "Cargo.toml".to_owned() } else { format!("crates/{}/Cargo.toml", package.folder) };
    let mut wrong = Vec::new();
    if package.folder != "oracle" {
        wrong.extend(package.dependencies.iter().filter_map(|dependency| wrong_edge(&package.folder, dependency)));
    }
    if !ARROWS.iter().any(|(from, _)| *from == package.folder) && package.folder != "oracle" {
        wrong.push("has no row in the table of arrows (crates/xtask/src/tidy/layers.rs)".to_owned());
    }
    if package.is_default == NOT_DEFAULT.contains(&package.folder.as_str()) {
        wrong.push(format!("`default-members` must hold every package except {}", NOT_DEFAULT.join(", ")));
    }
    if !package.has_lints && !GUESTS.contains(&package.folder.as_str()) {
        wrong.push("does not take the workspace's lints".to_owned());
    }
    wrong.into_iter().map(|what| format!("{manifest}: {what}")).collect()
}

fn wrong_edge(from: &str, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    if PEERS.contains(&name) {
        return Some(format!("`{name}` is a peer, for `crates/oracle` only"));
    }
    if dependency.is_dev {
        return None;
    }
    if dependency.is_ours {
        let allowed = ARROWS.iter().find(|(row, _)| *row == from).map_or(&[][..], |(_, to)| to);
        return (!allowed.contains(&name)).then(|| format!("no arrow leads from `{from}` to `{name}`"));
    }
    if COMMON.contains(&name) {
        return (from == "diag").then(|| format!("`{name}` is for the crates above `diag`"));
    }
    match OWNERS.iter().find(|(outside, _)| *outside == name) {
        None => Some(format!("`{name}` has no owner (crates/xtask/src/tidy/layers.rs)")),
        Some((_, owners)) if owners.contains(&from) => None,
        Some((_, owners)) => Some(format!("`{name}` belongs to {}", owners.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(folder: &str, name: &str, is_ours: bool, is_dev: bool) -> Package {
        let dependencies = vec![Dependency { name: name.to_owned(), is_ours, is_dev }];
        Package { folder: folder.to_owned(), dependencies, is_default: true, has_lints: true }
    }

    #[test]
    fn an_arrow_upwards_is_found() {
        assert_eq!(check(&[package("types", "diag", true, false)]), Vec::<Finding>::new());
        assert_eq!(
            check(&[package("diag", "types", true, false)]),
            ["crates/diag/Cargo.toml: no arrow leads from `diag` to `types`"]
        );
        assert_eq!(check(&[package("diag", "testing", true, true)]), Vec::<Finding>::new());
    }

    #[test]
    fn an_outside_crate_away_from_its_owner_is_found() {
        assert!(check(&[package("abi", "wasmtime", false, false)])[0].contains("belongs to verify"));
        assert!(check(&[package("abi", "left-pad", false, false)])[0].contains("no owner"));
        assert!(check(&[package("encode", "wit-component", false, true)])[0].contains("a peer"));
    }

    #[test]
    fn a_crate_without_a_row_or_lints_is_found() {
        let mut odd = package("odd", "diag", true, true);
        odd.has_lints = false;
        odd.is_default = false;
        assert_eq!(check(&[odd]).len(), 3);
    }
}
