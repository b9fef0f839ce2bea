/// Results that their callers still read. As with `ReturnArea`, there is one at a time, and all have one place: so
/// functions whose results are alike have the same code, which is linked once.
#[repr(align(8))]
pub struct Kept<const SIZE: usize>(core::cell::UnsafeCell<[core::mem::MaybeUninit<u8>; SIZE]>);

unsafe impl<const SIZE: usize> Sync for Kept<SIZE> {}

impl<const SIZE: usize> Kept<SIZE> {
    pub const fn new() -> Self {
        Self(core::cell::UnsafeCell::new([core::mem::MaybeUninit::uninit(); SIZE]))
    }

    fn at<T>(&self) -> *mut T {
        const { assert!(core::mem::size_of::<T>() <= SIZE && core::mem::align_of::<T>() <= 8) };
        self.0.get().cast()
    }

    /// # Safety
    /// Nothing is kept; the reference is not used after `free`.
    pub unsafe fn keep<T>(&self, value: T) -> &'static mut T {
        let at = self.at::<T>();
        unsafe {
            at.write(value);
            &mut *at
        }
    }

    /// # Safety
    /// A `T` is kept.
    pub unsafe fn free<T>(&self) {
        unsafe { self.at::<T>().drop_in_place() }
    }
}

/// The largest of some sizes.
pub const fn largest(sizes: &[usize]) -> usize {
    let (mut largest, mut index) = (0, 0);
    while index < sizes.len() {
        if sizes[index] > largest {
            largest = sizes[index];
        }
        index += 1;
    }
    largest
}
