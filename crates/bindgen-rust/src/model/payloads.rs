//! Streams and futures: the functions that move the values of each type.
//!
//! In: the functions of the bindings. Out: for each Rust type that a stream or future carries one `Payload`.
//! Holds: a Rust type has one payload of each carrier, however many functions pass it under whatever aliases; it is
//! named after the first function that does.
//!
//! Specification: Canonical ABI, "`canon {stream,future}.new`" and the following ones.

use std::collections::HashSet;

use abi::builtin::{Carrier, Transfer, TransferOp, futures_and_streams};
use abi::names::{CoreName, For};
use bindgen::{Bindings, Func, Interface, InterfaceKey, Role};
use types::{ExternName, Kind, ValType};

use super::calls::Calls;
use super::helpers::{Op, Passing};
use super::rust_type::{At, View};
use super::uses::Use;
use super::{CoreImport, CoreImports};

/// The module of payloads of streams.
pub const STREAMS: &str = "wit_stream";
/// The module of payloads of futures.
pub const FUTURES: &str = "wit_future";
/// The module of what users need of the runtime.
pub const RUNTIME: &str = "wit_async";

/// What the file needs for asynchronous functions and types.
#[derive(Debug, Default)]
pub struct Asynchrony {
    /// Some import is called asynchronously.
    pub imports: bool,
    /// Some export is a task.
    pub exports: bool,
    /// There is an error context.
    pub error_contexts: bool,
    /// Some type holds a stream.
    pub has_streams: bool,
    /// Some type holds a future.
    pub has_futures: bool,
    pub streams: Payloads,
    pub futures: Payloads,
}

impl Asynchrony {
    pub fn any(&self) -> bool {
        self.imports || self.exports || self.error_contexts || self.has_streams || self.has_futures
    }
}

/// All payloads of one carrier.
#[derive(Debug, Default)]
pub struct Payloads {
    pub list: Vec<Payload>,
    pub core: Vec<CoreImports>,
}

/// What moves values of one type.
#[derive(Debug)]
pub struct Payload {
    /// The Rust type, from a module at the root.
    pub ty: String,
    /// In bytes, as it is in memory.
    pub size: u64,
    pub align: u64,
    pub moves: Moves,
    /// The core imports: `new`, `read`, `write`, `cancel_read`, `cancel_write`, `drop_readable`, `drop_writable`.
    pub core: [String; 7],
}

/// How values get into memory and out of it.
#[derive(Debug)]
pub enum Moves {
    /// They are in memory as Rust keeps them.
    Plain,
    Codec(Box<PayloadCodec>),
}

/// The uses that move a payload.
#[derive(Debug)]
pub struct PayloadCodec {
    pub store: Use,
    pub load: Use,
    pub free: Use,
}

const OPS: [TransferOp; 7] = [
    TransferOp::New,
    TransferOp::Read,
    TransferOp::Write,
    TransferOp::CancelRead,
    TransferOp::CancelWrite,
    TransferOp::DropReadable,
    TransferOp::DropWritable,
];

/// Whether the world has anything asynchronous, so that the root needs names for it.
pub fn is_asynchronous(bindings: &Bindings<'_>) -> bool {
    let found = what_is_there(bindings);
    found.any()
}

fn what_is_there(bindings: &Bindings<'_>) -> Asynchrony {
    let mut found = Asynchrony::default();
    for interface in bindings.imports.iter().chain(&bindings.exports) {
        let asynchronous = interface.funcs.iter().any(Func::is_async);
        match interface.role {
            Role::Import => found.imports |= asynchronous,
            Role::Export => found.exports |= asynchronous,
        }
    }
    let mut seen = HashSet::new();
    let mut left: Vec<ValType> = mentioned(bindings);
    while let Some(ty) = left.pop() {
        let ty = bindings.types.unaliased(ty);
        if !seen.insert(ty) {
            continue;
        }
        match bindings.types.kind(ty) {
            Kind::Stream(_) => found.has_streams = true,
            Kind::Future(_) => found.has_futures = true,
            Kind::ErrorContext => found.error_contexts = true,
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 => {}
            Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::String | Kind::Flags(_) | Kind::Enum(_) => {}
            Kind::Own(_) | Kind::Borrow(_) | Kind::List(_) | Kind::FixedList(..) | Kind::Map(..) => {}
            Kind::Record(_) | Kind::Variant(_) | Kind::Tuple(_) | Kind::Option(_) | Kind::Result { .. } => {}
        }
        left.extend(parts(bindings, ty));
    }
    found
}

/// All types that functions and definitions name.
fn mentioned(bindings: &Bindings<'_>) -> Vec<ValType> {
    use bindgen::NamedTypeKind;
    let mut out = Vec::new();
    for interface in bindings.imports.iter().chain(&bindings.exports) {
        for func in &interface.funcs {
            out.extend(func.ty.params.iter().map(|param| param.ty).chain(func.ty.result));
        }
        out.extend(interface.types.iter().filter_map(|ty| match ty.kind {
            NamedTypeKind::Defined(id) => Some(ValType::Def(id)),
            NamedTypeKind::Alias { target, .. } => Some(target),
            NamedTypeKind::Resource(_) | NamedTypeKind::ResourceAlias(_) => None,
        }));
    }
    out
}

/// The types that a type is made of, payloads among them.
fn parts(bindings: &Bindings<'_>, ty: ValType) -> Vec<ValType> {
    match bindings.types.kind(ty) {
        Kind::Record(fields) => fields.iter().map(|field| field.ty).collect(),
        Kind::Variant(cases) => cases.iter().filter_map(|case| case.ty).collect(),
        Kind::Tuple(parts) => parts.to_vec(),
        Kind::List(part) | Kind::FixedList(part, _) | Kind::Option(part) => vec![part],
        Kind::Map(key, value) => vec![key, value],
        Kind::Result { ok, err } => ok.into_iter().chain(err).collect(),
        Kind::Stream(payload) | Kind::Future(payload) => payload.into_iter().collect(),
        Kind::Flags(_) | Kind::Enum(_) | Kind::Own(_) | Kind::Borrow(_) => Vec::new(),
        Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 => Vec::new(),
        Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::String | Kind::ErrorContext => Vec::new(),
    }
}

/// Finds the payloads of all functions.
pub fn asynchrony(bindings: &Bindings<'_>, calls: &mut Calls<'_, '_>) -> Asynchrony {
    let mut found = what_is_there(bindings);
    let mut seen: HashSet<(Carrier, String)> = HashSet::new();
    for interface in bindings.imports.iter().chain(&bindings.exports) {
        for func in &interface.funcs {
            for (index, ty) in futures_and_streams(bindings.types, func.ty).into_iter().enumerate() {
                let (carrier, payload) = carried(bindings.types.kind(ty));
                let view = View { expand: true, ..calls.view_at(At::Helpers) };
                let text = payload.map_or_else(|| "()".to_owned(), |payload| view.owned(payload));
                if !seen.insert((carrier, text.clone())) {
                    continue;
                }
                let payloads = match carrier {
                    Carrier::Stream => &mut found.streams,
                    Carrier::Future => &mut found.futures,
                };
                payloads.add(calls, interface, func, Transferred { carrier, payload, text, index });
            }
        }
    }
    found
}

/// What a stream or future type carries.
fn carried(kind: Kind<'_>) -> (Carrier, Option<ValType>) {
    match kind {
        Kind::Stream(payload) => (Carrier::Stream, payload),
        Kind::Future(payload) => (Carrier::Future, payload),
        Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_) | Kind::Tuple(_) | Kind::List(_) => {
            unreachable!("only streams and futures are looked for")
        }
        Kind::FixedList(..) | Kind::Map(..) | Kind::Option(_) | Kind::Result { .. } | Kind::Own(_) => {
            unreachable!("only streams and futures are looked for")
        }
        Kind::Borrow(_) | Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 => {
            unreachable!("only streams and futures are looked for")
        }
        Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::String | Kind::ErrorContext => {
            unreachable!("only streams and futures are looked for")
        }
    }
}

/// A stream or future type of a function.
struct Transferred {
    carrier: Carrier,
    payload: Option<ValType>,
    text: String,
    /// Its place among the function's streams and futures.
    index: usize,
}

impl Payloads {
    fn add(&mut self, calls: &mut Calls<'_, '_>, interface: &Interface<'_>, func: &Func<'_>, of: Transferred) {
        let number = self.list.len();
        let side = match interface.role {
            Role::Import => For::Imported,
            Role::Export => For::Exported,
        };
        let scope = scope_name(interface.key);
        let abi = calls.helpers.abi();
        let core = OPS.map(|op| {
            // Reads and writes go on; cancelling one is done when the call returns.
            let async_ = matches!(op, TransferOp::Read | TransferOp::Write);
            let transfer = Transfer { carrier: of.carrier, op, payload: of.payload, async_ };
            let CoreName { module, field } = transfer.core_name(side, scope.as_ref(), func.name, Some(of.index));
            let ident = format!("_{}_{number}", op.word().replace('-', "_"));
            let signature = abi.transfer(&transfer);
            let import = CoreImport {
                ident: ident.clone(),
                name: field,
                params: signature.params.clone(),
                result: signature.results.first().copied(),
            };
            self.import(module, import);
            ident
        });
        calls.reads_memory |= of.payload.is_some_and(|payload| calls.look.facts(payload).memory);
        let layout = of.payload.map(|payload| abi.layout(payload));
        let moves = match of.payload {
            Some(payload) if calls.look.facts(payload).unlike_memory => Moves::Codec(Box::new(PayloadCodec {
                store: calls.helpers.for_type(payload, Op::Store(Passing::Owned)),
                load: calls.helpers.for_type(payload, Op::Load),
                // The embedded runtime does not count an error context that a stream or future hands over, so that the
                // writer's handle has to stay.
                free: match calls.look.facts(payload).error_context {
                    true => Use::Nothing,
                    false => calls.helpers.for_type(payload, Op::Free),
                },
            })),
            Some(_) | None => Moves::Plain,
        };
        let (size, align) = layout.map_or((0, 1), |layout| (layout.size, layout.align));
        self.list.push(Payload { ty: of.text, size, align, moves, core });
    }

    fn import(&mut self, module: String, import: CoreImport) {
        match self.core.iter_mut().find(|group| group.module == module) {
            Some(group) => group.funcs.push(import),
            None => self.core.push(CoreImports { module, funcs: vec![import] }),
        }
    }
}

fn scope_name(key: InterfaceKey<'_>) -> Option<ExternName> {
    match key {
        InterfaceKey::Root => None,
        InterfaceKey::Label(label) => Some(ExternName::label(label)),
        InterfaceKey::Name(name) => Some(ExternName::Interface(name.clone())),
    }
}
