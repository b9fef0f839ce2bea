//! Types and signatures as WIT writes them, for documentation in generated code.
//!
//! In: types. Out: one line of text.
//! Holds: names are those of WIT, without their interface.

use types::name::AccessorOf;
use types::{ExternName, FuncType, Kind, Label, TypeId, TypeKind, Types, ValType};

/// `create: func(title: string) -> result<todo, error>`; a method's receiver is left out.
pub fn func(types: &Types, name: &ExternName, ty: &FuncType) -> String {
    let fallible = ty.result.is_some_and(|result| matches!(types.kind(result), Kind::Result { .. }));
    let (start, skip, show_result) = start(name, ty, fallible);
    let params: Vec<String> =
        ty.params.iter().skip(skip).map(|param| format!("{}: {}", param.name, value(types, param.ty))).collect();
    let result = ty.result.filter(|_| show_result);
    let result = result.map(|result| format!(" -> {}", value(types, result))).unwrap_or_default();
    format!("{start}({}){result}", params.join(", "))
}

/// The text before the parenthesis, how many parameters WIT does not write, and whether it writes the result.
fn start(name: &ExternName, ty: &FuncType, fallible: bool) -> (String, usize, bool) {
    let word = if ty.async_ { "async func" } else { "func" };
    match name {
        ExternName::Constructor(_) => ("constructor".to_owned(), 0, fallible),
        ExternName::Method(_, name) => (format!("{name}: {word}"), 1, true),
        ExternName::Static(_, name) => (format!("{name}: static {word}"), 0, true),
        ExternName::Label(name) => (format!("{name}: {word}"), 0, true),
        ExternName::Interface(name) => (format!("{name}: {word}"), 0, true),
        ExternName::Accessor(accessor) => {
            let verb = if accessor.set { "set" } else { "get" };
            let receiver = usize::from(matches!(accessor.of, AccessorOf::Method(_)));
            (format!("{}: {verb}", accessor.name), receiver, true)
        }
    }
}

/// `list<tuple<string, u32>>`
pub fn value(types: &Types, ty: ValType) -> String {
    match ty {
        ValType::Bool => "bool".to_owned(),
        ValType::U8 => "u8".to_owned(),
        ValType::S8 => "s8".to_owned(),
        ValType::U16 => "u16".to_owned(),
        ValType::S16 => "s16".to_owned(),
        ValType::U32 => "u32".to_owned(),
        ValType::S32 => "s32".to_owned(),
        ValType::U64 => "u64".to_owned(),
        ValType::S64 => "s64".to_owned(),
        ValType::F32 => "f32".to_owned(),
        ValType::F64 => "f64".to_owned(),
        ValType::Char => "char".to_owned(),
        ValType::String => "string".to_owned(),
        ValType::ErrorContext => "error-context".to_owned(),
        ValType::Def(id) => {
            let def = types.def(id);
            def.name.clone().unwrap_or_else(|| anonymous(types, &def.kind))
        }
    }
}

/// A definition written out, whatever its name.
pub fn definition(types: &Types, id: TypeId) -> String {
    anonymous(types, &types.def(id).kind)
}

fn anonymous(types: &Types, kind: &TypeKind) -> String {
    let payload = |payload: &Option<ValType>| payload.map(|ty| format!("<{}>", value(types, ty))).unwrap_or_default();
    match kind {
        TypeKind::Alias(target) => value(types, *target),
        TypeKind::Record(fields) => labels("record", fields.iter().map(|field| &field.name)),
        TypeKind::Variant(cases) => labels("variant", cases.iter().map(|case| &case.name)),
        TypeKind::Flags(flags) => labels("flags", flags.iter().map(|flag| &flag.name)),
        TypeKind::Enum(cases) => labels("enum", cases.iter().map(|case| &case.name)),
        TypeKind::List(element) => format!("list<{}>", value(types, *element)),
        TypeKind::FixedList(element, len) => format!("list<{}, {len}>", value(types, *element)),
        TypeKind::Map(key, of) => format!("map<{}, {}>", value(types, *key), value(types, *of)),
        TypeKind::Tuple(parts) => {
            format!("tuple<{}>", parts.iter().map(|part| value(types, *part)).collect::<Vec<_>>().join(", "))
        }
        TypeKind::Option(some) => format!("option<{}>", value(types, *some)),
        TypeKind::Result { ok: None, err: None } => "result".to_owned(),
        TypeKind::Result { ok: Some(ok), err: None } => format!("result<{}>", value(types, *ok)),
        TypeKind::Result { ok: None, err: Some(err) } => format!("result<_, {}>", value(types, *err)),
        TypeKind::Result { ok: Some(ok), err: Some(err) } => {
            format!("result<{}, {}>", value(types, *ok), value(types, *err))
        }
        TypeKind::Own(resource) => types.resource(*resource).name.clone(),
        TypeKind::Borrow(resource) => format!("borrow<{}>", types.resource(*resource).name),
        TypeKind::Stream(of) => format!("stream{}", payload(of)),
        TypeKind::Future(of) => format!("future{}", payload(of)),
    }
}

fn labels<'a>(word: &str, labels: impl Iterator<Item = &'a Label>) -> String {
    format!("{word} {{ {} }}", labels.map(String::as_str).collect::<Vec<_>>().join(", "))
}
