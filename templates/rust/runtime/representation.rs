use core::any::TypeId;

/// What an exported resource's handle stands for.
#[repr(C)]
struct Rep<T> {
    /// First, so that it can be read whatever `T` is.
    ty: TypeId,
    /// `None` if the value was taken out.
    value: Option<T>,
}

pub fn rep_new<T: 'static>(value: T) -> i32 {
    let rep = Rep { ty: TypeId::of::<T>(), value: Some(value) };
    Box::into_raw(Box::new(rep)) as usize as i32
}

/// # Safety
/// `rep_new` gave the representation, and it was not dropped.
unsafe fn rep<T: 'static>(rep: i32) -> *mut Rep<T> {
    let rep = rep as u32 as usize as *mut Rep<T>;
    // `Rep` starts with its `ty` for every `T`.
    let ty = unsafe { rep.cast::<TypeId>().read() };
    assert!(ty == TypeId::of::<T>(), "the resource keeps a value of another type");
    rep
}

/// # Safety
/// As for `rep`; nobody has a unique reference to the value.
pub unsafe fn rep_ref<'a, T: 'static>(number: i32) -> &'a T {
    unsafe { (*rep::<T>(number)).value.as_ref().expect("the resource's value was taken out") }
}

/// # Safety
/// As for `rep`; nobody else has a reference to the value.
pub unsafe fn rep_mut<'a, T: 'static>(number: i32) -> &'a mut T {
    unsafe { (*rep::<T>(number)).value.as_mut().expect("the resource's value was taken out") }
}

/// # Safety
/// As for `rep_mut`.
pub unsafe fn rep_take<T: 'static>(number: i32) -> T {
    unsafe { (*rep::<T>(number)).value.take().expect("the resource's value was taken out") }
}

/// # Safety
/// As for `rep_mut`; the representation is not used again.
pub unsafe fn rep_drop<T: 'static>(number: i32) {
    drop(unsafe { Box::from_raw(rep::<T>(number)) })
}
