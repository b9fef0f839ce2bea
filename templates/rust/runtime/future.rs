/// What can be done with futures of one payload type.
pub trait FutureOps {
    type Payload;

    #[allow(clippy::new_ret_no_self, clippy::wrong_self_convention)]
    fn new(&mut self) -> u64;
    fn elem_layout(&mut self) -> Layout;
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
    unsafe fn start_write(&mut self, future: u32, val: *const u8) -> u32;
    /// # Safety
    /// The handle is a readable end; the memory is not touched until the read is over.
    unsafe fn start_read(&mut self, future: u32, val: *mut u8) -> u32;
    /// # Safety
    /// A read is under way.
    unsafe fn cancel_read(&mut self, future: u32) -> u32;
    /// # Safety
    /// A write is under way.
    unsafe fn cancel_write(&mut self, future: u32) -> u32;
    /// # Safety
    /// The handle is a readable end, and not used again.
    unsafe fn drop_readable(&mut self, future: u32);
    /// # Safety
    /// The handle is a writable end to which something was written, and not used again.
    unsafe fn drop_writable(&mut self, future: u32);
}

/// `FutureOps` as a table.
pub struct FutureVtable<T> {
    pub size: usize,
    pub align: usize,
    /// `None` if values stand in memory as the component's do.
    pub lower: Option<unsafe fn(T, *mut u8)>,
    pub lift: Option<unsafe fn(*mut u8) -> T>,
    /// Frees what a lowered value has on the heap; `None` if that is nothing.
    pub free: Option<unsafe fn(*mut u8)>,
    pub new: unsafe extern "C" fn() -> i64,
    pub read: unsafe extern "C" fn(i32, i32) -> i32,
    pub write: unsafe extern "C" fn(i32, i32) -> i32,
    pub cancel_read: unsafe extern "C" fn(i32) -> i32,
    pub cancel_write: unsafe extern "C" fn(i32) -> i32,
    pub drop_readable: unsafe extern "C" fn(i32),
    pub drop_writable: unsafe extern "C" fn(i32),
}

impl<T> FutureOps for &FutureVtable<T> {
    type Payload = T;

    fn new(&mut self) -> u64 {
        unsafe { (self.new)() as u64 }
    }

    fn elem_layout(&mut self) -> Layout {
        layout(1, self.size, self.align)
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

    unsafe fn start_write(&mut self, future: u32, val: *const u8) -> u32 {
        unsafe { (self.write)(future as i32, val as usize as i32) as u32 }
    }

    unsafe fn start_read(&mut self, future: u32, val: *mut u8) -> u32 {
        unsafe { (self.read)(future as i32, val as usize as i32) as u32 }
    }

    unsafe fn cancel_read(&mut self, future: u32) -> u32 {
        unsafe { (self.cancel_read)(future as i32) as u32 }
    }

    unsafe fn cancel_write(&mut self, future: u32) -> u32 {
        unsafe { (self.cancel_write)(future as i32) as u32 }
    }

    unsafe fn drop_readable(&mut self, future: u32) {
        unsafe { (self.drop_readable)(future as i32) }
    }

    unsafe fn drop_writable(&mut self, future: u32) {
        unsafe { (self.drop_writable)(future as i32) }
    }
}

pub type FutureReader<T> = RawFutureReader<&'static FutureVtable<T>>;
pub type FutureRead<T> = RawFutureRead<&'static FutureVtable<T>>;

/// A new future; if nothing is written to it, `default` is.
///
/// # Safety
/// The table is that of the type.
pub unsafe fn future_new<T: 'static>(
    default: fn() -> T,
    vtable: &'static FutureVtable<T>,
) -> (FutureWriter<T>, FutureReader<T>) {
    let (raw, reader) = unsafe { raw_future_new(vtable) };
    (FutureWriter { raw: Some(raw), default }, reader)
}

/// A new future, to which something must be written.
///
/// # Safety
/// `ops` makes and uses futures of one type.
pub unsafe fn raw_future_new<O: FutureOps + Clone>(mut ops: O) -> (RawFutureWriter<O>, RawFutureReader<O>) {
    let ends = ops.new();
    let writer = RawFutureWriter { handle: (ends >> 32) as u32, ops: ops.clone() };
    (writer, unsafe { RawFutureReader::new(ends as u32, ops) })
}

/// The writable end of a future. Dropped without a write, it writes its default.
pub struct FutureWriter<T: 'static> {
    /// Until it is written to.
    raw: Option<RawFutureWriter<&'static FutureVtable<T>>>,
    default: fn() -> T,
}

impl<T: 'static> FutureWriter<T> {
    /// Writes the value, unless the reader is dropped before.
    pub fn write(mut self, value: T) -> FutureWrite<T> {
        match self.raw.take() {
            Some(raw) => FutureWrite { raw: raw.write(value), default: self.default },
            None => invalid(),
        }
    }
}

impl<T: 'static> core::fmt::Debug for FutureWriter<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FutureWriter").field("handle", &self.raw.as_ref().map(|raw| raw.handle)).finish()
    }
}

impl<T: 'static> Drop for FutureWriter<T> {
    fn drop(&mut self) {
        if let Some(raw) = self.raw.take() {
            raw.write_and_forget((self.default)());
        }
    }
}

/// A write. Dropped, it is cancelled, and the default is written.
pub struct FutureWrite<T: 'static> {
    raw: RawFutureWrite<&'static FutureVtable<T>>,
    default: fn() -> T,
}

/// How a write was cancelled.
#[derive(Debug)]
pub enum FutureWriteCancel<T: 'static> {
    /// It was over.
    AlreadySent,
    /// The reader was dropped.
    Dropped(T),
    /// Nobody read; another value can be written.
    Cancelled(T, FutureWriter<T>),
}

impl<T: 'static> FutureWrite<T> {
    /// Ends the write.
    ///
    /// # Panics
    /// If the write was over before.
    pub fn cancel(self: Pin<&mut Self>) -> FutureWriteCancel<T> {
        let default = self.default;
        let raw = unsafe { self.map_unchecked_mut(|this| &mut this.raw) };
        match raw.cancel() {
            RawFutureWriteCancel::AlreadySent => FutureWriteCancel::AlreadySent,
            RawFutureWriteCancel::Dropped(value) => FutureWriteCancel::Dropped(value),
            RawFutureWriteCancel::Cancelled(value, raw) => {
                FutureWriteCancel::Cancelled(value, FutureWriter { raw: Some(raw), default })
            }
        }
    }
}

impl<T: 'static> Future for FutureWrite<T> {
    type Output = Result<(), FutureWriteError<T>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        unsafe { self.map_unchecked_mut(|this| &mut this.raw) }.poll(context)
    }
}

impl<T: 'static> Drop for FutureWrite<T> {
    fn drop(&mut self) {
        if !self.raw.is_over() {
            // `self` is not moved any more.
            drop(unsafe { Pin::new_unchecked(self) }.cancel());
        }
    }
}

/// The reader was dropped before the value was written.
pub struct FutureWriteError<T> {
    pub value: T,
}

impl<T> core::fmt::Debug for FutureWriteError<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FutureWriteError").finish_non_exhaustive()
    }
}

impl<T> core::fmt::Display for FutureWriteError<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the reader of the future was dropped")
    }
}

impl<T> core::error::Error for FutureWriteError<T> {}

/// The writable end of a future that has no default: something must be written to it.
pub struct RawFutureWriter<O: FutureOps> {
    handle: u32,
    ops: O,
}

impl<O: FutureOps> RawFutureWriter<O> {
    pub fn write(self, value: O::Payload) -> RawFutureWrite<O> {
        RawFutureWrite { writer: Some(self), value: Some(value), slot: Slot::new(), transfer: Transfer::new() }
    }

    /// Writes the value without anybody waiting for that.
    pub fn write_and_forget(self, value: O::Payload)
    where
        O: 'static,
    {
        let mut write = Box::pin(self.write(value));
        if current_task().is_null() {
            // Nobody could wait, so the value stays in memory until somebody reads it.
            if !unsafe { write.as_mut().get_unchecked_mut() }.start() {
                core::mem::forget(write);
            }
            return;
        }
        spawn(Box::pin(async move {
            // If the reader is gone, so is the value.
            drop(write.await);
        }));
    }
}

impl<O: FutureOps> core::fmt::Debug for RawFutureWriter<O> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RawFutureWriter").field("handle", &self.handle).finish()
    }
}

impl<O: FutureOps> Drop for RawFutureWriter<O> {
    fn drop(&mut self) {
        unsafe { self.ops.drop_writable(self.handle) }
    }
}

/// A write. Dropped, it is cancelled.
pub struct RawFutureWrite<O: FutureOps> {
    /// Until the write is over.
    writer: Option<RawFutureWriter<O>>,
    /// Until the write starts.
    value: Option<O::Payload>,
    slot: Slot,
    transfer: Transfer,
}

/// How a write was cancelled.
#[derive(Debug)]
pub enum RawFutureWriteCancel<O: FutureOps> {
    /// It was over.
    AlreadySent,
    /// The reader was dropped.
    Dropped(O::Payload),
    /// Nobody read; another value can be written.
    Cancelled(O::Payload, RawFutureWriter<O>),
}

impl<O: FutureOps> RawFutureWrite<O> {
    /// Ends the write.
    ///
    /// # Panics
    /// If the write was over before.
    pub fn cancel(self: Pin<&mut Self>) -> RawFutureWriteCancel<O> {
        // The slot is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(writer) = &mut this.writer else { panic!("the write was over before") };
        let RawFutureWriter { handle, ops } = writer;
        match this.transfer.cancel(|| unsafe { ops.cancel_write(*handle) }) {
            Some(code) => this.finish(code),
            None => match (this.value.take(), this.writer.take()) {
                (Some(value), Some(writer)) => RawFutureWriteCancel::Cancelled(value, writer),
                _ => invalid(),
            },
        }
    }

    fn is_over(&self) -> bool {
        self.writer.is_none()
    }

    /// Starts the write, unless it was; whether its end is known at once.
    fn start(&mut self) -> bool {
        if let (Some(value), Some(writer)) = (self.value.take(), &mut self.writer) {
            let at = self.slot.at(writer.ops.elem_layout());
            let code = unsafe {
                writer.ops.lower(value, at);
                writer.ops.start_write(writer.handle, at)
            };
            self.transfer.started(code);
            return code != BLOCKED;
        }
        false
    }

    fn finish(&mut self, code: u32) -> RawFutureWriteCancel<O> {
        let Some(mut writer) = self.writer.take() else { invalid() };
        let at = self.slot.at(writer.ops.elem_layout());
        match code & 0xf {
            COMPLETED => {
                unsafe { writer.ops.dealloc_lists(at) };
                RawFutureWriteCancel::AlreadySent
            }
            DROPPED => RawFutureWriteCancel::Dropped(unsafe { writer.ops.lift(at) }),
            CANCELLED => RawFutureWriteCancel::Cancelled(unsafe { writer.ops.lift(at) }, writer),
            _ => invalid(),
        }
    }
}

impl<O: FutureOps> Future for RawFutureWrite<O> {
    type Output = Result<(), FutureWriteError<O::Payload>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // The slot is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        this.start();
        let Some(writer) = &this.writer else { panic!("the write was over before") };
        let code = unsafe { ready!(this.transfer.poll(writer.handle, context)) };
        Poll::Ready(match this.finish(code) {
            RawFutureWriteCancel::AlreadySent => Ok(()),
            RawFutureWriteCancel::Dropped(value) | RawFutureWriteCancel::Cancelled(value, _) => {
                Err(FutureWriteError { value })
            }
        })
    }
}

impl<O: FutureOps> Drop for RawFutureWrite<O> {
    fn drop(&mut self) {
        if self.transfer.runs() {
            // `self` is not moved any more.
            drop(unsafe { Pin::new_unchecked(self) }.cancel());
        }
    }
}

/// The readable end of a future.
pub struct RawFutureReader<O: FutureOps> {
    /// Atomic so that readers can stand in statics; `NO_FUTURE` if it was given away.
    handle: core::sync::atomic::AtomicU32,
    ops: O,
}

/// No handle has this number.
const NO_FUTURE: u32 = u32::MAX;

impl<O: FutureOps> RawFutureReader<O> {
    /// # Safety
    /// The handle is a readable end, and nobody else's.
    pub unsafe fn new(handle: u32, ops: O) -> Self {
        Self { handle: core::sync::atomic::AtomicU32::new(handle), ops }
    }

    pub fn take_handle(&self) -> u32 {
        let handle = self.handle();
        self.handle.store(NO_FUTURE, core::sync::atomic::Ordering::Relaxed);
        handle
    }

    pub fn handle(&self) -> u32 {
        let handle = self.handle.load(core::sync::atomic::Ordering::Relaxed);
        assert!(handle != NO_FUTURE, "the future was given away");
        handle
    }
}

impl<O: FutureOps> core::fmt::Debug for RawFutureReader<O> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("FutureReader").field("handle", &self.handle).finish()
    }
}

impl<O: FutureOps> Drop for RawFutureReader<O> {
    fn drop(&mut self) {
        let handle = *self.handle.get_mut();
        if handle != NO_FUTURE {
            unsafe { self.ops.drop_readable(handle) }
        }
    }
}

impl<O: FutureOps> core::future::IntoFuture for RawFutureReader<O> {
    type Output = O::Payload;
    type IntoFuture = RawFutureRead<O>;

    fn into_future(self) -> RawFutureRead<O> {
        RawFutureRead { reader: Some(self), slot: Slot::new(), transfer: Transfer::new() }
    }
}

/// A read. Dropped, it is cancelled.
pub struct RawFutureRead<O: FutureOps> {
    /// Until the read is over.
    reader: Option<RawFutureReader<O>>,
    slot: Slot,
    transfer: Transfer,
}

impl<O: FutureOps> RawFutureRead<O> {
    /// Ends the read: the value, or the future if there is none yet.
    ///
    /// # Errors
    /// The future, which can be read again.
    ///
    /// # Panics
    /// If the read was over before.
    pub fn cancel(self: Pin<&mut Self>) -> Result<O::Payload, RawFutureReader<O>> {
        // The slot is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(reader) = &mut this.reader else { panic!("the read was over before") };
        let RawFutureReader { handle, ops } = reader;
        let code = this.transfer.cancel(|| unsafe { ops.cancel_read(*handle.get_mut()) });
        this.finish(code.unwrap_or(CANCELLED))
    }

    fn finish(&mut self, code: u32) -> Result<O::Payload, RawFutureReader<O>> {
        let Some(mut reader) = self.reader.take() else { invalid() };
        match code & 0xf {
            COMPLETED => {
                let at = self.slot.at(reader.ops.elem_layout());
                Ok(unsafe { reader.ops.lift(at) })
            }
            CANCELLED => Err(reader),
            // The writable end cannot be dropped before something is written.
            _ => invalid(),
        }
    }
}

impl<O: FutureOps> Future for RawFutureRead<O> {
    type Output = O::Payload;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<O::Payload> {
        // The slot is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let Some(reader) = &mut this.reader else { panic!("the read was over before") };
        let handle = *reader.handle.get_mut();
        if this.transfer.is_new() {
            let at = this.slot.at(reader.ops.elem_layout());
            this.transfer.started(unsafe { reader.ops.start_read(handle, at) });
        }
        let code = unsafe { ready!(this.transfer.poll(handle, context)) };
        match this.finish(code) {
            Ok(value) => Poll::Ready(value),
            // Only `cancel` ends it so.
            Err(_) => invalid(),
        }
    }
}

impl<O: FutureOps> Drop for RawFutureRead<O> {
    fn drop(&mut self) {
        if self.transfer.runs() {
            // `self` is not moved any more.
            drop(unsafe { Pin::new_unchecked(self) }.cancel());
        }
    }
}
