//! Streams as those of the crate `futures-core`, for the feature `futures-stream`.

use super::{ready, stream_result, Box, Context, Pin, Poll, RawStreamReader, Slot, StreamOps, StreamVtable, Transfer};

/// A stream's readable end as a `Stream`; an element that was being read when this is dropped is dropped as well.
pub struct RawStreamReaderStream<O: StreamOps + 'static> {
    /// In a box, since a read must stay where it is; `None` after the end.
    read: Option<Pin<Box<Read<O>>>>,
}

/// The same for the streams of generated bindings.
pub type StreamReaderStream<T> = RawStreamReaderStream<&'static StreamVtable<T>>;

struct Read<O: StreamOps> {
    reader: RawStreamReader<O>,
    slot: Slot,
    transfer: Transfer,
}

impl<O: StreamOps + 'static> RawStreamReaderStream<O> {
    pub fn new(reader: RawStreamReader<O>) -> Self {
        Self { read: Some(Box::pin(Read { reader, slot: Slot::new(), transfer: Transfer::new() })) }
    }

    /// The reader, unless a read is under way or the stream is at its end.
    pub fn into_inner(self) -> Option<RawStreamReader<O>> {
        // No read is under way, so nothing knows where the box's inside is.
        let read = self.read.filter(|read| read.transfer.is_new())?;
        let read = unsafe { Pin::into_inner_unchecked(read) };
        let ops = read.reader.ops.clone();
        let mut reader = unsafe { RawStreamReader::new(read.reader.take_handle(), ops) };
        reader.done = read.reader.done;
        Some(reader)
    }
}

impl<O: StreamOps> Read<O> {
    fn finish(&mut self, code: u32) -> Option<O::Payload> {
        let (count, _) = stream_result(code, &mut self.reader.done);
        let at = self.slot.at(self.reader.ops.elem_layout());
        (count > 0).then(|| unsafe { self.reader.ops.lift(at) })
    }

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<O::Payload>> {
        // The slot is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let handle = this.reader.handle();
        if this.transfer.is_new() {
            if this.reader.done {
                return Poll::Ready(None);
            }
            let at = this.slot.at(this.reader.ops.elem_layout());
            this.transfer.started(unsafe { this.reader.ops.start_read(handle, at, 1) });
        }
        let code = unsafe { ready!(this.transfer.poll(handle, context)) };
        this.transfer.again();
        Poll::Ready(this.finish(code))
    }
}

impl<O: StreamOps> Drop for Read<O> {
    fn drop(&mut self) {
        if self.transfer.runs() {
            let (handle, ops) = (self.reader.handle(), &mut self.reader.ops);
            if let Some(code) = self.transfer.cancel(|| unsafe { ops.cancel_read(handle) }) {
                drop(self.finish(code));
            }
        }
    }
}

impl<O: StreamOps + 'static> futures_core::Stream for RawStreamReaderStream<O> {
    type Item = O::Payload;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<O::Payload>> {
        let Some(read) = &mut self.read else { return Poll::Ready(None) };
        let item = ready!(read.as_mut().poll(context));
        if item.is_none() {
            self.read = None;
        }
        Poll::Ready(item)
    }
}

impl<O: StreamOps + 'static> Unpin for RawStreamReaderStream<O> {}

impl<O: StreamOps + 'static> RawStreamReader<O> {
    /// This as a `Stream`.
    pub fn into_stream(self) -> RawStreamReaderStream<O> {
        RawStreamReaderStream::new(self)
    }
}
