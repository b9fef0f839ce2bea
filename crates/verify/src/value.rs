//! Component values as plain data.
//!
//! In: WAVE or JSON with a type, or what the runtime gave. Out: `Data`, which compares and prints.
//! Holds: data knows nothing of a store, but for handles; streams and futures are the elements that were, or will be,
//! sent.

mod convert;
pub mod json;
mod print;
pub(crate) mod read;
pub(crate) mod types;

use std::sync::Arc;

use wasmtime::component::ResourceAny;
use wasmtime::component::types::Type;

use crate::session::exports::Exports;
pub(crate) use convert::{lift, lower};

/// A value of a component type.
#[derive(Clone, Debug)]
pub enum Data {
    Bool(bool),
    S8(i8),
    U8(u8),
    S16(i16),
    U16(u16),
    S32(i32),
    U32(u32),
    S64(i64),
    U64(u64),
    F32(f32),
    F64(f64),
    Char(char),
    String(String),
    /// Of either kind: `list<T>` and `list<T, N>`.
    List(Vec<Data>),
    /// Entries in their order; of two with the same key, the last counts.
    Map(Vec<(Data, Data)>),
    /// Fields in the order of the type.
    Record(Vec<(String, Data)>),
    Tuple(Vec<Data>),
    Variant(String, Option<Box<Data>>),
    Enum(String),
    Option(Option<Box<Data>>),
    Result(Result<Option<Box<Data>>, Option<Box<Data>>>),
    /// Those that are set, in the order of the type.
    Flags(Vec<String>),
    /// All elements, to the end of the stream. A stream without an element type has empty tuples.
    Stream(Vec<Data>),
    /// `None` for a future without a type.
    Future(Option<Box<Data>>),
    /// With its debug message.
    ErrorContext(String),
    Handle(Handle),
    /// Any value at all: only in patterns, where it is written `_`.
    Any,
}

/// A handle of a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Handle {
    /// The resource's name.
    pub resource: String,
    pub(crate) held: Held,
}

/// Whose resource it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held {
    /// A guest's, or one of WASI: valid in the store that gave it.
    Guest(ResourceAny),
    /// A mock's, by the number that it gave.
    Mock(u32),
}

impl Handle {
    /// A handle of a mocked resource; the number is the mock's own.
    pub fn mock(resource: impl Into<String>, number: u32) -> Self {
        Self { resource: resource.into(), held: Held::Mock(number) }
    }

    /// The number of a mocked resource's handle.
    pub fn number(&self) -> Option<u32> {
        match self.held {
            Held::Mock(number) => Some(number),
            Held::Guest(_) => None,
        }
    }
}

/// The type of a value, with the names that its component gives to resources.
#[derive(Clone)]
pub struct ValueType {
    pub(crate) ty: Type,
    pub(crate) exports: Arc<Exports>,
}

impl ValueType {
    /// As WIT writes it; records and their like by their structure.
    pub fn text(&self) -> String {
        types::type_text(&self.ty, &self.exports)
    }
}

impl std::fmt::Debug for ValueType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

/// A value and its type.
#[derive(Clone, Debug)]
pub struct Value {
    pub data: Data,
    pub ty: ValueType,
}

impl std::fmt::Display for Data {
    /// One line of WAVE. What WAVE has no notation for: `stream([1, 2])`, `future(1)`, `error-context("why")`,
    /// and handles as `<counter>`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        print::data(f, self)
    }
}

impl std::fmt::Display for Value {
    /// One line of WAVE, as `Data` prints it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.data.fmt(f)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data
    }
}

impl PartialEq for Data {
    /// NaN equals NaN, and 0 equals -0; flags compare as sets and maps by their keys; `Any` equals everything.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::S8(a), Self::S8(b)) => a == b,
            (Self::U8(a), Self::U8(b)) => a == b,
            (Self::S16(a), Self::S16(b)) => a == b,
            (Self::U16(a), Self::U16(b)) => a == b,
            (Self::S32(a), Self::S32(b)) => a == b,
            (Self::U32(a), Self::U32(b)) => a == b,
            (Self::S64(a), Self::S64(b)) => a == b,
            (Self::U64(a), Self::U64(b)) => a == b,
            (Self::F32(a), Self::F32(b)) => a == b || a.is_nan() && b.is_nan(),
            (Self::F64(a), Self::F64(b)) => a == b || a.is_nan() && b.is_nan(),
            (Self::Char(a), Self::Char(b)) => a == b,
            (Self::String(a), Self::String(b))
            | (Self::Enum(a), Self::Enum(b))
            | (Self::ErrorContext(a), Self::ErrorContext(b)) => a == b,
            (Self::List(a), Self::List(b)) | (Self::Tuple(a), Self::Tuple(b)) | (Self::Stream(a), Self::Stream(b)) => {
                a == b
            }
            (Self::Map(a), Self::Map(b)) => same_entries(a, b),
            (Self::Record(a), Self::Record(b)) => a == b,
            (Self::Variant(a, x), Self::Variant(b, y)) => a == b && x == y,
            (Self::Option(a), Self::Option(b)) | (Self::Future(a), Self::Future(b)) => a == b,
            (Self::Result(a), Self::Result(b)) => a == b,
            (Self::Flags(a), Self::Flags(b)) => a.len() == b.len() && a.iter().all(|flag| b.contains(flag)),
            (Self::Handle(a), Self::Handle(b)) => a == b,
            _ => false,
        }
    }
}

/// Whether two maps have the same keys, with the same values.
fn same_entries(a: &[(Data, Data)], b: &[(Data, Data)]) -> bool {
    let (a, b) = (last_entries(a), last_entries(b));
    a.len() == b.len() && a.iter().all(|(key, value)| b.iter().any(|(other, found)| key == other && value == found))
}

/// The entries that count: for each key the last one, at the place of the first.
pub(crate) fn last_entries(entries: &[(Data, Data)]) -> Vec<(&Data, &Data)> {
    let mut kept: Vec<(&Data, &Data)> = Vec::with_capacity(entries.len());
    let mut at: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for (key, value) in entries {
        match at.entry(key.to_string()) {
            std::collections::hash_map::Entry::Occupied(first) => kept[*first.get()].1 = value,
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert(kept.len());
                kept.push((key, value));
            }
        }
    }
    kept
}
