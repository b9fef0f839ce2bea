//! How deep types are nested through their names.
//!
//! In: resolved WIT. Out: the first type that is nested deeper than binaries allow, as a diagnostic.
//! Holds: whoever walks a type of a world that was converted may do so recursively.

use std::collections::HashMap;

use diag::Diagnostic;
use wit_parser::{Type, TypeDefKind, TypeId};

use crate::Package;

/// As in binaries, where the validator counts the same way.
const MOST_DEEP: usize = 100;
/// Levels and the names that types have on the way: `type a = b`, `use`.
const MOST_NAMES: usize = 500;

/// Refuses types that are nested too deeply.
///
/// # Errors
///
/// `wit/too-deep`.
pub(crate) fn check(package: &Package) -> Result<(), Diagnostic> {
    let resolve = &package.resolve;
    let mut depths: HashMap<TypeId, (usize, usize)> = HashMap::new();
    // Types stand after those that they are made of.
    for (id, definition) in resolve.types.iter() {
        let (mut levels, mut names) = (0, 0);
        for part in parts(&definition.kind) {
            if let Type::Id(part) = part
                && let Some(depth) = depths.get(&part)
            {
                levels = levels.max(depth.0);
                names = names.max(depth.1);
            }
        }
        // Another name for a type is no level of it.
        levels += usize::from(!matches!(definition.kind, TypeDefKind::Type(_)));
        names += 1;
        if levels > MOST_DEEP || names > MOST_NAMES {
            let place = package.place(definition.span).unwrap_or_else(|| package.whole.clone());
            let text = format!("{levels} levels and {names} names deep; allowed are {MOST_DEEP} and {MOST_NAMES}");
            return Err(diag::error("wit/too-deep", "types are nested too deeply")
                .label(place, text)
                .help("take levels out: pass a list of the innermost values, for example"));
        }
        depths.insert(id, (levels, names));
    }
    Ok(())
}

/// The types that a type is made of.
fn parts(kind: &TypeDefKind) -> Vec<Type> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| field.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.clone(),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|case| case.ty).collect(),
        TypeDefKind::Result(result) => result.ok.into_iter().chain(result.err).collect(),
        TypeDefKind::Map(key, value) => vec![*key, *value],
        TypeDefKind::Option(part) | TypeDefKind::List(part) | TypeDefKind::FixedLengthList(part, _) => vec![*part],
        TypeDefKind::Type(part) => vec![*part],
        TypeDefKind::Future(part) | TypeDefKind::Stream(part) => part.iter().copied().collect(),
        _ => Vec::new(),
    }
}
