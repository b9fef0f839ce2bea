//! Programs that tests start: found on `PATH`, run, their output kept.
//!
//! In: a program's name and arguments. Out: what it printed, or `MissingTool`, or `Failed` with its output.

use std::path::PathBuf;
use std::process::Command;

use crate::Trouble;

/// Where the program is, by `PATH`.
pub fn find(name: &str) -> Result<PathBuf, Trouble> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .ok_or_else(|| Trouble::MissingTool(format!("`{name}` is not installed")))
}

/// A command for a program on `PATH`.
pub fn command(name: &str) -> Result<Command, Trouble> {
    Ok(Command::new(find(name)?))
}

/// Python with a module that is not its own: from the folder that `cargo xtask test` hands over, else from where Python
/// looks by itself.
pub fn python(module: &str) -> Result<Command, Trouble> {
    let make = || {
        let mut python = command("python3")?;
        if let Some(folder) = std::env::var_os("WITHE_PYTHON_PACKAGES") {
            python.env("PYTHONPATH", folder);
        }
        Ok::<_, Trouble>(python)
    };
    match run(make()?.args(["-c", &format!("import {module}")])) {
        Ok(_) => make(),
        Err(_) => Err(Trouble::MissingTool(format!("Python has no module `{module}`; `cargo xtask test` gets it"))),
    }
}

/// The folder in which `cargo xtask test` keeps `componentize-py`: `bin` has the program, which wants the folder itself
/// in `PYTHONPATH`.
pub fn componentize_py() -> Result<PathBuf, Trouble> {
    let requirements = include_str!("../componentize-py.txt");
    let named = requirements.lines().find_map(|line| line.strip_prefix("componentize-py=="));
    let version = named.expect("the file names its package").trim_end_matches('\\').trim();
    let folder = crate::guest::cache().map(|cache| cache.join(format!("componentize-py-{version}")));
    let missing = || format!("componentize-py {version} is not here; `cargo xtask test` gets it");
    folder.filter(|folder| folder.join("bin/componentize-py").is_file()).ok_or_else(|| Trouble::MissingTool(missing()))
}

/// Runs a command to its end; a status other than 0 is a failure that shows all it printed.
pub fn run(command: &mut Command) -> Result<String, Trouble> {
    let line = format!("{command:?}");
    let output = command.output().map_err(|error| Trouble::Failed(format!("{line}: {error}")))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(Trouble::Failed(format!("{line}: {}\n{}{}", output.status, text(&output.stdout), text(&output.stderr))))
}
