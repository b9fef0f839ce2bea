//! Damaged and hostile binaries end in a component or in diagnostics, soon, and never in a panic.

#[path = "instantiation/check.rs"]
mod check;

use std::borrow::Cow;
use std::path::Path;
use std::time::{Duration, Instant};

use testing::seeds;
use types::Types;
use withe_component as component;

const SAMPLE: &str = r#"(component
  (import "a:b/res@1.0.0" (instance $res
    (type $e' (enum "x" "y"))
    (export "e" (type $e (eq $e')))
    (export "r" (type $r (sub resource)))
    (export "[method]r.get" (func (param "self" (borrow $r)) (result (result string (error $e)))))))
  (alias export $res "r" (type $r))
  (core module $m (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "f") (param i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (func $f (param "r" (own $r)) (result u32) (canon lift (core func $i "f")))
  (export "f" (func $f))
  (component $c (import "g" (func (param "x" (list u8)))) (export "h" (func 0)))
  (@custom "producers" "\01\08language\01\03wat\011"))"#;

#[test]
fn fuzz_damaged_components() {
    let good = wat::parse_str(SAMPLE).unwrap();
    let mut types = Types::new();
    let world = component::read_world(&mut types, "good.wasm", &good).unwrap();
    let section = component::metadata::encode(&types, &world, component::StringEncoding::Utf8).unwrap();
    seeds::check("fuzz_damaged_components", 2_000, |random| {
        let mut types = Types::new();
        let bad = random.mutate(&good);
        component::kind_of(&bad);
        component::read::structure(&bad);
        if let Ok(world) = component::read_world(&mut types, "bad.wasm", &bad) {
            types::dump::world(&types, &world);
            let _ = component::metadata::encode(&types, &world, component::StringEncoding::Utf8);
        }
        let _ = component::metadata::decode(&mut types, "bad.wasm", &random.mutate(&section));
    });
}

/// Components of all kinds: the sample, worlds as metadata, and the public test vectors where they are.
fn corpus() -> Vec<Vec<u8>> {
    let mut found = vec![wat::parse_str(SAMPLE).expect("it is valid"), b"\0asm\x0d\0\x01\0".to_vec()];
    let Ok(folder) = testing::conformance::folder("encode") else { return found };
    let cases = testing::cases::directories(&folder).into_iter().map(|case| case.join("component.wat"));
    let texts = cases.filter_map(|path| testing::read(&path).ok());
    found.extend(texts.filter_map(|text| wat::parse_bytes(&text).map(Cow::into_owned).ok()));
    let mut types = Types::new();
    for at in 0..found.len() {
        let Ok(world) = component::read_world(&mut types, "good.wasm", &found[at]) else { continue };
        found.extend(component::metadata::encode(&types, &world, component::StringEncoding::Utf16).ok());
    }
    found
}

#[test]
fn fuzz_damaged_corpus() {
    let corpus = corpus();
    let longest = corpus.iter().map(Vec::len).max().unwrap_or_default();
    assert!(corpus.len() > 1 && longest > 100);
    seeds::check("fuzz_damaged_corpus", 3_000, |random| {
        let good = random.pick(&corpus).clone();
        let bad = if random.below(4) == 0 { spliced(random, &good, &corpus) } else { random.mutate(&good) };
        let start = Instant::now();
        component::kind_of(&bad);
        component::read::structure(&bad);
        component::read::verdict::verdicts(&bad);
        let mut types = Types::new();
        if let Ok(component) = component::read(&mut types, "bad.wasm", &bad) {
            component.dump(&types);
            let _ = component::metadata::encode(&types, &component.world(), component::StringEncoding::Utf8);
            assert!(component.ty.imports.len() + component.ty.exports.len() <= bad.len(), "more items than bytes");
        }
        if let Err(refused) = component::metadata::decode(&mut types, "bad.wasm", &bad) {
            assert!(refused.0.iter().all(|one| !one.labels.is_empty()), "{refused:?}");
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{:?} for {} bytes", start.elapsed(), bad.len());
    });
}

/// What is valid is flattened as the rules say; what is not ends in a diagnostic, though nobody should ask.
#[test]
fn fuzz_instantiation() {
    let mut corpus = corpus();
    let cases = testing::cases::directories(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/instantiation/cases"));
    let texts = cases.iter().map(|case| testing::read(&case.join("component.wat")).expect("each case has one"));
    corpus.extend(texts.map(|text| wat::parse_bytes(&text).expect("cases are valid").into_owned()));
    let flattened = std::sync::atomic::AtomicUsize::new(0);
    seeds::check("fuzz_instantiation", 3_000, |random| {
        let good = random.pick(&corpus).clone();
        let bad = match random.below(8) {
            0 => good,
            1 => spliced(random, &good, &corpus),
            _ => random.mutate(&good),
        };
        let start = Instant::now();
        let mut types = Types::new();
        let read = component::read(&mut types, "bad.wasm", &bad);
        match (read, component::instantiation::instantiation(&mut types, "bad.wasm", &bad)) {
            (Ok(read), Ok(made)) => {
                check::check(&types, &read.ty, &made).unwrap();
                assert!(!made.dump(&types).is_empty());
                flattened.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
            (Err(_), Ok(_)) => {}
            (Ok(_), Err(refused)) => {
                let unsupported = |one: &diag::Diagnostic| one.code.0.starts_with("unsupported/");
                assert!(refused.0.iter().all(|one| unsupported(one) && !one.labels.is_empty()), "{refused:?}");
            }
            (Err(_), Err(refused)) => assert!(refused.0.iter().all(|one| !one.labels.is_empty()), "{refused:?}"),
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{:?} for {} bytes", start.elapsed(), bad.len());
    });
    assert!(flattened.into_inner() > 100, "hardly any is valid");
}

/// The beginning of one component and the end of another.
fn spliced(random: &mut seeds::Random, good: &[u8], corpus: &[Vec<u8>]) -> Vec<u8> {
    let other = random.pick(corpus);
    let (end, start) = (random.below(good.len()), random.below(other.len()));
    [&good[..end], &other[start..]].concat()
}

#[test]
fn every_cut_is_refused() {
    let good = wat::parse_str(SAMPLE).unwrap();
    let sections =
        wasmparser::Parser::new(0).parse_all(&good).filter(|part| part.as_ref().unwrap().as_section().is_some());
    let sections = sections.count();
    let mut whole = 0;
    for end in 0..good.len() {
        match component::read(&mut Types::new(), "cut.wasm", &good[..end]) {
            // A cut between two sections leaves a shorter component.
            Ok(_) => whole += 1,
            Err(error) => assert!(error.0.iter().all(|error| !error.labels.is_empty()), "{error:?}"),
        }
    }
    assert!(whole <= sections, "{whole} cuts were read, of {sections} sections");
}

#[test]
fn claims_of_billions_end_soon() {
    let start = Instant::now();
    for section in [1_u8, 2, 3, 4, 5, 6, 7, 8, 10, 11] {
        let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
        bytes.extend([section, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]);
        let error = component::read(&mut Types::new(), "huge.wasm", &bytes).unwrap_err();
        assert_eq!(error.0[0].code.0, "component/invalid");
    }
    // Each instance type holds the one before ten times.
    let mut text = String::from("(component (type $t0 (instance (export \"f\" (func))))\n");
    for level in 1..12 {
        text.push_str(&format!("(type $t{level} (instance (alias outer 1 $t{} (type $t))", level - 1));
        for copy in 0..10 {
            text.push_str(&format!("(export \"i{copy}\" (instance (type $t)))"));
        }
        text.push_str("))\n");
        text.push_str(&format!("(import \"n{level}\" (instance (type $t{level})))\n"));
    }
    text.push(')');
    // Each name of a type copies its labels.
    let mut names = format!("(component (type $t (record (field \"{}\" u32)))", "x".repeat(90_000));
    (0..5_000).for_each(|at| names.push_str(&format!("(export \"t{at}\" (type $t))")));
    names.push(')');
    let error = component::read(&mut Types::new(), "names.wasm", &wat::parse_str(&names).unwrap()).unwrap_err();
    assert_eq!(error.0[0].code.0, "component/too-large");
    let error = component::read(&mut Types::new(), "laughs.wasm", &wat::parse_str(&text).unwrap()).unwrap_err();
    assert!(["component/invalid", "component/too-large"].contains(&error.0[0].code.0), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
