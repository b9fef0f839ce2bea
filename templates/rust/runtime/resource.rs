use core::sync::atomic::{AtomicU32, Ordering};

/// Drops handles of one resource.
///
/// # Safety
/// `drop_handle` calls the resource's `resource.drop`.
pub unsafe trait ResourceDrop {
    fn drop_handle(handle: u32);
}

/// An owned handle, or none if it was given away.
#[repr(transparent)]
pub struct Handle<T: ResourceDrop> {
    /// Atomic so that handles can stand in statics; `TAKEN` if it was given away.
    handle: AtomicU32,
    of: core::marker::PhantomData<T>,
}

/// No handle has this number.
const TAKEN: u32 = u32::MAX;

impl<T: ResourceDrop> Handle<T> {
    /// # Safety
    /// The handle is one of this resource, and nobody else's.
    pub unsafe fn from_handle(handle: u32) -> Self {
        Self { handle: AtomicU32::new(handle), of: core::marker::PhantomData }
    }

    pub fn take_handle(owned: &Self) -> u32 {
        owned.handle.swap(TAKEN, Ordering::Relaxed)
    }

    pub fn handle(owned: &Self) -> u32 {
        owned.handle.load(Ordering::Relaxed)
    }
}

impl<T: ResourceDrop> core::fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Handle").field(&Self::handle(self)).finish()
    }
}

impl<T: ResourceDrop> Drop for Handle<T> {
    fn drop(&mut self) {
        let handle = Self::take_handle(self);
        if handle != TAKEN {
            T::drop_handle(handle);
        }
    }
}

/// Owns handles that are lent to an exported function inside of other values, until it returns: a chain of them.
pub struct Borrows(core::cell::Cell<*mut Lent>);

#[derive(Clone, Copy)]
struct Lent {
    before: *mut Lent,
    drop: unsafe fn(*mut Lent),
}

#[repr(C)]
struct LentHandle<T> {
    lent: Lent,
    handle: T,
}

impl Borrows {
    pub fn new() -> Self {
        Self(core::cell::Cell::new(core::ptr::null_mut()))
    }

    pub fn lend<T: 'static>(&self, handle: T) -> &T {
        unsafe fn drop_handle<T>(lent: *mut Lent) {
            drop(unsafe { Box::from_raw(lent.cast::<LentHandle<T>>()) })
        }
        let lent = Lent { before: self.0.get(), drop: drop_handle::<T> };
        let at = Box::into_raw(Box::new(LentHandle { lent, handle }));
        self.0.set(at.cast());
        // The box is dropped with `self`, which the reference borrows.
        unsafe { &(*at).handle }
    }
}

impl Drop for Borrows {
    fn drop(&mut self) {
        let mut at = self.0.get();
        while !at.is_null() {
            unsafe {
                let lent = at.read();
                (lent.drop)(at);
                at = lent.before;
            }
        }
    }
}
