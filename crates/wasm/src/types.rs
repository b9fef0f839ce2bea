//! Types of core imports and exports.
//!
//! Specification: WebAssembly core, "Types".

use std::fmt;

/// A core value type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CoreType {
    I32,
    I64,
    F32,
    F64,
    V128,
    Ref(CoreRefType),
}

/// A reference type; only compared, printed and written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CoreRefType(pub(crate) wasmparser::RefType);

impl CoreRefType {
    pub const FUNC: Self = Self(wasmparser::RefType::FUNCREF);

    /// Whether it means the same in every module: it names no type of the module that it stands in.
    pub fn is_abstract(self) -> bool {
        wasm_encoder::RefType::try_from(self.0).is_ok()
    }
}

/// A core function type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Signature {
    pub params: Vec<CoreType>,
    pub results: Vec<CoreType>,
}

/// A linear memory; sizes in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    pub minimum: u64,
    pub maximum: Option<u64>,
    pub shared: bool,
    pub memory64: bool,
    /// Logarithm of the page size; 16 unless the module says otherwise.
    pub page_size_log2: u32,
}

/// A table; sizes in elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Table {
    pub element: CoreRefType,
    pub minimum: u64,
    pub maximum: Option<u64>,
    pub table64: bool,
}

/// A global variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Global {
    pub ty: CoreType,
    pub mutable: bool,
}

/// The type of a core import or export.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Extern {
    Func(Signature),
    Table(Table),
    Memory(Memory),
    Global(Global),
    /// An exception tag with its parameters.
    Tag(Signature),
}

impl Extern {
    /// The word for this kind of item.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Func(_) => "function",
            Self::Table(_) => "table",
            Self::Memory(_) => "memory",
            Self::Global(_) => "global",
            Self::Tag(_) => "tag",
        }
    }

    pub fn as_func(&self) -> Option<&Signature> {
        match self {
            Self::Func(signature) => Some(signature),
            Self::Table(_) | Self::Memory(_) | Self::Global(_) | Self::Tag(_) => None,
        }
    }

    pub fn as_memory(&self) -> Option<&Memory> {
        match self {
            Self::Memory(memory) => Some(memory),
            Self::Func(_) | Self::Table(_) | Self::Global(_) | Self::Tag(_) => None,
        }
    }
}

impl Signature {
    pub fn new(params: impl Into<Vec<CoreType>>, results: impl Into<Vec<CoreType>>) -> Self {
        Self { params: params.into(), results: results.into() }
    }
}

impl fmt::Display for CoreType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I32 => f.write_str("i32"),
            Self::I64 => f.write_str("i64"),
            Self::F32 => f.write_str("f32"),
            Self::F64 => f.write_str("f64"),
            Self::V128 => f.write_str("v128"),
            Self::Ref(ty) => ty.0.fmt(f),
        }
    }
}

/// As the text format writes it: `(func (param i32 i32) (result i32))`.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(func")?;
        for (word, types) in [("param", &self.params), ("result", &self.results)] {
            if !types.is_empty() {
                write!(f, " ({word}")?;
                types.iter().try_for_each(|ty| write!(f, " {ty}"))?;
                f.write_str(")")?;
            }
        }
        f.write_str(")")
    }
}

impl fmt::Display for Extern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Func(signature) => signature.fmt(f),
            Self::Table(table) => write!(f, "(table {} {})", table.minimum, table.element.0),
            Self::Memory(memory) if memory.memory64 => write!(f, "(memory i64 {})", memory.minimum),
            Self::Memory(memory) => write!(f, "(memory {})", memory.minimum),
            Self::Global(Global { ty, mutable: true }) => write!(f, "(global (mut {ty}))"),
            Self::Global(Global { ty, mutable: false }) => write!(f, "(global {ty})"),
            Self::Tag(signature) => write!(f, "(tag {signature})"),
        }
    }
}

impl From<wasmparser::ValType> for CoreType {
    fn from(ty: wasmparser::ValType) -> Self {
        match ty {
            wasmparser::ValType::I32 => Self::I32,
            wasmparser::ValType::I64 => Self::I64,
            wasmparser::ValType::F32 => Self::F32,
            wasmparser::ValType::F64 => Self::F64,
            wasmparser::ValType::V128 => Self::V128,
            wasmparser::ValType::Ref(ty) => Self::Ref(CoreRefType(ty)),
        }
    }
}

impl From<&wasmparser::FuncType> for Signature {
    fn from(ty: &wasmparser::FuncType) -> Self {
        let list = |types: &[wasmparser::ValType]| types.iter().map(|ty| CoreType::from(*ty)).collect::<Vec<_>>();
        Self { params: list(ty.params()), results: list(ty.results()) }
    }
}

impl From<wasmparser::MemoryType> for Memory {
    fn from(ty: wasmparser::MemoryType) -> Self {
        Self {
            minimum: ty.initial,
            maximum: ty.maximum,
            shared: ty.shared,
            memory64: ty.memory64,
            page_size_log2: ty.page_size_log2.unwrap_or(16),
        }
    }
}

impl From<wasmparser::TableType> for Table {
    fn from(ty: wasmparser::TableType) -> Self {
        Self { element: CoreRefType(ty.element_type), minimum: ty.initial, maximum: ty.maximum, table64: ty.table64 }
    }
}

impl From<wasmparser::GlobalType> for Global {
    fn from(ty: wasmparser::GlobalType) -> Self {
        Self { ty: ty.content_type.into(), mutable: ty.mutable }
    }
}

impl From<CoreType> for wasm_encoder::ValType {
    fn from(ty: CoreType) -> Self {
        match ty {
            CoreType::I32 => Self::I32,
            CoreType::I64 => Self::I64,
            CoreType::F32 => Self::F32,
            CoreType::F64 => Self::F64,
            CoreType::V128 => Self::V128,
            CoreType::Ref(ty) => Self::Ref(ty.into()),
        }
    }
}

/// A type that stands in the index space of another module becomes its abstract supertype.
impl From<CoreRefType> for wasm_encoder::RefType {
    fn from(ty: CoreRefType) -> Self {
        Self::try_from(ty.0).unwrap_or(Self::FUNCREF)
    }
}

impl From<Memory> for wasm_encoder::MemoryType {
    fn from(memory: Memory) -> Self {
        Self {
            minimum: memory.minimum,
            maximum: memory.maximum,
            memory64: memory.memory64,
            shared: memory.shared,
            page_size_log2: (memory.page_size_log2 != 16).then_some(memory.page_size_log2),
        }
    }
}

impl From<Table> for wasm_encoder::TableType {
    fn from(table: Table) -> Self {
        Self {
            element_type: table.element.into(),
            table64: table.table64,
            minimum: table.minimum,
            maximum: table.maximum,
            shared: false,
        }
    }
}
