//! Modules cut down to some of their exports: random ones of every proposal, and small ones for each rule.
//!
//! Out of a random module, whatever is asked for: the result is valid, has these exports and no others, is the same
//! when it is made again, and does what the module did. The last is shown by walking both from the exports and from
//! what instantiation does: where the old module names an item, the new one names one that is equal all the way down.
//!
//! `WITHE_SHAKE_RANDOM` sets the number of random modules.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests ask for their number, and unwrap")]
#![expect(clippy::wildcard_enum_match_arm, reason = "wasmparser's enums are foreign and grow")]

mod shake {
    pub mod rules;
    pub mod same;
}

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};
use withe_wasm as wasm;

/// Random modules, unless more are asked for.
const FEW: u64 = 400;

/// Xorshift: the same bytes everywhere.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_le_bytes()[3]).collect()
    }
}

fn random_module(seed: u64) -> Option<Vec<u8>> {
    let mut dice = Dice::new(seed);
    let flag = |dice: &mut Dice| dice.next().is_multiple_of(2);
    let config = Config {
        max_memories: 1 + usize::try_from(dice.next() % 3).expect("small"),
        max_tables: 1 + usize::try_from(dice.next() % 4).expect("small"),
        max_memory32_bytes: 1 << 20,
        max_memory64_bytes: 1 << 20,
        max_table_elements: 1000,
        min_exports: 1,
        min_funcs: 1,
        max_instructions: 60,
        custom_descriptors_enabled: flag(&mut dice),
        custom_page_sizes_enabled: flag(&mut dice),
        shared_everything_threads_enabled: flag(&mut dice),
        acquire_release_atomics_enabled: flag(&mut dice),
        multibyte_array_access_enabled: flag(&mut dice),
        gc_enabled: flag(&mut dice),
        generate_custom_sections: true,
        min_uleb_size: if flag(&mut dice) { 5 } else { 1 },
        ..Config::default()
    };
    let bytes = dice.bytes(6000);
    Module::new(config, &mut Unstructured::new(&bytes)).ok().map(|module| module.to_bytes())
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn random_modules_stay_what_they_were() {
    let (mut made, mut smaller) = (0, 0);
    for seed in 0..number("WITHE_SHAKE_RANDOM").unwrap_or(FEW) {
        let Some(bytes) = random_module(seed) else { continue };
        // What the validator of this workspace does not take is no input.
        if wasm::validate(&bytes).is_err() {
            continue;
        }
        made += 1;
        let module = wasm::read_module("m.wasm", &bytes).expect("validated above");
        let every: Vec<&str> = module.exports.keys().copied().collect();
        let half: Vec<&str> = every.iter().step_by(2).copied().collect();
        for roots in [&every[..], &half, &[]] {
            let shaken = wasm::shake(&module, roots).unwrap_or_else(|error| panic!("seed {seed}: {error:?}"));
            let found = check(&bytes, &module, roots, &shaken);
            assert!(found.is_ok(), "seed {seed}, {roots:?}: {found:?}");
            smaller += usize::from(shaken.len() < bytes.len());
        }
    }
    // The generator makes modules of this workspace's proposals, and not only such as cannot shrink.
    assert!(made > 20 && smaller > made, "{made} modules, {smaller} got smaller");
}

fn check(old: &[u8], module: &wasm::CoreModule<'_>, roots: &[&str], shaken: &[u8]) -> Result<(), String> {
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

#[test]
fn damaged_modules_are_told() {
    let mut refused = 0;
    for seed in 0..20 {
        let Some(bytes) = random_module(seed) else { continue };
        for end in 0..bytes.len().min(2000) {
            if let Ok(module) = wasm::read_module("m.wasm", &bytes[..end]) {
                refused += usize::from(wasm::shake(&module, &every_export(&module)).is_err());
            }
        }
        let mut dice = Dice::new(seed + 1);
        for _ in 0..400 {
            let mut damaged = bytes.clone();
            let at = usize::try_from(dice.next()).expect("64 bits") % damaged.len();
            damaged[at] ^= dice.next().to_le_bytes()[0];
            if let Ok(module) = wasm::read_module("m.wasm", &damaged) {
                refused += usize::from(wasm::shake(&module, &every_export(&module)).is_err());
            }
        }
    }
    // Bodies are not looked at when a module is read, so some damage is met only here.
    assert!(refused > 10, "{refused} were refused");
}

fn every_export<'a>(module: &wasm::CoreModule<'a>) -> Vec<&'a str> {
    module.exports.keys().copied().collect()
}
