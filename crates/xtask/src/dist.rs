//! `cargo xtask dist`: the release binary with its licence and checksum, as it is handed out.
//!
//! In: the sources. Out: `target/dist/withe-VERSION-HOST/` with `withe`, `LICENSE`, `README.md`, manual pages in `man`,
//! completions in `completions`, and `SHA256SUMS`.

use std::path::{Path, PathBuf};
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
    let mut files = vec!["LICENSE".to_owned(), "README.md".to_owned(), "withe".to_owned()];
    files.extend(written_by_itself(&binary, &folder)?);
    let sums = run::run_quietly(Command::new("sha256sum").args(&files).current_dir(&folder))?;
    let list = folder.join("SHA256SUMS");
    std::fs::write(&list, &sums).map_err(in_file(&list))?;
    println!("{}\n{sums}", folder.display());
    Ok(())
}

/// Manual pages and completions, which the binary writes; their paths in the folder, by name.
fn written_by_itself(binary: &Path, folder: &Path) -> Done<Vec<String>> {
    run::run_quietly(Command::new(binary).args(["man", "-o", "man"]).current_dir(folder))?;
    let completions = folder.join("completions");
    std::fs::create_dir_all(&completions).map_err(in_file(&completions))?;
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run::run_quietly(Command::new(binary).args(["completions", shell]))?;
        let path = completions.join(format!("withe.{shell}"));
        std::fs::write(&path, script).map_err(in_file(&path))?;
    }
    let mut files = Vec::new();
    for name in ["man", "completions"] {
        for entry in std::fs::read_dir(folder.join(name)).map_err(in_file(&folder.join(name)))?.flatten() {
            files.push(format!("{name}/{}", entry.file_name().to_string_lossy()));
        }
    }
    files.sort();
    Ok(files)
}

/// Builds `withe` in release and returns where it is.
pub fn build_release() -> Done<PathBuf> {
    println!("building the release binary");
    run::run(run::cargo().args(["build", "--release", "--quiet", "--bin", "withe"]).current_dir(run::root()))?;
    Ok(run::target_folder().join("release/withe"))
}
