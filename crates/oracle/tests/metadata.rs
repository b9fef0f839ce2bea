//! Metadata sections and merged versions: what this project writes, the other tool reads, and the other way round.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests read their cases, and say by panicking what is wrong; a part of the shared module is used"
)]

#[path = "../../encode/tests/common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};

use common::Stop;
use types::{Types, World, equal};
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::{Resolve, WorldId};
use withe_encode as encode;
use withe_oracle::printed_by_peer;

const WIT: &str = "
package local:app@1.2.0;

interface text { resource line { show: func() -> string; } say: func(text: string) -> line; }
interface answers { use text.{line}; answer: func(line: borrow<line>) -> list<string>; }

world one { import text; export answers; import log: func(text: string); }
world two { import text; import other: answers; }
";

const CORE: &str = r#"(module
  (import "local:app/text@1.2.0" "say" (func (param i32 i32) (result i32)))
  (import "$root" "log" (func (param i32 i32)))
  (func (export "local:app/answers@1.2.0#answer") (param i32) (result i32) unreachable)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  (memory (export "memory") 1))"#;

fn ours(types: &mut Types, world: &str) -> World {
    let package = wit::load(&wit::SourceTree::of_text("app.wit", WIT), &wit::LoadOptions::default()).unwrap();
    package.world(types, Some(world)).unwrap()
}

fn theirs(world: &str) -> (Resolve, WorldId) {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("app.wit", WIT).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    (resolve, world)
}

/// As `withe embed` does it.
fn embed(core: &[u8], world: &str, encoding: component::StringEncoding) -> Vec<u8> {
    let types = &mut Types::new();
    let world = ours(types, world);
    let module = wasm::read_module("core.wasm", core).unwrap();
    encode::embed(types, &module, world, encoding).unwrap().into_contiguous().into_owned()
}

#[test]
fn the_other_tool_reads_what_we_embed() {
    let encodings = [
        (component::StringEncoding::Utf8, StringEncoding::UTF8),
        (component::StringEncoding::Utf16, StringEncoding::UTF16),
        (component::StringEncoding::CompactUtf16, StringEncoding::CompactUTF16),
    ];
    let core = wat::parse_str(CORE).unwrap();
    for (our, their) in encodings {
        let embedded = embed(&core, "one", our);
        let (stripped, read) = wit_component::metadata::decode(&embedded).unwrap();
        assert!(stripped.is_some(), "the section is found under its name");
        let world = &read.resolve.worlds[read.world];
        let name = |key: &_| read.resolve.name_world_key(key);
        let imports: Vec<String> = world.imports.keys().map(name).collect();
        assert_eq!(imports, ["local:app/text@1.2.0", "log"]);
        for (key, func) in world.imports.keys().zip(["say", "log"]) {
            assert_eq!(read.metadata.import_encodings.get(&read.resolve, key, func), Some(their));
        }
        let component = ComponentEncoder::default().validate(true).module(&embedded).unwrap().encode().unwrap();
        assert!(printed_by_peer(&component).unwrap().contains("export local:app/answers@1.2.0;"));
    }
}

#[test]
fn the_other_tool_merges_what_we_embed_twice() {
    let core = wat::parse_str(CORE).unwrap();
    let once = embed(&core, "one", component::StringEncoding::Utf8);
    let twice = embed(&once, "two", component::StringEncoding::Utf8);
    let component = ComponentEncoder::default().validate(true).module(&twice).unwrap().encode().unwrap();
    let printed = printed_by_peer(&component).unwrap();
    let types = &mut Types::new();
    let guest = encode::Guest::of(types, wasm::read_module("core.wasm", &twice).unwrap()).unwrap();
    let input = encode::assemble(types, guest, Vec::new(), encode::Options::default()).unwrap();
    let plan = encode::plan(types, &input).unwrap();
    let bytes = component::emit(&plan, component::EmitOptions::default());
    assert_eq!(printed_by_peer(&bytes).unwrap(), printed);
}

/// Their `strip` keeps `component-type:` with what follows, and drops a plain `component-type`.
#[test]
fn their_strip_keeps_what_we_embed() {
    let embedded = embed(&wat::parse_str(CORE).unwrap(), "one", component::StringEncoding::Utf8);
    let module = wasm::read_module("core.wasm", &embedded).unwrap();
    let names: Vec<&str> = module.metadata_sections().map(|section| section.name).collect();
    assert_eq!(names, ["component-type:withe:local:app/one@1.2.0:utf8"]);
}

#[test]
fn we_read_what_the_other_tool_embeds() {
    for canonical in [false, true] {
        let mut module = wat::parse_str(CORE).unwrap();
        for name in ["one", "two"] {
            let (resolve, world) = theirs(name);
            let encoding = StringEncoding::UTF16;
            wit_component::embed_component_metadata(&mut module, &resolve, world, encoding, canonical).unwrap();
        }
        let types = &mut Types::new();
        let guest = encode::Guest::of(types, wasm::read_module("core.wasm", &module).unwrap()).unwrap();
        assert_eq!(guest.metadata.len(), 2);
        for (metadata, name) in guest.metadata.iter().zip(["one", "two"]) {
            let expected = ours(types, name);
            assert_eq!(metadata.encoding, component::StringEncoding::Utf16);
            assert!(equal::components(types, &metadata.world.component, &expected.component), "{name}");
        }
        assert!(!guest.producers.is_empty(), "the other tool names itself");
        let input = encode::assemble(types, guest, Vec::new(), encode::Options::default()).unwrap();
        let plan = encode::plan(types, &input).unwrap();
        let bytes = component::emit(&plan, component::EmitOptions::default());
        let theirs = ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap();
        assert_eq!(printed_by_peer(&bytes).unwrap(), printed_by_peer(&theirs).unwrap());
    }
}

/// Linkers join sections of one name. No tool reads that, so it is refused and told as such.
#[test]
fn joined_sections_are_read_by_nobody() {
    let (resolve, world) = theirs("one");
    let section = wit_component::metadata::encode(&resolve, world, StringEncoding::UTF8, None, false).unwrap();
    let joined = [section.clone(), section].concat();
    let core = wat::parse_str(CORE).unwrap();
    let module = wasm::read_module("core.wasm", &core).unwrap();
    let module = wasm::Rewrite::default().add_custom("component-type", joined).apply(&module).into_owned();
    assert!(wit_component::metadata::decode(&module).is_err());
    let types = &mut Types::new();
    let told = encode::Guest::of(types, wasm::read_module("core.wasm", &module).unwrap()).unwrap_err();
    assert_eq!(told.0[0].code.0, "component/metadata");
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/encode").join(name)
}

/// The component that the other tool makes of a case, with the same flags.
fn made_by_peer(case: &Path) -> Result<Vec<u8>, String> {
    let inputs = common::inputs(case).map_err(|_| "the case cannot be read")?;
    let options = inputs.options();
    let mut encoder = ComponentEncoder::default();
    let told = |error| format!("{error:?}");
    encoder.validate(true).merge_imports_based_on_semver(!options.no_merge);
    encoder.emit_canonical_names(options.canonical_names);
    encoder.import_name_map(options.import_names.iter().cloned().collect());
    encoder.module(&inputs.main).map_err(told)?;
    for (name, _, bytes) in &inputs.adapters {
        encoder.adapter(name, bytes).map_err(told)?;
    }
    encoder.encode().map_err(told)
}

#[test]
fn versions_labels_and_names_become_the_same_world() {
    let cases = [
        "versions-merged",
        "versions-merged-with-adapter",
        "versions-kept",
        "versions-kept-where-they-differ",
        "older-version-of-track",
        "canonical-labels",
        "labels",
    ];
    for name in cases {
        let case = fixture(name);
        let theirs = made_by_peer(&case).unwrap_or_else(|why| panic!("{name}: {why}"));
        let Ok(ours) = common::encode_case(&case) else { panic!("{name} is refused") };
        assert_eq!(printed_by_peer(&ours.bytes).unwrap(), printed_by_peer(&theirs).unwrap(), "{name}");
    }
}

/// Known differences: the other tool does not look into the types of versions that it merges.
#[test]
fn versions_of_other_layout_are_merged_there_and_refused_here() {
    for name in ["error-version-layout", "error-version-of-adapter"] {
        let case = fixture(name);
        let theirs = made_by_peer(&case).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert!(printed_by_peer(&theirs).unwrap().contains("import a:b/c@0.2.3;"), "{name}");
        let Err(Stop::Refused(told)) = common::encode_case(&case) else { panic!("{name} is not refused") };
        assert_eq!(told.0[0].code.0, "encode/version-conflict", "{name}");
    }
    // What it does look at, both refuse.
    assert!(made_by_peer(&fixture("error-version-lacks-function")).is_err());
}
