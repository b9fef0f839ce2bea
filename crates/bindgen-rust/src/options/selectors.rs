//! What options can name: the interfaces, types, members and functions of a world.
//!
//! In: bindings. Out: names as options write them, with what they stand for.
//! Holds: a name is also known without the version of its package, if only one name could then be meant.

use bindgen::{Bindings, Interface, InterfaceKey, NamedType, NamedTypeKind, Role};
use diag::{Diagnostic, Place};
use types::{ExternName, InstanceId, ResourceId, TypeId, TypeKind, ValType};

/// Something that an option can name.
#[derive(Debug)]
pub struct Candidate<'b, T> {
    /// With the version of its package.
    pub name: String,
    /// Without, or in another spelling.
    pub short: String,
    pub place: Option<&'b Place>,
    pub what: T,
}

/// What a `with` or an attribute is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Definition {
    Value(TypeId),
    Resource(ResourceId),
}

/// A method without a result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Method {
    pub instance: Option<InstanceId>,
    pub name: ExternName,
}

/// The candidates that a name stands for: several if the world imports and exports an interface.
pub fn find<'c, 'b, T>(candidates: &'c [Candidate<'b, T>], name: &str) -> Vec<&'c Candidate<'b, T>> {
    let exact: Vec<_> = candidates.iter().filter(|candidate| candidate.name == name).collect();
    if !exact.is_empty() {
        return exact;
    }
    let short: Vec<_> = candidates.iter().filter(|candidate| candidate.short == name).collect();
    let is_one = short.iter().all(|candidate| candidate.name == short[0].name);
    if is_one { short } else { Vec::new() }
}

/// An option that names nothing.
pub fn names_nothing<T>(option: &str, name: &str, what: &str, candidates: &[Candidate<'_, T>]) -> Diagnostic {
    let headline = format!("`{option}` names `{name}`, and the world has no such {what}");
    let found = diag::error("bindgen/names-nothing", headline);
    let versions = candidates.iter().filter(|candidate| candidate.short == name);
    let near = versions.map(|candidate| candidate.name.as_str()).next();
    let all = || candidates.iter().flat_map(|candidate| [candidate.name.as_str(), &candidate.short]);
    let near = near.or_else(|| diag::near_misses(name, all()).first().copied());
    let is_near = |candidate: &&Candidate<'_, T>| {
        near.is_some_and(|near| [&candidate.name, &candidate.short].iter().any(|name| *name == near))
    };
    match (candidates.iter().find(is_near), candidates.first()) {
        (Some(near), _) => {
            let found = found.help(format!("did you mean `{}`?", near.name));
            match near.place {
                Some(place) => found.label(place.clone(), format!("`{}`", near.name)),
                None => found,
            }
        }
        (None, Some(first)) => found.help(format!("write it like `{}`, or leave it out", first.name)),
        (None, None) => found.help("leave it out"),
    }
}

/// The name of an interface in a world, with and without its version; of the world itself, its name.
fn interface_names(bindings: &Bindings<'_>, interface: &Interface<'_>) -> (String, String) {
    match interface.key {
        InterfaceKey::Root => (bindings.world.name.clone(), bindings.world.name.clone()),
        InterfaceKey::Label(label) => (label.to_owned(), label.to_owned()),
        InterfaceKey::Name(name) => {
            let package = &name.package;
            (name.to_string(), format!("{}:{}/{}", package.namespace, package.name, name.interface))
        }
    }
}

fn both<'b, 't>(bindings: &'b Bindings<'t>) -> impl Iterator<Item = &'b Interface<'t>> {
    bindings.imports.iter().chain(&bindings.exports)
}

/// All interfaces, with their role.
pub fn interfaces<'b>(bindings: &'b Bindings<'_>) -> Vec<Candidate<'b, (Role, InstanceId)>> {
    let candidates = both(bindings).filter_map(|interface| {
        let (name, short) = interface_names(bindings, interface);
        let what = (interface.role, interface.instance?);
        Some(Candidate { name, short, place: interface.decl.place.as_ref(), what })
    });
    candidates.collect()
}

/// All types with a definition of their own, with their role.
pub fn types<'b>(bindings: &'b Bindings<'_>) -> Vec<Candidate<'b, (Role, Definition)>> {
    let mut out = Vec::new();
    for interface in both(bindings) {
        let (name, short) = interface_names(bindings, interface);
        for ty in &interface.types {
            let Some(definition) = definition(bindings, ty) else { continue };
            let what = (interface.role, definition);
            let short = match interface.key {
                InterfaceKey::Root | InterfaceKey::Label(_) => ty.name.to_owned(),
                InterfaceKey::Name(_) => format!("{short}/{}", ty.name),
            };
            let name = format!("{name}/{}", ty.name);
            out.push(Candidate { name, short, place: ty.decl.place.as_ref(), what });
        }
    }
    out
}

/// The definition behind a name, unless the name is another name for one.
fn definition(bindings: &Bindings<'_>, ty: &NamedType<'_>) -> Option<Definition> {
    let is_other_name = |id| matches!(bindings.types.def(id).kind, TypeKind::Alias(ValType::Def(_)));
    match ty.kind {
        NamedTypeKind::Defined(id) => Some(Definition::Value(id)),
        NamedTypeKind::Resource(id) => Some(Definition::Resource(id)),
        NamedTypeKind::Alias { id: Some(id), .. } => (!is_other_name(id)).then_some(Definition::Value(id)),
        NamedTypeKind::Alias { id: None, .. } | NamedTypeKind::ResourceAlias(_) => None,
    }
}

/// Fields and cases of records, variants and enums, as `type.member`.
pub fn members<'b>(bindings: &'b Bindings<'_>) -> Vec<Candidate<'b, (TypeId, String)>> {
    let mut out = Vec::new();
    for candidate in types(bindings) {
        let (_, Definition::Value(id)) = candidate.what else { continue };
        for (label, place) in labels(&bindings.types.def(id).kind) {
            let (name, short) = (format!("{}.{label}", candidate.name), format!("{}.{label}", candidate.short));
            out.push(Candidate { name, short, place, what: (id, label.to_owned()) });
        }
    }
    out
}

/// Records, variants and enums: what becomes a struct or an enum, to which attributes can be given.
pub fn shapes<'b>(bindings: &'b Bindings<'_>) -> Vec<Candidate<'b, TypeId>> {
    let shape = |candidate: Candidate<'b, (Role, Definition)>| {
        let (_, Definition::Value(what)) = candidate.what else { return None };
        let kind = &bindings.types.def(what).kind;
        let is_shape = matches!(kind, TypeKind::Record(_) | TypeKind::Variant(_) | TypeKind::Enum(_));
        let Candidate { name, short, place, .. } = candidate;
        is_shape.then_some(Candidate { name, short, place, what })
    };
    types(bindings).into_iter().filter_map(shape).collect()
}

fn labels(kind: &TypeKind) -> Vec<(&str, Option<&Place>)> {
    match kind {
        TypeKind::Record(fields) => fields.iter().map(|f| (f.name.as_str(), f.decl.place.as_ref())).collect(),
        TypeKind::Variant(cases) => cases.iter().map(|c| (c.name.as_str(), c.decl.place.as_ref())).collect(),
        TypeKind::Enum(cases) => cases.iter().map(|c| (c.name.as_str(), c.decl.place.as_ref())).collect(),
        TypeKind::Flags(_)
        | TypeKind::Alias(_)
        | TypeKind::List(_)
        | TypeKind::FixedList(..)
        | TypeKind::Map(..)
        | TypeKind::Tuple(_)
        | TypeKind::Option(_)
        | TypeKind::Result { .. }
        | TypeKind::Own(_)
        | TypeKind::Borrow(_)
        | TypeKind::Stream(_)
        | TypeKind::Future(_) => Vec::new(),
    }
}

/// Functions by their bare names, and by those of their core imports.
pub fn functions<'b>(bindings: &'b Bindings<'_>) -> Vec<Candidate<'b, ()>> {
    let funcs = both(bindings).flat_map(|interface| &interface.funcs);
    let named = funcs.filter_map(|func| {
        let name = bindgen::bare_name(func.name)?.to_owned();
        Some(Candidate { name, short: func.name.to_string(), place: func.decl.place.as_ref(), what: () })
    });
    named.collect()
}

/// Imported methods without a result, as `interface#resource.method` and as their core imports are called.
pub fn chainable<'b>(bindings: &'b Bindings<'_>) -> Vec<Candidate<'b, Method>> {
    let mut out = Vec::new();
    for interface in &bindings.imports {
        let start = match interface.key {
            InterfaceKey::Root => String::new(),
            InterfaceKey::Label(_) | InterfaceKey::Name(_) => interface_names(bindings, interface).0 + "#",
        };
        for func in interface.funcs.iter().filter(|func| func.ty.result.is_none()) {
            let ExternName::Method(resource, name) = func.name else { continue };
            out.push(Candidate {
                name: format!("{start}{resource}.{name}"),
                short: format!("{start}[method]{resource}.{name}"),
                place: func.decl.place.as_ref(),
                what: Method { instance: interface.instance, name: func.name.clone() },
            });
        }
    }
    out
}
