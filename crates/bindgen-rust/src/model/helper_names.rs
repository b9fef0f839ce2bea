//! Names of helper functions.
//!
//! In: a codec. Out: a wish such as `list_todo`, which the scope of helpers makes unique.

use abi::{CodecId, Codecs, Scalar, Shape};
use bindgen::case;
use types::ValType;

/// Beyond this a name tells nothing more.
const LONGEST: usize = 40;

/// A name for the type of a codec.
pub fn wish(codecs: &Codecs<'_, '_>, id: CodecId) -> String {
    label(codecs, id, 4).filter(|name| name.len() <= LONGEST).unwrap_or_else(|| kind(&codecs.get(id).shape).to_owned())
}

fn label(codecs: &Codecs<'_, '_>, id: CodecId, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let codec = codecs.get(id);
    if let ValType::Def(ty) = codec.ty
        && let Shape::Record(_) | Shape::Variant(_) | Shape::Enum { .. } | Shape::Flags { .. } = codec.shape
        && let Some(name) = &codecs.abi().types().def(ty).name
    {
        return Some(case::snake(name));
    }
    let mut name = kind(&codec.shape).to_owned();
    for child in codec.children() {
        name = name + "_" + &label(codecs, child, depth)?;
        if name.len() > LONGEST {
            return None;
        }
    }
    Some(name)
}

fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Nothing => "plain",
        Shape::Scalar(scalar) => scalar_name(*scalar),
        Shape::String => "string",
        Shape::List { .. } => "list",
        Shape::Map { .. } => "map",
        Shape::FixedList { .. } => "array",
        Shape::Record(_) => "record",
        Shape::Tuple(_) => "tuple",
        Shape::Flags { .. } => "flags",
        Shape::Enum { .. } => "enum",
        Shape::Variant(_) => "variant",
        Shape::Option(_) => "option",
        Shape::Result(_) => "result",
        Shape::Own(_) => "own",
        Shape::Borrow(_) => "borrow",
        Shape::Stream(_) => "stream",
        Shape::Future(_) => "future",
        Shape::ErrorContext => "error_context",
    }
}

fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "bool",
        Scalar::U8 => "u8",
        Scalar::S8 => "s8",
        Scalar::U16 => "u16",
        Scalar::S16 => "s16",
        Scalar::U32 => "u32",
        Scalar::S32 => "s32",
        Scalar::U64 => "u64",
        Scalar::S64 => "s64",
        Scalar::F32 => "f32",
        Scalar::F64 => "f64",
        Scalar::Char => "char",
    }
}
