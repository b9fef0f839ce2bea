/// A read or a write of a stream or future. It is pinned from the first `poll` on.
struct Transfer {
    waiting: Waiting,
    state: Cell<TransferState>,
}

#[derive(Clone, Copy, PartialEq)]
enum TransferState {
    New,
    Runs,
    Done,
}

const COMPLETED: u32 = 0;
const DROPPED: u32 = 1;
const CANCELLED: u32 = 2;

/// How many elements one read or write can have.
const MAX_ELEMENTS: usize = (1 << 28) - 1;

impl Transfer {
    const fn new() -> Self {
        Self { waiting: Waiting::new(), state: Cell::new(TransferState::New) }
    }

    fn is_new(&self) -> bool {
        self.state.get() == TransferState::New
    }

    fn runs(&self) -> bool {
        self.state.get() == TransferState::Runs
    }

    /// It was started, with this result.
    fn started(&self, code: u32) {
        self.state.set(TransferState::Runs);
        if code != BLOCKED {
            self.waiting.code.set(Some(code));
        }
    }

    /// # Safety
    /// `self` is pinned.
    unsafe fn poll(&self, handle: u32, context: &mut Context<'_>) -> Poll<u32> {
        assert!(self.runs(), "the operation was over before");
        let code = unsafe { ready!(self.waiting.poll(handle, context)) };
        self.state.set(TransferState::Done);
        Poll::Ready(code)
    }

    /// It can be started once more.
    fn again(&self) {
        self.state.set(TransferState::New);
    }

    /// Ends it, with `cancel` if its end is not known yet; `None` if it was not started.
    fn cancel(&self, cancel: impl FnOnce() -> u32) -> Option<u32> {
        match self.state.replace(TransferState::Done) {
            TransferState::New => None,
            TransferState::Runs => Some(self.waiting.stop().unwrap_or_else(cancel)),
            TransferState::Done => panic!("the operation was over before"),
        }
    }
}

/// Memory for one lowered value, inside of the future that needs it as far as it fits.
struct Slot {
    words: core::mem::MaybeUninit<[u64; 4]>,
    heap: *mut u8,
    layout: Layout,
}

unsafe impl Send for Slot {}
unsafe impl Sync for Slot {}

impl Slot {
    const fn new() -> Self {
        let words = core::mem::MaybeUninit::uninit();
        Self { words, heap: core::ptr::null_mut(), layout: Layout::new::<()>() }
    }

    /// The memory; the same in each call if `self` is pinned.
    fn at(&mut self, layout: Layout) -> *mut u8 {
        if layout.size() <= size_of::<[u64; 4]>() && layout.align() <= align_of::<u64>() {
            return self.words.as_mut_ptr().cast();
        }
        if self.heap.is_null() {
            self.layout = layout;
            self.heap = allocate(1, layout.size(), layout.align());
        }
        self.heap
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if !self.heap.is_null() {
            unsafe { dealloc(self.heap, self.layout.size(), self.layout.align()) }
        }
    }
}
