//! Core modules in text, read and changed; what came out is validated by wasmparser.

use std::time::{Duration, Instant};

use withe_wasm as wasm;
use withe_wasm::{Adaptation, CoreType, Instruction, ModuleBuilder, Producers, ReallocSource, Rewrite, Signature};

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the test wrote it right")
}

fn valid(bytes: &[u8]) {
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(bytes).expect("valid");
}

#[test]
fn imports_exports_and_sections_are_read() {
    let bytes = wat(r#"(module
        (import "a" "f" (func (param i32 f64) (result i64)))
        (import "env" "memory" (memory 1 2))
        (func (export "g") (result i32) i32.const 1)
        (global (export "x") (mut i32) i32.const 0)
        (@custom "component-type:x" "abc"))"#);
    let module = wasm::read_module("m.wasm", &bytes).unwrap();
    let imports: Vec<String> =
        module.imports.iter().map(|import| format!("{}.{} {}", import.module, import.field, import.ty)).collect();
    assert_eq!(imports, ["a.f (func (param i32 f64) (result i64))", "env.memory (memory 1)"]);
    assert_eq!(module.exported_func("g").unwrap().to_string(), "(func (result i32))");
    assert_eq!(module.exports["x"].ty.to_string(), "(global (mut i32))");
    assert_eq!(module.metadata_sections().map(|custom| custom.data).collect::<Vec<_>>(), [b"abc"]);
    let parts: Vec<u8> = module.sections.iter().flat_map(|section| &bytes[section.whole.clone()]).copied().collect();
    assert_eq!(parts, bytes[8..], "the sections cover the module");
}

#[test]
fn damaged_bytes_end_in_a_diagnostic_soon() {
    let good = wat(
        r#"(module (func (export "f") (param i32) (result i32) local.get 0) (memory 1) (data (i32.const 0) "abc"))"#,
    );
    let start = Instant::now();
    for cut in 0..good.len() {
        // A cut between sections may leave a smaller module; wasmparser says when.
        let whole = wasmparser::Validator::new().validate_all(&good[..cut]).is_ok();
        assert_eq!(wasm::read_module("m.wasm", &good[..cut]).is_ok(), whole, "cut at {cut}");
    }
    for at in 8..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0xff;
        let _ = wasm::read_module("m.wasm", &bytes);
    }
    // A type section and an import section that claim more than a billion entries.
    for id in [1, 2, 3, 5, 6, 7, 10, 11] {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend([id, 5, 0xff, 0xff, 0xff, 0xff, 0x07]);
        assert!(wasm::read_module("m.wasm", &bytes).is_err());
    }
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(wasm::read_module("m.wasm", b"hello, world").unwrap_err().0[0].code.0, "wasm/not-wasm");
}

#[test]
fn a_component_is_no_core_module() {
    let bytes = wat("(component)");
    assert_eq!(wasm::read_module("c.wasm", &bytes).unwrap_err().0[0].code.0, "wasm/not-a-core-module");
}

#[test]
fn rewriting_leaves_code_alone() {
    let bytes = wat(r#"(module
        (import "a" "f" (func))
        (import "a" "f" (func (param i32)))
        (func (export "g") call 0)
        (@custom "component-type" "x") (@custom ".debug_info" "d")
        (@producers (language "Rust" "1")))"#);
    let mut module = wasm::read_module("m.wasm", &bytes).unwrap();
    let mut producers = Producers::parse(module.customs_named("producers").next().unwrap());
    producers.add("processed-by", "withe", "0");
    let rewrite = Rewrite::default().drop_metadata().producers(producers.clone()).unique_imports(&mut module);
    let out = rewrite.apply(&module);
    valid(&out);
    let again = wasm::read_module("m.wasm", &out).unwrap();
    let fields: Vec<_> = again.imports.iter().map(|import| import.field.to_string()).collect();
    assert_eq!(fields, ["f", "f [v2]"]);
    let customs: Vec<_> = again.customs.iter().map(|custom| custom.name).collect();
    assert_eq!(customs, [".debug_info", "producers"]);
    assert_eq!(Producers::parse(again.customs[1].data), producers);
    assert_eq!(Rewrite::default().apply(&again).as_ptr(), out.as_ptr(), "nothing to change, nothing copied");
}

#[test]
fn strip_keeps_what_is_asked() {
    let bytes = wat(r#"(component
        (core module (@custom "component-type" "x") (@custom ".debug_info" "d"))
        (component (@custom "name" "\00"))
        (@custom "mine" "m"))"#);
    let out = wasm::strip_component(&bytes, &|name| wasm::is_metadata(name)).unwrap();
    valid(&out);
    assert!(out.windows(14).any(|window| window == b"component-type"));
    assert!(!out.windows(4).any(|window| window == b"mine"));
    assert!(!out.windows(6).any(|window| window == b".debug"));
}

/// A module of many functions; the ones at `broken` leave nothing on the stack where a result is due.
fn many_functions(count: usize, broken: &[usize]) -> Vec<u8> {
    let mut builder = ModuleBuilder::new();
    let signature = Signature::new([CoreType::I32], [CoreType::I32]);
    for number in 0..count {
        let mut body = vec![Instruction::LocalGet(0)];
        for _ in 0..40 {
            body.extend([Instruction::LocalGet(0), Instruction::I32Xor]);
        }
        if broken.contains(&number) {
            body.push(Instruction::Drop);
        }
        body.push(Instruction::End);
        builder.func(None, &signature, &body);
    }
    builder.finish()
}

#[test]
fn of_all_broken_bodies_the_first_is_told_however_many_threads_look() {
    assert!(wasm::validate(&many_functions(8000, &[])).is_ok());
    for broken in [&[3, 4, 7999][..], &[7999], &[4000, 3999, 7000]] {
        let bytes = many_functions(8000, broken);
        let first = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(&bytes)
            .err()
            .unwrap();
        for _ in 0..5 {
            let told = wasm::validate(&bytes).unwrap_err();
            assert_eq!((told.offset(), told.message()), (first.offset(), first.message()));
        }
        // A fault in the structure that comes later is not told instead.
        let mut cut = bytes.clone();
        cut.extend_from_slice(&[0xff, 0x01, 0x00]);
        assert_eq!(wasm::validate(&cut).unwrap_err().offset(), first.offset());
    }
}

#[test]
fn a_module_in_pieces_is_validated_as_a_whole_one() {
    let bytes = many_functions(3000, &[]);
    let broken = many_functions(3000, &[2999]);
    for cut in [0, 1, 8, 9, 100, 40_000, bytes.len() - 1, bytes.len()] {
        let pieces = |bytes: &[u8]| {
            let mut pieces = wasm::Pieces::from(bytes[..cut].to_vec());
            pieces.push(bytes[cut..].to_vec());
            pieces
        };
        assert!(wasm::validate_pieces(&pieces(&bytes)).is_ok(), "cut at {cut}");
        let error = wasm::validate_pieces(&pieces(&broken)).unwrap_err();
        assert_eq!(error.offset(), wasm::validate(&broken).unwrap_err().offset(), "cut at {cut}");
        assert!(wasm::validate_pieces(&wasm::Pieces::from(&bytes[..cut])).is_ok() == (cut == 8 || cut == bytes.len()));
    }
}

#[test]
fn a_built_module_is_valid() {
    let mut builder = ModuleBuilder::new();
    let signature = Signature::new([CoreType::I32], [CoreType::I32]);
    let imported = builder.import_func("m", "f", &signature);
    let func = builder.func(
        Some("g"),
        &signature,
        &[Instruction::LocalGet(0), Instruction::Call(imported.0), Instruction::End],
    );
    builder.export_func("g", func);
    let bytes = builder.finish();
    valid(&bytes);
    assert_eq!(wasm::read_module("b.wasm", &bytes).unwrap().exported_func("g"), Some(&signature));
}

const ADAPTER: &str = r#"(module
    (import "new" "used" (func $used (param i32)))
    (import "new" "unused" (func $unused))
    (import "__main_module__" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
    (import "env" "memory" (memory 0))
    (type $table_type (func (param i64)))
    (global $dead (mut i32) i32.const 7)
    (global $__stack_pointer (mut i32) i32.const 0)
    (global $allocation_state (mut i32) i32.const 0)
    (func $helper (global.set $__stack_pointer (i32.sub (global.get $__stack_pointer) (i32.const 8))))
    (func $dead_helper (call $unused) (global.set $dead (i32.const 1)))
    (func (export "live") (call $helper) (call $used (global.get $__stack_pointer)))
    (func (export "dead") (call $dead_helper)))"#;

fn adapt(realloc: ReallocSource<'_>) -> String {
    let bytes = wat(ADAPTER);
    let module = wasm::read_module("a.wasm", &bytes).expect("valid");
    let adaptation = Adaptation { roots: &["live"], realloc, page_size_log2: 16, keep_names: true };
    let out = wasm::adapt(&module, &adaptation).expect("no section is refused");
    valid(&out);
    let module = wasm::read_module("a.wasm", &out).expect("valid");
    let imports = module.imports.iter().map(|import| format!("{}.{}", import.module, import.field));
    let exports = module.exports.keys().map(|name| format!("-> {name}"));
    let start = module.has_start.then(|| "start".to_owned());
    imports.chain(exports).chain(start).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_adapter_keeps_what_its_exports_reach() {
    let lazy = adapt(ReallocSource::Main("cabi_realloc_adapter"));
    assert_eq!(lazy, "new.used\n__main_module__.cabi_realloc_adapter\n-> live");
    let eager = adapt(ReallocSource::MemoryGrow);
    assert_eq!(eager, "new.used\nenv.memory\n-> live\nstart");
}

#[test]
fn an_adapter_with_data_is_refused() {
    let bytes = wat(r#"(module (import "env" "memory" (memory 0)) (data (i32.const 0) "a"))"#);
    let module = wasm::read_module("a.wasm", &bytes).expect("valid");
    let adaptation =
        Adaptation { roots: &[], realloc: ReallocSource::MemoryGrow, page_size_log2: 16, keep_names: true };
    assert_eq!(wasm::adapt(&module, &adaptation).unwrap_err().0[0].code.0, "encode/adapter-section");
}
