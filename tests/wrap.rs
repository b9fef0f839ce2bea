//! Core modules wrapped and run: what `fixtures/encode` says of calls and runs is what happens.
//!
//! `calls.wave` has expressions, each followed by `= RESULT` if it prints one; all share one instance.
//! `run.txt` has `$ ARGUMENTS`, what stands on standard output, and `= STATUS`; a second `= STATUS` is that of the
//! module itself, wrapped in memory, where it differs: a component can only say that it failed.
//! Each happens twice, the second time with `--gc --strip`: what is removed must not be missed.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]

use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;
use testing::cases::Suite;
use testing::guest::{Guest, Shape, Target};
use testing::{Outcome, Trouble, fixtures, golden};
use withe::{Exit, Io};

fn main() -> ExitCode {
    let mut suite = Suite::new()
        .test("rustc-hello/imports", imports_of_hello)
        .test("rustc-hello/reduced", reduced_hello)
        .test("reduced/report", report_of_what_is_gone)
        .test("reduced/note", note_of_what_is_gone)
        .test("reduced/strip", stripped_component)
        .test("reduced/strip-component", stripped_again)
        .test("adapters/recognised", recognised_adapter)
        .test("adapters/unclear", unclear_adapters)
        .test("flags/without-wit", flags_without_wit)
        .test("resources/of the world itself", resource_of_the_world);
    for case in testing::cases::directories(&fixtures("encode")) {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (file, test) in [("calls.wave", calls as fn(&Path) -> Outcome), ("run.txt", run)] {
            if case.join(file).exists() {
                let case = case.clone();
                suite = suite.test(format!("{name}/{file}"), move || test(&case));
            }
        }
    }
    suite.run()
}

/// A program of the real compiler imports what it uses of WASI and no more: no sockets, no random numbers.
fn imports_of_hello() -> Outcome {
    let source = fixtures("guests").join("hello/src/main.rs");
    let module = Guest::new(&source, Target::Wasip1, Shape::Program).compile("wrap-hello")?;
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("hello.wasm");
    wrap(&[module.display().to_string(), "-o".into(), out.display().to_string()])?;
    let (_, text, _) = withe(&["withe".into(), "wit".into(), out.display().to_string()]);
    let world = text.split("\n}\n").next().unwrap_or_default();
    golden::compare(&fixtures("guests").join("hello/world.wit.txt"), &format!("{world}\n}}\n"))
}

/// A program of the real compiler, cut down, is smaller and does the same; doing it again yields the same bytes.
fn reduced_hello() -> Outcome {
    let source = fixtures("guests").join("hello/src/main.rs");
    let module = Guest::new(&source, Target::Wasip1, Shape::Program).compile("wrap-reduced")?;
    let folder = tempfile::tempdir()?;
    let out = |name: &str| folder.path().join(name).display().to_string();
    for (name, flags) in
        [("all.wasm", &[][..]), ("less.wasm", &["--gc", "--strip"]), ("again.wasm", &["--gc", "--strip"])]
    {
        let mut words = vec![module.display().to_string(), "-o".into(), out(name)];
        words.extend(flags.iter().map(|flag| (*flag).to_owned()));
        wrap(&words)?;
    }
    let read = |name: &str| std::fs::read(folder.path().join(name));
    let (all, less) = (read("all.wasm")?, read("less.wasm")?);
    if less.len() * 4 > all.len() * 3 || less != read("again.wasm")? {
        return Err(format!("{} bytes became {}", all.len(), less.len()).into());
    }
    let (exit, output, errors) = withe(&["withe".into(), "run".into(), out("less.wasm")]);
    let (_, wanted, _) = withe(&["withe".into(), "run".into(), out("all.wasm")]);
    if exit == Exit::OK && output == wanted && !output.is_empty() {
        Ok(())
    } else {
        Err(format!("{output}{errors}").into())
    }
}

const REDUCED_WIT: &str = "package local:app; world app { import used: func(); import unused: func(); \
    export run: func() -> u32; }";

const REDUCED: &str = r#"(module
  (@custom ".debug_info" "where code stood")
  (@custom "mine" "what the program keeps")
  (import "$root" "unused" (func $unused))
  (import "$root" "used" (func $used))
  (memory (export "memory") 1)
  (data (i32.const 0) "nobody reads this")
  (func $dead (export "dead") (call $unused))
  (func $run (export "run") (result i32) (call $used) (i32.const 42)))"#;

/// Wraps the first text for the world in the second into `out.wasm`; answers status, standard output, standard error and the folder.
fn wrap_text(files: &[(&str, &str)], flags: &[&str]) -> Result<(Exit, String, String, tempfile::TempDir), Trouble> {
    let folder = tempfile::tempdir()?;
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text)?;
    }
    let mut io = Io::captured(folder.path());
    let words = ["withe", "wrap", files[0].0, "--wit", files[1].0, "-o", "out.wasm"];
    let exit = withe::run(words.iter().chain(flags).map(|word| (*word).to_owned()), &mut io);
    Ok((exit, io.stdout.text(), io.stderr.text(), folder))
}

fn report_of_what_is_gone() -> Outcome {
    let files = [("app.wat", REDUCED), ("app.wit", REDUCED_WIT)];
    let (exit, output, errors, folder) = wrap_text(&files, &["--gc", "--format", "json"])?;
    let document: Value = serde_json::from_str(&output).map_err(|error| format!("{error}: {output}{errors}"))?;
    let result = &document["result"];
    let module = &result["modules"][0];
    let expected = serde_json::json!({
        "imports": [{ "module": "$root", "name": "unused" }],
        "exports": ["memory", "dead"],
        "sections": [".debug_info"],
    });
    let counts = |when: &str| -> Vec<Value> {
        ["functions", "imports", "memories", "data segments"]
            .iter()
            .map(|what| module[when]["counts"][*what].clone())
            .collect()
    };
    let size = std::fs::metadata(folder.path().join("out.wasm"))?.len();
    let fits = exit == Exit::OK
        && module["removed"] == expected
        && counts("before") == [2, 2, 1, 1]
        && counts("after") == [1, 1, 0, 0]
        && module["after"]["sections"]["mine"].is_u64()
        && result["bytes"] == size
        && document["diagnostics"][0]["code"] == "encode/reduced";
    if fits { Ok(()) } else { Err(output.into()) }
}

fn note_of_what_is_gone() -> Outcome {
    let files = [("app.wat", REDUCED), ("app.wit", REDUCED_WIT)];
    let (_, _, errors, folder) = wrap_text(&files, &["--gc"])?;
    let world = withe(&["withe".into(), "wit".into(), folder.path().join("out.wasm").display().to_string()]).1;
    let said =
        ["1 removed, 1 remain", "`$root` `unused`", "`.debug_info`; what says where code stood is no longer true"];
    match said.iter().find(|text| !errors.contains(**text)) {
        None if world.contains("import used") && !world.contains("unused") => Ok(()),
        missing => Err(format!("{missing:?} in\n{errors}\n{world}").into()),
    }
}

/// No name, no tool and no path of a source is left in a stripped component, adapter and shim included.
fn stripped_component() -> Outcome {
    let app = r#"(module
      (@custom "producers" "\00")
      (@custom "mine" "x")
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func $run_me (export "run") (result i32) (call $random (i32.const 0) (i32.const 4))))"#;
    let wit = "package local:app; world app { export run: func() -> u32; }";
    let (exit, _, errors, folder) = wrap_text(&[("app.wat", app), ("app.wit", wit)], &["--strip"])?;
    let bytes = std::fs::read(folder.path().join("out.wasm")).map_err(|_| errors.clone())?;
    let customs: Vec<&str> = wasm::custom_sections(&bytes).map(|custom| custom.name).collect();
    let inner = wasm::core_modules(&bytes).into_iter().flat_map(wasm::custom_sections).map(|custom| custom.name);
    let left: Vec<&str> = customs.into_iter().chain(inner).collect();
    let modules = wasm::core_modules(&bytes).len();
    if exit == Exit::OK && left.is_empty() && modules > 2 {
        Ok(())
    } else {
        Err(format!("{left:?} {modules} {errors}").into())
    }
}

/// A component that is wrapped again can only be stripped.
fn stripped_again() -> Outcome {
    let files = [("app.wat", REDUCED), ("app.wit", REDUCED_WIT)];
    let (_, _, errors, folder) = wrap_text(&files, &[])?;
    let mut io = Io::captured(folder.path());
    let words = ["withe", "wrap", "out.wasm", "--strip", "-o", "less.wasm"];
    let exit = withe::run(words.map(str::to_owned), &mut io);
    let bytes = std::fs::read(folder.path().join("less.wasm")).map_err(|_| errors)?;
    let inner = wasm::core_modules(&bytes).into_iter().flat_map(wasm::custom_sections).count();
    let said = io.stderr.text();
    let fits =
        exit == Exit::OK && wasm::custom_sections(&bytes).count() + inner == 0 && said.contains("it is stripped");
    if fits { Ok(()) } else { Err(said.into()) }
}

const ADAPTED: &str = r#"(module
  (import "old" "sum" (func $sum (result i32)))
  (import "older" "sum" (func (result i32)))
  (import "older" "more" (func))
  (func (export "run") (result i32) (call $sum)))"#;
const ADAPTED_WIT: &str = "package local:app; world app { export run: func() -> u32; }";
const SUM: &str = r#"(module (func (export "sum") (result i32) (i32.const 42)))"#;
const MORE: &str = r#"(module (func (export "sum") (result i32) (i32.const 1)) (func (export "more")))"#;

fn recognised_adapter() -> Outcome {
    let files = [("app.wat", ADAPTED), ("app.wit", ADAPTED_WIT), ("v2.wat", SUM), ("older.wat", MORE)];
    let (exit, _, errors, folder) = wrap_text(&files, &["--adapt", "v2.wat", "--adapt", "older.wat"])?;
    if exit != Exit::OK || !errors.contains("`v2.wat` is taken for the adapter of `old`") {
        return Err(errors.into());
    }
    let out = folder.path().join("out.wasm").display().to_string();
    let (_, output, errors) = withe(&["withe".into(), "call".into(), out, "run()".into()]);
    if output.trim() == "42" { Ok(()) } else { Err(format!("{output}{errors}").into()) }
}

/// What exports all that two open modules want, or less than any wants, is not guessed at; nor are two of one name.
fn unclear_adapters() -> Outcome {
    let files =
        [("app.wat", ADAPTED), ("app.wit", ADAPTED_WIT), ("v2.wat", SUM), ("v3.wat", MORE), ("v4.wat", "(module)")];
    let cases: [(&[&str], &[&str]); 4] = [
        (
            &["--adapt", "v3.wat"],
            &["encode/adapter-unrecognised", "fits several modules", "from `older`: `more`, `sum`"],
        ),
        (&["--adapt", "v4.wat"], &["encode/adapter-unrecognised", "exports nothing", "--adapt old=v4.wat"]),
        (&["--adapt", "old=v2.wat", "--adapt", "old=v3.wat"], &["encode/adapter-twice", "v2.wat", "v3.wat"]),
        (
            &["--adapt", "command", "--adapt", "reactor", "--adapt", "older=v3.wat", "--adapt", "old=v2.wat"],
            &["adapter-twice"],
        ),
    ];
    for (flags, said) in cases {
        let (exit, _, errors, _) = wrap_text(&files, flags)?;
        if exit != Exit::INPUT || said.iter().any(|text| !errors.contains(text)) {
            return Err(format!("{flags:?}: {exit:?}\n{errors}").into());
        }
    }
    Ok(())
}

/// What says how WIT is read means nothing without WIT.
fn flags_without_wit() -> Outcome {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("app.wat"), "(module)")?;
    for (verb, flags) in [("wrap", ["-w", "app"]), ("wrap", ["--encoding", "utf16"]), ("link", ["--features", "x"])] {
        let mut io = Io::captured(folder.path());
        let words = ["withe", verb, "app.wat", flags[0], flags[1], "-o", "out.wasm"];
        let exit = withe::run(words.map(str::to_owned), &mut io);
        let errors = io.stderr.text();
        if exit != Exit::USAGE || !errors.contains("there is no `--wit`") {
            return Err(format!("{flags:?}: {exit:?}\n{errors}").into());
        }
    }
    Ok(())
}

/// A resource that a component exports by itself, in both schemes of names. The destructor adds up what it is given.
fn resource_of_the_world() -> Outcome {
    let standard = r#"(module
  (import "cm32p2" "r_new" (func $new (param i32) (result i32)))
  (import "cm32p2" "r_rep" (func $rep (param i32) (result i32)))
  (import "cm32p2" "r_drop" (func $drop (param i32)))
  (global $dropped (mut i32) (i32.const 0))
  (func (export "cm32p2||[constructor]r") (param i32) (result i32) (local $spare i32)
    (local.set $spare (call $new (i32.const 90)))
    (if (i32.ne (call $rep (local.get $spare)) (i32.const 90)) (then unreachable))
    (call $drop (local.get $spare))
    (call $new (i32.add (local.get 0) (global.get $dropped))))
  (func (export "cm32p2||[method]r.get") (param i32) (result i32) local.get 0)
  (func (export "cm32p2||r_dtor") (param i32)
    (global.set $dropped (i32.add (global.get $dropped) (local.get 0)))))"#;
    let older = standard.replace("cm32p2||r_dtor", "[dtor]r").replace("cm32p2||", "");
    let older = ["new", "rep", "drop"].into_iter().fold(older, |text, verb| {
        text.replace(&format!("\"cm32p2\" \"r_{verb}\""), &format!("\"[export]$root\" \"[resource-{verb}]r\""))
    });
    let world = std::fs::read_to_string(fixtures("bindgen/world-resource.wat"))?;
    for text in [standard, &older] {
        let (exit, _, errors, folder) = wrap_text(&[("app.wat", text), ("world.wat", &world)], &[])?;
        if exit != Exit::OK {
            return Err(errors.into());
        }
        let mut io = Io::captured(folder.path());
        let words = ["withe", "call", "out.wasm", "let a = new r(5)", "a.get()", "let b = new r(1)", "b.get()"];
        withe::run(words.map(str::to_owned), &mut io);
        if io.stdout.text() != "95\n181\n" {
            return Err(format!("{}{}", io.stdout.text(), io.stderr.text()).into());
        }
    }
    let (_, _, errors, _) = wrap_text(&[("app.wat", &older.replace("]r\"", "]q\"")), ("world.wat", &world)], &[])?;
    let told = errors.contains("error[encode/unknown-import]") && errors.contains("exports no resource `q`");
    if told { Ok(()) } else { Err(errors.into()) }
}

/// Flags that the second time has.
const REDUCING: [&str; 2] = ["--gc", "--strip"];

/// Wraps the case's module into a temporary folder, with the adapters beside it.
fn wrapped(case: &Path, flags: &[&str]) -> Result<tempfile::TempDir, Trouble> {
    let folder = tempfile::tempdir()?;
    let text = std::fs::read_to_string(case.join("module.wat"))?;
    let out = folder.path().join("out.wasm");
    let mut words: Vec<String> = vec![case.join("module.wat").display().to_string()];
    words.extend(["--wit".into(), case.join("world.wit").display().to_string()]);
    words.extend(["-o".into(), out.display().to_string()]);
    words.extend(flags.iter().map(|flag| (*flag).to_owned()));
    let adapters: Vec<_> = testing::cases::entries(case)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "wat"))
        .filter_map(|path| {
            let stem = path.file_stem()?.to_string_lossy().into_owned();
            Some((stem.strip_prefix("adapt-")?.to_owned(), path))
        })
        .collect();
    if !adapters.is_empty() {
        words.extend(["-w".to_owned(), "module".to_owned()]);
    }
    for (name, path) in adapters {
        let embedded = folder.path().join(format!("{name}.wasm")).display().to_string();
        let world = format!("adapt-{name}");
        let wit = case.join("world.wit").display().to_string();
        let line = ["withe", "embed", &path.display().to_string(), "--wit", &wit, "-w", &world, "-o", &embedded];
        let (exit, _, errors) = withe(&line.map(str::to_owned));
        if exit != Exit::OK {
            return Err(errors.into());
        }
        words.extend(["--adapt".to_owned(), format!("{name}={embedded}")]);
    }
    if text.contains(";;! encoding = utf16") {
        words.extend(["--encoding".into(), "utf16".into()]);
    }
    wrap(&words)?;
    Ok(folder)
}

fn wrap(words: &[String]) -> Outcome {
    let words: Vec<String> = ["withe".to_owned(), "wrap".to_owned()].into_iter().chain(words.iter().cloned()).collect();
    let (exit, _, errors) = withe(&words);
    if exit == Exit::OK { Ok(()) } else { Err(errors.into()) }
}

/// The status, standard output and standard error of a command.
fn withe(words: &[String]) -> (Exit, String, String) {
    let mut io = Io::captured(env!("CARGO_MANIFEST_DIR"));
    let exit = withe::run(words.iter().cloned(), &mut io);
    (exit, io.stdout.text(), io.stderr.text())
}

fn calls(case: &Path) -> Outcome {
    calls_with(case, &[])?;
    calls_with(case, &REDUCING)
}

fn calls_with(case: &Path, flags: &[&str]) -> Outcome {
    let folder = wrapped(case, flags)?;
    let text = std::fs::read_to_string(case.join("calls.wave"))?;
    let (results, expressions): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("= "));
    let mut words = vec!["withe".to_owned(), "call".to_owned(), folder.path().join("out.wasm").display().to_string()];
    words.extend(expressions.iter().map(|expression| (*expression).to_owned()));
    let (exit, output, errors) = withe(&words);
    let expected: Vec<&str> = results.iter().map(|line| line.trim_start_matches("= ")).collect();
    if exit == Exit::OK && output.lines().eq(expected.iter().copied()) {
        return Ok(());
    }
    Err(format!("{exit:?}\n--- expected\n{}\n--- found\n{output}{errors}", expected.join("\n")).into())
}

fn run(case: &Path) -> Outcome {
    run_with(case, &[])?;
    run_with(case, &REDUCING)
}

fn run_with(case: &Path, flags: &[&str]) -> Outcome {
    let folder = wrapped(case, flags)?;
    let text = std::fs::read_to_string(case.join("run.txt"))?;
    let arguments = text.lines().next().unwrap_or_default().trim_start_matches('$').split_whitespace();
    let wanted: Vec<&str> = text.lines().filter(|line| !line.starts_with(['$', '='])).collect();
    let mut statuses = text.lines().filter_map(|line| line.strip_prefix("= "));
    let status = statuses.next().unwrap_or("0");
    let in_memory = statuses.next().unwrap_or(status);
    let component = folder.path().join("out.wasm").display().to_string();
    for (program, status) in [(component, status), (case.join("module.wat").display().to_string(), in_memory)] {
        let mut words = vec!["withe".to_owned(), "run".to_owned(), program, "--".to_owned()];
        words.extend(arguments.clone().map(str::to_owned));
        let (exit, output, errors) = withe(&words);
        if exit.0.to_string() != status || !output.lines().eq(wanted.iter().copied()) {
            return Err(format!("status {}, wanted {status}\n--- found\n{output}\n{errors}", exit.0).into());
        }
    }
    Ok(())
}
