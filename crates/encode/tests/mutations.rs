//! Mutated modules, adapters and worlds end in a valid component or in diagnostics with a place, soon, without a panic.
//!
//! In: the cases of `fixtures/encode` and the public ones, and a seed. Out: nothing; a panic names the seed.
//! Holds: from valid core modules no component is made that a validator refuses.
//!
//! A plain run takes 100 000 fixed seeds; `cargo xtask fuzz --seconds N` takes fresh ones.
#![expect(clippy::disallowed_methods, reason = "tests read their cases, and start themselves anew")]
#![expect(clippy::unwrap_used, reason = "tests unwrap")]

#[allow(dead_code, reason = "other tests use the rest of it")]
mod common;

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use common::{Encoded, Inputs, Stop};
use indexmap::IndexMap;
use testing::seeds::{Random, check_parallel};
use testing::{damage, limits};
use types::Types;

/// What one input may take, of the processor's time.
const MOST: Duration = Duration::from_secs(5);

struct Case {
    name: String,
    inputs: Inputs,
    /// The main module's text.
    text: String,
    files: IndexMap<String, Vec<u8>>,
}

struct Cases {
    /// Of one main module.
    all: Vec<Case>,
    /// Of linked libraries.
    linked: Vec<Case>,
    /// Modules and adapters of all cases, to take pieces from.
    modules: Vec<Vec<u8>>,
    /// Words of all WIT.
    words: Vec<String>,
}

static CASES: LazyLock<Cases> = LazyLock::new(|| {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/encode");
    let public = testing::conformance::folder("encode").ok();
    let folders: Vec<PathBuf> = std::iter::once(own).chain(public).collect();
    let paths = folders.iter().flat_map(|folder| common::sorted(folder)).filter(|path| path.is_dir());
    let (all, linked): (Vec<Case>, Vec<Case>) =
        paths.filter_map(|path| case(&path)).partition(|case| case.inputs.libraries.is_empty());
    assert!(all.len() > 20, "{} cases", all.len());
    let modules = all.iter().chain(&linked).flat_map(|case| parts(&case.inputs)).cloned();
    let modules: Vec<Vec<u8>> = modules.filter(|module| !module.is_empty()).collect();
    let mut words: Vec<String> =
        all.iter().flat_map(|case| case.files.values()).flat_map(|file| tokens(file)).collect();
    words.sort();
    words.dedup();
    Cases { modules, words, all, linked }
});

/// The main module, if there is one, adapters and libraries.
fn parts(inputs: &Inputs) -> impl Iterator<Item = &Vec<u8>> {
    let adapters = inputs.adapters.iter().map(|(.., bytes)| bytes);
    let libraries = inputs.libraries.iter().map(|library| &library.bytes);
    std::iter::once(&inputs.main).chain(adapters).chain(libraries)
}

/// A case, if its files can be read. One that is refused can be mutated, too.
fn case(path: &Path) -> Option<Case> {
    let text = std::fs::read_to_string(path.join("module.wat")).unwrap_or_default();
    let name = path.file_name()?.to_string_lossy().into_owned();
    let inputs = common::inputs(path).ok()?;
    if inputs.main.is_empty() && inputs.libraries.is_empty() {
        return None;
    }
    Some(Case { name, inputs, text, files: common::source_files(path) })
}

/// One of the cases; those with the adapter for preview1, which is large, seldom.
fn any_case(random: &mut Random) -> &'static Case {
    let mut case = random.pick(&CASES.all);
    while case.inputs.uses_built_in_adapter() && random.below(16) != 0 {
        case = random.pick(&CASES.all);
    }
    case
}

#[test]
fn fuzz_mutated_modules() {
    check_parallel("fuzz_mutated_modules", 82_000, |random| {
        let case = any_case(random);
        let mut inputs = case.inputs.clone();
        let adapters = inputs.adapters.len();
        match random.below(2 + adapters) {
            at if at < adapters => harm(random, &mut inputs.adapters[at].2),
            _ => harm(random, &mut inputs.main),
        }
        ends_well(&case.name, &inputs);
    });
}

#[test]
fn fuzz_mutated_libraries() {
    if CASES.linked.is_empty() {
        // All such cases are public ones, which may be missing.
        return;
    }
    check_parallel("fuzz_mutated_libraries", 5_000, |random| {
        let case = random.pick(&CASES.linked);
        let mut inputs = case.inputs.clone();
        let at = random.below(inputs.libraries.len());
        harm(random, &mut inputs.libraries[at].bytes);
        ends_well(&case.name, &inputs);
    });
}

fn harm(random: &mut Random, bytes: &mut Vec<u8>) {
    *bytes = damage::harmed(random, bytes, &CASES.modules);
}

#[test]
fn fuzz_added_items() {
    check_parallel("fuzz_added_items", 7_000, |random| {
        let case = any_case(random);
        let text = with_items(random, case);
        let Ok(Ok(main)) = with_world(&text, case.files.clone()) else { return };
        ends_well(&case.name, &Inputs { main, ..case.inputs.clone() });
    });
}

#[test]
fn fuzz_changed_worlds() {
    check_parallel("fuzz_changed_worlds", 6_000, |random| {
        let case = any_case(random);
        let mut files = case.files.clone();
        if files.is_empty() {
            return;
        }
        for _ in 0..=random.below(3) {
            let at = random.below(files.len());
            files[at] = with_other_words(random, &files[at]);
        }
        let Ok(Ok(main)) = with_world(&case.text, files) else { return };
        ends_well(&case.name, &Inputs { main, ..case.inputs.clone() });
    });
}

/// The module with the world `module` of these files; the inner error is a refusal of the WIT.
fn with_world(text: &str, files: IndexMap<String, Vec<u8>>) -> Result<Result<Vec<u8>, diag::Diagnostics>, String> {
    match common::embedded(&mut Types::new(), text, files, "module") {
        Ok(main) => Ok(Ok(main)),
        Err(Stop::Refused(diagnostics)) => {
            told(&diagnostics);
            Ok(Err(diagnostics))
        }
        Err(Stop::NotRun(why)) => Err(why),
    }
}

/// Encodes; what comes out must be valid, or told with a place.
fn ends_well(name: &str, inputs: &Inputs) {
    let (result, took) = limits::timed(|| common::encode_inputs(inputs));
    assert!(took < MOST, "{name} took {took:?}");
    match result {
        Ok(encoded) => is_valid(name, inputs, &encoded),
        Err(Stop::Refused(diagnostics)) => told(&diagnostics),
        Err(Stop::NotRun(why)) => panic!("{name} is not run: {why}"),
    }
}

fn told(diagnostics: &diag::Diagnostics) {
    assert!(!diagnostics.0.is_empty(), "refused without a reason");
    for one in &diagnostics.0 {
        assert!(!one.labels.is_empty(), "{one:?}");
    }
}

/// A component that is not valid may only come from a module that is not valid: `withe wrap` tells that of the output.
fn is_valid(name: &str, inputs: &Inputs, encoded: &Encoded) {
    let Err(why) = common::validate(&encoded.bytes) else { return };
    let mut modules = parts(inputs).filter(|module| !module.is_empty());
    if !modules.all(|module| common::validate(module).is_ok()) || is_limit(&why) {
        return;
    }
    let folder = testing::scratch("mutations").unwrap();
    std::fs::write(folder.join("module.wasm"), &inputs.main).unwrap();
    std::fs::write(folder.join("component.wasm"), &encoded.bytes).unwrap();
    for (name, _, bytes) in &inputs.adapters {
        std::fs::write(folder.join(format!("adapt-{name}.wasm")), bytes).unwrap();
    }
    for library in &inputs.libraries {
        std::fs::write(folder.join(format!("lib-{}.wasm", library.name)), &library.bytes).unwrap();
    }
    panic!("{name}: a component that is not valid, of valid modules: {why}\nin {}\n{}", folder.display(), encoded.plan);
}

/// Limits of the validators, which no format has: the world is too large for them.
fn is_limit(why: &str) -> bool {
    ["effective type size", "limit", "out of bounds: maximum", "nesting"].iter().any(|text| why.contains(text))
}

/// Signatures that built-in functions have, and some that none has.
const SIGNATURES: &[&str] = &[
    "",
    "(param i32)",
    "(result i32)",
    "(param i32) (result i32)",
    "(param i32 i32)",
    "(param i32 i32) (result i32)",
    "(param i32 i32 i32) (result i32)",
    "(param i32 i32 i32 i32) (result i32)",
    "(result i64)",
    "(param i64)",
    "(param i32 i64 f32 f64)",
    "(param i32 i32 i32) (result i32 i32)",
];

/// A case's text with up to four more imports and exports, the names made of those that it has.
fn with_items(random: &mut Random, case: &Case) -> String {
    let names = names(&case.inputs.main);
    let mut imports = String::new();
    let mut exports = String::new();
    for number in 0..=random.below(4) {
        let (module, field) = random.pick(&names).clone();
        let changed = |random: &mut Random, name: &str| {
            let name = if random.below(3) == 0 { name.as_bytes().to_vec() } else { changed(random, name) };
            quoted(&name)
        };
        let (module, field) = (changed(random, &module), changed(random, &field));
        let signature = random.pick(SIGNATURES);
        let _ = match random.below(6) {
            0 => writeln!(exports, "(func (export {field}) {signature} unreachable)"),
            1 => writeln!(exports, "(func (export {module}) {signature} unreachable)"),
            2 => writeln!(exports, "{}", other_item(random, &field, number)),
            3 => writeln!(imports, "(import \"$root\" {field} (func {signature}))"),
            _ => writeln!(imports, "(import {module} {field} (func {signature}))"),
        };
    }
    let start = case.text.find("(module").map_or(0, |at| at + "(module".len());
    let (before, after) = case.text.split_at(start);
    let named = after.trim_start().starts_with('$');
    let name_end = if named { after.find(['\n', ')']).unwrap_or(0) } else { 0 };
    let (name, body) = after.split_at(name_end);
    let body = body.trim_end();
    let inside = body.strip_suffix(')').unwrap_or(body);
    format!("{before}{name}\n{imports}{inside}\n{exports})\n")
}

/// A name as its owner might have meant it: part of a special one.
fn changed(random: &mut Random, name: &str) -> Vec<u8> {
    let changed = damage::changed_name(random, name.as_bytes());
    if random.below(4) == 0 { damage::changed_name(random, &changed) } else { changed }
}

fn other_item(random: &mut Random, name: &str, number: usize) -> String {
    let items = [
        format!("(memory (export {name}) 1)"),
        format!("(table (export {name}) 1 funcref)"),
        format!("(global (export {name}) (mut i32) i32.const 0)"),
        "(memory (export \"memory\") 1)".to_owned(),
        "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) unreachable)".to_owned(),
        "(table (export \"__indirect_function_table\") 1 funcref)".to_owned(),
        "(func (export \"__wasm_task_hook\") (param i32))".to_owned(),
        format!("(func $started{number}) (start $started{number})"),
    ];
    random.pick(&items).clone()
}

/// Names of the imports; of each export, as a module and as a field.
fn names(main: &[u8]) -> Vec<(String, String)> {
    let module = wasm::read_module("module.wasm", main).unwrap();
    let imports = module.imports.iter().map(|import| (import.module.to_string(), import.field.to_string()));
    let exports = module.exports.keys().map(|name| ("$root".to_owned(), name.to_string()));
    let mut names: Vec<_> = imports.chain(exports).collect();
    names.push(("$root".to_owned(), "f".to_owned()));
    names
}

fn quoted(name: &[u8]) -> String {
    let escaped = name.iter().map(|byte| match byte {
        b'"' | b'\\' | 0..0x20 | 0x7f.. => format!("\\{byte:02x}"),
        _ => char::from(*byte).to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Words and signs of WIT.
fn tokens(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let mut tokens: Vec<String> = Vec::new();
    let mut joined = false;
    for c in text.chars() {
        let joins = c.is_ascii_alphanumeric() || matches!(c, '-' | '%' | '_');
        match tokens.last_mut() {
            Some(last) if joins && joined => last.push(c),
            Some(_) | None => tokens.push(c.to_string()),
        }
        joined = joins;
    }
    tokens
}

/// Types whose values are the same core values, so that a module fits after a change among them.
const ALIKE: &[&[&str]] = &[
    &["u8", "u16", "u32", "s8", "s16", "s32", "char", "bool"],
    &["u64", "s64"],
    &["string", "list<u8>", "list<char>", "list<string>", "list<tuple<u8, string>>", "map<u8, string>"],
    &["import", "export", "include"],
    &["func", "async func"],
    &["u32", "stream<u8>", "future<string>", "future", "stream", "error-context", "flags", "enum"],
    &["record", "variant", "enum", "flags", "resource"],
];

/// WIT with a word replaced by one that is alike, or by any other; or with a line twice, or without one.
fn with_other_words(random: &mut Random, text: &[u8]) -> Vec<u8> {
    if random.below(4) == 0 {
        return with_other_lines(random, text);
    }
    let mut tokens = tokens(text);
    let words: Vec<usize> = (0..tokens.len()).filter(|at| tokens[*at].len() > 1).collect();
    if words.is_empty() {
        return text.to_vec();
    }
    let at = *random.pick(&words);
    let alike: Vec<&str> =
        ALIKE.iter().filter(|group| group.contains(&&*tokens[at])).flat_map(|group| *group).copied().collect();
    tokens[at] = if alike.is_empty() || random.below(3) == 0 {
        random.pick(&CASES.words).clone()
    } else {
        (*random.pick(&alike)).to_owned()
    };
    tokens.concat().into_bytes()
}

fn with_other_lines(random: &mut Random, text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut lines: Vec<&str> = text.lines().collect();
    if !lines.is_empty() {
        let (a, b) = (random.below(lines.len()), random.below(lines.len()));
        match random.below(3) {
            0 => drop(lines.remove(a)),
            1 => lines.insert(b, lines[a]),
            _ => lines.swap(a, b),
        }
    }
    lines.join("\n").into_bytes()
}

/// Set in the process that only tells what it made.
const TELL: &str = "WITHE_TELL_DIGESTS";

/// What becomes of all cases and of mutations, in one line each: digests of the bytes, or of what is said.
fn digests() -> Vec<String> {
    let of = |result: Result<Encoded, Stop>| {
        let mut hasher = DefaultHasher::new();
        match result {
            Ok(encoded) => (encoded.bytes, encoded.plan).hash(&mut hasher),
            Err(Stop::Refused(diagnostics)) => common::diagnostics_text(&diagnostics).hash(&mut hasher),
            Err(Stop::NotRun(why)) => why.hash(&mut hasher),
        }
        hasher.finish()
    };
    let mut lines: Vec<String> = CASES
        .all
        .iter()
        .chain(&CASES.linked)
        .map(|case| format!("{} {:x}", case.name, of(common::encode_inputs(&case.inputs))))
        .collect();
    for seed in 0..500 {
        let random = &mut Random::new(seed);
        let case = any_case(random);
        let mut inputs = case.inputs.clone();
        harm(random, &mut inputs.main);
        lines.push(format!("mutation {seed} {:x}", of(common::encode_inputs(&inputs))));
    }
    lines
}

#[test]
fn the_same_input_gives_the_same_in_another_process() {
    let first = digests();
    if std::env::var(TELL).is_ok() {
        return tell(&first);
    }
    assert_eq!(digests(), first, "the second time");
    let program = std::env::current_exe().unwrap();
    let mut again = std::process::Command::new(program);
    again.args(["--exact", "the_same_input_gives_the_same_in_another_process", "--nocapture"]).env(TELL, "1");
    let said = String::from_utf8(again.output().unwrap().stdout).unwrap();
    let told: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("digest: ")).collect();
    let differing = told.iter().zip(&first).find(|(told, first)| told != first);
    assert!(
        told.len() == first.len() && differing.is_none(),
        "in another process: {} lines, {differing:?}",
        told.len()
    );
}

#[expect(clippy::print_stdout, reason = "it is read by the process that started this one")]
fn tell(lines: &[String]) {
    println!();
    lines.iter().for_each(|line| println!("digest: {line}"));
}
