/// The allocator that a runtime fills with what it passes to this module.
///
/// A program has one: of several generated files, all but one are generated with `--no-realloc`.
#[cfg(target_arch = "wasm32")]
#[unsafe(export_name = "cabi_realloc")]
unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
    if old_size == 0 {
        return allocate_bytes(new_size, align);
    }
    // A runtime keeps to the Canonical ABI: the old memory is one that this function gave, and it only grows.
    let at = unsafe { alloc::alloc::realloc(old, Layout::from_size_align_unchecked(old_size, align), new_size) };
    if at.is_null() {
        out_of_memory();
    }
    at
}
