//! `withe build` with the compilers of Rust and Go.
//!
//! In: crates and modules as `withe new` makes them. Out: components that run, with the same bytes in two folders, made
//! again only if what they are made of changed.
#![expect(clippy::disallowed_methods, reason = "tests write files, and start the program")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use testing::cases::Suite;
use testing::go::{Go, On};
use testing::guest::{Target, rustc_for};
use testing::{Outcome, Trouble, scratch};
use withe::{Exit, Io};

fn main() -> ExitCode {
    Suite::new().test("build/rust", rust).test("build/go", go).run()
}

/// The program, in a folder, with a compiler for guests and none of what the caller's cargo says.
fn withe(folder: &Path, args: &[&str], env: &[(String, PathBuf)]) -> Result<Output, Trouble> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_withe"));
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTUP_TOOLCHAIN", "CARGO_TARGET_DIR"] {
        command.env_remove(name);
    }
    command.envs(env.iter().map(|(name, value)| (name, value)));
    Ok(command.current_dir(folder).args(args).output()?)
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(Trouble::Failed(otherwise())) }
}

/// What was said, if the status is another one.
fn succeeded(output: &Output) -> Outcome {
    ensure(output.status.success(), || said(output))
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn new(folder: &Path, words: &[&str]) -> Outcome {
    let mut io = Io::captured(folder);
    let exit = withe::run(["withe", "new"].iter().chain(words), &mut io);
    ensure(exit == Exit::OK, || io.stderr.text())
}

/// A crate; where it is stands in none of the bytes.
fn rust() -> Outcome {
    let rustc = rustc_for(Target::Unknown)?;
    let env = vec![("RUSTC".to_owned(), rustc)];
    let all = scratch("build-rust")?;
    for at in ["one", "another/deeper"] {
        let app = all.join(at).join("app");
        fs::create_dir_all(&app)?;
        new(&app, &["lib", "--lang", "rust"])?;
        // The skeleton's own manifest is for itself alone.
        fs::remove_file(app.join("lib/withe.toml")).ok();
        fs::write(app.join("withe.toml"), MANIFEST)?;
        succeeded(&withe(&app, &["build", "--offline"], &env)?)?;
        let again = withe(&app, &["build", "--offline"], &env)?;
        ensure(said(&again).contains("nothing changed"), || said(&again))?;
    }
    let bytes = |at: &str| fs::read(all.join(at).join("app/target/withe/made.wasm"));
    ensure(bytes("one")? == bytes("another/deeper")?, || "two folders give other bytes".to_owned())?;
    depends_on_another(&all.join("one"), &env)
}

const MANIFEST: &str =
    "[app]\nname = \"local:made\"\nversion = \"0.1.0\"\n\n[components.lib]\nlanguage = \"rust\"\nwit = \"lib/wit\"\n";

/// A crate outside of the project counts as soon as it is used.
fn depends_on_another(folder: &Path, env: &[(String, PathBuf)]) -> Outcome {
    let (app, shared) = (folder.join("app"), folder.join("shared"));
    fs::create_dir_all(shared.join("src"))?;
    fs::write(shared.join("Cargo.toml"), "[package]\nname = \"shared\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")?;
    fs::write(shared.join("src/lib.rs"), "pub fn mark() -> &'static str {\n    file!()\n}\n")?;
    let manifest = app.join("lib/Cargo.toml");
    let text = fs::read_to_string(&manifest)? + "\n[dependencies]\nshared = { path = \"../../shared\" }\n";
    fs::write(&manifest, text)?;
    let source = app.join("lib/src/lib.rs");
    let mark = "\n#[unsafe(no_mangle)]\nextern \"C\" fn mark() -> *const u8 {\n    shared::mark().as_ptr()\n}\n";
    let text = fs::read_to_string(&source)? + mark;
    fs::write(&source, text)?;
    succeeded(&withe(&app, &["build", "--offline"], env)?)?;
    let made = fs::read(app.join("target/withe/made.wasm"))?;
    let place = folder.to_string_lossy().into_owned();
    let has_place = made.windows(place.len()).any(|bytes| bytes == place.as_bytes());
    ensure(!has_place, || format!("`{place}` stands in what was built"))?;
    // What the compiler read outside of the project counts.
    fs::write(shared.join("src/lib.rs"), "pub fn mark() -> &'static str {\n    \"longer than that\"\n}\n")?;
    let built = withe(&app, &["build", "--offline"], env)?;
    ensure(said(&built).contains("built: ../shared/src/lib.rs changed"), || said(&built))?;
    fs::write(shared.join("src/lib.rs"), "pub fn mark() -> &'static str {\n    no_such_name\n}\n")?;
    let failed = withe(&app, &["build", "--offline"], env)?;
    let text = said(&failed);
    let is_told = text.contains("error[E0425]")
        && text.contains("component `lib` is not built: `cargo build` ended with status 101");
    ensure(!failed.status.success() && is_told, || text)?;
    let called = withe(&app, &["call", "target/withe/made.wasm", "greet(\"Ada\")"], env)?;
    ensure(String::from_utf8_lossy(&called.stdout) == "\"Hello, Ada!\"\n", || said(&called))
}

/// A module with bindings; what is said of a mistake is what Go says.
fn go() -> Outcome {
    let folder = scratch("build-go")?;
    let go = Go::Machine.command(&folder, On::Host)?;
    let env: Vec<(String, PathBuf)> = go
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_string_lossy().into_owned(), PathBuf::from(value?))))
        .collect();
    new(&folder, &["part", "--lang", "go"])?;
    fs::remove_file(folder.join("part/withe.toml")).ok();
    let text = "[app]\nname = \"local:made\"\nversion = \"0.1.0\"\n\n[components.part]\nlanguage = \"go\"\nwit = \"part/wit\"\n";
    fs::write(folder.join("withe.toml"), text)?;
    succeeded(&withe(&folder, &["build"], &env)?)?;
    let called = withe(&folder, &["call", "target/withe/made.wasm", "greet(\"Ada\")"], &env)?;
    ensure(String::from_utf8_lossy(&called.stdout) == "\"Hello, Ada!\"\n", || said(&called))?;
    let again = withe(&folder, &["build"], &env)?;
    ensure(said(&again).contains("nothing changed"), || said(&again))?;
    fs::write(folder.join("part/broken.go"), "package main\n\nvar x = noSuchName\n")?;
    let failed = withe(&folder, &["build"], &env)?;
    let text = said(&failed);
    let is_told = text.contains("undefined: noSuchName") && text.contains("`go build` ended with status 1");
    ensure(!failed.status.success() && is_told, || text)
}
