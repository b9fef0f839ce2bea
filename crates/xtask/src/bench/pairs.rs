//! What the guests of `fixtures/run/pairs` weigh, and how many instructions they execute, with either generator's
//! bindings.
//!
//! In: the binary, the compiler for guests, `wit-bindgen` on `PATH`. Out: a line for each module and each case, the sums,
//! and the names of broken promises.
//! Holds: the sources are the same; a case whose sources do not compile with the peer's bindings is named and counts in
//! no sum; custom sections, such as names and metadata, are no part of a module's size.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{inputs, path, peer, rust};
use crate::run::{self, Done, in_file};

/// What guests are compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// What all modules together may have, as a multiple of the peer's.
const SIZE: f64 = 0.9;
/// What each case may execute, as a multiple of the peer's.
const FUEL: f64 = 1.0;

/// Who makes the bindings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Ours,
    Theirs,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        }
    }
}

/// A folder of the suite.
struct Case {
    name: String,
    folder: PathBuf,
    /// Worlds that have a source in Rust, with it.
    worlds: Vec<(String, PathBuf)>,
    /// Words of lines `//@ KEY: WORDS` of the WIT.
    options: Vec<(String, Vec<String>)>,
}

impl Case {
    fn options(&self, key: &str) -> Vec<String> {
        let mine = self.options.iter().filter(|(name, _)| name == key);
        mine.flat_map(|(_, words)| words.clone()).collect()
    }

    fn wit(&self) -> PathBuf {
        self.folder.join("test.wit")
    }
}

/// What was measured of a case with one side's bindings.
struct Found {
    /// Bytes of each module, in the order of the worlds.
    sizes: Vec<u64>,
    fuel: u64,
}

/// What compiles the guests.
struct Tools<'a> {
    withe: &'a Path,
    rustc: &'a Path,
    folder: &'a Path,
    /// The flags that give a guest the peer's crate.
    peer_flags: Vec<String>,
}

#[derive(Default)]
struct Sums {
    ours: u64,
    theirs: u64,
    broken: Vec<String>,
    skipped: Vec<String>,
}

pub fn pairs(withe: &Path, rustc: &Path, folder: &Path) -> Done<Vec<String>> {
    let has_peer = peer("wit-bindgen", &[]).is_some();
    if !has_peer {
        println!("Rust guests: wit-bindgen is not installed: no ratios");
    }
    let peer_flags = if has_peer { peer_crate(rustc, folder)? } else { Vec::new() };
    let folder = &inputs::folder(folder, "pairs")?;
    let tools = Tools { withe, rustc, folder, peer_flags };
    println!("{:<40} {:>9} {:>9} {:>7}", "core modules, executed instructions", "withe", "peer", "ratio");
    let mut sums = Sums::default();
    for case in cases()? {
        let ours = measured(&tools, &case, Side::Ours).map_err(|why| format!("{}: {why}", case.name))?;
        let theirs = if has_peer { measured(&tools, &case, Side::Theirs) } else { Err(String::new()) };
        match theirs {
            Ok(theirs) => compare(&case, &ours, &theirs, &mut sums),
            Err(_) if !has_peer => alone(&case, &ours),
            Err(why) => sums.skipped.push(format!("{} ({})", case.name, first_error(&why))),
        }
    }
    Ok(total(sums))
}

fn first_error(why: &str) -> &str {
    why.lines().find(|line| line.contains("error")).unwrap_or(why).trim()
}

/// Prints a case that only one side has.
fn alone(case: &Case, ours: &Found) {
    for ((world, _), size) in case.worlds.iter().zip(&ours.sizes) {
        println!("{:<40} {size:>9}", format!("{}/{world}", case.name));
    }
    println!("{:<40} {:>9}", format!("{} instructions", case.name), ours.fuel);
}

fn compare(case: &Case, ours: &Found, theirs: &Found, sums: &mut Sums) {
    for ((world, _), (ours, theirs)) in case.worlds.iter().zip(ours.sizes.iter().zip(&theirs.sizes)) {
        println!("{:<40} {ours:>9} {theirs:>9} {:>7.3}", format!("{}/{world}", case.name), ratio(*ours, *theirs));
        sums.ours += ours;
        sums.theirs += theirs;
    }
    let fuel = ratio(ours.fuel, theirs.fuel);
    println!("{:<40} {:>9} {:>9} {fuel:>7.3}", format!("{} instructions", case.name), ours.fuel, theirs.fuel);
    if fuel > FUEL {
        sums.broken.push(format!("instructions of `{}`", case.name));
    }
}

fn total(mut sums: Sums) -> Vec<String> {
    if sums.theirs > 0 {
        let size = ratio(sums.ours, sums.theirs);
        println!("{:<40} {:>9} {:>9} {size:>7.3}, {SIZE} promised", "all core modules", sums.ours, sums.theirs);
        if size > SIZE {
            sums.broken.push("the size of guests".to_owned());
        }
    }
    for skipped in &sums.skipped {
        println!("not with the peer's bindings: {skipped}");
    }
    sums.broken
}

#[expect(clippy::cast_precision_loss, reason = "sizes and instructions are far below 2^52")]
fn ratio(ours: u64, theirs: u64) -> f64 {
    ours as f64 / theirs as f64
}

fn cases() -> Done<Vec<Case>> {
    let folders = run::entries(&run::root().join("fixtures/run/pairs"))?;
    folders.into_iter().filter(|folder| folder.is_dir()).map(case).collect()
}

fn case(folder: PathBuf) -> Done<Case> {
    let wit = run::read_text(&folder.join("test.wit"))?;
    let options = wit.lines().map_while(|line| line.strip_prefix("//@ ")?.split_once(": "));
    let options = options.map(|(key, words)| (key.to_owned(), words.split(' ').map(str::to_owned).collect()));
    let names = wit.lines().filter_map(|line| line.strip_prefix("world ")?.split([' ', '{']).next());
    let sources = run::entries(&folder)?;
    let source = |world: &str| sources.iter().find(|path| path.ends_with(format!("{world}.rs"))).cloned();
    Ok(Case {
        name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        options: options.collect(),
        worlds: names.filter_map(|name| Some((name.to_owned(), source(name)?))).collect(),
        folder,
    })
}

/// Builds a case with one side's bindings, and runs it.
fn measured(tools: &Tools<'_>, case: &Case, side: Side) -> Done<Found> {
    let folder = inputs::folder(tools.folder, &format!("{}-{}", case.name, side.name()))?;
    let mut sizes = Vec::new();
    let mut components = Vec::new();
    for (world, source) in &case.worlds {
        let bindings = bindings(tools, case, world, side, &inputs::folder(&folder, world)?)?;
        let module = compiled(tools, source, &bindings, side, &folder.join(format!("{world}.core.wasm")))?;
        sizes.push(code_and_data(&module)?);
        let component = folder.join(format!("{world}.wasm"));
        let mut wrap = Command::new(tools.withe);
        wrap.arg("wrap").arg(&module).arg("--wit").arg(case.wit()).args(["-w", world]).arg("-o").arg(&component);
        run::run_quietly(&mut wrap)?;
        components.push(component);
    }
    let composed = folder.join("composed.wasm");
    let mut compose = Command::new(tools.withe);
    compose.arg("compose").args(&components).arg("-o").arg(&composed).args(case.options("compose"));
    run::run_quietly(&mut compose)?;
    Ok(Found { sizes, fuel: fuel(tools.withe, &composed)? })
}

fn bindings(tools: &Tools<'_>, case: &Case, world: &str, side: Side, out: &Path) -> Done<PathBuf> {
    let mut command = match side {
        Side::Ours => {
            let mut command = Command::new(tools.withe);
            command.args(["bindgen", "rust"]).arg(case.wit()).args(["-w", world]).arg("-o").arg(out);
            command
        }
        Side::Theirs => {
            let words = ["rust", &path(&case.wit()), "--world", world, "--generate-all", "--out-dir", &path(out)];
            peer("wit-bindgen", &words).ok_or("wit-bindgen is gone")?
        }
    };
    for derive in case.options("derive") {
        command.args(["-d", &derive]);
    }
    run::run_quietly(command.args(case.options("bindgen")))?;
    rust::bindings(out)?.ok_or_else(|| "no bindings were generated".to_owned())
}

fn compiled(tools: &Tools<'_>, source: &Path, bindings: &Path, side: Side, out: &Path) -> Done<PathBuf> {
    let mut rustc = Command::new(tools.rustc);
    rustc.args(["--edition=2024", "--target", TARGET, "--crate-type=cdylib", "--crate-name=guest"]);
    // One unit, so that nothing depends on how names divide the code.
    rustc.args(["-Copt-level=s", "-Cpanic=abort", "-Ccodegen-units=1", "-Cstrip=symbols"]);
    rustc.args(["--cap-lints=allow", "--check-cfg=cfg(peer,no_std)"]);
    if side == Side::Theirs {
        rustc.args(&tools.peer_flags);
    }
    let prelude = run::root().join("fixtures/run/prelude/rust.rs");
    rustc.env("BINDINGS", bindings).env("PRELUDE", prelude).arg("-o").arg(out).arg(source);
    run::run_quietly(&mut rustc)?;
    Ok(out.to_owned())
}

/// Builds the peer's crate; gives the flags with which a guest uses it.
fn peer_crate(rustc: &Path, folder: &Path) -> Done<Vec<String>> {
    let folder = inputs::folder(folder, "peer")?;
    let features =
        rust::PEER_CRATE.replace("\"bitflags\"", "\"async\", \"async-spawn\", \"bitflags\", \"inter-task-wakeup\"");
    inputs::write(&folder, "Cargo.toml", &rust::manifest("peer", &features))?;
    inputs::write(&inputs::folder(&folder, "src")?, "lib.rs", "")?;
    rust::guest_cargo(rustc, &folder, &["build", "--release"])?;
    let built = folder.join("target").join(TARGET).join("release/deps");
    let is_peer = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("libwit_bindgen-") && name.ends_with(".rlib")
    };
    let library = run::entries(&built)?.into_iter().find(is_peer).ok_or("cargo built no library `wit_bindgen`")?;
    Ok(vec![
        "--cfg=peer".to_owned(),
        format!("--extern=wit_bindgen={}", library.display()),
        format!("-Ldependency={}", built.display()),
    ])
}

/// Executed instructions of `run`, as the engine counts them, with those that instantiate the components.
fn fuel(withe: &Path, composed: &Path) -> Done<u64> {
    let mut call = Command::new(withe);
    call.arg("call").arg(composed).args(["run()", "--usage", "--fuel", "1000000000000"]);
    let output = call.stdin(Stdio::null()).output().map_err(in_file(withe))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(format!("{call:?} ended with {}:\n{said}", output.status));
    }
    let number = said.lines().find_map(|line| line.strip_prefix("used: fuel ")?.split(',').next()?.parse().ok());
    number.ok_or_else(|| format!("`--usage` printed no fuel: {said}"))
}

/// Bytes of a core module without its custom sections.
fn code_and_data(module: &Path) -> Done<u64> {
    let bytes = std::fs::read(module).map_err(in_file(module))?;
    sections(&bytes).ok_or_else(|| format!("{}: not a core module", module.display()))
}

fn sections(bytes: &[u8]) -> Option<u64> {
    let mut rest = bytes.strip_prefix(b"\0asm\x01\0\0\0")?;
    let mut sum = 8;
    while let Some((id, after)) = rest.split_first() {
        let (len, body) = leb128(after)?;
        let next = body.get(usize::try_from(len).ok()?..)?;
        if *id != 0 {
            sum += u64::try_from(rest.len() - next.len()).ok()?;
        }
        rest = next;
    }
    Some(sum)
}

/// An unsigned number in LEB128, and what stands behind it.
fn leb128(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[index + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_do_not_count() {
        let header = b"\0asm\x01\0\0\0".to_vec();
        let custom = [&header[..], &[0, 3, 1, b'x', 9], &[1, 1, 0]].concat();
        assert_eq!(sections(&header), Some(8));
        assert_eq!(sections(&custom), Some(11));
        assert_eq!(sections(&custom[..11]), None);
        assert_eq!(sections(b"\0asm\x0d\0\x01\0"), None);
    }

    #[test]
    fn a_case_that_executes_more_is_named() {
        let case = Case { name: "x".to_owned(), folder: PathBuf::new(), worlds: Vec::new(), options: Vec::new() };
        let found = |fuel| Found { sizes: Vec::new(), fuel };
        let mut sums = Sums::default();
        compare(&case, &found(10), &found(10), &mut sums);
        compare(&case, &found(11), &found(10), &mut sums);
        assert_eq!(total(sums), ["instructions of `x`"]);
        assert_eq!(total(Sums { ours: 91, theirs: 100, ..Sums::default() }), ["the size of guests"]);
        assert_eq!(total(Sums { ours: 90, theirs: 100, ..Sums::default() }), Vec::<String>::new());
    }
}
