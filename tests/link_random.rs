//! Libraries put together at random do what they say: calls, addresses of functions and data, and constructors.
//!
//! In: a seed. Out: two to six libraries that import from each other, in cycles too; what their first function returns
//! is computed here from the same description, and compared with what the linked component returns.
//! Holds: the first library that exports a symbol defines it; what is weak and missing is null.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests write files, and unwrap")]

use std::fmt::Write as _;
use std::fs;

use testing::seeds::{self, Random};
use withe::{Exit, Io};

/// A term of a function's sum.
#[derive(Clone, Debug)]
enum Term {
    Constant(i32),
    /// A call of a symbol, with the argument less one.
    Call(String),
    /// The same through its address, with the argument less two.
    Pointer(String),
    /// A word of data.
    Load(String),
    /// The address of a function that no library has.
    Missing,
}

#[derive(Clone, Debug)]
struct Func {
    name: String,
    /// What it returns for zero and less.
    least: i32,
    terms: Vec<Term>,
}

#[derive(Clone, Debug)]
struct Library {
    funcs: Vec<Func>,
    data: Vec<(String, i32)>,
    /// The export that adds a thousand to the first word of its data.
    initializer: Option<&'static str>,
    needed: Vec<usize>,
    alignment: usize,
}

const WIT: &str = "package local:random; world random { export run: func(x: s32) -> s32; }";
const ARGUMENTS: [i32; 3] = [0, 3, 6];

#[test]
fn fuzz_linked_libraries() {
    seeds::check("fuzz_linked_libraries", 60, |random| {
        let libraries = libraries(random);
        let stub = if random.below(4) == 0 { " --stub-missing-functions" } else { "" };
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("random.wit"), WIT).unwrap();
        let mut command = "link --wit random.wit -o out.wasm".to_owned() + stub;
        for (index, library) in libraries.iter().enumerate() {
            fs::write(folder.path().join(format!("{index}.wat")), text(library)).unwrap();
            write!(command, " lib{index}={index}.wat").unwrap();
        }
        withe(folder.path(), &command.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let calls = ARGUMENTS.iter().map(|argument| format!("run({argument})"));
        let words: Vec<String> = ["call".to_owned(), "out.wasm".to_owned()].into_iter().chain(calls).collect();
        let found = withe(folder.path(), &words);
        let expected: Vec<String> = ARGUMENTS.iter().map(|x| value(&libraries, "run", *x).to_string()).collect();
        assert_eq!(found.lines().collect::<Vec<_>>(), expected, "{libraries:#?}");
    });
}

/// What a command that must succeed writes.
fn withe(folder: &std::path::Path, words: &[String]) -> String {
    let mut io = Io::captured(folder);
    let words = std::iter::once("withe".to_owned()).chain(words.iter().cloned());
    let exit = withe::run(words, &mut io);
    assert_eq!(exit, Exit::OK, "{}", io.stderr.text());
    io.stdout.text()
}

fn libraries(random: &mut Random) -> Vec<Library> {
    let count = 2 + random.below(5);
    let names = |kind: &str, library: usize, count: usize| -> Vec<String> {
        (0..count).map(|index| format!("{kind}{library}_{index}")).collect()
    };
    let mut funcs: Vec<Vec<String>> = (0..count).map(|library| names("f", library, 1 + random.below(3))).collect();
    let mut data: Vec<Vec<String>> = (0..count).map(|library| names("d", library, random.below(3))).collect();
    // Some symbols are defined twice.
    for library in 1..count {
        let other = random.below(library);
        if random.below(3) == 0 {
            let name = funcs[other][0].clone();
            funcs[library].push(name);
        }
        if let (0, Some(name)) = (random.below(4), data[other].first().cloned()) {
            data[library].push(name);
        }
    }
    let (all_funcs, all_data) = (funcs.concat(), data.concat());
    let library = |index: usize, random: &mut Random| {
        let mut func = |name: &String| Func {
            name: name.clone(),
            least: small(random),
            terms: (0..random.below(4)).map(|_| term(random, &all_funcs, &all_data)).collect(),
        };
        let mut funcs: Vec<Func> = funcs[index].iter().map(&mut func).collect();
        if index == 0 {
            funcs.push(func(&"run".to_owned()));
        }
        let words: Vec<(String, i32)> = data[index].iter().map(|name| (name.clone(), small(random))).collect();
        let kinds = ["__wasm_call_ctors", "_initialize", "__wasm_apply_data_relocs"];
        let initializer = (!words.is_empty() && random.below(2) == 0).then(|| kinds[random.below(3)]);
        let needed = (0..count).filter(|other| *other != index && random.below(3) == 0).collect();
        Library { funcs, data: words, initializer, needed, alignment: 2 + random.below(4) }
    };
    (0..count).map(|index| library(index, random)).collect()
}

fn small(random: &mut Random) -> i32 {
    i32::try_from(random.below(100)).unwrap()
}

fn term(random: &mut Random, funcs: &[String], data: &[String]) -> Term {
    let func = funcs[random.below(funcs.len())].clone();
    match random.below(6) {
        0 | 1 => Term::Call(func),
        2 => Term::Pointer(func),
        3 | 4 if !data.is_empty() => Term::Load(data[random.below(data.len())].clone()),
        5 => Term::Missing,
        _ => Term::Constant(small(random)),
    }
}

/// What a symbol's function returns.
fn value(libraries: &[Library], name: &str, x: i32) -> i32 {
    let all = libraries.iter().flat_map(|library| &library.funcs);
    let func = all.into_iter().find(|func| func.name == name).unwrap();
    if x <= 0 {
        return func.least;
    }
    func.terms.iter().fold(x, |sum, term| {
        let term = match term {
            Term::Constant(constant) => *constant,
            Term::Call(name) => value(libraries, name, x - 1),
            Term::Pointer(name) => value(libraries, name, x - 2),
            Term::Load(name) => word(libraries, name),
            Term::Missing => 0,
        };
        sum.wrapping_mul(3).wrapping_add(term)
    })
}

fn word(libraries: &[Library], name: &str) -> i32 {
    let found = libraries.iter().find_map(|library| {
        let place = library.data.iter().position(|(other, _)| other == name)?;
        let added = if place == 0 && library.initializer.is_some() { 1000 } else { 0 };
        Some(library.data[place].1 + added)
    });
    found.unwrap()
}

/// The library in the text format.
fn text(library: &Library) -> String {
    let Library { funcs, data, initializer, needed, alignment } = library;
    let needed: String = needed.iter().map(|index| format!(" \"lib{index}\"")).collect();
    let needed = if needed.is_empty() { needed } else { format!("(needed{needed})") };
    let mut text = format!(
        "(module\n  (@dylink.0 (mem-info (memory {} {alignment})) {needed} (import-info \"env\" \"no\" binding-weak))\n\
         \x20 (type $t (func (param i32) (result i32)))\n\
         \x20 (import \"env\" \"memory\" (memory 0))\n\
         \x20 (import \"env\" \"__indirect_function_table\" (table 0 funcref))\n\
         \x20 (import \"env\" \"__memory_base\" (global $base i32))\n",
        4 * data.len(),
    );
    let mut imports: Vec<String> = funcs.iter().flat_map(|func| &func.terms).filter_map(import).collect();
    imports.sort();
    imports.dedup();
    text.push_str(&imports.concat());
    for (place, (name, word)) in data.iter().enumerate() {
        let bytes: String = word.to_le_bytes().iter().map(|byte| format!("\\{byte:02x}")).collect();
        writeln!(text, "  (global (export \"{name}\") i32 (i32.const {}))", 4 * place).unwrap();
        writeln!(text, "  (data (offset (i32.add (global.get $base) (i32.const {}))) \"{bytes}\")", 4 * place).unwrap();
    }
    if let Some(name) = initializer {
        let sum = "(i32.add (i32.load (global.get $base)) (i32.const 1000))";
        writeln!(text, "  (func (export \"{name}\") (i32.store (global.get $base) {sum}))").unwrap();
    }
    for func in funcs {
        let sum = func.terms.iter().fold("(local.get 0)".to_owned(), |sum, term| {
            format!("(i32.add (i32.mul {sum} (i32.const 3)) {})", code(term))
        });
        let least = format!("(if (i32.le_s (local.get 0) (i32.const 0)) (then (return (i32.const {}))))", func.least);
        writeln!(text, "  (func (export \"{}\") (type $t) {least} {sum})", func.name).unwrap();
    }
    text + ")"
}

fn import(term: &Term) -> Option<String> {
    match term {
        Term::Constant(_) => None,
        Term::Call(name) => Some(format!("  (import \"env\" \"{name}\" (func $c_{name} (type $t)))\n")),
        Term::Pointer(name) => Some(format!("  (import \"GOT.func\" \"{name}\" (global $p_{name} (mut i32)))\n")),
        Term::Load(name) => Some(format!("  (import \"GOT.mem\" \"{name}\" (global $d_{name} (mut i32)))\n")),
        Term::Missing => Some("  (import \"GOT.func\" \"no\" (global $no (mut i32)))\n".to_owned()),
    }
}

fn code(term: &Term) -> String {
    match term {
        Term::Constant(constant) => format!("(i32.const {constant})"),
        Term::Call(name) => format!("(call $c_{name} (i32.sub (local.get 0) (i32.const 1)))"),
        Term::Pointer(name) => {
            format!("(call_indirect (type $t) (i32.sub (local.get 0) (i32.const 2)) (global.get $p_{name}))")
        }
        Term::Load(name) => format!("(i32.load (global.get $d_{name}))"),
        Term::Missing => "(global.get $no)".to_owned(),
    }
}
