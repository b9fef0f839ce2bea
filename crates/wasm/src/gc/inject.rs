//! What an adapter gets that it has not: memory for its stack, and an allocator.
//!
//! Holds: an adapter's stack is asked for once; while it is being asked for, calls back into the adapter see the
//! state `ALLOCATING` and do not ask again.

use wasm_encoder::{BlockType, Instruction};
use wasmparser::TypeRef;

use super::live::Live;
use super::{Adaptation, Parts, ReallocSource, is_realloc};

/// Bytes of stack, and the only request that the memory-growing allocator grants.
const STACK: i32 = 0x1_0000;
const UNALLOCATED: i32 = 0;
const ALLOCATING: i32 = 1;
const ALLOCATED: i32 = 2;

/// What is put in. Indices are those of the module that was read.
pub(super) struct Injection {
    pub stack: Option<Stack>,
    /// Imports of the main module's allocator, which the growing one replaces.
    pub replaced: Vec<u32>,
    /// Whether the growing allocator is defined.
    pub grow: bool,
    /// The imported allocator that a lazy stack calls.
    pub realloc_import: Option<u32>,
}

pub(super) struct Stack {
    pub pointer: u32,
    pub state: Option<u32>,
    /// Asked for by each export's first instruction, instead of a start function.
    pub lazy: bool,
}

impl Injection {
    pub(super) fn choose(parts: &Parts<'_>, live: &mut Live, adaptation: &Adaptation<'_>) -> Self {
        let imports = realloc_imports(parts);
        let main = matches!(adaptation.realloc, ReallocSource::Main(_));
        let realloc_import = imports.first().copied().filter(|_| main);
        let pointer = parts.named_global("__stack_pointer").filter(|index| live.globals.contains(index));
        let stack = pointer.map(|pointer| {
            let state = parts.named_global("allocation_state");
            Stack { pointer, state, lazy: state.is_some() && realloc_import.is_some() }
        });
        if let Some(stack) = &stack {
            live.globals.extend(stack.state);
            if let (true, Some(import)) = (stack.lazy, realloc_import) {
                live.add_import(parts, import);
            }
        }
        let replaced = if main { Vec::new() } else { imports };
        let grow = replaced.iter().any(|import| live.functions.contains(import))
            || stack.as_ref().is_some_and(|stack| !stack.lazy);
        live.memory |= grow;
        Self { stack, replaced, grow, realloc_import }
    }
}

fn realloc_imports(parts: &Parts<'_>) -> Vec<u32> {
    let functions = parts.imports.iter().filter(|import| matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
    (0..).zip(functions).filter(|(_, import)| is_realloc(import)).map(|(index, _)| index).collect()
}

/// `realloc` that grows the memory: grants a new block of 64 KiB, traps on any other request.
pub(super) fn grow_body(page_size_log2: u32) -> Vec<Instruction<'static>> {
    let pages = STACK >> page_size_log2.min(16);
    let mut body = Vec::new();
    for (param, wanted) in [(0, 0), (1, 0), (3, STACK)] {
        body.extend([
            Instruction::LocalGet(param),
            Instruction::I32Const(wanted),
            Instruction::I32Ne,
            Instruction::If(BlockType::Empty),
            Instruction::Unreachable,
            Instruction::End,
        ]);
    }
    body.extend([
        Instruction::I32Const(pages),
        Instruction::MemoryGrow(0),
        // The first parameter is zero by now, so it serves as a local.
        Instruction::LocalTee(0),
        Instruction::I32Const(-1),
        Instruction::I32Eq,
        Instruction::If(BlockType::Empty),
        Instruction::Unreachable,
        Instruction::End,
        Instruction::LocalGet(0),
        Instruction::I32Const(i32::try_from(page_size_log2).expect("at most 16")),
        Instruction::I32Shl,
        Instruction::End,
    ]);
    body
}

/// Sets the stack pointer to the end of a new block; with a state, only once. Indices are those of the new module.
pub(super) fn stack_body(pointer: u32, state: Option<u32>, realloc: u32) -> Vec<Instruction<'static>> {
    let mut body = Vec::new();
    if let Some(state) = state {
        body.extend([
            Instruction::GlobalGet(state),
            Instruction::I32Const(UNALLOCATED),
            Instruction::I32Eq,
            Instruction::If(BlockType::Empty),
            Instruction::I32Const(ALLOCATING),
            Instruction::GlobalSet(state),
        ]);
    }
    body.extend([
        Instruction::I32Const(0),
        Instruction::I32Const(0),
        Instruction::I32Const(8),
        Instruction::I32Const(STACK),
        Instruction::Call(realloc),
        Instruction::I32Const(STACK),
        Instruction::I32Add,
        Instruction::GlobalSet(pointer),
    ]);
    if let Some(state) = state {
        body.extend([Instruction::I32Const(ALLOCATED), Instruction::GlobalSet(state), Instruction::End]);
    }
    body.push(Instruction::End);
    body
}
