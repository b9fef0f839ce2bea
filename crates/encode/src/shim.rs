//! Shim: how a core module can import functions that need its own memory.
//!
//! In: the core functions that are wanted before they can exist.
//! Out: a small module with one function per slot, each a call through a table, or through a function reference.
//! Holds: a function that can be made early never gets a slot, since a direct call is cheaper;
//! `fixup` fills every slot before anything is called.
//!
//! ```wat
//! (module (table $t (export "t") 1 1 funcref)
//!   (func (export "0") (param i32) local.get 0  i32.const 0  call_indirect $t (param i32)))
//! ```

use indexmap::IndexMap;
use wasm::{CoreRefType, CoreType, FuncIndex, Global, Instruction, Memory, ModuleBuilder, Signature, Table};

use crate::canon::{Canon, TransferOf};
use crate::input::{Linked, Part};

/// The names of what the shim exports beside its functions.
pub const TABLE: &str = "t";
pub const MEMORY: &str = "memory";
pub const GET_TLS_BASE: &str = "get-tls-base";
pub const SET_TLS_BASE: &str = "set-tls-base";

/// What stands behind a slot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// A canonical definition with the options of that module.
    Canon { part: Part, canon: Box<Canon> },
    /// A function of a part that is instantiated later.
    Linked(Linked),
    /// A core function that destroys a resource.
    Destructor(Linked),
    /// An allocator, as a canonical option.
    Realloc(Linked),
}

impl Slot {
    /// For reading backtraces.
    fn debug_name(&self) -> String {
        match self {
            Self::Canon { canon, .. } => canon_name(canon),
            Self::Linked(Linked { part: Part::Adapter(_), export }) => format!("adapt-{export}"),
            Self::Linked(Linked { part: Part::Main | Part::Library(_), export }) => format!("link-{export}"),
            Self::Destructor(linked) => format!("dtor-{}", linked.export),
            Self::Realloc(linked) => format!("realloc-{}", linked.export),
        }
    }
}

fn canon_name(canon: &Canon) -> String {
    match canon {
        Canon::Lower { func, .. } => match &func.scope {
            Some(scope) => format!("indirect-{scope}-{}", func.name),
            None => format!("indirect-$root-{}", func.name),
        },
        Canon::TaskReturn(func) => format!("task-return-{}", func.name),
        Canon::Transfer { transfer, of } => {
            let (carrier, op) = (transfer.carrier.word(), transfer.op.word());
            match of {
                TransferOf::Type { key, .. } => format!("{carrier}-{op}-{key}"),
                TransferOf::Unit => format!("{carrier}-{op}"),
            }
        }
        Canon::Builtin(builtin) => builtin.core_name().field,
        Canon::DropImported { .. } | Canon::Own { .. } => "resource".to_owned(),
    }
}

/// All slots, in the order of the table, and what else the shim defines.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    slots: IndexMap<Slot, Signature>,
    /// The memory that the main module imports, made by the shim.
    pub memory: Option<Memory>,
    /// The type of the global that holds the address of the only thread's data.
    pub tls_base: Option<CoreType>,
    /// Slots are globals with function references, not places in a table.
    pub by_reference: bool,
}

impl Slots {
    /// Adds a slot, or finds it again.
    pub fn add(&mut self, slot: Slot, signature: &Signature) {
        self.slots.entry(slot).or_insert_with(|| signature.clone());
    }

    /// The shim's export for a slot.
    pub fn export_name(&self, slot: &Slot) -> Option<String> {
        self.slots.get_index_of(slot).map(|index| index.to_string())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Slot, &Signature)> {
        self.slots.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether there has to be a shim at all.
    pub fn needs_shim(&self) -> bool {
        !self.slots.is_empty() || self.memory.is_some() || self.tls_base.is_some()
    }

    /// The table that the slots are in.
    pub fn table(&self) -> Table {
        let size = self.slots.len() as u64;
        Table { element: CoreRefType::FUNC, minimum: size, maximum: Some(size), table64: false }
    }

    /// The module that comes first.
    pub fn shim_module(&self, names: bool) -> ModuleBuilder {
        let mut builder = ModuleBuilder::new();
        if !self.slots.is_empty() && !self.by_reference {
            let table = builder.table(self.table());
            builder.export_table(TABLE, table);
        }
        if let Some(memory) = self.memory {
            let memory = builder.memory(memory);
            builder.export_memory(MEMORY, memory);
        }
        for (index, (slot, signature)) in (0_i32..).zip(&self.slots) {
            let name = names.then(|| slot.debug_name());
            let func = if self.by_reference {
                call_by_reference(&mut builder, index, name.as_deref(), signature)
            } else {
                let body = indirect_call(&mut builder, index, signature);
                builder.func(name.as_deref(), signature, &body)
            };
            builder.export_func(&index.to_string(), func);
        }
        if let Some(ty) = self.tls_base {
            tls_accessors(&mut builder, ty, names);
        }
        builder
    }
}

/// The name of the global of a slot.
pub fn reference_name(index: usize) -> String {
    format!("g{index}")
}

fn params(signature: &Signature) -> impl Iterator<Item = Instruction<'static>> + use<> {
    (0..signature.params.len()).map(|param| Instruction::LocalGet(u32::try_from(param).expect("at most a thousand")))
}

fn indirect_call(builder: &mut ModuleBuilder, index: i32, signature: &Signature) -> Vec<Instruction<'static>> {
    let type_index = builder.type_index(signature);
    let call =
        [Instruction::I32Const(index), Instruction::CallIndirect { type_index, table_index: 0 }, Instruction::End];
    params(signature).chain(call).collect()
}

/// A global cannot be without a function, so it begins with one that traps.
fn call_by_reference(builder: &mut ModuleBuilder, index: i32, name: Option<&str>, signature: &Signature) -> FuncIndex {
    let trap = builder.func(None, signature, &[Instruction::Unreachable, Instruction::End]);
    let global = builder.func_ref(signature, trap);
    builder.export_global(&format!("g{index}"), global);
    let type_index = builder.type_index(signature);
    let call = [Instruction::GlobalGet(global.0), Instruction::ReturnCallRef(type_index), Instruction::End];
    let body: Vec<_> = params(signature).chain(call).collect();
    builder.func(name, signature, &body)
}

fn tls_accessors(builder: &mut ModuleBuilder, ty: CoreType, names: bool) {
    let global = builder.zero_global(Global { ty, mutable: true });
    let read = [Instruction::GlobalGet(global.0), Instruction::End];
    let get = builder.func(names.then_some(GET_TLS_BASE), &Signature::new([], [ty]), &read);
    let write = [Instruction::LocalGet(0), Instruction::GlobalSet(global.0), Instruction::End];
    let set = builder.func(names.then_some(SET_TLS_BASE), &Signature::new([ty], []), &write);
    builder.export_func(GET_TLS_BASE, get);
    builder.export_func(SET_TLS_BASE, set);
}
