//! Other engines than Node that output works on.
//!
//! In: a folder with scripts. Out: what was printed.
//! Holds: versions are those of `npm.txt`; a script may read files and the environment, and neither write nor reach the
//! network; what is not here is a `MissingTool`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::js::{GETS_IT, TIME, within};
use crate::{Trouble, guest, npm};

/// An engine that is a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Deno,
    Bun,
}

impl Engine {
    pub const ALL: [Self; 2] = [Self::Deno, Self::Bun];

    pub fn name(self) -> &'static str {
        match self {
            Self::Deno => "deno",
            Self::Bun => "bun",
        }
    }

    /// Where the program is in the cache.
    ///
    /// # Errors
    /// `MissingTool`.
    pub fn program(self) -> Result<PathBuf, Trouble> {
        let missing = || Trouble::MissingTool(format!("{} is not in the cache; {GETS_IT}", self.name()));
        let (name, version) = npm::packages().find(|(name, _)| *name == self.name()).ok_or_else(missing)?;
        let (package, program) = npm::program(name).ok_or_else(missing)?;
        let folder = guest::cache().ok_or_else(missing)?.join(npm::folder(name, version));
        let program = folder.join("node_modules").join(package).join(program);
        if program.is_file() { Ok(program) } else { Err(missing()) }
    }

    /// Runs a script that must end with status 0: what it printed.
    ///
    /// # Errors
    /// `MissingTool`; another status, or no end, with all that was printed.
    pub fn output(self, folder: &Path, script: &str) -> Result<String, Trouble> {
        let mut command = Command::new(self.program()?);
        match self {
            Self::Deno => {
                command.args(["run", "--no-prompt", "--allow-read", "--allow-env", "--allow-sys"]);
                command.env("DENO_DIR", folder.join(".deno")).env("DENO_NO_UPDATE_CHECK", "1");
            }
            Self::Bun => drop(command.arg("run")),
        }
        let ran = within(command.arg(script).current_dir(folder), TIME)?;
        if ran.status == Some(0) {
            return Ok(ran.stdout);
        }
        Err(Trouble::Failed(format!("{} {script}: {}\n{}{}", self.name(), ran.end(), ran.stdout, ran.stderr)))
    }
}
