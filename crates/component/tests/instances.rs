//! However much a few bytes ask for, following an instantiation ends soon, in a result or in a diagnostic.

use std::time::{Duration, Instant};

use types::Types;
use withe_component as component;

/// The codes of what is said, after at most the time that a slow machine may take; empty if there is a result.
fn said(text: &str) -> Vec<&'static str> {
    let bytes = wat::parse_str(text).expect("the text is right");
    let mut validator = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all());
    validator.validate_all(&bytes).expect("it is valid");
    let mut types = Types::new();
    let start = Instant::now();
    let made = component::instantiation::instantiation(&mut types, "many.wasm", &bytes);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert!(types.len() < 5_000_000, "{} entries", types.len());
    made.map_or_else(|errors| errors.0.iter().map(|error| error.code.0).collect(), |_| Vec::new())
}

/// Each component instantiates the one before so many times.
fn tower(levels: usize, times: usize, base: &str) -> String {
    let mut text = format!("(component (component $c0 {base})\n");
    for level in 1..=levels {
        let before = level - 1;
        text.push_str(&format!("(component $c{level} (alias outer 1 $c{before} (component $b))"));
        text.push_str(&"(instance (instantiate $b))".repeat(times));
        text.push_str(")\n");
    }
    text.push_str(&format!("(instance (instantiate $c{levels})))"));
    text
}

#[test]
fn instances_of_instances_are_bounded() {
    assert_eq!(said(&tower(4, 10, "")), ["unsupported/instances"]);
    assert!(said(&tower(3, 10, "")).is_empty());
    assert_eq!(said(&tower(70, 1, "")), ["unsupported/instances"]);
    // Few instances, each with many definitions.
    let fields: Vec<String> = (0..5_000).map(|at| format!("(field \"f{at}\" u32)")).collect();
    let base = format!("(type (record {}))", fields.join(" "));
    assert_eq!(said(&tower(3, 10, &base)), ["unsupported/instances"]);
}

#[test]
fn long_names_count() {
    // A few bytes for each name that an export copies.
    let name = "x".repeat(90_000);
    let mut text = format!("(component (type $t0 (record (field \"{name}\" u32)))");
    for at in 1..20_000 {
        text.push_str(&format!("(export \"t{at}\" (type $t0))"));
    }
    text.push(')');
    assert_eq!(said(&text), ["unsupported/instances"]);
    // A module with a long list of imports, instantiated often.
    let imports: Vec<String> = (0..1_000).map(|at| format!("(import \"\" \"{at}\" (func))")).collect();
    let mut text = format!("(component (core module $m {}) (core module $f (func (export \"f\")))", imports.join(" "));
    text.push_str("(core instance $f (instantiate $f))");
    let given: Vec<String> = (0..1_000).map(|at| format!("(export \"{at}\" (func $f \"f\"))")).collect();
    text.push_str(&format!("(core instance $given {})", given.join(" ")));
    text.push_str(&"(core instance (instantiate $m (with \"\" (instance $given))))".repeat(4_000));
    text.push(')');
    assert_eq!(said(&text), ["unsupported/instances"]);
}

#[test]
fn deep_instances_are_refused() {
    let mut text = String::from("(component (component $c) (instance $i0 (instantiate $c))\n");
    for level in 1..90 {
        let before = level - 1;
        text.push_str(&format!("(instance $i{level} (export \"i\" (instance $i{before})))\n"));
    }
    text.push_str("(export \"i\" (instance $i89)))");
    assert_eq!(said(&text), ["component/too-large"]);
    // Wide ones: each holds the one before twice.
    let mut text = String::from("(component (component $c) (instance $i0 (instantiate $c))\n");
    for level in 1..14 {
        let before = level - 1;
        text.push_str(&format!(
            "(instance $i{level} (export \"a\" (instance $i{before})) (export \"b\" (instance $i{before})))\n"
        ));
    }
    text.push_str("(export \"i\" (instance $i13)))");
    assert!(said(&text).is_empty());
}

#[test]
fn what_nothing_uses_is_no_import() {
    let text = r#"(component
        (import "a" (instance (export "f" (func)) (export "r" (type (sub resource)))))
        (import "b" (core module))
        (import "c" (component)))"#;
    let bytes = wat::parse_str(text).unwrap();
    let made = component::instantiation::instantiation(&mut Types::new(), "a.wasm", &bytes).unwrap();
    assert!(made.imports.is_empty() && made.resources.is_empty() && made.modules.is_empty());
}

#[test]
fn a_large_module_costs_nothing() {
    let module = format!(
        "(core module $m (func (export \"f\")) (memory 200) (data (i32.const 0) \"{}\"))",
        "x".repeat(10 << 20)
    );
    let text = format!(
        "(component {module} (core instance $m (instantiate $m)) (func (export \"f\") (canon lift (core func $m \"f\"))))"
    );
    let bytes = wat::parse_str(&text).unwrap();
    let mut types = Types::new();
    let read = || component::instantiation::instantiation(&mut types, "large.wasm", &bytes).unwrap();
    let (made, took) = testing::limits::timed(read);
    // It takes a tenth of a millisecond; going through the bytes would take longer than this.
    assert!(took < Duration::from_millis(500), "{took:?}");
    assert!(bytes.as_ptr_range().contains(&made.modules[0].bytes.as_ptr()), "the module was copied");
}

/// What an instance holds is looked into once, however many others it stands in.
#[test]
fn instances_that_stand_in_one_another_are_followed_once() {
    let mut text = "(component (import \"f\" (func $f)) (component $c (import \"i\" (instance)))\n".to_owned();
    for level in 0..4 {
        let inner = if level == 0 { "(func $f)".to_owned() } else { format!("(instance $i{})", level - 1) };
        let exports = (0..20).map(|at| format!("(export \"e{at}\" {inner})")).collect::<String>();
        text.push_str(&format!("(instance $i{level} {exports})\n"));
    }
    text.push_str(&"(instance (instantiate $c (with \"i\" (instance $i3))))".repeat(400));
    text.push(')');
    let bytes = wat::parse_str(&text).expect("the text is right");
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
        .validate_all(&bytes)
        .expect("it is valid");
    let start = Instant::now();
    let wiring = component::read::wiring("many.wasm", &bytes).expect("few parts");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!(wiring.parts.len(), 401);
    assert!(wiring.parts[400].takes.contains("f"), "{:?}", wiring.parts[400]);
}
