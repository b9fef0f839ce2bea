//! What the README says of transpiled modules, run: its programs on Node, and modules on other engines.
//!
//! In: the programs of the README, by the names behind their fences; the demonstration's greeter, a program that prints.
//! Out: that they run as they stand there. Holds: every engine that is here is asked.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::cases::Suite;
use testing::engine::Engine;
use testing::js::{self, Node};
use testing::{Outcome, Trouble, fixtures, read_text, root, scratch};
use withe::{Exit, Io};

const SHIM: &str = "@bytecodealliance/preview2-shim";

/// A program whose `run` fails where the clock stands still.
const CLOCK: &str = r#"(component
    (import "wasi:clocks/monotonic-clock@0.2.3" (instance $clock (export "now" (func (result u64)))))
    (core func $now (canon lower (func $clock "now")))
    (core module $m (import "" "now" (func $now (result i64)))
      (func (export "run") (result i32) (i64.eqz (call $now))))
    (core instance $i (instantiate $m (with "" (instance (export "now" (func $now))))))
    (func $run (result (result)) (canon lift (core func $i "run")))
    (instance $api (export "run" (func $run)))
    (export "wasi:cli/run@0.2.3" (instance $api)))"#;

/// Has a resource that is called like a global.
const ERROR: &str = r#"(component
    (type $r (resource (rep i32)))
    (core func $new (canon resource.new $r))
    (core module $m (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 7))))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
    (export $error "error" (type $r))
    (func (export "[constructor]error") (result (own $error)) (canon lift (core func $i "make"))))"#;

fn main() -> ExitCode {
    let suite = Suite::new()
        .test("readme/greeter", || readme_program("greeter.js", greeter_in, "Hello, JS! 1n\n"))
        .test("readme/instances", || readme_program("instances.js", instances_in, ""))
        .test("readme/what is called like a global", called_like_a_global);
    let each = Engine::ALL
        .into_iter()
        .fold(suite, |suite, engine| suite.test(format!("engines/{}", engine.name()), move || other_engine(engine)));
    each.run()
}

fn withe(folder: &Path, words: &[&str]) -> Outcome {
    let mut io = Io::captured(folder);
    let Exit(exit) = withe::run(["withe"].iter().chain(words), &mut io);
    if exit == 0 { Ok(()) } else { Err(Trouble::Failed(format!("{words:?}: {}", io.stderr.text()))) }
}

/// A folder for scripts, where `.js` is an ES module.
fn project(name: &str) -> Result<PathBuf, Trouble> {
    let folder = scratch(&format!("transpile-js-{name}"))?;
    std::fs::write(folder.join("package.json"), "{ \"type\": \"module\" }")?;
    Ok(folder)
}

/// The component of `withe demo`, in `js`.
fn greeter_in(folder: &Path) -> Outcome {
    let demo = root().join("templates/demo");
    let file = |name: &str| demo.join(name).display().to_string();
    withe(folder, &["wrap", &file("greeter.wat"), "--wit", &file("wit/deps/greeter.wit"), "-o", "greeter.wasm"])?;
    withe(folder, &["transpile", "greeter.wasm", "-o", "js"])
}

/// A component with WASI whose instances the program makes, in `instances`.
fn instances_in(folder: &Path) -> Outcome {
    js::link_package(folder, SHIM)?;
    std::fs::write(folder.join("app.wat"), CLOCK)?;
    withe(folder, &["transpile", "app.wat", "-o", "instances", "--instantiation", "async"])
}

/// Runs the program that stands in the README under that name, and compares what it prints.
fn readme_program(name: &str, prepare: fn(&Path) -> Outcome, expected: &str) -> Outcome {
    let folder = project(name)?;
    prepare(&folder)?;
    let text = read_text(&root().join("README.md"))?;
    let (_, program) = text.split_once(&format!("```js {name}\n")).ok_or("the README has no such program")?;
    std::fs::write(folder.join(name), program.split("```").next().unwrap_or_default())?;
    for node in Node::ALL {
        let printed = node.output(&folder, name, &[])?;
        if printed != expected {
            return Err(Trouble::Failed(format!("{}: {printed}", node.name())));
        }
    }
    Ok(())
}

fn called_like_a_global() -> Outcome {
    let folder = project("error")?;
    std::fs::write(folder.join("app.wat"), ERROR)?;
    withe(&folder, &["transpile", "app.wat", "-o", "js"])?;
    let program = "import { Error as Own } from './js/app.js';
const made = new Own();
console.log(made instanceof Own, made instanceof Error, made.constructor.name);
";
    std::fs::write(folder.join("app.mjs"), program)?;
    let printed = Node::V24.output(&folder, "app.mjs", &[])?;
    if printed == "true false Error_\n" { Ok(()) } else { Err(Trouble::Failed(printed)) }
}

/// A module, one with WASI from npm, one with WASI beside it.
fn other_engine(engine: Engine) -> Outcome {
    engine.program()?;
    let folder = project(engine.name())?;
    js::link_package(&folder, SHIM)?;
    greeter_in(&folder)?;
    std::fs::copy(root().join("tests/js/greeter.mjs"), folder.join("greeter.mjs"))?;
    engine.output(&folder, "greeter.mjs")?;
    let hello = fixtures("run").join("hello.wat").display().to_string();
    for wasi in ["shim", "inline"] {
        withe(&folder, &["transpile", &hello, "-o", wasi, "--wasi", wasi])?;
        let script = format!("{wasi}.mjs");
        std::fs::write(folder.join(&script), format!("import {{ run }} from './{wasi}/hello.js';\nrun.run();\n"))?;
        let printed = engine.output(&folder, &script)?;
        if printed != "hello, world\n" {
            return Err(Trouble::Failed(format!("{} {script}: {printed}", engine.name())));
        }
    }
    Ok(())
}
