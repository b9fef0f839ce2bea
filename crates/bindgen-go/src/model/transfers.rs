//! Streams and futures: which payloads the functions of each package name, and what their makers are called.
//!
//! In: the functions of a package. Out: for each payload of a carrier one `Transfer`, which names the host's functions.
//! Holds: a package has one transfer for each payload, however many functions and aliases pass it; two payloads never
//! share one, though Go may write them the same way (`rune`, `int32`).
//!
//! Specification: Canonical ABI, "`canon {stream,future}.new`" and the following ones.

use std::collections::{HashMap, HashSet};

use abi::builtin::{Carrier, futures_and_streams};
use abi::names::For;
use bindgen::{Bindings, Func, Interface, InterfaceKey, NamedTypeKind, Role, Scope};
use types::{ExternName, Kind, ResourceId, TypeId, Types, ValType};

use super::{Declared, names, parts};

/// What a stream or future carries, and where the host's functions for it are named.
#[derive(Debug)]
pub struct Transfer<'t> {
    pub carrier: Carrier,
    pub payload: Option<ValType>,
    pub side: For,
    pub scope: Option<ExternName>,
    pub func: &'t ExternName,
    /// The type's place among the function's futures and streams.
    pub index: usize,
    /// `NewStreamString`
    pub maker: String,
    /// `String`
    pub name: String,
}

/// The transfers of all packages.
#[derive(Debug, Default)]
pub struct Transfers<'t> {
    list: Vec<Transfer<'t>>,
    by_payload: HashMap<(usize, Carrier, String), usize>,
}

/// Longest name of a payload in a maker's name.
const LONGEST: usize = 40;

/// The names that declarations of the world have.
pub struct Declarations<'a> {
    pub types: &'a HashMap<TypeId, (usize, String)>,
    pub resources: &'a HashMap<ResourceId, Declared>,
}

impl<'t> Transfers<'t> {
    /// Declares what the functions of a package's interface pass.
    pub fn declare(
        &mut self,
        package: usize,
        interface: &'t Interface<'t>,
        types: &'t Types,
        named: &Declarations<'_>,
        scope: &mut Scope,
    ) {
        for func in &interface.funcs {
            for (index, ty) in futures_and_streams(types, func.ty).into_iter().enumerate() {
                let Some((carrier, payload)) = carried(types, ty) else { continue };
                let key = (package, carrier, key(types, payload));
                if self.by_payload.contains_key(&key) {
                    continue;
                }
                let word = match payload {
                    None => "Unit".to_owned(),
                    Some(payload) => word(types, named, payload).chars().take(LONGEST).collect(),
                };
                let prefix = format!("New{}", names::upper(carrier.word()));
                let maker = scope.declare(format!("{prefix}{word}"));
                let name = maker[prefix.len()..].to_owned();
                self.by_payload.insert(key, self.list.len());
                self.list.push(transfer(interface, func, carrier, payload, index, (maker, name)));
            }
        }
    }

    /// Whether a package's streams or futures carry handles of a resource.
    pub fn sends(&self, package: usize, types: &Types, resource: ResourceId) -> bool {
        let here = self.by_payload.iter().filter(|((of, _, _), _)| *of == package);
        let mut payloads = here.filter_map(|(_, index)| self.list[*index].payload);
        payloads.any(|payload| holds(types, payload, resource))
    }

    /// That of a stream or future type.
    pub fn of(&self, package: usize, types: &Types, ty: ValType) -> &Transfer<'t> {
        let (carrier, payload) = carried(types, ty).expect("only streams and futures are asked for");
        let found = self.by_payload.get(&(package, carrier, key(types, payload)));
        &self.list[*found.expect("what a package passes is named by one of its functions")]
    }
}

fn transfer<'t>(
    interface: &Interface<'t>,
    func: &Func<'t>,
    carrier: Carrier,
    payload: Option<ValType>,
    index: usize,
    (maker, name): (String, String),
) -> Transfer<'t> {
    let side = match interface.role {
        Role::Import => For::Imported,
        Role::Export => For::Exported,
    };
    let scope = match interface.key {
        InterfaceKey::Root => None,
        InterfaceKey::Label(label) => Some(ExternName::label(label)),
        InterfaceKey::Name(name) => Some(ExternName::Interface(name.clone())),
    };
    Transfer { carrier, payload, side, scope, func: func.name, index, maker, name }
}

/// What a stream or future type carries; `None` for other types.
pub fn carried(types: &Types, ty: ValType) -> Option<(Carrier, Option<ValType>)> {
    let kind = types.kind(ty);
    if let Kind::Stream(payload) = kind {
        return Some((Carrier::Stream, payload));
    }
    if let Kind::Future(payload) = kind { Some((Carrier::Future, payload)) } else { None }
}

/// A text that is the same for the same types alone.
fn key(types: &Types, payload: Option<ValType>) -> String {
    let Some(ty) = payload else { return String::new() };
    let ty = types.unaliased(ty);
    let kind = types.kind(ty);
    let is_named = matches!(kind, Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_));
    let inner: Vec<String> = parts(kind).into_iter().map(|part| key(types, Some(part))).collect();
    if is_named {
        return format!("{ty:?}");
    }
    if let Kind::Own(resource) | Kind::Borrow(resource) = kind {
        return format!("{resource:?}");
    }
    if let Kind::Result { ok, err } = kind {
        return format!("result<{},{}>", key(types, ok), key(types, err));
    }
    if let Kind::FixedList(_, len) = kind {
        return format!("list<{},{len}>", inner.concat());
    }
    format!("{}<{}>", shape(kind), inner.join(","))
}

/// Whether a value of the type has a handle of the resource in it. Payloads of payloads are passed by themselves.
fn holds(types: &Types, ty: ValType, resource: ResourceId) -> bool {
    let kind = types.kind(ty);
    if let Kind::Own(of) = kind {
        return of == resource;
    }
    let is_carrier = matches!(kind, Kind::Stream(_) | Kind::Future(_));
    !is_carrier && parts(kind).into_iter().any(|part| holds(types, part, resource))
}

/// A payload in a maker's name: `ListUint8`.
fn word(types: &Types, named: &Declarations<'_>, ty: ValType) -> String {
    let ty = types.unaliased(ty);
    if let ValType::Def(id) = ty
        && let Some((_, name)) = named.types.get(&id)
    {
        return name.clone();
    }
    let kind = types.kind(ty);
    if let Kind::Own(resource) | Kind::Borrow(resource) = kind {
        return named.resources.get(&resource).map(|declared| declared.name.clone()).unwrap_or_default();
    }
    let inner: String = parts(kind).into_iter().map(|part| word(types, named, part)).collect();
    format!("{}{inner}", shape(kind))
}

/// What a type is, its parts aside.
fn shape(kind: Kind<'_>) -> &'static str {
    match kind {
        Kind::Bool => "Bool",
        Kind::U8 => "Uint8",
        Kind::S8 => "Int8",
        Kind::U16 => "Uint16",
        Kind::S16 => "Int16",
        Kind::U32 => "Uint32",
        Kind::S32 => "Int32",
        Kind::U64 => "Uint64",
        Kind::S64 => "Int64",
        Kind::F32 => "Float32",
        Kind::F64 => "Float64",
        Kind::Char => "Rune",
        Kind::String => "String",
        Kind::ErrorContext => "ErrorContext",
        Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_) => "Value",
        Kind::List(_) | Kind::FixedList(..) => "List",
        Kind::Map(..) => "Map",
        Kind::Tuple(_) => "Tuple",
        Kind::Option(_) => "Option",
        Kind::Result { .. } => "Result",
        Kind::Own(_) | Kind::Borrow(_) => "Resource",
        Kind::Stream(_) => "Stream",
        Kind::Future(_) => "Future",
    }
}

/// Whether the world waits for anything: calls, streams, futures.
pub fn is_asynchronous(bindings: &Bindings<'_>) -> bool {
    let interfaces = || bindings.imports.iter().chain(&bindings.exports);
    if interfaces().flat_map(|interface| &interface.funcs).any(Func::is_async) {
        return true;
    }
    let of_funcs = interfaces()
        .flat_map(|interface| &interface.funcs)
        .flat_map(|func| func.ty.params.iter().map(|param| param.ty).chain(func.ty.result));
    let of_types = interfaces().flat_map(|interface| &interface.types).filter_map(|ty| match ty.kind {
        NamedTypeKind::Defined(id) => Some(ValType::Def(id)),
        NamedTypeKind::Alias { target, .. } => Some(target),
        NamedTypeKind::Resource(_) | NamedTypeKind::ResourceAlias(_) => None,
    });
    let mut open: Vec<ValType> = of_funcs.chain(of_types).collect();
    let mut seen = HashSet::new();
    while let Some(ty) = open.pop() {
        if !seen.insert(ty) {
            continue;
        }
        if carried(bindings.types, ty).is_some() {
            return true;
        }
        open.extend(parts(bindings.types.kind(ty)));
    }
    false
}
