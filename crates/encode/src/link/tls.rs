//! Data of which each thread has a copy of its own.
//!
//! In: the libraries that have such data. Out: `Tls`: where the tables stand that the C library starts from, and the
//! bodies of the two functions by which a library finds its copy.
//! Holds: a thread's block is an array with one address for each library; its own address is in slot 1 of the thread's
//! context; before the first block is made, and in programs without threads, it is the block of the main thread.
//!
//! ```c
//! struct { size_t library_count; void **library_infos; void **main_thread_bases; } __wasm_program_tls_info;
//! ```

use wasm::{FuncIndex, Instruction};

use super::library::{Access, Library, Own, Want};

/// The size of an address, in bytes.
const WORD: u32 = 4;

/// The tables of a program, by their addresses.
#[derive(Debug, Default)]
pub struct Tls {
    /// The block of the main thread.
    pub bases: u32,
    /// The array with the address of each library's `__wasm_library_tls_info`.
    pub infos: u32,
    /// The address of `__wasm_program_tls_info`.
    pub program: u32,
    /// The libraries that have such data, by their positions in the input.
    pub libraries: Vec<usize>,
    /// The size of all tables, in bytes.
    pub size: u32,
    /// Whether there is more than the block of the main thread.
    pub has_program: bool,
    /// Reads the address of the running thread's block; none without threads.
    pub context: Option<FuncIndex>,
}

/// Whether a program can have several threads with such data.
pub fn has_threads(libraries: &[Library<'_>], order: &[usize]) -> bool {
    let mut all = order.iter().map(|index| &libraries[*index]);
    all.clone().any(|library| library.wants(|want| matches!(want, Want::TlsBase(_))))
        && all.any(|library| library.makes_threads)
}

impl Tls {
    /// Lays the tables out from an address on; none if no library asks for them.
    pub fn new(libraries: &[Library<'_>], order: &[usize], address: u32, context: Option<FuncIndex>) -> Option<Self> {
        let any = |wanted: fn(&Want<'_>) -> bool| order.iter().any(|index| libraries[*index].wants(wanted));
        let has_program = any(|want| matches!(want, Want::Own(Own::TlsInfo, _)));
        if !has_program && !any(|want| matches!(want, Want::TlsBase(_))) {
            return None;
        }
        let with_data: Vec<usize> = order.iter().copied().filter(|index| libraries[*index].has_tls()).collect();
        let array = u32::try_from(with_data.len()).unwrap_or(u32::MAX).saturating_mul(WORD);
        let infos = address.saturating_add(array);
        let program = infos.saturating_add(array);
        let size = array * if has_program { 2 } else { 1 } + if has_program { 3 * WORD } else { 0 };
        Some(Self { bases: address, infos, program, libraries: with_data, size, has_program, context })
    }

    /// The fields of `__wasm_program_tls_info`.
    pub fn program_info(&self) -> [u32; 3] {
        [u32::try_from(self.libraries.len()).unwrap_or(u32::MAX), self.infos, self.bases]
    }

    /// Where a library's entry stands in each block, in bytes; none if it has no such data.
    fn offset(&self, library: usize) -> Option<u64> {
        let entry = self.libraries.iter().position(|index| *index == library)?;
        Some(entry as u64 * u64::from(WORD))
    }

    /// The body of a library's function that reads or sets where its copy stands.
    pub fn body(&self, library: usize, access: Access) -> Vec<Instruction<'static>> {
        let Some(offset) = self.offset(library) else {
            // It has no such data: nothing that it could read.
            return vec![Instruction::Unreachable, Instruction::End];
        };
        let at = wasm::word_at(offset);
        let bases = Instruction::I32Const(self.bases.cast_signed());
        match (access, self.context) {
            (Access::Get, None) => vec![bases, Instruction::I32Load(at), Instruction::End],
            (Access::Get, Some(context)) => {
                vec![Instruction::Call(context.0), Instruction::I32Load(at), Instruction::End]
            }
            (Access::Set, None) => {
                vec![bases, Instruction::LocalGet(0), Instruction::I32Store(at), Instruction::End]
            }
            // The main thread sets its copies before it has a block in its context.
            (Access::Set, Some(context)) => vec![
                bases,
                Instruction::Call(context.0),
                Instruction::Call(context.0),
                Instruction::I32Eqz,
                Instruction::Select,
                Instruction::LocalGet(0),
                Instruction::I32Store(at),
                Instruction::End,
            ],
        }
    }
}
