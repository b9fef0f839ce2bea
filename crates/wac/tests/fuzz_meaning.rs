//! Seeded random scripts over fixed packages, through parser and resolver, and on to bytes: a valid component or
//! diagnostics, each with places in the text, and never a panic.

#[path = "support/load.rs"]
#[expect(dead_code, reason = "these scripts come from no file, and what is said of them is not drawn")]
mod load;

use diag::{Diagnostic, Place};
use testing::seeds::{self, Random};
use testing::{cases, fixtures, read_text};
use types::Types;
use withe_wac::syntax::tree::Package;

use load::{Composed, File, compose_text};

/// What a script is made of: statements over a few names, packages and types, most of which exist.
const NAMES: &[&str] = &["a", "b", "c", "seed", "log", "api", "tool", "r", "t", "nowhere"];
const TYPES: &[&str] = &[
    "u32",
    "string",
    "a",
    "b",
    "r",
    "t",
    "list<a>",
    "option<t>",
    "result<r, t>",
    "borrow<r>",
    "own<r>",
    "stream<a>",
    "future<t>",
    "map<u32, b>",
    "map<f32, b>",
    "tuple<a, b>",
    "list<u8, 3>",
    "error-context",
];
const FUNCS: &[&str] =
    &["func()", "func() -> u32", "func(code: u32)", "async func()", "func(a: a, b: r) -> t", "func(a: u8, a: u8)"];
const PATHS: &[&str] = &[
    "local:host/log@1.0.0",
    "local:host/log",
    "local:deep/api",
    "local:app/api",
    "local:app/tool",
    "\"local/host.wit\"/log",
    "local:calc/api",
    "local:logger/log",
    "local:none/x",
    "local:deep/api/get",
    "local:deep/w",
];
const PACKAGES: &[&str] = &[
    "local:calc",
    "local:user",
    "local:logger",
    "local:owner",
    "local:maker",
    "local:taker",
    "\"local/calc.wat\"",
    "local:none",
    "local:app",
    "local:deep",
];
const NAMED: &[&str] = &["log", "seed", "stock", "\"local:host/log@1.0.1\"", "maker", "\"x\""];

#[test]
fn fuzz_random_scripts() {
    seeds::check("fuzz_random_scripts", 1500, |random| {
        let mut text = "package local:app;\n".to_owned();
        if random.below(8) == 0 {
            text = format!("package local:app targets {};\n", random.pick(PATHS));
        }
        for _ in 0..random.below(9) {
            statement(random, &mut text);
        }
        check(&text);
    });
}

#[test]
fn fuzz_scripts_with_other_words() {
    let scripts: Vec<String> = cases::directories(&fixtures("wac"))
        .iter()
        .map(|case| case.join("script.wac"))
        .filter(|script| script.is_file())
        .map(|script| read_text(&script).expect("a script can be read"))
        .collect();
    seeds::check("fuzz_scripts_with_other_words", 800, |random| {
        let text = random.pick(&scripts).clone();
        let mut words: Vec<&str> = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()).collect();
        let donor = random.pick(&scripts).clone();
        let donors: Vec<&str> = donor.split_inclusive(|c: char| !c.is_ascii_alphanumeric()).collect();
        for _ in 0..=random.below(4) {
            let at = random.below(words.len());
            match random.below(3) {
                0 => words[at] = random.pick::<&str>(&donors),
                1 => {
                    let other = random.below(words.len());
                    words.swap(at, other);
                }
                _ => {
                    words.remove(at);
                }
            }
            if words.is_empty() {
                return;
            }
        }
        check(&words.concat());
    });
}

fn statement(random: &mut Random, text: &mut String) {
    let name = random.pick::<&str>(NAMES).to_string();
    let said = match random.below(8) {
        0 => format!("import {name}: {};", item_type(random)),
        1 => format!("import {name} as {}: {};", random.pick(NAMES), item_type(random)),
        2 | 3 => format!("let {name} = {};", expr(random, 3)),
        4 => format!("export {}{};", expr(random, 2), random.pick(&["", "...", " as a", " as \"b:c/d\""])),
        5 => format!("interface {name} {{ {} }}", items(random)),
        6 => format!("world {name} {{ {} }}", world_items(random)),
        _ => type_decl(random, &name),
    };
    text.push_str(&said);
    text.push('\n');
}

fn item_type(random: &mut Random) -> String {
    match random.below(4) {
        0 => random.pick::<&str>(FUNCS).to_string(),
        1 => random.pick::<&str>(PATHS).to_string(),
        2 => random.pick::<&str>(NAMES).to_string(),
        _ => format!("interface {{ {} }}", items(random)),
    }
}

fn type_decl(random: &mut Random, name: &str) -> String {
    match random.below(6) {
        0 => format!("record {name} {{ x: {}, y: {} }}", random.pick(TYPES), random.pick(TYPES)),
        1 => format!("variant {name} {{ x, y({}) }}", random.pick(TYPES)),
        2 => format!("enum {name} {{ x, y }}"),
        3 => format!("flags {name} {{ x, y }}"),
        4 => format!("type {name} = {};", random.pick(FUNCS)),
        _ => format!("type {name} = {};", random.pick(TYPES)),
    }
}

fn items(random: &mut Random) -> String {
    let mut out = String::new();
    for _ in 0..random.below(5) {
        let name = random.pick::<&str>(NAMES).to_string();
        out.push_str(&match random.below(5) {
            0 => format!("use {}.{{{}, {} as {name}}};", from(random), random.pick(NAMES), random.pick(NAMES)),
            1 => format!("resource {name} {{ constructor(); f: {}; }}", random.pick(FUNCS)),
            2 => type_decl(random, &name),
            3 => format!("{name}: {};", random.pick(NAMES)),
            _ => format!("{name}: {};", random.pick(FUNCS)),
        });
    }
    out
}

fn from(random: &mut Random) -> String {
    if random.below(2) == 0 { random.pick::<&str>(NAMES).to_string() } else { random.pick::<&str>(PATHS).to_string() }
}

fn world_items(random: &mut Random) -> String {
    let mut out = items(random).split_inclusive(';').filter(|item| item.starts_with("use")).collect::<String>();
    for _ in 0..random.below(5) {
        let side = if random.below(2) == 0 { "import" } else { "export" };
        out.push_str(&match random.below(4) {
            0 => format!("{side} {};", from(random)),
            1 => format!("include {};", from(random)),
            2 => format!("include {} with {{ a as b }};", from(random)),
            _ => format!("{side} {}: {};", random.pick(NAMES), item_type(random)),
        });
    }
    out
}

fn expr(random: &mut Random, depth: usize) -> String {
    let mut out = match random.below(if depth == 0 { 1 } else { 3 }) {
        0 => random.pick::<&str>(NAMES).to_string(),
        1 => format!("({})", expr(random, depth - 1)),
        _ => format!("new {} {{ {} }}", random.pick(PACKAGES), args(random, depth - 1)),
    };
    if random.below(3) == 0 {
        out.push_str(random.pick::<&str>(&[".log", ".run", ".number", ".stock", "[\"local:host/log@1.0.4\"]", ".a"]));
    }
    out
}

fn args(random: &mut Random, depth: usize) -> String {
    let mut args: Vec<String> = (0..random.below(3))
        .map(|_| match random.below(3) {
            0 => random.pick::<&str>(NAMES).to_string(),
            1 => format!("{}: {}", random.pick(NAMED), expr(random, depth)),
            _ => format!("...{}", expr(random, depth)),
        })
        .collect();
    if random.below(3) > 0 {
        args.push("...".to_owned());
    }
    args.join(", ")
}

fn find(package: &Package) -> File {
    let folder = fixtures("wac").join("fuzz");
    load::find(&folder, package)
}

/// What is refused has a place in the text; what is accepted is valid, and the same when it is made again.
fn check(text: &str) {
    let compose = || compose_text(&mut Types::new(), "script.wac", text.as_bytes().to_vec(), &find);
    let first: Result<Composed, Vec<Diagnostic>> = compose();
    match &first {
        Ok(_) => assert_eq!(first, compose(), "{text}"),
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a word:\n{text}");
            for label in problems.iter().flat_map(|problem| &problem.labels) {
                if let Place::Text { source, span } = &label.place {
                    assert!(source.text.get(span.clone()).is_some(), "{label:?}\n{text}");
                }
            }
        }
    }
}
