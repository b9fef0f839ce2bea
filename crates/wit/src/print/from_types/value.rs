//! Component types and functions as text.
//!
//! In: a type and the scope that mentions it. Out: its text.
//! Holds: a named type is written by the name that the scope gives it.

use std::collections::HashSet;

use types::name::AccessorOf;
use types::{ExternName, InstanceId, Item, ItemKind, Owner, ResourceId, TypeDef, TypeId, TypeKind, Types, ValType};

use super::head;
use crate::print::names::escaped;
use crate::print::text::{FuncText, Head, Part, TypeTextKind};

/// Where types are mentioned, and what they are called there.
pub(super) struct Scope<'a> {
    pub types: &'a Types,
    pub owner: Owner,
    pub names: Vec<(String, ItemKind)>,
    /// For a world: the instances that it imports, whose types a `use` can bring in.
    pub imported: HashSet<InstanceId>,
    /// Items that mention what has no name here and can have none.
    pub unsayable: HashSet<ItemKind>,
}

impl<'a> Scope<'a> {
    /// A scope without names.
    pub fn of(types: &'a Types, owner: Owner) -> Self {
        Self { types, owner, names: Vec::new(), imported: HashSet::new(), unsayable: HashSet::new() }
    }

    pub fn name_of(&self, kind: ItemKind) -> Option<&str> {
        self.names.iter().find(|(_, named)| *named == kind).map(|(name, _)| name.as_str())
    }

    fn resource(&self, id: ResourceId) -> String {
        escaped(self.name_of(ItemKind::Resource(id)).unwrap_or(&self.types.resource(id).name))
    }

    /// A type where it is mentioned.
    fn mention(&self, ty: ValType) -> String {
        let ValType::Def(id) = ty else { return primitive(ty).to_owned() };
        if let Some(name) = self.name_of(ItemKind::Type(ty)) {
            return escaped(name);
        }
        let def = self.types.def(id);
        match &def.name {
            Some(name) => escaped(name),
            None => self.structure(&def.kind),
        }
    }

    fn optional(&self, ty: Option<ValType>) -> Option<String> {
        ty.map(|ty| self.mention(ty))
    }

    /// A type by its structure, on one line.
    fn structure(&self, kind: &TypeKind) -> String {
        match kind {
            TypeKind::Alias(target) => self.mention(*target),
            TypeKind::List(element) => format!("list<{}>", self.mention(*element)),
            TypeKind::FixedList(element, len) => format!("list<{}, {len}>", self.mention(*element)),
            TypeKind::Map(key, value) => format!("map<{}, {}>", self.mention(*key), self.mention(*value)),
            TypeKind::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.mention(*part)).collect();
                format!("tuple<{}>", parts.join(", "))
            }
            TypeKind::Option(some) => format!("option<{}>", self.mention(*some)),
            TypeKind::Result { ok, err } => match (self.optional(*ok), self.optional(*err)) {
                (None, None) => "result".to_owned(),
                (Some(ok), None) => format!("result<{ok}>"),
                (None, Some(err)) => format!("result<_, {err}>"),
                (Some(ok), Some(err)) => format!("result<{ok}, {err}>"),
            },
            TypeKind::Own(resource) => self.resource(*resource),
            TypeKind::Borrow(resource) => format!("borrow<{}>", self.resource(*resource)),
            TypeKind::Stream(payload) => with_payload("stream", self.optional(*payload)),
            TypeKind::Future(payload) => with_payload("future", self.optional(*payload)),
            // WIT has no such type without a name; where a binary has one, its parts are shown.
            TypeKind::Record(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|field| format!("{}: {}", field.name, self.mention(field.ty))).collect();
                format!("record {{ {} }}", fields.join(", "))
            }
            TypeKind::Variant(cases) => {
                format!("variant {{ {} }}", cases.iter().map(|case| case.name.as_str()).collect::<Vec<_>>().join(", "))
            }
            TypeKind::Flags(labels) | TypeKind::Enum(labels) => {
                format!("enum {{ {} }}", labels.iter().map(|label| label.name.as_str()).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

fn with_payload(word: &str, payload: Option<String>) -> String {
    payload.map_or_else(|| word.to_owned(), |payload| format!("{word}<{payload}>"))
}

fn primitive(ty: ValType) -> &'static str {
    match ty {
        ValType::Bool => "bool",
        ValType::U8 => "u8",
        ValType::S8 => "s8",
        ValType::U16 => "u16",
        ValType::S16 => "s16",
        ValType::U32 => "u32",
        ValType::S32 => "s32",
        ValType::U64 => "u64",
        ValType::S64 => "s64",
        ValType::F32 => "f32",
        ValType::F64 => "f64",
        ValType::Char => "char",
        ValType::String => "string",
        ValType::ErrorContext => "error-context",
        ValType::Def(_) => unreachable!("definitions are written by name or structure"),
    }
}

/// The scope that declares an item of this scope, and the name there; `None` if it is this scope.
pub(super) fn origin(scope: &Scope<'_>, item: &Item) -> Option<(Owner, String)> {
    let types = scope.types;
    match item.kind {
        ItemKind::Resource(id) => {
            if let Some((owner, name)) = &item.decl.alias_of {
                return (*owner != scope.owner).then(|| (*owner, name.clone()));
            }
            let resource = types.resource(id);
            (resource.owner != scope.owner).then(|| (resource.owner, resource.name.clone()))
        }
        ItemKind::Type(ValType::Def(id)) => {
            let def = types.def(id);
            let target = match def.kind {
                _ if def.owner != scope.owner => def,
                TypeKind::Alias(ValType::Def(target)) => types.def(target),
                _ => return None,
            };
            let name = target.name.clone()?;
            (target.owner != scope.owner && target.owner != Owner::Nothing).then_some((target.owner, name))
        }
        _ => None,
    }
}

/// What stands behind the name of a type that is declared here.
pub(super) fn declared(scope: &Scope<'_>, name: &str, kind: ItemKind) -> TypeTextKind {
    let id = match kind {
        ItemKind::Resource(id) => {
            let first = scope.name_of(kind).unwrap_or(name);
            if first == name {
                return TypeTextKind::Resource(Vec::new());
            }
            return TypeTextKind::Alias(scope.resource(id));
        }
        ItemKind::Type(ValType::Def(id)) => id,
        ItemKind::Type(other) => return TypeTextKind::Alias(primitive(other).to_owned()),
        _ => unreachable!("only types and resources are declared"),
    };
    if let Some(first) = scope.name_of(kind).filter(|first| *first != name) {
        return TypeTextKind::Alias(escaped(first));
    }
    match &shown(scope, id).kind {
        TypeKind::Record(fields) => {
            let fields = fields
                .iter()
                .map(|field| part(&field.decl, format!("{}: {}", escaped(&field.name), scope.mention(field.ty))));
            TypeTextKind::Parts("record", fields.collect())
        }
        TypeKind::Variant(cases) => {
            let cases = cases.iter().map(|case| {
                let payload = scope.optional(case.ty).map(|ty| format!("({ty})")).unwrap_or_default();
                part(&case.decl, format!("{}{payload}", escaped(&case.name)))
            });
            TypeTextKind::Parts("variant", cases.collect())
        }
        TypeKind::Flags(labels) => {
            TypeTextKind::Parts("flags", labels.iter().map(|label| part(&label.decl, escaped(&label.name))).collect())
        }
        TypeKind::Enum(labels) => {
            TypeTextKind::Parts("enum", labels.iter().map(|label| part(&label.decl, escaped(&label.name))).collect())
        }
        // `type a = b` for a resource `b` would be another name of it.
        TypeKind::Own(resource) => TypeTextKind::Alias(format!("own<{}>", scope.resource(*resource))),
        other => TypeTextKind::Alias(scope.structure(other)),
    }
}

/// The definition to write for a declaration: itself, or what it is an alias of where that has no name to write.
pub(super) fn shown<'a>(scope: &Scope<'a>, id: TypeId) -> &'a TypeDef {
    let mut def = scope.types.def(id);
    while let TypeKind::Alias(target @ ValType::Def(id)) = def.kind {
        let target_def = scope.types.def(id);
        if target_def.owner == scope.owner || scope.name_of(ItemKind::Type(target)).is_some() {
            break;
        }
        def = target_def;
    }
    def
}

fn part(decl: &types::Decl, text: String) -> Part {
    Part { head: Head { docs: decl.docs.clone(), ..Head::default() }, text }
}

/// A function; `None` if the item is none.
pub(super) fn func(scope: &Scope<'_>, name: &ExternName, item: &Item) -> Option<FuncText> {
    let ItemKind::Func(id) = item.kind else { return None };
    let func = scope.types.func(id);
    let (label, word, receiver) = words(name);
    let params = func.params.iter().skip(usize::from(receiver));
    let shorthand = matches!(name, ExternName::Constructor(_)) && is_handle(scope, func.result);
    Some(FuncText {
        head: head(&item.decl),
        name: label.map(escaped),
        word: if func.async_ { word.replace("func", "async func") } else { word.to_owned() },
        params: params.map(|param| format!("{}: {}", escaped(&param.name), scope.mention(param.ty))).collect(),
        result: if shorthand { None } else { scope.optional(func.result) },
    })
}

/// Whether a constructor returns the bare resource, which WIT leaves out.
fn is_handle(scope: &Scope<'_>, result: Option<ValType>) -> bool {
    let Some(ValType::Def(id)) = result.map(|result| scope.types.unaliased(result)) else { return false };
    matches!(scope.types.def(id).kind, TypeKind::Own(_))
}

/// The name that WIT writes, the word for what it is, and whether the first parameter is the receiver.
fn words(name: &ExternName) -> (Option<&str>, &'static str, bool) {
    match name {
        ExternName::Label(label) => (Some(label), "func", false),
        ExternName::Constructor(_) => (None, "constructor", false),
        ExternName::Method(_, label) => (Some(label), "func", true),
        ExternName::Static(_, label) => (Some(label), "static func", false),
        ExternName::Accessor(accessor) => {
            let (word, receiver) = match (&accessor.of, accessor.set) {
                (AccessorOf::Scope, false) => ("get", false),
                (AccessorOf::Scope, true) => ("set", false),
                (AccessorOf::Method(_), false) => ("get", true),
                (AccessorOf::Method(_), true) => ("set", true),
                (AccessorOf::Static(_), false) => ("static get", false),
                (AccessorOf::Static(_), true) => ("static set", false),
            };
            (Some(&accessor.name), word, receiver)
        }
        ExternName::Interface(interface) => (Some(&interface.interface), "func", false),
    }
}
