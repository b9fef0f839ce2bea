//! Damaged components end in a module or in diagnostics, and never in a panic; a component gives the same module twice.

use std::borrow::Cow;

use testing::{damage, seeds};
use types::Types;
use withe_bindgen_js::{Instantiate, Options};

/// The cases of `fixtures/transpile`, and the public test vectors where they are.
fn corpus() -> Vec<Vec<u8>> {
    let mut cases = testing::cases::directories(&testing::fixtures("transpile"));
    if let Ok(folder) = testing::conformance::folder("encode") {
        cases.extend(testing::cases::directories(&folder));
    }
    let texts = cases.iter().filter_map(|case| testing::read(&case.join("component.wat")).ok());
    texts.filter_map(|text| wat::parse_bytes(&text).map(Cow::into_owned).ok()).collect()
}

fn module(bytes: &[u8], instantiate: Instantiate) -> Option<String> {
    let mut types = Types::new();
    component::read(&mut types, "random.wasm", bytes).ok()?;
    let inst = component::instantiation::instantiation(&mut types, "random.wasm", bytes).ok()?;
    let options = Options { name: "random".to_owned(), instantiate, ..Options::default() };
    Some(withe_bindgen_js::transpile(&types, "random.wasm", &inst, &options).ok()?.text)
}

#[test]
fn fuzz_damaged_components_become_modules() {
    let corpus = corpus();
    assert!(corpus.len() >= 7);
    seeds::check("fuzz_damaged_components_become_modules", 1_500, |random| {
        let good = random.pick(&corpus).clone();
        let bytes = damage::harmed(random, &good, &corpus);
        let instantiate = *random.pick(&[Instantiate::Esm, Instantiate::Async, Instantiate::Sync]);
        assert_eq!(module(&bytes, instantiate), module(&bytes, instantiate));
    });
}

/// Types that double at every level are small as text: so are their modules.
#[test]
fn shared_types_are_written_once() {
    let level = |at: usize| format!("(type $t{at} (tuple $t{0} $t{0} (option $t{0})))", at - 1);
    let levels: String = (1..=9).map(level).collect();
    let text = format!(
        r#"(component
          (core module $m (memory (export "memory") 1)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
            (func (export "f") (param i32 i32) (result i32) unreachable))
          (core instance $i (instantiate $m))
          (type $t0 (tuple u64 string))
          {levels}
          (func (export "f") (param "x" (list $t9)) (result (list $t9)) (canon lift (core func $i "f")
            (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"#
    );
    let bytes = wat::parse_str(text).expect("it is valid");
    let module = module(&bytes, Instantiate::Esm).expect("a module");
    assert!(module.len() < 32_000, "{}", module.len());
}
