//! Lifting: core values and memory become values of JavaScript.
//!
//! Holds: a view is taken once in a function that calls nobody, and never kept.
//!
//! Specification: Canonical ABI, "Flat Lifting", "Loading".

use abi::{Cases, Cast, Codec, CodecId, Discriminant, Layout, Part, Scalar, Shape};

use types::transfer::Carrier;

use super::Builder;
use super::code::{Expr, Stmt};
use super::codecs::{Env, Form};
use crate::names;
use crate::runtime::Helper;

impl Builder<'_> {
    /// The value of core values.
    pub fn lift(&mut self, codec: CodecId, env: Env, args: &[Expr]) -> Expr {
        let found = self.codecs.get(codec).clone();
        match &found.shape {
            Shape::Scalar(scalar) => self.lift_scalar(*scalar, &args[0]),
            Shape::Enum { .. } => self.lift_enum(&found, &args[0]),
            Shape::String => self.lift_string(env, args),
            Shape::List { .. } | Shape::Map { .. } => self.lift_list(codec, &found, env, args),
            Shape::Tuple(parts) => self.lift_parts(parts, env, args),
            Shape::FixedList { element, len } => {
                let width = self.codecs.get(*element).flat.as_ref().map_or(0, Vec::len);
                let chunks = (0..*len as usize).map(|at| args[at * width..(at + 1) * width].to_vec());
                Expr::Array(chunks.collect::<Vec<_>>().iter().map(|args| self.lift(*element, env, args)).collect())
            }
            Shape::Own(resource) => self.lift_own(*resource, env, &args[0]),
            Shape::Borrow(resource) => self.lift_borrow(*resource, env, &args[0]),
            Shape::Record(_) | Shape::Flags { .. } | Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => {
                let name = self.codec_function(codec, Form::Flat, env);
                Expr::call(name, args.iter().cloned())
            }
            Shape::Stream(payload) => self.lift_end(Carrier::Stream, *payload, env, &args[0]),
            Shape::Future(payload) => self.lift_end(Carrier::Future, *payload, env, &args[0]),
            Shape::ErrorContext => self.lift_error(env, &args[0]),
            Shape::Nothing => Expr::text("undefined"),
        }
    }

    fn lift_parts(&mut self, parts: &[Part], env: Env, args: &[Expr]) -> Expr {
        Expr::Array(parts.iter().map(|part| self.lift(part.codec, env, &args[part.flat.clone()])).collect())
    }

    pub fn lift_scalar(&mut self, scalar: Scalar, arg: &Expr) -> Expr {
        match scalar {
            Scalar::Bool => format!("{arg} !== 0").into(),
            Scalar::U8 => format!("{arg} & 0xff").into(),
            Scalar::S8 => format!("({arg} << 24) >> 24").into(),
            Scalar::U16 => format!("{arg} & 0xffff").into(),
            Scalar::S16 => format!("({arg} << 16) >> 16").into(),
            Scalar::U32 => format!("{arg} >>> 0").into(),
            Scalar::U64 => Expr::call("BigInt.asUintN", ["64".into(), arg.clone()]),
            Scalar::S32 | Scalar::S64 | Scalar::F32 | Scalar::F64 => arg.clone(),
            Scalar::Char => Expr::call(self.helper(Helper::LiftChar), [arg.clone()]),
        }
    }

    fn lift_enum(&mut self, codec: &Codec, arg: &Expr) -> Expr {
        let (cases, trap) = (self.enum_cases(codec.ty), self.helper(Helper::Trap));
        format!("{cases}[{arg} >>> 0] ?? {trap}('invalid variant discriminant')").into()
    }

    fn lift_string(&mut self, env: Env, args: &[Expr]) -> Expr {
        let read = self.helper(Self::string_helpers(env.encoding).0);
        Expr::call(read, args.iter().cloned().chain([self.bytes(env).into()]))
    }

    fn lift_list(&mut self, codec: CodecId, found: &Codec, env: Env, args: &[Expr]) -> Expr {
        if let Shape::List { element } = found.shape
            && let Some(array) = self.typed_array(element)
        {
            let read = self.helper(Helper::ReadNumbers);
            let args = args.iter().cloned().chain([self.bytes(env).into()]);
            return Expr::call(read, std::iter::once(array.into()).chain(args));
        }
        if let Shape::List { element } = found.shape {
            let load = self.codec_function(element, Form::Memory, env);
            let (read, layout) = (self.helper(Helper::ReadList), self.codecs.get(element).layout);
            let [align, size] = [layout.align, layout.size].map(|count| Expr::Text(count.to_string()));
            let rest = [align, size, self.bytes(env).into(), load.into()];
            return Expr::call(read, args.iter().cloned().chain(rest));
        }
        Expr::call(self.codec_function(codec, Form::Elements, env), args.iter().cloned())
    }

    /// A record, flags or variant of core values, as parameters `a0`, `a1` and so on.
    pub fn lift_function(&mut self, codec: &Codec, env: Env) -> (Vec<String>, Vec<Stmt>) {
        let flat = codec.flat.clone().unwrap_or_default();
        let params: Vec<String> = (0..flat.len()).map(|at| format!("a{at}")).collect();
        let args: Vec<Expr> = params.iter().map(Expr::text).collect();
        let body = match &codec.shape {
            Shape::Record(parts) => {
                let values = parts.iter().map(|part| self.lift(part.codec, env, &args[part.flat.clone()])).collect();
                vec![Stmt::returns(self.record(codec, values))]
            }
            Shape::Flags { .. } => vec![Stmt::returns(self.flags(codec, "a0"))],
            Shape::Variant(cases) | Shape::Option(cases) | Shape::Result(cases) => {
                let arms = cases.payloads.iter().map(|payload| {
                    let payload = payload.as_ref()?;
                    let values = args[1..].iter().zip(&payload.casts).map(|(arg, cast)| self.uncast(*cast, arg));
                    let values: Vec<Expr> = values.collect();
                    Some(self.lift(payload.codec, env, &values))
                });
                let arms = arms.collect();
                self.cases(codec, cases, "a0 >>> 0", arms)
            }
            Shape::Nothing | Shape::Scalar(_) | Shape::String | Shape::List { .. } | Shape::Map { .. } => Vec::new(),
            Shape::FixedList { .. } | Shape::Tuple(_) | Shape::Enum { .. } | Shape::Own(_) => Vec::new(),
            Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => Vec::new(),
        };
        (params, body)
    }

    fn record(&mut self, codec: &Codec, values: Vec<Expr>) -> Expr {
        let fields = names::members(self.labels(codec.ty));
        Expr::Object(fields.iter().map(|field| names::key(field)).zip(values).collect())
    }

    fn flags(&mut self, codec: &Codec, bits: &str) -> Expr {
        let flags = names::members(self.labels(codec.ty)).into_iter().enumerate();
        let flags =
            flags.map(|(at, flag)| (names::key(&flag), Expr::text(format!("({bits} & 0x{:x}) !== 0", 1_u64 << at))));
        Expr::Object(flags.collect())
    }

    /// What each case is lifted to, chosen by a discriminant.
    fn cases(&mut self, codec: &Codec, cases: &Cases, on: &str, values: Vec<Option<Expr>>) -> Vec<Stmt> {
        let trap = self.helper(Helper::Trap);
        let labels: Vec<String> = self.labels(codec.ty).into_iter().map(names::literal).collect();
        let plain = match (&codec.shape, self.types.kind(codec.ty)) {
            (Shape::Option(_), types::Kind::Option(some)) => !self.is_nullable(some),
            _ => false,
        };
        let is_result = matches!(codec.shape, Shape::Result(_));
        let arms = values.into_iter().zip(&labels).enumerate().map(|(at, (value, label))| {
            let value = match (plain, value) {
                (true, value) => value.unwrap_or_else(|| Expr::text("undefined")),
                (false, value) => {
                    let value = value.or_else(|| is_result.then(|| Expr::text("undefined")));
                    let value = value.map(|value| ("val".to_owned(), value));
                    Expr::Object(std::iter::once(("tag".to_owned(), label.as_str().into())).chain(value).collect())
                }
            };
            (format!("case {at}"), vec![Stmt::returns(value)])
        });
        let otherwise = vec![Stmt::plain(format!("{trap}('invalid variant discriminant');"))];
        let cases_ = arms.chain(Some(("default".to_owned(), otherwise))).collect();
        debug_assert_eq!(cases.payloads.len(), labels.len(), "each case has a label");
        vec![Stmt::Switch { on: on.to_owned(), cases: cases_ }]
    }

    /// The value that stands in memory at `ptr` and `offset`.
    pub fn load(&mut self, codec: CodecId, env: Env, data: &str, ptr: &str, offset: u64) -> Expr {
        let found = self.codecs.get(codec).clone();
        let at = |more: u64| place(ptr, offset + more);
        match &found.shape {
            Shape::Scalar(scalar) => self.load_scalar(*scalar, data, &at(0)),
            Shape::Enum { discriminant, .. } => {
                let bits = load_discriminant(*discriminant, data, &at(0));
                self.lift_enum(&found, &bits.into())
            }
            Shape::String | Shape::List { .. } | Shape::Map { .. } => {
                let ptr = format!("{}({data}, {})", self.helper(Helper::Pair), at(0));
                self.lift(codec, env, &[ptr.into(), "length".into()])
            }
            Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => {
                let index = Expr::text(format!("{data}.getInt32({}, true)", at(0)));
                self.lift(codec, env, &[index])
            }
            Shape::Record(_) | Shape::Tuple(_) | Shape::FixedList { .. } | Shape::Flags { .. } => {
                Expr::call(self.codec_function(codec, Form::Memory, env), [at(0).into()])
            }
            Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => {
                Expr::call(self.codec_function(codec, Form::Memory, env), [at(0).into()])
            }
            Shape::Nothing => Expr::text("undefined"),
        }
    }

    fn load_scalar(&mut self, scalar: Scalar, data: &str, at: &str) -> Expr {
        match scalar {
            Scalar::Bool => format!("{data}.getUint8({at}) !== 0").into(),
            Scalar::U8 => format!("{data}.getUint8({at})").into(),
            Scalar::S8 => format!("{data}.getInt8({at})").into(),
            Scalar::U16 => format!("{data}.getUint16({at}, true)").into(),
            Scalar::S16 => format!("{data}.getInt16({at}, true)").into(),
            Scalar::U32 => format!("{data}.getUint32({at}, true)").into(),
            Scalar::S32 => format!("{data}.getInt32({at}, true)").into(),
            Scalar::U64 => format!("{data}.getBigUint64({at}, true)").into(),
            Scalar::S64 => format!("{data}.getBigInt64({at}, true)").into(),
            Scalar::F32 => format!("{data}.getFloat32({at}, true)").into(),
            Scalar::F64 => format!("{data}.getFloat64({at}, true)").into(),
            Scalar::Char => {
                let code = Expr::text(format!("{data}.getUint32({at}, true)"));
                Expr::call(self.helper(Helper::LiftChar), [code])
            }
        }
    }

    /// A payload's core value out of the slot that it shares with other cases.
    pub fn uncast(&mut self, cast: Cast, slot: &Expr) -> Expr {
        let low = || Expr::text(format!("Number(BigInt.asIntN(32, {slot}))"));
        match cast {
            Cast::Same => slot.clone(),
            Cast::I32InI64 => low(),
            Cast::F32InI32 => Expr::call(self.helper(Helper::F32OfBits), [slot.clone()]),
            Cast::F32InI64 => Expr::call(self.helper(Helper::F32OfBits), [low()]),
            Cast::F64InI64 => Expr::call(self.helper(Helper::F64OfBits), [slot.clone()]),
        }
    }

    /// What else is loaded in place.
    fn load_element(&mut self, codec: &Codec, env: Env, view: &str) -> Vec<Stmt> {
        if let Shape::Scalar(Scalar::Bool) = codec.shape {
            return vec![Stmt::returns(format!("{}[ptr] !== 0", self.bytes(env)))];
        }
        let id = self.codec(codec.ty, codec.way);
        vec![Stmt::returns(self.load(id, env, view, "ptr", 0))]
    }

    /// A function of a pointer.
    pub fn load_function(&mut self, codec: &Codec, env: Env) -> (Vec<String>, Vec<Stmt>) {
        let view = self.view(env);
        let mut body = vec![Stmt::constant("data", view.clone())];
        let load = |builder: &mut Self, codec, offset| builder.load(codec, env, "data", "ptr", offset);
        match &codec.shape {
            Shape::Record(parts) => {
                let values = parts.iter().map(|part| load(self, part.codec, part.offset)).collect();
                body.push(Stmt::returns(self.record(codec, values)));
            }
            Shape::Tuple(parts) => {
                let values = parts.iter().map(|part| load(self, part.codec, part.offset)).collect();
                body.push(Stmt::returns(Expr::Array(values)));
            }
            Shape::Flags { size } => {
                let bits = load_unsigned(*size, "data", "ptr");
                body = vec![Stmt::constant("value", bits.replace("data", &view))];
                body.push(Stmt::returns(self.flags(codec, "value")));
            }
            Shape::Variant(cases) | Shape::Option(cases) | Shape::Result(cases) => {
                let values = cases.payloads.iter();
                let values = values.map(|payload| Some(load(self, payload.as_ref()?.codec, cases.payload_offset)));
                let values = values.collect();
                let on = load_discriminant(cases.discriminant, "data", "ptr");
                body.extend(self.cases(codec, cases, &on, values));
            }
            Shape::FixedList { element, len } => {
                let size = self.codecs.get(*element).layout.size;
                let value = load(self, *element, 0);
                body.extend(each_element(&value, &len.to_string(), size));
            }
            Shape::String | Shape::List { .. } | Shape::Map { .. } | Shape::Nothing | Shape::Scalar(_) => {
                body = self.load_element(codec, env, &view);
            }
            Shape::Enum { .. } | Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) => {
                body = self.load_element(codec, env, &view);
            }
            Shape::ErrorContext => body = self.load_element(codec, env, &view),
        }
        (vec!["ptr".to_owned()], drop_unused_view(body))
    }

    /// Size and alignment of what stands one behind the other in a list or map.
    pub fn stride(&self, codec: &Codec) -> Layout {
        if let Shape::Map { entry, .. } = &codec.shape {
            return *entry;
        }
        let Shape::List { element } = &codec.shape else { return codec.layout };
        self.codecs.get(*element).layout
    }

    /// A function of a pointer and a number of elements.
    pub fn lift_elements(&mut self, codec: &Codec, env: Env) -> (Vec<String>, Vec<Stmt>) {
        let list = self.helper(Helper::List);
        let layout = self.stride(codec);
        let checked = format!("ptr = {list}(ptr, len, {}, {}, {});", layout.align, layout.size, self.bytes(env));
        let view = self.view(env);
        let mut body = vec![Stmt::plain(checked), Stmt::plain("len >>>= 0;"), Stmt::constant("data", view)];
        if let Shape::Map { key, value, .. } = &codec.shape {
            let [key, value] = [key, value].map(|part| self.load(part.codec, env, "data", "ptr", part.offset));
            body.push(Stmt::plain("const result = new Map();"));
            let inner = vec![Stmt::expr(Expr::call("result.set", [key, value]))];
            body.push(Stmt::block(format!("for (let i = 0; i < len; i++, ptr += {})", layout.size), inner));
            body.push(Stmt::plain("return result;"));
        }
        (vec!["ptr".to_owned(), "len".to_owned()], drop_unused_view(body))
    }
}

/// Loads elements one after the other into an array.
fn each_element(value: &Expr, len: &str, size: u64) -> Vec<Stmt> {
    let inner = vec![Stmt::expr(Expr::call("result.push", [value.clone()]))];
    vec![
        Stmt::plain("const result = [];"),
        Stmt::block(format!("for (let i = 0; i < {len}; i++, ptr += {size})"), inner),
        Stmt::plain("return result;"),
    ]
}

/// Without the constant `data`, if nothing uses it.
fn drop_unused_view(body: Vec<Stmt>) -> Vec<Stmt> {
    if body.iter().any(|stmt| stmt.mentions("data.") || stmt.mentions("(data, ")) {
        return body;
    }
    let is_view = |stmt: &Stmt| matches!(stmt, Stmt::Value { head, .. } if head == "const data =");
    body.into_iter().filter(|stmt| !is_view(stmt)).collect()
}

/// `ptr + 4`
pub(super) fn place(ptr: &str, offset: u64) -> String {
    if offset == 0 { ptr.to_owned() } else { format!("{ptr} + {offset}") }
}

pub(super) fn load_unsigned(size: u64, data: &str, at: &str) -> String {
    match size {
        1 => format!("{data}.getUint8({at})"),
        2 => format!("{data}.getUint16({at}, true)"),
        _ => format!("{data}.getUint32({at}, true)"),
    }
}

pub(super) fn load_discriminant(discriminant: Discriminant, data: &str, at: &str) -> String {
    load_unsigned(discriminant.size(), data, at)
}
