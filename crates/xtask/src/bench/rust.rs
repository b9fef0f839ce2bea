//! What Rust bindings cost: lines, time to generate, time to check, and what guests made with them weigh and execute.
//!
//! In: the binary, `wit-bindgen` on `PATH` and its crate in cargo's registry, the compiler for guests. Out: lines of the
//! table; the names of broken promises.
//! Holds: both generators get the same WIT and the same sources, compiled with the same flags; documentation is no line
//! of code; a side that is not here is said, and there is no ratio.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Race, inputs, measure, pairs, path, peer};
use crate::run::{self, Done, in_file};
use crate::toolchain;

/// The world that is generated.
const WORLD: &str = "wasi:http/proxy@0.2.12";
const LINES: usize = 3000;
/// What the whole process may take, with a release binary.
const GENERATION: Duration = Duration::from_millis(15);
const GENERATIONS: usize = 20;
/// What `cargo check` may take, as a multiple of the peer's.
const CHECK: f64 = 0.6;
const CHECK_ROUNDS: usize = 3;

pub fn rust(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let folder = folder.join("rust");
    let wit = inputs::wit_folder(&inputs::folder(&folder, "wit")?)?;
    let (ours, theirs) = (inputs::folder(&folder, "ours")?, inputs::folder(&folder, "theirs")?);
    let generate = Command::new(withe);
    let words = [path(&wit), "-w".to_owned(), WORLD.to_owned()];
    let mut broken = generation(generate, &words, &ours, &theirs)?;
    broken.extend(lines(&ours, &theirs)?);
    let Some(guest) = toolchain::set_up()? else {
        println!("Rust guests: not measured, there is no compiler for them");
        return Ok(broken);
    };
    broken.extend(check(&guest.rustc, &ours, &theirs, &folder)?);
    broken.extend(pairs::pairs(withe, &guest.rustc, &folder)?);
    Ok(broken)
}

/// Times both generators; leaves their files.
fn generation(mut ours: Command, wit: &[String], out: &Path, peer_out: &Path) -> Done<Vec<String>> {
    ours.args(["bindgen", "rust"]).args(wit).arg("-o").arg(out);
    let words = ["rust", &wit[0], "--world", WORLD, "--generate-all", "--format", "--out-dir", &path(peer_out)];
    let race = Race {
        name: "bindings of wasi:http",
        ours,
        theirs: peer("wit-bindgen", &words),
        peer: "wit-bindgen",
        promise: 1.0,
        rounds: 30,
    };
    let mut again = Command::new(race.ours.get_program());
    again.args(race.ours.get_args());
    let mut broken: Vec<String> = measure(race)?.into_iter().collect();
    broken.extend(whole_process(&mut again)?);
    generator_alone(again.get_program().as_ref())?;
    Ok(broken)
}

/// Times the process from its start to its end, without the peer between.
fn whole_process(generate: &mut Command) -> Done<Option<String>> {
    let times: Vec<Duration> = (0..GENERATIONS).map(|_| super::time(generate)).collect::<Done<_>>()?;
    let least = super::times(times).least;
    let profile = profile(generate.get_program().as_ref());
    println!(
        "{:<26} {least:>11.2?} least of {GENERATIONS}, the whole process, profile {profile}; {GENERATION:?} promised",
        "generation"
    );
    Ok((least > GENERATION).then(|| format!("the time to generate bindings (profile {profile})")))
}

/// Times what happens inside of the process, in a program that is built for it with the profile of the binary.
fn generator_alone(withe: &Path) -> Done {
    let profile = profile(withe);
    let mut cargo = run::cargo();
    cargo.args(["run", "--quiet", "--profile", profile, "--package", "withe-bindgen-rust", "--example", "time", "--"]);
    cargo.args([WORLD, "proxy", &GENERATIONS.to_string()]).current_dir(run::root());
    for line in run::run_quietly(&mut cargo)?.lines() {
        let (stage, nanoseconds) = line.split_once(' ').ok_or_else(|| format!("`time` printed `{line}`"))?;
        let least = Duration::from_nanos(nanoseconds.parse().map_err(|_| format!("`time` printed `{line}`"))?);
        println!("{:<26} {least:>11.2?} least of {GENERATIONS}, {stage} alone, profile {profile}", "");
    }
    Ok(())
}

/// The profile that a binary was built with, by the folder that cargo puts it into.
fn profile(binary: &Path) -> &'static str {
    let folder = binary.parent().and_then(Path::file_name);
    if folder.is_some_and(|folder| folder == "debug") { "dev" } else { "release" }
}

/// Compares lines of code, without documentation.
fn lines(ours: &Path, theirs: &Path) -> Done<Vec<String>> {
    let ours = code_lines(&bindings(ours)?.ok_or("no bindings were generated")?)?;
    let theirs = bindings(theirs)?.as_deref().map(code_lines).transpose()?;
    let theirs = theirs.map_or_else(|| "wit-bindgen is not installed".to_owned(), |lines| format!("{lines} (peer)"));
    println!("{:<26} {ours:>11} {theirs}, {LINES} promised", "lines of code");
    Ok(if ours > LINES { vec!["the lines of code of bindings".to_owned()] } else { Vec::new() })
}

/// The only generated file in a folder, if there is one.
pub fn bindings(folder: &Path) -> Done<Option<PathBuf>> {
    Ok(run::entries(folder)?.into_iter().find(|path| path.extension().is_some_and(|end| end == "rs")))
}

fn code_lines(file: &Path) -> Done<usize> {
    let text = run::read_text(file)?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count())
}

/// Times `cargo check` of a crate that is the bindings: with everything that it depends on, and the bindings alone.
fn check(rustc: &Path, ours: &Path, theirs: &Path, folder: &Path) -> Done<Vec<String>> {
    let ours = a_crate(&inputs::folder(folder, "check-ours")?, ours, "")?;
    let theirs = match bindings(theirs)? {
        Some(_) => Some(a_crate(&inputs::folder(folder, "check-theirs")?, theirs, PEER_CRATE)?),
        None => None,
    };
    let mut least = [[Duration::MAX; 2]; 2];
    for _ in 0..CHECK_ROUNDS {
        least[0] = fewer(least[0], checked(rustc, &ours)?);
        if let Some(theirs) = &theirs {
            least[1] = fewer(least[1], checked(rustc, theirs)?);
        }
    }
    let [[cold, warm], [peer_cold, peer_warm]] = least;
    if theirs.is_none() {
        println!("{:<26} {cold:>11.2?}, wit-bindgen is not installed: no ratio", "cargo check");
        return Ok(Vec::new());
    }
    let (all, alone) = (ratio(cold, peer_cold), ratio(warm, peer_warm));
    println!(
        "{:<26} {cold:>11.2?} {peer_cold:>35.2?} {all:>7.2} {CHECK:>8.2} (wit-bindgen and its crate)",
        "cargo check"
    );
    println!("{:<26} {warm:>11.2?} {peer_warm:>35.2?} {alone:>7.2}          (the bindings alone)", "");
    Ok(if all > CHECK { vec!["cargo check of bindings".to_owned()] } else { Vec::new() })
}

fn ratio(ours: Duration, theirs: Duration) -> f64 {
    ours.as_secs_f64() / theirs.as_secs_f64()
}

fn fewer(a: [Duration; 2], b: [Duration; 2]) -> [Duration; 2] {
    [a[0].min(b[0]), a[1].min(b[1])]
}

/// The peer's crate with as little as synchronous bindings need.
pub const PEER_CRATE: &str = "[dependencies.wit-bindgen]\nversion = \"=0.63.0\"\ndefault-features = false\nfeatures = [\"bitflags\", \"realloc\", \"std\"]\n";

/// A crate whose only module is the bindings.
fn a_crate(folder: &Path, bindings_in: &Path, dependencies: &str) -> Done<PathBuf> {
    let bindings = bindings(bindings_in)?.ok_or("no bindings were generated")?;
    let source = inputs::folder(folder, "src")?;
    inputs::write(folder, "Cargo.toml", &manifest("checked", dependencies))?;
    inputs::write(&source, "lib.rs", "#![allow(dead_code)]\npub mod bindings;\n")?;
    let into = source.join("bindings.rs");
    std::fs::copy(&bindings, &into).map_err(in_file(&into))?;
    Ok(folder.to_owned())
}

/// The manifest of a crate that is outside of any workspace.
pub fn manifest(name: &str, dependencies: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{dependencies}\n[workspace]\n")
}

/// The time of `cargo check` with nothing built, then with the dependencies built.
fn checked(rustc: &Path, folder: &Path) -> Done<[Duration; 2]> {
    let target = folder.join("target");
    if target.exists() {
        std::fs::remove_dir_all(&target).map_err(in_file(&target))?;
    }
    let cold = guest_cargo(rustc, folder, &["check"])?;
    let source = folder.join("src/lib.rs");
    let text = run::read_text(&source)? + "// Again.\n";
    std::fs::write(&source, text).map_err(in_file(&source))?;
    Ok([cold, guest_cargo(rustc, folder, &["check"])?])
}

/// Runs cargo with the compiler for guests, without a network; gives the time.
pub fn guest_cargo(rustc: &Path, folder: &Path, words: &[&str]) -> Done<Duration> {
    let mut cargo = run::cargo();
    for variable in ["RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS"] {
        cargo.env_remove(variable);
    }
    cargo.env("RUSTC", rustc).env("CARGO_TARGET_DIR", folder.join("target")).current_dir(folder);
    // As small as the guests, which are compiled by `rustc` itself.
    cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s").env("CARGO_PROFILE_RELEASE_PANIC", "abort");
    cargo.args(words).args(["--quiet", "--offline", "--target", pairs::TARGET]);
    let start = Instant::now();
    run::run_quietly(&mut cargo)?;
    Ok(start.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_that_of_the_folder() {
        assert_eq!(profile(Path::new("/a/target/debug/withe")), "dev");
        assert_eq!(profile(Path::new("/a/target/release/withe")), "release");
        assert_eq!(profile(Path::new("/usr/bin/withe")), "release");
    }
}
