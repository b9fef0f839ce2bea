//! Components in Go as JavaScript: a library and an asynchronous service, on each Node.
//!
//! In: the programs of `fixtures/go/js`, scripts that call them. Out: that all values, resources, streams, futures and
//! timers are what they should be, that nothing stays in use, and that a panic is a trap which shows what Go says.
//! Holds: the files of `--wasi inline` and the package from npm do equally well.
#![expect(clippy::disallowed_methods, reason = "tests write the files of their cases")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::cases::Suite;
use testing::go::Go;
use testing::js::{self, Node, Ran};
use testing::{Outcome, Trouble, fixtures, root, scratch};
use withe::{Exit, Io};

const SHIM: &str = "@bytecodealliance/preview2-shim";

fn main() -> ExitCode {
    Suite::new()
        .test("go/library", library)
        .test("go/service", service)
        .test("go/timers_of_go_alone", on_the_shim)
        .run()
}

/// Strings, lists, records and resources of both sides, on both implementations of WASI.
fn library() -> Outcome {
    let folder = project("library")?;
    component(&folder, "library", "library")?;
    let maps = ["--map", "shop:stock/log=../host.js"];
    transpile(&folder, "library", "inline", &[&maps[..], &["--wasi", "inline"]].concat())?;
    transpile(&folder, "library", "shim", &maps)?;
    for node in Node::ALL {
        for wasi in ["inline", "shim"] {
            panicked(&run(node, &folder, "go_library.mjs", wasi)?, "panic: it is broken")?;
        }
    }
    Ok(())
}

/// Asynchronous functions, streams and futures; the host has timers for goroutines.
fn service() -> Outcome {
    let folder = project("service")?;
    component(&folder, "service", "punctual")?;
    let maps = ["--map", "shop:service/host=../host.js", "--wasi", "inline"];
    transpile(&folder, "service", "inline", &maps)?;
    Node::ALL
        .into_iter()
        .try_for_each(|node| panicked(&run(node, &folder, "go_service.mjs", "inline")?, "panic: it fails: now"))
}

/// The same without the host's timers, and with WASI from npm.
fn on_the_shim() -> Outcome {
    let folder = project("service-shim")?;
    component(&folder, "service", "service")?;
    transpile(&folder, "service", "shim", &["--map", "shop:service/host=../host.js"])?;
    Node::ALL
        .into_iter()
        .try_for_each(|node| panicked(&run(node, &folder, "go_service.mjs", "shim")?, "panic: it fails: now"))
}

/// A folder with the scripts, where `.js` is an ES module.
fn project(name: &str) -> Result<PathBuf, Trouble> {
    let folder = scratch(&format!("go-js-{name}"))?;
    std::fs::write(folder.join("package.json"), "{ \"type\": \"module\" }")?;
    for (from, to) in
        [("go_host.mjs", "host.js"), ("go_library.mjs", "go_library.mjs"), ("go_service.mjs", "go_service.mjs")]
    {
        std::fs::copy(root().join("tests/js").join(from), folder.join(to))?;
    }
    js::link_package(&folder, SHIM)?;
    Ok(folder)
}

/// Makes `NAME.wasm` of the program, for one of its worlds.
fn component(folder: &Path, name: &str, world: &str) -> Outcome {
    let sources = fixtures("go/js");
    let wit = sources.join(format!("{name}.wit")).display().to_string();
    let bindings = folder.join("guest");
    withe(folder, &["bindgen", "go", &wit, "-w", world, "-o", "guest", "--module", "guest"])?;
    // The program is written for the world with timers.
    let program = testing::read_text(&sources.join(format!("{name}.go")))?
        .replace("guest/punctual", &format!("guest/{world}"))
        .replace("punctual.Export", &format!("{world}.Export"));
    std::fs::write(bindings.join("main.go"), program)?;
    let module = Go::Machine.build(&bindings, ".", &format!("go-js-{world}"))?;
    withe(folder, &["wrap", &module.display().to_string(), "-o", &format!("{name}.wasm")])
}

fn transpile(folder: &Path, name: &str, to: &str, words: &[&str]) -> Outcome {
    withe(folder, &[&["transpile", &format!("{name}.wasm"), "-o", to], words].concat())
}

fn withe(folder: &Path, words: &[&str]) -> Outcome {
    let mut io = Io::captured(folder);
    let exit = withe::run(["withe"].iter().chain(words), &mut io);
    if exit == Exit::OK { Ok(()) } else { Err(Trouble::Failed(format!("{words:?}: {}", io.stderr.text()))) }
}

/// The script comes to its end.
fn run(node: Node, folder: &Path, script: &str, wasi: &str) -> Result<Ran, Trouble> {
    let ran = node.run(folder, script, &[wasi], js::TIME)?;
    if ran.status == Some(0) && ran.stdout.ends_with("done\n") {
        return Ok(ran);
    }
    Err(Trouble::Failed(format!("{} {script} {wasi}: {}\n{}{}", node.name(), ran.end(), ran.stdout, ran.stderr)))
}

/// What Go said is there: message, goroutine, line.
fn panicked(ran: &Ran, message: &str) -> Outcome {
    let all = [message, "goroutine ", "main.program.Fail", "main.go:"];
    match all.iter().find(|text| !ran.stderr.contains(**text)) {
        None => Ok(()),
        Some(text) => Err(Trouble::Failed(format!("`{text}` is not in {}", ran.stderr))),
    }
}
