//! What it costs to make a Go module fit for a component.
//!
//! In: the binary, a scratch folder, Go. Out: a line of the table; the name of a broken promise.
//! Holds: the same command runs on the module as Go linked it and on what came out, which is left as it is; the
//! difference is the rewriting, with reading its result.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{path, peer, time, times};
use crate::run::{self, Done, in_file};

/// What is promised for a module of 2.7 MB.
const MOST: Duration = Duration::from_millis(15);
const ROUNDS: usize = 40;

pub fn rewriting(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    const NAME: &str = "rewriting a Go module";
    let Some(module) = guest(folder)? else {
        println!("{NAME:<26} Go is not installed: not measured");
        return Ok(Vec::new());
    };
    let (done, out) = (folder.join("go-done.wasm"), folder.join("go-out.wasm"));
    let embed = |from: &Path, to: &Path| {
        let wit = path(&run::root().join("fixtures/go/arena/wit"));
        let mut command = Command::new(withe);
        command.args(["embed", &path(from), "--wit", &wit, "-w", "guest", "-o", &path(to)]);
        command
    };
    time(&mut embed(&module, &done))?;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        with.push(time(&mut embed(&module, &out))?);
        without.push(time(&mut embed(&done, &out))?);
    }
    let cost = times(with).least.saturating_sub(times(without).least);
    let size = std::fs::metadata(&module).map_err(in_file(&module))?.len();
    println!("{NAME:<26} {cost:.2?} for {size} bytes, {MOST:.2?} promised");
    Ok(if cost > MOST { vec![NAME.to_owned()] } else { Vec::new() })
}

/// The guest of `tests/wrap_go.rs`, without a world of its own; `None` without Go.
fn guest(folder: &Path) -> Done<Option<PathBuf>> {
    let sources = folder.join("go-guest");
    let copies =
        [("fixtures/go/arena/guest", ""), ("templates/go/rt", "rt")].map(|(from, to)| (run::root().join(from), to));
    for (from, to) in copies {
        let to = sources.join(to);
        std::fs::create_dir_all(&to).map_err(in_file(&to))?;
        for entry in std::fs::read_dir(&from).map_err(in_file(&from))? {
            let file = entry.map_err(in_file(&from))?.path();
            let name = file.file_name().unwrap_or_default();
            std::fs::copy(&file, to.join(name)).map_err(in_file(&file))?;
        }
    }
    for (name, text) in [("go.mod", "module guest\n\ngo 1.24\n"), ("empty.s", "")] {
        let file = sources.join(name);
        std::fs::write(&file, text).map_err(in_file(&file))?;
    }
    let out = folder.join("go-guest.wasm");
    let Some(mut go) = peer("go", &["build", "-buildmode=c-shared", "-o", &path(&out), "."]) else { return Ok(None) };
    go.current_dir(&sources).env("GOOS", "wasip1").env("GOARCH", "wasm").env("GOWORK", "off").env("GOPROXY", "off");
    run::run_quietly(&mut go)?;
    Ok(Some(out))
}
