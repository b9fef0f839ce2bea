//! What a component has and WIT cannot say.
//!
//! In: the world of a component. Out: one note that names it all, or none.
//! Holds: what is named here as left out is what printing leaves out.

use diag::{Diagnostic, Place};
use types::{ExternName, InterfaceName, Item, ItemKind, Owner, Types, ValType, World};

use super::implied;
use super::value::{self, Scope};

/// More places than this are counted and not shown.
const MOST_LABELS: usize = 20;

/// Whether WIT has this form of name: a binary may also name a URL, a hash, or a package within a package.
pub(super) fn is_wit_name(name: &ExternName) -> bool {
    match name {
        ExternName::Label(label) => is_word(label),
        ExternName::Interface(interface) => is_wit_interface(interface),
        ExternName::Constructor(_) | ExternName::Method(..) | ExternName::Static(..) | ExternName::Accessor(_) => true,
    }
}

pub(super) fn is_wit_interface(name: &InterfaceName) -> bool {
    [&name.package.namespace, &name.package.name, &name.interface].into_iter().all(|word| is_word(word))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Why an item of a world or an interface cannot be said; `None` if it can.
pub(super) fn reason(scope: &Scope<'_>, name: &ExternName, kind: ItemKind) -> Option<&'static str> {
    let types = scope.types;
    match kind {
        _ if scope.unsayable.contains(&kind) => Some("needs a resource that nothing here can name: left out"),
        _ if !is_wit_name(name) => Some("WIT has no such name: left out"),
        ItemKind::Component(_) => Some("a component: left out"),
        ItemKind::CoreModule(_) => Some("a core module: left out"),
        ItemKind::Instance(id) if types.instance(id).id.as_ref().is_some_and(|name| !is_wit_interface(name)) => {
            Some("WIT has no such name: left out")
        }
        ItemKind::Instance(_) | ItemKind::Func(_) | ItemKind::Type(_) | ItemKind::Resource(_) => None,
    }
}

/// A note of all that printing leaves out or changes; `others` are places of types that no item keeps.
pub(crate) fn not_in_wit(types: &Types, world: &World, others: &[String]) -> Option<Diagnostic> {
    let file = world.decl.place.clone().unwrap_or_else(|| Place::file(""));
    let place = |item: &Item| item.decl.place.clone().unwrap_or_else(|| file.clone());
    let mut found: Vec<(Place, &'static str)> = Vec::new();
    let component = &world.component;
    let own: Vec<(&ExternName, &Item)> = super::exported_types(world).collect();
    let (root, copies) = implied::of_world(types, world, &own);
    for (name, item) in component.imports.iter().chain(&component.exports) {
        match (reason(&root, name, item.kind), item.kind) {
            (Some(reason), _) => found.push((place(item), reason)),
            (None, ItemKind::Instance(id)) => {
                let (scope, _) = implied::of_instance(types, id);
                let inner = types.instance(id).exports.iter();
                found.extend(inner.filter_map(|(name, item)| Some((place(item), inner_reason(&scope, name, item)?))));
            }
            (None, _) => {}
        }
    }
    let unnamed = component.imports.values().filter(|item| is_of_plain_interface(types, item));
    found.extend(unnamed.map(|item| (place(item), "a type of an interface without a package: shown as another type")));
    let exported = component.exports.iter().filter(|(_, item)| is_type(item.kind));
    found.extend(exported.map(|(_, item)| (place(item), "an exported type: shown as a type of the world")));
    let exported = component.exports.iter().filter(|(name, _)| name.resource().is_some());
    found.extend(exported.map(|(_, item)| (place(item), "an exported resource's function: shown in the resource")));
    let copies = copies.iter().filter(|implied| implied.from.is_none()).filter_map(|implied| match implied.kind {
        ItemKind::Type(ValType::Def(id)) => types.def(id).decl.place.clone(),
        _ => None,
    });
    found.extend(copies.map(|place| (place, "a type of an exported interface: shown as a type of the world too")));
    let others = others.iter().map(|path| Place::binary(file.file_name(), path));
    found.extend(others.map(|place| (place, "a type of a function, an instance or a component: left out")));
    note(file.file_name(), found)
}

/// As [`reason`], within an interface, which has no interfaces of its own.
pub(super) fn inner_reason(scope: &Scope<'_>, name: &ExternName, item: &Item) -> Option<&'static str> {
    match item.kind {
        ItemKind::Instance(_) => Some("an instance within an instance: left out"),
        kind => reason(scope, name, kind),
    }
}

pub(super) fn is_type(kind: ItemKind) -> bool {
    match kind {
        ItemKind::Type(_) | ItemKind::Resource(_) => true,
        ItemKind::Func(_) | ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => false,
    }
}

/// Whether an item is a type that an inline interface declares, which no `use` can name.
fn is_of_plain_interface(types: &Types, item: &Item) -> bool {
    let scope = Scope::of(types, Owner::World);
    match value::origin(&scope, item) {
        Some((Owner::Instance(id), _)) => types.instance(id).id.is_none(),
        Some((Owner::World | Owner::Nothing, _)) | None => false,
    }
}

fn note(file: &str, found: Vec<(Place, &'static str)>) -> Option<Diagnostic> {
    let count = match found.len() {
        0 => return None,
        1 => "an item".to_owned(),
        count => format!("{count} items"),
    };
    let mut note = diag::note("wit/not-in-wit", format!("`{file}` has {count} that WIT cannot say"));
    for (place, reason) in found.into_iter().take(MOST_LABELS) {
        note = note.label(place, reason);
    }
    Some(note)
}
