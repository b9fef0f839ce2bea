//! Our check of resource identity against the validator's, on random wirings: what one accepts, the other accepts.
//!
//! In: a seed. It makes interfaces around resources (uses of uses, one resource under two names, records and lists with
//! handles, streams of handles), components that import and export them (their own, or the imported ones passed on,
//! under the same name or another), and a wiring of several instances of them.
//! The wiring is written by hand, as text, without any check of ours, and judged by the validator;
//! and it is built as a `Wiring`. Both verdicts must be equal, and what we write must be valid.
#![expect(clippy::disallowed_methods, reason = "the number of seeds is asked for in the environment")]
#![expect(clippy::print_stderr, reason = "the count is the report")]

#[path = "identity/by_hand.rs"]
mod by_hand;
#[path = "identity/parts.rs"]
mod parts;
#[path = "identity/random.rs"]
mod random;
#[path = "identity/wire.rs"]
mod wire;

use component::EmitOptions;
use random::Random;
use types::Types;
use withe_compose::plan;

/// What became of a seed.
enum Outcome {
    Fits,
    Refused(Vec<&'static str>),
    /// Two imports that stay open have one name and different types: no question of identity.
    Conflict,
}

fn validate(bytes: &[u8]) -> Result<(), String> {
    let here = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(bytes);
    here.map_err(|error| error.to_string())?;
    let features = wasmparser_embedded::WasmFeatures::all();
    let embedded = wasmparser_embedded::Validator::new_with_features(features).validate_all(bytes);
    embedded.map(|_| ()).map_err(|error| format!("the embedded version: {error}"))
}

fn judge(seed: u64) -> Result<Outcome, String> {
    let mut random = Random::of(seed);
    let interfaces = parts::interfaces(&mut random);
    let kinds: Vec<parts::Part> = (0..random.between(2, 4)).map(|_| parts::part(&mut random, &interfaces)).collect();
    let wires = wire::wires(&mut random, &kinds, &interfaces);
    let texts: Vec<String> = kinds.iter().map(|part| part.text(&interfaces)).collect();
    let by_hand = by_hand::text(&interfaces, &kinds, &texts, &wires);
    let read = |text: &str| wat::parse_str(text).map_err(|error| format!("{error}\n{text}"));
    let files: Vec<Vec<u8>> =
        texts.iter().map(|text| read(&format!("(component {text})"))).collect::<Result<_, _>>()?;
    for (file, text) in files.iter().zip(&texts) {
        validate(file).map_err(|error| format!("a part is not valid: {error}\n{text}"))?;
    }
    let verdict = validate(&read(&by_hand)?);
    let types = &mut Types::new();
    let ours = wire::wiring(types, &files, &wires).build(types);
    match (ours, verdict) {
        (Ok(wired), verdict) => {
            let said = || format!("{}\n{by_hand}", wired.graph.dump());
            verdict.map_err(|error| {
                format!("accepted here, the validator says of the same by hand: {error}\n{}", said())
            })?;
            let made = plan(types, &wired.graph).map_err(|error| format!("not planned: {error:#?}\n{}", said()))?;
            let bytes = component::emit(&made, EmitOptions::default());
            validate(&bytes).map_err(|error| format!("what was written is not valid: {error}\n{}", said()))?;
            Ok(Outcome::Fits)
        }
        (Err(diagnostics), verdict) => {
            let codes: Vec<&'static str> = diagnostics.0.iter().map(|diagnostic| diagnostic.code.0).collect();
            if codes.contains(&"compose/import-conflict") {
                return Ok(Outcome::Conflict);
            }
            match verdict {
                Err(_) => Ok(Outcome::Refused(codes)),
                Ok(()) => Err(format!("refused here, the validator accepts it by hand: {diagnostics:#?}\n{by_hand}")),
            }
        }
    }
}

/// CI runs 300 seeds; `IDENTITY_SEEDS` asks for more.
#[test]
fn verdicts_are_the_validators() {
    let seeds = std::env::var("IDENTITY_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    let (mut fits, mut conflicts) = (0_usize, 0_usize);
    let mut refused: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let mut refusals = 0_usize;
    for seed in 1..=seeds {
        match judge(seed).unwrap_or_else(|error| panic!("seed {seed}: {error}")) {
            Outcome::Fits => fits += 1,
            Outcome::Refused(codes) => {
                refusals += 1;
                codes.into_iter().for_each(|code| *refused.entry(code).or_default() += 1);
            }
            Outcome::Conflict => conflicts += 1,
        }
    }
    eprintln!("{seeds} wirings: {fits} fit, {refusals} refused ({refused:?}), {conflicts} with imports that conflict");
    let share = usize::try_from(seeds / 6).expect("a small number");
    assert!(fits >= share && refusals >= share, "both verdicts must be common: {fits} and {refusals}");
    assert!(refused.contains_key("compose/resource-mismatch") && refused.contains_key("compose/half-filled-interface"));
}
