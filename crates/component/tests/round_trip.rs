//! Types to bytes to types is the identity, and everything written validates under both parsers.

use types::Types;
use withe_component::StringEncoding;

/// Worlds as component binaries: each is read, written as metadata, read again, and compared.
const WORLDS: &[(&str, &str)] = &[
    ("empty", "(component)"),
    (
        "interface-with-types",
        r#"(component
          (import "a:b/types@1.2.3" (instance $types
            (type $raw (record (field "a" u32) (field "b" string)))
            (export "pair" (type $pair (eq $raw)))
            (export "again" (type $again (eq $pair)))
            (type $num u8)
            (export "num" (type (eq $num)))
            (type $list (list $pair))
            (export "swap" (func (param "p" $list) (result $again)))))
          (alias export $types "pair" (type $pair))
          (import "c:d/user" (instance
            (alias outer 1 $pair (type $outer))
            (export "pair" (type $pair (eq $outer)))
            (export "use" (func (param "p" $pair) (param "q" (tuple $pair $pair)))))))"#,
    ),
    (
        "resources",
        r#"(component
          (import "a:b/res" (instance $res
            (export "r" (type $r (sub resource)))
            (export "q" (type $q (eq $r)))
            (export "[constructor]r" (func (param "x" u32) (result (own $r))))
            (export "[method]r.get" (func (param "self" (borrow $r)) (result u32)))
            (export "[static]r.make" (func (result (own $q))))))
          (alias export $res "r" (type $r))
          (import "free" (func (param "r" (own $r))))
          (import "world-res" (type $w (sub resource)))
          (import "take" (func (param "w" (own $w)))))"#,
    ),
    (
        "labels-and-attributes",
        r#"(component
          (import "one" (implements "a:b/c@0.2.0") (instance (export "f" (func))))
          (import "two" (implements "a:b/c@0.2.0") (instance (export "f" (func))))
          (import "three" (external-id "x y") (func async (param "s" (stream u8)) (result (future)))))"#,
    ),
    (
        "kinds",
        r#"(component
          (import "k" (instance
            (type $v' (variant (case "a") (case "b" u32)))
            (export "v" (type $v (eq $v')))
            (type $f' (flags "x" "y"))
            (export "f" (type $f (eq $f')))
            (type $e' (enum "p" "q"))
            (export "e" (type $e (eq $e')))
            (export "all" (func (param "a" (option $v)) (param "b" (result $f (error $e))) (param "c" (result))
              (param "d" (list char)) (param "m" (map string u64)) (param "n" (list u8 4)) (result (result (error string))))))))"#,
    ),
    (
        "nested-component",
        r#"(component
          (import "c" (component
            (import "r" (type $r (sub resource)))
            (export "out" (instance (export "f" (func (param "r" (own $r)))))))))"#,
    ),
];

#[test]
fn types_survive_the_way_through_bytes() {
    for (name, wat) in WORLDS {
        let bytes = wat::parse_str(wat).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut types = Types::new();
        let world =
            withe_component::read_world(&mut types, name, &bytes).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let written = withe_component::metadata::encode(&types, &world, StringEncoding::Utf16)
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(&written)
            .unwrap_or_else(|error| panic!("{name}: {error}\n{}", wasmprinter::print_bytes(&written).unwrap()));
        wasmparser_embedded::Validator::new_with_features(wasmparser_embedded::WasmFeatures::all())
            .validate_all(&written)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let read = withe_component::metadata::decode(&mut types, name, &written)
            .unwrap_or_else(|error| panic!("{name}: {error:?}\n{}", wasmprinter::print_bytes(&written).unwrap()));
        assert_eq!(read.encoding, StringEncoding::Utf16);
        assert_eq!(types::dump::world(&types, &read.world), types::dump::world(&types, &world), "{name}");
    }
}

#[test]
fn adapters_carry_their_worlds() {
    use wasi_preview1_component_adapter_provider as provider;
    let adapters = [
        ("command", provider::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER, "wasi:cli/run@"),
        ("reactor", provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER, ""),
        ("proxy", provider::WASI_SNAPSHOT_PREVIEW1_PROXY_ADAPTER, ""),
    ];
    for (name, bytes, export) in adapters {
        let mut types = Types::new();
        let mut sections = 0;
        for custom in wasm::custom_sections(bytes).filter(|custom| wasm::is_metadata(custom.name)) {
            sections += 1;
            let read = withe_component::metadata::decode(&mut types, name, custom.data).unwrap();
            let exports: Vec<String> = read.world.component.exports.keys().map(ToString::to_string).collect();
            assert!(export.is_empty() || exports.iter().any(|found| found.starts_with(export)), "{name}: {exports:?}");
            assert!(read.world.component.imports.keys().any(|found| found.to_string().starts_with("wasi:")), "{name}");
            let again = withe_component::metadata::encode(&types, &read.world, read.encoding).unwrap();
            let again = withe_component::metadata::decode(&mut types, name, &again).unwrap();
            assert_eq!(types::dump::world(&types, &again.world), types::dump::world(&types, &read.world), "{name}");
        }
        assert_eq!(sections, 1, "{name}");
    }
}

#[test]
fn a_component_is_shown_as_text() {
    let text = r#"(component
      (type $t (resource (rep i32)))
      (export $r "r" (type $t))
      (type $f (func (param "x" (own $r)) (result u8)))
      (export "named" (type $f))
      (core module $m (func (export "f") (param i32) (result i32) local.get 0))
      (core instance $i (instantiate $m))
      (func $g (type $f) (canon lift (core func $i "f")))
      (export "g" (func $g))
      (@custom "note" "abc"))"#;
    let bytes = wat::parse_str(text).unwrap();
    let mut types = Types::new();
    let component = withe_component::read(&mut types, "shown.wasm", &bytes).unwrap();
    let expected = "\
export resource r#0
export g: func(x: r#0) -> u8
other type: export `named`
custom \"note\": 3 bytes
custom \"component-name\": 36 bytes
";
    assert_eq!(component.dump(&types), expected);
}
