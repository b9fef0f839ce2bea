//! `withe inspect`: what a component is, what it can touch through which part, what it weighs; of real guests, of
//! compositions, of modules, of large and of damaged files.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests write their inputs, and unwrap")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;

use serde_json::Value;
use testing::cases::Suite;
use testing::guest::{Guest, Shape, Target};
use testing::{Outcome, damage, seeds};
use withe::Io;

/// The name of each test is that of its function.
macro_rules! suite {
    ($($name:ident),* $(,)?) => { Suite::new()$(.test(stringify!($name), || { $name(); Ok(()) }))* };
}

fn main() -> ExitCode {
    suite!(
        a_summary_says_all_in_a_screenful,
        imports_and_exports_say_whose_they_are,
        only_functions_that_are_imported_count,
        the_way_to_a_capability_is_shown,
        what_is_satisfied_inside_is_no_capability,
        what_is_not_known_is_named,
        an_open_file_may_come_from_elsewhere,
        modules_have_capabilities_too,
        the_host_gets_what_it_is_handed,
        sizes_of_all_fixtures_sum_to_the_file,
        a_tree_is_cut_where_it_is_asked_to_be,
        what_changed_is_shown,
        a_page_is_written,
        metadata_is_read_part_by_part,
        wit_packages_and_other_inputs_are_told,
        instances_are_bounded,
        deep_nesting_is_borne,
        large_components_take_no_time,
        names_steer_no_terminal,
        fuzz_inspected,
    )
    .test("real_guests_touch_what_they_call", real_guests_touch_what_they_call)
    .test("bound_guests_touch_what_they_call", bound_guests_touch_what_they_call)
    .run()
}

struct Ran {
    exit: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, words: &str) -> Ran {
    let mut io = Io::captured(folder);
    let exit = withe::run(std::iter::once("withe").chain(words.split_whitespace()), &mut io).0;
    Ran { exit, out: io.stdout.text(), err: io.stderr.text() }
}

fn shown(folder: &Path, words: &str) -> String {
    let ran = run(folder, words);
    assert_eq!(ran.exit, 0, "{words}: {}", ran.err);
    assert_eq!(run(folder, words).out, ran.out, "{words}: twice the same");
    ran.out
}

fn result(folder: &Path, words: &str) -> Value {
    let document: Value = serde_json::from_str(&shown(folder, &format!("{words} --format json"))).unwrap();
    document["result"].clone()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    folder
}

/// Imports three functions on files, lowers those of `lowered`, and gives them to a core module that imports them.
fn files(lowered: &[&str]) -> String {
    let lower = |name: &str| {
        format!(
            r#"(alias export $files "[method]descriptor.{name}" (func $f-{name}))
            (core func $l-{name} (canon lower (func $f-{name})))"#
        )
    };
    let imports: String =
        lowered.iter().map(|name| format!(r#"(import "files" "{name}" (func (param i32) (result i32)))"#)).collect();
    let bag: String = lowered.iter().map(|name| format!(r#"(export "{name}" (func $l-{name}))"#)).collect();
    let lowers: String = lowered.iter().map(|name| lower(name)).collect();
    format!(
        r#"(component
        (import "wasi:filesystem/types@0.2.3" (instance $files
            (export "descriptor" (type $d (sub resource)))
            (export "[method]descriptor.open-at" (func (param "self" (borrow $d)) (result u32)))
            (export "[method]descriptor.read" (func (param "self" (borrow $d)) (result u32)))
            (export "[method]descriptor.write" (func (param "self" (borrow $d)) (result u32)))
            (export "[method]descriptor.rename-at" (func (param "self" (borrow $d)) (result u32)))
            (export "[method]descriptor.conjure" (func (param "self" (borrow $d)) (result u32)))))
        (core module $m {imports} (func (export "go")))
        {lowers}
        (core instance $i (instantiate $m (with "files" (instance {bag}))))
        (func (export "go") (canon lift (core func $i "go"))))"#
    )
}

/// Capability, and the functions that it is had by.
fn touches(result: &Value) -> Vec<(String, Vec<String>)> {
    let touches = result["capabilities"]["touches"].as_array().unwrap();
    let functions = |touch: &Value| {
        let through = touch["through"].as_array().unwrap();
        let all = through.iter().flat_map(|through| through["functions"].as_array().unwrap());
        all.map(|function| function.as_str().unwrap().to_owned()).collect()
    };
    touches.iter().map(|touch| (touch["capability"].as_str().unwrap().to_owned(), functions(touch))).collect()
}

fn keys(result: &Value) -> Vec<String> {
    touches(result).into_iter().map(|(key, _)| key).collect()
}

fn only_functions_that_are_imported_count() {
    let cases: [(&[&str], &[&str], usize); 5] = [
        (&["open-at", "read"], &["read-files"], 0),
        (&["open-at", "read", "write"], &["read-files", "write-files"], 0),
        (&["rename-at"], &["write-files"], 0),
        // Without anything that opens a file there is none to read or write.
        (&["read", "write"], &[], 2),
        (&[], &[], 0),
    ];
    for (lowered, expected, idle) in cases {
        let folder = folder(&[("c.wat", &files(lowered))]);
        let result = result(folder.path(), "inspect c.wat --capabilities");
        assert_eq!(keys(&result), expected, "{lowered:?}");
        assert_eq!(result["capabilities"]["idle"].as_array().unwrap().len(), idle, "{lowered:?}");
    }
    let folder = folder(&[("c.wat", &files(&["open-at", "write"]))]);
    let text = shown(folder.path(), "inspect c.wat --capabilities");
    let expected = "reads files: `--dir HOST[::GUEST]`, which also holds it to reading\n    \
        wasi:filesystem/types@0.2.3#[method]descriptor.open-at\nwrites files: `--dir HOST[::GUEST]:rw`\n    \
        wasi:filesystem/types@0.2.3#[method]descriptor.write\n";
    assert_eq!(text, expected);
}

fn what_is_not_known_is_named() {
    let folder = folder(&[("c.wat", &files(&["conjure"]))]);
    let result = result(folder.path(), "inspect c.wat --capabilities");
    let expected =
        vec![("other-wasi".to_owned(), vec!["wasi:filesystem/types@0.2.3#[method]descriptor.conjure".to_owned()])];
    assert_eq!(touches(&result), expected);
    assert_eq!(result["capabilities"]["touches"][0]["import"], "wasi:filesystem/types@0.2.3");
}

/// Whoever calls an export may hand over an open file.
fn an_open_file_may_come_from_elsewhere() {
    let text = files(&["read"]);
    let exported = r#"(alias export $files "descriptor" (type $t))
        (type $b (func (param "file" (own $t))))
        (core module $n (func (export "take") (param i32)))
        (core instance $j (instantiate $n))
        (func $take (type $b) (canon lift (core func $j "take")))
        (export "take" (func $take)))"#;
    let text = format!("{} {exported}", text.trim_end().strip_suffix(')').unwrap());
    let folder = folder(&[("c.wat", &text)]);
    assert_eq!(keys(&result(folder.path(), "inspect c.wat --capabilities")), ["read-files"]);
}

/// A part that asks for the log, one that calls it, and one that nobody calls.
const CLOCK: &str = r#"(component $clock
    (import "wasi:clocks/wall-clock@0.2.0" (instance $c (type $r (record (field "seconds" u64) (field "nanoseconds" u32)))
      (export "datetime" (type $d (eq $r))) (export "now" (func (result $d)))))
    (import "local:log/sink@1.0.0" (instance $log (export "put" (func (param "x" u32)))))
    (alias export $log "put" (func $put)) (core func $put' (canon lower (func $put)))
    (core module $main (import "log" "put" (func $put (param i32))) (func (export "day") (result i32) i32.const 1))
    (core instance $i (instantiate $main (with "log" (instance (export "put" (func $put'))))))
    (func $day (result u32) (canon lift (core func $i "day")))
    (instance $api (export "day" (func $day)))
    (export "local:time/days@1.0.0" (instance $api)))"#;

const APP: &str = r#"(component $app
    (import "local:time/days@1.0.0" (instance $days (export "day" (func (result u32)))))
    (alias export $days "day" (func $day)) (core func $day' (canon lower (func $day)))
    (core module $main (import "days" "day" (func $day (result i32))) (func (export "run") (result i32) (call $day)))
    (core instance $i (instantiate $main (with "days" (instance (export "day" (func $day'))))))
    (func (export "today") (result u32) (canon lift (core func $i "run"))))"#;

fn composed() -> tempfile::TempDir {
    let folder = folder(&[("clock.wat", CLOCK), ("app.wat", APP)]);
    shown(folder.path(), "plug app.wat clock.wat -o whole.wasm");
    folder
}

fn the_way_to_a_capability_is_shown() {
    let folder = composed();
    let text = shown(folder.path(), "inspect whole.wasm --capabilities");
    let expected = "asks its host for `local:log/sink@1.0.0`: `withe plug` a component that exports it, or `--stub trap`\n  \
        through clock (today -> app -> clock)\n    local:log/sink@1.0.0#put\n";
    assert_eq!(text, expected);
    // A composition around the composition: paths of names.
    fs::write(
        folder.path().join("end.wat"),
        r#"(component $end (import "today" (func $f (result u32)))
        (core func $f' (canon lower (func $f))) (core module $m (import "" "f" (func (result i32))) (func (export "g")))
        (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
        (func (export "go") (canon lift (core func $i "g"))))"#,
    )
    .unwrap();
    shown(folder.path(), "plug end.wat whole.wasm -o end.wasm");
    let touch = result(folder.path(), "inspect end.wasm --capabilities")["capabilities"]["touches"][0].clone();
    let through = &touch["through"][0];
    assert_eq!(through["part"], "whole/clock", "{touch}");
    assert_eq!(through["chain"], serde_json::json!(["go", "end", "whole/app", "whole/clock"]));
}

fn what_is_satisfied_inside_is_no_capability() {
    let folder = composed();
    let before = result(folder.path(), "inspect app.wat --capabilities");
    assert_eq!(before["capabilities"]["touches"][0]["import"], "local:time/days@1.0.0");
    let text = shown(folder.path(), "inspect whole.wasm --capabilities --imports");
    assert!(!text.contains("local:time"), "{text}");
    // The clock is imported and no module asks for it.
    assert_eq!(keys(&result(folder.path(), "inspect whole.wasm --capabilities")), ["custom"]);
}

fn imports_and_exports_say_whose_they_are() {
    let folder = composed();
    let text = shown(folder.path(), "inspect whole.wasm --imports --exports");
    let expected = "2 imports\n  wasi:clocks/wall-clock@0.2.0   for clock\n    now: func() -> datetime\n  \
        local:log/sink@1.0.0   for clock\n    put: func(x: u32)\n\n1 export\n  today: func() -> u32   from app\n";
    assert_eq!(text, expected);
    let json = result(folder.path(), "inspect whole.wasm --exports");
    assert_eq!(
        json["exports"],
        serde_json::json!([{ "name": "today", "type": "func() -> u32", "items": [], "parts": ["app"] }])
    );
    assert!(json["imports"].is_null() && json["kind"] == "component");
    let core = self::folder(&[(
        "m.wat",
        r#"(module (import "env" "log" (func (param i32))) (import "env" "mem" (memory 1)) (func (export "go")))"#,
    )]);
    let text = shown(core.path(), "inspect m.wat --imports --exports");
    assert!(
        text.starts_with(
            "1 import\n  env\n    log: (func (param i32))\n    mem: (memory 1)\n\n1 export\n  go: (func)\n"
        ),
        "{text}"
    );
}

fn a_summary_says_all_in_a_screenful() {
    let folder = composed();
    let text = shown(folder.path(), "inspect whole.wasm");
    assert!(text.lines().count() < 40 && text.lines().all(|line| line.chars().count() < 140), "{text}");
    for said in [
        "whole.wasm: component, ",
        "  component app ",
        "  wasi:clocks@0.2.0  ",
        "asks its host for `local:log/sink@1.0.0`",
        "through clock",
        "processed-by  withe",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let json = result(folder.path(), "inspect whole.wasm");
    for key in ["kind", "name", "bytes", "imports", "exports", "capabilities", "sizes", "metadata"] {
        assert!(!json[key].is_null(), "{key}");
    }
    assert_eq!(json["bytes"], fs::metadata(folder.path().join("whole.wasm")).unwrap().len());
    assert!(run(folder.path(), "inspect whole.wasm -o about.txt").out.is_empty());
    assert_eq!(fs::read_to_string(folder.path().join("about.txt")).unwrap(), text);
}

fn modules_have_capabilities_too() {
    let module = |import: &str| {
        format!(r#"(module (import "wasi_snapshot_preview1" "{import}" (func)) (func (export "_start")))"#)
    };
    let cases: [(&str, &[&str]); 5] = [
        ("fd_write", &["stdout", "stderr"]),
        ("path_open", &["read-files"]),
        ("path_unlink_file", &["write-files"]),
        ("fd_close", &[]),
        ("fd_teleport", &["other-wasi"]),
    ];
    for (import, expected) in cases {
        let folder = folder(&[("m.wat", &module(import))]);
        let result = result(folder.path(), "inspect m.wat --capabilities");
        assert_eq!(keys(&result), expected, "{import}");
        assert_eq!(result["capabilities"]["offers"], serde_json::json!(["program"]));
    }
    let bindings = r#"(module (import "wasi:random/random@0.2.0" "get-random-u64" (func (result i64)))
        (import "wasi:random/random@0.2.0" "[resource-drop]x" (func (param i32))) (import "env" "log" (func))
        (import "[export]a:b/c" "[resource-new]r" (func (param i32) (result i32))))"#;
    let folder = folder(&[("m.wat", bindings)]);
    assert_eq!(keys(&result(folder.path(), "inspect m.wat --capabilities")), ["random", "custom"]);
}

/// What is handed to a component of the host may be called by it.
fn the_host_gets_what_it_is_handed() {
    let text = r#"(component
        (import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
        (import "guest" (component $guest (import "e" (instance (export "exit" (func (param "status" (result))))))))
        (instance (instantiate $guest (with "e" (instance $exit)))))"#;
    let folder = folder(&[("c.wat", text)]);
    assert_eq!(keys(&result(folder.path(), "inspect c.wat --capabilities")), ["exit"]);
}

static FIXTURES: LazyLock<Vec<(PathBuf, Vec<u8>)>> = LazyLock::new(|| {
    let mut found = Vec::new();
    add_binaries(&testing::root().join("fixtures"), &mut found);
    found
});

fn add_binaries(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for path in testing::cases::entries(folder) {
        if path.is_dir() {
            add_binaries(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "wat") {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            found.extend(binary(&text).map(|bytes| (path, bytes)));
        }
    }
}

fn binary(text: &str) -> Option<Vec<u8>> {
    let buffer = wast::parser::ParseBuffer::new(text).ok()?;
    wast::parser::parse::<wast::Wat<'_>>(&buffer).ok()?.encode().ok()
}

fn sum(weight: &Value) -> u64 {
    let inner = weight["inner"].as_array().unwrap();
    if inner.is_empty() { weight["bytes"].as_u64().unwrap() } else { inner.iter().map(sum).sum() }
}

fn sizes_of_all_fixtures_sum_to_the_file() {
    let (mut components, mut modules) = (0, 0);
    for (path, bytes) in &*FIXTURES {
        let Ok(region) = component::read::anatomy("f.wasm", bytes) else { continue };
        let weight = check::size::weigh(&region);
        assert_eq!((weight.bytes, weight.leaves()), (bytes.len() as u64, bytes.len() as u64), "{}", path.display());
        if weight.kind == check::size::Kind::Component { components += 1 } else { modules += 1 }
    }
    assert!(components > 100 && modules > 100, "{components} components, {modules} modules");
    let folder = composed();
    let sizes = result(folder.path(), "inspect whole.wasm --size")["sizes"].clone();
    assert_eq!(sum(&sizes), fs::metadata(folder.path().join("whole.wasm")).unwrap().len());
}

fn a_tree_is_cut_where_it_is_asked_to_be() {
    let folder = composed();
    let size = fs::metadata(folder.path().join("whole.wasm")).unwrap().len();
    let text = shown(folder.path(), "inspect whole.wasm --size --depth 1 --top 2");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].contains("100.0 %  ████████████  component") && lines[3].ends_with("more"), "{text}");
    let bytes = |line: &str| line.split_whitespace().next().unwrap().parse::<u64>().unwrap();
    assert_eq!((bytes(lines[0]), lines[1..].iter().map(|line| bytes(line)).sum::<u64>()), (size, size));
    let cut = result(folder.path(), "inspect whole.wasm --size --depth 2 --top 1");
    assert_eq!(sum(&cut["sizes"]), size);
    assert_eq!(shown(folder.path(), "inspect whole.wasm --depth 1 --top 2"), text, "the flags ask for sizes");
}

fn what_changed_is_shown() {
    let folder = composed();
    let text = shown(folder.path(), "inspect whole.wasm --size --against app.wat");
    assert!(text.contains("before") && text.contains("(new)"), "{text}");
    let same = shown(folder.path(), "inspect whole.wasm --size --against whole.wasm");
    assert_eq!(same.lines().count(), 1);
    let changes = result(folder.path(), "inspect whole.wasm --against app.wat")["changes"].clone();
    assert_eq!(changes["new"], fs::metadata(folder.path().join("whole.wasm")).unwrap().len());
    assert_eq!(run(folder.path(), "inspect whole.wasm --against none.wasm").exit, 1);
}

fn a_page_is_written() {
    let folder = composed();
    let page = shown(folder.path(), "inspect whole.wasm --size --as html");
    assert!(
        page.starts_with("<!doctype html>") && page.contains("local:time/days@1.0.0") == page.contains("days@"),
        "{page}"
    );
    assert!(page.contains(r#"["module","main","#), "{page}");
    assert!(run(folder.path(), "inspect whole.wasm --size -o whole.html").out.is_empty());
    assert_eq!(fs::read_to_string(folder.path().join("whole.html")).unwrap(), page);
    // The name of the output is enough; what a page cannot show is refused, whatever else is asked for.
    assert!(run(folder.path(), "inspect whole.wasm -o named.html").out.is_empty());
    assert_eq!(fs::read_to_string(folder.path().join("named.html")).unwrap(), page);
    let refused = run(folder.path(), "inspect whole.wasm --imports -o imports.html");
    assert!(refused.exit == 2 && refused.err.contains("does not end in `.html`"), "{}", refused.err);
    assert!(!folder.path().join("imports.html").exists());
    let text = shown(folder.path(), "inspect whole.wasm --size --as text");
    assert_eq!(text, shown(folder.path(), "inspect whole.wasm --size"));
    let report: Value =
        serde_json::from_str(&shown(folder.path(), "inspect whole.wasm --as html --format json")).unwrap();
    assert_eq!(report["result"]["text"], page);
    for words in
        ["--as html --imports", "--as html --against app.wat", "--as pdf", "--size -o app.wat", "-o - --format json"]
    {
        let ran = run(folder.path(), &format!("inspect app.wat {words}"));
        assert_eq!(ran.exit, 2, "{words}: {}{}", ran.out, ran.err);
    }
}

fn metadata_is_read_part_by_part() {
    let text = r#"(component $whole
        (core module $main (@custom "target_features" "\01+\07simd128") (@custom ".debug_info" "12345")
          (@custom "producers" "\01\08language\01\04Rust\041.95"))
        (@custom "authors" "Ada") (@custom "licenses" "MIT"))"#;
    let folder = folder(&[("c.wat", text)]);
    let shown = shown(folder.path(), "inspect c.wat --metadata");
    for said in [
        "component `whole`",
        "core module `main`",
        "Rust 1.95",
        "+simd128",
        "DWARF (5 B)",
        "authors",
        "Ada",
        "all together",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let json = result(folder.path(), "inspect c.wat --metadata")["metadata"].clone();
    assert_eq!(json["texts"]["licenses"], "MIT");
    assert_eq!(json["inner"][0]["producers"]["language"]["Rust"], "1.95");
    // The world that bindings leave for an encoder.
    fs::write(folder.path().join("w.wit"), "package a:b@1.0.0; world w { import f: func(); }").unwrap();
    fs::write(folder.path().join("m.wat"), "(module)").unwrap();
    run(folder.path(), "embed m.wat --wit w.wit -o m.wasm");
    let json = result(folder.path(), "inspect m.wasm --metadata")["metadata"].clone();
    assert_eq!(json["worlds"], serde_json::json!(["a:b/w@1.0.0"]));
}

fn wit_packages_and_other_inputs_are_told() {
    let folder = composed();
    fs::write(folder.path().join("w.wit"), "package a:b; interface i { f: func(); } world w { import i; }").unwrap();
    shown(folder.path(), "wit w.wit --as wasm -o package.wasm");
    let text = shown(folder.path(), "inspect package.wasm");
    assert!(text.contains("WIT package") && text.contains("touches nothing"), "{text}");
    assert_eq!(result(folder.path(), "inspect package.wasm")["kind"], "WIT package");
    let whole = fs::read(folder.path().join("whole.wasm")).unwrap();
    fs::write(folder.path().join("cut.wasm"), &whole[..whole.len() - 30]).unwrap();
    fs::write(folder.path().join("cut-core.wasm"), b"\0asm\x01\0\0\0\x01\x05").unwrap();
    let cases = [
        ("cut.wasm", "component/invalid"),
        ("cut-core.wasm", "wasm/invalid"),
        ("w.wit", "input/not-wasm"),
        ("none.wasm", "input/missing-file"),
    ];
    for (file, code) in cases {
        for flag in ["", "--imports", "--capabilities", "--size", "--metadata", "--as html"] {
            let ran = run(folder.path(), &format!("inspect {file} {flag}"));
            assert!(ran.exit == 1 && ran.err.contains(&format!("error[{code}]")), "{file} {flag}: {}", ran.err);
        }
    }
    let mut io = Io::captured(folder.path());
    io.stdin = withe::io::Stdin::Bytes(APP.as_bytes().to_vec());
    assert_eq!(withe::run(["withe", "inspect", "-"], &mut io).0, 0);
    assert!(io.stdout.text().starts_with("<stdin>: component `app`"));
}

/// Each component instantiates the one before it several times.
fn tower(levels: usize, times: usize) -> String {
    let mut text = "(component (component $c0)".to_owned();
    for level in 1..=levels {
        let below = level - 1;
        text += &format!("(component $c{level} (alias outer 1 $c{below} (component $below))");
        text += &"(instance (instantiate $below))".repeat(times);
        text += ")";
    }
    text + &format!("(instance (instantiate $c{levels})))")
}

fn instances_are_bounded() {
    for (levels, times, is_borne) in [(3, 4, true), (40, 1, true), (30, 2, false), (70, 1, false)] {
        let folder = folder(&[("c.wat", &tower(levels, times))]);
        let ran = run(folder.path(), "inspect c.wat --capabilities");
        assert_eq!(ran.exit, i32::from(!is_borne), "{levels} {times}: {}", ran.err);
        assert_eq!(ran.err.contains("error[unsupported/instances]"), !is_borne);
        shown(folder.path(), "inspect c.wat --size --metadata");
    }
}

fn deep_nesting_is_borne() {
    let text = "(component ".repeat(300) + &")".repeat(300);
    let folder = folder(&[("c.wat", &text)]);
    for flag in ["", "--capabilities", "--size --depth 1000", "--metadata", "--as html"] {
        let ran = run(folder.path(), &format!("inspect c.wat {flag}"));
        assert!(ran.exit == 0 || ran.err.contains("error["), "{flag}: {}", ran.err);
    }
}

/// A module of that many functions of 200 bytes, with names.
fn large(functions: u32) -> Vec<u8> {
    let leb = |number: usize| {
        let (mut bytes, mut rest) = (Vec::new(), number);
        while rest > 127 {
            bytes.push((rest % 128 + 128).to_le_bytes()[0]);
            rest /= 128;
        }
        bytes.push(rest.to_le_bytes()[0]);
        bytes
    };
    let section = |id: u8, body: Vec<u8>| [vec![id], leb(body.len()), body].concat();
    let count = leb(functions as usize);
    let types = section(1, vec![1, 0x60, 0, 0]);
    let indices = section(3, [count.clone(), vec![0; functions as usize]].concat());
    let body = [leb(200), vec![0], vec![1; 198], vec![0x0b]].concat();
    let code = section(10, [count.clone(), body.repeat(functions as usize)].concat());
    let mut names = count;
    for index in 0..functions {
        let name = format!("_ZN4app{}19render_this_or_thatE", index % 7);
        names.extend([leb(index as usize), leb(name.len()), name.into_bytes()].concat());
    }
    let named = [vec![4], b"name".to_vec(), vec![1], leb(names.len()), names].concat();
    [b"\0asm\x01\0\0\0".to_vec(), types, indices, code, section(0, named)].concat()
}

fn large_components_take_no_time() {
    let bytes = large(60_000);
    assert!(bytes.len() > 12 << 20, "{} bytes", bytes.len());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("large.wasm"), &bytes).unwrap();
    let (page, took) = testing::limits::timed(|| run(folder.path(), "inspect large.wasm --as html").out);
    assert!(page.len() < 2_000_000 && page.len() > 10_000, "{} bytes", page.len());
    assert!(page.contains("app3") && page.contains("smaller ones"));
    // Not optimised, on a machine with other work; the bench says how long it takes otherwise.
    assert!(took.as_secs() < 20, "{took:?}");
    let text = shown(folder.path(), "inspect large.wasm --size");
    assert!(text.contains("crate app3"), "{text}");
}

fn names_steer_no_terminal() {
    let text =
        "(component (core module $m (func $\"\\1b[2Jx\\e2\\80\\ae\")) (@custom \"\\1b]0;x\\07\\0anew line\" \"\"))";
    let folder = folder(&[("c.wat", text)]);
    for flag in ["", "--size --depth 9", "--metadata", "--imports"] {
        let text = shown(folder.path(), &format!("inspect c.wat {flag}"));
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']) && !text.contains("\nnew"), "{text:?}");
    }
    let page = shown(folder.path(), "inspect c.wat --as html");
    assert!(!page.contains(['\u{1b}', '\u{7}', '\u{202e}']));
}

/// Harmed binaries: a report or a diagnostic, never anything else, and sizes that sum.
fn fuzz_inspected() {
    let all: Vec<Vec<u8>> =
        FIXTURES.iter().map(|(_, bytes)| bytes.clone()).filter(|bytes| bytes.len() < 20_000).collect();
    assert!(all.len() > 200, "{} fixtures", all.len());
    let folder = tempfile::tempdir().unwrap();
    seeds::check("fuzz_inspected", 300, |random| {
        let good = random.pick(&all).clone();
        let bad = if random.below(3) == 0 { good } else { damage::harmed(random, &good, &all) };
        fs::write(folder.path().join("c.wasm"), &bad).unwrap();
        let flag =
            *random.pick(&["", "--imports --exports", "--capabilities", "--size --depth 9", "--metadata", "--as html"]);
        let ran = run(folder.path(), &format!("inspect c.wasm {flag}"));
        let is_told = ran.exit == 1 && ran.out.is_empty() && ran.err.contains("error[");
        assert!(ran.exit == 0 || is_told, "{flag}: {} {}", ran.exit, ran.err);
        if let Ok(region) = component::read::anatomy("c.wasm", &bad) {
            assert_eq!(check::size::weigh(&region).leaves(), bad.len() as u64);
        }
    });
}

/// Programs for preview1, wrapped with the adapter. Its `fd_write` is for files and standard output alike, so one that
/// opens files and prints can write them.
const GUESTS: [(&str, &str, &[&str]); 4] = [
    ("hello", r#"fn main() { println!("hello"); }"#, &[]),
    (
        "reader",
        r#"fn main() { println!("{}", std::fs::read_to_string("a.txt").unwrap().len()); }"#,
        &["read-files", "write-files"],
    ),
    ("writer", r#"fn main() { std::fs::write("a.txt", "text").unwrap(); }"#, &["read-files", "write-files"]),
    ("clock", r#"fn main() { println!("{:?}", std::time::SystemTime::now()); }"#, &["wall-clock"]),
];

/// What all four are held to: no more of these than they call for.
const HELD: [&str; 8] =
    ["read-files", "write-files", "tcp-connect", "tcp-listen", "udp", "name-lookup", "send-http", "wall-clock"];

fn real_guests_touch_what_they_call() -> Outcome {
    let folder = testing::scratch("inspect-guests")?;
    for (name, text, expected) in GUESTS {
        let source = folder.join(format!("{name}.rs"));
        fs::write(&source, text)?;
        let core = Guest::new(&source, Target::Wasip1, Shape::Program).compile(&format!("inspect-{name}"))?;
        fs::copy(core, folder.join("core.wasm"))?;
        shown(&folder, "wrap core.wasm --gc -o guest.wasm");
        let found = result(&folder, "inspect guest.wasm");
        let held: Vec<String> = keys(&found).into_iter().filter(|key| HELD.contains(&key.as_str())).collect();
        assert_eq!(held, expected, "{name}: {}", found["capabilities"]);
        assert_eq!(found["capabilities"]["offers"], serde_json::json!(["program"]));
        let sizes = result(&folder, "inspect guest.wasm --size")["sizes"].clone();
        assert_eq!(sum(&sizes), fs::metadata(folder.join("guest.wasm"))?.len());
        let tree = shown(&folder, "inspect guest.wasm --size --top 30");
        assert!(tree.contains("crate std") && tree.contains("crate core"), "{tree}");
        assert!(shown(&folder, "inspect guest.wasm --metadata").contains("rustc "));
    }
    Ok(())
}

/// Functions of bodies that all have: a file is opened, then this is done with it.
const BOUND: [(&str, &str, &[&str]); 3] = [
    ("reads", "file.read(100, 0).unwrap().0.len() as u64", &["read-files"]),
    ("writes", "file.write(b\"more\", 0).unwrap()", &["read-files", "write-files"]),
    ("removes", "folder.unlink_file_at(\"a.txt\").map_or(1, |()| 0)", &["read-files", "write-files"]),
];

/// Guests with bindings to WASI 0.2: what they do not call is not imported. The grant that is named lets them run.
fn bound_guests_touch_what_they_call() -> Outcome {
    let folder = testing::scratch("inspect-bound")?;
    let wit = "package local:files; world guest { import wasi:filesystem/types@0.2.12; \
        import wasi:filesystem/preopens@0.2.12; export count: func() -> u64; }";
    fs::write(folder.join("guest.wit"), wit)?;
    fs::create_dir_all(folder.join("data"))?;
    shown(&folder, "bindgen rust guest.wit -o .");
    for (name, body, expected) in BOUND {
        fs::write(folder.join("data/a.txt"), "text")?;
        let text = format!(
            "mod guest;\nuse guest::wasi::filesystem::preopens::get_directories;\n\
            use guest::wasi::filesystem::types::{{DescriptorFlags, OpenFlags, PathFlags}};\nstruct Guest;\n\
            impl guest::Guest for Guest {{ fn count() -> u64 {{ let (folder, _) = &get_directories()[0];\n\
            let flags = DescriptorFlags::READ{};\n\
            let file = folder.open_at(PathFlags::empty(), \"a.txt\", OpenFlags::empty(), flags).unwrap();\n\
            let _ = &file; {body} }} }}\nguest::export!(Guest with_types_in guest);\n",
            if name == "writes" { " | DescriptorFlags::WRITE" } else { "" }
        );
        let source = folder.join("lib.rs");
        fs::write(&source, text)?;
        let core = Guest { flags: Vec::new(), ..Guest::new(&source, Target::Unknown, Shape::Library) };
        fs::copy(core.compile(&format!("inspect-{name}"))?, folder.join("core.wasm"))?;
        shown(&folder, &format!("wrap core.wasm -o {name}.wasm"));
        let found = result(&folder, &format!("inspect {name}.wasm --capabilities"));
        assert_eq!(keys(&found), expected, "{name}: {found}");
        let grant = if expected.contains(&"write-files") { "--dir data::.:rw" } else { "--dir data::." };
        let ran = run(&folder, &format!("call {name}.wasm count() {grant}"));
        assert_eq!((ran.exit, ran.out.trim()), (0, if name == "removes" { "0" } else { "4" }), "{name}: {}", ran.err);
        let tree = shown(&folder, &format!("inspect {name}.wasm --size --depth 4"));
        assert!(tree.contains("crate inspect_"), "{tree}");
    }
    Ok(())
}
