//! Names of core imports and exports: which component-level item each one stands for.
//!
//! Two schemes are in use. The older one is what every toolchain writes today; the standard one begins each name
//! with `cm32p2`. A module may mix them.
//!
//! Specification: Component Model, "Build Targets" (`cm32p2`); the older scheme is a convention of the ecosystem.

pub use abi::names::{
    EXPORT_PREFIX, ROOT, ResourceOp, STANDARD, Scheme, canonical, destructor, export_func, post_return,
};

/// The module name under which an adapter imports what the main module exports.
pub const MAIN_MODULE: &str = "__main_module__";

/// What a core import asks for, as its two names say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked<'n> {
    /// A function that the world imports.
    Func { scope: Scope<'n>, func: &'n str },
    /// To drop a handle of an imported resource.
    DropImported { scope: Scope<'n>, resource: &'n str },
    /// A built-in function for a resource that the component defines.
    Exported { scope: Scope<'n>, op: ResourceOp, resource: &'n str },
    /// A built-in function, or form of call, that is asynchronous.
    Async { what: &'n str },
    /// `env` `memory`.
    Memory,
    /// A function that a linker of threads leaves to the component.
    Thread { what: &'n str },
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
    if module == "env" && field.starts_with("__wasm_") {
        return Some(Asked::Thread { what: field });
    }
    let (exported, module) = match module.strip_prefix(EXPORT_PREFIX) {
        Some(rest) => (true, rest),
        None => (false, module),
    };
    let scope = if module == ROOT { Scope::Root } else { Scope::Named(module) };
    let ops = [
        ("[resource-drop]", ResourceOp::Drop),
        ("[resource-new]", ResourceOp::New),
        ("[resource-rep]", ResourceOp::Rep),
    ];
    for (prefix, op) in ops {
        match field.strip_prefix(prefix) {
            Some(resource) if exported => return Some(Asked::Exported { scope, op, resource }),
            Some(resource) if op == ResourceOp::Drop => return Some(Asked::DropImported { scope, resource }),
            _ => {}
        }
    }
    if is_async(field) {
        return Some(Asked::Async { what: field });
    }
    (!exported).then_some(Asked::Func { scope, func: field })
}

fn standard<'n>(rest: &'n str, field: &'n str) -> Option<Asked<'n>> {
    if rest.is_empty() {
        return Some(match field.strip_suffix("_drop") {
            Some(resource) => Asked::DropImported { scope: Scope::Root, resource },
            None => Asked::Func { scope: Scope::Root, func: field },
        });
    }
    let interface = rest.strip_prefix('|')?;
    if let Some(interface) = interface.strip_prefix("_ex_") {
        let scope = Scope::Canonical(interface);
        let ops = [("_drop", ResourceOp::Drop), ("_new", ResourceOp::New), ("_rep", ResourceOp::Rep)];
        return ops.into_iter().find_map(|(suffix, op)| {
            field.strip_suffix(suffix).map(|resource| Asked::Exported { scope, op, resource })
        });
    }
    let scope = Scope::Canonical(interface);
    // No name of a function has an underscore: WIT's names are kebab-case.
    Some(match field.strip_suffix("_drop") {
        Some(resource) => Asked::DropImported { scope, resource },
        None => Asked::Func { scope, func: field },
    })
}

/// Whether a field's name is of the asynchronous ABI, threads included.
fn is_async(field: &str) -> bool {
    let Some(word) = field.strip_prefix('[').and_then(|rest| rest.split(']').next()) else { return false };
    let exact = ["async-lower", "backpressure-inc", "backpressure-dec", "backpressure-set", "cancellable"];
    let families = ["task-", "waitable", "subtask-", "error-context-", "context-", "thread-", "future-", "stream-"];
    exact.contains(&word) || families.iter().any(|family| word.starts_with(family))
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
        let method = Asked::Func { scope: Scope::Root, func: "[method]r.get" };
        assert_eq!(asked("$root", "[method]r.get", true), Some(method));
        assert_eq!(asked("$root", "[method]r.get", false), None);
        let rep = Asked::Exported { scope: Scope::Canonical("a:b/c@1"), op: ResourceOp::Rep, resource: "r" };
        assert_eq!(asked("cm32p2|_ex_a:b/c@1", "r_rep", false), Some(rep));
        assert_eq!(asked("a", "[async-lower]f", true), Some(Asked::Async { what: "[async-lower]f" }));
    }
}
