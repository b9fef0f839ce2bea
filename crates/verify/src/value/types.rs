//! Types as text, and values to show how one is written.
//!
//! In: a type. Out: its WIT, a sample of WAVE. Holds: a sample is read as a value of its type, but for handles.

use wasmtime::component::ResourceType;
use wasmtime::component::types::Type;

use super::print::label;
use crate::session::exports::Exports;

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
        Type::Future(future) => future.ty().map_or("future".to_owned(), |ty| format!("future<{}>", text(&ty))),
        Type::Stream(stream) => stream.ty().map_or("stream".to_owned(), |ty| format!("stream<{}>", text(&ty))),
        Type::ErrorContext => "error-context".to_owned(),
    }
}

/// A value of the type, to show how one is written.
pub(crate) fn sample(ty: &Type) -> String {
    sample_with(ty, &mut |_| "handle".to_owned())
}

/// As `sample`; `handle` names a handle.
pub(crate) fn sample_with(ty: &Type, handle: &mut dyn FnMut(ResourceType) -> String) -> String {
    let mut sample = |ty: &Type| sample_with(ty, handle);
    match ty {
        Type::Bool => "true".to_owned(),
        Type::S8 | Type::S16 | Type::S32 | Type::S64 => "-1".to_owned(),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => "1".to_owned(),
        Type::Float32 | Type::Float64 => "1.5".to_owned(),
        Type::Char => "'a'".to_owned(),
        Type::String => "\"text\"".to_owned(),
        Type::List(list) => format!("[{}]", sample(&list.ty())),
        Type::FixedLengthList(list) => {
            format!("[{}]", (0..list.len()).map(|_| sample(&list.ty())).collect::<Vec<_>>().join(", "))
        }
        Type::Map(map) => format!("{{{}: {}}}", sample(&map.key()), sample(&map.value())),
        Type::Record(record) => {
            let fields: Vec<String> = record.fields().map(|f| format!("{}: {}", f.name, sample(&f.ty))).collect();
            if fields.is_empty() { "{:}".to_owned() } else { format!("{{{}}}", fields.join(", ")) }
        }
        Type::Tuple(tuple) => {
            let items: Vec<String> = tuple.types().map(|ty| sample(&ty)).collect();
            format!("({})", items.join(", "))
        }
        Type::Variant(variant) => variant.cases().next().map_or("{}".to_owned(), |case| match &case.ty {
            Some(ty) => format!("{}({})", label(case.name), sample(ty)),
            None => label(case.name),
        }),
        Type::Enum(cases) => label(cases.names().next().unwrap_or_default()),
        Type::Flags(flags) => format!("{{{}}}", flags.names().next().unwrap_or_default()),
        Type::Option(option) => format!("some({})", sample(&option.ty())),
        Type::Result(result) => match result.ok() {
            Some(ok) => format!("ok({})", sample(&ok)),
            None => "ok".to_owned(),
        },
        Type::Own(resource) | Type::Borrow(resource) => handle(*resource),
        Type::Stream(stream) => stream.ty().map_or("stream(1)".to_owned(), |ty| format!("stream([{}])", sample(&ty))),
        Type::Future(future) => future.ty().map_or("future".to_owned(), |ty| format!("future({})", sample(&ty))),
        Type::ErrorContext => "error-context(\"why\")".to_owned(),
    }
}
