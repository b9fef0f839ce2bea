use core::any::TypeId;

/// What an exported resource's handle stands for.
#[repr(C)]
struct Rep<T> {
    /// First, so that it can be read whatever `T` is.
    head: RepHead,
    /// `None` if the value was taken out.
    value: Option<T>,
}

#[derive(Clone, Copy)]
struct RepHead {
    ty: TypeId,
    drop: unsafe fn(*mut RepHead),
}

pub fn rep_new<T: 'static>(value: T) -> i32 {
    unsafe fn drop_rep<T>(rep: *mut RepHead) {
        drop(unsafe { Box::from_raw(rep.cast::<Rep<T>>()) })
    }
    let head = RepHead { ty: TypeId::of::<T>(), drop: drop_rep::<T> };
    Box::into_raw(Box::new(Rep { head, value: Some(value) })) as usize as i32
}

/// # Safety
/// `rep_new` gave the representation, and it was not dropped.
unsafe fn rep<T: 'static>(rep: i32) -> *mut Rep<T> {
    let rep = rep as u32 as usize as *mut Rep<T>;
    // `Rep` starts with its `head` for every `T`.
    let head = unsafe { rep.cast::<RepHead>().read() };
    assert!(head.ty == TypeId::of::<T>(), "the resource keeps a value of another type");
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
pub unsafe fn rep_drop(number: i32) {
    let rep = number as u32 as usize as *mut RepHead;
    unsafe { ((*rep).drop)(rep) }
}
