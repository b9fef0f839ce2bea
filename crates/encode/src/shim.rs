//! Shim and fixup: how a core module can import functions that need its own memory.
//!
//! In: the core functions that are wanted before they can exist.
//! Out: two small modules. The shim exports one function per slot, each a `call_indirect` through a table;
//! the fixup fills the table once everything exists, and then runs `_initialize`.
//! Holds: a function that can be made early never gets a slot, since a direct call is cheaper.
//!
//! ```wat
//! (module (table $t (export "$imports") 1 1 funcref)
//!   (func (export "0") (param i32) local.get 0  i32.const 0  call_indirect $t (param i32)))
//! ```

use indexmap::IndexMap;
use wasm::{CoreRefType, Instruction, Memory, ModuleBuilder, Signature, Table};

use crate::import::ImportedFunc;
use crate::input::Part;

/// The names of what the two modules share.
pub const TABLE: &str = "$imports";
pub const MEMORY: &str = "memory";
pub const SHIM: &str = "shim";
pub const ACTUAL: &str = "actual";

/// What stands behind a slot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// An imported function, lowered with the options of that module.
    Lower { part: Part, func: Box<ImportedFunc> },
    /// A function of an adapter.
    Adapter { adapter: usize, export: String },
    /// A core function that destroys a resource.
    Destructor { part: Part, export: String },
}

impl Slot {
    /// For reading backtraces.
    fn debug_name(&self) -> String {
        match self {
            Self::Lower { func, .. } => match &func.scope {
                Some(scope) => format!("indirect-{scope}-{}", func.name),
                None => format!("indirect-$root-{}", func.name),
            },
            Self::Adapter { export, .. } => format!("adapt-{export}"),
            Self::Destructor { export, .. } => format!("dtor-{export}"),
        }
    }
}

/// All slots, in the order of the table.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    slots: IndexMap<Slot, Signature>,
    /// The memory that the main module imports, made by the shim.
    pub memory: Option<Memory>,
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

    pub fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.slots.keys()
    }

    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether there has to be a shim at all.
    pub fn needs_shim(&self) -> bool {
        !self.slots.is_empty() || self.memory.is_some()
    }

    fn table(&self) -> Table {
        let size = self.slots.len() as u64;
        Table { element: CoreRefType::FUNC, minimum: size, maximum: Some(size), table64: false }
    }

    /// The module that comes first.
    pub fn shim_module(&self, names: bool) -> ModuleBuilder {
        let mut builder = ModuleBuilder::new();
        if !self.slots.is_empty() {
            let table = builder.table(self.table());
            builder.export_table(TABLE, table);
        }
        if let Some(memory) = self.memory {
            let memory = builder.memory(memory);
            builder.export_memory(MEMORY, memory);
        }
        for (index, (slot, signature)) in (0_i32..).zip(&self.slots) {
            let body = indirect_call(&mut builder, index, signature);
            let name = names.then(|| slot.debug_name());
            let func = builder.func(name.as_deref(), signature, &body);
            builder.export_func(&index.to_string(), func);
        }
        builder
    }

    /// The module that comes last. `initialize` is how many functions it has to call.
    pub fn fixup_module(&self, initialize: usize) -> ModuleBuilder {
        let mut builder = ModuleBuilder::new();
        let funcs: Vec<_> = (0..)
            .zip(self.slots.values())
            .map(|(index, signature): (u32, _)| builder.import_func(ACTUAL, &index.to_string(), signature))
            .collect();
        let unit = Signature::default();
        let starts: Vec<_> =
            (0..initialize).map(|index| builder.import_func(ACTUAL, &initialize_name(index), &unit)).collect();
        if !funcs.is_empty() {
            let table = builder.import_table(SHIM, TABLE, self.table());
            builder.elements(table, &funcs);
        }
        match starts.as_slice() {
            [] => {}
            [start] => builder.start(*start),
            several => {
                let calls = several.iter().map(|start| Instruction::Call(start.0));
                let body: Vec<_> = calls.chain([Instruction::End]).collect();
                let start = builder.func(Some("initialize"), &unit, &body);
                builder.start(start);
            }
        }
        builder
    }
}

/// The fixup's import for an `_initialize`.
pub fn initialize_name(index: usize) -> String {
    format!("initialize-{index}")
}

fn indirect_call(builder: &mut ModuleBuilder, index: i32, signature: &Signature) -> Vec<Instruction<'static>> {
    let type_index = builder.type_index(signature);
    let params = (0..).zip(&signature.params).map(|(param, _)| Instruction::LocalGet(param));
    let call =
        [Instruction::I32Const(index), Instruction::CallIndirect { type_index, table_index: 0 }, Instruction::End];
    params.chain(call).collect()
}
