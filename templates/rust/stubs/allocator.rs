//! An allocator where there is no standard library: blocks of powers of two, and for each size a list of free ones.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::memory_grow;
use core::cell::UnsafeCell;
use core::ptr::null_mut;

const PAGE: usize = 65536;

#[global_allocator]
static BLOCKS: Blocks = Blocks(UnsafeCell::new(State {
    free: [null_mut(); usize::BITS as usize],
    next: 0,
    end: 0,
}));

struct Blocks(UnsafeCell<State>);

/// The component has one thread.
unsafe impl Sync for Blocks {}

struct State {
    /// By the logarithm of their size; each block holds the address of the next one.
    free: [*mut u8; usize::BITS as usize],
    /// What of the newest page was never given away.
    next: usize,
    end: usize,
}

unsafe impl GlobalAlloc for Blocks {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let state = unsafe { &mut *self.0.get() };
        let size = size(layout);
        if layout.align() > PAGE {
            return null_mut();
        }
        let first = &mut state.free[size.trailing_zeros() as usize];
        if first.is_null() {
            return state.fresh(size);
        }
        let block = *first;
        *first = unsafe { *block.cast() };
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let state = unsafe { &mut *self.0.get() };
        let first = &mut state.free[size(layout).trailing_zeros() as usize];
        unsafe { *block.cast() = *first };
        *first = block;
    }
}

impl State {
    /// A block that starts at a multiple of its size, or of a page; null if memory is at its end.
    fn fresh(&mut self, size: usize) -> *mut u8 {
        if size >= PAGE {
            return pages(size / PAGE).map_or(null_mut(), |start| start as *mut u8);
        }
        let mut start = self.next.wrapping_add(size - 1) & !(size - 1);
        // The end of the last page there can be is 0.
        if self.end.wrapping_sub(start) < size {
            let Some(page) = pages(1) else {
                return null_mut();
            };
            (start, self.end) = (page, page.wrapping_add(PAGE));
        }
        self.next = start.wrapping_add(size);
        start as *mut u8
    }
}

/// How much a block takes: it has room for an address, and a power of two.
fn size(layout: Layout) -> usize {
    layout
        .size()
        .max(layout.align())
        .max(size_of::<usize>())
        .next_power_of_two()
}

/// The address of so many new pages.
fn pages(count: usize) -> Option<usize> {
    let before = memory_grow(0, count);
    (before != usize::MAX).then(|| before * PAGE)
}
