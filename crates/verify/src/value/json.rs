//! Data as JSON, and JSON with a type as data.
//!
//! In: `Data`; or JSON, the type it must have, the names in scope. Out: JSON; or data, or every mistake.
//! Holds: what is written is read again as the same value, but for handles. The mapping stands in
//! `crates/diag/codes/README.md`.

use std::ops::Range;

use diag::Place;
use serde_json::{Map, Number, Value, json};
use wasmtime::component::types::Type;

use super::Data;
use super::read::Reader;
use crate::session::written::quoted_end;

/// The value as JSON.
pub fn write(data: &Data) -> Value {
    match data {
        Data::Bool(value) => Value::Bool(*value),
        Data::S8(value) => json!(value),
        Data::U8(value) => json!(value),
        Data::S16(value) => json!(value),
        Data::U16(value) => json!(value),
        Data::S32(value) => json!(value),
        Data::U32(value) => json!(value),
        Data::S64(value) => json!(value),
        Data::U64(value) => json!(value),
        Data::F32(_) | Data::F64(_) => float(&data.to_string()),
        Data::Char(value) => Value::String(value.to_string()),
        Data::String(text) | Data::Enum(text) => Value::String(text.clone()),
        Data::List(items) | Data::Tuple(items) => items.iter().map(write).collect(),
        Data::Map(entries) => map(entries),
        Data::Record(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), write(value))).collect())
        }
        Data::Variant(case, None) => Value::String(case.clone()),
        Data::Variant(case, Some(payload)) => one(case, write(payload)),
        Data::Option(None) | Data::Any => Value::Null,
        // `none` inside of `some` must not be `none`.
        Data::Option(Some(inner)) if matches!(**inner, Data::Option(_)) => one("some", write(inner)),
        Data::Option(Some(inner)) => write(inner),
        Data::Result(Ok(payload)) => one("ok", optional(payload.as_deref())),
        Data::Result(Err(payload)) => one("err", optional(payload.as_deref())),
        Data::Flags(flags) => json!(flags),
        Data::Stream(items) if matches!(items.first(), Some(Data::Tuple(unit)) if unit.is_empty()) => {
            one("stream", json!(items.len()))
        }
        Data::Stream(items) => one("stream", items.iter().map(write).collect()),
        Data::Future(payload) => one("future", optional(payload.as_deref())),
        Data::ErrorContext(message) => one("error-context", Value::String(message.clone())),
        Data::Handle(handle) => one("handle", Value::String(handle.resource.clone())),
    }
}

fn one(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

fn optional(payload: Option<&Data>) -> Value {
    payload.map_or(Value::Null, write)
}

/// A float by its shortest digits; JSON has no numbers for the others.
fn float(text: &str) -> Value {
    let number = text.parse().ok().and_then(Number::from_f64);
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

/// Reads JSON; numbers with a fraction or an exponent stay as they are written, since the reader would round them: they
/// become strings that start with a NUL, and strings that start with one get another.
pub(crate) fn parse(text: &str) -> serde_json::Result<Value> {
    const NUL: &str = "\\u0000";
    let mut marked = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        let rest = &text[at..];
        let len = match byte {
            b'"' => quoted_end(text, at) - at,
            b'-' | b'0'..=b'9' => {
                rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len())
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        let token = &rest[..len];
        let inexact = *byte != b'"' && token.contains(['.', 'e', 'E']) && serde_json::from_str::<Number>(token).is_ok();
        match token.strip_prefix('"') {
            Some(string) if string.starts_with(NUL) => marked.extend(["\"", NUL, string]),
            None if inexact => marked.extend(["\"", NUL, token, "\""]),
            Some(_) | None => marked.push_str(token),
        }
        at += len;
    }
    serde_json::from_str(&marked)
}

/// The text of a string; `Err` for the digits of a number.
fn unmarked(string: &str) -> Result<&str, &str> {
    match string.strip_prefix('\0') {
        Some(string) if string.starts_with('\0') => Ok(string),
        Some(digits) => Err(digits),
        None => Ok(string),
    }
}

fn string(json: &Value) -> Option<&str> {
    json.as_str().and_then(|string| unmarked(string).ok())
}

/// An object if all keys are strings, else a list of pairs.
fn map(entries: &[(Data, Data)]) -> Value {
    let entries = super::last_entries(entries);
    let named = entries.iter().map(|(key, value)| match key {
        Data::String(key) => Some((key.clone(), write(value))),
        _ => None,
    });
    match named.collect::<Option<Map<String, Value>>>() {
        Some(object) => Value::Object(object),
        None => entries.into_iter().map(|(key, value)| json!([write(key), write(value)])).collect(),
    }
}

/// Where in the expression a JSON value stands: the text of the argument, and the way inside of it.
pub(crate) struct At<'a> {
    span: &'a Range<usize>,
    path: String,
}

impl<'a> At<'a> {
    pub(crate) fn argument(span: &'a Range<usize>) -> Self {
        Self { span, path: String::new() }
    }

    fn inside(&self, step: &str) -> Self {
        Self { span: self.span, path: format!("{}{step}", self.path) }
    }
}

impl Reader<'_> {
    /// Reads JSON as a value of the type.
    pub(crate) fn json(&mut self, json: &Value, ty: &Type, at: &At<'_>) -> Data {
        if self.errors.len() >= super::read::MOST_MISTAKES {
            return super::read::NOT_YET;
        }
        match self.json_value(json, ty, at) {
            Some(data) => data,
            None => self.not_json(json, ty, at),
        }
    }

    fn not_json(&mut self, json: &Value, ty: &Type, at: &At<'_>) -> Data {
        let found = match json {
            Value::Null => "null".to_owned(),
            Value::Bool(_) => "a boolean".to_owned(),
            Value::Number(number) => format!("the number {number}"),
            Value::String(string) => match unmarked(string) {
                Ok(_) => "a string".to_owned(),
                Err(digits) => format!("the number {digits}"),
            },
            Value::Array(items) => format!("an array of {}", items.len()),
            Value::Object(_) => "an object".to_owned(),
        };
        let found = if at.path.is_empty() { format!("found {found}") } else { format!("`{}` is {found}", at.path) };
        let expected = super::types::type_text(ty, self.exports);
        let mut error = diag::error("call/argument", format!("expected JSON for a value of type `{expected}`"))
            .label(Place::text(self.source, at.span.clone()), found);
        if let Some(right) = self.json_sample(ty) {
            error = error.help(format!("write it like `{right}`"));
        } else {
            error = error.help("name a handle as `{\"handle\": \"c\"}`, by what `let` called it");
        }
        self.errors.push(error);
        super::read::NOT_YET
    }

    /// A value of the type, as JSON. `None` if it has handles.
    fn json_sample(&mut self, ty: &Type) -> Option<Value> {
        use crate::session::{Literal, Notation};
        let source = std::sync::Arc::new(diag::Source::new("<sample>", super::types::sample(ty)));
        let literal = Literal::parse(&source, Notation::PLAIN).ok()?;
        let mut reader = Reader {
            source: &source,
            written: &literal.written,
            exports: self.exports,
            scope: &mut crate::session::Scope::default(),
            session: self.session,
            errors: Vec::new(),
        };
        let data = reader.value(&literal.node, ty);
        reader.errors.is_empty().then(|| write(&data))
    }

    fn json_value(&mut self, json: &Value, ty: &Type, at: &At<'_>) -> Option<Data> {
        if let Some(plain) = plain(json, ty) {
            return Some(plain);
        }
        Some(match ty {
            Type::List(list) => Data::List(self.json_items(json, &list.ty(), at)?),
            Type::FixedLengthList(list) => {
                let right = json.as_array()?.len() == list.len() as usize;
                Data::List(right.then(|| self.json_items(json, &list.ty(), at))??)
            }
            Type::Map(map) => self.json_map(json, &map.key(), &map.value(), at)?,
            Type::Record(record) => {
                let fields: Vec<(&str, Type)> = record.fields().map(|field| (field.name, field.ty)).collect();
                self.json_record(json, &fields, at)?
            }
            Type::Tuple(tuple) => {
                let (items, types) = (json.as_array()?, tuple.types());
                if items.len() != types.len() {
                    return None;
                }
                let items = items.iter().zip(types).enumerate();
                Data::Tuple(items.map(|(n, (item, ty))| self.json(item, &ty, &at.inside(&format!("[{n}]")))).collect())
            }
            Type::Variant(variant) => {
                let (name, payload) = case(json)?;
                let ty = variant.cases().find(|case| case.name == name)?.ty;
                Data::Variant(name.to_owned(), self.json_case(name, payload, ty, at)?)
            }
            Type::Enum(cases) => {
                let name = string(json)?;
                cases.names().any(|case| case == name).then(|| Data::Enum(name.to_owned()))?
            }
            Type::Flags(flags) => {
                let given: Vec<&str> = json.as_array()?.iter().map(string).collect::<Option<_>>()?;
                let known: Vec<&str> = flags.names().collect();
                if !given.iter().all(|flag| known.contains(flag)) {
                    return None;
                }
                let set = known.into_iter().filter(|flag| given.contains(flag));
                Data::Flags(set.map(str::to_owned).collect())
            }
            Type::Option(option) => self.json_option(json, &option.ty(), at)?,
            Type::Result(result) => {
                let (name, payload) = case(json)?;
                let payload = payload.unwrap_or(&Value::Null);
                match name {
                    "ok" => Data::Result(Ok(self.json_payload(payload, result.ok(), &at.inside(".ok"))?)),
                    "err" => Data::Result(Err(self.json_payload(payload, result.err(), &at.inside(".err"))?)),
                    _ => return None,
                }
            }
            Type::Stream(_) | Type::Future(_) | Type::ErrorContext | Type::Own(_) | Type::Borrow(_) => {
                self.json_living(json, ty, at)?
            }
            _ => return None,
        })
    }

    /// What lives in a store: each is an object with one field.
    fn json_living(&mut self, json: &Value, ty: &Type, at: &At<'_>) -> Option<Data> {
        let object = json.as_object()?;
        Some(match ty {
            Type::Stream(stream) => {
                let items = object.get("stream")?;
                match stream.ty() {
                    Some(ty) => Data::Stream(self.json_items(items, &ty, &at.inside(".stream"))?),
                    None if items.as_array().is_some_and(Vec::is_empty) => Data::Stream(Vec::new()),
                    None => Data::Stream(vec![Data::Tuple(Vec::new()); usize::from(integer::<u16>(items)?)]),
                }
            }
            Type::Future(future) => {
                Data::Future(self.json_payload(object.get("future")?, future.ty(), &at.inside(".future"))?)
            }
            Type::ErrorContext => Data::ErrorContext(object.get("error-context").and_then(string)?.to_owned()),
            Type::Own(resource) | Type::Borrow(resource) => {
                let name = object.get("handle").and_then(string)?;
                self.handle_named(name, at.span.clone(), Some(ty), *resource, matches!(ty, Type::Own(_)))
            }
            _ => return None,
        })
    }

    /// A case's payload, where it has one.
    fn json_case(
        &mut self,
        name: &str,
        payload: Option<&Value>,
        ty: Option<Type>,
        at: &At<'_>,
    ) -> Option<Option<Box<Data>>> {
        match (payload, ty) {
            (None, None) => Some(None),
            (Some(payload), Some(ty)) => Some(Some(Box::new(self.json(payload, &ty, &at.inside(&format!(".{name}")))))),
            (Some(_), None) | (None, Some(_)) => None,
        }
    }

    fn json_items(&mut self, json: &Value, ty: &Type, at: &At<'_>) -> Option<Vec<Data>> {
        let items = json.as_array()?.iter().enumerate();
        Some(items.map(|(n, item)| self.json(item, ty, &at.inside(&format!("[{n}]")))).collect())
    }

    fn json_payload(&mut self, json: &Value, ty: Option<Type>, at: &At<'_>) -> Option<Option<Box<Data>>> {
        match ty {
            Some(ty) => Some(Some(Box::new(self.json(json, &ty, at)))),
            None => json.is_null().then_some(None),
        }
    }

    fn json_option(&mut self, json: &Value, some: &Type, at: &At<'_>) -> Option<Data> {
        if json.is_null() {
            return Some(Data::Option(None));
        }
        let inner = match some {
            Type::Option(_) => self.json(json.as_object()?.get("some")?, some, &at.inside(".some")),
            _ => self.json(json, some, at),
        };
        Some(Data::Option(Some(Box::new(inner))))
    }

    fn json_map(&mut self, json: &Value, key: &Type, value: &Type, at: &At<'_>) -> Option<Data> {
        let mut entries = Vec::new();
        match json {
            Value::Object(object) if matches!(key, Type::String) || object.is_empty() => {
                for (name, item) in object {
                    let inside = at.inside(&format!(".{name}"));
                    entries.push((Data::String(unmarked(name).ok()?.to_owned()), self.json(item, value, &inside)));
                }
            }
            Value::Array(pairs) => {
                for (n, pair) in pairs.iter().enumerate() {
                    let [k, v] = &pair.as_array()?[..] else { return None };
                    let k = self.json(k, key, &at.inside(&format!("[{n}][0]")));
                    entries.push((k, self.json(v, value, &at.inside(&format!("[{n}][1]")))));
                }
            }
            _ => return None,
        }
        Some(Data::Map(entries))
    }

    fn json_record(&mut self, json: &Value, fields: &[(&str, Type)], at: &At<'_>) -> Option<Data> {
        let object = json.as_object()?;
        let known = || fields.iter().map(|(name, _)| *name);
        let mut meant = Vec::new();
        for name in object.keys().filter(|name| !known().any(|known| known == *name)) {
            let near = diag::near_misses(name, known()).first().copied();
            meant.extend(near);
            let names: Vec<String> = known().map(|name| format!("`{name}`")).collect();
            self.errors.push(
                diag::error("call/unknown-label", format!("there is no field `{name}`"))
                    .label(Place::text(self.source, at.span.clone()), format!("the fields are {}", names.join(", ")))
                    .help(near.map_or("leave it out".to_owned(), |near| format!("did you mean `{near}`?"))),
            );
        }
        let mut values = Vec::with_capacity(fields.len());
        for (name, ty) in fields {
            let value = match object.get(*name) {
                Some(value) => self.json(value, ty, &at.inside(&format!(".{name}"))),
                None if matches!(ty, Type::Option(_)) => Data::Option(None),
                None if meant.contains(name) => super::read::NOT_YET,
                None => self.missing(name, at),
            };
            values.push(((*name).to_owned(), value));
        }
        Some(Data::Record(values))
    }

    fn missing(&mut self, name: &str, at: &At<'_>) -> Data {
        let whole = if at.path.is_empty() { "the object".to_owned() } else { format!("`{}`", at.path) };
        self.errors.push(
            diag::error("call/argument", format!("the field `{name}` is missing"))
                .label(Place::text(self.source, at.span.clone()), format!("{whole} lacks it"))
                .help(format!("add `\"{name}\": ...`")),
        );
        super::read::NOT_YET
    }
}

/// A value that has no parts; `None` if it is none of its type, or the type has parts.
fn plain(json: &Value, ty: &Type) -> Option<Data> {
    Some(match ty {
        Type::Bool => Data::Bool(json.as_bool()?),
        Type::S8 => Data::S8(integer(json)?),
        Type::U8 => Data::U8(integer(json)?),
        Type::S16 => Data::S16(integer(json)?),
        Type::U16 => Data::U16(integer(json)?),
        Type::S32 => Data::S32(integer(json)?),
        Type::U32 => Data::U32(integer(json)?),
        Type::S64 => Data::S64(integer(json)?),
        Type::U64 => Data::U64(integer(json)?),
        Type::Float32 => Data::F32(real(json)?),
        Type::Float64 => Data::F64(real(json)?),
        Type::Char => {
            let mut chars = string(json)?.chars();
            let first = chars.next()?;
            chars.next().is_none().then_some(Data::Char(first))?
        }
        Type::String => Data::String(string(json)?.to_owned()),
        _ => return None,
    })
}

/// A case's name, and its payload.
fn case(json: &Value) -> Option<(&str, Option<&Value>)> {
    match json {
        Value::String(name) => Some((unmarked(name).ok()?, None)),
        Value::Object(object) if object.len() == 1 => {
            object.iter().next().map(|(name, payload)| (name.as_str(), Some(payload)))
        }
        _ => None,
    }
}

/// An integer; also as a string, since many programs lose digits beyond 2^53.
fn integer<N: std::str::FromStr>(json: &Value) -> Option<N> {
    match json {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(digits) => unmarked(digits).ok()?.parse().ok(),
        _ => None,
    }
}

/// A float; `"nan"`, `"inf"` and `"-inf"` are strings.
fn real<N: std::str::FromStr>(json: &Value) -> Option<N> {
    match json {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(word) => match unmarked(word) {
            Err(digits) => digits.parse().ok(),
            Ok("nan" | "inf" | "-inf") => word.parse().ok(),
            Ok(_) => None,
        },
        _ => None,
    }
}
