//! Validation of finished binaries, function bodies included.
//!
//! In: the bytes of a module or component. Out: nothing, or what wasmparser refuses.
//! Holds: structure is checked in one pass; bodies, which only read that structure, are shared among threads.

use std::num::NonZero;
use std::thread;

use wasmparser::{FuncToValidate, FuncValidatorAllocations, FunctionBody, Parser, ValidPayload, Validator};
use wasmparser::{ValidatorResources, WasmFeatures};

/// Bodies worth a thread of their own.
const BODIES_PER_THREAD: usize = 256;

/// Validates a module or component with every feature that is known.
pub fn validate(bytes: &[u8]) -> wasmparser::Result<()> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        if let ValidPayload::Func(func, body) = validator.payload(&payload?)? {
            bodies.push((func, body));
        }
    }
    validate_bodies(bodies)
}

type Body<'a> = (FuncToValidate<ValidatorResources>, FunctionBody<'a>);

fn validate_bodies(mut bodies: Vec<Body<'_>>) -> wasmparser::Result<()> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(bodies.len() / BODIES_PER_THREAD + 1);
    let share = bodies.len().div_ceil(threads);
    thread::scope(|scope| {
        let mut running = Vec::new();
        while bodies.len() > share {
            let part = bodies.split_off(bodies.len() - share);
            running.push(scope.spawn(move || validate_some(part)));
        }
        let mut result = validate_some(bodies);
        // The error that stands first in the file is told, whichever thread was faster.
        for handle in running.into_iter().rev() {
            let other = handle.join().expect("the validator does not panic");
            result = result.and(other);
        }
        result
    })
}

fn validate_some(bodies: Vec<Body<'_>>) -> wasmparser::Result<()> {
    let mut allocations = FuncValidatorAllocations::default();
    for (func, body) in bodies {
        let mut validator = func.into_validator(allocations);
        validator.validate(&body)?;
        allocations = validator.into_allocations();
    }
    Ok(())
}
