//! The graph of codecs: how each type is lifted, lowered and freed, flat and in memory.
//!
//! In: the types that calls pass. Out: one `Codec` per type and way, with the codecs of its parts by id.
//! Holds: a part's codec is in the graph before its whole; anonymous types of equal structure share one codec,
//! named ones never do, so a backend makes one function from each codec and calls it from every use.
//!
//! Specification: Canonical ABI, "Loading", "Storing", "Flat Lifting", "Flat Lowering".

mod build;
mod key;

use std::collections::HashMap;
use std::ops::Range;

use types::{ResourceId, TypeId, ValType};

use crate::{Abi, CoreType, Discriminant, Layout};

/// What is done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Core values become a component-level value.
    Lift,
    /// A component-level value becomes core values.
    Lower,
    /// What lowering leaves with its side is given back: memory, and error contexts, of which the other side gets a
    /// handle of its own. Other handles are the other side's, and not touched.
    Free,
}

/// A handle of a codec in its `Codecs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodecId(u32);

/// How values of one type go one way.
#[derive(Clone, Debug)]
pub struct Codec {
    pub way: Way,
    /// A type that has this codec, never an alias.
    pub ty: ValType,
    /// The memory form.
    pub layout: Layout,
    /// The flat form; `None` if it is longer than any call passes flat.
    pub flat: Option<Vec<CoreType>>,
    pub shape: Shape,
}

/// A value without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    Bool,
    U8,
    S8,
    U16,
    S16,
    U32,
    S32,
    U64,
    S64,
    F32,
    F64,
    Char,
}

/// What a codec does.
#[derive(Clone, Debug)]
pub enum Shape {
    /// There is nothing to free.
    Nothing,
    Scalar(Scalar),
    /// Pointer and length.
    String,
    /// Pointer and length; the elements stand in memory `stride` bytes apart.
    List {
        element: CodecId,
    },
    /// As a list of pairs.
    Map {
        key: Part,
        value: Part,
        entry: Layout,
    },
    FixedList {
        element: CodecId,
        len: u32,
    },
    Record(Vec<Part>),
    Tuple(Vec<Part>),
    /// The bytes that the bits take in memory.
    Flags {
        size: u64,
    },
    Enum {
        discriminant: Discriminant,
        cases: usize,
    },
    Variant(Cases),
    Option(Cases),
    Result(Cases),
    Own(ResourceId),
    Borrow(ResourceId),
    Stream(Option<ValType>),
    Future(Option<ValType>),
    ErrorContext,
}

/// A field of a record, a part of a tuple.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub codec: CodecId,
    /// In bytes from the start of the whole.
    pub offset: u64,
    /// Which of the whole's core values are this part's. Empty if the whole has no flat form.
    pub flat: Range<usize>,
}

/// The cases of a variant, option or result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cases {
    pub discriminant: Discriminant,
    /// In bytes from the start of the whole.
    pub payload_offset: u64,
    /// In the order of their discriminants; an option's are none and some, a result's ok and error.
    pub payloads: Vec<Option<Payload>>,
}

/// What a case carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    pub codec: CodecId,
    /// How each of the payload's core values stands in its slot, the first slot after the discriminant first.
    /// Empty if the whole has no flat form.
    pub casts: Vec<Cast>,
}

/// How a core value stands in a slot whose type is joined from several cases.
///
/// Specification: Canonical ABI, `lower_flat_variant` and `CoerceValueIter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cast {
    Same,
    /// Zero-extended.
    I32InI64,
    /// The bits.
    F32InI32,
    /// The bits, zero-extended.
    F32InI64,
    /// The bits.
    F64InI64,
}

impl Cast {
    /// The cast of a payload's core value into a slot.
    pub fn into_slot(value: CoreType, slot: CoreType) -> Self {
        match (value, slot) {
            (CoreType::I32, CoreType::I64) => Self::I32InI64,
            (CoreType::F32, CoreType::I32) => Self::F32InI32,
            (CoreType::F32, CoreType::I64) => Self::F32InI64,
            (CoreType::F64, CoreType::I64) => Self::F64InI64,
            (CoreType::I32 | CoreType::I64 | CoreType::F32 | CoreType::F64, _) => Self::Same,
        }
    }
}

/// A graph of codecs, grown by asking for them.
pub struct Codecs<'a, 't> {
    abi: &'a Abi<'t>,
    codecs: Vec<Codec>,
    known: HashMap<(ValType, Way), CodecId>,
    /// The first type seen of each structure.
    structures: HashMap<key::Key, ValType>,
    representatives: HashMap<TypeId, ValType>,
}

impl<'a, 't> Codecs<'a, 't> {
    pub fn new(abi: &'a Abi<'t>) -> Self {
        Self {
            abi,
            codecs: Vec::new(),
            known: HashMap::new(),
            structures: HashMap::new(),
            representatives: HashMap::new(),
        }
    }

    pub fn abi(&self) -> &'a Abi<'t> {
        self.abi
    }

    /// The codec of a type, added to the graph with those of its parts when it is new.
    pub fn id(&mut self, ty: ValType, way: Way) -> CodecId {
        let ty = self.representative(ty);
        if let Some(known) = self.known.get(&(ty, way)) {
            return *known;
        }
        let codec = self.build(ty, way);
        let id = CodecId(u32::try_from(self.codecs.len()).expect("types, and so codecs, are counted in 32 bits"));
        self.codecs.push(codec);
        self.known.insert((ty, way), id);
        id
    }

    /// From now on a named type has the codecs of another one, which it equals in structure.
    pub fn merge(&mut self, ty: TypeId, into: TypeId) {
        self.representatives.insert(ty, ValType::Def(into));
    }

    pub fn get(&self, id: CodecId) -> &Codec {
        &self.codecs[id.0 as usize]
    }

    /// All codecs, parts before wholes.
    pub fn iter(&self) -> impl Iterator<Item = (CodecId, &Codec)> {
        (0..).map(CodecId).zip(&self.codecs)
    }
}

impl Codec {
    /// Whether the codec does nothing at all.
    pub fn is_nothing(&self) -> bool {
        matches!(self.shape, Shape::Nothing)
    }

    /// The codecs that this one calls.
    pub fn children(&self) -> Vec<CodecId> {
        match &self.shape {
            Shape::List { element } | Shape::FixedList { element, .. } => vec![*element],
            Shape::Map { key, value, .. } => vec![key.codec, value.codec],
            Shape::Record(parts) | Shape::Tuple(parts) => parts.iter().map(|part| part.codec).collect(),
            Shape::Variant(cases) | Shape::Option(cases) | Shape::Result(cases) => {
                cases.payloads.iter().flatten().map(|payload| payload.codec).collect()
            }
            Shape::Nothing | Shape::Scalar(_) | Shape::String | Shape::Flags { .. } | Shape::Enum { .. } => Vec::new(),
            Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use types::{Decl, Owner, TypeDef, TypeKind, Types};

    use super::*;

    fn anonymous(types: &mut Types, kind: TypeKind) -> ValType {
        ValType::Def(types.add_type(TypeDef { name: None, owner: Owner::Nothing, kind, decl: Decl::default() }))
    }

    #[test]
    fn equal_anonymous_types_share_a_codec() {
        let mut types = Types::new();
        let a = anonymous(&mut types, TypeKind::List(ValType::String));
        let b = anonymous(&mut types, TypeKind::List(ValType::String));
        let of_a = anonymous(&mut types, TypeKind::Option(a));
        let of_b = anonymous(&mut types, TypeKind::Option(b));
        let abi = Abi::wasm32(&types);
        let mut codecs = Codecs::new(&abi);
        assert_eq!(codecs.id(of_a, Way::Lift), codecs.id(of_b, Way::Lift));
        assert_ne!(codecs.id(a, Way::Lift), codecs.id(a, Way::Lower));
    }

    #[test]
    fn a_payload_is_cast_into_its_slot() {
        let mut types = Types::new();
        let result = anonymous(&mut types, TypeKind::Result { ok: Some(ValType::F32), err: Some(ValType::U64) });
        let abi = Abi::wasm32(&types);
        let mut codecs = Codecs::new(&abi);
        let id = codecs.id(result, Way::Lower);
        let Shape::Result(cases) = &codecs.get(id).shape else { panic!("a result has cases") };
        let casts: Vec<_> = cases.payloads.iter().flatten().map(|payload| payload.casts.clone()).collect();
        assert_eq!(casts, [vec![Cast::F32InI64], vec![Cast::Same]]);
        assert_eq!(cases.payload_offset, 8);
    }

    #[test]
    fn only_memory_is_freed() {
        let mut types = Types::new();
        let plain = anonymous(&mut types, TypeKind::Tuple(vec![ValType::U8, ValType::Char]));
        let list = anonymous(&mut types, TypeKind::List(plain));
        let abi = Abi::wasm32(&types);
        let mut codecs = Codecs::new(&abi);
        let (plain, list) = (codecs.id(plain, Way::Free), codecs.id(list, Way::Free));
        assert!(codecs.get(plain).is_nothing());
        assert!(!codecs.get(list).is_nothing());
    }

    #[test]
    fn a_type_that_doubles_at_every_level_has_one_codec_a_level() {
        let mut types = Types::new();
        let mut ty = ValType::U64;
        for _ in 0..90 {
            ty = anonymous(&mut types, TypeKind::Tuple(vec![ty, ty]));
        }
        let abi = Abi::wasm32(&types);
        let mut codecs = Codecs::new(&abi);
        let id = codecs.id(ty, Way::Lift);
        assert_eq!(codecs.iter().count(), 91);
        assert_eq!(codecs.get(id).flat, None);
    }
}
