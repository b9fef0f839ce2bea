//! `withe new`: every template becomes a project whose commands work as they are shown.
//!
//! In: the templates. Out: for each, a project that is generated, compiled by the real compiler, wrapped, tested and run.
//! Holds: what is run is what the project's README shows, all of its shell, and what `withe new` prints is a part of it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use project::manifest::Origin;
use serde_json::Value;
use testing::cases::Suite;
use testing::go::{Go, On};
use testing::guest::{Target, rustc_for};
use testing::{Outcome, Trouble, scratch, tool};
use withe::io::Env;
use withe::{Exit, Io};

fn main() -> ExitCode {
    Suite::new()
        .test("new/rust-library", || works("rust", "library"))
        .test("new/rust-command", || works("rust", "command"))
        .test("new/rust-http", || works("rust", "http"))
        .test("new/rust-async", || works("rust", "async"))
        .test("new/go-library", || works("go", "library"))
        .test("new/go-command", || works("go", "command"))
        .test("new/go-http", || works("go", "http"))
        .test("new/go-async", || works("go", "async"))
        .test("new/js-library", || works("js", "library"))
        .test("new/wat-library", || works("wat", "library"))
        .test("new/wat-command", || works("wat", "command"))
        .test("new/wat-http", || works("wat", "http"))
        .test("new/app-rust", || works("rust", "app"))
        .test("new/app-go-rust-wat", || works("go,rust,wat", "app"))
        .test("new/app-wat", || works("wat", "app"))
        .test("new/app-command-rust-wat", || works("rust,wat", "app-command"))
        .test("new/app-command-go", || works("go", "app-command"))
        .test("new/app-command-wat", || works("wat", "app-command"))
        .test("new/every_mix_of_languages_is_a_project", every_mix_of_languages_is_a_project)
        .test("new/below_a_project_the_lines_for_it_are_said", below_a_project_the_lines_for_it_are_said)
        .test("new/a_component_of_a_project_is_for_its_world", a_component_of_a_project_is_for_its_world)
        .test("new/every_name_is_made_valid", every_name_is_made_valid)
        .test("new/a_name_that_is_given_is_taken_or_refused", a_name_that_is_given_is_taken_or_refused)
        .test("new/used_folders_are_left_alone", used_folders_are_left_alone)
        .test("new/what_is_not_here_is_refused", what_is_not_here_is_refused)
        .test("new/a_target_that_lacks_is_said_with_its_command", a_target_that_lacks_is_said_with_its_command)
        .test("new/the_report_has_files_and_commands", the_report_has_files_and_commands)
        .test("new/a_build_script_makes_the_bindings", a_build_script_makes_the_bindings)
        .test("new/stubs_are_packages_whatever_the_world_is_called", stubs_are_packages_whatever_the_world_is_called)
        .test("new/stubs_do_without_the_standard_library", stubs_do_without_the_standard_library)
        .run()
}

/// What a command did.
struct Ran {
    exit: i32,
    out: String,
    err: String,
}

fn withe(folder: &Path, words: &[&str]) -> Ran {
    let mut io = Io::captured(folder);
    ran(words, &mut io)
}

/// With the variables of this process, for compilers, less what is meant for the build of withe itself; Rust is compiled
/// by the compiler for guests.
fn withe_with_compilers(folder: &Path, words: &[&str]) -> Result<Ran, Trouble> {
    let not_for_guests =
        ["CARGO_TARGET_DIR", "RUSTFLAGS", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"];
    let kept = std::env::vars().filter(|(name, _)| !not_for_guests.contains(&name.as_str()));
    let mut env: HashMap<String, String> = kept.collect();
    if let Ok(rustc) = rustc_for(Target::Unknown) {
        env.insert("RUSTC".to_owned(), rustc.display().to_string());
    }
    env.insert("CARGO_NET_OFFLINE".to_owned(), "true".to_owned());
    // A build script may ask for withe.
    env.insert("PATH".to_owned(), path_with_withe().to_string_lossy().into_owned());
    let mut io = Io::captured(folder);
    io.env = Env::Fixed(env);
    Ok(ran(words, &mut io))
}

fn ran(words: &[&str], io: &mut Io) -> Ran {
    let Exit(exit) = withe::run(["withe"].iter().chain(words), io);
    Ran { exit, out: io.stdout.text(), err: io.stderr.text() }
}

/// Writes the project, then runs all commands of its README. The languages are as `--lang` takes them.
fn works(langs: &str, template: &str) -> Outcome {
    if langs.contains("rust") {
        rustc_for(Target::Unknown)?;
    }
    if langs.contains("go") {
        Go::Machine.version()?;
    }
    let folder = scratch(&format!("new-{}-{template}", langs.replace(',', "-")))?;
    let ran = withe(&folder, &["new", "My Thing", "--lang", langs, "--template", template]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{}", ran.out);
    let project = folder.join("My Thing");
    let readme = fs::read_to_string(project.join("README.md"))?;
    let blocks: Vec<&str> =
        readme.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    let is_app = template.starts_with("app");
    let expected = if is_app || langs == "js" { 2 } else { 3 };
    assert_eq!(
        blocks.len(),
        expected,
        "a README shows how to build, how by hand unless it is an app, and what CI does"
    );
    let shown: String = blocks[0].lines().map(|line| format!("  {line}\n")).collect();
    assert!(ran.out.contains(&format!("  cd 'My Thing'\n{shown}")), "{}", ran.out);
    no_hole_is_left(&project)?;
    let run_all = || blocks.iter().flat_map(|block| block.lines()).try_for_each(|line| typed(&project, line));
    if is_app {
        run_all()?;
        let mut langs = langs.split(',').cycle();
        return ["front", "greeter", "store"].iter().try_for_each(|part| {
            let lang = langs.next().unwrap_or_default();
            part_is_clean(&project.join(part), lang)
        });
    }
    match langs {
        "rust" => is_laid_out(&project)?,
        "go" => {
            Go::Machine.formatted(&project)?;
            if project.join("wit").exists() {
                is_generated_again(&project)?;
            }
        }
        _ => {}
    }
    run_all()
}

/// A component of an app is laid out, passes its own tests, and its compiler has nothing to say.
fn part_is_clean(folder: &Path, lang: &str) -> Outcome {
    match lang {
        "rust" => {
            is_laid_out(folder)?;
            typed(folder, "cargo test")
        }
        "go" => {
            Go::Machine.formatted(folder)?;
            typed(folder, "go test ./...")?;
            Go::Machine.vet(folder, On::Wasm)
        }
        _ => Ok(()),
    }
}

/// One line, as a shell would run it: `withe` in this process, `cargo` with the compiler for guests, `go`, `node`.
fn typed(project: &Path, line: &str) -> Outcome {
    let (on, rest) = match line.strip_prefix("GOOS=wasip1 GOARCH=wasm ") {
        Some(rest) => (On::Wasm, rest),
        None => (On::Host, line),
    };
    let words = words(rest);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[0] {
        "go" => tool::run(Go::Machine.command(project, on)?.args(&words[1..])).map(drop),
        "cargo" => tool::run(&mut cargo(project, &words[1..])?).map(drop),
        "withe" => {
            let ran = withe_with_compilers(project, &words[1..])?;
            // What is as it was written has nothing to be said of it.
            let is_quiet = !ran.err.contains("note[") && !ran.err.contains("warning[");
            if ran.exit == 0 && is_quiet { Ok(()) } else { Err(format!("{line}: {}{}", ran.out, ran.err).into()) }
        }
        "node" => tool::run(tool::command("node")?.args(&words[1..]).current_dir(project)).map(drop),
        other => Err(format!("`{other}` is neither withe nor cargo nor go nor node").into()),
    }
}

/// Cargo, offline, with the compiler for guests if it builds one, and warnings as errors.
fn cargo(project: &Path, words: &[&str]) -> Result<Command, Trouble> {
    let mut cargo = tool::command("cargo")?;
    cargo.args(words).args(["--offline", "--quiet"]).current_dir(project);
    for variable in ["CARGO_TARGET_DIR", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
        cargo.env_remove(variable);
    }
    if let Some(triple) = words.iter().position(|word| *word == "--target").and_then(|at| words.get(at + 1)) {
        let target = [Target::Unknown, Target::Wasip1].into_iter().find(|target| target.triple() == *triple);
        cargo.env("RUSTC", rustc_for(target.ok_or("the target is none that is tested")?)?);
    }
    cargo.env("RUSTFLAGS", "-Dwarnings");
    Ok(cargo)
}

/// Words as a shell splits them; single quotes only.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (position, piece) in line.split('\'').enumerate() {
        if position % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn no_hole_is_left(folder: &Path) -> Outcome {
    for path in testing::cases::entries(folder) {
        if path.is_dir() {
            no_hole_is_left(&path)?;
        } else if fs::read_to_string(&path)?.contains("{{") {
            return Err(format!("{} has a hole", path.display()).into());
        }
    }
    Ok(())
}

/// `cargo fmt` would change nothing: what is generated is left out of it.
fn is_laid_out(project: &Path) -> Outcome {
    let source = ["src/lib.rs", "src/main.rs"].map(|path| project.join(path)).into_iter().find(|path| path.exists());
    let mut rustfmt = tool::command("rustfmt")?;
    // The style of this checkout is not that of a new project.
    let style = project.join("rustfmt.toml");
    fs::write(&style, "")?;
    rustfmt.args(["--check", "--edition", "2024"]).arg("--config-path").arg(&style);
    tool::run(rustfmt.arg(source.ok_or("there is no source")?))?;
    Ok(fs::remove_file(style)?)
}

/// What `go generate` writes is what was there, packages that were removed among it; all packages compile for WebAssembly,
/// and neither vet nor staticcheck finds anything.
fn is_generated_again(project: &Path) -> Outcome {
    let gen_folder = project.join("gen");
    let before = texts(&gen_folder)?;
    assert!(before.len() > 5, "{before:?}");
    fs::remove_dir_all(&gen_folder)?;
    let mut go = Go::Machine.command(project, On::Host)?;
    tool::run(go.args(["generate", "./..."]).env("PATH", path_with_withe()))?;
    assert!(texts(&gen_folder)? == before, "go generate writes something else");
    Go::Machine.vet(project, On::Wasm)?;
    testing::go::staticcheck(project)
}

/// The files below a folder.
fn texts(folder: &Path) -> Result<Vec<(PathBuf, String)>, Trouble> {
    let mut found = Vec::new();
    for path in testing::cases::entries(folder) {
        if path.is_dir() {
            found.extend(texts(&path)?);
        } else {
            let text = fs::read_to_string(&path)?;
            found.push((path, text));
        }
    }
    Ok(found)
}

/// The search path, with this build's `withe` first.
fn path_with_withe() -> OsString {
    let here = Path::new(env!("CARGO_BIN_EXE_withe")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths([here].into_iter().chain(std::env::split_paths(&path))).unwrap()
}

/// Words of WIT and Rust, digits, other scripts: each gives a project whose WIT is read and whose bindings are made.
fn every_name_is_made_valid() -> Outcome {
    let folder = scratch("new-names")?;
    let odd = ["2048", "my 2nd", "Caf\u{e9}", "\u{65e5}\u{672c}", "a--b", "_x_", "std", "HTTPServer", "it's", "x.y"];
    let all = odd.iter().chain(wit::syntax::KEYWORDS.iter()).chain(bindgen_rust::KEYWORDS).chain(&["..."]);
    for (number, name) in all.enumerate() {
        // On some machines names are equal that differ in capitals alone.
        let dir = format!("{number}/{name}");
        let ran = withe(&folder, &["new", &dir, "--lang", "rust"]);
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{name}");
        let ran = withe(&folder, &["wit", &format!("{dir}/wit")]);
        assert!(ran.exit == 0 && ran.out.starts_with("package local:"), "{name}: {}", ran.err);
        assert!(!ran.out.starts_with("package local:%"), "{name}");
        imports_are_there(&folder, &format!("{number}-go/{name}"))?;
    }
    Ok(())
}

/// Every package of its own that a project in Go imports has been generated.
fn imports_are_there(folder: &Path, dir: &str) -> Outcome {
    let ran = withe(folder, &["new", dir, "--lang", "go"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{dir}");
    let project = folder.join(dir);
    let module = fs::read_to_string(project.join("go.mod"))?;
    let module = module.lines().next().unwrap().strip_prefix("module ").unwrap();
    let program = fs::read_to_string(project.join("main.go"))?;
    let imports = program.split('"').filter_map(|word| word.strip_prefix(module)?.strip_prefix('/'));
    let imports: Vec<&str> = imports.collect();
    assert_eq!(imports.len(), 2, "{program}");
    let is_there = |path: &&str| project.join(path).is_dir() && !path.split('/').any(|part| part == "internal");
    assert!(imports.iter().all(is_there), "{dir}: {imports:?}");
    Ok(())
}

/// Each component in each language: the manifest is read, all that it names is there, and the WIT has the worlds.
fn every_mix_of_languages_is_a_project() -> Outcome {
    let folder = scratch("new-mixes")?;
    let all = ["rust", "go", "wat"];
    let mixes = all.iter().flat_map(|front| all.map(|greeter| (*front, greeter)));
    let mixes = mixes.flat_map(|(front, greeter)| all.map(|store| [front, greeter, store]));
    for (number, langs) in mixes.enumerate() {
        let template = if number % 2 == 0 { "app" } else { "app-command" };
        let dir = langs.join("-");
        let ran = withe(&folder, &["new", &dir, "--template", template, "--lang", &langs.join(",")]);
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{dir}");
        let manifest = project::Manifest::open(&folder.join(&dir), &folder).unwrap();
        let mistakes = manifest.check();
        assert!(mistakes.is_empty(), "{dir}: {mistakes:?}");
        let found = manifest.components.values().map(|component| match &component.origin {
            Origin::Built(built) => built.language.value.name(),
            Origin::Package { .. } | Origin::File(_) => "none",
        });
        assert_eq!(found.collect::<Vec<_>>(), langs, "{dir}");
        for world in ["front", "greeter", "store"] {
            let ran = withe(&folder, &["wit", &format!("{dir}/wit"), "-w", world]);
            assert_eq!(ran.exit, 0, "{dir}: {}", ran.err);
        }
    }
    Ok(())
}

/// The lines make the component a part of the project around it; outside of a project nothing is said.
fn below_a_project_the_lines_for_it_are_said() -> Outcome {
    let folder = scratch("new-below")?;
    let ran = withe(&folder, &["new", "shop", "--lang", "wat", "--template", "app"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let shop = folder.join("shop");
    for (dir, template, lang, expected) in [
        ("stock", "library", "wat", "[components.stock]\nlanguage = \"wat\"\nwit = \"stock/wit\""),
        (
            "more/Tool Box",
            "command",
            "go",
            "[components.tool-box]\nlanguage = \"go\"\nbindings = false\nsource = \"more/Tool Box\"",
        ),
    ] {
        let ran = withe(&shop.join("store"), &["new", &format!("../{dir}"), "--lang", lang, "--template", template]);
        assert!(ran.exit == 0 && ran.err.contains("note[new/part-of-project]"), "{}", ran.err);
        let said: Vec<&str> = ran.err.lines().map(str::trim).collect();
        assert!(said.join("\n").contains(&format!("add to `../withe.toml`:\n{expected}\n")), "{}", ran.err);
        let file = shop.join("withe.toml");
        fs::write(&file, fs::read_to_string(&file)? + "\n" + expected + "\n")?;
        let mistakes = project::Manifest::open(&shop, &folder).map(|manifest| manifest.check());
        assert!(matches!(&mistakes, Ok(none) if none.is_empty()), "{mistakes:?}");
    }
    typed(&shop, "withe build stock")?;
    typed(&shop, "withe call target/withe/stock.wasm 'gcd(12, 18)'")
}

/// A folder that the manifest names is made anew for the world that stands there.
fn a_component_of_a_project_is_for_its_world() -> Outcome {
    let folder = scratch("new-part")?;
    assert_eq!(withe(&folder, &["new", "shop", "--lang", "wat", "--template", "app"]).exit, 0);
    let shop = folder.join("shop");
    let file = shop.join("withe.toml");
    let wat = fs::read_to_string(&file)?;
    let (before, store) = wat.split_once("[components.store]").unwrap_or_default();
    for (lang, code, filled) in [
        ("rust", "src/lib.rs", ("todo!()", "Some(\"Hi\".to_owned())")),
        ("go", "main.go", ("panic(\"to do: Hello\")", "return \"Hi\", true")),
    ] {
        let _ = fs::remove_dir_all(shop.join("store"));
        fs::write(&file, &wat)?;
        let ran = withe(&shop, &["new", "store", "--lang", lang]);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        let says = format!("write `language = \"{lang}\"` there");
        assert!(ran.err.contains(&says) && !ran.err.contains("says nothing of it"), "{}", ran.err);
        assert!(ran.out.ends_with("  cd store\n  withe build\n"), "{}", ran.out);
        let replaced = store.replacen("\"wat\"", &format!("\"{lang}\""), 1);
        fs::write(&file, format!("{before}[components.store]{replaced}"))?;
        fs::remove_dir_all(shop.join("store"))?;
        let ran = withe(&shop, &["new", "store", "--lang", lang]);
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "the manifest says it already");
        let code = shop.join("store").join(code);
        let text = fs::read_to_string(&code)?;
        assert!(text.contains(filled.0), "{text}");
        fs::write(&code, text.replace(filled.0, filled.1))?;
        assert!(!shop.join("store/gen/main.go").exists() && !shop.join("store/wit").exists());
        let ran = withe_with_compilers(&shop, &["build"])?;
        assert_eq!(ran.exit, 0, "{}", ran.err);
        let ran = withe_with_compilers(&shop.join("store"), &["serve", "--once", "GET", "/xx/Ada"])?;
        assert!(ran.out.contains("Hi, Ada!"), "{} {}", ran.out, ran.err);
    }
    // Of text there is a skeleton of a world of its own.
    fs::remove_dir_all(shop.join("store"))?;
    let ran = withe(&shop, &["new", "store", "--lang", "wat"]);
    let says = "write `language = \"wat\"` there, and implement the world `store` in it";
    assert!(ran.exit == 0 && ran.err.contains(says), "{}", ran.err);
    Ok(())
}

fn a_name_that_is_given_is_taken_or_refused() -> Outcome {
    let folder = scratch("new-given")?;
    let ran = withe(&folder, &["new", "dir", "--lang", "wat", "--name", "sums"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(folder.join("dir/sums.wat").exists());
    let ran = withe(&folder, &["new", "other", "--lang", "wat", "--name", "My Sums"]);
    assert!(ran.exit == 2 && ran.err.contains("help: write `--name my-sums`"), "{}", ran.err);
    assert!(!folder.join("other").exists());
    Ok(())
}

fn used_folders_are_left_alone() -> Outcome {
    let folder = scratch("new-used")?;
    fs::create_dir_all(folder.join("used"))?;
    fs::write(folder.join("used/notes.txt"), "mine")?;
    fs::write(folder.join("file"), "mine")?;
    for dir in ["used", "file", "file/below", "."] {
        let ran = withe(&folder, &["new", dir, "--lang", "rust"]);
        assert!(ran.exit == 1 && ran.err.contains("error[new/folder-not-empty]"), "{dir}: {}{}", ran.out, ran.err);
    }
    assert_eq!(testing::cases::entries(&folder.join("used")).len(), 1);
    // A repository without files is as good as an empty folder; in it, `.` is its name.
    let fresh = folder.join("fresh-one");
    fs::create_dir_all(fresh.join(".git"))?;
    let ran = withe(&fresh, &["new", ".", "--lang", "rust"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(fs::read_to_string(fresh.join("Cargo.toml"))?.contains("name = \"fresh-one\""));
    Ok(())
}

fn what_is_not_here_is_refused() -> Outcome {
    let folder = scratch("new-refused")?;
    for (words, said) in [
        (["--lang", "go", "--template", "htp"], "'http'"),
        (["--lang", "js", "--template", "http"], "help: choose `--template library`"),
        (["--lang", "wat", "--template", "async"], "help: choose `--template library` or `--template command`"),
        (["--lang", "rust,go", "--template", "http"], "help: name one `--lang`, or take `--template app`"),
        (["--lang", "rust,go,wat,rust", "--template", "app"], "an app has 3 components"),
        (["--lang", "go,js", "--template", "app"], "help: choose `--lang rust`, `go` or `wat`"),
        (["--name", "store", "--template", "app"], "help: write `--name store-app`"),
        (["--name", "x", "--template", "library"], "help: add `--lang rust`, `--lang go`"),
        (["--lang", "rust", "--template", "htp"], "'http'"),
        (["--lang", "ruts", "--template", "http"], "'rust'"),
    ] {
        let ran = withe(&folder, &[&["new", "x"], &words[..]].concat());
        assert!(ran.exit != 0 && ran.err.contains(said), "{words:?}: {}", ran.err);
    }
    assert!(testing::cases::entries(&folder).is_empty());
    Ok(())
}

/// On a machine whose compiler has no target but its own.
#[cfg(unix)]
fn a_target_that_lacks_is_said_with_its_command() -> Outcome {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = scratch("new-tools")?;
    for name in ["rustc", "cargo", "rustup"] {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\ncase \"$1\" in --version) echo '{name} 1.95.0';; *) exit 1;; esac\n"))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    let mut io = Io::captured(&folder);
    io.env = Env::Fixed(HashMap::from([("PATH".to_owned(), folder.display().to_string())]));
    let exit = withe::run(["withe", "new", "x", "--lang", "rust", "--template", "command"], &mut io);
    let said = io.stderr.text();
    assert_eq!(exit, Exit::OK, "{said}");
    assert!(said.contains("note[doctor/missing-tool]") && !said.contains("error"), "{said}");
    assert!(said.contains("help: run `rustup target add wasm32-wasip1`"), "{said}");
    assert_eq!(said.matches("note[").count(), 1, "what is here, or not needed, is not said: {said}");
    Ok(())
}

#[cfg(not(unix))]
fn a_target_that_lacks_is_said_with_its_command() -> Outcome {
    Err(Trouble::NotRun("it takes programs that are shell scripts".to_owned()))
}

fn the_report_has_files_and_commands() -> Outcome {
    let folder = scratch("new-report")?;
    let ran = withe(&folder, &["new", "x", "--lang", "rust", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.out).map_err(|error| format!("{error}: {}", ran.out))?;
    let result = &document["result"];
    for file in result["files"].as_array().ok_or("files")? {
        assert!(folder.join("x").join(file.as_str().unwrap()).is_file(), "{file}");
    }
    assert_eq!(result["name"], "x");
    assert_eq!((&result["commands"][0], &result["manifest"]), (&Value::from("withe build"), &Value::Null));
    Ok(())
}

/// The build script that the README shows, in the crate of a template.
fn a_build_script_makes_the_bindings() -> Outcome {
    let folder = scratch("new-build-script")?;
    assert_eq!(withe(&folder, &["new", "hello", "--lang", "rust"]).exit, 0);
    let project = folder.join("hello");
    let readme = fs::read_to_string(testing::root().join("README.md"))?;
    let shown = |file: &str| {
        let (_, block) = readme.split_once(&format!("```rust {file}\n")).unwrap();
        block.split("```").next().unwrap().to_owned()
    };
    fs::remove_file(project.join("src/library.rs"))?;
    fs::write(project.join("build.rs"), shown("build.rs"))?;
    let library = fs::read_to_string(project.join("src/lib.rs"))?;
    fs::write(project.join("src/lib.rs"), library.replace("#[rustfmt::skip]\nmod library;\n", &shown("src/lib.rs")))?;
    let mut build = cargo(&project, &["build", "--release", "--target", "wasm32-unknown-unknown"])?;
    tool::run(build.env("PATH", path_with_withe()))?;
    let module = "target/wasm32-unknown-unknown/release/hello.wasm";
    typed(&project, &format!("withe wrap {module} -o hello.wasm"))?;
    typed(&project, "withe test")
}

/// Worlds called as words of Rust, or as crates that are Rust's own.
fn stubs_are_packages_whatever_the_world_is_called() -> Outcome {
    for world in ["type", "test", "core", "std", "self", "build", "lib", "main", "allocator"] {
        let folder = scratch(&format!("new-stubs-{world}"))?;
        let text = format!("package a:b;\nworld %{world} {{ export add: func(a: u32, b: u32) -> u32; }}\n");
        fs::write(folder.join("world.wit"), text)?;
        let mut words = vec!["bindgen", "rust", "world.wit", "--stubs", "-o", "out"];
        words.extend((world == "allocator").then_some("--no-std"));
        let ran = withe(&folder, &words);
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{world}");
        // It stands below a checkout of withe, whose workspace it is no part of.
        let manifest = folder.join("out/Cargo.toml");
        fs::write(&manifest, fs::read_to_string(&manifest)? + "\n[workspace]\n")?;
        let out = folder.join("out");
        tool::run(&mut cargo(&out, &["build", "--release", "--target", "wasm32-unknown-unknown"])?)?;
        let built = testing::cases::entries(&out.join("target/wasm32-unknown-unknown/release"));
        let module = built.iter().find(|path| path.extension().is_some_and(|end| end == "wasm"));
        let module = module.ok_or("there is no module")?.to_string_lossy().into_owned();
        typed(&folder, &format!("withe wrap {module} -o component.wasm"))?;
    }
    Ok(())
}

/// A crate of `--stubs --no-std`, filled in: its allocator gives the same memory again, and grows where that is needed.
fn stubs_do_without_the_standard_library() -> Outcome {
    let folder = scratch("new-no-std")?;
    let wit = "package a:b;\nworld texts {\n  export repeat: func(text: string, times: u32) -> list<string>;\n  \
               export pages: func() -> u32;\n}\n";
    fs::write(folder.join("world.wit"), wit)?;
    let ran = withe(&folder, &["bindgen", "rust", "world.wit", "--stubs", "--no-std", "-o", "out"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let out = folder.join("out");
    fs::write(out.join("Cargo.toml"), fs::read_to_string(out.join("Cargo.toml"))? + "\n[workspace]\n")?;
    let library = out.join("src/lib.rs");
    let text = fs::read_to_string(&library)?;
    assert!(text.contains("#![no_std]") && text.matches("todo!()").count() == 2, "{text}");
    let text = text.replacen("todo!()", "core::iter::repeat_n(text, times as usize).collect()", 1);
    fs::write(&library, text.replacen("todo!()", "core::arch::wasm32::memory_size(0) as u32", 1))?;
    tool::run(&mut cargo(&out, &["build", "--release", "--target", "wasm32-unknown-unknown"])?)?;
    typed(&folder, "withe wrap out/target/wasm32-unknown-unknown/release/texts.wasm -o texts.wasm")?;

    let call = |calls: &[&str]| {
        let ran = withe(&folder, &[&["call", "texts.wasm"], calls].concat());
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{calls:?}");
        ran.out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(call(&["repeat(\"ab\", 3)"]), ["[\"ab\", \"ab\", \"ab\"]"]);
    let long = "x".repeat(70_000);
    let large = format!("repeat(\"{long}\", 40)");
    let said = call(&["pages()", &large, "pages()", &large, &large, "pages()"]);
    let pages = [0, 2, 5].map(|at: usize| said[at].parse::<u32>().unwrap());
    assert!(pages[1] > pages[0] + 40, "it grows: {pages:?}");
    assert_eq!(pages[1], pages[2], "what was freed is given again");
    Ok(())
}
