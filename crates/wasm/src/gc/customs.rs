//! Which custom sections outlive a change of the code.
//!
//! Holds: a section stays unless its convention has it name positions in the code, or indices that no one rewrites
//! here. The name section is written anew.
//!
//! Specification: tool-conventions, "Linking", "Dynamic Linking", "Debugging", "Code Metadata Framework".

use crate::{CoreModule, Custom};

/// Whether what a section says is about positions or indices that are no longer true.
pub(super) fn becomes_wrong(name: &str) -> bool {
    const PREFIXES: [&str; 3] = [".debug_", "reloc.", "metadata.code."];
    const NAMES: [&str; 3] = ["linking", "sourceMappingURL", "external_debug_info"];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The sections that stay: those that stood before all others, as `dylink.0` must, and the rest.
pub(super) fn kept<'m, 'a>(module: &'m CoreModule<'a>) -> (Vec<&'m Custom<'a>>, Vec<&'m Custom<'a>>) {
    let first = module.sections.iter().position(|section| section.custom.is_none()).unwrap_or(module.sections.len());
    let of = |sections: &[crate::Section]| -> Vec<&'m Custom<'a>> {
        let customs = sections.iter().filter_map(|section| Some(&module.customs[section.custom?]));
        customs.filter(|custom| custom.name != "name" && !becomes_wrong(custom.name)).collect()
    };
    let (leading, others) = module.sections.split_at(first);
    (of(leading), of(others))
}
