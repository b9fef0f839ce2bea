//! Debug names by item.

use std::collections::HashMap;

use component::Plan;
use component::plan::{ItemRef, Nameable};

/// What the name section calls each item.
pub(super) struct Names(HashMap<ItemRef, String>);

impl Names {
    pub(super) fn of(plan: &Plan<'_>) -> Self {
        let items = plan.debug_names().iter().filter_map(|(item, name)| match item {
            Nameable::Item(item) => Some((*item, name.clone())),
            Nameable::Core(_) | Nameable::CoreInstance(_) | Nameable::CoreType(_) => None,
        });
        Self(items.collect())
    }

    pub(super) fn of_item(&self, item: ItemRef) -> Option<&str> {
        self.0.get(&item).map(String::as_str)
    }
}
