//! Readers of other makers for the formats that withe writes: JSON Schema, YAML, JUnit, Kubernetes, as Python packages.
//!
//! In: what is installed. Out: the folder that `PYTHONPATH` is to name, or why there is none.
//! Holds: the packages are put into a cache outside the tree, once, in fixed versions.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Done, in_file};

/// The packages; the folder in the cache has their versions in its name.
const PACKAGES: [(&str, &str); 4] =
    [("jsonschema", "4.26.0"), ("PyYAML", "6.0.3"), ("junitparser", "5.0.3"), ("kubernetes-validate", "1.37.0")];

/// Finds or makes the packages; an error where tools are required.
pub fn set_up() -> Done<Option<PathBuf>> {
    match packages() {
        Ok(folder) => Ok(Some(folder)),
        Err(why) if run::tools_required() => Err(why),
        Err(why) => {
            println!("no Python packages for tests: {why}");
            Ok(None)
        }
    }
}

/// The folder of the packages, from the cache or from PyPI.
fn packages() -> Done<PathBuf> {
    let wanted: Vec<String> = PACKAGES.iter().map(|(name, version)| format!("{name}=={version}")).collect();
    let versions: Vec<&str> = PACKAGES.iter().map(|(_, version)| *version).collect();
    let folder = super::cache_folder()?.join(format!("python-{}", versions.join("-")));
    if is_whole(&folder) {
        return Ok(folder);
    }
    println!("pip install {} in {}", wanted.join(" "), folder.display());
    // A download that breaks off leaves nothing behind that looks whole.
    let partial = folder.with_extension("partial");
    std::fs::create_dir_all(&partial).map_err(in_file(&partial))?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--target"]).arg(&partial);
    run::run_quietly(pip.args(&wanted))?;
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(in_file(&folder))?;
    }
    std::fs::rename(&partial, &folder).map_err(in_file(&folder))?;
    if is_whole(&folder) { Ok(folder) } else { Err(format!("pip did not make {}", folder.display())) }
}

fn is_whole(folder: &Path) -> bool {
    ["jsonschema", "yaml", "junitparser", "kubernetes_validate"]
        .iter()
        .all(|module| folder.join(module).join("__init__.py").is_file())
}
