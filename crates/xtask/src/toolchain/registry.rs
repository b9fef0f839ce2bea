//! Debian's registry, unpacked into a cache: no package is installed, so no service is started and nothing on the
//! machine changes.
//!
//! In: what is installed. Out: the program, or why there is none.
//! Holds: set up once; what an attempt left that was cut off looks not like a whole one.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Done, in_file};

const PACKAGE: &str = "docker-registry";

/// Finds or makes the program; an error where tools are required.
pub fn set_up() -> Done<Option<PathBuf>> {
    match program() {
        Ok(program) => Ok(Some(program)),
        Err(why) if run::tools_required() => Err(why),
        Err(why) => {
            println!("no registry for tests: {why}");
            Ok(None)
        }
    }
}

/// The program on the path, else in the cache, else from Debian.
fn program() -> Done<PathBuf> {
    if run::version(PACKAGE, "--version").is_some() {
        return Ok(PathBuf::from(PACKAGE));
    }
    let folder = super::cache_folder()?.join(PACKAGE);
    let program = folder.join("usr/bin").join(PACKAGE);
    if program.is_file() {
        return Ok(program);
    }
    println!("unpacking Debian's {PACKAGE} in {}", folder.display());
    let partial = folder.with_extension("partial");
    if partial.exists() {
        std::fs::remove_dir_all(&partial).map_err(in_file(&partial))?;
    }
    std::fs::create_dir_all(&partial).map_err(in_file(&partial))?;
    download(&partial)?;
    for file in run::entries(&partial)? {
        if file.extension().is_some_and(|extension| extension == "deb") {
            run::run_quietly(Command::new("dpkg").arg("-x").arg(&file).arg(&partial))?;
            std::fs::remove_file(&file).map_err(in_file(&file))?;
        }
    }
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(in_file(&folder))?;
    }
    std::fs::rename(&partial, &folder).map_err(in_file(&folder))?;
    if program.is_file() { Ok(program) } else { Err(format!("Debian's {PACKAGE} has no {}", program.display())) }
}

fn download(folder: &Path) -> Done {
    let attempt = || run::run_quietly(Command::new("apt-get").args(["download", PACKAGE]).current_dir(folder));
    if attempt().is_ok() {
        return Ok(());
    }
    // The package lists of a new machine are empty or old.
    run::run_quietly(Command::new("apt-get").arg("update"))?;
    attempt().map(drop)
}
