//! Inference of names: `api` where there is one `ns:pkg/api`, whatever its version.
//!
//! Specification: WAC, "Inferred Arguments", "Named Arguments", "Access Expressions".

use indexmap::IndexMap;
use types::subtype::{Options, find_item};
use types::{ExternName, Item};

type Items = IndexMap<ExternName, Item>;

/// An item by its exact name, else by the highest version of its track.
pub(super) fn by_name<'i>(items: &'i Items, name: &ExternName) -> Option<(&'i ExternName, &'i Item)> {
    find_item(items, name, Options { tracks: true })
}

/// An item by an id: the one of that plain name, else the only interface that is so called.
pub(super) fn by_id<'i>(items: &'i Items, id: &str) -> Option<(&'i ExternName, &'i Item)> {
    if let Some(found) = items.get_key_value(&ExternName::label(id)) {
        return Some(found);
    }
    match ending_in(items, id).as_slice() {
        [only] => items.get_key_value(*only),
        _ => None,
    }
}

/// The interfaces that are so called, whatever their package and version.
pub(super) fn ending_in<'i>(items: &'i Items, id: &str) -> Vec<&'i ExternName> {
    let is_so_called =
        |name: &&ExternName| matches!(name, ExternName::Interface(interface) if interface.interface == id);
    items.keys().filter(is_so_called).collect()
}
