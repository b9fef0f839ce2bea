//! Modules cut down to some of their exports: random ones of every proposal, and small ones for each rule.
//!
//! Out of a random module, whatever is asked for: the result is valid, has these exports and no others, is the same
//! when it is made again, and does what the module did. The last is shown by walking both from the exports and from
//! what instantiation does: where the old module names an item, the new one names one that is equal all the way down.
#![expect(clippy::unwrap_used, reason = "tests unwrap")]
#![expect(clippy::wildcard_enum_match_arm, reason = "wasmparser's enums are foreign and grow")]

mod shake {
    pub mod rules;
    pub mod same;
}

use std::cell::Cell;

use arbitrary::Unstructured;
use testing::seeds::{Random, check};
use wasm_smith::{Config, Module};
use withe_wasm as wasm;

/// A module with any of the proposals that the generator knows; none if there were too few random bytes.
fn random_module(random: &mut Random) -> Option<Vec<u8>> {
    let flag = |random: &mut Random| random.below(2) == 0;
    let config = Config {
        max_memories: 1 + random.below(3),
        max_tables: 1 + random.below(4),
        max_memory32_bytes: 1 << 20,
        max_memory64_bytes: 1 << 20,
        max_table_elements: 1000,
        min_exports: 1,
        min_funcs: 1,
        max_instructions: 60,
        custom_descriptors_enabled: flag(random),
        custom_page_sizes_enabled: flag(random),
        shared_everything_threads_enabled: flag(random),
        acquire_release_atomics_enabled: flag(random),
        multibyte_array_access_enabled: flag(random),
        gc_enabled: flag(random),
        generate_custom_sections: true,
        min_uleb_size: if flag(random) { 5 } else { 1 },
        ..Config::default()
    };
    let bytes = random.bytes(6000);
    Module::new(config, &mut Unstructured::new(&bytes)).ok().map(|module| module.to_bytes())
}

#[test]
fn fuzz_shaken_modules_stay_what_they_were() {
    let (made, smaller) = (Cell::new(0), Cell::new(0));
    check("fuzz_shaken_modules_stay_what_they_were", 400, |random| {
        let Some(bytes) = random_module(random) else { return };
        // What the validator of this workspace does not take is no input.
        if wasm::validate(&bytes).is_err() {
            return;
        }
        made.set(made.get() + 1);
        let module = wasm::read_module("m.wasm", &bytes).expect("validated above");
        let every = every_export(&module);
        let half: Vec<&str> = every.iter().step_by(2).copied().collect();
        for roots in [&every[..], &half, &[]] {
            let shaken = wasm::shake(&module, roots).expect("a valid module");
            let found = compare(&bytes, &module, roots, &shaken);
            assert!(found.is_ok(), "{roots:?}: {found:?}");
            smaller.set(smaller.get() + usize::from(shaken.len() < bytes.len()));
        }
    });
    // The generator makes modules that the validator takes, and not only such as cannot shrink.
    assert!(smaller.get() >= made.get() && made.get() > 0, "{made:?} modules, {smaller:?} got smaller");
}

fn compare(old: &[u8], module: &wasm::CoreModule<'_>, roots: &[&str], shaken: &[u8]) -> Result<(), String> {
    wasm::validate(shaken).map_err(|error| error.to_string())?;
    let again = wasm::read_module("m.wasm", shaken).map_err(|error| format!("{error:?}"))?;
    let exports: Vec<&str> = again.exports.keys().copied().collect();
    if exports != roots {
        return Err(format!("exports {exports:?}"));
    }
    if roots.iter().any(|root| again.exports[root].ty.kind() != module.exports[root].ty.kind()) {
        return Err("an export is of another kind".to_owned());
    }
    if wasm::shake(&again, roots).map_err(|error| format!("{error:?}"))? != shaken {
        return Err("the second time something else came out".to_owned());
    }
    shake::same::same(old, shaken, roots)
}

/// Damaged modules, whose bodies nobody has looked at, are cut down or refused; so are those that end anywhere.
#[test]
fn fuzz_damaged_modules_are_told() {
    let refused = Cell::new(0);
    check("fuzz_damaged_modules_are_told", 60, |random| {
        let Some(bytes) = random_module(random) else { return };
        let cut = |bytes: &[u8]| {
            if let Ok(module) = wasm::read_module("m.wasm", bytes) {
                let shaken = wasm::shake(&module, &every_export(&module));
                refused.set(refused.get() + usize::from(shaken.is_err()));
            }
        };
        for _ in 0..100 {
            cut(&random.mutate(&bytes));
        }
        (0..100).for_each(|_| cut(&bytes[..random.below(bytes.len())]));
    });
    assert!(refused.get() > 0, "damage in bodies is met only here");
}

fn every_export<'a>(module: &wasm::CoreModule<'a>) -> Vec<&'a str> {
    module.exports.keys().copied().collect()
}
