//! Guards: preview1 functions that answer by themselves while Go is inside an allocation, and the end of a library.
//!
//! In: the imports that Go's runtime may call at any time. Out: a function in front of each.
//! Holds: a component must not be left while it allocates, so a guard makes up an answer that the runtime can live
//! with; at all other times it passes the call on. A panic of a library is a trap, also where a host would end its own
//! process when a guest exits.
//!
//! Specification: Canonical ABI, `may_leave`; WASI preview1.

use abi::go_arena::field;
use wasm::{CoreType, Extension, FuncIndex, Global, GlobalIndex, Instruction, Signature, bytes_at, word_at};

use super::asm::{Arena, Asm, words};
use super::idle;

/// What preview1 calls "bad file descriptor".
const BADF: i32 = 8;

/// A function of preview1 that gets a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guarded {
    ClockTimeGet,
    SchedYield,
    PollOneoff,
    FdWrite,
    /// Only in front of the idle descriptor.
    FdRead,
    /// Only in front of the idle descriptor.
    FdFdstatGet,
    /// Only in libraries: what has `wasi:cli/run` ends as it likes.
    ProcExit,
}

impl Guarded {
    pub const ALL: [Self; 7] = [
        Self::ClockTimeGet,
        Self::SchedYield,
        Self::PollOneoff,
        Self::FdWrite,
        Self::FdRead,
        Self::FdFdstatGet,
        Self::ProcExit,
    ];

    pub fn field(self) -> &'static str {
        match self {
            Self::ClockTimeGet => "clock_time_get",
            Self::SchedYield => "sched_yield",
            Self::PollOneoff => "poll_oneoff",
            Self::FdWrite => "fd_write",
            Self::FdRead => "fd_read",
            Self::FdFdstatGet => "fd_fdstat_get",
            Self::ProcExit => "proc_exit",
        }
    }

    pub fn signature(self) -> Signature {
        let params = match self {
            Self::ClockTimeGet => vec![CoreType::I32, CoreType::I64, CoreType::I32],
            Self::SchedYield => Vec::new(),
            Self::PollOneoff | Self::FdWrite | Self::FdRead => words(4),
            Self::FdFdstatGet => words(2),
            Self::ProcExit => return Signature::new(words(1), []),
        };
        Signature::new(params, [CoreType::I32])
    }

    /// Whether a module needs it: with asynchronous functions, or as a command.
    pub fn is_needed(self, is_async: bool, is_command: bool) -> bool {
        match self {
            Self::ClockTimeGet | Self::SchedYield | Self::PollOneoff | Self::FdWrite => true,
            Self::FdRead | Self::FdFdstatGet => is_async,
            Self::ProcExit => !is_command,
        }
    }

    /// Whether only the idle descriptor needs it.
    pub fn is_for_idle(self) -> bool {
        matches!(self, Self::FdRead | Self::FdFdstatGet)
    }
}

/// Puts guards in front of the imports: one may stand in the module several times.
pub fn add(extension: &mut Extension<'_, '_>, arena: &Arena, guarded: &[(Guarded, FuncIndex)]) {
    let wide = Global { ty: CoreType::I64, mutable: true };
    // Never 0, which Go takes for "no clock".
    let last = [extension.global(wide, 1), extension.global(wide, 1)];
    for (what, import) in guarded {
        let mut asm = Asm::new(arena);
        let name = format!("withe: guard of {}", what.field());
        if *what == Guarded::ProcExit {
            asm.push([Instruction::Unreachable]).end();
            let end = extension.func(name, &what.signature(), &[], &asm.body);
            extension.redirect(*import, end);
            continue;
        }
        asm.load(field::INSIDE).if_();
        answer(&mut asm, *what, last);
        asm.end();
        let locals = if arena.is_async() { idle::add(&mut asm, *what) } else { Vec::new() };
        let count = what.signature().params.len();
        asm.locals(0..u32::try_from(count).expect("at most four parameters")).call(*import);
        remember(&mut asm, *what, last);
        asm.end();
        let guard = extension.func(name, &what.signature(), &locals, &asm.body);
        extension.redirect(*import, guard);
    }
}

/// What the runtime is told while it is inside.
fn answer(asm: &mut Asm, what: Guarded, last: [GlobalIndex; 2]) {
    match what {
        Guarded::ClockTimeGet => {
            // The wall clock is 0; every other one goes on steadily.
            asm.local(2).global(last[1]).global(last[0]).local(0).push([Instruction::Select]);
            asm.push([Instruction::I64Store(bytes_at(0))]).return_(0);
        }
        Guarded::SchedYield => {
            asm.return_(0);
        }
        Guarded::PollOneoff => {
            asm.local(3).constant(0).push([Instruction::I32Store(word_at(0))]).return_(0);
        }
        Guarded::FdWrite | Guarded::FdRead | Guarded::FdFdstatGet => {
            asm.return_(BADF);
        }
        Guarded::ProcExit => {}
    }
}

/// Keeps the time that a clock has told, for the next call from inside.
fn remember(asm: &mut Asm, what: Guarded, last: [GlobalIndex; 2]) {
    if what != Guarded::ClockTimeGet {
        return;
    }
    let time = |asm: &mut Asm| {
        asm.local(2).push([Instruction::I64Load(bytes_at(0))]);
    };
    asm.local(0).if_();
    time(asm);
    asm.push([Instruction::GlobalSet(last[1].0), Instruction::Else]);
    time(asm);
    asm.push([Instruction::GlobalSet(last[0].0)]).end();
}
