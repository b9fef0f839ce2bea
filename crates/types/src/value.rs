//! Value types.
//!
//! Specification: Component Model explainer, "Type definitions", value types.

use crate::{Decl, Owner, ResourceId, TypeId};

/// A value type: a primitive, or a definition by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValType {
    Bool,
    U8,
    S8,
    U16,
    S16,
    U32,
    S32,
    U64,
    S64,
    F32,
    F64,
    Char,
    String,
    ErrorContext,
    Def(TypeId),
}

/// A name of a field, case, flag or parameter: kebab-case, as written.
pub type Label = String;

/// A definition: a named type of an interface or world, or an anonymous one.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// The name in its owner; `None` for anonymous types such as `list<u8>`.
    pub name: Option<Label>,
    pub owner: Owner,
    pub kind: TypeKind,
    pub decl: Decl,
}

/// The structure of a definition.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// Another name for a type: WIT's `type a = b`, or a `use` (then the names' owners differ).
    Alias(ValType),
    Record(Vec<Field>),
    Variant(Vec<Case>),
    List(ValType),
    /// Element and length, at least 1.
    FixedList(ValType, u32),
    /// Key and value.
    Map(ValType, ValType),
    Tuple(Vec<ValType>),
    /// 1 to 32 labels.
    Flags(Vec<LabelDecl>),
    Enum(Vec<LabelDecl>),
    Option(ValType),
    Result {
        ok: Option<ValType>,
        err: Option<ValType>,
    },
    Own(ResourceId),
    Borrow(ResourceId),
    Stream(Option<ValType>),
    Future(Option<ValType>),
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: Label,
    pub ty: ValType,
    pub decl: Decl,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub name: Label,
    pub ty: Option<ValType>,
    pub decl: Decl,
}

/// A flag, or a case of an enum.
#[derive(Clone, Debug)]
pub struct LabelDecl {
    pub name: Label,
    pub decl: Decl,
}

/// The structure of a value type seen through aliases, primitives included: what code matches on.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    Bool,
    U8,
    S8,
    U16,
    S16,
    U32,
    S32,
    U64,
    S64,
    F32,
    F64,
    Char,
    String,
    ErrorContext,
    Record(&'a [Field]),
    Variant(&'a [Case]),
    List(ValType),
    FixedList(ValType, u32),
    Map(ValType, ValType),
    Tuple(&'a [ValType]),
    Flags(&'a [LabelDecl]),
    Enum(&'a [LabelDecl]),
    Option(ValType),
    Result { ok: Option<ValType>, err: Option<ValType> },
    Own(ResourceId),
    Borrow(ResourceId),
    Stream(Option<ValType>),
    Future(Option<ValType>),
}

/// The kind of a primitive, or the definition that has to be looked up.
pub(crate) fn primitive_kind(ty: ValType) -> Result<Kind<'static>, TypeId> {
    Ok(match ty {
        ValType::Bool => Kind::Bool,
        ValType::U8 => Kind::U8,
        ValType::S8 => Kind::S8,
        ValType::U16 => Kind::U16,
        ValType::S16 => Kind::S16,
        ValType::U32 => Kind::U32,
        ValType::S32 => Kind::S32,
        ValType::U64 => Kind::U64,
        ValType::S64 => Kind::S64,
        ValType::F32 => Kind::F32,
        ValType::F64 => Kind::F64,
        ValType::Char => Kind::Char,
        ValType::String => Kind::String,
        ValType::ErrorContext => Kind::ErrorContext,
        ValType::Def(id) => return Err(id),
    })
}

/// The kind of a definition that is no alias.
pub(crate) fn defined_kind(kind: &TypeKind) -> Kind<'_> {
    match kind {
        TypeKind::Alias(_) => unreachable!("`Types::kind` follows aliases before it asks"),
        TypeKind::Record(fields) => Kind::Record(fields),
        TypeKind::Variant(cases) => Kind::Variant(cases),
        TypeKind::List(element) => Kind::List(*element),
        TypeKind::FixedList(element, len) => Kind::FixedList(*element, *len),
        TypeKind::Map(key, value) => Kind::Map(*key, *value),
        TypeKind::Tuple(parts) => Kind::Tuple(parts),
        TypeKind::Flags(labels) => Kind::Flags(labels),
        TypeKind::Enum(labels) => Kind::Enum(labels),
        TypeKind::Option(some) => Kind::Option(*some),
        TypeKind::Result { ok, err } => Kind::Result { ok: *ok, err: *err },
        TypeKind::Own(resource) => Kind::Own(*resource),
        TypeKind::Borrow(resource) => Kind::Borrow(*resource),
        TypeKind::Stream(payload) => Kind::Stream(*payload),
        TypeKind::Future(payload) => Kind::Future(*payload),
    }
}
