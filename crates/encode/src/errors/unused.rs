//! Core exports that are named as parts of a component, and that nothing calls.
//!
//! In: the module, the world's exports, the names of the exports that are used. Out: one warning, if there are any.
//! Holds: exports with other names mean nothing here: a module may export what it likes.

use std::collections::HashSet;

use diag::Diagnostic;
use types::{ExternName, InterfaceName, Types, World};
use wasm::{CoreModule, Extern};

use super::did_you_mean;
use crate::names::{self, STANDARD};

/// Exports that are shown one by one.
const SHOWN: usize = 5;

/// Whether an export's name is that of a part of a component.
pub fn has_meaning(name: &str) -> bool {
    let interface = |scope: &str| InterfaceName::parse(scope).is_some();
    name.starts_with("cabi_post_")
        || name.starts_with("[callback]")
        || name.starts_with("[async-lift")
        || name.strip_prefix(STANDARD).is_some_and(|rest| rest.starts_with('|'))
        || name.split_once('#').is_some_and(|(scope, _)| interface(scope))
}

/// A warning that names the functions which are exported in vain.
pub fn unused(types: &Types, world: &World, module: &CoreModule<'_>, used: &HashSet<&str>) -> Option<Diagnostic> {
    let functions = module.exports.iter().filter(|(_, export)| matches!(export.ty, Extern::Func(_)));
    let names = functions.map(|(name, _)| *name);
    let unused: Vec<&str> = names.filter(|name| has_meaning(name) && !used.contains(name)).collect();
    let first = unused.first()?;
    let headline = match unused.len() {
        1 => format!("core export `{first}` is never called"),
        count => format!("{count} core exports are never called"),
    };
    let mut warning = diag::warning("encode/unused-export", headline);
    for (number, name) in unused.iter().take(SHOWN).enumerate() {
        let mut text = reason(types, world, module, name);
        if number + 1 == SHOWN && unused.len() > SHOWN {
            text = format!("{text}\nand {} more", unused.len() - SHOWN);
        }
        warning = warning.label(module.place_of_export(name), text);
    }
    Some(warning.help("declare what they are for in the WIT world, or take them out of the module"))
}

fn reason(types: &Types, world: &World, module: &CoreModule<'_>, name: &str) -> String {
    let has = |name: &str| module.exports.contains_key(name);
    let companion = name
        .strip_prefix("cabi_post_")
        .or_else(|| name.strip_prefix("[callback]"))
        .or_else(|| name.strip_suffix("_post").filter(|rest| rest.starts_with(STANDARD)));
    if let Some(of) = companion {
        let forms = ["[async-lift]", "[async-lift-stackful]"];
        if let Some(form) = forms.iter().map(|form| format!("{form}{of}")).find(|form| has(form) && !has(of)) {
            return format!("`{form}` is asynchronous: nothing is to be freed after it returns");
        }
        return match (has(of), of.starts_with("[async-lift-stackful]")) {
            (true, true) => format!("`{of}` waits on its own stack: it has no callback"),
            (true, false) => format!("the world does not use `{of}`"),
            (false, _) => format!("the module exports no `{of}`"),
        };
    }
    let bare = name.strip_prefix("[async-lift]").or_else(|| name.strip_prefix("[async-lift-stackful]"));
    let bare = bare.unwrap_or(name);
    let standard = bare.strip_prefix(STANDARD).map(|rest| rest.trim_start_matches('|'));
    let (scope, item) = match standard {
        Some(rest) => rest.split_once('|').map_or((None, rest), |(scope, item)| (Some(scope), item)),
        None => bare.split_once('#').map_or((None, bare), |(scope, item)| (Some(scope), item)),
    };
    not_declared(types, world, scope, item)
}

/// Why the world has no such export.
fn not_declared(types: &Types, world: &World, scope: Option<&str>, item: &str) -> String {
    let exports = &world.component.exports;
    let Some(scope) = scope else {
        return format!("world `{}` exports no `{item}`", world.name);
    };
    let means = |name: &ExternName| name.to_string() == scope || names::canonical(name) == scope;
    let Some((_, found)) = exports.iter().find(|(name, _)| means(name)) else {
        return format!("world `{}` exports no `{scope}`", world.name);
    };
    let Some(id) = found.kind.instance() else { return format!("`{scope}` is no interface") };
    let resource = item.strip_prefix("[dtor]").or_else(|| item.strip_suffix("_dtor"));
    let items = &types.instance(id).exports;
    let Some(resource) = resource else {
        return format!("interface `{scope}` has no `{item}`");
    };
    if items.get(&ExternName::label(resource)).is_some_and(|item| item.kind.resource().is_some()) {
        return format!("resource `{resource}` is not defined by `{scope}`, only used in it");
    }
    let resources: Vec<String> =
        items.iter().filter(|(_, item)| item.kind.resource().is_some()).map(|(name, _)| name.to_string()).collect();
    let text = format!("interface `{scope}` has no resource `{resource}`");
    did_you_mean(resource, &resources).map_or_else(|| text.clone(), |near| format!("{text}; {near}"))
}
