//! What a component has and WIT cannot say.
//!
//! In: the world of a component. Out: one note that names it all, or none.
//! Holds: what is named here as left out is what printing leaves out.

use diag::{Diagnostic, Place};
use types::{ExternName, InstanceId, InterfaceName, Item, ItemKind, Owner, Types, ValType, World};

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

/// Whether a function has the name of an interface, which a composition may give it.
pub(super) fn is_func_as_interface(name: &ExternName, kind: ItemKind) -> bool {
    matches!((name, kind), (ExternName::Interface(_), ItemKind::Func(_)))
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
        _ if is_func_as_interface(name, kind) => Some("a function with the name of an interface: left out"),
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
                found.extend(inner.filter_map(|(name, item)| Some((place(item), inner_note(&scope, id, name, item)?))));
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

/// As [`inner_reason`], or what is changed of an item that is shown.
fn inner_note(scope: &Scope<'_>, id: InstanceId, name: &ExternName, item: &Item) -> Option<&'static str> {
    let is_same =
        || value::origin(scope, item).is_some_and(|(owner, _)| super::is_same_interface(scope.types, id, owner));
    let changed = || (super::is_shown_as_own(scope, id, name, item) && !is_same()).then_some(SHOWN_AS_OWN);
    inner_reason(scope, name, item).or_else(changed)
}

const SHOWN_AS_OWN: &str = "a resource of another interface, with its functions: shown as a resource of this one";

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
