//! What of the runtime needs no component around it.

extern crate std;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::vec;
use std::vec::Vec;

use super::{layout, stream_result, AbiBuffer, Slot, StreamResult, StreamVtable};

unsafe extern "C" fn new() -> i64 {
    panic!("no component")
}

unsafe extern "C" fn copy(_: i32, _: i32, _: i32) -> i32 {
    panic!("no component")
}

unsafe extern "C" fn cancel(_: i32) -> i32 {
    panic!("no component")
}

unsafe extern "C" fn end(_: i32) {
    panic!("no component")
}

const fn vtable<T>(size: usize) -> StreamVtable<T> {
    StreamVtable {
        size,
        align: 1,
        lower: None,
        lift: None,
        free: None,
        new,
        read: copy,
        write: copy,
        cancel_read: cancel,
        cancel_write: cancel,
        drop_readable: end,
        drop_writable: end,
    }
}

static PLAIN: StreamVtable<u8> = vtable(1);

/// How many values are alive, lowered ones too.
static ALIVE: AtomicUsize = AtomicUsize::new(0);
static FREED: AtomicUsize = AtomicUsize::new(0);

struct Counted(u8);

impl Counted {
    fn new(number: u8) -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Self(number)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

unsafe fn lower(value: Counted, at: *mut u8) {
    unsafe { at.write(value.0) }
    core::mem::forget(value);
}

unsafe fn lift(at: *mut u8) -> Counted {
    Counted(unsafe { at.read() })
}

unsafe fn free(_: *mut u8) {
    FREED.fetch_add(1, Ordering::Relaxed);
    ALIVE.fetch_sub(1, Ordering::Relaxed);
}

static LOWERED: StreamVtable<Counted> =
    StreamVtable { lower: Some(lower), lift: Some(lift), free: Some(free), ..vtable(1) };

#[test]
fn plain_values_are_written_from_where_they_are() {
    let values = vec![1, 2, 3, 4];
    let at = values.as_ptr();
    let mut buffer = AbiBuffer::new(values, &PLAIN);
    assert_eq!((buffer.abi_ptr_and_len(), buffer.remaining()), ((at, 4), 4));
    buffer.advance(3);
    assert_eq!(buffer.abi_ptr_and_len(), (at.wrapping_add(3), 1));
    let rest = buffer.into_vec();
    assert_eq!((rest.as_ptr(), rest), (at, vec![4]));
}

#[test]
fn lowered_values_come_back_or_are_freed_once() {
    let values = |count: u8| (0..count).map(Counted::new).collect::<Vec<_>>();
    let mut buffer = AbiBuffer::new(values(5), &LOWERED);
    buffer.advance(0);
    buffer.advance(2);
    let rest = buffer.into_vec();
    assert_eq!(rest.iter().map(|value| value.0).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!((FREED.load(Ordering::Relaxed), ALIVE.load(Ordering::Relaxed)), (2, 3));
    drop(rest);
    // A buffer that is dropped drops what was not written.
    let mut buffer = AbiBuffer::new(values(4), &LOWERED);
    buffer.advance(1);
    drop(buffer);
    assert_eq!((FREED.load(Ordering::Relaxed), ALIVE.load(Ordering::Relaxed)), (3, 0));
}

#[test]
fn results_say_what_was_passed() {
    let mut done = false;
    let mut result = |code| (stream_result(code, &mut done), done);
    assert_eq!(result(3 << 4), ((3, StreamResult::Complete(3)), false));
    assert_eq!(result(0), ((0, StreamResult::Complete(0)), false));
    assert_eq!(result(2), ((0, StreamResult::Cancelled), false));
    assert_eq!(result(1 << 4 | 2), ((1, StreamResult::Complete(1)), false));
    // Elements come before the end, which is remembered.
    assert_eq!(result(2 << 4 | 1), ((2, StreamResult::Complete(2)), true));
    assert_eq!(result(1), ((0, StreamResult::Dropped), true));
}

#[test]
fn small_values_need_no_heap() {
    let mut slot = Slot::new();
    let start = &raw const slot as usize;
    let at = slot.at(layout(1, 32, 8)) as usize;
    assert!((start..start + size_of::<Slot>()).contains(&at));
    let large = slot.at(layout(1, 33, 1));
    assert!(!slot.heap.is_null());
    assert_eq!(slot.at(layout(1, 33, 1)), large);
}
