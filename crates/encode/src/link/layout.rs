//! Where everything stands in memory and in the table.
//!
//! In: the libraries that are needed, in their order. Out: `Layout`: the bases of each library, and room for more.
//! Holds: the stack comes first, so that a stack that grows too far traps instead of writing over data; slot 0 of the
//! table stays empty: it is the null function pointer.
//!
//! ```text
//! memory: 0 ─ stack ─ data of each library ─ tables for dlopen and threads ─ heap
//! table:  null ─ functions of each library ─ functions that others need the address of
//! ```

use super::errors;
use super::library::{Library, Want};
use wasm::{CoreRefType, Memory, Table};

/// Where the stack begins, and the heap; in bytes.
const STACK_ALIGNMENT: u64 = 16;
const HEAP_ALIGNMENT: u64 = 16;
/// In bytes: what an `i32` can address.
const MEMORY_LIMIT: u64 = 1 << 32;
/// In elements: what engines and validators allow.
const TABLE_LIMIT: u64 = 10_000_000;
/// Logarithm of the size of a page, unless the libraries say otherwise.
const PAGE_SIZE_LOG2: u32 = 16;

/// All addresses; grows until it is finished.
pub struct Layout {
    /// In bytes.
    pub stack_size: u32,
    /// The first byte of each library's data, by its position in the input.
    pub memory_bases: Vec<u32>,
    /// The first slot of each library, by its position in the input.
    pub table_bases: Vec<u32>,
    /// The end of what is used; at most what is allowed, but while room is reserved.
    memory: u64,
    table: u64,
}

/// The memory, and the part of it that is free at the start, in bytes.
#[derive(Clone, Copy)]
pub struct Heap {
    pub memory: Memory,
    pub base: u32,
    pub end: u32,
}

/// Gives each library its place.
///
/// # Errors
///
/// `link/no-room`, for the library whose place would be outside.
pub fn layout(libraries: &[Library<'_>], order: &[usize], stack_size: u32) -> diag::Result<Layout> {
    let memory = align(u64::from(stack_size), STACK_ALIGNMENT);
    let Ok(stack_size) = u32::try_from(memory) else { return Err(errors::no_room_for_stack(stack_size).into()) };
    let (memory_bases, table_bases) = (vec![0; libraries.len()], vec![0; libraries.len()]);
    let mut layout = Layout { stack_size, memory_bases, table_bases, memory, table: 1 };
    for index in order {
        if !layout.place(*index, &libraries[*index]) {
            return Err(errors::no_room_for_library(&libraries[*index]).into());
        }
    }
    Ok(layout)
}

impl Layout {
    /// Whether there was room.
    fn place(&mut self, index: usize, library: &Library<'_>) -> bool {
        let dylink = &library.dylink;
        let place = |at: u64, alignment_log2: u32, size: u32, limit: u64| {
            let base = align(at, 1_u64.checked_shl(alignment_log2).filter(|alignment| *alignment <= limit)?);
            let end = base + u64::from(size);
            (end <= limit).then_some((u32::try_from(base).ok()?, end))
        };
        let memory = place(self.memory, dylink.memory_alignment, dylink.memory_size, MEMORY_LIMIT);
        let table = place(self.table, dylink.table_alignment, dylink.table_size, TABLE_LIMIT);
        let (Some((memory_base, memory)), Some((table_base, table))) = (memory, table) else { return false };
        self.memory_bases[index] = memory_base;
        self.table_bases[index] = table_base;
        (self.memory, self.table) = (memory, table);
        true
    }

    /// The address that the next reserved bytes have.
    pub fn next_address(&self) -> u32 {
        u32::try_from(align(self.memory, 4)).unwrap_or(u32::MAX)
    }

    /// Reserves bytes, aligned to 4. Whether there is room shows at the end.
    pub fn reserve(&mut self, bytes: usize) {
        self.memory = align(self.memory, 4) + bytes as u64;
    }

    /// The first slot that no library has by itself.
    pub fn next_slot(&self) -> u32 {
        u32::try_from(self.table).expect("libraries were placed below the limit")
    }

    /// The memory, such that every library accepts it, and the heap in it. Nothing is reserved after this.
    ///
    /// # Errors
    ///
    /// `link/no-room`, `link/limits`.
    pub fn heap(&self, libraries: &[Library<'_>], order: &[usize]) -> diag::Result<Heap> {
        let page = page_size_log2(libraries, order)?;
        let wanted: Vec<&Memory> = wants(libraries, order).filter_map(|want| want.memory()).collect();
        let base = align(self.memory, HEAP_ALIGNMENT);
        let least = wanted.iter().map(|memory| memory.minimum).max().unwrap_or(0);
        let minimum = base.div_ceil(1 << page).max(least);
        let end = minimum.checked_mul(1 << page).filter(|end| *end <= MEMORY_LIMIT);
        let (Some(end), Ok(base)) = (end, u32::try_from(base)) else {
            let largest = order.iter().map(|index| &libraries[*index]).max_by_key(|one| one.dylink.memory_size);
            return Err(errors::no_room_for_heap(self.memory, largest).into());
        };
        // The end of a memory of 2^32 bytes is no address: the last few bytes stay unused.
        let end = u32::try_from(end).unwrap_or(u32::MAX - 15);
        let maximum = wanted.iter().filter_map(|memory| memory.maximum).min();
        let memory = Memory { minimum, maximum, shared: false, memory64: false, page_size_log2: page };
        if maximum.is_some_and(|maximum| maximum < minimum) {
            return Err(errors::memory_limits(libraries, order, &memory).into());
        }
        Ok(Heap { memory, base, end })
    }

    /// The table, such that every library accepts it. `slots` are those after the libraries' own.
    ///
    /// # Errors
    ///
    /// `link/no-room`, `link/limits`.
    pub fn table(&self, libraries: &[Library<'_>], order: &[usize], slots: usize) -> diag::Result<Table> {
        let used = self.table + slots as u64;
        let wanted: Vec<&Table> = wants(libraries, order).filter_map(|want| want.table()).collect();
        let minimum = wanted.iter().map(|table| table.minimum).chain([used]).max().unwrap_or(used);
        if minimum > TABLE_LIMIT {
            let largest = order.iter().map(|index| &libraries[*index]).max_by_key(|one| one.dylink.table_size);
            return Err(errors::no_room_for_slots(minimum, largest).into());
        }
        let maximum = wanted.iter().filter_map(|table| table.maximum).min();
        let table = Table { element: CoreRefType::FUNC, minimum, maximum, table64: false };
        if maximum.is_some_and(|maximum| maximum < minimum) {
            return Err(errors::table_limits(libraries, order, &table).into());
        }
        Ok(table)
    }
}

fn wants<'m>(libraries: &[Library<'m>], order: &[usize]) -> impl Iterator<Item = Want<'m>> {
    order.iter().flat_map(|index| libraries[*index].needs.iter().map(|need| need.want))
}

/// The size of a page that all libraries have.
fn page_size_log2(libraries: &[Library<'_>], order: &[usize]) -> diag::Result<u32> {
    let mut first: Option<(usize, u32)> = None;
    for index in order {
        for need in &libraries[*index].needs {
            let Want::Memory(memory) = need.want else { continue };
            match first {
                Some((other, size)) if size != memory.page_size_log2 => {
                    return Err(errors::page_sizes(&libraries[other], &libraries[*index]).into());
                }
                Some(_) => {}
                None => first = Some((*index, memory.page_size_log2)),
            }
        }
    }
    Ok(first.map_or(PAGE_SIZE_LOG2, |(_, size)| size))
}

/// The next multiple of a power of two.
fn align(at: u64, alignment: u64) -> u64 {
    at.div_ceil(alignment) * alignment
}
