use core::cell::{Cell, UnsafeCell};
use core::future::Future;
use core::marker::PhantomPinned;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};

use self::alloc::sync::Arc;
use self::alloc::task::Wake;

core_imports! {
    "$root";
    "[context-get-0]" => fn context_get() -> i32;
    "[context-set-0]" => fn context_set(i32);
    "[waitable-set-new]" => fn waitable_set_new() -> i32;
    "[waitable-set-wait]" => fn waitable_set_wait(i32, i32) -> i32;
    "[waitable-set-poll]" => fn waitable_set_poll(i32, i32) -> i32;
    "[waitable-set-drop]" => fn waitable_set_drop(i32);
    "[waitable-join]" => fn waitable_join(i32, i32);
    "[stream-new-unit]" => fn unit_stream_new() -> i64;
    "[async-lower][stream-read-unit]" => fn unit_stream_read(i32, i32, i32) -> i32;
    "[stream-drop-readable-unit]" => fn unit_stream_drop_readable(i32);
    "[stream-drop-writable-unit]" => fn unit_stream_drop_writable(i32);
}

const EVENT_NONE: i32 = 0;
const EVENT_TASK_CANCELLED: i32 = 6;

const CODE_EXIT: i32 = 0;
const CODE_YIELD: i32 = 1;
const CODE_WAIT: i32 = 2;

/// What a read or a write returns if its end will be told by an event.
const BLOCKED: u32 = u32::MAX;

/// Rounds in which futures wake each other, until the host has its turn.
const ROUNDS: u32 = 256;

/// A value inside of shared ones.
///
/// A component's code runs in one thread; what is done with the value calls nobody who could come back to it.
struct Own<T>(UnsafeCell<T>);

unsafe impl<T> Send for Own<T> {}
unsafe impl<T> Sync for Own<T> {}

impl<T> Own<T> {
    const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// # Safety
    /// `change` uses this value by its argument alone.
    unsafe fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(unsafe { &mut *self.0.get() })
    }

    fn replace(&self, value: T) -> T {
        unsafe { self.with(|own| core::mem::replace(own, value)) }
    }
}

impl<T: Copy> Own<T> {
    fn get(&self) -> T {
        unsafe { *self.0.get() }
    }

    fn set(&self, value: T) {
        unsafe { *self.0.get() = value }
    }
}

/// What runtimes of several generated files know of each other's tasks.
///
/// While a task runs, slot 0 of the context has a pointer to a pointer to this.
#[repr(C)]
struct TaskAbi {
    /// `TASK_ABI`, or the task is one of a runtime of another kind.
    version: u32,
    /// `wake` is called with `data` and the event's code, once; then the waitable is not registered any more.
    register: unsafe extern "C" fn(task: *const Head, waitable: u32, wake: WakeFn, data: *const u8),
    unregister: unsafe extern "C" fn(task: *const Head, waitable: u32),
    spawn: unsafe fn(task: *const Head, future: BoxFuture),
}

/// "wit", 1.
const TASK_ABI: u32 = 0x7769_7401;

/// The start of every task.
#[repr(C)]
struct Head {
    abi: &'static TaskAbi,
}

type WakeFn = unsafe extern "C" fn(data: *const u8, code: u32);
type BoxFuture = Pin<Box<dyn Future<Output = ()>>>;

/// The task that runs, or null outside of tasks.
fn current_task() -> *const Head {
    let task = unsafe { context_get() } as u32 as usize as *const Head;
    if !task.is_null() {
        let version = unsafe { (*task).abi.version };
        assert!(version == TASK_ABI, "the task belongs to a runtime of another version");
    }
    task
}

/// The task that runs. A synchronous function has none, even if it returns a stream or a future.
fn this_task() -> *const Head {
    let task = current_task();
    assert!(!task.is_null(), "futures are awaited and spawned in an `async func` of WIT or in `block_on`, not here");
    task
}

/// An asynchronous export's call, or that of `block_on`.
#[repr(C)]
struct Task {
    head: Head,
    /// The waitable set, 0 before there is one.
    set: Own<i32>,
    /// It will only run again after an event of its set.
    sleeps: Own<bool>,
    /// Futures that are not done.
    live: Own<usize>,
    root: Own<Option<Arc<Job>>>,
    ready: Own<Vec<Arc<Job>>>,
    /// Those that woke themselves: they are ready after others had their turn.
    yielded: Own<Vec<Arc<Job>>>,
    /// By number.
    waitables: Own<Vec<Registered>>,
}

struct Registered {
    waitable: u32,
    wake: WakeFn,
    data: *const u8,
}

/// A future that a task runs.
struct Job {
    task: Arc<Task>,
    state: Own<JobState>,
    future: Own<Option<BoxFuture>>,
    /// Itself, until it is done.
    this: Own<Option<Arc<Job>>>,
}

#[derive(Clone, Copy, PartialEq)]
enum JobState {
    Waits,
    /// It is in one of the task's queues.
    Ready,
    Polled,
    /// It was woken while it was polled.
    PolledAgain,
    Done,
}

impl Task {
    const ABI: TaskAbi =
        TaskAbi { version: TASK_ABI, register: Self::register, unregister: Self::unregister, spawn: Self::spawn_abi };

    fn new(root: BoxFuture) -> Arc<Self> {
        let task = Arc::new(Self {
            head: Head { abi: const { &Self::ABI } },
            set: Own::new(0),
            sleeps: Own::new(false),
            live: Own::new(0),
            root: Own::new(None),
            ready: Own::new(Vec::new()),
            yielded: Own::new(Vec::new()),
            waitables: Own::new(Vec::new()),
        });
        let root = task.spawn(root);
        task.root.replace(Some(root));
        task
    }

    fn spawn(self: &Arc<Self>, future: BoxFuture) -> Arc<Job> {
        let job = Arc::new(Job {
            task: self.clone(),
            state: Own::new(JobState::Ready),
            future: Own::new(Some(future)),
            this: Own::new(None),
        });
        job.this.replace(Some(job.clone()));
        self.live.set(self.live.get() + 1);
        unsafe { self.ready.with(|ready| ready.push(job.clone())) };
        job
    }

    /// The waitable set, made when it is first needed.
    fn set(&self) -> i32 {
        if self.set.get() == 0 {
            self.set.set(unsafe { waitable_set_new() });
        }
        self.set.get()
    }

    fn has_waitables(&self) -> bool {
        unsafe { self.waitables.with(|waitables| !waitables.is_empty()) }
    }

    /// Runs what is ready, and returns the callback code: what the task waits for.
    fn advance(self: &Arc<Self>, event: (i32, i32, i32)) -> i32 {
        self.sleeps.set(false);
        self.deliver(event);
        loop {
            self.run_ready();
            let more = unsafe {
                self.ready.with(|ready| {
                    self.yielded.with(|yielded| ready.append(yielded));
                    !ready.is_empty()
                })
            };
            if more {
                // A loop that yields sees what happens meanwhile.
                let event = if self.has_waitables() { self.poll_event() } else { (EVENT_NONE, 0, 0) };
                if event.0 == EVENT_NONE {
                    return CODE_YIELD;
                }
                self.deliver(event);
            } else if self.live.get() == 0 && !self.has_waitables() {
                return CODE_EXIT;
            } else {
                self.sleeps.set(true);
                return CODE_WAIT | self.set() << 4;
            }
        }
    }

    /// Polls what is ready and what that makes ready; after many rounds something may be left.
    fn run_ready(&self) {
        for _ in 0..ROUNDS {
            let mut batch = self.ready.replace(Vec::new());
            if batch.is_empty() {
                return;
            }
            for job in batch.drain(..) {
                job.run();
            }
            // The memory is used again, unless there is a new one.
            unsafe {
                self.ready.with(|ready| {
                    if ready.capacity() == 0 {
                        *ready = batch;
                    }
                })
            }
        }
    }

    fn deliver(&self, (event, waitable, code): (i32, i32, i32)) {
        match event {
            EVENT_NONE => {}
            // What was spawned goes on.
            EVENT_TASK_CANCELLED => {
                if let Some(root) = self.root.replace(None) {
                    root.finish();
                }
            }
            _ => {
                if let Some(found) = self.take(waitable as u32) {
                    unsafe { (found.wake)(found.data, code as u32) }
                }
            }
        }
    }

    fn poll_event(&self) -> (i32, i32, i32) {
        let mut event = [0; 2];
        let kind = unsafe { waitable_set_poll(self.set(), event.as_mut_ptr() as usize as i32) };
        (kind, event[0], event[1])
    }

    fn wait_event(&self) -> (i32, i32, i32) {
        let mut event = [0; 2];
        let kind = unsafe { waitable_set_wait(self.set(), event.as_mut_ptr() as usize as i32) };
        (kind, event[0], event[1])
    }

    /// Removes a waitable from the set.
    fn take(&self, waitable: u32) -> Option<Registered> {
        let found = unsafe {
            self.waitables.with(|waitables| {
                let at = waitables.binary_search_by_key(&waitable, |known| known.waitable).ok()?;
                Some(waitables.remove(at))
            })
        };
        if found.is_some() {
            unsafe { waitable_join(waitable as i32, 0) }
        }
        found
    }

    fn join(&self, new: Registered) {
        unsafe {
            waitable_join(new.waitable as i32, self.set());
            self.waitables.with(|waitables| {
                let at = waitables.partition_point(|known| known.waitable < new.waitable);
                waitables.insert(at, new);
            })
        }
    }

    /// Ends the sleep from outside of the task: a stream that nobody else knows gets an event.
    fn interrupt(&self) {
        unsafe extern "C" fn interrupted(stream: *const u8, _code: u32) {
            unsafe { unit_stream_drop_readable(stream as usize as i32) }
        }
        unsafe {
            let ends = unit_stream_new();
            let (reader, writer) = (ends as i32, (ends >> 32) as i32);
            unit_stream_read(reader, 0, 1);
            let data = core::ptr::without_provenance(reader as u32 as usize);
            self.join(Registered { waitable: reader as u32, wake: interrupted, data });
            unit_stream_drop_writable(writer);
        }
    }

    fn wake(&self) {
        if self.sleeps.replace(false) {
            self.interrupt();
        }
    }

    /// The task's last act.
    fn close(&self) {
        let set = self.set.replace(0);
        if set != 0 {
            unsafe { waitable_set_drop(set) }
        }
        self.root.replace(None);
    }

    unsafe extern "C" fn register(task: *const Head, waitable: u32, wake: WakeFn, data: *const u8) {
        let task = unsafe { &*task.cast::<Self>() };
        task.join(Registered { waitable, wake, data });
    }

    unsafe extern "C" fn unregister(task: *const Head, waitable: u32) {
        unsafe { &*task.cast::<Self>() }.take(waitable);
    }

    unsafe fn spawn_abi(task: *const Head, future: BoxFuture) {
        let task = unsafe {
            Arc::increment_strong_count(task.cast::<Self>());
            Arc::from_raw(task.cast::<Self>())
        };
        task.spawn(future);
    }
}

impl Job {
    fn run(self: Arc<Self>) {
        if self.state.get() == JobState::Done {
            return;
        }
        self.state.set(JobState::Polled);
        let waker = Waker::from(self.clone());
        let poll = unsafe {
            // Only this function and `finish` touch the future, and nobody runs or finishes a future from inside of it.
            let future = &mut *self.future.0.get();
            future.as_mut().map(|future| future.as_mut().poll(&mut Context::from_waker(&waker)))
        };
        if let Some(Poll::Pending) = poll {
            if self.state.get() == JobState::PolledAgain {
                self.state.set(JobState::Ready);
                unsafe { self.task.yielded.with(|yielded| yielded.push(self.clone())) };
            } else {
                self.state.set(JobState::Waits);
            }
        } else {
            self.finish();
        }
    }

    fn finish(&self) {
        if self.state.replace(JobState::Done) != JobState::Done {
            drop(self.future.replace(None));
            self.task.live.set(self.task.live.get() - 1);
            drop(self.this.replace(None));
        }
    }
}

impl Wake for Job {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        match self.state.get() {
            JobState::Waits => {
                self.state.set(JobState::Ready);
                unsafe { self.task.ready.with(|ready| ready.push(self.clone())) };
                self.task.wake();
            }
            JobState::Polled => self.state.set(JobState::PolledAgain),
            JobState::Ready | JobState::PolledAgain | JobState::Done => {}
        }
    }
}

unsafe impl Send for Task {}
unsafe impl Sync for Task {}

/// Makes a task the one that runs, until this is dropped.
struct Entered {
    outer: i32,
}

impl Entered {
    fn new(task: &Arc<Task>) -> Self {
        unsafe {
            let outer = context_get();
            context_set(Arc::as_ptr(task) as usize as i32);
            Self { outer }
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        unsafe { context_set(self.outer) }
    }
}

/// Starts the task of an asynchronous export, and returns its callback code.
pub fn start_task(task: impl Future<Output = ()> + 'static) -> i32 {
    let task = Arc::into_raw(Task::new(Box::pin(task)));
    unsafe {
        context_set(task as usize as i32);
        callback(EVENT_NONE, 0, 0)
    }
}

/// Tells the task an event, and returns its callback code.
///
/// # Safety
/// `start_task` started the task, and its last callback code was not that of the end.
pub unsafe fn callback(event: i32, waitable: i32, code: i32) -> i32 {
    // Held here as well, since the last future may be what holds it.
    let task = unsafe {
        let task = this_task().cast::<Task>();
        Arc::increment_strong_count(task);
        Arc::from_raw(task)
    };
    let next = task.advance((event, waitable, code));
    if next == CODE_EXIT {
        task.close();
        unsafe {
            context_set(0);
            Arc::decrement_strong_count(Arc::as_ptr(&task));
        }
    }
    next
}

/// Runs a future, and what it spawns, to the end.
///
/// Other tasks go on meanwhile if the component may wait here.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut result = None;
    let root: Pin<Box<dyn Future<Output = ()> + '_>> = Box::pin(async { result = Some(future.await) });
    // This function returns after the future is gone.
    let root: BoxFuture = unsafe { core::mem::transmute(root) };
    let task = Task::new(root);
    let entered = Entered::new(&task);
    let mut event = (EVENT_NONE, 0, 0);
    loop {
        match task.advance(event) {
            CODE_EXIT => break,
            CODE_YIELD => event = (EVENT_NONE, 0, 0),
            _ => event = task.wait_event(),
        }
    }
    task.close();
    drop(entered);
    match result {
        Some(result) => result,
        None => invalid(),
    }
}

/// Lets other futures and tasks go on.
pub async fn yield_async() {
    let mut yielded = false;
    core::future::poll_fn(|context| {
        if core::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

/// Lets other tasks go on; nothing else of this task runs meanwhile.
///
/// Returns `false` if the task was cancelled and should end.
pub fn yield_blocking() -> bool {
    core_imports! {
        "$root";
        "[thread-yield]" => fn thread_yield() -> i32;
    }
    unsafe { thread_yield() == 0 }
}

/// No new tasks are started until `backpressure_dec` is called as often.
pub fn backpressure_inc() {
    core_imports! {
        "$root";
        "[backpressure-inc]" => fn inc();
    }
    unsafe { inc() }
}

/// Takes a `backpressure_inc` back.
pub fn backpressure_dec() {
    core_imports! {
        "$root";
        "[backpressure-dec]" => fn dec();
    }
    unsafe { dec() }
}

/// Ends a task without a result if it is dropped before the task has one.
pub struct TaskCancelOnDrop {
    _private: (),
}

impl TaskCancelOnDrop {
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Self { _private: () }
    }

    pub fn forget(self) {
        core::mem::forget(self);
    }
}

impl Drop for TaskCancelOnDrop {
    fn drop(&mut self) {
        core_imports! {
            "[export]$root";
            "[task-cancel]" => fn task_cancel();
        }
        unsafe { task_cancel() }
    }
}

/// Waits for the events of one waitable. It is pinned from the first `poll` on.
struct Waiting {
    /// Where it is registered, or null.
    task: Cell<*const Head>,
    waitable: Cell<u32>,
    /// The event that came.
    code: Cell<Option<u32>>,
    waker: Cell<Option<Waker>>,
    pinned: PhantomPinned,
}

unsafe impl Send for Waiting {}
unsafe impl Sync for Waiting {}

impl Waiting {
    const fn new() -> Self {
        Self {
            task: Cell::new(core::ptr::null()),
            waitable: Cell::new(0),
            code: Cell::new(None),
            waker: Cell::new(None),
            pinned: PhantomPinned,
        }
    }

    /// The code of the next event.
    ///
    /// # Safety
    /// `self` is pinned.
    unsafe fn poll(&self, waitable: u32, context: &mut Context<'_>) -> Poll<u32> {
        if let Some(code) = self.code.take() {
            return Poll::Ready(code);
        }
        let waker = match self.waker.take() {
            Some(waker) if waker.will_wake(context.waker()) => waker,
            _ => context.waker().clone(),
        };
        self.waker.set(Some(waker));
        let task = this_task();
        if self.task.get() != task {
            self.leave();
            self.task.set(task);
            self.waitable.set(waitable);
            unsafe { ((*task).abi.register)(task, waitable, Self::wake, (self as *const Self).cast()) }
        }
        Poll::Pending
    }

    unsafe extern "C" fn wake(waiting: *const u8, code: u32) {
        let waiting = unsafe { &*waiting.cast::<Self>() };
        waiting.task.set(core::ptr::null());
        waiting.code.set(Some(code));
        if let Some(waker) = waiting.waker.take() {
            waker.wake();
        }
    }

    fn leave(&self) {
        let task = self.task.replace(core::ptr::null());
        if !task.is_null() {
            // A task lasts as long as something is registered.
            unsafe { ((*task).abi.unregister)(task, self.waitable.get()) }
        }
    }

    /// Ends the waiting; the event that came and was not seen.
    fn stop(&self) -> Option<u32> {
        self.leave();
        self.waker.set(None);
        self.code.take()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Has a future run by the task that runs.
fn spawn(future: BoxFuture) {
    let task = this_task();
    unsafe { ((*task).abi.spawn)(task, future) }
}
