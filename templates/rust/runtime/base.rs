extern crate alloc;

pub use self::alloc::boxed::Box;
pub use self::alloc::collections::BTreeMap as Map;
pub use self::alloc::string::String;
pub use self::alloc::vec::Vec;

/// Ends the program: the caller broke the Canonical ABI.
#[cold]
#[inline(never)]
pub fn invalid() -> ! {
    // Where nobody debugs, no text is carried along.
    #[cfg(all(target_arch = "wasm32", not(debug_assertions)))]
    core::arch::wasm32::unreachable();
    #[cfg(not(all(target_arch = "wasm32", not(debug_assertions))))]
    panic!("a value that is not of its type crossed the component's boundary")
}

/// A character. That the number is one is the runtime's promise: the Canonical ABI makes it trap on other numbers.
pub fn lift_char(code: u32) -> char {
    debug_assert!(char::from_u32(code).is_some());
    unsafe { char::from_u32_unchecked(code) }
}

/// Memory on the stack, aligned as every value needs.
pub struct Area<const WORDS: usize>([core::mem::MaybeUninit<u64>; WORDS]);

impl<const WORDS: usize> Area<WORDS> {
    pub fn new() -> Self {
        Self([const { core::mem::MaybeUninit::uninit() }; WORDS])
    }

    pub fn ptr(&mut self) -> *mut u8 {
        self.0.as_mut_ptr().cast()
    }
}
