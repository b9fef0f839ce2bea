use core::alloc::Layout;

/// Memory for `len` elements; for none of them an address that must not be read.
pub fn allocate(len: usize, stride: usize, align: usize) -> *mut u8 {
    // Rust may keep the elements in less room than a component does, so that their number alone proves nothing.
    let size = match len.checked_mul(stride) {
        Some(size) if size <= isize::MAX as usize - 15 => size,
        _ => out_of_memory(),
    };
    allocate_bytes(size, align)
}

/// As `allocate`, for a size that is a value's or that a runtime asks for.
pub fn allocate_bytes(size: usize, align: usize) -> *mut u8 {
    if size == 0 {
        return core::ptr::without_provenance_mut(align);
    }
    // Components align to 1, 2, 4 and 8.
    let at = unsafe { alloc::alloc::alloc(Layout::from_size_align_unchecked(size, align)) };
    if at.is_null() {
        out_of_memory();
    }
    at
}

/// Ends the program. Where nobody debugs, no text is carried along for it.
#[cold]
#[inline(never)]
fn out_of_memory() -> ! {
    #[cfg(all(target_arch = "wasm32", not(debug_assertions)))]
    core::arch::wasm32::unreachable();
    #[cfg(not(all(target_arch = "wasm32", not(debug_assertions))))]
    panic!("no memory for a value that crosses the component's boundary")
}

/// The layout of `len` elements; the Canonical ABI keeps `stride` and `align` as in a component's types.
pub fn layout(len: usize, stride: usize, align: usize) -> Layout {
    match len.checked_mul(stride).map(|size| Layout::from_size_align(size, align)) {
        Some(Ok(layout)) => layout,
        _ => out_of_memory(),
    }
}

/// Frees `size` bytes that were allocated with this alignment.
///
/// # Safety
/// They were, by the global allocator, and nobody uses them.
pub unsafe fn dealloc(at: *mut u8, size: usize, align: usize) {
    if size != 0 {
        unsafe { alloc::alloc::dealloc(at, Layout::from_size_align_unchecked(size, align)) }
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
/// `cabi_realloc` gave the memory for exactly these elements; runtimes ask it for no bytes as well, and it never gives
/// a null address.
pub unsafe fn lift_vec<T>(ptr: i32, len: i32) -> Vec<T> {
    let len = len as u32 as usize;
    unsafe { Vec::from_raw_parts(ptr as u32 as usize as *mut T, len, len) }
}

/// Takes over a list whose elements are in memory as Rust has them, once `check` has made each a value of its type.
///
/// # Safety
/// As for `lift_vec`; what `check` leaves is a `T`.
pub unsafe fn lift_checked<T>(ptr: i32, len: i32, check: impl Fn(*mut u8)) -> Vec<T> {
    let base = ptr as u32 as usize as *mut u8;
    for index in 0..len as u32 as usize {
        check(unsafe { base.add(index * core::mem::size_of::<T>()) });
    }
    unsafe { lift_vec(ptr, len) }
}

/// Any byte but 0 is true.
pub unsafe fn check_bool(at: *mut u8) {
    unsafe { at.write((at.read() != 0) as u8) }
}

pub unsafe fn check_char(at: *mut u8) {
    lift_char(unsafe { at.cast::<u32>().read() });
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
    // Not by `Vec`, whose failure to allocate is much code.
    let to = allocate(len, core::mem::size_of::<T>(), core::mem::align_of::<T>()).cast::<T>();
    let mut from = base;
    // There is room for `len` elements, and each of them is written.
    unsafe {
        for index in 0..len {
            core::ptr::write(to.add(index), load(from));
            from = from.add(stride);
        }
        dealloc(base, len * stride, align);
        Vec::from_raw_parts(to, len, len)
    }
}

/// Makes a map with room for so many entries. A function of this name that the type has itself comes first.
pub trait WithCapacity: Default {
    fn with_capacity(_: usize) -> Self {
        Self::default()
    }
}

impl<M: Default> WithCapacity for M {}

/// Lifts entries one by one into `map`, which is empty, and frees the memory that they stood in.
pub unsafe fn lift_map<K, V, M: Extend<(K, V)>>(
    mut map: M,
    ptr: i32,
    len: i32,
    stride: usize,
    align: usize,
    load: impl Fn(*mut u8) -> (K, V),
) -> M {
    let (base, len) = (ptr as u32 as usize as *mut u8, len as u32 as usize);
    map.extend((0..len).map(|index| load(base.wrapping_add(index * stride))));
    unsafe { dealloc(base, len * stride, align) };
    map
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
    let mut at = base;
    for item in items.take(len) {
        store(item, at);
        at = at.wrapping_add(stride);
    }
    (base as usize as i32, len as i32)
}

/// Lowers elements into memory that lives as long as `temps`.
pub fn lower_list_ref<I: ExactSizeIterator>(
    items: I,
    stride: usize,
    temps: &mut Temps,
    mut store: impl FnMut(I::Item, *mut u8, &mut Temps),
) -> (i32, i32) {
    let len = items.len();
    let base = temps.allocate(len, stride);
    let mut at = base;
    for item in items {
        store(item, at, temps);
        at = at.wrapping_add(stride);
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

/// Memory that arguments need during a call: a chain of blocks, each with its head in front of it.
pub struct Temps(*mut TempHead);

/// As long as the alignment of every value, which the block behind it has then.
#[repr(C, align(8))]
struct TempHead {
    before: *mut TempHead,
    /// In bytes, with the head.
    size: usize,
}

const HEAD: usize = core::mem::size_of::<TempHead>();

impl Temps {
    pub fn new() -> Self {
        Self(core::ptr::null_mut())
    }

    fn allocate(&mut self, len: usize, stride: usize) -> *mut u8 {
        if len == 0 {
            return core::ptr::without_provenance_mut(HEAD);
        }
        let size = match len.checked_mul(stride) {
            Some(size) if size <= isize::MAX as usize - 2 * HEAD => size + HEAD,
            _ => out_of_memory(),
        };
        let head = allocate_bytes(size, core::mem::align_of::<TempHead>()).cast::<TempHead>();
        unsafe { head.write(TempHead { before: self.0, size }) };
        self.0 = head;
        unsafe { head.add(1).cast() }
    }
}

impl Drop for Temps {
    fn drop(&mut self) {
        while !self.0.is_null() {
            unsafe {
                let TempHead { before, size } = self.0.read();
                dealloc(self.0.cast(), size, core::mem::align_of::<TempHead>());
                self.0 = before;
            }
        }
    }
}
