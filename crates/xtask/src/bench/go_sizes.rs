//! What Go bindings add to a small program.
//!
//! In: the binary, `fixtures/go/size`, Go on the path. Out: a table, in bytes; the names of broken promises.
//! Holds: both sides are embedded, so the rewriting and the world are in the sizes; both are built as they come and
//! without names (`-ldflags=-s -w`).

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{inputs, path};
use crate::run::{self, Done, in_file};

/// Worlds, and the most bytes that bindings add.
const ALL: [(&str, u64); 2] = [("numbers", 6_000), ("texts", 37_500)];

pub fn sizes(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    if run::version("go", "version").is_none() {
        println!("sizes of Go programs: not measured, Go is not here");
        return Ok(Vec::new());
    }
    let folder = inputs::folder(folder, "go-sizes")?;
    println!("{:<26} {:>12} {:>12} {:>12} {:>12}", "sizes of Go programs", "bindings", "by hand", "added", "promised");
    let mut broken = Vec::new();
    for (world, most) in ALL {
        let (bound, by_hand) = (bound(withe, &folder, world)?, by_hand(&folder, world)?);
        for (name, linker) in [(world.to_owned(), ""), (format!("{world}, -s -w"), "-s -w")] {
            let (ours, least) = (embedded(withe, &bound, world, linker)?, embedded(withe, &by_hand, world, linker)?);
            let added = ours.saturating_sub(least);
            println!("{name:<26} {ours:>12} {least:>12} {added:>12} {most:>12}");
            if added > most {
                broken.push(format!("the size of {name}"));
            }
        }
    }
    Ok(broken)
}

fn sources(name: &str) -> PathBuf {
    run::root().join("fixtures/go/size").join(name)
}

fn bound(withe: &Path, folder: &Path, world: &str) -> Done<PathBuf> {
    let module = folder.join(world);
    let mut bindgen = Command::new(withe);
    bindgen.args(["bindgen", "go"]).arg(sources("size.wit")).args(["-w", world, "--module", "guest", "-o"]);
    run::run_quietly(bindgen.arg(&module))?;
    copied(&format!("{world}.go"), &module)?;
    Ok(module)
}

fn by_hand(folder: &Path, world: &str) -> Done<PathBuf> {
    let module = folder.join(format!("{world}-by-hand"));
    std::fs::create_dir_all(&module).map_err(in_file(&module))?;
    let file = module.join("go.mod");
    std::fs::write(&file, "module guest\n\ngo 1.24\n").map_err(in_file(&file))?;
    copied(&format!("{world}-by-hand.go"), &module)?;
    Ok(module)
}

fn copied(name: &str, module: &Path) -> Done {
    let source = sources(name);
    std::fs::copy(&source, module.join("main.go")).map(drop).map_err(in_file(&source))
}

/// Bytes of the program with its world.
fn embedded(withe: &Path, module: &Path, world: &str, linker: &str) -> Done<u64> {
    let (core, embedded) = (module.with_extension("core.wasm"), module.with_extension("embedded.wasm"));
    let mut go = Command::new("go");
    go.env("GOOS", "wasip1").env("GOARCH", "wasm").env("GOTOOLCHAIN", "local").env("GOPROXY", "off");
    go.args(["build", "-trimpath", "-buildvcs=false", "-buildmode=c-shared"]).arg(format!("-ldflags={linker}"));
    run::run_quietly(go.args(["-o", &path(&core), "."]).current_dir(module))?;
    let mut embed = Command::new(withe);
    embed.args(["embed", "-q", &path(&core), "--wit", &path(&sources("size.wit")), "-w", world, "-o"]);
    run::run_quietly(embed.arg(&embedded))?;
    Ok(std::fs::metadata(&embedded).map_err(in_file(&embedded))?.len())
}
