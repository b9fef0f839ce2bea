//! What is said of a core import whose scope the world has, and that does not fit it all the same.
//!
//! In: the import, the scope that its names mean. Out: one diagnostic: what it should be, and why.

use abi::Builtin;
use abi::builtin::Encoding;
use abi::names::{ASYNC_LOWER, For};
use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::{ExternName, Item, Types, ValType, World};

use super::lowering::Why;
use super::{Declared, MOST_CANDIDATES, did_you_mean, import_headline};
use crate::names::{Ends, ROOT, STANDARD};

/// A scope of the world, and what it has.
pub struct ScopeItems<'w> {
    /// The interface; none for the world itself.
    pub name: Option<&'w ExternName>,
    pub side: For,
    pub items: &'w IndexMap<ExternName, Item>,
    pub world: &'w World,
}

impl ScopeItems<'_> {
    fn text(&self) -> String {
        match self.name {
            Some(name) => format!("interface `{name}`"),
            None => format!("world `{}`", self.world.name),
        }
    }
}

/// A core import whose module is known and whose field is not.
pub fn unknown_field(place: Place, import: &wasm::Import<'_>, scope: &ScopeItems<'_>) -> Diagnostic {
    if import.module == ROOT
        && let Some(error) = unknown_builtin(place.clone(), import)
    {
        return error;
    }
    if let Some(error) = only_of_exports(place.clone(), import, scope) {
        return error;
    }
    let wanted = bare(&import.field);
    let resource = is_of_resource(&import.field);
    let alike = scope.items.iter().filter(|(_, item)| item.kind.resource().is_some() == resource);
    let names: Vec<String> = alike.take(MOST_CANDIDATES).map(|(name, _)| name.to_string()).collect();
    let near = did_you_mean(&import.field, &names).or_else(|| did_you_mean(wanted, &names));
    let what = if resource { "resource " } else { "" };
    let mut text = match scope.side {
        For::Imported => format!("{} imports no {what}`{wanted}`", scope.text()),
        For::Exported => format!("{} exports no {what}`{wanted}`", scope.text()),
    };
    if scope.name.is_some() {
        text = format!("{} has no {what}`{wanted}`", scope.text());
    }
    if let Some(near) = near {
        text = format!("{text}; {near}");
    }
    let help = match other_version(import.module, scope.name) {
        Some((built, has)) => {
            text = format!("{text}\nthe module was built for version {built}, the world has {has}");
            format!("take {built} of the package into the WIT, or build the module with bindings for {has}")
        }
        None => "build the module with bindings from this WIT".to_owned(),
    };
    diag::error("encode/unknown-import", format!("{} is not in the world", import_headline(import)))
        .label(place, text)
        .help(help)
}

/// The versions that a module was built for and that the world has, where they differ.
fn other_version(module: &str, scope: Option<&ExternName>) -> Option<(String, String)> {
    if module.starts_with(STANDARD) {
        return None;
    }
    let scope = scope?.to_string();
    let (_, built) = module.split_once('@')?;
    let (_, has) = scope.split_once('@')?;
    (built != has).then(|| (built.to_owned(), has.to_owned()))
}

/// The WIT name in a field that has prefixes.
fn bare(field: &str) -> &str {
    let is_prefix = |word: &str| {
        matches!(word, "async-lower" | "task-return")
            || ["resource-", "future-", "stream-"].iter().any(|start| word.starts_with(start))
    };
    let mut rest = field;
    while let Some((word, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        if after.is_empty() || !is_prefix(word) {
            break;
        }
        rest = after;
    }
    rest
}

fn is_of_resource(field: &str) -> bool {
    field.starts_with("[resource-") || field.ends_with("_drop")
}

/// `[resource-new]r` and `[resource-rep]r` of a resource that is imported.
fn only_of_exports(place: Place, import: &wasm::Import<'_>, scope: &ScopeItems<'_>) -> Option<Diagnostic> {
    if scope.side == For::Exported {
        return None;
    }
    let field = import.field.as_ref();
    let resource = ["[resource-new]", "[resource-rep]"].iter().find_map(|prefix| field.strip_prefix(prefix))?;
    let has = scope.items.get(&ExternName::label(resource)).is_some_and(|item| item.kind.resource().is_some());
    let text = if has {
        format!("resource `{resource}` is imported: only the component that defines it may do this")
    } else {
        format!("{} has no resource `{resource}`, and only the component that defines it may do this", scope.text())
    };
    let error = diag::error("encode/unknown-import", format!("{} is not in the world", import_headline(import)));
    let error = error.label(place, text);
    let exported = |name: &ExternName| scope.world.component.exports.contains_key(name);
    Some(match scope.name {
        Some(name) if exported(name) => error.help(format!("import it from `[export]{name}`")),
        Some(name) => error.help(format!("take the import out of the module, or export `{name}` from the WIT world")),
        None => error.help("take the import out of the module"),
    })
}

/// A name in brackets that looks like a built-in function and is none.
fn unknown_builtin(place: Place, import: &wasm::Import<'_>) -> Option<Diagnostic> {
    let field = import.field.as_ref();
    let (word, _) = field.strip_prefix('[')?.split_once(']')?;
    let names_something = ["method", "static", "constructor", "get", "set"].contains(&word);
    let of_something = ["resource-", "future-", "stream-"].iter().any(|start| word.starts_with(start));
    let async_func = field.strip_prefix(ASYNC_LOWER).is_some_and(|rest| !rest.starts_with('['));
    if names_something || of_something || async_func {
        return None;
    }
    let headline = format!("{} is no built-in function", import_headline(import));
    let error = diag::error("encode/unknown-import", headline);
    if field == "[task-cancel]" {
        return Some(error.label(place, "a built-in function of exports").help("import it from `[export]$root`"));
    }
    if let Some(instead) = retired(field) {
        return Some(error.label(place, "retired from the Canonical ABI").help(instead));
    }
    let near =
        did_you_mean(field, &builtin_names()).unwrap_or_else(|| "no built-in function has such a name".to_owned());
    Some(error.label(place, near).help("build the module with bindings of the same release as this tool"))
}

/// What takes the place of built-in functions that were renamed or dropped.
fn retired(field: &str) -> Option<String> {
    if let Some(rest) = field.strip_prefix("[cancellable]") {
        return Some(format!("import `{rest}`: there is one form for all tasks"));
    }
    let instead = match field.trim_matches(['[', ']']) {
        "backpressure-set" => "import `[backpressure-inc]` and `[backpressure-dec]`",
        "thread-spawn" | "thread-spawn-ref" | "thread-spawn-indirect" | "thread-new-indirect" => {
            "import `[thread-new-indirect-v0]` and `[thread-resume-later]`"
        }
        "thread-available-parallelism" | "thread-hw-concurrency" => "take the import out: threads take turns",
        "thread-switch-to" | "thread-suspend-to" => "import `[thread-suspend-then-resume]`",
        "thread-yield-to" => "import `[thread-yield-then-resume]`",
        "task-wait" => "import `[waitable-set-wait]`",
        "task-poll" => "import `[waitable-set-poll]`",
        "yield" | "task-yield" => "import `[thread-yield]`",
        "task-backpressure" => "import `[backpressure-inc]` and `[backpressure-dec]`",
        _ => return None,
    };
    Some(instead.to_owned())
}

fn builtin_names() -> Vec<String> {
    let ty = abi::CoreType::I32;
    let all = [
        Builtin::BackpressureInc,
        Builtin::BackpressureDec,
        Builtin::WaitableSetNew,
        Builtin::WaitableSetWait,
        Builtin::WaitableSetPoll,
        Builtin::WaitableSetDrop,
        Builtin::WaitableJoin,
        Builtin::SubtaskCancel { async_: false },
        Builtin::SubtaskCancel { async_: true },
        Builtin::SubtaskDrop,
        Builtin::ErrorContextNew(Encoding::Utf8),
        Builtin::ErrorContextNew(Encoding::Utf16),
        Builtin::ErrorContextNew(Encoding::Latin1Utf16),
        Builtin::ErrorContextDebugMessage(Encoding::Utf8),
        Builtin::ErrorContextDebugMessage(Encoding::Utf16),
        Builtin::ErrorContextDebugMessage(Encoding::Latin1Utf16),
        Builtin::ErrorContextDrop,
        Builtin::ContextGet { ty, slot: 0 },
        Builtin::ContextSet { ty, slot: 0 },
        Builtin::ThreadIndex,
        Builtin::ThreadNewIndirect,
        Builtin::ThreadResumeLater,
        Builtin::ThreadSuspend,
        Builtin::ThreadYield,
        Builtin::ThreadSuspendThenResume,
        Builtin::ThreadYieldThenResume,
        Builtin::ThreadSuspendThenPromote,
        Builtin::ThreadYieldThenPromote,
    ];
    all.into_iter().map(|builtin| builtin.core_name().field).collect()
}

/// More imports of one scope than anyone reads.
pub fn more_unknown_fields(place: Place, scope: &ScopeItems<'_>, more: usize) -> Diagnostic {
    diag::error("encode/unknown-import", format!("{more} more core imports are not in {}", scope.text()))
        .label(place, "the first of them")
        .help("build the module with bindings from this WIT")
}

/// A core import whose type is not the one that it must have. `scope` is the interface that it belongs to.
pub fn import_type(
    place: Place,
    import: &wasm::Import<'_>,
    wanted: &str,
    scope: Option<&ExternName>,
    other: Option<Declared>,
    why: Option<Why>,
) -> Diagnostic {
    let mut text = format!("expected {wanted}\n   found {}", import.ty);
    if let Some((built, has)) = other_version(import.module, scope) {
        text = format!("{text}\nthe module was built for version {built}, the world has {has}");
    }
    let headline = if import.ty.as_func().is_none() && wanted.starts_with("(func") {
        format!("{} is a {}, not a function", import_headline(import), import.ty.kind())
    } else {
        format!(
            "{} {}",
            import_headline(import),
            if other.is_some() { "does not fit the world" } else { "has the wrong type" }
        )
    };
    let error = diag::error("encode/import-signature", headline).label(place, text);
    let help = if other.is_some() {
        "build the module with bindings from this WIT"
    } else {
        "declare the import with this type in the module"
    };
    super::with_reason(error, other, why).help(help)
}

/// A built-in of a stream or future that the function's type does not have at that place.
pub fn no_such_end(
    place: Place,
    import: &wasm::Import<'_>,
    ends: &Ends<'_>,
    all: &[ValType],
    types: &Types,
    (there, text): Declared,
) -> Diagnostic {
    let word = ends.carrier.word();
    let index = ends.index.unwrap_or_default();
    let found = match (all.get(index as usize), all.len()) {
        (Some(ty), _) => format!("number {index} is `{}`, no {word}", types::text::wit_text(types, *ty)),
        (None, 0) => format!("`{}` has no streams and futures", ends.func),
        (None, 1) => format!("`{}` has one stream or future, number 0", ends.func),
        (None, count) => format!("`{}` has {count} streams and futures, counted from 0", ends.func),
    };
    diag::error("encode/unknown-import", format!("{} is not in the world", import_headline(import)))
        .label(place, found)
        .label(there, text)
        .help("build the module with bindings from this WIT")
}

/// A built-in in the form for addresses of 64 bits.
pub fn wide_builtin(place: Place, import: &wasm::Import<'_>) -> Diagnostic {
    diag::error("unsupported/memory64", format!("{} is for a 64-bit memory", import_headline(import)))
        .label(place, "the Canonical ABI is encoded for 32-bit memories only")
        .help("build the module for wasm32")
}
