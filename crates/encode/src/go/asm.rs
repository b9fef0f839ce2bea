//! Instructions over the header of the arena, as `realloc`, `guard` and `idle` write them.
//!
//! In: what to do with which field. Out: a list of instructions.
//! Holds: addresses are constants, since header and buffer are variables that do not move; nothing needs more alignment
//! than Go gives the variable, 4 bytes.

use abi::go_arena::{self as arena, field};
use wasm::{BlockType, CoreType, FuncIndex, GlobalIndex, Instruction, bytes_at, word_at};

/// The arena of one module.
#[derive(Clone, Copy, Debug)]
pub struct Arena {
    /// The address of the header.
    pub header: u32,
    /// The address of the buffer, and its bytes.
    pub buffer: u32,
    pub size: u32,
    /// Bits of `arena::flag`.
    pub flags: u32,
}

impl Arena {
    pub fn at(&self, field: u32) -> u32 {
        self.header + field
    }

    pub fn is_async(&self) -> bool {
        self.flags & arena::flag::ASYNC != 0
    }

    /// Whether the module has a function for what does not fit into the buffer.
    pub fn grows(&self) -> bool {
        self.flags & arena::flag::GROW != 0
    }

    /// What `bump`, `base`, `top` and `perm` begin as. The buffer's first bytes are lost to alignment.
    pub fn initial(&self) -> [u32; 4] {
        let base = self.buffer.next_multiple_of(16);
        let end = self.buffer + self.size;
        let top = end - arena::ADAPTER_SIZE;
        [base, base, top, end]
    }
}

/// The body of a function being written.
pub struct Asm {
    arena: Arena,
    pub body: Vec<Instruction<'static>>,
}

/// The address as the instruction set has constants.
fn signed(address: u32) -> i32 {
    address.cast_signed()
}

impl Asm {
    pub fn new(arena: &Arena) -> Self {
        Self { arena: *arena, body: Vec::new() }
    }

    pub fn push(&mut self, instructions: impl IntoIterator<Item = Instruction<'static>>) -> &mut Self {
        self.body.extend(instructions);
        self
    }

    pub fn local(&mut self, index: u32) -> &mut Self {
        self.push([Instruction::LocalGet(index)])
    }

    pub fn locals(&mut self, indices: impl IntoIterator<Item = u32>) -> &mut Self {
        self.push(indices.into_iter().map(Instruction::LocalGet))
    }

    pub fn set(&mut self, index: u32) -> &mut Self {
        self.push([Instruction::LocalSet(index)])
    }

    pub fn constant(&mut self, value: i32) -> &mut Self {
        self.push([Instruction::I32Const(value)])
    }

    pub fn call(&mut self, func: FuncIndex) -> &mut Self {
        self.push([Instruction::Call(func.0)])
    }

    pub fn global(&mut self, global: GlobalIndex) -> &mut Self {
        self.push([Instruction::GlobalGet(global.0)])
    }

    pub fn return_(&mut self, value: i32) -> &mut Self {
        self.constant(value).push([Instruction::Return])
    }

    /// Opens a block that runs if the word on the stack is not 0.
    pub fn if_(&mut self) -> &mut Self {
        self.push([Instruction::If(BlockType::Empty)])
    }

    pub fn end(&mut self) -> &mut Self {
        self.push([Instruction::End])
    }

    /// Puts the word of a field on the stack.
    pub fn load(&mut self, field: u32) -> &mut Self {
        self.constant(signed(self.arena.at(field))).push([Instruction::I32Load(word_at(0))])
    }

    /// Writes a field; `value` puts the word on the stack.
    pub fn store(&mut self, field: u32, value: impl FnOnce(&mut Self)) -> &mut Self {
        self.constant(signed(self.arena.at(field)));
        value(self);
        self.push([Instruction::I32Store(word_at(0))])
    }

    /// Writes a field of 8 bytes.
    pub fn store_wide(&mut self, field: u32, value: impl FnOnce(&mut Self)) -> &mut Self {
        self.constant(signed(self.arena.at(field)));
        value(self);
        self.push([Instruction::I64Store(bytes_at(0))])
    }

    /// When nothing is handed out, begins again at the start of the chunk.
    pub fn reset_when_empty(&mut self) -> &mut Self {
        self.load(field::LIVE).push([Instruction::I32Eqz]).if_();
        self.store(field::BUMP, |asm| {
            asm.load(field::BASE);
        });
        self.end()
    }
}

/// Locals of one type.
pub fn words(count: usize) -> Vec<CoreType> {
    vec![CoreType::I32; count]
}
