//! Types and functions of a resolve as text.

use ::types::PackageName;
use wit_parser::{
    Docs, Function, FunctionKind, Handle, InterfaceId, Resolve, Stability, Type, TypeDef, TypeDefKind, TypeId,
    TypeOwner,
};

use crate::print::names::{self, escaped};
use crate::print::text::{Body, FuncText, Head, Part, TypeText, TypeTextKind, Use, UsedName};
use crate::world;

pub(super) fn head(docs: &Docs, stability: &Stability, external_id: Option<&str>) -> Head {
    Head {
        docs: docs.contents.clone(),
        stability: world::stability(stability),
        external_id: external_id.map(str::to_owned),
    }
}

/// The path that a `use` or an import writes; `None` for an inline interface.
pub(super) fn path(resolve: &Resolve, home: &PackageName, id: InterfaceId) -> Option<String> {
    let interface = &resolve.interfaces[id];
    let package = world::package_name(&resolve.packages[interface.package?].name);
    Some(names::path(home, &package, interface.name.as_deref()?))
}

/// Adds a named type to the body that declares or uses it.
pub(super) fn declare(
    resolve: &Resolve,
    home: &PackageName,
    owner: TypeOwner,
    name: &str,
    id: TypeId,
    body: &mut Body,
) {
    let def = &resolve.types[id];
    if let Some(used) = used(resolve, home, owner, name, def) {
        match body.uses.last_mut() {
            Some(last) if last.path == used.path && last.head == used.head => last.names.extend(used.names),
            Some(_) | None => body.uses.push(used),
        }
        return;
    }
    body.types.push(TypeText {
        head: head(&def.docs, &def.stability, def.external_id.as_deref()),
        name: escaped(name),
        kind: kind(resolve, def),
    });
}

/// The `use` that brings a type in; `None` if it is declared here.
fn used(resolve: &Resolve, home: &PackageName, owner: TypeOwner, name: &str, def: &TypeDef) -> Option<Use> {
    let TypeDefKind::Type(Type::Id(target)) = def.kind else { return None };
    let target = &resolve.types[target];
    let TypeOwner::Interface(from) = target.owner else { return None };
    if target.owner == owner {
        return None;
    }
    let there = escaped(target.name.as_deref()?);
    let names = vec![UsedName { there, here: escaped(name) }];
    let head = head(&Docs::default(), &def.stability, def.external_id.as_deref());
    Some(Use { head, path: path(resolve, home, from)?, names })
}

fn kind(resolve: &Resolve, def: &TypeDef) -> TypeTextKind {
    match &def.kind {
        TypeDefKind::Resource => TypeTextKind::Resource(Vec::new()),
        TypeDefKind::Record(record) => {
            let field = |field: &wit_parser::Field| {
                part(&field.docs, format!("{}: {}", escaped(&field.name), name(resolve, &field.ty)))
            };
            TypeTextKind::Parts("record", record.fields.iter().map(field).collect())
        }
        TypeDefKind::Variant(variant) => {
            let case = |case: &wit_parser::Case| {
                let payload = case.ty.as_ref().map(|ty| format!("({})", name(resolve, ty))).unwrap_or_default();
                part(&case.docs, format!("{}{payload}", escaped(&case.name)))
            };
            TypeTextKind::Parts("variant", variant.cases.iter().map(case).collect())
        }
        TypeDefKind::Flags(flags) => {
            let flags = flags.flags.iter().map(|flag| part(&flag.docs, escaped(&flag.name)));
            TypeTextKind::Parts("flags", flags.collect())
        }
        TypeDefKind::Enum(cases) => {
            let cases = cases.cases.iter().map(|case| part(&case.docs, escaped(&case.name)));
            TypeTextKind::Parts("enum", cases.collect())
        }
        // `type a = b` for a resource `b` is another name of it; for a handle the word is needed.
        TypeDefKind::Handle(Handle::Own(id)) => TypeTextKind::Alias(format!("own<{}>", resource(resolve, *id))),
        other => TypeTextKind::Alias(anonymous(resolve, other)),
    }
}

fn part(docs: &Docs, text: String) -> Part {
    Part { head: Head { docs: docs.contents.clone(), ..Head::default() }, text }
}

/// A type where it is mentioned: by its name if it has one.
fn name(resolve: &Resolve, ty: &Type) -> String {
    let primitive = match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(id) => {
            let def = &resolve.types[*id];
            return match &def.name {
                Some(name) => escaped(name),
                None => anonymous(resolve, &def.kind),
            };
        }
    };
    primitive.to_owned()
}

/// A type by its structure.
fn anonymous(resolve: &Resolve, kind: &TypeDefKind) -> String {
    let name = |ty: &Type| name(resolve, ty);
    match kind {
        TypeDefKind::Handle(Handle::Own(id)) => resource(resolve, *id),
        TypeDefKind::Handle(Handle::Borrow(id)) => format!("borrow<{}>", resource(resolve, *id)),
        TypeDefKind::Tuple(tuple) => {
            format!("tuple<{}>", tuple.types.iter().map(name).collect::<Vec<_>>().join(", "))
        }
        TypeDefKind::Option(some) => format!("option<{}>", name(some)),
        TypeDefKind::Result(result) => match (&result.ok, &result.err) {
            (None, None) => "result".to_owned(),
            (Some(ok), None) => format!("result<{}>", name(ok)),
            (None, Some(err)) => format!("result<_, {}>", name(err)),
            (Some(ok), Some(err)) => format!("result<{}, {}>", name(ok), name(err)),
        },
        TypeDefKind::List(element) => format!("list<{}>", name(element)),
        TypeDefKind::FixedLengthList(element, len) => format!("list<{}, {len}>", name(element)),
        TypeDefKind::Map(key, value) => format!("map<{}, {}>", name(key), name(value)),
        TypeDefKind::Future(payload) => with_payload("future", payload.as_ref().map(name)),
        TypeDefKind::Stream(payload) => with_payload("stream", payload.as_ref().map(name)),
        TypeDefKind::Type(ty) => name(ty),
        TypeDefKind::Record(_)
        | TypeDefKind::Variant(_)
        | TypeDefKind::Flags(_)
        | TypeDefKind::Enum(_)
        | TypeDefKind::Resource => unreachable!("WIT has no such type without a name"),
        TypeDefKind::Unknown => unreachable!("a resolved package has no unknown types"),
    }
}

fn with_payload(word: &str, payload: Option<String>) -> String {
    payload.map_or_else(|| word.to_owned(), |payload| format!("{word}<{payload}>"))
}

fn resource(resolve: &Resolve, id: TypeId) -> String {
    escaped(resolve.types[id].name.as_deref().expect("a resource has a name"))
}

pub(super) fn func(resolve: &Resolve, function: &Function) -> FuncText {
    let (word, receiver) = match function.kind {
        FunctionKind::Freestanding => ("func", false),
        FunctionKind::Method(_) => ("func", true),
        FunctionKind::AsyncFreestanding => ("async func", false),
        FunctionKind::AsyncMethod(_) => ("async func", true),
        FunctionKind::Static(_) => ("static func", false),
        FunctionKind::AsyncStatic(_) => ("static async func", false),
        FunctionKind::Constructor(_) => ("constructor", false),
        FunctionKind::Getter => ("get", false),
        FunctionKind::Setter => ("set", false),
        FunctionKind::MethodGetter(_) => ("get", true),
        FunctionKind::MethodSetter(_) => ("set", true),
        FunctionKind::StaticGetter(_) => ("static get", false),
        FunctionKind::StaticSetter(_) => ("static set", false),
    };
    let is_constructor = matches!(function.kind, FunctionKind::Constructor(_));
    let params = function.params.iter().skip(usize::from(receiver));
    let result = function.result.as_ref().filter(|_| !function.is_constructor_shorthand(resolve));
    FuncText {
        head: head(&function.docs, &function.stability, function.external_id.as_deref()),
        name: (!is_constructor).then(|| escaped(function.item_name())),
        word: word.to_owned(),
        params: params.map(|param| format!("{}: {}", escaped(&param.name), name(resolve, &param.ty))).collect(),
        result: result.map(|result| name(resolve, result)),
    }
}
