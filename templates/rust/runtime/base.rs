extern crate alloc;

pub use self::alloc::boxed::Box;
pub use self::alloc::collections::BTreeMap as Map;
pub use self::alloc::string::String;
pub use self::alloc::vec::Vec;

/// Declares core imports. Where the target is not wasm, bindings are only type-checked, and a call panics.
macro_rules! core_imports {
    ($module:literal; $($name:literal => fn $ident:ident($($ty:ty),*) $(-> $result:ty)?;)*) => {
        #[cfg(target_arch = "wasm32")]
        #[link(wasm_import_module = $module)]
        // Modules may give one name to functions of different types.
        #[allow(clashing_extern_declarations)]
        unsafe extern "C" {
            $(
                #[link_name = $name]
                fn $ident($(_: $ty),*) $(-> $result)?;
            )*
        }
        $(
            #[cfg(not(target_arch = "wasm32"))]
            #[allow(dead_code)]
            unsafe fn $ident($(_: $ty),*) $(-> $result)? {
                panic!("`{}` of `{}` can only be called in a component", $name, $module)
            }
        )*
    };
}
pub(crate) use core_imports;

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
