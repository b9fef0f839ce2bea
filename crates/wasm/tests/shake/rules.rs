//! One small module for each rule of what stays.

use std::collections::BTreeMap;

use withe_wasm as wasm;
use withe_wasm::{Adaptation, ReallocSource};

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the test wrote it right")
}

/// Names of imports, functions and globals, and how many of the rest there are.
fn summary(bytes: &[u8]) -> String {
    wasm::validate(bytes).expect("what is cut down is valid");
    let module = wasm::read_module("m.wasm", bytes).expect("valid");
    let names = wasm::Names::of(&module);
    let mut lines: Vec<String> =
        module.imports.iter().map(|import| format!("import {}.{}", import.module, import.field)).collect();
    let list = |names: &std::collections::HashMap<u32, &str>| {
        names.iter().collect::<BTreeMap<_, _>>().values().map(|name| format!(" {name}")).collect::<String>()
    };
    lines.push(format!("functions{}", list(&names.functions)));
    if !names.globals.is_empty() {
        lines.push(format!("globals{}", list(&names.globals)));
    }
    for (id, word) in [(4, "tables"), (5, "memories"), (13, "tags"), (9, "elements"), (11, "data")] {
        let section = module.sections.iter().find(|section| section.id == id);
        // The count of a vector so short is its first byte.
        lines.extend(section.map(|section| format!("{word} {}", bytes[section.contents.start])));
    }
    lines.extend(module.customs.iter().filter(|custom| custom.name != "name").map(|custom| custom.name.to_owned()));
    lines.join("\n")
}

fn shaken(text: &str, roots: &[&str]) -> String {
    let bytes = wat(text);
    let module = wasm::read_module("m.wasm", &bytes).expect("valid");
    let out = wasm::shake(&module, roots).expect("nothing is refused");
    super::same::same(&bytes, &out, roots).expect("the same seen from the exports");
    summary(&out)
}

#[test]
fn what_only_dead_code_uses_goes() {
    let text = r#"(module
        (import "env" "gone" (func $gone))
        (import "env" "used" (func $used))
        (import "env" "limit" (global $limit i32))
        (global $first (mut i32) (i32.const 1))
        (global $second i32 (global.get $limit))
        (func $dead (call $gone) (global.set $first (i32.const 2)))
        (func $live (export "live") (result i32) (call $used) (global.get $second))
        (func $other (export "other") (call $dead)))"#;
    let live = "import env.used\nimport env.limit\nfunctions used live\nglobals limit second";
    assert_eq!(shaken(text, &["live"]), live);
    assert_eq!(shaken(text, &[]), "functions");
}

#[test]
fn elements_of_a_table_in_use_stay_and_those_of_another_go() {
    let text = r#"(module
        (type $unit (func))
        (table $idle 2 funcref)
        (table $used 2 funcref)
        (elem (table $idle) (i32.const 0) func $a)
        (elem (table $used) (i32.const 0) func $b)
        (elem $passive func $c)
        (elem $dropped func $a)
        (func $a) (func $b) (func $c)
        (func (export "call") (call_indirect $used (type $unit) (i32.const 0)))
        (func (export "fill")
          (table.init $used $passive (i32.const 0) (i32.const 0) (i32.const 1))))"#;
    assert_eq!(shaken(text, &["call"]), "functions b\ntables 1\nelements 1");
    assert_eq!(shaken(text, &["fill"]), "functions b c\ntables 1\nelements 2");
}

/// An element that does not fit makes instantiation trap, and one in an import is there for others.
#[test]
fn segments_that_instantiation_can_see_stay() {
    let outside = r#"(module (table 1 funcref) (elem (i32.const 1) func $a) (func $a))"#;
    assert_eq!(shaken(outside, &[]), "functions a\ntables 1\nelements 1");
    let anywhere = r#"(module (import "env" "base" (global $base i32))
        (memory 1) (data (global.get $base) "x"))"#;
    assert_eq!(shaken(anywhere, &[]), "import env.base\nfunctions\nglobals base\nmemories 1\ndata 1");
    let imported = r#"(module (import "env" "table" (table 1 funcref)) (elem (i32.const 0) func $a) (func $a))"#;
    assert_eq!(shaken(imported, &[]), "import env.table\nfunctions a\nelements 1");
    let wide = r#"(module (memory i64 1) (data (i64.const 0xffff_ffff_ffff_ffff) "xy"))"#;
    assert_eq!(shaken(wide, &[]), "functions\nmemories 1\ndata 1");
}

#[test]
fn data_goes_with_the_memory_that_nothing_touches() {
    let text = r#"(module
        (memory $idle 1)
        (memory $used (export "memory") 1)
        (data (memory $idle) (i32.const 0) "a")
        (data (memory $used) (i32.const 0) "b")
        (data $passive "c")
        (func (export "f") (data.drop $passive))
        (func (export "g") (drop (i32.load8_u $used (i32.const 0)))))"#;
    assert_eq!(shaken(text, &["g"]), "functions\nmemories 1\ndata 1");
    assert_eq!(shaken(text, &["memory"]), "functions\nmemories 1\ndata 1");
    assert_eq!(shaken(text, &["f"]), "functions\ndata 1");
}

/// A body may take a reference only of a function that something else names: once that is gone, a segment says so.
#[test]
fn references_stay_declared() {
    let text = r#"(module
        (table 1 funcref)
        (elem (i32.const 0) func $a)
        (elem declare func $a $b)
        (func $a (export "a")) (func $b)
        (func (export "f") (result funcref funcref) (ref.func $a) (ref.func $b)))"#;
    assert_eq!(shaken(text, &["f"]), "functions a b\nelements 1");
    assert_eq!(shaken(text, &["a", "f"]), "functions a b\nelements 1");
    assert_eq!(shaken(text, &["a"]), "functions a");
}

#[test]
fn tags_of_try_table_stay() {
    let text = r#"(module
        (import "env" "gone" (tag $gone (param i64)))
        (tag $caught (param i32))
        (tag $thrown (export "thrown"))
        (func $t (export "t") (throw $thrown))
        (func $f (export "f") (result i32)
          (block (result i32) (try_table (result i32) (catch $caught 0) (call $t) (i32.const 1)))))"#;
    assert_eq!(shaken(text, &["f"]), "functions t f\ntags 2");
    assert_eq!(shaken(text, &["t"]), "functions t\ntags 1");
}

#[test]
fn types_stay_with_their_group_and_what_it_mentions() {
    let text = r#"(module
        (type $dead (struct (field i64)))
        (type $base (sub (struct)))
        (rec (type $node (sub $base (struct (field (ref null $leaf))))) (type $leaf (struct (field i32))))
        (func $f (export "f") (result (ref null $node)) (ref.null $node)))"#;
    assert_eq!(shaken(text, &["f"]), "functions f");
    let bytes = wat(text);
    let module = wasm::read_module("m.wasm", &bytes).expect("valid");
    let out = wasm::shake(&module, &["f"]).expect("nothing is refused");
    let types = wasmparser::Parser::new(0).parse_all(&out).find_map(|payload| match payload {
        Ok(wasmparser::Payload::TypeSection(section)) => {
            Some(section.into_iter().map(|group| group.unwrap().types().len()).collect())
        }
        _ => None,
    });
    assert_eq!(types, Some(vec![1, 2, 1]));
}

#[test]
fn a_start_function_stays() {
    let text = r#"(module (import "env" "log" (func $log)) (func $go (call $log)) (func $dead) (start $go))"#;
    assert_eq!(shaken(text, &[]), "import env.log\nfunctions log go");
}

#[test]
fn custom_sections_stay_unless_they_name_places_in_the_code() {
    let text = r#"(module
        (@custom "dylink.0" (before first) "")
        (@custom "producers" "\00") (@custom "target_features" "\00")
        (@custom ".debug_info" "x") (@custom "linking" "x") (@custom "reloc.CODE" "x")
        (@custom "metadata.code.branch_hint" "x") (@custom "mine" "x")
        (func $f (export "f")))"#;
    assert_eq!(shaken(text, &["f"]), "functions f\ndylink.0\nproducers\ntarget_features\nmine");
    let bytes = wat(text);
    let module = wasm::read_module("m.wasm", &bytes).expect("valid");
    let out = wasm::shake(&module, &["f"]).expect("nothing is refused");
    let first = &wasm::read_module("m.wasm", &out).expect("valid").sections[0];
    assert_eq!(first.custom, Some(0), "libraries begin with what they say to the linker");
}

#[test]
fn names_of_locals_and_labels_move_with_their_function() {
    let text =
        r#"(module (func $dead (param $x i32)) (func $live (export "f") (param $y i32) (local.set $y (i32.const 1))))"#;
    let bytes = wat(text);
    let module = wasm::read_module("m.wasm", &bytes).expect("valid");
    let out = wasm::shake(&module, &["f"]).expect("nothing is refused");
    let module = wasm::read_module("m.wasm", &out).expect("valid");
    let data = module.customs_named("name").next().expect("there are names");
    let reader = wasmparser::NameSectionReader::new(wasmparser::BinaryReader::new(data, 0));
    let locals = reader.into_iter().find_map(|name| match name {
        Ok(wasmparser::Name::Local(map)) => map.into_iter().map(|naming| naming.unwrap().index).next(),
        _ => None,
    });
    assert_eq!(locals, Some(0));
}

fn adapted(text: &str, roots: &[&str], realloc: ReallocSource<'_>) -> diag::Result<Vec<u8>> {
    let bytes = wat(text);
    let module = wasm::read_module("a.wasm", &bytes).expect("valid");
    wasm::adapt(&module, &Adaptation { roots, realloc, page_size_log2: 16, keep_names: true })
}

#[test]
fn an_adapter_may_own_a_table_and_tags() {
    let text = r#"(module
        (import "env" "memory" (memory 0))
        (type $unit (func))
        (table $own 1 funcref)
        (elem (i32.const 0) func $target)
        (tag $oops (export "oops"))
        (data $passive "text")
        (func $target (throw $oops))
        (func $f (export "f")
          (block (try_table (catch $oops 0) (call_indirect (type $unit) (i32.const 0))))
          (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 4))))"#;
    let out = adapted(text, &["f"], ReallocSource::MemoryGrow).expect("all of it is its own");
    assert_eq!(summary(&out), "import env.memory\nfunctions target f\ntables 1\ntags 1\nelements 1\ndata 1");
}

#[test]
fn an_adapter_may_have_a_start_function_that_calls_nothing_outside() {
    let own = r#"(module
        (import "env" "memory" (memory 0))
        (import "__main_module__" "cabi_realloc" (func (param i32 i32 i32 i32) (result i32)))
        (global $__stack_pointer (mut i32) (i32.const 0))
        (global $allocation_state (mut i32) (i32.const 0))
        (global $ready (mut i32) (i32.const 0))
        (func $go (global.set $ready (i32.const 1)))
        (func $f (export "f") (result i32) (global.get $__stack_pointer))
        (start $go))"#;
    let out = adapted(own, &["f"], ReallocSource::Main("cabi_realloc")).expect("nothing of others is called");
    // The main module's allocator is not called before the main module is ready.
    assert_eq!(
        summary(&out),
        "import env.memory\nfunctions go f realloc_via_memory_grow allocate_stack\n\
         globals __stack_pointer allocation_state ready"
    );
    let outside = r#"(module (import "x" "f" (func $f)) (start $f))"#;
    let refused = adapted(outside, &[], ReallocSource::MemoryGrow).expect_err("it calls what may not be there yet");
    assert_eq!(refused.0[0].code.0, "encode/adapter-section");
}

#[test]
fn an_adapter_must_not_write_over_what_others_own() {
    for text in [
        r#"(module (memory 1))"#,
        r#"(module (import "env" "memory" (memory 0)) (data (i32.const 0) "x"))"#,
        r#"(module (import "__main_module__" "t" (table 1 funcref)) (elem (i32.const 0) func $f) (func $f))"#,
    ] {
        let refused = adapted(text, &[], ReallocSource::MemoryGrow).expect_err("it is not its own");
        assert_eq!(refused.0[0].code.0, "encode/adapter-section", "{text}");
    }
}

/// The globals of the stack keep their meaning when one before them is gone: the injected code names them anew.
#[test]
fn a_lazy_stack_is_put_into_the_right_globals() {
    let text = r#"(module
        (import "env" "memory" (memory 0))
        (import "__main_module__" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
        (global $gone (mut i32) (i32.const 7))
        (global $__stack_pointer (mut i32) (i32.const 0))
        (global $also_gone (mut i32) (i32.const 8))
        (global $allocation_state (mut i32) (i32.const 0))
        (func $f (export "f") (result i32) (global.get $__stack_pointer)))"#;
    let out = adapted(text, &["f"], ReallocSource::Main("cabi_realloc")).expect("an adapter");
    let kept = "import env.memory\nimport __main_module__.cabi_realloc\nfunctions realloc f allocate_stack\n\
                globals __stack_pointer allocation_state";
    let kept = kept.replace("import env.memory\n", "");
    assert_eq!(summary(&out), kept);
    let allocate = wasmparser::Parser::new(0).parse_all(&out).filter_map(|payload| match payload {
        Ok(wasmparser::Payload::CodeSectionEntry(body)) => Some(body),
        _ => None,
    });
    let mut written = Vec::new();
    for operator in allocate.last().expect("it is the last function").get_operators_reader().expect("valid") {
        match operator.expect("valid") {
            wasmparser::Operator::GlobalGet { global_index } => written.push(('r', global_index)),
            wasmparser::Operator::GlobalSet { global_index } => written.push(('w', global_index)),
            _ => {}
        }
    }
    assert_eq!(written, [('r', 1), ('w', 1), ('w', 0), ('w', 1)]);
}

/// An adapter that grows a memory it does not import gets the import.
#[test]
fn an_allocator_that_grows_has_a_memory() {
    let text = r#"(module
        (import "__main_module__" "cabi_realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
        (func $f (export "f") (result i32)
          (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 65536))))"#;
    let out = adapted(text, &["f"], ReallocSource::MemoryGrow).expect("an adapter");
    assert_eq!(summary(&out), "import env.memory\nfunctions f realloc_via_memory_grow");
}

#[test]
fn a_body_that_names_nothing_is_told() {
    // `call 9` in a module with one function.
    let bytes = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x05\x01\x01f\0\0\x0a\x06\x01\x04\0\x10\x09\x0b";
    let module = wasm::read_module("m.wasm", bytes).expect("bodies are not looked at");
    let refused = wasm::shake(&module, &["f"]).expect_err("there is no such function");
    assert_eq!(refused.0[0].code.0, "wasm/invalid");
    assert!(refused.0[0].labels[0].text.contains("a function is named that is not there"));
}
