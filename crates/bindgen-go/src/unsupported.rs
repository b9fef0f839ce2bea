//! What Go bindings cannot express.
//!
//! In: bindings. Out: a diagnostic for each item at fault, or nothing.
//! Holds: after this check the model is total: every type it meets has a Go form.

use std::collections::{HashMap, HashSet};

use abi::Abi;
use bindgen::{Bindings, Func, Interface, NamedTypeKind};
use diag::{Diagnostic, Diagnostics};
use types::{Kind, TypeId, ValType};

use crate::model::parts;

/// Refuses types without a name to call them by, and those too large to write.
pub fn check(bindings: &Bindings<'_>) -> diag::Result<()> {
    let named = named(bindings);
    let mut found = Vec::new();
    let mut sizes = HashMap::new();
    let abi = Abi::wasm32(bindings.types);
    for interface in bindings.imports.iter().chain(&bindings.exports) {
        for func in &interface.funcs {
            found.extend(nameless(bindings, interface, func, &named));
            found.extend(huge(bindings, interface, func, &mut sizes));
            found.extend(large(&abi, interface, func));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(Diagnostics(found)) }
}

fn at(diagnostic: Diagnostic, func: &Func<'_>, interface: &Interface<'_>, text: &str) -> Diagnostic {
    match func.decl.place.as_ref().or(interface.decl.place.as_ref()) {
        Some(place) => diagnostic.label(place.clone(), text),
        None => diagnostic,
    }
}

fn named(bindings: &Bindings<'_>) -> HashSet<TypeId> {
    let interfaces = bindings.imports.iter().chain(&bindings.exports);
    interfaces
        .flat_map(|interface| &interface.types)
        .filter_map(|ty| match ty.kind {
            NamedTypeKind::Defined(id) => Some(id),
            NamedTypeKind::Alias { .. } | NamedTypeKind::Resource(_) | NamedTypeKind::ResourceAlias(_) => None,
        })
        .collect()
}

/// A type whose Go text would be longer than anybody can read: tuples of tuples of tuples.
fn huge(
    bindings: &Bindings<'_>,
    interface: &Interface<'_>,
    func: &Func<'_>,
    sizes: &mut HashMap<ValType, u64>,
) -> Option<Diagnostic> {
    let types = func.ty.params.iter().map(|param| param.ty).chain(func.ty.result);
    let size = types.fold(0_u64, |sum, ty| sum.saturating_add(written_size(bindings, ty, sizes)));
    if size <= MOST_PARTS {
        return None;
    }
    let headline = format!("the types of `{}` have more parts than can be written out", func.name);
    let diagnostic = diag::error("unsupported/huge-type", headline).help("name the parts as records");
    Some(at(diagnostic, func, interface, "passes the type"))
}

/// Most bytes of a value that Go has to have on its stack, which a list of fixed length is.
const MOST_BYTES: u64 = 16 << 20;

/// A type whose values are larger than a goroutine's stack can be.
fn large(abi: &Abi<'_>, interface: &Interface<'_>, func: &Func<'_>) -> Option<Diagnostic> {
    let mut seen = HashSet::new();
    let params = func.ty.params.iter().map(|param| param.ty);
    let together = abi.record_layout(params.clone()).size;
    let size = largest(abi, params.chain(func.ty.result), &mut seen).max(together);
    if size <= MOST_BYTES {
        return None;
    }
    let headline = format!("`{}` passes a value of {size} bytes, and Go bindings take {MOST_BYTES}", func.name);
    let diagnostic = diag::error("unsupported/huge-type", headline).help("pass a list without a fixed length");
    Some(at(diagnostic, func, interface, "passes the type"))
}

/// The bytes of the largest of these types and of what they hold.
fn largest(abi: &Abi<'_>, types: impl Iterator<Item = ValType>, seen: &mut HashSet<ValType>) -> u64 {
    let mut open: Vec<ValType> = types.collect();
    let mut most = 0;
    while let Some(ty) = open.pop() {
        if seen.insert(abi.types().unaliased(ty)) {
            most = most.max(abi.layout(ty).size);
            open.extend(parts(abi.types().kind(ty)));
        }
    }
    most
}

/// Parts of the types of one function, records and variants counted as one.
const MOST_PARTS: u64 = 10_000;

fn written_size(bindings: &Bindings<'_>, ty: ValType, sizes: &mut HashMap<ValType, u64>) -> u64 {
    let ty = bindings.types.unaliased(ty);
    if let Some(known) = sizes.get(&ty) {
        return *known;
    }
    let kind = bindings.types.kind(ty);
    let parts = if matches!(kind, Kind::Record(_) | Kind::Variant(_)) { Vec::new() } else { parts(kind) };
    let size = parts.into_iter().fold(1, |sum: u64, part| sum.saturating_add(written_size(bindings, part, sizes)));
    sizes.insert(ty, size);
    size
}

fn nameless(
    bindings: &Bindings<'_>,
    interface: &Interface<'_>,
    func: &Func<'_>,
    named: &HashSet<TypeId>,
) -> Option<Diagnostic> {
    let mut seen = HashSet::new();
    let mut types = func.ty.params.iter().map(|param| param.ty).chain(func.ty.result);
    if types.all(|ty| has_names(bindings, ty, named, &mut seen)) {
        return None;
    }
    let headline = format!("`{}` passes a type that has no name in the world", func.name);
    let diagnostic = diag::error("unsupported/nameless-type", headline).help("import or export the type by a name");
    Some(at(diagnostic, func, interface, "passes the type"))
}

fn has_names(bindings: &Bindings<'_>, ty: ValType, named: &HashSet<TypeId>, seen: &mut HashSet<ValType>) -> bool {
    let ty = bindings.types.unaliased(ty);
    if !seen.insert(ty) {
        return true;
    }
    let is_named = matches!(ty, ValType::Def(id) if named.contains(&id));
    let kind = bindings.types.kind(ty);
    if let Kind::Own(resource) | Kind::Borrow(resource) = kind {
        return has_resource(bindings, resource);
    }
    let wants_name = matches!(kind, Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_));
    (is_named || !wants_name) && parts(kind).into_iter().all(|part| has_names(bindings, part, named, seen))
}

fn has_resource(bindings: &Bindings<'_>, resource: types::ResourceId) -> bool {
    let interfaces = bindings.imports.iter().chain(&bindings.exports);
    interfaces.flat_map(|interface| &interface.types).any(|ty| ty.kind == NamedTypeKind::Resource(resource))
}

#[cfg(test)]
mod tests {
    use types::{Decl, Owner, TypeDef, TypeKind, Types};

    use super::*;

    #[test]
    fn the_largest_type_is_found_inside_of_lists() {
        let mut types = Types::new();
        let mut add = |kind| {
            ValType::Def(types.add_type(TypeDef { name: None, owner: Owner::Nothing, kind, decl: Decl::default() }))
        };
        let fixed = add(TypeKind::FixedList(ValType::U64, 1 << 22));
        let list = add(TypeKind::List(fixed));
        let abi = Abi::wasm32(&types);
        let size = largest(&abi, [ValType::U8, list].into_iter(), &mut HashSet::new());
        assert_eq!(size, 32 << 20);
        assert!(size > MOST_BYTES);
    }
}
