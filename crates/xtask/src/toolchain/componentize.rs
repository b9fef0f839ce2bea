//! `componentize-py`, which makes components of Python for the tests.
//!
//! In: `crates/testing/componentize-py.txt`, with the sums of its packages. Out: a folder with the program in `bin`, which
//! wants the folder in `PYTHONPATH`; or why there is none.
//! Holds: put into the cache outside the tree once, whole or not at all.

use std::path::Path;
use std::process::Command;

use crate::run::{self, Done, in_file};

/// The package, as pip's requirements have it.
const REQUIREMENTS: &str = include_str!("../../../testing/componentize-py.txt");

/// Finds or makes it, and says which is here; an error where tools are required.
pub fn set_up() -> Done<Option<String>> {
    match package() {
        Ok(name) => Ok(Some(name)),
        Err(why) if run::tools_required() => Err(why),
        Err(why) => {
            println!("no componentize-py for tests: {why}");
            Ok(None)
        }
    }
}

fn package() -> Done<String> {
    let wanted = REQUIREMENTS.lines().find_map(|line| line.split_once("==")).ok_or("the file has no package")?;
    let name = format!("{} {}", wanted.0, wanted.1.trim_end_matches('\\').trim());
    let folder = super::cache_folder()?.join(name.replace(' ', "-"));
    if is_whole(&folder) {
        return Ok(name);
    }
    println!("pip install {name} in {}", folder.display());
    // A download that breaks off leaves nothing behind that looks whole.
    let partial = folder.with_file_name(format!("{}.partial", name.replace(' ', "-")));
    std::fs::create_dir_all(&partial).map_err(in_file(&partial))?;
    let requirements = partial.join("requirements.txt");
    std::fs::write(&requirements, REQUIREMENTS).map_err(in_file(&requirements))?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--require-hashes"]);
    run::run_quietly(pip.arg("--target").arg(&partial).arg("--requirement").arg(&requirements))?;
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(in_file(&folder))?;
    }
    std::fs::rename(&partial, &folder).map_err(in_file(&folder))?;
    if is_whole(&folder) { Ok(name) } else { Err(format!("pip did not make {}", folder.display())) }
}

fn is_whole(folder: &Path) -> bool {
    folder.join("bin/componentize-py").is_file() && folder.join("componentize_py/__init__.py").is_file()
}
