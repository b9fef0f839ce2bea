//! The modules `wit_stream` and `wit_future`, and what users need of the runtime, `wit_async`.

use printer::{Doc, block, blocks, doc, lines, nothing};

use super::core_imports;
use super::uses::{self, Here, Operand};
use crate::model::{FUTURES, Model, Moves, Payload, PayloadCodec, Payloads, RUNTIME, STREAMS};

/// The text of one carrier.
struct Carrier {
    module: &'static str,
    /// `stream`, `future`
    word: &'static str,
    /// `Stream`, `Future`
    camel: &'static str,
    new: &'static str,
}

const STREAM: Carrier = Carrier {
    module: STREAMS,
    word: "stream",
    camel: "Stream",
    new: "/// Makes a stream: what is written to the one end is read at the other.
pub fn new<T: StreamPayload>() -> (_rt::StreamWriter<T>, _rt::StreamReader<T>) {
    unsafe { _rt::stream_new(T::VTABLE) }
}",
};

const FUTURE: Carrier = Carrier {
    module: FUTURES,
    word: "future",
    camel: "Future",
    new: "/// Makes a future; `default` is written if the writer is dropped without a value.
pub fn new<T: FuturePayload>(default: fn() -> T) -> (_rt::FutureWriter<T>, _rt::FutureReader<T>) {
    unsafe { _rt::future_new(default, T::VTABLE) }
}",
};

/// The modules that the root has for asynchronous functions and types.
pub fn modules(model: &Model) -> Vec<Doc> {
    let asynchrony = &model.asynchrony;
    let mut out = Vec::new();
    if !asynchrony.streams.list.is_empty() {
        out.push(module(&STREAM, &asynchrony.streams));
    }
    if !asynchrony.futures.list.is_empty() {
        out.push(module(&FUTURE, &asynchrony.futures));
    }
    if asynchrony.any() {
        out.push(runtime(model));
    }
    out
}

fn module(carrier: &Carrier, payloads: &Payloads) -> Doc {
    let (camel, word) = (carrier.camel, carrier.word);
    let head = [
        doc![
            "/// What a ",
            word,
            " can carry.\npub trait ",
            camel,
            "Payload: Unpin + Sized + 'static ",
            block(doc!["#[doc(hidden)]\nconst VTABLE: &'static _rt::", camel, "Vtable<Self>;"])
        ],
        Doc::from(carrier.new),
        doc![
            "pub(super) unsafe fn lift<T: ",
            camel,
            "Payload>(handle: i32) -> _rt::",
            camel,
            "Reader<T> ",
            block(doc!["unsafe { _rt::", camel, "Reader::new(handle as u32, T::VTABLE) }"])
        ],
    ];
    let list = payloads.list.iter().map(|found| payload(carrier, found));
    let items: Vec<Doc> = head.into_iter().chain(list).chain(payloads.core.iter().map(core_imports)).collect();
    let helped = items.iter().any(|item| item.mentions("_abi::"));
    let uses = if helped { "use super::{_abi, _rt};" } else { "use super::_rt;" };
    let body = blocks(std::iter::once(Doc::from(uses)).chain(items));
    lines([doc!["/// Making ", word, "s."], doc!["pub mod ", carrier.module, " ", block(body)]])
}

fn payload(carrier: &Carrier, payload: &Payload) -> Doc {
    let [new, read, write, cancel_read, cancel_write, drop_readable, drop_writable] = &payload.core;
    let (lower, lift, free) = moves(&payload.moves);
    let fields = lines([
        doc!["size: ", payload.size, ","],
        doc!["align: ", payload.align, ","],
        doc!["lower: ", lower, ","],
        doc!["lift: ", lift, ","],
        doc!["free: ", free, ","],
        doc!["new: ", new, ","],
        doc!["read: ", read, ","],
        doc!["write: ", write, ","],
        doc!["cancel_read: ", cancel_read, ","],
        doc!["cancel_write: ", cancel_write, ","],
        doc!["drop_readable: ", drop_readable, ","],
        doc!["drop_writable: ", drop_writable, ","],
    ]);
    let camel = carrier.camel;
    let value =
        doc!["const VTABLE: &'static _rt::", camel, "Vtable<Self> = &_rt::", camel, "Vtable ", block(fields), ";"];
    doc!["impl ", camel, "Payload for ", &payload.ty, " ", block(value)]
}

/// How the values of a payload get into memory, out of it, and what is freed then.
fn moves(moves: &Moves) -> (Doc, Doc, Doc) {
    let Moves::Codec(codec) = moves else {
        return (Doc::from("None"), Doc::from("None"), Doc::from("None"));
    };
    let PayloadCodec { store, load, free } = codec.as_ref();
    let here = Here { root: "super::", module: "", abi: "_abi::", temps: "", borrows: "" };
    let store = uses::store(store, &Operand::Value("value".to_owned()), "at", 0, true, &here);
    let load = uses::load(load, "at", 0, &here);
    let free = match uses::free(free, "at", 0, &here) {
        None => Doc::from("None"),
        Some(free) => doc!["Some(|at| unsafe { ", free, " })"],
    };
    (doc!["Some(|value, at| unsafe { ", store, " })"], doc!["Some(|at| unsafe { ", load, " })"], free)
}

/// What users need of the runtime.
fn runtime(model: &Model) -> Doc {
    let asynchrony = &model.asynchrony;
    let tasks = "JoinHandle, backpressure_dec, backpressure_inc, block_on, spawn_local, yield_async, yield_blocking";
    let streams = "AbiBuffer, StreamRead, StreamReader, StreamResult, StreamWrite, StreamWriter";
    let futures = "FutureRead, FutureReader, FutureWrite, FutureWriteCancel, FutureWriteError, FutureWriter";
    let found = [
        (true, tasks),
        (asynchrony.has_streams, streams),
        (asynchrony.has_futures, futures),
        (asynchrony.error_contexts, "ErrorContext"),
    ];
    let names =
        found.into_iter().filter(|(used, _)| *used).map(|(_, names)| doc!["pub use super::_rt::{", names, "};"]);
    lines([
        Doc::from("/// Tasks, and the types of what they pass."),
        doc!["pub mod ", RUNTIME, " ", block(lines(names))],
        nothing(),
    ])
}
