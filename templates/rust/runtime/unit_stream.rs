core_imports! {
    "$root";
    "[async-lower][stream-write-unit]" => fn unit_stream_write(i32, i32, i32) -> i32;
    "[stream-cancel-read-unit]" => fn unit_stream_cancel_read(i32) -> i32;
    "[stream-cancel-write-unit]" => fn unit_stream_cancel_write(i32) -> i32;
}

/// `stream`, without a payload, for those that generated bindings know nothing of.
#[derive(Clone, Copy)]
pub struct UnitStreamOps;

static UNIT_STREAM: StreamVtable<()> = StreamVtable {
    size: 0,
    align: 1,
    lower: None,
    lift: None,
    free: None,
    new: unit_stream_new,
    read: unit_stream_read,
    write: unit_stream_write,
    cancel_read: unit_stream_cancel_read,
    cancel_write: unit_stream_cancel_write,
    drop_readable: unit_stream_drop_readable,
    drop_writable: unit_stream_drop_writable,
};

impl UnitStreamOps {
    /// A new stream.
    #[allow(clippy::new_ret_no_self)]
    pub fn new() -> (RawStreamWriter<Self>, RawStreamReader<Self>) {
        unsafe { raw_stream_new(Self) }
    }
}

unsafe impl StreamOps for UnitStreamOps {
    type Payload = ();

    fn new(&mut self) -> u64 {
        StreamOps::new(&mut &UNIT_STREAM)
    }

    fn elem_layout(&self) -> Layout {
        Layout::new::<()>()
    }

    fn native_abi_matches_canonical_abi(&self) -> bool {
        true
    }

    fn contains_lists(&self) -> bool {
        false
    }

    unsafe fn lower(&mut self, (): (), _dst: *mut u8) {}

    unsafe fn dealloc_lists(&mut self, _dst: *mut u8) {}

    unsafe fn lift(&mut self, _dst: *mut u8) {}

    unsafe fn start_write(&mut self, stream: u32, val: *const u8, amt: usize) -> u32 {
        unsafe { (&mut &UNIT_STREAM).start_write(stream, val, amt) }
    }

    unsafe fn start_read(&mut self, stream: u32, val: *mut u8, amt: usize) -> u32 {
        unsafe { (&mut &UNIT_STREAM).start_read(stream, val, amt) }
    }

    unsafe fn cancel_read(&mut self, stream: u32) -> u32 {
        unsafe { (&mut &UNIT_STREAM).cancel_read(stream) }
    }

    unsafe fn cancel_write(&mut self, stream: u32) -> u32 {
        unsafe { (&mut &UNIT_STREAM).cancel_write(stream) }
    }

    unsafe fn drop_readable(&mut self, stream: u32) {
        unsafe { (&mut &UNIT_STREAM).drop_readable(stream) }
    }

    unsafe fn drop_writable(&mut self, stream: u32) {
        unsafe { (&mut &UNIT_STREAM).drop_writable(stream) }
    }
}
