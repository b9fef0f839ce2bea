extern crate alloc;

pub use self::alloc::boxed::Box;
pub use self::alloc::collections::BTreeMap as Map;
pub use self::alloc::string::String;
pub use self::alloc::vec::Vec;

/// Ends the program: the caller broke the Canonical ABI.
#[cold]
pub fn invalid() -> ! {
    panic!("a value that is not of its type crossed the component's boundary")
}

pub fn lift_char(code: u32) -> char {
    match char::from_u32(code) {
        Some(char) => char,
        None => invalid(),
    }
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
