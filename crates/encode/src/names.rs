//! Names of core imports and exports: which component-level item each one stands for.
//!
//! Two schemes are in use. The older one is what every toolchain writes today; the standard one begins each name
//! with `cm32p2`. A module may mix them.
//!
//! A resource that a component exports by itself, in no interface, has names in neither; here they are those of an
//! interface with nothing in place of its name: `[export]$root` `[resource-new]r` and `[dtor]r`, `cm32p2` `r_new` and
//! `cm32p2||r_dtor`.
//!
//! Specification: Component Model, "Build Targets" (`cm32p2`); the older scheme is a convention of the ecosystem.

use abi::builtin::{Builtin, Encoding};
use abi::names::{ASYNC_LOWER, For};
use abi::{Carrier, CoreType, TransferOp};

pub use abi::names::{
    EXPORT_PREFIX, ROOT, ResourceOp, STANDARD, Scheme, callback, canonical, destructors, export_func, export_func_as,
    post_return,
};

/// The module name under which an adapter imports what the main module exports.
pub const MAIN_MODULE: &str = "__main_module__";

/// What a core import asks for, as its two names say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked<'n> {
    /// A function that the world imports.
    Func { scope: Scope<'n>, func: &'n str, async_: bool },
    /// To drop a handle of an imported resource.
    DropImported { scope: Scope<'n>, resource: &'n str },
    /// A built-in function for a resource that the component defines.
    Exported { scope: Scope<'n>, op: ResourceOp, resource: &'n str },
    /// To end the task of an exported function with its result.
    TaskReturn { scope: Scope<'n>, func: &'n str },
    /// A built-in function of a stream or future in a function's type.
    Transfer { side: For, scope: Scope<'n>, ends: Ends<'n> },
    /// A built-in function that belongs to nothing of the world.
    Builtin(Builtin),
    /// `env` `memory`.
    Memory,
    /// A variable of the thread that a linker leaves to the component.
    Variable { variable: Variable, set: bool },
    /// A form that only fits a 64-bit memory.
    Wide,
}

/// Which stream or future, and what is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends<'n> {
    pub carrier: Carrier,
    pub op: TransferOp,
    pub async_: bool,
    /// The type's place in the function's type; none for one without payload.
    pub index: Option<u32>,
    pub func: &'n str,
}

/// A variable that each thread has for itself.
///
/// Tool conventions: symbols of `wasm-ld` for cooperative threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variable {
    StackPointer,
    TlsBase,
}

/// Where an item stands, as a core import's module name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'n> {
    Root,
    /// The full name of an interface, or a label.
    Named(&'n str),
    /// An interface's name with a version cut to its track.
    Canonical(&'n str),
}

/// Takes the names of a core import apart. `legacy` says whether the older scheme is understood.
pub fn asked<'n>(module: &'n str, field: &'n str, legacy: bool) -> Option<Asked<'n>> {
    if module == "env" && field == "memory" {
        return Some(Asked::Memory);
    }
    if let Some(rest) = module.strip_prefix(STANDARD) {
        return standard(rest, field);
    }
    if !legacy {
        return None;
    }
    if let ("env", Some(asked)) = (module, variable(field)) {
        return Some(asked);
    }
    let (side, module) = match module.strip_prefix(EXPORT_PREFIX) {
        Some(rest) => (For::Exported, rest),
        None => (For::Imported, module),
    };
    let scope = if module == ROOT { Scope::Root } else { Scope::Named(module) };
    if let Some(ends) = ends(field) {
        return Some(Asked::Transfer { side, scope, ends });
    }
    match side {
        For::Imported => Some(imported(scope, field)),
        For::Exported => exported(scope, field),
    }
}

fn imported<'n>(scope: Scope<'n>, field: &'n str) -> Asked<'n> {
    if let Some(resource) = field.strip_prefix("[resource-drop]") {
        return Asked::DropImported { scope, resource };
    }
    if let (Scope::Root, Some(asked)) = (scope, builtin(field)) {
        return asked;
    }
    match field.strip_prefix(ASYNC_LOWER) {
        Some(func) => Asked::Func { scope, func, async_: true },
        None => Asked::Func { scope, func: field, async_: false },
    }
}

fn exported<'n>(scope: Scope<'n>, field: &'n str) -> Option<Asked<'n>> {
    let ops = [
        ("[resource-drop]", ResourceOp::Drop),
        ("[resource-new]", ResourceOp::New),
        ("[resource-rep]", ResourceOp::Rep),
    ];
    for (prefix, op) in ops {
        if let Some(resource) = field.strip_prefix(prefix) {
            return Some(Asked::Exported { scope, op, resource });
        }
    }
    if field == "[task-cancel]" {
        return Some(Asked::Builtin(Builtin::TaskCancel));
    }
    field.strip_prefix("[task-return]").map(|func| Asked::TaskReturn { scope, func })
}

fn variable(field: &str) -> Option<Asked<'_>> {
    let (variable, set) = match field {
        "__wasm_get_stack_pointer" => (Variable::StackPointer, false),
        "__wasm_set_stack_pointer" => (Variable::StackPointer, true),
        "__wasm_get_tls_base" => (Variable::TlsBase, false),
        "__wasm_set_tls_base" => (Variable::TlsBase, true),
        _ => return None,
    };
    Some(Asked::Variable { variable, set })
}

/// A built-in of the scope `$root`.
fn builtin(field: &str) -> Option<Asked<'_>> {
    if let Some(cancel) = field.strip_prefix(ASYNC_LOWER) {
        return (cancel == "[subtask-cancel]").then_some(Asked::Builtin(Builtin::SubtaskCancel { async_: true }));
    }
    let word = field.strip_prefix('[')?.strip_suffix(']')?;
    let builtin = match word {
        "backpressure-inc" => Builtin::BackpressureInc,
        "backpressure-dec" => Builtin::BackpressureDec,
        "waitable-set-new" => Builtin::WaitableSetNew,
        "waitable-set-wait" | "waitable-set-wait-i32" => Builtin::WaitableSetWait,
        "waitable-set-poll" | "waitable-set-poll-i32" => Builtin::WaitableSetPoll,
        "waitable-set-wait-i64" | "waitable-set-poll-i64" => return Some(Asked::Wide),
        "waitable-set-drop" => Builtin::WaitableSetDrop,
        "waitable-join" => Builtin::WaitableJoin,
        "subtask-cancel" => Builtin::SubtaskCancel { async_: false },
        "subtask-drop" => Builtin::SubtaskDrop,
        "error-context-drop" => Builtin::ErrorContextDrop,
        "thread-index" => Builtin::ThreadIndex,
        "thread-new-indirect-v0" => Builtin::ThreadNewIndirect,
        "thread-resume-later" => Builtin::ThreadResumeLater,
        "thread-suspend" => Builtin::ThreadSuspend,
        "thread-yield" => Builtin::ThreadYield,
        "thread-suspend-then-resume" => Builtin::ThreadSuspendThenResume,
        "thread-yield-then-resume" => Builtin::ThreadYieldThenResume,
        "thread-suspend-then-promote" => Builtin::ThreadSuspendThenPromote,
        "thread-yield-then-promote" => Builtin::ThreadYieldThenPromote,
        _ => return with_argument(word).map(Asked::Builtin),
    };
    Some(Asked::Builtin(builtin))
}

fn with_argument(word: &str) -> Option<Builtin> {
    if let Some(encoding) = word.strip_prefix("error-context-new-") {
        return encoding_of(encoding).map(Builtin::ErrorContextNew);
    }
    if let Some(encoding) = word.strip_prefix("error-context-debug-message-") {
        return encoding_of(encoding).map(Builtin::ErrorContextDebugMessage);
    }
    let slot = |text: &str| {
        let (ty, slot) = match text.split_once('-') {
            Some(("i32", slot)) => (CoreType::I32, slot),
            Some(("i64", slot)) => (CoreType::I64, slot),
            Some(_) => return None,
            None => (CoreType::I32, text),
        };
        Some((ty, number(slot)?))
    };
    if let Some(text) = word.strip_prefix("context-get-") {
        return slot(text).map(|(ty, slot)| Builtin::ContextGet { ty, slot });
    }
    let (ty, slot) = slot(word.strip_prefix("context-set-")?)?;
    Some(Builtin::ContextSet { ty, slot })
}

fn encoding_of(word: &str) -> Option<Encoding> {
    match word {
        "utf8" => Some(Encoding::Utf8),
        "utf16" => Some(Encoding::Utf16),
        "latin1+utf16" => Some(Encoding::Latin1Utf16),
        _ => None,
    }
}

/// `[stream-read-1]func`, and the like.
fn ends(field: &str) -> Option<Ends<'_>> {
    let (async_, rest) = match field.strip_prefix(ASYNC_LOWER) {
        Some(rest) => (true, rest),
        None => (false, field),
    };
    let (word, func) = rest.strip_prefix('[')?.split_once(']')?;
    let (carrier, rest) = [Carrier::Stream, Carrier::Future]
        .into_iter()
        .find_map(|carrier| Some((carrier, word.strip_prefix(carrier.word())?.strip_prefix('-')?)))?;
    let (verb, index) = rest.rsplit_once('-')?;
    let op = TransferOp::ALL.into_iter().find(|op| op.word() == verb)?;
    if async_ && !op.may_wait() {
        return None;
    }
    let index = if index == "unit" { None } else { Some(number(index)?) };
    Some(Ends { carrier, op, async_, index, func })
}

/// Digits only: the standard library also reads `+1`.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn standard<'n>(rest: &'n str, field: &'n str) -> Option<Asked<'n>> {
    // No name of a function has an underscore: WIT's names are kebab-case.
    let item = |scope| match field.strip_suffix("_drop") {
        Some(resource) => Asked::DropImported { scope, resource },
        None => Asked::Func { scope, func: field, async_: false },
    };
    if rest.is_empty() {
        // The world's own scope is one module for both directions: only what a component defines can be made.
        let own = [("_new", ResourceOp::New), ("_rep", ResourceOp::Rep)].into_iter().find_map(|(suffix, op)| {
            Some(Asked::Exported { scope: Scope::Root, op, resource: field.strip_suffix(suffix)? })
        });
        return Some(own.unwrap_or_else(|| item(Scope::Root)));
    }
    let interface = rest.strip_prefix('|')?;
    if let Some(interface) = interface.strip_prefix("_ex_") {
        let scope = Scope::Canonical(interface);
        let ops = [("_drop", ResourceOp::Drop), ("_new", ResourceOp::New), ("_rep", ResourceOp::Rep)];
        return ops.into_iter().find_map(|(suffix, op)| {
            field.strip_suffix(suffix).map(|resource| Asked::Exported { scope, op, resource })
        });
    }
    Some(item(Scope::Canonical(interface)))
}

/// Exports whose names mean something beyond the world's items.
pub mod special {
    pub const MEMORY: [&str; 2] = ["memory", "cm32p2_memory"];
    pub const REALLOC: [&str; 3] = ["cabi_realloc", "canonical_abi_realloc", "cm32p2_realloc"];
    pub const IMPORT_REALLOC: &str = "cabi_import_realloc";
    pub const EXPORT_REALLOC: &str = "cabi_export_realloc";
    pub const ADAPTER_REALLOC: &str = "cabi_realloc_adapter";
    pub const INITIALIZE: [&str; 2] = ["_initialize", "cm32p2_initialize"];
    pub const TASK_HOOK: &str = "__wasm_task_hook";
    /// The table that new threads take their functions from.
    pub const FUNCTION_TABLE: &str = "__indirect_function_table";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let drop = Asked::DropImported { scope: Scope::Named("a:b/c"), resource: "r" };
        assert_eq!(asked("a:b/c", "[resource-drop]r", true), Some(drop));
        let new = Asked::Exported { scope: Scope::Named("a:b/c"), op: ResourceOp::New, resource: "r" };
        assert_eq!(asked("[export]a:b/c", "[resource-new]r", true), Some(new));
        let method = Asked::Func { scope: Scope::Root, func: "[method]r.get", async_: false };
        assert_eq!(asked("$root", "[method]r.get", true), Some(method));
        assert_eq!(asked("$root", "[method]r.get", false), None);
        let rep = Asked::Exported { scope: Scope::Canonical("a:b/c@1"), op: ResourceOp::Rep, resource: "r" };
        assert_eq!(asked("cm32p2|_ex_a:b/c@1", "r_rep", false), Some(rep));
        let lowered = Asked::Func { scope: Scope::Named("a"), func: "f", async_: true };
        assert_eq!(asked("a", "[async-lower]f", true), Some(lowered));
    }

    #[test]
    fn built_ins_are_read_as_they_are_written() {
        let get = Builtin::ContextGet { ty: CoreType::I64, slot: 1 };
        let new = Builtin::ErrorContextNew(Encoding::Latin1Utf16);
        let cancel = Builtin::SubtaskCancel { async_: true };
        for builtin in [get, new, cancel, Builtin::ThreadNewIndirect, Builtin::WaitableSetPoll, Builtin::TaskCancel] {
            let name = builtin.core_name();
            assert_eq!(asked(&name.module, &name.field, true), Some(Asked::Builtin(builtin)));
        }
        assert_eq!(asked("$root", "[waitable-set-wait-i64]", true), Some(Asked::Wide));
    }

    #[test]
    fn ends_of_streams_are_read_as_they_are_written() {
        let found = asked("[export]a:b/c", "[async-lower][future-cancel-read-10][method]r.f", true);
        let ends = Ends {
            carrier: Carrier::Future,
            op: TransferOp::CancelRead,
            async_: true,
            index: Some(10),
            func: "[method]r.f",
        };
        assert_eq!(found, Some(Asked::Transfer { side: For::Exported, scope: Scope::Named("a:b/c"), ends }));
        let function = |field| Asked::Func { scope: Scope::Root, func: field, async_: false };
        assert_eq!(asked("$root", "[stream-read-+1]f", true), Some(function("[stream-read-+1]f")));
    }
}
