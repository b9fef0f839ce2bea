//! Data as WAVE text.
//!
//! In: `Data`. Out: one line. Holds: what is printed is read again as the same value, but for handles.

use std::fmt::{Display, Formatter, Result, Write};

use super::Data;

/// Writes the value.
pub(crate) fn data(f: &mut Formatter<'_>, data: &Data) -> Result {
    match data {
        Data::Bool(value) => value.fmt(f),
        Data::S8(value) => value.fmt(f),
        Data::U8(value) => value.fmt(f),
        Data::S16(value) => value.fmt(f),
        Data::U16(value) => value.fmt(f),
        Data::S32(value) => value.fmt(f),
        Data::U32(value) => value.fmt(f),
        Data::S64(value) => value.fmt(f),
        Data::U64(value) => value.fmt(f),
        Data::F32(value) => float(f, f64::from(*value), value, &format_args!("{value:e}")),
        Data::F64(value) => float(f, *value, value, &format_args!("{value:e}")),
        Data::Char(value) => {
            f.write_char('\'')?;
            character(f, *value, '"')?;
            f.write_char('\'')
        }
        Data::String(text) => string(f, text),
        Data::List(items) => {
            f.write_char('[')?;
            separated(f, items)?;
            f.write_char(']')
        }
        Data::Map(entries) => map(f, entries),
        Data::Record(fields) => record(f, fields),
        Data::Tuple(items) => {
            f.write_char('(')?;
            separated(f, items)?;
            f.write_char(')')
        }
        Data::Variant(case, payload) => with_payload(f, &label(case), payload.as_deref()),
        Data::Enum(case) => f.write_str(&label(case)),
        Data::Option(None) => f.write_str("none"),
        Data::Option(Some(payload)) => with_payload(f, "some", Some(payload)),
        Data::Result(Ok(payload)) => with_payload(f, "ok", payload.as_deref()),
        Data::Result(Err(payload)) => with_payload(f, "err", payload.as_deref()),
        Data::Flags(flags) => write!(f, "{{{}}}", flags.join(", ")),
        // Elements without a type are counted.
        Data::Stream(items) if matches!(items.first(), Some(Data::Tuple(unit)) if unit.is_empty()) => {
            write!(f, "stream({})", items.len())
        }
        Data::Stream(items) => {
            f.write_str("stream([")?;
            separated(f, items)?;
            f.write_str("])")
        }
        Data::Future(payload) => with_payload(f, "future", payload.as_deref()),
        Data::ErrorContext(message) => {
            f.write_str("error-context(")?;
            string(f, message)?;
            f.write_char(')')
        }
        Data::Handle(handle) => write!(f, "<{}>", handle.resource),
        Data::Any => f.write_char('_'),
    }
}

/// A float of either width: `wide` says what kind it is, the others print the shortest digits of its own width, with an
/// exponent where it would have many zeros without.
fn float(f: &mut Formatter<'_>, wide: f64, plain: &dyn Display, scientific: &dyn Display) -> Result {
    let size = wide.abs();
    if wide.is_nan() {
        f.write_str("nan")
    } else if wide.is_infinite() {
        f.write_str(if wide > 0.0 { "inf" } else { "-inf" })
    } else if size >= 1e21 || size < 1e-6 && size > 0.0 {
        scientific.fmt(f)
    } else {
        plain.fmt(f)
    }
}

fn string(f: &mut Formatter<'_>, text: &str) -> Result {
    f.write_char('"')?;
    for value in text.chars() {
        character(f, value, '\'')?;
    }
    f.write_char('"')
}

/// A character between quotes; `other` is the quote that needs no escape there.
fn character(f: &mut Formatter<'_>, value: char, other: char) -> Result {
    match value {
        _ if value == other => f.write_char(value),
        '\\' | '"' | '\'' | '\t' | '\r' | '\n' => write!(f, "{}", value.escape_default()),
        _ if value.is_control() => write!(f, "{}", value.escape_unicode()),
        // What would not be seen is escaped too.
        _ => write!(f, "{}", value.escape_debug()),
    }
}

fn separated(f: &mut Formatter<'_>, items: &[Data]) -> Result {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            f.write_str(", ")?;
        }
        data(f, item)?;
    }
    Ok(())
}

fn map(f: &mut Formatter<'_>, entries: &[(Data, Data)]) -> Result {
    f.write_char('{')?;
    for (position, (key, value)) in super::last_entries(entries).into_iter().enumerate() {
        if position > 0 {
            f.write_str(", ")?;
        }
        data(f, key)?;
        f.write_str(": ")?;
        data(f, value)?;
    }
    f.write_char('}')
}

fn record(f: &mut Formatter<'_>, fields: &[(String, Data)]) -> Result {
    f.write_char('{')?;
    for (position, (name, value)) in fields.iter().enumerate() {
        if position > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{name}: ")?;
        data(f, value)?;
    }
    f.write_char('}')
}

fn with_payload(f: &mut Formatter<'_>, case: &str, payload: Option<&Data>) -> Result {
    f.write_str(case)?;
    if let Some(payload) = payload {
        f.write_char('(')?;
        data(f, payload)?;
        f.write_char(')')?;
    }
    Ok(())
}

/// A case's label; those that are words of WAVE get a `%`.
pub(crate) fn label(case: &str) -> String {
    let reserved = wasm_wave::lex::Keyword::decode(case).is_some();
    format!("{}{case}", if reserved { "%" } else { "" })
}
