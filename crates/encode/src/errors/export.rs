//! What is said of core exports that are missing, ambiguous, or of the wrong type.
//!
//! In: the functions that a module has to provide and does not. Out: diagnostics that show what it has in their place.
//! Holds: the work is linear in the missing functions and in the module's exports.

use std::collections::{HashMap, HashSet};

use diag::Diagnostic;
use indexmap::IndexMap;
use types::ExternName;
use wasm::{CoreModule, Extern, Signature};

use super::lowering::Why;
use super::unused::has_meaning;
use super::{Declared, MOST_CANDIDATES, did_you_mean, with_reason};
use crate::names::{self, STANDARD, Scheme};

/// Names that one diagnostic lists.
const SHOWN: usize = 5;
/// Functions that are told one by one, each with names that come near; a module that lacks more fits another world.
const MOST_TOLD: usize = 50;

/// A function of the world that the module does not export.
pub struct Missing {
    pub scope: Option<ExternName>,
    pub func: ExternName,
    /// In the scheme that the module follows.
    pub core_name: String,
    pub wanted: Signature,
    pub declared: Declared,
}

/// What a module is asked for, beside the functions themselves.
pub struct Wants<'w> {
    /// The exports that stand for something else.
    pub taken: &'w HashSet<String>,
    pub reject_legacy: bool,
}

/// Everything about functions that a module lacks.
pub fn missing(module: &CoreModule<'_>, all: &[Missing], wants: &Wants<'_>) -> Vec<Diagnostic> {
    let present = Present::of(module, wants);
    let mut wrong = Vec::new();
    let mut older: Vec<&Missing> = Vec::new();
    let mut more: Vec<&Missing> = Vec::new();
    let mut versions: IndexMap<(&ExternName, String), Vec<(&Missing, &str)>> = IndexMap::new();
    for missing in all {
        if wants.reject_legacy && module.exports.contains_key(legacy(missing).as_str()) {
            older.push(missing);
        } else if let (Some(scope), Some((export, version))) = (&missing.scope, present.other_version(missing)) {
            versions.entry((scope, version)).or_default().push((missing, export));
        } else if wrong.len() < MOST_TOLD {
            wrong.push(one_missing(module, missing, &present));
        } else {
            more.push(missing);
        }
    }
    wrong.extend(more.first().map(|first| more_missing(module, first, &more)));
    wrong.extend(versions.iter().map(|((scope, version), all)| of_other_version(module, scope, version, all)));
    wrong.extend(older.first().map(|first| named_by_older_scheme(module, first, &older)));
    wrong
}

fn legacy(missing: &Missing) -> String {
    names::export_func(Scheme::Legacy, missing.scope.as_ref(), &missing.func)
}

/// What a module exports, by several keys.
struct Present<'m> {
    /// By interface without version and by function: the export, and the version in its name.
    versions: HashMap<(&'m str, &'m str), (&'m str, String)>,
    /// By the last part of the name, in kebab-case.
    by_func: HashMap<String, Vec<&'m str>>,
    /// By interface without version: the version that one of its functions is exported for.
    interfaces: HashMap<&'m str, &'m str>,
    free: Vec<String>,
    /// No export has a name that only components use.
    is_bare: bool,
}

impl<'m> Present<'m> {
    fn of(module: &CoreModule<'m>, wants: &Wants<'_>) -> Self {
        let mut present = Self {
            versions: HashMap::new(),
            by_func: HashMap::new(),
            interfaces: HashMap::new(),
            free: Vec::new(),
            is_bare: true,
        };
        present.is_bare = !module.exports.keys().any(|name| has_meaning(name));
        let functions = module.exports.keys().copied().filter(|name| !is_companion(name));
        for name in functions.filter(|name| !wants.taken.contains(*name)) {
            let (scope, func) = parts(name);
            if let Some(scope) = scope {
                let (path, version) = scope.split_once('@').unwrap_or((scope, ""));
                present.interfaces.entry(path).or_insert(version);
                present.versions.entry((path, func)).or_insert_with(|| (name, version.to_owned()));
            }
            present.by_func.entry(func.replace('_', "-")).or_default().push(name);
            if present.free.len() < MOST_CANDIDATES {
                present.free.push(name.to_owned());
            }
        }
        present
    }

    /// The same function of another version of its package.
    fn other_version(&self, missing: &Missing) -> Option<(&'m str, String)> {
        let scope = missing.scope.as_ref()?.to_string();
        let (path, _) = scope.split_once('@').unwrap_or((&scope, ""));
        let func = missing.func.to_string();
        self.versions.get(&(path, func.as_str())).cloned()
    }

    /// The same interface of another version of its package, and that version.
    fn other_interface(&self, missing: &Missing) -> Option<(&'m str, &'m str)> {
        let scope = missing.scope.as_ref()?.to_string();
        let (path, version) = scope.split_once('@').unwrap_or((&scope, ""));
        let (path, other) = self.interfaces.get_key_value(path)?;
        (*other != version && !missing.core_name.starts_with(STANDARD)).then_some((*path, *other))
    }

    fn near(&self, missing: &Missing) -> Option<String> {
        if let Some((path, version)) = self.other_interface(missing) {
            let version = version_text(version, "for");
            return Some(format!("the module exports `{path}` {version}, without this function"));
        }
        let same = self.by_func.get(&missing.func.to_string().replace('_', "-"));
        match same.and_then(|names| names.first()) {
            Some(name) => Some(format!("did you mean `{name}`?")),
            None => did_you_mean(&missing.core_name, &self.free),
        }
    }
}

/// Whether an export only stands beside a function: it is never meant for one.
fn is_companion(name: &str) -> bool {
    name.starts_with("cabi_post_") || name.starts_with("[callback]")
}

/// The interface and the function that an export's name says, in either scheme.
fn parts(name: &str) -> (Option<&str>, &str) {
    let split = match name.strip_prefix(STANDARD) {
        Some(rest) => rest.trim_start_matches('|').split_once('|'),
        None => {
            let bare = name.strip_prefix("[async-lift]").or_else(|| name.strip_prefix("[async-lift-stackful]"));
            bare.unwrap_or(name).split_once('#')
        }
    };
    match split {
        Some((scope, func)) => (Some(scope), func),
        None => (None, name.trim_start_matches(STANDARD).trim_start_matches('|')),
    }
}

fn one_missing(module: &CoreModule<'_>, missing: &Missing, present: &Present<'_>) -> Diagnostic {
    let expected = format!("expected an export `{}` {}", missing.core_name, missing.wanted);
    let found = match present.near(missing) {
        Some(near) => format!("{expected}; {near}"),
        None => expected,
    };
    let (place, text) = missing.declared.clone();
    diag::error("encode/missing-export", format!("core export `{}` is missing", missing.core_name))
        .label(module.place(), found)
        .label(place, text)
        .help(if present.is_bare && missing.scope.is_some() {
            "build the module with bindings from this WIT: none of its exports is named as a component's"
        } else {
            "implement the function in the module, or take it out of the world"
        })
}

fn more_missing(module: &CoreModule<'_>, first: &Missing, all: &[&Missing]) -> Diagnostic {
    let names: Vec<String> = all.iter().take(MOST_TOLD).map(|missing| format!("`{}`", missing.core_name)).collect();
    let ellipsis = if all.len() > MOST_TOLD { ", ..." } else { "" };
    let (place, text) = first.declared.clone();
    diag::error("encode/missing-export", format!("{} more core exports are missing", all.len()))
        .label(module.place(), format!("expected {}{ellipsis}", names.join(", ")))
        .label(place, text)
        .help("build the module with bindings from this WIT")
}

/// The module has functions of an interface for one version of its package, the world has another.
fn of_other_version(
    module: &CoreModule<'_>,
    scope: &ExternName,
    version: &str,
    all: &[(&Missing, &str)],
) -> Diagnostic {
    let whole = scope.to_string();
    let (path, has) = whole.split_once('@').unwrap_or((&whole, ""));
    let built = version_text(version, "for");
    let has = version_text(has, "in");
    let (first, export) = &all[0];
    let expected = format!("expected `{}`\n   found `{export}`", first.core_name);
    let more: Vec<String> = all.iter().skip(1).take(SHOWN).map(|(missing, _)| format!("`{}`", missing.func)).collect();
    let expected = match all.len() - 1 {
        0 => expected,
        count if count <= SHOWN => format!("{expected}\nand likewise {}", more.join(", ")),
        count => format!("{expected}\nand likewise {count} more: {}, ...", more.join(", ")),
    };
    let (place, text) = first.declared.clone();
    let package = path.split('/').next().unwrap_or(path);
    let other = if version.is_empty() { path.to_owned() } else { format!("{path}@{version}") };
    let help = format!("build the module with bindings for the `{package}` of the world");
    // What the standard scheme writes is a track of versions, which no world can name.
    let help = if export.starts_with(STANDARD) { help } else { format!("{help}, or export `{other}` from the world") };
    diag::error("encode/missing-export", format!("the module exports `{path}` {built}, the world has it {has}"))
        .label(module.place_of_export(export), expected)
        .label(place, format!("{text}, {has}"))
        .help(help)
}

fn version_text(version: &str, word: &str) -> String {
    if version.is_empty() { "without a version".to_owned() } else { format!("{word} version {version}") }
}

fn named_by_older_scheme(module: &CoreModule<'_>, first: &Missing, all: &[&Missing]) -> Diagnostic {
    let headline = match all.len() {
        1 => format!("core export `{}` is named by the older scheme", legacy(first)),
        count => format!("{count} core exports are named by the older scheme"),
    };
    let names: Vec<String> = all.iter().skip(1).take(SHOWN).map(|missing| format!("`{}`", legacy(missing))).collect();
    let expected = format!("expected `{}`\n   found `{}`", first.core_name, legacy(first));
    let text = match all.len() - 1 {
        0 => expected,
        count if count <= SHOWN => format!("{expected}\nand likewise {}", names.join(", ")),
        count => format!("{expected}\nand likewise {count} more: {}, ...", names.join(", ")),
    };
    diag::error("encode/legacy-names", headline)
        .label(module.place_of_export(&legacy(first)), text)
        .help("leave `--reject-legacy-names` out")
}

/// The module exports no function at all: then one thing is wrong, not each function by itself.
pub fn nothing_exported(missing: Diagnostic) -> Diagnostic {
    if missing.code.0 != "encode/missing-export" {
        return missing;
    }
    missing.help("export what implements the world: bindings for Rust do it with `export!(YourType)`")
}

/// One function of the world is exported in several forms: only one of them could be called.
pub fn ambiguous_export(module: &CoreModule<'_>, forms: &[(String, &'static str)], declared: Declared) -> Diagnostic {
    let names: Vec<String> = forms.iter().map(|(name, _)| format!("`{name}`")).collect();
    let mut error = diag::error("encode/ambiguous-export", format!("{} are one function", names.join(" and ")));
    for (name, form) in forms {
        error = error.label(module.place_of_export(name), *form);
    }
    let (place, text) = declared;
    error.label(place, text).help("export the function in one form only")
}

/// Two memories, each of which the canonical definitions could mean.
pub fn two_memories(module: &CoreModule<'_>, [one, other]: [&str; 2]) -> Diagnostic {
    diag::error("encode/ambiguous-export", format!("the module exports two memories, `{one}` and `{other}`"))
        .label(module.place_of_export(one), "named by the older scheme")
        .label(module.place_of_export(other), "named by the scheme `cm32p2`")
        .help("export one memory only: the one that values are passed in")
}

/// A core export whose type is not the one that the world gives it.
pub fn export_signature(
    module: &CoreModule<'_>,
    core_name: &str,
    wanted: &Signature,
    found: &Extern,
    declared: Declared,
    why: Option<Why>,
) -> Diagnostic {
    let headline = match found {
        Extern::Func(_) => format!("core export `{core_name}` does not fit the world"),
        Extern::Table(_) | Extern::Memory(_) | Extern::Global(_) | Extern::Tag(_) => {
            format!("core export `{core_name}` is a {}, not a function", found.kind())
        }
    };
    let error = diag::error("encode/export-signature", headline)
        .label(module.place_of_export(core_name), format!("expected {wanted}\n   found {found}"));
    with_reason(error, Some(declared), why).help("build the module with bindings from this WIT")
}

/// An export with a fixed meaning has the wrong type.
pub fn special_type(module: &CoreModule<'_>, name: &str, wanted: &str, found: &Extern) -> Diagnostic {
    diag::error("encode/export-signature", format!("core export `{name}` has the wrong type"))
        .label(module.place_of_export(name), format!("expected {wanted}\n   found {found}"))
        .help(format!("give `{name}` this type, or another name"))
}

/// An asynchronous export comes with a function that is called with its events.
pub fn missing_callback(module: &CoreModule<'_>, export: &str, callback: &str, wanted: &Signature) -> Diagnostic {
    diag::error("encode/missing-export", format!("core export `{callback}` is missing"))
        .label(module.place_of_export(export), format!("expected `{callback}` {wanted} beside it"))
        .help(format!(
            "export the callback, or export the function as `{}`",
            export.replacen("[async-lift]", "[async-lift-stackful]", 1)
        ))
}
