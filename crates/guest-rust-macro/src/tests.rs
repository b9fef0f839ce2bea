//! The macro without a compiler around it: what it says, whatever it is given.

use std::path::Path;

use proc_macro2::TokenStream;
use syn::{Item, Macro};
use testing::seeds;

use crate::expand::expand_in;

fn expanded(input: &str) -> TokenStream {
    let input = input.parse().expect("the input is tokens");
    expand_in(input, Path::new(env!("CARGO_MANIFEST_DIR")), "::withe_bindgen::rt")
}

/// The messages of an output that is nothing but errors.
fn errors(input: &str) -> Vec<String> {
    let file = syn::parse2::<syn::File>(expanded(input)).expect("the output is items");
    file.items
        .iter()
        .map(|item| {
            let Item::Macro(item) = item else { panic!("no error: {item:?}") };
            message(&item.mac)
        })
        .collect()
}

fn message(found: &Macro) -> String {
    let text = syn::parse2::<syn::LitStr>(found.tokens.clone());
    text.unwrap_or_else(|error| panic!("no message in {:?}: {error}", found.tokens)).value()
}

/// The names of the modules at the root.
fn modules(input: &str) -> Vec<String> {
    let file = syn::parse2::<syn::File>(expanded(input)).expect("the output is items");
    let module = |item: &Item| {
        let Item::Mod(module) = item else { return None };
        Some(module.ident.to_string())
    };
    file.items.iter().filter_map(module).collect()
}

#[test]
fn inline_wit_stands_for_itself() {
    let found = modules(r#"{ inline: "package a:b; interface i { f: func(); } world w { import i; export i; }" }"#);
    assert!(found.contains(&"a".to_owned()) && found.contains(&"exports".to_owned()), "{found:?}");
}

#[test]
fn built_in_packages_are_there() {
    let found = modules(r#"{ inline: "package a:b; world w { import wasi:clocks/wall-clock@0.2.12; }" }"#);
    assert!(found.contains(&"wasi".to_owned()), "{found:?}");
    assert!(modules(r#""wasi:clocks/imports@0.2.12" in "wasi:clocks@0.2.12""#).contains(&"wasi".to_owned()));
}

#[test]
fn paths_may_be_written_by_macros() {
    let found = modules(r#"{ world: "todo-app", path: concat!("../../", "wit/todo") }"#);
    assert!(found.contains(&"exports".to_owned()), "{found:?}");
}

#[test]
fn a_start_of_an_implementation_comes_along() {
    let found = modules(r#"{ inline: "package a:b; world w { export f: func(); }", stubs }"#);
    assert!(found.contains(&"_stubs".to_owned()), "{found:?}");
}

#[test]
fn every_mistake_is_told() {
    let found = errors(
        r#"{
            inline: "package a:b; world app { export run: func(text: strng); }",
            wrld: "app",
            skip: "run",
            ownership: Borrowed,
            debug: 1,
            world: "app",
            world: "app",
        }"#,
    );
    let starts = [
        "`generate!` has no key `wrld`\n\nhelp: did you mean `world`?",
        "expected square brackets",
        "expected `Owning` or `Borrowing",
        "expected boolean literal",
        "`world` is given twice",
        "type `strng` is not declared [wit/unknown-type]",
    ];
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    for (found, start) in found.iter().zip(starts) {
        assert!(found.starts_with(start), "{found}\nshould start with {start}");
    }
    assert!(found[5].contains("inline WIT:1:4"), "{}", found[5]);
}

#[test]
fn worlds_and_paths_are_told_as_keys() {
    let found = errors(r#"{ inline: "package a:b; world app {}", world: "ap" }"#);
    assert!(found[0].contains("did you mean `world: \"app\"`?"), "{found:?}");
    let found = errors(r#"{ inline: "package a:b; world a {} world b {}" }"#);
    assert!(found[0].contains("`world: \"a\"`, `world: \"b\"`"), "{found:?}");
    let found = errors(r#"{ path: ["no-a", "no-b"] }"#);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("there is no `no-a` [input/missing-file]"), "{found:?}");
    let found = errors(r#"{ inline: "package a:b; world app {}", with: { "a:b/c": d } }"#);
    assert!(found[0].contains("`with"), "{found:?}");
}

#[test]
fn fuzz_macro_arguments() {
    const WORDS: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ",",
        ":",
        "in",
        "generate",
        "true",
        "false",
        "\"app\"",
        "\"a:b/c\"",
        "1",
        "#",
        "Owning",
        "Borrowing",
        "duplicate_if_necessary",
        "concat!",
        "::",
        "<",
        ">",
        "'a",
        "-",
        "r#\"x\"#",
        "\"package a:b; world app { import f: func(); }\"",
        "\"../..\"",
        "\"\"",
    ];
    seeds::check("fuzz_macro_arguments", 400, |random| {
        let mut text = String::from("{");
        for _ in 0..random.below(24) {
            let key = crate::keys::KEYS[random.below(crate::keys::KEYS.len())].name;
            // `debug` would write files.
            let key = if key == "debug" { "world" } else { key };
            text += " ";
            text += if random.below(3) == 0 { key } else { WORDS[random.below(WORDS.len())] };
        }
        let text = if random.below(2) == 0 { text + "}" } else { text[1..].to_owned() };
        if let Ok(tokens) = text.parse::<TokenStream>() {
            let output = expand_in(tokens, Path::new(env!("CARGO_MANIFEST_DIR")), "::withe_bindgen::rt");
            syn::parse2::<syn::File>(output).expect("the output is items");
        }
    });
}
