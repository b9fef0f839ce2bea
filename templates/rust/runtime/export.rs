/// Runs static constructors before the first export.
///
/// That they are mentioned keeps the linker from running them, and destructors, around every single export.
///
/// # Safety
/// A core export calls it, as the first thing it does.
#[inline]
pub unsafe fn run_ctors_once() {
    #[cfg(target_arch = "wasm32")]
    {
        use core::sync::atomic::{AtomicBool, Ordering};

        unsafe extern "C" {
            fn __wasm_call_ctors();
        }
        static RUN: AtomicBool = AtomicBool::new(false);
        #[cold]
        #[inline(never)]
        fn run() {
            RUN.store(true, Ordering::Relaxed);
            unsafe { __wasm_call_ctors() }
        }
        if !RUN.load(Ordering::Relaxed) {
            run();
        }
    }
}

/// What a core export does first where the linker runs static constructors.
///
/// # Safety
/// As for `run_ctors_once`.
pub unsafe fn enter() {}

/// The memory in which exports return. A component runs one export at a time, and its result is read,
/// and freed, before the next one starts.
pub struct ReturnArea<const WORDS: usize>(core::cell::UnsafeCell<[core::mem::MaybeUninit<u64>; WORDS]>);

unsafe impl<const WORDS: usize> Sync for ReturnArea<WORDS> {}

impl<const WORDS: usize> ReturnArea<WORDS> {
    pub const fn new() -> Self {
        Self(core::cell::UnsafeCell::new([const { core::mem::MaybeUninit::uninit() }; WORDS]))
    }

    pub fn ptr(&self) -> *mut u8 {
        self.0.get().cast()
    }
}
