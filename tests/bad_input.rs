//! Bad input, one entry for each way of being bad: what is said, the status, and the output as it was.
//!
//! In: files that each entry needs, written here. Out: nothing; what users see is held by the snapshots of
//! `tests/explain.rs`.
//! Holds: every entry ends within seconds; a claim of huge counts in a binary within one.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test writes files, and unwraps")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use withe::{Exit, Io};

const OLD: &str = "what was there";

/// Text that the cases share.
const FILES: &[(&str, &str)] = &[
    ("calc.wit", "package local:calc;\nworld calc {\n  export add: func(a: u32, b: u64) -> u32;\n}\n"),
    ("two.wit", "package local:two;\nworld first {}\nworld second {}\n"),
    ("syntax.wit", "package local:calc;\ninterface ops {\n  add: fun(a: u32);\n}\n"),
    ("unknown.wit", "package local:calc;\nworld calc { import wasi:clock/monotonic-clock@0.2.0; }\n"),
    ("none/readme.txt", "no WIT here"),
    ("core.wat", "(module (func (export \"add\") (param i32 i64) (result i32) (i32.const 1)))"),
    ("other.wat", "(module (func (export \"ad\") (param i32 i64) (result i32) (i32.const 1)))"),
    ("mistyped.wat", "(module (func (export \"add\") (param i32 i32) (result i32) (i32.const 1)))"),
    (
        "import.wat",
        "(module (import \"local:calc/ops\" \"sub\" (func))\
         (func (export \"add\") (param i32 i64) (result i32) (i32.const 1)))",
    ),
    ("garbage.wasm", "This is no wasm, whatever its name says."),
    ("empty.wasm", ""),
    ("latin.wit", "package local:calc;\n// caf\u{e9}\nworld calc { export add: func(a: u32, b: u64) -> u32 }\n"),
    ("socket.wat", "(component (import \"local:calc/num\" (instance (export \"get\" (func (result u64))))))"),
    ("closed.wat", "(component)"),
    (
        "plug.wat",
        "(component
          (core module $m (func (export \"f\") (result i32) (i32.const 7)))
          (core instance $i (instantiate $m))
          (func $f (result u32) (canon lift (core func $i \"f\")))
          (instance $api (export \"get\" (func $f)))
          (export \"local:calc/num\" (instance $api)))",
    ),
    (
        "app.wat",
        "(component $app
          (core module $m
            (memory (export \"memory\") 1)
            (func $fail (export \"fail\") (unreachable))
            (func (export \"spin\") (loop $again (br $again)))
            (func (export \"add\") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
            (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0))))
          (core instance $i (instantiate $m))
          (func (export \"fail\") (canon lift (core func $i \"fail\")))
          (func (export \"spin\") (canon lift (core func $i \"spin\")))
          (func (export \"grow\") (param \"pages\" u32) (result s32) (canon lift (core func $i \"grow\")))
          (func (export \"add\") (param \"a\" u32) (param \"b\" u32) (result u32) (canon lift (core func $i \"add\"))))",
    ),
];

/// A command that must fail.
struct Case {
    /// Separated by blanks; `'` keeps blanks together.
    command: &'static str,
    status: i32,
    code: &'static str,
    /// Texts that the diagnostic has.
    says: &'static [&'static str],
}

const fn input(command: &'static str, code: &'static str, says: &'static [&'static str]) -> Case {
    Case { command, status: 1, code, says }
}

const fn stopped(command: &'static str, code: &'static str, says: &'static [&'static str]) -> Case {
    Case { command, status: 134, code, says }
}

const CASES: &[Case] = &[
    // Files.
    input("wrap nope.wasm -o out", "input/missing-file", &["`nope.wasm`"]),
    input("wrap moc.wat -o out", "input/missing-file", &["moc.wat"]),
    input("wrap core.wat --wit cacl.wit -o out", "input/missing-file", &["did you mean `calc.wit`?"]),
    input("wrap none -o out", "input/unreadable-file", &["a folder"]),
    input("plug socket.wat nope.wasm -o out", "input/missing-file", &["`nope.wasm`"]),
    // WIT.
    input("wrap core.wat --wit none -o out", "wit/no-wit", &["`none` holds no WIT"]),
    input("wit none -o out", "wit/no-wit", &["`none` holds no WIT"]),
    input("wit syntax.wit -o out", "wit/syntax", &["syntax.wit:3:8", "fun(a: u32)"]),
    input("bindgen rust syntax.wit -o folder", "wit/syntax", &["syntax.wit:3:8"]),
    input("wit unknown.wit -o out", "wit/unknown-package", &["did you mean `wasi:clocks"]),
    input("wrap core.wat --wit calc.wit -w clac -o out", "wit/unknown-world", &["did you mean `-w calc`?"]),
    input("wrap core.wat --wit two.wit -o out", "wit/world-ambiguous", &["`-w first`, `-w second`"]),
    input("bindgen rust two.wit -o folder", "wit/world-ambiguous", &["`-w first`, `-w second`"]),
    input("wit latin-1.wit -o out", "wit/not-text", &["latin-1.wit:2:7", "0xE9"]),
    // Core modules.
    input("wrap core.wat -o out", "encode/no-world", &["withe wrap --wit"]),
    input(
        "wrap other.wat --wit calc.wit -o out",
        "encode/missing-export",
        &["did you mean `ad`?", "(func (param i32 i64) (result i32))", "calc.wit:3:10"],
    ),
    input(
        "wrap mistyped.wat --wit calc.wit -o out",
        "encode/export-signature",
        &[
            "expected (func (param i32 i64) (result i32))",
            "found (func (param i32 i32) (result i32))",
            "calc.wit:3:",
            "export add: func(a: u32, b: u64) -> u32;",
        ],
    ),
    input("wrap import.wat --wit calc.wit -o out", "encode/unknown-import", &["`local:calc/ops` `sub`"]),
    // Binaries.
    input("wrap cut.wasm --wit calc.wit -o out", "wasm/invalid", &["cut.wasm", "byte 0x"]),
    input("strip cut.wasm -o out", "wasm/invalid", &["cut.wasm"]),
    input("print cut.wasm -o out", "wasm/invalid", &["cut.wasm"]),
    input("embed cut.wasm --wit calc.wit -o out", "wasm/invalid", &["cut.wasm"]),
    input("plug socket.wat cut-component.wasm -o out", "component/invalid", &["cut-component.wasm"]),
    input("wrap garbage.wasm -o out", "input/not-wasm", &["54 68 69 73"]),
    input("plug garbage.wasm plug.wat -o out", "input/not-wasm", &["54 68 69 73"]),
    input("wrap empty.wasm -o out", "input/not-wasm", &["an empty file"]),
    input("validate cut.wasm", "validate/truncated", &["cut.wasm"]),
    // Composition.
    input(
        "plug socket.wat plug.wat -o out",
        "compose/type-mismatch",
        &["export `local:calc/num` / get / result", "found `u32`", "expected `u64`"],
    ),
    input("plug closed.wat plug.wat -o out", "compose/nothing-to-plug", &["imports nothing"]),
    input("graph cut-component.wasm -o out", "component/invalid", &["cut-component.wasm"]),
    // Calls.
    input("call app.wat 'add(1, \"x\")'", "call/argument", &["<expression 1>:1:8", "found a string"]),
    input("call app.wat 'add(1, 2)' 'add(1, -2)'", "call/argument", &["<expression 2>:1:8"]),
    stopped("call app.wat fail()", "run/trap", &["component `app`: function `fail` of core module `m`"]),
    stopped("call app.wat spin() --fuel 1000", "run/fuel-limit", &["--fuel 10000"]),
    stopped("call app.wat spin() --timeout 50ms", "run/timeout", &["the timeout of 50ms"]),
    stopped("call app.wat grow(1000) --memory 1MiB", "run/memory-limit", &["--memory"]),
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in FILES {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).unwrap();
        fs::write(path, text).unwrap();
    }
    let at = |name: &str| folder.path().join(name);
    let latin: Vec<u8> = FILES
        .iter()
        .find(|(name, _)| *name == "latin.wit")
        .expect("it is listed")
        .1
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
        .collect();
    fs::write(at("latin-1.wit"), latin).unwrap();
    fs::write(at("cut.wasm"), b"\0asm\x01\0\0\0\x01\x0c\x02\x60").unwrap();
    fs::write(at("cut-component.wasm"), b"\0asm\x0d\0\x01\0\x07\x0c\x02\x40").unwrap();
    fs::write(at("out"), OLD).unwrap();
    fs::create_dir(at("folder")).unwrap();
    fs::write(at("folder/calc.rs"), OLD).unwrap();
    folder
}

/// The words of a command, as a shell takes them apart.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in command.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().expect("there is one").push(c),
        }
    }
    words
}

/// Status and standard error.
fn withe(command: &str, folder: &Path) -> (i32, String) {
    let mut io = Io::captured(folder);
    let Exit(status) = withe::run(std::iter::once("withe".to_owned()).chain(words(command)), &mut io);
    (status, io.stderr.text())
}

fn assert_untouched(folder: &Path, command: &str) {
    for name in ["out", "folder/calc.rs"] {
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), OLD, "`{command}` changed `{name}`");
    }
    let mut names: Vec<_> = fs::read_dir(folder.join("folder")).unwrap().map(|one| one.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["calc.rs"], "`{command}` left files");
}

#[test]
fn each_has_its_code_and_leaves_the_output_as_it_was() {
    let folder = folder();
    let before = fs::read_dir(folder.path()).unwrap().count();
    for Case { command, status, code, says } in CASES {
        let (found, said) = withe(command, folder.path());
        assert_eq!(found, *status, "`{command}`:\n{said}");
        assert!(said.contains(&format!("error[{code}]")), "`{command}` does not say {code}:\n{said}");
        for text in *says {
            assert!(said.contains(text), "`{command}` does not say `{text}`:\n{said}");
        }
        assert!(withe::explain::PAGES.iter().any(|page| page.code == *code), "{code} has no page");
        assert_untouched(folder.path(), command);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), before, "no other file is left");
}

/// A section that is whole, whose vector claims a billion elements and has none.
fn claim(component: bool, section: u8, before: &[u8]) -> Vec<u8> {
    // 1 000 000 000 as LEB128.
    let count = [0x80, 0x94, 0xeb, 0xdc, 0x03];
    let mut bytes = b"\0asm".to_vec();
    bytes.extend(if component { [0x0d, 0, 1, 0] } else { [1, 0, 0, 0] });
    let length = u8::try_from(before.len() + count.len()).expect("it is short");
    bytes.extend([section, length]);
    bytes.extend(before);
    bytes.extend(count);
    bytes
}

/// Every vector of both formats that stands at the start of a section, or of its first entry.
fn claims() -> Vec<Vec<u8>> {
    let mut claims = Vec::new();
    // 8 and 12 hold a number, no vector.
    for section in (1..=13).filter(|section| ![8, 12].contains(section)) {
        claims.push(claim(false, section, &[]));
    }
    for section in 2..=12 {
        claims.push(claim(true, section, &[]));
    }
    // Parameters, results, recursive groups, fields; locals.
    let in_modules: &[(u8, &[u8])] =
        &[(1, &[1, 0x60]), (1, &[1, 0x60, 0]), (1, &[1, 0x4e]), (1, &[1, 0x5f]), (10, &[1, 6])];
    claims.extend(in_modules.iter().map(|(section, before)| claim(false, *section, before)));
    // Records, variants, tuples, flags, enums, functions, components, instances, core modules' types; arguments.
    let kinds = [0x72, 0x71, 0x6f, 0x6e, 0x6d, 0x40, 0x41, 0x42];
    claims.extend(kinds.iter().map(|kind| claim(true, 7, &[1, *kind])));
    claims.push(claim(true, 3, &[1, 0x50]));
    claims.push(claim(true, 2, &[1, 0, 0]));
    claims.push(claim(true, 5, &[1, 0, 0]));
    claims.push(claim(true, 8, &[1, 0, 0, 0]));
    // A custom section's name.
    claims.push(claim(false, 0, &[]));
    claims
}

#[test]
fn a_claim_of_a_billion_ends_within_a_second() {
    let folder = folder();
    let commands = [
        "wrap claim.wasm --wit calc.wit -o out",
        "embed claim.wasm --wit calc.wit -o out",
        "wit claim.wasm -o out",
        "plug claim.wasm plug.wat -o out",
        "plug socket.wat claim.wasm -o out",
        "validate claim.wasm",
        "print claim.wasm -o out",
        "run claim.wasm",
        "call claim.wasm f()",
        "bindgen rust claim.wasm -o folder",
    ];
    for bytes in claims() {
        fs::write(folder.path().join("claim.wasm"), &bytes).unwrap();
        for command in commands {
            let start = Instant::now();
            let (status, said) = withe(command, folder.path());
            let took = start.elapsed();
            assert_eq!(status, 1, "`{command}` on {bytes:02x?}:\n{said}");
            assert!(said.contains("error["), "`{command}` on {bytes:02x?}:\n{said}");
            assert!(took < Duration::from_secs(10), "`{command}` took {took:?} on {bytes:02x?}");
            assert_untouched(folder.path(), command);
        }
        // This one copies sections, and looks into few.
        let start = Instant::now();
        let (status, said) = withe("strip claim.wasm -o stripped.wasm", folder.path());
        assert!(status == 0 || status == 1 && said.contains("error["), "{bytes:02x?}:\n{said}");
        assert!(start.elapsed() < Duration::from_secs(10), "{bytes:02x?}");
    }
}

#[test]
fn thousands_of_mistakes_are_said_within_seconds() {
    let folder = folder();
    let exports: String = (0..5000).map(|number| format!("  export fn{number}: func();\n")).collect();
    fs::write(folder.path().join("many.wit"), format!("package local:many;\nworld many {{\n{exports}}}\n")).unwrap();
    let ones = vec!["x"; 20_000].join(", ");
    fs::write(folder.path().join("list.wat"), LIST).unwrap();
    let call = format!("call list.wat 'take([{ones}])'");
    let counted = "4950 more core exports are missing";
    for (command, code, most, says) in [
        ("wrap core.wat --wit many.wit -o out", "encode/missing-export", 51, counted),
        (call.as_str(), "call/argument", 100, ""),
    ] {
        let start = Instant::now();
        let (status, said) = withe(command, folder.path());
        assert_eq!((status, said.matches(&format!("error[{code}]")).count()), (1, most));
        assert!(said.contains(says), "`{says}` is not said");
        assert!(start.elapsed() < Duration::from_secs(5), "it took {:?}", start.elapsed());
        assert_untouched(folder.path(), "it");
    }
}

/// WIT that no text file should hold, and how files should not lie.
#[test]
fn strange_texts_and_folders_are_told_within_seconds() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let texts = [
        ("bidi.wit", "package a:b;\ninterface i { f: func(); /* \u{202e} */ }\n".to_owned(), "U+202E"),
        ("long.wit", format!("package a:b;\ninterface i {{ {}: func(x: y) }}\n", "a".repeat(1 << 20)), "long.wit:2"),
        (
            "deep.wit",
            format!("package a:b;\ninterface i {{ type t = {}u8{}; }}\n", "list<".repeat(10_000), ">".repeat(10_000)),
            "deep.wit",
        ),
    ];
    for (name, text, says) in texts {
        fs::write(at(name), text).unwrap();
        let start = Instant::now();
        let (status, said) = withe(&format!("wit {name} -o out"), folder.path());
        let shown: String = said.chars().take(2000).collect();
        assert!(status == 1 && said.to_uppercase().contains(&says.to_uppercase()), "{name}: {status}\n{shown}");
        assert!(start.elapsed() < Duration::from_secs(5), "{name} took {:?}", start.elapsed());
        assert_untouched(folder.path(), name);
    }
    fs::create_dir_all(at("odd/x.wit")).unwrap();
    let (status, said) = withe("wit odd -o out", folder.path());
    assert!(status == 1 && said.contains("error[wit/no-wit]"), "{said}");
    fs::write(at("odd/w.wit"), "package a:b;\nworld w {}\n").unwrap();
    assert_eq!(withe("wit odd", folder.path()).0, 0);
}

/// Links that lead to a folder above, or to themselves, end.
#[cfg(unix)]
#[test]
fn circles_of_links_end() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("p/deps/d")).unwrap();
    fs::write(at("p/w.wit"), "package a:b;\nworld w { import c:d/i; }\n").unwrap();
    fs::write(at("p/deps/d/d.wit"), "package c:d;\ninterface i {}\n").unwrap();
    symlink("..", at("p/deps/up")).unwrap();
    symlink("../..", at("p/deps/d/root")).unwrap();
    symlink(".", at("p/here")).unwrap();
    symlink("self", at("p/self")).unwrap();
    for command in ["wit p", "validate p", "fmt p --check"] {
        let start = Instant::now();
        let (status, said) = withe(command, folder.path());
        assert!(status == i32::from(command.starts_with("fmt")), "`{command}`: {status}\n{said}");
        assert!(start.elapsed() < Duration::from_secs(5), "`{command}`");
    }
    symlink("loop.wit", at("loop.wit")).unwrap();
    let (status, said) = withe("wit loop.wit", folder.path());
    assert!(status == 1 && said.contains("error[input/") && !said.contains("did you mean"), "{said}");
}

/// A function of a list of numbers.
const LIST: &str = "(component
  (core module $m
    (memory (export \"memory\") 1)
    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) (i32.const 0))
    (func (export \"take\") (param i32 i32)))
  (core instance $i (instantiate $m))
  (func (export \"take\") (param \"all\" (list u8))
    (canon lift (core func $i \"take\") (memory (core memory $i \"memory\")) (realloc (core func $i \"realloc\")))))";

/// Beyond the limits of the format of components: refused, where metadata nobody could read would be written.
#[test]
fn worlds_beyond_the_limits_of_binaries_are_refused() {
    let folder = folder();
    let chain = |element: fn(usize) -> String| -> String {
        let types: String = (1..3000).map(|number| format!("  {}\n", element(number))).collect();
        format!(
            "package local:big;\ninterface big {{\n  type t0 = u8;\n{types}  f: func(a: t2999);\n}}\nworld calc {{ export big; }}\n"
        )
    };
    let params: Vec<String> = (0..2000).map(|number| format!("a{number}: u8")).collect();
    let worlds = [
        chain(|number| format!("type t{number} = list<t{}>;", number - 1)),
        chain(|number| format!("record t{number} {{ a: t{} }}", number - 1)),
        format!("package local:big;\nworld calc {{ export f: func({}); }}\n", params.join(", ")),
        format!("package local:big;\nworld calc {{ export {}: func(); }}\n", "a".repeat(200_000)),
    ];
    let codes = ["wit/too-deep", "wit/too-deep", "encode/invalid-output", "encode/invalid-output"];
    for (world, code) in worlds.into_iter().zip(codes) {
        fs::write(folder.path().join("big.wit"), world).unwrap();
        let commands = ["embed core.wat --wit big.wit -o out", "bindgen rust big.wit -o folder"];
        for command in
            commands.into_iter().chain(code.starts_with("wit/").then_some("wrap core.wat --wit big.wit -o out"))
        {
            let (status, said) = withe(command, folder.path());
            assert_eq!(status, 1, "{said}");
            assert!(said.contains(&format!("error[{code}]")), "{said}");
            assert_untouched(folder.path(), command);
        }
    }
}
