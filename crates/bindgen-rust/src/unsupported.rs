//! What Rust bindings cannot express yet.
//!
//! In: bindings. Out: a diagnostic for each function at fault, or nothing.
//! Holds: after this check the model is total: every type it meets has a Rust form.

use std::collections::{HashMap, HashSet};

use bindgen::{Bindings, Func, Interface, NamedTypeKind};
use diag::{Diagnostic, Diagnostics};
use types::{Kind, TypeId, ValType};

/// Refuses types without a name to call them by, and those too large to write.
pub fn check(bindings: &Bindings<'_>) -> diag::Result<()> {
    let named = named(bindings);
    let mut found = Vec::new();
    let mut sizes = HashMap::new();
    for interface in bindings.imports.iter().chain(&bindings.exports) {
        for func in &interface.funcs {
            found.extend(nameless(bindings, interface, func, &named));
            found.extend(huge(bindings, interface, func, &mut sizes));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(Diagnostics(found)) }
}

fn at(diagnostic: Diagnostic, place: Option<&diag::Place>, text: &str) -> Diagnostic {
    match place {
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

/// A type whose Rust text would be longer than anybody can read: tuples of tuples of tuples.
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
    Some(at(diagnostic, func.decl.place.as_ref().or(interface.decl.place.as_ref()), "passes the type"))
}

/// Parts of the types of one function, records and variants counted as one.
const MOST_PARTS: u64 = 10_000;

fn written_size(bindings: &Bindings<'_>, ty: ValType, sizes: &mut HashMap<ValType, u64>) -> u64 {
    let ty = bindings.types.unaliased(ty);
    if let Some(known) = sizes.get(&ty) {
        return *known;
    }
    let parts: Vec<ValType> = match bindings.types.kind(ty) {
        Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_) => Vec::new(),
        Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 => Vec::new(),
        Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::String | Kind::ErrorContext => Vec::new(),
        Kind::Own(_) | Kind::Borrow(_) => Vec::new(),
        Kind::Stream(payload) | Kind::Future(payload) => payload.into_iter().collect(),
        Kind::List(element) | Kind::FixedList(element, _) | Kind::Option(element) => vec![element],
        Kind::Map(key, value) => vec![key, value],
        Kind::Tuple(parts) => parts.to_vec(),
        Kind::Result { ok, err } => ok.into_iter().chain(err).collect(),
    };
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
    Some(at(diagnostic, func.decl.place.as_ref().or(interface.decl.place.as_ref()), "passes the type"))
}

fn has_names(bindings: &Bindings<'_>, ty: ValType, named: &HashSet<TypeId>, seen: &mut HashSet<ValType>) -> bool {
    let ty = bindings.types.unaliased(ty);
    if !seen.insert(ty) {
        return true;
    }
    let is_named = matches!(ty, ValType::Def(id) if named.contains(&id));
    let parts: Vec<ValType> = match bindings.types.kind(ty) {
        Kind::Record(fields) if is_named => fields.iter().map(|field| field.ty).collect(),
        Kind::Variant(cases) if is_named => cases.iter().filter_map(|case| case.ty).collect(),
        Kind::Flags(_) | Kind::Enum(_) => return is_named,
        Kind::Record(_) | Kind::Variant(_) => return false,
        Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 => Vec::new(),
        Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::String | Kind::ErrorContext => Vec::new(),
        Kind::List(element) | Kind::FixedList(element, _) | Kind::Option(element) => vec![element],
        Kind::Map(key, value) => vec![key, value],
        Kind::Tuple(parts) => parts.to_vec(),
        Kind::Result { ok, err } => ok.into_iter().chain(err).collect(),
        Kind::Own(resource) | Kind::Borrow(resource) => return has_resource(bindings, resource),
        Kind::Stream(payload) | Kind::Future(payload) => payload.into_iter().collect(),
    };
    parts.into_iter().all(|part| has_names(bindings, part, named, seen))
}

fn has_resource(bindings: &Bindings<'_>, resource: types::ResourceId) -> bool {
    let interfaces = bindings.imports.iter().chain(&bindings.exports);
    interfaces.flat_map(|interface| &interface.types).any(|ty| ty.kind == NamedTypeKind::Resource(resource))
}
