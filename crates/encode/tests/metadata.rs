//! Metadata sections: of several tools in one module, of older forms, in several encodings, damaged by linkers.
#![allow(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]

use std::fmt::Write as _;

use component::StringEncoding::{CompactUtf16, Utf8, Utf16};
use component::{EmitOptions, StringEncoding, metadata};
use types::{Types, equal};
use wasm::{Producers, Rewrite};
use withe_encode as encode;

const WIT: &str = "
package local:app;

interface first { say: func(text: string); }
interface second { say: func(text: string) -> string; }
interface answers { answer: func() -> u32; }

world one { import first; export answers; import log: func(text: string); }
world two { import second; export answers; }
world wide { import first; export once-more: interface { answer: func() -> u64; } }
world narrow { export once-more: interface { answer: func() -> u32; } }
";

/// The section for a world of `WIT`.
fn section(world: &str, encoding: StringEncoding) -> Vec<u8> {
    section_of(WIT, world, encoding)
}

fn section_of(text: &str, world: &str, encoding: StringEncoding) -> Vec<u8> {
    let types = &mut Types::new();
    let package = wit::load(&wit::SourceTree::of_text("app.wit", text), &wit::LoadOptions::default()).unwrap();
    let world = package.world(types, Some(world)).unwrap();
    metadata::encode(types, &world, encoding).unwrap()
}

fn module(core: &str, sections: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let core = wat::parse_str(core).unwrap();
    let module = wasm::read_module("core.wasm", &core).unwrap();
    let add = |rewrite: Rewrite, (name, data): &(&str, Vec<u8>)| rewrite.add_custom(*name, data.clone());
    sections.iter().fold(Rewrite::default(), add).apply(&module).into_owned()
}

/// The plan, or what is said.
fn wrapped(module: &[u8]) -> Result<String, String> {
    component_of(module).map(|(plan, _)| plan)
}

/// The plan and the bytes, or what is said.
fn component_of(module: &[u8]) -> Result<(String, Vec<u8>), String> {
    let types = &mut Types::new();
    let core = wasm::read_module("core.wasm", module).map_err(told)?;
    let guest = encode::Guest::of(types, core).map_err(told)?;
    let input = encode::assemble(types, guest, Vec::new(), encode::Options::default()).map_err(told)?;
    let plan = encode::plan(types, &input).map_err(told)?;
    let bytes = component::emit(&plan, EmitOptions::default());
    wasm::validate(&bytes).map_err(|error| error.message().to_owned())?;
    Ok((plan.dump(), bytes))
}

fn told(diagnostics: diag::Diagnostics) -> String {
    let mut out = String::new();
    for one in &diagnostics.0 {
        writeln!(out, "{}: {}", one.code, one.headline).unwrap();
        for label in &one.labels {
            let diag::Place::Binary { file, path } = &label.place else { panic!("a place in a binary") };
            writeln!(out, "  {file}: {path}: {}", label.text).unwrap();
        }
    }
    out
}

const CORE: &str = r#"(module
  (import "local:app/first" "say" (func (param i32 i32)))
  (import "local:app/second" "say" (func (param i32 i32 i32)))
  (import "$root" "log" (func (param i32 i32)))
  (func (export "local:app/answers#answer") (result i32) (i32.const 42))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  (memory (export "memory") 1)
  (@producers (language "Own" "1")))"#;

#[test]
fn each_section_says_how_its_own_functions_encode_strings() {
    // Both export `answers`: equal declarations are one.
    let module =
        module(CORE, &[("component-type:a", section("one", Utf16)), ("component-type:b", section("two", Utf8))]);
    let plan = wrapped(&module).unwrap();
    let lowered: Vec<&str> = plan.lines().filter(|line| line.contains(" = lower ")).collect();
    let encodings: Vec<&str> = lowered.iter().filter_map(|line| line.split(' ').next_back()).collect();
    assert_eq!(encodings, ["utf16", "utf8", "utf16"], "{plan}");
}

#[test]
fn one_function_has_one_encoding() {
    let sections = [("component-type", section("one", Utf8)), ("component-type", section("one", CompactUtf16))];
    assert_eq!(
        wrapped(&module(CORE, &sections)).unwrap_err(),
        "\
encode/encoding-conflict: the strings of `say` of `local:app/first` are encoded in two ways
  core.wasm: custom section `component-type`, 2 of 2: imports `say` of `local:app/first` with strings in compact-utf16
  core.wasm: custom section `component-type`, 1 of 2: imports `say` of `local:app/first` with strings in utf8
encode/encoding-conflict: the strings of `log` are encoded in two ways
  core.wasm: custom section `component-type`, 2 of 2: imports `log` with strings in compact-utf16
  core.wasm: custom section `component-type`, 1 of 2: imports `log` with strings in utf8
"
    );
}

#[test]
fn an_import_and_an_export_of_one_interface_may_be_encoded_differently() {
    let text = "
package local:both;
interface text { say: func(text: string); }
world inward { export text; }
world outward { import text; }
";
    let core = r#"(module
  (import "local:both/text" "say" (func (param i32 i32)))
  (func (export "local:both/text#say") (param i32 i32))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  (memory (export "memory") 1))"#;
    let sections = [
        ("component-type:in", section_of(text, "inward", Utf16)),
        ("component-type:out", section_of(text, "outward", Utf8)),
    ];
    let plan = wrapped(&module(core, &sections)).unwrap();
    let line = |word: &str| plan.lines().find(|line| line.contains(word)).unwrap().to_owned();
    assert!(line(" = lower ").ends_with("utf8"), "{plan}");
    assert!(line(" = lift ").ends_with("utf16"), "{plan}");
}

#[test]
fn sections_with_other_versions_of_a_package_are_merged() {
    let text = |version: &str, more: &str| {
        format!(
            "package local:ver@{version};
             interface text {{ say: func(text: string); {more} }}
             world w {{ import text; }}"
        )
    };
    let old = section_of(&text("0.2.0", ""), "w", Utf16);
    let new = section_of(&text("0.2.4", "more: func();"), "w", Utf16);
    let core = r#"(module
  (import "local:ver/text@0.2.0" "say" (func (param i32 i32)))
  (import "local:ver/text@0.2.4" "more" (func))
  (memory (export "memory") 1))"#;
    for (first, second) in [(&old, &new), (&new, &old)] {
        let sections = [("component-type:a", first.clone()), ("component-type:b", second.clone())];
        let plan = wrapped(&module(core, &sections)).unwrap();
        assert_eq!(plan.matches(" = import \"local:ver/text").count(), 1, "{plan}");
        assert!(plan.contains("import \"local:ver/text@0.2.4\""), "{plan}");
        // The encoding is looked up with the version cut to the track.
        assert!(plan.lines().any(|line| line.contains(" = lower ") && line.ends_with("utf16")), "{plan}");
    }
    let wide = section_of(&text("0.2.4", "").replace("text: string", "text: list<u8>"), "w", Utf16);
    let told = wrapped(&module(core, &[("component-type:a", old), ("component-type:b", wide)])).unwrap_err();
    assert!(
        told.starts_with(
            "encode/version-conflict: `local:ver/text@0.2.0` and `local:ver/text@0.2.4` cannot be one import\n"
        ) && told
            .contains("core.wasm: custom section `component-type:a`, import `local:ver/text@0.2.0`, export `say`: ")
            && told.contains(
                "core.wasm: custom section `component-type:b`, import `local:ver/text@0.2.4`, export `say`: "
            ),
        "{told}"
    );
}

#[test]
fn two_sections_that_export_one_name_in_two_ways_are_refused() {
    let sections = [("component-type:wide", section("wide", Utf8)), ("component-type:narrow", section("narrow", Utf8))];
    assert_eq!(
        wrapped(&module(CORE, &sections)).unwrap_err(),
        "\
encode/metadata-conflict: `export once-more / answer / result` is declared in two ways
  core.wasm: custom section `component-type:narrow`, export `once-more`, export `answer`: expected `u64`, found `u32`
  core.wasm: custom section `component-type:wide`, export `once-more`, export `answer`: declared here as well
"
    );
}

#[test]
fn tools_that_made_the_sections_become_producers_of_the_module() {
    let mut named = Producers::default();
    named.add("processed-by", "some-bindgen", "3.1");
    let custom = [b"\x09producers".to_vec(), named.emit()].concat();
    let mut section = section("one", Utf8);
    // A component may have several such sections; this one stands first.
    section.splice(8..8, [&[0, u8::try_from(custom.len()).unwrap()][..], &custom].concat());
    let core = CORE.replace(r#"(import "local:app/second" "say" (func (param i32 i32 i32)))"#, "");
    let bytes = component_of(&module(&core, &[("component-type:x", section)])).unwrap().1;
    let shown = readable(&bytes);
    assert!(shown.contains("some-bindgen") && shown.contains("Own"), "{shown}");
    assert!(!shown.contains("component-type"), "{shown}");
}

/// The readable parts of a binary.
fn readable(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { ' ' }).collect()
}

/// Linkers join custom sections of one name: `wasm-ld` puts the contents behind each other.
#[test]
fn sections_that_a_linker_joined_are_told_as_such() {
    let joined = [section("one", Utf8), section("two", Utf8)].concat();
    let told = wrapped(&module(CORE, &[("component-type", joined)])).unwrap_err();
    assert_eq!(
        told,
        "\
component/metadata: the worlds that `core.wasm` carries stand in one section
  core.wasm: custom section `component-type`: several worlds behind each other: a linker joins sections of one name
"
    );
    let zeros = [section("one", Utf8), vec![0; 3]].concat();
    let told = wrapped(&module(CORE, &[("component-type", zeros)])).unwrap_err();
    assert!(told.starts_with("component/invalid: "), "{told}");
}

/// Version 3: encoding and name of the world before a package. Its first form has everything in one type.
#[test]
fn sections_of_version_three_are_read() {
    let first_form = wat::parse_str(
        r#"(component
  (type (component
    (type (instance (export "say" (func (param "text" string)))))
    (export "local:old/text" (instance (type 0)))
    (type (component (export "other" (func))))
    (export "local:old/unused@1.0.0" (component (type 1)))
    (type (component
      (type (instance (export "say" (func (param "text" string)))))
      (import "local:old/text" (instance (type 0)))
      (export "run" (func))))
    (export "local:old/app@1.0.0" (component (type 2)))))
  (export "local:old/wit" (type 0)))"#,
    )
    .unwrap();
    let second_form = wat::parse_str(
        r#"(component
  (type (component (export "local:old/text" (instance (export "say" (func (param "text" string)))))))
  (export "text" (type 0))
  (type (component (export "local:old/unused@1.0.0" (component (export "other" (func))))))
  (export "unused" (type 2))
  (type (component
    (type (component
      (type (instance (export "say" (func (param "text" string)))))
      (import "local:old/text" (instance (type 0)))
      (export "run" (func))))
    (export "local:old/app@1.0.0" (component (type 0)))))
  (export "app" (type 4)))"#,
    )
    .unwrap();
    let core = r#"(module
  (import "local:old/text" "say" (func (param i32 i32)))
  (func (export "run"))
  (memory (export "memory") 1))"#;
    let section = |name: &str, package: &[u8]| {
        let length = u8::try_from(name.len()).unwrap();
        [&[3, 1, length], name.as_bytes(), package].concat()
    };
    for package in [&first_form, &second_form] {
        for name in ["app", "local:old/app", "local:old/app@1.0.0"] {
            let plan = wrapped(&module(core, &[("component-type:old", section(name, package))])).unwrap();
            assert!(plan.contains("import \"local:old/text\"") && plan.contains("export \"run\""), "{plan}");
            assert!(plan.lines().any(|line| line.contains(" = lower ") && line.ends_with("utf16")), "{plan}");
        }
        let told = wrapped(&module(core, &[("component-type:old", section("apt", package))])).unwrap_err();
        assert!(told.contains("custom section `component-type:old`: it exports no world `apt`"), "{told}");
    }
}

#[test]
fn embedding_twice_keeps_both_worlds_or_says_why_not() {
    let embed = |core: &[u8], world: &str, encoding| -> Result<Vec<u8>, &str> {
        let types = &mut Types::new();
        let package = wit::load(&wit::SourceTree::of_text("app.wit", WIT), &wit::LoadOptions::default()).unwrap();
        let world = package.world(types, Some(world)).unwrap();
        let module = wasm::read_module("core.wasm", core).unwrap();
        let embedded = encode::embed(types, &module, world, encoding).map_err(|told| told.0[0].code.0)?;
        Ok(embedded.into_contiguous().into_owned())
    };
    let core = wat::parse_str(CORE).unwrap();
    let once = embed(&core, "one", Utf8).unwrap();
    let twice = embed(&once, "two", Utf16).unwrap();
    let plan = wrapped(&twice).unwrap();
    assert!(plan.contains("local:app/first") && plan.contains("local:app/second"), "{plan}");
    let again = embed(&twice, "one", Utf8).unwrap();
    assert_eq!(wrapped(&again).unwrap(), plan, "a world that is embedded twice changes nothing");

    assert_eq!(embed(&once, "one", Utf16), Err("encode/encoding-conflict"));
    let wide = embed(&core, "wide", Utf8).unwrap();
    assert_eq!(embed(&wide, "narrow", Utf8), Err("encode/metadata-conflict"));
}

/// The names are canonical in the section or they are not: the world is the same.
#[test]
fn canonical_names_in_a_section_are_read_with_their_suffix() {
    let types = &mut Types::new();
    let text = "package a:b@1.2.3; interface c { f: func(); } world w { import c; import left: c; export c; }";
    let package = wit::load(&wit::SourceTree::of_text("app.wit", text), &wit::LoadOptions::default()).unwrap();
    let plain = package.world(types, Some("w")).unwrap();
    let options = encode::Options { canonical_names: true, ..encode::Options::default() };
    let canonical = encode::target_world(types, &[("app.wit".to_owned(), plain.clone())], &options).unwrap();
    let bytes = metadata::encode(types, &canonical, Utf8).unwrap();
    let shown = readable(&bytes);
    assert!(shown.contains("a:b/c@1 ") && !shown.contains("a:b/c@1.2.3"), "{shown}");
    let read = metadata::decode(types, "core.wasm", &bytes).unwrap().world;
    assert!(equal::components(types, &read.component, &plain.component));
}
