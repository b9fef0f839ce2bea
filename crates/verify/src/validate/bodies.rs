//! Function bodies, which are most of a binary and stand for themselves: those of a large one on all threads.
//!
//! In: bodies in the order of the binary. Out: what is wrong with them, in that order.
//! Holds: a batch is done before the next is collected, so that memory does not grow with the binary.

use rayon::prelude::*;
use wasmparser_embedded::{
    BinaryReaderError, FuncToValidate, FuncValidatorAllocations, FunctionBody, ValidatorResources,
};

use super::Wrong;

/// Bytes of a binary from which on its bodies are spread; smaller ones are done sooner by one thread.
const LARGE: usize = 1 << 20;
/// Bytes of the bodies that are spread at a time.
const BATCH: usize = 1 << 20;
/// Bodies that a thread takes at a time, at least: most are short.
const LEAST: usize = 32;

type Body<'a> = (FuncToValidate<ValidatorResources>, FunctionBody<'a>);

/// Bodies that wait, and what was wrong with earlier ones.
pub(super) struct Bodies<'a, W> {
    waiting: Vec<Body<'a>>,
    /// Bytes of what waits.
    size: usize,
    is_spread: bool,
    allocations: FuncValidatorAllocations,
    wrong: W,
    errors: Vec<Wrong>,
}

impl<'a, W: Fn(&BinaryReaderError, Option<u32>) -> Wrong + Sync> Bodies<'a, W> {
    /// For a binary of that many bytes; `wrong` says where an error lies in the whole one.
    pub fn new(len: usize, wrong: W) -> Self {
        let allocations = FuncValidatorAllocations::default();
        Self { waiting: Vec::new(), size: 0, is_spread: len >= LARGE, allocations, wrong, errors: Vec::new() }
    }

    pub fn add(&mut self, func: FuncToValidate<ValidatorResources>, body: FunctionBody<'a>) {
        if !self.is_spread {
            let (error, allocations) = validate((func, body), std::mem::take(&mut self.allocations), &self.wrong);
            self.allocations = allocations;
            return self.errors.extend(error);
        }
        self.size += body.as_bytes().len();
        self.waiting.push((func, body));
        if self.size >= BATCH {
            self.spread();
        }
    }

    /// All that is wrong.
    pub fn finish(mut self) -> Vec<Wrong> {
        self.spread();
        self.errors
    }

    fn spread(&mut self) {
        self.size = 0;
        let wrong = &self.wrong;
        let bodies = std::mem::take(&mut self.waiting).into_par_iter().with_min_len(LEAST);
        let errors = bodies.map_init(FuncValidatorAllocations::default, |kept, body| {
            let (error, allocations) = validate(body, std::mem::take(kept), wrong);
            *kept = allocations;
            error
        });
        let errors: Vec<Option<Wrong>> = errors.collect();
        self.errors.extend(errors.into_iter().flatten());
    }
}

fn validate(
    (func, body): Body<'_>,
    allocations: FuncValidatorAllocations,
    wrong: &impl Fn(&BinaryReaderError, Option<u32>) -> Wrong,
) -> (Option<Wrong>, FuncValidatorAllocations) {
    let mut func = func.into_validator(allocations);
    let error = func.validate(&body).err().map(|error| wrong(&error, Some(func.index())));
    (error, func.into_allocations())
}
