//! Modules of real Go, made fit for a component and run: values of every size go through while goroutines and the
//! garbage collector are at work, worlds are found, and what goes wrong is told.
//!
//! In: `fixtures/go/arena`, with the package `rt` of the bindings. Out: nothing.
//! Holds: after every test nothing is in use in either component.
#![expect(clippy::disallowed_methods, reason = "tests write and read files")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use testing::cases::Suite;
use testing::go::{Go, module};
use testing::{Outcome, Trouble, fixtures, tool};

fn main() -> ExitCode {
    let mut suite = Suite::new();
    for go in Go::ALL {
        suite = suite.test(format!("{}/strings, lists and texts of every size", go.name()), move || sizes(go));
    }
    suite
        .test("the collector runs all the time", collected)
        .test("many goroutines", goroutines)
        .test("UTF-16", utf16)
        .test("a list of 100 MB", hundred_megabytes)
        .test("worlds", worlds)
        .test("embed, then wrap", embedded)
        .test("inspect", inspected)
        .test("panics", panics)
        .test("a program", program)
        .test("an older Go", older)
        .test("no bindings", no_bindings)
        .test("size", size)
        .run()
}

/// Runs withe in a folder: its status, standard output and standard error.
fn withe(folder: &Path, words: &[&str]) -> Result<(bool, String, String), Trouble> {
    let mut command = tool::command(env!("CARGO_BIN_EXE_withe"))?;
    let output = command.args(words).current_dir(folder).output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((output.status.success(), text(&output.stdout), text(&output.stderr)))
}

fn done(folder: &Path, words: &[&str]) -> Result<String, Trouble> {
    match withe(folder, words)? {
        (true, output, _) => Ok(output),
        (false, output, errors) => Err(format!("withe {words:?}: {output}{errors}").into()),
    }
}

/// Refused, with everything that is asked for in what is said.
fn refused(folder: &Path, words: &[&str], said: &[&str]) -> Outcome {
    let (fine, output, errors) = withe(folder, words)?;
    match said.iter().find(|text| !errors.contains(**text)) {
        None if !fine => Ok(()),
        _ => Err(format!("withe {words:?}, expected {said:?}: {output}{errors}").into()),
    }
}

fn wit() -> String {
    fixtures("go/arena/wit").display().to_string()
}

/// A module of Go with the package `rt`, a folder of the fixtures, and more files.
fn sources(name: &str, folder: &str, more: &[(&str, &str)]) -> Result<PathBuf, Trouble> {
    let mut files = Vec::new();
    let rt = testing::root().join("templates/go/rt");
    for (from, to) in [(rt, "rt/"), (fixtures("go/arena").join(folder), "")] {
        for path in testing::cases::entries(&from) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !name.ends_with("_test.go") {
                files.push((format!("{to}{name}"), testing::read_text(&path)?));
            }
        }
    }
    files.push(("empty.s".to_owned(), String::new()));
    let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).chain(more.iter().copied());
    module(name, &files.collect::<Vec<_>>())
}

/// A file of Go that carries worlds, each under its own name.
fn carried(worlds: &[&str]) -> Result<String, Trouble> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("empty.wat"), "(module)")?;
    let mut text = "package main\n\n//go:noinline\nfunc carry(s string) bool { return len(s) == 0 }\n".to_owned();
    let mut calls = String::new();
    for (index, world) in worlds.iter().enumerate() {
        done(folder.path(), &["embed", "empty.wat", "--wit", &wit(), "-w", world, "-o", "world.wasm"])?;
        let bytes = std::fs::read(folder.path().join("world.wasm"))?;
        let mut sections = wasm::custom_sections(&bytes).filter(|custom| custom.name.starts_with("component-type"));
        let section = sections.next().ok_or("nothing was embedded")?.data;
        let _ = write!(text, "\nconst world{index} = \"");
        for byte in abi::go_arena::world_text(section) {
            let _ = write!(text, "\\x{byte:02x}");
        }
        text.push_str("\"\n");
        let _ = writeln!(calls, "\tif carry(world{index}) {{\n\t\tprintln(\"no world\")\n\t}}");
    }
    let _ = write!(text, "\nfunc init() {{\n{calls}}}\n");
    Ok(text)
}

/// The guest as Go builds it, with its world in it.
fn guest(go: Go) -> Result<PathBuf, Trouble> {
    static LOCK: Mutex<()> = Mutex::new(());
    let _built_once = LOCK.lock();
    let folder = sources(&format!("wrap-go-guest-{}", go.name()), "guest", &[("world.go", &carried(&["guest"])?)])?;
    go.build(&folder, ".", "wrap-go-guest")
}

/// The other side as Go builds it.
fn host(go: Go) -> Result<PathBuf, Trouble> {
    static LOCK: Mutex<()> = Mutex::new(());
    let _built_once = LOCK.lock();
    go.build(&sources(&format!("wrap-go-host-{}", go.name()), "host", &[])?, ".", "wrap-go-host")
}

/// Two components of Go in one, `both.wasm` in a folder.
fn both(go: Go) -> Result<tempfile::TempDir, Trouble> {
    let folder = tempfile::tempdir()?;
    let (guest, host) = (guest(go)?.display().to_string(), host(go)?.display().to_string());
    done(folder.path(), &["wrap", &guest, "-o", "guest.wasm"])?;
    done(folder.path(), &["wrap", &host, "--wit", &wit(), "-w", "peer", "-o", "host.wasm"])?;
    done(folder.path(), &["plug", "guest.wasm", "host.wasm", "-o", "both.wasm"])?;
    Ok(folder)
}

/// Nothing is in use here or there.
const CLEAN: &str = "\"{0 0 0} {0 0 0}\"";

/// Calls in one instance, each with what it answers; then nothing is in use.
fn called(folder: &Path, flags: &[&str], calls: &[(&str, &str)]) -> Outcome {
    let mut words = vec!["call"];
    words.extend(flags);
    words.push("both.wasm");
    words.extend(calls.iter().map(|(call, _)| *call));
    words.push("used()");
    let output = done(folder, &words)?;
    let expected: Vec<&str> = calls.iter().map(|(_, answer)| *answer).chain([CLEAN]).collect();
    let lines: Vec<&str> = output.lines().collect();
    if lines == expected { Ok(()) } else { Err(format!("{flags:?} {calls:?}: {output}").into()) }
}

/// Sizes around what is small, what fills the arena, and what is a block of its own.
fn sizes(go: Go) -> Outcome {
    let folder = both(go)?;
    let mut calls = vec![
        (r#"echo("")"#.to_owned(), r#""""#.to_owned()),
        (r#"echo("héllo, 世界")"#.to_owned(), r#""héllo, 世界""#.to_owned()),
        ("sum([1, 2, 3])".to_owned(), "6".to_owned()),
        (r#"join(["a", "", "ccc"])"#.to_owned(), r#""a||ccc""#.to_owned()),
    ];
    for size in [1, 8, 4000, 32_767, 32_768, 32_769, 65_536, 70_000] {
        let text = format!("\"{}\"", "x".repeat(size));
        calls.push((format!("echo({text})"), text));
    }
    // Many small blocks in one call: the arena overflows into chunks.
    let words: Vec<String> = (0..2000).map(|index| format!("{index:0>50}")).collect();
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    calls.push((format!("join([{}])", quoted.join(", ")), format!("\"{}\"", words.join("|"))));
    for numbers in [0, 1, 8191, 8192, 100_000] {
        calls.push((format!("lists({numbers})"), "0".to_owned()));
    }
    let calls: Vec<(&str, &str)> = calls.iter().map(|(call, answer)| (call.as_str(), answer.as_str())).collect();
    called(folder.path(), &[], &calls)
}

/// With `GOGC=1` and little memory the runtime wants to collect in nearly every allocation.
fn collected() -> Outcome {
    let folder = both(Go::Machine)?;
    let calls = [("stress(300, 65536)", "0"), ("stress(300, 600)", "0"), ("collected()", "true")];
    called(folder.path(), &["--env", "GOGC=1"], &calls)?;
    let limited = ["--env", "GOGC=1", "--env", "GOMEMLIMIT=3MiB"];
    called(folder.path(), &limited, &[("stress(100, 65536)", "0")])
}

fn goroutines() -> Outcome {
    let folder = both(Go::Machine)?;
    let limited = ["--env", "GOGC=1", "--env", "GOMEMLIMIT=8MiB"];
    let calls = [("concurrent(8, 30, 65536)", "0"), ("concurrent(50, 20, 2000)", "0")];
    called(folder.path(), &limited, &calls)
}

/// A peer with other strings: the allocator is asked to enlarge, move and shrink what it gave.
fn utf16() -> Outcome {
    let folder = tempfile::tempdir()?;
    let (host, peer) = (host(Go::Machine)?.display().to_string(), fixtures("go/arena/utf16.wat").display().to_string());
    done(folder.path(), &["wrap", &host, "--wit", &wit(), "-w", "peer", "-o", "host.wasm"])?;
    let world = ["--wit", &wit(), "-w", "utf16", "--encoding", "utf16"];
    let words: Vec<&str> = ["wrap", &peer].into_iter().chain(world).chain(["-o", "peer.wasm"]).collect();
    done(folder.path(), &words)?;
    done(folder.path(), &["plug", "peer.wasm", "host.wasm", "-o", "both.wasm"])?;
    // Code units that take one, two and three bytes in UTF-8.
    let units = [0x61, 0xe9, 0x4e16];
    let sizes = [1, 2, 100, 10_000, 16_000, 16_384, 32_766, 33_000, 400_000];
    let calls: Vec<String> =
        units.iter().flat_map(|unit| sizes.iter().map(move |size| format!("check({size}, {unit})"))).collect();
    let mut words = vec!["call", "--env", "GOGC=1", "both.wasm"];
    words.extend(calls.iter().map(String::as_str));
    let output = done(folder.path(), &words)?;
    if output.lines().all(|line| line == "0") && output.lines().count() == calls.len() {
        Ok(())
    } else {
        Err(format!("{calls:?}: {output}").into())
    }
}

fn hundred_megabytes() -> Outcome {
    let folder = both(Go::Machine)?;
    called(folder.path(), &[], &[("lists(25000000)", "0")])
}

/// Two worlds in one module, one of them twice, are both found.
fn worlds() -> Outcome {
    let text = carried(&["guest", "utf16", "guest"])?;
    let folder = sources("wrap-go-worlds", "guest", &[("world.go", &text)])?;
    let module = Go::Machine.build(&folder, ".", "wrap-go-worlds")?.display().to_string();
    let out = tempfile::tempdir()?;
    refused(
        out.path(),
        &["wrap", &module, "-o", "out.wasm"],
        &["core export `check` is missing", "component-type:go:"],
    )?;
    // A world that is named must not contradict those that are carried; it may be less.
    done(out.path(), &["wrap", &module, "--wit", &wit(), "-w", "guest", "-o", "out.wasm"])?;
    let world = done(out.path(), &["wit", "out.wasm"])?;
    if world.contains("export local:arena/api") { Ok(()) } else { Err(world.into()) }
}

/// What was embedded is wrapped as it is, and a second world may be embedded.
fn embedded() -> Outcome {
    let folder = tempfile::tempdir()?;
    let guest = guest(Go::Machine)?.display().to_string();
    done(folder.path(), &["wrap", &guest, "-o", "one.wasm"])?;
    let world = ["--wit", &wit(), "-w", "guest"];
    let embed = |from: &str, to: &str| {
        let words: Vec<&str> = ["embed", from].into_iter().chain(world).chain(["-o", to]).collect();
        done(folder.path(), &words)
    };
    embed(&guest, "embedded.wasm")?;
    embed("embedded.wasm", "again.wasm")?;
    let mut worlds = Vec::new();
    for (from, to) in [(guest.as_str(), "one.wasm"), ("embedded.wasm", "two.wasm"), ("again.wasm", "three.wasm")] {
        done(folder.path(), &["wrap", from, "-o", to])?;
        worlds.push(done(folder.path(), &["wit", to])?);
    }
    if worlds[0] == worlds[1] && worlds[1] == worlds[2] { Ok(()) } else { Err(format!("{worlds:?}").into()) }
}

fn inspected() -> Outcome {
    let folder = tempfile::tempdir()?;
    let guest = guest(Go::Machine)?.display().to_string();
    done(folder.path(), &["embed", &guest, "--wit", &wit(), "-w", "guest", "-o", "done.wasm"])?;
    let (before, after) = (done(folder.path(), &["inspect", &guest])?, done(folder.path(), &["inspect", "done.wasm"])?);
    let version = Go::Machine.version()?.split_whitespace().nth(2).unwrap_or_default();
    let fits = before.contains(&format!("{version}, arena version 2, to be rewritten"))
        && after.contains(&format!("{version}, arena version 2, rewritten"));
    if !fits {
        return Err(format!("{before}\n{after}").into());
    }
    for (file, rewritten) in [(guest.as_str(), false), ("done.wasm", true)] {
        let json = done(folder.path(), &["inspect", file, "--format", "json"])?;
        let json: serde_json::Value = serde_json::from_str(&json).map_err(|error| format!("{error}: {json}"))?;
        let expected = serde_json::json!({ "toolchain": version, "arena": 2, "rewritten": rewritten });
        if json["result"]["go"] != expected {
            return Err(format!("{file}: {}", json["result"]["go"]).into());
        }
    }
    Ok(())
}

/// A panic shows what Go says, with the goroutine and the line, and ends in a trap.
fn panics() -> Outcome {
    let folder = both(Go::Machine)?;
    let said = ["panic: it is broken", "goroutine 1 [running]", "main.exportFail", "main.go:", "run/trap"];
    refused(folder.path(), &["call", "both.wasm", r#"fail("it is broken")"#], &said)
}

fn program() -> Outcome {
    let folder = sources("wrap-go-program", "guest", &[("world.go", &carried(&["guest"])?)])?;
    let out = tempfile::tempdir()?;
    let module = out.path().join("program.wasm");
    let mut command = Go::Machine.command(&folder, testing::go::On::Wasm)?;
    tool::run(command.args(["build", "-o"]).arg(&module).arg("."))?;
    refused(out.path(), &["wrap", "program.wasm", "-o", "out.wasm"], &["go/not-a-library", "-buildmode=c-shared"])
}

/// The same module, with another version noted.
fn older() -> Outcome {
    let mut bytes = testing::read(&guest(Go::Oldest)?)?;
    let version: &[u8] = b"Go cmd/compile\x08go1.24.0";
    let at = bytes.windows(version.len()).position(|window| window == version).ok_or("the version is not noted")?;
    bytes[at + version.len() - 3] = b'3';
    let out = tempfile::tempdir()?;
    std::fs::write(out.path().join("old.wasm"), bytes)?;
    let said = ["unsupported/go-toolchain", "go1.23.0", "Go 1.24 or newer"];
    refused(out.path(), &["wrap", "old.wasm", "-o", "out.wasm"], &said)
}

fn no_bindings() -> Outcome {
    let text = "package main\n\n//go:wasmexport add\nfunc add(a, b uint32) uint32 { return a + b }\n\nfunc main() {}\n";
    let built = Go::Machine.build(&module("wrap-go-none", &[("main.go", text)])?, ".", "wrap-go-none")?;
    let out = tempfile::tempdir()?;
    let path = built.display().to_string();
    refused(out.path(), &["wrap", &path, "-o", "out.wasm"], &["go/no-bindings", "withe bindgen go"])
}

/// What bindings add to a small program, in bytes: at most so many.
const ADDED: [(&str, u64); 2] = [("numbers", 9_000), ("texts", 42_500)];

/// Programs with bindings against the same written by hand, as the encoder gets them.
fn size() -> Outcome {
    let sources = fixtures("go/size");
    let wit = sources.join("size.wit").display().to_string();
    let out = tempfile::tempdir()?;
    let mut wrong = Vec::new();
    for (world, most) in ADDED {
        let source = |name: &str| testing::read_text(&sources.join(format!("{name}.go")));
        let by_hand = module(&format!("size-{world}-by-hand"), &[("main.go", &source(&format!("{world}-by-hand"))?)])?;
        let bound = testing::scratch(&format!("size-{world}"))?;
        let path = bound.display().to_string();
        done(out.path(), &["bindgen", "go", &wit, "-w", world, "-o", &path, "--module", "guest"])?;
        std::fs::write(bound.join("main.go"), source(world)?)?;
        let built = Go::Machine.build(&bound, ".", &format!("size-{world}"))?.display().to_string();
        done(out.path(), &["wrap", &built, "-o", "bound.wasm"])?;
        let sum = done(out.path(), &["call", "bound.wasm", "add(40, 2)"])?;
        if sum.trim() != "42" {
            wrong.push(format!("{world}: 40 and 2 make {sum}"));
        }
        let mut sizes = Vec::new();
        for (folder, name) in [(&bound, world.to_owned()), (&by_hand, format!("{world}-by-hand"))] {
            let built = Go::Machine.build(folder, ".", &format!("size-{name}"))?.display().to_string();
            done(out.path(), &["embed", &built, "--wit", &wit, "-w", world, "-o", "embedded.wasm"])?;
            sizes.push(std::fs::metadata(out.path().join("embedded.wasm"))?.len());
        }
        let added = sizes[0].saturating_sub(sizes[1]);
        if added > most || added == 0 {
            wrong.push(format!("{world}: bindings add {added} bytes, {sizes:?}; at most {most}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}
