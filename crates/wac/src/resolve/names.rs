//! Names that other components see, and names that come again.
//!
//! Specification: Component Model explainer, "Import and Export Definitions".

use std::collections::HashMap;

use types::{ExternName, InterfaceName};

use crate::syntax::tree::{Name, Span};

/// Names that came before, with where each came first.
pub(super) fn repeated<'n>(names: impl Iterator<Item = &'n Name>) -> Vec<(&'n Name, Span)> {
    let mut seen: HashMap<String, Span> = HashMap::new();
    let mut found = Vec::new();
    for name in names {
        // Two names that differ in case only are one to the validator.
        match seen.entry(name.text.to_ascii_lowercase()) {
            std::collections::hash_map::Entry::Occupied(first) => found.push((name, *first.get())),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(name.span);
            }
        }
    }
    found
}

/// A name as an import or export of a component may have it, or what is wrong with it.
pub(super) fn extern_name(text: &str) -> Result<ExternName, String> {
    if ["unlocked-dep=", "locked-dep=", "url=", "integrity="].iter().any(|form| text.starts_with(form)) {
        return Err("names of hashes, URLs and dependencies are not for items".to_owned());
    }
    let name = if text.contains(['/', ':']) {
        let name = InterfaceName::parse(text).ok_or("this is no `namespace:package/interface@version`")?;
        ExternName::Interface(name)
    } else {
        ExternName::label(text)
    };
    name.fault().map_or(Ok(name), Err)
}
