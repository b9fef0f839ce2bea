//! Data and the runtime's values.
//!
//! In: `Data` or a `Val`, with its type. Out: the other one.
//! Holds: the caller makes and takes what lives in a store: handles, streams, futures and error contexts; it is asked
//! for them in the order in which they stand in the value.

use wasmtime::component::Val;
use wasmtime::component::types::Type;
use wasmtime::{Error, Result};

use super::Data;

/// A value that does not have the type that it was read with.
fn mistyped() -> Error {
    Error::msg("a value does not have the type of its place")
}

/// Whether values of the type live in a store, in whole.
pub(crate) fn lives_in_store(ty: &Type) -> bool {
    matches!(ty, Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_) | Type::ErrorContext)
}

/// Makes the runtime's value; `living` makes those that live in a store.
pub(crate) fn lower(data: &Data, ty: &Type, living: &mut dyn FnMut(&Data, &Type) -> Result<Val>) -> Result<Val> {
    if lives_in_store(ty) {
        return living(data, ty);
    }
    Ok(match (data, ty) {
        (Data::Bool(value), Type::Bool) => Val::Bool(*value),
        (Data::S8(value), Type::S8) => Val::S8(*value),
        (Data::U8(value), Type::U8) => Val::U8(*value),
        (Data::S16(value), Type::S16) => Val::S16(*value),
        (Data::U16(value), Type::U16) => Val::U16(*value),
        (Data::S32(value), Type::S32) => Val::S32(*value),
        (Data::U32(value), Type::U32) => Val::U32(*value),
        (Data::S64(value), Type::S64) => Val::S64(*value),
        (Data::U64(value), Type::U64) => Val::U64(*value),
        (Data::F32(value), Type::Float32) => Val::Float32(*value),
        (Data::F64(value), Type::Float64) => Val::Float64(*value),
        (Data::Char(value), Type::Char) => Val::Char(*value),
        (Data::String(text), Type::String) => Val::String(text.clone()),
        (Data::List(items), Type::List(list)) => Val::List(lower_all(items, &list.ty(), living)?),
        (Data::List(items), Type::FixedLengthList(list)) => Val::FixedLengthList(lower_all(items, &list.ty(), living)?),
        (Data::Map(entries), Type::Map(map)) => {
            let (key_type, value_type) = (map.key(), map.value());
            let entries = super::last_entries(entries)
                .into_iter()
                .map(|(key, value)| Ok((lower(key, &key_type, living)?, lower(value, &value_type, living)?)));
            Val::Map(entries.collect::<Result<_>>()?)
        }
        (Data::Record(fields), Type::Record(record)) => {
            let fields = fields
                .iter()
                .zip(record.fields())
                .map(|((name, value), field)| Ok((name.clone(), lower(value, &field.ty, living)?)));
            Val::Record(fields.collect::<Result<_>>()?)
        }
        (Data::Tuple(items), Type::Tuple(tuple)) => {
            let items = items.iter().zip(tuple.types()).map(|(item, ty)| lower(item, &ty, living));
            Val::Tuple(items.collect::<Result<_>>()?)
        }
        (Data::Variant(name, payload), Type::Variant(variant)) => {
            let case = variant.cases().find(|case| case.name == name).ok_or_else(mistyped)?;
            Val::Variant(name.clone(), lower_payload(payload.as_deref(), case.ty.as_ref(), living)?)
        }
        (Data::Enum(name), Type::Enum(_)) => Val::Enum(name.clone()),
        (Data::Option(payload), Type::Option(option)) => {
            Val::Option(payload.as_ref().map(|value| boxed(lower(value, &option.ty(), living))).transpose()?)
        }
        (Data::Result(Ok(payload)), Type::Result(result)) => {
            Val::Result(Ok(lower_payload(payload.as_deref(), result.ok().as_ref(), living)?))
        }
        (Data::Result(Err(payload)), Type::Result(result)) => {
            Val::Result(Err(lower_payload(payload.as_deref(), result.err().as_ref(), living)?))
        }
        (Data::Flags(flags), Type::Flags(_)) => Val::Flags(flags.clone()),
        _ => return Err(mistyped()),
    })
}

fn boxed<T>(value: Result<T>) -> Result<Box<T>> {
    value.map(Box::new)
}

fn lower_all(items: &[Data], ty: &Type, living: &mut dyn FnMut(&Data, &Type) -> Result<Val>) -> Result<Vec<Val>> {
    items.iter().map(|item| lower(item, ty, living)).collect()
}

fn lower_payload(
    payload: Option<&Data>,
    ty: Option<&Type>,
    living: &mut dyn FnMut(&Data, &Type) -> Result<Val>,
) -> Result<Option<Box<Val>>> {
    match (payload, ty) {
        (Some(payload), Some(ty)) => Ok(Some(Box::new(lower(payload, ty, living)?))),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(mistyped()),
    }
}

/// Makes data of the runtime's value; `living` takes what lives in a store.
pub(crate) fn lift(val: Val, ty: &Type, living: &mut dyn FnMut(Val, &Type) -> Result<Data>) -> Result<Data> {
    if lives_in_store(ty) {
        return living(val, ty);
    }
    Ok(match (val, ty) {
        (Val::Bool(value), _) => Data::Bool(value),
        (Val::S8(value), _) => Data::S8(value),
        (Val::U8(value), _) => Data::U8(value),
        (Val::S16(value), _) => Data::S16(value),
        (Val::U16(value), _) => Data::U16(value),
        (Val::S32(value), _) => Data::S32(value),
        (Val::U32(value), _) => Data::U32(value),
        (Val::S64(value), _) => Data::S64(value),
        (Val::U64(value), _) => Data::U64(value),
        (Val::Float32(value), _) => Data::F32(value),
        (Val::Float64(value), _) => Data::F64(value),
        (Val::Char(value), _) => Data::Char(value),
        (Val::String(text), _) => Data::String(text),
        (Val::List(items), Type::List(list)) => Data::List(lift_all(items, &list.ty(), living)?),
        (Val::FixedLengthList(items), Type::FixedLengthList(list)) => Data::List(lift_all(items, &list.ty(), living)?),
        (Val::Map(entries), Type::Map(map)) => {
            let (key_type, value_type) = (map.key(), map.value());
            let entries = entries
                .into_iter()
                .map(|(key, value)| Ok((lift(key, &key_type, living)?, lift(value, &value_type, living)?)));
            Data::Map(entries.collect::<Result<_>>()?)
        }
        (Val::Record(fields), Type::Record(record)) => {
            let fields = fields
                .into_iter()
                .zip(record.fields())
                .map(|((name, value), field)| Ok((name, lift(value, &field.ty, living)?)));
            Data::Record(fields.collect::<Result<_>>()?)
        }
        (Val::Tuple(items), Type::Tuple(tuple)) => {
            let items = items.into_iter().zip(tuple.types()).map(|(item, ty)| lift(item, &ty, living));
            Data::Tuple(items.collect::<Result<_>>()?)
        }
        (Val::Variant(name, payload), Type::Variant(variant)) => {
            let ty = variant.cases().find(|case| case.name == name).ok_or_else(mistyped)?.ty;
            Data::Variant(name, lift_payload(payload, ty.as_ref(), living)?)
        }
        (Val::Enum(name), _) => Data::Enum(name),
        (Val::Option(payload), Type::Option(option)) => {
            Data::Option(lift_payload(payload, Some(&option.ty()), living)?)
        }
        (Val::Result(Ok(payload)), Type::Result(result)) => {
            Data::Result(Ok(lift_payload(payload, result.ok().as_ref(), living)?))
        }
        (Val::Result(Err(payload)), Type::Result(result)) => {
            Data::Result(Err(lift_payload(payload, result.err().as_ref(), living)?))
        }
        (Val::Flags(flags), _) => Data::Flags(flags),
        _ => return Err(mistyped()),
    })
}

fn lift_all(items: Vec<Val>, ty: &Type, living: &mut dyn FnMut(Val, &Type) -> Result<Data>) -> Result<Vec<Data>> {
    items.into_iter().map(|item| lift(item, ty, living)).collect()
}

fn lift_payload(
    payload: Option<Box<Val>>,
    ty: Option<&Type>,
    living: &mut dyn FnMut(Val, &Type) -> Result<Data>,
) -> Result<Option<Box<Data>>> {
    match (payload, ty) {
        (Some(payload), Some(ty)) => Ok(Some(Box::new(lift(*payload, ty, living)?))),
        (None, _) => Ok(None),
        (Some(_), None) => Err(mistyped()),
    }
}
