use core::alloc::Layout;

/// The layout of `len` elements; the Canonical ABI keeps `stride` and `align` as in a component's types.
fn layout(len: usize, stride: usize, align: usize) -> Layout {
    match len.checked_mul(stride).map(|size| Layout::from_size_align(size, align)) {
        Some(Ok(layout)) => layout,
        _ => invalid(),
    }
}

/// Memory for `len` elements; for none of them an address that must not be read.
pub fn allocate(len: usize, stride: usize, align: usize) -> *mut u8 {
    let layout = layout(len, stride, align);
    if layout.size() == 0 {
        return core::ptr::without_provenance_mut(align);
    }
    // The layout has a size.
    let at = unsafe { alloc::alloc::alloc(layout) };
    if at.is_null() {
        alloc::alloc::handle_alloc_error(layout);
    }
    at
}

/// Frees `size` bytes that were allocated with this alignment.
///
/// # Safety
/// They were, by the global allocator, and nobody uses them.
pub unsafe fn dealloc(at: *mut u8, size: usize, align: usize) {
    if size != 0 {
        unsafe { alloc::alloc::dealloc(at, layout(1, size, align)) }
    }
}

pub unsafe fn store_pair((ptr, len): (i32, i32), at: *mut u8) {
    unsafe {
        at.cast::<i32>().write(ptr);
        at.add(4).cast::<i32>().write(len);
    }
}

/// Takes over a list whose elements are in memory as Rust has them.
///
/// # Safety
/// `cabi_realloc` gave the memory for exactly these elements.
pub unsafe fn lift_vec<T>(ptr: i32, len: i32) -> Vec<T> {
    let len = len as u32 as usize;
    if len == 0 {
        return Vec::new();
    }
    unsafe { Vec::from_raw_parts(ptr as u32 as usize as *mut T, len, len) }
}

/// Takes over a string.
///
/// # Safety
/// As for `lift_vec`. That the text is UTF-8 is the runtime's promise: the Canonical ABI makes it trap on other text.
pub unsafe fn lift_string(ptr: i32, len: i32) -> String {
    unsafe {
        let bytes = lift_vec(ptr, len);
        debug_assert!(core::str::from_utf8(&bytes).is_ok());
        String::from_utf8_unchecked(bytes)
    }
}

pub fn lower_slice<T>(value: &[T]) -> (i32, i32) {
    (value.as_ptr() as usize as i32, value.len() as i32)
}

pub fn lower_str(value: &str) -> (i32, i32) {
    lower_slice(value.as_bytes())
}

/// Gives a list away; `free_list` frees it.
pub fn lower_vec<T>(value: Vec<T>) -> (i32, i32) {
    // Exactly as much memory as there are elements, so that its layout follows from their number.
    let value = Box::leak(value.into_boxed_slice());
    (value.as_mut_ptr() as usize as i32, value.len() as i32)
}

pub fn lower_string(value: String) -> (i32, i32) {
    lower_vec(value.into_bytes())
}

/// Lifts elements one by one and frees the memory that they stood in.
pub unsafe fn lift_list<T>(ptr: i32, len: i32, stride: usize, align: usize, load: impl Fn(*mut u8) -> T) -> Vec<T> {
    let (base, len) = (ptr as u32 as usize as *mut u8, len as u32 as usize);
    let mut list = Vec::with_capacity(len);
    for index in 0..len {
        list.push(load(unsafe { base.add(index * stride) }));
    }
    unsafe { dealloc(base, len * stride, align) };
    list
}

pub unsafe fn lift_map<K: Ord, V>(
    ptr: i32,
    len: i32,
    stride: usize,
    align: usize,
    load: impl Fn(*mut u8) -> (K, V),
) -> Map<K, V> {
    unsafe { lift_list(ptr, len, stride, align, load) }.into_iter().collect()
}

/// Lowers elements into memory that the caller's callee frees.
pub fn lower_list<I: ExactSizeIterator>(
    items: I,
    stride: usize,
    align: usize,
    mut store: impl FnMut(I::Item, *mut u8),
) -> (i32, i32) {
    let len = items.len();
    let base = allocate(len, stride, align);
    for (index, item) in items.enumerate().take(len) {
        store(item, unsafe { base.add(index * stride) });
    }
    (base as usize as i32, len as i32)
}

/// Lowers elements into memory that lives as long as `temps`.
pub fn lower_list_ref<I: ExactSizeIterator>(
    items: I,
    stride: usize,
    align: usize,
    temps: &mut Temps,
    mut store: impl FnMut(I::Item, *mut u8, &mut Temps),
) -> (i32, i32) {
    let len = items.len();
    let base = allocate(len, stride, align);
    temps.0.push((base, layout(len, stride, align)));
    for (index, item) in items.enumerate().take(len) {
        store(item, unsafe { base.add(index * stride) }, temps);
    }
    (base as usize as i32, len as i32)
}

/// Frees the memory of a lowered list, whose pointer and length stand at `at`.
pub unsafe fn free_list(at: *mut u8, stride: usize, align: usize) {
    unsafe {
        let (ptr, len) = (at.cast::<i32>().read(), at.add(4).cast::<i32>().read());
        dealloc(ptr as u32 as usize as *mut u8, len as u32 as usize * stride, align);
    }
}

/// Frees what the elements of a lowered list own, then the list.
pub unsafe fn free_elements(at: *mut u8, stride: usize, align: usize, free: impl Fn(*mut u8)) {
    unsafe {
        let (ptr, len) = (at.cast::<i32>().read(), at.add(4).cast::<i32>().read());
        let (base, len) = (ptr as u32 as usize as *mut u8, len as u32 as usize);
        for index in 0..len {
            free(base.add(index * stride));
        }
        dealloc(base, len * stride, align);
    }
}

/// Memory that arguments need during a call.
pub struct Temps(Vec<(*mut u8, Layout)>);

impl Temps {
    pub fn new() -> Self {
        Self(Vec::new())
    }
}

impl Drop for Temps {
    fn drop(&mut self) {
        for (at, layout) in self.0.drain(..) {
            unsafe { dealloc(at, layout.size(), layout.align()) }
        }
    }
}
