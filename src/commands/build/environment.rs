//! Programs: where they are, how they are known, what they are given, what they say.
//!
//! Holds: no shell is started; what a program says is kept up to `MOST_KEPT` and passed on as it is.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use ::project::manifest::{Built, Language};

use super::site::Site;
use crate::io::Env;

/// Of what a program says, no more is kept, bytes; what comes after it is dropped, with a word that it was.
const MOST_KEPT: usize = 16 << 20;

/// What counts of the environment of each compiler: variables that begin so.
fn prefixes(language: Language) -> &'static [&'static str] {
    match language {
        Language::Rust => &["RUST", "CARGO_", "CC_", "CFLAGS_", "AR_"],
        Language::Go => &["GO", "CGO_"],
        Language::Command | Language::Wat | Language::Js => &[],
    }
}

/// Variables that cargo and rustup set for what they start, or that say nothing of what is built.
const WITHOUT_EFFECT: &[&str] = &[
    "CARGO",
    "CARGO_HOME",
    "CARGO_MANIFEST_DIR",
    "CARGO_TERM_COLOR",
    "CARGO_TERM_PROGRESS_WHEN",
    "CARGO_MAKEFLAGS",
    "CARGO_INCREMENTAL",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "RUST_RECURSION_COUNT",
    "RUSTUP_HOME",
    "GOCACHE",
    "GOPATH",
    "GOMODCACHE",
    "GOTMPDIR",
];

/// The variables that a compiler reads, and what they say.
pub fn relevant(site: &Site<'_>, built: &Built) -> String {
    let prefixes = prefixes(built.language.value);
    let counts = |name: &str| {
        prefixes.iter().any(|prefix| name.starts_with(prefix))
            && !WITHOUT_EFFECT.contains(&name)
            && !name.starts_with("CARGO_PKG_")
            && !name.starts_with("CARGO_BIN_")
    };
    let mut all: Vec<(String, String)> = match site.env() {
        _ if prefixes.is_empty() => Vec::new(),
        Env::Process => std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .filter(|(name, _)| counts(name))
            .collect(),
        Env::Fixed(variables) => {
            let known = variables.iter().filter(|(name, _)| counts(name));
            known.map(|(name, value)| (name.clone(), value.clone())).collect()
        }
    };
    all.sort();
    format!("{all:?}")
}

/// What is known of the tool that makes a component, without starting it.
pub fn fingerprint(site: &Site<'_>, built: &Built) -> String {
    match built.language.value {
        Language::Rust => {
            let rustc = site.env().var("RUSTC").unwrap_or_else(|| "rustc".to_owned());
            let tools = ["cargo", &rustc].map(|tool| known(site, tool));
            // With rustup these are its own program, whatever they stand for.
            let home = site.env().var("RUSTUP_HOME").map(PathBuf::from);
            let home = home.or_else(|| Some(PathBuf::from(site.env().var("HOME")?).join(".rustup")));
            let parts = ["settings.toml", "toolchains", "update-hashes"];
            let rustup = home.map(|home| parts.map(|part| stat(&home.join(part)).unwrap_or_default()));
            format!("{tools:?} {rustup:?}")
        }
        Language::Go => known(site, "go"),
        Language::Command => match built.build.first() {
            Some(program) => known_in(site, &program.value, &site.whole(&built.source.value)),
            None => String::new(),
        },
        Language::Js | Language::Wat => String::new(),
    }
}

fn known(site: &Site<'_>, program: &str) -> String {
    find(site, program).and_then(|path| stat(&path)).unwrap_or_default()
}

/// A program that may be named by its path from a folder.
fn known_in(site: &Site<'_>, program: &str, folder: &Path) -> String {
    if program.contains('/') { stat(&folder.join(program)).unwrap_or_default() } else { known(site, program) }
}

/// A file as the system knows it.
pub fn stat(path: &Path) -> Option<String> {
    let path = std::fs::canonicalize(path).ok()?;
    let about = path.metadata().ok()?;
    let modified = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(format!("{} {} {}", path.display(), about.len(), modified.as_nanos()))
}

/// Where a program is: on the search path of the user's environment.
pub fn find(site: &Site<'_>, program: &str) -> Option<PathBuf> {
    if Path::new(program).components().count() > 1 {
        return Some(PathBuf::from(program)).filter(|path| path.is_file());
    }
    let path = match site.env() {
        Env::Process => std::env::var_os("PATH")?,
        Env::Fixed(variables) => variables.get("PATH")?.into(),
    };
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|path| path.is_file())
}

/// A program with the user's environment and no input, to be started in a folder.
pub fn command(site: &Site<'_>, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    if let Env::Fixed(variables) = site.env() {
        command.env_clear().envs(variables);
    }
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// What a program did.
pub struct Ran {
    pub status: ExitStatus,
    /// What it wrote to standard output, if that was asked for alone.
    pub out: Vec<u8>,
    /// What it said.
    pub said: Vec<u8>,
}

/// Runs a program to its end; standard output is part of what it says.
pub fn run_all(command: &mut Command) -> std::io::Result<Ran> {
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // What the command holds of the pipe would keep it open.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let said = kept(reader);
    Ok(Ran { status: child.wait()?, out: Vec::new(), said })
}

/// Runs a program to its end; what it writes to standard output is apart.
pub fn run_apart(command: &mut Command) -> std::io::Result<Ran> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (out, said) = std::thread::scope(|scope| {
        let out = scope.spawn(|| out.map(kept).unwrap_or_default());
        let said = err.map(kept).unwrap_or_default();
        (out.join().unwrap_or_default(), said)
    });
    Ok(Ran { status: child.wait()?, out, said })
}

/// The beginning of what is read; all is read, so that nobody waits for it.
fn kept(mut from: impl std::io::Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_KEPT).expect("a length fits into 64 bits");
    // What broke off in the middle is told by the status.
    let _ = from.by_ref().take(most).read_to_end(&mut bytes);
    let more = std::io::copy(&mut from, &mut std::io::sink()).unwrap_or(0);
    if more > 0 {
        bytes.extend_from_slice(format!("\n... and {more} bytes more\n").as_bytes());
    }
    bytes
}

/// Tells the Rust compiler to put other names in the place of folders, beside the flags that the user has.
///
/// Cargo takes flags from one of several places, so they are added to the one that is in use.
pub fn remap(site: &Site<'_>, target: &str, folders: &[(PathBuf, &'static str)], command: &mut Command) {
    let flags: Vec<String> =
        folders.iter().map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display())).collect();
    let said = |name: &str| {
        let own = command.get_envs().find(|(key, _)| *key == name).and_then(|(_, value)| value);
        own.map(|value| value.to_string_lossy().into_owned()).or_else(|| site.env().var(name))
    };
    let triple = target.to_uppercase().replace('-', "_");
    let of_target = format!("CARGO_TARGET_{triple}_RUSTFLAGS");
    if let Some(encoded) = said("CARGO_ENCODED_RUSTFLAGS") {
        let all = encoded.split('\x1f').filter(|flag| !flag.is_empty()).map(str::to_owned).chain(flags);
        command.env("CARGO_ENCODED_RUSTFLAGS", all.collect::<Vec<_>>().join("\x1f"));
        return;
    }
    // Where folders have blanks in their names, only a list says them.
    for name in ["RUSTFLAGS", &of_target, "CARGO_BUILD_RUSTFLAGS"] {
        if let Some(before) = said(name) {
            let before = before.split_whitespace().map(str::to_owned);
            if name == "RUSTFLAGS" {
                let all: Vec<String> = before.chain(flags).collect();
                command.env_remove(name).env("CARGO_ENCODED_RUSTFLAGS", all.join("\x1f"));
            } else {
                let all: Vec<String> = before.chain(flags.into_iter().filter(|flag| !flag.contains(' '))).collect();
                command.env(name, all.join(" "));
            }
            return;
        }
    }
    let key = configured(site, target, command.get_current_dir());
    let (key, is_text) = key.unwrap_or_else(|| ("build.rustflags".to_owned(), false));
    let value = if is_text {
        toml_text(&flags.iter().filter(|flag| !flag.contains(' ')).cloned().collect::<Vec<_>>().join(" "))
    } else {
        format!("[{}]", flags.iter().map(|flag| toml_text(flag)).collect::<Vec<_>>().join(", "))
    };
    command.arg("--config").arg(format!("{key}={value}"));
}

fn toml_text(text: &str) -> String {
    // A text of JSON is one of TOML.
    serde_json::Value::from(text).to_string()
}

/// The key of cargo's configuration that has flags for the compiler, and whether it is one text; none if there is none.
fn configured(site: &Site<'_>, target: &str, folder: Option<&Path>) -> Option<(String, bool)> {
    let home = site.env().var("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(site.env().var("HOME")?).join(".cargo")));
    let above = folder.into_iter().flat_map(Path::ancestors).map(|folder| folder.join(".cargo"));
    let files = above.chain(home).flat_map(|folder| ["config.toml", "config"].map(|name| folder.join(name)));
    let texts: Vec<String> = files.filter_map(|file| std::fs::read_to_string(file).ok()).collect();
    ::project::cargo::rustflags(texts.iter().map(String::as_str), target)
}
