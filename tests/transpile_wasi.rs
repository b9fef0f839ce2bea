//! `withe transpile` end to end: programs of the real compiler and resources, on Node and on a page in a browser.
//!
//! In: guests, the demonstration's greeter, the implementation of WASI from npm as it is. Out: that a program prints the
//! same on Node as in `withe run`, and that `tests/js/page.html` works.
//! Holds: every version of Node that is here is asked.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use testing::browser::Walk;
use testing::cases::Suite;
use testing::guest::{Guest, Shape, Target};
use testing::js::{self, Node};
use testing::{Outcome, Trouble, fixtures, read_text, root, scratch};
use withe::{Exit, Io};

#[path = "transpile_wasi/hosts.rs"]
mod hosts;

const SHIM: &str = "@bytecodealliance/preview2-shim";

fn main() -> ExitCode {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/js/page.cjs");
    let walk = Walk { script, text: include_str!("js/page.cjs"), prepare: page };
    let suite = Suite::new()
        .test("transpile/greeter", greeter)
        .test("transpile/program_on_the_shim", program_on_the_shim)
        .test("transpile/hello_on_the_shim", hello_on_the_shim)
        .test("transpile/program_with_wasi_inline", program_with_wasi_inline)
        .test("transpile/only_what_is_needed_is_inline", only_what_is_needed_is_inline)
        .test("transpile/units_of_wasi", units_of_wasi)
        .test("hosts/probes", hosts::probes)
        .test("hosts/programs", hosts::programs)
        .test("hosts/stock_go", hosts::stock_go)
        .test("hosts/input_as_it_comes", hosts::input_as_it_comes)
        .test("hosts/output_is_taken_slowly", hosts::output_is_taken_slowly)
        .test("transpile/inline_is_refused_where_it_cannot_be", inline_is_refused_where_it_cannot_be);
    walk.tests("page", suite).run()
}

/// Runs a command that must end with status 0 and says nothing but the note on modules.
fn withe(folder: &Path, words: &[&str]) -> Result<String, Trouble> {
    let mut io = Io::captured(folder);
    let Exit(exit) = withe::run(["withe"].iter().chain(words), &mut io);
    let said = io.stderr.text();
    if exit == 0 { Ok(io.stdout.text()) } else { Err(Trouble::Failed(format!("{words:?}: {said}"))) }
}

/// The versions of Node that are here.
fn nodes() -> Result<Vec<Node>, Trouble> {
    let (found, missing): (Vec<_>, Vec<_>) = Node::ALL.into_iter().partition(|node| node.program().is_ok());
    match missing.first() {
        Some(node) if found.is_empty() || testing::tools_required() => node.program().map(|_| found),
        Some(_) | None => Ok(found),
    }
}

/// A folder for scripts, where `.js` is an ES module.
fn project(name: &str) -> Result<PathBuf, Trouble> {
    let folder = scratch(&format!("transpile-{name}"))?;
    std::fs::write(folder.join("package.json"), "{ \"type\": \"module\" }")?;
    Ok(folder)
}

fn script(folder: &Path, name: &str) -> Outcome {
    std::fs::copy(root().join("tests/js").join(name), folder.join(name))?;
    Ok(())
}

/// The component of `withe demo`.
fn greeter_in(folder: &Path, out: &str) -> Outcome {
    let demo = root().join("templates/demo");
    let file = |name: &str| demo.join(name).display().to_string();
    withe(folder, &["wrap", &file("greeter.wat"), "--wit", &file("wit/deps/greeter.wit"), "-o", "greeter.wasm"])?;
    withe(folder, &["transpile", "greeter.wasm", "-o", out]).map(drop)
}

fn greeter() -> Outcome {
    let folder = project("greeter")?;
    greeter_in(&folder, "js")?;
    script(&folder, "greeter.mjs")?;
    nodes()?.into_iter().try_for_each(|node| node.output(&folder, "greeter.mjs", &[]).map(drop))
}

fn hello_on_the_shim() -> Outcome {
    let folder = project("hello-shim")?;
    js::link_package(&folder, SHIM)?;
    let hello = fixtures("run").join("hello.wat").display().to_string();
    withe(&folder, &["transpile", &hello, "-o", "js"])?;
    std::fs::write(folder.join("run.mjs"), "import { run } from './js/hello.js';\nrun.run();\n")?;
    for node in nodes()? {
        let printed = node.output(&folder, "run.mjs", &[])?;
        assert_eq!(printed, "hello, world\n", "{}", node.name());
    }
    Ok(())
}

/// A program that uses all that `wasi:cli` has, against the package from npm, unchanged.
fn program_on_the_shim() -> Outcome {
    let folder = project("program-shim")?;
    js::link_package(&folder, SHIM)?;
    program(&folder, &[], [&format!("{SHIM}/cli"), &format!("{SHIM}/filesystem")])
}

/// The same, with files beside the module and nothing from npm.
fn program_with_wasi_inline() -> Outcome {
    let folder = project("program-inline")?;
    program(&folder, &["--wasi", "inline"], ["./js/wasi/cli.js", "./js/wasi/filesystem.js"])
}

fn only_what_is_needed_is_inline() -> Outcome {
    let folder = project("hello-inline")?;
    let hello = fixtures("run").join("hello.wat").display().to_string();
    withe(&folder, &["transpile", &hello, "-o", "js", "--wasi", "inline"])?;
    let files = testing::cases::entries(&folder.join("js/wasi"));
    let names: Vec<_> = files.iter().filter_map(|path| path.file_name()).collect();
    assert_eq!(names, ["cli.d.ts", "cli.js", "host.js", "io.js"]);
    std::fs::write(folder.join("run.mjs"), "import { run } from './js/hello.js';\nrun.run();\n")?;
    for node in nodes()? {
        assert_eq!(node.output(&folder, "run.mjs", &[])?, "hello, world\n", "{}", node.name());
    }
    Ok(())
}

/// Each file of `templates/js/wasi` by itself.
fn units_of_wasi() -> Outcome {
    let folder = project("wasi-units")?;
    std::fs::create_dir(folder.join("wasi"))?;
    for path in testing::cases::entries(&root().join("templates/js/wasi")) {
        std::fs::copy(&path, folder.join("wasi").join(path.file_name().unwrap_or_default()))?;
    }
    for name in ["wasi.mjs", "wasi_limits.mjs", "wasi_page.mjs"] {
        script(&folder, name)?;
        nodes()?.into_iter().try_for_each(|node| node.output(&folder, name, &[]).map(drop))?;
    }
    Ok(())
}

fn inline_is_refused_where_it_cannot_be() -> Outcome {
    let folder = project("inline-refused")?;
    let hello = fixtures("run").join("hello.wat").display().to_string();
    let words = ["transpile", &hello, "-o", "js", "--wasi", "inline", "--instantiation", "async"];
    match withe(&folder, &words) {
        Err(Trouble::Failed(said)) if said.contains("error[usage/command-line]") => Ok(()),
        other => Err(Trouble::Failed(format!("{other:?}"))),
    }
}

/// The core module of `fixtures/guests/surveyor`, for one test.
fn surveyor(name: &str) -> Result<PathBuf, Trouble> {
    let source = fixtures("guests").join("surveyor/src/main.rs");
    Guest::new(&source, Target::Wasip1, Shape::Program).compile(&format!("surveyor-{name}"))
}

/// Runs the program in `withe run` and on Node: what it prints and what it leaves are the same.
fn program(folder: &Path, flags: &[&str], wasi: [&str; 2]) -> Outcome {
    let module = surveyor(&folder.file_name().unwrap_or_default().to_string_lossy())?;
    withe(folder, &["wrap", &module.display().to_string(), "-o", "surveyor.wasm"])?;
    withe(folder, &[&["transpile", "surveyor.wasm", "-o", "js"], flags].concat())?;
    script(folder, "program.mjs")?;

    let work = folder.join("work");
    let words = ["run", "--dir", "work:rw", "--env", "GREETING=salve", "surveyor.wasm", "--", "a", "b c"];
    let expected = ran(Command::new(env!("CARGO_BIN_EXE_withe")).args(words).current_dir(folder), &work)?;
    assert!(expected.0.contains("left: 1\n"), "{}{}", expected.0, expected.1);
    for node in nodes()? {
        let mut command = Command::new(node.program()?);
        let given = work.display().to_string();
        let words = ["program.mjs", "./js/surveyor.js", wasi[0], wasi[1], &given, "a", "b c"];
        let found = ran(command.args(words).current_dir(folder), &work)?;
        assert_eq!(expected, found, "{}", node.name());
    }
    Ok(())
}

/// What a program prints on both streams, and the file that it leaves in its folder, which is empty before.
fn ran(command: &mut Command, work: &Path) -> Result<(String, String, String), Trouble> {
    if work.exists() {
        std::fs::remove_dir_all(work)?;
    }
    std::fs::create_dir(work)?;
    let input = work.with_file_name("input");
    std::fs::write(&input, "some input\n")?;
    let output = command.stdin(Stdio::from(std::fs::File::open(input)?)).output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    if !output.status.success() {
        return Err(Trouble::Failed(format!("{command:?}: {}\n{out}{err}", output.status)));
    }
    Ok((out, err, read_text(&work.join("one.txt"))?))
}

/// The folder with the page and the components that it uses.
fn page() -> Result<Vec<PathBuf>, Trouble> {
    let folder = project("page")?;
    script(&folder, "page.html")?;
    greeter_in(&folder, "greeter")?;
    let fixture = |name: &str| fixtures("transpile").join(name);
    let transpile = |name: &str, flags: &[&str]| {
        let component = fixture(name).join("component.wat").display().to_string();
        withe(&folder, &[&["transpile", &component, "--name", name, "-o", name], flags].concat())
    };
    transpile("values", &["--map", "test:values/*=./host.js#values"])?;
    std::fs::copy(fixture("values").join("host.js"), folder.join("values/host.js"))?;
    transpile("later", &[])?;
    let program = |name: &str| fixtures("run").join(name).display().to_string();
    withe(&folder, &["transpile", &program("hello.wat"), "-o", "hello", "--wasi", "inline"])?;
    withe(&folder, &["wrap", &program("files.wat"), "-o", "files.wasm"])?;
    withe(&folder, &["transpile", "files.wasm", "-o", "files", "--wasi", "inline"])?;
    page_program(&folder, "surveyor", &surveyor("page")?)?;
    match hosts::go_on_a_page(&folder) {
        Err(Trouble::MissingTool(_)) if !testing::tools_required() => {}
        other => other?,
    }
    Ok(vec![folder, new_project()?])
}

/// A program with `--wasi inline`, and what it prints in `withe run`.
fn page_program(folder: &Path, name: &str, module: &Path) -> Outcome {
    let component = format!("{name}.wasm");
    withe(folder, &["wrap", &module.display().to_string(), "-o", &component])?;
    withe(folder, &["transpile", &component, "-o", name, "--wasi", "inline"])?;
    let work = folder.join("work");
    if work.exists() {
        std::fs::remove_dir_all(&work)?;
    }
    std::fs::create_dir(&work)?;
    let input = folder.join("input");
    std::fs::write(&input, "some input\n")?;
    let words = ["run", "--dir", "work:rw", "--dir", "work::/work:rw", "--env", "GREETING=salve", &component];
    let mut command = Command::new(env!("CARGO_BIN_EXE_withe"));
    command.args(words).args(["--", "a", "b c"]).current_dir(folder).stdin(Stdio::from(std::fs::File::open(input)?));
    let printed = testing::tool::run(&mut command)?;
    std::fs::write(folder.join(format!("{name}.txt")), printed)?;
    Ok(())
}

/// A project of `withe new --lang js`, as far as its page needs it.
fn new_project() -> Result<PathBuf, Trouble> {
    let folder = project("new-page")?;
    withe(&folder, &["new", "site", "--lang", "js"])?;
    let site = folder.join("site");
    withe(&site, &["wrap", "greeter.wat", "--wit", "wit", "-o", "greeter.wasm"])?;
    withe(&site, &["transpile", "greeter.wasm", "-o", "greeter"])?;
    Ok(site)
}
