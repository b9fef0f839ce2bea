//! Enormous and hostile input, and outputs that cannot be written: told soon, in little memory, with nothing half done.
//!
//! In: binaries and texts made here. Out: nothing.
//! Holds: each command ends with a diagnostic or with success, within the time and the memory that `Most` says; the
//! file that `-o` names is whole or as it was.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test writes files, and unwraps")]

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use testing::limits;
use withe::{Exit, Io};

const OLD: &str = "what was there";
const CALC: &str = "package local:calc;\nworld calc {\n  export add: func(a: u32, b: u64) -> u32;\n}\n";

/// Memory is that of the process, so one test runs at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// What a command may take.
struct Most {
    /// Of the processor, in a release build; our own code is some ten times as slow in builds for tests.
    time: Duration,
    /// Bytes beyond those that the process has before.
    memory: u64,
}

const MOST: Most = Most { time: Duration::from_secs(1), memory: 200 << 20 };

/// A folder with what all cases need.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("calc.wit"), CALC).unwrap();
    fs::write(folder.path().join("empty.wat"), "(module)").unwrap();
    fs::write(folder.path().join("out"), OLD).unwrap();
    folder
}

/// Runs a command of words without blanks; its status and what it said, within `most`.
fn withe_within(most: &Most, folder: &Path, command: &str) -> (i32, String) {
    let mut io = Io::captured(folder);
    let words = std::iter::once("withe").chain(command.split(' '));
    limits::forget_peak();
    let before = limits::peak_memory();
    let (Exit(status), took) = limits::timed(|| withe::run(words, &mut io));
    let said = io.stderr.text();
    let slower = if cfg!(debug_assertions) { 10 } else { 1 };
    assert!(took < most.time * slower, "`{command}` took {took:?}");
    if let (Some(before), Some(after)) = (before, limits::peak_memory()) {
        let more = after.saturating_sub(before);
        assert!(more < most.memory, "`{command}` took {} MB", more >> 20);
    }
    assert!((0..=2).contains(&status), "`{command}` ends with {status}:\n{}", beginning(&said));
    assert_eq!(status != 0, said.contains("error["), "`{command}`: {status}\n{}", beginning(&said));
    (status, said)
}

fn withe(folder: &Path, command: &str) -> (i32, String) {
    withe_within(&MOST, folder, command)
}

/// As `withe`, of a command that must fail and leave `out` as it was.
fn refused(folder: &Path, command: &str, code: &str) -> String {
    let (status, said) = withe(folder, command);
    assert_eq!(status, 1, "`{command}`:\n{}", beginning(&said));
    assert!(said.contains(&format!("error[{code}]")), "`{command}` does not say {code}:\n{}", beginning(&said));
    assert_eq!(fs::read_to_string(folder.join("out")).unwrap(), OLD, "`{command}`");
    said
}

fn beginning(text: &str) -> String {
    text.chars().take(3000).collect()
}

fn leb(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap());
    bytes
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    [&leb(bytes.len()), bytes].concat()
}

fn vector(elements: impl ExactSizeIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut bytes = leb(elements.len());
    elements.for_each(|element| bytes.extend(element));
    bytes
}

fn module(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    for (id, body) in sections {
        bytes.push(*id);
        bytes.extend(sized(body));
    }
    bytes
}

/// `(func)`, as the one type.
fn one_type() -> (u8, Vec<u8>) {
    (1, vec![1, 0x60, 0, 0])
}

fn import(module: &[u8], field: &[u8]) -> Vec<u8> {
    [&sized(module), &sized(field), &[0, 0][..]].concat()
}

/// A function of that body, and exports of it by these names.
fn exporting(names: impl ExactSizeIterator<Item = String>, body: &[u8]) -> Vec<u8> {
    let exports = names.map(|name| [&sized(name.as_bytes()), &[0, 0][..]].concat());
    module(&[one_type(), (3, vec![1, 0]), (7, vector(exports)), (10, [&[1], &sized(body)[..]].concat())])
}

#[test]
fn counts_as_large_as_the_format_allows_are_told_soon() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder();
    let many = 100_000;
    let custom = |number: usize| (0, [&sized(format!("custom {number}").as_bytes()), &b"x"[..]].concat());
    let locals = [&vector((0..49_999).map(|number| vec![1, if number % 2 == 0 { 0x7f } else { 0x7e }]))[..], &[0x0b]];
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "imports of as many modules",
            module(&[one_type(), (2, vector((0..many).map(|n| import(format!("a:b/i{n}").as_bytes(), b"f"))))]),
            "encode/unknown-import",
        ),
        (
            "imports of one module",
            module(&[one_type(), (2, vector((0..many).map(|n| import(b"env", format!("f{n}").as_bytes()))))]),
            "encode/unknown-import",
        ),
        (
            "one import many times",
            module(&[one_type(), (2, vector((0..many).map(|_| import(b"env", b"f"))))]),
            "encode/unknown-import",
        ),
        ("exports", exporting((0..many).map(|n| format!("a-name-{n}")), &[0, 0x0b]), "encode/missing-export"),
        ("too many exports", exporting((0..1_000_000).map(|n| format!("a-name-{n}")), &[0, 0x0b]), "wasm/invalid"),
        (
            "types",
            module(&[(1, [&leb(1_000_000)[..], &[0x60, 0, 0].repeat(1_000_000)].concat())]),
            "encode/missing-export",
        ),
        (
            "data",
            module(&[(5, vec![1, 0, 1]), (11, [&leb(many)[..], &[1, 0].repeat(many)].concat())]),
            "encode/missing-export",
        ),
        ("custom sections", module(&(0..many).map(custom).collect::<Vec<_>>()), "encode/missing-export"),
        ("locals", exporting(["f".to_owned()].into_iter(), &locals.concat()), "encode/missing-export"),
        (
            "blocks in blocks",
            exporting(["f".to_owned()].into_iter(), &[&[0][..], &[2, 0x40].repeat(10_000), &[0x0b; 10_001]].concat()),
            "encode/missing-export",
        ),
    ];
    for (name, bytes, code) in cases {
        fs::write(folder.path().join("case.wasm"), bytes).unwrap();
        let said = refused(folder.path(), "wrap case.wasm --wit calc.wit -o out", code);
        assert!(said.len() < 2 << 20, "{name}: {} bytes are said", said.len());
        withe(folder.path(), "strip case.wasm -o stripped.wasm");
        withe(folder.path(), "validate case.wasm");
    }
}

#[test]
fn findings_beyond_counting_are_counted() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder();
    let section = (0, [&sized(b"component-type")[..], b"x"].concat());
    fs::write(folder.path().join("case.wasm"), module(&vec![section; 30_000])).unwrap();
    let said = refused(folder.path(), "wrap case.wasm -o out", "component/metadata-version");
    assert_eq!(said.matches("error[").count(), 10_000);
    assert!(said.ends_with("and 20000 more; `--format json` has them all\n"), "{}", &said[said.len() - 300..]);
    let short = refused(folder.path(), "wrap case.wasm -o out --format short", "component/metadata-version");
    assert!(short.lines().count() == 10_001);
}

#[test]
fn strange_names_are_shown_harmless_and_short() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder();
    let names: [(&[u8], &str); 4] = [
        (b"a\x1b[2J\0\nx\xe2\x80\xae", "encode/unknown-import"),
        (&[b'a'; 99_999], "encode/unknown-import"),
        (&[b'a'; 1_000_000], "wasm/invalid"),
        (b"\xff\xfe", "wasm/invalid"),
    ];
    for (name, code) in names {
        fs::write(
            folder.path().join("case.wasm"),
            module(&[one_type(), (2, vector([import(name, name)].into_iter()))]),
        )
        .unwrap();
        for format in ["", " --format short"] {
            let said = refused(folder.path(), &format!("wrap case.wasm --wit calc.wit -o out{format}"), code);
            let steers = |c: char| c != '\n' && c.is_control() || c == '\u{202e}';
            assert!(!said.contains(steers) && said.len() < 20_000, "{} bytes: {}", said.len(), beginning(&said));
            assert!(said.lines().next().is_some_and(|line| line.contains("error[")), "{}", beginning(&said));
        }
    }
    // The name of a file, too.
    let file = "m\u{1b}[31m.wasm";
    fs::write(folder.path().join(file), b"\0asm\x01\0\0\0\x01\x0c").unwrap();
    for command in ["wrap", "strip", "print"] {
        let said = refused(folder.path(), &format!("{command} {file} -o out"), "wasm/invalid");
        assert!(!said.contains('\u{1b}'), "{said}");
    }
    let said = refused(folder.path(), "wrap no\0file.wasm -o out", "input/unreadable-file");
    assert!(!said.contains('\0'), "{said}");
}

#[test]
fn ten_thousand_in_one_another_end() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let component = b"\0asm\x0d\0\x01\0";
    let nested = (0..10_000).fold(component.to_vec(), |inner, _| [&component[..], &[4], &sized(&inner)].concat());
    fs::write(at("components.wasm"), nested).unwrap();
    for (name, kind) in [("instances.wasm", 0x42), ("types.wasm", 0x41)] {
        let types = [&[1][..], &[kind, 1, 1].repeat(10_000), &[kind, 0]].concat();
        let nested = [&component[..], &[7], &sized(&types)].concat();
        // The same as a module's metadata.
        let custom = [&sized(b"component-type")[..], &nested].concat();
        fs::write(at(&format!("meta-{name}")), module(&[(0, custom)])).unwrap();
        fs::write(at(name), nested).unwrap();
    }
    let lists = [&[1][..], &[0x70, 0x7f]].concat();
    fs::write(at("lists.wasm"), [&component[..], &[7], &sized(&lists)].concat()).unwrap();
    for name in ["components.wasm", "instances.wasm", "types.wasm"] {
        for command in ["wit", "validate", "run", "wrap -o out", "plug lists.wasm -o out", "graph -o out", "call f()"] {
            let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
            let (status, said) = withe(folder.path(), format!("{verb} {name} {rest}").trim_end());
            assert_eq!(status, 1, "{command} {name}: {said}");
        }
        let (status, _) = withe(folder.path(), &format!("wrap empty.wat --wit calc.wit --adapt x={name} -o out"));
        assert_eq!(status, 1);
    }
    for name in ["meta-instances.wasm", "meta-types.wasm"] {
        assert_eq!(withe(folder.path(), &format!("wrap {name} -o out")).0, 1);
        assert_eq!(withe(folder.path(), &format!("wit {name}")).0, 1);
    }
    let list =
        format!("package a:b;\nworld w {{ export f: func(a: {}u8{}); }}\n", "list<".repeat(10_000), ">".repeat(10_000));
    fs::write(at("deep.wit"), list).unwrap();
    refused(folder.path(), "wrap empty.wat --wit deep.wit -o out", "wit/too-deep");
    refused(folder.path(), "embed empty.wat --wit deep.wit -o out", "wit/too-deep");
    for (open, close) in [("(component ", ")"), ("(module (func ", "))"), ("(; ", ""), ("(; ", ";)")] {
        fs::write(at("deep.wat"), open.repeat(10_000) + &close.repeat(10_000)).unwrap();
        assert_eq!(withe(folder.path(), "wrap deep.wat --wit calc.wit -o out").0, 1);
    }
    let blocks = format!("(module (func {}{}))", "(block ".repeat(10_000), ")".repeat(10_000));
    fs::write(at("deep.wat"), blocks).unwrap();
    refused(folder.path(), "wrap deep.wat --wit calc.wit -o out", "encode/missing-export");
}

/// A world of 50 000 functions, implemented and not, and imported.
#[test]
fn a_world_of_fifty_thousand_functions_is_encoded_or_told() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let count = 50_000;
    let functions: String = (0..count).map(|n| format!("  export fn{n}: func(a: string) -> u32;\n")).collect();
    fs::write(at("world.wit"), format!("package local:many;\nworld many {{\n{functions}}}\n")).unwrap();
    let most = Most { time: Duration::from_secs(1), memory: 250 << 20 };
    let (status, said) = withe_within(&most, folder.path(), "wrap empty.wat --wit world.wit -o out");
    assert!(status == 1 && said.len() < 6 << 20, "{status}: {}", beginning(&said));
    assert_eq!(fs::read_to_string(at("out")).unwrap(), OLD);
    let types = vec![2, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f];
    let named = |name: &str, item: [u8; 2]| [&sized(name.as_bytes())[..], &item].concat();
    let mut exports = vec![named("memory", [2, 0]), named("cabi_realloc", [0, 1])];
    exports.extend((0..count).map(|n| named(&format!("fn{n}"), [0, 0])));
    let code = vec![2, 4, 0, 0x41, 0, 0x0b, 4, 0, 0x41, 0, 0x0b];
    let sections = [(1, types), (3, vec![2, 0, 1]), (5, vec![1, 0, 1]), (7, vector(exports.into_iter())), (10, code)];
    fs::write(at("all.wasm"), module(&sections)).unwrap();
    assert_eq!(withe_within(&most, folder.path(), "wrap all.wasm --wit world.wit -o whole.wasm").0, 0);
}

#[test]
fn two_modules_of_sixty_megabytes_are_read_once() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder();
    let body = sized(&[&[0][..], &[0x41, 0, 0x1a].repeat(2_000_000), &[0x0b]].concat());
    let code = [&[11][..], &body.repeat(10), &[4, 0, 0x41, 0, 0x0b]].concat();
    let types = vec![2, 0x60, 0, 0, 0x60, 2, 0x7f, 0x7e, 1, 0x7f];
    let functions = [&[11][..], &[0; 10], &[1]].concat();
    let sections = [(1, types), (3, functions), (7, [&[1][..], &sized(b"add"), &[0, 10]].concat()), (10, code)];
    let bytes = module(&sections);
    assert!(bytes.len() > 60_000_000);
    fs::write(folder.path().join("big.wasm"), bytes).unwrap();
    let most = Most { time: Duration::from_secs(2), memory: 300 << 20 };
    let command = "wrap big.wasm --wit calc.wit --adapt x=big.wasm -o whole.wasm";
    assert_eq!(withe_within(&most, folder.path(), command).0, 0);
    assert!(fs::metadata(folder.path().join("whole.wasm")).unwrap().len() > 60_000_000);
}

/// The module of `calc.wit`, and an adapter, as binaries.
fn calc(folder: &Path) {
    let add = "(module (func (export \"add\") (param i32 i64) (result i32) (i32.const 1)))";
    fs::write(folder.join("core.wat"), add).unwrap();
    fs::write(folder.join("old.wat"), "(module (func (export \"f\")))").unwrap();
    assert_eq!(withe(folder, "parse core.wat -o core.wasm").0, 0);
    assert_eq!(withe(folder, "parse old.wat -o old.wasm").0, 0);
}

#[test]
fn a_module_may_be_replaced_and_no_other_input() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    calc(folder.path());
    fs::create_dir(at("wit")).unwrap();
    fs::write(at("wit/calc.wit"), CALC).unwrap();
    let core = fs::read(at("core.wasm")).unwrap();
    let adapter = fs::read(at("old.wasm")).unwrap();
    for command in [
        "wrap core.wasm --wit calc.wit -o calc.wit",
        "wrap core.wasm --wit wit -o wit/../wit/calc.wit",
        "wrap core.wasm --wit calc.wit --adapt old.wasm -o old.wasm",
        "wrap core.wasm --wit calc.wit --adapt x=old.wasm -o ./old.wasm",
        "embed core.wasm --wit calc.wit -o calc.wit",
        "embed core.wasm --wit wit -o wit/calc.wit",
    ] {
        let (status, said) = withe(folder.path(), command);
        assert!(status == 2 && said.contains("would replace what is read"), "`{command}`: {status}\n{said}");
        for wit in ["calc.wit", "wit/calc.wit"] {
            assert_eq!(fs::read_to_string(at(wit)).unwrap(), CALC, "`{command}`");
        }
        assert_eq!(fs::read(at("old.wasm")).unwrap(), adapter, "`{command}`");
    }
    // In place, as build scripts have it.
    assert_eq!(withe(folder.path(), "embed core.wasm --wit calc.wit -o core.wasm").0, 0);
    let embedded = fs::read(at("core.wasm")).unwrap();
    assert!(embedded.len() > core.len() && embedded.starts_with(&core));
    assert_eq!(withe(folder.path(), "wrap core.wasm -o core.wasm").0, 0);
    assert!(fs::read(at("core.wasm")).unwrap().starts_with(b"\0asm\x0d\0\x01\0"));
    // What is refused leaves the module in its place.
    fs::write(at("core.wasm"), &adapter).unwrap();
    assert_eq!(withe(folder.path(), "wrap core.wasm --wit calc.wit -o core.wasm").0, 1);
    assert_eq!(fs::read(at("core.wasm")).unwrap(), adapter);
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_told_and_leaves_nothing() {
    use std::process::{Command, Stdio};
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder();
    calc(folder.path());
    let before = fs::read_dir(folder.path()).unwrap().count();
    // No one may write to `/proc`, whoever it is.
    for out in [".", "no/such/out", "calc.wit/out", "/dev/full", "/proc/out", "/proc/no/out"] {
        for command in ["wrap core.wasm --wit calc.wit", "embed core.wasm --wit calc.wit", "strip core.wasm"] {
            let (status, said) = withe(folder.path(), &format!("{command} -o {out}"));
            assert!(status == 1 && said.contains("error[output/unwritable-file]"), "{command} -o {out}: {said}");
            assert!(!said.contains(".tmp"), "{said}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), before, "{command} -o {out}");
        }
    }
    let start = |stdout: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_withe"));
        command.args(["wrap", "core.wasm", "--wit", "calc.wit", "-o", "-"]).current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap()
    };
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = start(full.into()).wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("error[output/unwritable-file]"), "{said}");
    // A reader that has gone away wants no more.
    let mut gone = start(Stdio::piped());
    drop(gone.stdout.take());
    let output = gone.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
