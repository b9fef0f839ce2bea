/// An imported function that is called asynchronously.
///
/// # Safety
/// What is said for each item holds.
pub unsafe trait AsyncImport {
    /// A tuple of the parameters.
    type Params;
    type Result;
    /// `[u64; WORDS]`: spilled parameters, if there are any, and the result.
    type Area;
    /// Where in the area the result stands, in bytes.
    const RESULT_OFFSET: usize;

    /// Lowers the parameters, of which handles are only read, and calls.
    ///
    /// # Safety
    /// All arguments stay where they are until the callee has started, `area` until it has returned.
    unsafe fn start(params: &Self::Params, temps: &mut Temps, area: *mut u8) -> i32;

    /// The callee has started: handles in the parameters are its own.
    ///
    /// # Safety
    /// It has, and this is called once.
    unsafe fn give(params: &Self::Params);

    /// # Safety
    /// The callee wrote its result there.
    unsafe fn lift(result: *mut u8) -> Self::Result;
}

core_imports! {
    "$root";
    "[subtask-cancel]" => fn subtask_cancel(i32) -> i32;
    "[subtask-drop]" => fn subtask_drop(i32);
}

const SUBTASK_STARTING: u32 = 0;
const SUBTASK_STARTED: u32 = 1;
const SUBTASK_RETURNED: u32 = 2;
const SUBTASK_CANCELLED_BEFORE_STARTED: u32 = 3;
const SUBTASK_CANCELLED_BEFORE_RETURNED: u32 = 4;

/// Calls an imported function.
pub fn call_import<C: AsyncImport>(params: C::Params) -> ImportCall<C> {
    ImportCall {
        params: Some(Params { params, temps: Temps::new() }),
        area: core::mem::MaybeUninit::uninit(),
        subtask: 0,
        state: CallState::New,
        waiting: Waiting::new(),
    }
}

/// A call. Dropped, it is cancelled.
pub struct ImportCall<C: AsyncImport> {
    /// Until the callee has started.
    params: Option<Params<C::Params>>,
    area: core::mem::MaybeUninit<C::Area>,
    /// 0 if the call needed none.
    subtask: u32,
    state: CallState,
    waiting: Waiting,
}

#[derive(Clone, Copy, PartialEq)]
enum CallState {
    New,
    Runs,
    Done,
}

struct Params<P> {
    /// Dropped first: it has memory that the parameters are lowered to.
    temps: Temps,
    params: P,
}

// Nobody but the call has the memory of `temps`.
unsafe impl<P: Send> Send for Params<P> {}
unsafe impl<P: Sync> Sync for Params<P> {}

impl<C: AsyncImport> ImportCall<C> {
    unsafe fn start(&mut self) {
        self.state = CallState::Runs;
        let Some(Params { params, temps }) = &mut self.params else { return };
        let packed = unsafe { C::start(params, temps, self.area.as_mut_ptr().cast()) } as u32;
        self.subtask = packed >> 4;
        self.waiting.code.set(Some(packed & 0xf));
    }

    fn started(&mut self) {
        if let Some(Params { temps, params }) = self.params.take() {
            unsafe { C::give(&params) };
            drop(temps);
        }
    }

    /// Whether the state is one in which the call is over; the result if there is one.
    unsafe fn advance(&mut self, state: u32) -> Poll<Option<C::Result>> {
        let result = match state {
            SUBTASK_STARTING => return Poll::Pending,
            SUBTASK_STARTED => {
                self.started();
                return Poll::Pending;
            }
            SUBTASK_RETURNED => {
                self.started();
                let result = self.area.as_mut_ptr().cast::<u8>().wrapping_add(C::RESULT_OFFSET);
                Some(unsafe { C::lift(result) })
            }
            // The parameters are still ours.
            SUBTASK_CANCELLED_BEFORE_STARTED => None,
            SUBTASK_CANCELLED_BEFORE_RETURNED => {
                self.started();
                None
            }
            _ => invalid(),
        };
        self.state = CallState::Done;
        self.params = None;
        if self.subtask != 0 {
            unsafe { subtask_drop(self.subtask as i32) }
        }
        Poll::Ready(result)
    }
}

impl<C: AsyncImport> Future for ImportCall<C> {
    type Output = C::Result;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<C::Result> {
        // Nothing is moved out while the call runs.
        let this = unsafe { self.get_unchecked_mut() };
        match this.state {
            CallState::New => unsafe { this.start() },
            CallState::Runs => {}
            CallState::Done => panic!("the call was awaited before"),
        }
        loop {
            let state = unsafe { ready!(this.waiting.poll(this.subtask, context)) };
            if let Poll::Ready(result) = unsafe { this.advance(state) } {
                return match result {
                    Some(result) => Poll::Ready(result),
                    // Only this future can cancel the call.
                    None => invalid(),
                };
            }
        }
    }
}

impl<C: AsyncImport> Drop for ImportCall<C> {
    fn drop(&mut self) {
        if self.state != CallState::Runs {
            return;
        }
        let mut state = self.waiting.stop();
        loop {
            let found = state.unwrap_or_else(|| unsafe { subtask_cancel(self.subtask as i32) } as u32);
            // A result that came meanwhile is lifted, so that what it owns is dropped.
            if unsafe { self.advance(found) }.is_ready() {
                return;
            }
            state = None;
        }
    }
}
