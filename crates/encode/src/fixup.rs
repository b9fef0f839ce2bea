//! Fixup: the last core module, which finishes what could not be done before all others exist.
//!
//! In: what stands behind each slot of the shim, what a linker left to do, what is to be called, and hooks.
//! Out: a module with one import module, ``, whose fields are counted, and the items to give it, in their order.
//! Holds: tables and globals are filled before any function is called; a task hook is told before and after every
//! function that the host calls.
//!
//! Tool conventions: `__wasm_task_hook`.

use indexmap::IndexMap;
use wasm::{CoreType, FuncIndex, Global, GlobalIndex, Instruction, ModuleBuilder, Signature, Table, TableIndex};

use crate::export::Lift;
use crate::input::{Linked, Startup};
use crate::shim::{Slot, Slots};

/// The module name of all imports of the fixup.
pub const MODULE: &str = "";

/// What the fixup imports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// What stands behind a slot of the shim.
    Slot(Slot),
    Func(Linked),
    Global(Linked),
    Table(Linked),
    ShimTable,
    /// The global of a slot, by its place.
    ShimReference(usize),
}

/// How a function is made known to the task hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hooked {
    /// A synchronous export; it ends in its post-return function, if it has one.
    Sync {
        ends: bool,
    },
    PostReturn,
    Async,
    Callback,
    Stackful,
    Realloc,
    Destructor,
}

/// What is told at the beginning and at the end: the codes of the convention.
struct Codes {
    start: Option<i32>,
    end: Option<i32>,
    /// The result says whether the task is over.
    by_result: bool,
}

const INITIALIZE: (i32, i32) = (6, 7);
const BLOCKED: i32 = 4;
const FINISHED: i32 = 5;

impl Hooked {
    fn codes(self) -> Codes {
        let (start, end, by_result) = match self {
            Self::Sync { ends: true } => (Some(0), Some(1), false),
            Self::Sync { ends: false } => (Some(0), None, false),
            Self::PostReturn => (None, Some(1), false),
            Self::Async => (Some(2), None, true),
            Self::Callback => (Some(3), None, true),
            Self::Stackful => (Some(2), Some(FINISHED), false),
            Self::Destructor => (Some(8), Some(9), false),
            Self::Realloc => (Some(12), Some(13), false),
        };
        Codes { start, end, by_result }
    }

    /// How the core function of an export is hooked.
    pub fn of_lift(lift: &Lift) -> Self {
        match lift.mode {
            abi::Mode::Sync => Self::Sync { ends: lift.post_return.is_none() },
            abi::Mode::Async => Self::Async,
            abi::Mode::AsyncStackful => Self::Stackful,
        }
    }
}

/// The module as it is put together.
pub struct Fixup {
    builder: ModuleBuilder,
    imports: IndexMap<Wanted, u32>,
    hook: Option<FuncIndex>,
    /// Wrapped functions by what they wrap, with the import inside and its type.
    wrapped: IndexMap<(Linked, Hooked), Wrapped>,
    fills: Vec<(TableIndex, u32, Vec<Target>)>,
    references: Vec<(GlobalIndex, Target)>,
    sets: Vec<Instruction<'static>>,
    relocations: Vec<FuncIndex>,
    calls: Vec<FuncIndex>,
    names: bool,
}

struct Wrapped {
    inner: FuncIndex,
    signature: Signature,
    exported: bool,
}

/// A function that fills a slot. Definitions get their places only after the last import.
#[derive(Clone, Copy)]
enum Target {
    Import(FuncIndex),
    /// A place in `Fixup::wrapped`.
    Wrapped(usize),
}

/// The module and what belongs to it.
pub struct Finished {
    pub module: ModuleBuilder,
    /// What the imports are, in the order of their fields.
    pub imports: Vec<Wanted>,
    /// The exports for functions that are hooked.
    pub hooks: IndexMap<(Linked, Hooked), String>,
}

impl Fixup {
    /// `hook` is the task hook that some part exports.
    pub fn new(hook: Option<&Linked>, names: bool) -> Self {
        let mut fixup = Self {
            builder: ModuleBuilder::new(),
            imports: IndexMap::new(),
            hook: None,
            wrapped: IndexMap::new(),
            fills: Vec::new(),
            references: Vec::new(),
            sets: Vec::new(),
            relocations: Vec::new(),
            calls: Vec::new(),
            names,
        };
        fixup.hook = hook.map(|hook| fixup.linked_func(hook, &Signature::new([CoreType::I32], [])));
        fixup
    }

    fn import(&mut self, wanted: Wanted, import: impl FnOnce(&mut ModuleBuilder, &str) -> u32) -> u32 {
        if let Some(index) = self.imports.get(&wanted) {
            return *index;
        }
        let index = import(&mut self.builder, &field(self.imports.len()));
        self.imports.insert(wanted, index);
        index
    }

    fn func(&mut self, wanted: Wanted, signature: &Signature) -> FuncIndex {
        FuncIndex(self.import(wanted, |builder, field| builder.import_func(MODULE, field, signature).0))
    }

    fn linked_func(&mut self, linked: &Linked, signature: &Signature) -> FuncIndex {
        self.func(Wanted::Func(linked.clone()), signature)
    }

    fn global(&mut self, linked: &Linked, mutable: bool) -> GlobalIndex {
        let global = Global { ty: CoreType::I32, mutable };
        let wanted = Wanted::Global(linked.clone());
        GlobalIndex(self.import(wanted, |builder, field| builder.import_global(MODULE, field, global).0))
    }

    fn table(&mut self, wanted: Wanted, table: Table) -> TableIndex {
        TableIndex(self.import(wanted, |builder, field| builder.import_table(MODULE, field, table).0))
    }

    fn wrap(&mut self, linked: &Linked, how: Hooked, signature: &Signature, exported: bool) -> Target {
        let inner = self.linked_func(linked, signature);
        let entry = self.wrapped.entry((linked.clone(), how));
        let index = entry.index();
        let signature = signature.clone();
        entry.or_insert(Wrapped { inner, signature, exported }).exported |= exported;
        Target::Wrapped(index)
    }

    /// Asks for a function to be wrapped with calls of the task hook, and exported, if there is a hook.
    pub fn hook(&mut self, linked: &Linked, how: Hooked, signature: &Signature) {
        if self.hook.is_some() {
            self.wrap(linked, how, signature, true);
        }
    }

    /// Fills every slot of the shim.
    pub fn fill_slots(&mut self, slots: &Slots) {
        if slots.is_empty() {
            return;
        }
        let targets: Vec<(Target, &Signature)> =
            slots.iter().map(|(slot, signature)| (self.behind(slot, signature), signature)).collect();
        if slots.by_reference {
            for (index, (target, signature)) in targets.into_iter().enumerate() {
                let wanted = Wanted::ShimReference(index);
                let global = self.import(wanted, |builder, field| builder.import_func_ref(MODULE, field, signature).0);
                self.references.push((GlobalIndex(global), target));
            }
        } else {
            let table = self.table(Wanted::ShimTable, slots.table());
            self.fills.push((table, 0, targets.into_iter().map(|(target, _)| target).collect()));
        }
    }

    fn behind(&mut self, slot: &Slot, signature: &Signature) -> Target {
        let hooked = match slot {
            Slot::Destructor(linked) => Some((linked, Hooked::Destructor)),
            Slot::Realloc(linked) => Some((linked, Hooked::Realloc)),
            Slot::Canon { .. } | Slot::Linked(_) => None,
        };
        match hooked.filter(|_| self.hook.is_some()) {
            None => Target::Import(self.func(Wanted::Slot(slot.clone()), signature)),
            Some((linked, how)) => self.wrap(linked, how, signature, false),
        }
    }

    /// Does what a linker left to do. `table_of` is the type of a table that it fills.
    pub fn start_up(&mut self, startup: &Startup, table_of: impl Fn(&Linked) -> Option<Table>) {
        for fill in &startup.fills {
            let Some(ty) = table_of(&fill.table) else { continue };
            let table = self.table(Wanted::Table(fill.table.clone()), ty);
            let funcs = fill.funcs.iter().map(|(func, ty)| Target::Import(self.linked_func(func, ty))).collect();
            self.fills.push((table, fill.offset, funcs));
        }
        for set in &startup.sets {
            let global = self.global(&set.global, true);
            self.sets.push(Instruction::I32Const(set.constant));
            for plus in &set.plus {
                let plus = self.global(plus, false);
                self.sets.extend([Instruction::GlobalGet(plus.0), Instruction::I32Add]);
            }
            self.sets.push(Instruction::GlobalSet(global.0));
        }
        let unit = Signature::default();
        for func in &startup.relocations {
            let func = self.linked_func(func, &unit);
            self.relocations.push(func);
        }
        startup.calls.iter().for_each(|func| self.call(func));
    }

    /// Calls a function without parameters and results, after everything that was asked for before.
    pub fn call(&mut self, linked: &Linked) {
        let func = self.linked_func(linked, &Signature::default());
        self.calls.push(func);
    }

    /// Whether the module has anything to do.
    pub fn is_needed(&self) -> bool {
        let acts = !self.sets.is_empty() || !self.relocations.is_empty() || !self.calls.is_empty();
        acts || !self.fills.is_empty() || !self.references.is_empty() || !self.wrapped.is_empty()
    }

    pub fn finish(mut self) -> Finished {
        let defined = self.define_wrapped();
        let resolve = |target: Target| match target {
            Target::Import(func) => func,
            Target::Wrapped(index) => defined[index],
        };
        for (table, offset, targets) in &self.fills {
            let funcs: Vec<_> = targets.iter().map(|target| resolve(*target)).collect();
            self.builder.elements(*table, *offset, &funcs);
        }
        let references: Vec<_> = self.references.iter().map(|(global, target)| (*global, resolve(*target))).collect();
        if !references.is_empty() {
            let funcs: Vec<_> = references.iter().map(|(_, func)| *func).collect();
            self.builder.declare_refs(&funcs);
        }
        self.define_start(&references);
        let exported = self.wrapped.iter().enumerate().filter(|(_, (_, wrapped))| wrapped.exported);
        let mut hooks = IndexMap::new();
        for (index, (key, _)) in exported {
            let name = index.to_string();
            self.builder.export_func(&name, defined[index]);
            hooks.insert(key.clone(), name);
        }
        Finished { module: self.builder, imports: self.imports.into_keys().collect(), hooks }
    }

    fn define_wrapped(&mut self) -> Vec<FuncIndex> {
        let Some(hook) = self.hook else { return Vec::new() };
        let mut defined = Vec::new();
        for ((linked, how), wrapped) in &self.wrapped {
            let codes = how.codes();
            let body = wrapper(&codes, hook, wrapped);
            let locals: &[CoreType] = if codes.by_result { &[CoreType::I32] } else { &[] };
            let name = self.names.then(|| format!("hook-{}", linked.export));
            defined.push(self.builder.func_with_locals(name.as_deref(), &wrapped.signature, locals, &body));
        }
        defined
    }

    /// One function that needs nothing else is the start function itself.
    fn define_start(&mut self, references: &[(GlobalIndex, FuncIndex)]) {
        let mut body = Vec::new();
        for (global, func) in references {
            body.extend([Instruction::RefFunc(func.0), Instruction::GlobalSet(global.0)]);
        }
        body.append(&mut self.sets);
        let tells = self.hook.filter(|_| !self.calls.is_empty());
        let alone = body.is_empty() && tells.is_none();
        let mut calls = self.relocations.iter().chain(&self.calls);
        if let (true, Some(only), None) = (alone, calls.next(), calls.next()) {
            self.builder.start(*only);
            return;
        }
        body.extend(self.relocations.iter().map(|func| Instruction::Call(func.0)));
        let tell =
            |code| tells.into_iter().flat_map(move |hook| [Instruction::I32Const(code), Instruction::Call(hook.0)]);
        body.extend(tell(INITIALIZE.0));
        body.extend(self.calls.iter().map(|func| Instruction::Call(func.0)));
        body.extend(tell(INITIALIZE.1));
        if !body.is_empty() {
            body.push(Instruction::End);
            let start = self.builder.func(self.names.then_some("start"), &Signature::default(), &body);
            self.builder.start(start);
        }
    }
}

/// The call of a function between the calls of the task hook.
fn wrapper(codes: &Codes, hook: FuncIndex, wrapped: &Wrapped) -> Vec<Instruction<'static>> {
    let tell = |code| [Instruction::I32Const(code), Instruction::Call(hook.0)];
    let params = u32::try_from(wrapped.signature.params.len()).expect("at most a thousand");
    let mut body: Vec<_> = codes.start.into_iter().flat_map(tell).collect();
    body.extend((0..params).map(Instruction::LocalGet));
    body.push(Instruction::Call(wrapped.inner.0));
    body.extend(codes.end.into_iter().flat_map(tell));
    if codes.by_result {
        // The first local behind the parameters holds the code that the callback returned; zero means that it is over.
        body.extend([
            Instruction::LocalSet(params),
            Instruction::I32Const(BLOCKED),
            Instruction::I32Const(FINISHED),
            Instruction::LocalGet(params),
            Instruction::Select,
            Instruction::Call(hook.0),
            Instruction::LocalGet(params),
        ]);
    }
    body.push(Instruction::End);
    body
}

fn field(index: usize) -> String {
    index.to_string()
}
