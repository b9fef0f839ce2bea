//! The idle descriptor: how asynchronous bindings learn that every goroutine is blocked.
//!
//! In: the body of a guard. Out: what it does for the descriptor `IDLE_DESCRIPTOR`.
//! Holds: Go asks the host to poll only when nothing can run; a poll that waits for the idle descriptor is answered
//! here at once, with the time to Go's next timer in the header, and no host is ever asked about it.
//!
//! Specification: WASI preview1, `subscription`, `event`, `fdstat`.

use abi::go_arena::{IDLE_DESCRIPTOR, field};
use wasm::{BlockType, CoreType, Instruction, bytes_at, word_at};

use super::asm::{Asm, words};
use super::guard::Guarded;

/// What preview1 calls "resource unavailable, or operation would block".
const AGAIN: i32 = 6;
/// Bytes of a `subscription`.
const SUBSCRIPTION: i32 = 48;

/// Adds what a guard does for the idle descriptor before it passes a call on; gives the locals that this needs.
pub fn add(asm: &mut Asm, what: Guarded) -> Vec<CoreType> {
    match what {
        Guarded::PollOneoff => {
            poll(asm);
            let mut locals = words(3);
            locals.push(CoreType::I64);
            locals
        }
        Guarded::FdRead => {
            read(asm);
            Vec::new()
        }
        Guarded::FdFdstatGet => {
            status(asm);
            Vec::new()
        }
        Guarded::ClockTimeGet | Guarded::SchedYield | Guarded::FdWrite | Guarded::ProcExit => Vec::new(),
    }
}

/// Opens a block that runs if the first parameter is the idle descriptor.
fn if_idle(asm: &mut Asm) {
    asm.local(0).constant(IDLE_DESCRIPTOR.cast_signed()).push([Instruction::I32Eq]).if_();
}

/// A character device that does not block, with all rights.
fn status(asm: &mut Asm) {
    const CHARACTER_DEVICE: i64 = 2;
    const NONBLOCK: i64 = 4 << 16;
    if_idle(asm);
    for (offset, value) in [(0, CHARACTER_DEVICE | NONBLOCK), (8, -1), (16, -1)] {
        asm.local(1).push([Instruction::I64Const(value), Instruction::I64Store(bytes_at(offset))]);
    }
    asm.return_(0).end();
}

/// One byte once all are blocked, else nothing yet.
fn read(asm: &mut Asm) {
    if_idle(asm);
    asm.load(field::TOKEN).if_();
    asm.store(field::TOKEN, |asm| {
        asm.constant(0);
    });
    asm.local(3).constant(1).push([Instruction::I32Store(word_at(0))]).return_(0);
    asm.end();
    asm.return_(AGAIN).end();
}

const INDEX: u32 = 4;
const AT: u32 = 5;
/// The address of the subscription to the idle descriptor; 0 without one.
const IDLE: u32 = 6;
/// Nanoseconds to the next timer; -1 without one.
const TIMEOUT: u32 = 7;

/// `poll_oneoff(subscriptions, events, count, result)`.
fn poll(asm: &mut Asm) {
    asm.push([Instruction::I64Const(-1)]).set(TIMEOUT);
    subscriptions(asm);
    asm.local(IDLE).if_();
    // A timeout of 0 is only a look: workers of the garbage collector are not done yet.
    asm.local(TIMEOUT).push([Instruction::I64Eqz]).if_();
    asm.local(3).constant(0).push([Instruction::I32Store(word_at(0))]).return_(0);
    asm.end();
    event(asm);
    asm.store(field::TOKEN, |asm| {
        asm.constant(1);
    });
    asm.store_wide(field::TIMEOUT, |asm| {
        asm.local(TIMEOUT);
    });
    asm.return_(0).end();
}

/// Finds the idle descriptor and the timer among the subscriptions.
fn subscriptions(asm: &mut Asm) {
    const TAG: u64 = 8;
    const DESCRIPTOR: u64 = 16;
    const CLOCK_TIMEOUT: u64 = 24;
    const FD_READ: i32 = 1;
    asm.push([Instruction::Block(BlockType::Empty), Instruction::Loop(BlockType::Empty)]);
    asm.locals([INDEX, 2]).push([Instruction::I32GeU, Instruction::BrIf(1)]);
    asm.locals([0, INDEX]).constant(SUBSCRIPTION).push([Instruction::I32Mul, Instruction::I32Add]).set(AT);
    asm.local(AT).push([Instruction::I32Load8U(bytes_at(TAG)), Instruction::I32Eqz]).if_();
    asm.local(AT).push([Instruction::I64Load(bytes_at(CLOCK_TIMEOUT))]).set(TIMEOUT);
    asm.end();
    asm.local(AT).push([Instruction::I32Load8U(bytes_at(TAG))]).constant(FD_READ).push([Instruction::I32Eq]);
    asm.local(AT).push([Instruction::I32Load(word_at(DESCRIPTOR))]).constant(IDLE_DESCRIPTOR.cast_signed());
    asm.push([Instruction::I32Eq, Instruction::I32And]).if_();
    asm.local(AT).set(IDLE);
    asm.end();
    asm.local(INDEX).constant(1).push([Instruction::I32Add]).set(INDEX).push([Instruction::Br(0)]);
    asm.end().end();
}

/// One event: the idle descriptor has one byte to read.
fn event(asm: &mut Asm) {
    const FD_READ: i64 = 1 << 16;
    asm.local(1).local(IDLE).push([Instruction::I64Load(bytes_at(0)), Instruction::I64Store(bytes_at(0))]);
    for (offset, value) in [(8, FD_READ), (16, 1), (24, 0)] {
        asm.local(1).push([Instruction::I64Const(value), Instruction::I64Store(bytes_at(offset))]);
    }
    asm.local(3).constant(1).push([Instruction::I32Store(word_at(0))]);
}
