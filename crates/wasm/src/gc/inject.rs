//! What an adapter gets that it has not: memory for its stack, and an allocator.
//!
//! An adapter has no memory of its own, so no place for a stack either. If it has a global `__stack_pointer`,
//! 64 KiB are asked for: on the first call of any export when there is an `allocation_state` global and the main
//! module has an allocator, else in a start function that grows the memory.
//!
//! Holds: an adapter's stack is asked for once; while it is being asked for, calls back into the adapter see the
//! state `ALLOCATING` and do not ask again. The main module's allocator is not called while modules are instantiated,
//! since the main module may not be initialised yet.

use wasm_encoder::{BlockType, Instruction, MemoryType, ValType};
use wasmparser::ValType as ParsedType;

use super::emit::{Additions, NewFunction};
use super::kind::{Error, Kind};
use super::live::Live;
use super::remap::Remap;
use super::sections::Sections;
use super::{Adaptation, ReallocSource, is_realloc};
use crate::Names;

/// Bytes of stack, and the only request that the memory-growing allocator grants.
const STACK: i32 = 0x1_0000;
const UNALLOCATED: i32 = 0;
const ALLOCATING: i32 = 1;
const ALLOCATED: i32 = 2;

/// What is put in. Indices are those of the module that was read.
pub(super) struct Injection {
    stack: Option<Stack>,
    /// Imports of the main module's allocator, which the growing one replaces.
    pub replaced: Vec<u32>,
    /// Imports of the main module's allocator, which stay imports.
    kept: Vec<u32>,
    /// Whether the growing allocator is defined.
    grow: bool,
    /// Whether it grows a memory that the adapter does not import.
    memory: bool,
}

struct Stack {
    pointer: u32,
    state: Option<u32>,
    /// The imported allocator that each export's first instruction asks, instead of a start function.
    lazy: Option<u32>,
}

impl Injection {
    pub(super) fn choose<'a>(
        sections: &Sections<'a>,
        names: &Names<'_>,
        live: &mut Live<'a>,
        adaptation: &Adaptation<'_>,
    ) -> Result<Self, Error> {
        let main = matches!(adaptation.realloc, ReallocSource::Main(_));
        let (kept, replaced) = if main { (reallocs(sections), Vec::new()) } else { (Vec::new(), reallocs(sections)) };
        let pointer = named_global(sections, names, "__stack_pointer").filter(|index| live.has(Kind::Global, *index));
        let stack = pointer.map(|pointer| {
            let state = named_global(sections, names, "allocation_state");
            let lazy = kept.first().copied().filter(|_| state.is_some() && sections.start.is_none());
            Stack { pointer, state, lazy }
        });
        if let Some(stack) = &stack {
            if let Some(state) = stack.state {
                live.keep(sections, Kind::Global, state)?;
            }
            if let Some(import) = stack.lazy {
                live.keep(sections, Kind::Function, import)?;
            }
        }
        let eager = stack.as_ref().is_some_and(|stack| stack.lazy.is_none());
        let grow = eager || replaced.iter().any(|import| live.has(Kind::Function, *import));
        let memory = grow && sections.count(Kind::Memory) == 0;
        if grow && !memory {
            live.keep(sections, Kind::Memory, 0)?;
        }
        Ok(Self { stack, replaced, kept, grow, memory })
    }

    /// The functions to add. Gives the replaced imports their new indices.
    pub(super) fn additions<'r>(
        &self,
        sections: &Sections<'_>,
        remap: &mut Remap,
        adaptation: &Adaptation<'r>,
    ) -> Result<Additions<'r>, Error> {
        let mut additions = Additions { replaced: self.replaced.clone(), ..Additions::default() };
        if let ReallocSource::Main(name) = adaptation.realloc {
            additions.renamed = self.kept.iter().map(|import| (*import, name)).collect();
        }
        let page_size_log2 = adaptation.page_size_log2;
        if self.memory {
            let page_size_log2 = (page_size_log2 != 16).then_some(page_size_log2);
            let ty = MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2 };
            additions.memory = Some(ty);
        }
        let mut next = remap.counts[Kind::Function];
        let grow = next;
        if self.grow {
            let params = vec![ValType::I32; 4];
            let body = grow_body(page_size_log2);
            additions.functions.push(NewFunction {
                name: "realloc_via_memory_grow",
                params,
                results: vec![ValType::I32],
                body,
            });
            self.replaced.iter().for_each(|import| remap.set(Kind::Function, *import, grow));
            next += 1;
        }
        if let Some(stack) = &self.stack {
            let realloc = stack.lazy.map(|import| remap.map(Kind::Function, import)).transpose()?.unwrap_or(grow);
            let pointer = remap.map(Kind::Global, stack.pointer)?;
            let state = stack.state.map(|state| remap.map(Kind::Global, state)).transpose()?;
            let mut body = stack_body(pointer, state, realloc);
            if stack.lazy.is_some() {
                additions.first_call = Some(next);
            } else {
                let own = sections.start.map(|start| remap.map(Kind::Function, start)).transpose()?;
                body.extend(own.map(Instruction::Call));
                additions.start = Some(next);
            }
            body.push(Instruction::End);
            let (params, results) = (Vec::new(), Vec::new());
            additions.functions.push(NewFunction { name: "allocate_stack", params, results, body });
        }
        Ok(additions)
    }
}

/// A defined, mutable global of type `i32` with this name.
fn named_global(sections: &Sections<'_>, names: &Names<'_>, name: &str) -> Option<u32> {
    let named = names.globals.iter().filter(|(_, global)| **global == name).map(|(index, _)| *index);
    let fits = |index: &u32| {
        let global = sections.defined(Kind::Global, *index).and_then(|place| sections.globals.get(place));
        global.is_some_and(|global| global.ty.mutable && global.ty.content_type == ParsedType::I32)
    };
    named.filter(fits).min()
}

fn reallocs(sections: &Sections<'_>) -> Vec<u32> {
    let imports = sections.imported[Kind::Function].iter().map(|place| &sections.imports[*place]);
    (0..).zip(imports).filter(|(_, import)| is_realloc(import)).map(|(index, _)| index).collect()
}

/// `realloc` that grows the memory: grants a new block of 64 KiB, traps on any other request.
fn grow_body(page_size_log2: u32) -> Vec<Instruction<'static>> {
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
///
/// Without the last `End`, so that more can be added.
fn stack_body(pointer: u32, state: Option<u32>, realloc: u32) -> Vec<Instruction<'static>> {
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
    body
}
