//! The command: every flag, what is written, kept and refused.

use std::path::{Path, PathBuf};
use std::process::Command;

use testing::cases::Suite;
use testing::go::{Go, On};
use testing::{Outcome, Trouble, scratch, tool};
use withe::Exit;

use super::{ensure, files_below, withe_in};

const WIT: &str = "package local:demo@1.0.0;
interface greetings {
  enum error-code { unknown-name }
  greet: func(name: string) -> result<string, error-code>;
}
world greeter { import log: func(text: string); export greetings; }
world other { import greetings; }
world waiting { import wait: async func(); }
world numbers { export add: func(a: u32, b: u32) -> u32; }
";

pub fn add(suite: Suite) -> Suite {
    suite
        .test("command/a module is written where there is none", writes_a_module)
        .test("command/the module above counts", module_above)
        .test("command/a module for an older Go is told", old_modules)
        .test("command/what is no import path is refused", no_import_path)
        .test("command/what people edit is kept", edited_files_are_kept)
        .test("command/files of others are kept", foreign_files_are_kept)
        .test("command/check names what differs", check_names_what_differs)
        .test("command/two worlds in one folder", two_worlds)
        .test("command/what an earlier run left is removed", left_files_are_removed)
        .test("command/what other worlds need stays", needed_files_stay)
        .test("command/a module never has the path of a standard package", no_standard_paths)
        .test("command/on other machines calls of imports are named", other_machines)
        .test("command/the same bytes", same_bytes)
        .test("command/the README's component runs", readme)
}

/// An empty folder with the WIT.
fn folder(name: &str) -> Result<PathBuf, Trouble> {
    let folder = scratch(&format!("bindgen-go-command-{name}"))?;
    std::fs::write(folder.join("demo.wit"), WIT)?;
    Ok(folder)
}

/// Runs `withe bindgen go demo.wit` with further words.
fn run(folder: &Path, words: &str) -> (Exit, String) {
    let words: Vec<&str> = ["withe", "bindgen", "go", "demo.wit"].into_iter().chain(words.split(' ')).collect();
    withe_in(folder, &words)
}

fn passes(folder: &Path, words: &str) -> Outcome {
    let (exit, errors) = run(folder, words);
    ensure(exit == Exit::OK && errors.is_empty(), &errors)
}

fn text(folder: &Path, path: &str) -> Result<String, Trouble> {
    Ok(std::fs::read_to_string(folder.join(path))?)
}

/// The scratch folder is below the checkout, which has no `go.mod`.
fn writes_a_module() -> Outcome {
    let folder = folder("writes")?;
    passes(&folder, "-w greeter -o gen")?;
    ensure(text(&folder, "gen/go.mod")? == "module gen\n\ngo 1.24\n", "go.mod")?;
    let names: Vec<String> = files_below(&folder.join("gen"))?.into_iter().map(|(path, _)| path).collect();
    let packages =
        ["exports/local/demo/greetings/greetings.go", "greeter/greeter.go", "internal/rt/arena.go", "wit/wit.go"];
    ensure(packages.iter().all(|path| names.iter().any(|name| name == path)), &format!("{names:?}"))?;
    ensure(!names.contains(&"main.go".to_owned()), "a main.go without --stubs")?;
    // Again: the module is there now.
    passes(&folder, "-w greeter -o gen --stubs")?;
    passes(&folder, "-w greeter -o named --module example.com/app/bindings")?;
    ensure(text(&folder, "named/go.mod")? == "module example.com/app/bindings\n\ngo 1.24\n", "go.mod")?;
    let world = text(&folder, "named/greeter/greeter.go")?;
    ensure(world.contains("\"example.com/app/bindings/exports/local/demo/greetings\""), &world)
}

fn module_above() -> Outcome {
    let folder = folder("above")?;
    std::fs::write(folder.join("go.mod"), "// ours\nmodule \"example.com/app\" // here\n\ngo 1.24\n")?;
    passes(&folder, "-w greeter -o inner/gen")?;
    ensure(!folder.join("inner/gen/go.mod").exists(), "a second go.mod")?;
    let world = text(&folder, "inner/gen/greeter/greeter.go")?;
    ensure(world.contains("\"example.com/app/inner/gen/exports/local/demo/greetings\""), &world)?;
    passes(&folder, "-w greeter -o inner/gen --module example.com/app/inner/gen")?;
    let (exit, errors) = run(&folder, "-w greeter -o inner/gen --module example.com/other");
    let said = "error[usage/command-line]: `--module example.com/other` is not the import path of `inner/gen`: that is \
                `example.com/app/inner/gen`";
    ensure(exit != Exit::OK && errors.contains(said), &errors)
}

fn old_modules() -> Outcome {
    let folder = folder("old-module")?;
    for (line, said) in [("go 1.20", "Go 1.20"), ("// none", "no line `go`"), ("go 1.23.4 // old", "Go 1.23.4")] {
        std::fs::write(folder.join("go.mod"), format!("module example.com/app\n\n{line}\n"))?;
        let (exit, errors) = run(&folder, "-w greeter -o gen");
        ensure(exit == Exit::INPUT && errors.contains("error[unsupported/go-toolchain]"), &errors)?;
        ensure(errors.contains(said) && errors.contains("`go mod edit -go=1.24`"), &errors)?;
        ensure(!folder.join("gen").exists(), "something was written")?;
    }
    for line in ["go 1.24", "go 1.25rc1", "go 1.26.8", "go 2.0"] {
        std::fs::write(folder.join("go.mod"), format!("module example.com/app\n\n{line}\n"))?;
        passes(&folder, "-w greeter -o gen")?;
    }
    Ok(())
}

fn no_import_path() -> Outcome {
    let folder = folder("path")?;
    for bad in ["a//b", "a\"b", "/a", "a/../b", "a,b"] {
        let (exit, errors) = run(&folder, &format!("-w greeter -o gen --module {bad}"));
        ensure(exit != Exit::OK && errors.contains("is no import path"), &errors)?;
    }
    ensure(!folder.join("gen").exists(), "something was written")
}

fn edited_files_are_kept() -> Outcome {
    let folder = folder("kept")?;
    passes(&folder, "-w greeter -o . --stubs --module demo")?;
    let stub = text(&folder, "main.go")?;
    ensure(stub.contains("greeter.Export(greetingsImpl{})"), &stub)?;
    std::fs::write(folder.join("main.go"), "package main // mine\n")?;
    std::fs::write(folder.join("greeter/greeter.go"), "// Code generated by withe. DO NOT EDIT.\n// old\n")?;
    passes(&folder, "-w greeter -o . --stubs")?;
    ensure(text(&folder, "main.go")? == "package main // mine\n", "main.go was overwritten")?;
    ensure(text(&folder, "greeter/greeter.go")?.contains("func Export("), "the bindings were not generated again")
}

fn foreign_files_are_kept() -> Outcome {
    let folder = folder("foreign")?;
    std::fs::create_dir_all(folder.join("gen/greeter"))?;
    std::fs::write(folder.join("gen/greeter/greeter.go"), "package greeter // mine\n")?;
    let (exit, errors) = run(&folder, "-w greeter -o gen");
    ensure(exit != Exit::OK && errors.contains("error[output/foreign-file]"), &errors)?;
    ensure(!folder.join("gen/wit").exists(), "something was written")
}

fn check_names_what_differs() -> Outcome {
    let folder = folder("check")?;
    let (exit, errors) = run(&folder, "-w greeter -o gen --check");
    ensure(exit != Exit::OK && errors.contains("`gen/greeter/greeter.go` is not there"), &errors)?;
    ensure(!folder.join("gen").exists(), "something was written")?;
    passes(&folder, "-w greeter -o gen --stubs")?;
    std::fs::write(folder.join("gen/main.go"), "package main // mine\n")?;
    passes(&folder, "-w greeter -o gen --stubs --check")?;
    let path = folder.join("gen/exports/local/demo/greetings/greetings.go");
    std::fs::write(&path, std::fs::read_to_string(&path)?.replace("Greet(", "Hail("))?;
    let (exit, errors) = run(&folder, "-w greeter -o gen --check");
    let said = "`gen/exports/local/demo/greetings/greetings.go` differs from what would be written";
    ensure(exit != Exit::OK && errors.contains(said), &errors)
}

/// What both worlds have is written the same.
fn two_worlds() -> Outcome {
    let folder = folder("two")?;
    passes(&folder, "-w greeter -o gen")?;
    let before = files_below(&folder.join("gen"))?;
    passes(&folder, "-w other -o gen")?;
    let after = files_below(&folder.join("gen"))?;
    ensure(before.iter().all(|file| after.contains(file)), "the second world changes files of the first")?;
    ensure(folder.join("gen/local/demo/greetings/greetings.go").exists(), "no package of what `other` imports")?;
    // What one of them waits for, the module waits for.
    passes(&folder, "-w waiting -o gen")?;
    passes(&folder, "-w other -o gen")?;
    let flags = text(&folder, "gen/internal/rt/flags.go")?;
    ensure(flags.contains("const flags = flagGrow | flagAsync"), &flags)?;
    // A world of numbers has no memory handed to it, but in the company of one that has.
    let path = folder;
    let grows = |folder: &str| -> Result<_, Trouble> {
        Ok((
            path.join(folder).join("internal/rt/grow.go").exists(),
            text(&path, &format!("{folder}/internal/rt/flags.go"))?,
        ))
    };
    passes(&path, "-w numbers -o alone")?;
    let (has_file, flags) = grows("alone")?;
    ensure(!has_file && flags.contains("const flags = 0\n"), &flags)?;
    passes(&path, "-w greeter -o alone")?;
    passes(&path, "-w numbers -o alone")?;
    let (has_file, flags) = grows("alone")?;
    ensure(has_file && flags.contains("const flags = flagGrow\n"), &flags)
}

const GREETINGS: &str = "gen/exports/local/demo/greetings";

/// The same world with another interface, then another world instead: what is not needed any more goes, but nothing
/// that people wrote.
fn left_files_are_removed() -> Outcome {
    let folder = folder("left")?;
    passes(&folder, "-w greeter -o gen")?;
    std::fs::write(folder.join("demo.wit"), WIT.replace("greetings", "hails"))?;
    let (exit, errors) = run(&folder, "-w greeter -o gen --check");
    for path in [format!("{GREETINGS}/greetings.go"), format!("{GREETINGS}/empty.s")] {
        let said = format!("`{path}` is left of an earlier run, and nothing needs it");
        ensure(exit != Exit::OK && errors.contains(&said), &errors)?;
    }
    std::fs::write(folder.join(GREETINGS).join("mine.go"), "package greetings // mine\n")?;
    passes(&folder, "-w greeter -o gen")?;
    ensure(!folder.join(GREETINGS).join("greetings.go").exists(), "the bindings of `greetings` are there")?;
    ensure(text(&folder, &format!("{GREETINGS}/mine.go"))?.contains("mine"), "a file of somebody is gone")?;
    passes(&folder, "-w greeter -o gen --check")?;
    std::fs::remove_file(folder.join(GREETINGS).join("mine.go"))?;

    std::fs::write(folder.join("demo.wit"), "package local:demo@2.0.0;\nworld renamed { import ping: func(); }\n")?;
    let (exit, errors) = run(&folder, "-o gen --check");
    ensure(exit != Exit::OK && errors.contains("`gen/greeter/greeter.go` is left of an earlier run"), &errors)?;
    passes(&folder, "-o gen")?;
    passes(&folder, "-o gen --check")?;
    let files = files_below(&folder.join("gen"))?;
    let is_needed =
        |path: &str| ["go.mod", "internal/rt/", "renamed/", "wit/"].iter().any(|start| path.starts_with(start));
    ensure(files.iter().all(|(path, _)| is_needed(path)), &format!("{:?}", files.iter().map(|file| &file.0)))?;
    ensure(!folder.join("gen/greeter").exists(), "an empty folder is left")
}

fn needed_files_stay() -> Outcome {
    let folder = folder("needed")?;
    for world in ["greeter", "other", "waiting"] {
        passes(&folder, &format!("-w {world} -o gen"))?;
    }
    // Nothing is exported any more, and `other` still imports the interface.
    std::fs::write(folder.join("demo.wit"), WIT.replace("export greetings;", "").replace("async func", "func"))?;
    passes(&folder, "-w greeter -o gen")?;
    ensure(!folder.join(GREETINGS).exists(), "what was exported is left")?;
    ensure(folder.join("gen/local/demo/greetings/greetings.go").exists(), "what `other` imports is gone")?;
    ensure(folder.join("gen/internal/task/task.go").exists(), "what `waiting` was generated with is gone")?;
    passes(&folder, "-w waiting -o gen")?;
    ensure(!folder.join("gen/internal/task").exists(), "nobody waits any more")?;
    ensure(!text(&folder, "gen/internal/rt/flags.go")?.contains("flagAsync |"), "the flags say so")?;
    // A world that cannot be read keeps all that there is.
    let other = folder.join("gen/other/other.go");
    let damaged = text(&folder, "gen/other/other.go")?.replace("\\x00asm", "\\x00bsm");
    std::fs::write(&other, damaged)?;
    passes(&folder, "-w waiting -o gen")?;
    std::fs::write(folder.join("demo.wit"), "package local:demo;\nworld waiting { import ping: func(); }\n")?;
    passes(&folder, "-o gen")?;
    ensure(folder.join("gen/greeter/greeter.go").exists(), "the files of a world that is gone are removed")
}

fn no_standard_paths() -> Outcome {
    let folder = folder("standard")?;
    passes(&folder, "-w greeter -o time")?;
    ensure(text(&folder, "time/go.mod")? == "module example.com/time\n\ngo 1.24\n", "go.mod")
}

/// A program links and runs where there is no host; what it calls of one is in the trace of its end.
fn other_machines() -> Outcome {
    let folder = folder("machines")?;
    passes(&folder, "-w greeter -o . --module demo")?;
    let calls = "if len(os.Args) > 1 {\n\t\tgreeter.Log(\"a\")\n\t}";
    let text =
        format!("package main\n\nimport (\n\t\"os\"\n\n\t\"demo/greeter\"\n)\n\nfunc main() {{\n\t{calls}\n}}\n");
    std::fs::write(folder.join("main.go"), text)?;
    let program = folder.join("program");
    Go::Machine.vet(&folder, On::Host)?;
    tool::run(Go::Machine.command(&folder, On::Host)?.args(["build", "-o"]).arg(&program).arg("."))?;
    tool::run(&mut Command::new(&program))?;
    let output = Command::new(&program).arg("calls").output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure(!output.status.success() && said.contains("greeter.wasm_Log"), &said)
}

fn same_bytes() -> Outcome {
    let folder = folder("same")?;
    let mut found = Vec::new();
    for out in ["one/gen", "two/gen"] {
        let words = ["withe", "bindgen", "go", "wasi:http/proxy@0.2.12", "--stubs", "-o", out];
        let (exit, errors) = withe_in(&folder, &words);
        ensure(exit == Exit::OK, &errors)?;
        found.push(files_below(&folder.join(out))?);
    }
    ensure(found[0] == found[1], "two runs differ")
}

/// The README's program is built and wrapped by the README's commands, and called.
fn readme() -> Outcome {
    let out = super::module("readme")?;
    std::fs::remove_file(out.join("go.mod"))?;
    let wit = testing::root().join("templates/rust/new/library/wit");
    let text = std::fs::read_to_string(wit.join("world.wit"))?.replace("{{name}}", "hello");
    std::fs::write(out.join("hello.wit"), text)?;
    let readme = testing::read_text(&testing::root().join("README.md"))?;
    let program = readme.split("```go main.go\n").nth(1).and_then(|rest| rest.split("```").next());
    std::fs::write(out.join("main.go"), program.ok_or("the README has no Go program")?)?;
    let run = |words: &str| {
        let mut io = withe::Io::captured(&out);
        let exit = withe::run(words.split(' '), &mut io);
        ensure(exit == Exit::OK, &io.stderr.text()).map(|()| io.stdout.text())
    };
    run("withe bindgen go hello.wit -o . --module example.com/gohello")?;
    let core = Go::Machine.build(&out, ".", "bindgen-go-readme")?;
    run(&format!("withe wrap {} -o hello.wasm", super::path_text(&core)))?;
    let said = run("withe call hello.wasm greet(\"you\")")?;
    ensure(said.contains("\"Hello, you!\""), &said)
}
