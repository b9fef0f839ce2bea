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
fn further_derives_stand_once() {
    let wit = "package a:b; world w { record r { a: u32 } enum e { x } import f: func(r: r, e: e); }";
    let derives = vec!["Hash".to_owned(), "serde::Serialize".to_owned(), "Clone".to_owned()];
    let text = generate(wit, &Options { derives, derive_ignore: vec!["e".to_owned()], ..Options::default() });
    assert!(
        text.contains("#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]\n#[repr(C)]\npub struct R"),
        "{text}"
    );
    assert!(
        text.contains("#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\n#[repr(u8)]\npub enum E")
    );
}

#[test]
fn the_same_world_gives_the_same_text() {
    let wit = "package a:b; world w { import i: interface { flags f { a } resource r { m: func(f: f) -> list<r>; } } }";
    assert_eq!(generate(wit, &Options::default()), generate(wit, &Options::default()));
}
