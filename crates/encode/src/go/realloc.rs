//! The allocators that a Go module gets.
//!
//! In: the arena, and Go's own function for what does not fit. Out: `cabi_realloc`, and one for the adapter.
//! Holds: as `abi::go_arena` says, the size of a block alone says where it is; Go is entered only for big blocks and
//! for new chunks, with `inside` set, so that its runtime cannot leave the module meanwhile.
//!
//! Specification: Canonical ABI, "Canonical ABI Options" (`realloc`).

use abi::go_arena::{BIG, field};
use wasm::{CoreType, Extension, FuncIndex, Instruction, Signature};

use super::asm::{Arena, Asm, words};

const OLD: u32 = 0;
const OLD_SIZE: u32 = 1;
const ALIGN: u32 = 2;
const NEW_SIZE: u32 = 3;
const RESULT: u32 = 4;

pub fn signature() -> Signature {
    Signature::new(words(4), [CoreType::I32])
}

/// `cabi_realloc`; without a function for what does not fit, that is a trap.
pub fn add(extension: &mut Extension<'_, '_>, arena: &Arena, grow: Option<FuncIndex>) -> FuncIndex {
    let mut asm = Asm::new(arena);
    asm.locals([OLD_SIZE, NEW_SIZE]).push([Instruction::I32Or]).constant(BIG.cast_signed());
    asm.push([Instruction::I32LtU]);
    is_new_or_here(&mut asm);
    asm.push([Instruction::I32And]).if_();
    in_place(&mut asm);
    bump(&mut asm);
    asm.end();
    match grow {
        Some(grow) => grown(&mut asm, grow),
        None => _ = asm.push([Instruction::Unreachable]),
    }
    asm.end();
    extension.func("withe: cabi_realloc", &signature(), &words(1), &asm.body)
}

/// A block that Go hands out.
fn grown(asm: &mut Asm, grow: FuncIndex) {
    asm.store(field::INSIDE, |asm| {
        asm.constant(1);
    });
    asm.locals([OLD, OLD_SIZE, ALIGN, NEW_SIZE]).call(grow).set(RESULT);
    asm.store(field::INSIDE, |asm| {
        asm.constant(0);
    });
    asm.local(RESULT);
}

/// Whether there is no old block, or it is in the current chunk: Go keeps the count of each chunk for itself.
fn is_new_or_here(asm: &mut Asm) {
    asm.local(OLD_SIZE).push([Instruction::I32Eqz]);
    asm.local(OLD).load(field::BASE).push([Instruction::I32Sub]);
    asm.load(field::TOP).load(field::BASE).push([Instruction::I32Sub, Instruction::I32LtU, Instruction::I32Or]);
}

/// A block becomes smaller where it is, or the last one larger; 0 bytes are nowhere.
fn in_place(asm: &mut Asm) {
    asm.local(OLD_SIZE).if_();
    asm.locals([NEW_SIZE, OLD_SIZE]).push([Instruction::I32LeU]);
    is_last(asm);
    asm.local(NEW_SIZE).load(field::TOP).local(OLD).push([Instruction::I32Sub, Instruction::I32LeU]);
    asm.push([Instruction::I32And, Instruction::I32Or]).if_();
    is_last(asm);
    asm.if_();
    asm.store(field::BUMP, |asm| {
        asm.locals([OLD, NEW_SIZE]).push([Instruction::I32Add]);
    });
    asm.end();
    more_live(asm);
    asm.reset_when_empty();
    asm.local(OLD).push([Instruction::Return]);
    asm.end();
    asm.push([Instruction::Else]).local(NEW_SIZE).push([Instruction::I32Eqz]).if_();
    asm.local(ALIGN).push([Instruction::Return]);
    asm.end().end();
}

/// Whether the old block ends where the next one would begin.
fn is_last(asm: &mut Asm) {
    asm.locals([OLD, OLD_SIZE]).push([Instruction::I32Add]).load(field::BUMP).push([Instruction::I32Eq]);
}

fn more_live(asm: &mut Asm) {
    asm.store(field::LIVE, |asm| {
        asm.load(field::LIVE).local(OLD_SIZE).push([Instruction::I32Sub]);
        asm.local(NEW_SIZE).push([Instruction::I32Add]);
    });
}

/// A block from the chunk, if there is room; the old one's bytes move into it.
fn bump(asm: &mut Asm) {
    asm.load(field::BUMP).local(ALIGN).push([Instruction::I32Add]).constant(1).push([Instruction::I32Sub]);
    asm.constant(0).local(ALIGN).push([Instruction::I32Sub, Instruction::I32And]).set(RESULT);
    asm.locals([RESULT, NEW_SIZE]).push([Instruction::I32Add]).load(field::TOP).push([Instruction::I32LeU]).if_();
    asm.store(field::BUMP, |asm| {
        asm.locals([RESULT, NEW_SIZE]).push([Instruction::I32Add]);
    });
    more_live(asm);
    asm.locals([RESULT, OLD, OLD_SIZE]).push([Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 }]);
    asm.local(RESULT).push([Instruction::Return]);
    asm.end();
}

/// The adapter's allocator: down from the end of the buffer, for good.
pub fn add_for_adapter(extension: &mut Extension<'_, '_>, arena: &Arena) -> FuncIndex {
    let [_, _, lowest, _] = arena.initial();
    let mut asm = Asm::new(arena);
    // What is asked for may be more than there is: the difference must not wrap around.
    asm.local(NEW_SIZE).load(field::PERM).constant(lowest.cast_signed()).push([Instruction::I32Sub]);
    asm.push([Instruction::I32GtU]).if_().push([Instruction::Unreachable]).end();
    asm.load(field::PERM).local(NEW_SIZE).push([Instruction::I32Sub]).constant(0).local(ALIGN);
    asm.push([Instruction::I32Sub, Instruction::I32And, Instruction::LocalTee(RESULT)]);
    asm.constant(lowest.cast_signed()).push([Instruction::I32LtU]).if_().push([Instruction::Unreachable]).end();
    asm.store(field::PERM, |asm| {
        asm.local(RESULT);
    });
    asm.local(RESULT).end();
    extension.func("withe: cabi_realloc_adapter", &signature(), &words(1), &asm.body)
}
