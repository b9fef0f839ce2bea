//! Core value types and signatures, as the Canonical ABI uses them.

use std::fmt;

/// The width of addresses and lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PtrSize {
    P32,
    P64,
}

impl PtrSize {
    /// In bytes.
    pub fn bytes(self) -> u64 {
        match self {
            Self::P32 => 4,
            Self::P64 => 8,
        }
    }

    pub fn core_type(self) -> CoreType {
        match self {
            Self::P32 => CoreType::I32,
            Self::P64 => CoreType::I64,
        }
    }
}

/// A core value type that a component-level value can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CoreType {
    I32,
    I64,
    F32,
    F64,
}

impl fmt::Display for CoreType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
        })
    }
}

/// The type of a core function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CoreSignature {
    pub params: Vec<CoreType>,
    pub results: Vec<CoreType>,
}

/// As the text format writes it: `(func (param i32 i32) (result i32))`.
impl fmt::Display for CoreSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(func")?;
        for (word, types) in [("param", &self.params), ("result", &self.results)] {
            if !types.is_empty() {
                write!(f, " ({word}")?;
                for ty in types {
                    write!(f, " {ty}")?;
                }
                f.write_str(")")?;
            }
        }
        f.write_str(")")
    }
}
