//! Guests that use `generate!`: built by cargo with the guests' compiler, wrapped, and called.
//!
//! In: the crates in `fixtures/macro`, copied to where they may be built, with this checkout's lock file, so that no
//! network is needed. Holds: both names of the crate give working components; mistakes are told at the key at fault.
#![expect(clippy::disallowed_methods, reason = "tests write the files of their cases and start compilers")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use testing::cases::Suite;
use testing::guest::{Target, rustc_for};
use testing::{Outcome, Trouble, fixtures, golden, root, scratch, tool};
use withe::{Exit, Io};

fn main() -> ExitCode {
    Suite::new()
        .test("macro/withe", || {
            let component = component("withe", "uses_withe")?;
            component.gives("names([{x: 1, y: 2}, {x: -1, y: 0}])", "[\"Point { x: 1, y: 2 }\"]")?;
            component.gives("shout(\"quiet\")", "\"QUIET\"")?;
            component.has_one_realloc()
        })
        .test("macro/facade", || {
            let component = component("facade", "uses_facade")?;
            let words = "[{text: \"a\", loud: true}, {text: \"b\", loud: false}, {text: \"A\", loud: true}]";
            component.gives(&format!("count({words})"), "{\"A\": 2, \"b\": 1}")?;
            component.gives(&format!("first({words})"), "some({text: \"a\", loud: true})")?;
            component.has_one_realloc()
        })
        .test("macro/wrong", wrong)
        .test("macro/built again when the WIT changes", changed)
        .run()
}

/// A component, in a folder of its own.
struct Component {
    folder: PathBuf,
    core: PathBuf,
}

fn component(package: &str, file: &str) -> Result<Component, Trouble> {
    let folder = scratch(&format!("macro-{package}"))?;
    let core = folder_of("macro-built")?.join("wasm32-unknown-unknown/release").join(format!("{file}.wasm"));
    tool::run(cargo("build", package)?.arg("--release"))?;
    std::fs::copy(&core, folder.join("core.wasm"))?;
    withe(&folder, &["wrap", "core.wasm", "-o", "component.wasm"])?;
    Ok(Component { folder, core })
}

impl Component {
    fn gives(&self, call: &str, expected: &str) -> Outcome {
        let found = withe(&self.folder, &["call", "component.wasm", call])?;
        if found.trim() == expected {
            return Ok(());
        }
        Err(Trouble::Failed(format!("{call}: expected {expected}\n   found {found}")))
    }

    /// However many worlds a program has, it has one allocator.
    fn has_one_realloc(&self) -> Outcome {
        let text = printed(&self.core)?;
        match text.matches("(export \"cabi_realloc\"").count() {
            1 => Ok(()),
            several => Err(Trouble::Failed(format!("{} exports `cabi_realloc` {several} times", self.core.display()))),
        }
    }
}

fn printed(core: &Path) -> Result<String, Trouble> {
    let folder = core.parent().unwrap_or(core);
    let name = core.file_name().unwrap_or_default().to_string_lossy().into_owned();
    withe(folder, &["print", &name])
}

/// Runs a command; gives its output.
fn withe(folder: &Path, words: &[&str]) -> Result<String, Trouble> {
    let mut io = Io::captured(folder);
    let words = std::iter::once("withe").chain(words.iter().copied()).map(str::to_owned);
    match withe::run(words, &mut io) {
        Exit::OK => Ok(io.stdout.text()),
        exit => Err(Trouble::Failed(format!("status {}: {}", exit.0, io.stderr.text()))),
    }
}

/// The fixture's crates, where they may be built: paths filled in, with this checkout's lock file.
fn crates() -> Result<PathBuf, Trouble> {
    static COPIED: OnceLock<Result<PathBuf, Trouble>> = OnceLock::new();
    let copied = COPIED.get_or_init(|| {
        let folder = scratch("macro")?;
        copy(&fixtures("macro"), &folder)?;
        for package in testing::cases::directories(&folder) {
            std::fs::copy(root().join("Cargo.lock"), package.join("Cargo.lock"))?;
        }
        Ok(folder)
    });
    copied.clone()
}

fn copy(from: &Path, to: &Path) -> Outcome {
    std::fs::create_dir_all(to)?;
    for path in testing::cases::entries(from) {
        let there = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &there)?;
        } else {
            let text = testing::read_text(&path)?;
            std::fs::write(there, text.replace("{{crates}}", &root().join("crates").to_string_lossy()))?;
        }
    }
    Ok(())
}

/// A folder that stays from run to run: the macro's own dependencies are built once.
fn folder_of(name: &str) -> Result<PathBuf, Trouble> {
    let scratch = crates()?;
    Ok(scratch.with_file_name(name))
}

fn cargo(verb: &str, package: &str) -> Result<Command, Trouble> {
    let rustc = rustc_for(Target::Unknown)?;
    let mut command = tool::command("cargo")?;
    for variable in ["RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS"] {
        command.env_remove(variable);
    }
    command.env("RUSTC", rustc).env("CARGO_TARGET_DIR", folder_of("macro-built")?);
    command.args([verb, "--quiet", "--offline", "--target", Target::Unknown.triple()]);
    command.current_dir(crates()?.join(package));
    Ok(command)
}

/// What the compiler says of wrong calls, without what changes from machine to machine.
fn wrong() -> Outcome {
    let output = cargo("build", "wrong")?.arg("--release").output()?;
    if output.status.success() {
        return Err("a crate with mistakes compiles".into());
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_told =
        |line: &&str| !line.starts_with("error: could not compile") && !line.contains("this error originates");
    let lines: Vec<&str> = text.lines().filter(is_told).map(str::trim_end).collect();
    golden::compare(&fixtures("macro").join("wrong/expected.txt"), &(lines.join("\n").trim_end().to_owned() + "\n"))
}

/// A crate whose WIT changed is compiled again, although no Rust changed.
fn changed() -> Outcome {
    let build = || tool::run(cargo("build", "facade")?.arg("--release"));
    build()?;
    let wit = crates()?.join("facade/wit/deps/words.wit");
    let text = testing::read_text(&wit)?;
    std::fs::write(&wit, text.replace("%loud: bool", "%loud: boole"))?;
    let second = build();
    std::fs::write(&wit, text)?;
    match second {
        Err(Trouble::Failed(told)) if told.contains("boole") => Ok(()),
        other => Err(Trouble::Failed(format!("the changed WIT was not read: {other:?}"))),
    }
}
