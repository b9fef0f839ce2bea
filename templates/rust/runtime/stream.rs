/// What can be done with streams of one payload type.
///
/// # Safety
/// The functions are those of the Canonical ABI for this type.
pub unsafe trait StreamOps: Clone {
    type Payload: 'static;

    #[allow(clippy::new_ret_no_self, clippy::wrong_self_convention)]
    fn new(&mut self) -> u64;
    fn elem_layout(&self) -> Layout;
    /// Whether values stand in memory as the component's do; then `lower` and `lift` are not called.
    fn native_abi_matches_canonical_abi(&self) -> bool;
    fn contains_lists(&self) -> bool;
    /// # Safety
    /// There is room for a value.
    unsafe fn lower(&mut self, payload: Self::Payload, dst: *mut u8);
    /// # Safety
    /// There is a lowered value, which was read.
    unsafe fn dealloc_lists(&mut self, dst: *mut u8);
    /// # Safety
    /// There is a lowered value, which is not used again.
    unsafe fn lift(&mut self, dst: *mut u8) -> Self::Payload;
    /// # Safety
    /// The handle is a writable end; the memory is not touched until the write is over.
    unsafe fn start_write(&mut self, stream: u32, val: *const u8, amt: usize) -> u32;
    /// # Safety
    /// The handle is a readable end; the memory is not touched until the read is over.
    unsafe fn start_read(&mut self, stream: u32, val: *mut u8, amt: usize) -> u32;
    /// # Safety
    /// A read is under way.
    unsafe fn cancel_read(&mut self, stream: u32) -> u32;
    /// # Safety
    /// A write is under way.
    unsafe fn cancel_write(&mut self, stream: u32) -> u32;
    /// # Safety
    /// The handle is a readable end, and not used again.
    unsafe fn drop_readable(&mut self, stream: u32);
    /// # Safety
    /// The handle is a writable end, and not used again.
    unsafe fn drop_writable(&mut self, stream: u32);
}

/// `StreamOps` as a table.
pub struct StreamVtable<T> {
    pub size: usize,
    pub align: usize,
    /// `None` if values stand in memory as the component's do.
    pub lower: Option<unsafe fn(T, *mut u8)>,
    pub lift: Option<unsafe fn(*mut u8) -> T>,
    /// Frees what a lowered value has on the heap; `None` if that is nothing.
    pub free: Option<unsafe fn(*mut u8)>,
    pub new: unsafe extern "C" fn() -> i64,
    pub read: unsafe extern "C" fn(i32, i32, i32) -> i32,
    pub write: unsafe extern "C" fn(i32, i32, i32) -> i32,
    pub cancel_read: unsafe extern "C" fn(i32) -> i32,
    pub cancel_write: unsafe extern "C" fn(i32) -> i32,
    pub drop_readable: unsafe extern "C" fn(i32),
    pub drop_writable: unsafe extern "C" fn(i32),
}

unsafe impl<T: 'static> StreamOps for &StreamVtable<T> {
    type Payload = T;

    fn new(&mut self) -> u64 {
        unsafe { (self.new)() as u64 }
    }

    fn elem_layout(&self) -> Layout {
        layout(1, self.size, self.align)
    }

    fn native_abi_matches_canonical_abi(&self) -> bool {
        self.lower.is_none()
    }

    fn contains_lists(&self) -> bool {
        self.free.is_some()
    }

    unsafe fn lower(&mut self, payload: T, dst: *mut u8) {
        match self.lower {
            Some(lower) => unsafe { lower(payload, dst) },
            None => unsafe { dst.cast::<T>().write(payload) },
        }
    }

    unsafe fn dealloc_lists(&mut self, dst: *mut u8) {
        if let Some(free) = self.free {
            unsafe { free(dst) }
        }
    }

    unsafe fn lift(&mut self, dst: *mut u8) -> T {
        match self.lift {
            Some(lift) => unsafe { lift(dst) },
            None => unsafe { dst.cast::<T>().read() },
        }
    }

    unsafe fn start_write(&mut self, stream: u32, val: *const u8, amt: usize) -> u32 {
        unsafe { (self.write)(stream as i32, val as usize as i32, amt as i32) as u32 }
    }

    unsafe fn start_read(&mut self, stream: u32, val: *mut u8, amt: usize) -> u32 {
        unsafe { (self.read)(stream as i32, val as usize as i32, amt as i32) as u32 }
    }

    unsafe fn cancel_read(&mut self, stream: u32) -> u32 {
        unsafe { (self.cancel_read)(stream as i32) as u32 }
    }

    unsafe fn cancel_write(&mut self, stream: u32) -> u32 {
        unsafe { (self.cancel_write)(stream as i32) as u32 }
    }

    unsafe fn drop_readable(&mut self, stream: u32) {
        unsafe { (self.drop_readable)(stream as i32) }
    }

    unsafe fn drop_writable(&mut self, stream: u32) {
        unsafe { (self.drop_writable)(stream as i32) }
    }
}

pub type StreamWriter<T> = RawStreamWriter<&'static StreamVtable<T>>;
pub type StreamReader<T> = RawStreamReader<&'static StreamVtable<T>>;
pub type StreamWrite<'a, T> = RawStreamWrite<'a, &'static StreamVtable<T>>;
pub type StreamRead<'a, T> = RawStreamRead<'a, &'static StreamVtable<T>>;

/// A new stream.
///
/// # Safety
/// The table is that of the type.
pub unsafe fn stream_new<T: 'static>(vtable: &'static StreamVtable<T>) -> (StreamWriter<T>, StreamReader<T>) {
    unsafe { raw_stream_new(vtable) }
}

/// A new stream.
///
/// # Safety
/// `ops` makes and uses streams of one type.
pub unsafe fn raw_stream_new<O: StreamOps>(mut ops: O) -> (RawStreamWriter<O>, RawStreamReader<O>) {
    let ends = ops.new();
    unsafe { (RawStreamWriter::new((ends >> 32) as u32, ops.clone()), RawStreamReader::new(ends as u32, ops)) }
}

/// How a read or a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamResult {
    /// So many elements were passed.
    Complete(usize),
    /// None was passed, and none will be: the other end is gone.
    Dropped,
    /// None was passed before it was cancelled.
    Cancelled,
}

/// The number of elements passed, and the result.
fn stream_result(code: u32, done: &mut bool) -> (usize, StreamResult) {
    let (count, how) = ((code >> 4) as usize, code & 0xf);
    *done |= how == DROPPED;
    let result = match how {
        COMPLETED => StreamResult::Complete(count),
        DROPPED | CANCELLED if count > 0 => StreamResult::Complete(count),
        DROPPED => StreamResult::Dropped,
        CANCELLED => StreamResult::Cancelled,
        _ => invalid(),
    };
    (count, result)
}

/// The writable end of a stream.
pub struct RawStreamWriter<O: StreamOps> {
    handle: u32,
    ops: O,
    /// The readable end is gone.
    done: bool,
}

impl<O: StreamOps> RawStreamWriter<O> {
    /// # Safety
    /// The handle is a writable end, and nobody else's.
    pub unsafe fn new(handle: u32, ops: O) -> Self {
        Self { handle, ops, done: false }
    }

    pub fn handle(&self) -> u32 {
        self.handle
    }

    /// Writes some of the values, at least one if there is a reader; the buffer has the others.
    pub fn write(&mut self, values: Vec<O::Payload>) -> RawStreamWrite<'_, O> {
        let buffer = AbiBuffer::new(values, self.ops.clone());
        self.write_buf(buffer)
    }

    /// Goes on with what another write left.
    pub fn write_buf(&mut self, values: AbiBuffer<O>) -> RawStreamWrite<'_, O> {
        RawStreamWrite { writer: self, buffer: Some(values), transfer: Transfer::new() }
    }

    /// Writes all values; what comes back was not read before the reader was dropped.
    pub async fn write_all(&mut self, values: Vec<O::Payload>) -> Vec<O::Payload> {
        let (mut result, mut buffer) = self.write(values).await;
        while buffer.remaining() > 0 && matches!(result, StreamResult::Complete(_)) {
            (result, buffer) = self.write_buf(buffer).await;
        }
        buffer.into_vec()
    }

    /// Writes a value; it comes back if the reader was dropped.
    pub async fn write_one(&mut self, value: O::Payload) -> Option<O::Payload> {
        WriteOne { writer: self, value: Some(value), slot: Slot::new(), transfer: Transfer::new() }.await
    }
}

impl<O: StreamOps> core::fmt::Debug for RawStreamWriter<O> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("StreamWriter").field("handle", &self.handle).finish()
    }
}

impl<O: StreamOps> Drop for RawStreamWriter<O> {
    fn drop(&mut self) {
        unsafe { self.ops.drop_writable(self.handle) }
    }
}

/// A write. Dropped, it is cancelled.
pub struct RawStreamWrite<'a, O: StreamOps> {
    writer: &'a mut RawStreamWriter<O>,
    /// Until the write is over.
    buffer: Option<AbiBuffer<O>>,
    transfer: Transfer,
}

impl<O: StreamOps> RawStreamWrite<'_, O> {
    /// Ends the write: what was written, and the rest.
    ///
    /// # Panics
    /// If the write was over before.
    pub fn cancel(self: Pin<&mut Self>) -> (StreamResult, AbiBuffer<O>) {
        // The buffer is only moved when the write is over.
        let this = unsafe { self.get_unchecked_mut() };
        this.end()
    }

    fn end(&mut self) -> (StreamResult, AbiBuffer<O>) {
        let RawStreamWriter { handle, ops, .. } = &mut *self.writer;
        let code = self.transfer.cancel(|| unsafe { ops.cancel_write(*handle) });
        self.finish(code.unwrap_or(CANCELLED))
    }

    fn finish(&mut self, code: u32) -> (StreamResult, AbiBuffer<O>) {
        let (count, result) = stream_result(code, &mut self.writer.done);
        match self.buffer.take() {
            Some(mut buffer) => {
                buffer.advance(count);
                (result, buffer)
            }
            None => invalid(),
        }
    }
}

impl<O: StreamOps> Future for RawStreamWrite<'_, O> {
    type Output = (StreamResult, AbiBuffer<O>);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // The buffer is only moved when the write is over.
        let this = unsafe { self.get_unchecked_mut() };
        if let (true, Some(buffer)) = (this.transfer.is_new(), &this.buffer) {
            let (at, len) = buffer.abi_ptr_and_len();
            let code = if this.writer.done {
                DROPPED
            } else {
                unsafe { this.writer.ops.start_write(this.writer.handle, at, len.min(MAX_ELEMENTS)) }
            };
            this.transfer.started(code);
        }
        let code = unsafe { ready!(this.transfer.poll(this.writer.handle, context)) };
        Poll::Ready(this.finish(code))
    }
}

impl<O: StreamOps> Drop for RawStreamWrite<'_, O> {
    fn drop(&mut self) {
        if self.transfer.runs() {
            drop(self.end());
        }
    }
}

/// A write of one value, without memory from the heap as far as it is small.
struct WriteOne<'a, O: StreamOps> {
    writer: &'a mut RawStreamWriter<O>,
    /// Until the write starts.
    value: Option<O::Payload>,
    slot: Slot,
    transfer: Transfer,
}

impl<O: StreamOps> WriteOne<'_, O> {
    fn finish(&mut self, code: u32) -> Option<O::Payload> {
        let (count, _) = stream_result(code, &mut self.writer.done);
        let ops = &mut self.writer.ops;
        let at = self.slot.at(ops.elem_layout());
        unsafe {
            if count == 0 {
                return Some(ops.lift(at));
            }
            ops.dealloc_lists(at);
        }
        None
    }
}

impl<O: StreamOps> Future for WriteOne<'_, O> {
    type Output = Option<O::Payload>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // The slot is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let writer = &mut *this.writer;
        if let Some(value) = this.value.take() {
            if writer.done {
                return Poll::Ready(Some(value));
            }
            let at = this.slot.at(writer.ops.elem_layout());
            let code = unsafe {
                writer.ops.lower(value, at);
                writer.ops.start_write(writer.handle, at, 1)
            };
            this.transfer.started(code);
        }
        let code = unsafe { ready!(this.transfer.poll(writer.handle, context)) };
        Poll::Ready(this.finish(code))
    }
}

impl<O: StreamOps> Drop for WriteOne<'_, O> {
    fn drop(&mut self) {
        if self.transfer.runs() {
            let RawStreamWriter { handle, ops, .. } = &mut *self.writer;
            if let Some(code) = self.transfer.cancel(|| unsafe { ops.cancel_write(*handle) }) {
                drop(self.finish(code));
            }
        }
    }
}

/// The readable end of a stream.
pub struct RawStreamReader<O: StreamOps> {
    /// Atomic so that readers can stand in statics; `NO_HANDLE` if it was given away.
    handle: core::sync::atomic::AtomicU32,
    ops: O,
    /// The writable end is gone.
    done: bool,
}

/// No handle has this number.
const NO_HANDLE: u32 = u32::MAX;

impl<O: StreamOps> RawStreamReader<O> {
    /// # Safety
    /// The handle is a readable end, and nobody else's.
    pub unsafe fn new(handle: u32, ops: O) -> Self {
        Self { handle: core::sync::atomic::AtomicU32::new(handle), ops, done: false }
    }

    pub fn take_handle(&self) -> u32 {
        let handle = self.handle();
        self.handle.store(NO_HANDLE, core::sync::atomic::Ordering::Relaxed);
        handle
    }

    pub fn handle(&self) -> u32 {
        let handle = self.handle.load(core::sync::atomic::Ordering::Relaxed);
        assert!(handle != NO_HANDLE, "the stream was given away");
        handle
    }

    /// Reads into the buffer's spare capacity, at least one element if there is room and a writer.
    pub fn read(&mut self, buffer: Vec<O::Payload>) -> RawStreamRead<'_, O> {
        RawStreamRead { reader: self, buffer, lowered: Lowered::new(), transfer: Transfer::new() }
    }

    /// The next element, or `None` at the end.
    pub async fn next(&mut self) -> Option<O::Payload> {
        ReadOne { reader: self, slot: Slot::new(), transfer: Transfer::new() }.await
    }

    /// All elements until the end.
    pub async fn collect(mut self) -> Vec<O::Payload> {
        let mut all = Vec::new();
        loop {
            if all.len() == all.capacity() {
                all.reserve(32);
            }
            let result;
            (result, all) = self.read(all).await;
            if !matches!(result, StreamResult::Complete(_)) {
                return all;
            }
        }
    }
}

impl<O: StreamOps> core::fmt::Debug for RawStreamReader<O> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("StreamReader").field("handle", &self.handle).finish()
    }
}

impl<O: StreamOps> Drop for RawStreamReader<O> {
    fn drop(&mut self) {
        let handle = *self.handle.get_mut();
        if handle != NO_HANDLE {
            unsafe { self.ops.drop_readable(handle) }
        }
    }
}

/// A read. Dropped, it is cancelled.
pub struct RawStreamRead<'a, O: StreamOps> {
    reader: &'a mut RawStreamReader<O>,
    buffer: Vec<O::Payload>,
    /// Where elements are read to that have to be lifted.
    lowered: Lowered,
    transfer: Transfer,
}

impl<O: StreamOps> RawStreamRead<'_, O> {
    /// Ends the read: what was read, behind what was in the buffer.
    ///
    /// # Panics
    /// If the read was over before.
    pub fn cancel(self: Pin<&mut Self>) -> (StreamResult, Vec<O::Payload>) {
        // The buffer's memory stays where it is while the read is under way.
        let this = unsafe { self.get_unchecked_mut() };
        this.end()
    }

    fn end(&mut self) -> (StreamResult, Vec<O::Payload>) {
        let RawStreamReader { handle, ops, .. } = &mut *self.reader;
        let code = self.transfer.cancel(|| unsafe { ops.cancel_read(*handle.get_mut()) });
        self.finish(code.unwrap_or(CANCELLED))
    }

    fn start(&mut self) -> u32 {
        if self.reader.done {
            return DROPPED;
        }
        let spare = self.buffer.spare_capacity_mut();
        let len = spare.len().min(MAX_ELEMENTS);
        let ops = &mut self.reader.ops;
        let at = if ops.native_abi_matches_canonical_abi() {
            spare.as_mut_ptr().cast()
        } else {
            self.lowered = Lowered::allocate(len, ops.elem_layout());
            self.lowered.at
        };
        unsafe { ops.start_read(*self.reader.handle.get_mut(), at, len) }
    }

    fn finish(&mut self, code: u32) -> (StreamResult, Vec<O::Payload>) {
        let (count, result) = stream_result(code, &mut self.reader.done);
        let mut buffer = core::mem::take(&mut self.buffer);
        let ops = &mut self.reader.ops;
        if ops.native_abi_matches_canonical_abi() {
            // They were written into the spare capacity.
            unsafe { buffer.set_len(buffer.len() + count) }
        } else {
            for index in 0..count {
                buffer.push(unsafe { ops.lift(self.lowered.element(index)) });
            }
        }
        self.lowered = Lowered::new();
        (result, buffer)
    }
}

impl<O: StreamOps> Future for RawStreamRead<'_, O> {
    type Output = (StreamResult, Vec<O::Payload>);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // The buffer's memory stays where it is while the read is under way.
        let this = unsafe { self.get_unchecked_mut() };
        if this.transfer.is_new() {
            let code = this.start();
            this.transfer.started(code);
        }
        let code = unsafe { ready!(this.transfer.poll(*this.reader.handle.get_mut(), context)) };
        Poll::Ready(this.finish(code))
    }
}

impl<O: StreamOps> Drop for RawStreamRead<'_, O> {
    fn drop(&mut self) {
        if self.transfer.runs() {
            drop(self.end());
        }
    }
}

/// A read of one element, without memory from the heap as far as it is small.
struct ReadOne<'a, O: StreamOps> {
    reader: &'a mut RawStreamReader<O>,
    slot: Slot,
    transfer: Transfer,
}

impl<O: StreamOps> ReadOne<'_, O> {
    fn finish(&mut self, code: u32) -> Option<O::Payload> {
        let (count, _) = stream_result(code, &mut self.reader.done);
        let ops = &mut self.reader.ops;
        let at = self.slot.at(ops.elem_layout());
        (count > 0).then(|| unsafe { ops.lift(at) })
    }
}

impl<O: StreamOps> Future for ReadOne<'_, O> {
    type Output = Option<O::Payload>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // The slot is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let reader = &mut *this.reader;
        let handle = *reader.handle.get_mut();
        if this.transfer.is_new() {
            if reader.done {
                return Poll::Ready(None);
            }
            let at = this.slot.at(reader.ops.elem_layout());
            this.transfer.started(unsafe { reader.ops.start_read(handle, at, 1) });
        }
        let code = unsafe { ready!(this.transfer.poll(handle, context)) };
        Poll::Ready(this.finish(code))
    }
}

impl<O: StreamOps> Drop for ReadOne<'_, O> {
    fn drop(&mut self) {
        if self.transfer.runs() {
            let RawStreamReader { handle, ops, .. } = &mut *self.reader;
            if let Some(code) = self.transfer.cancel(|| unsafe { ops.cancel_read(*handle.get_mut()) }) {
                drop(self.finish(code));
            }
        }
    }
}

/// Memory for lowered elements.
struct Lowered {
    at: *mut u8,
    len: usize,
    element: Layout,
}

unsafe impl Send for Lowered {}
unsafe impl Sync for Lowered {}

impl Lowered {
    const fn new() -> Self {
        Self { at: core::ptr::null_mut(), len: 0, element: Layout::new::<()>() }
    }

    fn allocate(len: usize, element: Layout) -> Self {
        Self { at: allocate(len, element.size(), element.align()), len, element }
    }

    fn element(&self, index: usize) -> *mut u8 {
        self.at.wrapping_add(index * self.element.size())
    }
}

impl Drop for Lowered {
    fn drop(&mut self) {
        unsafe { dealloc(self.at, self.len * self.element.size(), self.element.align()) }
    }
}

/// Values to write. Those that were written are gone.
pub struct AbiBuffer<O: StreamOps> {
    /// The values that are not lowered.
    values: Vec<O::Payload>,
    lowered: Lowered,
    len: usize,
    /// The first value that was not written.
    next: usize,
    ops: O,
}

impl<O: StreamOps> AbiBuffer<O> {
    fn new(mut values: Vec<O::Payload>, mut ops: O) -> Self {
        let len = values.len();
        let mut lowered = Lowered::new();
        if !ops.native_abi_matches_canonical_abi() {
            lowered = Lowered::allocate(len, ops.elem_layout());
            for (index, value) in values.drain(..).enumerate() {
                unsafe { ops.lower(value, lowered.element(index)) }
            }
        }
        Self { values, lowered, len, next: 0, ops }
    }

    /// The values that were not written.
    pub fn into_vec(mut self) -> Vec<O::Payload> {
        self.take_vec()
    }

    /// The number of values that were not written.
    pub fn remaining(&self) -> usize {
        self.len - self.next
    }

    fn abi_ptr_and_len(&self) -> (*const u8, usize) {
        let at = if self.ops.native_abi_matches_canonical_abi() {
            self.values.as_ptr().wrapping_add(self.next).cast()
        } else {
            self.lowered.element(self.next).cast_const()
        };
        (at, self.remaining())
    }

    fn advance(&mut self, count: usize) {
        let end = self.next + count;
        if end > self.len {
            invalid();
        }
        if self.ops.contains_lists() {
            for index in self.next..end {
                unsafe { self.ops.dealloc_lists(self.lowered.element(index)) }
            }
        }
        self.next = end;
    }

    fn take_vec(&mut self) -> Vec<O::Payload> {
        let mut values = core::mem::take(&mut self.values);
        if self.ops.native_abi_matches_canonical_abi() {
            // Plain data: nothing is dropped that the reader has now.
            values.drain(..self.next.min(values.len()));
        } else {
            for index in self.next..self.len {
                values.push(unsafe { self.ops.lift(self.lowered.element(index)) });
            }
        }
        self.next = self.len;
        values
    }
}

impl<O: StreamOps> Drop for AbiBuffer<O> {
    fn drop(&mut self) {
        drop(self.take_vec());
    }
}
