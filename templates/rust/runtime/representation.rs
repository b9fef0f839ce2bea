use core::any::TypeId;

/// A type whose values an exported resource can keep: any that borrows nothing.
pub trait Resource: Sized + 'static {
    /// What the resource's handle stands for in memory.
    type Rep: ResourceRep<Self>;
}

impl<T: 'static> Resource for T {
    type Rep = Option<T>;
}

/// How a value is kept in memory.
///
/// # Safety
/// The references given out are to the value that was kept.
pub unsafe trait ResourceRep<T> {
    fn rep_new(value: T) -> Self;

    /// # Safety
    /// The value is there, was not taken, and nobody has a unique reference to it.
    unsafe fn rep_as_ref<'a>(rep: *const Self) -> &'a T;

    /// # Safety
    /// The value is there, was not taken, and nobody else has a reference to it.
    unsafe fn rep_as_mut<'a>(rep: *mut Self) -> &'a mut T;

    /// Takes the value out; what is left is dropped later.
    ///
    /// # Safety
    /// As for `rep_as_mut`.
    unsafe fn rep_take(rep: *mut Self) -> T;
}

/// Says why there is no value.
const TAKEN_OUT: &str = "the resource's value was taken out";

unsafe impl<T> ResourceRep<T> for Option<T> {
    fn rep_new(value: T) -> Self {
        Some(value)
    }

    unsafe fn rep_as_ref<'a>(rep: *const Self) -> &'a T {
        unsafe { (*rep).as_ref().expect(TAKEN_OUT) }
    }

    unsafe fn rep_as_mut<'a>(rep: *mut Self) -> &'a mut T {
        unsafe { (*rep).as_mut().expect(TAKEN_OUT) }
    }

    unsafe fn rep_take(rep: *mut Self) -> T {
        unsafe { (*rep).take().expect(TAKEN_OUT) }
    }
}

/// The one type whose values a resource keeps: representations are plain addresses, so another type's would be misread.
pub struct RepType(core::cell::UnsafeCell<Option<TypeId>>);

// A component has one thread.
unsafe impl Sync for RepType {}

impl RepType {
    pub const fn new() -> Self {
        Self(core::cell::UnsafeCell::new(None))
    }

    /// The address that a representation is, once it is certain that it is one of a `T`.
    pub fn address<T: Resource>(&self, rep: i32) -> *mut T::Rep {
        // Nobody keeps a reference to what is inside.
        let found = unsafe { &mut *self.0.get() };
        assert!(
            *found.get_or_insert(TypeId::of::<T>()) == TypeId::of::<T>(),
            "a resource keeps values of one type, and this is another one"
        );
        rep as u32 as usize as *mut T::Rep
    }
}
