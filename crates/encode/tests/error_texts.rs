//! What is said of modules that must be refused names what other encoders name, and more.
//!
//! In: the public cases that must be refused, with the message of one other tool. Out: a failure for each name in that
//! message that ours lacks.
//!
//! The folder stands beside the project's checkout, not in it; where it is missing the test says so and passes.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]
#![expect(clippy::unwrap_used, reason = "tests unwrap")]
#![expect(clippy::print_stdout, reason = "how many cases were counted is to be seen")]

#[allow(dead_code, reason = "other tests use the rest of it")]
mod common;

use std::path::{Path, PathBuf};

use common::Stop;
use component::StringEncoding;
use types::Types;
use withe_encode as encode;

/// Names that a message of ours has a reason to lack, by case.
const EXCEPTIONS: [(&str, &str, &str); 0] = [];

#[test]
fn every_name_in_another_tools_message_is_in_ours() {
    let Some(folder) = conformance() else {
        println!("not run: there is no folder `shared/conformance/encode` beside the checkout");
        return;
    };
    let is_refused = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("error-"));
    let cases: Vec<PathBuf> = common::sorted(&folder).into_iter().filter(is_refused).collect();
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let theirs = std::fs::read_to_string(case.join("error.txt")).unwrap();
        let ours = match common::encode_case(case) {
            Err(Stop::Refused(diagnostics)) => common::diagnostics_text(&diagnostics),
            Err(Stop::NotRun(why)) => panic!("{name}: {why}"),
            Ok(_) => panic!("{name} is accepted"),
        };
        let excepted = |token: &String| EXCEPTIONS.iter().any(|(case, excepted, _)| *case == name && excepted == token);
        for token in tokens(&theirs).into_iter().filter(|token| !ours.contains(token) && !excepted(token)) {
            wrong.push(format!("{name} lacks `{token}`:\n{ours}"));
        }
    }
    println!("{} cases", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn conformance() -> Option<PathBuf> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let folder = checkout.parent()?.join("shared/conformance/encode");
    folder.is_dir().then_some(folder)
}

/// What stands in backticks, as we write it: both parts of `module::field`, core types in the text format.
fn tokens(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .flat_map(|token| match (token.split_once(" -> "), token.split_once("::")) {
            (Some((params, results)), _) => vec![signature(params, results)],
            (None, Some((module, field))) => vec![format!("`{module}`"), format!("`{field}`")],
            (None, None) => match token.split_once('.') {
                Some(("env", field)) => vec!["`env`".to_owned(), format!("`{field}`")],
                _ => vec![token.to_owned()],
            },
        })
        .collect()
}

/// `[I32, I32] -> []` as `(func (param i32 i32))`.
fn signature(params: &str, results: &str) -> String {
    let list = |word: &str, types: &str| {
        let types = types.trim_matches(['[', ']']).replace(',', "").to_lowercase();
        if types.is_empty() { String::new() } else { format!(" ({word} {types})") }
    };
    format!("(func{}{})", list("param", params), list("result", results))
}

#[test]
fn signatures_are_written_as_we_write_them() {
    assert_eq!(
        tokens("type `[I32, I64] -> [F32]` of `a::b` in `c`"),
        ["(func (param i32 i64) (result f32))", "`a`", "`b`", "c"]
    );
}

/// A module that carries one world, and is given another.
fn given(carried: &str, given: &str) -> diag::Result<()> {
    let types = &mut Types::new();
    let world = |types: &mut Types, text: &str| {
        let tree = wit::SourceTree::of_text("case.wit", text);
        wit::load(&tree, &wit::LoadOptions::default()).unwrap().world(types, None).unwrap()
    };
    let core = wat::parse_str(r#"(module (func (export "run") (param i32)))"#).unwrap();
    let module = wasm::read_module("module.wasm", &core).unwrap();
    let carried = world(types, carried);
    let bytes = encode::embed(types, &module, carried, StringEncoding::Utf8).unwrap().into_contiguous().into_owned();
    let module = wasm::read_module("module.wasm", &bytes).unwrap();
    let given = world(types, given);
    let guest = encode::Guest::with_world(types, module, given, StringEncoding::Utf8);
    encode::check_given_world(types, &guest)
}

#[test]
fn a_given_world_may_not_contradict_the_one_that_the_module_carries() {
    let one = "package local:app; world app { export run: func(a: u32); }";
    let more = "package local:app; world app { import log: func(); export run: func(a: u32); }";
    let other = "package local:app; world app { export run: func(a: s32); }";
    assert_eq!(given(one, more), Ok(()));
    assert_eq!(given(more, one), Ok(()));
    let diag::Diagnostics(all) = given(one, other).unwrap_err();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].code.0, "encode/metadata-conflict");
    let text = common::diagnostics_text(&diag::Diagnostics(all));
    for word in ["`s32`", "`u32`", "case.wit:1:", "module.wasm: "] {
        assert!(text.contains(word), "{word} is not in\n{text}");
    }
}

/// What is said of a module that wraps all the same.
fn warned(wat: &str, wit: &str) -> String {
    let types = &mut Types::new();
    let core = wat::parse_str(wat).unwrap();
    let module = wasm::read_module("module.wasm", &core).unwrap();
    let tree = wit::SourceTree::of_text("case.wit", wit);
    let world = wit::load(&tree, &wit::LoadOptions::default()).unwrap().world(types, None).unwrap();
    let main = encode::Guest::with_world(types, module, world, StringEncoding::Utf8);
    let input = encode::assemble(types, main, Vec::new(), encode::Options::default()).unwrap();
    encode::plan(types, &input).map_err(|all| common::diagnostics_text(&all)).unwrap();
    common::diagnostics_text(&diag::Diagnostics(encode::warnings(types, &input)))
}

#[test]
fn exports_that_nothing_calls_are_told_in_one_warning() {
    let said = warned(
        r#"(module
            (memory (export "memory") 1)
            (func (export "run") (result i32) unreachable)
            (func (export "cabi_post_run") (param i32))
            (func (export "cabi_post_stop"))
            (func (export "[callback][async-lift]run") (param i32 i32 i32) (result i32) unreachable)
            (func (export "cabi_post_work") (param i32))
            (func (export "[async-lift-stackful]work"))
            (func (export "a:b/c#[dtor]thing") (param i32))
            (func (export "a:b/c#[dtor]thong") (param i32))
            (func (export "helper") (export "__wasm_call_ctors")))"#,
        "package a:b; interface c { resource thing; }
         world w { export c; export run: func() -> string; export work: async func(); }",
    );
    same_text(
        &said,
        "Warning[encode/unused-export]: 4 core exports are never called
  module.wasm: export `cabi_post_stop`: the module exports no `stop`
  module.wasm: export `[callback][async-lift]run`: the module exports no `[async-lift]run`
  module.wasm: export `cabi_post_work`: `[async-lift-stackful]work` is asynchronous: nothing is to be freed after it returns
  module.wasm: export `a:b/c#[dtor]thong`: interface `a:b/c` has no resource `thong`; did you mean `thing`?
  help: declare what they are for in the WIT world, or take them out of the module
",
    );
}

#[test]
fn exports_of_interfaces_that_the_world_does_not_export_are_told() {
    let said = warned(
        r#"(module
            (func (export "a:b/c#[dtor]thing") (param i32))
            (func (export "a:b/d#[dtor]thing") (param i32))
            (func (export "a:b/d#more"))
            (func (export "cm32p2|a:b/d|less"))
            (func (export "[async-lift]stop") (result i32) unreachable)
            (func (export "cm32p2||halt"))
            (func (export "run")))"#,
        "package a:b; interface c { resource thing; } interface d { use c.{thing}; }
         world w { import c; export d; export run: func(); }",
    );
    same_text(
        &said,
        "Warning[encode/unused-export]: 6 core exports are never called
  module.wasm: export `a:b/c#[dtor]thing`: world `w` exports no `a:b/c`
  module.wasm: export `a:b/d#[dtor]thing`: resource `thing` is not defined by `a:b/d`, only used in it
  module.wasm: export `a:b/d#more`: interface `a:b/d` has no `more`
  module.wasm: export `cm32p2|a:b/d|less`: interface `a:b/d` has no `less`
  module.wasm: export `[async-lift]stop`: world `w` exports no `stop`
    and 1 more
  help: declare what they are for in the WIT world, or take them out of the module
",
    );
}

fn same_text(found: &str, expected: &str) {
    assert_eq!(found, expected, "found:\n{found}");
}

/// A module that asks for a great deal of what is not there is told so in time that grows with it, in few findings.
#[test]
fn a_hundred_thousand_imports_are_a_few_findings() {
    use std::fmt::Write as _;
    const IMPORTS: usize = 100_000;
    let mut wat = "(module\n".to_owned();
    for at in 0..IMPORTS {
        let module = match at % 5 {
            0 => "env".to_owned(),
            1 => format!("host{at}"),
            2 => format!("local:other/iface{at}"),
            3 => "local:app/log".to_owned(),
            _ => "$root".to_owned(),
        };
        writeln!(wat, "(import \"{module}\" \"function{at}\" (func))").unwrap();
    }
    wat.push_str("(func (export \"run\")))");
    let wit = "package local:app; interface log { write: func(); } world w { import log; export run: func(); }";
    let types = &mut Types::new();
    let core = wat::parse_str(wat).unwrap();
    let module = wasm::read_module("module.wasm", &core).unwrap();
    let tree = wit::SourceTree::of_text("case.wit", wit);
    let world = wit::load(&tree, &wit::LoadOptions::default()).unwrap().world(types, None).unwrap();
    let main = encode::Guest::with_world(types, module, world, StringEncoding::Utf8);
    let input = encode::assemble(types, main, Vec::new(), encode::Options::default()).unwrap();
    let started = std::time::Instant::now();
    let diag::Diagnostics(all) = encode::plan(types, &input).unwrap_err();
    let text = common::diagnostics_text(&diag::Diagnostics(all.clone()));
    println!("{} findings of {} bytes in {:?}", all.len(), text.len(), started.elapsed());
    assert!(all.len() < 50 && text.len() < 20_000, "{} findings, {} bytes", all.len(), text.len());
}
