//! `cargo xtask dist`: the release binary with its licence and checksum, as it is handed out.
//!
//! In: the sources. Out: `target/dist/withe-VERSION-HOST/` with `withe`, `LICENSE`, `README.md`, and `SHA256SUMS`.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{self, Done, in_file};

pub fn dist() -> Done {
    let binary = build_release()?;
    let version = run::version(&binary, "--version").ok_or("the binary does not say its version")?;
    let version = version.rsplit(' ').next().unwrap_or("0").to_owned();
    let about = run::run_quietly(Command::new("rustc").arg("-vV").current_dir(run::root()))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc does not say its host")?;
    let folder = run::target_folder().join("dist").join(format!("withe-{version}-{host}"));
    std::fs::create_dir_all(&folder).map_err(in_file(&folder))?;
    std::fs::copy(&binary, folder.join("withe")).map_err(in_file(&binary))?;
    for name in ["LICENSE", "README.md"] {
        std::fs::copy(run::root().join(name), folder.join(name)).map_err(in_file(&run::root().join(name)))?;
    }
    let sums =
        run::run_quietly(Command::new("sha256sum").args(["LICENSE", "README.md", "withe"]).current_dir(&folder))?;
    let list = folder.join("SHA256SUMS");
    std::fs::write(&list, &sums).map_err(in_file(&list))?;
    println!("{}\n{sums}", folder.display());
    Ok(())
}

/// Builds `withe` in release and returns where it is.
pub fn build_release() -> Done<PathBuf> {
    println!("building the release binary");
    run::run(run::cargo().args(["build", "--release", "--quiet", "--bin", "withe"]).current_dir(run::root()))?;
    Ok(run::target_folder().join("release/withe"))
}
