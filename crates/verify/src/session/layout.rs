//! How values stand in linear memory.
//!
//! In: a type of the runtime, which does not tell. Out: size and alignment, in bytes.
//!
//! Specification: Canonical ABI, "Alignment", "Element Size".

use wasmtime::component::types::Type;

/// Size and alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) size: u32,
    pub(crate) align: u32,
}

/// The layout of a value; sizes beyond 32 bits are the largest that there is.
pub(crate) fn of(ty: &Type) -> Layout {
    match ty {
        Type::Bool | Type::S8 | Type::U8 => scalar(1),
        Type::S16 | Type::U16 => scalar(2),
        Type::S32
        | Type::U32
        | Type::Float32
        | Type::Char
        | Type::Own(_)
        | Type::Borrow(_)
        | Type::Stream(_)
        | Type::Future(_)
        | Type::ErrorContext => scalar(4),
        Type::S64 | Type::U64 | Type::Float64 => scalar(8),
        Type::String | Type::List(_) | Type::Map(_) => Layout { size: 8, align: 4 },
        Type::FixedLengthList(list) => {
            let element = of(&list.ty());
            Layout { size: element.size.saturating_mul(list.len()), align: element.align }
        }
        Type::Record(record) => fields(record.fields().map(|field| of(&field.ty))),
        Type::Tuple(tuple) => fields(tuple.types().map(|ty| of(&ty))),
        Type::Variant(variant) => {
            let payloads: Vec<_> = variant.cases().map(|case| case.ty.map(|ty| of(&ty))).collect();
            cases(&payloads)
        }
        Type::Enum(names) => scalar(discriminant(names.names().len())),
        Type::Option(option) => cases(&[None, Some(of(&option.ty()))]),
        Type::Result(result) => cases(&[result.ok().map(|ty| of(&ty)), result.err().map(|ty| of(&ty))]),
        Type::Flags(flags) => scalar(match flags.names().len() {
            0..=8 => 1,
            9..=16 => 2,
            _ => 4,
        }),
    }
}

fn scalar(size: u32) -> Layout {
    Layout { size, align: size }
}

fn discriminant(cases: usize) -> u32 {
    match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

fn fields(fields: impl Iterator<Item = Layout>) -> Layout {
    let mut all = Layout { size: 0, align: 1 };
    for field in fields {
        all.size = aligned(all.size, field.align).saturating_add(field.size);
        all.align = all.align.max(field.align);
    }
    Layout { size: aligned(all.size, all.align), align: all.align }
}

fn cases(payloads: &[Option<Layout>]) -> Layout {
    let tag = scalar(discriminant(payloads.len()));
    let largest = payloads.iter().flatten().map(|payload| payload.size).max().unwrap_or(0);
    let align = payloads.iter().flatten().map(|payload| payload.align).max().unwrap_or(1);
    fields([tag, Layout { size: aligned(largest, align), align }].into_iter())
}

fn aligned(size: u32, align: u32) -> u32 {
    size.checked_next_multiple_of(align).unwrap_or(u32::MAX)
}
