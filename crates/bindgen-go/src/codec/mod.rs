//! What the functions of a package do: values become core values and memory, and the other way round.
//!
//! In: a package's view, its functions. Out: bodies of imported functions, and the package's private declarations:
//! imports and exports of core functions, and one function for each type that needs one, and way.
//! Holds: private names have `_` behind their first word, as no name from WIT has; what values of all types share is in
//! the package `rt`. A value in memory is loaded by `func(*rt.Call, uint32) T` and stored by
//! `func(*rt.Call, uint32, T)`, so lists and options take those of their parts.
//!
//! Specification: Canonical ABI, "Loading", "Storing", "Flat Lifting", "Flat Lowering".

mod asyncs;
mod exports;
mod flat;
mod helpers;
mod imports;
mod memory;
mod resources;
mod transfers;

pub use asyncs::is_clock;

use std::collections::{HashMap, HashSet};

use abi::{Abi, CodecId, Codecs, CoreType, Scalar, Shape, Way};
use bindgen::Scope;
use types::{ResourceId, ValType};

use crate::model::View;
use crate::print::code::Code;
use resources::Builtin;

/// What a private function does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Op {
    /// From memory.
    Load,
    /// Into memory.
    Store,
    /// From core values.
    Lift,
    /// Into core values.
    Lower,
}

/// The private part of a package, as far as it is written.
pub struct Coder<'a, 't> {
    codecs: Codecs<'a, 't>,
    helpers: HashMap<(CodecId, Op), String>,
    builtins: HashMap<(ResourceId, Builtin), String>,
    plain: HashMap<CodecId, bool>,
    /// Tables of streams and futures that are written.
    tables: HashSet<String>,
    private: Scope,
    /// Names of locals in private functions.
    names: Locals,
    /// The call in the function that is being written, and whether it is mentioned.
    call: String,
    call_used: bool,
    core: Code,
    text: Code,
    /// Functions that the host has.
    imported: Vec<String>,
}

/// Locals of private functions; none hides a package that their text mentions.
#[derive(Clone, Debug)]
struct Locals {
    call: String,
    at: String,
    value: String,
    cores: Vec<String>,
}

impl Locals {
    fn new(view: &View<'_, '_>) -> Self {
        let mut scope = view.locals();
        Self {
            call: scope.declare("t"),
            at: scope.declare("p"),
            value: scope.declare("v"),
            cores: (0..=abi::MAX_FLAT_PARAMS).map(|index| scope.declare(format!("c{index}"))).collect(),
        }
    }
}

impl<'a, 't> Coder<'a, 't> {
    pub fn new(abi: &'a Abi<'t>, view: &View<'_, 't>) -> Self {
        let names = Locals::new(view);
        Self {
            codecs: Codecs::new(abi),
            helpers: HashMap::new(),
            builtins: HashMap::new(),
            plain: HashMap::new(),
            tables: HashSet::new(),
            private: Scope::new(&[]),
            call: names.call.clone(),
            names,
            call_used: false,
            core: Code::new(),
            text: Code::new(),
            imported: Vec::new(),
        }
    }

    /// The private declarations: core functions, exports, functions for types.
    /// And the names of those among them that the host has.
    pub fn finish(mut self) -> (Code, Vec<String>) {
        let text = std::mem::take(&mut self.text);
        if !text.is_empty() {
            self.core.gap();
        }
        self.core.append(text);
        (self.core, self.imported)
    }

    /// The call as an argument.
    fn call(&mut self) -> String {
        self.call_used = true;
        self.call.clone()
    }

    /// Starts a declaration.
    fn declaration(&mut self) -> &mut Code {
        self.text.gap();
        &mut self.text
    }

    /// A core function that is imported.
    fn core_import(&mut self, module: &str, field: &str, name: &str, params: &[CoreType], results: &[CoreType]) {
        let params: Vec<String> =
            params.iter().zip(&self.names.cores).map(|(ty, name)| format!("{name} {}", core_type(*ty))).collect();
        let result = results.first().map_or_else(String::new, |ty| format!(" {}", core_type(*ty)));
        self.core.gap();
        self.core.push(format!("//go:wasmimport {module} {field}"));
        self.core.push(format!("func {name}({}){result}", params.join(", ")));
        self.imported.push(name.to_owned());
    }

    fn lift_id(&mut self, ty: ValType) -> CodecId {
        self.codecs.id(ty, Way::Lift)
    }

    fn lower_id(&mut self, ty: ValType) -> CodecId {
        self.codecs.id(ty, Way::Lower)
    }

    fn ty(&self, view: &mut View<'_, 't>, id: CodecId) -> String {
        view.ty(self.codecs.get(id).ty)
    }

    /// Whether any bytes of the right length are a value, and the Go type has the layout of the Canonical ABI.
    fn is_plain(&mut self, id: CodecId) -> bool {
        if let Some(known) = self.plain.get(&id) {
            return *known;
        }
        let codec = self.codecs.get(id);
        let plain = match &codec.shape {
            Shape::Scalar(scalar) => !matches!(scalar, Scalar::Bool | Scalar::Char),
            Shape::Record(_) | Shape::Tuple(_) | Shape::FixedList { .. } => {
                codec.children().into_iter().all(|part| self.is_plain(part))
            }
            Shape::Nothing | Shape::String | Shape::List { .. } | Shape::Map { .. } | Shape::Flags { .. } => false,
            Shape::Enum { .. } | Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => false,
            Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => false,
        };
        self.plain.insert(id, plain);
        plain
    }
}

/// A core type as Go writes it.
pub fn core_type(ty: CoreType) -> &'static str {
    match ty {
        CoreType::I32 => "uint32",
        CoreType::I64 => "uint64",
        CoreType::F32 => "float32",
        CoreType::F64 => "float64",
    }
}

/// The Go type of a scalar.
fn scalar_type(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "bool",
        Scalar::U8 => "uint8",
        Scalar::S8 => "int8",
        Scalar::U16 => "uint16",
        Scalar::S16 => "int16",
        Scalar::U32 => "uint32",
        Scalar::S32 => "int32",
        Scalar::U64 => "uint64",
        Scalar::S64 => "int64",
        Scalar::F32 => "float32",
        Scalar::F64 => "float64",
        Scalar::Char => "rune",
    }
}

/// `p`, or `p+4`; as gofmt writes it among several arguments.
fn at(base: &str, offset: u64) -> String {
    if offset == 0 { base.to_owned() } else { format!("{base}+{offset}") }
}
