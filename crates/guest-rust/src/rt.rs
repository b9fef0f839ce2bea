//! The same text that stands in generated files without a runtime crate.
#![allow(missing_docs, clippy::all, unused_imports, unused_macros, dead_code, reason = "the text of generated files")]

include!("../../../templates/rust/runtime/macros.rs");
include!("../../../templates/rust/runtime/base.rs");
include!("../../../templates/rust/runtime/memory.rs");
include!("../../../templates/rust/runtime/resource.rs");
include!("../../../templates/rust/runtime/representation.rs");
include!("../../../templates/rust/runtime/export.rs");
include!("../../../templates/rust/runtime/kept.rs");
include!("../../../templates/rust/runtime/task.rs");
include!("../../../templates/rust/runtime/spawn.rs");
include!("../../../templates/rust/runtime/subtask.rs");
include!("../../../templates/rust/runtime/transfer.rs");
include!("../../../templates/rust/runtime/stream.rs");
include!("../../../templates/rust/runtime/future.rs");
include!("../../../templates/rust/runtime/error_context.rs");
include!("../../../templates/rust/runtime/unit_stream.rs");

#[cfg(feature = "realloc")]
include!("../../../templates/rust/runtime/realloc.rs");

#[cfg(feature = "bitflags")]
pub use bitflags;

/// What a map type needs where it is known under wit-bindgen's names.
pub trait WitMap<K, V>: Sized {
    fn wit_map_new(capacity: usize) -> Self;
    fn wit_map_push(&mut self, key: K, value: V);
    fn wit_map_len(&self) -> usize;
}

impl<K: Ord, V> WitMap<K, V> for Map<K, V> {
    fn wit_map_new(_: usize) -> Self {
        Self::new()
    }

    fn wit_map_push(&mut self, key: K, value: V) {
        self.insert(key, value);
    }

    fn wit_map_len(&self) -> usize {
        self.len()
    }
}

#[cfg(feature = "futures-stream")]
mod futures_stream;
#[cfg(feature = "futures-stream")]
pub use futures_stream::*;

#[cfg(test)]
mod tests;

/// The names that wit-bindgen has for the asynchronous part.
pub mod async_support {
    #[cfg(feature = "futures-stream")]
    pub use super::futures_stream::*;
    pub use super::{
        backpressure_dec, backpressure_inc, block_on, callback, future_new, raw_future_new, raw_stream_new,
        spawn_local, start_task, stream_new, yield_async, yield_blocking, AbiBuffer, ErrorContext, FutureOps,
        FutureRead, FutureReader, FutureVtable, FutureWrite, FutureWriteCancel, FutureWriteError, FutureWriter,
        JoinHandle, RawFutureRead, RawFutureReader, RawFutureWrite, RawFutureWriteCancel, RawFutureWriter,
        RawStreamRead, RawStreamReader, RawStreamWrite, RawStreamWriter, StreamOps, StreamRead, StreamReader,
        StreamResult, StreamVtable, StreamWrite, StreamWriter, TaskCancelOnDrop, UnitStreamOps,
    };
}
