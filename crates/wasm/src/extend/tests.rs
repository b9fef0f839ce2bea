//! In: modules in text, and random ones. Out: nothing.
//! Holds: what is made is valid, and read again says what was added.

use super::*;

const TEXT: &str = r#"(module
    (import "env" "a" (func $a (param i32) (result i32)))
    (import "env" "m" (global i32))
    (import "env" "b" (func $b))
    (memory (export "memory") 1)
    (global $g (mut i32) (i32.const 16))
    (func (export "one") (result i32) (call $b) (call $a (i32.const 16)))
    (func (export "two") (drop (i32.const 16)) (drop (i32.const 0)))
    (func (export "withe_x"))
    (data (i32.const 32) "abcdef")
    (@custom "kept" "bytes"))"#;

fn extended(change: impl FnOnce(&mut Extension<'_, '_>)) -> (String, Vec<u8>) {
    let bytes = wat::parse_str(TEXT).unwrap();
    let module = crate::read_module("m.wasm", &bytes).unwrap();
    let mut extension = Extension::new(&module).unwrap();
    change(&mut extension);
    let out = extension.finish().into_contiguous().into_owned();
    crate::validate(&out).unwrap();
    (format!("{:?}", crate::callers(&crate::read_module("n.wasm", &out).unwrap(), &[0, 2])), out)
}

#[test]
fn nothing_added_changes_no_byte() {
    let (_, out) = extended(|_| {});
    assert_eq!(out, wat::parse_str(TEXT).unwrap());
}

#[test]
fn definitions_are_added_behind_those_of_the_module() {
    let (_, out) = extended(|extension| {
        assert_eq!((extension.func_count, extension.global_count()), (5, 2));
        let global = extension.global(Global { ty: CoreType::I64, mutable: true }, 7);
        let signature = Signature::new([], [CoreType::I64]);
        let func =
            extension.func("withe: added", &signature, &[], &[Instruction::GlobalGet(global.0), Instruction::End]);
        let same = extension.func("withe: added", &signature, &[], &[Instruction::I64Const(1), Instruction::End]);
        assert_eq!((global.0, func.0, same.0, extension.types.len()), (2, 5, 6, 1));
        extension.export_func("new", func);
        extension.drop_export("withe_x");
        extension.data(40, b"more");
        extension.custom("added", b"x");
    });
    let module = crate::read_module("m.wasm", &out).unwrap();
    assert_eq!(module.exports.keys().copied().collect::<Vec<_>>(), ["memory", "one", "two", "new"]);
    assert_eq!(module.exported_func("new").unwrap().results, [CoreType::I64]);
    assert_eq!(crate::DataImage::of(&module).read(36, 8), b"ef\0\0more");
    let customs: Vec<_> = module.customs.iter().map(|custom| (custom.name, custom.data)).collect();
    assert_eq!((customs[0], customs[2]), (("kept", &b"bytes"[..]), ("added", &b"x"[..])));
}

#[test]
fn added_functions_have_names_where_the_module_names_its_own() {
    let named = |text: &str| {
        let bytes = wat::parse_str(text).unwrap();
        let module = crate::read_module("m.wasm", &bytes).unwrap();
        let mut extension = Extension::new(&module).unwrap();
        for name in ["withe: first", "withe: second"] {
            extension.func(name, &Signature::default(), &[], &[Instruction::End]);
        }
        let out = extension.finish().into_contiguous().into_owned();
        crate::validate(&out).unwrap();
        let module = crate::read_module("n.wasm", &out).unwrap();
        let names = crate::Names::of(&module);
        let mut functions: Vec<(u32, String)> =
            names.functions.iter().map(|(at, name)| (*at, (*name).to_owned())).collect();
        functions.sort();
        (functions, names.globals.len(), module.customs_named("name").next().map_or(0, <[u8]>::len))
    };
    let (functions, globals, _) = named(TEXT);
    let functions: Vec<_> = functions.iter().map(|(at, name)| (*at, name.as_str())).collect();
    assert_eq!(functions, [(0, "a"), (1, "b"), (5, "withe: first"), (6, "withe: second")]);
    assert_eq!(globals, 1);
    let plain = TEXT.replace("(func $a ", "(func ").replace("(func $b)", "(func)").replace("(global $g", "(global");
    let plain = plain.replace("$a", "0").replace("$b", "1");
    assert_eq!(named(&plain), (Vec::new(), 0, 0));
    // A part that claims more than there is stays as it is.
    let damaged = plain.replace("(@custom", "(@custom \"name\" \"\\01\\ff\\7f\") (@custom");
    assert_eq!(named(&damaged).2, 3);
}

#[test]
fn calls_of_imports_move_and_what_only_looks_like_one_stays() {
    let (callers, out) = extended(|extension| {
        let from = extension.imported_func(0).unwrap();
        assert_eq!((from.0, extension.imported_func(1), extension.imported_func(2)), (0, None, Some(FuncIndex(1))));
        let signature = Signature::new([CoreType::I32], [CoreType::I32]);
        let body = [Instruction::LocalGet(0), Instruction::Call(from.0), Instruction::End];
        let to = extension.func("withe: added", &signature, &[], &body);
        extension.redirect(from, to);
    });
    // Only the added function calls `a` now. `b` is still called by `one`.
    assert_eq!(
        callers,
        r#"[Callers { names: ["withe: added"], count: 1, in_table: false, cut: false }, Callers { names: ["one"], count: 1, in_table: false, cut: false }]"#
    );
    // A type, its function, the body and the name.
    assert_eq!(out.len() - wat::parse_str(TEXT).unwrap().len(), 5 + 1 + 7 + 14);
}

#[test]
fn a_number_of_several_bytes_changes_the_sizes_around_it() {
    let funcs: String = "(func)".repeat(200);
    let text = format!(
        r#"(module (import "" "a" (func $a)) {funcs} (func (call $a) (call $a)) (global i32 (i32.const 0))
            (memory 1) (export "m" (memory 0)) (data (i32.const 0) "x"))"#
    );
    let bytes = wat::parse_str(&text).unwrap();
    let module = crate::read_module("m.wasm", &bytes).unwrap();
    let mut extension = Extension::new(&module).unwrap();
    let to = extension.func("withe: added", &Signature::default(), &[], &[Instruction::End]);
    extension.redirect(FuncIndex(0), to);
    let out = extension.finish().into_contiguous().into_owned();
    crate::validate(&out).unwrap();
    let module = crate::read_module("m.wasm", &out).unwrap();
    assert_eq!(crate::callers(&module, &[0])[0].count, 0);
}

#[test]
fn bytes_of_data_are_replaced_in_place() {
    let (_, out) = extended(|extension| {
        let found = crate::DataImage::of(extension.module).find(b"cd")[0];
        extension.overwrite(found.offset, b"CD");
    });
    let module = crate::read_module("m.wasm", &out).unwrap();
    assert_eq!(crate::DataImage::of(&module).read(32, 6), b"abCDef");
}

#[test]
fn a_module_without_one_of_the_sections_is_not_extended() {
    for text in ["(module)", "(module (func (export \"a\")) (memory 1) (data (i32.const 0) \"a\"))"] {
        let bytes = wat::parse_str(text).unwrap();
        assert!(Extension::new(&crate::read_module("m.wasm", &bytes).unwrap()).is_none());
    }
}

/// Bodies of random modules of all proposals: what is passed over quickly is read as the real reader reads it.
#[test]
fn fuzz_calls_are_found_quickly_as_they_are_read() {
    let known = std::cell::Cell::new(0);
    testing::seeds::check("fuzz_calls_are_found_quickly_as_they_are_read", 200, |random| {
        let bytes = random.bytes(4000);
        // Now and then everything, mostly what is known.
        let all = random.below(4) == 0;
        let config = wasm_smith::Config {
            gc_enabled: all,
            simd_enabled: all,
            exceptions_enabled: all,
            threads_enabled: all,
            reference_types_enabled: all,
            memory64_enabled: all,
            min_funcs: 3,
            ..wasm_smith::Config::default()
        };
        let mut source = arbitrary::Unstructured::new(&bytes);
        let Ok(module) = wasm_smith::Module::new(config, &mut source) else { return };
        let bytes = module.to_bytes();
        for payload in wasmparser::Parser::new(0).parse_all(&bytes) {
            let Ok(wasmparser::Payload::CodeSectionEntry(body)) = payload else { continue };
            if let Some(calls) = skip::calls(body.as_bytes()) {
                assert_eq!(calls, read_calls(body.as_bytes()));
                known.set(known.get() + usize::from(!calls.is_empty()));
            }
        }
    });
    assert!(known.get() > 20, "{} bodies with calls are known", known.get());
}

/// Go's linker makes as many segments as there may be.
#[test]
fn segments_are_joined_where_there_is_no_room_for_more() {
    let image = |bytes: &[u8]| {
        let module = crate::read_module("m.wasm", bytes).unwrap();
        (vec_count(&module, DATA).unwrap(), crate::DataImage::of(&module).read(0, 16 * 65536))
    };
    let fill = |count: u32, more: &str| {
        // Not in the order of addresses, as Go's are not.
        let place = |at: u32| 10 * if at < count - 30 { at } else { 2 * count - 31 - at };
        let segments: String = (0..count).map(|at| format!("(data (i32.const {}) \"abcd\")", place(at))).collect();
        wat::parse_str(format!(
            "(module (memory 16) (global i32 (i32.const 0)) (func (export \"a\") {more}) {segments})"
        ))
    };
    let extended = |bytes: &[u8]| {
        let module = crate::read_module("m.wasm", bytes).unwrap();
        let mut extension = Extension::new(&module).unwrap();
        extension.data(4, b"xy");
        extension.data(999_994, b"z");
        extension.finish().into_contiguous().into_owned()
    };
    for (before, after) in [(99_997, 99_999), (99_998, 100_000), (99_999, 100_000), (100_000, 100_000)] {
        let bytes = fill(before, "").unwrap();
        let out = extended(&bytes);
        crate::validate(&out).unwrap();
        let (count, memory) = image(&out);
        assert_eq!(count, after);
        let (_, mut expected) = image(&bytes);
        expected[4..6].copy_from_slice(b"xy");
        expected[999_994] = b'z';
        assert!(memory == expected, "the memory of {before} segments changes");
    }
    // Code that names segments keeps them all; then there are too many, and validation says so.
    let named = extended(&fill(100_000, "(data.drop 7)").unwrap());
    assert!(crate::validate(&named).is_err());
}
