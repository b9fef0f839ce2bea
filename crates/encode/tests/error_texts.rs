//! What is said of modules that must be refused names what other encoders name, and more.
//!
//! In: the public cases that must be refused, with the message of one other tool. Out: a failure for each name in that
//! message that ours lacks.
//!
//! The folder stands beside the project's checkout, not in it; where it is missing the test says so and passes.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]
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
