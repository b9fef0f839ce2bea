//! Values of scripts as JavaScript.
//!
//! In: a value and its type. Out: an expression whose value is what lifting a value of the type must give: flags with
//! all keys, lists of numbers as typed arrays, nested options tagged.

use testing::wast::Value;
use types::{Kind, Types, ValType};
use withe_bindgen_js::names;

/// The expression, or that the value is not of the type.
pub fn literal(types: &Types, ty: ValType, value: &Value) -> Result<String, String> {
    let writer = Writer { types };
    writer.value(ty, value).ok_or_else(|| format!("{} is no {}", value.wave(), types::wit_text(types, ty)))
}

struct Writer<'t> {
    types: &'t Types,
}

impl Writer<'_> {
    fn value(&self, ty: ValType, value: &Value) -> Option<String> {
        Some(match (self.types.kind(ty), value) {
            (Kind::List(item), Value::List(items)) => self.list(item, items)?,
            (Kind::FixedList(item, length), Value::List(items)) if items.len() == length as usize => {
                self.list(item, items)?
            }
            // The text parser reads a map that is written as a list as one.
            (Kind::Map(key, of), Value::List(items)) => {
                let pair = |item: &Value| {
                    let Value::Tuple(pair) = item else { return None };
                    let [a, b] = pair.as_slice() else { return None };
                    self.pair(key, of, a, b)
                };
                map(items.iter().map(pair).collect::<Option<Vec<_>>>()?)
            }
            (Kind::Map(key, of), Value::Map(pairs)) => {
                map(pairs.iter().map(|(a, b)| self.pair(key, of, a, b)).collect::<Option<Vec<_>>>()?)
            }
            (Kind::Tuple(items), Value::Tuple(values)) if items.len() == values.len() => {
                array(items.iter().zip(values).map(|(item, value)| self.value(*item, value)).collect::<Option<_>>()?)
            }
            (Kind::Record(fields), Value::Record(values)) if fields.len() == values.len() => {
                let keys = names::members(fields.iter().map(|field| field.name.as_str()));
                let field = |(field, (name, value)): (&types::Field, &(String, Value))| {
                    (field.name == *name).then(|| self.value(field.ty, value))?
                };
                let values = fields.iter().zip(values).map(field).collect::<Option<Vec<_>>>()?;
                object(keys.into_iter().zip(values))
            }
            (Kind::Flags(labels), Value::Flags(set)) => {
                let keys = names::members(labels.iter().map(|label| label.name.as_str()));
                let values = labels.iter().map(|label| set.contains(&label.name).to_string());
                object(keys.into_iter().zip(values))
            }
            (Kind::Enum(labels), Value::Enum(case)) if labels.iter().any(|label| label.name == *case) => {
                names::literal(case)
            }
            (Kind::Variant(cases), Value::Variant(name, payload)) => {
                let case = cases.iter().find(|case| case.name == *name)?;
                tagged(name, self.payload(case.ty, payload.as_deref())?)
            }
            (Kind::Option(inner), Value::Option(value)) => match (self.types.kind(inner), value) {
                (Kind::Option(_), None) => tagged("none", None),
                (Kind::Option(_), Some(value)) => tagged("some", Some(self.value(inner, value)?)),
                (_, None) => "undefined".to_owned(),
                (_, Some(value)) => self.value(inner, value)?,
            },
            (Kind::Result { ok, err }, Value::Result(value)) => match value {
                Ok(value) => tagged("ok", self.payload(ok, value.as_deref())?),
                Err(value) => tagged("err", self.payload(err, value.as_deref())?),
            },
            (kind, value) => scalar(kind, value)?,
        })
    }

    /// Both there, or both not.
    fn payload(&self, ty: Option<ValType>, value: Option<&Value>) -> Option<Option<String>> {
        match (ty, value) {
            (None, None) => Some(None),
            (Some(ty), Some(value)) => self.value(ty, value).map(Some),
            (Some(_), None) | (None, Some(_)) => None,
        }
    }

    fn pair(&self, key: ValType, of: ValType, a: &Value, b: &Value) -> Option<String> {
        Some(array(vec![self.value(key, a)?, self.value(of, b)?]))
    }

    fn list(&self, item: ValType, items: &[Value]) -> Option<String> {
        let items = array(items.iter().map(|value| self.value(item, value)).collect::<Option<_>>()?);
        Some(match typed_array(self.types.kind(item)) {
            Some(name) => format!("new {name}({items})"),
            None => items,
        })
    }
}

/// What a function's result is expected to be: `{ value: .. }`, or `{ error: .. }` where it is the error of a `result`.
pub fn expected(types: &Types, ty: Option<ValType>, results: &[Value]) -> Result<String, String> {
    let Some(ty) = ty else {
        return if results.is_empty() { Ok("{ value: undefined }".to_owned()) } else { Err("it gives nothing".into()) };
    };
    let [value] = results else { return Err(format!("it gives one value, not {}", results.len())) };
    let payload = |ty: Option<ValType>, value: &Option<Box<Value>>| match (ty, value) {
        (None, None) => Ok("undefined".to_owned()),
        (Some(ty), Some(value)) => literal(types, ty, value),
        (Some(_), None) | (None, Some(_)) => Err("a payload too many or too few".to_owned()),
    };
    Ok(match (types.kind(ty), value) {
        (Kind::Result { ok, .. }, Value::Result(Ok(value))) => format!("{{ value: {} }}", payload(ok, value)?),
        (Kind::Result { err, .. }, Value::Result(Err(value))) => format!("{{ error: {} }}", payload(err, value)?),
        _ => format!("{{ value: {} }}", literal(types, ty, value)?),
    })
}

fn scalar(kind: Kind<'_>, value: &Value) -> Option<String> {
    Some(match (kind, value) {
        (Kind::Bool, Value::Bool(bool)) => bool.to_string(),
        (Kind::U8, Value::U8(number)) => number.to_string(),
        (Kind::S8, Value::S8(number)) => number.to_string(),
        (Kind::U16, Value::U16(number)) => number.to_string(),
        (Kind::S16, Value::S16(number)) => number.to_string(),
        (Kind::U32, Value::U32(number)) => number.to_string(),
        (Kind::S32, Value::S32(number)) => number.to_string(),
        (Kind::U64, Value::U64(number)) => format!("{number}n"),
        (Kind::S64, Value::S64(number)) => format!("{number}n"),
        (Kind::F32, Value::F32(bits)) => float(f64::from(f32::from_bits(*bits))),
        (Kind::F64, Value::F64(bits)) => float(f64::from_bits(*bits)),
        (Kind::Char, Value::Char(char)) => names::literal(&char.to_string()),
        (Kind::String, Value::String(text)) => names::literal(text),
        _ => return None,
    })
}

fn float(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        format!("{number:?}")
    }
}

fn typed_array(item: Kind<'_>) -> Option<&'static str> {
    Some(match item {
        Kind::U8 => "Uint8Array",
        Kind::S8 => "Int8Array",
        Kind::U16 => "Uint16Array",
        Kind::S16 => "Int16Array",
        Kind::U32 => "Uint32Array",
        Kind::S32 => "Int32Array",
        Kind::U64 => "BigUint64Array",
        Kind::S64 => "BigInt64Array",
        Kind::F32 => "Float32Array",
        Kind::F64 => "Float64Array",
        Kind::Bool
        | Kind::Char
        | Kind::String
        | Kind::ErrorContext
        | Kind::Record(_)
        | Kind::Variant(_)
        | Kind::List(_)
        | Kind::FixedList(..)
        | Kind::Map(..)
        | Kind::Tuple(_)
        | Kind::Flags(_)
        | Kind::Enum(_)
        | Kind::Option(_)
        | Kind::Result { .. }
        | Kind::Own(_)
        | Kind::Borrow(_)
        | Kind::Stream(_)
        | Kind::Future(_) => return None,
    })
}

fn array(items: Vec<String>) -> String {
    format!("[{}]", items.join(", "))
}

fn map(pairs: Vec<String>) -> String {
    format!("new Map({})", array(pairs))
}

fn object(entries: impl Iterator<Item = (String, String)>) -> String {
    let entries: Vec<String> = entries.map(|(key, value)| format!("{}: {value}", names::key(&key))).collect();
    format!("{{ {} }}", entries.join(", "))
}

fn tagged(tag: &str, value: Option<String>) -> String {
    let tag = ("tag".to_owned(), names::literal(tag));
    object(std::iter::once(tag).chain(value.map(|value| ("val".to_owned(), value))))
}
