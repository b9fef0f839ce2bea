//! What holds of generated text whatever the compiler says of it.

use types::Types;
use withe_bindgen_rust::{self as bindgen_rust, Options};

/// The file of the only world in a WIT text.
fn generate(wit: &str, options: &Options) -> String {
    let package =
        wit::load(&wit::SourceTree::of_text("test.wit", wit), &wit::LoadOptions::default()).expect("valid WIT");
    let mut types = Types::new();
    let world = package.world(&mut types, None).expect("one world");
    let bindings = bindgen::bindings(&types, &world, Vec::new());
    let files = bindgen_rust::generate(&bindings, options).expect("a synchronous world");
    files.iter().find(|(path, _)| path.ends_with("w.rs")).expect("the world's file").1.text.clone()
}

#[test]
fn each_parameter_is_passed_as_itself() {
    let text =
        generate("package a:b; world w { import f: func(a: string, vec0: string, a-ptr: u32); }", &Options::default());
    let body = "let (a_ptr_, a_len) = _rt::lower_str(a);\n        let (vec0_ptr, vec0_len) = _rt::lower_str(vec0);\n        \
                _f(a_ptr_, a_len, vec0_ptr, vec0_len, a_ptr as i32);";
    assert!(text.contains(body), "{text}");
}

#[test]
fn a_type_is_lifted_in_one_place() {
    let wit = "package a:b; world w {
        record r { a: string, b: list<string> }
        import f: func() -> r;
        import g: func() -> list<r>;
        import h: func() -> option<r>;
    }";
    let text = generate(wit, &Options::default());
    assert_eq!(text.matches("fn load_r(").count(), 1, "{text}");
    assert_eq!(text.matches("load_r(").count(), 4, "{text}");
}

#[test]
fn only_what_is_used_is_in_the_output() {
    let text = generate("package a:b; world w { import f: func(a: u32) -> u32; }", &Options::default());
    for absent in ["macro_rules! flags", "struct Temps", "cabi_realloc", "struct Resource", "mod _abi", "export!"] {
        assert!(!text.contains(absent), "`{absent}` is not needed:\n{text}");
    }
}

#[test]
fn a_synchronous_world_has_no_asynchronous_runtime() {
    let wit = "package a:b; world w { import f: func(a: list<string>) -> result<string, u32>; \
               export i: interface { resource r { constructor(); m: func(a: string) -> option<string>; } } }";
    let text = generate(wit, &Options::default());
    for absent in ["waitable", "[context-", "async", "Future", "Stream", "Waker", "Subtask", "spawn"] {
        assert!(!text.contains(absent), "`{absent}` is not needed:\n{text}");
    }
}

#[test]
fn further_derives_stand_once() {
    let wit = "package a:b; world w { record r { a: u32 } enum e { x } import f: func(r: r, e: e); }";
    let derives = vec!["Hash".to_owned(), "serde::Serialize".to_owned(), "Clone".to_owned()];
    let text = generate(wit, &Options { derives, derive_ignore: vec!["e".to_owned()], ..Options::default() });
    assert!(
        text.contains(
            "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize)]\n#[repr(C)]\npub struct R"
        ),
        "{text}"
    );
    assert!(
        text.contains("#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\n#[repr(u8)]\npub enum E")
    );
}

#[test]
fn what_has_no_sense_without_a_derive_goes_with_it() {
    let wit = "package a:b; world w { record r { a: u32 } enum e { x } record s { a: u32 } \
               import f: func(r: r, e: e, s: s) -> result<_, r>; }";
    let derives = |no_derive: &[&str]| -> Vec<String> {
        let no_derive = no_derive.iter().map(|text| Options::read_no_derive(text)).collect();
        let text = generate(wit, &Options { no_derive, ..Options::default() });
        text.lines().filter_map(|line| line.trim().strip_prefix("#[derive(")).map(str::to_owned).collect()
    };
    assert_eq!(
        derives(&["PartialEq"]),
        ["Clone, Copy, Debug, Default)]", "Clone, Copy, Debug)]", "Clone, Copy, Debug, Default)]"]
    );
    assert_eq!(
        derives(&["w/r=Clone", "e=Eq", "s=all"]),
        ["Debug, PartialEq, Eq, Hash, Default)]", "Clone, Copy, Debug, PartialEq, PartialOrd, Hash)]"]
    );
    let no_derive = vec![(Some("r".to_owned()), "Debug".to_owned())];
    let text = generate(wit, &Options { no_derive, ..Options::default() });
    assert!(!text.contains("Error for R"), "an error must have `Debug`:\n{text}");
}

#[test]
fn the_same_world_gives_the_same_text() {
    let wit = "package a:b; world w { import i: interface { flags f { a } resource r { m: func(f: f) -> list<r>; } } }";
    assert_eq!(generate(wit, &Options::default()), generate(wit, &Options::default()));
}

const FEED: &str =
    "package a:b@1.0.0; interface i { resource r { m: async func(); } next: async func() -> string; now: func(); }
    world w { import i; export i; import go: async func(); }";

/// Chooses how functions are bound; the text, or the codes and headlines of what is wrong.
fn bound(sync: &[&str], asynchronous: &[&str]) -> Result<String, Vec<(String, String)>> {
    let package =
        wit::load(&wit::SourceTree::of_text("test.wit", FEED), &wit::LoadOptions::default()).expect("valid WIT");
    let mut types = Types::new();
    let world = package.world(&mut types, None).expect("one world");
    let bindings = bindgen::bindings(&types, &world, Vec::new());
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let options = Options { sync: owned(sync), asynchronous: owned(asynchronous), ..Options::default() };
    match bindgen_rust::generate(&bindings, &options) {
        Ok(files) => Ok(files.iter().next().expect("one file").1.text.clone()),
        Err(found) => Err(found.0.iter().map(|one| (one.code.0.to_owned(), one.headline.clone())).collect()),
    }
}

#[test]
fn filters_bind_asynchronous_functions_synchronously() {
    let names = [
        "\"[async-lower]next\"",
        "\"[async-lower]go\"",
        "\"[async-lift]a:b/i@1.0.0#next\"",
        "\"[async-lower][method]r.m\"",
    ];
    let which = |sync: &[&str], asynchronous: &[&str]| {
        let text = bound(sync, asynchronous).expect("the filters name functions");
        names.map(|name| text.contains(name))
    };
    assert_eq!(which(&[], &[]), [true; 4]);
    assert_eq!(which(&["all"], &[]), [false; 4]);
    assert_eq!(which(&["go"], &[]), [true, false, true, true]);
    assert_eq!(which(&["a:b/i#next"], &[]), [false, true, false, true]);
    assert_eq!(which(&["import:a:b/i@1.0.0#next", "a:b/i#r.m"], &[]), [false, true, true, false]);
    assert_eq!(which(&["export:all"], &[]), [true, true, false, true]);
    assert_eq!(which(&["all"], &["go", "a:b/i#[method]r.m"]), [false, true, false, true]);
    assert_eq!(which(&[], &["-go"]), [true, false, true, true]);
    assert!(!bound(&["all"], &[]).expect("`all` is no name").contains("wit_async"));
}

#[test]
fn filters_that_name_nothing_are_told_at_once() {
    let found = bound(&["gone", "import:a:b/i#nxet"], &["a:b/i#now"]).expect_err("three mistakes");
    let codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes[..2], ["bindgen/unknown-function"; 2], "{found:?}");
    assert!(codes[2..].iter().all(|code| *code == "bindgen/not-async") && codes.len() == 4, "{found:?}");
    let found = bound(&["go"], &["go"]).expect_err("both name it");
    assert_eq!(found, [("bindgen/not-async".to_owned(), "`--async` and `--sync` both name `go`".to_owned())]);
}

#[test]
fn a_rust_type_has_one_payload() {
    let wit = "package a:b; interface i { type t = string; type s = stream<t>; f: func(a: stream<string>) -> s; }
        interface j { use i.{t}; g: func(a: stream<t>, b: stream<list<t>>, c: stream<list<string>>) -> future<t>; }
        world w { import i; import j; export j; }";
    let text = generate(wit, &Options::default());
    assert_eq!(text.matches("impl StreamPayload for ").count(), 2, "{text}");
    assert_eq!(text.matches("impl FuturePayload for ").count(), 1, "{text}");
    assert!(text.contains("\"[stream-new-0]f\"") && text.contains("\"[stream-new-1]g\""), "{text}");
}

#[test]
fn an_import_called_callback_is_not_the_task_s() {
    let text = generate(
        "package a:b; world w { import callback: async func(); export x: async func(); }",
        &Options::default(),
    );
    let named = |line: &&str| line.trim_start_matches("pub unsafe ").starts_with("fn _callback(");
    assert_eq!(text.lines().map(str::trim).filter(named).count(), 1, "{text}");
    assert!(text.contains("fn _callback_("), "{text}");
}
