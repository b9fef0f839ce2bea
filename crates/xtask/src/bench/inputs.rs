//! What the benchmarks work on, made anew in each run.
//!
//! In: the release binary and a scratch folder. Out: paths of programs and modules.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Done, in_file};

/// A Rust program that does nothing.
pub fn empty_program(folder: &Path) -> Done<PathBuf> {
    let source = write(folder, "empty.rs", "fn main() {}\n")?;
    let program = folder.join("empty");
    run::run_quietly(Command::new("rustc").args(["-O", "-o"]).arg(&program).arg(source).current_dir(run::root()))?;
    Ok(program)
}

/// The WIT of the large modules.
const LARGE: &str = "package bench:large;\nworld large { export add: func(a: u32, b: u32) -> u32; }\n";
const LARGE_ADD: &str = "  (func (export \"add\") (param i32 i32) (result i32) local.get 0 local.get 1 call $f0)\n";

/// A core module of 12 MB with embedded metadata: two thousand functions of code, the rest data.
pub fn large_core(withe: &Path, folder: &Path) -> Done<PathBuf> {
    let mut text = String::from("(module\n  (memory (export \"memory\") 400)\n");
    for index in 0..2000 {
        let _ = write!(text, "  (func $f{index} (param i32 i32) (result i32) local.get 0 local.get 1 i32.add");
        for constant in 0..400 {
            let _ = write!(text, " i32.const {} i32.xor", index * 7919 + constant * 104_729);
        }
        text.push_str(")\n");
    }
    text.push_str(LARGE_ADD);
    let piece: String =
        (0..4096_u32).map(|at| char::from(b'a' + u8::try_from(at * 7 % 26).expect("below 26"))).collect();
    for index in 0..1800 {
        let _ = writeln!(text, "  (data (i32.const {}) \"{piece}\")", index * 4096);
    }
    text.push(')');
    of_12_mb(&embedded(withe, folder, "large", &text, LARGE)?)
}

/// A core module of 12 MB with embedded metadata, all of it code: loops, loads and stores, calls.
pub fn large_code(withe: &Path, folder: &Path) -> Done<PathBuf> {
    of_12_mb(&code(withe, folder, "code", 10_000)?)
}

/// A component of so many functions, each of 1.2 KB.
pub fn component_of(withe: &Path, folder: &Path, functions: usize) -> Done<PathBuf> {
    let name = format!("code-{functions}");
    let (core, component) = (code(withe, folder, &name, functions)?, folder.join(format!("{name}.wasm")));
    run::run_quietly(Command::new(withe).arg("wrap").arg(core).arg("-o").arg(&component))?;
    Ok(component)
}

fn code(withe: &Path, folder: &Path, name: &str, functions: usize) -> Done<PathBuf> {
    let mut text = String::from("(module\n  (memory (export \"memory\") 400)\n");
    for index in 0..functions {
        let _ = writeln!(text, "  (func $f{index} (param i32 i32) (result i32) (local i32 i64)");
        for step in 0..32 {
            let (offset, callee) = (index * 4 + step * 12, (index * 31 + step) % functions);
            let _ = writeln!(
                text,
                "    block loop local.get 2 i32.const {offset} i32.ge_u br_if 1 local.get 0 local.get 2 i32.load \
                 offset={offset} i32.add local.set 2 br 0 end end local.get 1 i64.extend_i32_u local.get 3 i64.add \
                 local.tee 3 i32.wrap_i64 local.get 2 call $f{callee} drop"
            );
        }
        text.push_str("    local.get 2)\n");
    }
    text.push_str(LARGE_ADD);
    text.push(')');
    embedded(withe, folder, name, &text, LARGE)
}

/// A core module with so many exports, for a world of so many functions, half of them imported, half in interfaces;
/// each takes and returns a string. The other exports are of the module's own.
pub fn many(withe: &Path, folder: &Path, exports: usize, funcs: usize) -> Done<PathBuf> {
    const EACH: usize = 50;
    let mut wit = String::from("package bench:many;\n");
    let mut world = String::from("world many {\n");
    let mut text = String::from("(module\n");
    let mut defined =
        String::from("  (memory (export \"memory\") 1)\n  (func $f (param i32 i32) (result i32) unreachable)\n");
    defined.push_str("  (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) unreachable)\n");
    defined.push_str("  (func $p (param i32))\n");
    let half = funcs / 2;
    for number in 0..half {
        let ty = "func(a: string, b: u32) -> string";
        let (module, import, export) = if number % 2 == 0 {
            let interface = format!("i{}", number / EACH);
            if number % EACH == 0 {
                let end = if number == 0 { "" } else { "}\n" };
                let _ = writeln!(wit, "{end}interface {interface} {{");
                let _ = writeln!(world, "  import {interface};\n  export {interface};");
            }
            let _ = writeln!(wit, "  do-{number}: {ty};");
            let module = format!("bench:many/{interface}");
            (module.clone(), format!("do-{number}"), format!("{module}#do-{number}"))
        } else {
            let _ = writeln!(world, "  import ask-{number}: {ty};\n  export tell-{number}: {ty};");
            ("$root".to_owned(), format!("ask-{number}"), format!("tell-{number}"))
        };
        let _ = writeln!(text, "  (import \"{module}\" \"{import}\" (func (param i32 i32 i32 i32)))");
        let _ = writeln!(defined, "  (func (export \"{export}\") (param i32 i32 i32) (result i32) unreachable)");
        let _ = writeln!(defined, "  (export \"cabi_post_{export}\" (func $p))");
    }
    for number in 0..exports.saturating_sub(2 * half + 2) {
        let _ = writeln!(defined, "  (export \"own_{number}\" (func $f))");
    }
    let _ = write!(wit, "}}\n{world}}}\n");
    let _ = write!(text, "{defined})");
    embedded(withe, folder, &format!("many-{exports}-{funcs}"), &text, &wit)
}

/// A module, given as text, with the metadata of its world.
fn embedded(withe: &Path, folder: &Path, name: &str, text: &str, wit: &str) -> Done<PathBuf> {
    let wit = write(folder, &format!("{name}.wit"), wit)?;
    let text = write(folder, &format!("{name}.wat"), text)?;
    let core = folder.join(format!("{name}.core.wasm"));
    let mut embed = Command::new(withe);
    embed.arg("embed").arg(text).arg("--wit").arg(wit).arg("-o").arg(&core);
    run::run_quietly(&mut embed)?;
    Ok(core)
}

fn of_12_mb(core: &Path) -> Done<PathBuf> {
    let size = std::fs::metadata(core).map_err(in_file(core))?.len();
    if size < 12_000_000 { Err(format!("{} has only {size} bytes", core.display())) } else { Ok(core.to_owned()) }
}

/// The large core module as a component.
pub fn large_component(withe: &Path, folder: &Path) -> Done<PathBuf> {
    let (core, component) = (large_core(withe, folder)?, folder.join("large.wasm"));
    run::run_quietly(Command::new(withe).arg("wrap").arg(core).arg("-o").arg(&component))?;
    Ok(component)
}

/// A preview1 program that prints a line, wrapped.
pub fn hello(withe: &Path, folder: &Path) -> Done<PathBuf> {
    let text = r#"(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\10\00\00\00\06\00\00\00hello\n")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))))
"#;
    let core = write(folder, "hello.wat", text)?;
    let component = folder.join("hello.wasm");
    run::run_quietly(Command::new(withe).arg("wrap").arg(core).arg("-o").arg(&component))?;
    Ok(component)
}

/// The WASI packages as they are published, with `wasi:http` as the root: what a tool that has none built in reads.
/// It is the text that `withe` has built in.
pub fn wit_folder(folder: &Path) -> Done<PathBuf> {
    let published = published_packages()?;
    let (wit, deps) = (folder.join("published"), folder.join("published/deps"));
    std::fs::create_dir_all(&deps).map_err(in_file(&deps))?;
    for entry in std::fs::read_dir(&published).map_err(in_file(&published))? {
        let from = entry.map_err(|error| error.to_string())?.path();
        let Some(name) = from.file_name() else { continue };
        let into = if name == "http.wit" { wit.join(name) } else { deps.join(name) };
        std::fs::copy(&from, &into).map_err(in_file(&from))?;
    }
    Ok(wit)
}

/// The folder of the crate that carries the packages.
fn published_packages() -> Done<PathBuf> {
    let metadata = run::run_quietly(
        Command::new("cargo").args(["metadata", "--format-version", "1", "--offline"]).current_dir(run::root()),
    )?;
    let manifests = metadata.split("\"manifest_path\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    let crate_folder = manifests
        .map(Path::new)
        .filter_map(Path::parent)
        .find(|folder| folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("wasip2-")))
        .ok_or("the crate `wasip2` is not among the dependencies")?;
    Ok(crate_folder.join("wit/deps"))
}

/// A folder in a folder.
pub fn folder(parent: &Path, name: &str) -> Done<PathBuf> {
    let folder = parent.join(name);
    std::fs::create_dir_all(&folder).map_err(in_file(&folder))?;
    Ok(folder)
}

pub fn write(folder: &Path, name: &str, text: &str) -> Done<PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, text).map_err(in_file(&path))?;
    Ok(path)
}
