//! Bodies, written again with new indices, by several threads.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::thread;

use wasm_encoder::reencode::Reencode;
use wasm_encoder::{Encode, Function, Instruction, Module, RawSection};
use wasmparser::FunctionBody;

use super::emit::Emit;
use super::kind::{Error, Kind};
use super::remap::{Lookup, Remap};

/// The binary format's id of the code section.
const CODE: u8 = 10;

/// Bytes of bodies worth a thread of their own.
const BYTES_PER_THREAD: usize = 256 << 10;

/// A body to write.
#[derive(Clone, Copy)]
struct Task<'t, 'a> {
    body: &'t FunctionBody<'a>,
    /// What the function calls before anything else.
    first_call: Option<u32>,
}

/// Writes the code section.
pub(super) fn write(emit: &Emit<'_, '_>, module: &mut Module) -> Result<(), Error> {
    let called = called_from_outside(emit);
    let functions = emit.live.of(Kind::Function).filter_map(|function| Some((function, emit.sections.body(function)?)));
    let tasks: Vec<Task<'_, '_>> = functions
        .map(|(function, body)| {
            let first_call = emit.additions.first_call.filter(|_| called.contains(&function));
            Task { body, first_call }
        })
        .collect();
    let count = tasks.len() + emit.additions.functions.len();
    if count == 0 {
        return Ok(());
    }
    let mut contents = Vec::new();
    count.encode(&mut contents);
    for written in bodies(emit.remap, &tasks)? {
        contents.extend_from_slice(&written);
    }
    for function in &emit.additions.functions {
        let mut body = Function::new([]);
        for instruction in &function.body {
            body.instruction(instruction);
        }
        body.encode(&mut contents);
    }
    module.section(&RawSection { id: CODE, data: &contents });
    Ok(())
}

/// Functions that others than this module's own code call.
fn called_from_outside(emit: &Emit<'_, '_>) -> BTreeSet<u32> {
    let exported = emit
        .exports
        .iter()
        .filter(|export| matches!(export.kind, wasmparser::ExternalKind::Func | wasmparser::ExternalKind::FuncExact));
    exported.map(|export| export.index).chain(emit.sections.start).collect()
}

fn bodies(remap: &Remap, tasks: &[Task<'_, '_>]) -> Result<Vec<Vec<u8>>, Error> {
    let bytes: usize = tasks.iter().map(|task| task.body.as_bytes().len()).sum();
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(bytes / BYTES_PER_THREAD + 1);
    if threads == 1 {
        return Ok(vec![some_bodies(remap, tasks)?]);
    }
    thread::scope(|scope| {
        let shares: Vec<_> = shares(tasks, bytes.div_ceil(threads))
            .map(|share| scope.spawn(move || some_bodies(remap, share)))
            .collect();
        shares.into_iter().map(|share| share.join().expect("the re-encoder does not panic")).collect()
    })
}

/// Cuts a list in parts of some bytes each.
fn shares<'t, 'a>(mut tasks: &'t [Task<'t, 'a>], bytes: usize) -> impl Iterator<Item = &'t [Task<'t, 'a>]> {
    std::iter::from_fn(move || {
        let mut sum = 0;
        let end = tasks.iter().position(|task| {
            sum += task.body.as_bytes().len();
            sum >= bytes
        });
        let (share, rest) = tasks.split_at(end.map_or(tasks.len(), |last| last + 1));
        tasks = rest;
        (!share.is_empty()).then_some(share)
    })
}

fn some_bodies(remap: &Remap, tasks: &[Task<'_, '_>]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(tasks.iter().map(|task| task.body.as_bytes().len() + 2).sum());
    for task in tasks {
        let mut written = Lookup(remap).new_function_with_parsed_locals(task.body)?;
        if let Some(first) = task.first_call {
            written.instruction(&Instruction::Call(first));
        }
        let mut operators = task.body.get_operators_reader()?;
        while !operators.eof() {
            written.instruction(&Lookup(remap).instruction(operators.read()?)?);
        }
        written.encode(&mut out);
    }
    Ok(out)
}
