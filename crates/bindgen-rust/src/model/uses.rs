//! How one codec is applied: an expression for small codecs, else the helper that is called.

use abi::Scalar;

/// What stands at the use of a codec. Paths start at the root of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Use {
    /// There is nothing to free.
    Nothing,
    Scalar(Scalar),
    /// Bits of a flags type, by the type's path and Rust integer.
    Flags {
        path: String,
        bits: &'static str,
    },
    /// An enum's discriminant; `lift` checks it.
    Enum {
        lift: Option<String>,
        bits: &'static str,
    },
    /// An owned handle: the type's path and the names of its functions.
    Own {
        path: String,
        from: String,
        take: String,
    },
    /// A borrowed handle of a resource that somebody else implements.
    Borrow {
        path: String,
        from: String,
        handle: String,
    },
    /// A borrowed handle of a resource that this guest implements: its representation.
    Representation {
        path: String,
    },
    /// The readable end of a stream or future: the module of its payloads, and what reads its handle.
    Transfer {
        module: &'static str,
        take: &'static str,
    },
    /// What reads its handle.
    ErrorContext {
        take: &'static str,
    },
    String,
    /// A list whose elements Rust keeps as memory does.
    Slice {
        element: Element,
    },
    /// A string, list or map whose elements own nothing is freed as a whole.
    Buffer {
        stride: u64,
        align: u64,
    },
    /// A list or map: its pointer and length stand in memory.
    List(HelperCall),
    Helper(HelperCall),
}

/// What Rust keeps as memory does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// A Rust number.
    Number(&'static str),
    /// A `#[repr(C)]` record, by its path.
    Record(String),
    /// The type follows from where the list goes, or does not matter.
    Inferred,
}

/// A call of a helper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelperCall {
    pub name: String,
    /// It is handed the temporaries of the call.
    pub temps: bool,
    /// It is handed the handles lent to the call.
    pub borrows: bool,
    /// How many core values its flat form has.
    pub cores: usize,
}

impl Use {
    /// How many core values the flat form has.
    pub fn cores(&self) -> usize {
        match self {
            Self::Nothing | Self::Buffer { .. } => 0,
            Self::Scalar(_) | Self::Flags { .. } | Self::Enum { .. } => 1,
            Self::Own { .. } | Self::Borrow { .. } | Self::Representation { .. } => 1,
            Self::Transfer { .. } | Self::ErrorContext { .. } => 1,
            Self::String | Self::Slice { .. } | Self::List(_) => 2,
            Self::Helper(call) => call.cores,
        }
    }

    /// Whether lowering it allocates memory that is given back after the call.
    pub fn temps(&self) -> bool {
        matches!(self, Self::List(call) | Self::Helper(call) if call.temps)
    }

    /// Whether it is a handle that is dropped after the call.
    pub fn is_lent(&self) -> bool {
        matches!(self, Self::Borrow { .. })
    }

    /// Whether lifting it takes handles that are dropped after the call.
    pub fn borrows(&self) -> bool {
        self.is_lent() || matches!(self, Self::List(call) | Self::Helper(call) if call.borrows)
    }
}

/// The Rust type of list elements that need no conversion.
pub fn plain(scalar: Scalar) -> Option<&'static str> {
    match scalar {
        Scalar::U8 => Some("u8"),
        Scalar::S8 => Some("i8"),
        Scalar::U16 => Some("u16"),
        Scalar::S16 => Some("i16"),
        Scalar::U32 => Some("u32"),
        Scalar::S32 => Some("i32"),
        Scalar::U64 => Some("u64"),
        Scalar::S64 => Some("i64"),
        Scalar::F32 => Some("f32"),
        Scalar::F64 => Some("f64"),
        // Not every bit pattern is a value.
        Scalar::Bool | Scalar::Char => None,
    }
}
