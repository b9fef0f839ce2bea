//! Values and types as text.
//!
//! In: a result and its type. Out: one WAVE line. Handles, which WAVE has no notation for, are shown as `<counter>`.

use wasmtime::component::Val;
use wasmtime::component::types::Type;

use super::exports::Exports;

/// A value as WAVE.
pub(crate) fn value(val: &Val, ty: &Type, exports: &Exports) -> String {
    match (val, ty) {
        (Val::List(items), Type::List(list)) => {
            bracketed('[', items.iter().map(|v| value(v, &list.ty(), exports)), ']')
        }
        (Val::FixedLengthList(items), Type::FixedLengthList(list)) => {
            bracketed('[', items.iter().map(|v| value(v, &list.ty(), exports)), ']')
        }
        (Val::Map(entries), Type::Map(map)) => {
            let entry = |(k, v): &(Val, Val)| {
                format!("({}, {})", value(k, &map.key(), exports), value(v, &map.value(), exports))
            };
            bracketed('[', entries.iter().map(entry), ']')
        }
        (Val::Tuple(items), Type::Tuple(tuple)) => {
            bracketed('(', items.iter().zip(tuple.types()).map(|(v, ty)| value(v, &ty, exports)), ')')
        }
        (Val::Record(fields), Type::Record(record)) => {
            let field = |((name, v), field): (&(String, Val), wasmtime::component::types::Field<'_>)| {
                format!("{name}: {}", value(v, &field.ty, exports))
            };
            bracketed('{', fields.iter().zip(record.fields()).map(field), '}')
        }
        (Val::Variant(case, payload), Type::Variant(variant)) => {
            let ty = variant.cases().find(|known| known.name == case).and_then(|known| known.ty);
            case_of(&label(case), payload.as_deref(), ty.as_ref(), exports)
        }
        (Val::Option(Some(payload)), Type::Option(option)) => {
            format!("some({})", value(payload, &option.ty(), exports))
        }
        (Val::Option(None), _) => "none".to_owned(),
        (Val::Result(Ok(payload)), Type::Result(result)) => {
            case_of("ok", payload.as_deref(), result.ok().as_ref(), exports)
        }
        (Val::Result(Err(payload)), Type::Result(result)) => {
            case_of("err", payload.as_deref(), result.err().as_ref(), exports)
        }
        (Val::Enum(case), _) => label(case),
        (Val::Flags(flags), _) => bracketed('{', flags.iter().cloned(), '}'),
        (Val::Resource(_), Type::Own(resource) | Type::Borrow(resource)) => {
            format!("<{}>", exports.resource_name(*resource))
        }
        (Val::Stream(_), _) => "<stream>".to_owned(),
        (Val::Future(_), _) => "<future>".to_owned(),
        (Val::ErrorContext(_), _) => "<error-context>".to_owned(),
        (val, _) => wasm_wave::to_string(val).unwrap_or_else(|_| "<value>".to_owned()),
    }
}

fn bracketed(open: char, items: impl Iterator<Item = String>, close: char) -> String {
    let items: Vec<String> = items.collect();
    format!("{open}{}{close}", items.join(", "))
}

fn case_of(case: &str, payload: Option<&Val>, ty: Option<&Type>, exports: &Exports) -> String {
    match (payload, ty) {
        (Some(payload), Some(ty)) => format!("{case}({})", value(payload, ty, exports)),
        _ => case.to_owned(),
    }
}

/// A case's label; those that are words of WAVE get a `%`.
fn label(case: &str) -> String {
    let reserved = wasm_wave::lex::Keyword::decode(case).is_some();
    format!("{}{case}", if reserved { "%" } else { "" })
}

/// A type as WIT writes it, names of records and their like replaced by their structure.
pub(crate) fn type_text(ty: &Type, exports: &Exports) -> String {
    let text = |ty: &Type| type_text(ty, exports);
    let optional = |ty: Option<Type>| ty.as_ref().map_or("_".to_owned(), text);
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::S8 => "s8".to_owned(),
        Type::U8 => "u8".to_owned(),
        Type::S16 => "s16".to_owned(),
        Type::U16 => "u16".to_owned(),
        Type::S32 => "s32".to_owned(),
        Type::U32 => "u32".to_owned(),
        Type::S64 => "s64".to_owned(),
        Type::U64 => "u64".to_owned(),
        Type::Float32 => "f32".to_owned(),
        Type::Float64 => "f64".to_owned(),
        Type::Char => "char".to_owned(),
        Type::String => "string".to_owned(),
        Type::List(list) => format!("list<{}>", text(&list.ty())),
        Type::FixedLengthList(list) => format!("list<{}, {}>", text(&list.ty()), list.len()),
        Type::Map(map) => format!("map<{}, {}>", text(&map.key()), text(&map.value())),
        Type::Record(record) => {
            let fields: Vec<String> = record.fields().map(|f| format!("{}: {}", f.name, text(&f.ty))).collect();
            format!("record {{ {} }}", fields.join(", "))
        }
        Type::Tuple(tuple) => {
            let types: Vec<String> = tuple.types().map(|ty| text(&ty)).collect();
            format!("tuple<{}>", types.join(", "))
        }
        Type::Variant(variant) => {
            let cases = variant.cases().map(|case| match &case.ty {
                Some(ty) => format!("{}({})", case.name, text(ty)),
                None => case.name.to_owned(),
            });
            format!("variant {{ {} }}", cases.collect::<Vec<_>>().join(", "))
        }
        Type::Enum(cases) => format!("enum {{ {} }}", cases.names().collect::<Vec<_>>().join(", ")),
        Type::Flags(flags) => format!("flags {{ {} }}", flags.names().collect::<Vec<_>>().join(", ")),
        Type::Option(option) => format!("option<{}>", text(&option.ty())),
        Type::Result(result) => match (result.ok(), result.err()) {
            (None, None) => "result".to_owned(),
            (ok, None) => format!("result<{}>", optional(ok)),
            (ok, err) => format!("result<{}, {}>", optional(ok), optional(err)),
        },
        Type::Own(resource) => exports.resource_name(*resource).to_owned(),
        Type::Borrow(resource) => format!("borrow<{}>", exports.resource_name(*resource)),
        Type::Future(future) => format!("future<{}>", optional(future.ty())),
        Type::Stream(stream) => format!("stream<{}>", optional(stream.ty())),
        Type::ErrorContext => "error-context".to_owned(),
    }
}
