/// The allocator that a runtime fills with what it passes to this module.
///
/// A program has one: of several generated files, all but one are generated with `--no-realloc`.
#[cfg(target_arch = "wasm32")]
#[unsafe(export_name = "cabi_realloc")]
unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
    unsafe {
        if old_size == 0 {
            return allocate(1, new_size, align);
        }
        if new_size == 0 {
            dealloc(old, old_size, align);
            return allocate(1, 0, align);
        }
        let at = alloc::alloc::realloc(old, layout(1, old_size, align), new_size);
        if at.is_null() {
            alloc::alloc::handle_alloc_error(layout(1, new_size, align));
        }
        at
    }
}
