//! JavaScript: scripts run by both versions of Node that output must work on, and types checked by TypeScript.
//!
//! In: a folder with scripts, or with `.d.ts` files and programs. Out: what was printed, or what the checker says.
//! Holds: versions are those of `npm.txt`, which `cargo xtask test` puts into the cache; a script that does not end is
//! stopped; what is not here is a `MissingTool`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::{Trouble, npm, tool};

/// How long a script may take where nothing else is said.
pub const TIME: Duration = Duration::from_secs(60);

/// A version of Node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// The oldest that output works on: without several memories, newer exceptions, and JSPI.
    V20,
    /// Has JSPI.
    V24,
}

/// What a script did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    /// None if a signal ended it, or the time limit.
    pub status: Option<i32>,
    /// False if it was stopped.
    pub in_time: bool,
}

impl Node {
    pub const ALL: [Self; 2] = [Self::V20, Self::V24];

    /// `node20`
    pub fn name(self) -> &'static str {
        match self {
            Self::V20 => "node20",
            Self::V24 => "node24",
        }
    }

    fn major(self) -> &'static str {
        match self {
            Self::V20 => "20",
            Self::V24 => "24",
        }
    }

    /// Where the program is: in the cache, or on the path if that one is of the version.
    ///
    /// # Errors
    /// `MissingTool`.
    pub fn program(self) -> Result<PathBuf, Trouble> {
        static FOUND: OnceLock<[Option<PathBuf>; 2]> = OnceLock::new();
        let found = FOUND.get_or_init(|| Self::ALL.map(Self::find));
        let missing = || format!("Node {} is neither on the path nor in the cache; {GETS_IT}", self.major());
        found[self as usize].clone().ok_or_else(|| Trouble::MissingTool(missing()))
    }

    fn find(self) -> Option<PathBuf> {
        let prefix = format!("v{}.", self.major());
        let is_it = |program: &PathBuf| {
            tool::run(Command::new(program).arg("--version")).is_ok_and(|version| version.starts_with(&prefix))
        };
        let (_, version) = npm::packages()
            .find(|(name, version)| *name == "node" && version.split('.').next() == Some(self.major()))?;
        let (package, program) = npm::program("node")?;
        let cached = cache()?.join(npm::folder("node", version)).join("node_modules").join(package).join(program);
        [tool::find("node").ok(), Some(cached)].into_iter().flatten().find(is_it)
    }

    /// Runs `node SCRIPT ARGS..` in a folder, without input; a script that does not end in time is stopped.
    ///
    /// # Errors
    /// `MissingTool`.
    pub fn run(self, folder: &Path, script: &str, args: &[&str], time: Duration) -> Result<Ran, Trouble> {
        let mut command = Command::new(self.program()?);
        within(command.arg(script).args(args).current_dir(folder), time)
    }

    /// The same, for a script that must end with status 0: what it printed.
    ///
    /// # Errors
    /// As `run`; another status, with all that was printed.
    pub fn output(self, folder: &Path, script: &str, args: &[&str]) -> Result<String, Trouble> {
        let ran = self.run(folder, script, args, TIME)?;
        if ran.status == Some(0) {
            return Ok(ran.stdout);
        }
        Err(Trouble::Failed(format!("{} {script}: {}\n{}{}", self.name(), ran.end(), ran.stdout, ran.stderr)))
    }
}

impl Ran {
    /// How it ended, in words.
    pub fn end(&self) -> String {
        match (self.in_time, self.status) {
            (false, _) => "it did not end and was stopped".to_owned(),
            (true, None) => "a signal ended it".to_owned(),
            (true, Some(status)) => format!("status {status}"),
        }
    }
}

/// An error that TypeScript finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeError {
    /// The file, as `tsc` names it: relative to the folder.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// `TS2345`
    pub code: String,
    pub message: String,
}

/// Checks all programs and `.d.ts` files of a folder and of those below it, strictly, at once; it does not take imports
/// of modules that are not there. Further words are for `tsc`, such as `--lib es2022`, which wins.
///
/// # Errors
/// `MissingTool`; that `tsc` fails otherwise than with errors in files.
pub fn check_types(folder: &Path, words: &[&str]) -> Result<Vec<TypeError>, Trouble> {
    let tsc = packaged("typescript")?.join("typescript/bin/tsc");
    let config = folder.join("tsconfig.json");
    std::fs::write(&config, TSCONFIG)?;
    let mut command = Command::new(Node::V20.program().or_else(|_| Node::V24.program())?);
    command.arg(tsc).args(["--project", "tsconfig.json"]).args(words).current_dir(folder);
    let ran = within(&mut command, 4 * TIME)?;
    let (errors, rest): (Vec<_>, Vec<_>) =
        ran.stdout.lines().map(|line| (type_error(line), line)).partition(|(error, _)| error.is_some());
    // A message goes on in lines that are indented.
    let unknown: Vec<&str> = rest.into_iter().map(|(_, line)| line).filter(|line| !line.starts_with(' ')).collect();
    let is_consistent = errors.is_empty() == (ran.status == Some(0));
    if !unknown.is_empty() || !is_consistent {
        return Err(Trouble::Failed(format!("tsc: {}\n{}{}", ran.end(), ran.stdout, ran.stderr)));
    }
    Ok(errors.into_iter().filter_map(|(error, _)| error).collect())
}

const TSCONFIG: &str = r#"{
  "compilerOptions": {
    "strict": true,
    "noEmit": true,
    "exactOptionalPropertyTypes": true,
    "noUncheckedIndexedAccess": true,
    "noPropertyAccessFromIndexSignature": true,
    "skipLibCheck": false,
    "target": "es2022",
    "lib": ["es2022", "esnext.disposable"],
    "module": "nodenext",
    "moduleResolution": "nodenext",
    "moduleDetection": "force",
    "types": [],
    "pretty": false
  },
  "include": ["**/*.ts", "**/*.mts"]
}
"#;

/// `a.ts(3,5): error TS2345: Argument ..`
fn type_error(line: &str) -> Option<TypeError> {
    let (place, rest) = line.split_once("): error ")?;
    let (file, place) = place.rsplit_once('(')?;
    let (code, message) = rest.split_once(": ")?;
    let line = place.split(',').next()?.parse().ok()?;
    Some(TypeError { file: file.to_owned(), line, code: code.to_owned(), message: message.to_owned() })
}

/// The folder `node_modules` that has a package of `npm.txt` in it.
///
/// # Errors
/// `MissingTool`.
pub fn packaged(package: &str) -> Result<PathBuf, Trouble> {
    let missing = || Trouble::MissingTool(format!("the npm package {package} is not in the cache; {GETS_IT}"));
    let (_, version) = npm::packages().find(|(name, _)| *name == package).ok_or_else(missing)?;
    let folder = cache().ok_or_else(missing)?.join(npm::folder(package, version)).join("node_modules");
    if folder.join(package).join("package.json").is_file() { Ok(folder) } else { Err(missing()) }
}

/// Lets the scripts of a folder import a package of `npm.txt`, by a link `node_modules`.
///
/// # Errors
/// `MissingTool`; that the link cannot be made.
pub fn link_package(folder: &Path, package: &str) -> Result<(), Trouble> {
    let link = folder.join("node_modules");
    #[cfg(unix)]
    std::os::unix::fs::symlink(packaged(package)?, &link)?;
    #[cfg(windows)]
    std::os::windows::fs::symlink_dir(packaged(package)?, &link)?;
    Ok(())
}

pub(crate) const GETS_IT: &str = "`cargo xtask test` gets it";

/// The folder where `cargo xtask` keeps what it gets, outside of the checkout.
fn cache() -> Option<PathBuf> {
    crate::guest::cache()
}

/// Runs a command to its end, or until a time limit stops it, and keeps what it prints.
pub(crate) fn within(command: &mut Command, time: Duration) -> Result<Ran, Trouble> {
    let line = format!("{command:?}");
    let failed = |error: std::io::Error| Trouble::Failed(format!("{line}: {error}"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let (stdout, stderr) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let status = wait(&mut child, time).map_err(failed)?;
    let text = |reader: std::thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
    };
    let (stdout, stderr) = (text(stdout), text(stderr));
    Ok(Ran { stdout, stderr, status: status.and_then(|status| status.code()), in_time: status.is_some() })
}

/// Reads a pipe beside the program, which would stand still once it is full.
fn reader(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is shown.
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

/// None if it was stopped after the time.
fn wait(child: &mut Child, time: Duration) -> std::io::Result<Option<std::process::ExitStatus>> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(2);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > time {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}
