//! Looking names up: exactly first, then along a semver track; and what resembles a name that is not there.

use indexmap::IndexMap;

use super::Options;
use crate::{ExternName, Item, ItemKind};

/// The item called `name`, or, if versions may differ, the highest version of its track.
pub fn find_item<'a>(
    items: &'a IndexMap<ExternName, Item>,
    name: &ExternName,
    options: Options,
) -> Option<(&'a ExternName, &'a Item)> {
    if let Some((_, name, item)) = items.get_full(name) {
        return Some((name, item));
    }
    let ExternName::Interface(wanted) = name else { return None };
    if !options.tracks {
        return None;
    }
    let version = |name: &ExternName| match name {
        ExternName::Interface(interface) => interface.package.version.clone(),
        ExternName::Label(_)
        | ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_) => None,
    };
    items
        .iter()
        .filter(|(name, _)| matches!(name, ExternName::Interface(interface) if interface.same_track(wanted)))
        .max_by_key(|(name, _)| version(name))
}

/// Names in `items` that may have been meant: another version of the interface, or a similar name of the same kind.
pub(super) fn near(items: &IndexMap<ExternName, Item>, name: &ExternName, kind: ItemKind) -> Vec<String> {
    let same_kind = |item: &Item| std::mem::discriminant(&item.kind) == std::mem::discriminant(&kind);
    let names: Vec<String> = items
        .iter()
        .filter(|(other, item)| same_kind(item) || *other == name)
        .map(|(other, _)| other.to_string())
        .collect();
    let wanted = name.to_string();
    diag::near_misses(&wanted, names.iter().map(String::as_str)).into_iter().map(str::to_owned).collect()
}
