//! Built-in functions of the asynchronous ABI: the core signature, the canonical options and the core name of each.
//!
//! In: a `Builtin`. Out: what a module imports to call it.
//! Holds: every built-in has one signature for each pointer size; what moves values through memory needs a memory.
//!
//! Specification: Canonical ABI, "Canonical Definitions", from `canon task.return` on.

use types::{ExternName, FuncType, Kind, Types, ValType};

pub use types::transfer::{Carrier, TransferOp};

use crate::names::{ASYNC_LOWER, CoreName, For, Scheme, module};
use crate::{Abi, CoreSignature, CoreType};

/// A built-in function that belongs to no function of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Builtin {
    TaskCancel,
    BackpressureInc,
    BackpressureDec,
    WaitableSetNew,
    /// Waits for an event; two `u32` are written through the pointer.
    WaitableSetWait,
    /// As `WaitableSetWait`, without waiting.
    WaitableSetPoll,
    WaitableSetDrop,
    WaitableJoin,
    SubtaskCancel {
        async_: bool,
    },
    SubtaskDrop,
    ErrorContextNew(Encoding),
    ErrorContextDebugMessage(Encoding),
    ErrorContextDrop,
    /// A slot of the thread's own storage, read as this type.
    ContextGet {
        ty: CoreType,
        slot: u32,
    },
    ContextSet {
        ty: CoreType,
        slot: u32,
    },
    ThreadIndex,
    ThreadNewIndirect,
    ThreadResumeLater,
    ThreadSuspend,
    ThreadYield,
    ThreadSuspendThenResume,
    ThreadYieldThenResume,
    ThreadSuspendThenPromote,
    ThreadYieldThenPromote,
}

/// How an error context's message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    Utf8,
    Utf16,
    Latin1Utf16,
}

/// A built-in function of a stream or future type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Transfer {
    pub carrier: Carrier,
    pub op: TransferOp,
    pub payload: Option<ValType>,
    /// It returns at once, `BLOCKED` if it has to wait. Only for reads, writes and their cancellation.
    pub async_: bool,
}

/// The canonical options that a definition must name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    pub memory: bool,
    pub realloc: bool,
    /// A string is passed, so the encoding matters.
    pub strings: bool,
}

impl Builtin {
    /// The module and field that a module of the older scheme imports.
    pub fn core_name(self) -> CoreName {
        // Only `task.cancel` is for what the module exports.
        let side = if self == Self::TaskCancel { For::Exported } else { For::Imported };
        CoreName { module: module(Scheme::Legacy, side, None), field: self.field() }
    }

    fn field(self) -> String {
        let word = match self {
            Self::TaskCancel => "task-cancel",
            Self::BackpressureInc => "backpressure-inc",
            Self::BackpressureDec => "backpressure-dec",
            Self::WaitableSetNew => "waitable-set-new",
            Self::WaitableSetWait => "waitable-set-wait",
            Self::WaitableSetPoll => "waitable-set-poll",
            Self::WaitableSetDrop => "waitable-set-drop",
            Self::WaitableJoin => "waitable-join",
            Self::SubtaskCancel { async_ } => return format!("{}[subtask-cancel]", async_prefix(async_)),
            Self::SubtaskDrop => "subtask-drop",
            Self::ErrorContextNew(encoding) => return format!("[error-context-new-{}]", encoding.word()),
            Self::ErrorContextDebugMessage(encoding) => {
                return format!("[error-context-debug-message-{}]", encoding.word());
            }
            Self::ErrorContextDrop => "error-context-drop",
            Self::ContextGet { ty, slot } => return format!("[context-get-{}{slot}]", width(ty)),
            Self::ContextSet { ty, slot } => return format!("[context-set-{}{slot}]", width(ty)),
            Self::ThreadIndex => "thread-index",
            Self::ThreadNewIndirect => "thread-new-indirect-v0",
            Self::ThreadResumeLater => "thread-resume-later",
            Self::ThreadSuspend => "thread-suspend",
            Self::ThreadYield => "thread-yield",
            Self::ThreadSuspendThenResume => "thread-suspend-then-resume",
            Self::ThreadYieldThenResume => "thread-yield-then-resume",
            Self::ThreadSuspendThenPromote => "thread-suspend-then-promote",
            Self::ThreadYieldThenPromote => "thread-yield-then-promote",
        };
        format!("[{word}]")
    }

    /// The options of its canonical definition.
    pub fn needs(self) -> Needs {
        match self {
            Self::WaitableSetWait | Self::WaitableSetPoll => Needs { memory: true, ..Needs::default() },
            Self::ErrorContextNew(_) => Needs { memory: true, realloc: false, strings: true },
            Self::ErrorContextDebugMessage(_) => Needs { memory: true, realloc: true, strings: true },
            Self::TaskCancel
            | Self::BackpressureInc
            | Self::BackpressureDec
            | Self::WaitableSetNew
            | Self::WaitableSetDrop
            | Self::WaitableJoin
            | Self::SubtaskCancel { .. }
            | Self::SubtaskDrop
            | Self::ErrorContextDrop => Needs::default(),
            Self::ContextGet { .. }
            | Self::ContextSet { .. }
            | Self::ThreadIndex
            | Self::ThreadNewIndirect
            | Self::ThreadResumeLater
            | Self::ThreadSuspend
            | Self::ThreadYield
            | Self::ThreadSuspendThenResume
            | Self::ThreadYieldThenResume
            | Self::ThreadSuspendThenPromote
            | Self::ThreadYieldThenPromote => Needs::default(),
        }
    }
}

impl Encoding {
    fn word(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Utf16 => "utf16",
            Self::Latin1Utf16 => "latin1+utf16",
        }
    }
}

/// A slot's type in its name; `i32` goes without saying.
fn width(ty: CoreType) -> String {
    if ty == CoreType::I32 { String::new() } else { format!("{ty}-") }
}

fn async_prefix(async_: bool) -> &'static str {
    if async_ { ASYNC_LOWER } else { "" }
}

impl Transfer {
    /// The module and field that a module of the older scheme imports.
    ///
    /// `index` is the place of the type in `futures_and_streams` of the function `func` of the scope; a type without
    /// payload may do without (`unit`).
    pub fn core_name(
        &self,
        side: For,
        scope: Option<&ExternName>,
        func: &ExternName,
        index: Option<usize>,
    ) -> CoreName {
        let (carrier, verb) = (self.carrier.word(), self.op.word());
        let index = index.map_or_else(|| "unit".to_owned(), |index| index.to_string());
        let field = format!("{}[{carrier}-{verb}-{index}]{func}", async_prefix(self.async_ && self.op.may_wait()));
        CoreName { module: module(Scheme::Legacy, side, scope), field }
    }
}

impl Abi<'_> {
    /// The core type of a built-in.
    pub fn builtin(&self, builtin: Builtin) -> CoreSignature {
        let (int, pointer) = (CoreType::I32, self.ptr().core_type());
        let (params, results): (&[CoreType], &[CoreType]) = match builtin {
            Builtin::TaskCancel | Builtin::BackpressureInc | Builtin::BackpressureDec => (&[], &[]),
            Builtin::WaitableSetNew => (&[], &[int]),
            Builtin::WaitableSetWait | Builtin::WaitableSetPoll => (&[int, pointer], &[int]),
            Builtin::WaitableSetDrop | Builtin::SubtaskDrop | Builtin::ErrorContextDrop => (&[int], &[]),
            Builtin::WaitableJoin => (&[int, int], &[]),
            Builtin::SubtaskCancel { .. } => (&[int], &[int]),
            Builtin::ErrorContextNew(_) => (&[pointer, pointer], &[int]),
            Builtin::ErrorContextDebugMessage(_) => (&[int, pointer], &[]),
            Builtin::ContextGet { ty, .. } => (&[], &[ty]),
            Builtin::ContextSet { ty, .. } => (&[ty], &[]),
            Builtin::ThreadIndex | Builtin::ThreadSuspend | Builtin::ThreadYield => (&[], &[int]),
            // The function's place in a table, and its argument.
            Builtin::ThreadNewIndirect => (&[int, pointer], &[int]),
            Builtin::ThreadResumeLater => (&[int], &[]),
            Builtin::ThreadSuspendThenResume
            | Builtin::ThreadYieldThenResume
            | Builtin::ThreadSuspendThenPromote
            | Builtin::ThreadYieldThenPromote => (&[int], &[int]),
        };
        CoreSignature { params: params.to_vec(), results: results.to_vec() }
    }

    /// The core type of a built-in of a stream or future.
    pub fn transfer(&self, transfer: &Transfer) -> CoreSignature {
        let (int, pointer) = (CoreType::I32, self.ptr().core_type());
        let (params, results) = match (transfer.op, transfer.carrier) {
            // The readable end in the low half, the writable one in the high half.
            (TransferOp::New, Carrier::Stream | Carrier::Future) => (vec![], vec![CoreType::I64]),
            // The end, where the values are, and how many.
            (TransferOp::Read | TransferOp::Write, Carrier::Stream) => (vec![int, pointer, pointer], vec![pointer]),
            (TransferOp::Read | TransferOp::Write, Carrier::Future) => (vec![int, pointer], vec![int]),
            (TransferOp::CancelRead | TransferOp::CancelWrite, Carrier::Stream | Carrier::Future) => {
                (vec![int], vec![int])
            }
            (TransferOp::DropReadable | TransferOp::DropWritable, Carrier::Stream | Carrier::Future) => {
                (vec![int], vec![])
            }
            (TransferOp::Forward, Carrier::Stream | Carrier::Future) => (vec![int, int], vec![]),
        };
        CoreSignature { params, results }
    }

    /// The options of its canonical definition.
    ///
    /// Reads and writes without payload do not move a byte; they name a memory because engines check the address.
    pub fn transfer_needs(&self, transfer: &Transfer) -> Needs {
        let contents = self.contents_of_all(transfer.payload);
        match transfer.op {
            TransferOp::Read => Needs { memory: true, realloc: contents.memory, strings: contents.string },
            TransferOp::Write => Needs { memory: true, realloc: false, strings: contents.string },
            TransferOp::New
            | TransferOp::CancelRead
            | TransferOp::CancelWrite
            | TransferOp::DropReadable
            | TransferOp::DropWritable
            | TransferOp::Forward => Needs::default(),
        }
    }
}

/// The core type of the function that is called with each event of a task: the event and its two payloads.
///
/// Specification: Canonical ABI, "`canon lift`", `callback`.
pub fn callback() -> CoreSignature {
    CoreSignature { params: vec![CoreType::I32; 3], results: vec![CoreType::I32] }
}

/// All streams and futures in a function's type, by position: parameters, then the result; a payload's before its own.
///
/// A type that is mentioned twice is there twice, so the list is cut off at `MOST` entries: a type that is small as
/// text may mention another one billions of times.
pub fn futures_and_streams(types: &Types, func: &FuncType) -> Vec<ValType> {
    let mut found = Vec::new();
    let mut search = Search { types, without: std::collections::HashSet::new(), found: &mut found };
    func.params.iter().map(|param| param.ty).chain(func.result).for_each(|ty| {
        search.ty(ty);
    });
    found
}

/// The most streams and futures that can have names in one function.
pub const MOST: usize = 100_000;

struct Search<'t, 'f> {
    types: &'t Types,
    /// Definitions that hold no stream and no future, so that shared parts are looked at once.
    without: std::collections::HashSet<ValType>,
    found: &'f mut Vec<ValType>,
}

impl Search<'_, '_> {
    fn ty(&mut self, ty: ValType) {
        let ty = self.types.unaliased(ty);
        if self.found.len() >= MOST || self.without.contains(&ty) {
            return;
        }
        let before = self.found.len();
        self.parts(ty);
        if self.found.len() == before {
            self.without.insert(ty);
        }
    }

    fn all(&mut self, parts: impl IntoIterator<Item = ValType>) {
        parts.into_iter().for_each(|part| self.ty(part));
    }

    fn parts(&mut self, ty: ValType) {
        match self.types.kind(ty) {
            Kind::Stream(payload) | Kind::Future(payload) => {
                self.all(payload);
                self.found.push(ty);
            }
            Kind::Record(fields) => self.all(fields.iter().map(|field| field.ty)),
            Kind::Variant(cases) => self.all(cases.iter().filter_map(|case| case.ty)),
            Kind::Tuple(parts) => self.all(parts.iter().copied()),
            Kind::List(part) | Kind::FixedList(part, _) | Kind::Option(part) => self.ty(part),
            Kind::Map(key, value) => self.all([key, value]),
            Kind::Result { ok, err } => self.all(ok.into_iter().chain(err)),
            Kind::Flags(_) | Kind::Enum(_) | Kind::Own(_) | Kind::Borrow(_) => {}
            Kind::Bool
            | Kind::U8
            | Kind::S8
            | Kind::U16
            | Kind::S16
            | Kind::U32
            | Kind::S32
            | Kind::U64
            | Kind::S64
            | Kind::F32
            | Kind::F64
            | Kind::Char
            | Kind::String
            | Kind::ErrorContext => {}
        }
    }
}
