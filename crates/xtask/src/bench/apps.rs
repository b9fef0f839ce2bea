//! Apps of many components for the benchmarks: files of components, and a script that wires them.
//!
//! In: the binary, a scratch folder, a shape, how many components of which size. Out: their files and the script.
//! Holds: all components of a shape are one template with other names of the same length and other data, so that
//! thousands are made in a second; each imports twelve interfaces of WASI, seven of them with resources of their own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::inputs;
use crate::run::{Done, in_file};

/// How the components of an app are wired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Each gives to the next.
    Chain,
    /// All give to the last one, and to nothing else.
    Star,
    /// Layers of ten; each takes from two of the layer before.
    Diamond,
}

/// An app: the component that is run stands first.
pub struct App {
    pub files: Vec<PathBuf>,
    pub script: PathBuf,
    /// The folder of packages that the script names.
    pub deps: PathBuf,
    /// Bytes of all files.
    pub size: u64,
}

/// Names of packages in templates, by the import that they stand for, and of the export.
const FIRST: &str = "p00000";
const SECOND: &str = "p00001";
const EXPORT: &str = "p00002";
const LAYER: usize = 10;

const API: &str = "interface api {
    record item { a: u32, b: string }
    resource thing { get: func() -> u32; }
    make: func(a: item) -> thing;
  }";

/// Module, function and core type of what each component uses of its host.
const HOST: [(&str, &str, &str); 22] = [
    ("wasi:io/error", "[resource-drop]error", "(param i32)"),
    ("wasi:io/poll", "[resource-drop]pollable", "(param i32)"),
    ("wasi:io/poll", "[method]pollable.block", "(param i32)"),
    ("wasi:io/poll", "[method]pollable.ready", "(param i32) (result i32)"),
    ("wasi:io/streams", "[resource-drop]input-stream", "(param i32)"),
    ("wasi:io/streams", "[resource-drop]output-stream", "(param i32)"),
    ("wasi:io/streams", "[method]input-stream.subscribe", "(param i32) (result i32)"),
    ("wasi:io/streams", "[method]output-stream.check-write", "(param i32 i32)"),
    ("wasi:io/streams", "[method]output-stream.write", "(param i32 i32 i32 i32)"),
    ("wasi:clocks/monotonic-clock", "now", "(result i64)"),
    ("wasi:clocks/wall-clock", "now", "(param i32)"),
    ("wasi:filesystem/types", "[resource-drop]descriptor", "(param i32)"),
    ("wasi:filesystem/types", "[method]descriptor.sync", "(param i32 i32)"),
    ("wasi:filesystem/types", "[method]descriptor.stat", "(param i32 i32)"),
    ("wasi:filesystem/preopens", "get-directories", "(param i32)"),
    ("wasi:sockets/network", "[resource-drop]network", "(param i32)"),
    ("wasi:sockets/tcp", "[resource-drop]tcp-socket", "(param i32)"),
    ("wasi:sockets/tcp", "[method]tcp-socket.subscribe", "(param i32) (result i32)"),
    ("wasi:http/types", "[resource-drop]fields", "(param i32)"),
    ("wasi:http/types", "[constructor]fields", "(result i32)"),
    ("wasi:cli/terminal-input", "[resource-drop]terminal-input", "(param i32)"),
    ("wasi:cli/terminal-output", "[resource-drop]terminal-output", "(param i32)"),
];
const HOST_VERSION: &str = "0.2.6";

/// An app of `count` components of about `size` bytes each.
pub fn app(withe: &Path, folder: &Path, shape: Shape, count: usize, size: usize) -> Done<App> {
    let folder = folder.join(format!("app-{shape:?}-{count}-{size}").to_lowercase());
    let deps = folder.join("deps");
    let packages = deps.join("bench");
    std::fs::create_dir_all(&packages).map_err(in_file(&packages))?;
    let template = |imports: usize| template(withe, &folder, imports, size);
    let templates = [template(0)?, template(1)?, template(2)?];
    let mut files = Vec::new();
    let members = if shape == Shape::Star { count - 1 } else { count };
    for number in 0..members {
        let taken = takes(shape, number);
        let mut bytes = templates[taken.len()].clone();
        rename(&mut bytes, &taken, number);
        files.push(write(&packages, number, &bytes)?);
    }
    if shape == Shape::Star {
        let socket = socket(withe, &folder, members)?;
        files.push(write(&packages, members, &socket)?);
    }
    files.reverse();
    let script = inputs::write(&folder, "app.wac", &script(shape, members))?;
    let sizes: Done<Vec<u64>> =
        files.iter().map(|file| Ok(std::fs::metadata(file).map_err(in_file(file))?.len())).collect();
    Ok(App { files, script, deps, size: sizes?.iter().sum() })
}

/// Those earlier members whose interfaces a member takes.
fn takes(shape: Shape, number: usize) -> Vec<usize> {
    match shape {
        Shape::Chain => number.checked_sub(1).into_iter().collect(),
        Shape::Star => Vec::new(),
        Shape::Diamond if number < LAYER => Vec::new(),
        Shape::Diamond => {
            let before = number / LAYER * LAYER - LAYER;
            vec![before + number % LAYER, before + (number + 1) % LAYER]
        }
    }
}

/// A component with so many imports of other members.
fn template(withe: &Path, folder: &Path, imports: usize, size: usize) -> Done<Vec<u8>> {
    let names = [FIRST, SECOND];
    let imported = &names[..imports];
    let mut core = String::from("(module\n");
    for (interface, func, ty) in HOST {
        let _ = writeln!(core, "  (import \"{interface}@{HOST_VERSION}\" \"{func}\" (func {ty}))");
    }
    for name in imported {
        core.push_str(&taken(name));
    }
    let _ = writeln!(core, "  (memory (export \"memory\") 8)\n{}", realloc());
    let _ =
        writeln!(core, "  (func (export \"bench:{EXPORT}/api#make\") (param i32 i32 i32) (result i32) unreachable)");
    let _ = writeln!(
        core,
        "  (func (export \"bench:{EXPORT}/api#[method]thing.get\") (param i32) (result i32) unreachable)"
    );
    let data: String = (0..size).map(|at| char::from(b'a' + u8::try_from(at * 7 % 26).expect("below 26"))).collect();
    let _ = writeln!(core, "  (data (i32.const 16) \"{data}\"))");
    let imports: String = imported.iter().map(|name| format!("  import bench:{name}/api;\n")).collect();
    let world = format!("{}{imports}  export bench:{EXPORT}/api;\n", host_imports());
    let packages: Vec<&str> = names.into_iter().chain([EXPORT]).collect();
    wrapped(
        withe,
        folder,
        &format!("template-{imports_count}", imports_count = imported.len()),
        &core,
        &packages,
        &world,
    )
}

/// A component that imports all members and exports a function.
fn socket(withe: &Path, folder: &Path, members: usize) -> Done<Vec<u8>> {
    let names: Vec<String> = (0..members).map(package).collect();
    let mut core = String::from("(module\n");
    for name in &names {
        core.push_str(&taken(name));
    }
    let _ = writeln!(core, "  (memory (export \"memory\") 1)\n{}", realloc());
    core.push_str("  (func (export \"start\") (result i32) unreachable))\n");
    let imports: String = names.iter().map(|name| format!("  import bench:{name}/api;\n")).collect();
    let packages: Vec<&str> = names.iter().map(String::as_str).collect();
    wrapped(withe, folder, "socket", &core, &packages, &format!("{imports}  export start: func() -> u32;\n"))
}

fn host_imports() -> String {
    let mut names: Vec<&str> = HOST.iter().map(|(interface, ..)| *interface).collect();
    names.dedup();
    names.iter().map(|name| format!("  import {name}@{HOST_VERSION};\n")).collect()
}

/// Core imports of one member's interface.
fn taken(package: &str) -> String {
    format!(
        "  (import \"bench:{package}/api\" \"make\" (func (param i32 i32 i32) (result i32)))\n  \
           (import \"bench:{package}/api\" \"[method]thing.get\" (func (param i32) (result i32)))\n  \
           (import \"bench:{package}/api\" \"[resource-drop]thing\" (func (param i32)))\n"
    )
}

fn realloc() -> &'static str {
    "  (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) unreachable)"
}

/// A core module, as text, made a component of a world over packages of one interface each.
fn wrapped(withe: &Path, folder: &Path, name: &str, core: &str, packages: &[&str], world: &str) -> Done<Vec<u8>> {
    let core = inputs::write(folder, &format!("{name}.wat"), core)?;
    let mut wit = format!("package bench:root;\nworld root {{\n{world}}}\n");
    for package in packages {
        let _ = writeln!(wit, "package bench:{package} {{\n  {API}\n}}");
    }
    let wit = inputs::write(folder, &format!("{name}.wit"), &wit)?;
    let out = folder.join(format!("{name}.wasm"));
    let mut wrap = std::process::Command::new(withe);
    crate::run::run_quietly(wrap.arg("wrap").arg(core).arg("--wit").arg(wit).arg("-o").arg(&out))?;
    std::fs::read(&out).map_err(in_file(&out))
}

fn package(number: usize) -> String {
    format!("m{number:05}")
}

/// Gives the template the names of a member and of those that it takes, and data of its own.
fn rename(bytes: &mut [u8], taken: &[usize], number: usize) {
    let names = [FIRST, SECOND].into_iter().zip(taken).map(|(from, to)| (from, package(*to)));
    let names: Vec<(&str, String)> = names.chain([(EXPORT, package(number))]).collect();
    let width = EXPORT.len();
    for at in 0..bytes.len() - width {
        let found = names.iter().find(|(from, _)| bytes[at..].starts_with(from.as_bytes()));
        if let Some((_, to)) = found {
            bytes[at..at + width].copy_from_slice(to.as_bytes());
        }
    }
    // The first letters of the data are the alphabet seven apart.
    if let Some(at) = bytes.windows(13).position(|window| window == b"ahovcjqxelszg") {
        bytes[at..at + width].copy_from_slice(package(number).as_bytes());
    }
}

fn write(folder: &Path, number: usize, bytes: &[u8]) -> Done<PathBuf> {
    let path = folder.join(format!("{}.wasm", package(number)));
    std::fs::write(&path, bytes).map_err(in_file(&path))?;
    Ok(path)
}

/// The wiring as a script; what is not given there stays open.
fn script(shape: Shape, members: usize) -> String {
    let mut text = String::from("package bench:app;\n\n");
    for number in 0..members {
        let args: String = takes(shape, number).iter().map(|taken| given(*taken)).collect();
        let _ = writeln!(text, "let {0} = new bench:{0} {{{args} ... }};", package(number));
    }
    let last = match shape {
        Shape::Star => {
            let args: String = (0..members).map(given).collect();
            let _ = writeln!(text, "let {0} = new bench:{0} {{{args} ... }};", package(members));
            members
        }
        Shape::Chain | Shape::Diamond => members - 1,
    };
    let _ = writeln!(text, "export {}...;", package(last));
    text
}

fn given(number: usize) -> String {
    let name = package(number);
    format!(" \"bench:{name}/api\": {name}[\"bench:{name}/api\"],")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_takes_from_earlier_ones() {
        assert!(takes(Shape::Chain, 0).is_empty());
        assert_eq!(takes(Shape::Chain, 7), [6]);
        assert!(takes(Shape::Diamond, 9).is_empty());
        assert_eq!(takes(Shape::Diamond, 29), [19, 10]);
    }

    #[test]
    fn names_are_replaced_once() {
        let mut bytes = b"..p00000..p00001..p00002..p00000..".to_vec();
        rename(&mut bytes, &[2, 1], 3);
        assert_eq!(bytes, b"..m00002..m00001..m00003..m00002..");
    }
}
