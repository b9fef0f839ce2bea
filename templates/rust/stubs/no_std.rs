#[cfg(target_arch = "wasm32")]
mod {{allocator}};

extern crate alloc;

#[allow(unused_imports)]
use alloc::{boxed::Box, string::String, vec::Vec};

/// A panic is a trap.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
