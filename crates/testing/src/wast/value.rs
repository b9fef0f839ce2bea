//! Values of components, as scripts write them.
//!
//! In: a value as the parser has it. Out: plain data, and its text in WAVE.
//! Holds: floats are bits, so that every NaN and both zeros stay what they are.

use wast::component::WastVal;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Bool(bool),
    U8(u8),
    S8(i8),
    U16(u16),
    S16(i16),
    U32(u32),
    S32(i32),
    U64(u64),
    S64(i64),
    /// The bits.
    F32(u32),
    /// The bits.
    F64(u64),
    Char(char),
    String(String),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Record(Vec<(String, Value)>),
    Tuple(Vec<Value>),
    Variant(String, Option<Box<Value>>),
    Enum(String),
    Option(Option<Box<Value>>),
    Result(Result<Option<Box<Value>>, Option<Box<Value>>>),
    Flags(Vec<String>),
}

impl Value {
    pub(super) fn of(value: &WastVal<'_>) -> Self {
        let boxed = |inner: &Option<Box<WastVal<'_>>>| inner.as_ref().map(|inner| Box::new(Self::of(inner)));
        match value {
            WastVal::Bool(bool) => Self::Bool(*bool),
            WastVal::U8(number) => Self::U8(*number),
            WastVal::S8(number) => Self::S8(*number),
            WastVal::U16(number) => Self::U16(*number),
            WastVal::S16(number) => Self::S16(*number),
            WastVal::U32(number) => Self::U32(*number),
            WastVal::S32(number) => Self::S32(*number),
            WastVal::U64(number) => Self::U64(*number),
            WastVal::S64(number) => Self::S64(*number),
            WastVal::F32(number) => Self::F32(number.bits),
            WastVal::F64(number) => Self::F64(number.bits),
            WastVal::Char(char) => Self::Char(*char),
            WastVal::String(text) => Self::String((*text).to_owned()),
            WastVal::List(items) => Self::List(items.iter().map(Self::of).collect()),
            WastVal::Map(pairs) => {
                Self::Map(pairs.iter().map(|(key, value)| (Self::of(key), Self::of(value))).collect())
            }
            WastVal::Record(fields) => {
                Self::Record(fields.iter().map(|(name, value)| ((*name).to_owned(), Self::of(value))).collect())
            }
            WastVal::Tuple(items) => Self::Tuple(items.iter().map(Self::of).collect()),
            WastVal::Variant(case, payload) => Self::Variant((*case).to_owned(), boxed(payload)),
            WastVal::Enum(case) => Self::Enum((*case).to_owned()),
            WastVal::Option(inner) => Self::Option(boxed(inner)),
            WastVal::Result(Ok(inner)) => Self::Result(Ok(boxed(inner))),
            WastVal::Result(Err(inner)) => Self::Result(Err(boxed(inner))),
            WastVal::Flags(names) => Self::Flags(names.iter().map(|name| (*name).to_owned()).collect()),
        }
    }

    /// The value in WAVE; a map is a list of pairs.
    pub fn wave(&self) -> String {
        match self {
            Self::Bool(bool) => bool.to_string(),
            Self::U8(number) => number.to_string(),
            Self::S8(number) => number.to_string(),
            Self::U16(number) => number.to_string(),
            Self::S16(number) => number.to_string(),
            Self::U32(number) => number.to_string(),
            Self::S32(number) => number.to_string(),
            Self::U64(number) => number.to_string(),
            Self::S64(number) => number.to_string(),
            Self::F32(bits) => float(f32::from_bits(*bits).is_nan(), f32::from_bits(*bits)),
            Self::F64(bits) => float(f64::from_bits(*bits).is_nan(), f64::from_bits(*bits)),
            Self::Char(char) => format!("'{}'", escaped(*char, '\'')),
            Self::String(text) => format!("\"{}\"", text.chars().map(|char| escaped(char, '"')).collect::<String>()),
            Self::List(items) => format!("[{}]", items.iter().map(Self::wave).collect::<Vec<_>>().join(", ")),
            Self::Map(pairs) => format!("[{}]", joined(pairs, |(key, value)| pair(&key.wave(), &value.wave()))),
            // A record without fields would read as flags.
            Self::Record(fields) if fields.is_empty() => "{:}".to_owned(),
            Self::Record(fields) => {
                format!("{{{}}}", joined(fields, |(name, value)| format!("{}: {}", label(name), value.wave())))
            }
            Self::Tuple(items) => format!("({})", joined(items, Self::wave)),
            Self::Variant(case, None) | Self::Enum(case) => label(case),
            Self::Variant(case, Some(payload)) => format!("{}({})", label(case), payload.wave()),
            Self::Option(None) => "none".to_owned(),
            Self::Option(Some(inner)) => format!("some({})", inner.wave()),
            Self::Result(Ok(None)) => "ok".to_owned(),
            Self::Result(Ok(Some(inner))) => format!("ok({})", inner.wave()),
            Self::Result(Err(None)) => "err".to_owned(),
            Self::Result(Err(Some(inner))) => format!("err({})", inner.wave()),
            Self::Flags(names) => format!("{{{}}}", joined(names, |name| label(name))),
        }
    }
}

fn joined<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn pair(key: &str, value: &str) -> String {
    format!("({key}, {value})")
}

/// WAVE has one NaN, without a sign.
fn float(is_nan: bool, number: impl std::fmt::Debug) -> String {
    if is_nan { "nan".to_owned() } else { format!("{number:?}") }
}

fn escaped(char: char, quote: char) -> String {
    match char {
        '\\' => r"\\".to_owned(),
        '\n' => r"\n".to_owned(),
        '\r' => r"\r".to_owned(),
        '\t' => r"\t".to_owned(),
        char if char == quote => format!("\\{char}"),
        char if char.is_control() => format!("\\u{{{:x}}}", u32::from(char)),
        char => char.to_string(),
    }
}

/// A name; those that WAVE has as words of its own are marked.
fn label(name: &str) -> String {
    let is_word = matches!(name, "true" | "false" | "some" | "none" | "ok" | "err" | "inf" | "nan");
    if is_word { format!("%{name}") } else { name.to_owned() }
}
