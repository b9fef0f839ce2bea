//! What an exported item mentions and does not name by itself.
//!
//! An interface names what it defines and what it `use`s, but not the types inside of what it `use`s:
//! with `use stock.{item}`, a field of `item` may have a type that only `stock` names.
//! While `stock` is an import of the result, all is named; once it is filled, the result has to import its types alone.
//!
//! Specification: Component Model explainer, "Import and Export Definitions" (validation: types are named).

use types::uses::{Uses, uses};
use types::{Item, ItemKind, Types};

/// What `item` mentions, less what it exports under a name of its own.
pub(crate) fn unnamed(types: &Types, item: &Item) -> Uses {
    let mut mentioned = uses(types, [item]);
    let Some(instance) = item.kind.instance() else { return mentioned };
    // Handles in an interface that is passed on carry the identity of their resource with them.
    mentioned.resources.clear();
    for export in types.instance(instance).exports.values() {
        match export.kind {
            ItemKind::Type(ty) => {
                for named in types.aliases(ty) {
                    if let types::ValType::Def(id) = named {
                        mentioned.defs.shift_remove(&id);
                    }
                }
            }
            ItemKind::Func(_) | ItemKind::Instance(_) | ItemKind::Resource(_) => {}
            ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
        }
    }
    mentioned
}
