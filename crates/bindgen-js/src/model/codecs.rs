//! One function for each codec, form and surroundings, named after its type.
//!
//! In: a codec and an `Env`. Out: the function's name; the function stands in `Builder::functions`, behind those that it
//! calls.
//! Holds: what makes no difference to a function is no part of its key, so that options share functions.

use abi::{Codec, CodecId, Shape, Way};
use component::StringEncoding;
use component::instantiation::PartId;
use types::{Kind, ValType};

use super::Builder;
use super::code::{Function, Stmt};
use crate::names;

/// What a codec works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Env {
    pub memory: Option<usize>,
    pub realloc: Option<usize>,
    pub encoding: StringEncoding,
    /// Whose handles are meant.
    pub part: PartId,
    /// Whether values pass from part to part: a handle is then what stands in a table, not an object of a class.
    pub inner: bool,
}

/// What a function of a codec does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// From or to core values.
    Flat,
    /// From or to memory.
    Memory,
    /// From or to pointer and length: lists and maps.
    Elements,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    codec: CodecId,
    form: Form,
    env: Env,
}

impl Builder<'_> {
    pub fn codec(&mut self, ty: ValType, way: Way) -> CodecId {
        self.codecs.id(ty, way)
    }

    /// The name of the function for a codec, which is made if it is not there.
    pub fn codec_function(&mut self, codec: CodecId, form: Form, env: Env) -> String {
        let found = self.codecs.get(codec).clone();
        let key = Key { codec, form, env: self.only_needed(&found, form, env) };
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let word = match (found.way, form) {
            (Way::Lift, Form::Flat | Form::Elements) => "lift",
            (Way::Lift, Form::Memory) => "load",
            (Way::Lower | Way::Free, Form::Flat | Form::Elements) => "lower",
            (Way::Lower | Way::Free, Form::Memory) => "store",
        };
        let name = self.numbered(&format!("{word}{}", self.type_name(found.ty)));
        self.known.insert(key, name.clone());
        let (params, body) = match (found.way, form) {
            (Way::Lift, Form::Flat) => self.lift_function(&found, key.env),
            (Way::Lift, Form::Memory) => self.load_function(&found, key.env),
            (Way::Lift, Form::Elements) => self.lift_elements(&found, key.env),
            (Way::Lower | Way::Free, Form::Flat) => self.lower_function(&found, key.env),
            (Way::Lower | Way::Free, Form::Memory) => self.store_function(&found, key.env),
            (Way::Lower | Way::Free, Form::Elements) => self.lower_elements(&found, key.env),
        };
        let docs = Vec::new();
        self.functions.push(Stmt::Function(Function { docs, head: format!("function {name}"), params, body }));
        name
    }

    fn only_needed(&self, codec: &Codec, form: Form, env: Env) -> Env {
        let contents = self.abi.contents(codec.ty);
        let handles = contents.own || contents.borrow || contents.async_;
        let memory = contents.memory || form != Form::Flat;
        let realloc = codec.way == Way::Lower && contents.memory;
        Env {
            memory: env.memory.filter(|_| memory),
            realloc: env.realloc.filter(|_| realloc),
            encoding: if contents.string { env.encoding } else { StringEncoding::Utf8 },
            part: if handles { env.part } else { PartId(0) },
            inner: handles && env.inner,
        }
    }

    /// `ListPerson`: of at most 40 characters, beyond which the parts are left out.
    pub fn type_name(&self, ty: ValType) -> String {
        let name = self.long_type_name(ty, 3);
        if name.len() <= 40 { name } else { self.long_type_name(ty, 1) }
    }

    fn long_type_name(&self, ty: ValType, depth: usize) -> String {
        if let ValType::Def(id) = ty
            && let Some(name) = &self.types.def(id).name
        {
            return names::class(name);
        }
        let inner = |ty: ValType| if depth == 0 { String::new() } else { self.long_type_name(ty, depth - 1) };
        let of = |ty: Option<ValType>| ty.map(inner).unwrap_or_default();
        match self.types.kind(ty) {
            Kind::Bool => "Bool".to_owned(),
            Kind::U8 => "U8".to_owned(),
            Kind::S8 => "S8".to_owned(),
            Kind::U16 => "U16".to_owned(),
            Kind::S16 => "S16".to_owned(),
            Kind::U32 => "U32".to_owned(),
            Kind::S32 => "S32".to_owned(),
            Kind::U64 => "U64".to_owned(),
            Kind::S64 => "S64".to_owned(),
            Kind::F32 => "F32".to_owned(),
            Kind::F64 => "F64".to_owned(),
            Kind::Char => "Char".to_owned(),
            Kind::String => "String".to_owned(),
            Kind::ErrorContext => "ErrorContext".to_owned(),
            Kind::Record(_) => "Record".to_owned(),
            Kind::Variant(_) => "Variant".to_owned(),
            Kind::Flags(_) => "Flags".to_owned(),
            Kind::Enum(_) => "Enum".to_owned(),
            Kind::List(element) | Kind::FixedList(element, _) => format!("List{}", inner(element)),
            Kind::Map(key, value) => format!("Map{}{}", inner(key), inner(value)),
            Kind::Tuple(parts) => {
                let shown = parts.iter().take(4).map(|part| inner(*part));
                format!("Tuple{}", shown.collect::<String>())
            }
            Kind::Option(some) => format!("Option{}", inner(some)),
            Kind::Result { ok, err } => format!("Result{}{}", of(ok), of(err)),
            Kind::Own(resource) | Kind::Borrow(resource) => names::class(&self.types.resource(resource).name),
            Kind::Stream(payload) => format!("Stream{}", of(payload)),
            Kind::Future(payload) => format!("Future{}", of(payload)),
        }
    }

    /// Labels of a record, variant, flags or enum type.
    pub fn labels(&self, ty: ValType) -> Vec<&str> {
        match self.types.kind(ty) {
            Kind::Record(fields) => fields.iter().map(|field| field.name.as_str()).collect(),
            Kind::Variant(cases) => cases.iter().map(|case| case.name.as_str()).collect(),
            Kind::Flags(labels) | Kind::Enum(labels) => labels.iter().map(|label| label.name.as_str()).collect(),
            Kind::Option(_) => vec!["none", "some"],
            Kind::Result { .. } => vec!["ok", "err"],
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 => Vec::new(),
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char => Vec::new(),
            Kind::String | Kind::ErrorContext | Kind::List(_) | Kind::FixedList(..) | Kind::Map(..) => Vec::new(),
            Kind::Tuple(_) | Kind::Own(_) | Kind::Borrow(_) | Kind::Stream(_) | Kind::Future(_) => Vec::new(),
        }
    }

    /// Whether `undefined` is already a value of the type, so that an option of it needs tags.
    pub fn is_nullable(&self, ty: ValType) -> bool {
        matches!(self.types.kind(ty), Kind::Option(_))
    }

    /// The array of the cases of an enum, which lifting and lowering share.
    pub fn enum_cases(&mut self, ty: ValType) -> String {
        let key = Key {
            codec: self.codec(ty, Way::Lift),
            form: Form::Elements,
            env: Env { memory: None, realloc: None, encoding: StringEncoding::Utf8, part: PartId(0), inner: false },
        };
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let wish = format!("casesOf{}", self.type_name(ty));
        let name = self.scope.declare(wish);
        self.known.insert(key, name.clone());
        let cases = self.labels(ty).into_iter().map(|label| names::literal(label).into()).collect();
        self.functions.push(Stmt::constant(&name, super::code::Expr::Array(cases)));
        name
    }

    /// The typed array of a list's elements, if it has one.
    pub fn typed_array(&self, element: CodecId) -> Option<&'static str> {
        use abi::Scalar;
        let Shape::Scalar(scalar) = &self.codecs.get(element).shape else { return None };
        match scalar {
            Scalar::U8 => Some("Uint8Array"),
            Scalar::S8 => Some("Int8Array"),
            Scalar::U16 => Some("Uint16Array"),
            Scalar::S16 => Some("Int16Array"),
            Scalar::U32 => Some("Uint32Array"),
            Scalar::S32 => Some("Int32Array"),
            Scalar::U64 => Some("BigUint64Array"),
            Scalar::S64 => Some("BigInt64Array"),
            Scalar::F32 => Some("Float32Array"),
            Scalar::F64 => Some("Float64Array"),
            Scalar::Bool | Scalar::Char => None,
        }
    }
}
