//! Types and function types, each on one line.

use std::fmt;

use super::Id;
use crate::syntax::tree::{self, FuncType, Param, TypeKind};

/// `async func(a: u32) -> u32`
pub(super) struct Func<'t>(pub &'t FuncType);

impl fmt::Display for Func<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_async { "async func" } else { "func" })?;
        Params(&self.0.params).fmt(f)?;
        self.0.result.iter().try_for_each(|ty| write!(f, " -> {}", Type(ty)))
    }
}

/// `(a: u32)`
pub(super) struct Params<'t>(pub &'t [Param]);

impl fmt::Display for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (at, param) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            write!(f, "{}: {}", Id(&param.name), Type(&param.ty))?;
        }
        f.write_str(")")
    }
}

pub(super) struct Type<'t>(pub &'t tree::Type);

impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            TypeKind::Bool => f.write_str("bool"),
            TypeKind::U8 => f.write_str("u8"),
            TypeKind::U16 => f.write_str("u16"),
            TypeKind::U32 => f.write_str("u32"),
            TypeKind::U64 => f.write_str("u64"),
            TypeKind::S8 => f.write_str("s8"),
            TypeKind::S16 => f.write_str("s16"),
            TypeKind::S32 => f.write_str("s32"),
            TypeKind::S64 => f.write_str("s64"),
            TypeKind::F32 => f.write_str("f32"),
            TypeKind::F64 => f.write_str("f64"),
            TypeKind::Char => f.write_str("char"),
            TypeKind::String => f.write_str("string"),
            TypeKind::ErrorContext => f.write_str("error-context"),
            TypeKind::Named(name) => Id(name).fmt(f),
            TypeKind::List(ty) => write!(f, "list<{}>", Self(ty)),
            TypeKind::FixedList(ty, length) => write!(f, "list<{}, {}>", Self(ty), length.value),
            TypeKind::Map(key, value) => write!(f, "map<{}, {}>", Self(key), Self(value)),
            TypeKind::Tuple(parts) => tuple(f, parts),
            TypeKind::Option(ty) => write!(f, "option<{}>", Self(ty)),
            TypeKind::Result { ok, err } => result(f, ok.as_deref(), err.as_deref()),
            TypeKind::Future(ty) => maybe(f, "future", ty.as_deref()),
            TypeKind::Stream(ty) => maybe(f, "stream", ty.as_deref()),
            TypeKind::Own(name) => write!(f, "own<{}>", Id(name)),
            TypeKind::Borrow(name) => write!(f, "borrow<{}>", Id(name)),
        }
    }
}

fn tuple(f: &mut fmt::Formatter<'_>, parts: &[tree::Type]) -> fmt::Result {
    f.write_str("tuple<")?;
    for (at, part) in parts.iter().enumerate() {
        f.write_str(if at == 0 { "" } else { ", " })?;
        write!(f, "{}", Type(part))?;
    }
    f.write_str(">")
}

fn result(f: &mut fmt::Formatter<'_>, ok: Option<&tree::Type>, err: Option<&tree::Type>) -> fmt::Result {
    match (ok, err) {
        (None, None) => f.write_str("result"),
        (Some(ok), None) => write!(f, "result<{}>", Type(ok)),
        (None, Some(err)) => write!(f, "result<_, {}>", Type(err)),
        (Some(ok), Some(err)) => write!(f, "result<{}, {}>", Type(ok), Type(err)),
    }
}

fn maybe(f: &mut fmt::Formatter<'_>, word: &str, ty: Option<&tree::Type>) -> fmt::Result {
    match ty {
        Some(ty) => write!(f, "{word}<{}>", Type(ty)),
        None => f.write_str(word),
    }
}
